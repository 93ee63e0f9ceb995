/** Several things that move at once: each flip is told of what made it, and none is lost between two that do the same. */
import { describe, expect, test } from 'vitest';
import { compareStates } from '#core/comparison.ts';
import { departureFrom } from '#core/drift.ts';
import type { Json, JsonObject } from '#core/json.ts';
import { canonicalPolicy } from '#core/policy.ts';
import { present } from '#core/reading.ts';
import { flipsBetween } from '#core/s3/access-change.ts';
import type { State } from '#core/state.ts';
import { accessOfState } from '#kinds/s3-bucket/access.ts';
import { kindsById } from '#kinds';
import { baselineOf, scanOf, seen } from '../../builders.ts';
import { accountState, bucketOf, openStatement as allow } from './buckets.ts';
import type { BucketSide } from './toggles.cases.ts';

const enforced: BucketSide = { ownership: 'BucketOwnerEnforced', policy: 'none' };
const COVERS = [
  { kind: 's3-bucket', region: 'us-east-1', shape: 1 },
  { kind: 's3-account-block', region: 'global', shape: 1 },
] as const;

function departure(was: readonly State[], is: readonly State[]) {
  return departureFrom(baselineOf(was, { covers: [...COVERS] }), scanOf(is.map(seen)), kindsById);
}

function moved(before: BucketSide, after: BucketSide) {
  const states = (side: BucketSide) => [accountState(side.account ?? '-'), bucketOf(side)];
  return departure(states(before), states(after));
}

const told = ({ drifts }: ReturnType<typeof departure>) =>
  Object.fromEntries(
    drifts.flatMap(({ ref, changes }) =>
      changes.map(({ path, exposure, breakage, opensToWorld }) => [
        `${ref.kind === 's3-bucket' ? '' : 'account '}${path}`,
        `${exposure}, ${breakage}${opensToWorld === true ? ', opens to the world' : ''}`,
      ]),
    ),
  );

describe('each change says what would not be without it', () => {
  test.each<{ case: string; before: BucketSide; after: BucketSide; told: Record<string, string> }>([
    {
      case: 'both levels tighten the same flags: both are told, for either alone would do',
      before: { acl: 'public', policy: 'public' },
      after: { acl: 'public', policy: 'public', account: '1111', block: '1111' },
      told: { 'account publicAccessBlock': 'narrowed, breaks', publicAccessBlock: 'narrowed, breaks' },
    },
    {
      case: 'ACLs off and a block, of which each refuses public ACLs',
      before: { acl: 'public' },
      after: { ownership: 'BucketOwnerEnforced', acl: 'public', block: '1000' },
      told: { acl: 'narrowed, breaks', ownership: 'narrowed, breaks', publicAccessBlock: 'narrowed, breaks' },
    },
    {
      case: 'the public policy goes, and RestrictPublicBuckets comes: either shuts everyone out',
      before: { ...enforced, policy: 'public', block: '0000' },
      after: { ...enforced, policy: 'none', block: '0001' },
      told: { policy: 'narrowed, breaks', 'publicAccessBlock.RestrictPublicBuckets': 'narrowed, breaks' },
    },
    {
      case: 'the protection moves from the account to the bucket: nothing flips',
      before: { ...enforced, policy: 'public', account: '1111', block: '0000' },
      after: { ...enforced, policy: 'public', account: '0000', block: '1111' },
      told: {
        'account publicAccessBlock.BlockPublicAcls': 'same, none',
        'account publicAccessBlock.IgnorePublicAcls': 'same, none',
        'account publicAccessBlock.BlockPublicPolicy': 'same, none',
        'account publicAccessBlock.RestrictPublicBuckets': 'same, none',
        'publicAccessBlock.BlockPublicAcls': 'same, none',
        'publicAccessBlock.IgnorePublicAcls': 'same, none',
        'publicAccessBlock.BlockPublicPolicy': 'same, none',
        'publicAccessBlock.RestrictPublicBuckets': 'same, none',
      },
    },
    {
      case: 'a public policy comes while its restriction goes: it takes both, and both are told',
      before: { ...enforced, policy: 'none', block: '0001' },
      after: { ...enforced, policy: 'public', block: '0000' },
      told: {
        policy: 'widened, none, opens to the world',
        'publicAccessBlock.RestrictPublicBuckets': 'widened, restores, opens to the world',
      },
    },
    {
      case: 'a public policy comes together with its restriction: nobody comes in',
      before: { ...enforced, policy: 'none', block: '0000' },
      after: { ...enforced, policy: 'public', block: '0001' },
      told: { policy: 'same, none', 'publicAccessBlock.RestrictPublicBuckets': 'same, none' },
    },
    {
      case: 'one flag moves at the account, another at the bucket',
      before: { ...enforced, policy: 'public', account: '0000', block: '0001' },
      after: { ...enforced, policy: 'public', account: '0010', block: '0000' },
      told: {
        'account publicAccessBlock.BlockPublicPolicy': 'narrowed, may-break',
        'publicAccessBlock.RestrictPublicBuckets': 'widened, restores, opens to the world',
      },
    },
  ])('$case', ({ before, after, told: expected }) => expect(told(moved(before, after))).toEqual(expected));

  test('what the account shut for one bucket is told with the bucket, and what would open if it were taken back', () => {
    const { consequences } = moved(
      { ...enforced, policy: 'public', account: '-' },
      { ...enforced, policy: 'public', account: '1111' },
    );
    expect(consequences).toMatchObject([
      { affected: [{ breakage: 'breaks', resources: [{ id: 'b' }] }], opensIfTakenBack: [{ id: 'b' }] },
    ]);
  });
});

