import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { useDoubleHere } from '../double-here.ts';
import { Scene } from './scene.ts';

const on = useDoubleHere();
/** The rules of general purpose buckets, as the S3 user guide has them; one that breaks a finer rule does no harm here. */
const LEGAL = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/);

/** Names that no bucket can have, and that an event may carry all the same: it is a stranger's text. */
const ILLEGAL = [
  '',
  'a',
  'ab/cd',
  '../../baseline',
  '..',
  'UPPER_case',
  'with space',
  'line\nbreak',
  'nul\u0000byte',
  '‮reversed',
  'a'.repeat(64),
  'a'.repeat(2000),
  '%2e%2e%2f',
  '#fragment?query=1',
  'über-bucket',
  '💣💣💣',
  '__proto__',
  'arn:aws:s3:::bucket',
  'x'.repeat(3) + '\uD800',
];

describe('a name in an event is a stranger’s text', () => {
  test.each(ILLEGAL.map((name) => [JSON.stringify(name).slice(0, 40), name]))(
    '%s: worked on, nothing is told, and the next event is not kept from its alert',
    { timeout: 60_000 },
    async (_shown, name) => {
      const scene = new Scene(on.double);
      await scene.open();
      await scene.accepted();
      await scene.event('PutBucketPolicy', { bucket: name });
      await scene.minutes(1);
      expect(scene.told).toEqual([]);
      await scene.setsBucket('bucket-00', { policy: scene.policyFor('bucket-00', '444455556666') });
      await scene.event('PutBucketPolicy', { bucket: 'bucket-00' });
      await scene.minutes(1);
      expect(scene.told).toEqual(['opened high: s3-bucket/bucket-00 (1)']);
    },
  );

  test('every legal name is looked at, and told under that name', { timeout: 120_000 }, async () => {
    const scene = new Scene(on.double);
    await scene.open();
    const names = fc.sample(LEGAL, { numRuns: 200, seed: 20_251_028 });
    await scene.accepted();
    for (const name of new Set(names)) {
      await scene.setsBucket(name, {});
      await scene.event('CreateBucket', { bucket: name });
    }
    await scene.minutes(12);
    const records = await scene.ledger.list('drift');
    const found = records.map(({ id }) => id.split('/').at(-1)).filter((id) => names.includes(id ?? ''));
    expect(new Set(found)).toEqual(new Set(names));
  });
});
