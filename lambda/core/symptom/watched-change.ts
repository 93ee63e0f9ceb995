import type { JsonReading } from '../reading.ts';
import type { ResourceRef } from '../reference.ts';

/** A change of something watched that may have caused what failed: with both values, so that what it does can be computed. */
export interface WatchedChange {
  /** One for each change; what an answer names it by. */
  readonly id: string;
  /** When it was called, or, where no call is known, when it was first read (ISO 8601, UTC). */
  readonly at: string;
  /** Where no call is known: it was made at some time from then on, and `at` is the latest that it can have been (ISO 8601, UTC). */
  readonly madeSince?: string;
  readonly ref: ResourceRef;
  /** The path that was read, or `exists`. */
  readonly path: string;
  readonly before: JsonReading;
  readonly after: JsonReading;
  /** What moved, in a line. */
  readonly says: string;
  /** It has ended, and is known to have stood until then (ISO 8601, UTC): what worked later says nothing of it. */
  readonly stoodUntil?: string;
  /** CloudTrail's name of the call. */
  readonly call?: string;
  readonly who?: string;
  /** AWS's error name: the attempt failed and changed nothing. */
  readonly error?: string;
}

/** The earliest that it can have been made (ISO 8601, UTC): what came before it, it did not cause. */
export function earliestOf({ at, madeSince }: Pick<WatchedChange, 'at' | 'madeSince'>): string {
  return madeSince ?? at;
}

/** Settings reach all regions within minutes, and not at once (aws-facts §1.2). */
export const SETTLING_MS = 10 * 60_000;

/** Of one change the times at which counts of logs are cut: the earliest and the latest that it can have been made, and when that holds everywhere. */
function marksOfChange(change: Pick<WatchedChange, 'at' | 'madeSince'>): readonly number[] {
  const at = Date.parse(change.at);
  return [Date.parse(earliestOf(change)), at, at + SETTLING_MS];
}

/** At more times than this counts are not cut: each is kept of each of thousands of uses. */
const MOST_MARKS = 128;

/**
 * The times at which counts of logs are cut (milliseconds since 1970): those of all changes, and of too many those of the nearest to `near`,
 * which is when it failed, or when the first of those in question was made. Pure.
 */
export function marksOf(changes: readonly Pick<WatchedChange, 'at' | 'madeSince'>[], near: string): readonly number[] {
  const from = Date.parse(near);
  const distanceOf = (change: Pick<WatchedChange, 'at'>): number => Math.abs(Date.parse(change.at) - from);
  const nearest = changes.toSorted((a, b) => distanceOf(a) - distanceOf(b) || (a.at < b.at ? -1 : 1));
  return [...new Set(nearest.flatMap(marksOfChange))].slice(0, MOST_MARKS);
}
