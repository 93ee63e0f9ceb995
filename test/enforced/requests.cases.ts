/**
 * For each row of aws-facts §3.2 the requests that show it, as anybody sends them: who asks, for what, and in which states the request
 * shows what the row speaks of and no other door answers it. Written before anything was compared.
 */
import { presignedBy, type Asked } from '../aws-double/ask.ts';
import { ALL_USERS } from '../aws-double/world.ts';
import { BUCKET, KEYS, OWN_KEY, PARTNER_ID, policyText, type Settings } from './settings.ts';

export interface Probe {
  readonly row: string;
  readonly fact: string;
  /** In a few words: who does what. */
  readonly does: string;
  readonly ask: Asked;
  /** Who reads what was written, where the row says whether its ACL grants anything; the address is that of the write. */
  readonly reader?: 'anonymous' | 'stranger';
  /** It changes the settings, so they are put back after it. */
  readonly isLasting?: true;
  /** Does it show, in a bucket of these settings, what the row speaks of? Asked of both sides; without it always. */
  readonly shows?: (settings: Settings) => boolean;
}

const object = (key: string): string => `/${BUCKET}/${key}`;
const get = (key: string, by?: string): Asked => ({ path: object(key), ...(by === undefined ? {} : { key: by }) });
const put = (key: string, headers: Record<string, string> = {}, by: string = OWN_KEY): Asked => ({
  method: 'PUT',
  path: object(key),
  key: by,
  headers,
  body: 'x',
});
const acl = (name: string): Record<string, string> => ({ 'x-amz-acl': name });
const onBucket = (sub: string, rest: Partial<Asked> = {}): Asked => ({
  method: 'PUT',
  path: `/${BUCKET}?${sub}`,
  key: OWN_KEY,
  ...rest,
});
const list = (by?: string): Asked => ({ path: `/${BUCKET}?list-type=2`, ...(by === undefined ? {} : { key: by }) });

const ENFORCED =
  '<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>';

/** The policies that let the other account read, and nobody denies it. */
const isNamed = ({ policy }: Settings): boolean => ['named', 'mixed', 'public-no-deleting'].includes(policy);
/** What a policy opens everywhere is open whatever an ACL says. */
const isAclAlone = ({ policy }: Settings): boolean => policy !== 'public-everywhere';
const isNotListed = ({ policy }: Settings): boolean => policy !== 'listed';
const isListedToAll = ({ acl: name }: Settings): boolean => name === 'public' || name === 'partner-and-public';
const namesIdentity = ({ policy }: Settings): boolean => policy === 'identity' || policy === 'identity-alone';