const named = (AWS: Json): JsonObject => allow({ Principal: { AWS } });
const service = (Condition?: JsonObject): JsonObject =>
  allow({ Principal: { Service: 'cloudtrail.amazonaws.com' }, ...(Condition ? { Condition } : {}) });
const forAccount = (value: Json): JsonObject => service({ StringEquals: { 'aws:SourceAccount': value } });
const from = (address: string): JsonObject => allow({ Condition: { IpAddress: { 'aws:SourceIp': address } } });

interface PolicyCase {
  readonly case: string;
  readonly before: readonly Json[];
  readonly after: readonly Json[];
  readonly block?: string;
  readonly says: readonly string[];
  readonly is: string;
}

/** Whom a policy lets in, as it was and as it is (aws-facts §2); a condition that S3 passes over decides all the same. */
describe('a policy that was rewritten', () => {
  test.each<PolicyCase>([
    {
      case: 'an account becomes everyone',
      before: [named('444455556666')],
      after: [allow()],
      says: ['The bucket policy lets everyone in now; before, only account 444455556666.'],
      is: 'widened, none, opens to the world',
    },
    {
      case: 'everyone becomes an account',
      before: [allow()],
      after: [named('444455556666')],
      says: [
        'The bucket policy no longer lets everyone in: unsigned callers get 403 AccessDenied.',
        'Still let in: account 444455556666.',
      ],
      is: 'narrowed, breaks',
    },
    {
      case: 'a service that acted for anybody acts for one account',
      before: [service()],
      after: [forAccount('111122223333')],
      says: [
        'The service cloudtrail.amazonaws.com (for any account: no SourceAccount or SourceArn) is now the service cloudtrail.amazonaws.com (for account 111122223333).',
      ],
      is: 'narrowed, may-break',
    },
    {
      case: 'and back',
      before: [forAccount('111122223333')],
      after: [service()],
      says: [
        'The service cloudtrail.amazonaws.com (for account 111122223333) is now the service cloudtrail.amazonaws.com (for any account: no SourceAccount or SourceArn).',
      ],
      is: 'widened, none',
    },
    {
      case: 'a service for another account than before',
      before: [forAccount('111122223333')],
      after: [forAccount('444455556666')],
      says: [
        'The service cloudtrail.amazonaws.com (for account 111122223333) is now the service cloudtrail.amazonaws.com (for account 444455556666).',
      ],
      is: 'widened, may-break',
    },
    {
      case: 'a service for one account more',
      before: [forAccount('111122223333')],
      after: [forAccount(['111122223333', '444455556666'])],
      says: [
        'The service cloudtrail.amazonaws.com (for account 111122223333) is now the service cloudtrail.amazonaws.com (for accounts 111122223333, 444455556666).',
      ],
      is: 'widened, none',
    },
    {
      case: 'one account comes, and the one that stays may do less',
      before: [named('444455556666'), allow({ Principal: { AWS: '444455556666' }, Action: 's3:PutObject' })],
      after: [named('444455556666'), named('777788889999')],
      says: ['Let in now: account 777788889999.', 'Those who are let in before and after are allowed less.'],
      is: 'widened, may-break',
    },
    {
      case: 'one account comes, and more is denied',
      before: [named('444455556666')],
      after: [named('444455556666'), named('777788889999'), { ...allow(), Effect: 'Deny', Action: 's3:DeleteObject' }],
      says: ['Let in now: account 777788889999.', 'More is denied.'],
      is: 'widened, may-break',
    },
    {
      case: 'a role that was deleted leaves its id',
      before: [named('arn:aws:iam::444455556666:role/r')],
      after: [named('AROAEXAMPLEEXAMPLE123')],
      says: [
        'Named now by the id of a role or user that was deleted: AROAEXAMPLEEXAMPLE123.',
        'No longer let in: account 444455556666.',
      ],
      is: 'narrowed, breaks',
    },
    {
      case: 'public by a condition that S3 does not count as a limit',
      before: [],
      after: [allow({ Condition: { StringLike: { 'aws:Referer': 'https://example.com/*' } } })],
      says: [
        "The bucket policy is public by S3's own rule now: the condition of the public statement decides, and S3 does not count it as a limit.",
      ],
      is: 'widened, none',
    },
    {
      case: 'public by a key that unsigned requests never carry',
      before: [named('444455556666')],
      after: [named('444455556666'), allow({ Condition: { StringLike: { 'aws:PrincipalOrgID': '*' } } })],
      says: [
        "The bucket policy is public by S3's own rule now; before, only account 444455556666, though it lets in no unsigned request.",
      ],
      is: 'widened, none',
    },
    {
      case: 'everyone may list, and nothing else',
      before: [],
      after: [allow({ Action: 's3:ListBucket', Resource: 'arn:aws:s3:::b' })],
      says: ['The bucket policy lets everyone in now.'],
      is: 'widened, none, opens to the world',
    },
    {
      case: 'everyone and one account go, another stays and a third comes',
      before: [allow(), named('444455556666'), named('777788889999')],
      after: [named('777788889999'), named('222233334444')],
      says: [
        'The bucket policy no longer lets everyone in: unsigned callers get 403 AccessDenied.',
        'Still let in: account 222233334444, account 777788889999.',
        'No longer let in: account 444455556666.',
      ],
      is: 'narrowed, breaks',
    },
    {
      case: 'one of two accounts in a statement is another now: what the one that stays may do is the same',
      before: [named(['444455556666', '777788889999'])],
      after: [named(['444455556666', '222233334444'])],
      says: ['Let in now: account 222233334444.', 'No longer let in: account 777788889999.'],
      is: 'widened, breaks',
    },
    {
      case: 'the same, and it may do something else',
      before: [named(['444455556666', '777788889999'])],
      after: [allow({ Principal: { AWS: ['444455556666', '222233334444'] }, Action: 's3:PutObject' })],
      says: [
        'Let in now: account 222233334444.',
        'No longer let in: account 777788889999.',
        'What those who stay may do changed, and whether it is more or less cannot be told.',
      ],
      is: 'widened, breaks',
    },
    {
      case: 'everyone stays, an account comes',
      before: [allow()],
      after: [allow(), named('444455556666')],
      says: ['Let in now: account 444455556666.'],
      is: 'widened, none',
    },
    {
      case: 'everyone stays, and may do more',
      before: [allow()],
      after: [allow(), allow({ Action: 's3:PutObject' })],
      says: ['Those who are let in before and after are allowed more.'],
      is: 'widened, none, opens to the world',
    },
    {
      case: 'one Deny becomes another',
      before: [named('444455556666'), { ...allow(), Effect: 'Deny', Action: 's3:DeleteObject' }],
      after: [named('444455556666'), { ...allow(), Effect: 'Deny', Action: 's3:PutObject' }],
      says: ['What is denied changed, and whether it is more or less cannot be told.'],
      is: 'unknown, unknown',
    },
    {
      case: 'everyone is let in, and shut out again by a Deny',
      before: [named('444455556666')],
      after: [named('444455556666'), allow(), { ...allow(), Effect: 'Deny' }],
      says: [
        "The bucket policy is public by S3's own rule now; before, only account 444455556666: a Deny statement, which does not count for what S3 calls public, may still shut people out.",
        'More is denied.',
      ],
      is: 'widened, may-break',
    },
    {
      case: "the own account's access comes and goes with a public policy's",
      before: [named('111122223333')],
      after: [allow()],
      says: ['The bucket policy lets everyone in now.'],
      is: 'widened, none, opens to the world',
    },
    {
      case: 'a public policy that goes, which RestrictPublicBuckets held, and names nobody',
      before: [allow()],
      after: [],
      block: '0001',
      says: ['The bucket policy is no longer public, so RestrictPublicBuckets no longer shuts out anybody.'],
      is: 'same, none',
    },
    {
      case: 'a public policy that RestrictPublicBuckets held goes, and with it a service: services were let in there',
      before: [allow(), service()],
      after: [named('111122223333')],
      block: '0001',
      says: [
        'The bucket policy is no longer public, so RestrictPublicBuckets no longer shuts out anybody.',
        'No longer let in: service cloudtrail.amazonaws.com (for any account: no SourceAccount or SourceArn).',
      ],
      is: 'narrowed, breaks',
    },
    {
      case: 'a public policy that RestrictPublicBuckets held goes, and all is denied: the own account too',
      before: [allow()],
      after: [{ ...allow(), Effect: 'Deny', Action: 's3:*' }],
      block: '0001',
      says: [
        'The bucket policy is no longer public, so RestrictPublicBuckets no longer shuts out anybody.',
        'More is denied.',
      ],
      is: 'narrowed, may-break',
    },
    {
      case: 'a service goes where the policy becomes public under RestrictPublicBuckets',
      before: [service(), named('444455556666')],
      after: [allow(), named('444455556666')],
      block: '0001',
      says: [
        "The bucket policy is public now while RestrictPublicBuckets is on, so only AWS services and this account's own principals get in: everybody else gets 403 AccessDenied, also whom the policy names (account 444455556666).",
        'Only RestrictPublicBuckets (set by the bucket) keeps everyone out: without it this policy lets everyone in at once.',
        'No longer let in: service cloudtrail.amazonaws.com (for any account: no SourceAccount or SourceArn).',
      ],
      is: 'narrowed, breaks',
    },
    {
      case: 'a role of the own account in the place of another',
      before: [named('arn:aws:iam::111122223333:role/a')],
      after: [named('arn:aws:iam::111122223333:role/b')],
      says: [
        "What this account's own principals are given by the policy changed; whom it lets in from outside did not.",
      ],
      is: 'same, may-break',
    },
    {
      case: 'who is named changes while RestrictPublicBuckets holds a public policy',
      before: [allow(), named('444455556666')],
      after: [allow(), named('777788889999')],
      block: '0001',
      says: [
        'Whom else the bucket policy names, and for what, counts for nothing while RestrictPublicBuckets is on and the policy is public.',
      ],
      is: 'same, none',
    },
    {
      case: 'a service comes while RestrictPublicBuckets holds a public policy: services get in all the same',
      before: [allow(), named('444455556666')],
      after: [allow(), service()],
      block: '0001',
      says: ['Let in now: service cloudtrail.amazonaws.com (for any account: no SourceAccount or SourceArn).'],
      is: 'widened, none',
    },
    {
      case: 'the own account is given less there',
      before: [allow(), named('111122223333')],
      after: [allow()],
      block: '0001',
      says: ["What AWS services or this account's own principals are given by the policy changed."],
      is: 'same, may-break',
    },
    {
      case: 'the own account is given more there, and more is denied',
      before: [allow()],
      after: [allow(), named('111122223333'), { ...allow(), Effect: 'Deny', Action: 's3:DeleteObject' }],
      block: '0001',
      says: ["What AWS services or this account's own principals are given by the policy changed.", 'More is denied.'],
      is: 'narrowed, may-break',
    },
    {
      case: 'addresses that were let in are locked out once the policy is public',
      before: [from('203.0.113.0/24')],
      after: [from('203.0.113.0/24'), allow()],
      block: '0001',
      says: [
        "The bucket policy is public now while RestrictPublicBuckets is on, so only AWS services and this account's own principals get in: everybody else gets 403 AccessDenied, also whom the policy names (addresses 203.0.113.0/24).",
        'Only RestrictPublicBuckets (set by the bucket) keeps everyone out: without it this policy lets everyone in at once.',
      ],
      is: 'narrowed, breaks',
    },
    {
      case: 'a public policy that goes, which RestrictPublicBuckets held',
      before: [allow(), named('444455556666')],
      after: [named('444455556666')],
      block: '0001',
      says: [
        'The bucket policy is no longer public, so RestrictPublicBuckets no longer shuts out whom it names (account 444455556666).',
      ],
      is: 'widened, restores',
    },
  ])('$case', ({ before, after, block = '0000', says, is }) => {
    const side = { ...enforced, block } as const;
    const found = departure(
      [accountState('-'), withPolicy(side, before)],
      [accountState('-'), withPolicy(side, after)],
    );
    expect(found.drifts.flatMap(({ changes }) => changes.flatMap(({ effects }) => effects))).toEqual(says);
    expect(told(found)).toEqual({ policy: is });
  });
});

