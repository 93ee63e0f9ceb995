import type { KindDeclaration } from './declaration.ts';
import { UNKNOWN_REGION } from './scan.ts';
import { refOf, type Observation, type State } from './state.ts';

/** What is listed without its region, and was read under the region in which it was accepted, is one thing. */
export function withoutUnplaced(
  observations: readonly Observation[],
  { idsAreUnique }: KindDeclaration,
): readonly Observation[] {
  if (idsAreUnique !== 'everywhere') return observations;
  const placed = new Set(
    observations.flatMap((seen) => (refOf(seen).region === UNKNOWN_REGION ? [] : [refOf(seen).id])),
  );
  return observations.filter((seen) => refOf(seen).region !== UNKNOWN_REGION || !placed.has(refOf(seen).id));
}

/**
 * A resource that the listing named and that is gone when it is read may only be young or old news: not known, not "deleted". One that
 * refuses every read was there when it was listed (ISO 8601, UTC): whether it still is, a refusal does not tell.
 */
export function asListed(observation: Observation, listedAt: string): Observation {
  if (observation.seen === 'gone') return { ...observation, seen: 'unreadable' };
  if (observation.seen === 'unreadable' || isAnythingRead(observation.state)) return observation;
  return { ...observation, state: { ...observation.state, takenAt: listedAt } };
}

/** A resource that no listing names and that refuses every read tells nothing of its accepted self. */
export function asUnlisted(observation: Observation): Observation {
  if (observation.seen !== 'state') return observation;
  const { ref, takenAt, watched } = observation.state;
  const refusals = Object.values(watched).flatMap((reading) => (reading.status === 'unreadable' ? [reading.code] : []));
  return isAnythingRead(observation.state)
    ? observation
    : { seen: 'unreadable', ref, takenAt, code: refusals[0] ?? 'Unknown', unlisted: true };
}

function isAnythingRead({ watched }: State): boolean {
  return Object.values(watched).some(({ status }) => status === 'present' || status === 'absent');
}
