import type { Acceptance, AcceptedState, Baseline, Coverage } from './baseline.ts';
import { mergePath, mergeWhole, type Merge } from './accepted-state.ts';
import type { ComparableKind } from './comparison.ts';
import type { KindDeclaration } from './declaration.ts';
import { mayBeSaidGone } from './drift.ts';
import { assertNever, PlumblineError } from './errors.ts';
import { canonicalJson, isSameJson, objectOf, type Json, type JsonObject } from './json.ts';
import { printRef, type ResourceRef, type Selection } from './reference.ts';
import { UNKNOWN_REGION, type Scan } from './scan.ts';
import { hashOf, nothingRead, refOf, type Observation, type State } from './state.ts';

export interface AcceptRequest {
  readonly scan: Scan;
  /** The generation that the scan was compared with; what another scan's accept changed since then is not overwritten. */
  readonly comparedWith: number;
  readonly what: 'all' | readonly Selection[];
  readonly acceptance: Pick<Acceptance, 'at' | 'by' | 'reason' | 'ticket'>;
  readonly kinds: ReadonlyMap<string, ComparableKind>;
}

export interface AcceptOutcome {
  readonly baseline: Baseline;
  readonly accepted: readonly ResourceRef[];
  readonly removed: readonly ResourceRef[];
  /** Paths that the scan could not read: what was accepted of them before stays; else they stay not yet accepted. */
  readonly unread: readonly Selection[];
  /** Resources of which the scan could read nothing. */
  readonly unseen: readonly ResourceRef[];
}

/**
 * The baseline after a person accepted what a scan showed. Pure; nothing that the scan did not see is accepted, an unreadable
 * reading never replaces an accepted one, nor a masked reading one that knows more.
 * Throws NOTHING_TO_ACCEPT when a selection holds nothing that can be accepted, STORE_MOVED when what is to be accepted was
 * accepted otherwise since the scan.
 */
export function accept(before: Baseline | undefined, request: AcceptRequest): AcceptOutcome {
  const { scan, what } = request;
  const version: Acceptance = {
    ...request.acceptance,
    scan: scan.id,
    generation: (before?.accepted.generation ?? 0) + 1,
    overtakes: before ? lastOfAnother(before.accepted, scan) : 0,
  };
  const draft: Draft = {
    before,
    request,
    states: new Map(before?.states ?? []),
    version,
    accepted: new Map(),
    removed: [],
    unread: [],
    unseen: [],
  };
  if (what === 'all') {
    if (before && lastOfAnother(before.accepted, scan) > request.comparedWith)
      throw moved(`account ${scan.account}`, before.accepted, request);
    for (const observation of scan.observations) acceptObservation(draft, observation);
  } else {
    const byKey = new Map(scan.observations.map((observation) => [printRef(refOf(observation)), observation]));
    for (const selection of what) acceptSelection(draft, byKey.get(printRef(selection.ref)), selection);
  }
  const covers = what === 'all' ? coverageAfter(before?.covers ?? [], scan) : (before?.covers ?? []);
  const { states, accepted, removed, unread, unseen } = draft;
  return {
    baseline: { account: scan.account, accepted: version, covers, states },
    accepted: [...accepted.values()],
    removed,
    unread,
    unseen,
  };
}

/** The baseline in the making. */
interface Draft {
  readonly before: Baseline | undefined;
  readonly request: AcceptRequest;
  readonly states: Map<string, AcceptedState>;
  readonly version: Acceptance;
  readonly accepted: Map<string, ResourceRef>;
  readonly removed: ResourceRef[];
  readonly unread: Selection[];
  readonly unseen: ResourceRef[];
}

function acceptObservation(draft: Draft, observation: Observation): void {
  switch (observation.seen) {
    case 'unreadable':
      keepUnseen(draft, observation);
      break;
    case 'gone':
      if (mayBeSaidGone(draft.request.scan, observation.ref)) takeOut(draft, observation.ref);
      break;
    case 'state':
      takeIn(draft, observation.state, mergeWhole);
      break;
    default:
      assertNever(observation);
  }
}

