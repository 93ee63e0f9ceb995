import { describe, expect, test } from 'vitest';
import type { LoggedRequest } from '#core/evidence/request.ts';
import { MOST_USES, UseCollector } from '#core/evidence/uses.ts';
import { verdictsOn } from '#core/evidence/verdicts.ts';
import type { Flip } from '#core/s3/access-change.ts';
import { kindsById } from '#kinds';
import { bucketRef, bucketState } from '../../builders.ts';

const FLIP: Flip = {
  row: 'W4',
  title: 'Upload with a public ACL',
  before: { outcome: 'allowed' },
  after: { outcome: 'denied', http: 403, code: 'AccessDenied' },
  isHere: 'yes',
};

type Told = Pick<LoggedRequest, 'bucket' | 'operation'> & Partial<LoggedRequest>;

const request = (told: Told): LoggedRequest => ({
  source: 'data-event',
  at: Date.parse('2026-01-01T08:00:00Z'),
  requester: { is: 'anonymous' },
  via: 'api',
  isPresigned: false,
  acl: 'none-or-owner',
  aclRequired: false,
  ...told,
});

const READ: Flip = { ...FLIP, row: 'R4', title: 'Anonymous read by the bucket policy' };
const ANY: Flip = { ...FLIP, row: 'X2', title: 'Another account that the policy names' };
const POLICY: Flip = { ...FLIP, row: 'P1', title: 'Put a public bucket policy' };

const reasonsOf = (flips: readonly Flip[], taken: readonly Told[]): Readonly<Record<string, string>> => {
  const collector = new UseCollector();
  for (const one of taken) collector.take(request(one));
  const verdicts = verdictsOn({
    on: [{ ref: bucketRef('films'), flips, before: bucketState('films') }],
    context: {},
    evidence: collector.evidence(),
    kinds: kindsById,
    applications: [],
  });
  return Object.fromEntries(verdicts.map(({ row, word, reason }) => [row, `${word}, ${reason}`]));
};

describe('"not seen" is said only of what the logs of that bucket would show (decision 0035)', () => {
  test.each<{ case: string; taken: readonly Told[]; is: Readonly<Record<string, string>> }>([
    {
      case: 'a trail that logs its writes alone, and the reads of another bucket',
      taken: [
        { bucket: 'films', operation: 'DeleteObject' },
        { bucket: 'books', operation: 'GetObject' },
      ],
      is: {
        W4: 'could-break, not-seen',
        R4: 'unknown, not-logged',
        X2: 'unknown, not-logged',
        P1: 'unknown, not-logged',
      },
    },
    {
      case: 'a trail that logs its reads alone',
      taken: [{ bucket: 'films', operation: 'GetObjectAcl' }],
      is: {
        W4: 'unknown, not-logged',
        R4: 'could-break, not-seen',
        X2: 'unknown, not-logged',
        P1: 'unknown, not-logged',
      },
    },
    {
      case: 'a trail that logs both',
      taken: [
        { bucket: 'films', operation: 'GetObjectAcl' },
        { bucket: 'films', operation: 'DeleteObject', error: { code: 'AccessDenied' } },
      ],
      is: {
        W4: 'could-break, not-seen',
        R4: 'could-break, not-seen',
        X2: 'could-break, not-seen',
        P1: 'unknown, not-logged',
      },
    },
    {
      case: 'an access log, which has all of them',
      taken: [{ bucket: 'films', operation: 'GetBucketVersioning', source: 'access-log' }],
      is: {
        W4: 'could-break, not-seen',
        R4: 'could-break, not-seen',
        X2: 'could-break, not-seen',
        P1: 'could-break, not-seen',
      },
    },
    {
      case: 'more different requests than are kept, after which the one that matters may have come',
      taken: [
        ...Array.from({ length: MOST_USES }, (_, place) => ({
          bucket: 'films',
          operation: 'DeleteObject',
          error: { code: 'AccessDenied', says: `${place}` },
        })),
        { bucket: 'films', operation: 'PutObject', acl: 'public' as const },
      ],
      is: {
        W4: 'could-break, perhaps-seen',
        R4: 'could-break, perhaps-seen',
        X2: 'could-break, perhaps-seen',
        P1: 'unknown, not-logged',
      },
    },
    {
      case: 'the same of another bucket leaves nothing open here',
      taken: [
        { bucket: 'films', operation: 'DeleteObject' },
        ...Array.from({ length: MOST_USES }, (_, place) => ({
          bucket: 'books',
          operation: 'DeleteObject',
          error: { code: 'AccessDenied', says: `${place}` },
        })),
      ],
      is: {
        W4: 'could-break, not-seen',
        R4: 'unknown, not-logged',
        X2: 'unknown, not-logged',
        P1: 'unknown, not-logged',
      },
    },
  ])('$case', ({ taken, is }) => expect(reasonsOf([FLIP, READ, ANY, POLICY], taken)).toEqual(is));
});

test('of buckets that are told together, "not seen" is said of the time that the logs of each have', () => {
  const collector = new UseCollector();
  const read = (bucket: string, time: string): void =>
    collector.take({
      source: 'access-log',
      at: Date.parse(`2026-01-01T${time}Z`),
      bucket,
      operation: 'GetObject',
      requester: { is: 'anonymous' },
      via: 'api',
      isPresigned: false,
      acl: 'none-or-owner',
      aclRequired: false,
    });
  for (const time of ['08:00:00', '20:00:00']) read('first', time);
  for (const time of ['10:00:00', '22:00:00']) read('second', time);
  const verdicts = verdictsOn({
    on: ['first', 'second'].map((id) => ({ ref: bucketRef(id), flips: [FLIP], before: bucketState(id) })),
    context: {},
    evidence: collector.evidence(),
    kinds: kindsById,
    applications: [],
  });
  expect(verdicts).toMatchObject([
    {
      refs: [bucketRef('first'), bucketRef('second')],
      word: 'could-break',
      reason: 'not-seen',
      logged: { from: '2026-01-01T10:00:00.000Z', to: '2026-01-01T20:00:00.000Z' },
    },
  ]);
});
