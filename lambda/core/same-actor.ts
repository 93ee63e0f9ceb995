import { gravestOf, type Breakage, type Cause, type Change, type Exposure } from './change.ts';
import { contractOf, type ContractWord, type ToolContract } from './contract.ts';
import type { CloudTrailEvent } from './event.ts';
import type { ResourceRef } from './reference.ts';

/** One line of the change record that an event led to. */
export interface RecordedCall {
  readonly ref: ResourceRef;
  readonly event: CloudTrailEvent;
  /** What came of it: `changed`, `as accepted`, `recovered`, `accepted`, `not known`, `attempt`. */
  readonly status: string;
  readonly changes: readonly Change[];
}

/** Another call of whoever caused a finding. */
export interface OtherCall {
  readonly at: string;
  readonly event: string;
  readonly call: string;
  /** Where it was called. */
  readonly region: string;
  readonly ref: ResourceRef;
  readonly status: string;
  /** What moved, before → after, a line each; none where nothing departs. */
  readonly says: readonly string[];
  readonly breakage: Breakage;
  readonly exposure: Exposure;
  /** What the contract of the tool says of it, where there is one. */
  readonly contract?: ContractWord;
  /** The attempt failed with this. */
  readonly error?: string;
}

/** What else those who caused a finding did in the hour around it. */
export interface SameActor {
  readonly from: string;
  readonly to: string;
  readonly calls: readonly OtherCall[];
  /** More of the record than this was not read. */
  readonly isCut: boolean;
}

const HOUR_MS = 60 * 60_000;

/** The hour before the first and after the last call that caused it; undefined where nobody is known. Pure. */
export function hourAround(causes: readonly Cause[]): { readonly from: string; readonly to: string } | undefined {
  const times = causes
    .filter(({ certainty }) => certainty === 'certain' || certainty === 'likely')
    .flatMap(({ at }) => at ?? [])
    .sort();
  const [first = '', last = ''] = [times[0], times.at(-1)];
  if (first === '') return undefined;
  return {
    from: new Date(Date.parse(first) - HOUR_MS).toISOString(),
    to: new Date(Date.parse(last) + HOUR_MS).toISOString(),
  };
}

/** How a call ended, the more that is known of it the earlier: one event may stand in the record more than once. */
const BY_STATUS: readonly string[] = ['changed', 'recovered', 'accepted', 'as accepted', 'attempt', 'not known'];

/**
 * The calls of those who caused something, without those that did: by the same key, or by the same role and session under another key,
 * the oldest first. Pure.
 */
export function othersOf(
  causes: readonly Cause[],
  recorded: readonly RecordedCall[],
  contracts: readonly ToolContract[],
): readonly OtherCall[] {
  const known = causes.filter(({ certainty }) => certainty === 'certain' || certainty === 'likely');
  const told = new Set(causes.flatMap(({ eventId }) => eventId ?? []));
  const isSame = ({ actor }: CloudTrailEvent): boolean =>
    known.some(
      ({ session, who }) =>
        (session !== undefined && session === actor.session) || (who !== undefined && who === actor.name),
    );
  const theirs = recorded.filter(({ event }) => isSame(event) && !told.has(event.corrects ?? event.id));
  const best = new Map<string, RecordedCall>();
  for (const one of theirs) {
    const key = `${one.event.corrects ?? one.event.id} ${one.ref.kind} ${one.ref.id}`;
    const before = best.get(key);
    if (before === undefined || BY_STATUS.indexOf(one.status) < BY_STATUS.indexOf(before.status)) best.set(key, one);
  }
  return [...best.values()]
    .map((one) => callOf(one, contracts))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

function callOf({ ref, event, status, changes }: RecordedCall, contracts: readonly ToolContract[]): OtherCall {
  const contract = contractOf(event.actor, ref, contracts);
  const moved = status === 'changed' || status === 'recovered' || status === 'accepted' ? changes : [];
  return {
    at: event.at,
    event: event.corrects ?? event.id,
    call: event.name,
    region: event.region,
    ref,
    status,
    says: moved.map(({ says }) => says),
    ...gravestOf(moved),
    ...(contract === undefined ? {} : { contract }),
    ...(event.error === undefined ? {} : { error: event.error.code }),
  };
}
