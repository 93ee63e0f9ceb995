import type { Baseline } from '#core/baseline.ts';
import { EXISTS } from '#core/declaration.ts';
import type { JsonReading } from '#core/reading.ts';
import type { ExplainedChange, Reconciliation, UnexplainedChange } from '#core/reconciliation.ts';
import { printRef, printSelection, type ResourceRef } from '#core/reference.ts';
import type { BlindSpot } from '#core/symptom/document.ts';
import { earliestOf, type WatchedChange } from '#core/symptom/watched-change.ts';
import { nothingRead, type State } from '#core/state.ts';
import type { Kind } from '#kinds/kind.ts';
import { loadBaseline, type KnownShapes } from './baseline-store.ts';
import type { ChangeNote, Period } from './change-notes.ts';
import { AROUND_MS, notesAround, reconcileNotes } from './changes-document.ts';
import { blindIn, statesIn } from './kept-states.ts';
import { movesOf, type NotedMove } from './noted-values.ts';
import type { Documents } from './ports.ts';
import { newestScan, type KeptScan } from './snapshot-store.ts';
import {
  attemptOf,
  byTime,
  calledBy,
  changeId,
  statesAfter,
  unknownSpots,
  type WatchedWindow,
} from './watched-window.ts';

export interface StoreWindowPorts {
  readonly documents: Documents;
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly shapes: KnownShapes;
  readonly now: () => Date;
  /** Notes that are read at most. */
  readonly mostRecords?: number;
}

export interface WindowWanted extends Period {
  readonly account: string;
}

/** Clocks of services differ by less. */
const CLOCK_MS = 60_000;
/** A snapshot of longer before the window is replayed from the notes since no more: they would be too many. */
const OLDEST_SNAPSHOT_MS = 3 * 24 * 60 * 60_000;

/**
 * What a service has noted of a window, with both values and with who called; and everything as it was before, from the newest snapshot
 * before the window, else as it was accepted.
 */
export async function windowFromStore(wanted: WindowWanted, ports: StoreWindowPorts): Promise<WatchedWindow> {
  const { account, from, to } = wanted;
  const { documents, kinds, now } = ports;
  const baseline = (await loadBaseline(documents, account, ports.shapes))?.baseline;
  const start = await startOf(wanted, { ...ports, baseline });
  const period = { from: start.notesFrom, to };
  const read = await notesAround({ account, period }, { ...ports, withValues: true });
  const around = { from: moved(start.notesFrom, -AROUND_MS), to: moved(to, AROUND_MS) };
  const reconciled = reconcileNotes(read.watched, { period: around, now: now(), kinds });
  const { changes, first } = changesIn(read.watched, { reconciled, start, baseline, kinds });
  const before = changes.filter(({ at }) => at < from);
  const within = changes.filter((one) => one.at >= from && earliestOf(one) <= moved(to, CLOCK_MS));
  return {
    account,
    from,
    to,
    lookedAt: {
      in: 'store',
      place: documents.place,
      records: read.records,
      ...(start.snapshotAt === undefined ? {} : { snapshotAt: start.snapshotAt }),
    },
    changes: within.toSorted(byTime),
    states: statesAfter(first, before),
    blind: [
      ...read.problems.map(({ where, says }) => ({ where, says, matters: true })),
      ...start.blind,
      ...blindNotes(read.watched, { from, to }),
      ...unexplainedSpots(reconciled, within),
      ...unknownSpots(within),
    ],
  };
}

/** The states that a window begins with. */
interface Start {
  readonly states: ReadonlyMap<string, State>;
  /** They are of before the window; else of later. */
  readonly isOld: boolean;
  /** From when on notes tell what moved since. */
  readonly notesFrom: string;
  readonly snapshotAt?: string;
  readonly blind: readonly BlindSpot[];
}

async function startOf(
  { account, from }: WindowWanted,
  { documents, kinds, baseline }: StoreWindowPorts & { readonly baseline: Baseline | undefined },
): Promise<Start> {
  const kept = await newestScan(documents, account, { begunBy: from });
  if (kept !== undefined && kept.scan.startedAt >= moved(from, -OLDEST_SNAPSHOT_MS))
    return startFromSnapshot(kept, { baseline, kinds, from });
  const says = `no snapshot of the ${OLDEST_SNAPSHOT_MS / AROUND_MS} days before ${from} is kept`;
  if (baseline !== undefined) {
    const states = new Map([...baseline.states].map(([key, { state }]) => [key, state]));
    const tail = 'everything is taken as it was accepted, and as it departed from that in the notes';
    return { states, isOld: false, notesFrom: from, blind: [spot(documents.place, `${says}: ${tail}`, false)] };
  }
  const later = await newestScan(documents, account);
  if (later !== undefined) {
    const states = statesIn(later.scan, { baseline, kinds });
    const tail = `everything is taken as the snapshot of ${later.scan.startedAt} saw it, but for what the notes tell`;
    return { states, isOld: false, notesFrom: from, blind: [spot(documents.place, `${says}: ${tail}`, false)] };
  }
  const tail = 'and nothing is accepted, so it is not known what anything was';
  return { states: new Map(), isOld: false, notesFrom: from, blind: [spot(documents.place, `${says}, ${tail}`, true)] };
}

