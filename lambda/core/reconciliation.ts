import { unexplainedIn, weighCauses } from './attribution.ts';
import type { Cause, Shown } from './change.ts';
import type { ContractWord } from './contract.ts';
import { EXISTS } from './declaration.ts';
import { printRef, type ResourceRef } from './reference.ts';
import { isWithin, type TimelineFilter } from './timeline.ts';
import { whyUnexplained, type Looked, type WhyUnexplained } from './unexplained.ts';
import { whyWithoutEffect, type CallOn, type NoEffect } from './without-effect.ts';

/** A setting that a reading showed otherwise than it was last known. What one call can move is one change. */
export interface ChangeSeen {
  readonly ref: ResourceRef;
  /** The path that was read, or `exists`. */
  readonly path: string;
  /** What moved, in a line. */
  readonly says: string;
  /** When it belongs to: ISO 8601, UTC. */
  readonly at: string;
  /** When it was read so. */
  readonly readAt: string;
  /** When it was last read otherwise; left out: that is not known. */
  readonly since?: string;
  /** The resource is gone: what was set on it did not make it so. */
  readonly isGone?: true;
}

/** What an event tells of a call: who, when, with what. */
export type CallWord = Omit<Cause, 'moves' | 'shows' | 'certainty' | 'reasons'>;

/** A call, and what was read of each resource that it names. */
export interface KnownCall {
  readonly cause: CallWord;
  /** None: which resource it was about is not known. */
  readonly on: readonly CallEvidence[];
  /** AWS's error name: it failed, so it changed nothing. */
  readonly error?: string;
}

/** What the reading of one resource after a call tells of it. */
export interface CallEvidence extends Evidence {
  readonly ref: ResourceRef;
  /** When that was read. */
  readonly readAt?: string;
}

/** What a reading tells of a call on what was read. */
export interface Evidence {
  /** The path that it moves; none: the event does not tell. */
  readonly moves?: string;
  readonly shows: Shown;
  readonly contract?: ContractWord;
  /** Why it cannot be told whether it changed anything. */
  readonly notCompared?: string;
}

export interface ReconciliationInput {
  /** What is counted; what lies outside may still explain it. ISO 8601, UTC: from then on, and before then. */
  readonly period: { readonly from: string; readonly to: string };
  readonly now: string;
  readonly changes: readonly ChangeSeen[];
  /** Each event once. */
  readonly calls: readonly KnownCall[];
  readonly looked: Looked;
  /** What is told of; the rest still explains it. */
  readonly filter?: Omit<TimelineFilter, 'since' | 'until'>;
}

export interface ExplainedChange extends ChangeSeen {
  /** The calls that made it so, the surest first. */
  readonly by: readonly Cause[];
}

export interface UnexplainedChange extends ChangeSeen {
  readonly why: readonly WhyUnexplained[];
}

/** A call that changed nothing, and why. */
export interface CallWithoutEffect extends NoEffect {
  readonly cause: CallWord & Pick<Cause, 'contract'>;
  readonly about: readonly ResourceRef[];
}

/** A call of which it cannot be told whether it changed anything. */
export interface CallNotCompared {
  readonly cause: CallWord & Pick<Cause, 'contract'>;
  readonly about: readonly ResourceRef[];
  readonly says: string;
}

export interface FailedAttempt {
  readonly cause: CallWord;
  readonly about: readonly ResourceRef[];
  readonly error: string;
}

/** What changed beside what was called: every change is explained or not; every call that succeeded is a cause, without effect, or not compared. */
export interface Reconciliation {
  readonly counts: {
    readonly changes: number;
    readonly explained: number;
    readonly unexplained: number;
    /** Those that succeeded. */
    readonly calls: number;
    readonly causes: number;
    readonly withoutEffect: number;
    readonly notCompared: number;
    readonly attempts: number;
  };
  readonly explained: readonly ExplainedChange[];
  readonly unexplained: readonly UnexplainedChange[];
  readonly withoutEffect: readonly CallWithoutEffect[];
  readonly notCompared: readonly CallNotCompared[];
  readonly attempts: readonly FailedAttempt[];
}

