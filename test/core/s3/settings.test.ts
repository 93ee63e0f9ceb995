/** What a comparison of scans does not bring, but a judge may still be asked: sides that were not read, and several things at once. */
import { describe, expect, test } from 'vitest';
import { compareStates } from '#core/comparison.ts';
import type { Json } from '#core/json.ts';
import { present, skipped, unreadable, type JsonReading } from '#core/reading.ts';
import { accessOf } from '#core/s3/access.ts';
import { effectOf, flipsBetween, type Flip } from '#core/s3/access-change.ts';
import { blockFlags, effectiveBlock, flagsAt } from '#core/s3/block.ts';
import { explanationOf } from '#core/s3/explanation.ts';
import { OPERATIONS } from '#core/s3/operations.ts';
import { allowed, notKnown, refusals, type Outcome } from '#core/s3/outcome.ts';
import { saidOfPolicy } from '#core/s3/policy-sentences.ts';
import { saidOfAcl, saidOfOwnership, saidOfWebsite } from '#core/s3/setting-sentences.ts';
import { accessInputsOf, accessOfState } from '#kinds/s3-bucket/access.ts';
import { judge } from '#kinds/s3-bucket/judge.ts';
import { judge as accountJudge } from '#kinds/s3-account-block/judge.ts';
import { kindsById } from '#kinds';
import { accountState, bucketOf } from './buckets.ts';
import type { BucketSide } from './toggles.cases.ts';

const access = (side: BucketSide, watched: Record<string, JsonReading> = {}) => {
  const state = bucketOf(side);
  const context = { 's3-account-block': accountState(side.account ?? '-') };
  return accessOfState({ ...state, watched: { ...state.watched, ...watched } }, context);
};
const UNKNOWN = { exposure: 'unknown', breakage: 'unknown', opensToWorld: false };

describe('a side that was not read: what changed is told, what that does is not known', () => {
  test.each([
    {
      case: 'ownership before',
      said: () => saidOfOwnership({ before: access({ ownership: 'refused' }), after: access({}) }),
      says: 'Object ownership changed; what that does cannot be told: object ownership could not be read (AccessDenied).',
    },
    {
      case: 'ownership now',
      said: () => saidOfOwnership({ before: access({}), after: access({ ownership: 'refused' }) }),
      says: 'Object ownership changed; what that does cannot be told: object ownership could not be read (AccessDenied).',
    },
    {
      case: 'the ACL before',
      said: () => saidOfAcl({ before: access({ acl: 'refused' }), after: access({}) }),
      says: 'The bucket ACL changed; what that does cannot be told: it was not read both times.',
    },
    {
      case: 'the ACL now',
      said: () => saidOfAcl({ before: access({}), after: access({ acl: 'refused' }) }),
      says: 'The bucket ACL changed; what that does cannot be told: it was not read both times.',
    },
    {
      case: 'an ACL that is no list',
      said: () => saidOfAcl({ before: access({}), after: access({}, { acl: present<Json>('x') }) }),
      says: 'The bucket ACL changed; what that does cannot be told: it was not read both times.',
    },
    {
      case: 'the policy before',
      said: () => saidOfPolicy({ before: access({ policy: 'refused' }), after: access({ policy: 'public' }) }),
      says: 'The bucket policy changed; what that does cannot be told: the bucket policy could not be read (AccessDenied).',
    },
    {
      case: 'the policy now',
      said: () => saidOfPolicy({ before: access({ policy: 'public' }), after: access({ policy: 'refused' }) }),
      says: 'The bucket policy changed; what that does cannot be told: the bucket policy could not be read (AccessDenied).',
    },
    {
      case: 'the website before',
      said: () => saidOfWebsite({ before: unreadable('AccessDenied'), after: present<Json>({}) }),
      says: 'The static website changed; what that does cannot be told: it was not read both times.',
    },
    {
      case: 'the website now',
      said: () => saidOfWebsite({ before: present<Json>({}), after: unreadable('AccessDenied') }),
      says: 'The static website changed; what that does cannot be told: it was not read both times.',
    },
    {
      case: 'the website neither time',
      said: () => saidOfWebsite({ before: unreadable('AccessDenied'), after: unreadable('AccessDenied') }),
      says: 'The static website changed; what that does cannot be told: it was not read both times.',
    },
    {
      case: 'the website before, which is gone now',
      said: () => saidOfWebsite({ before: unreadable('AccessDenied'), after: { status: 'absent' } }),
      says: 'The static website changed; what that does cannot be told: it was not read both times.',
    },
  ])('$case', ({ said, says }) => expect(said()).toEqual({ effects: [says], effect: UNKNOWN }));
});

