import type { Evidence, Use } from '../evidence/uses.ts';
import type { Onset, RuledOut } from './answer.ts';
import { CLOCK_MS, type Asked } from './asked.ts';
import { splitAt } from './onset.ts';
import { isShutBy } from './symptom-rows.ts';
import { earliestOf, type WatchedChange } from './watched-change.ts';

/** Settings reach all regions within minutes, and not at once (aws-facts §1.2): what still worked so long after proves nothing. */
const SETTLING_MS = 10 * 60_000;

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
  { failing, working, evidence, symptom, judge, replayed }: Asked,
): { readonly reason: RuledOut; readonly says: string } | undefined {
  if (evidence === undefined) return undefined;
  const at = Date.parse(change.at);
  const earliest = Date.parse(earliestOf(change));
  const until = Date.parse(symptom.at) + CLOCK_MS;
  const began = splitAt(failing, earliest, evidence.marks);
  // Somebody is always refused somewhere: it speaks against the change only where nobody is refused since who was not before.
  const isNew = failing.some((use) => isOnlySince(use, earliest, evidence));
  if (!isNew && began.before.count > 0 && began.before.firstAt < earliest - CLOCK_MS)
    return { reason: 'began-before', says: `such requests failed before it, since ${iso(began.before.firstAt)}` };
  const { state, context = {} } = replayed.get(change.id)?.before ?? {};
  // Only a request that this change would refuse for sure speaks against it.
  const alike = working.filter((use) => {
    // By which statement of a policy a request came in, no row tells: then those of who fails now count, with such an ACL.
    if (rows.length === 0)
      return (
        isOfSome !== true && failing.some((one) => isSameRequester(one.requester, use.requester) && one.acl === use.acl)
      );
    return state !== undefined && isShutBy(new Set(rows), { use, judge, moment: { state, context } });
  });
  const { since } = splitAt(alike, at, evidence.marks);
  const worked = Math.min(since.lastAt, until);
  if (
    since.count === 0 ||
    worked < at + SETTLING_MS ||
    (onset !== undefined && Date.parse(onset.firstAt) < since.firstAt)
  )
    return undefined;
  return { reason: 'worked-since', says: `such requests worked after it, until ${iso(since.lastAt)}` };
}

function isSameRequester(one: Use['requester'], other: Use['requester']): boolean {
  return one.is === other.is && ('name' in one ? one.name : '') === ('name' in other ? other.name : '');
}

function isOnlySince(use: Use, at: number, { marks }: Evidence): boolean {
  const { before, since } = splitAt([use], at, marks);
  return since.count > 0 && (before.count === 0 || before.firstAt >= at - CLOCK_MS);
}

function iso(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