/** Puts what readings showed to have changed beside what was called. Who made it so is judged by `weighCauses`, and nowhere else. Pure. */
export function reconcile({ period, now, changes, calls, looked, filter = {} }: ReconciliationInput): Reconciliation {
  const isIn = (at: string): boolean => at >= period.from && at < period.to;
  const made = calls.filter(({ error }) => error === undefined).toSorted(byCall);
  const byRef = byResource(made.flatMap(evidenceIn));
  const judged = windowsOf(changes).map((window) => judge(window, byRef.get(printRef(window.change.ref)) ?? []));
  const causes = new Set(judged.flatMap(({ by }) => by.map(({ eventId }) => eventId)));
  const within = judged.filter((one) => isIn(one.change.at) && isChangeWithin(one, filter));
  const counted = made.filter((call) => isIn(call.cause.at ?? '') && isCallWithin(call, filter));
  const idle = counted
    .filter(({ cause }) => !causes.has(cause.eventId))
    .map((call) => ({ call, as: idleOf(call, { byRef, causes }) }));
  const explained = within.filter(isExplained).map(({ change, by }) => ({ ...change, by }));
  const unexplained = within
    .filter((one) => !isExplained(one))
    .map(({ change, weighed }) => ({ ...change, why: whyUnexplained(change, { others: weighed, looked, now }) }));
  const withoutEffect = idle.flatMap(({ call, as }) => ('because' in as ? [{ ...toldOf(call), ...as }] : []));
  const notCompared = idle.flatMap(({ call, as }) => ('because' in as ? [] : [{ ...toldOf(call), ...as }]));
  const attempts = calls
    .filter((call) => call.error !== undefined && isIn(call.cause.at ?? '') && isCallWithin(call, filter))
    .toSorted(byCall);
  return {
    counts: {
      changes: within.length,
      explained: explained.length,
      unexplained: unexplained.length,
      calls: counted.length,
      causes: counted.length - idle.length,
      withoutEffect: withoutEffect.length,
      notCompared: notCompared.length,
      attempts: attempts.length,
    },
    explained,
    unexplained,
    withoutEffect,
    notCompared,
    attempts: attempts.map(({ cause, on, error = '' }) => ({ cause, about: on.map(({ ref }) => ref), error })),
  };
}

type Filter = NonNullable<ReconciliationInput['filter']>;

/** Whoever is asked for may have made what nobody is known of. */
function isChangeWithin({ change: { ref, at }, by }: Judged, { actor, ...filter }: Filter): boolean {
  const whos = by.length === 0 || actor === undefined ? [''] : by.map(actorsOf);
  const isBy = actor === undefined || by.length === 0;
  return whos.some((whoText) =>
    isWithin({ at, about: [{ ref }], whoText, region: ref.region }, isBy ? filter : { ...filter, actor }),
  );
}

function isCallWithin({ cause, on }: KnownCall, filter: Filter): boolean {
  const { at = '', region = '' } = cause;
  return isWithin({ at, about: on.map(({ ref }) => ({ ref })), whoText: actorsOf(cause), region }, filter);
}

/** Who called, and who took the session that did. */
function actorsOf({ who = '', chain = '' }: CallWord): string {
  return `${who} ${chain}`;
}

/** The second of a time: CloudTrail has no finer one (aws-facts §4.3). */
function secondOf(time: string): string {
  return time.slice(0, 19);
}

/** A change, and when the same setting was read otherwise before and after it. */
interface Window {
  readonly change: ChangeSeen;
  readonly after: string;
  readonly until?: string;
}

function windowsOf(changes: readonly ChangeSeen[]): readonly Window[] {
  const bySetting = new Map<string, Window[]>();
  for (const change of changes.toSorted(byReading)) {
    const key = `${printRef(change.ref)}#${change.path}`;
    const before = bySetting.get(key) ?? [];
    const last = before.at(-1);
    const earlier = last === undefined ? [] : [...before.slice(0, -1), { ...last, until: change.readAt }];
    bySetting.set(key, [...earlier, { change, after: last?.change.readAt ?? change.since ?? '' }]);
  }
  return [...bySetting.values()]
    .flat()
    .sort((a, b) => compareText(a.change.at, b.change.at) || byReading(a.change, b.change));
}

