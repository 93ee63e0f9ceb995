import { afterAll, beforeAll, describe } from 'vitest';
import { createClients } from '#aws/clients.ts';
import { DynamoDbLedger } from '#aws/dynamodb-ledger.ts';
import { createReads } from '#aws/reads.ts';
import { useEnvironment } from '../environment.ts';
import { ledgerSuite } from '../local/ledger.suite.ts';
import { createLedgerTable } from './api-server-table.ts';
import { ApiServer, findPrograms } from './api-server.ts';

const programs = findPrograms();
const missing = 'missing' in programs ? programs.missing : undefined;
const isSkipped = missing !== undefined && process.env['CI'] === undefined;
if (missing !== undefined) process.stderr.write(`The tests against the API server cannot run: ${missing}\n`);

describe.skipIf(isSkipped)('on a real API server', () => {
  let server: ApiServer;
  let tables = 0;

  beforeAll(async () => {
    if ('missing' in programs) throw new Error(programs.missing);
    server = await ApiServer.start(programs);
    useEnvironment(server.environment);
  }, 60_000);
  afterAll(() => server?.stop());

  ledgerSuite('a DynamoDB table', async () => {
    const aws = createReads({
      account: '123456789012',
      clients: createClients({ globalRegion: 'us-east-1' }),
      concurrency: 8,
    });
    tables += 1;
    const table = `ledger-${tables}`;
    await createLedgerTable(aws, { table, region: 'us-east-1' });
    return new DynamoDbLedger(aws, { table, region: 'us-east-1' });
  });
});
