import { grantsOf } from '../acl.ts';
import { rule, type Attempt, type Operation, type Ruling } from '../enforcement.ts';
import { Refused, type Answer, type Call } from '../request.ts';
import { canonicalIdOf, writerOf } from '../scene.ts';
import { OWNER_ID, type Bucket, type Grant, type World } from '../world.ts';
import { xmlDocument } from '../xml.ts';
import { attemptOf, blockIn, callerOf, textOf } from './s3-attempt.ts';

/** Answers what `rule` decides about, and changes the world when it is accepted. */
export function answerEnforced(call: Call, operation: Operation, world: World): Answer {
  const attempt = attemptOf(call, operation, world);
  const { status } = accepted(world, attempt);
  if (operation === 'CreateBucket') {
    createBucket(world, attempt, call);
    return { status, headers: { location: `/${attempt.bucket}` } };
  }
  const bucket = world.buckets[attempt.bucket];
  if (bucket === undefined) return { status: 404 };
  return { status, ...EFFECTS[operation]?.({ bucket, attempt, call, world }) };
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

function accepted(world: World, attempt: Attempt): Ruling {
  const ruling = rule(world, attempt);
  if (ruling.code === undefined) return ruling;
  throw new Refused(ruling.code, ruling.status, ruling.message);
}

interface Accepted {
  readonly bucket: Bucket;
  readonly attempt: Attempt;
  readonly call: Call;
  readonly world: World;
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

/** An upload belongs to who sent it, unless the bucket's owner claims it (§1.6). */
function putObject({ bucket, attempt, call, world }: Accepted): Partial<Answer> {
  const owner = bucket.owner ?? world.account;
  const { account, canonicalId } = writerOf({ owner, world, attempt });
  const isClaimed =
    bucket.ownership === 'BucketOwnerEnforced' ||
    (bucket.ownership === 'BucketOwnerPreferred' && attempt.acl?.canned === 'bucket-owner-full-control');
  const grants: Grant[] = [...grantsOf(attempt.acl, isClaimed ? OWNER_ID : canonicalId)];
  bucket.objects = {
    ...bucket.objects,
    [attempt.key ?? '']: { owner: isClaimed ? owner : account, grants, body: call.body },
  };
  return { headers: { etag: '"double"' } };
}

function putObjectAcl({ bucket, attempt, world }: Accepted): void {
  const object = bucket.objects?.[attempt.key ?? ''];
  if (object === undefined) throw missing();
  const owner = bucket.owner ?? world.account;
  object.grants = [...grantsOf(attempt.acl, canonicalIdOf({ owner, world }, object.owner ?? owner))];
}

/** Only who may list is told that an object is missing (from memory; the facts are silent). */
function getObject({ bucket, attempt, world }: Accepted): Partial<Answer> {
  const object = bucket.objects?.[attempt.key ?? ''];
  if (object === undefined) {
    accepted(world, { operation: 'ListObjects', bucket: attempt.bucket, caller: attempt.caller });
    throw missing();
  }
  return { headers: { 'content-type': 'binary/octet-stream', etag: '"double"' }, body: object.body ?? '' };
}

function missing(): Refused {
  return new Refused('NoSuchKey', 404, 'The specified key does not exist.');
}

function listObjects({ bucket, attempt, call }: Accepted): Partial<Answer> {
  const prefix = call.query.get('prefix') ?? '';
  const keys = Object.keys(bucket.objects ?? {})
    .filter((key) => key.startsWith(prefix))
    .sort();
  return {
    headers: { 'content-type': 'application/xml' },
    body: xmlDocument('ListBucketResult', {
      Name: attempt.bucket,
      Prefix: prefix,
      KeyCount: keys.length,
      MaxKeys: 1000,
      IsTruncated: false,
      Contents: keys.map((Key) => ({
        Key,
        LastModified: '2024-01-01T00:00:00.000Z',
        ETag: '"double"',
        Size: Buffer.byteLength(bucket.objects?.[Key]?.body ?? ''),
        StorageClass: 'STANDARD',
      })),
    }),
  };
}
