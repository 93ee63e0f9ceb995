import { S3ControlClient, PutPublicAccessBlockCommand } from '@aws-sdk/client-s3-control';
import pMap from 'p-map';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClients } from '#aws/clients.ts';
import { useEnvironment } from '../environment.ts';
import { changesIn, scanIn } from './account.ts';
import { ApiServer, findPrograms } from './api-server.ts';
import { openShell, plumbline, type Shell } from './command.ts';

const programs = findPrograms();
const missing = 'missing' in programs ? programs.missing : undefined;
// In CI a server that cannot be had is a failure, not a reason to skip.
const isSkipped = missing !== undefined && process.env['CI'] === undefined;
if (missing !== undefined) process.stderr.write(`The tests against the API server cannot run: ${missing}\n`);

const ACCOUNT = '123456789012';
const REGIONS = ['us-east-1', 'eu-west-1', 'us-west-2'];
const AT_ONCE = 4;

describe.skipIf(isSkipped)('a whole account on a real API server, set up by the aws command line', () => {
  let server: ApiServer;
  let shell: Shell;

  beforeAll(async () => {
    if ('missing' in programs) throw new Error(programs.missing);
    server = await ApiServer.start(programs);
    shell = await openShell(server.environment);
    useEnvironment(server.environment);
    await setUp(server);
  }, 400_000);
  afterAll(() => server?.stop());

  test(
    'read, accepted, changed in six ways and rewritten in one: exactly the six are named',
    { timeout: 400_000 },
    async () => {
      const first = await plumbline(shell, 'scan');
      expect(first.code).toBe(2);
      expect(first.out).toContain(
        'read 0 cloudfront-distribution, 1 s3-account-block, 60 s3-bucket, 1 s3-organization-policy, 4 waf-ip-set',
      );
      expect(first.out).toContain(
        'Next: look through it (plumbline scan --all --json), then accept what is there:\n  plumbline baseline accept --all --reason "first look"',
      );
      expect(await plumbline(shell, 'baseline', 'accept', '--all', '--reason', 'first look')).toMatchObject({
        code: 0,
      });

      const clean = await plumbline(shell, 'scan');
      expect([clean.code, clean.out.includes('Nothing drifted. 0 changed, 0 created, 0 deleted.')]).toEqual([0, true]);

      await change(server);
      const { code, report } = await scanIn(shell);
      expect(code).toBe(1);
      expect([...changesIn(report)].sort()).toEqual([
        's3-account-block/account#publicAccessBlock',
        's3-bucket/bucket-03#policy',
        's3-bucket/bucket-04#acl',
        's3-bucket/bucket-05#exists',
        's3-bucket/bucket-new#exists',
        'waf-ip-set/regional-a#addresses',
      ]);
      expect(report.counts).toMatchObject({
        drifts: 6,
        unreadable: 0,
        resourcesNotYetAccepted: 0,
        pathsNotYetAccepted: 0,
        notCompared: 0,
        notLookedAt: 0,
      });

      // Ten buckets have ACLs off and ten refuse public ACLs themselves; the others take them, or did. The new one had nothing to lose.
      const account = report.findings.find(({ drifts }) => drifts[0]?.ref.kind === 's3-account-block');
      expect(account).toMatchObject({
        severity: 'high',
        drifts: [{ changes: [{ exposure: 'narrowed', breakage: 'breaks' }] }],
        consequences: [{ of: 's3-bucket', notAffected: 20, unknown: [], incomplete: [] }],
      });
      expect(account?.consequences[0]?.affected.flatMap(({ resources }) => resources)).toHaveLength(39);
      const judged = report.findings.flatMap(({ severity, drifts }) =>
        drifts.map(({ ref, changes }) => `${ref.id}: ${severity}, ${changes[0]?.effects?.join(' ') ?? ''}`),
      );
      expect(judged).toContain('bucket-03: high, Let in now: account 444455556666.');
      expect(judged).toContain('bucket-04: high, The bucket ACL no longer grants READ to everyone.');

      const told = await plumbline(shell, 'scan');
      expect(told.code).toBe(1);
      expect(told.out).toContain('Drift. 4 changed, 1 created, 1 deleted.');
      expect(told.out).toContain(`+ ${ACCOUNT}/eu-west-1/s3-bucket/bucket-new  created`);
      expect(told.out).toContain('- 123456789012/us-west-2/s3-bucket/bucket-05  deleted');
      expect(told.out).toContain('      ~ addresses: +1 −0 (2 → 3)\n          + 198.51.100.7/32\n');
      expect(told.out).not.toContain('regional-b');
    },
  );

  test('a bucket is explained', async () => {
    const { code, out } = await plumbline(shell, 'explain', 'bucket-01');
    expect(code).toBe(0);
    expect(out).toContain('Not public. Neither the bucket policy nor its ACL opens a door to everyone.');
    expect(out).toMatch(/ {2}BlockPublicAcls +on +on +on +account and bucket: either alone would do\n/);
    expect(out).toMatch(/ {4}refused \(403\) +Upload with a public ACL: BlockPublicAcls refuses public ACLs\n/);
  });

  test('doctor sees all of it', async () => {
    const { code, out } = await plumbline(shell, 'doctor');
    expect(out).toMatch(/ok {2}identity +arn:aws:/);
    expect(out).toMatch(/ok {2}s3-bucket +every read that these needed is allowed \(9 tried/);
    expect(code).toBe(0);
  });

  test('two snapshot files are compared by the same rules', async () => {
    const { out } = await plumbline(shell, 'snapshot', '--out', 'a.json');
    expect(out.trim()).toMatch(/a\.json$/);
    await server.aws('s3api', 'delete-bucket-policy', '--bucket', 'bucket-03');
    await plumbline(shell, 'snapshot', '--out', 'b.json');
    const same = await plumbline(shell, 'diff', 'a.json', 'a.json');
    const other = await plumbline(shell, 'diff', 'a.json', 'b.json');
    expect([same.code, other.code]).toEqual([0, 1]);
    expect(other.out).toContain('~ policy: set → not set, statements +0 −1');
  });
});

async function setUp(server: ApiServer): Promise<void> {
  const buckets = Array.from({ length: 60 }, (_, index) => ({
    name: `bucket-${String(index).padStart(2, '0')}`,
    region: REGIONS[index % 3] ?? 'us-east-1',
    index,
  }));
  await pMap(buckets, (bucket) => makeBucket(server, bucket), { concurrency: AT_ONCE });
  const makeSet = (name: string, scope: string, more: readonly string[]) =>
    server.aws(
      'wafv2',
      'create-ip-set',
      '--name',
      name,
      '--scope',
      scope,
      '--ip-address-version',
      'IPV4',
      '--region',
      'us-east-1',
      '--addresses',
      ...more,
    );
  await makeSet('regional-a', 'REGIONAL', ['10.0.0.0/8', '203.0.113.0/24']);
  await makeSet('regional-b', 'REGIONAL', ['10.0.0.0/8', '192.0.2.0/24']);
  await makeSet('cloudfront-a', 'CLOUDFRONT', ['198.51.100.0/24']);
  await makeSet('cloudfront-b', 'CLOUDFRONT', []);
}

async function makeBucket(
  server: ApiServer,
  { name, region, index }: { name: string; region: string; index: number },
): Promise<void> {
  const placed = region === 'us-east-1' ? [] : ['--create-bucket-configuration', `LocationConstraint=${region}`];
  await server.aws('s3api', 'create-bucket', '--bucket', name, '--region', region, ...placed);
  const on = (...args: readonly string[]) =>
    server.aws('s3api', args[0] ?? '', '--bucket', name, '--region', region, ...args.slice(1));
  switch (index % 6) {
    case 0:
      await on(
        'put-bucket-ownership-controls',
        '--ownership-controls',
        'Rules=[{ObjectOwnership=BucketOwnerEnforced}]',
      );
      break;
    case 1:
      await on(
        'put-public-access-block',
        '--public-access-block-configuration',
        'BlockPublicAcls=true,IgnorePublicAcls=false,BlockPublicPolicy=true,RestrictPublicBuckets=false',
      );
      break;
    case 2:
      await on('put-bucket-policy', '--policy', policyFor(name, '*'));
      break;
    case 4:
      await on('put-bucket-acl', '--acl', 'public-read');
      break;
    default:
      break;
  }
}

function policyFor(bucket: string, principal: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Read',
        Effect: 'Allow',
        Principal: { AWS: principal },
        Action: 's3:GetObject',
        Resource: `arn:aws:s3:::${bucket}/*`,
      },
    ],
  });
}

