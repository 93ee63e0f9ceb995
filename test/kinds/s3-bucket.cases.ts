/**
 * What is read of a bucket, and what of it can be compared. Written before the code.
 * "As few calls as the facts allow": a call that cannot matter is not made, and that is recorded with its reason.
 */
export type BucketRead = 'publicAccessBlock' | 'policy' | 'ownership' | 'policyStatus' | 'acl' | 'website';

/** Facts of one bucket as AWS would answer them; left out means "not set". */
export interface BucketFacts {
  readonly ownership?: 'BucketOwnerEnforced' | 'BucketOwnerPreferred' | 'ObjectWriter';
  readonly policy?: 'wildcard' | 'named' | 'not-json' | 'refused';
  readonly acl?: 'private' | 'public' | 'refused';
  readonly accountIgnoresPublicAcls?: boolean;
}

const ALWAYS: readonly BucketRead[] = ['publicAccessBlock', 'policy', 'ownership'];

export const CALL_PLANS: readonly {
  case: string;
  fact: string;
  bucket: BucketFacts;
  calls: readonly BucketRead[];
  skipped: Partial<Record<'acl' | 'website', string>>;
}[] = [
  {
    case: 'modern: ownership enforced, no policy',
    fact: 'aws-facts §1.4: with BucketOwnerEnforced the ACL always shows only the owner; §2.5: no policy, no status',
    bucket: { ownership: 'BucketOwnerEnforced' },
    calls: ALWAYS,
    skipped: { acl: 'ownership-enforced', website: 'no-public-door' },
  },
  {
    case: 'modern with a policy for a named account',
    fact: 'a website endpoint serves only what everyone may read (aws-facts §3.2 H1)',
    bucket: { ownership: 'BucketOwnerEnforced', policy: 'named' },
    calls: [...ALWAYS, 'policyStatus'],
    skipped: { acl: 'ownership-enforced', website: 'no-public-door' },
  },
  {
    case: 'modern with a wildcard principal',
    fact: 'aws-facts §3.2 H1, policy path',
    bucket: { ownership: 'BucketOwnerEnforced', policy: 'wildcard' },
    calls: [...ALWAYS, 'policyStatus', 'website'],
    skipped: { acl: 'ownership-enforced' },
  },
  {
    case: 'legacy: no ownership controls, private ACL, no policy',
    fact: 'aws-facts §1.6: without ownership controls ACLs are enabled',
    bucket: { acl: 'private' },
    calls: [...ALWAYS, 'acl'],
    skipped: { website: 'no-public-door' },
  },
  {
    case: 'legacy: policy not public, private ACL',
    fact: 'aws-facts §2.5',
    bucket: { acl: 'private', policy: 'named' },
    calls: [...ALWAYS, 'policyStatus', 'acl'],
    skipped: { website: 'no-public-door' },
  },
  {
    case: 'legacy with a public grant',
    fact: 'aws-facts §3.2 H1, ACL path',
    bucket: { acl: 'public', ownership: 'ObjectWriter' },
    calls: [...ALWAYS, 'acl', 'website'],
    skipped: {},
  },
  {
    case: 'everything at its worst',
    fact: 'six calls is the ceiling',
    bucket: { acl: 'public', policy: 'wildcard' },
    calls: [...ALWAYS, 'policyStatus', 'acl', 'website'],
    skipped: {},
  },
  {
    case: 'a policy that is no JSON: it cannot be told whether it opens a door, so the website is read',
    fact: 'not knowing is a value: unreadable is never "absent"',
    bucket: { ownership: 'BucketOwnerEnforced', policy: 'not-json' },
    calls: [...ALWAYS, 'policyStatus', 'website'],
    skipped: { acl: 'ownership-enforced' },
  },
  {
    case: 'a policy that may not be read: the website is read, the status too (another permission)',
    fact: 'aws-facts §1.3: s3:GetBucketPolicyStatus is a permission of its own',
    bucket: { ownership: 'BucketOwnerEnforced', policy: 'refused' },
    calls: [...ALWAYS, 'policyStatus', 'website'],
    skipped: { acl: 'ownership-enforced' },
  },
  {
    case: 'an ACL that may not be read: the website is read',
    fact: 'not knowing is a value',
    bucket: { acl: 'refused' },
    calls: [...ALWAYS, 'acl', 'website'],
    skipped: {},
  },
  {
    case: 'public grants masked by the account: no ACL opens the website now',
    fact: 'aws-facts §1.1: with IgnorePublicAcls public ACLs stop granting; §1.4: and are not shown',
    bucket: { acl: 'public', accountIgnoresPublicAcls: true },
    calls: [...ALWAYS, 'acl'],
    skipped: { website: 'no-public-door' },
  },
];

