import type { Use } from '../evidence/uses.ts';
import type { BucketAccess } from './access.ts';
import type { Operation } from './operation.ts';
import { OPERATIONS } from './operations.ts';

/** What S3 calls an upload (aws-facts §3.2, rows W). */
const UPLOADS: ReadonlySet<string> = new Set(['PutObject', 'CopyObject', 'CreateMultipartUpload', 'PostObject']);
const ACL_CHANGES: ReadonlySet<string> = new Set(['PutObjectAcl', 'PutBucketAcl']);
const READS: ReadonlySet<string> = new Set(['GetObject', 'HeadObject', 'GetObjectTorrent', 'SelectObjectContent']);
const LISTINGS: ReadonlySet<string> = new Set([
  'ListObjects',
  'ListObjectsV2',
  'ListObjectVersions',
  'ListMultipartUploads',
  'HeadBucket',
]);

/** What a use is asked about: the request, and whose it is from the bucket's side. */
type Asked = Pick<Use, 'operation' | 'requester' | 'via' | 'isPresigned' | 'acl' | 'aclRequired' | 'userAgents'>;

/** The rows of aws-facts §3.2 that a request is of. It may be of several: a presigned upload with a public ACL is U3 and W4. */
export interface UseRows {
  /** Those that it is of for sure. */
  readonly is: readonly string[];
  /** Where a log does not tell: of each of these it is one, the likeliest first. */
  readonly oneOf: readonly (readonly string[])[];
}

/** The rows of aws-facts §3.2 that such a request is of. None: no row is about it. `access`: the bucket as it was when the request worked. */
export function rowsOfUse(use: Asked, access: BucketAccess): UseRows {
  const { is = [], oneOf = [] } = candidatesOf(use, access);
  const groups = oneOf.map((rows) => {
    const open = rows.filter((row) => mayHaveWorked(row, access));
    // It worked: where no row says so, what we know of the bucket is not what it was then.
    return open.length > 0 ? open : rows;
  });
  return {
    is: [...is, ...groups.flatMap((rows) => (rows.length === 1 ? rows : []))],
    oneOf: groups.filter((rows) => rows.length > 1),
  };
}

/** Rows of which a refusal is felt at the next deployment that does it. */
export const LATER_ROWS: ReadonlySet<string> = new Set(
  OPERATIONS.flatMap(({ row, breaks }) => (breaks === 'later' ? [row] : [])),
);

const BY_ROW: ReadonlyMap<string, Operation> = new Map(OPERATIONS.map((one) => [one.row, one]));

function mayHaveWorked(row: string, access: BucketAccess): boolean {
  const operation = BY_ROW.get(row);
  return operation?.isHere(access).is !== false && operation?.outcome(access).outcome !== 'denied';
}

type Candidates = Partial<UseRows>;

const is = (...rows: readonly string[]): Candidates => ({ is: rows });
const oneOf = (...rows: readonly string[]): Candidates => ({ oneOf: [rows] });

function candidatesOf(use: Asked, access: BucketAccess): Candidates {
  const { operation, requester, via } = use;
  if (via === 'website') {
    const door = doorRows(use, access, 'read').oneOf ?? [];
    return { is: use.userAgents.some(isCloudFront) ? ['H1', 'C3'] : ['H1'], oneOf: door };
  }
  if (requester.is === 'service') return byService(use, access);
  if (requester.is === 'origin-access-identity') return is('C2');
  if (UPLOADS.has(operation)) return uploadRows(use, access);
  if (ACL_CHANGES.has(operation)) return aclChangeRows(use);
  if (operation === 'PutBucketPolicy')
    return access.policyIsPublic.is === false ? oneOf('P2', 'P1') : oneOf('P1', 'P2');
  if (READS.has(operation)) return doorRows(use, access, 'read');
  if (LISTINGS.has(operation)) return doorRows(use, access, 'list');
  return doorRows(use, access, 'write');
}

/** How CloudFront calls itself at its origins (CloudFront developer guide, request behaviour). */
function isCloudFront(userAgent: string): boolean {
  return userAgent.startsWith('Amazon CloudFront');
}

/** A service comes by the policy; a log is delivered by the bucket's ACL where no policy lets a service in. */
function byService({ requester, aclRequired }: Asked, access: BucketAccess): Candidates {
  if ('name' in requester && requester.name === 'cloudfront.amazonaws.com') return is('C1');
  const { aclNamesLogDelivery, policyNamesServices } = access;
  const isByAcl = aclNamesLogDelivery.is === true && policyNamesServices.is === false;
  return aclRequired === true || isByAcl ? is('S4') : is('S2');
}