interface Beside {
  readonly baseline: Baseline | undefined;
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly from: string;
}

function startFromSnapshot({ scan }: KeptScan, { baseline, kinds, from }: Beside): Start {
  const states = statesIn(scan, { baseline, kinds });
  const notesFrom = scan.startedAt < from ? scan.startedAt : from;
  return { states, isOld: true, notesFrom, snapshotAt: scan.startedAt, blind: blindIn(scan, kinds) };
}

function spot(where: string, says: string, matters: boolean): BlindSpot {
  return { where, says, matters };
}

interface Sources {
  readonly reconciled: Reconciliation;
  readonly start: Start;
  readonly baseline: Baseline | undefined;
  readonly kinds: ReadonlyMap<string, Kind>;
}

/** Everything that moved, each with its call; and everything as it was before all of it. */
function changesIn(
  notes: readonly ChangeNote[],
  { reconciled, start, baseline, kinds }: Sources,
): { readonly changes: readonly WatchedChange[]; readonly first: ReadonlyMap<string, State> } {
  const first = new Map(start.states);
  const moves = new Map<string, NotedMove>();
  for (const [key, own] of byResource(notes.filter(({ ref }) => kinds.has(ref.kind)))) {
    const state = start.states.get(key);
    const accepted = baseline?.states.get(key);
    const ref = own[0]?.ref;
    if (ref === undefined) continue;
    const told = movesOf(own, { state, accepted, isOld: start.isOld });
    // Of two notes of one reading the first tells what moved.
    for (const move of told.moves.toReversed()) moves.set(moveKey(ref, move), move);
    const then = stateFrom(told.first, { ref, state });
    if (then === undefined) first.delete(key);
    else first.set(key, then);
  }
  const seen = [...reconciled.explained, ...reconciled.unexplained];
  const changes = seen.flatMap((one): WatchedChange[] => {
    const move = moves.get(moveKey(one.ref, one));
    return move === undefined ? [] : [changeOf(one, move)];
  });
  return { changes: [...changes, ...attemptsIn(notes, kinds)], first };
}

function moveKey(ref: ResourceRef, { path, readAt }: Pick<NotedMove, 'path' | 'readAt'>): string {
  return `${printSelection({ ref, path })} ${readAt}`;
}

function byResource(notes: readonly ChangeNote[]): ReadonlyMap<string, readonly ChangeNote[]> {
  const all = new Map<string, ChangeNote[]>();
  for (const note of notes.toSorted((a, b) => compareText(a.readAt, b.readAt) || compareText(a.at, b.at))) {
    const key = printRef(note.ref);
    const own = all.get(key);
    if (own === undefined) all.set(key, [note]);
    else own.push(note);
  }
  return all;
}

/** The state with what was known of each path; undefined where the resource was not there. */
function stateFrom(
  { [EXISTS]: exists, ...watched }: Readonly<Record<string, JsonReading>>,
  { ref, state }: { readonly ref: ResourceRef; readonly state: State | undefined },
): State | undefined {
  if (exists?.status === 'absent') return undefined;
  return { ...(state ?? nothingRead(ref, '')), watched };
}

function changeOf(one: ExplainedChange | UnexplainedChange, { before, after, since }: NotedMove): WatchedChange {
  const { ref, path, says, readAt } = one;
  return {
    id: changeId(printSelection({ ref, path }), readAt),
    ref,
    path,
    before,
    after,
    says,
    ...calledBy('by' in one ? one.by : [], { readAt, since }),
  };
}

/** Attempts that failed, on each resource that they name. */
function attemptsIn(notes: readonly ChangeNote[], kinds: Sources['kinds']): readonly WatchedChange[] {
  const attempts = notes.flatMap(({ ref, values }) =>
    values?.event?.error === undefined ? [] : [{ ref, event: values.event }],
  );
  return attempts.map(({ ref, event }) => attemptOf(event, { ref, kind: kinds.get(ref.kind) }));
}

/** What the service could not read when it was asked to. */
function blindNotes(notes: readonly ChangeNote[], { from, to }: Period): readonly BlindSpot[] {
  const blind = notes.filter(({ status, readAt }) => status === 'not known' && readAt >= from && readAt < to);
  return blind.map(({ ref, readAt }) => ({
    where: printRef(ref),
    says: `some of it could not be read at ${readAt}: what it was then is not known`,
    matters: true,
    ref,
  }));
}

/** Why nobody is known who made a change. */
function unexplainedSpots({ unexplained }: Reconciliation, within: readonly WatchedChange[]): readonly BlindSpot[] {
  const ids = new Set(within.map(({ id }) => id));
  return unexplained
    .filter(({ ref, path, readAt }) => ids.has(changeId(printSelection({ ref, path }), readAt)))
    .map(({ ref, path, why }) => ({
      where: printSelection({ ref, path }),
      says: `no call is known that made it so: ${why.map(({ says }) => says).join('; ')}`,
      matters: false,
      ref,
    }));
}

function moved(time: string, by: number): string {
  return new Date(Date.parse(time) + by).toISOString();
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
