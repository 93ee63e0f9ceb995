/** Lists of ranges as sets of addresses (aws-facts §6: an overlap is no duplicate, so coverage is compared on merged ranges). */
export interface RangesCase {
  readonly case: string;
  readonly one: readonly string[];
  readonly other: readonly string[];
  /** What only the first covers, and what both do. */
  readonly without: readonly string[];
  readonly both: readonly string[];
}

export const RANGES: readonly RangesCase[] = [
  { case: 'nothing and nothing', one: [], other: [], without: [], both: [] },
  {
    case: 'apart',
    one: ['198.51.100.0/24'],
    other: ['203.0.113.0/24'],
    without: ['198.51.100.0/24'],
    both: [],
  },
  {
    case: 'one address inside a range: coverage does not grow by it',
    one: ['192.0.2.44/32'],
    other: ['192.0.2.0/24'],
    without: [],
    both: ['192.0.2.44/32'],
  },
  {
    case: 'a range without one address in it',
    one: ['192.0.2.0/30'],
    other: ['192.0.2.1/32'],
    without: ['192.0.2.0/32', '192.0.2.2/31'],
    both: ['192.0.2.1/32'],
  },
  {
    case: 'two halves are the whole',
    one: ['192.0.2.0/25', '192.0.2.128/25'],
    other: ['192.0.2.0/24'],
    without: [],
    both: ['192.0.2.0/24'],
  },
  {
    case: 'the ends of the address space',
    one: ['0.0.0.0/1', '128.0.0.0/1'],
    other: ['0.0.0.0/32', '255.255.255.255/32'],
    without: [
      ...Array.from(
        { length: 31 },
        (_, index) =>
          `${index < 8 ? `0.0.0.${2 ** index}` : index < 16 ? `0.0.${2 ** (index - 8)}.0` : index < 24 ? `0.${2 ** (index - 16)}.0.0` : `${2 ** (index - 24)}.0.0.0`}/${32 - index}`,
      ),
      '128.0.0.0/2',
      '192.0.0.0/3',
      '224.0.0.0/4',
      '240.0.0.0/5',
      '248.0.0.0/6',
      '252.0.0.0/7',
      '254.0.0.0/8',
      ...Array.from({ length: 23 }, (_, index) => {
        const bits = index + 9;
        const value = 0xffffffff - (2 ** (33 - bits) - 1);
        const octets = [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256);
        return `${octets.join('.')}/${bits}`;
      }),
      '255.255.255.254/32',
    ],
    both: ['0.0.0.0/32', '255.255.255.255/32'],
  },
  {
    case: 'IPv6 by its meaning, whatever its writing',
    one: ['2001:db8::/32'],
    other: ['2001:0db8:8000:0000:0000:0000:0000:0000/33'],
    without: ['2001:db8::/33'],
    both: ['2001:db8:8000::/33'],
  },
  {
    case: 'the two families never meet',
    one: ['0.0.0.0/1', '::/1'],
    other: ['::/1'],
    without: ['0.0.0.0/1'],
    both: ['::/1'],
  },
  {
    case: 'what is no range covers nothing',
    one: ['office', '192.0.2.0/24'],
    other: [''],
    without: ['192.0.2.0/24'],
    both: [],
  },
];
