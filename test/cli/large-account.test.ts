import { describe, expect, test } from 'vitest';
import { buckets, scanIn } from './account.ts';
import { useDouble } from './on-double.ts';

const on = useDouble();

describe('an account with more buckets than a page holds', () => {
  test('2,500 buckets in 25 pages: none is lost', async () => {
    const enforced = buckets(2_500, () => ({ ownership: 'BucketOwnerEnforced' }));
    await on.double.show({ buckets: enforced, bucketsPerPage: 100 });
    await on.double.forgetCalls();
    const { code, report } = await scanIn(on.shell, '--all');
    const names = new Set(report.states?.map(({ ref }) => ref.id));
    expect([code, names.size, (await on.double.calls()).calls['ListBuckets']]).toEqual([2, 2_501, 25]);
  });
});
