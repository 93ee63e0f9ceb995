import type { ImpactWatchWord } from './alert-evidence.ts';

/** The watch on what logs of use say of a finding, after it was told first. */
export interface ImpactWatch {
  readonly finding: string;
  /** When what it breaks was first told (ISO 8601, UTC). */
  readonly begunAt: string;
  /** Digests of what it broke, or might, when the watch began: what breaks something else is watched anew. */
  readonly of?: readonly string[];
  /** How often a look was asked for since the last one that came to its end. */
  readonly tries?: number;
  /** No look comes any more by the clock. */
  readonly isOver: boolean;
  /** When it was read that all of it is as accepted again: the logs are looked at once more. */
  readonly endedAt?: string;
  /** When that was told (ISO 8601, UTC): from then on the logs are looked at for who works again. */
  readonly proofFrom?: string;
  /** The key of the document with the requests that were counted: a later look reads only what is newer. */
  readonly counted?: string;
}

const MINUTE = 60_000;

/**
 * When the logs are looked at after a finding was told (field §3.23): what harms shows within the hour, and logs come late. The last look is
 * told in place of the first reminder, which comes after an hour, and not beside it.
 */
export const LOOKS_AFTER_MIN = [0, 2, 5, 12, 30, 58] as const;

/**
 * When the logs are looked at after a recovery was told: data events come minutes late, access logs hours (aws-facts §5.2). Whoever works
 * once a day has worked by the last.
 */
export const LOOKS_AFTER_RECOVERY_MIN = [2, 10, 30, 120, 360, 1_440] as const;

/** A look that never comes to its end is given up after so many, which takes an hour and a half, and that is told. */
export const MOST_TRIES = 6;

/** A watch that begins. `of`: digests of what the finding breaks. */
export function watchFrom(finding: string, begunAt: string, of?: readonly string[]): ImpactWatch {
  return { finding, begunAt, isOver: false, ...(of === undefined ? {} : { of }) };
}

/** When the logs are looked at next, after a look; undefined: the watch is over. What was missed is not made up for. Pure. */
export function nextLookAt({ begunAt, endedAt, proofFrom }: ImpactWatch, now: string): string | undefined {
  if (proofFrom !== undefined)
    return LOOKS_AFTER_RECOVERY_MIN.map((minutes) => after(proofFrom, minutes)).find((at) => at > now);
  if (endedAt !== undefined) return undefined;
  return LOOKS_AFTER_MIN.map((minutes) => after(begunAt, minutes)).find((at) => at > now);
}

/** Until when the logs are looked at for who works again. */
export function provedUntil(proofFrom: string): string {
  return after(proofFrom, Math.max(...LOOKS_AFTER_RECOVERY_MIN));
}

/** Until when it is watched. */
export function watchedUntil({ begunAt, proofFrom }: Pick<ImpactWatch, 'begunAt' | 'proofFrom'>): string {
  if (proofFrom !== undefined) return provedUntil(proofFrom);
  return after(begunAt, Math.max(...LOOKS_AFTER_MIN));
}

/** How far the watch has come with a look that found so many failures. Pure. */
export function wordOf(
  watch: ImpactWatch,
  { readAt, failures }: { readonly readAt: string; readonly failures: number },
): ImpactWatchWord['word'] {
  if (watch.proofFrom !== undefined) return nextLookAt(watch, readAt) === undefined ? 'over' : 'proving';
  if (watch.endedAt !== undefined) return 'over';
  if (failures > 0) return 'failing';
  return nextLookAt(watch, readAt) === undefined ? 'closed' : 'watching';
}

function after(time: string, minutes: number): string {
  return new Date(Date.parse(time) + minutes * MINUTE).toISOString();
}
