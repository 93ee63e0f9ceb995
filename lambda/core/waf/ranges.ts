import ipaddr from 'ipaddr.js';
import { canonicalCidr, isCidr } from '../addresses.ts';

/** Addresses without a gap, both ends included. The two families never meet: IPv6 stands above all of IPv4. */
export interface Range {
  readonly first: bigint;
  readonly last: bigint;
}

/** Where the numbers of IPv6 addresses begin. */
const IPV6 = 1n << 128n;
const BITS = { ipv4: 32, ipv6: 128 } as const;

/** What a list of CIDR texts covers: sorted, merged, in any writing. What is no CIDR covers nothing. */
export function rangesOf(texts: readonly string[]): readonly Range[] {
  return merged(texts.filter(isCidr).map((text) => rangeOf(canonicalCidr(text))));
}

function rangeOf(cidr: string): Range {
  const [address, bits] = ipaddr.parseCIDR(cidr);
  const kind = address.kind();
  const first = address.toByteArray().reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const size = 1n << BigInt(BITS[kind] - bits);
  const from = first + (kind === 'ipv6' ? IPV6 : 0n);
  return { first: from, last: from + size - 1n };
}

function merged(ranges: readonly Range[]): readonly Range[] {
  const whole: Range[] = [];
  for (const range of [...ranges].sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0))) {
    const before = whole.at(-1);
    // The last IPv4 address and the first IPv6 one are no neighbours: IPv6 starts far above.
    if (before !== undefined && range.first <= before.last + 1n)
      whole[whole.length - 1] = { first: before.first, last: range.last > before.last ? range.last : before.last };
    else whole.push(range);
  }
  return whole;
}

/** What the first covers and the second does not, and what both do. Both are merged. */
export function divide(
  one: readonly Range[],
  other: readonly Range[],
): { readonly without: readonly Range[]; readonly both: readonly Range[] } {
  const without: Range[] = [];
  const both: Range[] = [];
  let at = 0;
  for (const range of one) {
    let { first } = range;
    while (at < other.length && (other[at]?.last ?? 0n) < first) at += 1;
    for (let next = at; first <= range.last; next += 1) {
      const hole = other[next];
      if (hole === undefined || hole.first > range.last) {
        without.push({ first, last: range.last });
        break;
      }
      if (hole.first > first) without.push({ first, last: hole.first - 1n });
      const last = hole.last < range.last ? hole.last : range.last;
      both.push({ first: hole.first > first ? hole.first : first, last });
      first = last + 1n;
    }
  }
  return { without, both };
}

/** The fewest CIDR texts that cover the same. */
export function cidrsOf(ranges: readonly Range[]): readonly string[] {
  return ranges.flatMap((range) => {
    const texts: string[] = [];
    const { offset, bits } = range.first >= IPV6 ? { offset: IPV6, bits: 128 } : { offset: 0n, bits: 32 };
    for (let first = range.first - offset; first <= range.last - offset;) {
      let size = 1n;
      let prefix = bits;
      while (prefix > 0 && first % (size * 2n) === 0n && first + size * 2n - 1n <= range.last - offset) {
        size *= 2n;
        prefix -= 1;
      }
      texts.push(`${addressText(first, bits)}/${prefix}`);
      first += size;
    }
    return texts;
  });
}

function addressText(value: bigint, bits: number): string {
  const bytes = Array.from({ length: bits / 8 }, (_, index) =>
    Number((value >> BigInt(bits - 8 * (index + 1))) & 0xffn),
  );
  const address = ipaddr.fromByteArray(bytes);
  return address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString();
}
