import { bySureness } from '../attribution.ts';
import type { Cause } from '../change.ts';
import { EXISTS, rootOf } from '../declaration.ts';
import type { DriftRecord } from '../drift-record.ts';
import { keyOf } from '../grouping.ts';
import { printRef } from '../reference.ts';
import { nothingRead, type State } from '../state.ts';
import { stateWith } from '../state-now.ts';
import type { WatchedChange } from './watched-change.ts';

type Departure = Pick<DriftRecord, 'drift' | 'openedAt'> & Partial<Pick<DriftRecord, 'status' | 'departedUntil'>>;

/**
 * The changes that a departure is made of, a path each: with the call that made it where one is known, else as of when it was first read so, and made
 * at some time since it was read as it is accepted. `accepted`: what it departs from; undefined where nothing of it was accepted. `lastReadAt`: when
 * everything was read last and this did not depart (ISO 8601, UTC), where that is at hand: an accepted reading may be months old. Pure.
 */
export function changesOfDrift(
  { drift, openedAt, status, departedUntil = openedAt }: Departure,
  accepted: State | undefined,
  lastReadAt?: string,
): readonly WatchedChange[] {
  const { ref, changes, takenAt, causes } = drift;
  const before = accepted ?? nothingRead(ref, takenAt);
  const after = stateWith(before, changes, takenAt);
  const readAt = [accepted?.takenAt, lastReadAt].flatMap((at) => (at !== undefined && at < openedAt ? [at] : []));
  const madeSince = accepted === undefined ? undefined : readAt.sort().at(-1);
  const ended = status === 'closed' ? { stoodUntil: departedUntil } : {};
  return [...new Set(changes.map(({ path }) => rootOf(path)))].map((path): WatchedChange => {
    const own = changes.filter((change) => rootOf(change.path) === path);
    const whole = own.find((change) => change.path === path);
    const cause = causeOf(path, causes);
    return {
      id: `${keyOf(drift)}#${path}`,
      at: cause?.at ?? openedAt,
      ...(cause?.at === undefined && madeSince !== undefined ? { madeSince } : {}),
      ...ended,
      ref,
      path,
      before: whole?.before ?? before.watched[path] ?? NOT_KNOWN,
      after: whole?.after ?? after.watched[path] ?? NOT_KNOWN,
      says: own.map(({ says }) => says).join('; '),
      ...(cause?.call === undefined ? {} : { call: cause.call }),
      ...(cause?.who === undefined ? {} : { who: cause.who }),
    };
  });
}

const NOT_KNOWN = { status: 'unreadable', code: 'NotAccepted' } as const;

/** The surest call that made it so. */
function causeOf(path: string, causes: readonly Cause[]): Cause | undefined {
  return causes
    .filter(({ certainty, shows }) => certainty !== 'unknown' && certainty !== 'pending' && shows !== 'no')
    .filter(({ moves }) => moves === undefined || moves === path || path === EXISTS)
    .filter(({ at }) => at !== undefined)
    .toSorted(bySureness)[0];
}

/** Changes of several departures, each once. `lastReadAt`: as of one departure. */
export function changesOfDrifts(
  records: readonly DriftRecord[],
  accepted: ReadonlyMap<string, State>,
  lastReadAt?: string,
): readonly WatchedChange[] {
  const all = records.flatMap((record) => changesOfDrift(record, accepted.get(printRef(record.drift.ref)), lastReadAt));
  return [...new Map(all.map((one) => [one.id, one])).values()];
}
