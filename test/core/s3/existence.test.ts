import { describe, expect, test } from 'vitest';
import { createdChange, deletedChange } from '#core/comparison.ts';
import { severityOf } from '#core/change.ts';
import { judge } from '#kinds/s3-bucket/judge.ts';
import { s3Bucket } from '#kinds/s3-bucket/declaration.ts';
import { accountState, bucketOf } from './buckets.ts';
import type { BucketSide } from './toggles.cases.ts';

const enforced: BucketSide = { ownership: 'BucketOwnerEnforced', policy: 'none' };

/** design.md §3: new private things are `info`; what opens to the world is `critical`. */
describe('a bucket that was created', () => {
  test.each<{ case: string; bucket: BucketSide; says: string; severity: string }>([
    { case: 'private', bucket: enforced, says: 'It lets in nobody from outside.', severity: 'info' },
    {
      case: 'public by its policy',
      bucket: { ...enforced, policy: 'public' },
      says: 'It lets everyone in.',
      severity: 'critical',
    },
    {
      case: 'public by its ACL',
      bucket: { ownership: '-', acl: 'public' },
      says: 'It lets everyone in.',
      severity: 'critical',
    },
    {
      case: 'a public policy that the account restricts, and an account that it names',
      bucket: { ...enforced, policy: 'mixed', account: '1111' },
      says: 'Its policy is public, and RestrictPublicBuckets is on, so that it shuts out whom it names (account 444455556666).',
      severity: 'info',
    },
    {
      case: 'a public policy that the account restricts, and that names nobody',
      bucket: { ...enforced, policy: 'public', account: '1111' },
      says: 'Its policy is public, and RestrictPublicBuckets is on.',
      severity: 'info',
    },
    {
      case: 'a policy that is public by a condition that S3 does not count',
      bucket: { ...enforced, policy: 'conditional' },
      says: "Its policy is public by S3's own rule.",
      severity: 'high',
    },
    {
      case: 'the same beside a public ACL',
      bucket: { ownership: '-', acl: 'public', policy: 'conditional' },
      says: 'It lets everyone in.',
      severity: 'critical',
    },
    {
      case: 'everyone may list it',
      bucket: { ...enforced, policy: 'listed' },
      says: 'It lets everyone in.',
      severity: 'critical',
    },
    {
      case: 'for a CloudFront distribution',
      bucket: { ...enforced, policy: 'identity-alone' },
      says: 'It is not public; it lets in a CloudFront origin access identity.',
      severity: 'high',
    },
    {
      case: 'shared by both',
      bucket: { ownership: '-', acl: 'partner', policy: 'named' },
      says: 'It is not public; it lets in account 444455556666, another account by its ACL.',
      severity: 'high',
    },
    {
      case: 'shared by nothing that is known, with an ACL that was refused',
      bucket: { ownership: '-', acl: 'refused' },
      says: 'Whether it lets everyone in cannot be told: the bucket ACL could not be read (AccessDenied).',
      severity: 'medium',
    },
    {
      case: 'not public for sure, with an ACL that was refused',
      bucket: { ownership: '-', acl: 'refused', account: '1111' },
      says: 'It is not public; whom else it lets in cannot be told: the bucket ACL could not be read (AccessDenied).',
      severity: 'medium',
    },
    {
      case: 'shared by its policy',
      bucket: { ...enforced, policy: 'named' },
      says: 'It is not public; it lets in account 444455556666.',
      severity: 'high',
    },
    {
      case: 'shared by its ACL',
      bucket: { ownership: '-', acl: 'partner' },
      says: 'It is not public; it lets in another account by its ACL.',
      severity: 'high',
    },
    {
      case: 'with a policy that could not be read',
      bucket: { ...enforced, policy: 'refused' },
      says: 'Whether it lets everyone in cannot be told: the bucket policy could not be read (AccessDenied).',
      severity: 'medium',
    },
  ])('$case: $severity', ({ bucket, says, severity }) => {
    const context = { 's3-account-block': accountState(bucket.account ?? '-') };
    const [change] = judge.changes([createdChange(s3Bucket)], {
      before: undefined,
      after: bucketOf(bucket),
      contexts: { before: context, after: context },
    });
    expect(change).toMatchObject({ effects: [says], breakage: 'none', flips: [] });
    expect(change && severityOf(change)).toBe(severity);
  });
});

describe('a bucket that was deleted', () => {
  test.each<{ case: string; bucket: BucketSide; says: string }>([
    {
      case: 'private',
      bucket: enforced,
      says: 'Whatever used it gets 404 NoSuchBucket. Its name is free for anybody to take.',
    },
    {
      case: 'public',
      bucket: { ...enforced, policy: 'public' },
      says: 'Whatever used it gets 404 NoSuchBucket; it was public. Its name is free for anybody to take.',
    },
  ])('$case', ({ bucket, says }) => {
    const context = { 's3-account-block': accountState('-') };
    const [change] = judge.changes([deletedChange(s3Bucket)], {
      before: bucketOf(bucket),
      after: undefined,
      contexts: { before: context, after: context },
    });
    expect(change).toMatchObject({ effects: [says], breakage: 'breaks', exposure: 'unknown', opensToWorld: false });
    expect(change && severityOf(change)).toBe('high');
  });
});

test('a path that the judge does not know is not judged, which is not "none"', () => {
  const change = { ...createdChange(s3Bucket), path: 'encryption' };
  const request = { before: bucketOf(enforced), after: bucketOf(enforced), contexts: { before: {}, after: {} } };
  expect(judge.changes([change], request)).toMatchObject([{ exposure: 'unknown', breakage: 'unknown', effects: [] }]);
  expect(judge.changes([{ ...change, path: 'policy' }], { ...request, before: undefined })).toMatchObject([
    { exposure: 'unknown', breakage: 'unknown', effects: [] },
  ]);
});
