import type { AlertEvidence } from '#core/alert-evidence.ts';
import type { ComparableKind } from '#core/comparison.ts';
import type { DriftRecord } from '#core/drift-record.ts';
import { addEvidence, canBeCutAt } from '#core/evidence/adding.ts';
import type { Application } from '#core/evidence/applications.ts';
import { failureMetricsOf, metricsFrom } from '#core/evidence/request-metrics.ts';
import { summaryOf } from '#core/evidence/summary.ts';
import type { EvidenceRead } from '#core/evidence/uses.ts';
import { verdictsOn } from '#core/evidence/verdicts.ts';
import { hasProofNews, refOfKey, type FindingRecord } from '#core/finding-record.ts';
import { MOST_TRIES, nextLookAt, watchedUntil, wordOf, type ImpactWatch } from '#core/impact-watch.ts';
import type { Json } from '#core/json.ts';
import { proofMarks, proofNoteOf, proofOf, type ProofNote } from '#core/recovery-proof.ts';
import { impactOf, type Impact } from '#core/symptom/impact.ts';
import { isNewsAfter, noteOf, recoveredAt, type UseNote } from '#core/use-note.ts';
import { kindInLogs, marksOf, useSubjectOf, type UseSubject } from '#core/use-subject.ts';
import type { Detected } from './detect.ts';
import {
  asksTheSame,
  evidenceKey,
  loadCounted,
  loadEvidence,
  saveEvidence,
  type CountedUses,
} from './evidence-documents.ts';
import { judgeBelow, type BelowPorts } from './judged-below.ts';
import type { KnownStates } from './known-states.ts';
import { underLease } from './lease.ts';
import type { LedgerItem, RequestMetrics, UseLogs, UseQuestion } from './ports.ts';
import { DRIFT } from './record.ts';
import { keyOfFinding, recordsOf } from './finding-family.ts';
import { keepWatch, WATCH } from './watch-family.ts';

/** What reading logs of use about a finding needs from outside. */
export interface WatchPorts extends BelowPorts {
  readonly known: Pick<KnownStates, 'all' | 'of'>;
  /** Where the settings name logs. */
  readonly useLogs?: UseLogs;
  /** Where the settings want them. */
  readonly requestMetrics?: RequestMetrics;
  /** So many days before the change the logs are read too. */
  readonly lookBackDays: number;
  readonly applications: readonly Application[];
  readonly now: () => Date;
}

/** One look at a time, so that none reads what another reads; as long as the function that looks may take. */
const LEASE = { id: 'watch-lease', ms: 15 * 60_000 } as const;
const BUSY_AGAIN_MS = 20_000;
const DAY = 24 * 60 * 60_000;

/**
 * Reads logs of use about a finding, from before its changes at the first look and what is newer at each later one; keeps what they say
 * where the next alert takes it from, and wakes the teller where there is something to tell.
 */
export async function watchImpact(finding: string, ports: WatchPorts): Promise<Detected> {
  const item = await ports.ledger.read({ family: WATCH, id: finding });
  if (item?.dueAt === undefined) return { due: 0 };
  const { tries = 0, ...watch } = item.body as unknown as ImpactWatch;
  if (tries > MOST_TRIES) return giveUp(item, ports);
  const outcome = await underLease(LEASE, ports, () => lookOnce(item, ports));
  if (outcome !== 'busy') return outcome;
  // To wait is no try.
  const waiting = { ...watch, tries: Math.max(0, tries - 1) };
  await ports.ledger.write({ ...item, body: waiting, dueAt: later(ports, BUSY_AGAIN_MS) });
  return { due: 0 };
}