describe('what is told of settings that count for nothing, or of several things at once', () => {
  test('an ACL that changes while ACLs are off', () => {
    const off = (acl: 'private' | 'public') =>
      access({ ownership: 'BucketOwnerEnforced' }, { acl: bucketOf({ acl }).watched['acl'] as JsonReading });
    expect(saidOfAcl({ before: off('private'), after: off('public') }).effects).toEqual([
      'The bucket ACL changed, which counts for nothing while ACLs are off.',
    ]);
  });

  test.each<{ case: string; was: JsonReading; is: JsonReading; says: string; breakage: string }>([
    {
      case: 'a redirect needs no right to read anything: whoever followed it does so no more',
      was: present<Json>({ RedirectAllRequestsTo: { HostName: 'example.com' } }),
      is: { status: 'absent' },
      says: 'The website endpoint answers 404 NoSuchWebsiteConfiguration now.',
      breakage: 'breaks',
    },
    {
      case: 'other pages that nobody may read either',
      was: present<Json>({ IndexDocument: { Suffix: 'a' } }),
      is: present<Json>({ IndexDocument: { Suffix: 'b' } }),
      says: 'The website serves other pages or redirects than before; it served nobody before: nothing here is open to everyone.',
      breakage: 'none',
    },
    {
      case: 'one that nobody looked at, and there is none',
      was: { status: 'skipped', because: 'no-public-door' },
      is: { status: 'absent' },
      says: 'There is no website.',
      breakage: 'none',
    },
  ])('a website of a bucket that nothing opens: $case', ({ was, is, says, breakage }) => {
    const shut = { ownership: 'BucketOwnerEnforced' } as const;
    const sides = { before: access(shut, { website: was }), after: access(shut, { website: is }) };
    expect(saidOfWebsite({ before: was, after: is }, sides)).toEqual({
      effects: [says],
      effect: { exposure: 'same', breakage, opensToWorld: false },
    });
  });

  test('whether a distribution stands before a website is told beside the bucket, and not by it', () =>
    expect(OPERATIONS.find(({ row }) => row === 'C3')?.isHere(access({ policy: 'public', website: 'set' }))).toEqual({
      is: 'unknown',
      why: 'whether a distribution stands before it does not show in the bucket: distributions that were read are named beside it',
    }));

  test('an ACL that came, and one that went', () => {
    const none: Record<string, JsonReading> = { acl: { status: 'absent' } };
    const now = access({ acl: 'partner' });
    expect(saidOfAcl({ before: access({}, none), after: now }).effects).toEqual([
      'The bucket ACL grants FULL_CONTROL to canonical user 79a5 now.',
      'The bucket ACL grants READ to canonical user beef now.',
    ]);
  });

  test('one grant comes while another goes', () => {
    const said = saidOfAcl({
      before: access({ acl: 'public', account: '0100' }),
      after: access({ acl: 'partner', account: '0100' }),
    });
    expect(said).toEqual({
      effects: [
        'The bucket ACL grants READ to canonical user beef now.',
        'The bucket ACL no longer grants READ to everyone, which counts for nothing while IgnorePublicAcls is on.',
      ],
      effect: { exposure: 'widened', breakage: 'none', opensToWorld: false },
    });
  });

  test('parties that come and go at once, several of each', () => {
    const statement = (...AWS: string[]): JsonReading =>
      present<Json>({ Statement: [{ Effect: 'Allow', Principal: { AWS }, Action: 's3:GetObject' }] });
    const before = access({}, { policy: statement('444455556666', '777788889999') });
    const after = access({}, { policy: statement('111122220000', '333344440000') });
    expect(saidOfPolicy({ before, after })).toEqual({
      effects: [
        'Let in now: account 111122220000, account 333344440000.',
        'No longer let in: account 444455556666, account 777788889999.',
      ],
      effect: { exposure: 'widened', breakage: 'breaks', opensToWorld: false },
    });
  });

  test("a statement of another account beside the own account's is not the own account's matter", () => {
    const policy = (Action: string): JsonReading =>
      present<Json>({ Statement: [{ Effect: 'Allow', Principal: { AWS: ['111122223333', '444455556666'] }, Action }] });
    const said = saidOfPolicy({
      before: access({}, { policy: policy('s3:GetObject') }),
      after: access({}, { policy: policy('s3:PutObject') }),
    });
    expect(said.effect).toEqual(UNKNOWN);
  });

  test('an Allow and a Deny that both came, for whom was let in before', () => {
    const one = { Effect: 'Allow', Principal: { AWS: '444455556666' }, Action: 's3:GetObject' };
    const policy = (...Statement: Json[]): JsonReading => present<Json>({ Statement });
    const before = access({}, { policy: policy(one) });
    const more = [
      { ...one, Action: 's3:PutObject' },
      { ...one, Effect: 'Deny' },
    ] as const;
    const after = access({}, { policy: policy(one, ...more) });
    expect([saidOfPolicy({ before, after }).effects, saidOfPolicy({ before: after, after: before }).effects]).toEqual([
      ['Those who are let in before and after are allowed more.', 'More is denied.'],
      ['Those who are let in before and after are allowed less.', 'Less is denied.'],
    ]);
  });

  test('two flags that moved: each change tells its own', () => {
    const [was, is] = [bucketOf({ block: '0000' }), bucketOf({ block: '1010' })];
    const kind = kindsById.get('s3-bucket');
    if (kind === undefined) throw new Error('no kind');
    const { changes } = compareStates(kind, was, is);
    const context = { 's3-account-block': accountState('-') };
    const judged = judge.changes(changes, { before: was, after: is, contexts: { before: context, after: context } });
    expect(judged.map(({ path, flips, breakage }) => [path, flips?.map(({ row }) => row), breakage])).toEqual([
      ['publicAccessBlock.BlockPublicAcls', ['W4', 'A1', 'U3'], 'breaks'],
      ['publicAccessBlock.BlockPublicPolicy', ['P1', 'P3'], 'may-break'],
    ]);
    const account = accountJudge.changes(
      [{ ...changes[0], path: 'publicAccessBlock.IgnorePublicAcls' } as (typeof changes)[number]],
      { before: accountState('0000'), after: accountState('0111'), contexts: { before: {}, after: {} } },
    );
    expect(account[0]?.effects).toHaveLength(1);
  });

  test.each([
    { before: 'refused', after: '1111' },
    { before: '1111', after: 'refused' },
  ])('a block that was not read both times is not judged: $before → $after', ({ before, after }) => {
    const change = {
      path: 'publicAccessBlock',
      before: { status: 'absent' },
      after: { status: 'absent' },
      says: '',
      check: '',
      exposure: 'same',
      breakage: 'none',
    } as const;
    const [bucket] = judge.changes([change], {
      before: bucketOf({ block: before }),
      after: bucketOf({ block: after }),
      contexts: { before: {}, after: {} },
    });
    const [account] = accountJudge.changes([change], {
      before: accountState(before),
      after: accountState(after),
      contexts: { before: {}, after: {} },
    });
    const nothing = { exposure: 'unknown', breakage: 'unknown', effects: [], flips: [] };
    expect([bucket, account]).toMatchObject([nothing, nothing]);
  });

  test('an ACL that was read neither time comes into force with the ownership, and is not known', () => {
    const closed = { ...bucketOf({ ownership: 'BucketOwnerEnforced' }) };
    const change = {
      path: 'ownership',
      before: present<Json>('x'),
      after: present<Json>('y'),
      says: '',
      check: '',
      exposure: 'same',
      breakage: 'none',
    } as const;
    const open = { ...closed, watched: { ...closed.watched, ownership: present<Json>('ObjectWriter') } };
    const [judged] = judge.changes([change], {
      before: closed,
      after: open,
      contexts: { before: { 's3-account-block': accountState('-') }, after: { 's3-account-block': accountState('-') } },
    });
    expect(judged).toMatchObject({ exposure: 'widened', breakage: 'restores', opensToWorld: false });
  });
});

