/**
 * "The meaning of public" for bucket policies (aws-facts §2), as BlockPublicPolicy, RestrictPublicBuckets and GetBucketPolicyStatus
 * see it. A policy is public until every one of its grants is limited to fixed values.
 */
import { isIP } from 'node:net';
import { conditionsOf, principalsOf, type Condition, type Principal, type Statement } from './policy.ts';
import type { Unsettled } from './world.ts';

/** How far a grant is limited, from least to most; the doubtful ones are tagged [U], and named after what the table of §2.3 says. */
const LIMITS = ['open', 'doubtful-open', 'doubtful-fixed', 'fixed'] as const;
export type Limit = (typeof LIMITS)[number];

/** One public statement makes the whole policy public; a Deny is never looked at (§2.3). */
export function isPublicPolicy(statements: readonly Statement[], doubtful?: Unsettled['doubtfulPolicy']): boolean {
  const limit = limitOfPolicy(statements);
  if (limit === 'open' || limit === 'fixed' || doubtful === undefined)
    return limit === 'open' || limit === 'doubtful-open';
  return doubtful === 'public';
}

export function limitOfPolicy(statements: readonly Statement[]): Limit {
  return weakest(statements.filter(({ Effect }) => Effect === 'Allow').map(limitOfStatement), 'fixed');
}

/** A fixed principal or one pinned key is enough; keys are ANDed (§2.3). */
function limitOfStatement(statement: Statement): Limit {
  return strongest([limitOfPrincipals(statement), ...conditionsOf(statement).map(limitOfCondition)]);
}

/** NotPrincipal names who is left out, so it limits nothing (§2.3). */
function limitOfPrincipals({ Principal: written, NotPrincipal }: Statement): Limit {
  return NotPrincipal === undefined ? weakest(principalsOf(written).map(limitOfPrincipal), 'open') : 'open';
}

/** AWS removed its public `Federated` example without saying what counts now (§2.3). */
function limitOfPrincipal({ kind, name }: Principal): Limit {
  if (!isFixed(name)) return 'open';
  return kind === 'Federated' ? 'doubtful-open' : 'fixed';
}

/** Values are ORed: one wildcard among them and the key limits nothing (§2.3). */
export function limitOfCondition({ operator, key, values }: Condition): Limit {
  const limitOf = KEYS.get(key);
  if (limitOf === undefined || !isPositive(operator, key)) return 'open';
  return weakest(values.map(limitOf), 'open');
}

const POSITIVE = new Set(['stringequals', 'stringequalsignorecase', 'stringlike', 'arnequals', 'arnlike']);

/** `…IfExists` and `ForAllValues:` are true when the key is missing and negated operators say who is not meant, so none pins (§2.3). */
function isPositive(operator: string, key: string): boolean {
  const bare = operator.replace(/^foranyvalue:/, '');
  return key === 'aws:sourceip' ? bare === 'ipaddress' : POSITIVE.has(bare);
}

const fixed = (value: string): Limit => (isFixed(value) ? 'fixed' : 'open');
const unlisted =
  (limit: Limit) =>
  (value: string): Limit =>
    isFixed(value) ? limit : 'open';

/** The keys of §2.1, and after them those that §2.3 tags [U]. Any other key limits nothing. */
const KEYS: ReadonlyMap<string, (value: string) => Limit> = new Map(
  Object.entries({
    'aws:principalorgid': fixed,
    'aws:sourceip': limitOfAddresses,
    'aws:sourcearn': fixed,
    'aws:sourcevpc': fixed,
    'aws:sourcevpce': fixed,
    'aws:sourceowner': fixed,
    'aws:sourceaccount': fixed,
    'aws:userid': limitOfUserId,
    's3:dataaccesspointarn': limitOfAccessPoint,
    's3:dataaccesspointaccount': fixed,
    'aws:principalaccount': unlisted('doubtful-fixed'),
    'aws:principalarn': limitOfPrincipalArn,
    'aws:sourceorgid': unlisted('doubtful-open'),
    'aws:principalorgpaths': unlisted('doubtful-open'),
    'aws:sourceorgpaths': unlisted('doubtful-open'),
  }),
);

/** Fixed is: no wildcard and no policy variable (§2.1). */
function isFixed(value: string): boolean {
  return !/[*?]|\$\{/.test(value);
}

/**
 * Broader than /8 or, for IPv6, /32 is public (§2.2). The exception for RFC 1918 needs no code: none of its ranges is broader than
 * /8. Unique local addresses are [U].
 */
function limitOfAddresses(cidr: string): Limit {
  const [address = '', prefix] = cidr.split('/');
  const version = isIP(address);
  if (version === 0 || (prefix !== undefined && !/^\d+$/.test(prefix))) return 'open';
  const bits = Number(prefix ?? 128);
  if (bits >= (version === 4 ? 8 : 32)) return 'fixed';
  return version === 6 && bits >= 7 && /^f[cd]/i.test(address) ? 'doubtful-open' : 'open';
}

/** "Outside pattern `AROLEID:*`" (§2.1 no. 8) does not say what a fixed session of a role is: by the letter it is inside. */
function limitOfUserId(value: string): Limit {
  if (!isFixed(value)) return 'open';
  return /^AROA[^:]*:/.test(value) ? 'doubtful-open' : 'fixed';
}

/** In a bucket policy the access point's name may be a wildcard, as long as the account is fixed (§2.1 no. 9). */
function limitOfAccessPoint(value: string): Limit {
  return isFixed(value) || /^arn:[^:*?$]+:s3:[^:*?$]*:\d{12}:accesspoint\/[^$]*$/.test(value) ? 'fixed' : 'open';
}

/** A principal by another name: neither the fixed one nor the one with a wildcard is settled (§2.3). A variable is. */
function limitOfPrincipalArn(value: string): Limit {
  if (isFixed(value)) return 'doubtful-fixed';
  return value === '*' || value.includes('${') ? 'open' : 'doubtful-open';
}

function weakest(limits: readonly Limit[], ofNone: Limit): Limit {
  return LIMITS.find((limit) => limits.includes(limit)) ?? ofNone;
}

function strongest(limits: readonly Limit[]): Limit {
  return LIMITS.findLast((limit) => limits.includes(limit)) ?? 'open';
}
