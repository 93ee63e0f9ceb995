import { SESSION_WINDOW_MS } from './grouping.ts';

/** What moved in one account, as far as it can be compared with what moved in others. */
export interface Happening {
  /** When: ISO 8601, UTC. */
  readonly at: string;
  /** `kind path status:digest` of each value that was set; without names, which differ from account to account. */
  readonly moves: readonly string[];
  /** Those who may have done it; empty while nobody is known. */
  readonly actors: readonly ActorSaid[];
  /** Of what the service itself is made of there: told to others than what it watches. */
  readonly against?: 'deployed' | undefined;
}

/** An actor as an account tells of it. */
export interface ActorSaid {
  /** The access key, or what CloudTrail has in its place. */
  readonly session?: string | undefined;
  /** In words, without the account: `role platform, session ana@example.com`. */
  readonly who?: string | undefined;
  readonly userAgent?: string | undefined;
}

/** By what two accounts have one cause, the surest first. */
export type Common = 'session' | 'actor' | 'tool' | 'values';

const SUREST_FIRST: readonly Common[] = ['session', 'actor', 'tool', 'values'];

/** What is of one cause lies no further apart than this, from the first to the last: then it is another piece of work. */
const LONGEST_MS = 60 * 60_000;

/**
 * By what two accounts were moved by one cause; undefined where nothing says so. One access key is one piece of work. Roles have a key
 * and an id of their own in each account, so a name or a tool counts only together with the same values; and where nobody is known of
 * one of the two, because no event came yet or a level above moved, the same values alone. Pure.
 */
export function commonTo(one: Happening, other: Happening): Common | undefined {
  if (one.against !== other.against) return undefined;
  if (share(one, other, ({ session }) => session)) return 'session';
  if (!isAmong(one.moves, other.moves) && !isAmong(other.moves, one.moves)) return undefined;
  if (share(one, other, ({ who }) => who)) return 'actor';
  if (share(one, other, ({ userAgent }) => userAgent)) return 'tool';
  return one.actors.length === 0 || other.actors.length === 0 ? 'values' : undefined;
}

function share(one: Happening, other: Happening, of: (actor: ActorSaid) => string | undefined): boolean {
  const known = new Set(other.actors.map(of));
  return one.actors.some((actor) => {
    const value = of(actor);
    return value !== undefined && value !== '' && known.has(value);
  });
}

/** What stood in one account already did not move there, so fewer values may be the same act. */
function isAmong(some: readonly string[], all: readonly string[]): boolean {
  return some.length > 0 && some.every((move) => all.includes(move));
}

/** What is known already, with the cause that it was put under. */
export interface Placed {
  readonly cause: string;
  readonly happening: Happening;
}

/** The cause that something new belongs to, with by what; undefined where it begins one of its own. Pure; the order of the others does not matter. */
export function causeFor(
  happening: Happening,
  others: readonly Placed[],
): { readonly cause: string; readonly common: Common } | undefined {
  const first = new Map<string, number>();
  for (const { cause, happening: other } of others) {
    const time = Date.parse(other.at);
    first.set(cause, Math.min(first.get(cause) ?? time, time));
  }
  const time = Date.parse(happening.at);
  const found = others.flatMap(({ cause, happening: other }) => {
    const apart = Math.abs(time - Date.parse(other.at));
    if (apart > SESSION_WINDOW_MS || Math.abs(time - (first.get(cause) ?? time)) > LONGEST_MS) return [];
    const common = commonTo(happening, other);
    return common === undefined ? [] : [{ cause, common, apart }];
  });
  const [best] = found.sort(
    (a, b) =>
      SUREST_FIRST.indexOf(a.common) - SUREST_FIRST.indexOf(b.common) ||
      a.apart - b.apart ||
      (a.cause < b.cause ? -1 : 1),
  );
  return best === undefined ? undefined : { cause: best.cause, common: best.common };
}
