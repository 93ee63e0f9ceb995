import type { KindDeclaration } from './declaration.ts';
import { UNKNOWN_REGION } from './scan.ts';
import { refOf, type Observation } from './state.ts';

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

/** A resource that the listing named and that is gone when it is read may only be young or old news: not known, not "deleted". */
export function asListed(observation: Observation): Observation {
  return observation.seen === 'gone' ? { ...observation, seen: 'unreadable' } : observation;
}

/** A resource that no listing names and that refuses every read tells nothing of its accepted self. */
export function asUnlisted(observation: Observation): Observation {
  if (observation.seen !== 'state') return observation;
  const { ref, takenAt, watched } = observation.state;
  const refusals = Object.values(watched).flatMap((reading) => (reading.status === 'unreadable' ? [reading.code] : []));
  const isAnythingRead = Object.values(watched).some(({ status }) => status === 'present' || status === 'absent');
  return isAnythingRead
    ? observation
    : { seen: 'unreadable', ref, takenAt, code: refusals[0] ?? 'Unknown', unlisted: true };
}
