import { listEnabledRegions } from '#aws/account-regions.ts';
import type { SweepPorts } from '../sweep.ts';
import { openService, type Service } from './service.ts';

/** The service with what a sweep needs. */
export function openSweepingService(): Service & SweepPorts {
  const service = openService();
  const { regions, ownerTags } = service.settings;
  return { ...service, ownerTags, regions: async () => regions ?? (await listEnabledRegions(service.aws)) };
}
