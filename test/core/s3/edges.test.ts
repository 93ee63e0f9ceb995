/** Rare ways through the verdicts, one case each. */
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '#core/json.ts';
import { present, skipped, unreadable, type JsonReading } from '#core/reading.ts';
import { flipsBetween } from '#core/s3/access-change.ts';
import { explanationOf } from '#core/s3/explanation.ts';
import { sentenceOfFlag } from '#core/s3/flag-sentences.ts';
import { OPERATIONS, outcomesOf } from '#core/s3/operations.ts';
import { distinctParties, partyText, type Party } from '#core/s3/party.ts';
import { saidOfAcl, saidOfOwnership, saidOfWebsite } from '#core/s3/setting-sentences.ts';
import type { State } from '#core/state.ts';
import { kindsById } from '#kinds';
import { accessOfState } from '#kinds/s3-bucket/access.ts';
import { judge } from '#kinds/s3-bucket/judge.ts';
import { compareStates } from '#core/comparison.ts';
import { accountState, bucketOf, openStatement as allow } from './buckets.ts';
import type { BucketSide } from './toggles.cases.ts';

const access = (side: BucketSide, watched: Record<string, JsonReading> = {}, carried: JsonObject = {}) => {
  const state = bucketOf(side);
  const context = { 's3-account-block': accountState(side.account ?? '-') };
  return accessOfState(
    { ...state, watched: { ...state.watched, ...watched }, carried: { ...state.carried, ...carried } },
    context,
  );
};
const withPolicy = (side: BucketSide, ...Statement: Json[]) =>
  access(side, { policy: present<Json>({ Version: '2012-10-17', Statement }) });
const enforced: BucketSide = { ownership: 'BucketOwnerEnforced', policy: 'none' };

describe('a flag that moved together with something else', () => {
  const sentence =
    (flag: 'BlockPublicAcls' | 'IgnorePublicAcls' | 'RestrictPublicBuckets', isOn: boolean) =>
    (before: ReturnType<typeof access>, after: ReturnType<typeof access>, level: 'account' | 'bucket' = 'bucket') =>
      sentenceOfFlag({ flag, level, isOn, before, after });

  test.each([
    {
      case: 'off here, on at the account',
      says: () =>
        sentence('BlockPublicAcls', false)(access({ block: '1000' }), access({ account: '1000', block: '0000' })),
      is: 'BlockPublicAcls turned off for this bucket changes nothing: the account sets it from now on.',
    },
    {
      case: 'on here, off at the account',
      says: () =>
        sentence('BlockPublicAcls', true)(access({ account: '1000' }), access({ account: '0000', block: '1000' })),
      is: 'BlockPublicAcls turned on for this bucket changes nothing: the account set it until now.',
    },
    {
      case: 'off at the account, where the bucket sets it too',
      says: () =>
        sentence('BlockPublicAcls', false)(
          access({ account: '1000', block: '1000' }),
          access({ account: '0000', block: '1000' }),
          'account',
        ),
      is: 'BlockPublicAcls turned off for the account changes nothing: the bucket also sets it.',
    },
    {
      case: 'off at the account, on here',
      says: () => sentence('BlockPublicAcls', false)(access({ account: '1000' }), access({ block: '1000' }), 'account'),
      is: 'BlockPublicAcls turned off for the account changes nothing: the bucket sets it from now on.',
    },
    {
      case: 'IgnorePublicAcls while a public policy locks everyone out',
      says: () =>
        sentence('IgnorePublicAcls', true)(
          access({ acl: 'public', policy: 'public', block: '0001' }),
          access({ acl: 'public', policy: 'public', block: '0101' }),
        ),
      is: 'IgnorePublicAcls turned on for this bucket; by ACL nobody gets in either way, since RestrictPublicBuckets shuts everyone out while the bucket policy is public.',
    },
    {
      case: 'IgnorePublicAcls off as the lockdown ends',
      says: () =>
        sentence('IgnorePublicAcls', false)(
          access({ acl: 'public', policy: 'public', block: '0101' }),
          access({ acl: 'public', policy: 'public', block: '0000' }),
        ),
      is: 'Every public ACL that is still stored, of the bucket or of an object in it, grants again at once.',
    },
    {
      case: 'the restriction of a policy that is public by its conditions alone ends',
      says: () =>
        sentence('RestrictPublicBuckets', false)(
          access({ ...enforced, policy: 'conditional', block: '0001' }),
          access({ ...enforced, policy: 'conditional', block: '0000' }),
        ),
      is: "The bucket policy is public by S3's own rule, and works again for whoever it lets in.",
    },
    {
      case: 'the restriction comes as the public policy goes',
      says: () =>
        sentence('RestrictPublicBuckets', true)(
          access({ ...enforced, policy: 'mixed', block: '0000' }),
          access({ ...enforced, policy: 'none', block: '0001' }),
        ),
      is: "The bucket policy was public, so from now on only AWS services and this account's own principals get in: everybody else gets 403 AccessDenied, also whom the policy names (account 444455556666).",
    },
    {
      case: 'the restriction comes with another public policy',
      says: () =>
        sentence('RestrictPublicBuckets', true)(
          access({ ...enforced, policy: 'mixed', block: '0000' }),
          access({ ...enforced, policy: 'public', block: '0001' }),
        ),
      is: "The bucket policy is public, so from now on only AWS services and this account's own principals get in: everybody else gets 403 AccessDenied.",
    },
  ])('$case', ({ says, is }) => expect(says()).toBe(is));
});

