import type { Json, JsonObject } from '#core/json.ts';
import type { PlannedSetting, UnknownCode } from '#core/planned/planned-changes.ts';
import { ALL_ON } from './terraform-plan.cases.ts';

/** What DescribeChangeSet tells of a resource is in the API reference (ResourceChange, IncludePropertyValues). */
export interface ChangeSetCase {
  readonly case: string;
  readonly fact: string;
  readonly changes: readonly JsonObject[];
  readonly is?: readonly Partial<PlannedSetting>[];
  readonly unknown?: readonly (readonly [address: string, why: RegExp])[];
  readonly aside?: readonly (readonly [address: string, why: RegExp])[];
}

interface Sides {
  readonly id?: string;
  readonly before?: JsonObject;
  readonly after?: JsonObject;
  readonly more?: JsonObject;
}

/** One entry of `Changes`; contexts are JSON in a text, as the API gives them. */
export const resource = (logical: string, of: readonly [type: string, action: string], sides: Sides): JsonObject => ({
  Type: 'Resource',
  ResourceChange: {
    Action: of[1],
    LogicalResourceId: logical,
    ResourceType: of[0],
    ...(sides.id === undefined ? {} : { PhysicalResourceId: sides.id }),
    ...(sides.before === undefined ? {} : { BeforeContext: JSON.stringify({ Properties: sides.before }) }),
    ...(sides.after === undefined ? {} : { AfterContext: JSON.stringify({ Properties: sides.after }) }),
    ...sides.more,
  },
});

