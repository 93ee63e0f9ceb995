import { grantsOf, heededGrants, OWNERS_ONLY } from './acl.ts';
import { ACTIONS, type Attempt, type Caller, type Ruling } from './attempt.ts';
import { isPublicPolicy } from './public-policy.ts';
import { statementsOf, type Statement } from './policy.ts';
import { OWNER_ID, type BlockFlags, type Bucket, type Grant, type World } from './world.ts';

/** An attempt on a bucket that exists, with what decides about it. */
export interface Scene {
  readonly world: World;
  readonly bucket: Bucket;
  readonly attempt: Attempt;
  /** The account that owns the bucket. */
  readonly owner: string;
  /** The effective bits. */
  readonly block: Required<BlockFlags>;
  /** Of the policy that is in force; none without one, or when it is no policy. */
  readonly statements: readonly Statement[];
  /** BucketOwnerEnforced turns ACLs off; without ownership controls they are on (aws-facts §1.6). */
  readonly areAclsLive: boolean;
}

export function sceneOf(world: World, attempt: Attempt): Scene | undefined {
  const bucket = Object.hasOwn(world.buckets, attempt.bucket) ? world.buckets[attempt.bucket] : undefined;
  if (bucket === undefined) return undefined;
  return {
    world,
    bucket,
    attempt,
    owner: bucket.owner ?? world.account,
    block: effectiveBlock(world, bucket),
    statements: statementsOf(bucket.policy ?? '') ?? [],
    areAclsLive: bucket.ownership !== 'BucketOwnerEnforced',
  };
}

/** What the account level really is: an organisation's policy replaces the account's own setting, also by turning it off (§1.2, §1.8). */
export function accountBlockOf({ organizationPolicy, accountBlock }: World): BlockFlags | undefined {
  if (organizationPolicy === undefined) return accountBlock;
  const isOn = organizationPolicy === 'all';
  return { BlockPublicAcls: isOn, IgnorePublicAcls: isOn, BlockPublicPolicy: isOn, RestrictPublicBuckets: isOn };
}

/** The most restrictive combination: a bit is on when either level has it (§1.2). The account level is that of the bucket's owner. */
export function effectiveBlock(world: World, bucket: Bucket): Required<BlockFlags> {
  const isOurs = (bucket.owner ?? world.account) === world.account;
  const levels = [isOurs ? accountBlockOf(world) : undefined, bucket.block];
  const isOn = (bit: keyof BlockFlags): boolean => levels.some((level) => level?.[bit] === true);
  return {
    BlockPublicAcls: isOn('BlockPublicAcls'),
    IgnorePublicAcls: isOn('IgnorePublicAcls'),
    BlockPublicPolicy: isOn('BlockPublicPolicy'),
    RestrictPublicBuckets: isOn('RestrictPublicBuckets'),
  };
}

export function isPublicBucket({ statements, world }: Scene): boolean {
  return isPublicPolicy(statements, world.unsettled?.doubtfulPolicy);
}

export function isOwnCaller(caller: Caller, owner: string): boolean {
  return caller.type === 'account' && caller.account === owner;
}

/** An account's canonical id; the owner's is the one that GetBucketAcl shows. */
export function canonicalIdOf({ owner, world }: Pick<Scene, 'owner' | 'world'>, account: string): string {
  if (account === owner) return OWNER_ID;
  const known = Object.values(world.callers ?? {}).flatMap((signer) =>
    'account' in signer && signer.account === account ? (signer.canonicalId ?? []) : [],
  );
  return known[0] ?? `canonical-of-${account}`;
}

/** Whose canonical id a write of this caller leaves in an ACL; a service writes as itself. */
export function writerOf(scene: Pick<Scene, 'owner' | 'world' | 'attempt'>): { account: string; canonicalId: string } {
  const { caller } = scene.attempt;
  switch (caller.type) {
    case 'account': {
      const { account } = caller;
      const canonicalId = account === scene.owner ? undefined : caller.canonicalId;
      return { account, canonicalId: canonicalId ?? canonicalIdOf(scene, account) };
    }
    case 'anonymous':
      return { account: 'anonymous', canonicalId: 'anonymous' };
    case 'service':
      return { account: caller.name, canonicalId: caller.name };
    case 'origin-access-identity':
      return { account: caller.id, canonicalId: caller.id };
    default:
      return caller satisfies never;
  }
}

/** The object in question. Where ACLs are off, the bucket's owner owns every object (§3.4). */
export function objectOf({ attempt, bucket, owner, areAclsLive, ...scene }: Scene): {
  owner: string;
  grants: readonly Grant[];
} {
  const stored = attempt.object ?? (attempt.key === undefined ? undefined : bucket.objects?.[attempt.key]);
  const writer = stored?.owner ?? owner;
  const grants = stored?.grants ?? grantsOf(undefined, canonicalIdOf({ owner, ...scene }, writer));
  return { owner: areAclsLive ? writer : owner, grants };
}

/** Those grants of an ACL that count. */
export function liveGrants({ areAclsLive, block, world }: Scene, stored: readonly Grant[]): readonly Grant[] {
  if (!areAclsLive) return [];
  return block.IgnorePublicAcls ? heededGrants(stored, world.unsettled?.ignoredAcl ?? 'public-grants') : stored;
}

export function bucketGrants({ grants }: Bucket): readonly Grant[] {
  return grants ?? OWNERS_ONLY;
}

export const ALLOWED: Ruling = { status: 200 };

/** Only a caller of the owner's account is told the reason; the world has no other account of an organisation (§1.1). */
export function denied({ attempt, world, owner }: Pick<Scene, 'attempt' | 'world' | 'owner'>, reason: string): Ruling {
  const message = isOwnCaller(attempt.caller, owner) ? reasonText(world, attempt, reason) : 'Access Denied';
  return { status: 403, code: 'AccessDenied', message };
}

function reasonText({ caller }: World, { operation, bucket, key }: Attempt, reason: string): string {
  const arn = `arn:aws:s3:::${bucket}${key === undefined ? '' : `/${key}`}`;
  return `User: ${caller} is not authorized to perform: ${ACTIONS[operation]} on resource: "${arn}" ${reason}`;
}
