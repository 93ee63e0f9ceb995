import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { PlumblineError } from '#core/errors.ts';
import { METRICS } from '../service-names.ts';
import { workOn } from '../work.ts';
import { logger, metrics } from './telemetry.ts';
import { openSweepingService } from './sweeping-service.ts';

const processor = new BatchProcessor(EventType.SQS);

/** Works on a batch of either queue. Each message stands for itself: one that fails is tried again, then lies where a person finds it. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  logger.addContext(context);
  const service = openSweepingService();
  let due = 0;
  const work = async ({ body, messageId }: SQSRecord): Promise<void> => {
    try {
      due += (await workOn(messageIn(body), service)).due;
    } catch (error) {
      logger.error('a message could not be worked on', { messageId, error });
      throw error;
    }
  };
  const response = await processPartialResponse(event, work, processor, { context, throwOnFullBatchFailure: false });
  metrics.addMetric(METRICS.looks, MetricUnit.Count, event.Records.length);
  metrics.addMetric(METRICS.drifts, MetricUnit.Count, due);
  metrics.publishStoredMetrics();
  if (due > 0) await service.wakeTeller();
  return response;
}

function messageIn(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new PlumblineError('INPUT_INVALID', 'a message of the queue is no JSON', { cause });
  }
}
