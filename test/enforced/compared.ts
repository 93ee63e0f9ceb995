import type { Flip } from '#core/s3/access-change.ts';
import type { BriefOutcome } from '#core/s3/outcome.ts';
import type { Observed, Seen } from './observed.ts';
import type { Probe } from './request.ts';
import { settingsAfter, type Case } from './settings.ts';

/**
 * How a prediction stands to what was seen. `unknown`: a side is predicted as not known, and the other side, where it is known, was seen so.
 * `cannot-tell`: the double's answer hangs on what the facts leave open. `not-shown`: in these states the request does not show what the
 * row speaks of. `not-there`: it flips for whatever is there, which was not read, and nothing is.
 */
export type Verdict = 'same-flip' | 'same-rest' | 'different' | 'unknown' | 'cannot-tell' | 'not-shown' | 'not-there';

export interface Compared {
  readonly verdict: Verdict;
  readonly why?: string;
}

/** Which of two errors wins is open, and not that it is refused: the prediction names both. */
const WHICH_ERROR = /^which error wins/;

/** What was seen of one request, or of several that show a row together, before and after. */
export interface Pair {
  readonly before: Seen;
  readonly after: Seen;
}

export function pairOf(probes: readonly Probe[], [before, after]: readonly [Observed, Observed]): Pair {
  return { before: bestOf(probes, before), after: bestOf(probes, after) };
}

function bestOf(probes: readonly Probe[], observed: Observed): Seen {
  const seen = probes.flatMap((probe) => observed.get(probe) ?? []);
  const best = seen.find(({ is }) => is !== 'denied') ?? seen[0];
  if (best === undefined) throw new Error(`nothing was sent for ${probes.map(({ does }) => does).join(', ')}`);
  return { ...best, unsettled: seen.map(openIn).find((open) => open !== undefined) };
}

function openIn({ unsettled }: Seen): string | undefined {
  return unsettled?.split('; ').find((question) => !WHICH_ERROR.test(question));
}

/** Whether a request meets the conditions of a policy is not in the request. */
const UNTOLD = /^whether the request meets/;

interface Shown {
  readonly probes: readonly Probe[];
  readonly pair: Pair;
  readonly asked: Case;
  /** Why the report says of the row, though it tells no flip, that it could not be computed. */
  readonly doubtOf: (row: string) => string | undefined;
}

/** Puts what is predicted of a row beside what its requests met. */
export function compare(flip: Flip | undefined, shown: Shown): Compared {
  const { probes, pair, asked, doubtOf } = shown;
  const sides = [asked.before, settingsAfter(asked)];
  if (!probes.every(({ shows }) => sides.every((side) => shows?.(side) ?? true))) return { verdict: 'not-shown' };
  const unsettled = pair.before.unsettled ?? pair.after.unsettled;
  // What no request tells of itself the prediction may know; what the facts leave open it may not.
  if (unsettled !== undefined)
    return { verdict: isSure(flip) && !UNTOLD.test(unsettled) ? 'different' : 'cannot-tell', why: unsettled };
  if (flip === undefined) return withoutFlip(pair, doubtOf(probes[0]?.row ?? ''));
  const isThere = probes.every((probe) => sides.some((side) => probe.isThere?.(side) ?? true));
  return isThere
    ? withFlip(flip, pair)
    : { verdict: flip.isHere === 'unknown' && isAlike(pair) ? 'not-there' : 'different' };
}

function isSure(flip: Flip | undefined): boolean {
  return flip !== undefined && doubtIn(flip) === undefined;
}

function doubtIn({ before, after }: Flip): string | undefined {
  return [before, after].flatMap((side) => (side.outcome === 'unknown' ? [side.why] : []))[0];
}

/** A row that moved untold: told as not known all the same, or missed. */
function withoutFlip(pair: Pair, why: string | undefined): Compared {
  if (isAlike(pair)) return { verdict: 'same-rest' };
  return why === undefined ? { verdict: 'different' } : { verdict: 'unknown', why };
}

function withFlip(flip: Flip, { before, after }: Pair): Compared {
  if (!isMet(flip.before, before) || !isMet(flip.after, after)) return { verdict: 'different' };
  const why = doubtIn(flip);
  return why === undefined ? { verdict: 'same-flip' } : { verdict: 'unknown', why };
}

/** Neither is refused alone, nor useless alone. What only was accepted may be either. */
function isAlike({ before: { is: before }, after: { is: after } }: Pair): boolean {
  if (before === 'denied' || after === 'denied') return before === after;
  return before === after || before === 'accepted' || after === 'accepted';
}

const NO_WEBSITE = 404;

function isMet(outcome: BriefOutcome, seen: Seen): boolean {
  switch (outcome.outcome) {
    case 'unknown':
      return true;
    case 'allowed':
      return seen.is === 'allowed' || seen.is === 'accepted';
    case 'silently-useless':
      return seen.is === 'useless' || seen.is === 'accepted';
    case 'denied':
      // Behind shut doors a website is not read: refused either way, and that there is none is not known.
      return seen.is === 'denied' && [outcome.http, outcome.or?.http, NO_WEBSITE].includes(seen.status);
  }
}
