import type { ComparableKind } from '../comparison.ts';
import type { Context } from '../judge.ts';
import type { ResourceRef } from '../reference.ts';
import type { Flip } from '../s3/access-change.ts';
import type { UseRows } from '../s3/use-rows.ts';
import type { State } from '../state.ts';
import { applicationOf, callerText, type Application } from './applications.ts';
import type { Evidence, LoggedBucket, Use } from './uses.ts';

/** What evidence says of an operation that would be refused or useless. No evidence is never no impact. */
export type FlipWord = 'will-break' | 'could-break' | 'unknown';

/**
 * Why it is that word. `seen`: such requests were made and worked. `perhaps-seen`: requests were made that may be such ones. `not-seen`: the
 * resource is in the logs, and no such request. `no-logs`: it is not. `not-logged`: it is, and not with requests of this sort.
 * `not-computed`: whether it would be refused is itself not known. `not-looked`: no logs were looked at.
 */
export type FlipReason =
  'seen' | 'perhaps-seen' | 'not-seen' | 'no-logs' | 'not-logged' | 'not-computed' | 'not-looked';

/** Requests of one caller that the logs have, and that would be refused, or may be. Times are ISO 8601, UTC. */
export interface SeenUse {
  readonly caller: string;
  /** The caller's own account, where it is known. */
  readonly account?: string;
  readonly application?: string;
  /** Who owns the application. */
  readonly owner?: string;
  readonly operation: string;
  readonly count: number;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly addresses: readonly string[];
  readonly hasMoreAddresses: boolean;
  readonly userAgents: readonly string[];
  /** Whatever the log leaves open of these requests, they would be refused or useless. */
  readonly isSure: boolean;
}

/** One operation that would be refused or useless, or may be, with what the logs say of its use: on one resource, or on all of which they say the same. */
export interface FlipVerdict {
  readonly refs: readonly ResourceRef[];
  readonly row: string;
  readonly title: string;
  readonly word: FlipWord;
  readonly reason: FlipReason;
  /** What is not known, where that is why. */
  readonly why?: string;
  /** It is felt at the next deployment that does it, and not at once. */
  readonly isLater: boolean;
  readonly uses: readonly SeenUse[];
  /** From when to when the resource is in the logs; of several, each of them. */
  readonly logged?: Logged;
}

/** From when to when (ISO 8601, UTC). */
export interface Logged {
  readonly from: string;
  readonly to: string;
}

/** A resource with the operations that meet something else on it. */
export interface FlipsOn {
  readonly ref: ResourceRef;
  readonly flips: readonly Flip[];
  /** What it was before: by which door a request came is told from it. */
  readonly before: State | undefined;
}

export interface VerdictRequest {
  readonly on: readonly FlipsOn[];
  /** What resources depended on, as it was before. */
  readonly context: Context;
  /** Undefined: no logs were looked at. */
  readonly evidence: Evidence | undefined;
  readonly kinds: ReadonlyMap<string, ComparableKind>;
  readonly applications: readonly Application[];
}

/** How well an operation works: refused; accepted without any effect; as it should. */
const WORKS = { denied: 0, 'silently-useless': 1, allowed: 2 } as const;

/** Would the operation be refused or useless that is not so now? `perhaps`: one of the two sides is not known, and it may. */
export function worsens({
  before: { outcome: was },
  after: { outcome: is },
}: Pick<Flip, 'before' | 'after'>): 'yes' | 'no' | 'perhaps' {
  if (was === 'unknown') return is === 'allowed' ? 'no' : 'perhaps';
  if (is === 'unknown') return was === 'denied' ? 'no' : 'perhaps';
  return WORKS[is] < WORKS[was] ? 'yes' : 'no';
}

