import ipaddr from 'ipaddr.js';
import { sortedSet, type Json } from './json.ts';

/** Hexadecimal groups alone: an IPv4 tail is read in two ways by those who write it, and a zone names no range. */
const IPV6 = /^[0-9a-f:]*:[0-9a-f:]*$/i;
const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

/**
 * One text for one range: host bits masked, IPv6 by RFC 5952, a bare address with its full prefix.
 * AWS takes and shows the same range in several writings (aws-facts §6, "CIDR form").
 * Text that is no CIDR comes back as it is: it is compared as text, never mended by a guess.
 */
export function canonicalCidr(written: string): string {
  const [address = '', prefix, ...rest] = written.trim().split('/');
  if (rest.length > 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) return written;
  if (IPV4.test(address)) {
    if (!ipaddr.IPv4.isValidFourPartDecimal(address)) return written;
    const bits = Number(prefix ?? 32);
    return bits > 32 ? written : `${ipaddr.IPv4.networkAddressFromCIDR(`${address}/${bits}`).toString()}/${bits}`;
  }
  if (!IPV6.test(address) || !ipaddr.IPv6.isValid(address)) return written;
  const bits = Number(prefix ?? 128);
  return bits > 128 ? written : `${ipaddr.IPv6.networkAddressFromCIDR(`${address}/${bits}`).toRFC5952String()}/${bits}`;
}

/** Is this an address with a prefix, as WAF takes it (aws-facts §6, "CIDR form")? */
export function isCidr(written: string): boolean {
  return written.includes('/') && ipaddr.isValidCIDR(canonicalCidr(written));
}

/** The set of ranges that a list of addresses names. A range inside another stays: an overlap is no duplicate. */
export function canonicalAddressSet(addresses: readonly string[]): readonly Json[] {
  return sortedSet(addresses.map(canonicalCidr));
}