describe('AWS disagrees', () => {
  const state = bucketOf({ policy: 'public' });
  const context = { 's3-account-block': accountState('-') };
  const told = (policyStatus: Json, more: Record<string, JsonReading> = {}) =>
    judge.disagreement?.(
      { ...state, watched: { ...state.watched, ...more }, carried: { ...state.carried, policyStatus } },
      context,
    );

  test('the case is one line, with the verdict of AWS as the expected one', () => {
    expect(told('not-public')).toEqual({
      ref: state.ref,
      path: 'policy',
      own: 'public',
      aws: 'not-public',
      because: 'everyone (*) is let in, and no condition pins who',
      case: '{"id":"b","policy":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["*"]},"Action":["s3:getobject"],"Resource":["arn:aws:s3:::b/*"]}]},"expected":"not-public"}',
    });
  });

  test.each([
    { case: 'the same verdict', found: () => told('public') },
    {
      case: 'not public while RestrictPublicBuckets is on, which settles nothing',
      found: () =>
        told('not-public', {
          publicAccessBlock: bucketOf({ block: '0001' }).watched['publicAccessBlock'] as JsonReading,
        }),
    },
    { case: 'not asked', found: () => told('absent') },
    { case: 'no policy', found: () => told('public', { policy: { status: 'absent' } }) },
    { case: 'a policy that was refused', found: () => told('public', { policy: unreadable('AccessDenied') }) },
  ])('$case: no disagreement', ({ found }) => expect(found()).toBeUndefined());
});

