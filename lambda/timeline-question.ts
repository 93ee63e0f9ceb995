import { PlumblineError } from '#core/errors.ts';
import type { TimelineFilter } from '#core/timeline.ts';

/** What a timeline is asked for, as it was written. */
export interface TimelineQuestion {
  /** A time with its zone, a day, or how long ago: `24h`. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly resource?: string | undefined;
  readonly actor?: string | undefined;
  readonly account?: string | undefined;
  readonly kind?: string | undefined;
}

export interface TimelineSettings {
  readonly now: Date;
  /** The kinds that there are. */
  readonly kinds: readonly string[];
  /** What a member is called where it was written: `--since`. */
  readonly nameOf: (member: keyof TimelineQuestion) => string;
}

/** What the timeline is narrowed to. Throws ARGUMENT_INVALID. */
export function timelineFilter(question: TimelineQuestion, { now, kinds, nameOf }: TimelineSettings): TimelineFilter {
  const { resource, actor, account, kind } = question;
  if (account !== undefined && !/^\d{12}$/.test(account))
    throw refusal(`${nameOf('account')} ${account}: an account's id has 12 digits: write such as 111122223333`);
  if (kind !== undefined && !kinds.includes(kind))
    throw refusal(`${nameOf('kind')} ${kind}: it is one of ${kinds.join(', ')}`);
  const since = timeOf({ name: nameOf('since') }, question.since, now);
  const until = timeOf({ name: nameOf('until') }, question.until, now);
  if (since !== undefined && until !== undefined && until <= since)
    throw refusal(
      `${nameOf('until')} ${question.until ?? ''}: this is no later than ${nameOf('since')} ${question.since ?? ''}, so nothing lies between: name a later time, or leave one out`,
    );
  return {
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(resource === undefined ? {} : { resource }),
    ...(actor === undefined ? {} : { actor }),
    ...(account === undefined ? {} : { account }),
    ...(kind === undefined ? {} : { kind }),
  };
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
/** With a zone: without one it would be another time for everybody. Also as Plumbline prints it: `2025-10-28 14:00:00 UTC`. */
const TIME = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z| ?UTC|[+-]\d{2}:\d{2}))?$/i;
const FORMS = 'write a time with its zone, such as 2025-10-28T14:00Z, a day, or how long ago, such as 24h';

/** What a time is called where it was written, and what may be written there. */
export interface TimeWords {
  readonly name: string;
  readonly forms?: string;
}

/** A time, or so long before `now`. A day alone begins in UTC, as CloudTrail's times are. Throws ARGUMENT_INVALID. */
export function timeOf(words: TimeWords, text: string, now: Date): string;
export function timeOf(words: TimeWords, text: string | undefined, now: Date): string | undefined;
export function timeOf({ name, forms = FORMS }: TimeWords, text: string | undefined, now: Date): string | undefined {
  if (text === undefined) return undefined;
  const [, count, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const at = count === undefined ? dateOf(text) : new Date(now.getTime() - Number(count) * (UNITS[unit] ?? 0));
  if (at === undefined || Number.isNaN(at.getTime())) throw refusal(`${name} ${text}: ${forms}`);
  return at.toISOString();
}

/** Undefined for what is no time, and for a day that no month has: a calendar would go on into the next. */
function dateOf(text: string): Date | undefined {
  const [, day, clock = '00:00', zone = 'Z'] = TIME.exec(text) ?? [];
  if (day === undefined) return undefined;
  const midnight = new Date(`${day}T00:00Z`);
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, day.length) !== day) return undefined;
  return new Date(`${day}T${clock}${/^[+-]/.test(zone) ? zone : 'Z'}`);
}

function refusal(says: string): PlumblineError {
  return new PlumblineError('ARGUMENT_INVALID', says);
}
