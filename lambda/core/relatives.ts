import type { ComparableKind } from './comparison.ts';
import type { ResourceRef } from './reference.ts';
import type { Listing, Scan } from './scan.ts';
import { refOf, type Observation, type State } from './state.ts';

/** All that was seen of the kinds that a judge looks at beside the resource itself, and how completely they were listed. */
export interface Relatives {
  readonly states: readonly State[];
  /** Those that are there and of which nothing could be read. */
  readonly unread: readonly { readonly ref: ResourceRef; readonly code: string }[];
  readonly listings: readonly Listing[];
}

/** Nothing was looked at: whatever depends on it is not known. */
export const NO_RELATIVES: Relatives = { states: [], unread: [], listings: [] };

/** Kinds of which any of these kinds' judges needs all. */
export function relativeKindsOf(kinds: Iterable<ComparableKind>): ReadonlySet<string> {
  return new Set([...kinds].flatMap(({ declaration }) => declaration.relatives ?? []));
}

/** What a scan saw of those kinds. */
export function relativesIn(
  { observations, listings }: Pick<Scan, 'observations' | 'listings'>,
  kinds: ReadonlyMap<string, ComparableKind>,
): Relatives {
  const wanted = relativeKindsOf(kinds.values());
  if (wanted.size === 0) return NO_RELATIVES;
  const own = observations.filter((seen) => wanted.has(refOf(seen).kind));
  return { ...seenIn(own), listings: listings.filter(({ kind }) => wanted.has(kind)) };
}

/** The same of observations that came from elsewhere. */
export function seenIn(observations: readonly Observation[]): Omit<Relatives, 'listings'> {
  return {
    states: observations.flatMap((seen) => (seen.seen === 'state' ? [seen.state] : [])),
    unread: observations.flatMap((seen) => (seen.seen === 'unreadable' ? [{ ref: seen.ref, code: seen.code }] : [])),
  };
}
