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

/**
 * The rows of aws-facts §3.2 by which such a request comes in, the likeliest first: where a log does not tell which, all that it may be.
 * None: no row is about it. `access`: the bucket as it was when the request worked.
 */
export function rowsOfUse(use: Asked, access: BucketAccess): readonly string[] {
  const all = candidatesOf(use, access);
  const open = all.filter((row) => mayHaveWorked(row, access));
  // It worked: where no row says so, what we know of the bucket is not what it was then.
  return open.length > 0 ? open : all;
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

function candidatesOf(use: Asked, access: BucketAccess): readonly string[] {
  const { operation, requester, via } = use;
  if (via === 'website') return use.userAgents.some(isCloudFront) ? ['C3'] : ['H1'];
  if (requester.is === 'service') return byService(use);
  if (requester.is === 'origin-access-identity') return ['C2'];
  if (UPLOADS.has(operation)) return uploadRows(use, access);
  if (ACL_CHANGES.has(operation)) return aclChangeRows(use);
  if (operation === 'PutBucketPolicy') return access.policyIsPublic.is === false ? ['P2', 'P1'] : ['P1', 'P2'];
  if (READS.has(operation)) return doorRows(use, access, 'read');
  if (LISTINGS.has(operation)) return doorRows(use, access, 'list');
  return doorRows(use, access, 'write');
}

/** How CloudFront calls itself at its origins (CloudFront developer guide, request behaviour). */
function isCloudFront(userAgent: string): boolean {
  return userAgent.startsWith('Amazon CloudFront');
}

function byService({ requester, aclRequired }: Asked): readonly string[] {
  if ('name' in requester && requester.name === 'cloudfront.amazonaws.com') return ['C1'];
  return aclRequired === true ? ['S4', 'S2'] : ['S2'];
}

/** Whose request is it, from the side of the bucket's owner? */
function partyOf({ requester }: Asked, { inputs: { owner } }: BucketAccess): 'everyone' | 'own' | 'other' | 'not-told' {
  if (requester.is === 'anonymous') return 'everyone';
  if (requester.is !== 'principal' || requester.account === undefined || owner === undefined) return 'not-told';
  return requester.account === owner ? 'own' : 'other';
}

/** Without an ACL no setting refuses an upload of one's own; another account's needs the policy or an ACL to come in. */
const UPLOADS_BY_ACL: Readonly<Record<Asked['acl'], readonly string[]>> = {
  public: ['W4'],
  'not-public': ['W3'],
  private: ['W0'],
  'none-or-owner': ['W0'],
  'not-told': ['W4', 'W3', 'W0'],
};

function uploadRows(use: Asked, access: BucketAccess): readonly string[] {
  const party = partyOf(use, access);
  const byAcl = UPLOADS_BY_ACL[use.acl].map((row) => (row === 'W4' && use.isPresigned ? 'U3' : row));
  if (party === 'own') return byAcl;
  const ofOthers = use.acl === 'private' ? ['W2'] : use.acl === 'not-told' ? [...byAcl, 'W2'] : byAcl;
  if (party === 'not-told') return [...ofOthers, 'S1'];
  // What its ACL meets is one matter, and by which door it came in another: either may be what refuses it.
  return ofOthers[0] === 'W0' ? doorRows(use, access, 'write') : ofOthers;
}

function aclChangeRows({ acl }: Asked): readonly string[] {
  if (acl === 'not-told') return ['A1', 'A2'];
  return acl === 'public' ? ['A1'] : ['A2'];
}

type Sort = 'read' | 'list' | 'write';

const BY_ACL: Readonly<Record<Sort, string>> = { read: 'R1', list: 'R3', write: 'R6' };
const BY_POLICY: Readonly<Record<Sort, string>> = { read: 'R4', list: 'R5', write: 'R5' };

/** By an ACL or by the policy: the log tells by `aclRequired`, or leaves both open (aws-facts §5.1). */
function doorRows(use: Asked, access: BucketAccess, sort: Sort): readonly string[] {
  const party = partyOf(use, access);
  if (party === 'own') return use.isPresigned && sort === 'read' ? ['U1'] : ['S1'];
  if (party === 'everyone') return inOrder(use, { byPolicy: [BY_POLICY[sort]], byAcl: [BY_ACL[sort]] });
  const named = use.isPresigned && sort === 'read' ? ['U2'] : ['X2'];
  const grants = ['X3', 'X4', sort === 'read' ? 'R2' : 'R6'];
  const rows = inOrder(use, { byPolicy: named, byAcl: grants });
  // A canonical id may be that of the bucket's owner.
  return party === 'not-told' ? [...rows, 'S1'] : rows;
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
