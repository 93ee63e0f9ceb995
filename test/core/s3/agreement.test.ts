/**
 * The double enforces what S3 enforces, written from the tables by another hand (test/aws-double/enforcement.ts). Wherever both give
 * a definite answer they must give the same one: allowed, useless, or refused with the same status and code.
 */
import { describe, expect, test } from 'vitest';
import { outcomesOf } from '#core/s3/operations.ts';
import type { Outcome } from '#core/s3/outcome.ts';
import { accessOfState } from '#kinds/s3-bucket/access.ts';
import { rule, type Attempt, type Ruling } from '../../aws-double/enforcement.ts';
import {
  ALL_USERS,
  AUTHENTICATED_USERS,
  emptyWorld,
  OWNER_ID,
  type Grant,
  type World,
} from '../../aws-double/world.ts';
import { accountState, bucketOf, POLICIES } from './buckets.ts';
import { COMBINATIONS, type Levels } from './cube.ts';
import type { BucketSide } from './toggles.cases.ts';

const US: Attempt['caller'] = { type: 'account', account: '111122223333' };
const PARTNER_ID = 'beef';
const PARTNER: Attempt['caller'] = { type: 'account', account: '444455556666', canonicalId: PARTNER_ID };
const STRANGER: Attempt['caller'] = { type: 'account', account: '999988887777', canonicalId: 'f00d' };
const NOBODY: Attempt['caller'] = { type: 'anonymous' };

const canned = (name: string): Partial<Attempt> => ({ acl: { canned: name } });
const readableBy = (...to: readonly string[]): Partial<Attempt> => ({
  object: {
    owner: '111122223333',
    grants: [{ to: OWNER_ID, permission: 'FULL_CONTROL' }, ...to.map((one) => ({ to: one, permission: 'READ' }))],
  },
});
const document = (of: keyof typeof POLICIES): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: POLICIES[of] });

interface State {
  readonly levels: Levels;
  readonly ownership: NonNullable<BucketSide['ownership']>;
  readonly acl: 'private' | 'public' | 'partner' | 'logs' | 'any-account';
  readonly policy: 'none' | 'named' | 'mixed' | 'public' | 'listed' | 'service' | 'origin-access-identity';
}

interface Row {
  readonly row: string;
  readonly attempt: Omit<Attempt, 'bucket'>;
  /** Where the attempt shows what the row speaks of, and no other door is open to it. */
  readonly isFor?: (state: State) => boolean;
}

const isClosedPolicy = ({ policy }: State): boolean => policy !== 'public' && policy !== 'mixed';
const isPartnerNamed = ({ policy }: State): boolean => policy === 'named' || policy === 'mixed';

