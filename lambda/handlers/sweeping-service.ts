import type { AwsReads } from '#kinds/kind.ts';
import type { SweepPorts } from '../sweep.ts';
import { openService, type Service } from './service.ts';

export interface SweepingService extends Service, SweepPorts {
  readonly documents: Service['documents'];
  readonly ledger: Service['ledger'];
  readonly asking: Service['asking'];
}

/** The service with what a sweep needs. */
export function openSweepingService(): SweepingService {
  const service = openService();
  const { regions, ownerTags } = service.settings;
  return { ...service, ownerTags, regions: async () => regions ?? (await enabledRegions(service.aws)) };
}

/** Only the beginning of a sweep asks for them, so whoever looks at an event does not load that client. */
async function enabledRegions(aws: AwsReads): Promise<readonly string[]> {
  const { listEnabledRegions } = await import('#aws/account-regions.ts');
  return listEnabledRegions(aws);
}
