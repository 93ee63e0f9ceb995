import { canonicalJson, isJsonObject, textOf, type JsonObject } from '../json.ts';
import { fits } from '../pattern.ts';
import { listOf } from '../policy.ts';
import type { JsonReading } from '../reading.ts';

/** A statement that came or went, and by which a request may be refused now. */
export interface PolicyRefusal {
  readonly by: 'deny-added' | 'allow-removed';
  readonly sid?: string;
}

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

/** Statements by which a change of a bucket policy may refuse an operation: a Deny that is new, an Allow that is gone. Pure. */
export function refusalsByPolicy(
  { before, after }: { readonly before: JsonReading; readonly after: JsonReading },
  operation: string | undefined,
): readonly PolicyRefusal[] {
  const [was, is] = [statementsIn(before), statementsIn(after)];
  const had = new Set(was.map(canonicalJson));
  const has = new Set(is.map(canonicalJson));
  const added = is.filter((one) => !had.has(canonicalJson(one)) && effectOf(one) === 'deny' && names(one, operation));
  const removed = was.filter(
    (one) => !has.has(canonicalJson(one)) && effectOf(one) === 'allow' && names(one, operation),
  );
  return [...added.map((one) => refusal('deny-added', one)), ...removed.map((one) => refusal('allow-removed', one))];
}

function refusal(by: PolicyRefusal['by'], statement: JsonObject): PolicyRefusal {
  const sid = textOf(statement['Sid']);
  return { by, ...(sid === undefined ? {} : { sid }) };
}

function statementsIn(reading: JsonReading): readonly JsonObject[] {
  if (reading.status !== 'present' || !isJsonObject(reading.value)) return [];
  return listOf(reading.value['Statement'] ?? []).filter(isJsonObject);
}

function effectOf(statement: JsonObject): string {
  return (textOf(statement['Effect']) ?? '').toLowerCase();
}

function names(statement: JsonObject, operation: string | undefined): boolean {
  if (operation === undefined) return true;
  const action = (ACTIONS[operation] ?? `s3:${operation}`).toLowerCase();
  const isNamed = (member: string): boolean | undefined => {
    const value = statement[member];
    if (value === undefined) return undefined;
    return listOf(value).some((one) => fits(action, (textOf(one) ?? '').toLowerCase()));
  };
  return isNamed('Action') ?? !(isNamed('NotAction') ?? true);
}