describe('levels and flips at the edges', () => {
  test('an answer without flags, and readings that are no block', () => {
    expect(blockFlags(undefined)).toEqual({
      BlockPublicAcls: false,
      IgnorePublicAcls: false,
      BlockPublicPolicy: false,
      RestrictPublicBuckets: false,
    });
    expect([flagsAt(undefined), flagsAt(skipped('x')), flagsAt(present<Json>('x'))]).toEqual([
      unreadable('NotRead'),
      unreadable('NotRead'),
      unreadable('MalformedBlock'),
    ]);
    expect(flagsAt(present<Json>({ BlockPublicAcls: true, IgnorePublicAcls: 'true' }))).toEqual(
      present({
        BlockPublicAcls: true,
        IgnorePublicAcls: false,
        BlockPublicPolicy: false,
        RestrictPublicBuckets: false,
      }),
    );
  });

  test('both levels refused: both are named', () => {
    const levels = { account: unreadable('AccessDenied'), bucket: unreadable('Throttled') };
    expect(effectiveBlock(levels).BlockPublicAcls).toEqual({
      value: 'unknown',
      setBy: [],
      redundantAt: [],
      unreadableAt: ['account', 'bucket'],
    });
    expect(accessOf({ ...accessInputsOf(bucketOf({}), {}), levels }).flags.BlockPublicAcls).toEqual({
      is: 'unknown',
      why: "the account's block could not be read (AccessDenied)",
    });
  });

  const flip = (row: string, before: Outcome, after: Outcome): Flip => ({
    row,
    title: row,
    before,
    after,
    isHere: 'yes',
  });
  const yes = allowed('x');
  const no = refusals.aclsOff();
  const perhaps = notKnown('x');
  test.each<{ case: string; flips: readonly Flip[]; exposure: string; breakage: string }>([
    { case: 'nothing flips', flips: [], exposure: 'same', breakage: 'none' },
    { case: 'a row that nobody knows', flips: [flip('Z9', yes, no)], exposure: 'same', breakage: 'none' },
    {
      case: 'allowed → not known: it may narrow, and may break',
      flips: [flip('R1', yes, perhaps)],
      exposure: 'unknown',
      breakage: 'unknown',
    },
    {
      case: 'refused → not known: it may widen, and may restore',
      flips: [flip('R1', no, perhaps)],
      exposure: 'unknown',
      breakage: 'unknown',
    },
    { case: 'not known → allowed', flips: [flip('R1', perhaps, yes)], exposure: 'unknown', breakage: 'unknown' },
    { case: 'not known → refused', flips: [flip('R1', perhaps, no)], exposure: 'unknown', breakage: 'unknown' },
    {
      case: 'what may widen counts before what narrows',
      flips: [flip('R1', no, perhaps), flip('R4', yes, no)],
      exposure: 'unknown',
      breakage: 'breaks',
    },
    {
      case: 'what narrows counts before what may narrow',
      flips: [flip('R1', yes, perhaps), flip('R4', yes, no)],
      exposure: 'narrowed',
      breakage: 'breaks',
    },
    {
      case: 'what restores counts before what may restore',
      flips: [flip('P3', no, perhaps), flip('P1', no, yes)],
      exposure: 'widened',
      breakage: 'restores',
    },
    {
      case: 'what may break counts before what restores',
      flips: [flip('R1', yes, perhaps), flip('P1', no, yes)],
      exposure: 'widened',
      breakage: 'unknown',
    },
    {
      case: 'what is perhaps not there may break',
      flips: [{ ...flip('R1', yes, no), isHere: 'unknown' }],
      exposure: 'narrowed',
      breakage: 'may-break',
    },
    {
      case: 'what is felt at the next deployment may break',
      flips: [flip('P1', yes, no)],
      exposure: 'narrowed',
      breakage: 'may-break',
    },
    {
      case: 'a step of hardening that is refused breaks nothing',
      flips: [flip('A3', yes, no)],
      exposure: 'same',
      breakage: 'none',
    },
  ])('$case', ({ flips, exposure, breakage }) => expect(effectOf(flips)).toMatchObject({ exposure, breakage }));

  test('a bucket ACL that nobody can read while it may be public', () => {
    const [before, after] = [access({ acl: 'refused' }), access({ acl: 'refused', ownership: 'BucketOwnerEnforced' })];
    expect(flipsBetween(before, after).find(({ row }) => row === 'R3')).toMatchObject({ isHere: 'unknown' });
  });
});

