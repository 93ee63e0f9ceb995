import type { Json, JsonObject } from '#core/json.ts';
import type { PlannedSetting } from '#core/planned/planned-changes.ts';

/**
 * The form of a plan is that of Terraform's page "JSON Output Format" (format_version 1.x: actions, before, after, after_unknown,
 * after_sensitive); what the attributes are called, that of the AWS provider's pages on each resource.
 */
export interface TerraformCase {
  readonly case: string;
  /** Where it is said that this is so. */
  readonly fact: string;
  readonly changes: readonly JsonObject[];
  readonly configuration?: JsonObject;
  readonly is?: readonly Partial<PlannedSetting>[];
  /** The addresses and sentences of what is not understood. */
  readonly unknown?: readonly (readonly [address: string, why: RegExp])[];
  /** The same of what is set aside as having no effect on what is there. */
  readonly aside?: readonly (readonly [address: string, why: RegExp])[];
}

interface Side {
  readonly before?: Json;
  readonly after?: Json;
  readonly after_unknown?: Json;
  readonly after_sensitive?: Json;
}

/** One entry of `resource_changes`: `aws_s3_bucket_policy.films` with its actions. */
export const change = (address: string, actions: readonly string[], side: Side): JsonObject => {
  const [, module, type = '', name = ''] = /^(module\..*\.)?([a-z0-9_]+)\.([\w-]+)/.exec(address) ?? [];
  return {
    address,
    ...(module === undefined ? {} : { module_address: module.slice(0, -1) }),
    mode: 'managed',
    type,
    name,
    provider_name: 'registry.terraform.io/hashicorp/aws',
    change: {
      actions,
      before: null,
      after: null,
      after_unknown: {},
      before_sensitive: {},
      after_sensitive: {},
      ...side,
    },
  };
};

const CREATE = ['create'];
const UPDATE = ['update'];
const DELETE = ['delete'];
const REPLACE = ['delete', 'create'];

