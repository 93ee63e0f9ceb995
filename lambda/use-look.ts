import type { AlertEvidence } from '#core/alert-evidence.ts';
import type { ComparableKind } from '#core/comparison.ts';
import { addEvidence, canBeCutAt } from '#core/evidence/adding.ts';
import type { Application } from '#core/evidence/applications.ts';
import { failureMetricsOf, metricsFrom } from '#core/evidence/request-metrics.ts';
import { summaryOf } from '#core/evidence/summary.ts';
import type { EvidenceRead } from '#core/evidence/uses.ts';
import { verdictsOn } from '#core/evidence/verdicts.ts';
import { nextLookAt, watchedUntil, wordOf, type ImpactWatch } from '#core/impact-watch.ts';
import { proofMarks, proofOf } from '#core/recovery-proof.ts';
import { impactOf, type Impact } from '#core/symptom/impact.ts';
import { kindInLogs, marksOf, type UseSubject } from '#core/use-subject.ts';
import { asksTheSame, evidenceKey, loadCounted, saveEvidence, type CountedUses } from './evidence-documents.ts';
import type { Documents, RequestMetrics, UseLogs, UseQuestion } from './ports.ts';

/** What one look at logs of use needs from outside. */
export interface LookPorts {
  readonly account: string;
  readonly kinds: readonly ComparableKind[];
  readonly documents: Documents;
  /** Where the settings name logs. */
  readonly useLogs?: UseLogs;
  /** Where the settings want them. */
  readonly requestMetrics?: RequestMetrics;
  /** So many days before the change the logs are read too. */
  readonly lookBackDays: number;
  readonly applications: readonly Application[];
}

const DAY = 24 * 60 * 60_000;

/** One look: when it is (ISO 8601, UTC), and in which watch. */
interface Looking {
  readonly watch: ImpactWatch;
  readonly readAt: string;
  readonly ports: LookPorts;
}

/** What a look came to. `counted`: where what was counted is kept; undefined where no logs are named. */
export interface Looked {
  readonly evidence: AlertEvidence;
  readonly counted: string | undefined;
}

/** Looks at what logs and metrics have of the requests in question, on from what the watch has counted before. */
export async function lookAtUse(subject: UseSubject, looking: Looking): Promise<Looked> {
  const counted = await count(subject, looking);
  return { evidence: await evidenceOf(subject, { ...looking, read: counted?.read }), counted: counted?.key };
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

function failuresOf(subject: UseSubject, read: EvidenceRead | undefined, ports: LookPorts): Impact {
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
