import { bestKnown } from './accepted-state.ts';
import type { Baseline } from './baseline.ts';
import { gravestOf, type Breakage, type Change, type Drift, type Exposure } from './change.ts';
import type { ComparableKind } from './comparison.ts';
import type { Consequence } from './consequences.ts';
import { departureFrom } from './drift.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import { ABSENT, present, type JsonReading } from './reading.ts';
import { printRef, printSelection, type ResourceRef } from './reference.ts';
import { compareScans, ownerIn } from './report.ts';
import type { Flip } from './s3/access-change.ts';
import type { Scan } from './scan.ts';
import { refOf, type Observation, type State } from './state.ts';

/** One setting that somebody thinks of changing. */
export interface Proposal {
  readonly ref: ResourceRef;
  /** The path that it is in: `policy`, `publicAccessBlock`. */
  readonly path: string;
  /** `publicAccessBlock.BlockPublicAcls`: the path, with the member if only that is set. */
  readonly setting: string;
  readonly before: JsonReading;
  readonly after: JsonReading;
  /** Carried members that go with the new value; one that is null goes away. */
  readonly carried: JsonObject;
}

/** What would flip if the settings were as proposed: what is printed, and what `--json` prints. */
export interface BlastRadius {
  readonly version: 1;
  /** 1 something would be refused or useless, 2 that could not be computed, 0 neither (design.md §5). */
  readonly exitCode: 0 | 1 | 2;
  readonly account: string;
  /** What it was computed from. */
  readonly scan: Pick<Scan, 'id' | 'startedAt' | 'finishedAt' | 'regions'>;
  readonly proposed: readonly Pick<Proposal, 'ref' | 'setting' | 'before' | 'after'>[];
  readonly exposure: Exposure;
  readonly breakage: Breakage;
  /** Everyone would be let in somewhere who is not. */
  readonly opensToWorld: boolean;
  readonly counts: {
    /** Resources on which something flips. */
    readonly affected: number;
    readonly notAffected: number;
    /** Those of the affected on which something would be refused or useless. */
    readonly broken: number;
    readonly opened: number;
    readonly unknown: number;
  };
  /** What the changed resources themselves would meet. */
  readonly drifts: readonly Drift[];
  /** What that does to those below them. */
  readonly consequences: readonly Consequence[];
  readonly unknown: readonly Unknown[];
  /** Who owns what is affected, by printed reference, as far as a tag says so. */
  readonly owners: Readonly<Record<string, string>>;
  readonly evidence: { readonly looked: false; readonly says: string };
}

/** What could not be computed, and why. Without a `ref`: of a whole list. */
export interface Unknown {
  readonly ref?: ResourceRef;
  readonly why: string;
}

export interface BlastRadiusRequest {
  readonly scan: Scan;
  readonly proposals: readonly Proposal[];
  /** What was accepted: it may know an ACL that S3 hides now. */
  readonly baseline: Baseline | undefined;
  readonly kinds: ReadonlyMap<string, ComparableKind>;
  readonly ownerTags: readonly string[];
}

const NO_EVIDENCE = 'No evidence of use was looked at: no evidence is never no impact.';

/** Computes what would flip, by the rules by which two snapshots are compared: as it is, and as it would be. Pure. */
export function blastRadiusOf({ scan, proposals, baseline, kinds, ownerTags }: BlastRadiusRequest): BlastRadius {
  const now: Scan = { ...scan, observations: scan.observations.map((seen) => asBestKnown(seen, { baseline, kinds })) };
  const compared = compareScans(now, withProposed(now, proposals));
  const departure = departureFrom(compared.baseline, compared.scan, kinds);
  const { drifts, consequences } = departure;
  const affected = affectedBy(drifts, consequences);
  const unknown = [
    ...unknownIn({ proposals, drifts, consequences, kinds, notCompared: departure.notCompared }),
    ...leftOut(consequences, { scan, baseline }),
  ];
  const broken = affected.filter(({ flips }) => flips.some((flip) => worsens(flip) === 'yes'));
  const opened = affected.filter(({ opensToWorld }) => opensToWorld);
  const { id, account, startedAt, finishedAt, regions } = scan;
  return {
    version: 1,
    exitCode: broken.length > 0 ? 1 : unknown.length > 0 ? 2 : 0,
    account,
    scan: { id, startedAt, finishedAt, regions },
    proposed: proposals.map(shownOf),
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
    },
    drifts,
    consequences,
    unknown,
    owners: ownersOf(affected, { scan, ownerTags }),
    evidence: { looked: false, says: NO_EVIDENCE },
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
}

