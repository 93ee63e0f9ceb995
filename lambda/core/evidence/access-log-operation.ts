/** Of an object, a part or an upload: an access log's words, and the API's (UG:LogFormat, "Operation"). */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['PUT.OBJECT', 'PutObject'],
  ['GET.OBJECT', 'GetObject'],
  ['HEAD.OBJECT', 'HeadObject'],
  ['DELETE.OBJECT', 'DeleteObject'],
  ['POST.OBJECT', 'PostObject'],
  ['COPY.OBJECT', 'CopyObject'],
  // A copy is logged twice: with the bucket that it is written to, and with the one that it is read from.
  ['COPY.OBJECT_GET', 'GetObject'],
  ['COPY.PART_GET', 'GetObject'],
  ['PUT.PART', 'UploadPart'],
  ['COPY.PART', 'UploadPartCopy'],
  ['POST.UPLOADS', 'CreateMultipartUpload'],
  ['GET.UPLOADS', 'ListMultipartUploads'],
  ['POST.UPLOAD', 'CompleteMultipartUpload'],
  ['DELETE.UPLOAD', 'AbortMultipartUpload'],
  ['GET.UPLOAD', 'ListParts'],
  ['POST.MULTI_OBJECT_DELETE', 'DeleteObjects'],
  ['GET.OBJECT_ACL', 'GetObjectAcl'],
  ['PUT.OBJECT_ACL', 'PutObjectAcl'],
  ['GET.OBJECT_TAGGING', 'GetObjectTagging'],
  ['PUT.OBJECT_TAGGING', 'PutObjectTagging'],
  ['DELETE.OBJECT_TAGGING', 'DeleteObjectTagging'],
  ['POST.RESTORE', 'RestoreObject'],
  ['OPTIONS.PREFLIGHT', 'PreflightRequest'],
  ['GET.BUCKET', 'ListObjects'],
  ['GET.BUCKETVERSIONS', 'ListObjectVersions'],
  ['HEAD.BUCKET', 'HeadBucket'],
  ['PUT.BUCKET', 'CreateBucket'],
  ['DELETE.BUCKET', 'DeleteBucket'],
  ['GET.BUCKETPOLICY', 'GetBucketPolicy'],
  ['PUT.BUCKETPOLICY', 'PutBucketPolicy'],
  ['DELETE.BUCKETPOLICY', 'DeleteBucketPolicy'],
]);

/** One word for two calls: with a key the object's, else the bucket's. */
const BY_KEY: ReadonlyMap<string, readonly [object: string, bucket: string]> = new Map([
  ['GET.ACL', ['GetObjectAcl', 'GetBucketAcl']],
  ['PUT.ACL', ['PutObjectAcl', 'PutBucketAcl']],
]);

const DOOR = /^(?:REST|WEBSITE|BATCH)\./;

/** The API's name for an operation of an access log; what has none here stays as it was logged. */
export function apiNameOf(logged: string, hasKey: boolean): string {
  const what = logged.replace(DOOR, '');
  if (what === logged) return logged;
  const byKey = BY_KEY.get(what);
  return (byKey === undefined ? NAMES.get(what) : byKey[hasKey ? 0 : 1]) ?? logged;
}

/** Did it come through a website endpoint? */
export function isWebsite(logged: string): boolean {
  return logged.startsWith('WEBSITE.');
}

/** Is it something that S3 does by a rule of the bucket, such as letting objects expire? Nobody sent it. */
export function isByS3(logged: string): boolean {
  return logged.startsWith('S3.');
}
