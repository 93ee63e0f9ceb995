import type { Evidence, Use } from '../evidence/uses.ts';
import { printSelection } from '../reference.ts';
import type { Onset, RuledOut } from './answer.ts';
import { CLOCK_MS, type Asked } from './asked.ts';
import { isSameCaller, shareOf, splitAt } from './onset.ts';
import { isShutBy } from './symptom-rows.ts';
import { earliestOf, SETTLING_MS, type WatchedChange } from './watched-change.ts';

/** A change that may be the cause. */
export interface Suspected {
  readonly change: WatchedChange;
  readonly onset: Onset | undefined;
  readonly rows: readonly string[];
  /** It refuses only some such requests, by something that no log tells: that others work says nothing. */
  readonly isOfSome?: true | undefined;
}

/** What the logs say against a change that could be the cause; undefined where that is nothing. Pure. */
export function contradictionOf(
  { change, onset, rows, isOfSome }: Suspected,
  asked: Asked,
): { readonly reason: RuledOut; readonly says: string } | undefined {
  const { failing, working, evidence, judge, replayed } = asked;
  if (evidence === undefined) return undefined;
  const earliest = Date.parse(earliestOf(change));
  const began = splitAt(failing, earliest, evidence.marks);
  // Somebody is always refused somewhere: it speaks against the change only where nobody is refused since who was not before.
  const isNew = failing.some((use) => isOnlySince(use, earliest, evidence) || isMoreSince(use, earliest, asked));
  if (!isNew && began.before.count > 0 && began.before.firstAt < earliest - CLOCK_MS)
    return { reason: 'began-before', says: `such requests failed before it, since ${iso(began.before.firstAt)}` };
  const { state, context = {} } = replayed.get(change.id)?.before ?? {};
  // Only a request that this change would refuse for sure speaks against it.
  const alike = working.filter((use) => {
    // By which statement of a policy a request came in, no row tells: then those of who fails now count, with such an ACL.
    if (rows.length === 0) return isOfSome !== true && failing.some((one) => isSameSort(one, use));
    return state !== undefined && isShutBy(new Set(rows), { use, judge, moment: { state, context } });
  });
  const { since } = splitAt(alike, Date.parse(change.at), evidence.marks);
  const worked = workedWhile(alike, change, asked);
  if (worked === undefined || (onset !== undefined && Date.parse(onset.firstAt) < since.firstAt)) return undefined;
  return { reason: 'worked-since', says: `such requests worked after it, until ${iso(worked)}` };
}

/** When such requests worked while the change held everywhere: the last such time that is known; undefined where none is. */
function workedWhile(alike: readonly Use[], change: WatchedChange, { changes, symptom }: Asked): number | undefined {
  const key = printSelection(change);
  const next = changes
    .filter(({ id, error, ...one }) => id !== change.id && error === undefined && printSelection(one) === key)
    .map((one) => earliestOf(one))
    .filter((at) => at >= change.at);
  const from = Date.parse(change.at) + SETTLING_MS;
  const ends = [...next, ...(change.stoodUntil === undefined ? [] : [change.stoodUntil])].map((at) => Date.parse(at));
  const until = Math.min(Date.parse(symptom.at) + CLOCK_MS, ...ends);
  // Of each count two times are known for sure, whatever it was cut at.
  const times = alike.flatMap(({ spans }) =>
    spans.flatMap(({ count, firstAt, lastAt }) => (count === 0 ? [] : [firstAt, lastAt])),
  );
  const within = times.filter((at) => at >= from && at <= until);
  return within.length === 0 ? undefined : Math.max(...within);
}

/** By the same caller, with such an ACL. */
function isSameSort(one: Use, other: Use): boolean {
  return isSameCaller(one, other) && one.acl === other.acl;
}

/** So many times the share of refused requests is no chance any more. */
const GROWN = 2;

/** Of requests of this sort that worked before: is another share of them refused since? */
function isMoreSince(use: Use, at: number, { failing, working, evidence }: Asked): boolean {
  const { marks = [] } = evidence ?? {};
  const isSame = (one: Use): boolean => isSameSort(one, use);
  const refused = splitAt(failing.filter(isSame), at, marks);
  const worked = splitAt(working.filter(isSame), at, marks);
  const before = shareOf(refused.before.count, worked.before.count);
  const since = shareOf(refused.since.count, worked.since.count);
  return worked.before.count > 0 && since >= before * GROWN && since > 0;
}

function isOnlySince(use: Use, at: number, { marks }: Evidence): boolean {
  const { before, since } = splitAt([use], at, marks);
  return since.count > 0 && (before.count === 0 || before.firstAt >= at - CLOCK_MS);
}

function iso(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