const BUCKET = 'AWS::S3::Bucket';
const POLICY_OF = 'AWS::S3::BucketPolicy';
const IP_SET = 'AWS::WAFv2::IPSet';
const API = 'CloudFormation API reference, ResourceChange';
const MARKER = 'cloudformation-coverage-roadmap#2113: {{changeSet:KNOWN_AFTER_APPLY}}';
const POLICY = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::films/*' }],
};
const films = { kind: 's3-bucket', id: 'films', account: '111122223333' };
const set = (value: Json) => ({ is: 'set', value }) as const;
const unknown = (code: UnknownCode) => ({ is: 'unknown', code }) as const;

export const CHANGE_SET_CASES: readonly ChangeSetCase[] = [
  {
    case: "a bucket's block, its flags as texts",
    fact: 'AWS::S3::Bucket PublicAccessBlockConfiguration; contexts tell values as texts',
    changes: [
      resource('Films', [BUCKET, 'Modify'], {
        id: 'films',
        before: { Tags: [] },
        after: {
          Tags: [],
          PublicAccessBlockConfiguration: {
            BlockPublicAcls: 'true',
            IgnorePublicAcls: 'true',
            BlockPublicPolicy: true,
            RestrictPublicBuckets: 'true',
          },
        },
      }),
    ],
    is: [{ ...films, address: 'Films', path: 'publicAccessBlock', value: set(ALL_ON), isNew: false }],
  },
  {
    case: 'ownership, a canned ACL and a website',
    fact: 'AWS::S3::Bucket OwnershipControls, AccessControl, WebsiteConfiguration',
    changes: [
      resource('Films', [BUCKET, 'Modify'], {
        id: 'films',
        before: {},
        after: {
          OwnershipControls: { Rules: [{ ObjectOwnership: 'ObjectWriter' }] },
          AccessControl: 'PublicReadWrite',
          WebsiteConfiguration: {
            IndexDocument: 'index.html',
            ErrorDocument: 'error.html',
            RoutingRules: [{ RedirectRule: { HostName: 'b' }, RoutingRuleCondition: { KeyPrefixEquals: 'docs/' } }],
          },
        },
      }),
    ],
    is: [
      { ...films, path: 'ownership', value: set('ObjectWriter') },
      { ...films, path: 'acl', value: set('public-read-write') },
      {
        ...films,
        path: 'website',
        value: set({
          IndexDocument: { Suffix: 'index.html' },
          ErrorDocument: { Key: 'error.html' },
          RoutingRules: [{ Redirect: { HostName: 'b' }, Condition: { KeyPrefixEquals: 'docs/' } }],
        }),
      },
    ],
  },
  {
    case: 'what is the same before and after is not proposed',
    fact: API,
    changes: [
      resource('Films', [BUCKET, 'Modify'], {
        id: 'films',
        before: { AccessControl: 'Private', Tags: [] },
        after: { AccessControl: 'Private', Tags: [{ Key: 'a', Value: 'b' }] },
      }),
    ],
  },
  {
    case: 'what is left out of the template: what becomes of it is not told',
    fact: 'not documented for each property',
    changes: [
      resource('Films', [BUCKET, 'Modify'], {
        id: 'films',
        before: { OwnershipControls: { Rules: [{ ObjectOwnership: 'ObjectWriter' }] } },
        after: {},
      }),
    ],
    is: [{ ...films, path: 'ownership', value: unknown('LeftOutOfTemplate') }],
  },
  {
    case: 'a value that is known after apply',
    fact: MARKER,
    changes: [
      resource('FilmsPolicy', [POLICY_OF, 'Modify'], {
        before: { Bucket: 'films', PolicyDocument: POLICY },
        after: {
          Bucket: 'films',
          PolicyDocument: { ...POLICY, Statement: [{ Principal: { AWS: '{{changeSet:KNOWN_AFTER_APPLY}}' } }] },
        },
      }),
    ],
    is: [{ ...films, path: 'policy', value: unknown('KnownAfterApply') }],
  },
  ...[
    { written: '{{resolve:ssm:/shop/policy}}', what: 'a dynamic reference' },
    { written: { Ref: 'Films' }, what: 'a Ref' },
    { written: { 'Fn::GetAtt': ['Films', 'Arn'] }, what: 'a GetAtt' },
  ].map(({ written, what }): ChangeSetCase => ({
    case: `${what} that is not resolved`,
    fact: 'CloudFormation user guide, dynamic references and intrinsic functions',
    changes: [
      resource('FilmsPolicy', [POLICY_OF, 'Modify'], {
        before: { Bucket: 'films', PolicyDocument: POLICY },
        after: { Bucket: 'films', PolicyDocument: { Version: '2012-10-17', Statement: [{ Resource: written }] } },
      }),
    ],
    is: [{ ...films, path: 'policy', value: unknown('KnownAfterApply') }],
  })),
  {
    case: 'a parameter with NoEcho',
    fact: 'CloudFormation user guide, NoEcho: masked as ****',
    changes: [resource('Films', [BUCKET, 'Modify'], { id: 'films', before: {}, after: { AccessControl: '****' } })],
    is: [{ ...films, path: 'acl', value: unknown('Sensitive') }],
  },
  {
    case: 'a policy is added to a bucket that is there',
    fact: 'AWS::S3::BucketPolicy',
    changes: [resource('P', [POLICY_OF, 'Add'], { after: { Bucket: 'films', PolicyDocument: POLICY } })],
    is: [{ ...films, path: 'policy', value: set(POLICY) }],
  },
  {
    case: 'a policy of a bucket that is not told',
    fact: MARKER,
    changes: [
      resource('P', [POLICY_OF, 'Add'], {
        after: { Bucket: '{{changeSet:KNOWN_AFTER_APPLY}}', PolicyDocument: POLICY },
      }),
    ],
    unknown: [['P', /which bucket/]],
  },
  {
    case: 'a policy removed, and one that is kept',
    fact: `${API}, PolicyAction`,
    changes: [
      resource('P', [POLICY_OF, 'Remove'], {
        before: { Bucket: 'films', PolicyDocument: POLICY },
        more: { PolicyAction: 'Delete' },
      }),
      resource('Q', [POLICY_OF, 'Remove'], {
        before: { Bucket: 'books', PolicyDocument: POLICY },
        more: { PolicyAction: 'Retain' },
      }),
    ],
    is: [{ ...films, path: 'policy', value: set(null) }],
    aside: [['Q', /stays/]],
  },
  {
    case: 'a policy moves to another bucket',
    fact: 'AWS::S3::BucketPolicy Bucket: update requires replacement',
    changes: [
      resource('P', [POLICY_OF, 'Modify'], {
        before: { Bucket: 'films', PolicyDocument: POLICY },
        after: { Bucket: 'books', PolicyDocument: POLICY },
        more: { Replacement: 'True', PolicyAction: 'ReplaceAndDelete' },
      }),
    ],
    is: [
      { ...films, path: 'policy', value: set(null) },
      { kind: 's3-bucket', id: 'books', path: 'policy', value: set(POLICY) },
    ],
  },
  {
    case: 'a bucket removed goes, one that is retained stays',
    fact: `${API}, PolicyAction`,
    changes: [
      resource('Films', [BUCKET, 'Remove'], { id: 'films', more: { PolicyAction: 'Delete' } }),
      resource('Books', [BUCKET, 'Remove'], { id: 'books', more: { PolicyAction: 'Retain' } }),
    ],
    is: [{ ...films, path: 'exists', value: set(null) }],
    aside: [['Books', /stays/]],
  },
  {
    case: 'a bucket replaced goes, and one that may be replaced is not known',
    fact: `${API}, Replacement`,
    changes: [
      resource('Films', [BUCKET, 'Modify'], {
        id: 'films',
        before: { BucketName: 'films' },
        after: { BucketName: 'films-2' },
        more: { Replacement: 'True', PolicyAction: 'ReplaceAndDelete' },
      }),
      resource('Books', [BUCKET, 'Modify'], {
        id: 'books',
        before: {},
        after: { BucketName: '{{changeSet:KNOWN_AFTER_APPLY}}' },
        more: { Replacement: 'Conditional', PolicyAction: 'ReplaceAndDelete' },
      }),
    ],
    is: [{ ...films, path: 'exists', value: set(null) }],
    unknown: [['Books', /may be replaced/]],
    aside: [['Films', /created/]],
  },
  {
    case: 'an IP set, by its physical id',
    fact: 'AWS::WAFv2::IPSet: Ref gives name|id|scope',
    changes: [
      resource('Office', [IP_SET, 'Modify'], {
        id: 'office|0a1b|REGIONAL',
        before: { Addresses: [] },
        after: { Addresses: ['203.0.113.0/24'] },
      }),
      resource('Edge', [IP_SET, 'Remove'], { id: 'edge|0a1c|CLOUDFRONT', more: { PolicyAction: 'Delete' } }),
    ],
    is: [
      {
        kind: 'waf-ip-set',
        id: 'office',
        region: 'eu-west-1',
        account: '111122223333',
        path: 'addresses',
        value: set(['203.0.113.0/24']),
      },
      { kind: 'waf-ip-set', id: 'edge', region: 'global', path: 'exists', value: set(null) },
    ],
  },
  {
    case: 'a web ACL, a rule group, what stands before a load balancer, a distribution and how it signs',
    fact: 'aws-facts §6, §3.2 C1–C3',
    changes: [
      resource('Acl', ['AWS::WAFv2::WebACL', 'Modify'], {
        id: 'shop|0a1b|REGIONAL',
        before: { DefaultAction: { Allow: {} } },
        after: { DefaultAction: { Block: {} } },
      }),
      resource('Group', ['AWS::WAFv2::RuleGroup', 'Modify'], { id: 'own|0a1b|REGIONAL' }),
      resource('Tie', ['AWS::WAFv2::WebACLAssociation', 'Add'], { after: { ResourceArn: 'arn' } }),
      resource('Films', ['AWS::CloudFront::Distribution', 'Remove'], { id: 'E1', more: { PolicyAction: 'Delete' } }),
      resource('Signing', ['AWS::CloudFront::OriginAccessControl', 'Modify'], {
        id: 'E2',
        before: { OriginAccessControlConfig: { SigningBehavior: 'always' } },
        after: { OriginAccessControlConfig: { SigningBehavior: 'never' } },
      }),
    ],
    unknown: [
      ['Acl', /^a WAF web ACL changes, and what that does is not understood$/],
      ['Group', /not understood/],
      ['Tie', /load balancer.*not understood/],
      ['Films', /not understood/],
      ['Signing', /not understood/],
    ],
  },
  {
    case: 'the same where only tags and descriptions move, where it is new, and where it is kept',
    fact: `${API}, Action and PolicyAction`,
    changes: [
      resource('Acl', ['AWS::WAFv2::WebACL', 'Modify'], {
        id: 'shop|0a1b|REGIONAL',
        before: { DefaultAction: { Allow: {} }, Tags: [] },
        after: { DefaultAction: { Allow: {} }, Tags: [{ Key: 'a', Value: 'b' }], Description: 'ours' },
      }),
      resource('New', ['AWS::WAFv2::WebACL', 'Add'], { after: { DefaultAction: { Block: {} } } }),
      resource('Kept', ['AWS::WAFv2::WebACLAssociation', 'Remove'], { id: 'x', more: { PolicyAction: 'Retain' } }),
    ],
    aside: [
      ['New', /created/],
      ['Kept', /stays/],
    ],
  },
  {
    case: 'what stands above the account: an S3 policy, one of a type that is not told, and an account that moves',
    fact: 'aws-facts §1.8',
    changes: [
      resource('Block', ['AWS::Organizations::Policy', 'Modify'], {
        id: 'p-1',
        before: { Type: 'S3_POLICY', TargetIds: [] },
        after: { Type: 'S3_POLICY', TargetIds: ['ou-1'] },
      }),
      resource('Guard', ['AWS::Organizations::Policy', 'Remove'], {
        id: 'p-2',
        before: { Type: 'SERVICE_CONTROL_POLICY' },
      }),
      resource('Which', ['AWS::Organizations::Policy', 'Remove'], { id: 'p-3' }),
      resource('Shop', ['AWS::Organizations::Account', 'Modify'], {
        id: '111122223333',
        before: { ParentIds: ['ou-1'] },
        after: { ParentIds: ['ou-2'] },
      }),
      resource('Named', ['AWS::Organizations::Account', 'Modify'], {
        id: '111122223334',
        before: { ParentIds: ['ou-1'], AccountName: 'a' },
        after: { ParentIds: ['ou-1'], AccountName: 'b' },
      }),
      resource('Waf', ['AWS::FMS::Policy', 'Modify'], {
        id: 'f-1',
        after: { SecurityServicePolicyData: { Type: 'WAFV2' } },
      }),
      resource('Groups', ['AWS::FMS::Policy', 'Modify'], {
        id: 'f-2',
        after: { SecurityServicePolicyData: { Type: 'SECURITY_GROUPS_COMMON' } },
      }),
    ],
    unknown: [
      ['Block', /organisation's S3 policy.*not understood/],
      ['Which', /type that is not told.*not understood/],
      ['Shop', /stands in the organisation/],
      ['Waf', /Firewall Manager/],
    ],
  },
  {
    case: 'AWS told no property values',
    fact: 'API reference, IncludePropertyValues',
    changes: [resource('Films', [BUCKET, 'Modify'], { id: 'films' })],
    unknown: [['Films', /no property values/]],
  },
  {
    case: 'a context that is no JSON',
    fact: API,
    changes: [resource('Films', [BUCKET, 'Modify'], { id: 'films', more: { AfterContext: '{', BeforeContext: '{}' } })],
    unknown: [['Films', /no property values/]],
  },
  {
    case: 'a nested stack is not looked into, and said',
    fact: `${API}, ChangeSetId of the nested change set`,
    changes: [resource('Shop', ['AWS::CloudFormation::Stack', 'Modify'], { id: 'arn' })],
    unknown: [['Shop', /nested stack/]],
  },
  {
    case: 'an action that AWS cannot determine',
    fact: `${API}, Action: Dynamic`,
    changes: [resource('Films', [BUCKET, 'Dynamic'], { id: 'films' })],
    unknown: [['Films', /cannot be determined/]],
  },
  {
    case: 'a new bucket; what is only imported; what is nothing of ours',
    fact: `${API}, Action`,
    changes: [
      resource('New', [BUCKET, 'Add'], { after: { BucketName: 'new', AccessControl: 'PublicRead' } }),
      resource('Old', [BUCKET, 'Import'], { id: 'old', after: {} }),
      resource('Synced', [BUCKET, 'SyncWithActual'], { id: 'synced' }),
      resource('Queue', ['AWS::SQS::Queue', 'Remove'], { id: 'q' }),
    ],
    aside: [['New', /created/]],
  },
];
