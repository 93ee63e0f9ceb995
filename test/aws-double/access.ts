/** Who gets in: the bucket's policy, RestrictPublicBuckets and the ACLs, in this order (aws-facts §3.2, rows R, X, S and C). */
import { LOG_DELIVERY } from './acl.ts';
import { ACTIONS, isOfObject, type Operation, type Ruling } from './attempt.ts';
import { limitOfCondition } from './public-policy.ts';
import { conditionsOf, speaksOf, type Condition, type Statement } from './policy.ts';
import {
  bucketGrants,
  denied,
  isOwnCaller,
  isPublicBucket,
  liveGrants,
  objectOf,
  writerOf,
  type Scene,
} from './scene.ts';
import { ALL_USERS, AUTHENTICATED_USERS } from './world.ts';

/** The permission in an ACL that lets a caller do it, and whose ACL. */
const ACL_PERMISSIONS: Partial<Record<Operation, { permission: string; of: 'object' | 'bucket' }>> = {
  GetObject: { permission: 'READ', of: 'object' },
  GetWebsitePage: { permission: 'READ', of: 'object' },
  PutObjectAcl: { permission: 'WRITE_ACP', of: 'object' },
  ListObjects: { permission: 'READ', of: 'bucket' },
  PutObject: { permission: 'WRITE', of: 'bucket' },
  PutBucketAcl: { permission: 'WRITE_ACP', of: 'bucket' },
};

/** The refusal of a caller who does not get in, whatever the call carries. */
export function refusalOfCaller(scene: Scene): Ruling | undefined {
  if (says(scene, 'Deny')) return denied(scene, 'with an explicit deny in a resource-based policy');
  return isLetIn(scene)
    ? undefined
    : denied(scene, `because no resource-based policy allows the ${ACTIONS[scene.attempt.operation]} action`);
}

function isLetIn(scene: Scene): boolean {
  const { attempt, owner } = scene;
  if (isOwnCaller(attempt.caller, owner)) return true;
  if (attempt.caller.type === 'service') return !isCutOffLogDelivery(scene);
  return !isLockedOut(scene) && (isAllowedByPolicy(scene) || isAllowedByAcl(scene));
}

/** S4: log delivery that was let in by the bucket's ACL alone ends with the ACLs. Other services always get in (S2). */
function isCutOffLogDelivery(scene: Scene): boolean {
  const isByAcl = bucketGrants(scene.bucket).some(({ to }) => to === LOG_DELIVERY);
  return isByAcl && !scene.areAclsLive && isNamed(scene, 'logging.s3.amazonaws.com') && !isAllowedByPolicy(scene);
}

function isNamed({ attempt: { caller } }: Scene, name: string): boolean {
  return caller.type === 'service' && caller.name === name;
}

/** RestrictPublicBuckets shuts out every unsigned and cross-account caller, whatever statement or ACL would let it in (§1.1, §3.1). */
function isLockedOut(scene: Scene): boolean {
  const { attempt, block, world } = scene;
  const isExempt =
    attempt.caller.type === 'origin-access-identity' && world.unsettled?.originAccessIdentity === 'admitted';
  return block.RestrictPublicBuckets && !isExempt && isPublicBucket(scene);
}

/** An Allow reaches only the objects that the bucket's owner owns; a Deny reaches all (§1.6). */
function isAllowedByPolicy(scene: Scene): boolean {
  const { operation } = scene.attempt;
  const isForeign = isOfObject(operation) && operation !== 'PutObject' && objectOf(scene).owner !== scene.owner;
  return !isForeign && says(scene, 'Allow');
}

function isAllowedByAcl(scene: Scene): boolean {
  const needed = ACL_PERMISSIONS[scene.attempt.operation];
  if (needed === undefined) return false;
  const stored = needed.of === 'object' ? objectOf(scene).grants : bucketGrants(scene.bucket);
  const isSigned = scene.attempt.caller.type === 'account';
  const { canonicalId } = writerOf(scene);
  return liveGrants(scene, stored).some(
    ({ to, permission }) =>
      (permission === needed.permission || permission === 'FULL_CONTROL') &&
      (to === ALL_USERS || (to === AUTHENTICATED_USERS && isSigned) || to === canonicalId),
  );
}

function says(scene: Scene, effect: 'Allow' | 'Deny'): boolean {
  const { operation, bucket, caller, key } = scene.attempt;
  const ask = { caller, bucket, action: ACTIONS[operation], key: isOfObject(operation) ? key : false } as const;
  return scene.statements.some(
    (statement) => statement.Effect === effect && speaksOf(statement, ask) && isMet(scene, statement),
  );
}

/**
 * An attempt tells nothing of addresses, networks or transport. Where that leaves a condition open, what pins an Allow is taken as
 * unmet and what does not pin it as met, and a Deny as unmet; `rule` says so when the outcome hangs on it.
 */
function isMet(scene: Scene, statement: Statement): boolean {
  const assumed = scene.world.unsettled?.conditions;
  return conditionsOf(statement).every((condition) => {
    const known = isKnownToBeMet(scene, condition);
    if (known !== undefined) return known;
    if (assumed !== undefined) return assumed === 'met';
    return statement.Effect === 'Allow' && limitOfCondition(condition) === 'open';
  });
}

const PLAIN_OPERATORS = new Set(['stringequals', 'stringlike', 'arnequals', 'arnlike']);

/** The unsigned have no `aws:Principal…` key, and the account of the signed is known. */
function isKnownToBeMet({ attempt: { caller } }: Scene, { operator, key, values }: Condition): boolean | undefined {
  if (!key.startsWith('aws:principal') || !PLAIN_OPERATORS.has(operator)) return undefined;
  if (caller.type === 'anonymous') return false;
  const isAccount = key === 'aws:principalaccount' && caller.type === 'account' && operator === 'stringequals';
  return isAccount ? values.includes(caller.account) : undefined;
}
