import type { CarriedAcl } from './acl.ts';
import type { Grant, Ownership } from './world.ts';

/** Who asks. */
export type Caller =
  | { type: 'anonymous' }
  /** An IAM principal of that account, which its own IAM allows everything. */
  | { type: 'account'; account: string; canonicalId?: string }
  /** An AWS service principal, such as `cloudfront.amazonaws.com`. */
  | { type: 'service'; name: string }
  | { type: 'origin-access-identity'; id: string };

export type Operation =
  | 'PutObject'
  | 'PutObjectAcl'
  | 'PutBucketAcl'
  | 'CreateBucket'
  | 'PutBucketPolicy'
  | 'DeleteBucketPolicy'
  | 'PutBucketOwnershipControls'
  | 'DeleteBucketOwnershipControls'
  | 'PutPublicAccessBlock'
  | 'DeletePublicAccessBlock'
  | 'PutAccountPublicAccessBlock'
  | 'DeleteAccountPublicAccessBlock'
  | 'GetObject'
  | 'ListObjects'
  | 'GetWebsitePage';

export interface Attempt {
  operation: Operation;
  bucket: string;
  /** Of the object; without it, policies are read as if it were one that they cover. */
  key?: string;
  caller: Caller;
  /** What the request carries. */
  acl?: CarriedAcl;
  /** The document to put. */
  policy?: string;
  /** To put, or to create the bucket with. */
  ownership?: Ownership;
  /** The object that is read: which account owns it, and its ACL. Without it, the world's one of that key. */
  object?: { owner: string; grants: Grant[] };
}

export interface Ruling {
  status: number;
  code?: string;
  message?: string;
  /** The facts do not settle this (tagged [U]), or the attempt does not tell enough: which question it hangs on. */
  unsettled?: string;
  /** Accepted, but the ACL grants nothing (IgnorePublicAcls). */
  useless?: boolean;
}

/** The IAM action that a policy would allow; a DELETE uses the permission of the PUT (aws-facts §1.3). */
export const ACTIONS: Readonly<Record<Operation, string>> = {
  PutObject: 's3:PutObject',
  PutObjectAcl: 's3:PutObjectAcl',
  PutBucketAcl: 's3:PutBucketAcl',
  CreateBucket: 's3:CreateBucket',
  PutBucketPolicy: 's3:PutBucketPolicy',
  DeleteBucketPolicy: 's3:DeleteBucketPolicy',
  PutBucketOwnershipControls: 's3:PutBucketOwnershipControls',
  DeleteBucketOwnershipControls: 's3:PutBucketOwnershipControls',
  PutPublicAccessBlock: 's3:PutBucketPublicAccessBlock',
  DeletePublicAccessBlock: 's3:PutBucketPublicAccessBlock',
  PutAccountPublicAccessBlock: 's3:PutAccountPublicAccessBlock',
  DeleteAccountPublicAccessBlock: 's3:PutAccountPublicAccessBlock',
  GetObject: 's3:GetObject',
  ListObjects: 's3:ListBucket',
  GetWebsitePage: 's3:GetObject',
};

/** The operations whose resource is an object. */
export function isOfObject(operation: Operation): boolean {
  return ['PutObject', 'PutObjectAcl', 'GetObject', 'GetWebsitePage'].includes(operation);
}
