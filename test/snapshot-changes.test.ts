import { describe, expect, test } from 'vitest';
import { parseEvent, type CloudTrailEvent } from '#core/event.ts';
import type { Json } from '#core/json.ts';
import { present, unreadable } from '#core/reading.ts';
import type { Scan } from '#core/scan.ts';
import type { Observation } from '#core/state.ts';
import { kindsById } from '#kinds';
import { reconcileSnapshots, type SnapshotCalls } from '#lambda/snapshot-changes.ts';
import { bucketRef, bucketState, gone, scanOf, seen } from './builders.ts';
import { recordOf } from './records.ts';

const BEFORE = '2026-03-02T08:00:00.500Z';
const AFTER = '2026-03-02T09:00:00.500Z';
const POLICY: Json = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::444455556666:root' },
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::exports/*',
    },
  ],
};

const at = (time: string, observation: Observation): Observation =>
  observation.seen === 'state'
    ? { ...observation, state: { ...observation.state, takenAt: time } }
    : { ...observation, takenAt: time };
const before = (...all: readonly Observation[]): Scan =>
  scanOf(
    all.map((one) => at(BEFORE, one)),
    { startedAt: BEFORE, finishedAt: BEFORE },
  );
const after = (...all: readonly Observation[]): Scan =>
  scanOf(
    all.map((one) => at(AFTER, one)),
    { startedAt: AFTER, finishedAt: AFTER },
  );
const plain = seen(bucketState('exports'));
const withPolicy = seen(bucketState('exports', { watched: { policy: present(POLICY) } }));

const called = (name: string, time: string, more: Readonly<Record<string, Json>> = {}): CloudTrailEvent =>
  parseEvent(
    recordOf(name, {
      eventID: `${name} ${time}`,
      eventTime: `2026-03-02T${time}Z`,
      awsRegion: 'us-east-1',
      requestParameters: { bucketName: 'exports', ...(name === 'PutBucketPolicy' ? { bucketPolicy: POLICY } : {}) },
      ...more,
    }),
  );

interface SnapshotCase {
  readonly case: string;
  readonly of: readonly [Scan, Scan];
  readonly events?: readonly CloudTrailEvent[];
  readonly looked?: Partial<SnapshotCalls['looked']>;
  readonly explained?: readonly string[];
  readonly unexplained?: readonly string[];
  readonly withoutEffect?: readonly string[];
  readonly notCompared?: readonly string[];
  readonly attempts?: number;
}

const cases: readonly SnapshotCase[] = [
  { case: 'two alike, and nothing was called', of: [before(plain), after(plain)] },
  {
    case: 'a difference, and the call that made it',
    of: [before(plain), after(withPolicy)],
    events: [called('PutBucketPolicy', '08:30:00')],
    explained: ['policy by PutBucketPolicy 08:30:00'],
  },
  {
    case: 'a difference that nothing explains: nothing of the region is in the logs',
    of: [before(plain), after(withPolicy)],
    looked: { asked: 'logs', heard: ['eu-west-3'] },
    unexplained: ['policy: not-heard'],
  },
  {
    case: 'a difference that nothing explains: a region could not be asked',
    of: [before(plain), after(withPolicy)],
    looked: { asked: 'history', gaps: [{ region: 'us-east-1', says: 'not read' }] },
    unexplained: ['policy: gap'],
  },
  {
    case: 'what was set and taken back in between',
    of: [before(plain), after(plain)],
    events: [called('PutBucketPolicy', '08:30:00'), called('DeleteBucketPolicy', '08:40:00')],
    withoutEffect: ['PutBucketPolicy 08:30:00: taken-back', 'DeleteBucketPolicy 08:40:00: took-back'],
  },
  {
    case: 'the value that is there, written again',
    of: [before(withPolicy), after(withPolicy)],
    events: [called('PutBucketPolicy', '08:30:00')],
    withoutEffect: ['PutBucketPolicy 08:30:00: same-value'],
  },
  {
    case: 'calls before the first and after the second are not of this time',
    of: [before(plain), after(withPolicy)],
    events: [called('PutBucketPolicy', '07:59:59'), called('PutBucketPolicy', '09:00:01')],
    looked: { asked: 'history' },
    unexplained: ['policy: none-found'],
  },
  {
    case: 'what the second could not read',
    of: [before(plain), after(seen(bucketState('exports', { watched: { policy: unreadable('AccessDenied') } })))],
    events: [called('PutBucketPolicy', '08:30:00')],
    notCompared: ['PutBucketPolicy 08:30:00: what it set could not be read'],
  },
  {
    case: 'what the first could not read',
    of: [before(seen(bucketState('exports', { watched: { policy: unreadable('AccessDenied') } }))), after(withPolicy)],
    events: [called('PutBucketPolicy', '08:30:00')],
    notCompared: ['PutBucketPolicy 08:30:00: the first snapshot does not know what it was'],
  },
  {
    case: 'what the second has not looked at',
    of: [before(plain), after(plain)],
    events: [called('PutBucketPolicy', '08:30:00', { requestParameters: { bucketName: 'other' } })],
    notCompared: ['PutBucketPolicy 08:30:00: the second snapshot has not looked at it'],
  },
  {
    case: 'a call that does not say on what: anything that changed there may be its work',
    of: [before(plain), after(withPolicy)],
    events: [called('PutBucketPolicy', '08:30:00', { requestParameters: {} })],
    explained: ['policy by PutBucketPolicy 08:30:00'],
  },
  {
    case: 'a call that does not say on what, where nothing changed',
    of: [before(plain), after(plain)],
    events: [called('PutBucketPolicy', '08:30:00', { requestParameters: {} })],
    notCompared: ['PutBucketPolicy 08:30:00: the event does not say which resource it was about'],
  },
  {
    case: 'a bucket that is new, made and set up',
    of: [before(), after(withPolicy)],
    events: [called('CreateBucket', '08:20:00'), called('PutBucketPolicy', '08:30:00')],
    explained: ['exists by CreateBucket 08:20:00, PutBucketPolicy 08:30:00'],
  },
  {
    case: 'a bucket that is gone',
    of: [before(plain), after(gone(bucketRef('exports')))],
    events: [called('PutBucketPolicy', '08:20:00'), called('DeleteBucket', '08:30:00')],
    explained: ['exists by DeleteBucket 08:30:00'],
    notCompared: ['PutBucketPolicy 08:20:00: what it set could not be read'],
  },
  {
    case: 'an attempt that failed',
    of: [before(plain), after(plain)],
    events: [called('PutBucketPolicy', '08:30:00', { errorCode: 'AccessDenied' })],
    attempts: 1,
  },
];

describe('two snapshots, and what was called between them', () => {
  test.each(cases)('$case', ({ case: _case, of: [first, second], events = [], looked = {}, ...expected }) => {
    const { reconciliation } = reconcileSnapshots(
      { before: first, after: second },
      {
        entries: [],
        events,
        looked: { searches: [], gaps: [], ...looked },
        kinds: kindsById,
        contracts: [],
        now: new Date('2026-03-03T08:00:00.000Z'),
      },
    );
    expect({
      explained: reconciliation.explained.map(
        ({ path, by }) => `${path} by ${by.map(({ eventId }) => eventId).join(', ')}`,
      ),
      unexplained: reconciliation.unexplained.map(
        ({ path, why }) => `${path}: ${why.map(({ because }) => because).join(', ')}`,
      ),
      withoutEffect: reconciliation.withoutEffect.map(({ cause, because }) => `${cause.eventId}: ${because}`),
      notCompared: reconciliation.notCompared.map(({ cause, says }) => `${cause.eventId}: ${says}`),
      attempts: reconciliation.attempts.length,
    }).toEqual({ explained: [], unexplained: [], withoutEffect: [], notCompared: [], attempts: 0, ...expected });
  });

  test('the newer one first is refused', () => {
    const calls = {
      entries: [],
      events: [],
      looked: { searches: [], gaps: [] },
      kinds: kindsById,
      contracts: [],
      now: new Date(0),
    };
    expect(() => reconcileSnapshots({ before: after(plain), after: before(plain) }, calls)).toThrow(
      'the first snapshot is of 2026-03-02T09:00:00.500Z, the second of 2026-03-02T08:00:00.500Z: give the older one first',
    );
  });
});
