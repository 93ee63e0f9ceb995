/** Canonical CIDR sets. Written before the code. Source of each row: aws-facts §6, "CIDR form". */
export const CANONICAL_CIDRS = [
  { case: 'already canonical', written: '203.0.113.0/24', canonical: '203.0.113.0/24' },
  { case: 'host bits are masked', written: '195.178.188.66/29', canonical: '195.178.188.64/29' },
  { case: 'a bare IPv4 address is its /32', written: '203.0.113.7', canonical: '203.0.113.7/32' },
  { case: 'a bare IPv6 address is its /128', written: '2001:db8::7', canonical: '2001:db8::7/128' },
  { case: 'IPv6 fully expanded', written: '1111:0000:0000:0000:0000:0000:0000:0111/128', canonical: '1111::111/128' },
  { case: 'IPv6 upper case', written: '2001:DB8::/32', canonical: '2001:db8::/32' },
  { case: 'IPv6 host bits', written: '2001:db8:85a3::8a2e:370:7334/32', canonical: '2001:db8::/32' },
  {
    case: 'RFC 5952: the first of the longest runs of zeros is compressed',
    written: '2001:db8:0:0:1:0:0:1/128',
    canonical: '2001:db8::1:0:0:1/128',
  },
  {
    case: 'RFC 5952: a single zero is not compressed',
    written: '2001:db8:0:1:1:1:1:1/128',
    canonical: '2001:db8:0:1:1:1:1:1/128',
  },
  { case: 'all of IPv4', written: '0.0.0.0/0', canonical: '0.0.0.0/0' },
  { case: 'space around', written: ' 203.0.113.0/24 ', canonical: '203.0.113.0/24' },
] as const;

/** Text that is no CIDR stays as it is: what AWS shows is never dropped, and never mended by a guess. */
export const NO_CIDRS = [
  'not-an-ip',
  '203.0.113.0/33',
  '203.0.113/24',
  '0x7f.1/8',
  '010.0.0.1/8',
  '2001:db8::/129',
  '',
  '1.2.3.4/',
  '1.2.3.4/-1',
  '::1.2.3.4/128',
  'fe80::1%eth0/64',
] as const;

export const ADDRESS_SET_CHANGES = [
  {
    case: 'rewritten: order, host bits, expanded IPv6',
    before: ['10.0.0.0/8', '2001:db8::/32'],
    after: ['2001:0db8:0000:0000:0000:0000:0000:0000/32', '10.1.2.3/8'],
    added: [],
    removed: [],
  },
  {
    case: 'one address more',
    before: ['10.0.0.0/8'],
    after: ['203.0.113.7/32', '10.0.0.0/8'],
    added: ['203.0.113.7/32'],
    removed: [],
  },
  {
    case: 'a duplicate in another writing',
    before: ['10.0.0.0/8'],
    after: ['10.0.0.0/8', '10.255.0.1/8'],
    added: [],
    removed: [],
  },
  {
    case: 'an overlap is no duplicate (192.0.2.44/32 inside its /24 is legal)',
    before: ['192.0.2.0/24'],
    after: ['192.0.2.0/24', '192.0.2.44/32'],
    added: ['192.0.2.44/32'],
    removed: [],
  },
  {
    case: 'overwritten: 3 → 1',
    before: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'],
    after: ['203.0.113.7/32'],
    added: ['203.0.113.7/32'],
    removed: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'],
  },
] as const;
