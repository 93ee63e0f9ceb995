import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LEDGER } from '#lambda/service-names.ts';
import type { AwsReads } from '#kinds/kind.ts';

const KEYS = [
  { AttributeName: LEDGER.partitionKey, KeyType: 'HASH' },
  { AttributeName: LEDGER.sortKey, KeyType: 'RANGE' },
] as const;

/** Makes the table of the live state on an API server, as the stack makes it. */
export async function createLedgerTable(
  aws: Pick<AwsReads, 'call'>,
  { table, region }: { readonly table: string; readonly region: string },
): Promise<void> {
  const command = new CreateTableCommand({
    TableName: table,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [...KEYS],
    AttributeDefinitions: [LEDGER.partitionKey, LEDGER.sortKey, 'due', 'dueAt'].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S',
    })),
    GlobalSecondaryIndexes: [
      {
        IndexName: LEDGER.dueIndex,
        KeySchema: [
          { AttributeName: 'due', KeyType: 'HASH' },
          { AttributeName: 'dueAt', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  });
  await aws.call({ client: DynamoDBClient, region, send: (client) => client.send(command) });
}
