import type { KindDeclaration } from '#core/declaration.ts';

const MADE = 'responseElements.distribution.id';
const NAMED = 'requestParameters.id';
const event = (name: string, id: string) => ({ name, source: 'cloudfront.amazonaws.com', id });

/**
 * A CloudFront distribution: which buckets and servers it stands before, how it comes to them, and what stands before it. Facts: aws-facts
 * §3.2 C1–C3, H1, §4.1, §6.
 */
export const cloudfrontDistribution = {
  id: 'cloudfront-distribution',
  title: 'CloudFront distribution',
  why: 'How it comes to a bucket decides which settings of the bucket break it, and its web ACL who is blocked; neither shows in the bucket.',
  shape: 1,
  regions: 'global',
  // China has a CloudFront of its own, of which is not known where its events come; GovCloud has none (endpoint rules of the SDK).
  partition: 'aws',
  eventsIn: 'us-east-1',
  context: [],
  list: { by: 'region', actions: ['cloudfront:ListDistributions'] },
  idsAreUnique: 'in-a-region',
  ids: /^[A-Z0-9]{1,64}$/,
  goneWhen: ['NoSuchDistribution'],
  reads: {
    distribution: { operation: 'GetDistribution', actions: ['cloudfront:GetDistribution'], absentWhen: [] },
    // Whether an origin access control signs at all stands with it, and not with the distribution.
    origins: { operation: 'GetOriginAccessControl', actions: ['cloudfront:GetOriginAccessControl'], absentWhen: [] },
  },
  paths: {
    enabled: { title: 'whether it is enabled', form: 'value', since: 1 },
    webAcl: { title: 'web ACL', form: 'value', since: 1 },
    origins: { title: 'origins', form: 'record', since: 1 },
    behaviors: { title: 'which origin serves which path', form: 'record', since: 1 },
  },
  carries: {
    domainName: { says: 'the name that CloudFront gave' },
    aliases: { says: 'the names of its owner’s by which viewers ask' },
    comment: { says: 'as written in AWS' },
  },
  events: [
    event('CreateDistribution', MADE),
    event('CreateDistributionWithTags', MADE),
    event('CopyDistribution', MADE),
    event('UpdateDistribution', NAMED),
    event('UpdateDistributionWithStagingConfig', NAMED),
    event('DeleteDistribution', NAMED),
    event('AssociateDistributionWebACL', NAMED),
    event('DisassociateDistributionWebACL', NAMED),
  ],
  checks: [
    {
      id: 'cloudfront-distribution-availability-changed',
      title: 'A CloudFront distribution came, went, or was turned on or off',
      actionItems: ['TM-1', 'TM-7'],
      paths: ['enabled', 'exists'],
      remedy: 'To go back: aws cloudfront update-distribution with the whole configuration, Enabled as before.',
    },
    {
      id: 'cloudfront-distribution-web-acl-changed',
      title: 'The web ACL before a CloudFront distribution changed',
      actionItems: ['TM-1', 'TM-7'],
      paths: ['webAcl'],
      remedy: 'To go back: aws cloudfront associate-distribution-web-acl, or disassociate-distribution-web-acl.',
    },
    {
      id: 'cloudfront-distribution-origins-changed',
      title: 'What a CloudFront distribution serves, or how it comes to it, changed',
      actionItems: ['TM-1', 'TM-4', 'TM-6', 'TM-7'],
      paths: ['origins', 'behaviors'],
      remedy: 'To go back: aws cloudfront update-distribution with the whole configuration, the origin as before.',
    },
  ],
} as const satisfies KindDeclaration;