/** What a person named is accepted or refused with the reason; it is never passed over. */
function acceptSelection(draft: Draft, observation: Observation | undefined, { ref, path }: Selection): void {
  const { scan } = draft.request;
  const name = printRef(ref);
  if (observation?.seen === 'state') {
    if (path !== undefined)
      return takeIn(draft, observation.state, (seen, old, kind) => mergePath(seen, old, { path, kind }));
    if (Object.values(observation.state.watched).some((reading) => reading.status !== 'unreadable'))
      return takeIn(draft, observation.state, mergeWhole);
  }
  if (observation && observation.seen !== 'state' && path === undefined) {
    const isGone = observation.seen === 'gone' || observation.unlisted === true;
    if (isGone && mayBeSaidGone(scan, ref)) return takeOut(draft, ref);
  }
  if (observation?.seen === 'gone') {
    const says =
      path === undefined
        ? 'but the list of the others was not complete, so its deletion is not certain: scan again'
        : 'so it has no settings: accept it without the path';
    throw new PlumblineError('NOTHING_TO_ACCEPT', `${name} answered the scan ${scan.id} that it is gone, ${says}`);
  }
  throw new PlumblineError(
    'NOTHING_TO_ACCEPT',
    `the scan ${scan.id} could not read ${name}, so there is nothing of it to accept: run "plumbline doctor" to see why`,
  );
}

/** Known to be there, so it is not "created" on the day that it can be read; but not under a region that is only a guess. */
function keepUnseen(
  { states, version, unseen, request }: Draft,
  { ref, takenAt, code }: Extract<Observation, { seen: 'unreadable' }>,
): void {
  unseen.push(ref);
  const key = printRef(ref);
  const isGone = request.kinds.get(ref.kind)?.declaration.goneWhen.includes(code) ?? false;
  if (states.has(key) || isGone || ref.region === UNKNOWN_REGION) return;
  states.set(key, { state: nothingRead(ref, takenAt), version });
}

function takeOut(draft: Draft, ref: ResourceRef): void {
  const key = printRef(ref);
  if (!draft.states.has(key)) return;
  refuseIfMoved(draft, ref);
  draft.states.delete(key);
  draft.removed.push(ref);
}

function takeIn(draft: Draft, seen: State, merge: Merge): void {
  const { ref } = seen;
  const key = printRef(ref);
  const kind = draft.request.kinds.get(ref.kind);
  const old = draft.states.get(key);
  const merged = merge(seen, old?.state, kind);
  draft.unread.push(...merged.unread.map((path) => ({ ref, path })));
  if (old && isSameAccepted(old.state, merged.state, kind?.declaration)) return;
  refuseIfMoved(draft, ref);
  draft.states.set(key, { state: merged.state, version: draft.version });
  draft.accepted.set(key, ref);
}

/** The same readings in the same circumstances: what is carried of a path decides what its reading means. */
function isSameAccepted(old: State, next: State, declaration: KindDeclaration | undefined): boolean {
  const ofPaths = (carried: JsonObject): string =>
    canonicalJson(objectOf(Object.entries(carried).filter(([name]) => declaration?.carries[name]?.of !== undefined)));
  return old.shape === next.shape && hashOf(old) === hashOf(next) && ofPaths(old.carried) === ofPaths(next.carried);
}

/** Something that another scan's accept wrote after this scan was compared is not overwritten, and not brought back. */
function refuseIfMoved({ before, request }: Draft, ref: ResourceRef): void {
  if (!before) return;
  const old = before.states.get(printRef(ref));
  const since = old?.version ?? before.accepted;
  const last = old
    ? old.version.scan === request.scan.id
      ? 0
      : old.version.generation
    : lastOfAnother(before.accepted, request.scan);
  if (last > request.comparedWith) throw moved(printRef(ref), since, request);
}

/** The newest generation that was accepted from another scan than this one. */
function lastOfAnother({ generation, scan: from, overtakes }: Acceptance, scan: Pick<Scan, 'id'>): number {
  return from === scan.id ? (overtakes ?? 0) : generation;
}

function moved(what: string, { by, at }: Acceptance, { scan }: AcceptRequest): PlumblineError {
  return new PlumblineError(
    'STORE_MOVED',
    `${what} was accepted by ${by} at ${at}, after the scan ${scan.id} that you want to accept; nothing was accepted: scan again, look, and accept that`,
  );
}

function coverageAfter(covers: readonly Coverage[], scan: Scan): readonly Coverage[] {
  const listed = scan.listings
    .filter((listing) => listing.complete)
    .map(({ kind, region, shape }) => ({ kind, region, shape }));
  const kept = covers.filter((old) => !listed.some((now) => now.kind === old.kind && now.region === old.region));
  const all = [...kept, ...listed].sort((a, b) => (`${a.kind}/${a.region}` < `${b.kind}/${b.region}` ? -1 : 1));
  return isSameJson(covers as unknown as Json, all as unknown as Json) ? covers : all;
}
