import { callerText } from './evidence/applications.ts';
import { isRefused } from './evidence/refusal.ts';
import type { Evidence, Span, Use } from './evidence/uses.ts';
import type { FailureGroup, Impact } from './symptom/impact.ts';
import { isSameOperation, shareOf, splitAt } from './symptom/onset.ts';
import { SETTLING_MS } from './symptom/watched-change.ts';

/** Of those who were refused, who works again since what refused them was read as accepted. Times are ISO 8601, UTC. */
export interface RecoveryProof {
  /** When the last of it was read as accepted again: what works from then on proves it. */
  readonly endedAt: string;
  /** One for each group of failures that had begun by then, in their order. */
  readonly groups: readonly GroupProof[];
  /** No look comes after this one. */
  readonly isLast: boolean;
}

export interface GroupProof extends Pick<
  FailureGroup,
  'bucket' | 'caller' | 'account' | 'application' | 'owner' | 'operation' | 'error'
> {
  /** The first request of that caller and sort that worked since; none: none is in the logs. */
  readonly provedAt?: string;
  /** Requests that were refused although it holds everywhere by then; 0 where hardly any is, or no more than before: somebody always is. */
  readonly stillFailing: number;
  readonly lastRefusedAt?: string;
}

/** The times at which counts are to be cut for it: when it was taken back, and when that holds everywhere. Pure. */
export function proofMarks(endedAt: string): readonly string[] {
  return [endedAt, settledAt(endedAt)];
}

function settledAt(endedAt: string): string {
  return new Date(Date.parse(endedAt) + SETTLING_MS).toISOString();
}

export interface ProofRequest {
  readonly impact: Impact;
  /** Cut at `proofMarks`. */
  readonly evidence: Evidence | undefined;
  readonly endedAt: string;
  readonly isLast: boolean;
}

/**
 * Puts what is refused, and what works, since a recovery beside what failed before it. Failures that began only after it are none of what was
 * taken back: they go to the others of the impact. Pure.
 */
export function proofOf({ impact, evidence, endedAt, isLast }: ProofRequest): {
  readonly proof: RecoveryProof;
  readonly impact: Impact;
} {
  const settled = settledAt(endedAt);
  const failures = impact.failures.filter(({ firstAt }) => firstAt < settled);
  const later = impact.failures.filter(({ firstAt }) => firstAt >= settled);
  const groups = failures.map((group) => groupProof(group, { evidence, endedAt, settled }));
  return { proof: { endedAt, groups, isLast }, impact: later.length === 0 ? impact : without(impact, failures, later) };
}

function without(impact: Impact, failures: readonly FailureGroup[], later: readonly FailureGroup[]): Impact {
  const { firstAt: _first, lastAt: _last, ...rest } = impact;
  const times = failures.flatMap(({ firstAt, lastAt }) => [firstAt, lastAt]).sort();
  const [firstAt, lastAt] = [times[0], times.at(-1)];
  return {
    ...rest,
    failures,
    others: [...impact.others, ...later],
    count: failures.reduce((sum, group) => sum + group.failures, 0),
    ...(firstAt === undefined ? {} : { firstAt }),
    ...(lastAt === undefined ? {} : { lastAt }),
  };
}

interface Since {
  readonly evidence: Evidence | undefined;
  readonly endedAt: string;
  readonly settled: string;
}

function groupProof(group: FailureGroup, { evidence, endedAt, settled }: Since): GroupProof {
  const { bucket, caller, account, application, owner, operation, error } = group;
  const said = { bucket, caller, operation, error };
  const named = {
    ...(account === undefined ? {} : { account }),
    ...(application === undefined ? {} : { application }),
    ...(owner === undefined ? {} : { owner }),
  };
  const { uses = [], marks = [] } = evidence ?? {};
  const own = uses.filter((use) => isOfGroup(use, group));
  const refused = own.filter((use) => isRefused(use) && isAlike(use, group));
  const acls = new Set(refused.map(({ acl }) => acl));
  // An upload without the ACL works all the time; and what failed otherwise, as SlowDown, did not work.
  const worked = own.filter(
    (use) => use.error === undefined && acls.has(use.acl) && isSameOperation(use.operation, operation),
  );
  const proved = splitAt(worked, Date.parse(endedAt), marks).since;
  const refusedSince = splitAt(refused, Date.parse(settled), marks).since;
  const workedSince = splitAt(worked, Date.parse(settled), marks).since;
  const share = shareOf(refusedSince.count, workedSince.count);
  const usual = shareOf(group.failuresBefore, group.workedBefore);
  const isUsual = workedSince.count > 0 && share <= Math.max(SELDOM_REFUSED, usual * NO_MORE_THAN);
  const failing = isUsual ? NOT_FAILING : refusedSince;
  return {
    ...said,
    ...named,
    ...(proved.count === 0 ? {} : { provedAt: new Date(proved.firstAt).toISOString() }),
    stillFailing: failing.count,
    ...(failing.count === 0 ? {} : { lastRefusedAt: new Date(failing.lastAt).toISOString() }),
  };
}

