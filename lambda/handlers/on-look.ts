import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { PlumblineError } from '#core/errors.ts';
import type { Detected } from '../detect.ts';
import { METRICS } from '../service-names.ts';
import { workOn } from '../work.ts';
import { openSweepingService, type SweepingService } from './sweeping-service.ts';
import { logger, metrics } from './telemetry.ts';

const processor = new BatchProcessor(EventType.SQS);

/** Works on a batch of either queue. Each message stands for itself: one that fails is tried again, then lies where a person finds it. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  logger.addContext(context);
  const service = openSweepingService();
  const { hubQueue } = service.environment;
  let due = 0;
  const work = async ({ body, messageId, eventSourceARN }: SQSRecord): Promise<void> => {
    try {
      // By the queue, and not by what a message says of itself: what another account may write is no look.
      const isOfMember = hubQueue !== undefined && eventSourceARN === hubQueue;
      due += (await (isOfMember ? collect : lookOrAnswer)(messageIn(body), service)).due;
    } catch (error) {
      logger.error('a message could not be worked on', { messageId, error });
      throw error;
    }
  };
  const response = await processPartialResponse(event, work, processor, { context, throwOnFullBatchFailure: false });
  metrics.addMetric(METRICS.drifts, MetricUnit.Count, due);
  metrics.publishStoredMetrics();
  if (due > 0) await service.wakeTeller();
  return response;
}

/** What our own queues hold. */
function lookOrAnswer(message: unknown, service: SweepingService): Promise<{ readonly due: number }> {
  return workOn(message, {
    ...service,
    answerTicket: (ticket, account) => answerUnder({ ticket, account }, service),
    searchFor: (finding) => searchFor(finding, service),
  });
}

/** Questions are few: what answers them is loaded when the first one comes. */
async function answerUnder(
  { ticket, account }: { readonly ticket: string; readonly account: string | undefined },
  service: SweepingService,
): Promise<void> {
  if (account === undefined) return (await import('./answering-service.ts')).answerAsked(ticket, service);
  return (await import('./member-service.ts')).answerPart({ ticket, account }, service);
}

/** Most changes bring their event: what asks CloudTrail for others is loaded when one did not. */
async function searchFor(finding: string, service: SweepingService): Promise<Detected> {
  const [{ searchCauses }, { CloudTrailHistory }] = await Promise.all([
    import('../cause-search.ts'),
    import('#aws/event-history.ts'),
  ]);
  return searchCauses(finding, { ...service, history: new CloudTrailHistory(service.aws) });
}

/** Only the hub loads what reads members. */
async function collect(message: unknown, service: SweepingService): Promise<{ readonly due: number }> {
  const { collectNews } = await import('../hub-inbox.ts');
  return collectNews(message, service);
}

function messageIn(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new PlumblineError('INPUT_INVALID', 'a message of the queue is no JSON', { cause });
  }
}
