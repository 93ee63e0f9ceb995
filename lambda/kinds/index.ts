import type { Kind } from './kind.ts';
import { advice as cloudfrontDistributionAdvice } from './cloudfront-distribution/advice.ts';
import { cloudfrontDistribution } from './cloudfront-distribution/declaration.ts';
import { eventValue as cloudfrontDistributionEventValue } from './cloudfront-distribution/event-value.ts';
import { judge as cloudfrontDistributionJudge } from './cloudfront-distribution/judge.ts';
import { advice as s3AccountBlockAdvice } from './s3-account-block/advice.ts';
import { s3AccountBlock } from './s3-account-block/declaration.ts';
import { eventValue as s3AccountBlockEventValue } from './s3-account-block/event-value.ts';
import { judge as s3AccountBlockJudge } from './s3-account-block/judge.ts';
import { advice as s3BucketAdvice } from './s3-bucket/advice.ts';
import { s3BucketComparisons, s3BucketKnowsMore } from './s3-bucket/comparison.ts';
import { s3Bucket } from './s3-bucket/declaration.ts';
import { eventValue as s3BucketEventValue } from './s3-bucket/event-value.ts';
import { judge as s3BucketJudge } from './s3-bucket/judge.ts';
import { advice as s3OrganizationPolicyAdvice } from './s3-organization-policy/advice.ts';
import { s3OrganizationPolicy } from './s3-organization-policy/declaration.ts';
import { judge as s3OrganizationPolicyJudge } from './s3-organization-policy/judge.ts';
import { eventValue as wafIpSetEventValue } from './waf-ip-set/event-value.ts';
import { advice as wafIpSetAdvice } from './waf-ip-set/advice.ts';
import { wafIpSet } from './waf-ip-set/declaration.ts';
import { judgeKnowing as wafIpSetJudgeKnowing } from './waf-ip-set/judge.ts';
import { advice as wafWebAclAdvice } from './waf-web-acl/advice.ts';
import { wafWebAcl } from './waf-web-acl/declaration.ts';
import { eventValue as wafWebAclEventValue, shown as wafWebAclShown } from './waf-web-acl/event-value.ts';
import { judge as wafWebAclJudge } from './waf-web-acl/judge.ts';

/** Every watched kind. Patterns, policies, documentation and conformance tests derive from this list. */
export const kinds: readonly Kind[] = [
  {
    declaration: cloudfrontDistribution,
    judge: cloudfrontDistributionJudge,
    advice: cloudfrontDistributionAdvice,
    eventValue: cloudfrontDistributionEventValue,
    reader: async () => (await import('./cloudfront-distribution/reader.ts')).reader,
  },
  {
    declaration: s3AccountBlock,
    judge: s3AccountBlockJudge,
    advice: s3AccountBlockAdvice,
    eventValue: s3AccountBlockEventValue,
    reader: async () => (await import('./s3-account-block/reader.ts')).reader,
  },
  {
    declaration: s3Bucket,
    comparisons: s3BucketComparisons,
    knowsMore: s3BucketKnowsMore,
    judge: s3BucketJudge,
    advice: s3BucketAdvice,
    eventValue: s3BucketEventValue,
    reader: async () => (await import('./s3-bucket/reader.ts')).reader,
  },
  {
    declaration: s3OrganizationPolicy,
    judge: s3OrganizationPolicyJudge,
    advice: s3OrganizationPolicyAdvice,
    reader: async () => (await import('./s3-organization-policy/reader.ts')).reader,
  },
  {
    declaration: wafIpSet,
    judge: wafIpSetJudgeKnowing({ networks: [], mirroredIpSets: [] }),
    judgeKnowing: wafIpSetJudgeKnowing,
    advice: wafIpSetAdvice,
    eventValue: wafIpSetEventValue,
    reader: async () => (await import('./waf-ip-set/reader.ts')).reader,
  },
  {
    declaration: wafWebAcl,
    judge: wafWebAclJudge,
    advice: wafWebAclAdvice,
    eventValue: wafWebAclEventValue,
    shown: wafWebAclShown,
    reader: async () => (await import('./waf-web-acl/reader.ts')).reader,
  },
];

/** The same by id. */
export const kindsById: ReadonlyMap<string, Kind> = new Map(kinds.map((kind) => [kind.declaration.id, kind]));