const NOT_FAILING: Span = { count: 0, firstAt: 0, lastAt: 0 };
/** Where a key is missing S3 refuses whoever may not list (aws-facts §3.1): of requests that work one in so many always is refused. */
const SELDOM_REFUSED = 1 / 20;
/** Of what was refused before too, so many times the share is no other. */
const NO_MORE_THAN = 2;

function isOfGroup(use: Use, { bucket, caller, account }: FailureGroup): boolean {
  const own = use.requester.is === 'principal' ? use.requester.account : undefined;
  return use.bucket === bucket && own === account && callerText(use) === caller;
}

function isAlike({ operation, error }: Use, group: FailureGroup): boolean {
  return operation === group.operation && error?.code === group.error && error.says === group.says;
}

/** How a recovery stands, in a word. `found`: the logs tell of failures, and not yet that they are over. Pure. */
export function proofWord({ groups, isLast }: RecoveryProof): 'proved' | 'still-failing' | 'not-proved' | 'found' {
  if (groups.some(({ stillFailing }) => stillFailing > 0)) return 'still-failing';
  if (groups.length > 0 && groups.every(({ provedAt }) => provedAt !== undefined)) return 'proved';
  return isLast ? 'not-proved' : 'found';
}

/** What the last look after a recovery came to: as much of it as decides what is told. The rest is in its document. */
export interface ProofNote {
  readonly document: string;
  /** When the look began (ISO 8601, UTC). */
  readonly readAt: string;
  /** Groups of failures, how many of them work again, and how many are refused all the same. */
  readonly groups: number;
  readonly proved: number;
  readonly stillFailing: number;
  /** Requests of them that were refused. */
  readonly failures: number;
  readonly isLast: boolean;
}

/** What of it was told: each is told once. */
export interface ProofTold {
  readonly isProved: boolean;
  readonly isStillFailing: boolean;
  readonly isNotProved: boolean;
  readonly failures: number;
}

/** The note of what was read. Pure. */
export function proofNoteOf(
  { groups, isLast }: RecoveryProof,
  { readAt, document, failures }: Pick<ProofNote, 'readAt' | 'document' | 'failures'>,
): ProofNote {
  return {
    document,
    readAt,
    groups: groups.length,
    proved: groups.filter(({ provedAt, stillFailing }) => provedAt !== undefined && stillFailing === 0).length,
    stillFailing: groups.filter(({ stillFailing }) => stillFailing > 0).length,
    failures,
    isLast,
  };
}

/** So many times as many failures as were told are told again. */
const GROWN = 10;

const NOTHING_TOLD: ProofTold = { isProved: false, isStillFailing: false, isNotProved: false, failures: 0 };

function isAllProved({ groups, proved }: ProofNote): boolean {
  return groups > 0 && proved === groups;
}

/**
 * Is there something to tell of it that was not told? `failuresTold`: before the recovery, or with it. Muted: only that somebody is refused
 * all the same. Pure.
 */
export function isProofNews(
  note: ProofNote,
  told: ProofTold = NOTHING_TOLD,
  { failuresTold, isMuted }: { readonly failuresTold: number; readonly isMuted: boolean },
): boolean {
  const { stillFailing, failures, isLast } = note;
  if (stillFailing > 0 && !told.isStillFailing) return true;
  if (isMuted) return false;
  const isProved = isAllProved(note);
  if (isProved && !told.isProved) return true;
  const known = Math.max(failuresTold, told.failures);
  const isGrown = failures > 0 && failures >= known * GROWN;
  return isGrown || (isLast && known > 0 && !isProved && stillFailing === 0 && !told.isNotProved);
}

/** What is told once this was told too: what was said once stays said. Pure. */
export function proofTold(note: ProofNote, before: ProofTold = NOTHING_TOLD): ProofTold {
  const isProved = isAllProved(note);
  return {
    isProved: before.isProved || isProved,
    isStillFailing: before.isStillFailing || note.stillFailing > 0,
    isNotProved: before.isNotProved || (note.isLast && !isProved),
    failures: Math.max(before.failures, note.failures),
  };
}
