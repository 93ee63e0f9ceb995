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
      case: 'an ACL that counts for nothing',
      bucket: { ownership: 'BucketOwnerEnforced', acl: 'public' },
      public: 'no',
      because: 'neither the bucket policy nor its ACL opens a door to everyone',
    },
    {
      case: 'a policy that was refused, which is restricted whatever it says',
      bucket: { ...enforced, policy: 'refused', block: '0001' },
      public: 'no',
      because: 'RestrictPublicBuckets keeps everyone out, whatever the bucket policy says',
    },
    {
      case: 'a policy that everyone may list by',
      bucket: { ...enforced, policy: 'listed' },
      public: 'yes',
      because: 'everyone gets in by the bucket policy',
    },
    {
      case: 'a policy that is public by a condition that S3 does not count',
      bucket: { ...enforced, policy: 'conditional' },
      public: 'yes',
      because:
        "the bucket policy is public by S3's own rule; the condition of the public statement decides, and S3 does not count it as a limit",
    },
    {
      case: 'a policy that is public, and that nobody can come by without a signature',
      bucket: { ...enforced, policy: 'unreachable' },
      public: 'yes',
      because: "the bucket policy is public by S3's own rule, though it lets in no unsigned request",
    },
    {
      case: 'the same beside a public ACL',
      bucket: { acl: 'public', policy: 'unreachable' },
      public: 'yes',
      because:
        "everyone gets in by the bucket's ACL; the bucket policy is public by S3's own rule, though it lets in no unsigned request",
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
    expect(whatIf.map(({ level }) => level)).toEqual(['bucket', 'bucket', 'bucket', 'bucket', 'bucket']);
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
        ({ level, what, turn, breakage, exposure, rows }) =>
          `${level} ${what} ${turn}: ${breakage}, ${exposure} [${rows.join(' ')}]`,
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
      'account all four flags on: may-break, narrowed [P1 P3]',
      'bucket all four flags on: may-break, narrowed [P1 P3]',
    ]);
    expect(whatIf.at(3)?.says).toEqual([
      'RestrictPublicBuckets turned off for the account changes nothing: the bucket also sets it.',
    ]);
    expect(whatIf.at(7)?.says).toEqual([
      'RestrictPublicBuckets turned off for this bucket changes nothing: the account also sets it.',
    ]);
  });
});

/** What somebody asks before hardening a bucket that serves people by its ACLs. */
test('steps of several settings at once, and ACLs off', () => {
  const { whatIf } = explanationFor({ policy: 'public', acl: 'public', website: 'set' });
  const told = whatIf.filter(({ what }) => !what.includes('P'));
  expect(told.map(({ what, level, breakage, says }) => ({ what, level, breakage, says }))).toMatchInlineSnapshot(`
    [
      {
        "breakage": "breaks",
        "level": "account",
        "says": [
          "New uploads that carry a public ACL, and changes to a public ACL, are now refused with 403 AccessDenied; uploads without an ACL still work, so a test without --acl proves nothing.",
          "Public ACLs grant nothing any more: whoever came in by one gets 403 AccessDenied.",
          "From now on a public bucket policy is refused with 403 AccessDenied when it is put, also an unchanged one that a deployment puts again; from one that is in place this flag takes nothing.",
          "The bucket policy is public, so from now on only AWS services and this account's own principals get in: everybody else gets 403 AccessDenied.",
        ],
        "what": "all four flags",
      },
      {
        "breakage": "breaks",
        "level": "bucket",
        "says": [
          "New uploads that carry a public ACL, and changes to a public ACL, are now refused with 403 AccessDenied; uploads without an ACL still work, so a test without --acl proves nothing.",
          "Public ACLs grant nothing any more: whoever came in by one gets 403 AccessDenied.",
          "From now on a public bucket policy is refused with 403 AccessDenied when it is put, also an unchanged one that a deployment puts again; from one that is in place this flag takes nothing.",
          "The bucket policy is public, so from now on only AWS services and this account's own principals get in: everybody else gets 403 AccessDenied.",
        ],
        "what": "all four flags",
      },
      {
        "breakage": "breaks",
        "level": "bucket",
        "says": [
          "ACLs are off now: none grants anything any more, log delivery by ACL stops, and uploads that carry an ACL other than bucket-owner-full-control (or private, from the own account) are refused with 400 AccessControlListNotSupported; uploads without an ACL still work. The bucket policy now also covers objects that other accounts own.",
        ],
        "what": "BucketOwnerEnforced",
      },
    ]
  `);
});

test('one flag that is left to turn is not told twice', () => {
  const { whatIf } = explanationFor({ ...enforced, account: '1110', block: '1111' });
  expect(whatIf.filter(({ what }) => what === 'all four flags')).toEqual([]);
});

