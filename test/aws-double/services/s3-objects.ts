import { createHash } from 'node:crypto';
import { grantsOf } from '../acl.ts';
import { Refused, type Answer, type Call } from '../request.ts';
import { canonicalIdOf, writerOf } from '../scene.ts';
import { OWNER_ID, type Grant, type StoredObject } from '../world.ts';
import { xmlDocument } from '../xml.ts';
import { accepted, type Accepted } from './s3-attempt.ts';

/** An upload belongs to who sent it, unless the bucket's owner claims it (§1.6). */
export function putObject({ bucket, attempt, call, world }: Accepted): Partial<Answer> {
  const key = attempt.key ?? '';
  refuseUnmet(call, bucket.objects?.[key]);
  const owner = bucket.owner ?? world.account;
  const { account, canonicalId } = writerOf({ owner, world, attempt });
  const isClaimed =
    bucket.ownership === 'BucketOwnerEnforced' ||
    (bucket.ownership === 'BucketOwnerPreferred' && attempt.acl?.canned === 'bucket-owner-full-control');
  const grants: Grant[] = [...grantsOf(attempt.acl, isClaimed ? OWNER_ID : canonicalId)];
  const stored = { owner: isClaimed ? owner : account, grants, base64: call.bytes.toString('base64') };
  bucket.objects = { ...bucket.objects, [key]: stored };
  return { headers: { etag: etagOf(stored) } };
}

/** The conditions of a write, which are looked at when its caller may write at all (API reference of PutObject). */
function refuseUnmet({ headers }: Call, there: StoredObject | undefined): void {
  const wanted = headers['if-match'];
  if (wanted !== undefined && there === undefined) throw missing();
  const isUnmet =
    (headers['if-none-match'] === '*' && there !== undefined) ||
    (wanted !== undefined && there !== undefined && wanted !== etagOf(there));
  if (isUnmet)
    throw new Refused('PreconditionFailed', 412, 'At least one of the pre-conditions you specified did not hold');
}

export function putObjectAcl({ bucket, attempt, world }: Accepted): void {
  const object = bucket.objects?.[attempt.key ?? ''];
  if (object === undefined) throw missing();
  const owner = bucket.owner ?? world.account;
  object.grants = [...grantsOf(attempt.acl, canonicalIdOf({ owner, world }, object.owner ?? owner))];
}

/** Only who may list is told that an object is missing (from memory; the facts are silent). */
export function getObject({ bucket, attempt, world }: Accepted): Partial<Answer> {
  const object = bucket.objects?.[attempt.key ?? ''];
  if (object === undefined) {
    accepted(world, { operation: 'ListObjects', bucket: attempt.bucket, caller: attempt.caller });
    throw missing();
  }
  return { headers: { 'content-type': 'binary/octet-stream', etag: etagOf(object) }, body: bytesOf(object) };
}

function missing(): Refused {
  return new Refused('NoSuchKey', 404, 'The specified key does not exist.');
}

const KEYS_PER_PAGE = 1000;

/** A page begins after the last key of the one before, so that nothing is told twice when keys are put between two pages. */
export function listObjects({ bucket, attempt, call: { query }, world }: Accepted): Partial<Answer> {
  const prefix = query.get('prefix') ?? '';
  const after = Buffer.from(query.get('continuation-token') ?? '', 'base64').toString('utf8');
  const most = Math.min(Number(query.get('max-keys') ?? KEYS_PER_PAGE), world.keysPerPage ?? KEYS_PER_PAGE);
  const left = Object.keys(bucket.objects ?? {})
    .filter((key) => key.startsWith(prefix) && key > after)
    .sort();
  const page = left.slice(0, most);
  const isCut = left.length > page.length;
  return {
    headers: { 'content-type': 'application/xml' },
    body: xmlDocument('ListBucketResult', {
      Name: attempt.bucket,
      Prefix: prefix,
      KeyCount: page.length,
      MaxKeys: most,
      IsTruncated: isCut,
      NextContinuationToken: isCut ? Buffer.from(page.at(-1) ?? '').toString('base64') : undefined,
      Contents: page.map((Key) => ({
        Key,
        LastModified: '2024-01-01T00:00:00.000Z',
        ETag: etagOf(bucket.objects?.[Key] ?? {}),
        Size: bytesOf(bucket.objects?.[Key] ?? {}).length,
        StorageClass: 'STANDARD',
      })),
    }),
  };
}

function bytesOf({ base64, body = '' }: StoredObject): Buffer {
  return base64 === undefined ? Buffer.from(body) : Buffer.from(base64, 'base64');
}

/** What S3 gives for an object that was put in one piece. */
function etagOf(object: StoredObject): string {
  return `"${createHash('md5').update(bytesOf(object)).digest('hex')}"`;
}
