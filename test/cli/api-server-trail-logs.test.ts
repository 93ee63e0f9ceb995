import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '#core/json.ts';
import { recordOf } from '../records.ts';
import { ApiServer, findPrograms } from './api-server.ts';
import { openShell, plumbline, type Shell } from './command.ts';

const programs = findPrograms();
const missing = 'missing' in programs ? programs.missing : undefined;
// In CI a server that cannot be had is a failure, not a reason to skip.
const isSkipped = missing !== undefined && process.env['CI'] === undefined;
if (missing !== undefined) process.stderr.write(`The tests against the API server cannot run: ${missing}\n`);

const ORGANIZATION = 'audit/AWSLogs/o-a1b2c3d4e5';
const MEMBER = '444455556666';

const policy = (eventID: string, eventTime: string, more: JsonObject = {}): JsonObject =>
  recordOf('PutBucketPolicy', { eventID, eventTime, requestParameters: { bucketName: 'exports' }, ...more });
const packed = (...records: readonly JsonObject[]): Uint8Array => gzipSync(JSON.stringify({ Records: records }));

/** What the bucket holds: an organization's trail, a folder of plain logs, and a great file. */
const OBJECTS: Readonly<Record<string, Uint8Array>> = {
  [`${ORGANIZATION}/111122223333/CloudTrail/eu-west-1/2026/03/02/a.json.gz`]: packed(
    policy('first', '2026-03-02T08:00:00Z'),
    recordOf('GetBucketPolicy', { eventID: 'read' }),
  ),
  // Late: the event is of the day before.
  [`${ORGANIZATION}/111122223333/CloudTrail/eu-west-1/2026/03/03/b.json.gz`]: packed(
    policy('late', '2026-03-02T23:58:00Z'),
  ),
  [`${ORGANIZATION}/111122223333/CloudTrail/eu-west-1/2026/03/09/c.json.gz`]: packed(
    policy('week', '2026-03-09T08:00:00Z'),
  ),
  [`${ORGANIZATION}/${MEMBER}/CloudTrail/us-east-1/2026/03/02/d.json.gz`]: packed(
    policy('theirs', '2026-03-02T09:00:00Z', { recipientAccountId: MEMBER, awsRegion: 'us-east-1' }),
  ),
  [`${ORGANIZATION}/111122223333/CloudTrail-Digest/eu-west-1/2026/03/02/digest.json.gz`]: packed(),
  'plain/plain.jsonl': Buffer.from(`${JSON.stringify(policy('plain', '2026-03-02T10:00:00Z'))}\n`),
  'plain/broken.json.gz': packed(policy('first', '2026-03-02T08:00:00Z')).subarray(0, 40),
};

/** More than is read in one go, so that it is read piece by piece; nothing of it is watched but its end. */
const greatLog = (): string =>
  JSON.stringify({
    Records: [
      ...Array.from({ length: 12_000 }, (_, index) =>
        recordOf('GetBucketPolicy', { eventID: `read-${index}`, userAgent: 'x'.repeat(500) }),
      ),
      policy('last of many', '2026-03-02T11:00:00Z'),
    ],
  });

interface Document {
  readonly files: number;
  readonly records: number;
  readonly entries: readonly { readonly event: string }[];
  readonly problems: readonly { readonly where: string; readonly says: string }[];
}