function withPolicy(side: BucketSide, Statement: readonly Json[]): State {
  const state = bucketOf(side);
  const policy =
    Statement.length === 0
      ? ({ status: 'absent' } as const)
      : present(canonicalPolicy({ Version: '2012-10-17', Statement }) as Json);
  return { ...state, watched: { ...state.watched, policy } };
}

test('AWS that was asked while the restriction was on is not taken to disagree after it went', () => {
  const asked = (policyStatus: Json): State => {
    const state = bucketOf({ ...enforced, policy: 'public', block: '0001' });
    return { ...state, carried: { ...state.carried, policyStatus } };
  };
  // Under RestrictPublicBuckets S3 answers "not public" (aws-facts §2.5), which says nothing of the policy.
  const { consequences } = departure(
    [accountState('0001'), asked('not-public')],
    [accountState('0000'), asked('not-public')],
  );
  expect(consequences).toMatchObject([{ affected: [], notAffected: 1 }]);
});

test('a public grant beside one that was there widens, and opens to the world', () => {
  const grant = (permission: string) => ({ grantee: 'http://acs.amazonaws.com/groups/global/AllUsers', permission });
  const state = (grants: readonly object[]): State => {
    const bucket = bucketOf({ acl: 'public' });
    return { ...bucket, watched: { ...bucket.watched, acl: present(grants as Json) } };
  };
  const found = departure(
    [accountState('-'), state([grant('READ')])],
    [accountState('-'), state([grant('READ'), grant('WRITE')])],
  );
  expect(told(found)).toEqual({ acl: 'widened, none, opens to the world' });
  expect(found.drifts[0]?.changes[0]?.effects).toEqual(['The bucket ACL grants WRITE to everyone now.']);
});