const ON = {
  block_public_acls: true,
  ignore_public_acls: true,
  block_public_policy: true,
  restrict_public_buckets: true,
};
export const ALL_ON = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};
const POLICY = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::films/*' }],
};
const FORMAT = 'Terraform, JSON Output Format';
const provider = (type: string): string => `AWS provider, ${type}`;
const KNOWN_AFTER_APPLY = { is: 'unknown', code: 'KnownAfterApply' } as const;
const set = (value: Json) => ({ is: 'set', value }) as const;
const NOT_SET = set(null);
const films = { kind: 's3-bucket', id: 'films' };
const IP_SET_ARN = 'arn:aws:wafv2:eu-west-1:111122223333:regional/ipset/office/0a1b';

export const TERRAFORM_CASES: readonly TerraformCase[] = [
  {
    case: "the account's block, created: it is set in whichever account it is applied in",
    fact: provider('aws_s3_account_public_access_block'),
    changes: [
      change('aws_s3_account_public_access_block.this', CREATE, {
        after: ON,
        after_unknown: { id: true, account_id: true },
      }),
    ],
    is: [{ kind: 's3-account-block', path: 'publicAccessBlock', value: set(ALL_ON), isNew: false }],
  },
  {
    case: "the account's block, updated: the plan names the account",
    fact: provider('aws_s3_account_public_access_block'),
    changes: [
      change('aws_s3_account_public_access_block.this', UPDATE, {
        before: { ...ON, block_public_acls: false, account_id: '111122223333', id: '111122223333' },
        after: { ...ON, account_id: '111122223333', id: '111122223333' },
      }),
    ],
    is: [{ kind: 's3-account-block', account: '111122223333', value: set(ALL_ON) }],
  },
  {
    case: "the account's block, destroyed: no flag is set",
    fact: provider('aws_s3_account_public_access_block'),
    changes: [
      change('aws_s3_account_public_access_block.this', DELETE, { before: { ...ON, account_id: '111122223333' } }),
    ],
    is: [{ kind: 's3-account-block', account: '111122223333', path: 'publicAccessBlock', value: NOT_SET }],
  },
  {
    case: "a bucket's block, with a flag that is left out: off",
    fact: provider('aws_s3_bucket_public_access_block'),
    changes: [
      change('aws_s3_bucket_public_access_block.films', UPDATE, {
        before: { bucket: 'films' },
        after: { bucket: 'films', block_public_acls: true },
      }),
    ],
    is: [
      {
        ...films,
        path: 'publicAccessBlock',
        value: set({
          BlockPublicAcls: true,
          IgnorePublicAcls: false,
          BlockPublicPolicy: false,
          RestrictPublicBuckets: false,
        }),
      },
    ],
  },
  {
    case: "a bucket's block of which one flag is known after apply: the whole is not known",
    fact: FORMAT,
    changes: [
      change('aws_s3_bucket_public_access_block.films', UPDATE, {
        after: { bucket: 'films', block_public_acls: true },
        after_unknown: { restrict_public_buckets: true },
      }),
    ],
    is: [{ ...films, path: 'publicAccessBlock', value: KNOWN_AFTER_APPLY }],
  },
  {
    case: 'a block whose destruction leaves it standing',
    fact: provider('aws_s3_bucket_public_access_block, skip_destroy'),
    changes: [
      change('aws_s3_bucket_public_access_block.films', DELETE, {
        before: { bucket: 'films', ...ON, skip_destroy: true },
      }),
    ],
    aside: [['aws_s3_bucket_public_access_block.films', /stays/]],
  },
  {
    case: 'a policy, written as JSON in a text',
    fact: provider('aws_s3_bucket_policy'),
    changes: [
      change('aws_s3_bucket_policy.films', CREATE, {
        after: { bucket: 'films', policy: JSON.stringify(POLICY) },
        after_unknown: { id: true },
      }),
    ],
    is: [{ ...films, address: 'aws_s3_bucket_policy.films', path: 'policy', value: set(POLICY) }],
  },
  {
    case: 'a policy that is known after apply is unknown, and not absent',
    fact: FORMAT,
    changes: [
      change('aws_s3_bucket_policy.films', UPDATE, { after: { bucket: 'films' }, after_unknown: { policy: true } }),
    ],
    is: [{ ...films, path: 'policy', value: KNOWN_AFTER_APPLY }],
  },
  {
    case: 'a sensitive policy is not read: what is said of it would tell it',
    fact: FORMAT,
    changes: [
      change('aws_s3_bucket_policy.films', UPDATE, {
        after: { bucket: 'films', policy: JSON.stringify(POLICY) },
        after_sensitive: { policy: true },
      }),
    ],
    is: [{ ...films, path: 'policy', value: { is: 'unknown', code: 'Sensitive' } }],
  },
  {
    case: 'a policy that is no JSON',
    fact: provider('aws_s3_bucket_policy'),
    changes: [change('aws_s3_bucket_policy.films', UPDATE, { after: { bucket: 'films', policy: '{' } })],
    is: [{ ...films, path: 'policy', value: { is: 'unknown', code: 'MalformedPolicy' } }],
  },
  {
    case: 'a policy destroyed',
    fact: provider('aws_s3_bucket_policy'),
    changes: [change('aws_s3_bucket_policy.films', DELETE, { before: { bucket: 'films', policy: '{}' } })],
    is: [{ ...films, path: 'policy', value: NOT_SET }],
  },
  {
    case: 'a policy that moves to another bucket: gone from the one, set on the other',
    fact: `${FORMAT}: ["delete", "create"] is a replacement`,
    changes: [
      change('aws_s3_bucket_policy.films', REPLACE, {
        before: { bucket: 'films', policy: JSON.stringify(POLICY) },
        after: { bucket: 'books', policy: JSON.stringify(POLICY) },
      }),
    ],
    is: [
      { ...films, path: 'policy', value: NOT_SET },
      { kind: 's3-bucket', id: 'books', path: 'policy', value: set(POLICY) },
    ],
  },
  {
    case: 'a setting replaced on the same bucket is as it is in the end',
    fact: FORMAT,
    changes: [
      change('aws_s3_bucket_ownership_controls.films', REPLACE, {
        before: { bucket: 'films', rule: [{ object_ownership: 'ObjectWriter' }] },
        after: { bucket: 'films', rule: [{ object_ownership: 'BucketOwnerEnforced' }] },
      }),
    ],
    is: [{ ...films, path: 'ownership', value: set('BucketOwnerEnforced') }],
  },
  {
    case: 'a canned ACL; the grants that come of it are known after apply',
    fact: provider('aws_s3_bucket_acl'),
    changes: [
      change('aws_s3_bucket_acl.films', CREATE, {
        after: { bucket: 'films', acl: 'public-read' },
        after_unknown: { id: true, access_control_policy: true },
      }),
    ],
    is: [{ ...films, path: 'acl', value: set('public-read') }],
  },
  {
    case: 'an ACL by grants',
    fact: provider('aws_s3_bucket_acl'),
    changes: [
      change('aws_s3_bucket_acl.films', UPDATE, {
        after: {
          bucket: 'films',
          acl: null,
          access_control_policy: [
            {
              grant: [
                { permission: 'FULL_CONTROL', grantee: [{ type: 'CanonicalUser', id: 'abc', uri: '' }] },
                {
                  permission: 'READ',
                  grantee: [{ type: 'Group', id: '', uri: 'http://acs.amazonaws.com/groups/global/AllUsers' }],
                },
              ],
              owner: [{ id: 'abc' }],
            },
          ],
        },
      }),
    ],
    is: [
      {
        ...films,
        path: 'acl',
        value: set({
          Grants: [
            { Grantee: { ID: 'abc' }, Permission: 'FULL_CONTROL' },
            { Grantee: { URI: 'http://acs.amazonaws.com/groups/global/AllUsers' }, Permission: 'READ' },
          ],
        }),
      },
    ],
  },
  {
    case: 'an ACL destroyed stays: Terraform only forgets it',
    fact: `${provider('aws_s3_bucket_acl')}: destroying does not delete the ACL`,
    changes: [change('aws_s3_bucket_acl.films', DELETE, { before: { bucket: 'films', acl: 'public-read' } })],
    aside: [['aws_s3_bucket_acl.films', /stays/]],
  },
  {
    case: 'object ownership destroyed',
    fact: provider('aws_s3_bucket_ownership_controls'),
    changes: [
      change('aws_s3_bucket_ownership_controls.films', DELETE, {
        before: { bucket: 'films', rule: [{ object_ownership: 'BucketOwnerEnforced' }] },
      }),
    ],
    is: [{ ...films, path: 'ownership', value: NOT_SET }],
  },
  {
    case: 'a website',
    fact: provider('aws_s3_bucket_website_configuration'),
    changes: [
      change('aws_s3_bucket_website_configuration.films', CREATE, {
        after: {
          bucket: 'films',
          index_document: [{ suffix: 'index.html' }],
          error_document: [{ key: 'error.html' }],
          redirect_all_requests_to: [],
        },
        after_unknown: { routing_rule: true, routing_rules: true, website_endpoint: true },
      }),
    ],
    is: [
      {
        ...films,
        path: 'website',
        value: set({ IndexDocument: { Suffix: 'index.html' }, ErrorDocument: { Key: 'error.html' } }),
      },
    ],
  },
  {
    case: 'an IP set: the scope says where it is, the ARN whose',
    fact: provider('aws_wafv2_ip_set'),
    changes: [
      change('aws_wafv2_ip_set.office', UPDATE, {
        before: { name: 'office', scope: 'REGIONAL', arn: IP_SET_ARN, addresses: [] },
        after: { name: 'office', scope: 'REGIONAL', arn: IP_SET_ARN, addresses: ['203.0.113.0/24'] },
      }),
    ],
    is: [
      {
        kind: 'waf-ip-set',
        id: 'office',
        path: 'addresses',
        account: '111122223333',
        region: 'eu-west-1',
        value: set(['203.0.113.0/24']),
      },
    ],
  },
  {
    case: 'an IP set of CloudFront is global',
    fact: 'aws-facts §6',
    changes: [
      change('aws_wafv2_ip_set.edge', UPDATE, {
        after: { name: 'edge', scope: 'CLOUDFRONT', addresses: [] },
        after_unknown: { addresses: true },
      }),
    ],
    is: [{ kind: 'waf-ip-set', id: 'edge', region: 'global', path: 'addresses', value: KNOWN_AFTER_APPLY }],
  },
  {
    case: 'an IP set destroyed goes',
    fact: provider('aws_wafv2_ip_set'),
    changes: [
      change('aws_wafv2_ip_set.office', DELETE, { before: { name: 'office', scope: 'REGIONAL', arn: IP_SET_ARN } }),
    ],
    is: [{ kind: 'waf-ip-set', id: 'office', region: 'eu-west-1', path: 'exists', value: NOT_SET }],
  },
  {
    case: 'a new IP set, and one that gets another name: the old one goes',
    fact: `${provider('aws_wafv2_ip_set')}: name forces a new one`,
    changes: [
      change('aws_wafv2_ip_set.new', CREATE, {
        after: { name_prefix: 'new-', scope: 'REGIONAL', addresses: [] },
        after_unknown: { name: true, arn: true },
      }),
      change('aws_wafv2_ip_set.office', REPLACE, {
        before: { name: 'office', scope: 'REGIONAL', arn: IP_SET_ARN },
        after: { name: 'offices', scope: 'REGIONAL', addresses: [] },
      }),
    ],
    is: [{ kind: 'waf-ip-set', id: 'office', region: 'eu-west-1', path: 'exists', value: NOT_SET }],
    aside: [
      ['aws_wafv2_ip_set.new', /created/],
      ['aws_wafv2_ip_set.office', /created/],
    ],
  },
  {
    case: 'a bucket destroyed goes',
    fact: provider('aws_s3_bucket'),
    changes: [change('aws_s3_bucket.films', DELETE, { before: { bucket: 'films' } })],
    is: [{ ...films, path: 'exists', value: NOT_SET }],
  },
  {
    case: 'a bucket that only gets a tag: its settings stand in resources of their own, and nothing of it moves',
    fact: provider('aws_s3_bucket'),
    changes: [
      change('aws_s3_bucket.films', UPDATE, {
        before: { bucket: 'films', tags: {}, policy: '{}' },
        after: { bucket: 'films', tags: { a: 'b' }, policy: '{}' },
      }),
    ],
  },
  {
    case: 'a bucket of an older provider, with its ACL and policy in it',
    fact: `${provider('aws_s3_bucket')} 3.x`,
    changes: [
      change('aws_s3_bucket.films', UPDATE, {
        before: { bucket: 'films', acl: 'private', policy: '', website: [] },
        after: { bucket: 'films', acl: 'public-read', policy: JSON.stringify(POLICY), website: [] },
      }),
    ],
    is: [
      { ...films, path: 'policy', value: set(POLICY) },
      { ...films, path: 'acl', value: set('public-read') },
    ],
  },
  {
    case: 'grants of an older provider are not understood, and that is said',
    fact: `${provider('aws_s3_bucket')} 3.x`,
    changes: [
      change('aws_s3_bucket.films', UPDATE, {
        before: { bucket: 'films', grant: [] },
        after: { bucket: 'films', grant: [{ id: '', type: 'Group', permissions: ['READ'], uri: 'u' }] },
      }),
    ],
    unknown: [['aws_s3_bucket.films', /grant/]],
  },
  {
    case: 'a new bucket with a name, and its policy: neither is there yet',
    fact: FORMAT,
    changes: [
      change('aws_s3_bucket.books', CREATE, { after: { bucket: 'books' }, after_unknown: { id: true, arn: true } }),
      change('aws_s3_bucket_policy.books', CREATE, { after: { bucket: 'books', policy: JSON.stringify(POLICY) } }),
    ],
    is: [{ kind: 's3-bucket', id: 'books', path: 'policy', isNew: true }],
    aside: [['aws_s3_bucket.books', /created/]],
  },
  {
    case: 'the policy of a bucket that gets its name when it is created, as the configuration tells',
    fact: `${FORMAT}: configuration, expressions, references`,
    changes: [
      change('module.shop.aws_s3_bucket.books["a"]', CREATE, { after: {}, after_unknown: { bucket: true, id: true } }),
      change('module.shop.aws_s3_bucket_policy.books["a"]', CREATE, {
        after: { policy: JSON.stringify(POLICY) },
        after_unknown: { bucket: true },
      }),
    ],
    configuration: {
      root_module: {
        module_calls: {
          shop: {
            module: {
              resources: [
                {
                  address: 'aws_s3_bucket_policy.books',
                  expressions: {
                    bucket: { references: ['aws_s3_bucket.books["a"].id', 'aws_s3_bucket.books', 'each.key'] },
                  },
                },
              ],
            },
          },
        },
      },
    },
    aside: [
      ['module.shop.aws_s3_bucket.books["a"]', /created/],
      ['module.shop.aws_s3_bucket_policy.books["a"]', /creates/],
    ],
  },
  {
    case: 'a policy of a bucket that is not told is not known',
    fact: FORMAT,
    changes: [
      change('aws_s3_bucket_policy.which', CREATE, {
        after: { policy: JSON.stringify(POLICY) },
        after_unknown: { bucket: true },
      }),
    ],
    unknown: [['aws_s3_bucket_policy.which', /which bucket/]],
  },
  {
    case: 'a sensitive name is not told',
    fact: FORMAT,
    changes: [
      change('aws_s3_bucket_policy.which', CREATE, {
        after: { bucket: 'films', policy: JSON.stringify(POLICY) },
        after_sensitive: { bucket: true },
      }),
    ],
    unknown: [['aws_s3_bucket_policy.which', /which bucket/]],
  },
  {
    case: 'what touches watched things in another way is said',
    fact: 'AWS provider and AWSCC provider: other resources that set the same',
    changes: [
      change('awscc_s3_bucket.films', UPDATE, { after: { bucket_name: 'films' } }),
      change('aws_cloudformation_stack.shop', UPDATE, { after: { name: 'shop' } }),
      change('aws_organizations_policy.s3', CREATE, { after: { type: 'S3_POLICY', content: '{}' } }),
    ],
    unknown: [
      ['awscc_s3_bucket.films', /not understood/],
      ['aws_cloudformation_stack.shop', /not looked into/],
      ['aws_organizations_policy.s3', /not understood/],
    ],
  },
  {
    case: 'a web ACL that refuses by default, a rule group, a rule, and what stands before a load balancer',
    fact: 'aws-facts §6; AWS provider: no resource of an IP set alone decides who is refused',
    changes: [
      change('aws_wafv2_web_acl.shop', UPDATE, {
        before: { name: 'shop', default_action: [{ allow: [{}], block: [] }] },
        after: { name: 'shop', default_action: [{ allow: [], block: [{}] }] },
      }),
      change('aws_wafv2_rule_group.own', UPDATE, { before: { rule: [] }, after: { rule: [{ name: 'deny' }] } }),
      change('aws_wafv2_web_acl_rule.deny', CREATE, { after: { name: 'deny' } }),
      change('aws_wafv2_web_acl_rule_group_association.own', CREATE, { after: { priority: 1 } }),
      change('aws_wafv2_web_acl_association.shop', CREATE, { after: { resource_arn: 'arn' } }),
      change('aws_wafv2_web_acl.old', DELETE, { before: { name: 'old' } }),
    ],
    unknown: [
      ['aws_wafv2_web_acl.shop', /^a WAF web ACL changes, and what that does is not understood$/],
      ['aws_wafv2_rule_group.own', /not understood/],
      ['aws_wafv2_web_acl_rule.deny', /not understood/],
      ['aws_wafv2_web_acl_rule_group_association.own', /not understood/],
      ['aws_wafv2_web_acl_association.shop', /load balancer.*not understood/],
      ['aws_wafv2_web_acl.old', /not understood/],
    ],
  },
  {
    case: 'a distribution, and how it signs',
    fact: 'aws-facts §3.2 C1–C3',
    changes: [
      change('aws_cloudfront_distribution.films', UPDATE, {
        before: { enabled: true, origin: [] },
        after: { enabled: false },
        after_sensitive: { origin: true },
      }),
      change('aws_cloudfront_origin_access_control.films', UPDATE, {
        before: { signing_behavior: 'always' },
        after: { signing_behavior: 'never' },
      }),
    ],
    unknown: [
      ['aws_cloudfront_distribution.films', /not understood/],
      ['aws_cloudfront_origin_access_control.films', /not understood/],
    ],
  },
  {
    case: 'the same where only tags and descriptions move, and where it is new: nothing that is there meets anything else',
    fact: 'aws-facts §6',
    changes: [
      change('aws_wafv2_web_acl.shop', UPDATE, {
        before: { name: 'shop', tags: {}, tags_all: {}, description: 'a', visibility_config: [] },
        after: { name: 'shop', tags: { a: 'b' }, description: 'b', visibility_config: [{}] },
        after_unknown: { tags_all: true },
      }),
      change('aws_wafv2_web_acl.new', CREATE, { after: { name: 'new' } }),
      change('aws_cloudfront_distribution.new', CREATE, { after: { enabled: true } }),
    ],
    aside: [
      ['aws_wafv2_web_acl.new', /created/],
      ['aws_cloudfront_distribution.new', /created/],
    ],
  },
  {
    case: 'an attached policy of the organisation: by its id, by the configuration, and where the plan does not tell its type',
    fact: 'aws-facts §1.8; AWS provider: aws_organizations_policy_attachment has no type',
    changes: [
      change('aws_organizations_policy.block', ['no-op'], {
        before: { id: 'p-1', type: 'S3_POLICY' },
        after: { id: 'p-1', type: 'S3_POLICY' },
      }),
      change('aws_organizations_policy.guard', CREATE, {
        after: { type: 'SERVICE_CONTROL_POLICY' },
        after_unknown: { id: true },
      }),
      change('aws_organizations_policy_attachment.block', CREATE, { after: { policy_id: 'p-1', target_id: 'ou-1' } }),
      change('aws_organizations_policy_attachment.guard', CREATE, {
        after: { target_id: 'ou-1' },
        after_unknown: { policy_id: true },
      }),
      change('aws_organizations_policy_attachment.which', DELETE, { before: { policy_id: 'p-9', target_id: 'ou-1' } }),
    ],
    configuration: {
      root_module: {
        resources: [
          {
            address: 'aws_organizations_policy_attachment.guard',
            expressions: {
              policy_id: { references: ['aws_organizations_policy.guard.id', 'aws_organizations_policy.guard'] },
            },
          },
        ],
      },
    },
    unknown: [
      ['aws_organizations_policy_attachment.block', /organisation's S3 policy is attached.*not understood/],
      ['aws_organizations_policy_attachment.which', /type that is not told.*not understood/],
    ],
  },
  {
    case: 'an account that moves, and S3 policies turned on for the organisation',
    fact: 'aws-facts §1.8: joining and moving inherit at once',
    changes: [
      change('aws_organizations_account.shop', UPDATE, {
        before: { name: 'shop', parent_id: 'ou-1' },
        after: { name: 'shop', parent_id: 'ou-2' },
      }),
      change('aws_organizations_account.named', UPDATE, {
        before: { name: 'a', parent_id: 'ou-1' },
        after: { name: 'b', parent_id: 'ou-1' },
      }),
      change('aws_organizations_organization.us', UPDATE, {
        before: { enabled_policy_types: [] },
        after: { enabled_policy_types: ['S3_POLICY'] },
      }),
      change('aws_organizations_organization.same', UPDATE, {
        before: { enabled_policy_types: ['S3_POLICY'] },
        after: { enabled_policy_types: ['S3_POLICY', 'TAG_POLICY'] },
      }),
    ],
    unknown: [
      ['aws_organizations_account.shop', /stands in the organisation/],
      ['aws_organizations_organization.us', /in effect/],
    ],
  },
  {
    case: 'Firewall Manager, and Cloud Control, where it is about what is watched',
    fact: 'aws-facts §6: web ACLs may hold rule groups of Firewall Manager',
    changes: [
      change('aws_fms_policy.waf', UPDATE, { after: { security_service_policy_data: [{ type: 'WAFV2' }] } }),
      change('aws_fms_policy.groups', UPDATE, {
        after: { security_service_policy_data: [{ type: 'SECURITY_GROUPS_COMMON' }] },
      }),
      change('aws_cloudcontrolapi_resource.acl', UPDATE, { after: { type_name: 'AWS::WAFv2::WebACL' } }),
      change('aws_cloudcontrolapi_resource.queue', UPDATE, { after: { type_name: 'AWS::SQS::Queue' } }),
    ],
    unknown: [
      ['aws_fms_policy.waf', /Firewall Manager/],
      ['aws_cloudcontrolapi_resource.acl', /not understood/],
    ],
  },
  {
    case: 'what is only read, kept or forgotten, and what is nothing of ours',
    fact: FORMAT,
    changes: [
      change('aws_s3_bucket_policy.films', ['no-op'], { before: { bucket: 'films' }, after: { bucket: 'films' } }),
      change('aws_s3_bucket_policy.old', ['forget'], { before: { bucket: 'old' } }),
      { ...change('aws_s3_bucket.read', ['read'], { after: { bucket: 'read' } }), mode: 'data' },
      change('aws_instance.web', DELETE, { before: { id: 'i-1' } }),
      change('aws_organizations_policy.scp', DELETE, { before: { type: 'SERVICE_CONTROL_POLICY' } }),
    ],
  },
];
