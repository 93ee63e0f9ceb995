import { isSameJson, objectOf, type Json } from './json.ts';
import { assertNever, PlumblineError } from './errors.ts';
import type { JsonReading } from './reading.ts';
import { printRef, type ResourceRef, type Selection } from './reference.ts';
import { isListed, type Scan } from './scan.ts';
import { hashOf, refOf, type Observation, type State } from './state.ts';

/** Who accepted something, when, why, under which ticket. */
export interface Acceptance {
  /** Counts accepts of this account, from 1. */
  readonly generation: number;
  readonly at: string;
  /** An ARN that AWS vouches for. */
  readonly by: string;
  readonly reason: string;
  readonly ticket?: string;
}

export interface AcceptedState {
  readonly state: State;
  /** The acceptance that gave the resource its present accepted state. */
  readonly version: Acceptance;
}

/** A kind in a region of which the baseline holds everything there was. */
export interface Coverage {
  readonly kind: string;
  readonly region: string;
  readonly shape: number;
}

/** What a person accepted in one account. */
export interface Baseline {
  readonly account: string;
  readonly accepted: Acceptance;
  readonly covers: readonly Coverage[];
  /** By printed reference. */
  readonly states: ReadonlyMap<string, AcceptedState>;
}

export function isCovered(baseline: Baseline, { kind, region }: Pick<ResourceRef, 'kind' | 'region'>): boolean {
  return baseline.covers.some((covered) => covered.kind === kind && covered.region === region);
}

