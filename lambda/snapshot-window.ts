import { EXISTS } from '#core/declaration.ts';
import type { CloudTrailEvent } from '#core/event.ts';
import { ABSENT, present, unreadable, type JsonReading } from '#core/reading.ts';
import { printRef, printSelection, type ResourceRef } from '#core/reference.ts';
import type { Scan } from '#core/scan.ts';
import type { State } from '#core/state.ts';
import type { BlindSpot } from '#core/symptom/document.ts';
import type { WatchedChange } from '#core/symptom/watched-change.ts';
import { entryFrom } from '#core/timeline.ts';
import type { Kind } from '#kinds/kind.ts';
import { blindIn, statesIn } from './kept-states.ts';
import { NOT_KNOWN } from './noted-values.ts';
import { periodBetween, reconcileSnapshots, type SnapshotCalls, type SnapshotPair } from './snapshot-changes.ts';
import { attemptOf, byTime, calledBy, changeId, unknownSpots, type WatchedWindow } from './watched-window.ts';

export interface SnapshotWindowRequest extends SnapshotPair {
  readonly calls: SnapshotCalls;
  /** Files of a trail's logs that were read; none: no calls were looked at. */
  readonly logFiles: number | undefined;
  /** What of them could not be read. */
  readonly problems: readonly { readonly where: string; readonly says: string }[];
  /** When the failure was seen (ISO 8601, UTC). */
  readonly at: string;
}

/**
 * What differs between two snapshots, each change at the time of the call that explains it, else at some time between the two. Pure.
 * Throws INPUT_INVALID for two that cannot be compared.
 */
export function windowFromSnapshots(request: SnapshotWindowRequest): WatchedWindow {
  const { before, after, calls, logFiles, problems } = request;
  const { kinds } = calls;
  const { from, to } = periodBetween(request);
  const { reconciliation, notCompared } = reconcileSnapshots(request, calls);
  const states = statesIn(before, { baseline: undefined, kinds });
  const then = statesIn(after, { baseline: undefined, kinds });
  const seen = [...reconciliation.explained, ...reconciliation.unexplained];
  const changes = seen.map(({ ref, path, says, readAt, since, ...one }): WatchedChange => {
    const key = printRef(ref);
    return {
      id: changeId(printSelection({ ref, path }), readAt),
      ref,
      path,
      before: readingIn(states.get(key), path),
      after: readingIn(then.get(key), path),
      says,
      ...calledBy('by' in one ? one.by : [], { readAt, since }),
    };
  });
  return {
    account: before.account,
    from,
    to,
    lookedAt: {
      in: 'snapshots',
      before: before.startedAt,
      after: after.finishedAt,
      ...(logFiles === undefined ? {} : { logFiles }),
    },
    changes: [...changes, ...attemptsIn(calls.events, kinds)].toSorted(byTime),
    states,
    blind: [
      ...timeSpots(request),
      ...blindIn(before, kinds),
      ...blindIn(after, kinds),
      ...notComparedSpots(notCompared, after),
      ...problems.map(({ where, says }) => ({ where, says, matters: false })),
      ...unknownSpots(changes),
    ],
  };
}

function readingIn(state: State | undefined, path: string): JsonReading {
  if (path === EXISTS) return state === undefined ? ABSENT : present(true);
  return state?.watched[path] ?? unreadable(NOT_KNOWN);
}

function attemptsIn(events: readonly CloudTrailEvent[], kinds: ReadonlyMap<string, Kind>): readonly WatchedChange[] {
  return events
    .filter(({ error }) => error !== undefined)
    .flatMap((event) => refsOf(event, kinds).map((ref) => attemptOf(event, { ref, kind: kinds.get(ref.kind) })));
}

/** The resources that an event names. Pure. */
export function refsOf(event: CloudTrailEvent, kinds: ReadonlyMap<string, Kind>): readonly ResourceRef[] {
  const entry = entryFrom(
    event,
    [...kinds.values()].map(({ declaration }) => declaration),
  );
  return (entry?.about ?? []).flatMap((about) => ('ref' in about ? [about.ref] : []));
}

/** What of the time around the failure lies outside of the two, and how sure the times of changes are. */
function timeSpots({ before, after, at, logFiles }: SnapshotWindowRequest): readonly BlindSpot[] {
  const spot = (where: string, says: string, matters: boolean): BlindSpot => ({ where, says, matters });
  return [
    ...(at > after.finishedAt
      ? [spot('after the second snapshot', `what changed from ${after.finishedAt} to the failure is in neither`, true)]
      : []),
    ...(at < before.finishedAt
      ? [spot('before the first snapshot', `it is of ${before.finishedAt}, later than the failure`, true)]
      : []),
    ...(logFiles === undefined
      ? [
          spot(
            'calls',
            'none were looked at: each change was made at some time between the two snapshots; --trail-logs would tell when',
            false,
          ),
        ]
      : []),
  ];
}

function notComparedSpots(count: number, { finishedAt }: Scan): readonly BlindSpot[] {
  if (count === 0) return [];
  const says = `${count} of what is watched could not be compared with the first: "plumbline diff" of the two names it`;
  return [{ where: `the snapshot of ${finishedAt}`, says, matters: false }];
}
