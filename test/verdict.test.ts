import { describe, expect, test } from 'vitest';
import type { Json } from '#core/json.ts';
import { asState, verdictOn } from '#lambda/verdict.ts';

const PUBLIC = {
  Version: '2012-10-17',
  Statement: [{ Sid: 'All', Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' }],
};
const NAMED = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Principal: { AWS: '444455556666' }, Action: 's3:GetObject', Resource: '*' },
};
const CONDITIONAL = {
  Statement: [{ ...PUBLIC.Statement[0], Condition: { StringLike: { 'aws:Referer': 'https://example.com/*' } } }],
};
const FROM_OFFICE = {
  Statement: [{ ...PUBLIC.Statement[0], Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } }],
};
const ON = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
/** Without ownership controls S3 does the same. */
const NOTHING_SET = { ownership: 'ObjectWriter' };
const ALL = 'http://acs.amazonaws.com/groups/global/AllUsers';

describe('the answer has the parts that the input allows', () => {
  test('a policy, as an object', () => {
    expect(verdictOn({ id: 'p', policy: PUBLIC })).toMatchObject({
      id: 'p',
      policy: {
        verdict: 'public',
        reasons: ['everyone (*) is let in, and no condition pins who'],
        statements: [
          {
            index: 0,
            sid: 'All',
            verdict: 'public',
            because: 'everyone (*) is let in, and no condition pins who',
            letsIn: ['everyone'],
          },
        ],
        letsIn: ['everyone'],
      },
      public: 'yes',
      assumed: ['acl', 'accountBlock', 'bucketBlock', 'ownership'],
    });
  });

  test('null is none, and is told as assumed: a pipe that lost a member writes the same', () =>
    expect(verdictOn({ policy: null, acl: 'private', bucketBlock: null })).toMatchObject({
      effective: { BlockPublicAcls: { value: false, setBy: [] } },
      assumed: ['policy', 'accountBlock', 'bucketBlock', 'ownership'],
    }));

  test('a policy, as its text; one statement without brackets; not public is not "effective"', () => {
    const answer = verdictOn({ id: 7, policy: JSON.stringify(NAMED) });
    expect(answer).toMatchObject({ id: 7, policy: { verdict: 'not-public' }, public: 'no' });
    expect(Object.keys(answer)).toEqual(['id', 'policy', 'public', 'outcomes', 'assumed']);
  });

  test('an ACL', () => {
    const answer = verdictOn({ acl: 'public-read' });
    expect(answer).toMatchObject({ id: null, acl: { verdict: 'public', because: 'READ to everyone' }, public: 'yes' });
    expect(Object.keys(answer)).toEqual(['id', 'acl', 'public', 'outcomes', 'assumed']);
  });

  test('blocks: the value, every level that sets it, and where it is redundant', () => {
    const answer = verdictOn({ accountBlock: ON, bucketBlock: { BlockPublicAcls: true } });
    expect(answer).toMatchObject({
      effective: {
        BlockPublicAcls: { value: true, setBy: ['account', 'bucket'], redundantAt: ['account', 'bucket'] },
        IgnorePublicAcls: { value: true, setBy: ['account'], redundantAt: [] },
        BlockPublicPolicy: { value: true, setBy: ['account'], redundantAt: [] },
        RestrictPublicBuckets: { value: true, setBy: ['account'], redundantAt: [] },
      },
      public: 'no',
    });
  });

  test('every row of the table has an outcome', () => {
    const answer = verdictOn({ policy: PUBLIC }) as { outcomes: object };
    expect(Object.keys(answer.outcomes)).toEqual(
      'W0 W1 W2 W3 W4 A1 A2 A3 A4 P1 P2 P3 R1 R2 R3 R4 R5 R6 X1 X2 X3 X4 S1 S2 S3 S4 C1 C2 C3 U1 U2 U3 H1 M1 M2'.split(
        ' ',
      ),
    );
  });
});

