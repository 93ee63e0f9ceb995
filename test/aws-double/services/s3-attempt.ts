import type { CarriedAcl } from '../acl.ts';
import { rule, type Attempt, type Caller, type Operation, type Ruling } from '../enforcement.ts';
import { Refused, type Call } from '../request.ts';
import type { BlockFlags, Bucket, Grant, Ownership, World } from '../world.ts';

/** Method and sub-resource → the operation; what is not here the double does not enforce. */
const ON_BUCKET: Readonly<Record<string, Operation>> = {
  'PUT ': 'CreateBucket',
  'PUT acl': 'PutBucketAcl',
  'PUT policy': 'PutBucketPolicy',
  'DELETE policy': 'DeleteBucketPolicy',
  'PUT ownershipControls': 'PutBucketOwnershipControls',
  'DELETE ownershipControls': 'DeleteBucketOwnershipControls',
  'PUT publicAccessBlock': 'PutPublicAccessBlock',
  'DELETE publicAccessBlock': 'DeletePublicAccessBlock',
  'GET ': 'ListObjects',
};
const ON_OBJECT: Readonly<Record<string, Operation>> = {
  'PUT ': 'PutObject',
  'PUT acl': 'PutObjectAcl',
  'GET ': 'GetObject',
};

/** Parameters that name no sub-resource: of listings, of responses, and those that a presigned address carries. */
const PLAIN =
  /^(x-.*|list-type|prefix|delimiter|max-keys|continuation-token|start-after|marker|encoding-type|fetch-owner|response-.*|versionId|partNumber)$/i;

export function enforcedOperationOf(call: Call): Operation | undefined {
  const sub = [...call.query.keys()].filter((key) => !PLAIN.test(key)).join('&');
  return (keyOf(call) === '' ? ON_BUCKET : ON_OBJECT)[`${call.method} ${sub}`];
}

export function bucketOf(call: Call): string {
  return call.path.split('/')[1] ?? '';
}

export function keyOf(call: Call): string {
  return call.path.split('/').slice(2).join('/');
}

/** Without a signature it is nobody; an unknown key is the account's own. */
export function callerOf({ accessKey }: Call, { account, callers }: World): Caller {
  if (accessKey === undefined) return { type: 'anonymous' };
  const signer = callers?.[accessKey] ?? { account };
  if ('service' in signer) return { type: 'service', name: signer.service };
  if ('originAccessIdentity' in signer) return { type: 'origin-access-identity', id: signer.originAccessIdentity };
  return { type: 'account', ...signer };
}

export function attemptOf(call: Call, operation: Operation, world: World): Attempt {
  const acl = carriedAcl(call);
  const ownership = ownershipOf(call);
  return {
    operation,
    bucket: bucketOf(call),
    caller: callerOf(call, world),
    ...(keyOf(call) === '' ? {} : { key: keyOf(call) }),
    ...(acl === undefined ? {} : { acl }),
    ...(operation === 'PutBucketPolicy' ? { policy: call.body } : {}),
    ...(ownership === undefined ? {} : { ownership }),
  };
}

/** An attempt that was accepted, and what it was made with. */
export interface Accepted {
  readonly bucket: Bucket;
  readonly attempt: Attempt;
  readonly call: Call;
  readonly world: World;
}

/** What `rule` says of an attempt; throws its refusal. */
export function accepted(world: World, attempt: Attempt): Ruling {
  const ruling = rule(world, attempt);
  if (ruling.code === undefined) return ruling;
  throw new Refused(ruling.code, ruling.status, ruling.message).telling(openIn(ruling));
}

/** What the answer hangs on where the facts leave it open: for a test, which must not take a guess for an answer. */
export function openIn({ unsettled }: Ruling): Readonly<Record<string, string>> {
  return unsettled === undefined ? {} : { 'x-double-unsettled': encodeURIComponent(unsettled) };
}

/** The public grant can arrive three ways: the canned header, a grant header, the XML body (aws-facts §1.5). */
function carriedAcl(call: Call): CarriedAcl | undefined {
  const canned = carried(call, 'x-amz-acl');
  if (canned !== undefined) return { canned };
  const grants = [...grantsInHeaders(call), ...(call.query.has('acl') ? grantsInXml(call.body) : [])];
  return grants.length === 0 ? undefined : { grants };
}

const GRANT_HEADERS = {
  'x-amz-grant-read': 'READ',
  'x-amz-grant-write': 'WRITE',
  'x-amz-grant-read-acp': 'READ_ACP',
  'x-amz-grant-write-acp': 'WRITE_ACP',
  'x-amz-grant-full-control': 'FULL_CONTROL',
} as const;

function grantsInHeaders(call: Call): readonly Grant[] {
  return Object.entries(GRANT_HEADERS).flatMap(([header, permission]) =>
    [...(carried(call, header) ?? '').matchAll(/(?:uri|id|emailAddress)="?([^",]+)"?/gi)].map(([, to = '']) => ({
      to,
      permission,
    })),
  );
}

function grantsInXml(body: string): readonly Grant[] {
  return [...body.matchAll(/<Grant>(.*?)<\/Grant>/gs)].map(([, grant = '']) => ({
    to: textOf(grant, 'URI|ID|EmailAddress') ?? '',
    permission: textOf(grant, 'Permission') ?? '',
  }));
}

function ownershipOf(call: Call): Ownership | undefined {
  const written = carried(call, 'x-amz-object-ownership') ?? textOf(call.body, 'ObjectOwnership');
  return written as Ownership | undefined;
}

/** A flag that is left out is off: a put replaces the whole (§1.3). */
export function blockIn(body: string): Required<BlockFlags> {
  const isOn = (bit: keyof BlockFlags): boolean => textOf(body, bit)?.toLowerCase() === 'true';
  return {
    BlockPublicAcls: isOn('BlockPublicAcls'),
    IgnorePublicAcls: isOn('IgnorePublicAcls'),
    BlockPublicPolicy: isOn('BlockPublicPolicy'),
    RestrictPublicBuckets: isOn('RestrictPublicBuckets'),
  };
}

/** The text of the first element with one of these names. */
export function textOf(xml: string, names: string): string | undefined {
  return new RegExp(`<(?:${names})>\\s*([^<]*?)\\s*</`).exec(xml)?.[1];
}

/** A presigned address carries its `x-amz-…` headers as parameters. */
function carried({ headers, query }: Call, header: string): string | undefined {
  const value = headers[header] ?? query.get(header) ?? undefined;
  return Array.isArray(value) ? value.join(',') : value;
}
