import { isAnythingAccepted, isCovered, mayBeSaidGone, type Baseline } from './baseline.ts';
import type { Drift } from './change.ts';
import { compareStates, createdChange, deletedChange, type ComparableKind } from './comparison.ts';
import { printRef, type ResourceRef } from './reference.ts';
import type { Scan } from './scan.ts';
import { refOf, type Observation, type State } from './state.ts';

/** Something that could not be read, of a resource or as a whole, or a listing that was cut short (`ref` undefined). */
export interface Blind {
  readonly ref?: ResourceRef;
  readonly path?: string;
  readonly code: string;
  readonly says: string;
}

/** What comparing a scan with the baseline gives. */
export interface Departure {
  readonly drifts: readonly Drift[];
  readonly unreadable: readonly Blind[];
  /** Resources of kinds and regions that the baseline does not cover. */
  readonly resourcesNotYetAccepted: readonly ResourceRef[];
  /** Paths that the accepted state does not have. */
  readonly pathsNotYetAccepted: readonly { readonly ref: ResourceRef; readonly path: string }[];
  readonly notCompared: readonly { readonly ref: ResourceRef; readonly path: string; readonly because: string }[];
  /** Accepted resources in regions or kinds that this scan did not look at. */
  readonly notLookedAt: readonly ResourceRef[];
}

/** The first time that a resource departs from an accepted version; a store that keeps live state counts further ones. */
const FIRST_EPISODE = 1;

/**
 * Compares everything that a scan saw with what was accepted. Pure.
 * `kinds` are by id; an observation of a kind that is not there is a programming error.
 */
export function departureFrom(baseline: Baseline, scan: Scan, kinds: ReadonlyMap<string, ComparableKind>): Departure {
  const departure = {
    drifts: [] as Drift[],
    unreadable: blindListings(scan),
    resourcesNotYetAccepted: [] as ResourceRef[],
    pathsNotYetAccepted: [] as { ref: ResourceRef; path: string }[],
    notCompared: [] as { ref: ResourceRef; path: string; because: string }[],
    notLookedAt: [] as ResourceRef[],
  };
  const seen = new Set<string>();

  for (const observation of scan.observations) {
    const ref = refOf(observation);
    const key = printRef(ref);
    seen.add(key);
    const kind = kinds.get(ref.kind);
    const accepted = baseline.states.get(key);
    if (!kind) continue;
    if (observation.seen === 'unreadable') {
      departure.unreadable.push({ ref, code: observation.code, says: 'nothing of it could be read' });
    } else if (observation.seen === 'gone') {
      if (!accepted || !isAnythingAccepted(accepted)) continue;
      if (mayBeSaidGone(scan, ref))
        departure.drifts.push(driftOf(observation, accepted.version.generation, [deletedChange(kind.declaration)]));
      else
        departure.unreadable.push({
          ref,
          code: observation.code,
          says: 'it answers that it is gone, but the listing was not complete, so its deletion is not told yet',
        });
    } else if (!accepted) {
      if (isCovered(baseline, ref)) departure.drifts.push(driftOf(observation, 0, [createdChange(kind.declaration)]));
      else departure.resourcesNotYetAccepted.push(ref);
      departure.unreadable.push(...blindPaths(observation.state));
    } else {
      const comparison = compareStates(kind, accepted.state, observation.state);
      if (comparison.changes.length > 0)
        departure.drifts.push(driftOf(observation, accepted.version.generation, comparison.changes));
      departure.unreadable.push(...blindPaths(observation.state));
      departure.pathsNotYetAccepted.push(...comparison.notYetAccepted.map((path) => ({ ref, path })));
      departure.notCompared.push(...comparison.notCompared.map((entry) => ({ ref, ...entry })));
    }
  }
  for (const [key, { state }] of baseline.states) if (!seen.has(key)) departure.notLookedAt.push(state.ref);
  return departure;
}

/** What a scan could not see, with no baseline to compare with. */
export function blindSpots(scan: Scan): readonly Blind[] {
  return [
    ...blindListings(scan),
    ...scan.observations.flatMap((observation) => {
      switch (observation.seen) {
        case 'state':
          return blindPaths(observation.state);
        case 'unreadable':
          return [{ ref: observation.ref, code: observation.code, says: 'nothing of it could be read' }];
        case 'gone':
          return [];
      }
    }),
  ];
}

function driftOf(observation: Observation, baseline: number, changes: Drift['changes']): Drift {
  const takenAt = observation.seen === 'state' ? observation.state.takenAt : observation.takenAt;
  return { ref: refOf(observation), baseline, episode: FIRST_EPISODE, changes, takenAt, causes: [] };
}

function blindListings(scan: Scan): Blind[] {
  return scan.listings
    .filter((listing) => !listing.complete)
    .map(({ kind, region, code = 'Unknown' }) => ({
      code,
      says: `the list of ${kind} in ${region} is not complete: what is missing in it counts as neither created nor deleted`,
    }));
}

function blindPaths(state: State): Blind[] {
  return Object.entries(state.watched).flatMap(([path, reading]) =>
    reading.status === 'unreadable' ? [{ ref: state.ref, path, code: reading.code, says: 'could not be read' }] : [],
  );
}
