import type { ImpactWatchWord } from './alert-evidence.ts';

/** The watch on what logs of use say of a finding, after it was told first. */
export interface ImpactWatch {
  readonly finding: string;
  /** When what it breaks was first told (ISO 8601, UTC). */
  readonly begunAt: string;
  /** A digest of what it broke, or might, when the watch began: what breaks more is watched anew. */
  readonly of?: string;
  /** How often a look was asked for since the last one that came to its end. */
  readonly tries?: number;
  /** No look comes any more by the clock. */
  readonly isOver: boolean;
  /** When it was read that all of it is as accepted again: the logs are looked at once more. */
  readonly endedAt?: string;
  /** The key of the document with the requests that were counted: a later look reads only what is newer. */
  readonly counted?: string;
}

const MINUTE = 60_000;

/**
 * When the logs are looked at after a finding was told (field §3.23): what harms shows within the hour, and logs come late. The last look is
 * told in place of the first reminder, which comes after an hour, and not beside it.
 */
export const LOOKS_AFTER_MIN = [0, 2, 5, 12, 30, 58] as const;

/** A look that never comes to its end is given up after so many, which takes an hour and a half, and that is told. */
export const MOST_TRIES = 6;

/** A watch that begins. `of`: a digest of what the finding breaks. */
export function watchFrom(finding: string, begunAt: string, of?: string): ImpactWatch {
  return { finding, begunAt, isOver: false, ...(of === undefined ? {} : { of }) };
}

/** When the logs are looked at next, after a look; undefined: the watch is over. What was missed is not made up for. Pure. */
export function nextLookAt({ begunAt, endedAt }: ImpactWatch, now: string): string | undefined {
  if (endedAt !== undefined) return undefined;
  return LOOKS_AFTER_MIN.map((minutes) => after(begunAt, minutes)).find((at) => at > now);
}

/** Until when it is watched. */
export function watchedUntil({ begunAt }: Pick<ImpactWatch, 'begunAt'>): string {
  return after(begunAt, Math.max(...LOOKS_AFTER_MIN));
}

/** How far the watch has come with a look that found so many failures. Pure. */
export function wordOf(
  watch: ImpactWatch,
  { readAt, failures }: { readonly readAt: string; readonly failures: number },
): ImpactWatchWord['word'] {
  if (watch.endedAt !== undefined) return 'over';
  if (failures > 0) return 'failing';
  return nextLookAt(watch, readAt) === undefined ? 'closed' : 'watching';
}

function after(time: string, minutes: number): string {
  return new Date(Date.parse(time) + minutes * MINUTE).toISOString();
}
