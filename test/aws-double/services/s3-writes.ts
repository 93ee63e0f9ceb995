import { grantsOf } from '../acl.ts';
import type { Attempt, Operation } from '../enforcement.ts';
import type { Answer, Call } from '../request.ts';
import { OWNER_ID, type World } from '../world.ts';
import { accepted, attemptOf, blockIn, callerOf, openIn, textOf, type Accepted } from './s3-attempt.ts';
import { getObject, listObjects, putObject, putObjectAcl } from './s3-objects.ts';

/** Answers what `rule` decides about, and changes the world when it is accepted. */
export function answerEnforced(call: Call, operation: Operation, world: World): Answer {
  const attempt = attemptOf(call, operation, world);
  const ruling = accepted(world, attempt);
  const { status } = ruling;
  if (operation === 'CreateBucket') {
    createBucket(world, attempt, call);
    return { status, headers: { location: `/${attempt.bucket}` } };
  }
  const bucket = Object.hasOwn(world.buckets, attempt.bucket) ? world.buckets[attempt.bucket] : undefined;
  if (bucket === undefined) return { status: 404 };
  const answer = EFFECTS[operation]?.({ bucket, attempt, call, world });
  return { status, ...answer, headers: { ...answer?.headers, ...openIn(ruling) } };
}

/** The account's block, over S3 Control. */
export function putAccountBlock(call: Call, world: World): Answer {
  const isDelete = call.method === 'DELETE';
  const operation = isDelete ? 'DeleteAccountPublicAccessBlock' : 'PutAccountPublicAccessBlock';
  const { status } = accepted(world, { operation, bucket: '', caller: callerOf(call, world) });
  if (isDelete) delete world.accountBlock;
  else world.accountBlock = blockIn(call.body);
  return { status };
}

const EFFECTS: Partial<Record<Operation, (accepted: Accepted) => Partial<Answer> | void>> = {
  PutObject: putObject,
  PutObjectAcl: putObjectAcl,
  GetObject: getObject,
  ListObjects: listObjects,
  PutBucketAcl: ({ bucket, attempt }) => {
    bucket.grants = [...grantsOf(attempt.acl, OWNER_ID)];
  },
  PutBucketPolicy: ({ bucket, call }) => {
    bucket.policy = call.body;
  },
  DeleteBucketPolicy: ({ bucket }) => {
    delete bucket.policy;
  },
  PutBucketOwnershipControls: ({ bucket, attempt }) => {
    if (attempt.ownership !== undefined) bucket.ownership = attempt.ownership;
  },
  DeleteBucketOwnershipControls: ({ bucket }) => {
    delete bucket.ownership;
  },
  PutPublicAccessBlock: ({ bucket, call }) => {
    bucket.block = blockIn(call.body);
  },
  DeletePublicAccessBlock: ({ bucket }) => {
    delete bucket.block;
  },
};

/** What a new bucket has since April 2023: all four bits of its own, and no ACLs (aws-facts §1.7). */
function createBucket(world: World, { bucket, acl, ownership, caller }: Attempt, call: Call): void {
  const isStrangers = caller.type === 'account' && caller.account !== world.account;
  world.buckets[bucket] = {
    region: textOf(call.body, 'LocationConstraint') ?? call.region,
    block: { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true },
    ownership: ownership ?? 'BucketOwnerEnforced',
    grants: [...grantsOf(acl, OWNER_ID)],
    ...(isStrangers ? { owner: caller.account } : {}),
  };
}
