import type { Context } from 'aws-lambda';
import { startSweep } from '../sweep.ts';
import { logger } from './telemetry.ts';
import { openSweepingService } from './sweeping-service.ts';

/** Lists everything and asks for one look a shard. */
export async function handler(_event: unknown, context: Context): Promise<{ readonly sweep: string }> {
  logger.addContext(context);
  const sweep = await startSweep(openSweepingService());
  logger.info('a sweep has begun', { sweep });
  return { sweep };
}
