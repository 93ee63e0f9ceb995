/** What the double pretends an account to be. Plain data: a test sends it as JSON, and may change it between two scans. */
export interface World {
  account: string;
  caller: string;
  regions: string[];
  accountBlock?: BlockFlags;
  buckets: Record<string, Bucket>;
  /** By `REGIONAL/us-east-1` or `CLOUDFRONT/us-east-1`. */
  ipSets: Record<string, IpSet[]>;
  /** CloudFront's distributions, by id. */
  distributions?: Record<string, Distribution>;
  /** How each origin access control signs, by id: `always`, `never` or `no-override`. */
  accessControls?: Record<string, string>;
  /** By the same. */
  webAcls?: Record<string, WebAcl[]>;
  /** Rule groups by ARN, their rules as AWS's API has them. */
  ruleGroups?: Record<string, object[]>;
  /** An attached S3 policy of the organisation: the account level is on or off as a whole, whatever `accountBlock` says (aws-facts §1.8). */
  organizationPolicy?: 'all' | 'none';
  /** Who signs with which access key; a key that is not here is the account's own. */
  callers?: Record<string, Signer>;
  /** Keys a page of ListObjectsV2, at most; AWS gives a thousand. */
  keysPerPage?: number;
  /** Buckets a page of ListBuckets, at most: AWS may give fewer than it was asked for. Without it as many as that. */
  bucketsPerPage?: number;
  /** What the DynamoDB tables hold: by table, by the text of the item's key. */
  tables?: Record<string, Record<string, Item>>;
  unsettled?: Unsettled;
  /** CloudFormation's change sets, by ARN. */
  changeSets?: Record<string, ChangeSet>;
  /** What CloudTrail's event history holds, by region: records as CloudTrail writes them, in any order. */
  events?: Record<string, unknown[]>;
  /** Further accounts by id. AssumeRole takes on any role in them; in an account that is not here it is refused. */
  members?: Record<string, World>;
}

/** What the double answers where the facts say [U]; what is left out has the default named here. */
export interface Unsettled {
  /** A public ACL where both BucketOwnerEnforced and BlockPublicAcls refuse: which error wins (§1.6). Default: the 400. */
  enforcedAndBlocked?: 'AccessControlListNotSupported' | 'AccessDenied';
  /** What IgnorePublicAcls ignores of an ACL that has other grants too (§3.2 X4). Default: the public grants. */
  ignoredAcl?: 'public-grants' | 'whole';
  /** A CloudFront origin access identity under RestrictPublicBuckets (§3.2 C2). Default: locked out. */
  originAccessIdentity?: 'locked-out' | 'admitted';
  /** Whether RestrictPublicBuckets turns a computed PolicyStatus false (§2.5). Default: it does not. */
  restrictedPolicyStatus?: 'public' | 'not-public';
  /** Every policy whose publicness is tagged [U] (§2.3). Default: what the table calls each. */
  doubtfulPolicy?: 'public' | 'not-public';
  /** The conditions that an attempt cannot show. Default: those that pin an Allow and those of a Deny are unmet, the rest are met. */
  conditions?: 'met' | 'unmet';
}

export interface ChangeSet {
  status?: string;
  reason?: string;
  /** Without it a hundred; AWS ends a page at 1 MB. */
  changesPerPage?: number;
  /** Resource changes, their contexts as JSON in a text. */
  changes: Record<string, string | undefined>[];
}

/** Whose an access key is. Services and CloudFront's identities really sign with keys that nobody else sees. */
export type Signer = { account: string; canonicalId?: string } | { service: string } | { originAccessIdentity: string };

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
  /** What GetBucketPolicyStatus answers; without it the double judges the policy itself (public-policy.ts). */
  isPublic?: boolean;
  /** Without it ACLs are enabled, as with ObjectWriter (aws-facts §1.6). */
  ownership?: Ownership;
  grants?: Grant[];
  website?: { index: string; error?: string };
  tags?: Record<string, string>;
  /** Owned by another account: with ExpectedBucketOwner it is refused. */
  owner?: string;
  /** By key. Without an owner it is the bucket owner's, without grants its ACL is private. */
  objects?: Record<string, StoredObject>;
}

export interface Distribution {
  origins: Record<string, Origin>;
  /** The origin of what no path names. */
  served: string;
  /** The origin of each further path. */
  paths?: Record<string, string>;
  aliases?: string[];
  comment?: string;
  enabled?: boolean;
  webAcl?: string;
}

export interface Origin {
  domain: string;
  path?: string;
  accessControl?: string;
  identity?: string;
}

export interface StoredObject {
  owner?: string;
  grants?: Grant[];
  /** Its text, for a test that writes one; what is put over HTTP is kept byte for byte in `base64`. */
  body?: string;
  base64?: string;
}

export type Ownership = 'BucketOwnerEnforced' | 'BucketOwnerPreferred' | 'ObjectWriter';

export interface Grant {
  /** A canonical id, or the address of a group. */
  to: string;
  permission: string;
}

/** An item as DynamoDB's protocol writes it: each attribute under the letter of its type. */
export type Item = Record<string, Record<string, string>>;

export interface IpSet {
  name: string;
  id: string;
  addresses: string[];
  version: 'IPV4' | 'IPV6';
  lockToken: string;
  description?: string;
}

/** A web ACL; its rules as AWS's API has them (`{ Name, Priority, Action, Statement }`). */
export interface WebAcl {
  name: string;
  id: string;
  lockToken: string;
  defaultAction: 'Allow' | 'Block';
  rules: object[];
  description?: string;
  /** ARNs by the type that ListResourcesForWebACL is asked for; none where it has no type is of load balancers (aws-facts §6). */
  behind?: Record<string, string[]>;
  /** Firewall Manager's groups before and after the rules. */
  first?: object[];
  last?: object[];
}

/** How the double misbehaves. */
export interface Faults {
  latencyMs: number;
  /** Each S3 call is refused with SlowDown by this chance. */
  slowDownChance: number;
  /** S3 calls beyond this many in a second are refused with SlowDown. */
  slowDownAbovePerSecond?: number;
  /** LookupEvents beyond this many in a second of an account and region are refused: AWS takes 2, for all who ask (aws-facts §4.6). */
  lookupsPerSecond: number;
  /** The seed of that chance, so that a run can be repeated. */
  seed: number;
  /** Refusals: the call's name (`GetBucketPolicy`), for one thing or (without `of`) for all, with this code. */
  refuse: Refusal[];
  /** Answers that never arrive, though what was asked is done. */
  lose: Loss[];
}

/** The connection ends before the answer, or `halfway` through its body. */
export interface Loss {
  call: string;
  of?: string;
  halfway?: boolean;
  /** Only so many times; without it always. */
  times?: number;
}

export interface Refusal {
  call: string;
  of?: string;
  code: string;
  status: number;
  /** So many such calls are let through first. */
  after?: number;
  /** The words of the refusal, where they matter. */
  message?: string;
  /** Only so many times; without it always. */
  times?: number;
}

export const OWNER_ID = 'a'.repeat(64);
export const ALL_USERS = 'http://acs.amazonaws.com/groups/global/AllUsers';
/** Any AWS account in the world (aws-facts §1.5). */
export const AUTHENTICATED_USERS = 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers';

export function emptyWorld(account = '111122223333'): World {
  return { account, caller: `arn:aws:iam::${account}:user/tester`, regions: ['us-east-1'], buckets: {}, ipSets: {} };
}

export function noFaults(): Faults {
  return { latencyMs: 0, slowDownChance: 0, lookupsPerSecond: 2, seed: 1, refuse: [], lose: [] };
}
