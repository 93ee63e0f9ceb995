import { bestKnown } from './accepted-state.ts';
import type { Baseline } from './baseline.ts';
import { leftOut, unknownIn, type Unknown } from './blast-unknown.ts';
import type { Proposal } from './proposal.ts';
import { gravestOf, type Breakage, type Change, type Drift, type Exposure } from './change.ts';
import type { ComparableKind } from './comparison.ts';
import { contextIn, type Consequence } from './consequences.ts';
import { indexDistributions, reachText } from './cloudfront/origins.ts';
import { departureFrom } from './drift.ts';
import { EXISTS } from './declaration.ts';
import type { Application } from './evidence/applications.ts';
import { summaryOf, type EvidenceSummary } from './evidence/summary.ts';
import type { EvidenceRead } from './evidence/uses.ts';
import { verdictsOn, worsens, type FlipVerdict, type FlipWord } from './evidence/verdicts.ts';
import { isJsonObject } from './json.ts';
import { ABSENT, present, type JsonReading } from './reading.ts';
import { printRef, type ResourceRef } from './reference.ts';
import { refusedSettings, type RefusedSetting } from './refused-settings.ts';
import { compareScans, ownerIn } from './report.ts';
import type { Flip } from './s3/access-change.ts';
import { waysAround } from './ways-around.ts';
import type { Scan } from './scan.ts';
import { refOf, type Observation, type State } from './state.ts';

/** What would flip if the settings were as proposed: what is printed, and what `--json` prints. */
export interface BlastRadius {
  readonly version: 1;
  /** 1 something would be refused or useless, 2 that could not be computed, 0 neither (design.md §5). */
  readonly exitCode: 0 | 1 | 2;
  readonly account: string;
  /** What it was computed from. */
  readonly scan: Pick<Scan, 'id' | 'startedAt' | 'finishedAt' | 'regions'>;
  readonly proposed: readonly Pick<Proposal, 'ref' | 'setting' | 'before' | 'after'>[];
  /** What of it AWS itself would refuse to set: the rest is computed as if it were set. */
  readonly refused: readonly RefusedSetting[];
  readonly exposure: Exposure;
  readonly breakage: Breakage;
  /** Everyone would be let in somewhere who is not. */
  readonly opensToWorld: boolean;
  readonly counts: {
    /** Resources on which something flips, or is lost of which no row of the table tells. */
    readonly affected: number;
    readonly notAffected: number;
    /** Those of the affected on which something would be refused or useless. */
    readonly broken: number;
    readonly opened: number;
    readonly unknown: number;
    /** Of the broken, by the gravest word of each: seen in use; in the logs, and not seen so; not in the logs. */
    readonly willBreak: number;
    readonly couldBreak: number;
    readonly notLogged: number;
  };
  /** What the changed resources themselves would meet. */
  readonly drifts: readonly Drift[];
  /** What that does to those below them. */
  readonly consequences: readonly Consequence[];
  readonly unknown: readonly Unknown[];
  /** Who owns what is affected, by printed reference, as far as a tag says so. */
  readonly owners: Readonly<Record<string, string>>;
  /** What the logs say of each operation that would be refused or useless: what is sure to break first. */
  readonly verdicts: readonly FlipVerdict[];
  /** Distributions that come to a bucket by a door that would be shut, or may be. */
  readonly distributions: readonly DistributionHit[];
  readonly evidence: EvidenceSummary;
  /** Gentler ways to what is wanted, as far as any is known. Plumbline goes none of them. */
  readonly ways: readonly string[];
}

/** A distribution that would be refused at a bucket, in one sentence without a full stop. */
export interface DistributionHit {
  readonly bucket: ResourceRef;
  readonly distribution: ResourceRef;
  readonly says: string;
}

export interface BlastRadiusRequest {
  readonly scan: Scan;
  readonly proposals: readonly Proposal[];
  /** What was accepted: it may know an ACL that S3 hides now. */
  readonly baseline: Baseline | undefined;
  readonly kinds: ReadonlyMap<string, ComparableKind>;
  readonly ownerTags: readonly string[];
  /** Logs of use, where any were read. */
  readonly evidence?: EvidenceRead | undefined;
  readonly applications?: readonly Application[];
  /** What of the proposal itself is not understood. */
  readonly unknown?: readonly Unknown[];
}

