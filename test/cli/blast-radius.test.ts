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