describe('settings whose other side is not known, or counts for nothing', () => {
  test('ACLs count again while public ones are ignored', () =>
    expect(saidOfOwnership({ before: access(enforced), after: access({ block: '0100' }) }).effects[0]).toMatch(
      / Public ones grant nothing, while IgnorePublicAcls is on\.$/,
    ));

  test('ACLs count again, and public ones are not ignored', () =>
    expect(saidOfOwnership({ before: access(enforced), after: access({}) }).effects[0]).not.toContain('ignored'));

  test('a public grant comes, and goes, under a block that was refused', () => {
    const [without, with_] = [
      access({ acl: 'private', account: 'refused' }),
      access({ acl: 'public', account: 'refused' }),
    ];
    expect([saidOfAcl({ before: without, after: with_ }), saidOfAcl({ before: with_, after: without })]).toEqual([
      {
        effects: ['The bucket ACL grants READ to everyone now.'],
        effect: { exposure: 'unknown', breakage: 'none', opensToWorld: false },
      },
      {
        effects: ['The bucket ACL no longer grants READ to everyone.'],
        effect: { exposure: 'unknown', breakage: 'unknown', opensToWorld: false },
      },
    ]);
  });

  test('an ACL that changes as ACLs come back into force is told grant by grant', () =>
    expect(
      saidOfAcl({ before: access(enforced, { acl: present<Json>([]) }), after: access({ acl: 'private' }) }).effects,
    ).toEqual(['The bucket ACL grants FULL_CONTROL to canonical user 79a5 now.']));

  const page = present<Json>({ IndexDocument: { Suffix: 'i' } });
  const none: JsonReading = { status: 'absent' };
  const closed = skipped('not-public');
  test.each<{ case: string; before: JsonReading; after: JsonReading; says: string; breakage: string }>([
    {
      case: 'a website that nobody reads any more',
      before: page,
      after: closed,
      says: 'The website endpoint serves nothing any more, since nothing here is open to everyone.',
      breakage: 'breaks',
    },
    {
      case: 'one that is read again',
      before: closed,
      after: page,
      says: 'The website endpoint serves again what everyone may read.',
      breakage: 'none',
    },
    {
      case: 'one that goes',
      before: page,
      after: none,
      says: 'The website endpoint answers 404 NoSuchWebsiteConfiguration now.',
      breakage: 'breaks',
    },
    {
      case: 'one that comes',
      before: none,
      after: page,
      says: 'The website endpoint serves what everyone may read.',
      breakage: 'none',
    },
    {
      case: 'one that is another',
      before: page,
      after: page,
      says: 'The website serves other pages or redirects than before.',
      breakage: 'may-break',
    },
    {
      case: 'one that was refused, and is there',
      before: unreadable('AccessDenied'),
      after: page,
      says: 'The static website changed; what that does cannot be told: it was not read both times.',
      breakage: 'unknown',
    },
    {
      case: 'one that is refused',
      before: page,
      after: unreadable('AccessDenied'),
      says: 'The static website changed; what that does cannot be told: it was not read both times.',
      breakage: 'unknown',
    },
    {
      case: 'one that was refused, and is gone',
      before: unreadable('AccessDenied'),
      after: none,
      says: 'The static website changed; what that does cannot be told: it was not read both times.',
      breakage: 'unknown',
    },
  ])('$case', ({ before, after, says, breakage }) =>
    expect(saidOfWebsite({ before, after })).toMatchObject({ effects: [says], effect: { breakage } }),
  );
});

