import { applicationOf, callerText, type Application } from '../evidence/applications.ts';
import { hasWorked, isRefused, statusOf } from '../evidence/refusal.ts';
import type { FailureMetrics } from '../evidence/request-metrics.ts';
import type { Evidence, Use } from '../evidence/uses.ts';
import type { KindJudge } from '../judge.ts';
import type { State } from '../state.ts';
import type { SymptomAnswer } from './answer.ts';
import { isSameOperation, splitAt } from './onset.ts';
import { searchSymptom } from './search.ts';
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
}

/** What failed since some changes, as the logs have it. */
export interface Impact {
  /** When the first of the changes was made, or the earliest that it can have been (ISO 8601, UTC). */
  readonly since: string;
  /** What they explain, the most failures first. */
  readonly failures: readonly FailureGroup[];
  /** What fails since then too, and they do not explain. */
  readonly others: readonly FailureGroup[];
  /** Failures of `failures` together. */
  readonly count: number;
  /** Further groups, those with the fewest failures, that were put beside no change. */
  readonly notLookedAt?: { readonly groups: number; readonly failures: number };
  readonly firstAt?: string;
  readonly lastAt?: string;
  /** From when to when the logs of the buckets go; none: nothing of them is in the logs. */
  readonly logged?: { readonly from: string; readonly to: string };
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
}

/** More groups of failures than this nobody reads, and each is put beside every change. */
const MOST_GROUPS = 200;

/** Puts what is refused since some changes beside all changes of the window. Pure. */
export function impactOf(request: ImpactRequest): Impact {
  const { changes, of, evidence, buckets } = request;
  const since = changes
    .filter(({ id }) => of.has(id))
    .map(earliestOf)
    .sort()[0];
  if (since === undefined) return { since: '', failures: [], others: [], count: 0 };
  const at = Date.parse(since);
  const failing = evidence.uses
    .filter((use) => isRefused(use) && (buckets === undefined || buckets.has(use.bucket)))
    .map((use) => ({ use, split: splitAt([use], at, evidence.marks) }))
    .filter(({ split }) => split.since.count > 0)
    .toSorted((a, b) => b.split.since.count - a.split.since.count);
  const left = failing.slice(MOST_GROUPS);
  const groups = together(failing.slice(0, MOST_GROUPS).map(({ use }) => groupOf(use, at, request)));
  const failures = groups.filter(({ explainedBy: [first] }) => first !== undefined && of.has(first));
  const others = groups.filter((group) => !failures.includes(group));
  const times = failures.flatMap(({ firstAt, lastAt }) => [firstAt, lastAt]).sort();
  const [firstAt, lastAt] = [times[0], times.at(-1)];
  const logged = loggedOf(evidence, buckets);
  return {
    since,
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
    ...(logged === undefined ? {} : { logged }),
  };
}

function groupOf(use: Use, at: number, request: ImpactRequest): FailureGroup {
  const { evidence, applications } = request;
  const own = evidence.uses.filter((one) => one.bucket === use.bucket && isSameCaller(one, use));
  const working = own.filter((one) => hasWorked(one) && isSameOperation(one.operation, use.operation));
  const { before, since } = splitAt([use], at, evidence.marks);
  const worked = splitAt(working, at, evidence.marks);
  const logged = evidence.buckets.find(({ bucket }) => bucket === use.bucket);
  // Of the same caller: what it was refused for another reason is another matter.
  const answer = answerFor(use, { ...evidence, uses: [use, ...own.filter(hasWorked)] }, request);
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
    explainedBy: answer.causes.map(({ change }) => change.id),
    isProven: answer.causes[0]?.isProven === true,
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

function joinedOf(one: FailureGroup, other: FailureGroup): FailureGroup {
  return {
    ...one,
    addresses: [...new Set([...one.addresses, ...other.addresses])],
    failures: one.failures + other.failures,
    firstAt: one.firstAt < other.firstAt ? one.firstAt : other.firstAt,
    lastAt: one.lastAt > other.lastAt ? one.lastAt : other.lastAt,
    failuresBefore: one.failuresBefore + other.failuresBefore,
  };
}

/** As near as the counts tell: what began after the last failure, or after a mark behind it, tells its first; of another only that it goes on. */
function firstAfter({ all, spans }: Use, at: number): number {
  return Math.min(
    all.lastAt,
    ...[all, ...spans].flatMap(({ count, firstAt }) => (count > 0 && firstAt > at ? [firstAt] : [])),
  );
}

function answerFor(
  use: Use,
  evidence: Evidence,
  { account, changes, states, judge, context }: ImpactRequest,
): SymptomAnswer {
  const symptom = {
    text: '',
    at: iso(use.all.lastAt),
    operation: use.operation,
    bucket: use.bucket,
    ...errorOf(use),
    ...(use.via === 'website' ? { isWebsite: true } : {}),
    rest: [],
  };
  return searchSymptom({ symptom, account, changes, states, judge, context, evidence });
}

/** A status in place of a code is asked about as that: whatever refuses with it may be the cause. */
function errorOf({ error }: Use): Pick<Symptom, 'error' | 'status'> {
  if (error === undefined) return {};
  const status = statusOf(error.code);
  return status === undefined ? { error: error.code } : { status };
}

function isSameCaller({ requester: one }: Use, { requester: other }: Use): boolean {
  return one.is === other.is && ('name' in one ? one.name : '') === ('name' in other ? other.name : '');
}

function loggedOf({ buckets: all }: Evidence, asked: ReadonlySet<string> | undefined): Impact['logged'] {
  const some = all.filter(({ bucket }) => asked === undefined || asked.has(bucket));
  if (some.length === 0) return undefined;
  return {
    from: iso(Math.min(...some.map(({ firstAt }) => firstAt))),
    to: iso(Math.max(...some.map(({ lastAt }) => lastAt))),
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