async function change(server: ApiServer): Promise<void> {
  // The command line puts the account id before the endpoint's name, so this one call goes through the SDK (lab notes, 1a).
  const control = createClients({ globalRegion: 'us-east-1' }).for(S3ControlClient, 'global');
  await control.send(
    new PutPublicAccessBlockCommand({ AccountId: ACCOUNT, PublicAccessBlockConfiguration: { BlockPublicAcls: true } }),
  );
  await server.aws(
    's3api',
    'put-bucket-policy',
    '--bucket',
    'bucket-03',
    '--policy',
    policyFor('bucket-03', '444455556666'),
  );
  await server.aws('s3api', 'put-bucket-acl', '--bucket', 'bucket-04', '--acl', 'private');
  await server.aws('s3api', 'delete-bucket', '--bucket', 'bucket-05', '--region', 'us-west-2');
  await server.aws(
    's3api',
    'create-bucket',
    '--bucket',
    'bucket-new',
    '--region',
    'eu-west-1',
    '--create-bucket-configuration',
    'LocationConstraint=eu-west-1',
  );
  await updateSet(server, 'regional-a', ['203.0.113.0/24', '10.0.0.0/8', '198.51.100.7/32']);
  await updateSet(server, 'regional-b', ['192.0.2.99/24', '10.200.0.1/8', '10.0.0.0/8']);
}

async function updateSet(server: ApiServer, name: string, addresses: readonly string[]): Promise<void> {
  const { IPSets } = JSON.parse(
    await server.aws('wafv2', 'list-ip-sets', '--scope', 'REGIONAL', '--region', 'us-east-1'),
  ) as { IPSets: { Name: string; Id: string; LockToken: string }[] };
  const set = IPSets.find(({ Name }) => Name === name);
  await server.aws(
    'wafv2',
    'update-ip-set',
    '--name',
    name,
    '--scope',
    'REGIONAL',
    '--region',
    'us-east-1',
    '--id',
    set?.Id ?? '',
    '--lock-token',
    set?.LockToken ?? '',
    '--addresses',
    ...addresses,
  );
}
