import { describe, expect, test } from 'vitest';
import type { Report } from '#core/report.ts';
import { buckets } from './account.ts';
import { plumbline } from './command.ts';
import { useDouble } from './on-double.ts';

const on = useDouble();

describe('an account with more buckets than a page holds', () => {
  test('25,000 buckets in pages: none is lost', { timeout: 300_000 }, async () => {
    await on.double.show({ buckets: buckets(25_000, () => ({ ownership: 'BucketOwnerEnforced' })) });
    await on.double.forgetCalls();
    const { code, out } = await plumbline(on.shell, 'scan', '--json', '--all', '--concurrency', '128');
    const report = JSON.parse(out) as Report;
    const names = new Set(report.states?.map(({ ref }) => ref.id));
    expect([code, names.size, (await on.double.calls()).calls['ListBuckets']]).toEqual([2, 25_001, 25]);
  });
});
