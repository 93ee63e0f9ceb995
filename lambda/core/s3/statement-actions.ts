import { textOf, type JsonObject } from '../json.ts';
import { listOf } from '../policy.ts';

/** What an upload needs besides where it sets an ACL, tags or a lock (aws-facts §1.1; service authorization reference). */
const WITH_UPLOAD = ['s3:PutObjectAcl', 's3:PutObjectTagging', 's3:PutObjectRetention', 's3:PutObjectLegalHold'];
/** What reading the source of a copy needs. */
const SOURCE = ['s3:GetObject', 's3:GetObjectVersion', 's3:GetObjectTagging'];

/**
 * IAM's actions of an operation, where they are not the operation's own name alone: the first is what it needs in any case, the others what some
 * such requests need besides (aws-facts §7, service authorization reference).
 */
const ACTIONS: Readonly<Record<string, readonly [main: string, ...besides: string[]]>> = {
  PutObject: ['s3:PutObject', ...WITH_UPLOAD],
  PostObject: ['s3:PutObject', ...WITH_UPLOAD],
  CreateMultipartUpload: ['s3:PutObject', ...WITH_UPLOAD],
  CopyObject: ['s3:PutObject', ...WITH_UPLOAD, ...SOURCE],
  UploadPart: ['s3:PutObject'],
  UploadPartCopy: ['s3:PutObject', ...SOURCE],
  CompleteMultipartUpload: ['s3:PutObject'],
  PutObjectAcl: ['s3:PutObjectAcl', 's3:PutObjectVersionAcl'],
  PutObjectTagging: ['s3:PutObjectTagging', 's3:PutObjectVersionTagging'],
  GetObject: ['s3:GetObject', 's3:GetObjectVersion'],
  HeadObject: ['s3:GetObject', 's3:GetObjectVersion'],
  SelectObjectContent: ['s3:GetObject'],
  GetObjectAcl: ['s3:GetObjectAcl', 's3:GetObjectVersionAcl'],
  GetObjectTagging: ['s3:GetObjectTagging', 's3:GetObjectVersionTagging'],
  DeleteObject: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
  DeleteObjects: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
  ListObjects: ['s3:ListBucket'],
  ListObjectsV2: ['s3:ListBucket'],
  HeadBucket: ['s3:ListBucket'],
  ListObjectVersions: ['s3:ListBucketVersions'],
  ListMultipartUploads: ['s3:ListBucketMultipartUploads'],
  ListParts: ['s3:ListMultipartUploadParts'],
};

/** Is a statement about an operation: does it name the action that each such request needs? `undefined` asks about any. Pure. */
export function namesOperation(statement: JsonObject, operation: string | undefined): boolean {
  return operation === undefined || namesAction(statement, actionsOf(operation)[0]);
}

/**
 * May a statement decide such a request: does it name any action that one may need? An upload with an ACL needs two, and is refused where either is.
 * `undefined` asks about any. Pure.
 */
export function bearsOn(statement: JsonObject, operation: string | undefined): boolean {
  return operation === undefined || actionsOf(operation).some((action) => namesAction(statement, action));
}

function actionsOf(operation: string): readonly [string, ...string[]] {
  return ACTIONS[operation] ?? [`s3:${operation}`];
}

function namesAction(statement: JsonObject, action: string): boolean {
  const isNamed = (member: string): boolean | undefined => {
    const value = statement[member];
    if (value === undefined) return undefined;
    return listOf(value).some((one) => fits(action.toLowerCase(), (textOf(one) ?? '').toLowerCase()));
  };
  return isNamed('Action') ?? !(isNamed('NotAction') ?? true);
}

/** Does an action fit a pattern of IAM: a star for any part, a mark for one character? Only the last star is ever tried anew, so many cost no more. */
function fits(action: string, pattern: string): boolean {
  let [at, place, star, from] = [0, 0, -1, 0];
  while (at < action.length) {
    if (pattern[place] === '*') {
      star = place;
      from = at;
      place += 1;
    } else if (place < pattern.length && (pattern[place] === '?' || pattern[place] === action[at])) {
      at += 1;
      place += 1;
    } else if (star !== -1) {
      place = star + 1;
      from += 1;
      at = from;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(place));
}
