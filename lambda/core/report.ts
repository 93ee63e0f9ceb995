import type { Acceptance, Baseline } from './baseline.ts';
import type { CheckDeclaration } from './declaration.ts';
import type { Drift, Finding } from './change.ts';
import { blindSpots, departureFrom, type Blind, type Departure } from './drift.ts';
import type { ComparableKind } from './comparison.ts';
import { contextIn } from './consequences.ts';
import type { Disagreement } from './judge.ts';
import { groupDrifts } from './grouping.ts';
import { PlumblineError } from './errors.ts';
import { isJsonObject, textOf } from './json.ts';
import type { JsonReading } from './reading.ts';
import { printRef, type ResourceRef } from './reference.ts';
import { isListed, type Caveat, type Scan } from './scan.ts';
import { nothingRead, refOf, type Observation, type State } from './state.ts';

/** An action item of a postmortem, with the link that leads to it. */
export interface ActionItem {
  readonly id: string;
  readonly title: string;
  readonly link: string;
}

/** What every renderer shows, and what `--json` prints. */
export interface Report {
  readonly version: 1;
  readonly exitCode: 0 | 1 | 2;
  readonly account: string;
  readonly scan: {
    readonly id: string;
    readonly startedAt: string;
    readonly finishedAt: string;
    readonly regions: readonly string[];
  };
  /** null: nobody accepted anything in this account yet. */
  readonly baseline: Acceptance | null;
  readonly counts: {
    readonly resources: Readonly<Record<string, number>>;
    /** Of each kind, how many resources have each path in each status. */
    readonly readings: Readonly<Record<string, Readonly<Record<string, StatusCounts>>>>;
    readonly findings: number;
    readonly drifts: number;
    readonly unreadable: number;
    readonly resourcesNotYetAccepted: number;
    readonly pathsNotYetAccepted: number;
    readonly notCompared: number;
    readonly notLookedAt: number;
  };
  readonly findings: readonly Finding[];
  readonly unreadable: readonly Blind[];
  readonly resourcesNotYetAccepted: readonly ResourceRef[];
  readonly pathsNotYetAccepted: Departure['pathsNotYetAccepted'];
  readonly notCompared: Departure['notCompared'];
  readonly notLookedAt: readonly ResourceRef[];
  readonly caveats: readonly Caveat[];
  /** Where AWS's own verdict differs from ours. AWS is believed, and no exit code moves. */
  readonly disagreements: readonly Disagreement[];
  /** Who owns what drifted, by printed reference, as far as a tag says so. */
  readonly owners: Readonly<Record<string, string>>;
  /** The checks that the findings belong to. */
  readonly checks: readonly CheckDeclaration[];
  /** The action items that those checks exist for, as far as the settings know them. */
  readonly actionItems: readonly ActionItem[];
  /** With `--all`: every state that was read. */
  readonly states?: readonly State[];
}

export type StatusCounts = Readonly<Record<JsonReading['status'], number>>;

export interface ReportInput {
  readonly scan: Scan;
  readonly baseline: Baseline | undefined;
  readonly kinds: ReadonlyMap<string, ComparableKind>;
  readonly actionItems: readonly ActionItem[];
  /** Tags that name an owner; the first that a resource bears counts. */
  readonly ownerTags: readonly string[];
  readonly withStates: boolean;
}

/** Everything there is to say of one scan. Pure. */
export function reportOn({ scan, baseline, kinds, actionItems, ownerTags, withStates }: ReportInput): Report {
  const departure = baseline ? departureFrom(baseline, scan, kinds) : nothingAccepted(scan, kinds);
  const findings = groupDrifts(departure.drifts, departure.consequences);
  const checks = checksOf(findings, kinds);
  const wanted = new Set(checks.flatMap((check) => check.actionItems));
  const states = scan.observations.flatMap((observation) => (observation.seen === 'state' ? [observation.state] : []));
  return {
    version: 1,
    exitCode: findings.length > 0 ? 1 : departure.unreadable.length > 0 || !baseline ? 2 : 0,
    account: scan.account,
    scan: { id: scan.id, startedAt: scan.startedAt, finishedAt: scan.finishedAt, regions: scan.regions },
    baseline: baseline?.accepted ?? null,
    counts: {
      resources: countByKind(states, kinds),
      readings: countReadings(states, kinds),
      findings: findings.length,
      drifts: departure.drifts.length,
      unreadable: departure.unreadable.length,
      resourcesNotYetAccepted: departure.resourcesNotYetAccepted.length,
      pathsNotYetAccepted: departure.pathsNotYetAccepted.length,
      notCompared: departure.notCompared.length,
      notLookedAt: departure.notLookedAt.length,
    },
    findings,
    unreadable: departure.unreadable,
    resourcesNotYetAccepted: departure.resourcesNotYetAccepted,
    pathsNotYetAccepted: departure.pathsNotYetAccepted,
    notCompared: departure.notCompared,
    notLookedAt: departure.notLookedAt,
    caveats: scan.caveats,
    disagreements: disagreementsIn(scan, kinds),
    owners: ownersOf(departure.drifts, { states, baseline, ownerTags }),
    checks,
    actionItems: actionItems.filter((item) => wanted.has(item.id)),
    ...(withStates ? { states } : {}),
  };
}

