import { describe, expect, test } from 'vitest';
import type { AlertEvidence } from '#core/alert-evidence.ts';
import type { Impact } from '#core/symptom/impact.ts';
import { failureLines, urgencyLine, watchLine } from '#render/evidence-lines.ts';

const CHANGE = '2025-10-28T19:00:00.000Z';
const ALL = {
  logged: { from: '2025-10-21T00:00:00.000Z', to: '2025-10-28T19:58:00.000Z' },
  affected: 1,
  notLogged: 0,
};
const SOME = {
  logged: { from: '2025-10-21T00:00:00.000Z', to: '2025-10-28T19:04:00.000Z' },
  affected: 40,
  notLogged: 39,
};
const FAILING = {
  failures: [],
  count: 211,
  firstAt: '2025-10-28T19:03:00.000Z',
  lastAt: '2025-10-28T19:58:00.000Z',
};

type Problems = readonly { readonly where: string; readonly says: string }[];

function evidenceOf(impact: Partial<Impact>, problems: Problems = []): AlertEvidence {
  return {
    readAt: '2025-10-28T19:58:30.000Z',
    summary: { looked: true, says: '', files: 1, requests: 1, malformed: 0, malformedAt: [], buckets: 1, problems },
    verdicts: [],
    impact: { since: CHANGE, failures: [], others: [], count: 0, ...impact },
    watch: { word: 'closed', until: '2025-10-28T19:58:00.000Z' },
  };
}

describe('whether people are hit, in a line', () => {
  test.each([
    {
      case: 'every affected bucket is logged',
      impact: ALL,
      says: 'no sign of it in the logs, 58 min after the change.',
    },
    {
      case: 'one of forty',
      impact: SOME,
      says: 'not known: no sign of it in the logs of 1 of 40 buckets until 2025-10-28 19:04:00 UTC; of 39 of 40 buckets they tell nothing.',
    },
    { case: 'failures', impact: FAILING, says: 'yes: 211 failures in 58 min.' },
    {
      case: 'failures, and nothing was read for an hour',
      impact: FAILING,
      at: '2025-10-28T21:30:00.000Z',
      says: 'yes until 2025-10-28 19:58:00 UTC, not known since: 211 failures in 58 min.',
    },
  ])('$case', ({ impact, at = '2025-10-28T19:59:00.000Z', says }) => {
    const alert = {
      evidence: evidenceOf(impact),
      at,
      breakage: 'breaks',
      status: 'changed',
      against: 'accepted',
    } as const;
    expect(urgencyLine(alert)).toBe(`Customers affected now: ${says}`);
  });
});

test('what could not be read, and what was put beside no change, is told', () => {
  const problems = ['one', 'two', 'three', 'four'].map((name) => ({
    where: `s3://logs/${name}\u001b[2J`,
    says: 'AccessDenied',
  }));
  const evidence = evidenceOf({ ...ALL, notLookedAt: { groups: 12, failures: 24 } }, problems);
  expect(failureLines(evidence, 'UTC')).toEqual([
    '12 more groups with 24 failures since then were put beside no change: whose they are is not known',
    'Not read: s3://logs/one\\u{1b}[2J: AccessDenied',
    'Not read: s3://logs/two\\u{1b}[2J: AccessDenied',
    'Not read: s3://logs/three\\u{1b}[2J: AccessDenied',
    'and 1 more that could not be read: the whole alert has them',
  ]);
});

test('what other failures there are: those that it does not explain, and those of buckets that nobody knows', () => {
  const other = {
    bucket: 'reports',
    caller: 'role crawler',
    operation: 'GetObject',
    error: 'AccessDenied',
    addresses: [],
    failures: 2,
    firstAt: CHANGE,
    lastAt: CHANGE,
    failuresBefore: 3,
    loggedBeforeMs: 0,
    workedBefore: 0,
    explainedBy: [],
    isProven: false,
  } as const;
  const others = [other, { ...other, bucket: 'unknown', failures: 1, isOfUnknown: true as const }];
  expect(failureLines(evidenceOf({ ...ALL, others }), 'UTC')).toEqual([
    '2 other failures since then, which this change does not explain (on reports)',
    '1 other failure since then, to buckets of which nothing is known: whether this change is why is not known either (on unknown)',
  ]);
});

test.each([
  {
    case: 'all of it was in the logs',
    evidence: evidenceOf(ALL),
    says: 'No failure that it explains came until 2025-10-28 19:58:00 UTC: the watch of the logs is over, the finding stays open.',
  },
  {
    case: 'one bucket of forty was',
    evidence: evidenceOf(SOME),
    says: 'No failure that it explains is in what there is of the logs until 2025-10-28 19:58:00 UTC; of 39 of 40 buckets they tell nothing. The watch of the logs is over, the finding stays open.',
  },
  {
    case: 'something could not be read',
    evidence: evidenceOf(ALL, [{ where: 's3://logs', says: 'AccessDenied' }]),
    says: 'No failure that it explains is in what there is of the logs until 2025-10-28 19:58:00 UTC; not everything that was asked could be read. The watch of the logs is over, the finding stays open.',
  },
])('the watch is over, and nothing failed: $case', ({ evidence, says }) => {
  expect(watchLine(evidence, 'UTC')).toBe(says);
});
