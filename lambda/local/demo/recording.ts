/** What AWS answered: the output of an operation for one thing, or the name of the error. */
export type RecordedAnswer = { readonly output: object } | { readonly error: string; readonly status: number };

/** One account at one time, as its API answered. Keys are `Operation thing`; what is not recorded is "not set" or not there. */
export interface Recording {
  readonly account: string;
  readonly takenAt: string;
  readonly regions: readonly string[];
  readonly answers: ReadonlyMap<string, RecordedAnswer>;
}

/** The production account of the incident, and the canonical id of its owner. */
export const ACCOUNT = '111122223333';
export const OWNER = '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be';
const EVERYONE = 'http://acs.amazonaws.com/groups/global/AllUsers';
const REGIONS = ['us-east-1', 'us-west-2'];

type Answers = readonly (readonly [string, RecordedAnswer])[];

const answer = (call: string, output: object): Answers[number] => [call, { output }];

const grant = (Grantee: object, Permission: string) => ({ Grantee, Permission });
const ownerGrant = grant({ Type: 'CanonicalUser', ID: OWNER }, 'FULL_CONTROL');
const publicRead = grant({ Type: 'Group', URI: EVERYONE }, 'READ');
const acl = (bucket: string, Grants: readonly object[]) =>
  answer(`GetBucketAcl ${bucket}`, { Owner: { ID: OWNER }, Grants });
const ownership = (bucket: string, ObjectOwnership: string) =>
  answer(`GetBucketOwnershipControls ${bucket}`, { OwnershipControls: { Rules: [{ ObjectOwnership }] } });
const policy = (bucket: string, document: object) =>
  answer(`GetBucketPolicy ${bucket}`, { Policy: JSON.stringify(document) });

/** A bucket as AWS makes them since April 2023. */
const modern = (bucket: string): Answers => [
  answer(`GetPublicAccessBlock ${bucket}`, {
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    },
  }),
  ownership(bucket, 'BucketOwnerEnforced'),
];

const BUCKETS = [
  'backend-manuscript-import',
  'marketing-cdn-content',
  'platform-audit-logs',
  'scheduler-state',
  'testmaker-exports',
  'testmaker-documents',
];

const tagged = (bucket: string, team: string) => ({
  ResourceARN: `arn:aws:s3:::${bucket}`,
  Tags: [{ Key: 'team', Value: team }],
});

/** A list of /32s in the documentation range, as the tool of the incident kept it. */
const denied = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `198.51.100.${from + index}/32`);
const fresh = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `203.0.113.${20 + index * 3}/32`);

const ipSet = (
  name: string,
  scope: string,
  { Addresses, LockToken }: { Addresses: readonly string[]; LockToken: string },
): Answers => {
  const Id = `set-${name}`;
  const ARN = `arn:aws:wafv2:us-east-1:${ACCOUNT}:${scope === 'CLOUDFRONT' ? 'global' : 'regional'}/ipset/${name}/${Id}`;
  return [
    answer(`ListIPSets ${scope} us-east-1`, { IPSets: [{ Name: name, Id, LockToken, ARN }] }),
    answer(`GetIPSet ${name}`, {
      LockToken,
      IPSet: {
        Name: name,
        Id,
        ARN,
        Description: 'Managed by Security Command Center',
        IPAddressVersion: 'IPV4',
        Addresses,
      },
    }),
  ];
};

/** What the marketing team's pages come by: the website endpoint, which serves only what everyone may read. */
const DISTRIBUTION = {
  Id: 'E2MARKETINGCDN',
  ARN: `arn:aws:cloudfront::${ACCOUNT}:distribution/E2MARKETINGCDN`,
  DomainName: 'd111111abcdef8.cloudfront.net',
  Status: 'Deployed',
};

