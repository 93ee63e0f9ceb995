import type zlib from 'node:zlib';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createClients } from '#aws/clients.ts';
import { DynamoDbLedger } from '#aws/dynamodb-ledger.ts';
import { createReads } from '#aws/reads.ts';
import { S3Documents } from '#aws/s3-documents.ts';
import type { AwsReads } from '#kinds/kind.ts';
import { createLedgerTable } from '../cli/api-server-table.ts';
import { ApiServer, findPrograms } from '../cli/api-server.ts';
import { useEnvironment } from '../environment.ts';
import { outsideOf } from './outside.ts';
import type { MakeHomes } from './ports.ts';
import { simulate } from './run.ts';
import { storyOf } from './story.ts';

vi.mock('node:zlib', async (original) => ({
  ...(await original<typeof zlib>()),
  gzip: (body: Uint8Array, done: (error: null, packed: Uint8Array) => void) => done(null, body),
  gunzip: (body: Uint8Array, done: (error: null, unpacked: Uint8Array) => void) => done(null, body),
}));

const programs = findPrograms();
const missing = 'missing' in programs ? programs.missing : undefined;
const isSkipped = missing !== undefined && process.env['CI'] === undefined;
if (missing !== undefined) process.stderr.write(`The tests against the API server cannot run: ${missing}\n`);

const HOUR = 60 * 60_000;
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const REGION = 'us-east-1';

describe.skipIf(isSkipped)('the service, its documents in a real bucket and its live state in a real table', () => {
  let server: ApiServer;
  let aws: AwsReads;

  beforeAll(async () => {
    if ('missing' in programs) throw new Error(programs.missing);
    server = await ApiServer.start(programs);
    useEnvironment(server.environment);
    const clients = createClients({ globalRegion: REGION });
    aws = createReads({ account: '123456789012', clients, concurrency: 32 });
  }, 400_000);
  afterAll(() => server?.stop());

  /** A bucket and a table of its own for each run; the clock of the run stands still while they are asked. */
  const homesOf =
    (seed: number): MakeHomes =>
    async ({ time }) => {
      const [bucket, table] = [`audit-${seed}`, `ledger-${seed}`];
      await aws.call({
        client: S3Client,
        region: REGION,
        send: (s3) => s3.send(new CreateBucketCommand({ Bucket: bucket })),
      });
      await createLedgerTable(aws, { table, region: REGION });
      return {
        documents: outsideOf(new S3Documents(aws, { bucket, prefix: '' }, REGION), time),
        ledger: outsideOf(new DynamoDbLedger(aws, { table, region: REGION }), time),
      };
    };

  test.each(SEEDS)('keeps every invariant in the run of seed %i', { timeout: 300_000 }, async (seed) => {
    const run = await simulate(seed, { makeHomes: homesOf(seed), faultyMs: HOUR / 2 });
    expect(run.violations.length + run.unexpected.length === 0 ? '' : storyOf(run)).toBe('');
    expect(run.history.alerts.length).toBeGreaterThan(0);
  });
});