/** Whose request is it, from the side of the bucket's owner? */
function partyOf({ requester }: Asked, { inputs: { owner } }: BucketAccess): 'everyone' | 'own' | 'other' | 'not-told' {
  if (requester.is === 'anonymous') return 'everyone';
  if (requester.is !== 'principal') return 'not-told';
  if (requester.isOwner === true) return 'own';
  // An access log names the account that owns the bucket: the canonical id of another is another's.
  if (requester.account === undefined) return /^[0-9a-f]{64}$/.test(requester.name) ? 'other' : 'not-told';
  return owner === undefined ? 'not-told' : requester.account === owner ? 'own' : 'other';
}

/** What an upload's ACL makes it, whoever sends it. */
function byAclOf({ acl, isPresigned }: Asked, party: 'everyone' | 'own' | 'other' | 'not-told'): Candidates {
  switch (acl) {
    case 'public':
      return isPresigned ? is('U3', 'W4') : is('W4');
    case 'not-public':
      return is('W3');
    case 'private':
      return party === 'own' ? is('W0') : party === 'other' ? is('W2') : oneOf('W0', 'W2');
    case 'none-or-owner':
      return is('W0');
    case 'not-told':
      return oneOf(isPresigned ? 'U3' : 'W4', 'W4', 'W3', ...(party === 'own' ? [] : ['W2']), 'W0');
  }
}

/** What its ACL meets is one matter, and by which door it came in another: either may be what refuses it. */
function uploadRows(use: Asked, access: BucketAccess): Candidates {
  const party = partyOf(use, access);
  const byAcl = byAclOf(use, party);
  if (party === 'own') return byAcl;
  // That an ACL was set is one reason to need ACLs: by which door it came in it does not tell.
  const doors = doorRows(
    { ...use, ...(use.acl === 'none-or-owner' ? {} : { aclRequired: undefined }) },
    access,
    'write',
  );
  return { is: [...(byAcl.is ?? []), ...(doors.is ?? [])], oneOf: [...(byAcl.oneOf ?? []), ...(doors.oneOf ?? [])] };
}

function aclChangeRows({ acl }: Asked): Candidates {
  if (acl === 'not-told') return oneOf('A1', 'A2');
  return acl === 'public' ? is('A1') : is('A2');
}

type Sort = 'read' | 'list' | 'write';

const BY_ACL: Readonly<Record<Sort, string>> = { read: 'R1', list: 'R3', write: 'R6' };
const BY_POLICY: Readonly<Record<Sort, string>> = { read: 'R4', list: 'R5', write: 'R5' };

/** By an ACL or by the policy: the log tells by `aclRequired`, or leaves both open (aws-facts §5.1). */
function doorRows(use: Asked, access: BucketAccess, sort: Sort): Candidates {
  const party = partyOf(use, access);
  const isLink = use.isPresigned && sort === 'read';
  if (party === 'own') return isLink ? is('U1') : is('S1');
  if (party === 'everyone') return oneOf(...inOrder(use, { byPolicy: [BY_POLICY[sort]], byAcl: [BY_ACL[sort]] }));
  // Objects' own ACLs, which nobody has read, let others read; to list and to write only the bucket's does (aws-facts §3.2, R3, R6).
  const named = sort === 'read' || access.aclNamesOthers.is !== false ? ['X3', 'X4'] : [];
  const grants = [...named, sort === 'read' ? 'R2' : 'R6'];
  const rows = inOrder(use, { byPolicy: ['X2'], byAcl: grants });
  const sorts = [
    ...(isLink ? ['U2'] : []),
    ...(isNamedAsAWhole(use, access) && use.aclRequired === false ? ['S3'] : []),
  ];
  return { is: sorts, oneOf: [party === 'not-told' ? [...rows, 'S1'] : rows] };
}

/** Does the policy name the caller's account as a whole? */
function isNamedAsAWhole({ requester }: Asked, { accountsNamed }: BucketAccess): boolean {
  return requester.is === 'principal' && requester.account !== undefined && accountsNamed.includes(requester.account);
}

interface Doors {
  readonly byPolicy: readonly string[];
  readonly byAcl: readonly string[];
}

/**
 * Of a signed request the log tells for sure. Of an unsigned one AWS does not say what it tells (aws-facts §5.1, [U]): the other door
 * stays possible.
 */
function inOrder({ aclRequired, requester }: Asked, { byPolicy, byAcl }: Doors): readonly string[] {
  if (aclRequired === true) return requester.is === 'anonymous' ? [...byAcl, ...byPolicy] : byAcl;
  if (aclRequired === false) return requester.is === 'anonymous' ? [...byPolicy, ...byAcl] : byPolicy;
  return [...byPolicy, ...byAcl];
}