/** No look came to its end: that is told, with what the last one found that did, and none comes any more by the clock. */
async function giveUp(item: LedgerItem, ports: WatchPorts): Promise<Detected> {
  const finding = await findingOf(item.id, ports);
  const watch = withoutTries(item.body as unknown as ImpactWatch);
  const readAt = ports.now().toISOString();
  const { document } = finding?.proof ?? finding?.use ?? {};
  const last = document === undefined ? undefined : await loadEvidence(ports.documents, document);
  const impact = last?.impact ?? { since: finding?.openedAt ?? readAt, failures: [], others: [], count: 0 };
  const { endedAt } = watch;
  const before = endedAt === undefined ? undefined : proofOf({ impact, evidence: undefined, endedAt, isLast: true });
  const proof = last?.proof ?? before?.proof;
  const evidence: AlertEvidence = {
    summary: summaryOf(undefined),
    verdicts: [],
    ...last,
    impact,
    readAt,
    watch: { word: 'not-known', until: watchedUntil(watch) },
    ...(proof === undefined ? {} : { proof: { ...proof, isLast: true } }),
  };
  const isNews = await note(watch, evidence, ports);
  await keepWatch(item, { watch: { ...watch, isOver: true } }, ports);
  return { due: isNews ? 1 : 0 };
}

function withoutTries({ tries: _counted, ...watch }: ImpactWatch): ImpactWatch {
  return watch;
}

async function lookOnce(item: LedgerItem, ports: WatchPorts): Promise<Detected> {
  const finding = await findingOf(item.id, ports);
  const known = withoutTries(item.body as unknown as ImpactWatch);
  const records = finding === undefined ? [] : await recordsAsked(finding, known, ports);
  const readAt = ports.now().toISOString();
  const endedAt = recoveredAt(records);
  // What is taken back while it is looked at is looked at as that: there is no second look for it.
  const watch = endedAt === undefined ? known : { ...known, endedAt };
  const subject = await subjectOf(records, ports);
  if (subject === undefined) {
    await keepWatch(item, { watch: { ...watch, isOver: true } }, ports);
    return { due: 0 };
  }
  const counted = await count(subject, { watch, readAt, ports });
  const evidence = await evidenceOf(subject, { watch, readAt, read: counted?.read, ports });
  const isNews = await note(watch, evidence, ports);
  const nextAt = nextLookAt(watch, readAt);
  const next = {
    ...watch,
    isOver: nextAt === undefined,
    ...(counted === undefined ? {} : { counted: counted.key }),
  };
  await keepNext(item, { watch: next, dueAt: nextAt }, ports);
  return { due: isNews ? 1 : 0 };
}

async function findingOf(id: string, { ledger }: WatchPorts): Promise<FindingRecord | undefined> {
  return (await ledger.read(keyOfFinding(id)))?.body as unknown as FindingRecord | undefined;
}

/** What is looked at: what is open, and what has recovered and is to be proved; nothing of what departed anew since. */
async function recordsAsked(
  finding: FindingRecord,
  { proofFrom }: ImpactWatch,
  ports: WatchPorts,
): Promise<readonly DriftRecord[]> {
  const isProof = finding.status === 'recovered' && proofFrom !== undefined;
  if (finding.status !== 'open' && !isProof) return [];
  const items = await ports.ledger.readMany(finding.members.map((key) => ({ family: DRIFT, id: refOfKey(key) })));
  const now = items.map(({ body }) => body as unknown as DriftRecord);
  return isProof && now.some(({ status }) => status === 'open') ? [] : recordsOf(finding, ports);
}

/** Keeps what a look came to, and has the teller decide; returns whether there is something to tell. */
async function note(watch: ImpactWatch, evidence: AlertEvidence, ports: WatchPorts): Promise<boolean> {
  const { finding, proofFrom } = watch;
  const { readAt, proof, impact } = evidence;
  const document = evidenceKey(finding, readAt, 'told');
  await saveEvidence(ports.documents, document, evidence);
  if (proofFrom === undefined || proof === undefined) return noteUse(finding, noteOf(evidence, document), ports);
  return noteProof(finding, proofNoteOf(proof, { readAt, document, failures: impact.count }), ports);
}

/**
 * Writes what comes next. Where it recovered, or began anew, while it was looked at, that stands, and counts on from what this look has
 * counted; where it was only asked for again, this was the answer.
 */
