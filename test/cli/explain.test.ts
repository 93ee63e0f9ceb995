import { beforeEach, describe, expect, test } from 'vitest';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExplainedBucket } from '#lambda/explain.ts';
import { acceptAllIn, allow, OWNER, PUBLIC } from './account.ts';
import { openShell, plumbline } from './command.ts';
import { useDouble } from './on-double.ts';

const on = useDouble();

const buckets = {
  site: { region: 'us-east-1', grants: [OWNER, PUBLIC], website: { index: 'index.html' } },
  'site-2': { region: 'us-east-1', policy: allow('*') },
  far: { region: 'eu-west-1', ownership: 'BucketOwnerEnforced' as const, policy: allow({ AWS: '444455556666' }) },
};
const REGIONS = ['us-east-1', 'eu-west-1'];

async function explained(...args: readonly string[]): Promise<{ code: number; answer: ExplainedBucket }> {
  const { code, out } = await plumbline(on.shell, 'explain', ...args, '--json');
  return { code, answer: JSON.parse(out) as ExplainedBucket };
}

describe('explain BUCKET', () => {
  beforeEach(() => on.double.show({ regions: REGIONS, buckets }));

  test('reads that bucket, the account and the list of names, and nothing else', async () => {
    await on.double.forgetCalls();
    const { code, answer } = await explained('site');
    expect(code).toBe(0);
    expect(answer).toMatchObject({
      ref: { id: 'site', region: 'us-east-1' },
      explanation: { public: 'yes', because: "everyone gets in by the bucket's ACL" },
    });
    const { calls } = await on.double.calls();
    expect(calls).toEqual({
      GetCallerIdentity: 1,
      ListBuckets: 1,
      GetAccountPublicAccessBlock: 1,
      GetPublicAccessBlock: 1,
      GetBucketPolicy: 1,
      GetBucketOwnershipControls: 1,
      GetBucketAcl: 1,
      GetBucketWebsite: 1,
    });
  });

  test('as text: the grid, who gets through, what turning a flag would do', async () => {
    const { code, out, err } = await plumbline(on.shell, 'explain', 'eu-west-1/s3-bucket/far');
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('Not public. Neither the bucket policy nor its ACL opens a door to everyone.');
    expect(out).toMatch(/ {4}allowed +Another account that the policy names: gets in where the policy names it\n/);
    const all = await plumbline(on.shell, 'explain', 'eu-west-1/s3-bucket/far', '--all');
    expect(all.out).toMatch(/ {4}X1 {2}allowed +Another account, by a policy of which nothing is public: /);
  });

  test("AWS's own verdict on the policy is asked and believed", async () => {
    await on.double.show({ regions: REGIONS, buckets: { b: { ...buckets['site-2'], isPublic: false } } });
    const { answer } = await explained('b');
    expect(answer.explanation.policy).toMatchObject({ verdict: 'not-public', believed: 'aws' });
  });

  test('a level that is refused: what depends on it is not known, exit 2', async () => {
    await on.double.misbehave({ refuse: [{ call: 'GetAccountPublicAccessBlock', code: 'AccessDenied', status: 403 }] });
    const { code, answer } = await explained('site');
    expect([code, answer.explanation.public, answer.explanation.because]).toEqual([
      2,
      'unknown',
      "the account's block could not be read (AccessDenied)",
    ]);
  });

  test('a public ACL that S3 hides now is the one that was accepted', async () => {
    await acceptAllIn(on.shell);
    await on.double.show({ regions: REGIONS, buckets, accountBlock: { IgnorePublicAcls: true } });
    const { answer } = await explained('site');
    expect(answer.explanation.because).toBe('IgnorePublicAcls shuts the door that the ACL opens');
    const { out } = await plumbline(on.shell, 'explain', 'site');
    expect(out).toMatch(
      /^Its ACL as it was accepted, seen at .*: S3 hides public grants while IgnorePublicAcls is on$/m,
    );
  });

  test('from a snapshot file, without AWS', async () => {
    await plumbline(on.shell, 'snapshot', '--out', 'before.json');
    await on.double.forgetCalls();
    const { code, answer } = await explained('site-2', '--snapshot', 'before.json');
    expect([code, answer.explanation.because]).toEqual([0, 'everyone gets in by the bucket policy']);
    expect((await on.double.calls()).calls).toEqual({});
  });

  test.each([
    {
      case: 'a name that is near',
      args: ['sit'],
      code: 64,
      says: 'nothing here is called "sit"; did you mean "site"?',
    },
    {
      case: 'no such snapshot',
      args: ['site', '--snapshot', 'no.json'],
      code: 2,
      says: 'could not read no.json (ENOENT): check the name',
    },
    {
      case: 'no snapshot',
      args: ['site', '--snapshot', 'other.json'],
      code: 2,
      says: 'other.json does not fit at plumbline (Invalid input): give a file that "plumbline snapshot" wrote',
    },
  ])('$case: one sentence', async ({ args, code, says }) => {
    await writeFile(join(on.shell.cwd, 'other.json'), '{"format":1}');
    expect(await plumbline(on.shell, 'explain', ...args)).toEqual({ code, out: '', err: `plumbline: ${says}\n` });
  });

  test('a list of names that is refused', async () => {
    await on.double.misbehave({ refuse: [{ call: 'ListBuckets', code: 'AccessDenied', status: 403 }] });
    const { code, err } = await plumbline(on.shell, 'explain', 'site');
    expect([code, err]).toEqual([
      2,
      'plumbline: the list of buckets could not be read (AccessDenied): allow s3:ListAllMyBuckets, or explain from a file with --snapshot\n',
    ]);
  });
});

test('a name is missing', async () => {
  const { code, err } = await plumbline(await openShell(), 'explain');
  expect(code).toBe(64);
  expect(err).toBe('plumbline: name a bucket, or what failed with --symptom "AccessDenied PutObject my-bucket"\n');
});
