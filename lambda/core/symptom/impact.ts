import { applicationOf, callerText, type Application } from '../evidence/applications.ts';
import { hasWorked, isRefused, refusedBy, statusOf } from '../evidence/refusal.ts';
import type { FailureMetrics } from '../evidence/request-metrics.ts';
import type { Evidence, Span, Use } from '../evidence/uses.ts';
import type { KindJudge } from '../judge.ts';
import type { State } from '../state.ts';
import type { SymptomCause } from './answer.ts';
import { isSameCaller, isSameOperation, splitAt } from './onset.ts';
import { reachIn, type Reach } from './reach.ts';
import { BUCKET, searchSymptom } from './search.ts';
import type { Symptom } from './symptom.ts';
import { earliestOf, type WatchedChange } from './watched-change.ts';

/** Alike requests of one caller to one bucket that are refused since a change. Times are ISO 8601, UTC. */
export interface FailureGroup {
  readonly bucket: string;
  readonly caller: string;
  readonly account?: string;
  readonly application?: string;
  /** Who owns the application. */
  readonly owner?: string;
  readonly operation: string;
  readonly error: string;
  /** The error's own text. */
  readonly says?: string;
  readonly addresses: readonly string[];
  /** Since the change. */
  readonly failures: number;
  readonly firstAt: string;
  readonly lastAt: string;
  /** The same failures before it, in the time that the logs of the bucket have. */
  readonly failuresBefore: number;
  readonly loggedBeforeMs: number;
  /** Requests of that caller and sort that worked before it. */
  readonly workedBefore: number;
  /** When one worked after the last failure: the first such. */
  readonly workedAgainAt?: string;
  /** The changes that explain it, by id: the likeliest first. None: no watched change does. */
  readonly explainedBy: readonly string[];
  /** The error's own text names what the first of them turned on. */
  readonly isProven: boolean;
  /** Nothing is known of the bucket: it may be another account's, and what a change does to it cannot be told. */
  readonly isOfUnknown?: true;
}

/** What failed since some changes, as the logs have it. */
export interface Impact extends Reach {
  /** When the first of the changes was made, or the earliest that it can have been (ISO 8601, UTC). */
  readonly since: string;
  /** Where it is not known when that was: when it was made at the latest. Logs that end before may miss all of it. */
  readonly madeBy?: string;
  /** What they explain, the most failures first. */
  readonly failures: readonly FailureGroup[];
  /** What fails since then too, and they do not explain. */
  readonly others: readonly FailureGroup[];
  /** Failures of `failures` together. */
  readonly count: number;
  /** Further groups that were put beside no change: of those that failed before too, the ones with the fewest failures. Whose they are is not known. */
  readonly notLookedAt?: { readonly groups: number; readonly failures: number };
  readonly firstAt?: string;
  readonly lastAt?: string;
  /** What CloudWatch counted, where it was asked: cruder, since no caller, operation or error stands in it. */
  readonly metrics?: readonly FailureMetrics[];
}

export interface ImpactRequest {
  readonly account: string;
  /** All of the window: a failure may have another cause. */
  readonly changes: readonly WatchedChange[];
  /** Those whose impact it is, by id. */
  readonly of: ReadonlySet<string>;
  /** Everything as it was before the first of them, by printed reference. */
  readonly states: ReadonlyMap<string, State>;
  readonly judge: KindJudge;
  readonly context: readonly string[];
  /** Cut at the times of the changes. */
  readonly evidence: Evidence;
  readonly applications: readonly Application[];
  /** Buckets that are asked about; none: all. */
  readonly buckets?: ReadonlySet<string>;
  /** Buckets that the changes act on, where failures of others are asked about too; none: `buckets`, else all that are known. */
  readonly affected?: ReadonlySet<string> | undefined;
}

/** More groups of failures than this nobody reads, and each is put beside every change. */
const MOST_GROUPS = 200;

/** Puts what is refused since some changes beside all changes of the window. Pure. */
export function impactOf(request: ImpactRequest): Impact {
  const { changes, of, evidence, states, buckets, affected = buckets } = request;
  const own = changes.filter(({ id }) => of.has(id));
  const [since, madeBy] = [own.map(earliestOf).sort()[0], own.map((change) => change.at).sort()[0]];
  if (since === undefined || madeBy === undefined) return { since: '', failures: [], others: [], count: 0 };
  const at = Date.parse(since);
  const failing = evidence.uses
    .filter((use) => isRefused(use) && (buckets === undefined || buckets.has(use.bucket)))
    .map((use) => ({ use, split: splitAt([use], at, evidence.marks) }))
    .filter(({ split }) => split.since.count > 0)
    .toSorted((a, b) => Number(isLikely(b)) - Number(isLikely(a)) || b.split.since.count - a.split.since.count);
  const left = failing.slice(MOST_GROUPS);
  const groups = together(failing.slice(0, MOST_GROUPS).map(({ use }) => groupOf(use, at, request)));
  const failures = groups.filter(({ explainedBy: [first] }) => first !== undefined && of.has(first));
  const others = groups.filter((group) => !failures.includes(group));
  const times = failures.flatMap(({ firstAt, lastAt }) => [firstAt, lastAt]).sort();
  const [firstAt, lastAt] = [times[0], times.at(-1)];
  return {
    since,
    ...(madeBy === since ? {} : { madeBy }),
    failures,
    others,
    count: failures.reduce((sum, group) => sum + group.failures, 0),
    ...(left.length === 0
      ? {}
      : {
          notLookedAt: { groups: left.length, failures: left.reduce((sum, { split }) => sum + split.since.count, 0) },
        }),
    ...(firstAt === undefined ? {} : { firstAt }),
    ...(lastAt === undefined ? {} : { lastAt }),
    ...reachIn({ evidence, states, affected }, Date.parse(madeBy)),
  };
}

