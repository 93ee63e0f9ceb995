import { byGravity, gravest, severityOfDrift, type Drift, type Finding } from './change.ts';
import type { Consequence } from './consequences.ts';
import { digestOf } from './digest.ts';
import { printRef, type ResourceRef } from './reference.ts';

/** Changes of one actor's session this near to each other are one piece of work (design.md §4). */
export const SESSION_WINDOW_MS = 10 * 60 * 1000;

/** More lone drifts than this in one go are told as one finding: a person reads one list, not forty mails. */
const MOST_ALONE = 10;

type GroupedBy = Finding['groupedBy'];

/** Which sweep found a drift; undefined for one that was found alone. */
export type SweepOf = (drift: Drift) => string | undefined;

const ONE_SWEEP: SweepOf = () => '';

/** The key of one drift: the resource, the accepted version it departs from, and the episode. */
export function keyOf({ ref, baseline, episode }: Drift): string {
  return `${printRef(ref)}@${baseline}.${episode}`;
}

/**
 * Puts drifts with one cause into one finding, in the order of design.md §4: the level above that moved; one event; one actor's session within ten minutes;
 * one sweep, kind and set of paths; alone; many alone. Pure and deterministic: the order of the drifts does not matter.
 * Drifts of different accounts never share a finding.
 */
export function groupDrifts(
  drifts: readonly Drift[],
  consequences: readonly Consequence[] = [],
  sweepOf: SweepOf = ONE_SWEEP,
): readonly Finding[] {
  const sorted = [...drifts].sort((a, b) => compareText(keyOf(a), keyOf(b)));
  const byLevel = gather(sorted, (drift) => levelOf(drift, sorted));
  const byEvent = gather(byLevel.rest, (drift) => eventOf(drift));
  const bySession = gatherSessions(byEvent.rest);
  const byPaths = gather(bySession.rest, (drift) => pathsKeyOf(drift, sweepOf(drift)));
  const alone =
    byPaths.rest.length > MOST_ALONE
      ? gatherAll(byPaths.rest)
      : byPaths.rest.map((drift) => findingOf('alone', keyOf(drift), [drift]));
  return [
    // What moved the others stands first.
    ...byLevel.groups.map(([key, members]) => findingOf('above', key, members.toSorted(byLevelAbove))),
    ...byEvent.groups.map(([key, members]) => findingOf('event', key, members)),
    ...bySession.groups.map(([key, members]) => findingOf('session', key, members)),
    ...byPaths.groups.map(([key, members]) => findingOf('sweep', key, members)),
    ...alone,
  ]
    .map((finding) => ({ ...finding, consequences: consequences.filter(({ cause }) => isOf(finding, cause)) }))
    .sort((a, b) => byGravity(a, b) || reachOf(b) - reachOf(a) || compareText(keyOfFirst(a), keyOfFirst(b)));
}

/** How many resources a finding is about: what drifted, and what that affects. */
function reachOf({ drifts, consequences }: Finding): number {
  const affected = consequences.flatMap((one) => one.affected.map(({ resources }) => resources.length));
  return affected.reduce((sum, count) => sum + count, drifts.length);
}

function isOf({ drifts }: Finding, cause: ResourceRef): boolean {
  return drifts.some(({ ref }) => printRef(ref) === printRef(cause));
}

interface Gathered {
  readonly groups: readonly (readonly [key: string, members: readonly Drift[]])[];
  readonly rest: readonly Drift[];
}

function gather(drifts: readonly Drift[], keyFor: (drift: Drift) => string | undefined): Gathered {
  const groups = new Map<string, Drift[]>();
  for (const drift of drifts) {
    const key = keyFor(drift);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(drift);
    else groups.set(key, [drift]);
  }
  const shared = [...groups].filter(([, members]) => members.length > 1);
  const taken = new Set(shared.flatMap(([, members]) => members));
  return { groups: shared, rest: drifts.filter((drift) => !taken.has(drift)) };
}

function gatherSessions(drifts: readonly Drift[]): Gathered {
  const inTime = drifts
    .flatMap((drift) =>
      drift.causes.map((cause) => ({ drift, session: cause.session, at: Date.parse(cause.at ?? '') })),
    )
    .filter((entry) => entry.session !== undefined && !Number.isNaN(entry.at))
    .sort((a, b) => a.at - b.at);
  const last = new Map<string, { at: number; key: string }>();
  const keys = new Map<Drift, string>();
  for (const { drift, session = '', at } of inTime) {
    const who = `${drift.ref.account}|${session}`;
    const before = last.get(who);
    const key = before && at - before.at <= SESSION_WINDOW_MS ? before.key : `${who}|${at}`;
    last.set(who, { at, key });
    if (!keys.has(drift)) keys.set(drift, key);
  }
  return gather(drifts, (drift) => keys.get(drift));
}

function gatherAll(drifts: readonly Drift[]): readonly Finding[] {
  const accounts = new Map<string, Drift[]>();
  for (const drift of drifts) accounts.set(drift.ref.account, [...(accounts.get(drift.ref.account) ?? []), drift]);
  return [...accounts].map(([account, members]) => findingOf('many', account, members));
}

/** What sets others from above, and what departs of those with no cause of its own, is one matter. */
function levelOf(drift: Drift, all: readonly Drift[]): string | undefined {
  if (drift.over !== undefined) return `${drift.ref.account}|${drift.ref.kind}`;
  const above = all.find((one) => isSetBy(drift, one));
  return above === undefined ? undefined : `${above.ref.account}|${above.ref.kind}`;
}

function byLevelAbove(a: Drift, b: Drift): number {
  return Number(a.over === undefined) - Number(b.over === undefined);
}

/** May a drift have been set by one of a level above? */
export function isSetBy({ ref, causes }: Drift, above: Drift): boolean {
  const isKnown = causes.some(({ certainty }) => certainty === 'certain' || certainty === 'likely');
  return above.over?.includes(ref.kind) === true && above.ref.account === ref.account && !isKnown;
}

/** The event that is sure to have caused a drift. */
export function eventOf(drift: Drift): string | undefined {
  const certain = drift.causes.find((cause) => cause.eventId !== undefined && cause.certainty === 'certain');
  return certain?.eventId === undefined ? undefined : `${drift.ref.account}|${certain.eventId}`;
}

/** One sweep, kind and set of paths; undefined for what no sweep found. */
export function pathsKeyOf({ ref, changes }: Drift, sweep: string | undefined): string | undefined {
  if (sweep === undefined) return undefined;
  const paths = changes.map((change) => `${change.path}:${change.before.status}>${change.after.status}`).sort();
  const key = `${ref.account}|${ref.kind}|${paths.join(',')}`;
  return sweep === '' ? key : `${sweep}|${key}`;
}

function findingOf(groupedBy: GroupedBy, key: string, drifts: readonly Drift[]): Finding {
  const first = drifts[0];
  return {
    id: `f-${digestOf(`${groupedBy}|${key}|${first ? keyOf(first) : ''}`).slice(0, 10)}`,
    groupedBy,
    severity: gravest(drifts.map(severityOfDrift)),
    drifts,
    consequences: [],
  };
}

function keyOfFirst(finding: Finding): string {
  const first = finding.drifts[0];
  return first ? keyOf(first) : '';
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
