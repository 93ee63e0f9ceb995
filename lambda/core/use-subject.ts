import type { Change } from './change.ts';
import type { ComparableKind } from './comparison.ts';
import type { Consequence } from './consequences.ts';
import { EXISTS } from './declaration.ts';
import { digestOf } from './digest.ts';
import { textOfChanges, type DriftRecord } from './drift-record.ts';
import { keyOf } from './grouping.ts';
import type { FlipsOn } from './evidence/verdicts.ts';
import type { Context } from './judge.ts';
import { printRef, type ResourceRef } from './reference.ts';
import type { Flip } from './s3/access-change.ts';
import type { State } from './state.ts';
import { changesOfDrift, changesOfDrifts } from './symptom/drift-changes.ts';
import { marksOf as nearestMarks, SETTLING_MS, type WatchedChange } from './symptom/watched-change.ts';

/** What logs of use are asked about a finding. */
export interface UseSubject {
  /** What its departures refuse or make useless, a resource each. */
  readonly on: readonly FlipsOn[];
  /** What resources depended on, as it was accepted. */
  readonly context: Context;
  /** Its own changes, and all others that are open now and may be why a request is refused. */
  readonly changes: readonly WatchedChange[];
  /** Its own, by id. */
  readonly of: ReadonlySet<string>;
  /** When the first of its own was made (ISO 8601, UTC). */
  readonly since: string;
  /** Everything as it was accepted, by printed reference. */
  readonly states: ReadonlyMap<string, State>;
  /** What is asked about; undefined: whatever the logs have, since what it acts on is not known yet. */
  readonly resources: readonly ResourceRef[] | undefined;
}

export interface SubjectSources {
  /** The kind whose use is logged. */
  readonly kind: ComparableKind;
  /** The finding's records, each with what it does to what is below it. */
  readonly judged: readonly { readonly record: DriftRecord; readonly consequences: readonly Consequence[] }[];
  /** Every record that is open, of whatever finding. */
  readonly open: readonly DriftRecord[];
  readonly states: ReadonlyMap<string, State>;
}

type Logged = Pick<ComparableKind, 'declaration' | 'judge'>;

/** The kind whose use is in logs that the service reads: the one that tells by which door a request came. */
export function kindInLogs<K extends Logged>(kinds: readonly K[]): K | undefined {
  return kinds.find(({ judge }) => judge?.rowsOfUse !== undefined);
}

const MAY_BREAK: readonly Change['breakage'][] = ['breaks', 'may-break', 'unknown'];

/** Do logs of use tell who is hit by one of these: does it break something that they log, or may it? Pure. */
export function isUseAffected(records: readonly DriftRecord[], kinds: readonly Logged[]): boolean {
  const kind = kindInLogs(kinds);
  if (kind === undefined) return false;
  return records.some(
    ({ drift }) => isOfKind(drift.ref, kind) && drift.changes.some(({ breakage }) => MAY_BREAK.includes(breakage)),
  );
}

/** A digest of what each of these breaks, or may; none of one that breaks nothing. Pure. */
export function breakingDigestsOf(records: readonly DriftRecord[]): readonly string[] {
  return records.flatMap(({ drift }) => {
    const breaking = drift.changes.filter(({ breakage }) => MAY_BREAK.includes(breakage));
    return breaking.length === 0 ? [] : [digestOf(`${keyOf(drift)} ${textOfChanges(breaking)}`).slice(0, 12)];
  });
}

/** At more times than this counts are not cut: each is kept of each of thousands of uses. */
const MOST_MARKS = 32;

/**
 * The times at which counts are cut (milliseconds since 1970, sorted): its own first and last change, what is added to them, and, of the
 * others, those nearest to the first. Pure.
 */
export function marksOf(
  { changes, of, since }: Pick<UseSubject, 'changes' | 'of' | 'since'>,
  added: readonly string[] = [],
): readonly number[] {
  const own = changes.filter(({ id }) => of.has(id)).map(({ at }) => Date.parse(at));
  const first = Date.parse(since);
  const needed = [first, first + SETTLING_MS, Math.max(first, ...own), ...added.map((at) => Date.parse(at))];
  const nearest = nearestMarks(changes, since);
  return [...new Set([...needed, ...nearest])].slice(0, MOST_MARKS).sort((a, b) => a - b);
}

