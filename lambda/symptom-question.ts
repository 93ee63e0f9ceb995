import { PlumblineError } from '#core/errors.ts';
import { timeToday } from '#core/local-day.ts';
import type { Period } from './change-notes.ts';
import { timeOf } from './timeline-question.ts';

/** A failure as somebody asks about it. */
export interface SymptomQuestion {
  /** What was seen, as it was copied from a log. */
  readonly symptom: string;
  /** When: a time with its zone, how long ago, or `15:03` of today where the team is. @default now */
  readonly at?: string | undefined;
  /** Since when changes are looked at: a time, or so long before `at`. @default 24h */
  readonly since?: string | undefined;
}

export interface SymptomTimes extends Period {
  /** When the failure was seen (ISO 8601, UTC). */
  readonly at: string;
}

export interface TimeSettings {
  readonly now: Date;
  /** Where the team is, as Intl names it. */
  readonly timeZone: string;
  /** What a member is called where it was written: `--at`. */
  readonly nameOf: (member: 'at' | 'since') => string;
}

/** Everything that was changed in the day would be taken to be later than the failure. */
const A_DAY = /^\d{4}-\d{2}-\d{2}$/;
const FORMS =
  'write a time with its zone, such as 2025-10-28T14:00Z, how long ago, such as 2h, or 15:03 of today where the team is';

/** What is looked at where nobody says since when. */
export const USUAL_SINCE = '24h';

const CLOCK_TIME = /^(?:[01]?\d|2[0-3]):[0-5]\d$/;

/** The window that is looked at: up to the failure. Throws ARGUMENT_INVALID. */
export function symptomTimes(
  { at: written, since }: Pick<SymptomQuestion, 'at' | 'since'>,
  { now, timeZone, nameOf }: TimeSettings,
): SymptomTimes {
  const at =
    written !== undefined && CLOCK_TIME.test(written)
      ? timeToday(written, { now, timeZone })
      : (timeOf({ name: nameOf('at'), forms: FORMS }, written, now) ?? now.toISOString());
  if (written !== undefined && A_DAY.test(written))
    throw refusal(`${nameOf('at')} ${written}: a failure has a time of day: write it too, such as ${written}T14:00Z`);
  if (at > now.toISOString())
    throw refusal(
      `${nameOf('at')} ${written ?? ''}: this is still to come${written !== undefined && CLOCK_TIME.test(written) ? ` (read in ${timeZone}, the time zone of the settings)` : ''}: name when the failure was seen, with its day`,
    );
  const from = timeOf({ name: nameOf('since') }, since ?? USUAL_SINCE, new Date(at));
  if (from >= at)
    throw refusal(
      `${nameOf('since')} ${since ?? ''}: this is no earlier than ${nameOf('at')} ${written ?? 'now'}: name an earlier time, or how long before it, such as 24h`,
    );
  return { at, from, to: at };
}

function refusal(says: string): PlumblineError {
  return new PlumblineError('ARGUMENT_INVALID', says);
}