/** What failed never before, or names what refused it, is no noise of every day: it is put beside the changes first. */
function isLikely({ use, split }: { readonly use: Use; readonly split: { readonly before: Span } }): boolean {
  return split.before.count === 0 || refusedBy(use) !== undefined;
}

function groupOf(use: Use, at: number, request: ImpactRequest): FailureGroup {
  const { evidence, applications } = request;
  const own = evidence.uses.filter((one) => one.bucket === use.bucket && isSameCaller(one, use));
  const working = own.filter((one) => hasWorked(one) && isSameOperation(one.operation, use.operation));
  const { before, since } = splitAt([use], at, evidence.marks);
  const worked = splitAt(working, at, evidence.marks);
  const logged = evidence.buckets.find(({ bucket }) => bucket === use.bucket);
  const isKnown = isKnownBucket(use.bucket, request);
  // Of the same caller: what it was refused for another reason is another matter.
  const causes = isKnown ? causesOf(use, { ...evidence, uses: [use, ...own.filter(hasWorked)] }, request) : [];
  const application = applicationOf(use, applications);
  const account = use.requester.is === 'principal' ? use.requester.account : undefined;
  // An upload without the ACL works all the time, and is none of the sort that failed.
  const again = working.filter(({ all, acl }) => acl === use.acl && all.lastAt > since.lastAt);
  return {
    bucket: use.bucket,
    caller: callerText(use),
    ...(account === undefined ? {} : { account }),
    ...(application === undefined ? {} : { application: application.name }),
    ...(application?.owner === undefined ? {} : { owner: application.owner }),
    operation: use.operation,
    error: use.error?.code ?? '',
    ...(use.error?.says === undefined ? {} : { says: use.error.says }),
    addresses: use.addresses,
    failures: since.count,
    firstAt: iso(since.firstAt),
    lastAt: iso(since.lastAt),
    failuresBefore: before.count,
    loggedBeforeMs: Math.max(0, at - (logged?.firstAt ?? at)),
    workedBefore: worked.before.count,
    ...(again.length === 0
      ? {}
      : { workedAgainAt: iso(Math.min(...again.map((one) => firstAfter(one, since.lastAt)))) }),
    explainedBy: causes.map(({ change }) => change.id),
    isProven: causes[0]?.isProven === true,
    ...(isKnown ? {} : { isOfUnknown: true }),
  };
}

/** Groups that differ in nothing that is shown are one: two logs, or two ways to sign. */
function together(groups: readonly FailureGroup[]): readonly FailureGroup[] {
  const all = new Map<string, FailureGroup>();
  for (const group of groups) {
    const { bucket, caller, account = '', operation, error, says = '', explainedBy, isProven } = group;
    const key = JSON.stringify([bucket, caller, account, operation, error, says, explainedBy, isProven]);
    const known = all.get(key);
    all.set(key, known === undefined ? group : joinedOf(known, group));
  }
  return [...all.values()].toSorted((a, b) => b.failures - a.failures);
}

/** What worked before is that of the caller and the sort, which are one: it is the same of both. */
function joinedOf({ workedAgainAt: known, ...one }: FailureGroup, other: FailureGroup): FailureGroup {
  const lastAt = one.lastAt > other.lastAt ? one.lastAt : other.lastAt;
  const again = [known, other.workedAgainAt].flatMap((at) => (at !== undefined && at > lastAt ? [at] : [])).sort()[0];
  return {
    ...one,
    addresses: [...new Set([...one.addresses, ...other.addresses])],
    failures: one.failures + other.failures,
    firstAt: one.firstAt < other.firstAt ? one.firstAt : other.firstAt,
    lastAt,
    failuresBefore: one.failuresBefore + other.failuresBefore,
    ...(again === undefined ? {} : { workedAgainAt: again }),
  };
}

/** As near as the counts tell: what began after the last failure, or after a mark behind it, tells its first; of another only that it goes on. */
function firstAfter({ all, spans }: Use, at: number): number {
  return Math.min(
    all.lastAt,
    ...[all, ...spans].flatMap(({ count, firstAt }) => (count > 0 && firstAt > at ? [firstAt] : [])),
  );
}

function isKnownBucket(bucket: string, { states, account }: ImpactRequest): boolean {
  return [...states.values()].some(({ ref }) => ref.kind === BUCKET && ref.id === bucket && ref.account === account);
}

/** The changes that explain such failures, the likeliest first. */
function causesOf(
  use: Use,
  evidence: Evidence,
  { account, changes, states, judge, context }: ImpactRequest,
): readonly SymptomCause[] {
  const symptom = {
    text: '',
    at: iso(use.all.lastAt),
    operation: use.operation,
    bucket: use.bucket,
    isLasting: true as const,
    ...errorOf(use),
    ...(use.via === 'website' ? { isWebsite: true } : {}),
    rest: [],
  };
  return searchSymptom({ symptom, account, changes, states, judge, context, evidence }).causes;
}

/** A status in place of a code is asked about as that: whatever refuses with it may be the cause. */
function errorOf({ error }: Use): Pick<Symptom, 'error' | 'status'> {
  if (error === undefined) return {};
  const status = statusOf(error.code);
  return status === undefined ? { error: error.code } : { status };
}

/** Buckets of which nothing is known, and that refuse since the change what they did not refuse before: whether that is its doing is open. Pure. */
export function openBuckets({ others }: Pick<Impact, 'others'>): readonly string[] {
  const open = others.filter(({ isOfUnknown, failuresBefore }) => isOfUnknown === true && failuresBefore === 0);
  return [...new Set(open.map(({ bucket }) => bucket))];
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