async function keepNext(
  item: LedgerItem,
  next: { readonly watch: ImpactWatch; readonly dueAt: string | undefined },
  ports: WatchPorts,
): Promise<void> {
  const before = item.body as unknown as ImpactWatch;
  if ((await keepWatch(item, next, ports)) === 'written') return;
  for (;;) {
    const now = await ports.ledger.read({ family: WATCH, id: item.id });
    if (now === undefined) return;
    const watch = withoutTries(now.body as unknown as ImpactWatch);
    const { counted } = next.watch;
    const isSame =
      watch.endedAt === before.endedAt && watch.begunAt === before.begunAt && watch.proofFrom === before.proofFrom;
    const merged = isSame
      ? next
      : { watch: { ...watch, ...(counted === undefined ? {} : { counted }) }, dueAt: now.dueAt };
    if ((await keepWatch(now, merged, ports)) === 'written') return;
  }
}

/** What the logs are asked; undefined where the finding is over, or nothing of it is in logs. */
async function subjectOf(records: readonly DriftRecord[], ports: WatchPorts): Promise<UseSubject | undefined> {
  const kind: ComparableKind | undefined = kindInLogs(ports.kinds);
  if (kind === undefined || records.length === 0) return undefined;
  const all = (await ports.ledger.list(DRIFT)).map(({ body }) => body as unknown as DriftRecord);
  const open = all.filter(({ status }) => status === 'open');
  const { judged, known, isWhole } = await judgeBelow(records, ports);
  const refs = [...records, ...open].map(({ drift }) => drift.ref);
  const { baseline } = isWhole ? known : await ports.known.of(refs, kind.declaration.context);
  const states = new Map([...(baseline?.states ?? [])].map(([key, { state }]) => [key, state]));
  return useSubjectOf({ kind, judged, open, states });
}

interface Looking {
  readonly watch: ImpactWatch;
  readonly readAt: string;
  readonly ports: WatchPorts;
}

interface Counted {
  /** Where it is kept. */
  readonly key: string;
  readonly read: EvidenceRead;
}

/** Counts the requests that the logs have: on from what was counted before, or anew where that asked for less. */
async function count(subject: UseSubject, { watch, readAt, ports }: Looking): Promise<Counted | undefined> {
  const { useLogs, documents, lookBackDays } = ports;
  if (useLogs === undefined) return undefined;
  const question: UseQuestion = {
    from: new Date(Date.parse(subject.since) - lookBackDays * DAY).toISOString(),
    to: readAt,
    buckets: bucketsIn(subject),
    marks: marksOf(subject, watch.endedAt === undefined ? [] : proofMarks(watch.endedAt)),
  };
  const kept = watch.counted === undefined ? undefined : await loadCounted(documents, watch.counted);
  const before =
    kept !== undefined && asksTheSame(kept, question) && canBeCutAt(kept.read.evidence, question.marks)
      ? kept
      : undefined;
  const { readTo, mended, ...fresh } = await useLogs.read({ ...question, since: before?.readTo });
  const read = before === undefined ? fresh : addEvidence(stillSo(before.read, mended), fresh);
  const key = evidenceKey(watch.finding, readAt, 'counted');
  const buckets = before?.buckets ?? (question.buckets === undefined ? undefined : [...question.buckets]);
  const counted: CountedUses = { from: question.from, readTo, read, ...(buckets === undefined ? {} : { buckets }) };
  await saveEvidence(documents, key, counted);
  return { key, read };
}

/** Without what was said of places and files that were read since. A place stands for its folders too, whose names end in a slash. */
function stillSo(read: EvidenceRead, mended: readonly string[]): EvidenceRead {
  const isMended = (where: string): boolean =>
    mended.some((name) => where === name || (where.endsWith('/') && where.startsWith(`${name.replace(/\/$/, '')}/`)));
  return { ...read, problems: read.problems.filter(({ where }) => !isMended(where)) };
}

function bucketsIn({ resources }: UseSubject): ReadonlySet<string> | undefined {
  return resources === undefined ? undefined : new Set(resources.map(({ id }) => id));
}

