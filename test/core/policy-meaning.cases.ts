/**
 * When do two resource policies mean the same? Written before the code that answers.
 * `fact` names the source of the expected answer: an AWS page, or the line of aws-facts.md.
 */
export interface PolicyPair {
  readonly case: string;
  readonly fact: string;
  readonly a: unknown;
  readonly b: unknown;
  readonly same: boolean;
}

const BUCKET = 'arn:aws:s3:::exports';
const allow = (more: object) => ({
  Effect: 'Allow',
  Principal: '*',
  Action: 's3:GetObject',
  Resource: `${BUCKET}/*`,
  ...more,
});
const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const condition = (Condition: object) => policy(allow({ Condition }));

export const POLICY_PAIRS: readonly PolicyPair[] = [
  // Writing that carries no meaning
  {
    case: 'order of keys',
    fact: 'JSON objects are unordered (RFC 8259 §4)',
    a: policy({ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: BUCKET }),
    b: {
      Statement: [{ Resource: BUCKET, Action: 's3:GetObject', Principal: '*', Effect: 'Allow' }],
      Version: '2012-10-17',
    },
    same: true,
  },
  {
    case: 'order of statements',
    fact: 'IAM policy evaluation logic: all statements are evaluated, an explicit deny wins whatever its place',
    a: policy(allow({}), allow({ Effect: 'Deny', Action: 's3:PutObject' })),
    b: policy(allow({ Effect: 'Deny', Action: 's3:PutObject' }), allow({})),
    same: true,
  },
  {
    case: 'order of actions and resources',
    fact: 'IAM grammar: Action and Resource are sets of alternatives',
    a: policy(allow({ Action: ['s3:GetObject', 's3:PutObject'], Resource: [`${BUCKET}/a`, `${BUCKET}/b`] })),
    b: policy(allow({ Action: ['s3:PutObject', 's3:GetObject'], Resource: [`${BUCKET}/b`, `${BUCKET}/a`] })),
    same: true,
  },
  {
    case: 'order of principals',
    fact: 'IAM grammar: principals are alternatives',
    a: policy(allow({ Principal: { AWS: ['111122223333', '444455556666'] } })),
    b: policy(allow({ Principal: { AWS: ['444455556666', '111122223333'] } })),
    same: true,
  },
  {
    case: 'order of condition values',
    fact: 'IAM conditions: the values of one key are ORed',
    a: condition({ StringEquals: { 'aws:SourceVpc': ['vpc-1', 'vpc-2'] } }),
    b: condition({ StringEquals: { 'aws:SourceVpc': ['vpc-2', 'vpc-1'] } }),
    same: true,
  },
  {
    case: 'a string and a list of that one string, everywhere',
    fact: 'IAM grammar: a list of one element needs no brackets',
    a: policy(
      allow({
        Action: 's3:GetObject',
        Principal: { AWS: '111122223333' },
        Condition: { Bool: { 'aws:SecureTransport': 'true' } },
      }),
    ),
    b: policy(
      allow({
        Action: ['s3:GetObject'],
        Principal: { AWS: ['111122223333'] },
        Condition: { Bool: { 'aws:SecureTransport': ['true'] } },
      }),
    ),
    same: true,
  },
  {
    case: 'one statement as an object and as a list',
    fact: 'IAM grammar: Statement is an object or a list',
    a: { Version: '2012-10-17', Statement: allow({}) },
    b: policy(allow({})),
    same: true,
  },
  {
    case: 'case of an action',
    fact: 'IAM: action names are not case-sensitive',
    a: policy(allow({ Action: 's3:GetObject' })),
    b: policy(allow({ Action: 'S3:getobject' })),
    same: true,
  },
  {
    case: 'case of a condition key',
    fact: 'aws-facts §2.3, last row: condition keys are case-insensitive',
    a: condition({ StringEquals: { 'aws:SourceVpc': 'vpc-1' } }),
    b: condition({ StringEquals: { 'AWS:sourcevpc': 'vpc-1' } }),
    same: true,
  },
  {
    case: 'account id and root ARN',
    fact: 'IAM principal element: the account id and arn:aws:iam::ID:root name the same principal',
    a: policy(allow({ Principal: { AWS: '111122223333' } })),
    b: policy(allow({ Principal: { AWS: 'arn:aws:iam::111122223333:root' } })),
    same: true,
  },
  {
    case: 'account id and root ARN in another partition',
    fact: 'the same rule in aws-cn and aws-us-gov: the ids belong to one partition each',
    a: policy(allow({ Principal: { AWS: '111122223333' } })),
    b: policy(allow({ Principal: { AWS: 'arn:aws-cn:iam::111122223333:root' } })),
    same: true,
  },
  {
    case: 'duplicates: actions, principals (in both writings), statements',
    fact: 'sets of alternatives; a repeated statement allows nothing more',
    a: policy(
      allow({
        Action: ['s3:GetObject', 'S3:GetObject'],
        Principal: { AWS: ['111122223333', 'arn:aws:iam::111122223333:root'] },
      }),
    ),
    b: policy(
      allow({ Action: 's3:GetObject', Principal: { AWS: '111122223333' } }),
      allow({ Action: 's3:GetObject', Principal: { AWS: '111122223333' } }),
    ),
    same: true,
  },
  {
    case: 'star and {"AWS": star}',
    fact: 'IAM principal element: in resource policies both mean everyone',
    a: policy(allow({ Principal: '*' })),
    b: policy(allow({ Principal: { AWS: '*' } })),
    same: true,
  },
  {
    case: 'Sid and Id are labels',
    fact: 'IAM: Sid and Id are identifiers, no part of the evaluation',
    a: { ...policy(allow({ Sid: 'A' })), Id: 'one' },
    b: policy(allow({ Sid: 'B' })),
    same: true,
  },
  {
    case: 'no Version and 2008-10-17',
    fact: 'IAM Version element: without it the default is 2008-10-17',
    a: { Statement: [allow({})] },
    b: { Version: '2008-10-17', Statement: [allow({})] },
    same: true,
  },
  {
    case: 'booleans and numbers as text',
    fact: 'IAM grammar: condition values may be strings, numbers or booleans',
    a: condition({ Bool: { 'aws:SecureTransport': false }, NumericLessThan: { 's3:max-keys': 10 } }),
    b: condition({ Bool: { 'aws:SecureTransport': 'false' }, NumericLessThan: { 's3:max-keys': '10' } }),
    same: true,
  },
  {
    case: 'an address and its /32',
    fact: 'IAM IP address operators: without a prefix IAM uses /32',
    a: condition({ IpAddress: { 'aws:SourceIp': '203.0.113.7' } }),
    b: condition({ IpAddress: { 'aws:SourceIp': '203.0.113.7/32' } }),
    same: true,
  },
  // Differences that matter
  {
    case: 'effect',
    fact: 'Allow is not Deny',
    a: policy(allow({})),
    b: policy(allow({ Effect: 'Deny' })),
    same: false,
  },
  {
    case: 'one action more',
    fact: 'it allows more',
    a: policy(allow({})),
    b: policy(allow({ Action: ['s3:GetObject', 's3:PutObject'] })),
    same: false,
  },
  {
    case: 'case of a resource',
    fact: 'S3 keys and ARNs are case-sensitive',
    a: policy(allow({ Resource: `${BUCKET}/A` })),
    b: policy(allow({ Resource: `${BUCKET}/a` })),
    same: false,
  },
  {
    case: 'case of a condition value',
    fact: 'StringEquals is case-sensitive',
    a: condition({ StringEquals: { 'aws:PrincipalOrgID': 'o-abc' } }),
    b: condition({ StringEquals: { 'aws:PrincipalOrgID': 'o-ABC' } }),
    same: false,
  },
  {
    case: 'a condition more',
    fact: 'conditions are ANDed',
    a: policy(allow({})),
    b: condition({ Bool: { 'aws:SecureTransport': 'true' } }),
    same: false,
  },
  {
    case: 'operator with and without IfExists',
    fact: 'aws-facts §2.3: …IfExists is no limit where the key is absent',
    a: condition({ StringEquals: { 'aws:SourceVpc': 'vpc-1' } }),
    b: condition({ StringEqualsIfExists: { 'aws:SourceVpc': 'vpc-1' } }),
    same: false,
  },
  {
    case: 'Principal and NotPrincipal',
    fact: 'they are opposites',
    a: policy(allow({ Principal: { AWS: '111122223333' } })),
    b: policy({
      Effect: 'Allow',
      NotPrincipal: { AWS: '111122223333' },
      Action: 's3:GetObject',
      Resource: `${BUCKET}/*`,
    }),
    same: false,
  },
  {
    case: 'account root and a role of that account',
    fact: 'the root ARN names the whole account',
    a: policy(allow({ Principal: { AWS: '111122223333' } })),
    b: policy(allow({ Principal: { AWS: 'arn:aws:iam::111122223333:role/reader' } })),
    same: false,
  },
  {
    case: 'an AWS star beside a service is not everyone alone',
    fact: 'principal types are alternatives: the service principal is named besides',
    a: policy(allow({ Principal: { AWS: '*', Service: 'logging.s3.amazonaws.com' } })),
    b: policy(allow({ Principal: { AWS: '*' } })),
    same: false,
  },
  {
    case: 'two statements, and one with both lists crossed',
    fact: 'two statements allow a/A and b/B; the crossed one also a/B and b/A',
    a: policy(
      allow({ Action: 's3:GetObject', Resource: `${BUCKET}/a` }),
      allow({ Action: 's3:PutObject', Resource: `${BUCKET}/b` }),
    ),
    b: policy(allow({ Action: ['s3:GetObject', 's3:PutObject'], Resource: [`${BUCKET}/a`, `${BUCKET}/b`] })),
    same: false,
  },
  {
    case: 'language versions',
    fact: 'IAM Version element: ${…} is a variable in 2012-10-17 and plain text in 2008-10-17',
    a: { Version: '2012-10-17', Statement: [allow({ Resource: `${BUCKET}/\${aws:username}` })] },
    b: { Version: '2008-10-17', Statement: [allow({ Resource: `${BUCKET}/\${aws:username}` })] },
    same: false,
  },
  {
    case: 'Action and NotAction',
    fact: 'they are opposites',
    a: policy(allow({})),
    b: policy({ Effect: 'Allow', Principal: '*', NotAction: 's3:GetObject', Resource: `${BUCKET}/*` }),
    same: false,
  },
  {
    case: 'a member called __proto__',
    fact: 'JSON.parse makes it an own member; it is text like any other',
    a: JSON.parse('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","__proto__":{"Action":"*"}}]}'),
    b: JSON.parse('{"Version":"2012-10-17","Statement":[{"Effect":"Allow"}]}'),
    same: false,
  },
];