const ROWS: readonly Row[] = [
  { row: 'W0', attempt: { operation: 'PutObject', caller: US } },
  { row: 'W1', attempt: { operation: 'PutObject', caller: US, ...canned('bucket-owner-full-control') } },
  { row: 'W3', attempt: { operation: 'PutObject', caller: US, ...canned('aws-exec-read') } },
  { row: 'W3', attempt: { operation: 'PutObject', caller: US, ...canned('bucket-owner-read') } },
  { row: 'W4', attempt: { operation: 'PutObject', caller: US, ...canned('public-read') } },
  { row: 'W4', attempt: { operation: 'PutObject', caller: US, ...canned('authenticated-read') } },
  {
    row: 'W4',
    attempt: { operation: 'PutObject', caller: US, acl: { grants: [{ to: ALL_USERS, permission: 'READ' }] } },
  },
  { row: 'U3', attempt: { operation: 'PutObject', caller: US, ...canned('public-read') } },
  { row: 'A1', attempt: { operation: 'PutObjectAcl', caller: US, ...canned('public-read') } },
  { row: 'A1', attempt: { operation: 'PutBucketAcl', caller: US, ...canned('public-read') } },
  { row: 'A2', attempt: { operation: 'PutBucketAcl', caller: US, ...canned('private') } },
  { row: 'A2', attempt: { operation: 'PutObjectAcl', caller: US, ...canned('private') } },
  { row: 'A3', attempt: { operation: 'PutBucketOwnershipControls', caller: US, ownership: 'BucketOwnerEnforced' } },
  { row: 'P1', attempt: { operation: 'PutBucketPolicy', caller: US, policy: document('public') } },
  { row: 'P1', attempt: { operation: 'PutBucketPolicy', caller: US, policy: document('mixed') } },
  { row: 'P2', attempt: { operation: 'PutBucketPolicy', caller: US, policy: document('named') } },
  { row: 'P2', attempt: { operation: 'DeleteBucketPolicy', caller: US } },
  { row: 'R1', attempt: { operation: 'GetObject', caller: NOBODY, ...readableBy(ALL_USERS) }, isFor: isClosedPolicy },
  {
    row: 'R2',
    attempt: { operation: 'GetObject', caller: STRANGER, ...readableBy(AUTHENTICATED_USERS) },
    isFor: isClosedPolicy,
  },
  { row: 'R3', attempt: { operation: 'ListObjects', caller: NOBODY }, isFor: ({ policy }) => policy !== 'listed' },
  { row: 'R4', attempt: { operation: 'GetObject', caller: NOBODY, key: 'k', ...readableBy() } },
  { row: 'R5', attempt: { operation: 'ListObjects', caller: NOBODY }, isFor: ({ acl }) => acl !== 'public' },
  {
    row: 'R6',
    attempt: { operation: 'ListObjects', caller: STRANGER },
    isFor: ({ acl, policy }) => acl !== 'public' && policy !== 'listed',
  },
  // Either door: what the website endpoint serves, and what an anonymous request gets.
  { row: 'H1', attempt: { operation: 'GetWebsitePage', caller: NOBODY, key: 'k', ...readableBy(ALL_USERS) } },
  { row: 'C3', attempt: { operation: 'GetObject', caller: NOBODY, key: 'k', ...readableBy(ALL_USERS) } },
  {
    row: 'X1',
    attempt: { operation: 'GetObject', caller: PARTNER, key: 'k', ...readableBy() },
    isFor: ({ policy }) => policy === 'named',
  },
  { row: 'X2', attempt: { operation: 'GetObject', caller: PARTNER, key: 'k', ...readableBy() }, isFor: isPartnerNamed },
  { row: 'U2', attempt: { operation: 'GetObject', caller: PARTNER, key: 'k', ...readableBy() }, isFor: isPartnerNamed },
  { row: 'S3', attempt: { operation: 'GetObject', caller: PARTNER, key: 'k', ...readableBy() }, isFor: isPartnerNamed },
  {
    row: 'X3',
    attempt: { operation: 'GetObject', caller: PARTNER, ...readableBy(PARTNER_ID) },
    isFor: (state) => isClosedPolicy(state) && !isPartnerNamed(state),
  },
  {
    row: 'X4',
    attempt: { operation: 'GetObject', caller: PARTNER, ...readableBy(PARTNER_ID, ALL_USERS) },
    isFor: (state) => isClosedPolicy(state) && !isPartnerNamed(state),
  },
  { row: 'S1', attempt: { operation: 'GetObject', caller: US, ...readableBy() } },
  { row: 'U1', attempt: { operation: 'GetObject', caller: US, ...readableBy() } },
  { row: 'S2', attempt: { operation: 'PutObject', caller: { type: 'service', name: 'cloudtrail.amazonaws.com' } } },
  {
    row: 'S4',
    attempt: { operation: 'PutObject', caller: { type: 'service', name: 'logging.s3.amazonaws.com' } },
    isFor: ({ acl, policy }) => acl === 'logs' && policy === 'none',
  },
  { row: 'C1', attempt: { operation: 'GetObject', caller: { type: 'service', name: 'cloudfront.amazonaws.com' } } },
  {
    row: 'C2',
    attempt: {
      operation: 'GetObject',
      caller: { type: 'origin-access-identity', id: 'E1' },
      key: 'k',
      ...readableBy(),
    },
    isFor: ({ policy }) => policy === 'origin-access-identity',
  },
  { row: 'M2', attempt: { operation: 'PutPublicAccessBlock', caller: US } },
];

const OAI = 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1';

