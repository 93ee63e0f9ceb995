import { textOf, type JsonObject } from '../json.ts';
import { fits } from '../pattern.ts';
import { listOf } from '../policy.ts';

/** IAM's action of an operation, where it is not the operation's own name (aws-facts §7, service authorization reference). */
const ACTIONS: Readonly<Record<string, string>> = {
  HeadObject: 's3:GetObject',
  CopyObject: 's3:PutObject',
  CreateMultipartUpload: 's3:PutObject',
  PostObject: 's3:PutObject',
  UploadPart: 's3:PutObject',
  ListObjects: 's3:ListBucket',
  ListObjectsV2: 's3:ListBucket',
  HeadBucket: 's3:ListBucket',
  ListObjectVersions: 's3:ListBucketVersions',
};

/** Is a statement about an operation? `undefined` asks about any. */
export function namesOperation(statement: JsonObject, operation: string | undefined): boolean {
  if (operation === undefined) return true;
  const action = (ACTIONS[operation] ?? `s3:${operation}`).toLowerCase();
  const isNamed = (member: string): boolean | undefined => {
    const value = statement[member];
    if (value === undefined) return undefined;
    return listOf(value).some((one) => fits(action, (textOf(one) ?? '').toLowerCase()));
  };
  return isNamed('Action') ?? !(isNamed('NotAction') ?? true);
}
