import { weighCauses } from '#core/attribution.ts';
import type { Cause, Change, Shown } from '#core/change.ts';
import { compareReadings } from '#core/comparison.ts';
import { contractOf, type ToolContract } from '#core/contract.ts';
import { EXISTS, rootOf } from '#core/declaration.ts';
import type { CloudTrailEvent } from '#core/event.ts';
import { howOf, howText } from '#core/how.ts';
import { ABSENT, present, type JsonReading } from '#core/reading.ts';
import type { Evidence } from '#core/reconciliation.ts';
import type { Scan } from '#core/scan.ts';
import { refOf, type Observation } from '#core/state.ts';
import type { Kind } from '#kinds/kind.ts';

/** Does what was read show the event's value, on every resource of the event's kind that was read? */
export function shownBy(event: CloudTrailEvent, kind: Kind, scan: Scan): Shown {
  const own = scan.observations.filter((seen) => refOf(seen).kind === kind.declaration.id);
  const all = own.map((seen) => isShown(event, kind, seen));
  if (all.includes('no')) return 'no';
  if (all.includes('unread')) return 'unread';
  return all.includes('yes') ? 'yes' : 'not-told';
}

/** The same of one resource. */
export function isShown(event: CloudTrailEvent, kind: Kind, seen: Observation): Shown {
  const own = seen.seen === 'state' ? kind.shown?.(event, seen.state) : undefined;
  if (own !== undefined) return own;
  const value = kind.eventValue?.(event);
  if (value === undefined) return 'not-told';
  const now = readingAt(value.path, seen);
  if (now === undefined || now.status === 'unreadable') return 'unread';
  if (value.reading === undefined || now.status === 'skipped') return 'not-told';
  return isSameReading({ path: value.path, reading: value.reading }, { kind, now, seen }) ? 'yes' : 'no';
}

interface Read {
  readonly kind: Kind;
  readonly now: JsonReading;
  readonly seen: Observation;
}

function isSameReading(
  set: { readonly path: string; readonly reading: JsonReading },
  { kind, now, seen }: Read,
): boolean {
  if (set.path === EXISTS) return now.status === set.reading.status;
  const compare =
    kind.comparisons?.[set.path] ?? compareReadings(kind.declaration.paths[set.path] ?? { form: 'value' });
  const carried = seen.seen === 'state' ? seen.state.carried : {};
  return compare({ reading: set.reading, carried }, { reading: now, carried }) === 'same';
}

function readingAt(path: string, seen: Observation): JsonReading | undefined {
  if (path === EXISTS) return seen.seen === 'unreadable' ? undefined : seen.seen === 'gone' ? ABSENT : present(true);
  return seen.seen === 'state' ? seen.state.watched[path] : undefined;
}

/** What moved, as it was then read. */
interface Moved {
  readonly kind: Kind;
  readonly seen: Observation;
  readonly changes: readonly Change[];
  /** What tools may write. */
  readonly contracts?: readonly ToolContract[] | undefined;
}

/**
 * The event as a cause of a drift, with the evidence; undefined where it moved something else. How sure it is, is judged beside every
 * other call that is known (`weighCauses`).
 */
export function causeOf(event: CloudTrailEvent, { kind, seen, changes, contracts = [] }: Moved): Cause | undefined {
  const value = kind.eventValue?.(event);
  const departed = [...new Set(changes.map(({ path }) => rootOf(path)))];
  if (departed.length === 0) return undefined;
  if (value !== undefined && !departed.includes(value.path) && !departed.includes(EXISTS)) return undefined;
  const cause: Cause = { ...causeBy(event, NOT_WEIGHED), ...evidenceOf(event, { kind, seen, contracts }) };
  return weighCauses([cause], departed)[0];
}

/** What a reading tells of an event, whatever it made of it. */
export function evidenceOf(
  event: CloudTrailEvent,
  { kind, seen, contracts = [] }: Pick<Moved, 'kind' | 'seen' | 'contracts'>,
): Evidence {
  const value = kind.eventValue?.(event);
  const contract = contractOf(event.actor, refOf(seen), contracts);
  return {
    ...(value === undefined ? {} : { moves: value.path }),
    shows: isShown(event, kind, seen),
    ...(contract === undefined ? {} : { contract }),
  };
}

const NOT_WEIGHED = { certainty: 'unknown', reasons: [] } as const;

/** What an event tells of who called, when, and with what. Pure. */
export function causeBy(event: CloudTrailEvent, judged: Pick<Cause, 'certainty' | 'reasons'>): Cause {
  const { actor } = event;
  const how = howOf(actor);
  return {
    // A late or corrected copy speaks of the event that it corrects (aws-facts §4.3).
    eventId: event.corrects ?? event.id,
    call: event.name,
    region: event.region,
    who: actor.name,
    ...(actor.userAgent === undefined ? {} : { userAgent: actor.userAgent }),
    how: { says: howText(how), certainty: how.certainty },
    ...(actor.session === undefined ? {} : { session: actor.session }),
    at: event.at,
    ...judged,
  };
}