/** Grants as the table below writes them: `owner`, `everyone`, or a canonical id. */
export type AclGrants = readonly ('owner' | 'everyone' | 'partner' | 'stranger')[];
export type Mask = 'nothing' | 'ignore-public-acls' | 'unknown';

/**
 * aws-facts §1.4: GetBucketAcl shows the effective grants, so under IgnorePublicAcls the public ones vanish from the
 * answer though they are still stored; §12 item 4: whether the other grants of such an ACL vanish with them is unsettled.
 * So across a change of mask only a grant that *appeared under the heavier mask* is proof of a change.
 */
export const ACL_COMPARISONS: readonly {
  case: string;
  before: { grants: AclGrants; mask: Mask };
  after: { grants: AclGrants; mask: Mask };
  changed: boolean;
  said: 'compared' | 'not-compared';
}[] = [
  {
    case: 'same mask, same grants',
    before: { grants: ['owner', 'everyone'], mask: 'nothing' },
    after: { grants: ['everyone', 'owner'], mask: 'nothing' },
    changed: false,
    said: 'compared',
  },
  {
    case: 'same mask, a public grant gone',
    before: { grants: ['owner', 'everyone'], mask: 'nothing' },
    after: { grants: ['owner'], mask: 'nothing' },
    changed: true,
    said: 'compared',
  },
  {
    case: 'the mask came on and the public grant went out of sight',
    before: { grants: ['owner', 'everyone'], mask: 'nothing' },
    after: { grants: ['owner'], mask: 'ignore-public-acls' },
    changed: false,
    said: 'not-compared',
  },
  {
    case: 'the mask came on over a private ACL',
    before: { grants: ['owner'], mask: 'nothing' },
    after: { grants: ['owner'], mask: 'ignore-public-acls' },
    changed: false,
    said: 'compared',
  },
  {
    case: 'the mask came on and a stranger appeared',
    before: { grants: ['owner', 'everyone'], mask: 'nothing' },
    after: { grants: ['owner', 'stranger'], mask: 'ignore-public-acls' },
    changed: true,
    said: 'compared',
  },
  {
    case: 'the mask came on and a partner grant of a public ACL went too: unsettled, so not said',
    before: { grants: ['owner', 'everyone', 'partner'], mask: 'nothing' },
    after: { grants: ['owner'], mask: 'ignore-public-acls' },
    changed: false,
    said: 'not-compared',
  },
  {
    case: 'the mask came on and a partner grant of an ACL without public grants went: nothing of it was masked',
    before: { grants: ['owner', 'partner'], mask: 'nothing' },
    after: { grants: ['owner'], mask: 'ignore-public-acls' },
    changed: true,
    said: 'compared',
  },
  {
    case: 'the mask went and a public grant came to sight',
    before: { grants: ['owner'], mask: 'ignore-public-acls' },
    after: { grants: ['owner', 'everyone'], mask: 'nothing' },
    changed: false,
    said: 'not-compared',
  },
  {
    case: 'the mask went and a grant that was seen under it is gone',
    before: { grants: ['owner', 'partner'], mask: 'ignore-public-acls' },
    after: { grants: ['owner'], mask: 'nothing' },
    changed: true,
    said: 'compared',
  },
  {
    case: 'both masked, a partner gone',
    before: { grants: ['owner', 'partner'], mask: 'ignore-public-acls' },
    after: { grants: ['owner'], mask: 'ignore-public-acls' },
    changed: true,
    said: 'compared',
  },
  {
    case: 'mask not known now, public grant not seen',
    before: { grants: ['owner', 'everyone'], mask: 'nothing' },
    after: { grants: ['owner'], mask: 'unknown' },
    changed: false,
    said: 'not-compared',
  },
  {
    case: 'mask not known now, but the stranger is seen',
    before: { grants: ['owner'], mask: 'nothing' },
    after: { grants: ['owner', 'stranger'], mask: 'unknown' },
    changed: true,
    said: 'compared',
  },
  {
    case: 'mask not known then, public grant seen now',
    before: { grants: ['owner'], mask: 'unknown' },
    after: { grants: ['owner', 'everyone'], mask: 'nothing' },
    changed: false,
    said: 'not-compared',
  },
  {
    case: 'mask not known then, public grant seen now, and a partner grant that was seen then is gone',
    before: { grants: ['owner', 'partner'], mask: 'unknown' },
    after: { grants: ['owner', 'everyone'], mask: 'nothing' },
    changed: true,
    said: 'compared',
  },
];