describe('explanations at the edges', () => {
  test.each<{ case: string; side: BucketSide; watched: Record<string, JsonReading>; because: string }>([
    {
      case: 'a public ACL while ACLs are off',
      side: { ownership: 'BucketOwnerEnforced' },
      watched: { acl: bucketOf({ acl: 'public' }).watched['acl'] as JsonReading },
      because: 'ACLs are off (BucketOwnerEnforced)',
    },
    {
      case: 'a public policy beside it',
      side: { ownership: 'BucketOwnerEnforced', policy: 'public' },
      watched: { acl: bucketOf({ acl: 'public' }).watched['acl'] as JsonReading },
      because: 'everyone gets in by the bucket policy',
    },
  ])('$case', ({ side, watched, because }) => expect(explanationOf(access(side, watched)).because).toBe(because));

  test('ACLs and ownership of other shapes', () => {
    const odd = explanationOf(access({}, { acl: present<Json>([]), ownership: present<Json>(7) }));
    expect([odd.acl.because, odd.ownership]).toEqual(['no grants', 'unreadable']);
    expect(explanationOf(access({}, { acl: present<Json>('x') })).acl.because).toBe('no grants');
    expect(explanationOf(access({}, { ownership: skipped('x') })).ownership).toBe('not read');
  });

  test('a level that is not set', () =>
    expect(explanationOf(access({})).flags[0]?.levels).toEqual({ account: 'not set', bucket: 'not set' }));
});
