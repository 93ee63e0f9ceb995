/**
 * The settings of a bucket and of its account that decide who gets in, in few words: as the double's world, and as somebody who asks
 * what a change would do writes them after `--set`.
 */
import {
  ALL_USERS,
  AUTHENTICATED_USERS,
  emptyWorld,
  OWNER_ID,
  type BlockFlags,
  type Grant,
  type Ownership,
  type Signer,
  type World,
} from '../aws-double/world.ts';

export const ACCOUNT = '111122223333';
export const PARTNER = '444455556666';
export const PARTNER_ID = 'b'.repeat(64);
export const BUCKET = 'films';

/** Access keys, and whose they are; that of the account itself is none of them. */
export const KEYS = {
  partner: 'AKIAPARTNER',
  stranger: 'AKIASTRANGER',
  trail: 'AKIATRAIL',
  delivery: 'AKIADELIVERY',
  cloudfront: 'AKIACLOUDFRONT',
  identity: 'AKIAIDENTITY',
} as const;
export const OWN_KEY = 'AKIADOUBLE';

const SIGNERS: Readonly<Record<string, Signer>> = {
  [KEYS.partner]: { account: PARTNER, canonicalId: PARTNER_ID },
  [KEYS.stranger]: { account: '999988887777', canonicalId: 'f'.repeat(64) },
  [KEYS.trail]: { service: 'cloudtrail.amazonaws.com' },
  [KEYS.delivery]: { service: 'logging.s3.amazonaws.com' },
  [KEYS.cloudfront]: { service: 'cloudfront.amazonaws.com' },
  [KEYS.identity]: { originAccessIdentity: 'E1' },
};

export const FLAGS = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'] as const;

/** Where everything is that a policy may open; objects beside it are opened by their ACLs alone. */
const SHARED = `arn:aws:s3:::${BUCKET}/shared/*`;
const THE_BUCKET = `arn:aws:s3:::${BUCKET}`;

const statement = (more: object): object => ({
  Effect: 'Allow',
  Principal: '*',
  Action: 's3:GetObject',
  Resource: SHARED,
  ...more,
});
const NAMED = statement({ Principal: { AWS: PARTNER }, Action: ['s3:GetObject', 's3:PutObject'] });
const PUBLIC = statement({});
const SERVICES = statement({ Principal: { Service: ['cloudtrail.amazonaws.com', 'cloudfront.amazonaws.com'] } });
const IDENTITY = statement({
  Principal: { AWS: 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1' },
});

/** Whole policies by name. The denying ones: a read by everybody, another account, something else, and whoever comes without TLS. */
export const POLICIES = {
  public: [PUBLIC],
  'public-everywhere': [statement({ Resource: `arn:aws:s3:::${BUCKET}/*` })],
  named: [NAMED],
  mixed: [NAMED, PUBLIC],
  listed: [statement({ Action: 's3:ListBucket', Resource: THE_BUCKET })],
  writable: [statement({ Action: 's3:PutObject' })],
  services: [SERVICES],
  identity: [IDENTITY, PUBLIC],
  'identity-alone': [IDENTITY],
  'mixed-denied': [NAMED, PUBLIC, statement({ Effect: 'Deny' })],
  'named-denied': [NAMED, statement({ Effect: 'Deny', Principal: { AWS: PARTNER } })],
  'public-no-deleting': [PUBLIC, NAMED, statement({ Effect: 'Deny', Action: 's3:DeleteObject' })],
  'public-with-tls': [
    PUBLIC,
    statement({ Effect: 'Deny', Action: 's3:*', Resource: '*', Condition: { Bool: { 'aws:SecureTransport': false } } }),
  ],
} as const satisfies Record<string, readonly object[]>;

export type PolicyName = 'none' | keyof typeof POLICIES;

/** Who else the bucket's own ACL grants something. */
export const ACLS = {
  private: [],
  public: [{ to: ALL_USERS, permission: 'READ' }],
  'public-write': [{ to: ALL_USERS, permission: 'WRITE' }],
  'any-account': [{ to: AUTHENTICATED_USERS, permission: 'READ' }],
  partner: [{ to: PARTNER_ID, permission: 'READ' }],
  'partner-and-public': [
    { to: PARTNER_ID, permission: 'READ' },
    { to: ALL_USERS, permission: 'READ' },
  ],
  logs: [{ to: 'http://acs.amazonaws.com/groups/s3/LogDelivery', permission: 'WRITE' }],
} as const satisfies Record<string, readonly Grant[]>;

export type AclName = keyof typeof ACLS;

/** Flags are four digits in the order of FLAGS; `-` is "not set", here and for ownership. */
export interface Settings {
  readonly account: string;
  readonly block: string;
  readonly ownership: Ownership | '-';
  readonly acl: AclName;
  readonly policy: PolicyName;
  readonly website: 'set' | '-';
}

/** One thing that is set: a path of Settings, and its new value; of a block a flag alone, such as `account.RestrictPublicBuckets`. */
export type Wish = readonly [path: keyof Settings | `${'account' | 'block'}.${(typeof FLAGS)[number]}`, value: string];

export interface Case {
  readonly before: Settings;
  readonly set: readonly Wish[];
}

/** The settings as they would be. */
export function settingsAfter({ before, set }: Case): Settings {
  return set.reduce((settings, [path, value]): Settings => {
    const [root = '', flag] = path.split('.');
    if (flag === undefined) return { ...settings, [root]: value };
    const digits = settings[root as 'account' | 'block'].replace('-', '0000').split('');
    digits[FLAGS.findIndex((one) => one === flag)] = value;
    return { ...settings, [root]: digits.join('') };
  }, before);
}

export function grantsOf(acl: AclName): Grant[] {
  return [{ to: OWNER_ID, permission: 'FULL_CONTROL' }, ...ACLS[acl]];
}

export function policyText(policy: Exclude<PolicyName, 'none'>): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: POLICIES[policy] });
}

