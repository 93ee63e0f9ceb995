/** What the double pretends an account to be. Plain data: a test sends it as JSON, and may change it between two scans. */
export interface World {
  account: string;
  caller: string;
  regions: string[];
  accountBlock?: BlockFlags;
  buckets: Record<string, Bucket>;
  /** By `REGIONAL/us-east-1` or `CLOUDFRONT/us-east-1`. */
  ipSets: Record<string, IpSet[]>;
}

export interface BlockFlags {
  BlockPublicAcls?: boolean;
  IgnorePublicAcls?: boolean;
  BlockPublicPolicy?: boolean;
  RestrictPublicBuckets?: boolean;
}

export interface Bucket {
  region: string;
  block?: BlockFlags;
  /** Its text, byte for byte. */
  policy?: string;
  /** What GetBucketPolicyStatus answers; a test decides, the double does not judge. */
  isPublic?: boolean;
  ownership?: 'BucketOwnerEnforced' | 'BucketOwnerPreferred' | 'ObjectWriter';
  grants?: Grant[];
  website?: { index: string; error?: string };
  tags?: Record<string, string>;
  /** Owned by another account: with ExpectedBucketOwner it is refused. */
  owner?: string;
}

export interface Grant {
  /** A canonical id, or the address of a group. */
  to: string;
  permission: string;
}

export interface IpSet {
  name: string;
  id: string;
  addresses: string[];
  version: 'IPV4' | 'IPV6';
  lockToken: string;
  description?: string;
}

/** How the double misbehaves. */
export interface Faults {
  latencyMs: number;
  /** Each S3 call is refused with SlowDown by this chance. */
  slowDownChance: number;
  /** S3 calls beyond this many in a second are refused with SlowDown. */
  slowDownAbovePerSecond?: number;
  /** The seed of that chance, so that a run can be repeated. */
  seed: number;
  /** Refusals: the call's name (`GetBucketPolicy`), for one thing or (without `of`) for all, with this code. */
  refuse: Refusal[];
}

export interface Refusal {
  call: string;
  of?: string;
  code: string;
  status: number;
  /** The words of the refusal, where they matter. */
  message?: string;
  /** Only so many times; without it always. */
  times?: number;
}

export const OWNER_ID = 'a'.repeat(64);
export const ALL_USERS = 'http://acs.amazonaws.com/groups/global/AllUsers';

export function emptyWorld(): World {
  const account = '111122223333';
  return { account, caller: `arn:aws:iam::${account}:user/tester`, regions: ['us-east-1'], buckets: {}, ipSets: {} };
}

export function noFaults(): Faults {
  return { latencyMs: 0, slowDownChance: 0, seed: 1, refuse: [] };
}
