import type { JsonObject } from '#core/json.ts';

/** What an origin is, from its domain name and how CloudFront identifies itself to it. Written before the code. */
export const ORIGINS: readonly {
  case: string;
  fact: string;
  origin: {
    domain: string;
    path?: string;
    accessControl?: { id: string; signing: string };
    identity?: string;
    isVpcOrigin?: boolean;
  };
  is: JsonObject;
}[] = [
  {
    case: 'a bucket in its region, signed with origin access control',
    fact: 'aws-facts §3.2 C1',
    origin: {
      domain: 'assets.s3.eu-central-1.amazonaws.com',
      accessControl: { id: 'E1CONTROL', signing: 'always' },
    },
    is: {
      domain: 'assets.s3.eu-central-1.amazonaws.com',
      bucket: 'assets',
      region: 'eu-central-1',
      reachedBy: 'origin-access-control',
      accessControl: 'E1CONTROL',
      signing: 'always',
    },
  },
  {
    case: 'an access control that signs nothing is named all the same',
    fact: 'API model, SigningBehavior: never "turns off origin access control for all origins"',
    origin: { domain: 'assets.s3.amazonaws.com', accessControl: { id: 'E1CONTROL', signing: 'never' } },
    is: {
      domain: 'assets.s3.amazonaws.com',
      bucket: 'assets',
      reachedBy: 'origin-access-control',
      accessControl: 'E1CONTROL',
      signing: 'never',
    },
  },
  {
    case: 'a bucket with an origin access identity',
    fact: 'aws-facts §3.2 C2; API model, S3OriginConfig.OriginAccessIdentity: origin-access-identity/cloudfront/ID',
    origin: { domain: 'assets.s3.amazonaws.com', identity: 'origin-access-identity/cloudfront/E2IDENTITY' },
    is: {
      domain: 'assets.s3.amazonaws.com',
      bucket: 'assets',
      reachedBy: 'origin-access-identity',
      identity: 'E2IDENTITY',
    },
  },
  {
    case: 'a bucket that is asked without a signature',
    fact: 'aws-facts §3.2 R1, R4',
    origin: { domain: 'assets.s3.us-west-2.amazonaws.com', identity: '' },
    is: {
      domain: 'assets.s3.us-west-2.amazonaws.com',
      bucket: 'assets',
      region: 'us-west-2',
      reachedBy: 'unsigned',
    },
  },
  {
    case: 'a website endpoint, spelt with a dash',
    fact: 'aws-facts §3.2 C3, H1; UG, website endpoints: s3-website-REGION',
    origin: { domain: 'www.example.com.s3-website-us-east-1.amazonaws.com' },
    is: {
      domain: 'www.example.com.s3-website-us-east-1.amazonaws.com',
      bucket: 'www.example.com',
      region: 'us-east-1',
      reachedBy: 'website',
    },
  },
  {
    case: 'a website endpoint, spelt with a dot',
    fact: 'aws-facts §3.2 C3, H1; UG, website endpoints: s3-website.REGION',
    origin: { domain: 'www.example.com.s3-website.eu-central-1.amazonaws.com' },
    is: {
      domain: 'www.example.com.s3-website.eu-central-1.amazonaws.com',
      bucket: 'www.example.com',
      region: 'eu-central-1',
      reachedBy: 'website',
    },
  },
  {
    case: 'names of the old form, with a dash before the region',
    fact: 'UG, virtual hosting: s3-REGION endpoints of older regions',
    origin: { domain: 'assets.s3-us-west-2.amazonaws.com' },
    is: { domain: 'assets.s3-us-west-2.amazonaws.com', bucket: 'assets', region: 'us-west-2', reachedBy: 'unsigned' },
  },
  {
    case: 'the name for both versions of IP',
    fact: 'UG, dual-stack endpoints: BUCKET.s3.dualstack.REGION',
    origin: { domain: 'assets.s3.dualstack.us-west-2.amazonaws.com' },
    is: {
      domain: 'assets.s3.dualstack.us-west-2.amazonaws.com',
      bucket: 'assets',
      region: 'us-west-2',
      reachedBy: 'unsigned',
    },
  },
  {
    case: 'an accelerated endpoint names no region',
    fact: 'UG, transfer acceleration: BUCKET.s3-accelerate.amazonaws.com',
    origin: { domain: 'assets.s3-accelerate.amazonaws.com' },
    is: { domain: 'assets.s3-accelerate.amazonaws.com', bucket: 'assets', reachedBy: 'unsigned' },
  },
  {
    case: 'a bucket whose own name looks like an endpoint',
    fact: 'UG, bucket naming rules: dots are allowed',
    origin: { domain: 'my.s3.files.s3.eu-west-1.amazonaws.com' },
    is: {
      domain: 'my.s3.files.s3.eu-west-1.amazonaws.com',
      bucket: 'my.s3.files',
      region: 'eu-west-1',
      reachedBy: 'unsigned',
    },
  },
  {
    case: 'names of hosts have no case',
    fact: 'RFC 4343',
    origin: { domain: 'Assets.S3.amazonaws.com' },
    is: { domain: 'assets.s3.amazonaws.com', bucket: 'assets', reachedBy: 'unsigned' },
  },
  {
    case: 'path-style: the bucket stands in the path',
    fact: 'UG, virtual hosting: path-style requests',
    origin: { domain: 's3.eu-west-1.amazonaws.com', path: '/assets/images' },
    is: {
      domain: 's3.eu-west-1.amazonaws.com',
      path: '/assets/images',
      bucket: 'assets',
      region: 'eu-west-1',
      reachedBy: 'unsigned',
    },
  },
  {
    case: 'a folder of a bucket',
    fact: 'API model, Origin.OriginPath',
    origin: { domain: 'assets.s3.amazonaws.com', path: '/production' },
    is: { domain: 'assets.s3.amazonaws.com', path: '/production', bucket: 'assets', reachedBy: 'unsigned' },
  },
  {
    case: 'an access point by its alias: which bucket is behind it, its name does not tell',
    fact: 'UG, access point aliases end in -s3alias, which no bucket name may',
    origin: {
      domain: 'reports-a1b2c3d4e5f6-s3alias.s3.us-east-1.amazonaws.com',
      accessControl: { id: 'E1CONTROL', signing: 'always' },
    },
    is: {
      domain: 'reports-a1b2c3d4e5f6-s3alias.s3.us-east-1.amazonaws.com',
      accessPoint: 'reports-a1b2c3d4e5f6-s3alias',
      region: 'us-east-1',
      reachedBy: 'origin-access-control',
      accessControl: 'E1CONTROL',
      signing: 'always',
    },
  },
  {
    case: 'somebody’s own server',
    fact: 'API model, CustomOriginConfig',
    origin: { domain: 'api.example.com' },
    is: { domain: 'api.example.com', reachedBy: 'custom-origin' },
  },
  {
    case: 'a function’s address with an access control of its own',
    fact: 'API model, OriginAccessControlOriginTypes: s3, mediastore, mediapackagev2, lambda',
    origin: {
      domain: 'abc.lambda-url.us-east-1.on.aws',
      accessControl: { id: 'E3CONTROL', signing: 'always' },
    },
    is: {
      domain: 'abc.lambda-url.us-east-1.on.aws',
      reachedBy: 'custom-origin',
      accessControl: 'E3CONTROL',
      signing: 'always',
    },
  },
  {
    case: 'a server in a VPC',
    fact: 'API model, VpcOriginConfig',
    origin: { domain: 'internal.example.com', isVpcOrigin: true },
    is: { domain: 'internal.example.com', reachedBy: 'vpc-origin' },
  },
  {
    case: 'a stranger’s host that only looks like S3',
    fact: 'S3 endpoints end in amazonaws.com',
    origin: { domain: 'assets.s3.amazonaws.com.example.com' },
    is: { domain: 'assets.s3.amazonaws.com.example.com', reachedBy: 'custom-origin' },
  },
];

