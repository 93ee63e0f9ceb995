import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, isSameJson, nestingOf, setChange, sortedSet, type Json } from '#core/json.ts';
import { chance, shuffled } from '../arbitraries.ts';

const json = fc.jsonValue() as fc.Arbitrary<Json>;

test('canonical text and equality are one relation', () => {
  fc.assert(
    fc.property(json, json, (a, b) => {
      expect(isSameJson(a, b)).toBe(canonicalJson(a) === canonicalJson(b));
      expect(isSameJson(a, JSON.parse(JSON.stringify(a)) as Json)).toBe(true);
    }),
  );
});

test('canonical text survives being read again', () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(canonicalJson(JSON.parse(canonicalJson(value)) as Json)).toBe(canonicalJson(value));
    }),
  );
});

test('a set does not change by order or repetition', () => {
  fc.assert(
    fc.property(fc.array(json), fc.nat(), (values, seed) => {
      const other = (
        shuffled(
          values.map((value) => [value]),
          chance(seed),
        ) as [Json][]
      ).flat(1);
      expect(canonicalJson(sortedSet([...values, ...values]))).toBe(canonicalJson(sortedSet(values)));
      expect(other.length).toBe(values.length);
    }),
  );
});

test('what a set has more and less', () => {
  expect(setChange([1, 2, { a: 1 }], [{ a: 1 }, 3])).toEqual({ added: [3], removed: [1, 2] });
});

test.each([
  { value: 1, depth: 0 },
  { value: [], depth: 0 },
  { value: [1], depth: 1 },
  { value: { a: [{ b: 1 }] }, depth: 3 },
])('$value is nested $depth deep', ({ value, depth }) => expect(nestingOf(value, 10)).toBe(depth));
