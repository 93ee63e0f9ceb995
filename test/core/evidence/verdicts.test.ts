import { expect, test } from 'vitest';
import { UseCollector } from '#core/evidence/uses.ts';
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
