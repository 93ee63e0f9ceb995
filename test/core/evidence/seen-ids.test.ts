import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SeenIds } from '#core/evidence/seen-ids.ts';

test('an id is new once', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { maxLength: 50 }), (ids) => {
      const seen = new SeenIds();
      expect(ids.map((id) => seen.has(id))).toEqual(ids.map(() => false));
      expect(ids.toReversed().map((id) => seen.has(id))).toEqual(ids.map(() => true));
    }),
    { numRuns: 30 },
  );
});

test('of a hundred thousand ids none is taken for another, and few are forgotten', () => {
  const ids = Array.from(
    { length: 100_000 },
    (_, index) => `b461aefe-7c3d-4056-a28b-${String(index).padStart(12, '0')}`,
  );
  const seen = new SeenIds();
  expect(ids.filter((id) => seen.has(id))).toEqual([]);
  expect(ids.filter((id) => seen.has(id)).length).toBeGreaterThan(85_000);
});
