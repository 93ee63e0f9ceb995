import type { Cause, Shown } from './change.ts';
import { EXISTS } from './declaration.ts';

/** The better known first. `pending` is only "not known yet", so whatever is found out counts more. */
const BY_CERTAINTY: readonly Cause['certainty'][] = ['certain', 'likely', 'several', 'unknown', 'pending'];

/** The surer first; of those the earlier. */
export function bySureness(a: Cause, b: Cause): number {
  return rankOf(a) - rankOf(b) || compareText(a.at ?? '', b.at ?? '') || compareText(a.eventId ?? '', b.eventId ?? '');
}

function rankOf({ certainty }: Cause): number {
  return BY_CERTAINTY.indexOf(certainty);
}

/**
 * How sure it is of each call that it made a resource what it is, from all that are known: a value that stands is stronger evidence than
 * time, and of two that set the same the first changed something. Pure; the order in which the calls came to be known does not matter.
 * `departed`: the paths that are not as accepted. What was kept with no evidence in it stays as it was judged then.
 */
export function weighCauses(causes: readonly Cause[], departed: readonly string[]): readonly Cause[] {
  const told = causes.filter(({ shows }) => shows !== undefined);
  const paths = new Set([...departed, ...(departed.includes(EXISTS) ? told.flatMap(({ moves }) => moves ?? []) : [])]);
  const judged = [...paths].flatMap((path) => judgedOn(path, told));
  return causes
    .map((cause): Cause => {
      if (cause.shows === undefined) return cause;
      const own = judged.filter((one) => one.cause === cause).sort((a, b) => rankOf(a.as) - rankOf(b.as));
      return { ...cause, ...(own[0]?.as ?? ELSEWHERE) };
    })
    .sort(bySureness);
}

/** The departed paths that no call is known to have made so. */
export function unexplainedIn(causes: readonly Cause[], departed: readonly string[]): readonly string[] {
  const known = causes.filter(({ certainty }) => certainty !== 'unknown' && certainty !== 'pending');
  return departed.filter((path) => !known.some(({ moves }) => moves === undefined || moves === path));
}

type Word = Pick<Cause, 'certainty' | 'reasons'>;

interface Judged {
  readonly cause: Cause;
  readonly as: Cause & Word;
}

/** What is said of the calls that may have moved one path. */
function judgedOn(path: string, all: readonly Cause[]): readonly Judged[] {
  const calls = all
    .filter(({ moves }) => moves === undefined || moves === path)
    .toSorted((a, b) => compareText(a.at ?? '', b.at ?? '') || compareText(a.eventId ?? '', b.eventId ?? ''));
  const word = wordsFor(calls);
  return calls.map((cause) => ({ cause, as: { ...cause, ...word(cause) } }));
}

function wordsFor(calls: readonly Cause[]): (cause: Cause) => Word {
  const isShown = ({ shows }: Cause): boolean => shows === 'yes';
  const lastOther = calls.findLast(({ shows }) => shows === 'no')?.at ?? '';
  // In the second of a call whose value is gone, the one whose value stands came after it.
  const standing = calls.filter((cause) => isShown(cause) && (cause.at ?? '') >= lastOther);
  if (standing.length > 0) return wordsWhereItStands(standing);
  const open = calls.filter(({ shows, at = '' }) => isUntold(shows) && at >= lastOther);
  if (open.length > 0)
    return (cause) => (open.includes(cause) ? untold(cause.shows, open.length) : overtaken(cause.shows));
  const last = calls.findLast(isShown);
  return (cause) => (cause === last ? STANDS_ALL_THE_SAME : overtaken(cause.shows));
}

/** What somebody asked for is what was read. */
function wordsWhereItStands(standing: readonly Cause[]): (cause: Cause) => Word {
  const first = standing.filter(({ at }) => at === standing[0]?.at);
  return (cause) => {
    if (first.includes(cause)) return first.length === 1 ? CERTAIN : IN_ONE_SECOND;
    if (standing.includes(cause)) return SET_AGAIN;
    return isUntold(cause.shows) ? ANOTHER_STANDS : overtaken(cause.shows);
  };
}

function isUntold(shows: Shown | undefined): boolean {
  return shows === 'not-told' || shows === 'unread';
}

const CERTAIN: Word = { certainty: 'certain', reasons: ['what the call set is what was then read'] };
const IN_ONE_SECOND: Word = {
  certainty: 'several',
  reasons: ['another call set the same in the same second, and CloudTrail has no finer time'],
};
const SET_AGAIN: Word = { certainty: 'unknown', reasons: ['it set what another call had set already'] };
const ANOTHER_STANDS: Word = {
  certainty: 'unknown',
  reasons: ['another call set what was then read; what this one set, the event does not tell'],
};
const STANDS_ALL_THE_SAME: Word = {
  certainty: 'likely',
  reasons: ['what the call set is what was then read, though a later call set something else'],
};
/** The reading has no place for what the call moves. */
const ELSEWHERE: Word = {
  certainty: 'unknown',
  reasons: ['the call names this resource, and moves another setting of it'],
};

function untold(shows: Shown | undefined, count: number): Word {
  if (count > 1)
    return {
      certainty: 'several',
      reasons: [`${count} calls name this resource, and what they set is not told or cannot be read`],
    };
  return shows === 'unread'
    ? { certainty: 'likely', reasons: ['the call names this resource; what it set could not be read'] }
    : { certainty: 'likely', reasons: ['the call names this resource; what it set, the event does not tell'] };
}

function overtaken(shows: Shown | undefined): Word {
  return shows === 'no'
    ? {
        certainty: 'unknown',
        reasons: [
          'the call names this resource, but what it set is not what was read: it was changed again, or shows later',
        ],
      }
    : { certainty: 'unknown', reasons: ['another call came after it, and set something else'] };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
