import { beforeEach, describe, expect, test } from 'vitest';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlastRadius } from '#core/blast-radius.ts';
import { acceptAllIn, allow, OWNER, PUBLIC } from './account.ts';
import { plumbline } from './command.ts';
import { useDouble } from './on-double.ts';

const on = useDouble();

const REGIONS = ['us-east-1'];
const buckets = {
  exports: { region: 'us-east-1', grants: [OWNER, PUBLIC] },
  modern: { region: 'us-east-1', ownership: 'BucketOwnerEnforced' as const },
};
const TURN_ON = ['--set', 's3-account-block.BlockPublicAcls=true'];

async function asked(...args: readonly string[]): Promise<{ code: number; report: BlastRadius }> {
  const { code, out } = await plumbline(on.shell, 'blast-radius', ...args, '--json');
  return { code, report: JSON.parse(out) as BlastRadius };
}

describe('blast-radius --set', () => {
  beforeEach(() => on.double.show({ regions: REGIONS, buckets }));

  test('with nothing in the store it reads AWS, and keeps nothing', async () => {
    const { code, report } = await asked(...TURN_ON);
    expect([code, report.exitCode]).toEqual([1, 1]);
    expect(report).toMatchObject({
      version: 1,
      breakage: 'breaks',
      counts: { affected: 1, broken: 1, opened: 0, unknown: 0 },
      proposed: [
        {
          ref: { kind: 's3-account-block' },
          setting: 'publicAccessBlock.BlockPublicAcls',
          before: { status: 'absent' },
          after: { status: 'present', value: true },
        },
      ],
      evidence: { looked: false },
    });
    await on.double.forgetCalls();
    await asked(...TURN_ON);
    expect((await on.double.calls()).calls).toMatchObject({ ListBuckets: 1 });
  });

  test('with a snapshot in the store it reads that, and of AWS only who asks', async () => {
    await acceptAllIn(on.shell);
    await on.double.forgetCalls();
    const { code, report } = await asked(...TURN_ON);
    expect([code, report.counts.broken]).toEqual([1, 1]);
    expect((await on.double.calls()).calls).toEqual({ GetCallerIdentity: 1 });
  });

  test('from a file, without AWS', async () => {
    await plumbline(on.shell, 'snapshot', '--out', 'before.json');
    await on.double.forgetCalls();
    const { code } = await asked(...TURN_ON, '--from', 'before.json');
    expect([code, (await on.double.calls()).calls]).toEqual([1, {}]);
  });

  test('a policy from a file', async () => {
    await writeFile(join(on.shell.cwd, 'policy.json'), allow('*'));
    const { code, report } = await asked('--set', 's3-bucket/modern#policy=@policy.json');
    expect([code, report.opensToWorld, report.exposure]).toEqual([0, true, 'widened']);
  });

  test('as text', async () => {
    const { code, out, err } = await plumbline(on.shell, 'blast-radius', ...TURN_ON);
    expect([code, err]).toEqual([1, '']);
    expect(out).toMatch(/\nThis would break something\. 1 resource affected; /);
    expect(out).toContain('No evidence of use was looked at: no evidence is never no impact.\n');
  });

  test.each([
    {
      case: 'nothing is set',
      args: ['--set', 's3-account-block.BlockPublicAcls'],
      says: '--set s3-account-block.BlockPublicAcls: write a setting and its value, such as s3-account-block.BlockPublicAcls=true',
    },
    {
      case: 'a flag that there is not',
      args: ['--set', 's3-account-block.BlockPublicAcl=true'],
      says: 's3-account-block.BlockPublicAcl: there is no flag "BlockPublicAcl"; did you mean "BlockPublicAcls"?',
    },
    {
      case: 'a bucket that there is not',
      args: ['--set', 's3-bucket/export#policy=null'],
      says: 'nothing here is called "s3-bucket/export"; did you mean "exports"?',
    },
  ])('$case: one sentence, exit 64', async ({ args, says }) =>
    expect(await plumbline(on.shell, 'blast-radius', ...args)).toEqual({
      code: 64,
      out: '',
      err: `plumbline: ${says}\n`,
    }),
  );
});