test('the page of a bucket that is open by every door, with colour off and a width', () => {
  const explanation = explanationFor({ policy: 'mixed', acl: 'public', website: 'set' });
  expect(renderExplanation(explanation, { colour: false, parts: 'most', width: 100, head: ['b'] }))
    .toMatchInlineSnapshot(`
      "Public. Everyone gets in by the bucket policy and by the bucket's ACL.
      b

      Doors
        Bucket policy     public
                          everyone (*) is let in, and no condition pins who
                          lets in: everyone, account 444455556666
        Bucket ACL        public: FULL_CONTROL to canonical user 79a5, READ to everyone
        Object ownership  not set, which counts as ObjectWriter

      Block Public Access: nothing is blocked: public ACLs and public policies are accepted, and work.
                               account  bucket   in effect  set by
        BlockPublicAcls        not set  not set  off
        IgnorePublicAcls       not set  not set  off
        BlockPublicPolicy      not set  not set  off
        RestrictPublicBuckets  not set  not set  off

      Who gets through (--all shows 24 more, of which nothing is here or which say the same)
        From outside
          not refused           Anonymous read by an object's ACL: gets what an object grants by its own
                                ACL
          allowed               Anonymous listing by the bucket's ACL: gets what the bucket ACL grants
          allowed               Anonymous read by the bucket policy: gets what the public statements
                                allow, of objects that the bucket's owner owns
          allowed               Another account that the policy names: gets in where the policy names it
          not refused           Another account, by an ACL: gets what the ACL grants it
          allowed               Website endpoint: gets what the public statements allow, of objects that
                                the bucket's owner owns
        Uploads and settings
          allowed               Upload without an ACL: no setting here refuses it
          allowed               Upload with another ACL that is not public: accepted
          allowed               Upload with a public ACL: accepted, and grants
          allowed               Change to a public ACL: accepted, and grants
          allowed               Put a public bucket policy: accepted

      What a step would do
        BlockPublicAcls on at either level: breakage: breaks, exposure: narrowed
            New uploads that carry a public ACL, and changes to a public ACL, are now refused with 403
            AccessDenied; uploads without an ACL still work, so a test without --acl proves nothing.
        IgnorePublicAcls on at either level: breakage: breaks, exposure: narrowed
            Public ACLs grant nothing any more: whoever came in by one gets 403 AccessDenied. No upload is
            refused for it: one that carries a public ACL is accepted, and nobody can read it.
        BlockPublicPolicy on at either level: breakage: may-break, exposure: narrowed
            From now on a public bucket policy is refused with 403 AccessDenied when it is put, also an
            unchanged one that a deployment puts again; from one that is in place this flag takes nothing.
        RestrictPublicBuckets on at either level: breakage: breaks, exposure: narrowed
            The bucket policy is public, so from now on only AWS services and this account's own
            principals get in: everybody else gets 403 AccessDenied, also whom the policy names (account
            444455556666).
        All four flags on at either level: breakage: breaks, exposure: narrowed
            What the steps above say, together.
        ACLs off (BucketOwnerEnforced) at the bucket: breakage: breaks, exposure: narrowed
            ACLs are off now: none grants anything any more, log delivery by ACL stops, and uploads that
            carry an ACL other than bucket-owner-full-control (or private, from the own account) are
            refused with 400 AccessControlListNotSupported; uploads without an ACL still work. The bucket
            policy now also covers objects that other accounts own.
      "
    `);
});

test('the whole page', () => {
  const explanation = explanationFor({ ...enforced, policy: 'mixed', account: '0001', block: '1001' });
  expect(renderExplanation(explanation, { colour: false, parts: 'most', head: ['111122223333/us-east-1/s3-bucket/b'] }))
    .toMatchInlineSnapshot(`
      "Not public. RestrictPublicBuckets shuts the door that the policy opens.
      111122223333/us-east-1/s3-bucket/b

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

      Who gets through (--all shows 23 more, of which nothing is here or which say the same)
        From outside
          refused (403)         Anonymous read by an object's ACL: ACLs are off (BucketOwnerEnforced)
          refused (403)         Anonymous listing by the bucket's ACL: ACLs are off (BucketOwnerEnforced)
          refused (403)         Anonymous read by the bucket policy: RestrictPublicBuckets: nobody comes in by a public policy
          refused (403)         Writing, or any AWS account, by the bucket's ACL: ACLs are off (BucketOwnerEnforced)
          refused (403)         Another account that the policy names: RestrictPublicBuckets shuts out other accounts, since the bucket policy is public
          refused (403)         Another account, by an ACL: ACLs are off (BucketOwnerEnforced)
        Uploads and settings
          allowed               Upload without an ACL: no setting here refuses it
          refused (400)         Upload with another ACL that is not public: ACLs are off (BucketOwnerEnforced)
          refused (400 or 403)  Upload with a public ACL: ACLs are off (BucketOwnerEnforced)
          refused (400 or 403)  Change to a public ACL: ACLs are off (BucketOwnerEnforced)
          allowed               Put a public bucket policy: accepted
        Services and the own account
          refused (403)         Log delivery by ACL: ACLs are off (BucketOwnerEnforced)

      What a step would do
        BlockPublicPolicy on at either level: breakage: may-break, exposure: narrowed
            From now on a public bucket policy is refused with 403 AccessDenied when it is put, also an unchanged one that a deployment puts again; from one that is in place this flag takes nothing.
        All four flags on at either level: breakage: may-break, exposure: narrowed
            What the steps above say, together.
        Nothing would change: BlockPublicAcls on at the account, IgnorePublicAcls on at the account, RestrictPublicBuckets off at the account, BlockPublicAcls off at the bucket, IgnorePublicAcls on at the bucket, RestrictPublicBuckets off at the bucket
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
