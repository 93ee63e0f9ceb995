/** Rows W, A, P and M of aws-facts §3.2, as somebody sends them who uploads, or sets an ACL, a policy or a block. Written before anything was compared. */
import { presignedBy } from '../aws-double/ask.ts';
import { ALL_USERS } from '../aws-double/world.ts';
import { acl, isAclAlone, object, onBucket, put, type Probe } from './request.ts';
import { KEYS, OWN_KEY, PARTNER_ID, policyText } from './settings.ts';

const ENFORCED =
  '<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>';

export const WRITE_PROBES: readonly Probe[] = [
  { row: 'W0', fact: '§3.2 W0: never fails', does: 'the account uploads without an ACL', ask: put('acl/w0') },
  {
    row: 'W1',
    fact: '§3.2 W1: never fails',
    does: 'the account uploads with bucket-owner-full-control',
    ask: put('acl/w1', acl('bucket-owner-full-control')),
  },
  {
    row: 'W1',
    fact: '§1.6: private from the own account equals full control of the owner',
    does: 'the account uploads with private',
    ask: put('acl/w1-private', acl('private')),
  },
  {
    row: 'W2',
    fact: '§3.2 W2: BucketOwnerEnforced refuses it of another account',
    does: 'the partner uploads with private',
    ask: put('shared/w2', acl('private'), KEYS.partner),
    // Where its policy is public as well, it may be shut out whatever it sends.
    shows: ({ policy }) => policy === 'named',
  },
  {
    row: 'W3',
    fact: '§3.2 W3: BucketOwnerEnforced refuses it',
    does: 'the account uploads with aws-exec-read',
    ask: put('acl/w3', acl('aws-exec-read')),
  },
  {
    row: 'W3',
    fact: '§3.2 W3: BucketOwnerEnforced refuses it',
    does: 'the account uploads with a grant to the partner',
    ask: put('acl/w3-grant', { 'x-amz-grant-read': `id="${PARTNER_ID}"` }),
  },
  {
    row: 'W4',
    fact: '§3.2 W4: 400 with ACLs off, 403 with BlockPublicAcls, 200 and private with IgnorePublicAcls',
    does: 'the account uploads with public-read, and anybody reads it',
    ask: put('acl/w4', acl('public-read')),
    reader: 'anonymous',
    shows: isAclAlone,
  },
  {
    row: 'W4',
    fact: '§1.5: the public grant may come in a grant header',
    does: 'the account uploads with a grant to everybody, and anybody reads it',
    ask: put('acl/w4-grant', { 'x-amz-grant-read': `uri="${ALL_USERS}"` }),
    reader: 'anonymous',
    shows: isAclAlone,
  },
  {
    row: 'W4',
    fact: '§1.5: authenticated-read is public',
    does: 'the account uploads with authenticated-read, and a stranger reads it',
    ask: put('acl/w4-authenticated', acl('authenticated-read')),
    reader: 'stranger',
    shows: isAclAlone,
  },
  {
    row: 'U3',
    fact: '§3.2 U3: as W4',
    does: 'anybody uploads by an address that the account presigned with public-read, and anybody reads it',
    ask: { method: 'PUT', path: `${object('acl/u3')}?x-amz-acl=public-read&${presignedBy(OWN_KEY)}`, body: 'x' },
    reader: 'anonymous',
    shows: isAclAlone,
  },
  {
    row: 'A1',
    fact: '§3.2 A1: 400 with ACLs off, 403 with BlockPublicAcls',
    does: 'the account makes an object public, and anybody reads it',
    ask: { method: 'PUT', path: `${object('acl/own')}?acl`, key: OWN_KEY, headers: acl('public-read') },
    reader: 'anonymous',
    leaves: 'unnoticed',
    shows: isAclAlone,
  },
  {
    row: 'A1',
    fact: '§3.2 A1',
    does: 'the account makes the bucket public',
    ask: onBucket('acl', { headers: acl('public-read') }),
    leaves: 'unnoticed',
  },
  {
    row: 'A2',
    fact: '§3.2 A2: 400 with ACLs off, also for private',
    does: 'the account makes the bucket private',
    ask: onBucket('acl', { headers: acl('private') }),
    leaves: 'unnoticed',
  },
  {
    row: 'A2',
    fact: '§3.2 A2',
    does: 'the account makes an object private',
    ask: { method: 'PUT', path: `${object('acl/own')}?acl`, key: OWN_KEY, headers: acl('private') },
  },
  {
    row: 'A3',
    fact: '§3.2 A3: a stored bucket ACL that grants others stands in the way',
    does: 'the account turns ACLs off',
    ask: onBucket('ownershipControls', { body: ENFORCED }),
    leaves: 'put-back',
    // Over a stored ACL for others they cannot be turned off in the first place; whether S3 minds it again, no fact says.
    shows: ({ ownership, acl: stored }) => ownership !== 'BucketOwnerEnforced' || stored === 'private',
  },
  {
    row: 'A4',
    fact: '§3.2 A4: always refused',
    does: 'the account creates a bucket with public-read',
    ask: { method: 'PUT', path: '/new-films', key: OWN_KEY, headers: acl('public-read') },
  },
  {
    row: 'P1',
    fact: '§3.2 P1: BlockPublicPolicy refuses it',
    does: 'the account puts a public policy',
    ask: onBucket('policy', { body: policyText('public') }),
    leaves: 'unnoticed',
  },
  {
    row: 'P2',
    fact: '§3.2 P2: never fails',
    does: 'the account puts a policy for the partner alone',
    ask: onBucket('policy', { body: policyText('named') }),
    leaves: 'unnoticed',
  },
  {
    row: 'P2',
    fact: '§3.2 P2: never fails',
    does: 'the account deletes the policy',
    ask: onBucket('policy', { method: 'DELETE' }),
    leaves: 'unnoticed',
  },
  {
    row: 'M2',
    fact: '§3.2 M2: never fails',
    does: "the account turns the bucket's flags off",
    ask: onBucket('publicAccessBlock', { body: '<PublicAccessBlockConfiguration/>' }),
    leaves: 'unnoticed',
  },
];
