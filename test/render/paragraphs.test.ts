import { expect, test } from 'vitest';
import type { Alert } from '#core/alert.ts';
import type { FailureGroup } from '#core/symptom/impact.ts';
import { paragraphsOf } from '#render/paragraphs.ts';

const at = (minute: number): string => new Date(Date.UTC(2026, 2, 2, 8, minute)).toISOString();

const group = (caller: string, lastAt: number, workedAgainAt?: number): FailureGroup => ({
  bucket: 'exports',
  caller,
  operation: 'PutObject',
  error: 'AccessDenied',
  addresses: [],
  failures: 3,
  firstAt: at(1),
  lastAt: at(lastAt),
  failuresBefore: 0,
  loggedBeforeMs: 0,
  workedBefore: 0,
  ...(workedAgainAt === undefined ? {} : { workedAgainAt: at(workedAgainAt) }),
  explainedBy: [],
  isProven: true,
});

/** It was read as accepted again at 8:20. */
const recovered = (failures: readonly FailureGroup[]): Alert =>
  ({
    status: 'recovered',
    at: at(25),
    since: at(0),
    account: '111122223333',
    finding: 'f-1',
    causes: [],
    members: [
      {
        title: 'Bucket',
        record: { closedAt: at(20), drift: { ref: { kind: 's3-bucket', id: 'exports' }, changes: [] } },
      },
    ],
    evidence: { impact: { since: at(0), failures, others: [], count: 3 } },
  }) as unknown as Alert;

/** When the status page says that it was over, in minutes after eight. */
test.each([
  { case: 'each works again, whoever tries late', failures: [group('a', 19, 21), group('b', 19, 24)], end: '08:20' },
  { case: 'one is not seen to work again', failures: [group('a', 19, 21), group('b', 19)], end: '08:20' },
  { case: 'nobody is seen to work again', failures: [group('a', 19)], end: '08:20' },
  { case: 'each worked before it was read as taken back', failures: [group('a', 10, 12)], end: '08:12' },
  { case: 'one failed on after that', failures: [group('a', 22)], end: '08:22' },
])('the end on the status page; $case: $end', ({ failures, end }) => {
  const { statusPage = '' } = paragraphsOf(recovered(failures), 'UTC');
  expect(/ to (?:.*?)(\d\d:\d\d):\d\d/.exec(statusPage)?.[1]).toBe(end);
});
