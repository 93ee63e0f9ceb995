import fc from 'fast-check';
import {
  ACLS,
  FLAGS,
  POLICIES,
  settingsAfter,
  type AclName,
  type Case,
  type PolicyName,
  type Settings,
  type Wish,
} from './settings.ts';

const POLICY_NAMES = Object.keys(POLICIES) as Exclude<PolicyName, 'none'>[];
const digits = fc.oneof(
  { weight: 1, arbitrary: fc.constant('-') },
  { weight: 2, arbitrary: fc.constant('0000') },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 15 }).map((flags) => flags.toString(2).padStart(4, '0')) },
);
const ownership = fc.constantFrom('BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter', '-' as const);
const acl = fc.constantFrom<AclName>(...(Object.keys(ACLS) as AclName[]), 'logs');
/** Those that a row is about stand more often; the one whose outcome hangs on TLS, which a request does not tell, seldom. */
const policy = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.constantFrom<PolicyName>(
      'mixed',
      'mixed',
      'public-no-deleting',
      'identity',
      'named',
      'services',
      'listed',
      'writable',
    ),
  },
  {
    weight: 16,
    arbitrary: fc.constantFrom<PolicyName>('none', ...POLICY_NAMES.filter((name) => name !== 'public-with-tls')),
  },
  { weight: 1, arbitrary: fc.constant<PolicyName>('public-with-tls') },
);
const website = fc.constantFrom('set', '-' as const);

const settings: fc.Arbitrary<Settings> = fc.record({ account: digits, block: digits, ownership, acl, policy, website });

/** The one flag that shuts out others by what a policy says, and so the fewest buckets. */
const LOCKS = 'RestrictPublicBuckets';

/** One flag as often as everything else: that is what people turn. */
const wish: fc.Arbitrary<Wish> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.constantFrom('account' as const, 'block' as const),
        fc.constantFrom(...FLAGS, LOCKS),
        fc.constantFrom('0', '1'),
      )
      .map(([level, flag, value]): Wish => [`${level}.${flag}`, value]),
  },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('account' as const, 'block' as const), digits) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('ownership' as const), ownership) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('acl' as const), acl) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('policy' as const), policy) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('website' as const), website) },
);

const cases: fc.Arbitrary<Case> = fc
  .record({ before: settings, set: fc.array(wish, { minLength: 1, maxLength: 2 }) })
  .filter((one) => JSON.stringify(settingsAfter(one)) !== JSON.stringify(one.before));

/** The case of a seed: always the same one. What sets what is set already is none. */
export function caseOf(seed: number): Case {
  const [only] = fc.sample(cases, { seed, numRuns: 1 });
  if (only === undefined) throw new Error(`no case for the seed ${seed}`);
  return only;
}