function isOfKind({ kind }: ResourceRef, { declaration }: Logged): boolean {
  return kind === declaration.id || declaration.context.includes(kind);
}

/** Puts together what logs are asked; undefined where nothing of the finding is in logs. Pure. */
export function useSubjectOf({ kind, judged, open, states }: SubjectSources): UseSubject | undefined {
  const own = judged.filter(({ record }) => isOfKind(record.drift.ref, kind));
  const ownChanges = own.flatMap(({ record }) => changesOfDrift(record, states.get(printRef(record.drift.ref))));
  const since = ownChanges.map(({ at }) => at).sort()[0];
  if (since === undefined) return undefined;
  const on = flipsOn({ kind, judged: own, states });
  const resources = resourcesOf({ kind, judged: own, on, fresh: freshBefore(since, { kind, judged: own, open }) });
  const asked = resources === undefined ? undefined : new Set(resources.map(printRef));
  const isBeside = ({ drift }: DriftRecord): boolean =>
    isOfKind(drift.ref, kind) &&
    (drift.ref.kind !== kind.declaration.id || asked === undefined || asked.has(printRef(drift.ref)));
  const records = [...own.map(({ record }) => record), ...open.filter(isBeside)];
  return {
    on,
    context: Object.fromEntries(
      [...states.values()].flatMap((state) =>
        kind.declaration.context.includes(state.ref.kind) ? [[state.ref.kind, state]] : [],
      ),
    ),
    changes: changesOfDrifts(records, states),
    of: new Set(ownChanges.map(({ id }) => id)),
    since,
    states,
    resources,
  };
}

type OwnSources = Pick<SubjectSources, 'kind' | 'judged'>;

/** Each resource once, with all that flips on it: by its own departure, and by that of what stands above it. */
function flipsOn({ kind, judged, states }: OwnSources & Pick<SubjectSources, 'states'>): readonly FlipsOn[] {
  const all = new Map<string, { readonly ref: ResourceRef; readonly flips: Map<string, Flip> }>();
  const add = (ref: ResourceRef, flips: readonly Flip[]): void => {
    const one = all.get(printRef(ref)) ?? { ref, flips: new Map<string, Flip>() };
    for (const flip of flips) if (!one.flips.has(flip.row)) one.flips.set(flip.row, flip);
    all.set(printRef(ref), one);
  };
  for (const { record, consequences } of judged) {
    const { ref, changes } = record.drift;
    if (ref.kind === kind.declaration.id)
      add(
        ref,
        changes.flatMap(({ flips = [] }) => flips),
      );
    for (const { affected } of consequences)
      for (const { resources, flips } of affected) for (const below of resources) add(below, flips);
  }
  return [...all].map(([key, { ref, flips }]) => ({ ref, flips: [...flips.values()], before: states.get(key) }));
}

/** What nobody has accepted yet, and was there when something changed above it: that acts on it too, and what that does nobody knows. */
function freshBefore(
  since: string,
  { kind, judged, open }: OwnSources & Pick<SubjectSources, 'open'>,
): readonly ResourceRef[] {
  if (judged.every(({ record }) => record.drift.ref.kind === kind.declaration.id)) return [];
  return open
    .filter(
      ({ drift, openedAt }) => drift.ref.kind === kind.declaration.id && openedAt <= since && isCreated(drift.changes),
    )
    .map(({ drift }) => drift.ref);
}

function isCreated(changes: readonly Change[]): boolean {
  return changes.some(({ path, after }) => path === EXISTS && after.status === 'present');
}

/** What stands above others, and of which no snapshot tells what that does, acts on whatever there is. */
function resourcesOf({
  kind,
  judged,
  on,
  fresh,
}: OwnSources & Pick<UseSubject, 'on'> & { readonly fresh: readonly ResourceRef[] }):
  readonly ResourceRef[] | undefined {
  const isUnknown = judged.some(
    ({ record, consequences }) => record.drift.ref.kind !== kind.declaration.id && consequences.length === 0,
  );
  if (isUnknown) return undefined;
  const doubtful = judged.flatMap(({ consequences }) =>
    consequences.flatMap(({ unknown }) => unknown.map(({ ref }) => ref)),
  );
  return [...new Map([...on.map(({ ref }) => ref), ...doubtful, ...fresh].map((ref) => [printRef(ref), ref])).values()];
}