describe('is it public, all told', () => {
  test.each<{ case: string; input: Json; is: string }>([
    { case: 'a public policy', input: { policy: PUBLIC }, is: 'yes' },
    { case: 'under RestrictPublicBuckets', input: { policy: PUBLIC, bucketBlock: ON }, is: 'no' },
    {
      case: 'under the other three flags',
      input: { policy: PUBLIC, bucketBlock: { ...ON, RestrictPublicBuckets: false } },
      is: 'yes',
    },
    { case: 'a policy that names an account', input: { policy: NAMED }, is: 'no' },
    { case: 'a public ACL', input: { acl: 'public-read' }, is: 'yes' },
    {
      case: 'under IgnorePublicAcls',
      input: { acl: 'public-read', accountBlock: { IgnorePublicAcls: true } },
      is: 'no',
    },
    {
      case: 'under BlockPublicAcls, which takes nothing back',
      input: { acl: 'public-read', accountBlock: { BlockPublicAcls: true } },
      is: 'yes',
    },
    { case: 'with ACLs off', input: { acl: 'public-read', ownership: 'BucketOwnerEnforced' }, is: 'no' },
    {
      case: 'a public ACL in a lockdown by a public policy',
      input: { acl: 'public-read', policy: PUBLIC, bucketBlock: { RestrictPublicBuckets: true } },
      is: 'no',
    },
    {
      case: 'an account block that was refused, over a public policy',
      input: { policy: PUBLIC, accountBlock: { unreadable: 'AccessDenied' } },
      is: 'unknown',
    },
    {
      case: 'an account block that was refused, where the bucket restricts',
      input: { policy: PUBLIC, accountBlock: { unreadable: 'AccessDenied' }, bucketBlock: ON },
      is: 'no',
    },
    { case: 'a policy that was refused', input: { policy: { unreadable: 'AccessDenied' } }, is: 'unknown' },
    {
      case: 'a policy that was refused beside a public ACL',
      input: { policy: { unreadable: 'AccessDenied' }, acl: 'public-read' },
      is: 'yes',
    },
    { case: 'an ACL that was refused', input: { acl: { unreadable: 'AccessDenied' } }, is: 'unknown' },
    {
      case: 'an ownership that was refused, over a public ACL',
      input: { acl: 'public-read', ownership: { unreadable: 'AccessDenied' } },
      is: 'unknown',
    },
    { case: 'nothing that could open', input: { ownership: 'ObjectWriter' }, is: 'no' },
    {
      case: 'null is not set',
      input: { policy: null, acl: null, accountBlock: null, bucketBlock: null, ownership: null, owner: null },
      is: 'no',
    },
    {
      case: 'a policy of which AWS does not settle',
      input: {
        policy: { Statement: { ...PUBLIC.Statement[0], Condition: { IpAddress: { 'aws:SourceIp': 'fc00::/7' } } } },
      },
      is: 'unknown',
    },
  ])('$case: $is', ({ input, is }) => expect(verdictOn(input)).toMatchObject({ public: is }));
});

