import { describe, expect, test } from 'vitest';
import { explanationOf } from '#core/s3/explanation.ts';
import { kindsById } from '#kinds';
import { accessOfState } from '#kinds/s3-bucket/access.ts';
import { explain, subjectIn } from '#lambda/explain.ts';
import { renderExplanation } from '#render/explanation.ts';
import { baselineOf, bucketRef, scanOf, seen, unseen } from './builders.ts';
import { accountState, bucketOf } from './core/s3/buckets.ts';
import type { BucketSide } from './core/s3/toggles.cases.ts';

const explanationFor = (side: BucketSide) =>
  explanationOf(accessOfState(bucketOf(side), { 's3-account-block': accountState(side.account ?? '-') }));

const enforced: BucketSide = { ownership: 'BucketOwnerEnforced', policy: 'none' };

describe('is it public, and by which door', () => {
  test.each<{ case: string; bucket: BucketSide; public: string; because: string }>([
    {
      case: 'neither door',
      bucket: enforced,
      public: 'no',
      because: 'neither the bucket policy nor its ACL opens a door to everyone',
    },
    {
      case: 'the policy',
      bucket: { ...enforced, policy: 'public' },
      public: 'yes',
      because: 'everyone gets in by the bucket policy',
    },
    { case: 'the ACL', bucket: { acl: 'public' }, public: 'yes', because: "everyone gets in by the bucket's ACL" },
    {
      case: 'both',
      bucket: { acl: 'public', policy: 'public' },
      public: 'yes',
      because: "everyone gets in by the bucket policy and by the bucket's ACL",
    },
    {
      case: 'the policy, while the ACL is ignored',
      bucket: { acl: 'public', policy: 'public', block: '0100' },
      public: 'yes',
      because: 'everyone gets in by the bucket policy',
    },
    {
      case: 'a policy that is restricted',
      bucket: { ...enforced, policy: 'public', account: '0001' },
      public: 'no',
      because: 'RestrictPublicBuckets shuts the door that the policy opens',
    },
    {
      case: 'an ACL that is ignored',
      bucket: { acl: 'public', block: '0100' },
      public: 'no',
      because: 'IgnorePublicAcls shuts the door that the ACL opens',
    },
    {
      case: 'an ACL in a lockdown',
      bucket: { acl: 'public', policy: 'public', block: '0001' },
      public: 'no',
      because:
        'RestrictPublicBuckets shuts the door that the policy opens; RestrictPublicBuckets over a public policy shuts the door that the ACL opens',
    },
    {
      case: 'a policy that was refused',
      bucket: { ...enforced, policy: 'refused' },
      public: 'unknown',
      because: 'the bucket policy could not be read (AccessDenied)',
    },
  ])('$case: $public', ({ bucket, because, public: isPublic }) =>
    expect(explanationFor(bucket)).toMatchObject({ public: isPublic, because }),
  );
});

