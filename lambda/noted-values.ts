import type { AcceptedState } from '#core/baseline.ts';
import { EXISTS, rootOf } from '#core/declaration.ts';
import { isJsonObject, objectOf } from '#core/json.ts';
import { ABSENT, present, unreadable, type JsonReading } from '#core/reading.ts';
import type { State } from '#core/state.ts';
import type { ChangeNote, NotedDeparture, NotedValues } from './change-notes.ts';

/** Both values of a path that a note says moved. */
export interface NotedMove {
  readonly path: string;
  /** When it was read so (ISO 8601, UTC). */
  readonly readAt: string;
  /** When it was last known to be otherwise; missing where that is not known. */
  readonly since?: string;
  readonly before: JsonReading;
  readonly after: JsonReading;
}

export interface NotedMoves {
  readonly moves: readonly NotedMove[];
  /** What was known of each path before the first of them. */
  readonly first: Readonly<Record<string, JsonReading>>;
}

/** What is known of one resource beside its notes. */
export interface KnownBeside {
  /** As it was read at some time; missing where it is not known. */
  readonly state: State | undefined;
  readonly accepted: AcceptedState | undefined;
  /** The state is of before what is asked about; else it is of later, and is put back by what the notes say was before. */
  readonly isOld: boolean;
}

/** Ours: neither a note nor a snapshot tells what it was. */
export const NOT_KNOWN = 'NotKnown';

const notKnown = (): JsonReading => unreadable(NOT_KNOWN);

/**
 * What moved on one resource, with both values: a note has all of its departure from what was accepted, so that what it was is what was
 * accepted with that. `notes`: of that resource, in the order in which it was read. Pure.
 */
export function movesOf(notes: readonly ChangeNote[], beside: KnownBeside): NotedMoves {
  const { state, isOld } = beside;
  const known = new Map<string, JsonReading>(Object.entries(state?.watched ?? {}));
  if (isOld) known.set(EXISTS, state === undefined ? ABSENT : present(true));
  const first = new Map(known);
  const moves: NotedMove[] = [];
  let last: NotedValues | undefined;
  for (const note of notes) {
    const values = readingIn(note);
    if (values === undefined) continue;
    const isPast = isOld && state !== undefined && note.readAt <= state.takenAt;
    for (const { path } of isPast ? [] : note.moved) {
      const move = moveOf(path, values, { ...beside, readAt: note.readAt, known, moves, last });
      if (!moves.some((one) => one.path === path)) first.set(path, move.before);
      moves.push(move);
      known.set(path, move.after);
    }
    last = values;
  }
  return { moves, first: Object.fromEntries(first) };
}

/** Notes of attempts and searches are of no reading. */
function readingIn({ status, values }: ChangeNote): NotedValues | undefined {
  return status === 'attempt' || status === 'searched' ? undefined : values;
}

interface Before extends KnownBeside {
  readonly readAt: string;
  readonly known: ReadonlyMap<string, JsonReading>;
  readonly moves: readonly NotedMove[];
  readonly last: NotedValues | undefined;
}

function moveOf(path: string, values: NotedValues, now: Before): NotedMove {
  const { readAt, known, moves, last, accepted, state, isOld } = now;
  const earlier = moves.findLast((move) => move.path === path);
  const was = known.get(path);
  const isPutBack = earlier === undefined && (!isOld || was === undefined);
  const before = isPutBack ? backOf(was, values, path) : (was ?? notKnown());
  const after = afterOf(path, values, { known: before, accepted, last });
  const since = earlier?.readAt ?? (isOld ? state?.takenAt : undefined);
  return { path, readAt, before, after, ...(since === undefined ? {} : { since }) };
}

interface Around {
  readonly known: JsonReading;
  readonly accepted: AcceptedState | undefined;
  /** What departed in the note before. */
  readonly last: NotedValues | undefined;
}

function afterOf(path: string, { baseline, departs }: NotedValues, { known, accepted, last }: Around): JsonReading {
  const own = departs.filter((one) => rootOf(one.path) === path);
  const whole = own.find((one) => one.path === path);
  if (whole !== undefined) return whole.after;
  const isOwn = accepted !== undefined && accepted.version.generation === baseline;
  const wasAccepted = path === EXISTS ? present(true) : accepted?.state.watched[path];
  const isSame = last !== undefined && last.baseline === baseline;
  const base = isOwn
    ? wasAccepted
    : isSame
      ? withMembers(known, path, { of: last.departs, side: 'before' })
      : undefined;
  if (own.length === 0) return base ?? notKnown();
  return withMembers(base ?? known, path, { of: own, side: 'after' });
}

/** What it was before the first note that says that it moved: as accepted, since nothing is known to have departed before. */
function backOf(known: JsonReading | undefined, { departs }: NotedValues, path: string): JsonReading {
  const own = departs.filter((one) => rootOf(one.path) === path);
  return own.length === 0 ? notKnown() : withMembers(known ?? notKnown(), path, { of: own, side: 'before' });
}

interface Side {
  readonly of: readonly NotedDeparture[];
  readonly side: 'before' | 'after';
}

/** A reading with one side of differences put into it. Pure. */
export function withMembers(reading: JsonReading, path: string, { of, side }: Side): JsonReading {
  const own = of.filter((one) => rootOf(one.path) === path);
  const whole = own.find((one) => one.path === path);
  if (whole !== undefined) return whole[side];
  if (own.length === 0) return reading;
  if (reading.status !== 'present' || !isJsonObject(reading.value)) return notKnown();
  const members = new Map(Object.entries(reading.value));
  for (const one of own) {
    const name = one.path.slice(path.length + 1);
    const value = one[side];
    if (value.status === 'present') members.set(name, value.value);
    else members.delete(name);
  }
  return present(objectOf([...members]));
}
