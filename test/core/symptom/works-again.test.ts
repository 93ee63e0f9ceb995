import { expect, test } from 'vitest';
import { UseCollector } from '#core/evidence/uses.ts';
import type { LoggedRequest } from '#core/evidence/request.ts';
import { ABSENT } from '#core/reading.ts';
import { impactOf } from '#core/symptom/impact.ts';
import type { WatchedChange } from '#core/symptom/watched-change.ts';
import { printRef } from '#core/reference.ts';
import { kindsById } from '#kinds';
import { ACCOUNT, bucketState } from '../../builders.ts';
import { accountState, blockOf } from '../s3/buckets.ts';

const CHANGED = '2025-10-28T19:00:00.000Z';
const TAKEN_BACK = '2025-10-29T14:30:00.000Z';
const states = [accountState('-'), bucketState('exports')];
const change: WatchedChange = {
  id: 'block',
  at: CHANGED,
  ref: accountState('-').ref,
  path: 'publicAccessBlock',
  before: ABSENT,
  after: blockOf('1000'),
  says: 'account-level block set',
};

const upload = (at: string, error?: LoggedRequest['error']): LoggedRequest => ({
  source: 'data-event',
  at: Date.parse(at),
  bucket: 'exports',
  operation: 'PutObject',
  requester: { is: 'principal', name: `arn:aws:iam::${ACCOUNT}:role/scheduler-api`, account: ACCOUNT },
  via: 'api',
  isPresigned: false,
  acl: 'public',
  aclRequired: true,
  ...(error === undefined ? {} : { error }),
});

const REQUESTS: readonly [LoggedRequest, LoggedRequest, LoggedRequest, ...LoggedRequest[]] = [
  upload('2025-10-28T18:00:00.000Z'),
  upload('2025-10-28T19:03:00.000Z', { code: 'AccessDenied' }),
  upload('2025-10-29T14:29:00.000Z', { code: 'AccessDenied' }),
  upload('2025-10-29T14:30:40.000Z'),
  upload('2025-10-29T14:39:00.000Z'),
];

/** The upload from a workstation, which misled everybody (incidents.md A, 08:30). */
const PROBE = { ...upload('2025-10-29T14:29:30.000Z'), acl: 'none-or-owner' } as const;

test.each([
  {
    case: 'cut where it was taken back, it is the first (field §3.26)',
    requests: REQUESTS,
    again: '2025-10-29T14:30:40.000Z',
  },
  {
    case: 'an upload without the ACL is none of the sort (aws-facts §0)',
    requests: [...REQUESTS, PROBE],
    again: '2025-10-29T14:30:40.000Z',
  },
  {
    case: 'of one way to sign it worked, and by the other it is refused later: it does not work again',
    requests: [...REQUESTS.slice(0, 2), upload('2025-10-28T19:05:00.000Z'), { ...REQUESTS[2], isPresigned: true }],
    again: undefined,
  },
  {
    case: 'of two ways to sign the one that was refused last worked again',
    requests: [
      ...REQUESTS.slice(0, 2),
      { ...REQUESTS[2], isPresigned: true, acl: 'not-told' as const },
      { ...upload('2025-10-29T14:30:40.000Z'), isPresigned: true, acl: 'not-told' as const },
    ],
    again: '2025-10-29T14:30:40.000Z',
  },
  { case: 'that alone proves nothing', requests: [...REQUESTS.slice(0, 3), PROBE], again: undefined },
  {
    case: 'what S3 was too busy for, and what it could not tell who asks, did not work (aws-facts §7, §5.3)',
    requests: [
      ...REQUESTS.slice(0, 3),
      upload('2025-10-29T14:31:00.000Z', { code: 'SlowDown' }),
      upload('2025-10-29T14:32:00.000Z', { code: 'ExpiredToken' }),
    ],
    again: undefined,
  },
])('the request that worked again after the last failure: $case', ({ requests, again }) => {
  const collector = new UseCollector([CHANGED, TAKEN_BACK].map((mark) => Date.parse(mark)));
  for (const request of requests) collector.take(request);
  const judge = kindsById.get('s3-bucket')?.judge;
  if (judge === undefined) throw new Error('no judge');
  const { failures } = impactOf({
    account: ACCOUNT,
    changes: [change],
    of: new Set(['block']),
    states: new Map(states.map((state) => [printRef(state.ref), state])),
    judge,
    context: ['s3-account-block'],
    evidence: collector.evidence(),
    applications: [],
  });
  expect(failures.map(({ failures: count, workedAgainAt }) => [count, workedAgainAt])).toEqual([[2, again]]);
});
