import { bestKnown } from './accepted-state.ts';
import { isAnythingAccepted, isCovered, type Baseline } from './baseline.ts';
import type { Change, Drift } from './change.ts';
import {
  consequencesOf,
  contextIn,
  withConsequences,
  type Consequence,
  type ConsequenceRequest,
} from './consequences.ts';
import { EXISTS, type KindDeclaration } from './declaration.ts';
import { textOf } from './json.ts';
import { compareStates, createdChange, deletedChange, type ComparableKind } from './comparison.ts';
import type { Context, JudgeRequest } from './judge.ts';
import type { JsonReading } from './reading.ts';
import { printRef, type ResourceRef } from './reference.ts';
import { relativesIn, type Relatives } from './relatives.ts';
import { isListed, type Scan } from './scan.ts';
import { refOf, type Observation, type State } from './state.ts';

/** Something that could not be read, of a resource or as a whole, or a listing that was cut short (`ref` undefined). */
export interface Blind {
  readonly ref?: ResourceRef;
  readonly path?: string;
  readonly code: string;
  readonly says: string;
  /** What AWS answered, where it answered something that cannot be used. */
  readonly text?: string;
}

/** What comparing a scan with the baseline gives. */
export interface Departure {
  readonly drifts: readonly Drift[];
  /** What drifts of a level above do to what is below it. */
  readonly consequences: readonly Consequence[];
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
  const departure = ownDepartureFrom(baseline, scan, { kinds, relatives: relativesIn(scan, kinds) });
  return { ...departure, ...withWhatFollows(departure.drifts, { scan, baseline, kinds }) };
}

export interface Knowing {
  readonly kinds: ReadonlyMap<string, ComparableKind>;
  readonly relatives: Relatives;
}

/** The same without what drifts of a level above do to what is below it: a look at a few resources does not know that. */
export function ownDepartureFrom(baseline: Baseline, scan: Scan, { kinds, relatives }: Knowing): Departure {
  const departure = {
    drifts: [] as Drift[],
    consequences: [] as Consequence[],
    unreadable: blindListings(scan),
    resourcesNotYetAccepted: [] as ResourceRef[],
    pathsNotYetAccepted: [] as { ref: ResourceRef; path: string }[],
    notCompared: [] as { ref: ResourceRef; path: string; because: string }[],
    notLookedAt: [] as ResourceRef[],
  };
  const seen = new Set<string>();
  const contexts = { before: acceptedContext(baseline, kinds), after: contextIn(scan, kinds) };

  for (const observation of scan.observations) {
    const ref = refOf(observation);
    const key = printRef(ref);
    seen.add(key);
    const kind = kinds.get(ref.kind);
    const accepted = baseline.states.get(key);
    if (!kind) {
      departure.notCompared.push({ ref, path: EXISTS, because: 'this Plumbline does not know the kind' });
    } else if (observation.seen === 'unreadable') {
      departure.unreadable.push(blindWhole(observation, scan));
    } else if (observation.seen === 'gone') {
      if (!accepted || !isAnythingAccepted(accepted)) continue;
      if (mayBeSaidGone(scan, ref))
        departure.drifts.push({
          ...driftOf(observation, accepted.version.generation, {
            kind,
            changes: judgedBy(kind, [deletedChange(kind.declaration)], {
              before: accepted.state,
              after: undefined,
              contexts,
              relatives,
            }),
          }),
          holds: holdsOf(accepted.state),
        });
      else
        departure.unreadable.push({
          ref,
          code: observation.code,
          says: 'it answers that it is gone, but the listing was not complete, so its deletion is not told yet',
        });
    } else if (!accepted) {
      if (isCovered(baseline, ref))
        departure.drifts.push({
          ...driftOf(observation, 0, {
            kind,
            changes: judgedBy(kind, [createdChange(kind.declaration)], {
              before: undefined,
              after: observation.state,
              contexts,
              relatives,
            }),
          }),
          holds: holdsOf(observation.state),
        });
      else departure.resourcesNotYetAccepted.push(ref);
      departure.unreadable.push(...blindPaths(observation.state, kind.declaration));
    } else {
      const comparison = compareStates(kind, accepted.state, observation.state);
      if (comparison.changes.length > 0) {
        const after = bestKnown(observation.state, accepted.state, kind);
        const changes = judgedBy(kind, comparison.changes, { before: accepted.state, after, contexts, relatives });
        departure.drifts.push(driftOf(observation, accepted.version.generation, { changes, kind }));
      }
      departure.unreadable.push(...blindPaths(observation.state, kind.declaration));
      departure.pathsNotYetAccepted.push(...comparison.notYetAccepted.map((path) => ({ ref, path })));
      departure.notCompared.push(...comparison.notCompared.map((entry) => ({ ref, ...entry })));
    }
  }
  for (const [key, { state }] of baseline.states) if (!seen.has(key)) departure.notLookedAt.push(state.ref);
  return departure;
}