describe.skipIf(isSkipped)('changes --trail-logs s3://…, on a real API server', () => {
  let server: ApiServer;
  let shell: Shell;

  beforeAll(async () => {
    if ('missing' in programs) throw new Error(programs.missing);
    // Two keys a page: every listing here has several.
    server = await ApiServer.start(programs, { MOTO_S3_DEFAULT_MAX_KEYS: '2' });
    shell = await openShell(server.environment);
    const folder = await mkdtemp(join(tmpdir(), 'plumbline-trail-'));
    for (const [key, body] of [...Object.entries(OBJECTS), ['great/great.json', greatLog()] as const]) {
      await mkdir(dirname(join(folder, key)), { recursive: true });
      await writeFile(join(folder, key), body);
    }
    const where = ['--region', 'eu-west-1', '--create-bucket-configuration', 'LocationConstraint=eu-west-1'];
    await server.aws('s3api', 'create-bucket', '--bucket', 'trail', ...where);
    await server.aws('s3', 'sync', folder, 's3://trail', '--quiet');
    const archived = join(folder, 'plain', 'plain.jsonl');
    const key = 'archived/archived.json';
    await server.aws(
      's3api',
      'put-object',
      '--bucket',
      'trail',
      '--key',
      key,
      '--body',
      archived,
      '--storage-class',
      'GLACIER',
    );
  }, 400_000);
  afterAll(() => server?.stop());

  const changes = async (place: string, ...args: readonly string[]) => {
    const { code, out, err } = await plumbline(shell, 'changes', '--trail-logs', place, '--json', ...args);
    if (out === '') throw new Error(err);
    const document = JSON.parse(out) as Document;
    return { code, ...document, events: document.entries.map(({ event }) => event) };
  };

  test.each([
    { case: 'an organization', args: [], events: ['first', 'theirs', 'late', 'week'], files: 4 },
    {
      case: 'a day, with what came late',
      args: ['--since', '2026-03-02', '--until', '2026-03-03'],
      events: ['first', 'theirs', 'late'],
      files: 3,
    },
    { case: 'since then', args: ['--since', '2026-03-05'], events: ['week'], files: 1 },
    { case: 'one account', args: ['--account', MEMBER], events: ['theirs'], files: 1 },
    { case: 'one region', args: ['--region', 'us-east-1'], events: ['theirs'], files: 1 },
  ])('$case', async ({ args, events, files }) => {
    expect(await changes('s3://trail/audit', ...args)).toMatchObject({ code: 0, problems: [], events, files });
  });

  test('of a time that no log is of nothing is known', async () => {
    expect(await changes('s3://trail/audit', '--until', '2025-01-01')).toMatchObject({
      code: 2,
      problems: [{ where: '--trail-logs', says: expect.stringContaining('none of the times, accounts and regions') }],
      events: [],
      files: 0,
    });
  });

  test('one file, piece by piece', async () => {
    expect(await changes('s3://trail/great/great.json')).toMatchObject({
      code: 0,
      records: 12_001,
      events: ['last of many'],
    });
  });

  test('the whole bucket: what is refused or broken is named, and the rest is read', async () => {
    const { code, events, problems } = await changes('s3://trail');
    expect([code, events]).toEqual([2, ['first', 'theirs', 'plain', 'last of many', 'late', 'week']]);
    expect(problems).toEqual([
      { where: 's3://trail/archived/archived.json', says: 'it could not be read (InvalidObjectState)' },
      {
        where: 's3://trail/plain/broken.json.gz',
        says: 'it ends in the middle of what is packed; what stands before it was read',
      },
    ]);
  });

  test('as a role of the logs’ account', async () => {
    const role = 'arn:aws:iam::123456789012:role/log-reader';
    expect(await changes('s3://trail/audit', '--account-role', role)).toMatchObject({ code: 0, files: 4 });
  });

  test.each([
    {
      place: 's3://trial',
      code: 2,
      says: 'could not find s3://trial: there is no bucket "trial"; make it, or check its name',
    },
    { place: 's3://trail/nowhere', code: 2, says: 'no log is in s3://trail/nowhere or below it' },
    {
      place: 's3:/trail',
      code: 64,
      says: '--trail-logs s3:/trail: it takes a folder or a file, such as ./AWSLogs, or s3://bucket/prefix',
    },
    { place: 's3://Trail', code: 64, says: '--trail-logs s3://Trail: "Trail" is no name of a bucket' },
  ])('$place', async ({ place, code, says }) => {
    const ended = await plumbline(shell, 'changes', '--trail-logs', place);
    expect([ended.code, ended.out]).toEqual([code, '']);
    expect(ended.err).toContain(says);
  });
});
