import { describe, expect, test } from 'vitest';
import { plannedInChangeSet, type ResourceChange } from '#core/planned/change-set.ts';
import { WATCHED_IN_CLOUDFORMATION } from '#core/planned/not-understood.ts';
import type { PlannedChanges } from '#core/planned/planned-changes.ts';
import { plannedInTerraform } from '#core/planned/terraform-plan.ts';
import { kinds } from '#kinds/index.ts';
import { resource } from './change-set.cases.ts';
import { change } from './terraform-plan.cases.ts';

/** By what resource types each tool changes a kind. A new kind has a row here, so that no plan that changes it is told as harmless. */
const SET_BY: Readonly<
  Record<string, { readonly terraform: readonly string[]; readonly changeSet: readonly string[] }>
> = {
  'cloudfront-distribution': {
    terraform: [
      'aws_cloudfront_distribution',
      'aws_cloudfront_multitenant_distribution',
      'aws_cloudfront_origin_access_control',
      'awscc_cloudfront_distribution',
      'awscc_cloudfront_origin_access_control',
    ],
    changeSet: ['AWS::CloudFront::Distribution', 'AWS::CloudFront::OriginAccessControl'],
  },
  // CloudFormation has no resource for it (aws-facts §9).
  's3-account-block': { terraform: ['aws_s3_account_public_access_block'], changeSet: [] },
  's3-bucket': {
    terraform: [
      'aws_s3_bucket',
      'aws_s3_bucket_acl',
      'aws_s3_bucket_ownership_controls',
      'aws_s3_bucket_policy',
      'aws_s3_bucket_public_access_block',
      'aws_s3_bucket_website_configuration',
      'awscc_s3_bucket',
      'awscc_s3_bucket_policy',
    ],
    changeSet: ['AWS::S3::Bucket', 'AWS::S3::BucketPolicy'],
  },
  's3-organization-policy': {
    terraform: [
      'aws_organizations_account',
      'aws_organizations_account_parent',
      'aws_organizations_organization',
      'aws_organizations_policy',
      'aws_organizations_policy_attachment',
      'awscc_organizations_account',
      'awscc_organizations_policy',
    ],
    changeSet: ['AWS::Organizations::Policy', 'AWS::Organizations::Account'],
  },
  'waf-ip-set': { terraform: ['aws_wafv2_ip_set', 'awscc_wafv2_ip_set'], changeSet: ['AWS::WAFv2::IPSet'] },
  'waf-web-acl': {
    terraform: [
      'aws_fms_policy',
      'aws_wafv2_rule_group',
      'aws_wafv2_web_acl',
      'aws_wafv2_web_acl_association',
      'aws_wafv2_web_acl_rule',
      'aws_wafv2_web_acl_rule_group_association',
      'awscc_fms_policy',
      'awscc_wafv2_rule_group',
      'awscc_wafv2_web_acl',
      'awscc_wafv2_web_acl_association',
    ],
    changeSet: ['AWS::WAFv2::WebACL', 'AWS::WAFv2::RuleGroup', 'AWS::WAFv2::WebACLAssociation', 'AWS::FMS::Policy'],
  },
};

/** What every one of them has that it is known by, and something that moves. */
const terraformSide = (acl: string, addresses: readonly string[]) => ({
  bucket: 'films',
  name: 'office',
  scope: 'REGIONAL',
  type: 'S3_POLICY',
  policy: acl === 'private' ? '{}' : '',
  acl,
  parent_id: acl,
  enabled_policy_types: acl === 'private' ? [] : ['S3_POLICY'],
  addresses,
  enabled: acl === 'private',
});
const changeSetSide = (acl: string, addresses: readonly string[]) => ({
  Bucket: 'films',
  Type: 'S3_POLICY',
  AccessControl: acl,
  ParentIds: [acl],
  Addresses: addresses,
  DistributionConfig: { Enabled: acl === 'Private' },
});

const isSaid = ({ settings, unknown }: PlannedChanges): boolean => settings.length + unknown.length > 0;

test('every watched kind says by what a plan and a change set change it', () =>
  expect(Object.keys(SET_BY)).toEqual(kinds.map(({ declaration }) => declaration.id)));

describe.each(Object.entries(SET_BY))('%s', (_kind, { terraform, changeSet }) => {
  test.each(terraform)('a plan that changes %s has something to say', (type) => {
    const update = change(`${type}.one`, ['update'], {
      before: terraformSide('private', []),
      after: terraformSide('public-read', ['203.0.113.0/24']),
    });
    const plan = { format_version: '1.2', resource_changes: [update] };
    expect(plannedInTerraform(plan, 'plan.json')).toSatisfy(isSaid);
  });

  test.each(changeSet)('a change set that changes %s has something to say', (type) => {
    const { ResourceChange } = resource('One', [type, 'Modify'], {
      id: 'films',
      before: changeSetSide('Private', []),
      after: changeSetSide('PublicRead', ['203.0.113.0/24']),
    });
    const place = { account: '111122223333', region: 'eu-west-1' };
    expect(plannedInChangeSet([ResourceChange as ResourceChange], place)).toSatisfy(isSaid);
  });
});

test('what AWSCC and Cloud Control are asked about is what change sets are', () => {
  const stacks = ['AWS::CloudFormation::Stack', 'AWS::CloudFormation::StackSet'];
  const all = [...Object.values(SET_BY).flatMap(({ changeSet }) => changeSet), ...stacks];
  expect([...WATCHED_IN_CLOUDFORMATION].sort()).toEqual(all.sort());
});
