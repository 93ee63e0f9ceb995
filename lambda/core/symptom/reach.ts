import type { Evidence } from '../evidence/uses.ts';
import type { State } from '../state.ts';
import { BUCKET } from './search.ts';

/** How far logs reach, of the buckets that changes act on. */
export interface Reach {
  /**
   * From when to when the logs go of those affected buckets that they have past the change: `to` is until when they have each of them. Where they have
   * none past it, until when they go at all; none: nothing of what is affected is in the logs.
   */
  readonly logged?: { readonly from: string; readonly to: string };
  /** How many buckets the changes act on, or may; none: that is not known. */
  readonly affected?: number;
  /** How many of them have no request in the logs past the change: whether anything failed there is not known. */
  readonly notLogged?: number;
}

export interface ReachRequest {
  readonly evidence: Evidence;
  /** Everything that is known, by printed reference. */
  readonly states: ReadonlyMap<string, State>;
  /** The buckets that the changes act on, or may; none: all that are known. */
  readonly affected: ReadonlySet<string> | undefined;
}

/** Do the logs have all affected buckets past the change, some of them, or none? Where nobody knows how many there are, not all. Pure. */
export function reachOf({
  since,
  madeBy = since,
  logged,
  affected,
  notLogged,
}: Reach & { readonly since: string; readonly madeBy?: string }): 'all' | 'some' | 'none' {
  if (logged === undefined || logged.to <= madeBy) return 'none';
  return affected !== undefined && notLogged === 0 ? 'all' : 'some';
}

/** How far the logs reach past a time, of the buckets that changes act on. `since`: milliseconds since 1970. Pure. */
export function reachIn({ evidence, states, affected }: ReachRequest, since: number): Reach {
  const known = [...states.values()].flatMap(({ ref }) => (ref.kind === BUCKET ? [ref.id] : []));
  const asked = affected ?? (known.length === 0 ? undefined : new Set(known));
  const some = evidence.buckets.filter(({ bucket }) => asked === undefined || asked.has(bucket));
  const past = some.filter(({ lastAt }) => lastAt > since);
  const counts = asked === undefined ? {} : { affected: asked.size, notLogged: asked.size - past.length };
  if (some.length === 0) return counts;
  const told = past.length > 0 ? past : some;
  const ends = told.map(({ lastAt }) => lastAt);
  return {
    ...counts,
    logged: {
      from: iso(Math.min(...told.map(({ firstAt }) => firstAt))),
      to: iso(past.length > 0 ? Math.min(...ends) : Math.max(...ends)),
    },
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