function worldOf({ levels, ownership, acl, policy }: State): World {
  const flags = (digits: string) => ({
    BlockPublicAcls: digits[0] === '1',
    IgnorePublicAcls: digits[1] === '1',
    BlockPublicPolicy: digits[2] === '1',
    RestrictPublicBuckets: digits[3] === '1',
  });
  const more: Record<State['acl'], Grant[]> = {
    private: [],
    public: [{ to: ALL_USERS, permission: 'READ' }],
    partner: [{ to: PARTNER_ID, permission: 'READ' }],
    'any-account': [{ to: AUTHENTICATED_USERS, permission: 'READ' }],
    logs: [{ to: 'http://acs.amazonaws.com/groups/s3/LogDelivery', permission: 'WRITE' }],
  };
  return {
    ...emptyWorld(),
    ...(levels.account === '-' ? {} : { accountBlock: flags(levels.account) }),
    buckets: {
      b: {
        region: 'us-east-1',
        website: { index: 'index.html' },
        grants: [{ to: OWNER_ID, permission: 'FULL_CONTROL' }, ...more[acl]],
        ...(levels.bucket === '-' ? {} : { block: flags(levels.bucket) }),
        ...(ownership === '-' || ownership === 'refused' ? {} : { ownership }),
        ...(policy === 'none' ? {} : { policy: policy === 'origin-access-identity' ? oaiPolicy() : document(policy) }),
      },
    },
  };
}

/** A policy for the identity alone, with nothing public in it. */
function oaiPolicy(): string {
  return document('named').replace('"444455556666"', JSON.stringify(OAI));
}

function outcomesIn({ levels, ownership, acl, policy }: State): Readonly<Record<string, Outcome>> {
  const side = { account: levels.account, block: levels.bucket, ownership, acl, website: 'set' } as const;
  const state = bucketOf({ ...side, policy: policy === 'origin-access-identity' ? 'named' : policy });
  const watched =
    policy === 'origin-access-identity'
      ? { ...state.watched, policy: { status: 'present' as const, value: JSON.parse(oaiPolicy()) } }
      : state.watched;
  // The stored ACL is told, as it is where it was seen before ACLs were turned off or masked.
  const stored = bucketOf({ acl }).watched['acl'] ?? { status: 'absent' };
  return outcomesOf(
    accessOfState(
      { ...state, watched: { ...watched, acl: stored }, carried: { ...state.carried, aclMaskedBy: 'nothing' } },
      { 's3-account-block': accountState(levels.account) },
    ),
  );
}

/** `200`, `200 useless`, `403 AccessDenied`; nothing where it is not settled. */
function saidByDouble({ status, code, useless, unsettled }: Ruling): string | undefined {
  if (unsettled !== undefined) return undefined;
  return status < 400 ? (useless === true ? '200 useless' : '200') : `${status} ${code ?? ''}`;
}

function saidByUs(outcome: Outcome | undefined): string | undefined {
  switch (outcome?.outcome) {
    case 'allowed':
      return '200';
    case 'silently-useless':
      return '200 useless';
    case 'denied':
      return outcome.or === undefined ? `${outcome.http} ${outcome.code}` : undefined;
    default:
      return undefined;
  }
}

describe('the double and the verdicts agree wherever both are definite', () => {
  const ownerships = ['BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter', '-'] as const;
  const acls = ['private', 'public', 'partner', 'logs', 'any-account'] as const;
  const policies = ['none', 'named', 'mixed', 'public', 'listed', 'service', 'origin-access-identity'] as const;

  test.each(ownerships)('ownership %s, every combination of blocks, ACLs and policies', (ownership) => {
    const compared = new Map<string, number>();
    const differences: unknown[] = [];
    for (const levels of COMBINATIONS) {
      for (const acl of acls) {
        for (const policy of policies) {
          const state: State = { levels, ownership, acl, policy };
          const [world, outcomes] = [worldOf(state), outcomesIn(state)];
          for (const { row, attempt, isFor } of ROWS) {
            if (isFor?.(state) === false) continue;
            const ours = saidByUs(outcomes[row]);
            const theirs = saidByDouble(rule(world, { bucket: 'b', ...attempt }));
            if (ours === undefined || theirs === undefined) continue;
            compared.set(row, (compared.get(row) ?? 0) + 1);
            if (ours !== theirs) differences.push({ ...state, row, operation: attempt.operation, ours, theirs });
          }
        }
      }
    }
    expect(differences.slice(0, 10)).toEqual([]);
    // No row may drop out of the comparison unseen.
    expect(new Set(compared.keys())).toEqual(new Set(ROWS.map(({ row }) => row)));
  });

  test('a bucket cannot be created with a public ACL', () => {
    const ruling = rule(emptyWorld(), {
      operation: 'CreateBucket',
      bucket: 'new',
      caller: US,
      ...canned('public-read'),
    });
    const state: State = { levels: { account: '-', bucket: '-' }, ownership: '-', acl: 'private', policy: 'none' };
    expect(saidByDouble(ruling)).toBe(saidByUs(outcomesIn(state)['A4']));
  });
});
