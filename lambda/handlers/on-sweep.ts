import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { startSweep } from '../sweep.ts';
import { logger } from './telemetry.ts';
import { openSweepingService } from './sweeping-service.ts';

/** Its schedule brings nothing of interest; its queue, findings about which logs of use are to be read. */
type SweepEvent = SQSEvent | { readonly Records?: never };

/** Lists everything and asks for one look a shard. What else takes long, and waits for nobody, it does too: reading logs of use. */
export async function handler(
  event: SweepEvent,
  context: Context,
): Promise<{ readonly sweep: string } | SQSBatchResponse> {
  logger.addContext(context);
  const service = openSweepingService();
  if (event.Records !== undefined) {
    // Few changes break something: what reads logs is loaded when one does.
    const { watchUses } = await import('./watching-service.ts');
    return watchUses(event.Records, service);
  }
  const sweep = await startSweep(service);
  logger.info('a sweep has begun', { sweep });
  return { sweep };
}