export const PROBES: readonly Probe[] = [
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
    isLasting: true,
    shows: isAclAlone,
  },
  {
    row: 'A1',
    fact: '§3.2 A1',
    does: 'the account makes the bucket public',
    ask: onBucket('acl', { headers: acl('public-read') }),
    isLasting: true,
  },
  {
    row: 'A2',
    fact: '§3.2 A2: 400 with ACLs off, also for private',
    does: 'the account makes the bucket private',
    ask: onBucket('acl', { headers: acl('private') }),
    isLasting: true,
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
    isLasting: true,
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
    isLasting: true,
  },
  {
    row: 'P2',
    fact: '§3.2 P2: never fails',
    does: 'the account puts a policy for the partner alone',
    ask: onBucket('policy', { body: policyText('named') }),
    isLasting: true,
  },
  {
    row: 'P2',
    fact: '§3.2 P2: never fails',
    does: 'the account deletes the policy',
    ask: onBucket('policy', { method: 'DELETE' }),
    isLasting: true,
  },
  {
    row: 'M2',
    fact: '§3.2 M2: never fails',
    does: "the account turns the bucket's flags off",
    ask: onBucket('publicAccessBlock', { body: '<PublicAccessBlockConfiguration/>' }),
    isLasting: true,
  },
  {
    row: 'R1',
    fact: '§3.2 R1: ends with ACLs off, IgnorePublicAcls or a lockdown',
    does: 'anybody reads a public object',
    ask: get('acl/public'),
    shows: isAclAlone,
  },
  {
    row: 'R2',
    fact: '§3.2 R2: as R1',
    does: 'a stranger reads an object for any account',
    ask: get('acl/any-account', KEYS.stranger),
    shows: isAclAlone,
  },
  { row: 'R3', fact: '§3.2 R3: as R1', does: 'anybody lists the bucket', ask: list(), shows: isNotListed },
  {
    row: 'R4',
    fact: '§3.2 R4: ends with RestrictPublicBuckets',
    does: 'anybody reads what the policy opens',
    ask: get('shared/own'),
  },
  {
    row: 'X1',
    fact: '§3.2 X1: never fails',
    does: 'the partner reads, in a bucket of which nothing is public',
    ask: get('shared/own', KEYS.partner),
    shows: ({ policy }) => policy === 'named',
  },
  {
    row: 'X2',
    fact: '§3.2 X2: shut out by a lockdown',
    does: 'the partner reads',
    ask: get('shared/own', KEYS.partner),
    shows: isNamed,
  },
  {
    row: 'S3',
    fact: '§3.2 S3: shut out by a lockdown',
    does: 'the partner delivers',
    ask: put('shared/s3', {}, KEYS.partner),
    shows: isNamed,
  },
  {
    row: 'U2',
    fact: '§3.2 U2: as X2',
    does: 'anybody reads by an address that the partner presigned',
    ask: { path: `${object('shared/own')}?${presignedBy(KEYS.partner)}` },
    shows: isNamed,
  },
  {
    row: 'X3',
    fact: '§3.2 X3: ends with ACLs off or a lockdown, not with IgnorePublicAcls',
    does: 'the partner reads what an ACL grants it',
    ask: get('acl/partner', KEYS.partner),
    shows: isAclAlone,
  },
  {
    row: 'X4',
    fact: '§3.2 X4: with IgnorePublicAcls [U]',
    does: 'the partner reads what an ACL grants it that is public as well',
    ask: get('acl/partner-and-public', KEYS.partner),
    shows: isAclAlone,
  },
  { row: 'S1', fact: '§3.2 S1: never fails', does: 'the account reads', ask: get('acl/own', OWN_KEY) },
  {
    row: 'U1',
    fact: '§3.2 U1: never fails',
    does: 'anybody reads by an address that the account presigned',
    ask: { path: `${object('acl/own')}?${presignedBy(OWN_KEY)}` },
  },
  {
    row: 'S2',
    fact: '§3.2 S2: never fails',
    does: 'CloudTrail writes',
    ask: put('shared/s2', {}, KEYS.trail),
    shows: ({ policy }) => policy === 'services',
  },
  {
    row: 'C1',
    fact: '§3.2 C1: never fails',
    does: 'CloudFront reads with origin access control',
    ask: get('shared/own', KEYS.cloudfront),
    shows: ({ policy }) => policy === 'services',
  },
  {
    row: 'C2',
    fact: '§3.2 C2: in a lockdown [U]',
    does: "CloudFront's identity reads",
    ask: get('shared/own', KEYS.identity),
    shows: namesIdentity,
  },
  {
    row: 'S4',
    fact: '§3.2 S4: ends with ACLs off',
    does: 'logs are delivered by ACL',
    ask: put('acl/s4', {}, KEYS.delivery),
    shows: ({ acl: stored }) => stored === 'logs',
  },
  {
    row: 'H1',
    fact: '§3.2 H1: either door, no signature',
    does: 'a browser opens a page of the website',
    ask: { path: '/shared/page', website: BUCKET },
  },
  {
    row: 'C3',
    fact: '§3.2 C3: as R1 or R4',
    does: 'CloudFront fetches a page of the website',
    ask: { path: '/shared/page', website: BUCKET, headers: { 'user-agent': 'Amazon CloudFront' } },
  },
];

/** Rows of which several requests show one thing each: it is allowed where any of them is. */
export const TOGETHER: readonly Probe[] = [
  {
    row: 'R5',
    fact: '§3.2 R4, for what is no reading',
    does: 'anybody lists the bucket by the policy',
    ask: list(),
    shows: (settings) => !isListedToAll(settings) && settings.acl !== 'public-write',
  },
  {
    row: 'R5',
    fact: '§3.2 R4, for what is no reading',
    does: 'anybody uploads by the policy',
    ask: { method: 'PUT', path: object('shared/r5'), body: 'x' },
    shows: (settings) => !isListedToAll(settings) && settings.acl !== 'public-write',
  },
  {
    row: 'R6',
    fact: '§3.2 R3, for the other public grants',
    does: 'a stranger lists the bucket by its ACL',
    ask: list(KEYS.stranger),
    shows: (settings) => !isListedToAll(settings) && isNotListed(settings),
  },
  {
    row: 'R6',
    fact: '§3.2 R3, for the other public grants',
    does: 'anybody uploads by the ACL of the bucket',
    ask: { method: 'PUT', path: object('acl/r6'), body: 'x' },
    shows: (settings) => !isListedToAll(settings) && isNotListed(settings),
  },
];
