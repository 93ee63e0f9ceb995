import { bestKnown } from './accepted-state.ts';
import type { Baseline } from './baseline.ts';
import { byAxes, type Change, type Drift } from './change.ts';
import type { ComparableKind } from './comparison.ts';
import { canonicalJson } from './json.ts';
import type { Context, Judgement } from './judge.ts';
import { printRef, type ResourceRef } from './reference.ts';
import type { Scan } from './scan.ts';
import { joined, type Effect, type Flip } from './s3/access-change.ts';
import { refOf, type Observation, type State } from './state.ts';

/** What one change of a level above does to everything below it, computed from the last snapshot with the old and the new value. */
export interface Consequence {
  /** What moved. */
  readonly cause: ResourceRef;
  /** The kind of what it moves. */
  readonly of: string;
  /** When the oldest state that it was computed from was read. */
  readonly takenAt: string;
  /** Alike ones together, the gravest first. */
  readonly affected: readonly AffectedGroup[];
  readonly notAffected: number;
  /** Resources of which it cannot be told. */
  readonly unknown: readonly { readonly ref: ResourceRef; readonly why: string }[];
  /** Regions whose list was not complete: there may be more. */
  readonly incomplete: readonly string[];
}

export interface AffectedGroup extends Effect {
  readonly flips: readonly Flip[];
  readonly resources: readonly ResourceRef[];
}

export interface ConsequenceRequest {
  readonly scan: Scan;
  readonly baseline: Baseline;
  readonly kinds: ReadonlyMap<string, ComparableKind>;
}

/** The states that other kinds' meaning depends on, as they were read now. */
export function contextIn(scan: Scan, kinds: ReadonlyMap<string, ComparableKind>): Context {
  const wanted = new Set([...kinds.values()].flatMap(({ declaration }) => declaration.context));
  return Object.fromEntries(
    scan.observations.flatMap((seen) =>
      seen.seen === 'state' && wanted.has(seen.state.ref.kind) ? [[seen.state.ref.kind, seen.state]] : [],
    ),
  );
}

/** What a drift of a kind that others depend on does to those others; nothing for any other drift. */
export function consequencesOf({ ref }: Drift, request: ConsequenceRequest): readonly Consequence[] {
  const { scan, baseline, kinds } = request;
  const dependents = [...kinds.values()].flatMap((kind) =>
    kind.declaration.context.includes(ref.kind) && kind.judge?.underContext !== undefined
      ? [{ kind, judgeOne: kind.judge.underContext }]
      : [],
  );
  if (dependents.length === 0) return [];
  const accepted = baseline.states.get(printRef(ref))?.state;
  const after = contextIn(scan, kinds);
  const before = { ...after, [ref.kind]: accepted };
  return dependents.map(({ kind, judgeOne }): Consequence => {
    const { declaration } = kind;
    // What is gone has nothing left to lose.
    const seen = scan.observations.filter(
      (observation) => observation.seen !== 'gone' && refOf(observation).kind === declaration.id,
    );
    const results = seen.map((observation) =>
      resultOf(observation, (state) => {
        const known = baseline.states.get(printRef(state.ref));
        return judgeOne(known ? bestKnown(state, known.state, kind) : state, { before, after });
      }),
    );
    const incomplete = scan.listings
      .filter((listing) => listing.kind === declaration.id && !listing.complete)
      .map(({ region }) => region);
    return { cause: ref, of: declaration.id, takenAt: oldestOf(seen, scan), incomplete, ...sorted(results) };
  });
}

/** The drift with what its consequences do together, on each of its changes. */
export function withConsequences(drift: Drift, consequences: readonly Consequence[]): Drift {
  if (consequences.length === 0) return drift;
  const effect = joined(
    consequences.flatMap(({ affected, unknown, incomplete }): Effect[] => [
      ...affected,
      ...(unknown.length + incomplete.length > 0 ? [NOT_KNOWN] : []),
    ]),
  );
  return { ...drift, changes: drift.changes.map((change): Change => ({ ...change, ...effect })) };
}

const NOT_KNOWN: Effect = { exposure: 'unknown', breakage: 'unknown', opensToWorld: false };

type Result =
  | { readonly is: 'affected'; readonly ref: ResourceRef; readonly judgement: Judgement }
  | { readonly is: 'not-affected' }
  | { readonly is: 'unknown'; readonly ref: ResourceRef; readonly why: string };

function resultOf(observation: Observation, judgeOne: (state: State) => Judgement): Result {
  const ref = refOf(observation);
  if (observation.seen !== 'state') {
    return { is: 'unknown', ref, why: `nothing of it could be read (${observation.code})` };
  }
  const judgement = judgeOne(observation.state);
  if (isDefinite(judgement)) return { is: 'affected', ref, judgement };
  const doubt = judgement.flips
    .flatMap(({ before, after }) => [after, before])
    .find(({ outcome }) => outcome === 'unknown');
  if (doubt?.outcome === 'unknown') return { is: 'unknown', ref, why: doubt.why };
  return judgement.flips.length === 0 ? { is: 'not-affected' } : { is: 'affected', ref, judgement };
}

/** Something is sure to move, whatever else is not known. */
function isDefinite({ exposure, breakage, flips }: Judgement): boolean {
  return flips.length > 0 && breakage !== 'unknown' && (exposure !== 'unknown' || breakage !== 'none');
}

function oldestOf(observations: readonly Observation[], scan: Scan): string {
  return observations.reduce((oldest, seen) => {
    const takenAt = seen.seen === 'state' ? seen.state.takenAt : seen.takenAt;
    return takenAt < oldest ? takenAt : oldest;
  }, scan.finishedAt);
}

function sorted(results: readonly Result[]): Pick<Consequence, 'affected' | 'notAffected' | 'unknown'> {
  const groups = new Map<string, { judgement: Judgement; resources: ResourceRef[] }>();
  for (const result of results) {
    if (result.is !== 'affected') continue;
    const { flips } = result.judgement;
    const key = canonicalJson(
      flips.map(({ row, before, after, isHere }) => [row, before.outcome, after.outcome, isHere]),
    );
    const group = groups.get(key);
    if (group) group.resources.push(result.ref);
    else groups.set(key, { judgement: result.judgement, resources: [result.ref] });
  }
  const affected = [...groups.values()].map(({ judgement, resources }): AffectedGroup => {
    const { exposure, breakage, opensToWorld, flips } = judgement;
    return { exposure, breakage, opensToWorld, flips, resources };
  });
  return {
    affected: affected.sort(
      (a, b) =>
        Number(b.opensToWorld) - Number(a.opensToWorld) ||
        byAxes(a, b) ||
        b.flips.length - a.flips.length ||
        b.resources.length - a.resources.length,
    ),
    notAffected: results.filter(({ is }) => is === 'not-affected').length,
    unknown: results.flatMap((result) => (result.is === 'unknown' ? [{ ref: result.ref, why: result.why }] : [])),
  };
}
