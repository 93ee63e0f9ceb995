import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalAddressSet, canonicalCidr } from '#core/addresses.ts';
import { setChange } from '#core/json.ts';
import { ADDRESS_SET_CHANGES, CANONICAL_CIDRS, NO_CIDRS } from './address-set.cases.ts';

test.each(CANONICAL_CIDRS)('$case: $written is $canonical', ({ written, canonical }) =>
  expect(canonicalCidr(written)).toBe(canonical),
);

test.each(NO_CIDRS)('"%s" is no CIDR and stays as it is', (written) => expect(canonicalCidr(written)).toBe(written));

describe('sets are compared by what they cover', () => {
  test.each(ADDRESS_SET_CHANGES)('$case', ({ before, after, added, removed }) => {
    expect(setChange(canonicalAddressSet(before), canonicalAddressSet(after))).toEqual({ added, removed });
  });
});

const cidr = fc.oneof(
  fc.tuple(fc.ipV4(), fc.nat(32)).map(([address, bits]) => `${address}/${bits}`),
  fc.tuple(fc.ipV6(), fc.nat(128)).map(([address, bits]) => `${address}/${bits}`),
);

test('the canonical form is idempotent', () => {
  fc.assert(
    fc.property(cidr, (written) => {
      expect(canonicalCidr(canonicalCidr(written))).toBe(canonicalCidr(written));
    }),
  );
});

test('a set does not depend on the order or the repetition of its members', () => {
  fc.assert(
    fc.property(fc.array(cidr), (written) => {
      expect(canonicalAddressSet(written.toReversed().concat(written))).toEqual(canonicalAddressSet(written));
    }),
  );
});

test('never throws, whatever the text', () => {
  fc.assert(
    fc.property(fc.string(), (written) => {
      expect(() => canonicalCidr(written)).not.toThrow();
    }),
  );
});
