import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { CloudTrailEvent } from '#core/event.ts';
import { messageOf } from '#core/errors.ts';
import { recordAttempt } from '../record.ts';
import { concernsParts, watchParts } from '../self-watch.ts';
import { ownEventsIn } from '../self-watch-message.ts';
import { METRICS } from '../service-names.ts';
import { openSelfWatch, type SelfWatchService, type Started } from './self-watch-service.ts';
import { logger, metrics } from './telemetry.ts';

/** Looked at again after so many seconds, where a reading does not show yet what an event did: queues and roles take a minute. */
const AGAIN_AFTER_S = [60, 300] as const;

/** Its schedule brings what the service is made of; its queue, events. */
type SelfEvent = Started | SQSEvent;

/** Every few minutes, and whenever an event names a part of the service: reads what it is made of, and writes what drifted. */
export async function handler(event: SelfEvent, context: Context): Promise<SQSBatchResponse> {
  logger.addContext(context);
  const service = await openSelfWatch('parts' in event ? event : undefined);
  const records = 'Records' in event ? event.Records : undefined;
  const read = (records ?? []).map(({ body, messageId }) => readOne(body, messageId));
  const batchItemFailures = read.flatMap(({ failed }) => (failed === undefined ? [] : [{ itemIdentifier: failed }]));
  const events = await concerning(
    read.flatMap((one) => one.events),
    service,
  );
  // A batch that is about others alone is no reason to read everything.
  if (records !== undefined && events.length === 0) return { batchItemFailures };
  const tries = Math.max(0, ...read.map((one) => one.tries));
  const { due, parts, lookedAt, unreadable, notShown } = await watchParts(events, service);
  const after = AGAIN_AFTER_S[tries];
  // A message each: one event may fill a message, so several would be more than a queue takes.
  if (after !== undefined)
    await service.asking.ask(
      notShown.map((one) => ({ plumbline: 'own', events: [one], tries: tries + 1 })),
      after,
    );
  metrics.addMetric(METRICS.selfChecks, MetricUnit.Count, 1);
  // A zero for the tick, which may not run: an alarm hears a zero at once, and a silence late (decision 26).
  metrics.addMetric(METRICS.heartbeat, MetricUnit.Count, 0);
  metrics.addMetric(METRICS.partsUnreadable, MetricUnit.Count, unreadable.length);
  metrics.addMetric(METRICS.drifts, MetricUnit.Count, due);
  metrics.publishStoredMetrics();
  logger.info('the service has looked at itself', { parts, lookedAt, unreadable, due, events: events.length });
  if (due > 0) await service.wakeTeller();
  return { batchItemFailures };
}

interface ReadMessage {
  readonly events: readonly CloudTrailEvent[];
  readonly tries: number;
  /** The id of a message that nobody can read: it is tried again, then lies where a person finds it. */
  readonly failed?: string;
}

function readOne(body: string, messageId: string): ReadMessage {
  try {
    return ownEventsIn(body);
  } catch (error) {
    logger.error('a message could not be worked on', { messageId, error: messageOf(error) });
    return { events: [], tries: 0, failed: messageId };
  }
}

/** The events that are about a part; of those that failed it is kept that somebody tried. */
async function concerning(
  events: readonly CloudTrailEvent[],
  { parts, documents }: SelfWatchService,
): Promise<readonly CloudTrailEvent[]> {
  const own = events.filter((one) => concernsParts(one, parts));
  for (const attempt of own.filter(({ error }) => error !== undefined)) await recordAttempt(attempt, [], documents);
  return own.filter(({ error }) => error === undefined);
}