interface Judged {
  readonly change: ChangeSeen;
  /** Every call that may have, weighed. */
  readonly weighed: readonly Cause[];
  /** Those that did. */
  readonly by: readonly Cause[];
}

/** Weighs the calls that can have made a change: those between the reading before it and the one that showed it. */
function judge({ change, after, until }: Window, evidence: readonly CallOn[]): Judged {
  const isMade = change.path === EXISTS && change.isGone !== true;
  const isOf = ({ moves }: CallOn): boolean => moves === undefined || moves === change.path || isMade;
  const candidates = evidence.filter(
    (one) => isOf(one) && one.at >= secondOf(after) && secondOf(one.at) <= secondOf(change.readAt),
  );
  const weighed = weighCauses(
    candidates.map((one) => causeFrom(one, { from: change.readAt, until })),
    [change.path],
  );
  return { change, weighed, by: weighed.filter(({ certainty }) => certainty !== 'unknown' && certainty !== 'pending') };
}

function isExplained({ change, by }: Judged): boolean {
  return unexplainedIn(by, [change.path]).length === 0;
}

/** What was read of a call while this was so; what stood only before it, or only after it, does not stand in it. */
function causeFrom(
  { call, moves, shows, readAt, contract }: CallOn,
  { from, until }: { readonly from: string; readonly until: string | undefined },
): Cause {
  const isWhile = readAt === undefined || (readAt >= from && (until === undefined || readAt < until));
  return {
    ...call,
    shows: shows === 'yes' && !isWhile ? 'no' : shows,
    certainty: 'unknown',
    reasons: [],
    ...(moves === undefined ? {} : { moves }),
    ...(contract === undefined ? {} : { contract }),
  };
}

function evidenceIn({ cause, on }: KnownCall): readonly CallOn[] {
  return on.map((one) => ({ ...one, key: printRef(one.ref), call: cause, at: cause.at ?? '' }));
}

function byResource(evidence: readonly CallOn[]): ReadonlyMap<string, readonly CallOn[]> {
  const all = new Map<string, CallOn[]>();
  for (const one of evidence) {
    const own = all.get(one.key);
    if (own === undefined) all.set(one.key, [one]);
    else own.push(one);
  }
  return all;
}

interface Others {
  readonly byRef: ReadonlyMap<string, readonly CallOn[]>;
  readonly causes: ReadonlySet<string | undefined>;
}

/** Why a call made nothing otherwise; of several resources the one that is not known counts, since there it may have. */
function idleOf(call: KnownCall, { byRef, causes }: Others): NoEffect | { readonly says: string } {
  const own = evidenceIn(call);
  const unknown = own.map(notComparedBecause).find((says) => says !== undefined);
  const [first] = own;
  if (first === undefined) return { says: 'the event does not say which resource it was about' };
  if (unknown !== undefined) return { says: unknown };
  return whyWithoutEffect(first, { all: byRef.get(first.key) ?? [], causes });
}

function notComparedBecause({ notCompared, shows }: CallOn): string | undefined {
  return notCompared ?? (shows === 'unread' ? 'what it set could not be read' : undefined);
}

function toldOf({ cause, on }: KnownCall): Pick<CallWithoutEffect, 'cause' | 'about'> {
  const words = on.flatMap(({ contract }) => contract ?? []);
  const contract = words.find(({ isBroken }) => isBroken) ?? words[0];
  return {
    cause: contract === undefined ? cause : { ...cause, contract },
    about: on.map(({ ref }) => ref),
  };
}

function byCall({ cause: a }: KnownCall, { cause: b }: KnownCall): number {
  return compareText(a.at ?? '', b.at ?? '') || compareText(a.eventId ?? '', b.eventId ?? '');
}

function byReading(a: ChangeSeen, b: ChangeSeen): number {
  return (
    compareText(a.readAt, b.readAt) || compareText(printRef(a.ref), printRef(b.ref)) || compareText(a.path, b.path)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