function flagsOf(digits: string): Required<BlockFlags> {
  const [first, second, third, fourth] = digits.split('').map((digit) => digit === '1');
  return {
    BlockPublicAcls: first === true,
    IgnorePublicAcls: second === true,
    BlockPublicPolicy: third === true,
    RestrictPublicBuckets: fourth === true,
  };
}

const readableBy = (...readers: readonly string[]): { grants: Grant[]; body: string } => ({
  grants: [{ to: OWNER_ID, permission: 'FULL_CONTROL' }, ...readers.map((to) => ({ to, permission: 'READ' }))],
  body: 'x',
});

/** Everything that a request may be about is there in every bucket, so that what flips is seen to flip. */
export function worldOf({ account, block, ownership, acl, policy, website }: Settings): World {
  return {
    ...emptyWorld(ACCOUNT),
    ...(account === '-' ? {} : { accountBlock: flagsOf(account) }),
    callers: { ...SIGNERS },
    buckets: {
      [BUCKET]: {
        region: 'us-east-1',
        grants: grantsOf(acl),
        objects: {
          'shared/own': readableBy(),
          'shared/page': readableBy(ALL_USERS),
          'acl/own': readableBy(),
          'acl/public': readableBy(ALL_USERS),
          'acl/any-account': readableBy(AUTHENTICATED_USERS),
          'acl/partner': readableBy(PARTNER_ID),
          'acl/partner-and-public': readableBy(PARTNER_ID, ALL_USERS),
        },
        ...(block === '-' ? {} : { block: flagsOf(block) }),
        ...(ownership === '-' ? {} : { ownership }),
        ...(policy === 'none' ? {} : { policy: policyText(policy) }),
        ...(website === '-' ? {} : { website: { index: 'index.html' } }),
      },
    },
  };
}

/** The same wishes as somebody writes them on the command line. */
export function written({ set }: Case): readonly string[] {
  return set.flatMap(([path, value]) => {
    const [root = '', flag] = path.split('.');
    const target = root === 'account' ? 's3-account-block' : `s3-bucket/${BUCKET}#${nameOf(root)}`;
    return ['--set', `${target}${flag === undefined ? '' : `.${flag}`}=${valueOf(root, flag, value)}`];
  });
}

const nameOf = (root: string): string => (root === 'block' ? 'publicAccessBlock' : root);

function valueOf(root: string, flag: string | undefined, value: string): string {
  if (flag !== undefined) return String(value === '1');
  switch (root) {
    case 'account':
    case 'block':
      return value === '-' ? 'null' : JSON.stringify(flagsOf(value));
    case 'acl':
      return JSON.stringify(aclAnswer(value as AclName));
    case 'policy':
      return value === 'none' ? 'null' : policyText(value as Exclude<PolicyName, 'none'>);
    case 'website':
      return value === '-' ? 'null' : '{"IndexDocument":{"Suffix":"index.html"}}';
    default:
      return value === '-' ? 'null' : value;
  }
}

/** An ACL as GetBucketAcl answers it. */
function aclAnswer(acl: AclName): object {
  return {
    Owner: { ID: OWNER_ID },
    Grants: grantsOf(acl).map(({ to, permission }) => ({
      Grantee: to.startsWith('http') ? { Type: 'Group', URI: to } : { Type: 'CanonicalUser', ID: to },
      Permission: permission,
    })),
  };
}