describe('outcomes, as a caller meets them', () => {
  const outcome = (input: Json, row: string) =>
    (verdictOn(input) as { outcomes: Record<string, object> }).outcomes[row];

  test('a public ACL under BlockPublicAcls', () =>
    expect(outcome({ accountBlock: ON, ownership: 'ObjectWriter' }, 'W4')).toEqual({
      outcome: 'denied',
      http: 403,
      code: 'AccessDenied',
      text: 'User: … is not authorized to perform: s3:PutObject on resource: "…" because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access',
      says: 'BlockPublicAcls refuses public ACLs',
    }));

  test('a public ACL where ACLs are off', () =>
    expect(outcome({ ownership: 'BucketOwnerEnforced' }, 'W4')).toEqual({
      outcome: 'denied',
      http: 400,
      code: 'AccessControlListNotSupported',
      text: 'The bucket does not allow ACLs',
      says: 'ACLs are off (BucketOwnerEnforced)',
    }));

  test('a public ACL where both refuse: refused, and which error wins is not settled', () =>
    expect(outcome({ ownership: 'BucketOwnerEnforced', bucketBlock: ON }, 'W4')).toMatchObject({
      outcome: 'denied',
      http: 400,
      code: 'AccessControlListNotSupported',
      or: { http: 403, code: 'AccessDenied' },
    }));

  test('a public ACL where it is ignored', () =>
    expect(outcome({ bucketBlock: { IgnorePublicAcls: true } }, 'W4')).toEqual({
      outcome: 'silently-useless',
      http: 200,
      says: 'accepted and stored, and grants nothing while IgnorePublicAcls is on',
    }));

  test.each<{ row: string; input: Json; is: object }>([
    {
      row: 'P1',
      input: { bucketBlock: ON },
      is: {
        outcome: 'denied',
        http: 403,
        text: 'User: … is not authorized to perform: s3:PutBucketPolicy on resource: "…" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access',
      },
    },
    { row: 'P3', input: { bucketBlock: ON }, is: { outcome: 'denied', http: 403, code: 'AccessDenied' } },
    {
      row: 'P3',
      input: NOTHING_SET,
      is: {
        outcome: 'unknown',
        why: "the access point's own block decides, which is not read; AWS makes them with all four flags on",
      },
    },
    {
      row: 'A1',
      input: { bucketBlock: ON },
      is: {
        outcome: 'denied',
        http: 403,
        text: 'User: … is not authorized to perform: s3:PutObjectAcl on resource: "…" because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access',
      },
    },
    {
      row: 'A3',
      input: { acl: 'public-read' },
      is: {
        outcome: 'denied',
        http: 400,
        code: 'InvalidBucketAclWithObjectOwnership',
        says: 'the stored bucket ACL grants somebody else',
      },
    },
    { row: 'A3', input: { acl: 'log-delivery-write' }, is: { outcome: 'denied', http: 400 } },
    { row: 'A3', input: { acl: 'private' }, is: { outcome: 'allowed', says: 'accepted' } },
    { row: 'A3', input: { ownership: 'BucketOwnerEnforced' }, is: { outcome: 'allowed', says: 'they are off' } },
    {
      row: 'A3',
      input: { ownership: 'BucketOwnerEnforced', acl: 'public-read' },
      is: {
        outcome: 'unknown',
        why: 'ACLs are off over a stored ACL that grants somebody else; whether S3 minds that again, AWS does not say',
      },
    },
    {
      row: 'A4',
      input: NOTHING_SET,
      is: {
        outcome: 'denied',
        http: 400,
        code: 'InvalidBucketAclWithBlockPublicAccessError',
        text: 'Bucket cannot have public ACLs set with BlockPublicAccess enabled',
        says: 'a bucket cannot be created with a public ACL since April 2023',
      },
    },
    {
      row: 'R1',
      input: { bucketBlock: ON },
      is: {
        outcome: 'denied',
        http: 403,
        code: 'AccessDenied',
        text: 'Access Denied',
        says: 'IgnorePublicAcls: public ACLs grant nothing',
      },
    },
    { row: 'R1', input: { ownership: 'BucketOwnerEnforced' }, is: { says: 'ACLs are off (BucketOwnerEnforced)' } },
    {
      row: 'R1',
      input: { policy: PUBLIC, bucketBlock: { RestrictPublicBuckets: true } },
      is: { says: 'RestrictPublicBuckets over a public policy' },
    },
    { row: 'R1', input: NOTHING_SET, is: { outcome: 'allowed', says: 'gets what an object grants by its own ACL' } },
    { row: 'R3', input: NOTHING_SET, is: { outcome: 'denied', says: 'the bucket ACL has no such public grant' } },
    { row: 'R3', input: { acl: 'authenticated-read' }, is: { says: 'the bucket ACL has no such public grant' } },
    {
      row: 'R6',
      input: { acl: 'authenticated-read' },
      is: { outcome: 'allowed', says: 'gets what the bucket ACL grants' },
    },
    { row: 'R6', input: { acl: 'public-read' }, is: { says: 'the bucket ACL has no such public grant' } },
    { row: 'R6', input: { acl: 'public-read-write' }, is: { outcome: 'allowed' } },
    {
      row: 'R6',
      input: { acl: 'public-read-write', accountBlock: ON },
      is: { says: 'IgnorePublicAcls: public ACLs grant nothing' },
    },
    { row: 'R3', input: { acl: 'public-read' }, is: { outcome: 'allowed', says: 'gets what the bucket ACL grants' } },
    {
      row: 'R4',
      input: { policy: NAMED },
      is: { outcome: 'denied', says: 'no statement of a bucket policy is public' },
    },
    {
      row: 'R4',
      input: { policy: PUBLIC, bucketBlock: ON },
      is: { says: 'RestrictPublicBuckets: nobody comes in by a public policy' },
    },
    {
      row: 'R4',
      input: { policy: PUBLIC },
      is: {
        outcome: 'allowed',
        says: "gets what the public statements allow, of objects that the bucket's owner owns",
      },
    },
    {
      row: 'R4',
      input: { policy: { Statement: [{ ...PUBLIC.Statement[0], Action: 's3:ListBucket' }] } },
      is: { outcome: 'denied', says: 'no public statement allows it to unsigned requests' },
    },
    {
      row: 'R5',
      input: { policy: { Statement: [{ ...PUBLIC.Statement[0], Action: 's3:ListBucket' }] } },
      is: {
        outcome: 'allowed',
        says: "gets what the public statements allow, of objects that the bucket's owner owns",
      },
    },
    { row: 'R5', input: { policy: PUBLIC }, is: { says: 'no public statement allows it to unsigned requests' } },
    {
      row: 'R4',
      input: { policy: CONDITIONAL },
      is: {
        outcome: 'unknown',
        why: 'the condition of the public statement decides, and S3 does not count it as a limit',
      },
    },
    {
      row: 'R4',
      input: { policy: CONDITIONAL, bucketBlock: ON },
      is: { says: 'RestrictPublicBuckets: nobody comes in by a public policy' },
    },
    {
      row: 'R4',
      input: { policy: FROM_OFFICE },
      is: { says: 'no statement of a bucket policy is public; unsigned requests get in from 203.0.113.0/24' },
    },
    {
      row: 'C3',
      input: {
        policy: { Statement: [{ ...PUBLIC.Statement[0], Action: 's3:ListBucket' }] },
        ownership: 'BucketOwnerEnforced',
      },
      is: { outcome: 'denied', says: 'nothing here is open to everyone' },
    },
    {
      row: 'R4',
      input: {
        policy: {
          Statement: [
            PUBLIC.Statement[0] as Json,
            { ...PUBLIC.Statement[0], Effect: 'Deny', Condition: { StringNotEquals: { 'aws:SourceVpce': 'v' } } },
          ],
        },
      },
      is: {
        outcome: 'unknown',
        why: 'a Deny statement, which does not count for what S3 calls public, may still shut people out',
      },
    },
    {
      row: 'R4',
      input: {
        policy: {
          Statement: [
            PUBLIC.Statement[0] as Json,
            { ...PUBLIC.Statement[0], Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
          ],
        },
      },
      is: { outcome: 'allowed' },
    },
    {
      row: 'X2',
      input: { policy: PUBLIC, bucketBlock: ON },
      is: {
        outcome: 'denied',
        http: 403,
        code: 'AccessDenied',
        text: 'User: … is not authorized to perform: s3:GetObject on resource: "…" with an explicit deny in a resource-based policy',
        says: 'RestrictPublicBuckets shuts out other accounts, since the bucket policy is public',
      },
    },
    { row: 'X2', input: NOTHING_SET, is: { outcome: 'allowed', says: 'gets in where the policy names it' } },
    {
      row: 'X3',
      input: { ownership: 'BucketOwnerEnforced' },
      is: {
        outcome: 'denied',
        text: 'User: … is not authorized to perform: s3:GetObject on resource: "…" because no resource-based policy allows the s3:GetObject action',
      },
    },
    { row: 'X3', input: NOTHING_SET, is: { outcome: 'allowed', says: 'gets what the ACL grants it' } },
    {
      row: 'X4',
      input: { bucketBlock: ON },
      is: {
        outcome: 'unknown',
        why: 'whether IgnorePublicAcls takes the whole of such an ACL or its public grants alone, AWS does not say',
      },
    },
    { row: 'X4', input: NOTHING_SET, is: { outcome: 'allowed' } },
    { row: 'S4', input: { ownership: 'BucketOwnerEnforced' }, is: { outcome: 'denied', http: 403 } },
    { row: 'S4', input: NOTHING_SET, is: { outcome: 'allowed', says: 'delivered' } },
    {
      row: 'C2',
      input: { policy: PUBLIC, bucketBlock: ON },
      is: {
        outcome: 'unknown',
        why: 'whether RestrictPublicBuckets shuts out an origin access identity, AWS does not say',
      },
    },
    {
      row: 'M1',
      input: NOTHING_SET,
      is: {
        outcome: 'unknown',
        why: "an organisation's S3 policy may hold the account's block: s3-organization-policy shows whether one does",
      },
    },
    {
      row: 'M2',
      input: { accountBlock: ON },
      is: { outcome: 'allowed', says: 'accepted; a flag that the account also sets stays in force' },
    },
    {
      row: 'W0',
      input: { accountBlock: ON, ownership: 'BucketOwnerEnforced' },
      is: { outcome: 'allowed', says: 'no setting here refuses it' },
    },
    { row: 'W2', input: { ownership: 'BucketOwnerEnforced' }, is: { outcome: 'denied', http: 400 } },
    { row: 'W2', input: NOTHING_SET, is: { outcome: 'allowed', says: 'accepted' } },
  ])('$row of $input', ({ row, input, is }) => expect(outcome(input, row)).toMatchObject(is));
});

describe('what is not understood: one sentence', () => {
  test.each<{ case: string; input: Json; error: string }>([
    { case: 'no object', input: [1], error: 'it is no JSON object: write {"policy": …, "acl": …, "accountBlock": …}' },
    {
      case: 'an empty object',
      input: {},
      error: 'it holds nothing to judge (it is empty): write policy, acl, accountBlock, bucketBlock, ownership',
    },
    {
      case: "another tool's object",
      input: { verdict: 'public', buckets: [] },
      error:
        'it holds nothing to judge (found: verdict, buckets): write policy, acl, accountBlock, bucketBlock, ownership',
    },
    {
      case: 'a slip in what says what it is',
      input: { Statements: [] },
      error: 'it holds nothing to judge (found: Statements); did you mean "Statement" by "Statements"?',
    },
    {
      case: 'a member in another case',
      input: { bucketblock: ON },
      error: '"bucketblock" is no member; did you mean "bucketBlock"?',
    },
    {
      case: 'a member with a letter more',
      input: { acls: 'private' },
      error: '"acls" is no member; did you mean "acl"?',
    },
    {
      case: 'a policy that is no JSON',
      input: { policy: '{' },
      error: '"policy" is no policy document: write it as an object, or as its text',
    },
    {
      case: 'a policy that is a list',
      input: { policy: [] },
      error: '"policy" is no policy document: write it as an object, or as its text',
    },
    {
      case: 'a policy without statements',
      input: { policy: { Version: '2012-10-17' } },
      error: '"policy" has no Statement: give the whole document',
    },
    {
      case: 'an ACL that is none',
      input: { acl: 'PublicRead' },
      error: '"acl": "PublicRead" is no canned ACL; did you mean "public-read"?',
    },
    {
      case: 'a block that is no object',
      input: { accountBlock: true },
      error: '"accountBlock" is no block: write {"BlockPublicAcls": true, …}, or null for none',
    },
    {
      case: 'a flag with a slip',
      input: { bucketBlock: { BlockPublicAcl: true } },
      error: '"bucketBlock" has "BlockPublicAcl"; did you mean "BlockPublicAcls"?',
    },
    {
      case: 'a flag that is none',
      input: { bucketBlock: { everything: true } },
      error:
        '"bucketBlock" has "everything": there are BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets',
    },
    {
      case: 'a flag that is a text',
      input: { bucketBlock: { BlockPublicAcls: 'true' } },
      error: '"bucketBlock.BlockPublicAcls" is "true": write true or false',
    },
    {
      case: 'an ownership that is none',
      input: { ownership: 'Me' },
      error:
        '"ownership" is "Me": write BucketOwnerEnforced, BucketOwnerPreferred, ObjectWriter, or null for no ownership controls',
    },
    {
      case: 'an owner that is no account',
      input: { acl: 'private', owner: '42' },
      error: '"owner" is "42": write the 12 digits of the account that owns the bucket, as a text',
    },
    {
      case: 'an owner that is a number',
      input: { acl: 'private', owner: 111122223333 },
      error: '"owner" is 111122223333: write the 12 digits of the account that owns the bucket, as a text',
    },
  ])('$case', ({ input, error }) => expect(verdictOn(input)).toEqual({ id: null, error }));

  test('an id alone is nothing to judge', () =>
    expect(verdictOn({ id: 3 })).toEqual({
      id: 3,
      error: 'it holds nothing to judge (it is empty): write policy, acl, accountBlock, bucketBlock, ownership',
    }));

  test('nested too deeply, with its id', () => {
    let deep: Json = 1;
    for (let level = 0; level < 100; level += 1) deep = [deep];
    expect(verdictOn({ id: 'deep', policy: { Statement: deep } })).toEqual({
      id: 'deep',
      error: 'it is nested too deeply',
    });
  });

  test("another tool's members are passed over, and named", () => {
    expect(verdictOn({ id: 1, acl: 'private', expected: 'not-public', kind: 'x', source: 'y' })).toMatchObject({
      ignored: ['expected', 'kind', 'source'],
      acl: { verdict: 'not-public' },
    });
  });

  test('a block as the API returns it', () =>
    expect(verdictOn({ bucketBlock: { PublicAccessBlockConfiguration: ON } })).toMatchObject({
      effective: { BlockPublicAcls: { value: true, setBy: ['bucket'] } },
    }));

  test('a member called __proto__ is a member like any other', () => {
    const input = JSON.parse(
      '{"__proto__": {"policy": 1}, "id": 3, "policy": {"Statement": {"__proto__": {"Effect": "Allow"}}}}',
    ) as Json;
    expect(verdictOn(input)).toMatchObject({ id: 3, policy: { verdict: 'unknown' }, ignored: ['__proto__'] });
  });
});

describe('what a file may hold', () => {
  test.each<{ case: string; file: Json; is: Json }>([
    { case: 'a policy', file: PUBLIC, is: { policy: PUBLIC } },
    {
      case: 'an ACL as the API returns it',
      file: { Owner: { ID: 'x' }, Grants: [] },
      is: { acl: { Owner: { ID: 'x' }, Grants: [] } },
    },
    { case: 'the headers of a request', file: { headers: {} }, is: { acl: { headers: {} } } },
    {
      case: 'the XML body as CloudTrail tells it',
      file: { AccessControlPolicy: {} },
      is: { acl: { AccessControlPolicy: {} } },
    },
    { case: 'its list alone', file: { AccessControlList: {} }, is: { acl: { AccessControlList: {} } } },
    { case: 'a state', file: { policy: PUBLIC, acl: 'private' }, is: { policy: PUBLIC, acl: 'private' } },
    { case: 'what get-bucket-policy prints', file: { Policy: '{}' }, is: { policy: '{}' } },
    {
      case: 'what get-public-access-block prints',
      file: { PublicAccessBlockConfiguration: ON },
      is: { bucketBlock: { PublicAccessBlockConfiguration: ON } },
    },
    {
      case: 'what get-bucket-ownership-controls prints',
      file: { OwnershipControls: { Rules: [{ ObjectOwnership: 'ObjectWriter' }] } },
      is: { ownership: 'ObjectWriter' },
    },
    { case: 'ownership controls without a rule', file: { OwnershipControls: {} }, is: { OwnershipControls: {} } },
    { case: 'an id beside it', file: { id: 4, Grants: [] }, is: { id: 4, acl: { id: 4, Grants: [] } } },
    { case: 'something else', file: [1], is: [1] },
  ])('$case', ({ file, is }) => expect(asState(file)).toEqual(is));
});

test('grants as the API returns them are masked where the flags beside them say so, a canned ACL never', () => {
  const acl = { Owner: { ID: 'me' }, Grants: [{ Grantee: { ID: 'me' }, Permission: 'FULL_CONTROL' }] };
  const row = (input: Json) => (verdictOn(input) as { outcomes: Record<string, object> }).outcomes['R3'];
  const said = { outcome: 'denied', says: 'IgnorePublicAcls: public ACLs grant nothing' };
  expect([
    row({ acl, bucketBlock: { IgnorePublicAcls: true } }),
    row({ acl }),
    row({ acl: 'private', bucketBlock: { IgnorePublicAcls: true } }),
    row({ acl, accountBlock: { unreadable: 'AccessDenied' } }),
  ]).toMatchObject([
    said,
    { outcome: 'denied', says: 'the bucket ACL has no such public grant' },
    { outcome: 'denied', says: 'the bucket ACL has no such public grant' },
    { outcome: 'unknown', why: "the account's block could not be read (AccessDenied)" },
  ]);
});

test('a grant to the owner that the ACL names is no grant to somebody else', () => {
  const acl = (ID: string) => ({
    Owner: { ID: 'me' },
    Grants: [
      { Grantee: { ID }, Permission: 'READ' },
      { Grantee: { ID: 'me' }, Permission: 'FULL_CONTROL' },
    ],
  });
  const row = (input: Json) =>
    (verdictOn(input) as { outcomes: Record<string, { outcome: string }> }).outcomes['A3']?.outcome;
  expect([
    row({ acl: acl('me') }),
    row({ acl: acl('you') }),
    row({ acl: { Grants: [{ Grantee: { URI: ALL }, Permission: 'READ' }] } }),
  ]).toEqual(['allowed', 'denied', 'denied']);
});