describe('the parts of an explanation', () => {
  test('flags by level, what counts, and who could be spared', () => {
    const { flags, block } = explanationFor({ ...enforced, account: '1100', block: '1010' });
    expect(flags).toEqual([
      {
        flag: 'BlockPublicAcls',
        levels: { account: 'on', bucket: 'on' },
        value: true,
        setBy: ['account', 'bucket'],
        redundantAt: ['account', 'bucket'],
        unreadableAt: [],
      },
      {
        flag: 'IgnorePublicAcls',
        levels: { account: 'on', bucket: 'off' },
        value: true,
        setBy: ['account'],
        redundantAt: [],
        unreadableAt: [],
      },
      {
        flag: 'BlockPublicPolicy',
        levels: { account: 'off', bucket: 'on' },
        value: true,
        setBy: ['bucket'],
        redundantAt: [],
        unreadableAt: [],
      },
      {
        flag: 'RestrictPublicBuckets',
        levels: { account: 'off', bucket: 'off' },
        value: false,
        setBy: [],
        redundantAt: [],
        unreadableAt: [],
      },
    ]);
    expect(block).toBe('New public ACLs are refused; stored ones grant nothing; new public policies are refused.');
  });

  test('a level that was refused: what the other sets counts, the rest is not known', () => {
    const { flags, block, whatIf } = explanationFor({ ...enforced, account: 'refused', block: '1000' });
    expect(flags.map(({ levels, value, unreadableAt }) => [levels.account, value, unreadableAt])).toEqual([
      ['unreadable (AccessDenied)', true, ['account']],
      ['unreadable (AccessDenied)', 'unknown', ['account']],
      ['unreadable (AccessDenied)', 'unknown', ['account']],
      ['unreadable (AccessDenied)', 'unknown', ['account']],
    ]);
    expect(block).toBeUndefined();
    expect(whatIf.map(({ level }) => level)).toEqual(['bucket', 'bucket', 'bucket', 'bucket']);
  });

  test.each<{ bucket: BucketSide; ownership: string }>([
    { bucket: enforced, ownership: 'BucketOwnerEnforced' },
    { bucket: {}, ownership: 'not set, which counts as ObjectWriter' },
    { bucket: { ownership: 'refused' }, ownership: 'unreadable (AccessDenied)' },
  ])('ownership: $ownership', ({ bucket, ownership }) => expect(explanationFor(bucket).ownership).toBe(ownership));

  test.each<{ bucket: BucketSide; policy: object }>([
    { bucket: enforced, policy: { verdict: 'none', believed: 'own', reasons: [], letsIn: [] } },
    {
      bucket: { policy: 'mixed' },
      policy: {
        verdict: 'public',
        believed: 'own',
        reasons: ['everyone (*) is let in, and no condition pins who'],
        letsIn: ['everyone', 'account 444455556666'],
      },
    },
    {
      bucket: { policy: 'named' },
      policy: { verdict: 'not-public', reasons: ['the principals are fixed: account 444455556666'] },
    },
    {
      bucket: { policy: 'refused' },
      policy: { verdict: 'unknown', reasons: ['the bucket policy could not be read (AccessDenied)'], letsIn: [] },
    },
  ])('policy: $policy', ({ bucket, policy }) => expect(explanationFor(bucket).policy).toMatchObject(policy));

  test.each<{ bucket: BucketSide; acl: object }>([
    { bucket: { acl: 'private' }, acl: { verdict: 'not-public', because: 'FULL_CONTROL to canonical user 79a5' } },
    {
      bucket: { acl: 'public' },
      acl: { verdict: 'public', because: 'FULL_CONTROL to canonical user 79a5, READ to everyone' },
    },
    {
      bucket: { acl: 'private', block: '0100' },
      acl: { verdict: 'unknown', because: 'S3 does not show public grants while IgnorePublicAcls is on' },
    },
    {
      bucket: { acl: 'refused' },
      acl: { verdict: 'unknown', because: 'the bucket ACL could not be read (AccessDenied)' },
    },
    { bucket: enforced, acl: { verdict: 'unknown', because: 'the stored bucket ACL is not read while ACLs are off' } },
  ])('ACL: $acl', ({ bucket, acl }) => expect(explanationFor(bucket).acl).toEqual(acl));

  test('operations tell whether anything in the bucket does them', () => {
    const here = Object.fromEntries(
      explanationFor({ policy: 'named', website: 'refused' }).operations.map(({ row, isHere }) => [row, isHere]),
    );
    expect(here).toMatchObject({
      W4: 'yes',
      R1: 'unknown',
      R3: 'no',
      R4: 'no',
      X2: 'yes',
      X3: 'unknown',
      S4: 'no',
      C2: 'no',
      H1: 'unknown',
    });
  });

  test('what turning each flag would do', () => {
    const { whatIf } = explanationFor({ ...enforced, policy: 'public', account: '0001', block: '0001' });
    expect(
      whatIf.map(
        ({ level, flag, turn, breakage, exposure, rows }) =>
          `${level} ${flag} ${turn}: ${breakage}, ${exposure} [${rows.join(' ')}]`,
      ),
    ).toEqual([
      'account BlockPublicAcls on: none, same []',
      'account IgnorePublicAcls on: none, same []',
      'account BlockPublicPolicy on: may-break, narrowed [P1 P3]',
      'account RestrictPublicBuckets off: none, same []',
      'bucket BlockPublicAcls on: none, same []',
      'bucket IgnorePublicAcls on: none, same []',
      'bucket BlockPublicPolicy on: may-break, narrowed [P1 P3]',
      'bucket RestrictPublicBuckets off: none, same []',
    ]);
    expect(whatIf.at(3)?.says).toBe(
      'RestrictPublicBuckets turned off for the account changes nothing: the bucket also sets it.',
    );
    expect(whatIf.at(7)?.says).toBe(
      'RestrictPublicBuckets turned off for this bucket changes nothing: the account also sets it.',
    );
  });
});

