import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Report } from '#core/report.ts';
import { AwsDouble } from '../aws-double/client.ts';
import { buckets } from './account.ts';
import { openShell, plumbline, type Shell } from './command.ts';

let double: AwsDouble;
let shell: Shell;
beforeAll(async () => {
  double = await AwsDouble.start();
});
afterAll(() => double.stop());
beforeEach(async () => {
  await double.misbehave({});
  shell = await openShell(double.environment);
});

describe('an account with more buckets than a page holds', () => {
  test('25,000 buckets in pages: none is lost', { timeout: 300_000 }, async () => {
    await double.show({ buckets: buckets(25_000, () => ({ ownership: 'BucketOwnerEnforced' })) });
    await double.forgetCalls();
    const { code, out } = await plumbline(shell, 'scan', '--json', '--all', '--concurrency', '128');
    const report = JSON.parse(out) as Report;
    const names = new Set(report.states?.map(({ ref }) => ref.id));
    expect([code, names.size, (await double.calls()).calls['ListBuckets']]).toEqual([2, 25_001, 25]);
  });
});
