import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalCidr } from '#core/addresses.ts';
import { cidrsOf, divide, rangesOf } from '#core/waf/ranges.ts';
import { RANGES } from './ranges.cases.ts';

describe('what two lists of ranges cover', () => {
  test.each(RANGES)('$case', ({ one, other, without, both }) => {
    const divided = divide(rangesOf(one), rangesOf(other));
    expect([cidrsOf(divided.without), cidrsOf(divided.both)]).toEqual([without, both]);
  });

  /** Small enough that every address can be asked. */
  const cidr = fc
    .record({ last: fc.integer({ min: 0, max: 255 }), bits: fc.integer({ min: 26, max: 32 }) })
    .map(({ last, bits }) => canonicalCidr(`192.0.2.${last}/${bits}`));
  const list = fc.array(cidr, { maxLength: 8 });
  const covers = (texts: readonly string[]): ReadonlySet<bigint> =>
    new Set(
      rangesOf(texts).flatMap(({ first, last }) =>
        Array.from({ length: Number(last - first) + 1 }, (_, index) => first + BigInt(index)),
      ),
    );

  test('each address is where counting puts it, whatever the lists', () =>
    fc.assert(
      fc.property(list, list, (one, other) => {
        const { without, both } = divide(rangesOf(one), rangesOf(other));
        const [had, there] = [covers(one), covers(other)];
        expect(covers(cidrsOf(without))).toEqual(new Set([...had].filter((address) => !there.has(address))));
        expect(covers(cidrsOf(both))).toEqual(new Set([...had].filter((address) => there.has(address))));
      }),
    ));

  test('the fewest texts that cover the same are a list that covers the same', () =>
    fc.assert(
      fc.property(list, (texts) => {
        expect(rangesOf(cidrsOf(rangesOf(texts)))).toEqual(rangesOf(texts));
      }),
    ));
});