const control = (signing: string): JsonObject => ({
  domain: 'assets.s3.amazonaws.com',
  bucket: 'assets',
  reachedBy: 'origin-access-control',
  accessControl: 'E1CONTROL',
  signing,
});
const unsigned: JsonObject = { domain: 'assets.s3.amazonaws.com', bucket: 'assets', reachedBy: 'unsigned' };
const website: JsonObject = {
  domain: 'assets.s3-website-us-east-1.amazonaws.com',
  bucket: 'assets',
  region: 'us-east-1',
  reachedBy: 'website',
};
const identity: JsonObject = {
  domain: 'assets.s3.amazonaws.com',
  bucket: 'assets',
  reachedBy: 'origin-access-identity',
  identity: 'E2IDENTITY',
};

/** How one distribution reaches the bucket `assets`, and under which rows of aws-facts §3.2 that stands. Written before the code. */
export const REACHES: readonly {
  case: string;
  fact: string;
  origins: Readonly<Record<string, JsonObject>> | 'refused';
  behaviors?: JsonObject | 'refused';
  enabled?: boolean | 'refused';
  aliases?: readonly string[];
  says: readonly string[];
  rows: readonly (readonly string[])[];
  unknown?: readonly string[];
}[] = [
  {
    case: 'origin access control',
    fact: 'aws-facts §3.2 C1: no flag of a block refuses it',
    origins: { web: control('always') },
    says: ['distribution E123 (www.example.com) reads this bucket with origin access control E1CONTROL'],
    rows: [['C1']],
  },
  {
    case: 'origin access control that lets viewers sign themselves',
    fact: 'aws-facts §3.2 C1; API model, SigningBehavior no-override',
    origins: { web: control('no-override') },
    says: [
      'distribution E123 (www.example.com) reads this bucket with origin access control E1CONTROL, but for requests that bring a signature of their own',
    ],
    rows: [['C1']],
  },
  {
    case: 'origin access control that never signs',
    fact: 'aws-facts §3.2 R1, R4: the request is anonymous',
    origins: { web: control('never') },
    says: [
      'distribution E123 (www.example.com) reads this bucket without a signature, since origin access control E1CONTROL never signs',
    ],
    rows: [['R1', 'R4']],
  },
  {
    case: 'a signing that is not known here',
    fact: 'not knowing is a value',
    origins: { web: control('sometimes') },
    says: [
      'distribution E123 (www.example.com) reads this bucket with origin access control E1CONTROL, which signs in a way that is not known here (sometimes)',
    ],
    rows: [['C1', 'R1', 'R4']],
  },
  {
    case: 'origin access identity',
    fact: 'aws-facts §3.2 C2',
    origins: { web: identity },
    says: ['distribution E123 (www.example.com) reads this bucket as origin access identity E2IDENTITY'],
    rows: [['C2']],
  },
  {
    case: 'no signature',
    fact: 'aws-facts §3.2 R1, R4',
    origins: { web: unsigned },
    says: ['distribution E123 (www.example.com) reads this bucket without a signature, as anybody does'],
    rows: [['R1', 'R4']],
  },
  {
    case: 'the website endpoint',
    fact: 'aws-facts §3.2 C3, H1',
    origins: { web: website },
    says: ['distribution E123 (www.example.com) reads this bucket over its website endpoint'],
    rows: [['C3', 'H1']],
  },
  {
    case: 'two origins of one bucket',
    fact: 'each way stands under its own rows',
    origins: { files: control('always'), web: website },
    behaviors: { 'Default (*)': 'web', 'files/*': 'files' },
    says: [
      'distribution E123 (www.example.com) reads this bucket with origin access control E1CONTROL',
      'distribution E123 (www.example.com) reads this bucket over its website endpoint',
    ],
    rows: [['C1'], ['C3', 'H1']],
  },
  {
    case: 'another bucket’s origin is none of this one’s',
    fact: 'bucket names are one in all regions (aws-facts §7)',
    origins: { web: { ...website, bucket: 'others' } },
    says: [],
    rows: [],
  },
  {
    case: 'somebody’s own server',
    fact: 'it is no bucket',
    origins: { web: { domain: 'api.example.com', reachedBy: 'custom-origin' } },
    says: [],
    rows: [],
  },
  {
    case: 'without names of its owner’s, the one that CloudFront gave',
    fact: 'API model, Distribution.DomainName',
    origins: { web: website },
    aliases: [],
    says: ['distribution E123 (d111111abcdef8.cloudfront.net) reads this bucket over its website endpoint'],
    rows: [['C3', 'H1']],
  },
  {
    case: 'more names than one',
    fact: 'API model, Aliases',
    origins: { web: website },
    aliases: ['www.example.com', 'example.com', 'cdn.example.com'],
    says: ['distribution E123 (www.example.com and 2 more) reads this bucket over its website endpoint'],
    rows: [['C3', 'H1']],
  },
  {
    case: 'a disabled distribution reads nothing',
    fact: 'API model, DistributionConfig.Enabled',
    origins: { web: website },
    enabled: false,
    says: ['distribution E123 (www.example.com) would read this bucket over its website endpoint, and is disabled'],
    rows: [['C3', 'H1']],
  },
  {
    case: 'whether it is enabled was refused',
    fact: 'not knowing is a value',
    origins: { web: website },
    enabled: 'refused',
    says: [
      'distribution E123 (www.example.com) may read this bucket over its website endpoint: whether it is enabled could not be read (AccessDenied)',
    ],
    rows: [['C3', 'H1']],
  },
  {
    case: 'an origin from which no path is served',
    fact: 'API model, CacheBehavior.TargetOriginId',
    origins: { web: website },
    behaviors: { 'Default (*)': 'api' },
    says: [
      'distribution E123 (www.example.com) would read this bucket over its website endpoint, and serves no path from it',
    ],
    rows: [['C3', 'H1']],
  },
  {
    case: 'an origin of a group, which serves when the first does not',
    fact: 'API model, OriginGroups',
    origins: { web: website },
    behaviors: { 'Default (*)': ['api', 'web'] },
    says: ['distribution E123 (www.example.com) reads this bucket over its website endpoint'],
    rows: [['C3', 'H1']],
  },
  {
    case: 'which paths are served was refused',
    fact: 'not knowing is a value',
    origins: { web: website },
    behaviors: 'refused',
    says: [
      'distribution E123 (www.example.com) may read this bucket over its website endpoint: which paths it serves from it could not be read (AccessDenied)',
    ],
    rows: [['C3', 'H1']],
  },
  {
    case: 'origins that were refused may be any bucket’s',
    fact: 'not knowing is a value',
    origins: 'refused',
    says: [],
    rows: [],
    unknown: ['its origins could not be read (AccessDenied)'],
  },
  {
    case: 'an access point may be any bucket’s',
    fact: 'UG, access point aliases',
    origins: {
      web: { domain: 'a-s3alias.s3.us-east-1.amazonaws.com', accessPoint: 'a-s3alias', reachedBy: 'unsigned' },
    },
    says: [],
    rows: [],
    unknown: ['its origin web is access point a-s3alias, and of which bucket that is was not read'],
  },
];