/** Computes what would flip, by the rules by which two snapshots are compared: as it is, and as it would be. Pure. */
export function blastRadiusOf(request: BlastRadiusRequest): BlastRadius {
  const { scan, proposals, baseline, kinds, ownerTags, evidence, applications = [] } = request;
  const now: Scan = { ...scan, observations: scan.observations.map((seen) => asBestKnown(seen, { baseline, kinds })) };
  const proposedScan = withProposed(now, proposals);
  const compared = compareScans(now, proposedScan);
  const departure = departureFrom(compared.baseline, compared.scan, kinds);
  const { drifts, consequences } = departure;
  const affected = affectedBy(drifts, consequences);
  const unknown = [
    ...(request.unknown ?? []),
    ...unknownIn({ proposals, drifts, consequences, kinds, notCompared: departure.notCompared }),
    ...leftOut(consequences, { scan, baseline }),
  ];
  const broken = affected.filter(({ flips, loses }) => loses || flips.some((flip) => worsens(flip) === 'yes'));
  const states = new Map(now.observations.map((seen) => [printRef(refOf(seen)), seen]));
  const verdicts = verdictsOn({
    on: affected.map(({ ref, flips }) => {
      const seen = states.get(printRef(ref));
      return { ref, flips, before: seen?.seen === 'state' ? seen.state : undefined };
    }),
    context: contextIn(now, kinds),
    evidence: evidence?.evidence,
    kinds,
    applications,
  });
  const opened = affected.filter(({ opensToWorld }) => opensToWorld);
  const { id, account, startedAt, finishedAt, regions } = scan;
  return {
    version: 1,
    exitCode: broken.length > 0 ? 1 : unknown.length > 0 ? 2 : 0,
    account,
    scan: { id, startedAt, finishedAt, regions },
    proposed: proposals.map(shownOf),
    refused: refusedSettings(proposals, { now, proposed: proposedScan, kinds }),
    ...(unknown.length > 0 && affected.length === 0
      ? ({ exposure: 'unknown', breakage: 'unknown' } as const)
      : gravestOf(drifts.flatMap(({ changes }) => changes))),
    opensToWorld: opened.length > 0,
    counts: {
      affected: affected.length,
      notAffected: consequences.reduce((sum, { notAffected }) => sum + notAffected, 0),
      broken: broken.length,
      opened: opened.length,
      unknown: unknown.length,
      ...countsOf(broken, verdicts),
    },
    drifts,
    consequences,
    unknown,
    owners: ownersOf(affected, { scan, ownerTags }),
    verdicts,
    distributions: distributionsHit(affected, now),
    evidence: summaryOf(evidence),
    ways: waysAround({ drifts, verdicts, notAffected: consequences.reduce((sum, one) => sum + one.notAffected, 0) }),
  };
}

/** Of a setting that is one member of its path, that member alone. */
function shownOf({ ref, path, setting, before, after }: Proposal): BlastRadius['proposed'][number] {
  const member = setting.slice(path.length + 1);
  return { ref, setting, before: memberOf(before, member), after: memberOf(after, member) };
}

function memberOf(reading: JsonReading, member: string): JsonReading {
  if (member === '' || reading.status !== 'present' || !isJsonObject(reading.value)) return reading;
  const value = reading.value[member];
  return value === undefined ? ABSENT : present(value);
}

interface KnownBetter {
  readonly baseline: Baseline | undefined;
  readonly kinds: BlastRadiusRequest['kinds'];
}

function asBestKnown(seen: Observation, { baseline, kinds }: KnownBetter): Observation {
  if (seen.seen !== 'state') return seen;
  const accepted = baseline?.states.get(printRef(seen.state.ref))?.state;
  const kind = kinds.get(seen.state.ref.kind);
  return accepted && kind ? { seen: 'state', state: bestKnown(seen.state, accepted, kind) } : seen;
}

/** The scan as it would be. What could not be read stays so: nothing is known of what stands beside the proposed setting. */
function withProposed(scan: Scan, proposals: readonly Proposal[]): Scan {
  const byRef = new Map<string, Proposal[]>();
  for (const one of proposals) byRef.set(printRef(one.ref), [...(byRef.get(printRef(one.ref)) ?? []), one]);
  const observations = scan.observations.map((seen): Observation => {
    const own = byRef.get(printRef(refOf(seen)));
    if (own?.some(({ path, after }) => path === EXISTS && after.status === 'absent') === true)
      return { seen: 'gone', ref: refOf(seen), takenAt: scan.finishedAt, code: 'Proposed' };
    return seen.seen !== 'state' || own === undefined
      ? seen
      : { seen: 'state', state: own.reduce(proposed, seen.state) };
  });
  return { ...scan, observations };
}

