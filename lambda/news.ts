import type { AcceptedState } from '#core/baseline.ts';
import type { Cause, Drift } from '#core/change.ts';
import { changeFromUnknown, compareStates } from '#core/comparison.ts';
import { contextIn } from '#core/consequences.ts';
import { EXISTS, rootOf } from '#core/declaration.ts';
import { ownDepartureFrom, type Departure } from '#core/drift.ts';
import type { DriftNews } from '#core/drift-record.ts';
import type { ToolContract } from '#core/contract.ts';
import type { CloudTrailEvent } from '#core/event.ts';
import { ABSENT, present, unreadable, type JsonReading } from '#core/reading.ts';
import type { Evidence } from '#core/reconciliation.ts';
import { printRef, type ResourceRef } from '#core/reference.ts';
import { NO_RELATIVES, type Relatives } from '#core/relatives.ts';
import type { Scan } from '#core/scan.ts';
import { refOf, type Observation } from '#core/state.ts';
import type { Kind } from '#kinds/kind.ts';
import { causeOf, evidenceOf } from './event-evidence.ts';
import type { Known } from './known-states.ts';

export interface NewsRequest {
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly scan: Scan;
  readonly known: Known;
  /** The resources that were looked at for their own sake; of others only a departure is news. */
  readonly refs: readonly ResourceRef[];
  readonly event?: CloudTrailEvent | undefined;
  readonly sweep?: string | undefined;
  /** What judges look at beside what was read; none: nothing was looked at. */
  readonly relatives?: Relatives;
  /** What tools may write. */
  readonly contracts?: readonly ToolContract[] | undefined;
}

/** The version of what was compared with nothing: nobody accepted it, and nothing was seen before it. */
const NO_VERSION = -1;

/** What a look tells of each resource: how it departs, that it does not, or what of it is not known. Pure. */
export function newsFrom(request: NewsRequest): readonly DriftNews[] {
  const { scan, known, kinds } = request;
  if (known.baseline === undefined) return withoutBaseline(request);
  const departure = ownDepartureFrom(known.baseline, scan, { kinds, relatives: request.relatives ?? NO_RELATIVES });
  const drifts = new Map(departure.drifts.map((drift) => [printRef(drift.ref), drift]));
  const wanted = new Set(request.refs.map(printRef));
  return scan.observations.flatMap((seen): DriftNews[] => {
    const key = printRef(refOf(seen));
    const drift = drifts.get(key);
    if (drift === undefined && !wanted.has(key)) return [];
    return [newsOf(seen, { request, drift, departure })];
  });
}

interface Found {
  readonly request: NewsRequest;
  readonly drift: Drift | undefined;
  readonly departure: Departure;
}

function newsOf(seen: Observation, found: Found): DriftNews {
  const { request, drift, departure } = found;
  const { known, sweep } = request;
  const ref = refOf(seen);
  const accepted = known.baseline?.states.get(printRef(ref));
  const { cause, evidence } = heardOf(seen, found);
  return {
    drift: {
      ref,
      baseline: accepted?.version.generation ?? 0,
      changes: drift?.changes ?? [],
      takenAt: seen.seen === 'state' ? seen.state.takenAt : seen.takenAt,
      causes: cause === undefined ? [] : [cause],
      ...(drift?.holds === undefined ? {} : { holds: drift.holds }),
      ...(drift?.over === undefined ? {} : { over: drift.over }),
      ...(opensIfTakenBack(seen, { request, drift }) ? { opensIfTakenBack: true } : {}),
    },
    generation: known.generation,
    ...notKnown(unknownOf(ref, departure), accepted),
    foundBy: sweep === undefined ? {} : { sweep },
    ...(evidence === undefined ? {} : { evidence }),
  };
}

/** What the event, if one led to the look, has to do with a resource that it names; of what was read beside it, it says nothing. */
function heardOf(
  seen: Observation,
  { request: { event, kinds, known, refs, contracts }, drift, departure }: Found,
): { readonly cause?: Cause | undefined; readonly evidence?: Evidence } {
  const ref = refOf(seen);
  const kind = kinds.get(ref.kind);
  // A sweep has no event, and thousands of resources: asked first.
  if (event === undefined || kind === undefined) return {};
  if (!refs.some((one) => printRef(one) === printRef(ref))) return {};
  const acceptedAt = known.baseline?.states.get(printRef(ref))?.state.takenAt;
  const isLater = acceptedAt === undefined || event.at > acceptedAt;
  const evidence = evidenceOf(event, { kind, seen, contracts });
  const notCompared = whyNotCompared(ref, { departure, moves: evidence.moves, isLater });
  return {
    cause: isLater ? causeOf(event, { kind, seen, changes: drift?.changes ?? [], contracts }) : undefined,
    evidence: notCompared === undefined ? evidence : { ...evidence, notCompared },
  };
}

