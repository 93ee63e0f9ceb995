import pMap from 'p-map';
import { createClients } from '#aws/clients.ts';
import { globalRegionOf } from '#aws/global-region.ts';
import { createReads } from '#aws/reads.ts';
import { stackUpdatedAt } from '#aws/stack-update.ts';
import { messageOf } from '#core/errors.ts';
import type { Json } from '#core/json.ts';
import { ownPartsFrom, type OwnParts } from '#core/own-parts.ts';
import { partsToRead, readPart } from '#kinds/plumbline-self/reader.ts';
import type { AwsReads } from '#kinds/kind.ts';
import { keepPartsDocument } from '../parts-document.ts';
import type { SelfWatchPorts } from '../self-watch.ts';
import { logger, openService, type Service } from './service.ts';

export interface SelfWatchService extends SelfWatchPorts {
  readonly wakeTeller: Service['wakeTeller'];
}

/** Parts under way at once; each is a few calls, and no service of AWS is asked more than a handful of them. */
const PARTS_AT_ONCE = 8;

let isDescribed = false;

/** The ports of the function that watches the service itself. */
export function openSelfWatch(): SelfWatchService {
  const service = openService();
  const { environment, account, partition, documents, ledger, asking, now, wakeTeller } = service;
  const { region, stack, deployer, parts: own } = environment;
  const parts = ownPartsFrom(JSON.parse(own) as Json);
  const clients = createClients({ globalRegion: globalRegionOf(partition) ?? region });
  const aws: AwsReads = createReads({ account, clients, concurrency: PARTS_AT_ONCE, now });
  return {
    account,
    region,
    parts,
    documents,
    ledger,
    asking,
    now,
    wakeTeller,
    deployer,
    readParts: async () => {
      await describeOnce(parts, service);
      return pMap(partsToRead(parts, { account, region }), (part) => readPart(part, { partition, aws }), {
        concurrency: PARTS_AT_ONCE,
      });
    },
    deployedAt: async () => (stack === undefined ? undefined : stackUpdatedAt(aws, { stack, region, now: now() })),
  };
}

/** Whoever asks from outside how the service is finds its parts by this document. */
async function describeOnce(parts: OwnParts, { documents, account, environment }: Service): Promise<void> {
  if (isDescribed) return;
  try {
    await keepPartsDocument(documents, { account, region: environment.region, parts });
    isDescribed = true;
  } catch (error) {
    logger.warn('parts.json could not be written; it is tried again', { error: messageOf(error) });
  }
}