async function evidenceOf(
  subject: UseSubject,
  { watch, readAt, read, ports }: Looking & { readonly read: EvidenceRead | undefined },
): Promise<AlertEvidence> {
  const { applications } = ports;
  const kinds = new Map(ports.kinds.map((kind) => [kind.declaration.id, kind]));
  const { on, context } = subject;
  const metrics = await metricsOf(subject, { readAt, ports });
  const problems = [...(read?.problems ?? []), ...metrics.problems];
  const failures = failuresOf(subject, read, ports);
  const { endedAt, proofFrom } = watch;
  const isLast = proofFrom !== undefined && nextLookAt(watch, readAt) === undefined;
  const proved =
    endedAt === undefined ? undefined : proofOf({ impact: failures, evidence: read?.evidence, endedAt, isLast });
  const impact: Impact = { ...(proved?.impact ?? failures), ...metrics.said };
  return {
    readAt,
    summary: summaryOf(read === undefined ? undefined : { ...read, problems }),
    verdicts: verdictsOn({ on, context, evidence: read?.evidence, kinds, applications }),
    impact,
    watch: { word: wordOf(watch, { readAt, failures: impact.count }), until: watchedUntil(watch) },
    ...(proved === undefined ? {} : { proof: proved.proof }),
  };
}

function failuresOf(subject: UseSubject, read: EvidenceRead | undefined, ports: WatchPorts): Impact {
  const { changes, of, states, since } = subject;
  const kind = kindInLogs<ComparableKind>(ports.kinds);
  if (read === undefined || kind?.judge === undefined) return { since, failures: [], others: [], count: 0 };
  const buckets = bucketsIn(subject);
  return impactOf({
    account: ports.account,
    changes,
    of,
    states,
    judge: kind.judge,
    context: kind.declaration.context,
    evidence: read.evidence,
    applications: ports.applications,
    ...(buckets === undefined ? {} : { buckets }),
  });
}

interface MetricsSaid {
  readonly said: Pick<Impact, 'metrics'>;
  readonly problems: EvidenceRead['problems'];
}

/** What CloudWatch counted of what is asked about. */
async function metricsOf(
  { resources = [], since }: UseSubject,
  { readAt, ports }: Pick<Looking, 'readAt' | 'ports'>,
): Promise<MetricsSaid> {
  if (ports.requestMetrics === undefined || resources.length === 0) return { said: {}, problems: [] };
  const [at, now] = [Date.parse(since), Date.parse(readAt)];
  const from = new Date(metricsFrom({ at, now })).toISOString();
  const { series, problems } = await ports.requestMetrics.read({ buckets: resources, from, to: readAt });
  return { said: series.length === 0 ? {} : { metrics: failureMetricsOf(series, { at, now }) }, problems };
}

/** Writes down what a look came to, and has the teller decide; returns whether there is something to tell. */
async function noteUse(id: string, note: UseNote, ports: WatchPorts): Promise<boolean> {
  for (;;) {
    const item = await ports.ledger.read(keyOfFinding(id));
    const finding = item?.body as unknown as FindingRecord | undefined;
    if (item === undefined || finding === undefined || finding.status !== 'open') return false;
    if (finding.use !== undefined && finding.use.readAt >= note.readAt) return false;
    const body = { ...finding, use: note } as unknown as Json;
    // Somebody who tells right now finds that it was written, and decides anew.
    const due = finding.lease === undefined ? { dueAt: ports.now().toISOString() } : {};
    if ((await ports.ledger.write({ ...item, body, ...due })) === 'written')
      return isNewsAfter(note, finding.told?.use) || recoveredAt(await recordsOf(finding, ports)) !== undefined;
  }
}

/** The same of a look after the recovery: only of what has recovered. */
async function noteProof(id: string, note: ProofNote, ports: WatchPorts): Promise<boolean> {
  for (;;) {
    const item = await ports.ledger.read(keyOfFinding(id));
    const finding = item?.body as unknown as FindingRecord | undefined;
    if (item === undefined || finding === undefined || finding.status !== 'recovered') return false;
    if (finding.proof !== undefined && finding.proof.readAt >= note.readAt) return false;
    const noted: FindingRecord = { ...finding, proof: note };
    const now = ports.now().toISOString();
    const isNews = hasProofNews(noted, now);
    const due = isNews && finding.lease === undefined ? { dueAt: now } : {};
    if ((await ports.ledger.write({ ...item, body: noted as unknown as Json, ...due })) === 'written') return isNews;
  }
}

function later({ now }: Pick<WatchPorts, 'now'>, ms: number): string {
  return new Date(now().getTime() + ms).toISOString();
}
