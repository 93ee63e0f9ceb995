import { ACCOUNT } from '../builders.ts';

export type Flag = 'BlockPublicAcls' | 'IgnorePublicAcls' | 'BlockPublicPolicy' | 'RestrictPublicBuckets';
export type Flags = Readonly<Partial<Record<Flag, boolean>>>;

/** A grant to another account, by its canonical id. */
export interface NamedGrant {
  readonly canonicalId: string;
  readonly permission: 'READ' | 'WRITE' | 'FULL_CONTROL';
}

/** One bucket of us-east-1: what is left out is not set. */
export interface ScenarioBucket {
  readonly name: string;
  /** Not set: as ObjectWriter, ACLs on (aws-facts §1.6). */
  readonly ownership?: 'BucketOwnerEnforced' | 'BucketOwnerPreferred' | 'ObjectWriter';
  readonly block?: Flags;
  readonly policy?: object;
  /** As it is stored, and was accepted before anything hid its public grants (aws-facts §1.4). `private` where it is left out. */
  readonly acl?:
    | 'private'
    | 'public-read'
    | 'public-read-write'
    | 'authenticated-read'
    | 'log-delivery-write'
    | readonly NamedGrant[];
  readonly website?: boolean;
  /** The tag that says whose it is. */
  readonly owner?: string;
}

export const PARTNER = '444455556666';
export const PARTNER_ID = '5f1e8d7c6b5a49382716f5e4d3c2b1a09f8e7d6c5b4a39281706f5e4d3c2b1a0';
/** The account of Elastic Load Balancing in us-east-1, which old load balancers write their logs as. */
export const LOAD_BALANCING = '127311923021';

export const ALL_FOUR: Flags = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal: unknown;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: object;
}

/** A bucket policy. */
export const policyOf = (...Statement: readonly Statement[]): { Version: string; Statement: readonly Statement[] } => ({
  Version: '2012-10-17',
  Statement,
});

const objectsOf = (bucket: string, prefix = ''): string => `arn:aws:s3:::${bucket}/${prefix}*`;

/** Everyone reads what is under the prefix. */
export const everyoneReads = (bucket: string, prefix = ''): Statement => ({
  Sid: 'EveryoneReads',
  Effect: 'Allow',
  Principal: '*',
  Action: 's3:GetObject',
  Resource: objectsOf(bucket, prefix),
});

export const everyoneLists = (bucket: string): Statement => ({
  Sid: 'EveryoneLists',
  Effect: 'Allow',
  Principal: '*',
  Action: 's3:ListBucket',
  Resource: `arn:aws:s3:::${bucket}`,
});

/** An account as a whole, by its id. */
export const accountMay = (
  account: string,
  bucket: string,
  actions: readonly string[] = ['s3:GetObject'],
): Statement => ({
  Sid: 'Account',
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${account}:root` },
  Action: actions,
  Resource: objectsOf(bucket),
});

/** One role of another account. */
export const partnerRoleMay = (role: string, bucket: string, actions: readonly string[]): Statement => ({
  Sid: 'PartnerRole',
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${PARTNER}:role/${role}` },
  Action: actions,
  Resource: objectsOf(bucket),
});

export const ownRoleReads = (role: string, bucket: string): Statement => ({
  Sid: 'OwnRole',
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/${role}` },
  Action: 's3:GetObject',
  Resource: objectsOf(bucket),
});

/** CloudFront with origin access control. */
export const cloudFrontReads = (bucket: string): Statement => ({
  Sid: 'OriginAccessControl',
  Effect: 'Allow',
  Principal: { Service: 'cloudfront.amazonaws.com' },
  Action: 's3:GetObject',
  Resource: objectsOf(bucket),
  Condition: { StringEquals: { 'AWS:SourceArn': `arn:aws:cloudfront::${ACCOUNT}:distribution/E1EXAMPLE` } },
});

/** CloudFront with an origin access identity. */
export const identityReads = (bucket: string): Statement => ({
  Sid: 'OriginAccessIdentity',
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2EXAMPLE' },
  Action: 's3:GetObject',
  Resource: objectsOf(bucket),
});

/** Nobody writes who does not come through the VPC endpoint. */
export const onlyThroughEndpoint = (bucket: string): Statement => ({
  Sid: 'OnlyThroughEndpoint',
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:PutObject',
  Resource: objectsOf(bucket),
  Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-0a1b2c3d4e5f60718' } },
});
