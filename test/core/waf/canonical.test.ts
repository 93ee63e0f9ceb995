import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '#core/json.ts';
import { canonicalDocument, canonicalRule } from '#core/waf/canonical.ts';
import { chance, shuffled } from '../../arbitraries.ts';
import { CANONICAL } from './canonical.cases.ts';

describe('one form for one rule', () => {
  test.each(CANONICAL)('$case ($fact)', ({ rule, is, version }) =>
    expect(canonicalRule(rule)).toEqual(version === undefined ? { rule: is } : { rule: is, version }),
  );

  test('it survives JSON, and is its own canonical form', () => {
    for (const { rule } of CANONICAL) {
      const { rule: once } = canonicalRule(rule);
      expect(JSON.parse(JSON.stringify(once))).toEqual(once);
      expect(canonicalDocument(once)).toEqual(once);
    }
  });

  test('the same in another order is the same', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.constantFrom(...CANONICAL), (seed, { rule }) => {
        const plain = canonicalRule(rule).rule['statement'] ?? null;
        expect(canonicalDocument(shuffled(plain satisfies Json, chance(seed)))).toEqual(plain);
      }),
    ));
});
