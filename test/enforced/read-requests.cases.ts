/** Rows R, X, S, C, U and H of aws-facts §3.2, as somebody sends them who comes from outside, or for the account. Written before anything was compared. */
import { presignedBy } from '../aws-double/ask.ts';
import { get, isAclAlone, list, object, put, type Probe } from './request.ts';
import { BUCKET, KEYS, OWN_KEY, type Settings } from './settings.ts';

/** The policies that let the other account read, and nobody denies it. */
const isNamed = ({ policy }: Settings): boolean => ['named', 'mixed', 'public-no-deleting'].includes(policy);
const isNotListed = ({ policy }: Settings): boolean => policy !== 'listed';
const isListedToAll = ({ acl: name }: Settings): boolean => name === 'public' || name === 'partner-and-public';
const hasWebsite = ({ website }: Settings): boolean => website === 'set';
const namesIdentity = ({ policy }: Settings): boolean => policy === 'identity' || policy === 'identity-alone';

export const READ_PROBES: readonly Probe[] = [
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
    isThere: hasWebsite,
  },
  {
    row: 'C3',
    fact: '§3.2 C3: as R1 or R4',
    does: 'CloudFront fetches a page of the website',
    ask: { path: '/shared/page', website: BUCKET, headers: { 'user-agent': 'Amazon CloudFront' } },
    isThere: hasWebsite,
  },

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

/** Rows of which several requests show one thing each: the row is allowed where any of them is. */
export const ROWS_OF_ANY: ReadonlySet<string> = new Set(['R5', 'R6']);
