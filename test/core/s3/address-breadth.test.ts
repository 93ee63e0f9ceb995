import { describe, expect, test } from 'vitest';
import { breadthOf, shareOfIpv4 } from '#core/s3/address-breadth.ts';

/** aws-facts §2.2: broader than /8 (IPv4) or /32 (IPv6) is public; exactly so is fixed. */
describe('how broad a range is', () => {
  test.each([
    { range: '0.0.0.0/0', is: 'broad' },
    { range: '0.0.0.0/7', is: 'broad' },
    { range: '10.0.0.0/7', is: 'broad' },
    { range: '1.2.3.4/8', is: 'narrow' },
    { range: '10.0.0.0/8', is: 'narrow' },
    { range: '1.2.3.4/32', is: 'narrow' },
    { range: '1.2.3.4', is: 'narrow' },
    { range: ' 1.2.3.4/32 ', is: 'narrow' },
    { range: '1.2.3.4/33', is: 'no-range' },
    { range: '1.2.3.4/', is: 'no-range' },
    { range: '1.2.3.4/8/8', is: 'no-range' },
    { range: '1.2.3.4/08x', is: 'no-range' },
    { range: '1.2.3', is: 'no-range' },
    { range: '1.2.3.256', is: 'no-range' },
    { range: '0x7f.1', is: 'no-range' },
    { range: '::/0', is: 'broad' },
    { range: '::/31', is: 'broad' },
    { range: '2600::/31', is: 'broad' },
    { range: '2600::/32', is: 'narrow' },
    { range: '2600::1', is: 'narrow' },
    { range: '2600::1/128', is: 'narrow' },
    { range: '2600::1/129', is: 'no-range' },
    { range: 'fc00::/7', is: 'private-and-broad' },
    { range: 'fd12::/8', is: 'private-and-broad' },
    { range: 'fd12::/31', is: 'private-and-broad' },
    { range: 'fd12::/32', is: 'narrow' },
    { range: 'fc00::/6', is: 'broad' },
    { range: 'fe00::/8', is: 'broad' },
    { range: 'fb00::/8', is: 'broad' },
    { range: ':::', is: 'no-range' },
    { range: 'abc', is: 'no-range' },
    { range: '', is: 'no-range' },
    { range: '*', is: 'no-range' },
  ])('$range is $is', ({ range, is }) => expect(breadthOf(range).is).toBe(is));

  test.each([
    { range: '0.0.0.0/1', than: '/8' },
    { range: '::/1', than: '/32' },
  ])('$range is broader than $than', ({ range, than }) => expect(breadthOf(range)).toEqual({ is: 'broad', than }));

  test.each([
    { range: '1.2.3.4', from: 0x01020304, to: 0x01020304 },
    { range: '1.2.3.4/8', from: 0x01000000, to: 0x01ffffff },
    { range: '255.255.255.255/8', from: 0xff000000, to: 0xffffffff },
  ])('$range covers what it says, host bits masked', ({ range, from, to }) =>
    expect(breadthOf(range)).toEqual({ is: 'narrow', range: [from, to] }),
  );
});

describe('which share of all addresses ranges cover together', () => {
  const quarter = 2 ** 30;
  test.each([
    { case: 'none', ranges: [], is: 0 },
    { case: 'one', ranges: [[0, quarter - 1]], is: 0.25 },
    {
      case: 'two apart, in any order',
      ranges: [
        [quarter * 2, quarter * 3 - 1],
        [0, quarter - 1],
      ],
      is: 0.5,
    },
    {
      case: 'the same twice',
      ranges: [
        [0, quarter - 1],
        [0, quarter - 1],
      ],
      is: 0.25,
    },
    {
      case: 'one inside another',
      ranges: [
        [0, quarter * 2 - 1],
        [5, quarter],
      ],
      is: 0.5,
    },
    {
      case: 'two that overlap',
      ranges: [
        [0, quarter - 1],
        [quarter / 2, quarter * 1.5 - 1],
      ],
      is: 0.375,
    },
    { case: 'everything', ranges: [[0, quarter * 4 - 1]], is: 1 },
  ])('$case', ({ ranges, is }) => expect(shareOfIpv4(ranges as [number, number][])).toBe(is));
});
