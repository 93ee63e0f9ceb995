import type { AlertEvidence } from '#core/alert-evidence.ts';
import type { ComparableKind } from '#core/comparison.ts';
import type { DriftRecord } from '#core/drift-record.ts';
import { summaryOf } from '#core/evidence/summary.ts';
import { refOfKey } from '#core/finding-members.ts';
import type { FindingRecord } from '#core/finding-record.ts';
import { MOST_TRIES, nextLookAt, watchedUntil, type ImpactWatch } from '#core/impact-watch.ts';
import { proofOf } from '#core/recovery-proof.ts';
import { recoveredAt } from '#core/use-note.ts';
import { kindInLogs, useSubjectOf, type UseSubject } from '#core/use-subject.ts';
import type { Detected } from './detect.ts';
import { loadEvidence } from './evidence-documents.ts';
import { keyOfFinding, recordsOf } from './finding-family.ts';
import { judgeBelow, type BelowPorts } from './judged-below.ts';
import { underLease } from './lease.ts';
import { noteLook } from './look-notes.ts';
import type { LedgerItem } from './ports.ts';
import { DRIFT } from './record.ts';
import { lookAtUse, type LookPorts } from './use-look.ts';
import { keepWatch, WATCH } from './watch-family.ts';

/** What reading logs of use about a finding needs from outside. */
export interface WatchPorts extends BelowPorts, LookPorts {
  readonly now: () => Date;
}

/** One look at a time, so that none reads what another reads; as long as the function that looks may take. */
const LEASE = { id: 'watch-lease', ms: 15 * 60_000 } as const;
const BUSY_AGAIN_MS = 20_000;

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
  const isNews = await noteLook(watch, evidence, ports);
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
  const { evidence, counted } = await lookAtUse(subject, { watch, readAt, ports });
  const isNews = await noteLook(watch, evidence, ports);
  const nextAt = nextLookAt(watch, readAt);
  const next = {
    ...watch,
    isOver: nextAt === undefined,
    ...(counted === undefined ? {} : { counted }),
  };
  await keepNext(item, { watch: next, dueAt: nextAt }, ports);
  return { due: isNews ? 1 : 0 };
}

async function findingOf(id: string, { ledger }: WatchPorts): Promise<FindingRecord | undefined> {
  return (await ledger.read(keyOfFinding(id)))?.body as unknown as FindingRecord | undefined;
}

/**
 * What is looked at: what is open, and what has recovered and is to be proved; nothing of what departed anew since, and nothing that a person
 * accepted: whom that refuses is refused as wanted.
 */
async function recordsAsked(
  finding: FindingRecord,
  { proofFrom }: ImpactWatch,
  ports: WatchPorts,
): Promise<readonly DriftRecord[]> {
  const isProof = finding.status === 'recovered' && proofFrom !== undefined;
  if (finding.status !== 'open' && !isProof) return [];
  const items = await ports.ledger.readMany(finding.members.map((key) => ({ family: DRIFT, id: refOfKey(key) })));
  const now = items.map(({ body }) => body as unknown as DriftRecord);
  if (isProof && now.some(({ status }) => status === 'open')) return [];
  return (await recordsOf(finding, ports)).filter(({ endedBy }) => endedBy !== 'acceptance');
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

function later({ now }: Pick<WatchPorts, 'now'>, ms: number): string {
  return new Date(now().getTime() + ms).toISOString();
}