test('the whole page', () => {
  const explanation = explanationFor({ ...enforced, policy: 'mixed', account: '0001', block: '1001' });
  expect(renderExplanation(explanation, { colour: false, head: ['111122223333/us-east-1/s3-bucket/b'] }))
    .toMatchInlineSnapshot(`
    "111122223333/us-east-1/s3-bucket/b
    Not public. RestrictPublicBuckets shuts the door that the policy opens.

    Doors
      Bucket policy     public
                        everyone (*) is let in, and no condition pins who
                        lets in: everyone, account 444455556666
      Bucket ACL        unknown: the stored bucket ACL is not read while ACLs are off
      Object ownership  BucketOwnerEnforced

    Block Public Access: new public ACLs are refused; stored ones grant; a public policy lets in only AWS services and the own account.
                             account  bucket  in effect  set by
      BlockPublicAcls        off      on      on         bucket
      IgnorePublicAcls       off      off     off
      BlockPublicPolicy      off      off     off
      RestrictPublicBuckets  on       on      on         account and bucket: either alone would do

    Who gets through
          who does what                                                                what happens                                           because
      W0  Upload without an ACL                                                        allowed                                                no setting here refuses it
      W1  Upload with bucket-owner-full-control                                        allowed                                                no setting here refuses it
      W2  Upload with private, from another account                                    400 AccessControlListNotSupported                      ACLs are off (BucketOwnerEnforced)
      W3  Upload with another ACL that is not public                                   400 AccessControlListNotSupported                      ACLs are off (BucketOwnerEnforced)
      W4  Upload with a public ACL                                                     400 AccessControlListNotSupported or 403 AccessDenied  ACLs are off (BucketOwnerEnforced)
      A1  Change to a public ACL                                                       400 AccessControlListNotSupported or 403 AccessDenied  ACLs are off (BucketOwnerEnforced)
      A2  Change to an ACL that is not public                                          400 AccessControlListNotSupported                      ACLs are off (BucketOwnerEnforced)
      A3  Turn ACLs off (BucketOwnerEnforced)                                          allowed                                                they are off
      A4  Create a bucket with a public ACL                                            400 InvalidBucketAclWithBlockPublicAccessError         a bucket cannot be created with a public ACL since April 2023
      P1  Put a public bucket policy                                                   allowed                                                accepted
      P2  Put another bucket policy, or delete it                                      allowed                                                no setting here refuses it
      P3  Put a public access point policy                                             not known                                              the access point's own block decides, which is not read; AWS makes them with all four flags on
      R1  Anonymous read by an object's ACL                                            403 AccessDenied                                       ACLs are off (BucketOwnerEnforced)
      R2  Read by any AWS account, by an object's ACL                                  403 AccessDenied                                       ACLs are off (BucketOwnerEnforced)
      R3  Anonymous listing by the bucket's ACL                                        403 AccessDenied                                       ACLs are off (BucketOwnerEnforced)
      R4  Anonymous read by the bucket policy                                          403 AccessDenied                                       RestrictPublicBuckets: nobody comes in by a public policy
      X1  Another account, by a policy of which nothing is public (nothing here does)  allowed                                                no setting here refuses it
      X2  Another account that the policy names                                        403 AccessDenied                                       RestrictPublicBuckets shuts out other accounts, since the bucket policy is public
      X3  Another account, by an ACL                                                   403 AccessDenied                                       ACLs are off (BucketOwnerEnforced)
      X4  Another account, by an ACL that is also public                               403 AccessDenied                                       ACLs are off (BucketOwnerEnforced)
      S1  This account's own principals                                                allowed                                                no setting here refuses it
      S2  AWS services                                                                 allowed                                                no setting here refuses it
      S3  Log delivery and partners named by account id                                403 AccessDenied                                       RestrictPublicBuckets shuts out other accounts, since the bucket policy is public
      S4  Log delivery by ACL                                                          403 AccessDenied                                       ACLs are off (BucketOwnerEnforced)
      C1  CloudFront with origin access control                                        allowed                                                no setting here refuses it
      C2  CloudFront with an origin access identity (nothing here does)                not known                                              whether RestrictPublicBuckets shuts out an origin access identity, AWS does not say
      C3  CloudFront over the website endpoint (nothing here does)                     404 NoSuchWebsiteConfiguration                         the bucket has no website
      U1  Presigned read, signed by this account                                       allowed                                                no setting here refuses it
      U2  Presigned read, signed by another account                                    403 AccessDenied                                       RestrictPublicBuckets shuts out other accounts, since the bucket policy is public
      U3  Presigned upload with a public ACL                                           400 AccessControlListNotSupported or 403 AccessDenied  ACLs are off (BucketOwnerEnforced)
      H1  Website endpoint (nothing here does)                                         404 NoSuchWebsiteConfiguration                         the bucket has no website
      M1  Change the account's block                                                   not known                                              whether an organisation's S3 policy holds the account's block is not read
      M2  Turn the bucket's own flags off                                              allowed                                                accepted; a flag that the account also sets stays in force

    What turning a flag would do
      BlockPublicAcls on at the account: nothing (the bucket also sets it)
      IgnorePublicAcls on at the account: nothing (ACLs are off (BucketOwnerEnforced), so none grants anything)
      BlockPublicPolicy on at the account: breakage: may-break, exposure: narrowed
          From now on a public bucket policy is refused with 403 AccessDenied when it is put, also an unchanged one that a deployment puts again; from one that is in place this flag takes nothing.
      RestrictPublicBuckets off at the account: nothing (the bucket also sets it)
      BlockPublicAcls off at the bucket: nothing (ACLs are off (BucketOwnerEnforced), so a public ACL was refused before)
      IgnorePublicAcls on at the bucket: nothing (ACLs are off (BucketOwnerEnforced), so none grants anything)
      BlockPublicPolicy on at the bucket: breakage: may-break, exposure: narrowed
          From now on a public bucket policy is refused with 403 AccessDenied when it is put, also an unchanged one that a deployment puts again; from one that is in place this flag takes nothing.
      RestrictPublicBuckets off at the bucket: nothing (the account also sets it)
    "
  `);
});