function nothingAccepted(scan: Scan, kinds: ReportInput['kinds']): Departure {
  const seen = scan.observations.flatMap((observation) =>
    observation.seen === 'state' ? [observation.state.ref] : [],
  );
  return {
    drifts: [],
    consequences: [],
    unreadable: blindSpots(scan, kinds),
    resourcesNotYetAccepted: seen,
    pathsNotYetAccepted: [],
    notCompared: [],
    notLookedAt: [],
  };
}

function disagreementsIn(scan: Scan, kinds: ReportInput['kinds']): readonly Disagreement[] {
  const context = contextIn(scan, kinds);
  return scan.observations.flatMap((seen) => {
    const judge = seen.seen === 'state' ? kinds.get(seen.state.ref.kind)?.judge : undefined;
    const found = seen.seen === 'state' ? judge?.disagreement?.(seen.state, context) : undefined;
    return found === undefined ? [] : [found];
  });
}

function checksOf(
  findings: readonly Finding[],
  kinds: ReadonlyMap<string, ComparableKind>,
): readonly CheckDeclaration[] {
  const ids = new Set(
    findings.flatMap((finding) => finding.drifts.flatMap((drift) => drift.changes.map((change) => change.check))),
  );
  return [...kinds.values()].flatMap((kind) => kind.declaration.checks).filter((check) => ids.has(check.id));
}

function countByKind(states: readonly State[], kinds: ReadonlyMap<string, ComparableKind>): Record<string, number> {
  return Object.fromEntries(
    [...kinds.keys()].map((id) => [id, states.filter((state) => state.ref.kind === id).length]),
  );
}

function countReadings(
  states: readonly State[],
  kinds: ReportInput['kinds'],
): Record<string, Record<string, StatusCounts>> {
  return Object.fromEntries(
    [...kinds].map(([id, { declaration }]) => {
      const own = states.filter((state) => state.ref.kind === id);
      return [id, Object.fromEntries(Object.keys(declaration.paths).map((path) => [path, countStatuses(own, path)]))];
    }),
  );
}

function countStatuses(states: readonly State[], path: string): StatusCounts {
  const counts = { present: 0, absent: 0, skipped: 0, unreadable: 0 };
  for (const { watched } of states) {
    const status = watched[path]?.status;
    if (status !== undefined) counts[status] += 1;
  }
  return counts;
}

interface OwnerSources {
  readonly states: readonly State[];
  readonly baseline: Baseline | undefined;
  readonly ownerTags: readonly string[];
}

function ownersOf(drifts: readonly Drift[], { states, baseline, ownerTags }: OwnerSources): Record<string, string> {
  const drifted = new Set(drifts.map(({ ref }) => printRef(ref)));
  const accepted = [...drifted].flatMap((key) => baseline?.states.get(key)?.state ?? []);
  const owners = [...accepted, ...states].flatMap((state): [string, string][] => {
    const key = printRef(state.ref);
    const owner = drifted.has(key) ? ownerIn(state, ownerTags) : undefined;
    return owner === undefined ? [] : [[key, owner]];
  });
  return Object.fromEntries(owners);
}

/** Who owns a resource, as far as one of the tags says so. */
export function ownerIn({ carried }: State, ownerTags: readonly string[]): string | undefined {
  const tags = carried['tags'];
  if (!isJsonObject(tags)) return undefined;
  return ownerTags.map((tag) => textOf(tags[tag])).find((owner) => owner !== undefined && owner !== '');
}

/**
 * Takes one scan for the accepted state of another, so that two snapshots are compared by the same rules. What the first has and
 * a complete listing of the second has not counts as gone; what the first could not read is not yet accepted, never created.
 * Throws INPUT_INVALID for scans of two accounts.
 */
export function compareScans(before: Scan, after: Scan): { readonly baseline: Baseline; readonly scan: Scan } {
  if (before.account !== after.account) {
    throw new PlumblineError(
      'INPUT_INVALID',
      `the first snapshot is of account ${before.account}, the second of ${after.account}: give two of one account`,
    );
  }
  const accepted: Acceptance = {
    generation: 0,
    at: before.finishedAt,
    by: `snapshot ${before.id}`,
    reason: 'the first of the two snapshots',
  };
  const states = before.observations.flatMap((seen) => {
    if (seen.seen === 'state') return [seen.state];
    return seen.seen === 'unreadable' ? [nothingRead(seen.ref, seen.takenAt)] : [];
  });
  const listed = new Set(after.observations.map((seen) => printRef(refOf(seen))));
  const byKey = new Map(states.map((state) => [printRef(state.ref), { state, version: accepted }]));
  const gone: Observation[] = [];
  for (const [key, { state }] of byKey)
    if (!listed.has(key) && isListed(after, state.ref.kind, state.ref.region))
      gone.push({ seen: 'gone', ref: state.ref, takenAt: after.finishedAt, code: 'NotListed' });
  const covers = before.listings
    .filter((listing) => listing.complete)
    .map(({ kind, region, shape }) => ({ kind, region, shape }));
  return {
    baseline: {
      account: before.account,
      accepted,
      covers,
      states: byKey,
    },
    scan: { ...after, observations: [...after.observations, ...gone] },
  };
}
