import { setTimeout as wait } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { createClients, type Clients } from '#aws/clients.ts';
import { DynamoDbLedger } from '#aws/dynamodb-ledger.ts';
import { globalRegionOf } from '#aws/global-region.ts';
import { createReads } from '#aws/reads.ts';
import { S3Documents } from '#aws/s3-documents.ts';
import { SqsAsking } from '#aws/sqs-asking.ts';
import { kinds } from '#kinds';
import type { AwsReads } from '#kinds/kind.ts';
import type { DetectPorts } from '../detect.ts';
import { KnownStates } from '../known-states.ts';
import { METRICS } from '../service-names.ts';
import type { ServiceSettings } from '../service-settings.ts';
import { readEnvironment, readServiceSettings, type Environment } from './environment.ts';

/** Calls under way at once: of the watched services, and of our own store, which must not wait behind them. */
export const READS_AT_ONCE = 32;
export const STORE_CALLS_AT_ONCE = 32;

export const logger = new Logger({ serviceName: 'plumbline' });
export const metrics = new Metrics({ namespace: METRICS.namespace, serviceName: 'plumbline' });

/** What every function has: the ports of detecting, on AWS. */
export interface Service extends DetectPorts {
  readonly environment: Environment;
  readonly settings: ServiceSettings;
  readonly clients: Clients;
  /** Calls to the service's own things. */
  readonly own: AwsReads;
  readonly documents: S3Documents;
  /** Wakes the teller; a failure is no reason to do the work again, since the next minute wakes it anyway. */
  readonly wakeTeller: () => Promise<void>;
}

let service: Service | undefined;

/** The composition root: built when the first event comes, and kept. */
export function openService(): Service {
  // Credentials that ended once would be refused for as long as this instance lives: a new one reads the environment anew.
  if (service?.aws.endedBy() !== undefined || service?.own.endedBy() !== undefined) service = undefined;
  return (service ??= composeService());
}

function composeService(): Service {
  const environment = readEnvironment();
  const { account, partition, region, bucket, table, queues } = environment;
  const clients = createClients({ globalRegion: globalRegionOf(partition) ?? region });
  const now = (): Date => new Date();
  const aws = createReads({ account, clients, concurrency: READS_AT_ONCE, now });
  const own = createReads({ account, clients, concurrency: STORE_CALLS_AT_ONCE, now });
  const documents = new S3Documents(own, { bucket, prefix: '' }, region);
  const ledger = new DynamoDbLedger(own, { table, region });
  const shapes = new Map(kinds.map(({ declaration }) => [declaration.id, declaration.shape]));
  const asking = new SqsAsking(own, { queues, region });
  return {
    environment,
    settings: readServiceSettings(),
    clients,
    account,
    partition,
    kinds,
    aws,
    own,
    documents,
    ledger,
    known: new KnownStates({ documents, ledger, account, shapes, now }),
    asking,
    now,
    wait: (ms) => wait(ms),
    wakeTeller: async () => {
      try {
        await asking.wake();
      } catch (error) {
        logger.warn('the teller could not be woken; the next minute wakes it', { error });
      }
    },
  };
}
