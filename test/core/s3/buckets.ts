import { ALL_USERS, AUTHENTICATED_USERS } from '../../aws-double/world.ts';
import { canonicalGrants } from '#core/acl.ts';
import type { Json, JsonObject } from '#core/json.ts';
import { canonicalPolicy } from '#core/policy.ts';
import { present, unreadable, type JsonReading } from '#core/reading.ts';
import { blockFlags, BLOCK_FLAGS } from '#core/s3/block.ts';
import type { State } from '#core/state.ts';
import { ACCOUNT, bucketRef, T0 } from '../../builders.ts';
import type { BucketSide } from './toggles.cases.ts';

const ABSENT: JsonReading = { status: 'absent' };
const OWNER = '79a5';
const REFUSED = unreadable('AccessDenied');

/** A block from its four digits; `-` is "not set". */
export function blockOf(digits: string): JsonReading {
  if (digits === 'refused') return REFUSED;
  if (digits === '-') return ABSENT;
  return present(blockFlags(Object.fromEntries(BLOCK_FLAGS.map((flag, place) => [flag, digits[place] === '1']))));
}

export function accountState(digits: string): State {
  return {
    ref: { account: ACCOUNT, region: 'global', kind: 's3-account-block', id: 'account' },
    shape: 1,
    takenAt: T0,
    watched: { publicAccessBlock: blockOf(digits) },
    carried: {},
  };
}

const group = (name: string, permission: string) => ({
  Grantee: { URI: name === 'logs' ? 'http://acs.amazonaws.com/groups/s3/LogDelivery' : ALL_USERS },
  Permission: permission,
});
const user = (ID: string, Permission: string) => ({ Grantee: { ID }, Permission });

const GRANTS = {
  private: [],
  public: [group('all', 'READ')],
  partner: [user('beef', 'READ')],
  logs: [group('logs', 'WRITE')],
  'any-account': [{ Grantee: { URI: AUTHENTICATED_USERS }, Permission: 'READ' }],
  everything: [group('all', 'READ'), group('logs', 'WRITE'), user('beef', 'READ')],
} as const;

function aclOf(acl: NonNullable<BucketSide['acl']>): JsonReading {
  return acl === 'refused' ? REFUSED : present(canonicalGrants([user(OWNER, 'FULL_CONTROL'), ...GRANTS[acl]]) as Json);
}

const allow = (Principal: Json, more: object = {}): Json => ({
  Effect: 'Allow',
  Principal,
  Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::b/*',
  ...more,
});
const NAMED = allow({ AWS: '444455556666' });
const EVERYONE = allow('*');

export const POLICIES: Record<Exclude<NonNullable<BucketSide['policy']>, 'none' | 'refused'>, readonly Json[]> = {
  named: [NAMED],
  'named-twice': [NAMED, allow({ AWS: '777788889999' })],
  'named-more': [NAMED, allow({ AWS: '444455556666' }, { Action: 's3:PutObject' })],
  denied: [NAMED, allow('*', { Effect: 'Deny', Condition: { StringNotEquals: { 'aws:SourceVpc': 'vpc-1' } } })],
  mixed: [NAMED, EVERYONE],
  public: [EVERYONE],
  service: [allow({ Service: 'cloudtrail.amazonaws.com' })],
  changed: [allow({ AWS: '444455556666' }, { Action: 's3:GetObjectVersion' })],
  own: [allow({ AWS: ACCOUNT })],
  'own-more': [allow({ AWS: ACCOUNT }), allow({ AWS: ACCOUNT }, { Action: 's3:PutObject' })],
  'old-version': [NAMED],
  variable: [allow({ AWS: '444455556666' }, { Resource: 'arn:aws:s3:::b/${aws:username}' })],
  'variable-old-version': [allow({ AWS: '444455556666' }, { Resource: 'arn:aws:s3:::b/${aws:username}' })],
  listed: [allow('*', { Action: 's3:ListBucket', Resource: 'arn:aws:s3:::b' })],
  conditional: [allow('*', { Condition: { StringLike: { 'aws:Referer': 'https://example.com/*' } } })],
  unreachable: [allow('*', { Condition: { StringLike: { 'aws:PrincipalOrgID': '*' } } })],
  'identity-alone': [allow({ AWS: 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1' })],
  'origin-access-identity': [
    EVERYONE,
    allow({ AWS: 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1' }),
  ],
};

function policyOf(policy: NonNullable<BucketSide['policy']>): JsonReading {
  if (policy === 'none') return ABSENT;
  if (policy === 'refused') return REFUSED;
  const Version = policy.endsWith('old-version') ? '2008-10-17' : '2012-10-17';
  return present(canonicalPolicy({ Version, Statement: POLICIES[policy] } as JsonObject));
}

function websiteOf(website: NonNullable<BucketSide['website']>): JsonReading {
  if (website === 'refused') return REFUSED;
  return website === '-'
    ? ABSENT
    : present({ IndexDocument: { Suffix: website === 'set' ? 'index.html' : 'start.html' } });
}

/** A bucket's state as the reader would make it: the stored ACL is not read while ACLs are off. */
export function bucketOf({ account = '-', block = '-', ...side }: BucketSide): State {
  const { ownership = '-', acl = 'private', policy = 'none', website = '-' } = side;
  const isMasked = [account, block].some((digits) => digits[1] === '1');
  const stored = aclOf(acl);
  return {
    ref: bucketRef('b'),
    shape: 1,
    takenAt: T0,
    watched: {
      publicAccessBlock: blockOf(block),
      policy: policyOf(policy),
      acl: ownership === 'BucketOwnerEnforced' ? { status: 'skipped', because: 'ownership-enforced' } : stored,
      ownership: ownership === '-' ? ABSENT : ownership === 'refused' ? REFUSED : present(ownership),
      website: websiteOf(website),
    },
    carried: { aclMaskedBy: isMasked ? 'ignore-public-acls' : 'nothing', aclOwner: OWNER },
  };
}

/** A statement that lets everyone read objects, but for what is given. */
export const openStatement = (more: JsonObject = {}): JsonObject => ({
  Effect: 'Allow',
  Principal: '*',
  Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::b/*',
  ...more,
});
