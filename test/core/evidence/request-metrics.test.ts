import { expect, test } from 'vitest';
import { failureMetricsOf, metricsFrom } from '#core/evidence/request-metrics.ts';

const at = (time: string): number => Date.parse(`2026-03-02T${time}Z`);

test.each([
  { case: 'an hour before counts as before', minute: '14:03:00', side: 'before' },
  { case: 'more than an hour before counts as neither', minute: '14:02:00', side: 'neither' },
  { case: 'the minute before the change', minute: '15:02:00', side: 'before' },
  { case: 'the minute of the change counts as since', minute: '15:03:00', side: 'since' },
  { case: 'after it', minute: '15:10:00', side: 'since' },
])('$case (aws-facts §5.4: a minute each)', ({ minute, side }) => {
  const counted = [{ at: at(minute), count: 211 }];
  const [one] = failureMetricsOf([{ bucket: 'uploads', failures: counted, requests: counted }], {
    at: at('15:03:12'),
    now: at('15:15:00'),
  });
  expect(one).toEqual({
    bucket: 'uploads',
    before: { minutes: 60, failures: side === 'before' ? 211 : 0, requests: side === 'before' ? 211 : 0 },
    since: { minutes: 12, failures: side === 'since' ? 211 : 0, requests: side === 'since' ? 211 : 0 },
  });
});

test('a change of three weeks ago: what is kept of the minutes since, and nothing of before', () => {
  const now = Date.UTC(2026, 2, 30, 8);
  const at = now - 21 * 24 * 60 * 60_000;
  const series = [{ bucket: 'uploads', failures: [{ at: now - 60_000, count: 3 }], requests: [] }];
  expect(metricsFrom({ at, now })).toBe(now - 15 * 24 * 60 * 60_000);
  expect(failureMetricsOf(series, { at, now })).toEqual([
    { bucket: 'uploads', since: { minutes: 15 * 24 * 60, failures: 3, requests: 0 } },
  ]);
});