describe('what is here, and what happens to it', () => {
  const isHere = (side: ReturnType<typeof access>, row: string) =>
    OPERATIONS.find((one) => one.row === row)?.isHere(side).is;
  const cloudFront = allow({ Principal: { Service: 'cloudfront.amazonaws.com' } });
  const trail = allow({ Principal: { Service: 'cloudtrail.amazonaws.com' } });

  test('services are here where the policy names one; CloudFront only where it names that one', () => {
    const rows = (...statements: Json[]) => ['S2', 'C1'].map((row) => isHere(withPolicy(enforced, ...statements), row));
    expect([rows(cloudFront), rows(trail), rows(allow({ Principal: { AWS: '444455556666' } }))]).toEqual([
      [true, true],
      [true, false],
      [false, false],
    ]);
  });

  test('full control of everyone is listing too; writing is not', () => {
    const acl = (permission: string) =>
      access({}, { acl: present<Json>([{ grantee: 'http://acs.amazonaws.com/groups/global/AllUsers', permission }]) });
    const rows = (permission: string) => ['R3', 'R6'].map((row) => outcomesOf(acl(permission))[row]?.outcome);
    expect([rows('FULL_CONTROL'), rows('READ'), rows('WRITE'), rows('READ_ACP')]).toEqual([
      ['allowed', 'denied'],
      ['allowed', 'denied'],
      ['denied', 'allowed'],
      ['denied', 'allowed'],
    ]);
  });

  test('website endpoints: no TLS, a door that is not known, and none', () => {
    const site: BucketSide = { ...enforced, website: 'set' };
    const noTls = { ...allow(), Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
    const said = (one: ReturnType<typeof access>) => outcomesOf(one)['H1'];
    expect(said(withPolicy(site, allow(), noTls))).toMatchObject({
      outcome: 'denied',
      says: 'the bucket policy denies requests without TLS, and website endpoints speak none',
    });
    expect(said(access({ ...site, policy: 'conditional' }))).toEqual({
      outcome: 'unknown',
      why: 'the condition of the public statement decides, and S3 does not count it as a limit',
    });
    expect(said(access(site))).toMatchObject({ outcome: 'denied', says: 'nothing here is open to everyone' });
    expect(said(access(enforced))).toMatchObject({ outcome: 'denied', http: 404, says: 'the bucket has no website' });
  });

  test('a Deny that may meet them: another account is not known to get in', () => {
    const named = allow({ Principal: { AWS: '444455556666' } });
    expect(outcomesOf(withPolicy({}, named, { ...allow(), Effect: 'Deny' }))).toMatchObject({
      X2: {
        outcome: 'unknown',
        why: 'a Deny statement, which does not count for what S3 calls public, may still shut people out',
      },
      X3: { outcome: 'unknown' },
      R1: { outcome: 'unknown' },
    });
  });

  test('what is allowed says by what', () =>
    expect(outcomesOf(access({ acl: 'partner', policy: 'identity-alone' }))).toMatchObject({
      X3: { outcome: 'allowed', says: 'gets what the ACL grants it' },
      X4: { outcome: 'allowed', says: 'gets what the ACL grants it' },
      C2: { outcome: 'allowed', says: 'gets in where the policy names it' },
      S4: { outcome: 'allowed', says: 'delivered' },
    }));

  test("another account by ACL: sure where the ACL names one, perhaps by objects' own", () =>
    expect([isHere(access({ acl: 'partner' }), 'X3'), isHere(access({ acl: 'private' }), 'X3')]).toEqual([
      true,
      'unknown',
    ]));
});

describe('what an explanation tells of a policy', () => {
  const deny = { ...allow(), Effect: 'DENY', Action: 's3:DeleteObject' };
  test('how many statements deny', () => {
    expect(explanationOf(withPolicy(enforced, allow(), deny, deny)).policy.denies).toBe(2);
    expect(explanationOf(withPolicy(enforced, allow(), { Effect: 7 }, 'x')).policy.denies).toBe(0);
    expect(explanationOf(access({ ...enforced, policy: 'refused' })).policy.denies).toBe(0);
  });

  test('whose verdict it is', () => {
    const told = (policyStatus: string, side: BucketSide = { ...enforced, policy: 'public' }) =>
      explanationOf(access(side, {}, { policyStatus })).policy;
    expect(told('public')).toMatchObject({ verdict: 'public', believed: 'aws' });
    expect(told('not-public')).toMatchObject({ verdict: 'not-public', believed: 'aws' });
    expect(told('absent')).toMatchObject({ verdict: 'public', believed: 'own' });
    expect(told('not-public', { ...enforced, policy: 'public', block: '0001' }).believed).toBe('own');
  });
});

describe('parties', () => {
  const party = (type: Party['type'], name: string, forAccounts?: readonly string[]): Party => ({
    type,
    name,
    ...(forAccounts ? { forAccounts } : {}),
  });
  test.each<{ case: string; parties: readonly Party[]; left: number }>([
    { case: 'none', parties: [], left: 0 },
    { case: 'one', parties: [party('account', '1')], left: 1 },
    { case: 'two alike', parties: [party('account', '1'), party('account', '1')], left: 1 },
    { case: 'two names', parties: [party('account', '1'), party('account', '2')], left: 2 },
    { case: 'two types of one name', parties: [party('account', '1'), party('organisation', '1')], left: 2 },
    {
      case: 'a service for two accounts',
      parties: [party('service', 's', ['1']), party('service', 's', ['2'])],
      left: 2,
    },
    {
      case: 'three, two alike',
      parties: [party('account', '1'), party('account', '2'), party('account', '1')],
      left: 2,
    },
  ])('$case', ({ parties, left }) => expect(distinctParties(parties)).toHaveLength(left));

  test('requests for an account, and for something else', () =>
    expect(
      [party('requests-for', '111122223333'), party('requests-for', 'a1'), party('requests-for', '1a')].map(partyText),
    ).toEqual(['requests for account 111122223333', 'requests for a1', 'requests for 1a']));

  test('a service for none, for one and for two accounts', () =>
    expect(
      [
        party('service', 's'),
        party('service', 's', []),
        party('service', 's', ['1']),
        party('service', 's', ['1', '2']),
      ].map(partyText),
    ).toEqual([
      'service s (for any account: no SourceAccount or SourceArn)',
      'service s (for any account: no SourceAccount or SourceArn)',
      'service s (for account 1)',
      'service s (for accounts 1, 2)',
    ]));
});

describe('what one side did not read, since it could not matter', () => {
  const kind = kindsById.get('s3-bucket');
  const judged = (was: State, is: State, [accountWas, accountIs]: readonly [string, string] = ['-', '-']) => {
    if (kind === undefined) throw new Error('no kind');
    const contexts = {
      before: { 's3-account-block': accountState(accountWas) },
      after: { 's3-account-block': accountState(accountIs) },
    };
    return judge.changes(compareStates(kind, was, is).changes, { before: was, after: is, contexts });
  };
  const without = (state: State, path: string): State => ({
    ...state,
    watched: { ...state.watched, [path]: skipped('not-public') },
  });
  const rows = (changes: ReturnType<typeof judged>) =>
    changes.map(({ path, flips }) => [path, flips?.map(({ row }) => row)]);

  test('a website that was read while the policy was public counts until the policy goes', () => {
    const [open, shut] = [
      bucketOf({ ...enforced, policy: 'public', website: 'set' }),
      without(bucketOf({ ...enforced, website: 'set' }), 'website'),
    ];
    expect(rows(judged(open, shut)).filter(([path]) => path === 'policy')).toEqual([['policy', ['R4', 'C3', 'H1']]]);
    expect(rows(judged(shut, open)).filter(([path]) => path === 'policy')).toEqual([['policy', ['R4', 'C3', 'H1']]]);
  });

  test('an ACL that was read before ACLs went off counts until then', () => {
    const [on, off] = [bucketOf({ acl: 'public' }), bucketOf({ ownership: 'BucketOwnerEnforced', acl: 'public' })];
    const [went] = judged(on, off).filter(({ path }) => path === 'ownership');
    expect(went?.flips?.map(({ row }) => row)).toContain('R3');
    expect(flipsBetween(accessOfState(on, {}), accessOfState(off, {})).map(({ row }) => row)).toContain('R1');
  });
});
