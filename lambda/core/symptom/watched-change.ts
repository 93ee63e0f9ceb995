import type { JsonReading } from '../reading.ts';
import type { ResourceRef } from '../reference.ts';

/** A change of something watched that may have caused what failed: with both values, so that what it does can be computed. */
export interface WatchedChange {
  /** One for each change; what an answer names it by. */
  readonly id: string;
  /** When it was called, or, where no call is known, when it was first read (ISO 8601, UTC). */
  readonly at: string;
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