export interface AcceptRequest {
  readonly scan: Scan;
  /** The generation that the scan was compared with; what was accepted since then is not overwritten. */
  readonly comparedWith: number;
  readonly what: 'all' | readonly Selection[];
  readonly acceptance: Omit<Acceptance, 'generation'>;
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
 * The baseline after a person accepted what a scan showed. Pure; nothing that the scan did not see is accepted, and an unreadable
 * reading never replaces an accepted one.
 * Throws NOTHING_TO_ACCEPT when a selection holds nothing that can be accepted, STORE_MOVED when a selected resource was
 * accepted otherwise since the scan.
 */
export function accept(before: Baseline | undefined, request: AcceptRequest): AcceptOutcome {
  const { scan, what } = request;
  const version: Acceptance = { ...request.acceptance, generation: (before?.accepted.generation ?? 0) + 1 };
  const draft: Draft = {
    states: new Map(before?.states ?? []),
    version,
    accepted: [],
    removed: [],
    unread: [],
    unseen: [],
  };
  for (const { observation, path } of chosen(scan, what)) {
    switch (observation.seen) {
      case 'unreadable':
        keepUnseen(draft, observation.ref, observation.takenAt);
        break;
      case 'gone':
        takeOut(draft, observation.ref, request);
        break;
      case 'state':
        takeIn(draft, { seen: observation.state, path }, request);
        break;
      default:
        assertNever(observation);
    }
  }
  const covers = what === 'all' ? coverageAfter(before?.covers ?? [], scan) : (before?.covers ?? []);
  const { states, version: accepted, ...told } = draft;
  return { baseline: { account: scan.account, accepted, covers, states }, ...told };
}

/** The baseline in the making. */
interface Draft {
  readonly states: Map<string, AcceptedState>;
  readonly version: Acceptance;
  readonly accepted: ResourceRef[];
  readonly removed: ResourceRef[];
  readonly unread: Selection[];
  readonly unseen: ResourceRef[];
}

/** Known to be there, so it is not "created" on the day that it can be read. */
function keepUnseen({ states, version, unseen }: Draft, ref: ResourceRef, takenAt: string): void {
  unseen.push(ref);
  const key = printRef(ref);
  if (!states.has(key)) states.set(key, { state: nothingSeen(ref, takenAt), version });
}

function takeOut({ states, removed }: Draft, ref: ResourceRef, request: AcceptRequest): void {
  const key = printRef(ref);
  const old = states.get(key);
  if (!old || !mayBeSaidGone(request.scan, ref)) return;
  refuseIfNewer(old, request, ref);
  states.delete(key);
  removed.push(ref);
}

function takeIn(
  { states, version, accepted, unread }: Draft,
  what: { seen: State; path: string | undefined },
  request: AcceptRequest,
): void {
  const { ref } = what.seen;
  const key = printRef(ref);
  const old = states.get(key);
  const merged = mergeState(what.seen, { old: old?.state, path: what.path });
  unread.push(...merged.unread.map((path) => ({ ref, path })));
  if (old && hashOf(old.state) === hashOf(merged.state) && old.state.shape === merged.state.shape) return;
  if (old) refuseIfNewer(old, request, ref);
  states.set(key, { state: merged.state, version });
  accepted.push(ref);
}

function nothingSeen(ref: ResourceRef, takenAt: string): State {
  return { ref, shape: 0, takenAt, watched: {}, carried: {} };
}

/** Was anything of this resource ever accepted? */
export function isAnythingAccepted({ state }: AcceptedState): boolean {
  return Object.keys(state.watched).length > 0;
}

/** "Deleted" is said only when the listing was complete and the thing itself answers that it is gone. */
export function mayBeSaidGone(scan: Pick<Scan, 'listings'>, ref: ResourceRef): boolean {
  return isListed(scan, ref.kind, ref.region);
}

function* chosen(
  scan: Scan,
  what: AcceptRequest['what'],
): Generator<{ observation: Observation; path: string | undefined }> {
  if (what === 'all') {
    for (const observation of scan.observations) yield { observation, path: undefined };
    return;
  }
  const byKey = new Map(scan.observations.map((observation) => [printRef(refOf(observation)), observation]));
  for (const { ref, path } of what) {
    const observation = byKey.get(printRef(ref));
    if (!observation || observation.seen === 'unreadable') {
      throw new PlumblineError(
        'NOTHING_TO_ACCEPT',
        `the scan ${scan.id} could not read ${printRef(ref)}, so there is nothing of it to accept: run "plumbline doctor" to see why`,
      );
    }
    yield { observation, path };
  }
}

function refuseIfNewer(old: AcceptedState, { comparedWith, scan }: AcceptRequest, ref: ResourceRef): void {
  if (old.version.generation <= comparedWith) return;
  throw new PlumblineError(
    'STORE_MOVED',
    `${printRef(ref)} was accepted by ${old.version.by} at ${old.version.at}, after the scan ${scan.id} that you want to accept; nothing was accepted: scan again, look, and accept that`,
  );
}

function mergeState(
  seen: State,
  { old, path }: { old: State | undefined; path: string | undefined },
): { state: State; unread: readonly string[] } {
  if (path !== undefined) return mergePath(seen, old, path);
  const unread: string[] = [];
  const watched = Object.entries(seen.watched).map(([name, reading]): [string, JsonReading] => {
    if (reading.status !== 'unreadable') return [name, reading];
    unread.push(name);
    return [name, old?.watched[name] ?? reading];
  });
  return { state: { ...seen, watched: Object.fromEntries(watched), carried: carriedAfter(seen, old, unread) }, unread };
}

function mergePath(seen: State, old: State | undefined, path: string): { state: State; unread: readonly string[] } {
  const key = printRef(seen.ref);
  const reading = seen.watched[path];
  if (reading === undefined) {
    throw new PlumblineError(
      'REFERENCE_INVALID',
      `${key} has no path "${path}": it has ${Object.keys(seen.watched).join(', ')}`,
    );
  }
  if (old === undefined) {
    throw new PlumblineError(
      'NOTHING_TO_ACCEPT',
      `nothing of ${key} was accepted yet: accept the whole resource first`,
    );
  }
  if (reading.status === 'unreadable') {
    throw new PlumblineError(
      'NOTHING_TO_ACCEPT',
      `the scan could not read ${key}#${path} (${reading.code}), so there is nothing to accept`,
    );
  }
  return {
    state: { ...old, watched: { ...old.watched, [path]: reading }, carried: { ...old.carried, ...seen.carried } },
    unread: [],
  };
}

/** Where an old reading stays, what was carried with it stays too: a mask belongs to the reading that it masks. */
function carriedAfter(seen: State, old: State | undefined, unread: readonly string[]): State['carried'] {
  return old === undefined || unread.length === 0
    ? seen.carried
    : objectOf<Json>(Object.entries({ ...seen.carried, ...old.carried }));
}

function coverageAfter(covers: readonly Coverage[], scan: Scan): readonly Coverage[] {
  const listed = scan.listings
    .filter((listing) => listing.complete)
    .map(({ kind, region, shape }) => ({ kind, region, shape }));
  const kept = covers.filter((old) => !listed.some((now) => now.kind === old.kind && now.region === old.region));
  const all = [...kept, ...listed].sort((a, b) => (`${a.kind}/${a.region}` < `${b.kind}/${b.region}` ? -1 : 1));
  return isSameJson(covers as unknown as Json, all as unknown as Json) ? covers : all;
}