describe('which bucket is explained, from which readings', () => {
  const state = bucketOf({ account: '0100', acl: 'private' });
  const scan = scanOf([seen(accountState('0100')), seen(state), unseen(bucketRef('closed'))]);

  test('by any tail of its name, with the account that is in the same snapshot', () => {
    const { state: found, context } = subjectIn(scan, 'us-east-1/s3-bucket/b', kindsById);
    expect([found, context['s3-account-block']]).toEqual([state, accountState('0100')]);
  });

  test.each([
    { name: 'bb', says: 'nothing here is called "bb"; did you mean "b"?' },
    {
      name: 'closed',
      says: '111122223333/us-east-1/s3-bucket/closed could not be read (AccessDenied), so there is nothing to explain: "plumbline doctor" tells why',
    },
  ])('$name: $says', ({ name, says }) => expect(() => subjectIn(scan, name, kindsById)).toThrow(says));

  test('an ACL that S3 hides now is taken from what was accepted, and that is said', () => {
    const subject = subjectIn(scan, 'b', kindsById);
    const accepted = { ...bucketOf({ acl: 'public' }), takenAt: '2025-12-24T00:00:00.000Z' };
    const hidden = explain(subject, undefined, kindsById);
    const known = explain(subject, baselineOf([accepted]), kindsById);
    expect([hidden.aclSeenAt, hidden.explanation.acl.verdict]).toEqual([undefined, 'unknown']);
    expect([known.aclSeenAt, known.explanation.acl.verdict]).toEqual(['2025-12-24T00:00:00.000Z', 'public']);
    expect(known.explanation.because).toBe('IgnorePublicAcls shuts the door that the ACL opens');
  });
});