const distribution: Answers = [
  answer('ListDistributions', { DistributionList: { IsTruncated: false, Items: [DISTRIBUTION] } }),
  answer(`GetDistribution ${DISTRIBUTION.Id}`, {
    ETag: 'E2QWRUHAPOMQZL',
    Distribution: {
      ...DISTRIBUTION,
      DistributionConfig: {
        Aliases: { Quantity: 1, Items: ['cdn.example.com'] },
        Comment: 'Marketing pages',
        Enabled: true,
        WebACLId: '',
        Origins: {
          Quantity: 1,
          Items: [
            {
              Id: 'marketing-cdn-content',
              DomainName: 'marketing-cdn-content.s3-website-us-east-1.amazonaws.com',
              OriginPath: '',
              CustomOriginConfig: { HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: 'http-only' },
            },
          ],
        },
        DefaultCacheBehavior: { TargetOriginId: 'marketing-cdn-content' },
        CacheBehaviors: { Quantity: 0 },
      },
    },
  }),
];

const measured = (MetricName: string) => ({ SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName });

/** A web ACL that refuses a deny list, and whoever AWS's own rules refuse. */
const webAcl = (name: string, { scope, set }: { readonly scope: string; readonly set: string }): Answers => {
  const place = scope === 'CLOUDFRONT' ? 'global' : 'regional';
  const arnOf = (what: string, of: string, id: string): string =>
    `arn:aws:wafv2:us-east-1:${ACCOUNT}:${place}/${what}/${of}/${id}`;
  const [Id, ARN] = [`acl-${name}`, arnOf('webacl', name, `acl-${name}`)];
  return [
    answer(`ListWebACLs ${scope} us-east-1`, { WebACLs: [{ Name: name, Id, LockToken: 'w-1', ARN }] }),
    answer(`GetWebACL ${name}`, {
      LockToken: 'w-1',
      WebACL: {
        Name: name,
        Id,
        ARN,
        DefaultAction: { Allow: {} },
        Rules: [
          {
            Name: 'deny-suspected',
            Priority: 0,
            Action: { Block: {} },
            Statement: { IPSetReferenceStatement: { ARN: arnOf('ipset', set, `set-${set}`) } },
            VisibilityConfig: measured('deny-suspected'),
          },
          {
            Name: 'common',
            Priority: 1,
            OverrideAction: { None: {} },
            Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'AWSManagedRulesCommonRuleSet' } },
            VisibilityConfig: measured('common'),
          },
        ],
        VisibilityConfig: measured(name),
      },
    }),
  ];
};

const common: Answers = [
  ...distribution,
  ...webAcl('load-balancers', { scope: 'REGIONAL', set: 'alb-deny-list' }),
  ...webAcl('distributions', { scope: 'CLOUDFRONT', set: 'cloudfront-deny-list' }),
  answer('ListResourcesForWebACL load-balancers APPLICATION_LOAD_BALANCER', {
    ResourceArns: [`arn:aws:elasticloadbalancing:us-east-1:${ACCOUNT}:loadbalancer/app/testmaker/50dc6c495c0c9188`],
  }),
  answer('ListBuckets', {
    Buckets: BUCKETS.map((Name) => ({
      Name,
      BucketRegion: Name === 'platform-audit-logs' ? 'us-west-2' : 'us-east-1',
    })),
  }),
  answer('GetResources us-east-1', {
    ResourceTagMappingList: [
      tagged('testmaker-exports', 'assessment'),
      tagged('testmaker-documents', 'assessment'),
      tagged('backend-manuscript-import', 'publishing'),
      tagged('marketing-cdn-content', 'marketing'),
    ],
  }),
  ...modern('platform-audit-logs'),
  ...modern('scheduler-state'),
  policy('platform-audit-logs', {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'TrailWrites',
        Effect: 'Allow',
        Principal: { Service: 'cloudtrail.amazonaws.com' },
        Action: 's3:PutObject',
        Resource: `arn:aws:s3:::platform-audit-logs/*`,
      },
    ],
  }),
  answer('GetBucketPolicyStatus platform-audit-logs', { PolicyStatus: { IsPublic: false } }),
  ownership('testmaker-documents', 'ObjectWriter'),
  ownership('backend-manuscript-import', 'ObjectWriter'),
];

/** What the tool set, in each account. */
const blockOn: Answers = [
  answer('GetPublicAccessBlock account', {
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    },
  }),
];