interface Comparing {
  readonly departure: Departure;
  readonly moves: string | undefined;
  readonly isLater: boolean;
}

/** Why what a call set cannot be compared with what was there before it. */
function whyNotCompared(ref: ResourceRef, { departure, moves = EXISTS, isLater }: Comparing): string | undefined {
  const key = printRef(ref);
  const isOwn = (one: ResourceRef): boolean => printRef(one) === key;
  const unknown = unknownOf(ref, departure);
  const why = unknown[moves] ?? unknown[EXISTS];
  if (why !== undefined) return `it could not be compared (${why})`;
  const created = departure.drifts.find((drift) => isOwn(drift.ref))?.changes.some(isCreated) === true;
  if (created && moves !== EXISTS)
    return 'the resource is new and not accepted yet, and what it was before is not kept';
  const isNotAccepted =
    departure.resourcesNotYetAccepted.some(isOwn) ||
    departure.pathsNotYetAccepted.some((one) => isOwn(one.ref) && one.path === moves);
  if (isNotAccepted) return 'it is not accepted yet, and what it was before is not kept';
  return isLater ? undefined : 'it was accepted as it is after this call';
}

function isCreated({ path, after }: Drift['changes'][number]): boolean {
  return path === EXISTS && after.status === 'present';
}

/** What could not be told; and where there is such, what is accepted: of a resource of which nothing is, that it is not there. */
function notKnown(
  unknown: DriftNews['unknown'],
  accepted: AcceptedState | undefined,
): Pick<DriftNews, 'unknown' | 'accepted'> {
  if (Object.keys(unknown).length === 0) return { unknown };
  const readings =
    accepted === undefined ? { [EXISTS]: ABSENT } : { [EXISTS]: present(true), ...accepted.state.watched };
  return { unknown, accepted: readings };
}

/** Would everyone get in if this one were put back as accepted, everything else as it is now? */
function opensIfTakenBack(
  seen: Observation,
  { request: { known, kinds, scan }, drift }: Pick<Found, 'request' | 'drift'>,
): boolean {
  const accepted = known.baseline?.states.get(printRef(refOf(seen)))?.state;
  const kind = kinds.get(refOf(seen).kind);
  if (drift === undefined || accepted === undefined || kind?.judge === undefined || seen.seen !== 'state') return false;
  const now = contextIn(scan, kinds);
  const back = compareStates(kind, seen.state, accepted).changes;
  return kind.judge
    .changes(back, { before: seen.state, after: accepted, contexts: { before: now, after: now } })
    .some(({ opensToWorld }) => opensToWorld === true);
}

/** Paths that could not be told, with the reason: what was known to have changed in them has not come back. */
function unknownOf(ref: ResourceRef, { unreadable: blind, notCompared }: Departure): Readonly<Record<string, string>> {
  const key = printRef(ref);
  const isOwn = (one: { readonly ref?: ResourceRef }): boolean => one.ref !== undefined && printRef(one.ref) === key;
  return Object.fromEntries([
    ...notCompared.filter(isOwn).map(({ path, because }) => [rootOf(path), because]),
    ...blind.filter(isOwn).map(({ path, code, says }) => [rootOf(path ?? EXISTS), `${code}: ${says}`]),
  ]);
}

/** An event, before anything was seen: what it moved is told, with a "before" that nobody knows. */
function withoutBaseline({ event, scan, kinds, refs, contracts }: NewsRequest): readonly DriftNews[] {
  if (event === undefined) return [];
  const wanted = new Set(refs.map(printRef));
  return scan.observations.flatMap((seen): DriftNews[] => {
    const ref = refOf(seen);
    const kind = kinds.get(ref.kind);
    if (kind === undefined || !wanted.has(printRef(ref)) || seen.seen === 'unreadable') return [];
    // What sets everything at once may have moved each path, and says of none that it did.
    const moved = kind.eventValue?.(event)?.path;
    const changes = (moved === undefined ? Object.keys(kind.declaration.paths) : [moved]).flatMap((path) => {
      const after = readingNow(path, seen);
      if (after === undefined || after.status === 'unreadable') return [];
      return [changeFromUnknown(kind.declaration, path, { before: unreadable('NoBaseline'), after })];
    });
    if (changes.length === 0) return [];
    const cause = causeOf(event, { kind, seen, changes, contracts });
    const takenAt = seen.seen === 'state' ? seen.state.takenAt : seen.takenAt;
    const drift = { ref, baseline: NO_VERSION, changes, takenAt, causes: cause === undefined ? [] : [cause] };
    return [{ drift, generation: 0, unknown: {}, foundBy: {}, evidence: evidenceOf(event, { kind, seen, contracts }) }];
  });
}

function readingNow(path: string, seen: Observation): JsonReading | undefined {
  if (path === EXISTS) return seen.seen === 'state' ? present(true) : ABSENT;
  return seen.seen === 'state' ? seen.state.watched[path] : undefined;
}
