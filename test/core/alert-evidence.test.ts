import { describe, expect, test } from 'vitest';
import { urgencyOf, type AlertEvidence } from '#core/alert-evidence.ts';
import type { FailureGroup, Impact } from '#core/symptom/impact.ts';

const CHANGE = '2025-10-28T19:00:12.000Z';

const GROUP: FailureGroup = {
  bucket: 'exports',
  caller: 'role scheduler-api',
  operation: 'PutObject',
  error: 'AccessDenied',
  addresses: ['10.0.3.4'],
  failures: 211,
  firstAt: '2025-10-28T19:03:12.000Z',
  lastAt: '2025-10-28T19:12:03.000Z',
  failuresBefore: 0,
  loggedBeforeMs: 7 * 86_400_000,
  workedBefore: 9_000,
  explainedBy: ['change'],
  isProven: true,
};

function evidenceOf(impact: Partial<Impact>, problems: readonly (typeof UNREAD)[] = []): AlertEvidence {
  return {
    readAt: '2025-10-28T19:12:30.000Z',
    summary: { looked: true, says: '', files: 1, requests: 1, malformed: 0, malformedAt: [], buckets: 1, problems },
    verdicts: [],
    impact: { since: CHANGE, failures: [], others: [], count: 0, ...impact },
    watch: { word: 'watching', until: '2025-10-28T20:00:12.000Z' },
  };
}

/** All of so many buckets are in the logs past the change, but for some. */
const logged = (to: string, { of = 1, but = 0 } = {}): Pick<Impact, 'logged' | 'affected' | 'notLogged'> => ({
  logged: { from: '2025-10-21T00:00:00.000Z', to },
  affected: of,
  notLogged: but,
});

const UNREAD = { where: 's3://example-logs/use', says: 'AccessDenied' };

describe('are customers hit right now?', () => {
  const AT = '2025-10-28T19:13:00.000Z';

  test.each([
    {
      case: 'no logs were read: that nobody is hit would say too much (aws-facts §5.5)',
      evidence: undefined,
      urgency: { affected: 'not-known', why: 'no logs of use were read' },
    },
    {
      case: 'failures that the change explains: yes, and how many in how long',
      evidence: evidenceOf({
        failures: [GROUP],
        count: 211,
        firstAt: GROUP.firstAt,
        lastAt: GROUP.lastAt,
        ...logged(AT),
      }),
      urgency: { affected: 'yes', failures: 211, minutes: 12, lastAt: GROUP.lastAt },
    },
    {
      case: 'when the change was made is not known: how long it fails is counted from the first failure',
      evidence: evidenceOf({
        since: '2025-10-01T00:00:00.000Z',
        madeBy: '2025-10-28T19:10:00.000Z',
        failures: [GROUP],
        count: 211,
        firstAt: GROUP.firstAt,
        lastAt: GROUP.lastAt,
        ...logged(AT),
      }),
      urgency: { affected: 'yes', failures: 211, minutes: 9, lastAt: GROUP.lastAt },
    },
    {
      case: 'it may have been made as late as it was first read: logs that end before may miss all of it',
      evidence: evidenceOf({
        since: '2025-10-01T00:00:00.000Z',
        madeBy: '2025-10-28T19:10:00.000Z',
        ...logged('2025-10-28T19:09:00.000Z'),
      }),
      urgency: { affected: 'not-known', why: 'the logs do not reach beyond the change yet' },
    },
    {
      case: 'the logs reach beyond the change, and have no such failure: no sign of it, until when they reach',
      evidence: evidenceOf(logged('2025-10-28T19:10:12.000Z')),
      urgency: { affected: 'no-sign', minutes: 10 },
    },
    {
      case: 'one of forty buckets is logged: of the others nothing is known (aws-facts §5.5)',
      evidence: evidenceOf(logged('2025-10-28T19:04:00.000Z', { of: 40, but: 39 })),
      urgency: {
        affected: 'not-known',
        why: 'of 39 of 40 buckets they tell nothing',
        noSign: { buckets: 1, of: 40, until: '2025-10-28T19:04:00.000Z' },
      },
    },
    {
      case: 'nobody knows how many buckets it acts on: that all of them are logged is not known',
      evidence: evidenceOf({ logged: { from: '2025-10-21T00:00:00.000Z', to: '2025-10-28T19:04:00.000Z' } }),
      urgency: { affected: 'not-known', why: 'which buckets it acts on is not known' },
    },
    {
      case: 'a place with logs could not be read: a failure may stand there',
      evidence: evidenceOf(logged('2025-10-28T19:10:12.000Z'), [UNREAD]),
      urgency: { affected: 'not-known', why: 'not everything that was asked could be read' },
    },
    {
      case: 'more groups of failures than were put beside the change: one of them may be its doing',
      evidence: evidenceOf({ ...logged('2025-10-28T19:10:12.000Z'), notLookedAt: { groups: 12, failures: 24 } }),
      urgency: {
        affected: 'not-known',
        why: '12 groups of failures since then were put beside no change',
      },
    },
    {
      case: 'a bucket that nobody knows refuses since then: it may be made since, and be hit',
      evidence: evidenceOf({
        ...logged('2025-10-28T19:10:12.000Z'),
        others: [{ ...GROUP, bucket: 'new', explainedBy: [], isOfUnknown: true }],
      }),
      urgency: {
        affected: 'not-known',
        why: 'buckets of which nothing is known refuse requests since then',
      },
    },
    {
      case: 'the logs end before the change: access logs come hours late (aws-facts §5.2)',
      evidence: evidenceOf(logged('2025-10-28T18:59:00.000Z')),
      urgency: { affected: 'not-known', why: 'the logs do not reach beyond the change yet' },
    },
    {
      case: 'nothing of what is affected is in the logs',
      evidence: evidenceOf({}),
      urgency: { affected: 'not-known', why: 'nothing of what is affected is in the logs' },
    },
  ])('$case', ({ evidence, urgency }) => {
    expect(urgencyOf(evidence, AT)).toEqual(urgency);
  });

  test('failures of which nothing was read for an hour: yes until the last of them, and not known since', () => {
    const known = { failures: [GROUP], count: 211, firstAt: GROUP.firstAt, lastAt: GROUP.lastAt, ...logged(AT) };
    expect(urgencyOf(evidenceOf(known), '2025-10-28T21:00:00.000Z')).toEqual({
      affected: 'yes',
      failures: 211,
      minutes: 12,
      lastAt: GROUP.lastAt,
      isNotKnownSince: true,
    });
  });

  test('what the newest log has of an hour ago says nothing of now', () => {
    expect(urgencyOf(evidenceOf(logged('2025-10-28T19:10:12.000Z')), '2025-10-28T21:00:00.000Z')).toEqual({
      affected: 'not-known',
      why: 'the newest log of what is affected is more than an hour old',
    });
  });
});
