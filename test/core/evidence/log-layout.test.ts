import { describe, expect, test } from 'vitest';
import { evidenceLayout } from '#core/evidence/log-layout.ts';
import type { LogsAsked } from '#core/trail-layout.ts';

const asked: LogsAsked = { since: '2026-03-02T22:00:00.000Z', until: '2026-03-03T01:00:00.000Z' };
const ID = 'ABCDEF0123456789';

describe('where logs of requests lie (UG:serverlogs, API_PartitionedPrefix)', () => {
  test.each<{ case: string; path: string; asked?: LogsAsked; buckets?: readonly string[]; may: boolean }>([
    { case: 'S3’s own name', path: `logs/2026-03-02-23-15-07-${ID}`, may: true },
    { case: 'behind a prefix without a slash', path: `exports-2026-03-02-23-15-07-${ID}`, may: true },
    { case: 'delivered before the time', path: `logs/2026-03-01-23-59-59-${ID}`, may: false },
    {
      case: 'earlier that day, where the name may be that of the day',
      path: `logs/2026-03-02-00-00-00-${ID}`,
      may: true,
    },
    { case: 'delivered two days late (aws-facts §5.2)', path: `logs/2026-03-05-00-10-00-${ID}`, may: true },
    { case: 'delivered later than that', path: `logs/2026-03-06-00-10-00-${ID}`, may: false },
    { case: 'whenever, where no time is asked', path: `logs/2019-01-01-00-00-00-${ID}`, asked: {}, may: true },
    { case: 'put together by hand', path: 'all.log', may: true },
    { case: 'and packed', path: 'all.txt.gz', may: true },
    { case: 'something else', path: 'notes.pdf', may: false },
    { case: 'a log of a trail', path: 'AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/a.json.gz', may: true },
    { case: 'of another day', path: 'AWSLogs/111122223333/CloudTrail/eu-west-1/2026/02/02/a.json.gz', may: false },
    { case: 'a folder', path: 'logs/', may: true },
    { case: 'a partition', path: '111122223333/eu-west-1/exports/2026/03/02/', may: true },
    { case: 'a partition of another day', path: '111122223333/eu-west-1/exports/2026/02/', may: false },
    { case: 'of another bucket', path: '111122223333/eu-west-1/exports/', buckets: ['media'], may: false },
    { case: 'of the bucket', path: '111122223333/eu-west-1/media/', buckets: ['media'], may: true },
    { case: 'of another account', path: '111122223333/eu-west-1/', asked: { account: '444455556666' }, may: false },
    { case: 'of another region', path: '111122223333/eu-west-1/', asked: { regions: ['us-east-1'] }, may: false },
  ])('$case: $may', ({ path, asked: narrowed = asked, buckets, may }) => {
    const layout = evidenceLayout(buckets && new Set(buckets));
    expect(layout.mayHold({ root: 'some/place', path }, narrowed)).toBe(may);
  });

  test('days of a partition are sorted, so a listing begins with the first that is asked', () => {
    expect(evidenceLayout().daysAsked('x/111122223333/eu-west-1/exports/2026/', asked)).toEqual({
      first: 'x/111122223333/eu-west-1/exports/2026/03/02',
      last: 'x/111122223333/eu-west-1/exports/2026/03/05',
    });
    expect(evidenceLayout().daysAsked('x/111122223333/eu-west-1/exports/', asked)).toBeUndefined();
  });

  test.each([
    { case: 'too early', key: `logs/a-2025-01-01-00-00-00-${ID}`, next: 'logs/a-2026-03-02' },
    { case: 'early enough', key: `logs/a-2026-03-02-00-00-00-${ID}`, next: undefined },
    { case: 'no such name', key: 'logs/a.log', next: undefined },
  ])('a listing of keys in a row goes on after one that is $case at $next', ({ key, next }) => {
    expect(evidenceLayout().goesOnAt(key, asked)).toBe(next);
  });
});
