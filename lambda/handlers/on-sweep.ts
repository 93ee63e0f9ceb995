import type { Context } from 'aws-lambda';
import { listEnabledRegions } from '#aws/account-regions.ts';
import { startSweep } from '../sweep.ts';
import { logger, openService } from './service.ts';

/** Lists everything and asks for one look a shard. */
export async function handler(_event: unknown, context: Context): Promise<{ readonly sweep: string }> {
  logger.addContext(context);
  const service = openService();
  const { regions, ownerTags } = service.settings;
  const sweep = await startSweep({
    ...service,
    ownerTags,
    regions: async () => regions ?? (await listEnabledRegions(service.aws)),
  });
  logger.info('a sweep has begun', { sweep });
  return { sweep };
}