/** What the logs say of each operation that would be refused or useless: those that are sure to break first. Pure. */
export function verdictsOn({ on, context, evidence, kinds, applications }: VerdictRequest): readonly FlipVerdict[] {
  const byBucket = new Map<string, Use[]>();
  for (const use of evidence?.uses ?? []) {
    const known = byBucket.get(use.bucket);
    if (known === undefined) byBucket.set(use.bucket, [use]);
    else known.push(use);
  }
  const { buckets = [] } = evidence ?? {};
  const logged = new Map(buckets.map((one) => [one.bucket, one]));
  const all = on.flatMap((one): FlipVerdict[] => {
    const worse = one.flips.filter((flip) => worsens(flip) !== 'no');
    if (worse.length === 0) return [];
    const judge = kinds.get(one.ref.kind)?.judge;
    const sure = new Set(worse.filter((flip) => worsens(flip) === 'yes').map(({ row }) => row));
    const { before } = one;
    const rowsOf = (use: Use): UseRows =>
      (before === undefined ? undefined : judge?.rowsOfUse?.(use, before, context)) ?? NO_ROWS;
    const own = byBucket.get(one.ref.id) ?? [];
    const loggedHere = logged.get(one.ref.id);
    const uses = own
      // What failed already, for whatever reason, loses nothing.
      .filter(({ error }) => error === undefined)
      .map((use): PlacedUse => {
        const { is, oneOf } = rowsOf(use);
        // Whichever it is of a group, that one would be shut: it is told of the likeliest.
        const shut = oneOf.filter((rows) => rows.every((row) => sure.has(row)));
        return { use, sure: [...is, ...shut.flatMap((rows) => rows.slice(0, 1))], perhaps: oneOf.flat() };
      });
    const known = {
      uses,
      applications,
      logged: loggedHere,
      isLooked: evidence !== undefined,
      sorts: sortsIn(own),
      notKept: (evidence?.notKept ?? 0) > 0 ? notKeptOf(loggedHere, own) : 0,
      laterRows: judge?.laterRows ?? new Set<string>(),
      isLogged: judge?.rowsOfUse !== undefined,
    };
    return worse.map((flip) => verdictOn(one, flip, known));
  });
  return together(all).toSorted(byWord);
}

/** Of most resources of a large account the logs say the same: those are told once. */
function together(all: readonly FlipVerdict[]): readonly FlipVerdict[] {
  const groups = new Map<string, FlipVerdict>();
  const refsOf = new Map<string, ResourceRef[]>();
  for (const one of all) {
    const { row, word, reason, why = '', logged, uses } = one;
    const days = logged === undefined ? '' : `${dayOf(logged.from)} ${dayOf(logged.to)}`;
    const key = uses.length > 0 ? `alone ${groups.size}` : [row, word, reason, days, why].join('\n');
    const group = groups.get(key);
    const refs = refsOf.get(key) ?? [];
    refs.push(...one.refs);
    refsOf.set(key, refs);
    const period = group?.logged === undefined || logged === undefined ? logged : sharedBy(group.logged, logged);
    groups.set(key, { ...one, refs, ...(period === undefined ? {} : { logged: period }) });
  }
  return [...groups.values()];
}

/** The period that the logs of both have: what is said of several holds of each. */
function sharedBy(one: Logged, other: Logged): Logged {
  return { from: one.from > other.from ? one.from : other.from, to: one.to < other.to ? one.to : other.to };
}

function dayOf(time: string): string {
  return time.slice(0, 10);
}

interface PlacedUse {
  readonly use: Use;
  /** Rows that it is of for sure, or whose refusal it would meet in any case. */
  readonly sure: readonly string[];
  readonly perhaps: readonly string[];
}

const NO_ROWS: UseRows = { is: [], oneOf: [] };

interface Known {
  readonly uses: readonly PlacedUse[];
  readonly applications: readonly Application[];
  readonly logged: LoggedBucket | undefined;
  readonly isLooked: boolean;
  /** Of which sorts its data events are: a trail may be told to leave reads out, or writes, and of one bucket alone. */
  readonly sorts: ReadonlySet<Sort>;
  /** Requests to it of which no more is known than that there were some (`Evidence.notKept`). */
  readonly notKept: number;
  readonly laterRows: ReadonlySet<string>;
  readonly isLogged: boolean;
}

function verdictOn({ ref }: FlipsOn, flip: Flip, known: Known): FlipVerdict {
  const { row, title } = flip;
  const { logged, applications } = known;
  const seen = known.uses.filter(({ sure }) => sure.includes(row));
  const placed = known.uses.filter(({ sure, perhaps }) => sure.includes(row) || perhaps.includes(row));
  const shown = seen.length > 0 ? seen : placed;
  return {
    refs: [ref],
    row,
    title,
    ...wordOn(flip, { ...known, isSeen: seen.length > 0, mayBeSeen: placed.length > 0 }),
    isLater: known.laterRows.has(row),
    uses: shown.map(({ use }) => seenUse(use, seen.length > 0, applications)).toSorted((a, b) => b.count - a.count),
    ...(logged === undefined ? {} : { logged: { from: iso(logged.firstAt), to: iso(logged.lastAt) } }),
  };
}

