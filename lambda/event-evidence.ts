import type { Cause, Change } from '#core/change.ts';
import { compareReadings } from '#core/comparison.ts';
import { EXISTS, rootOf } from '#core/declaration.ts';
import type { CloudTrailEvent } from '#core/event.ts';
import { ABSENT, present, type JsonReading } from '#core/reading.ts';
import type { Scan } from '#core/scan.ts';
import { refOf, type Observation } from '#core/state.ts';
import type { Kind } from '#kinds/kind.ts';

/** Does a read show what an event set? `not-told`: the event does not say what it set, or the read was refused. */
export type Shown = 'yes' | 'no' | 'not-told';

/** Does what was read show the event's value, on every resource of the event's kind that was read? */
export function shownBy(event: CloudTrailEvent, kind: Kind, scan: Scan): Shown {
  const own = scan.observations.filter((seen) => refOf(seen).kind === kind.declaration.id);
  const all = own.map((seen) => isShown(event, kind, seen));
  if (all.includes('no')) return 'no';
  return all.includes('yes') ? 'yes' : 'not-told';
}

/** The same of one resource. */
export function isShown(event: CloudTrailEvent, kind: Kind, seen: Observation): Shown {
  const value = kind.eventValue?.(event);
  if (value?.reading === undefined) return 'not-told';
  const now = readingAt(value.path, seen);
  if (now === undefined || now.status === 'unreadable' || now.status === 'skipped') return 'not-told';
  if (value.path === EXISTS) return now.status === value.reading.status ? 'yes' : 'no';
  const compare =
    kind.comparisons?.[value.path] ?? compareReadings(kind.declaration.paths[value.path] ?? { form: 'value' });
  const carried = seen.seen === 'state' ? seen.state.carried : {};
  return compare({ reading: value.reading, carried }, { reading: now, carried }) === 'same' ? 'yes' : 'no';
}

function readingAt(path: string, seen: Observation): JsonReading | undefined {
  if (path === EXISTS) return seen.seen === 'unreadable' ? undefined : seen.seen === 'gone' ? ABSENT : present(true);
  return seen.seen === 'state' ? seen.state.watched[path] : undefined;
}

/**
 * The event as the cause of a drift, with the reasons; undefined where it moved something else. What it set being what was read is
 * stronger evidence than its time.
 */
export function causeOf(
  event: CloudTrailEvent,
  { kind, seen, changes }: { readonly kind: Kind; readonly seen: Observation; readonly changes: readonly Change[] },
): Cause | undefined {
  const value = kind.eventValue?.(event);
  const moved = changes.some(
    ({ path }) => value === undefined || rootOf(path) === value.path || rootOf(path) === EXISTS,
  );
  if (!moved) return undefined;
  const shown = isShown(event, kind, seen);
  const { actor } = event;
  return {
    // A late or corrected copy of an event is the same cause (aws-facts §4.3).
    eventId: event.corrects ?? event.id,
    call: event.name,
    who: actor.name,
    ...(actor.userAgent === undefined ? {} : { userAgent: actor.userAgent }),
    ...(actor.session === undefined ? {} : { session: actor.session }),
    at: event.at,
    certainty: CERTAINTY[shown],
    reasons: [REASON[shown]],
  };
}

const CERTAINTY = { yes: 'certain', 'not-told': 'likely', no: 'unknown' } as const;

const REASON = {
  yes: 'what the call set is what was then read',
  'not-told': 'the call names this resource; what it set, the event does not tell',
  no: 'the call names this resource, but what it set is not what was read: it was changed again, or shows later',
} as const;
