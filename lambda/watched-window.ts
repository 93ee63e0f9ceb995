import type { BlindSpot, LookedAt } from '#core/symptom/document.ts';
import type { Cause } from '#core/change.ts';
import { digestOf } from '#core/digest.ts';
import type { CloudTrailEvent } from '#core/event.ts';
import { unreadable } from '#core/reading.ts';
import { printRef, printSelection, type ResourceRef } from '#core/reference.ts';
import type { State } from '#core/state.ts';
import { applyChange } from '#core/symptom/replay.ts';
import type { WatchedChange } from '#core/symptom/watched-change.ts';
import type { Kind } from '#kinds/kind.ts';

/** What changed in a window, and everything as it was before the first of it. */
export interface WatchedWindow {
  readonly account: string;
  /** ISO 8601, UTC: from then on, and before then. */
  readonly from: string;
  readonly to: string;
  readonly lookedAt: LookedAt;
  /** The oldest first; failed attempts too. */
  readonly changes: readonly WatchedChange[];
  /** By printed reference. */
  readonly states: ReadonlyMap<string, State>;
  readonly blind: readonly BlindSpot[];
}

/** The id of a change: the same for the same change, whoever asks. */
export function changeId(...parts: readonly string[]): string {
  return `c-${digestOf(parts.join(' ')).slice(0, 10)}`;
}

/** The oldest first; of one time by id, so that the same changes stand in the same order. */
export function byTime(a: WatchedChange, b: WatchedChange): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** The epoch: nothing is known of before. */
const NEVER_READ = new Date(0).toISOString();

/**
 * When a change was made and by whom, by the calls that made it; where none is known, that it was made since it was last read otherwise.
 * Of several calls of which each may have made it, all are named. Pure.
 */
export function calledBy(
  by: readonly Cause[],
  { readAt, since = NEVER_READ }: { readonly readAt: string; readonly since: string | undefined },
): Pick<WatchedChange, 'at' | 'madeSince' | 'call' | 'who'> {
  const times = by.flatMap(({ at }) => at ?? []).sort();
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined) return { at: readAt, madeSince: since < readAt ? since : readAt };
  const call = anyOf(by.map((cause) => cause.call));
  const who = anyOf(by.map((cause) => (cause.chain === undefined ? cause.who : `${cause.who ?? ''}, ${cause.chain}`)));
  return {
    at: last,
    ...(first === last ? {} : { madeSince: first }),
    ...(call === undefined ? {} : { call }),
    ...(who === undefined ? {} : { who }),
  };
}

function anyOf(words: readonly (string | undefined)[]): string | undefined {
  const all = [...new Set(words.filter((word) => word !== undefined))];
  return all.length === 0 ? undefined : all.join(' or ');
}

/** Changes of which it is not known what was there before, or since. Pure. */
export function unknownSpots(changes: readonly WatchedChange[]): readonly BlindSpot[] {
  return changes.flatMap(({ ref, path, before, after, error }) => {
    if (error !== undefined || (before.status !== 'unreadable' && after.status !== 'unreadable')) return [];
    const side = before.status === 'unreadable' ? 'before it' : 'since';
    const where = printSelection({ ref, path });
    return [
      { where, says: `what it was ${side} is not known, so what the change does is not either`, matters: false, ref },
    ];
  });
}

/** An attempt that failed: it changed nothing, and is told with what it would have set. Pure. */
export function attemptOf(
  event: CloudTrailEvent,
  { ref, kind }: { readonly ref: ResourceRef; readonly kind: Pick<Kind, 'eventValue'> | undefined },
): WatchedChange {
  const set = kind?.eventValue?.(event);
  return {
    id: changeId(printRef(ref), event.id),
    at: event.at,
    ref,
    path: set?.path ?? '',
    before: unreadable(NOT_READ),
    after: set?.reading ?? unreadable(NOT_READ),
    says: `${event.name} was tried`,
    call: event.name,
    who: event.actor.name,
    error: event.error?.code ?? '',
  };
}

/** Ours: an attempt is of no reading. */
const NOT_READ = 'NotRead';

/** The state of everything, once these changes were made. Pure. */
export function statesAfter(
  first: ReadonlyMap<string, State>,
  changes: readonly WatchedChange[],
): ReadonlyMap<string, State> {
  const states = new Map(first);
  for (const change of changes.filter(({ error }) => error === undefined).toSorted(byTime)) applyChange(change, states);
  return states;
}
