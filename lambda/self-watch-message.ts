import { PlumblineError } from '#core/errors.ts';
import { parseEvent, type CloudTrailEvent } from '#core/event.ts';
import { isJsonObject, textOf } from '#core/json.ts';
import { CLOUDTRAIL_DETAIL, eventWithWho, isEvent } from '#core/look.ts';

/** What one message of the own queue tells: an event as EventBridge brings it, or events that are looked at again. */
export interface OwnEvents {
  readonly events: readonly CloudTrailEvent[];
  /** How often they were looked at already. */
  readonly tries: number;
}

/** Reads one message. Throws INPUT_INVALID for what is neither: such a message is poison, and goes where a person finds it. */
export function ownEventsIn(body: string): OwnEvents {
  const message = parsed(body);
  if (!isJsonObject(message)) throw new PlumblineError('INPUT_INVALID', 'a message of the queue is no object');
  if (message['plumbline'] === 'own') {
    const { events, tries } = message;
    const all: readonly unknown[] = Array.isArray(events) ? events : [undefined];
    if (all.every(isEvent) && typeof tries === 'number') return { events: all.map(eventWithWho), tries };
    throw new PlumblineError('INPUT_INVALID', 'a message of the queue does not say which events are looked at again');
  }
  if (!CLOUDTRAIL_DETAIL.test(textOf(message['detail-type']) ?? ''))
    throw new PlumblineError(
      'INPUT_INVALID',
      'a message of the queue is neither an event of CloudTrail nor one of ours',
    );
  return { events: [parseEvent(message['detail'])], tries: 0 };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new PlumblineError('INPUT_INVALID', 'a message of the queue is no JSON', { cause });
  }
}