function proposed(state: State, { path, after, carried }: Proposal): State {
  const kept = Object.entries({ ...state.carried, ...carried }).filter(([, value]) => value !== null);
  return { ...state, watched: { ...state.watched, [path]: after }, carried: Object.fromEntries(kept) };
}

interface Affected {
  readonly ref: ResourceRef;
  readonly flips: readonly Flip[];
  readonly opensToWorld: boolean;
  /** It is taken away itself, or somebody is no longer let in, whether a row of the table tells so or not. */
  readonly loses: boolean;
}

/** Every resource on which something flips or is lost, each once. */
function affectedBy(drifts: readonly Drift[], consequences: readonly Consequence[]): readonly Affected[] {
  const causes = new Set(consequences.map(({ cause }) => printRef(cause)));
  const all: Affected[] = [
    ...drifts.map(({ ref, changes }) => ({
      ref,
      // What a change of the level above does to those below stands with its consequences.
      flips: changes.flatMap(({ flips = [] }) => flips),
      opensToWorld: changes.some((change) => isOfItsOwn(change) && change.opensToWorld === true),
      loses: !causes.has(printRef(ref)) && changes.some(isLoss),
    })),
    ...consequences.flatMap(({ affected }) =>
      affected.flatMap(({ resources, flips, opensToWorld }) =>
        resources.map((ref): Affected => ({ ref, flips, opensToWorld, loses: false })),
      ),
    ),
  ];
  const byRef = new Map<string, Affected>();
  for (const one of all) {
    if (one.flips.length === 0 && !one.opensToWorld && !one.loses) continue;
    const before = byRef.get(printRef(one.ref));
    byRef.set(printRef(one.ref), {
      ref: one.ref,
      // One that is told of two changes is one.
      flips: eachOnce([...(before?.flips ?? []), ...one.flips]),
      opensToWorld: one.opensToWorld || before?.opensToWorld === true,
      loses: one.loses || before?.loses === true,
    });
  }
  return [...byRef.values()];
}

function eachOnce(flips: readonly Flip[]): readonly Flip[] {
  return [...new Map(flips.map((flip) => [flip.row, flip])).values()];
}

/** It breaks or may break somebody, though not which request: as with a row that only the next deployment meets, that counts. */
function isLoss({ breakage }: Change): boolean {
  return breakage === 'breaks' || breakage === 'may-break';
}

function isOfItsOwn({ flips = [] }: Change): boolean {
  return flips.length > 0;
}

/** Each broken resource once, by the gravest word that anything on it has. */
function countsOf(
  broken: readonly Affected[],
  verdicts: readonly FlipVerdict[],
): Pick<BlastRadius['counts'], 'willBreak' | 'couldBreak' | 'notLogged'> {
  const words = new Map<string, FlipWord>();
  for (const { word, refs, reason } of verdicts) {
    if (reason === 'not-computed') continue;
    // The gravest come first.
    for (const ref of refs) if (!words.has(printRef(ref))) words.set(printRef(ref), word);
  }
  const count = (wanted: FlipWord): number =>
    broken.filter(({ ref }) => (words.get(printRef(ref)) ?? 'unknown') === wanted).length;
  return { willBreak: count('will-break'), couldBreak: count('could-break'), notLogged: count('unknown') };
}

/** Whoever reads through a distribution is refused where that is refused, and knows neither the bucket nor the account. */
function distributionsHit(affected: readonly Affected[], { observations }: Scan): readonly DistributionHit[] {
  const states = observations.flatMap((seen) => (seen.seen === 'state' ? [seen.state] : []));
  const { byBucket } = indexDistributions(states);
  return affected.flatMap(({ ref, flips }) => {
    const rows = new Set(flips.filter((flip) => worsens(flip) !== 'no').map(({ row }) => row));
    const hit = (byBucket.get(ref.id) ?? []).filter((reach) => reach.rows.some((row) => rows.has(row)));
    return hit.map((reach) => ({ bucket: ref, distribution: reach.ref, says: reachText(reach) }));
  });
}

function ownersOf(
  affected: readonly Affected[],
  { scan, ownerTags }: Pick<BlastRadiusRequest, 'scan' | 'ownerTags'>,
): Readonly<Record<string, string>> {
  const wanted = new Set(affected.map(({ ref }) => printRef(ref)));
  const owners = scan.observations.flatMap((seen): [string, string][] => {
    if (seen.seen !== 'state' || !wanted.has(printRef(seen.state.ref))) return [];
    const owner = ownerIn(seen.state, ownerTags);
    return owner === undefined ? [] : [[printRef(seen.state.ref), owner]];
  });
  return Object.fromEntries(owners);
}