/** The bucket's ACLs as S3 stores them: two list publicly for the sites that serve them. */
const storedAcls: Answers = [
  ...common,
  acl('testmaker-exports', [ownerGrant, publicRead]),
  acl('marketing-cdn-content', [ownerGrant, publicRead]),
  acl('testmaker-documents', [ownerGrant]),
  acl('backend-manuscript-import', [ownerGrant]),
  answer('GetBucketWebsite marketing-cdn-content', { IndexDocument: { Suffix: 'index.html' } }),
];

/** What the tool set the deny lists to; it kept them alike but for their order. */
export const addressesOfLists = {
  regional: [...fresh(14), ...denied(10, 9)],
  global: [...denied(10, 9), ...fresh(14)],
} as const;

/** Both deny lists as they were, and grown by 14 suspected addresses. */
const listsBefore: Answers = [
  ...ipSet('alb-deny-list', 'REGIONAL', { Addresses: denied(10, 9), LockToken: 'a-1' }),
  ...ipSet('cloudfront-deny-list', 'CLOUDFRONT', { Addresses: denied(10, 9), LockToken: 'c-1' }),
];
const listsGrown: Answers = [
  ...ipSet('alb-deny-list', 'REGIONAL', { Addresses: addressesOfLists.regional, LockToken: 'a-2' }),
  ...ipSet('cloudfront-deny-list', 'CLOUDFRONT', { Addresses: addressesOfLists.global, LockToken: 'c-2' }),
];

/** Before: uploads with `public-read` work, and two buckets list publicly for the sites that serve them. */
const before: Answers = [...storedAcls, ...listsBefore];

/** In the hour between: the deny lists have grown, which the tool is for, and nothing else. */
const listed: Answers = [...storedAcls, ...listsGrown];

/** After: the account's block is on, so S3 no longer shows the public grants that it still stores; both deny lists grew by 14. */
const after: Answers = [
  ...common,
  ...blockOn,
  acl('testmaker-exports', [ownerGrant]),
  acl('marketing-cdn-content', [ownerGrant]),
  acl('testmaker-documents', [ownerGrant]),
  acl('backend-manuscript-import', [ownerGrant]),
  answer('GetBucketWebsite marketing-cdn-content', { IndexDocument: { Suffix: 'index.html' } }),
  ...listsGrown,
];

const recording = (account: string, takenAt: string, answers: Answers): Recording => ({
  account,
  takenAt,
  regions: REGIONS,
  answers: new Map(answers),
});

/**
 * The account of the incident: the day before; when the deny lists had grown; one minute after the change (15:00 EDT is 19:00 UTC); and when it was
 * rolled back.
 */
export const recordings: Readonly<Record<'before' | 'listed' | 'after' | 'recovered', Recording>> = {
  before: recording(ACCOUNT, '2025-10-27T14:00:00.000Z', before),
  listed: recording(ACCOUNT, '2025-10-28T18:46:00.000Z', listed),
  after: recording(ACCOUNT, '2025-10-28T19:01:00.000Z', after),
  recovered: recording(ACCOUNT, '2025-10-29T14:31:00.000Z', listed),
};

/** An account with one bucket whose objects are public by their ACLs, and with none: the tool ran in all accounts (incidents.md A). */
const otherBuckets: Readonly<Record<string, Answers>> = {
  '444455556666': [
    answer('ListBuckets', { Buckets: [{ Name: 'testmaker-exports-staging', BucketRegion: 'us-east-1' }] }),
    ownership('testmaker-exports-staging', 'ObjectWriter'),
    acl('testmaker-exports-staging', [ownerGrant]),
  ],
  '777788889999': [
    answer('ListBuckets', { Buckets: [{ Name: 'sandbox-scratch', BucketRegion: 'us-east-1' }] }),
    ...modern('sandbox-scratch'),
  ],
};

/** The other accounts that the same tool set, before and after; they have no deny lists. */
export const otherRecordings: readonly { readonly before: Recording; readonly after: Recording }[] = Object.entries(
  otherBuckets,
).map(([account, buckets]) => ({
  before: recording(account, '2025-10-27T14:00:00.000Z', buckets),
  after: recording(account, '2025-10-28T19:01:00.000Z', [...buckets, ...blockOn]),
}));
