import { joined, NO_EFFECT, type Effect } from './access-change.ts';
import type { BucketAccess } from './access.ts';

/** What a change says, and what it does beyond the operations that flip. */
export interface Said {
  readonly effects: readonly string[];
  readonly effect: Effect;
  /** Is the effect the whole of it? Fewer statements of a kind can only narrow, and more only widen, whatever else is not known. */
  readonly isWhole?: boolean;
}

/** A bucket as it was and as it is. */
export interface Sides {
  readonly before: BucketAccess;
  readonly after: BucketAccess;
}

export const LOST: Partial<Effect> = { exposure: 'narrowed', breakage: 'breaks' };
export const UNKNOWN: Partial<Effect> = { exposure: 'unknown', breakage: 'unknown' };

export function said(effects: readonly string[], effect: Partial<Effect> = {}): Said {
  return { effects, effect: { ...NO_EFFECT, ...effect } };
}

export function merged(...all: readonly Said[]): Said {
  return { effects: all.flatMap(({ effects }) => effects), effect: joined(all.map(({ effect }) => effect)) };
}
