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

/** The times at which counts of logs are cut: the earliest and the latest that each change can have been made, in milliseconds since 1970. */
export function marksOf(changes: readonly Pick<WatchedChange, 'at' | 'madeSince'>[]): readonly number[] {
  return [...new Set(changes.flatMap((change) => [Date.parse(earliestOf(change)), Date.parse(change.at)]))];
}
