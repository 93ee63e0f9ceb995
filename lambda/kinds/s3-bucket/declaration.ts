import type { KindDeclaration } from '#core/declaration.ts';

const S3 = 's3.amazonaws.com';
const event = (name: string) => ({ name, source: S3, id: 'requestParameters.bucketName' });

/** A bucket's own access settings. Facts: aws-facts §1, §2.5, §7; event names §4.1. */
export const s3Bucket = {
  id: 's3-bucket',
  title: 'bucket',
  why: 'Who may read and write it is decided by five settings that override each other, and none tells when it moves.',
  shape: 1,
  regions: 'each',
  context: ['s3-account-block'],
  // Where a bucket is, HeadBucket tells whatever the permissions (aws-facts §7): the right to list objects is not needed for it.
  list: { by: 'account', actions: ['s3:ListAllMyBuckets'], bulk: ['tag:GetResources'] },
  idsAreUnique: 'everywhere',
  // Also those that us-east-1 once allowed (S3 user guide, bucket naming rules). Anything else may be a path of the API: `..`.
  ids: /^(?!\.{1,2}$)[\w.-]{1,255}$/,
  goneWhen: ['NoSuchBucket'],
  reads: {
    publicAccessBlock: {
      operation: 'GetPublicAccessBlock',
      actions: ['s3:GetBucketPublicAccessBlock'],
      absentWhen: ['NoSuchPublicAccessBlockConfiguration'],
    },
    policy: { operation: 'GetBucketPolicy', actions: ['s3:GetBucketPolicy'], absentWhen: ['NoSuchBucketPolicy'] },
    policyStatus: {
      operation: 'GetBucketPolicyStatus',
      actions: ['s3:GetBucketPolicyStatus'],
      absentWhen: ['NoSuchBucketPolicy'],
    },
    acl: { operation: 'GetBucketAcl', actions: ['s3:GetBucketAcl'], absentWhen: [] },
    ownership: {
      operation: 'GetBucketOwnershipControls',
      actions: ['s3:GetBucketOwnershipControls'],
      absentWhen: ['OwnershipControlsNotFoundError'],
    },
    website: {
      operation: 'GetBucketWebsite',
      actions: ['s3:GetBucketWebsite'],
      absentWhen: ['NoSuchWebsiteConfiguration'],
    },
    tags: { operation: 'GetResources (Resource Groups Tagging)', actions: ['tag:GetResources'], absentWhen: [] },
  },
  paths: {
    publicAccessBlock: { title: 'bucket-level block', form: 'record', since: 1 },
    policy: { title: 'bucket policy', form: 'policy', since: 1, writtenIn: 'policyText' },
    acl: { title: 'bucket ACL', form: 'set', since: 1 },
    ownership: { title: 'object ownership', form: 'value', since: 1 },
    website: { title: 'static website', form: 'record', since: 1 },
  },
  carries: {
    policyText: { says: 'the policy as AWS returned it, also where it is no JSON', of: 'policy' },
    policyStatus: { says: "AWS's own verdict on the policy, or that it was refused", of: 'policy' },
    aclMaskedBy: {
      says: 'what hides public grants in the ACL reading: nothing, ignore-public-acls, or unknown',
      of: 'acl',
    },
    aclOwner: { says: "the owner's canonical id, which tells the owner's grant from others'", of: 'acl' },
    publicDoor: {
      says: 'what everyone could come in by, as far as was seen: open-by-policy, open-by-acl, shut, shut-masked, or unknown',
      of: 'website',
    },
    tags: { says: 'the tags that name an owner' },
  },
  events: [
    event('CreateBucket'),
    event('DeleteBucket'),
    event('PutBucketPublicAccessBlock'),
    event('DeleteBucketPublicAccessBlock'),
    event('PutBucketAcl'),
    event('PutBucketPolicy'),
    event('DeleteBucketPolicy'),
    event('PutBucketOwnershipControls'),
    event('DeleteBucketOwnershipControls'),
    event('PutBucketWebsite'),
    event('DeleteBucketWebsite'),
  ],
  checks: [
    {
      id: 's3-bucket-block-changed',
      title: "A bucket's Block Public Access changed",
      actionItems: ['TM-7'],
      paths: ['publicAccessBlock'],
      remedy: 'To go back: aws s3api put-public-access-block with the value before.',
    },
    {
      id: 's3-bucket-policy-changed',
      title: 'A bucket policy changed its meaning',
      actionItems: ['TM-6', 'TM-7'],
      paths: ['policy'],
      remedy: 'To go back: aws s3api put-bucket-policy with the text before, which the accepted state carries.',
    },
    {
      id: 's3-bucket-acl-changed',
      title: 'The grants of a bucket, or whether grants count at all, changed',
      actionItems: ['TM-6', 'TM-7'],
      paths: ['acl', 'ownership'],
      remedy: 'To go back: aws s3api put-bucket-ownership-controls first, then aws s3api put-bucket-acl.',
    },
    {
      id: 's3-bucket-website-changed',
      title: "A bucket's static website changed",
      actionItems: ['TM-6'],
      paths: ['website'],
      remedy: 'To go back: aws s3api put-bucket-website with the value before.',
    },
    {
      id: 's3-bucket-created-or-deleted',
      title: 'A bucket came or went',
      actionItems: ['TM-6', 'TM-7'],
      paths: ['exists'],
      remedy: 'A deleted name is free for anyone to take: create it again before you ask why.',
    },
  ],
} as const satisfies KindDeclaration;
