import { describe, expect, test } from 'vitest';
import type { Change } from '#core/change.ts';
import { parseEvent } from '#core/event.ts';
import type { Json } from '#core/json.ts';
import type { JsonReading } from '#core/reading.ts';
import { kindsById } from '#kinds';
import type { Kind } from '#kinds/kind.ts';
import { causeOf, isShown } from '#lambda/event-evidence.ts';
import { bucketRef, bucketState, gone, seen, unseen } from './builders.ts';
import { recordOf } from './records.ts';

const ALL = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
const NONE = {
  BlockPublicAcls: false,
  IgnorePublicAcls: false,
  BlockPublicPolicy: false,
  RestrictPublicBuckets: false,
};

function bucketKind(): Kind {
  const kind = kindsById.get('s3-bucket');
  if (kind === undefined) throw new TypeError('no kind s3-bucket');
  return kind;
}
const event = (name: string, parameters: Json = {}, more: Readonly<Record<string, Json>> = {}) =>
  parseEvent(recordOf(name, { requestParameters: { bucketName: 'b', ...(parameters as object) }, ...more }));
const putBlock = (flags: Json, more?: Readonly<Record<string, Json>>) =>
  event('PutBucketPublicAccessBlock', { PublicAccessBlockConfiguration: flags }, more);
const read = (reading: JsonReading) => seen(bucketState('b', { watched: { publicAccessBlock: reading } }));
const moved = (path: string): Change => ({
  path,
  before: { status: 'absent' },
  after: { status: 'present', value: 1 },
  exposure: 'same',
  breakage: 'none',
  says: 'moved',
  check: 'check',
});

describe('is what an event set what was read?', () => {
  test.each([
    {
      case: 'the same flags',
      is: () => isShown(putBlock(ALL), bucketKind(), read({ status: 'present', value: ALL })),
      shown: 'yes',
    },
    {
      case: 'other flags',
      is: () => isShown(putBlock(ALL), bucketKind(), read({ status: 'present', value: NONE })),
      shown: 'no',
    },
    { case: 'nothing is set', is: () => isShown(putBlock(ALL), bucketKind(), read({ status: 'absent' })), shown: 'no' },
    {
      case: 'the read was refused: nobody knows',
      is: () => isShown(putBlock(ALL), bucketKind(), read({ status: 'unreadable', code: 'AccessDenied' })),
      shown: 'unread',
    },
    {
      case: 'the bucket was refused',
      is: () => isShown(putBlock(ALL), bucketKind(), unseen(bucketRef('b'))),
      shown: 'unread',
    },
    {
      case: 'the event does not say',
      is: () => isShown(event('PutBucketAcl'), bucketKind(), read({ status: 'absent' })),
      shown: 'not-told',
    },
    {
      case: 'taken away, and it is',
      is: () => isShown(event('DeleteBucketPublicAccessBlock'), bucketKind(), read({ status: 'absent' })),
      shown: 'yes',
    },
    {
      case: 'deleted, and it is gone',
      is: () => isShown(event('DeleteBucket'), bucketKind(), gone(bucketRef('b'))),
      shown: 'yes',
    },
    {
      case: 'deleted, and it is there',
      is: () => isShown(event('DeleteBucket'), bucketKind(), read({ status: 'absent' })),
      shown: 'no',
    },
    {
      case: 'created, and it is there',
      is: () => isShown(event('CreateBucket'), bucketKind(), read({ status: 'absent' })),
      shown: 'yes',
    },
    {
      case: 'created, and the read was refused',
      is: () => isShown(event('CreateBucket'), bucketKind(), unseen(bucketRef('b'))),
      shown: 'unread',
    },
  ])('$case: $shown', ({ is, shown }) => expect(is()).toBe(shown));
});

describe('the event as the cause of a drift', () => {
  const observed = read({ status: 'present', value: ALL });
  const cause = (of: ReturnType<typeof event>, paths: readonly string[], now = observed) =>
    causeOf(of, { kind: bucketKind(), seen: now, changes: paths.map(moved) });

  test('is certain where what it set is what was read, and says who, with what, when', () =>
    expect(cause(putBlock(ALL), ['publicAccessBlock.BlockPublicAcls'])).toEqual({
      eventId: 'PutBucketPublicAccessBlock-1',
      call: 'PutBucketPublicAccessBlock',
      region: 'eu-west-1',
      who: 'role platform, session ana@example.com',
      userAgent: 'aws-cli/2.30.0',
      how: { says: 'the AWS CLI 2.30.0', certainty: 'claimed' },
      session: 'ASIAEXAMPLE',
      at: '2026-03-02T08:00:00.000Z',
      moves: 'publicAccessBlock',
      shows: 'yes',
      certainty: 'certain',
      reasons: ['what the call set is what was then read'],
    }));

  test('is likely where it does not say what it set', () =>
    expect(cause(event('PutBucketAcl'), ['acl'])).toMatchObject({
      certainty: 'likely',
      reasons: ['the call names this resource; what it set, the event does not tell'],
    }));

  test('is not known where something else was read', () =>
    expect(cause(putBlock(NONE), ['publicAccessBlock'])).toMatchObject({
      certainty: 'unknown',
      reasons: [
        'the call names this resource, but what it set is not what was read: it was changed again, or shows later',
      ],
    }));

  test('is none where it moved another path', () => expect(cause(putBlock(ALL), ['policy'])).toBeUndefined());
  test('is none where nothing departs', () => expect(cause(putBlock(ALL), [])).toBeUndefined());

  test('is one where the thing itself came or went', () =>
    expect(cause(event('DeleteBucket'), ['exists'], gone(bucketRef('b')))).toMatchObject({ certainty: 'certain' }));

  test('is the first event’s, where this is a late or corrected copy of it (aws-facts §4.3)', () =>
    expect(
      cause(putBlock(ALL, { addendum: { reason: 'UPDATED_DATA', originalEventID: 'the-first' } }), [
        'publicAccessBlock',
      ]),
    ).toMatchObject({ eventId: 'the-first' }));
});
