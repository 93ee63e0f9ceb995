import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import { verdictOnAcl } from '../s3/acl-publicness.ts';
import type { RequestAcl } from './request.ts';

/** Calls that may carry an ACL (aws-facts §1.1): of any other none is asked. */
const CARRIES_ACL: ReadonlySet<string> = new Set([
  'PutObject',
  'CopyObject',
  'PostObject',
  'CreateMultipartUpload',
  'PutObjectAcl',
  'PutBucketAcl',
  'CreateBucket',
]);

/** Calls that are nothing but an ACL: where none is told, one was set all the same. */
const IS_AN_ACL: ReadonlySet<string> = new Set(['PutObjectAcl', 'PutBucketAcl']);

/** May a call of this name carry an ACL? */
export function carriesAcl(operation: string): boolean {
  return CARRIES_ACL.has(operation);
}

/** Is the call's one purpose to set an ACL? */
export function isAclCall(operation: string): boolean {
  return IS_AN_ACL.has(operation);
}

const CANNED = 'x-amz-acl';
const GRANT = 'x-amz-grant-';

/**
 * The ACL that stands in what a request carried: its headers, the parameters of its address, or what CloudTrail tells of both. Names in any
 * case; a value a text, or a list of one. Undefined where none stands there.
 */
export function aclAmong(members: JsonObject): RequestAcl | undefined {
  const told = Object.entries(members).map(([name, value]) => [name.toLowerCase(), value] as const);
  const canned = told.find(([name]) => name === CANNED)?.[1];
  if (canned !== undefined) return cannedAcl(canned);
  const grants = told.filter(([name]) => name.startsWith(GRANT));
  if (grants.length > 0) return judged({ headers: Object.fromEntries(grants) });
  const { AccessControlPolicy } = members;
  return isJsonObject(AccessControlPolicy) ? judged({ AccessControlPolicy }) : undefined;
}

function cannedAcl(value: Json): RequestAcl {
  const [first] = Array.isArray(value) ? (value as readonly Json[]) : [value];
  if (typeof first !== 'string') return 'not-told';
  if (first === 'bucket-owner-full-control') return 'none-or-owner';
  return first === 'private' ? 'private' : judged(first);
}

/** What S3 would not take, or nothing here knows, is an ACL of which no more is told. */
function judged(acl: Json): RequestAcl {
  const found = verdictOnAcl(acl);
  return 'problem' in found ? 'not-told' : found.verdict;
}
