import type { Finding } from './change.ts';
import type { DriftRecord } from './drift-record.ts';
import { MOST_MEMBERS } from './finding-members.ts';
import { groupDrifts } from './grouping.ts';
import { isOwn } from './own-parts.ts';

/**
 * The new findings of those that belong together; what is over is told apart from what is open, and the service itself from what it
 * watches. Pure.
 */
export function groupRecords(records: readonly DriftRecord[]): readonly Finding[] {
  const sweeps = new Map(records.map(({ drift, foundBy }) => [drift, foundBy.sweep]));
  const apart = ({ status, drift }: DriftRecord): string => `${status} ${isOwn(drift.ref)}`;
  return [...new Set(records.map(apart))]
    .sort((a, b) => (a > b ? -1 : 1))
    .map((one) => records.filter((record) => apart(record) === one).map(({ drift }) => drift))
    .flatMap((drifts) => groupDrifts(drifts, [], (drift) => sweeps.get(drift)))
    .flatMap(inParts);
}

/** A group that is too large for one item becomes several findings. */
function inParts(group: Finding): readonly Finding[] {
  const parts = Math.ceil(group.drifts.length / MOST_MEMBERS);
  return Array.from({ length: parts }, (_, part) => ({
    ...group,
    id: part === 0 ? group.id : `${group.id}-${part + 1}`,
    drifts: group.drifts.slice(part * MOST_MEMBERS, (part + 1) * MOST_MEMBERS),
  }));
}
