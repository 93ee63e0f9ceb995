import { createClients, type Clients } from '#aws/clients.ts';
import { DynamoDbLedger } from '#aws/dynamodb-ledger.ts';
import { globalRegionOf } from '#aws/global-region.ts';
import { createReads } from '#aws/reads.ts';
import { S3Documents } from '#aws/s3-documents.ts';
import { SqsAsking } from '#aws/sqs-asking.ts';
import type { AwsReads } from '#kinds/kind.ts';
import { readEnvironment, type Environment } from './environment.ts';
import { logger } from './telemetry.ts';

/** Calls under way at once to our own things, which must not wait behind those to what is watched. */
export const STORE_CALLS_AT_ONCE = 32;

/** The homes of the ports: what every function has, whatever it reads. */
export interface OwnPorts {
  readonly environment: Environment;
  readonly account: string;
  readonly partition: string;
  readonly clients: Clients;
  /** Calls to the service's own things. */
  readonly own: AwsReads;
  readonly documents: S3Documents;
  readonly ledger: DynamoDbLedger;
  readonly asking: SqsAsking;
  readonly now: () => Date;
  /** Wakes the teller; a failure is no reason to do the work again, since the next minute wakes it anyway. */
  readonly wakeTeller: () => Promise<void>;
}

export function composeOwnPorts(): OwnPorts {
  const environment = readEnvironment();
  const { account, partition, region, bucket, table, queues } = environment;
  const clients = createClients({ globalRegion: globalRegionOf(partition) ?? region });
  const now = (): Date => new Date();
  const own = createReads({ account, clients, concurrency: STORE_CALLS_AT_ONCE, now });
  const asking = new SqsAsking(own, { queues, region });
  return {
    environment,
    account,
    partition,
    clients,
    own,
    documents: new S3Documents(own, { bucket, prefix: '' }, region),
    ledger: new DynamoDbLedger(own, { table, region }),
    asking,
    now,
    wakeTeller: async () => {
      try {
        await asking.wake();
      } catch (error) {
        logger.warn('the teller could not be woken; the next minute wakes it', { error });
      }
    },
  };
}