function wordOn(
  flip: Flip,
  known: Known & { readonly isSeen: boolean; readonly mayBeSeen: boolean },
): Pick<FlipVerdict, 'word' | 'reason' | 'why'> {
  if (worsens(flip) === 'perhaps') {
    const doubt = [flip.after, flip.before].find(({ outcome }) => outcome === 'unknown');
    return {
      word: 'unknown',
      reason: 'not-computed',
      ...(doubt?.outcome === 'unknown' ? { why: doubt.why } : {}),
    };
  }
  if (known.isSeen) return { word: 'will-break', reason: 'seen' };
  if (known.mayBeSeen) return { word: 'could-break', reason: 'perhaps-seen' };
  if (!known.isLooked) return { word: 'unknown', reason: 'not-looked' };
  if (!known.isLogged || known.logged === undefined) return { word: 'unknown', reason: 'no-logs' };
  if (isOfPolicies(flip.row, known.logged)) return { word: 'unknown', reason: 'not-logged' };
  // Any of them may be such a one, and whoever is refused can make so many different ones that no more are kept.
  if (known.notKept > 0) return { word: 'could-break', reason: 'perhaps-seen', why: notKeptText(known.notKept) };
  if (!isSortLogged(flip.row, known.logged, known.sorts)) return { word: 'unknown', reason: 'not-logged' };
  return { word: 'could-break', reason: 'not-seen' };
}

/** Of the requests to a bucket, those that are in none of its uses. */
function notKeptOf(logged: LoggedBucket | undefined, uses: readonly Use[]): number {
  return (logged?.requests ?? 0) - uses.reduce((sum, use) => sum + use.all.count, 0);
}

function notKeptText(count: number): string {
  return `of ${count} ${count === 1 ? 'request' : 'requests'} to it only the count is kept, since there are too many different ones`;
}

type Sort = 'read' | 'write';

/** Rows of the table by what a request of them is: of all others either. Rows about policies are never among data events (aws-facts §5.3). */
const READ_ROWS = /^(R[1-4]|C\d|H1|U[12])$/;
const WRITE_ROWS = /^(W\d|A[12]|U3|S4)$/;
const POLICY_ROWS = /^(P\d|A3|A4|M\d)$/;

/** An access log has all requests, calls on policies too (aws-facts §5.2). */
function isOfPolicies(row: string, { sources }: LoggedBucket): boolean {
  return POLICY_ROWS.test(row) && !sources.includes('access-log');
}

/** Would a request of such a row be in the logs of this bucket? */
function isSortLogged(row: string, { sources }: LoggedBucket, sorts: ReadonlySet<Sort>): boolean {
  if (sources.includes('access-log')) return true;
  return (WRITE_ROWS.test(row) || sorts.has('read')) && (READ_ROWS.test(row) || sorts.has('write'));
}

function sortsIn(uses: readonly Use[]): ReadonlySet<Sort> {
  const events = uses.filter(({ sources }) => sources.includes('data-event'));
  return new Set(events.map(({ operation }) => (/^(Get|Head|List|Select)/.test(operation) ? 'read' : 'write')));
}

function seenUse(use: Use, isSure: boolean, applications: readonly Application[]): SeenUse {
  const application = applicationOf(use, applications);
  const { requester, all, operation, addresses, hasMoreAddresses, userAgents } = use;
  const account = requester.is === 'principal' ? requester.account : undefined;
  return {
    caller: callerText(use),
    ...(account === undefined ? {} : { account }),
    ...(application === undefined ? {} : { application: application.name }),
    ...(application?.owner === undefined ? {} : { owner: application.owner }),
    operation,
    count: all.count,
    firstAt: iso(all.firstAt),
    lastAt: iso(all.lastAt),
    addresses,
    hasMoreAddresses,
    userAgents,
    isSure,
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

const WORDS: readonly FlipWord[] = ['will-break', 'could-break', 'unknown'];

function byWord(a: FlipVerdict, b: FlipVerdict): number {
  return (
    WORDS.indexOf(a.word) - WORDS.indexOf(b.word) ||
    Number(a.isLater) - Number(b.isLater) ||
    countOf(b) - countOf(a) ||
    REASONS.indexOf(a.reason) - REASONS.indexOf(b.reason)
  );
}

const REASONS: readonly FlipReason[] = [
  'seen',
  'perhaps-seen',
  'not-seen',
  'not-logged',
  'no-logs',
  'not-looked',
  'not-computed',
];

function countOf({ uses }: FlipVerdict): number {
  return uses.reduce((sum, { count }) => sum + count, 0);
}
