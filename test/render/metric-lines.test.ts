import { expect, test } from 'vitest';
import type { FailureMetrics } from '#core/evidence/request-metrics.ts';
import { metricLines } from '#render/metric-lines.ts';

const span = (minutes: number, failures: number, requests: number) => ({ minutes, failures, requests });
const evidenceWith = (metrics: readonly FailureMetrics[]) => ({
  readAt: '2026-03-02T08:00:00.000Z',
  summary: { looked: false, says: '' } as const,
  verdicts: [],
  impact: { since: '2026-03-02T08:00:00.000Z', failures: [], others: [], count: 0, metrics },
  watch: { word: 'watching', until: '2026-03-02T08:58:00.000Z' } as const,
});

test('a line a bucket, with what it was before, and that it is of all kinds', () => {
  const one = { bucket: 'uploads', before: span(60, 0, 3_120), since: span(12, 211, 640) };
  const hostile = { bucket: 'a\u001b[2Jb', before: span(60, 0, 0), since: span(1, 0, 1) };
  const many = Array.from({ length: 8 }, (_, at) => ({ ...one, bucket: `more-${at}` }));
  expect(metricLines(evidenceWith([one, hostile]))).toMatchInlineSnapshot(`
    [
      "uploads, 4xx of all kinds by CloudWatch, 404 too: 211 of 640 requests in 12 min since the change, 0 of 3120 in the hour before",
      "a\\u{1b}[2Jb, 4xx of all kinds by CloudWatch, 404 too: 0 of 1 request in 1 min since the change, 0 of 0 in the hour before",
    ]
  `);
  expect(metricLines(evidenceWith([one, ...many])).at(-1)).toBe(
    'and 1 more bucket with request metrics: the whole alert has them',
  );
  expect(metricLines(undefined)).toEqual([]);
});

test('a change of longer ago than CloudWatch keeps minutes: nothing is said of before', () => {
  expect(metricLines(evidenceWith([{ bucket: 'uploads', since: span(21_600, 3, 640) }]))).toEqual([
    'uploads, 4xx of all kinds by CloudWatch, 404 too: 3 of 640 requests in the last 15 days; of the time before the change CloudWatch keeps no minutes',
  ]);
});
