import type { Baseline } from '#core/baseline.ts';
import type { Drift } from '#core/change.ts';
import type { ToolContract } from '#core/contract.ts';
import { EXISTS, rootOf } from '#core/declaration.ts';
import { ownDepartureFrom, type Departure } from '#core/drift.ts';
import { PlumblineError } from '#core/errors.ts';
import type { CloudTrailEvent } from '#core/event.ts';
import {
  reconcile,
  type CallEvidence,
  type ChangeSeen,
  type KnownCall,
  type Reconciliation,
} from '#core/reconciliation.ts';
import { relativesIn } from '#core/relatives.ts';
import { printRef, type ResourceRef } from '#core/reference.ts';
import { compareScans } from '#core/report.ts';
import type { Scan } from '#core/scan.ts';
import { refOf, type Observation } from '#core/state.ts';
import { entryFrom, type About, type TimelineEntry, type TimelineFilter } from '#core/timeline.ts';
import type { Looked } from '#core/unexplained.ts';
import type { Kind } from '#kinds/kind.ts';
import type { Period } from './change-notes.ts';
import { causeBy, evidenceOf } from './event-evidence.ts';

export interface SnapshotPair {
  readonly before: Scan;
  readonly after: Scan;
}

export interface SnapshotCalls {
  /** What the timeline tells of them: who took their sessions. */
  readonly entries: readonly TimelineEntry[];
  /** Each once; those on nothing that is watched are passed over. */
  readonly events: readonly CloudTrailEvent[];
  readonly looked: Looked;
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly contracts: readonly ToolContract[];
  readonly now: Date;
  readonly filter?: Omit<TimelineFilter, 'since' | 'until'>;
}

/** From the second in which the first snapshot began, to the end of the second one. */
export function periodBetween({ before, after }: SnapshotPair): Period {
  const to = new Date(Date.parse(after.finishedAt) + 1).toISOString();
  return { from: `${before.startedAt.slice(0, 19)}.000Z`, to };
}

/** What differs between two snapshots beside what was called between them. Pure. Throws INPUT_INVALID for two that cannot be compared. */
export function reconcileSnapshots(pair: SnapshotPair, calls: SnapshotCalls): SnapshotsCompared {
  const period = periodBetween(pair);
  if (period.from >= period.to || pair.before.finishedAt > pair.after.finishedAt) throw turned(pair);
  const { baseline, scan } = compareScans(pair.before, pair.after);
  const departure = ownDepartureFrom(baseline, scan, {
    kinds: calls.kinds,
    relatives: relativesIn(scan, calls.kinds),
  });
  const seen = new Map(scan.observations.map((one) => [printRef(refOf(one)), one]));
  const chains = new Map(calls.entries.map(({ event, chainText }) => [event, chainText]));
  const compared: Compared = { baseline, departure, seen, chains, ...calls };
  const reconciliation = reconcile({
    period,
    now: calls.now.toISOString(),
    changes: departure.drifts.flatMap((drift) =>
      changesOf(drift, baseline.states.get(printRef(drift.ref))?.state.takenAt ?? period.from),
    ),
    calls: calls.events.flatMap((event) => callFrom(event, compared)),
    looked: calls.looked,
    ...(calls.filter === undefined ? {} : { filter: calls.filter }),
  });
  return { reconciliation, notCompared: notComparedIn(departure) };
}

/** What of the two can be compared, and how much cannot. */
export interface SnapshotsCompared {
  readonly reconciliation: Reconciliation;
  /** Resources and settings that one of the two does not know. */
  readonly notCompared: number;
}

function notComparedIn(departure: Departure): number {
  const { unreadable, resourcesNotYetAccepted, pathsNotYetAccepted, notLookedAt } = departure;
  return unreadable.length + resourcesNotYetAccepted.length + pathsNotYetAccepted.length + notLookedAt.length;
}

function turned({ before, after }: SnapshotPair): PlumblineError {
  return new PlumblineError(
    'INPUT_INVALID',
    `the first snapshot is of ${before.finishedAt}, the second of ${after.finishedAt}: give the older one first`,
  );
}