/** Every resource on which something flips, each once. */
function affectedBy(drifts: readonly Drift[], consequences: readonly Consequence[]): readonly Affected[] {
  const all: Affected[] = [
    ...drifts.map(({ ref, changes }) => ({
      ref,
      // What a change of the level above does to those below stands with its consequences.
      flips: changes.flatMap(({ flips = [] }) => flips),
      opensToWorld: changes.some((change) => isOfItsOwn(change) && change.opensToWorld === true),
    })),
    ...consequences.flatMap(({ affected }) =>
      affected.flatMap(({ resources, flips, opensToWorld }) =>
        resources.map((ref): Affected => ({ ref, flips, opensToWorld })),
      ),
    ),
  ];
  const byRef = new Map<string, Affected>();
  for (const one of all) {
    if (one.flips.length === 0 && !one.opensToWorld) continue;
    const before = byRef.get(printRef(one.ref));
    byRef.set(printRef(one.ref), {
      ref: one.ref,
      flips: [...(before?.flips ?? []), ...one.flips],
      opensToWorld: one.opensToWorld || before?.opensToWorld === true,
    });
  }
  return [...byRef.values()];
}

function isOfItsOwn({ flips = [] }: Change): boolean {
  return flips.length > 0;
}

/** How well an operation works: refused; accepted without any effect; as it should. */
const WORKS = { denied: 0, 'silently-useless': 1, allowed: 2 } as const;

/** Would the operation be refused or useless that is not so now? `perhaps`: one of the two sides is not known, and it may. */
function worsens({ before: { outcome: was }, after: { outcome: is } }: Flip): 'yes' | 'no' | 'perhaps' {
  if (was === 'unknown') return is === 'allowed' ? 'no' : 'perhaps';
  if (is === 'unknown') return was === 'denied' ? 'no' : 'perhaps';
  return WORKS[is] < WORKS[was] ? 'yes' : 'no';
}

interface Doubt extends Pick<BlastRadiusRequest, 'proposals' | 'kinds'> {
  readonly drifts: readonly Drift[];
  readonly consequences: readonly Consequence[];
  readonly notCompared: readonly { readonly ref: ResourceRef; readonly path: string; readonly because: string }[];
}

/** What the answer leaves open. Whatever is only better by what is not known leaves nothing open. */
function unknownIn({ proposals, drifts, consequences, kinds, notCompared }: Doubt): readonly Unknown[] {
  const wanted = new Map(proposals.map((one) => [printSelection({ ref: one.ref, path: one.path }), one]));
  const perhaps = (flips: readonly Flip[]): string | undefined =>
    flips
      .filter((flip) => worsens(flip) === 'perhaps')
      .flatMap(({ before, after }) => [after, before])
      .flatMap((side) => (side.outcome === 'unknown' ? [side.why] : []))[0];
  const all: Unknown[] = [
    ...proposals.flatMap(({ ref, setting, before }) =>
      before.status === 'unreadable' ? [{ ref, why: `${setting} could not be read (${before.code})` }] : [],
    ),
    ...notCompared.flatMap(({ ref, path, because }) =>
      wanted.has(printSelection({ ref, path })) ? [{ ref, why: because }] : [],
    ),
    ...drifts.flatMap(({ ref, changes }) =>
      changes.flatMap((change): Unknown[] => {
        const why = perhaps(change.flips ?? []) ?? unjudged(change, { kind: kinds.get(ref.kind), consequences });
        return why === undefined ? [] : [{ ref, why }];
      }),
    ),
    ...consequences.flatMap(({ of, affected, unknown, incomplete }): readonly Unknown[] => [
      ...unknown,
      ...affected.flatMap(({ flips, resources }) => {
        const why = perhaps(flips);
        return why === undefined ? [] : resources.map((ref) => ({ ref, why }));
      }),
      ...incomplete.map((region) => ({
        why: `the list of ${of} was not complete in ${region}: there may be more`,
      })),
    ]),
  ];
  const byText = new Map(all.map((one) => [`${one.ref === undefined ? '' : printRef(one.ref)} ${one.why}`, one]));
  return [...byText.values()];
}

/** Below what moves, whatever is accepted and was not looked at may be hit as well. */
function leftOut(
  consequences: readonly Consequence[],
  { scan, baseline }: Pick<BlastRadiusRequest, 'scan' | 'baseline'>,
): readonly Unknown[] {
  const below = new Set(consequences.map(({ of }) => of));
  const isLookedAt = (kind: string, region: string): boolean =>
    scan.listings.some((listing) => listing.kind === kind && listing.region === region);
  return (baseline?.covers ?? []).flatMap(({ kind, region }) =>
    below.has(kind) && !isLookedAt(kind, region)
      ? [{ why: `the scan left out ${kind} in ${region}, which is accepted: there may be more` }]
      : [],
  );
}

/** A change of which nobody can say what it does: its kind has no judge, or the judge could not tell. */
function unjudged(
  { exposure, breakage, flips = [] }: Change,
  { kind, consequences }: { readonly kind: ComparableKind | undefined; readonly consequences: readonly Consequence[] },
): string | undefined {
  // What is not known of the level above is told of those below it.
  if (consequences.length > 0 && flips.length === 0 && kind?.judge !== undefined) return undefined;
  if (exposure !== 'unknown' && breakage !== 'unknown') return undefined;
  if (flips.length > 0) return undefined;
  const title = kind?.declaration.title ?? 'resource of an unknown kind';
  return kind?.judge === undefined
    ? `what a change of a ${title} does depends on what uses it, which is not read`
    : `what this change of the ${title} does could not be computed`;
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