/** What really flips is told of something, and nothing that does not flip is told of anything. */
test('the changes and the move of the account make up all that flips, in a sample of every pair', () => {
  const BLOCKS = ['-', '1111', '0001', '1100'];
  const sides: readonly BucketSide[] = BLOCKS.flatMap((account) =>
    BLOCKS.flatMap((block) =>
      (['BucketOwnerEnforced', '-'] as const).flatMap((ownership) =>
        (['private', 'public'] as const).flatMap((acl) =>
          (['none', 'named', 'mixed'] as const).map((policy) => ({ account, block, ownership, acl, policy })),
        ),
      ),
    ),
  );
  const kind = kindsById.get('s3-bucket');
  if (kind?.judge?.underContext === undefined) throw new Error('no judge');
  const { changes: judgeChanges, underContext } = kind.judge;
  // The stored ACL is known on both sides: which is not the matter here.
  const stateOf = (side: BucketSide): State => {
    const state = bucketOf(side);
    const acl = bucketOf({ acl: side.acl ?? 'private' }).watched['acl'] ?? { status: 'absent' as const };
    return { ...state, watched: { ...state.watched, acl }, carried: { ...state.carried, aclMaskedBy: 'nothing' } };
  };
  const breaches: unknown[] = [];
  let pairs = 0;
  for (let place = 0; place < sides.length * sides.length; place += 23) {
    const [was, is] = [sides[Math.floor(place / sides.length)], sides[place % sides.length]];
    if (was === undefined || is === undefined) continue;
    pairs += 1;
    const contexts = {
      before: { 's3-account-block': accountState(was.account ?? '-') },
      after: { 's3-account-block': accountState(is.account ?? '-') },
    };
    const [before, after] = [stateOf(was), stateOf(is)];
    const { changes } = compareStates(kind, before, after);
    const all = flipsBetween(accessOfState(before, contexts.before), accessOfState(after, contexts.after));
    const toldOf = [
      ...judgeChanges(changes, { before, after, contexts }).flatMap(({ flips = [] }) => flips),
      ...(was.account === is.account ? [] : underContext({ before, after }, contexts).flips),
    ];
    const [rows, toldRows] = [all, toldOf].map((flips) => [...new Set(flips.map(({ row }) => row))].sort().join(' '));
    if (rows !== toldRows) breaches.push({ was, is, rows, toldRows });
  }
  expect(pairs).toBeGreaterThan(1500);
  expect(breaches.slice(0, 5)).toEqual([]);
});

/** What is only thought of is judged on one state for both sides, by a shorter way: it must come to the same as two readings that are alike. */
test('the account moves over one state as over two readings that are alike, for every bucket and every move', () => {
  const BLOCKS = ['-', '1000', '0001', '1111'];
  const underContext = kindsById.get('s3-bucket')?.judge?.underContext;
  if (underContext === undefined) throw new Error('no judge');
  let flips = 0;
  for (const block of BLOCKS)
    for (const ownership of ['BucketOwnerEnforced', '-'] as const)
      for (const acl of ['private', 'public'] as const)
        for (const policy of ['none', 'named', 'mixed', 'public'] as const)
          for (const [was, is] of BLOCKS.flatMap((one) => BLOCKS.map((other) => [one, other] as const))) {
            const after = bucketOf({ block, ownership, acl, policy });
            const contexts = {
              before: { 's3-account-block': accountState(was) },
              after: { 's3-account-block': accountState(is) },
            };
            const found = underContext({ before: after, after }, contexts);
            expect(found).toEqual(underContext({ before: structuredClone(after), after }, contexts));
            flips += found.flips.length;
          }
  expect(flips).toBeGreaterThan(500);
});