function changesOf({ ref, changes, takenAt }: Drift, since: string): readonly ChangeSeen[] {
  const roots = [...new Set(changes.map(({ path }) => rootOf(path)))];
  return roots.map((path) => {
    const own = changes.filter((change) => rootOf(change.path) === path);
    const isGone = path === EXISTS && own.some(({ after }) => after.status === 'absent');
    const change = { ref, path, says: own.map(({ says }) => says).join('; '), at: takenAt, readAt: takenAt, since };
    return isGone ? { ...change, isGone } : change;
  });
}

interface Compared extends SnapshotCalls {
  readonly baseline: Baseline;
  readonly departure: Departure;
  /** What the second snapshot saw, by reference. */
  readonly seen: ReadonlyMap<string, Observation>;
  /** Who took the session, by event. */
  readonly chains: ReadonlyMap<string, string | undefined>;
}

function callFrom(event: CloudTrailEvent, compared: Compared): readonly KnownCall[] {
  const entry = entryFrom(
    event,
    [...compared.kinds.values()].map(({ declaration }) => declaration),
  );
  if (entry === undefined) return [];
  const { certainty: _certainty, reasons: _reasons, ...word } = causeBy(event, { certainty: 'unknown', reasons: [] });
  const chain = compared.chains.get(entry.event);
  const cause = chain === undefined ? word : { ...word, chain };
  const on = entry.about.flatMap((about) => refsOf(about, compared)).map((ref) => evidenceFor(event, ref, compared));
  return [{ cause, on, ...(entry.error === undefined ? {} : { error: entry.error.code }) }];
}

/** Of a call that does not say on what it was, anything that changed there may be. */
function refsOf(about: About, { departure }: Compared): readonly ResourceRef[] {
  if ('ref' in about) return [about.ref];
  const { account, kind, region } = about.anyOf;
  return departure.drifts
    .map(({ ref }) => ref)
    .filter((ref) => ref.account === account && ref.kind === kind && ref.region === region);
}

function evidenceFor(event: CloudTrailEvent, ref: ResourceRef, compared: Compared): CallEvidence {
  const key = printRef(ref);
  const seen = compared.seen.get(key);
  const kind = compared.kinds.get(ref.kind);
  if (seen === undefined || kind === undefined)
    return { ref, shows: 'not-told', notCompared: 'the second snapshot has not looked at it' };
  const evidence = evidenceOf(event, { kind, seen, contracts: compared.contracts });
  const readAt = seen.seen === 'state' ? seen.state.takenAt : seen.takenAt;
  const notCompared = whyNotCompared(event, { ...compared, ref, readAt, moves: evidence.moves ?? EXISTS });
  return { ...evidence, ref, readAt, ...(notCompared === undefined ? {} : { notCompared }) };
}

interface Comparing extends Compared {
  readonly ref: ResourceRef;
  readonly readAt: string;
  readonly moves: string;
}

function whyNotCompared(
  event: CloudTrailEvent,
  { ref, readAt, moves, baseline, departure }: Comparing,
): string | undefined {
  const key = printRef(ref);
  const isOwn = (one: { readonly ref: ResourceRef; readonly path?: string }): boolean =>
    printRef(one.ref) === key && (one.path === undefined || rootOf(one.path) === moves);
  const before = baseline.states.get(key)?.state.takenAt;
  if (event.at > readAt) return 'it was called after the second snapshot had read this';
  if (before !== undefined && event.at < before.slice(0, 19))
    return 'it was called before the first snapshot read this';
  const isNotKnown =
    departure.resourcesNotYetAccepted.some((one) => isOwn({ ref: one })) || departure.pathsNotYetAccepted.some(isOwn);
  if (isNotKnown) return 'the first snapshot does not know what it was';
  const because = departure.notCompared.find(isOwn)?.because;
  return because === undefined ? undefined : `it could not be compared (${because})`;
}