describe('with --evidence', () => {
  const line = (bucket: string, requester: string, { acl = '-', minute = 0 } = {}): string =>
    `79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be ${bucket} [27/Oct/2025:09:${String(minute).padStart(2, '0')}:38 +0000] 192.0.2.3 ${requester} 3E57427F3EXAMPLE REST.PUT.OBJECT a.pdf "PUT /a.pdf?x-amz-acl=public-read HTTP/1.1" 200 - - 2662992 70 10 "-" "exporter/2.1" - s9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6UkFVdtjf5mKR3/eTPFvsiP/XV/VLi31234= SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader exports.s3.us-east-1.amazonaws.com TLSV1.2 - ${acl}\n`;
  const SCHEDULER = 'arn:aws:sts::111122223333:assumed-role/scheduler-api/pod-7';

  beforeEach(() =>
    on.double.show({
      regions: REGIONS,
      buckets: {
        exports: { region: 'us-east-1', ownership: 'ObjectWriter' as const, tags: { team: 'assessment' } },
        drafts: { region: 'us-east-1', ownership: 'ObjectWriter' as const },
        modern: { region: 'us-east-1', ownership: 'BucketOwnerEnforced' as const },
      },
    }),
  );

  test('who uploads so is named, with the application and its owner; what is not in the logs is not known', async () => {
    await writeFile(
      join(on.shell.cwd, 'access.log'),
      [0, 1, 2].map((minute) => line('exports', SCHEDULER, { acl: 'Yes', minute })).join('') + 'no line of a log\n',
    );
    await writeFile(
      join(on.shell.cwd, 'plumbline.yaml'),
      'applications: [{ name: scheduler, owner: scheduling, is: { roles: [scheduler-api] } }]\n',
    );
    await plumbline(on.shell, 'snapshot', '--out', 'before.json');
    await on.double.forgetCalls();
    const { code, out } = await plumbline(
      on.shell,
      'blast-radius',
      ...TURN_ON,
      '--from',
      'before.json',
      '--evidence',
      'access.log',
    );
    expect([code, (await on.double.calls()).calls]).toEqual([1, {}]);
    expect(`\n${out.replace(/as read at [^,]+,/, 'as read at …,')}`).toMatchInlineSnapshot(`
      "
      Account 111122223333, 1 region, as read at …, if this were set:
        ~ 111122223333/global/s3-account-block/account#publicAccessBlock.BlockPublicAcls: not set → true

        New uploads that carry a public ACL, and changes to a public ACL, are now refused with 403 AccessDenied; uploads without an ACL still work, so a test without --acl proves nothing.

      ┌─────────────────────────────┬────────────┬──────────┬──────────┬──────────────────────────────────────┐
      │ resource                    │ owner      │ breakage │ exposure │ what flips                           │
      ├─────────────────────────────┼────────────┼──────────┼──────────┼──────────────────────────────────────┤
      │ us-east-1/s3-bucket/drafts  │            │ breaks   │ narrowed │ allowed → 403 AccessDenied           │
      │ us-east-1/s3-bucket/exports │ assessment │          │          │   Upload with a public ACL           │
      │                             │            │          │          │   Change to a public ACL             │
      │                             │            │          │          │   Presigned upload with a public ACL │
      └─────────────────────────────┴────────────┴──────────┴──────────┴──────────────────────────────────────┘

      Will break: such requests are made
        Upload with a public ACL, on exports (assessment):
          scheduler (scheduling), role scheduler-api: PutObject 3 times, last 2025-10-27 09:02:38 UTC, from 192.0.2.3
      Could break
        Change to a public ACL; Presigned upload with a public ACL, on exports (assessment): not seen in its logs from 2025-10-27 09:00:38 UTC to 2025-10-27 09:02:38 UTC
      Not known whether anybody uses it
        Upload with a public ACL; Change to a public ACL; Presigned upload with a public ACL, on drafts: nothing of it in these logs

      Gentler ways, of which Plumbline goes none:
        - Set it on buckets instead of the account: on 1 of them nothing flips, and the others can follow one by one.
        - Uploads need no public ACL where a bucket policy allows s3:GetObject on what is to be public: leave the ACL out of the upload, and BlockPublicAcls refuses nothing. BlockPublicPolicy and RestrictPublicBuckets must then stay off for that bucket.

      This would break something. 2 resources affected; 2 with something refused or useless; 1 not affected.
      Evidence: 3 requests to 1 bucket in 1 log file from 2025-10-27 09:00:38 UTC to 2025-10-27 09:02:38 UTC; 1 malformed line left out.
        ! access.log, line 4: it has no time in brackets
      What the logs do not show may be used all the same: no evidence is never no impact.
      "
    `);
  });

  test('a file that is no log: it is said, and shows of nobody that nobody was there', async () => {
    await plumbline(on.shell, 'snapshot', '--out', 'before.json');
    const { code, out } = await plumbline(
      on.shell,
      'blast-radius',
      ...TURN_ON,
      '--from',
      'before.json',
      '--evidence',
      'before.json',
    );
    const [, told] = out.split('1 not affected.\n');
    expect([code, told]).toMatchInlineSnapshot(`
      [
        1,
        "Evidence: 0 requests to 0 buckets in 1 log file.
        ! before.json: no request to S3 is in it: name access logs of S3, or logs of a trail that has data events
      What the logs do not show may be used all the same: no evidence is never no impact.
      ",
      ]
    `);
  });

  test('a place where there is nothing: one sentence, exit 2', async () => {
    await plumbline(on.shell, 'snapshot', '--out', 'before.json');
    const { code, err } = await plumbline(
      on.shell,
      'blast-radius',
      ...TURN_ON,
      '--from',
      'before.json',
      '--evidence',
      'nowhere',
    );
    expect([code, err]).toMatchInlineSnapshot(`
      [
        2,
        "plumbline: could not read nowhere (ENOENT): check --evidence
      ",
      ]
    `);
  });
});