/** What kinds' meaning depends on, as it was accepted. */
function acceptedContext(baseline: Baseline, kinds: ReadonlyMap<string, ComparableKind>): Context {
  const wanted = new Set([...kinds.values()].flatMap(({ declaration }) => declaration.context));
  return Object.fromEntries(
    [...baseline.states.values()].flatMap(({ state }) => (wanted.has(state.ref.kind) ? [[state.ref.kind, state]] : [])),
  );
}

function judgedBy({ judge }: ComparableKind, changes: readonly Change[], request: JudgeRequest): readonly Change[] {
  return judge ? judge.changes(changes, request) : changes;
}

function withWhatFollows(
  drifts: readonly Drift[],
  request: ConsequenceRequest,
): Pick<Departure, 'drifts' | 'consequences'> {
  const followed = drifts.map((drift) => ({ drift, consequences: consequencesOf(drift, request) }));
  return {
    drifts: followed.map(({ drift, consequences }) => withConsequences(drift, consequences, request)),
    consequences: followed.flatMap(({ consequences }) => consequences),
  };
}

/** What a scan could not see, with no baseline to compare with. */
export function blindSpots(scan: Scan, kinds: ReadonlyMap<string, ComparableKind>): readonly Blind[] {
  return [
    ...blindListings(scan),
    ...scan.observations.flatMap((observation) => {
      switch (observation.seen) {
        case 'state':
          return blindPaths(observation.state, kinds.get(observation.state.ref.kind)?.declaration);
        case 'unreadable':
          return [blindWhole(observation, scan)];
        case 'gone':
          return [];
      }
    }),
  ];
}

function holdsOf({ watched }: State): { readonly [path: string]: JsonReading } {
  return Object.fromEntries(Object.entries(watched).filter(([, reading]) => reading.status === 'present'));
}

/** "Deleted" is said only when the listing was complete and the thing itself answers that it is gone. */
export function mayBeSaidGone(scan: Pick<Scan, 'listings'>, ref: ResourceRef): boolean {
  return isListed(scan, ref.kind, ref.region);
}

function blindWhole({ ref, code, unlisted }: Extract<Observation, { seen: 'unreadable' }>, scan: Scan): Blind {
  const says =
    unlisted === true && mayBeSaidGone(scan, ref)
      ? 'no list names it any more, and it refuses us: it may be gone and its name taken by somebody else; accepting it by name takes it out'
      : 'nothing of it could be read';
  return { ref, code, says };
}

function driftOf(
  observation: Observation,
  baseline: number,
  { changes, kind }: { readonly changes: Drift['changes']; readonly kind: ComparableKind },
): Drift {
  const { above } = kind.declaration;
  const takenAt = observation.seen === 'state' ? observation.state.takenAt : observation.takenAt;
  const over = above === undefined ? {} : { over: above.kinds };
  return { ref: refOf(observation), baseline, episode: FIRST_EPISODE, changes, takenAt, causes: [], ...over };
}

function blindListings(scan: Scan): Blind[] {
  return scan.listings
    .filter((listing) => !listing.complete)
    .map(({ kind, region, code = 'Unknown' }) => ({
      code,
      says: `the list of ${kind} in ${region} is not complete: what is missing in it counts as neither created nor deleted`,
    }));
}

function blindPaths({ ref, watched, carried }: State, declaration?: KindDeclaration): Blind[] {
  const blind: Blind[] = [];
  for (const path of Object.keys(watched)) {
    const reading = watched[path];
    if (reading?.status !== 'unreadable') continue;
    const text = textOf(carried[declaration?.paths[path]?.writtenIn ?? '']);
    const says = text === undefined ? 'could not be read' : 'what AWS answered cannot be used';
    blind.push({ ref, path, code: reading.code, says, ...(text === undefined ? {} : { text }) });
  }
  return blind;
}
