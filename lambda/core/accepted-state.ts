import { acceptedReading, type ComparableKind } from './comparison.ts';
import { rootOf, type KindDeclaration } from './declaration.ts';
import { PlumblineError } from './errors.ts';
import { objectOf, type Json, type JsonObject } from './json.ts';
import type { JsonReading } from './reading.ts';
import { printRef } from './reference.ts';
import type { State } from './state.ts';

/** A state to be accepted, and the paths of it that were not read now. */
export interface Merged {
  readonly state: State;
  readonly unread: readonly string[];
}

export type Merge = (seen: State, old: State | undefined, kind: ComparableKind | undefined) => Merged;

/** The accepted state after a whole resource was accepted: what could not be read, or is better known, stays. */
export function mergeWhole(seen: State, old: State | undefined, kind: ComparableKind | undefined): Merged {
  const keep = new Set<string>();
  const unread: string[] = [];
  for (const [path, reading] of Object.entries(seen.watched)) {
    const before = old && kind ? acceptedReading(kind.declaration, old, path) : old?.watched[path];
    if (reading.status === 'unreadable') unread.push(path);
    if (before !== undefined && (reading.status === 'unreadable' || isBetterKnown(kind, { seen, old, path })))
      keep.add(path);
  }
  const watched = Object.entries(seen.watched).map(([path, reading]): [string, JsonReading] => [
    path,
    (keep.has(path) ? old?.watched[path] : undefined) ?? reading,
  ]);
  const carried = carriedOf(
    kind?.declaration,
    (path) => (path !== undefined && keep.has(path) ? old?.carried : seen.carried),
    [seen, old],
  );
  return { state: { ...seen, watched: Object.fromEntries(watched), carried }, unread };
}

/** What was read, with the accepted readings that know more and are not contradicted: the ACL as it was seen before a mask. */
export function bestKnown(seen: State, old: State, kind: ComparableKind): State {
  const better = Object.keys(kind.knowsMore ?? {}).filter((path) => isBetterKnown(kind, { seen, old, path }));
  if (better.length === 0) return seen;
  const watched = better.map((path) => [path, old.watched[path]] as const).filter(([, reading]) => reading);
  const carried = carriedOf(
    kind.declaration,
    (path) => (path !== undefined && better.includes(path) ? old.carried : seen.carried),
    [seen, old],
  );
  return { ...seen, watched: { ...seen.watched, ...(Object.fromEntries(watched) as State['watched']) }, carried };
}

/** Does the accepted reading of this path know more than what was seen, which does not contradict it? */
function isBetterKnown(
  kind: ComparableKind | undefined,
  { seen, old, path }: { seen: State; old: State | undefined; path: string },
): boolean {
  const accepted = old && kind ? acceptedReading(kind.declaration, old, path) : undefined;
  const reading = seen.watched[path];
  if (old === undefined || accepted === undefined || reading === undefined) return false;
  return (
    kind?.knowsMore?.[path]?.({ reading: accepted, carried: old.carried }, { reading, carried: seen.carried }) === true
  );
}

/**
 * The accepted state after one path of a resource was accepted. Throws REFERENCE_INVALID or NOTHING_TO_ACCEPT where there is no such
 * path, or nothing of it to accept.
 */
export function mergePath(
  seen: State,
  old: State | undefined,
  { path, kind }: { path: string; kind: ComparableKind | undefined },
): Merged {
  const key = printRef(seen.ref);
  const reading = seen.watched[path];
  if (reading === undefined) {
    const root = rootOf(path);
    const mend =
      root !== path && seen.watched[root] !== undefined
        ? `accept ${root} as a whole: ${key}#${root}`
        : `it has ${Object.keys(seen.watched).join(', ')}`;
    throw new PlumblineError(
      'REFERENCE_INVALID',
      `${key} has no path "${path}" that could be accepted by itself: ${mend}`,
    );
  }
  if (old === undefined)
    throw new PlumblineError(
      'NOTHING_TO_ACCEPT',
      `nothing of ${key} was accepted yet: accept the whole resource first`,
    );
  if (reading.status === 'unreadable') {
    throw new PlumblineError(
      'NOTHING_TO_ACCEPT',
      `the scan could not read ${key}#${path} (${reading.code}), so there is nothing to accept`,
    );
  }
  if (isBetterKnown(kind, { seen, old, path })) {
    throw new PlumblineError(
      'NOTHING_TO_ACCEPT',
      `the scan saw less of ${key}#${path} than what is accepted, and nothing against it: there is nothing to accept`,
    );
  }
  // What an older release accepted under a path that means something else now is not carried into the new shape.
  const kept = Object.entries(old.watched).filter(
    ([name]) => kind === undefined || acceptedReading(kind.declaration, old, name) !== undefined,
  );
  const carried = carriedOf(kind?.declaration, (of) => (of === undefined || of === path ? seen.carried : old.carried), [
    seen,
    old,
  ]);
  return {
    state: { ...seen, takenAt: seen.takenAt, watched: { ...Object.fromEntries(kept), [path]: reading }, carried },
    unread: [],
  };
}

/** Each carried member from the side that its path's reading is taken from. */
function carriedOf(
  declaration: KindDeclaration | undefined,
  sideOf: (path: string | undefined) => JsonObject | undefined,
  states: readonly (State | undefined)[],
): JsonObject {
  const names = new Set(states.flatMap((state) => Object.keys(state?.carried ?? {})));
  return objectOf(
    [...names].flatMap((name) => {
      const value: Json | undefined = sideOf(declaration?.carries[name]?.of)?.[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}
