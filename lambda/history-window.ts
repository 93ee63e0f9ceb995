import { EXISTS } from '#core/declaration.ts';
import type { CloudTrailEvent } from '#core/event.ts';
import { ABSENT, present, unreadable, type JsonReading } from '#core/reading.ts';
import { printRef, printSelection, type ResourceRef } from '#core/reference.ts';
import { nothingRead, type State } from '#core/state.ts';
import type { BlindSpot } from '#core/symptom/document.ts';
import type { WatchedChange } from '#core/symptom/watched-change.ts';
import type { Kind } from '#kinds/kind.ts';
import type { Period } from './change-notes.ts';
import { isShown } from './event-evidence.ts';
import { NOT_KNOWN } from './noted-values.ts';
import { refsOf } from './snapshot-window.ts';
import { attemptOf, byTime, changeId, statesAfter, unknownSpots, type WatchedWindow } from './watched-window.ts';

export interface HistoryWindowRequest extends Period {
  readonly account: string;
  readonly kinds: ReadonlyMap<string, Kind>;
  /** Each once; from `from`, or from when the kept states were read, up to when the others were. */
  readonly events: readonly CloudTrailEvent[];
  readonly records: number;
  readonly regions: number;
  /** What of the history could not be asked. */
  readonly problems: readonly { readonly where: string; readonly says: string }[];
  /** As they are read now, by printed reference: what failed and what its meaning depends on. */
  readonly now: ReadonlyMap<string, State>;
  readonly readAt: string;
  /** As they were before all of the events, from a kept snapshot. */
  readonly kept: ReadonlyMap<string, State>;
}

/**
 * What CloudTrail's own history tells of a window, over what is read now: each change with what its event set, and before that with what the
 * event before it set, or with what a kept snapshot saw. What neither tells is not known. Pure.
 */
export function windowFromHistory(request: HistoryWindowRequest): WatchedWindow {
  const { account, from, to, events, kinds, now, kept, readAt, records, regions } = request;
  const settings = settingsIn(events, kinds);
  const moves = settings.map((one) => movesOf(one, { now, kept, kinds }));
  const changes = [
    ...moves.flatMap((one) => one.changes),
    ...events
      .filter(({ error }) => error !== undefined)
      .flatMap((event) => refsOf(event, kinds).map((ref) => attemptOf(event, { ref, kind: kinds.get(ref.kind) }))),
  ];
  const first = new Map(now);
  for (const { ref, path, before } of moves) {
    const key = printRef(ref);
    const state = first.get(key) ?? nothingRead(ref, readAt);
    if (path !== EXISTS) first.set(key, { ...state, watched: { ...state.watched, [path]: before } });
    else if (before.status === 'absent') first.delete(key);
    else first.set(key, state);
  }
  const within = changes.filter(({ at }) => at >= from && at <= to);
  const earlier = changes.filter(({ at }) => at < from);
  return {
    account,
    from,
    to,
    lookedAt: { in: 'history', regions, records, readAt },
    changes: within.toSorted(byTime),
    states: statesAfter(first, earlier),
    blind: [
      ...request.problems.map(({ where, says }) => ({ where, says, matters: true })),
      ...blindNow(now),
      ...moves.flatMap(({ ref, path, isOtherNow }) => (isOtherNow ? [otherNow(ref, path)] : [])),
      ...unknownSpots(within),
      {
        where: "CloudTrail's history",
        says: 'it has what was called in this account: what no call moved, such as an organisation’s policy, is taken as it is now',
        matters: false,
      },
    ],
  };
}

/** The calls on one path of one resource, the oldest first. */
interface Setting {
  readonly ref: ResourceRef;
  readonly path: string;
  readonly calls: readonly { readonly event: CloudTrailEvent; readonly set: JsonReading | undefined }[];
}

function settingsIn(events: readonly CloudTrailEvent[], kinds: ReadonlyMap<string, Kind>): readonly Setting[] {
  const all = new Map<string, { ref: ResourceRef; path: string; calls: Setting['calls'][number][] }>();
  const made = events.filter(({ error }) => error === undefined);
  for (const event of made.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)))
    for (const ref of refsOf(event, kinds)) {
      const value = kinds.get(ref.kind)?.eventValue?.(event);
      if (value === undefined) continue;
      const key = printSelection({ ref, path: value.path });
      const setting = all.get(key) ?? { ref, path: value.path, calls: [] };
      setting.calls.push({ event, set: value.reading });
      all.set(key, setting);
    }
  return [...all.values()];
}

interface SettingMoves extends Pick<Setting, 'ref' | 'path'> {
  /** Before the first call. */
  readonly before: JsonReading;
  readonly changes: readonly WatchedChange[];
  /** What is read now is not what the last call set. */
  readonly isOtherNow: boolean;
}

interface Readings extends Pick<HistoryWindowRequest, 'kinds'> {
  readonly now: ReadonlyMap<string, State>;
  readonly kept: ReadonlyMap<string, State>;
}

const notKnown = (): JsonReading => unreadable(NOT_KNOWN);

function movesOf({ ref, path, calls }: Setting, { now, kept, kinds }: Readings): SettingMoves {
  const key = printRef(ref);
  const last = calls.at(-1);
  const readNow = path === EXISTS ? undefined : now.get(key)?.watched[path];
  const first = path === EXISTS ? otherThan(calls[0]?.set) : (kept.get(key)?.watched[path] ?? notKnown());
  let before = first;
  const changes = calls.map((call) => {
    // What the last of them left is what is read now.
    const after = call.set ?? (call === last ? readNow : undefined) ?? notKnown();
    const change = changeOf(call.event, { ref, path, before, after });
    before = after;
    return change;
  });
  const [kind, state] = [kinds.get(ref.kind), now.get(key)];
  const isAsked = last !== undefined && kind !== undefined && state !== undefined;
  const isOtherNow = isAsked && isShown(last.event, kind, { seen: 'state', state }) === 'no';
  return { ref, path, before: first, changes, isOtherNow };
}

/** A bucket is made where there is none, and deleted where there is one. */
function otherThan(set: JsonReading | undefined): JsonReading {
  return set?.status === 'present' ? ABSENT : present(true);
}

function changeOf(
  event: CloudTrailEvent,
  move: Pick<WatchedChange, 'ref' | 'path' | 'before' | 'after'>,
): WatchedChange {
  return {
    id: changeId(printSelection(move), event.id),
    at: event.at,
    ...move,
    says: `set by ${event.name}`,
    call: event.name,
    who: event.actor.name,
  };
}

function otherNow(ref: ResourceRef, path: string): BlindSpot {
  const says =
    'what is read now is not what the last call set: it was moved by what is no call here, or not yet in force';
  return { where: printSelection({ ref, path }), says, matters: true, ref };
}

function blindNow(now: ReadonlyMap<string, State>): readonly BlindSpot[] {
  return [...now.values()].flatMap(({ ref, watched }) =>
    Object.entries(watched).flatMap(([path, reading]) =>
      reading.status === 'unreadable'
        ? [{ where: printSelection({ ref, path }), says: `could not be read (${reading.code})`, matters: true, ref }]
        : [],
    ),
  );
}
