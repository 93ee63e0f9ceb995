import ipaddr from 'ipaddr.js';

/** How S3 takes a range of `aws:SourceIp`: narrow enough to count as fixed, too broad, or not settled (aws-facts §2.2). */
export type Breadth =
  | { readonly is: 'narrow'; readonly range: readonly [number, number] | undefined }
  | { readonly is: 'broad'; readonly than: string }
  | { readonly is: 'private-and-broad' }
  | { readonly is: 'no-range' };

/** The shortest prefixes that still count as fixed. */
const NARROWEST_V4 = 8;
const NARROWEST_V6 = 32;

/** Unique local addresses, fc00::/7: private like those of RFC 1918, but AWS's page excepts only the latter. */
const UNIQUE_LOCAL = 0xfc00;

export function breadthOf(written: string): Breadth {
  const [address = '', prefix, ...rest] = written.trim().split('/');
  if (rest.length > 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) return NO_RANGE;
  const bits = prefix === undefined ? undefined : Number(prefix);
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return breadthOfV4(address, bits ?? 32);
  return address.includes(':') && ipaddr.IPv6.isValid(address) ? breadthOfV6(address, bits ?? 128) : NO_RANGE;
}

const NO_RANGE: Breadth = { is: 'no-range' };

function breadthOfV4(address: string, bits: number): Breadth {
  if (bits > 32) return NO_RANGE;
  return bits < NARROWEST_V4
    ? { is: 'broad', than: `/${NARROWEST_V4}` }
    : { is: 'narrow', range: rangeOf(address, bits) };
}

function breadthOfV6(address: string, bits: number): Breadth {
  if (bits > 128) return NO_RANGE;
  if (bits >= NARROWEST_V6) return { is: 'narrow', range: undefined };
  const isPrivate = bits >= 7 && ((ipaddr.IPv6.parse(address).parts[0] ?? 0) & 0xfe00) === UNIQUE_LOCAL;
  return isPrivate ? { is: 'private-and-broad' } : { is: 'broad', than: `/${NARROWEST_V6}` };
}

function rangeOf(address: string, bits: number): readonly [number, number] {
  // The library has just said that these are four decimal octets; parsing them again takes longer than adding them up.
  const value = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const size = 2 ** (32 - bits);
  const first = Math.floor(value / size) * size;
  return [first, first + size - 1];
}

/** Which share of all IPv4 addresses these ranges cover together. */
export function shareOfIpv4(ranges: readonly (readonly [number, number])[]): number {
  let covered = 0;
  let next = 0;
  for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const from = Math.max(first, next);
    if (last >= from) covered += last - from + 1;
    next = Math.max(next, last + 1);
  }
  return covered / 2 ** 32;
}
