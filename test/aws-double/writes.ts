/** What a call may carry: ACLs, policies, ownership and blocks (aws-facts §3.2, rows W, A, P and M). */
import { grantsOf, isCannedAcl, isMailGrant, isPublicGrant } from './acl.ts';
import type { Attempt, Ruling } from './attempt.ts';
import { isPublicPolicy } from './public-policy.ts';
import { statementsOf } from './policy.ts';
import { ALLOWED, bucketGrants, denied, isOwnCaller, liveGrants, writerOf, type Scene } from './scene.ts';
import { OWNER_ID, type Grant, type World } from './world.ts';

const PUBLIC_ACL = 'because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.';
const PUBLIC_POLICY =
  'because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.';
const ORGANIZATION =
  'This account does not allow changes to its account-level S3 Block Public Access settings due to an organizational S3 Block Public Access policy in effect.';

const refused = (status: number, code: string, message: string): Ruling => ({ status, code, message });

const ACLS_ARE_OFF = refused(400, 'AccessControlListNotSupported', 'The bucket does not allow ACLs');
const NOT_ALLOWED = refused(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.');
const NO_SUCH_ACL = refused(400, 'InvalidArgument', 'Argument x-amz-acl is not valid');
const NO_POLICY = refused(400, 'MalformedPolicy', 'This policy contains invalid Json');
const ACL_AND_OWNERSHIP = refused(
  400,
  'InvalidBucketAclWithObjectOwnership',
  "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
);
const ACL_AND_BLOCK = refused(
  400,
  'InvalidBucketAclWithBlockPublicAccessError',
  'Bucket cannot have public ACLs set with BlockPublicAccess enabled',
);

/** W0–W4, A1 and A2: a write with whatever ACL it carries, by a caller who is let in. */
export function ruleOnAcl(scene: Scene): Ruling {
  const { attempt, block, world } = scene;
  const malformed = malformedAcl(attempt);
  if (malformed !== undefined) return malformed;
  const isPublic = grantsOf(attempt.acl, writerOf(scene).canonicalId).some(isPublicGrant);
  const isOff = !scene.areAclsLive && !isFreeOfAcls(scene);
  const isBlocked = isPublic && block.BlockPublicAcls;
  const isBlockFirst = isBlocked && world.unsettled?.enforcedAndBlocked === 'AccessDenied';
  if (isOff && !isBlockFirst) return ACLS_ARE_OFF;
  if (isBlocked) return denied(scene, PUBLIC_ACL);
  return isPublic && isUseless(scene) ? { ...ALLOWED, useless: true } : ALLOWED;
}

function malformedAcl({ acl }: Attempt): Ruling | undefined {
  if (acl?.grants?.some(isMailGrant) === true) return NOT_ALLOWED;
  return acl?.canned === undefined || isCannedAcl(acl.canned) ? undefined : NO_SUCH_ACL;
}

/** What a bucket with its ACLs off accepts: uploads whose ACL says no more than "the bucket's owner" (§1.6). The ACL calls never. */
function isFreeOfAcls({ attempt: { operation, acl, caller }, owner }: Scene): boolean {
  if (operation !== 'PutObject') return false;
  if (acl?.grants !== undefined)
    return acl.grants.every(({ to, permission }) => to === OWNER_ID && permission === 'FULL_CONTROL');
  switch (acl?.canned) {
    case undefined:
    case 'bucket-owner-full-control':
      return true;
    case 'private':
      return isOwnCaller(caller, owner) || caller.type === 'service';
    default:
      return false;
  }
}

/** The silent breakage of W4: stored, answered with 200, and read by nobody but the owner. */
function isUseless(scene: Scene): boolean {
  const { canonicalId } = writerOf(scene);
  const grants = grantsOf(scene.attempt.acl, canonicalId);
  return liveGrants(scene, grants).every(({ to }) => to === OWNER_ID || to === canonicalId);
}

/** P1 and P2: only the document that is put counts, also when it is the one that is there already. */
export function ruleOnPolicy(scene: Scene): Ruling {
  const { attempt, block, owner, world } = scene;
  if (!isOwnCaller(attempt.caller, owner)) return NOT_ALLOWED;
  if (attempt.operation === 'DeleteBucketPolicy') return { status: 204 };
  const statements = statementsOf(attempt.policy ?? '');
  if (statements === undefined) return NO_POLICY;
  const isPublic = isPublicPolicy(statements, world.unsettled?.doubtfulPolicy);
  return block.BlockPublicPolicy && isPublic ? denied(scene, PUBLIC_POLICY) : ALLOWED;
}

/** A3: the stored bucket ACL counts, not what IgnorePublicAcls leaves of it. Object ACLs do not stand in the way (§1.6). */
export function ruleOnOwnership({ attempt, bucket }: Scene): Ruling {
  const isRefused = attempt.ownership === 'BucketOwnerEnforced' && bucketGrants(bucket).some(isForOthers);
  return isRefused ? ACL_AND_OWNERSHIP : ALLOWED;
}

/** A4: a public ACL always fails, for the new bucket has its own block; `bucket-owner-…` is silently ignored (§1.5). */
export function ruleOnNewBucket(world: World, attempt: Attempt): Ruling {
  const { acl, ownership, caller, bucket } = attempt;
  if (caller.type !== 'account') return denied({ attempt, world, owner: world.account }, '');
  const malformed = malformedAcl(attempt);
  if (malformed !== undefined) return malformed;
  const grants = grantsOf(acl, OWNER_ID);
  const isPublic = grants.some(isPublicGrant);
  if (isPublic && ownership !== 'BucketOwnerEnforced') return ACL_AND_BLOCK;
  if ((ownership ?? 'BucketOwnerEnforced') === 'BucketOwnerEnforced' && grants.some(isForOthers))
    return ACL_AND_OWNERSHIP;
  return Object.hasOwn(world.buckets, bucket) ? takenName(world, attempt) : ALLOWED;
}

function takenName(world: World, { bucket, caller }: Attempt): Ruling {
  return isOwnCaller(caller, world.buckets[bucket]?.owner ?? world.account)
    ? refused(
        409,
        'BucketAlreadyOwnedByYou',
        'Your previous request to create the named bucket succeeded and you already own it.',
      )
    : refused(409, 'BucketAlreadyExists', 'The requested bucket name is not available.');
}

/** M1: an organisation's policy locks the account's block, whether it says "all" or "none" (§1.8). The bucket's it leaves alone (M2). */
export function ruleOnAccountBlock(world: World, attempt: Attempt): Ruling {
  if (!isOwnCaller(attempt.caller, world.account)) return refused(403, 'AccessDenied', 'Access Denied');
  if (world.organizationPolicy !== undefined) return refused(403, 'AccessDenied', ORGANIZATION);
  return attempt.operation === 'DeleteAccountPublicAccessBlock' ? { status: 204 } : ALLOWED;
}

function isForOthers({ to }: Grant): boolean {
  return to !== OWNER_ID;
}
