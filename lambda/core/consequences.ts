import { bestKnown } from './accepted-state.ts';
import { isCovered, type Baseline } from './baseline.ts';
import { byAxes, type Change, type Drift } from './change.ts';
import type { ComparableKind } from './comparison.ts';
import { rootOf } from './declaration.ts';
import { canonicalJson, isJsonObject } from './json.ts';
import type { Context, Contexts, Judgement } from './judge.ts';
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
  /** Resources that would be open to everyone if what moved were put back as it was, everything else as it is now. */
  readonly opensIfTakenBack: readonly ResourceRef[];
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
  const accepted = request.baseline.states.get(printRef(ref))?.state;
  return consequencesUnder({ ref, before: accepted, request });
}

interface Move {
  readonly ref: ResourceRef;
  /** What moved, as it was. */
  readonly before: State | undefined;
  readonly request: ConsequenceRequest;
}

function consequencesUnder({ ref, before: was, request }: Move): readonly Consequence[] {
  const { scan, baseline, kinds } = request;
  const dependents = [...kinds.values()].flatMap((kind) =>
    kind.declaration.context.includes(ref.kind) && kind.judge?.underContext !== undefined
      ? [{ kind, judgeOne: kind.judge.underContext }]
      : [],
  );
  if (dependents.length === 0) return [];
  const after = contextIn(scan, kinds);
  const contexts: Contexts = { before: { ...after, [ref.kind]: was }, after };
  return dependents.map(({ kind, judgeOne }): Consequence => {
    const { declaration } = kind;
    // What is gone has nothing left to lose, and what was created since had nothing.
    const seen = scan.observations.filter((observation) => {
      const one = refOf(observation);
      if (one.kind !== declaration.id || observation.seen === 'gone') return false;
      return baseline.states.has(printRef(one)) || !isCovered(baseline, one);
    });
    const results = seen.map((observation) =>
      resultOf(observation, (state) => {
        const known = baseline.states.get(printRef(state.ref))?.state;
        const now = known ? bestKnown(state, known, kind) : state;
        const isRead =
          known !== undefined && Object.values(known.watched).some(({ status }) => status !== 'unreadable');
        return {
          judgement: judgeOne({ before: isRead ? known : undefined, after: now }, contexts),
          // The way back, everything else as it is now.
          back: judgeOne({ before: undefined, after: now }, { before: contexts.after, after: contexts.before }),
        };
      }),
    );
    const incomplete = scan.listings
      .filter((listing) => listing.kind === declaration.id && !listing.complete)
      .map(({ region }) => region);
    return { cause: ref, of: declaration.id, takenAt: oldestOf(seen, scan), incomplete, ...sorted(results) };
  });
}

/** The drift with what its consequences do together, on each of its changes what that change does by itself. */
export function withConsequences(
  drift: Drift,
  consequences: readonly Consequence[],
  request: ConsequenceRequest,
): Drift {
  if (consequences.length === 0) return drift;
  const [only, ...more] = drift.changes;
  const changes =
    only !== undefined && more.length === 0
      ? [{ ...only, ...effectTogether(consequences) }]
      : drift.changes.map((change): Change => ({
          ...change,
          ...effectTogether(consequencesOfChange(drift, change, request)),
        }));
  return { ...drift, changes };
}

/** What one of several members that moved does: everything as it is now, and that one as it was. */
function consequencesOfChange(
  { ref }: Drift,
  { path, before }: Change,
  request: ConsequenceRequest,
): readonly Consequence[] {
  const now = contextIn(request.scan, request.kinds)[ref.kind];
  const root = rootOf(path);
  const reading = now?.watched[root];
  if (now === undefined || reading?.status !== 'present' || !isJsonObject(reading.value))
    return consequencesOf({ ref } as Drift, request);
  const member = path.slice(root.length + 1);
  const { [member]: _moved, ...others } = reading.value;
  const value = before.status === 'present' ? { ...others, [member]: before.value } : others;
  const was = { ...now, watched: { ...now.watched, [root]: { status: 'present' as const, value } } };
  return consequencesUnder({ ref, before: was, request });
}

function effectTogether(consequences: readonly Consequence[]): Effect {
  return joined(
    consequences.flatMap(({ affected, unknown, incomplete }): Effect[] => [
      ...affected,
      ...(unknown.length + incomplete.length > 0 ? [NOT_KNOWN] : []),
    ]),
  );
}

const NOT_KNOWN: Effect = { exposure: 'unknown', breakage: 'unknown', opensToWorld: false };

interface Judged {
  readonly judgement: Judgement;
  readonly back: Judgement;
}

type Result = { readonly opensIfTakenBack?: ResourceRef } & (
  | { readonly is: 'affected'; readonly ref: ResourceRef; readonly judgement: Judgement }
  | { readonly is: 'not-affected' }
  | { readonly is: 'unknown'; readonly ref: ResourceRef; readonly why: string }
);

function resultOf(observation: Observation, judgeOne: (state: State) => Judged): Result {
  const ref = refOf(observation);
  if (observation.seen !== 'state') {
    return { is: 'unknown', ref, why: `nothing of it could be read (${observation.code})` };
  }
  const { judgement, back } = judgeOne(observation.state);
  const opens = back.opensToWorld ? { opensIfTakenBack: ref } : {};
  if (isDefinite(judgement)) return { is: 'affected', ref, judgement, ...opens };
  const doubt = judgement.flips
    .flatMap(({ before, after }) => [after, before])
    .find(({ outcome }) => outcome === 'unknown');
  if (doubt?.outcome === 'unknown') return { is: 'unknown', ref, why: doubt.why, ...opens };
  return judgement.flips.length === 0 ? { is: 'not-affected', ...opens } : { is: 'affected', ref, judgement, ...opens };
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

function sorted(
  results: readonly Result[],
): Pick<Consequence, 'affected' | 'notAffected' | 'unknown' | 'opensIfTakenBack'> {
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
        b.resources.length - a.resources.length ||
        b.flips.length - a.flips.length,
    ),
    opensIfTakenBack: results.flatMap(({ opensIfTakenBack }) => opensIfTakenBack ?? []),
    notAffected: results.filter(({ is }) => is === 'not-affected').length,
    unknown: results.flatMap((result) => (result.is === 'unknown' ? [{ ref: result.ref, why: result.why }] : [])),
  };
}
