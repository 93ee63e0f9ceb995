/**
 * What one change of a setting does to one bucket (aws-facts §3.4), with every sentence in full. Written before the code.
 * Flags are written as four digits: BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets; `-` is "not set".
 */
import type { Breakage, Exposure } from '#core/change.ts';

export interface BucketSide {
  readonly account?: string;
  readonly block?: string;
  readonly ownership?: 'BucketOwnerEnforced' | 'BucketOwnerPreferred' | 'ObjectWriter' | '-' | 'refused';
  readonly acl?: 'private' | 'public' | 'partner' | 'logs' | 'refused';
  readonly policy?:
    'none' | 'named' | 'mixed' | 'public' | 'service' | 'named-twice' | 'named-more' | 'denied' | 'refused';
  readonly website?: 'set' | '-';
}

export interface ToggleCase {
  readonly case: string;
  readonly fact: string;
  /** What stays. */
  readonly bucket: BucketSide;
  readonly before: BucketSide;
  readonly after: BucketSide;
  readonly exposure: Exposure;
  readonly breakage: Breakage;
  /** Is everyone let in who was not? */
  readonly opensToWorld?: true;
  readonly effects: readonly string[];
  /** The operations that flip, by their rows in §3.2; to and from "not known" counts. */
  readonly flips: readonly string[];
}

const legacy: BucketSide = { account: '-', block: '-', ownership: '-', acl: 'private', policy: 'none', website: '-' };
const enforced: BucketSide = { ...legacy, ownership: 'BucketOwnerEnforced' };

export const TOGGLES: readonly ToggleCase[] = [
  {
    case: 'BlockPublicAcls on',
    fact: '§3.4 BA 0→1',
    bucket: legacy,
    before: { block: '0000' },
    after: { block: '1000' },
    exposure: 'narrowed',
    breakage: 'breaks',
    effects: [
      'New uploads that carry a public ACL, and changes to a public ACL, are now refused with 403 AccessDenied; uploads without an ACL still work, so a test without --acl proves nothing.',
    ],
    flips: ['W4', 'A1', 'U3'],
  },
  {
    case: 'BlockPublicAcls on where ACLs are off',
    fact: '§0: only buckets without BucketOwnerEnforced can be hit',
    bucket: enforced,
    before: { block: '0000' },
    after: { block: '1000' },
    exposure: 'same',
    breakage: 'none',
    effects: [
      'BlockPublicAcls turned on for this bucket changes nothing: ACLs are off (BucketOwnerEnforced), so a public ACL was refused before.',
    ],
    flips: [],
  },
  {
    case: 'BlockPublicAcls off',
    fact: '§3.4 BA 1→0',
    bucket: legacy,
    before: { block: '1000' },
    after: { block: '0000' },
    exposure: 'widened',
    breakage: 'restores',
    effects: [
      'Public ACLs are accepted again on uploads and as changes; those that were stored never stopped granting because of this flag.',
    ],
    flips: ['W4', 'A1', 'U3'],
  },
  {
    case: 'BlockPublicAcls off while IgnorePublicAcls stays on',
    fact: '§3.2 W4: 200, but the object stays private',
    bucket: legacy,
    before: { block: '1100' },
    after: { block: '0100' },
    exposure: 'same',
    breakage: 'restores',
    effects: [
      'Public ACLs are accepted again on uploads and as changes, and grant nothing while IgnorePublicAcls is on.',
    ],
    flips: ['W4', 'A1', 'U3'],
  },
  {
    case: 'IgnorePublicAcls on over a public bucket ACL',
    fact: '§3.4 IA 0→1; §3.2 W4',
    bucket: { ...legacy, acl: 'public' },
    before: { block: '0000' },
    after: { block: '0100' },
    exposure: 'narrowed',
    breakage: 'breaks',
    effects: [
      'Public ACLs grant nothing any more: whoever came in by one gets 403 AccessDenied. No upload is refused for it: one that carries a public ACL is accepted, and nobody can read it.',
    ],
    flips: ['W4', 'A1', 'R1', 'R2', 'R3', 'X4', 'U3'],
  },
  {
    case: 'IgnorePublicAcls on where public ACLs are refused already',
    fact: '§3.4 IA 0→1',
    bucket: { ...legacy, acl: 'public', website: 'set' },
    before: { block: '1000' },
    after: { block: '1100' },
    exposure: 'narrowed',
    breakage: 'breaks',
    effects: ['Public ACLs grant nothing any more: whoever came in by one gets 403 AccessDenied.'],
    flips: ['R1', 'R2', 'R3', 'X4', 'C3', 'H1'],
  },
  {
    case: 'IgnorePublicAcls off over a public bucket ACL',
    fact: '§3.4 IA 1→0',
    bucket: { ...legacy, acl: 'public' },
    before: { block: '1100' },
    after: { block: '1000' },
    exposure: 'widened',
    breakage: 'restores',
    opensToWorld: true,
    effects: ['Every public ACL that is still stored, of the bucket or of an object in it, grants again at once.'],
    flips: ['R1', 'R2', 'R3', 'X4'],
  },
  {
    case: 'IgnorePublicAcls on where ACLs are off',
    fact: '§3.1 aclsLive',
    bucket: enforced,
    before: { block: '0000' },
    after: { block: '0100' },
    exposure: 'same',
    breakage: 'none',
    effects: [
      'IgnorePublicAcls turned on for this bucket changes nothing: ACLs are off (BucketOwnerEnforced), so none grants anything.',
    ],
    flips: [],
  },
  {
    case: 'BlockPublicPolicy on',
    fact: '§3.4 BP 0→1: nothing now, later any PutBucketPolicy that leaves the policy public',
    bucket: enforced,
    before: { block: '0000' },
    after: { block: '0010' },
    exposure: 'narrowed',
    breakage: 'may-break',
    effects: [
      'From now on a public bucket policy is refused with 403 AccessDenied when it is put, also an unchanged one that a deployment puts again; from one that is in place this flag takes nothing.',
    ],
    flips: ['P1', 'P3'],
  },
  {
    case: 'BlockPublicPolicy off',
    fact: '§3.4',
    bucket: enforced,
    before: { block: '0010' },
    after: { block: '0000' },
    exposure: 'widened',
    breakage: 'restores',
    effects: [
      'Public bucket policies can be put again; one that was in place never stopped working because of this flag.',
    ],
    flips: ['P1', 'P3'],
  },
  {
    case: 'RestrictPublicBuckets on over a public policy that also names another account',
    fact: '§3.4 RP 0→1; §3.2 X2',
    bucket: { ...enforced, policy: 'mixed' },
    before: { block: '0000' },
    after: { block: '0001' },
    exposure: 'narrowed',
    breakage: 'breaks',
    effects: [
      "The bucket policy is public, so from now on only AWS services and this account's own principals get in: everybody else gets 403 AccessDenied, also whom the policy names (account 444455556666).",
    ],
    flips: ['R4', 'X2', 'S3', 'U2'],
  },
  {
    case: 'RestrictPublicBuckets on over a policy that is not public',
    fact: '§3.4 RP 0→1: buckets with IsPublic',
    bucket: { ...enforced, policy: 'named' },
    before: { block: '0000' },
    after: { block: '0001' },
    exposure: 'same',
    breakage: 'none',
    effects: [
      'RestrictPublicBuckets turned on for this bucket changes nothing: no statement of a bucket policy is public.',
    ],
    flips: [],
  },
  {
    case: 'RestrictPublicBuckets off over a public policy',
    fact: '§3.4 RP 1→0',
    bucket: { ...enforced, policy: 'mixed' },
    before: { block: '0001' },
    after: { block: '0000' },
    exposure: 'widened',
    breakage: 'restores',
    opensToWorld: true,
    effects: [
      'The bucket policy is public, and lets everyone in again at once, also whom it names (account 444455556666).',
    ],
    flips: ['R4', 'X2', 'S3', 'U2'],
  },
  {
    case: 'a flag that the account also sets, turned off',
    fact: '§3.1: redundant',
    bucket: { ...legacy, account: '1111' },
    before: { block: '1000' },
    after: { block: '0000' },
    exposure: 'same',
    breakage: 'none',
    effects: ['BlockPublicAcls turned off for this bucket changes nothing: the account also sets it.'],
    flips: [],
  },
  {
    case: 'a flag that the account also sets, turned on',
    fact: '§3.1: redundant',
    bucket: { ...legacy, account: '1111' },
    before: { block: '0000' },
    after: { block: '0001' },
    exposure: 'same',
    breakage: 'none',
    effects: ['RestrictPublicBuckets turned on for this bucket changes nothing: the account also sets it.'],
    flips: [],
  },
  {
    case: 'a flag turned off while the account cannot be read',
    fact: 'not knowing is a value',
    bucket: { ...legacy, account: 'refused' },
    before: { block: '1000' },
    after: { block: '0000' },
    exposure: 'unknown',
    breakage: 'unknown',
    effects: [
      "BlockPublicAcls turned off for this bucket; what that does cannot be told: the account's block could not be read (AccessDenied).",
    ],
    flips: ['W4', 'A1', 'U3'],
  },
  {
    case: 'RestrictPublicBuckets on while the policy cannot be read',
    fact: 'not knowing is a value',
    bucket: { ...enforced, policy: 'refused' },
    before: { block: '0000' },
    after: { block: '0001' },
    exposure: 'unknown',
    breakage: 'unknown',
    effects: [
      'RestrictPublicBuckets turned on for this bucket; what that does cannot be told: the bucket policy could not be read (AccessDenied).',
    ],
    flips: ['R4', 'X2', 'S3', 'C2', 'U2'],
  },
  {
    case: 'four flags off, then no block: the same effect, a different state',
    fact: '§1.3: unset is all four false',
    bucket: legacy,
    before: { block: '0000' },
    after: { block: '-' },
    exposure: 'same',
    breakage: 'none',
    effects: ["The bucket's block was deleted; its four flags were off, so nothing changes in effect."],
    flips: [],
  },
  {
    case: 'no block, then four flags off: the same effect, a different state',
    fact: '§1.3',
    bucket: legacy,
    before: { block: '-' },
    after: { block: '0000' },
    exposure: 'same',
    breakage: 'none',
    effects: ["The bucket's block was set with its four flags off, so nothing changes in effect."],
    flips: [],
  },
  {
    case: 'ACLs turned off',
    fact: '§3.4 ownership → BOE',
    bucket: { ...legacy, acl: 'logs' },
    before: { ownership: '-' },
    after: { ownership: 'BucketOwnerEnforced' },
    exposure: 'narrowed',
    breakage: 'breaks',
    effects: [
      'ACLs are off now: none grants anything any more, log delivery by ACL stops, and uploads that carry an ACL other than bucket-owner-full-control are refused with 400 AccessControlListNotSupported; uploads without an ACL still work. The bucket policy now also covers objects that other accounts own.',
    ],
    flips: ['W2', 'W3', 'W4', 'A1', 'A2', 'A3', 'R1', 'R2', 'X3', 'X4', 'S4', 'U3'],
  },
  {
    case: 'ACLs turned on again over a stored public ACL',
    fact: '§3.4 BOE → other; §1.6',
    bucket: { ...legacy, acl: 'public' },
    before: { ownership: 'BucketOwnerEnforced' },
    after: { ownership: 'ObjectWriter' },
    exposure: 'widened',
    breakage: 'restores',
    opensToWorld: true,
    effects: [
      'ACLs count again: every stored ACL, of the bucket and of the objects in it, is back in force with the old object owners, and the bucket policy no longer covers objects that other accounts own.',
    ],
    flips: ['W2', 'W3', 'W4', 'A1', 'A2', 'A3', 'R1', 'R2', 'R3', 'X3', 'X4', 'U3'],
  },
  {
    case: 'ownership controls deleted: old ACLs live again',
    fact: '§1.6',
    bucket: legacy,
    before: { ownership: 'BucketOwnerEnforced' },
    after: { ownership: '-' },
    exposure: 'widened',
    breakage: 'restores',
    effects: [
      'The ownership controls were deleted, so ACLs count again: every stored ACL, of the bucket and of the objects in it, is back in force with the old object owners, and the bucket policy no longer covers objects that other accounts own.',
    ],
    flips: ['W2', 'W3', 'W4', 'A1', 'A2', 'R1', 'R2', 'X3', 'X4', 'U3'],
  },
  {
    case: 'ownership controls deleted where ACLs counted',
    fact: '§1.6: without controls as ObjectWriter',
    bucket: legacy,
    before: { ownership: 'ObjectWriter' },
    after: { ownership: '-' },
    exposure: 'same',
    breakage: 'none',
    effects: ['Without ownership controls ACLs count as under ObjectWriter, so nothing changes in effect.'],
    flips: [],
  },
  {
    case: 'who owns what others upload',
    fact: '§1.6',
    bucket: legacy,
    before: { ownership: 'ObjectWriter' },
    after: { ownership: 'BucketOwnerPreferred' },
    exposure: 'same',
    breakage: 'none',
    effects: [
      "What another account uploads with bucket-owner-full-control belongs to the bucket's owner from now on; stored objects keep their owners.",
    ],
    flips: [],
  },
  {
    case: 'a policy that becomes public while RestrictPublicBuckets is on shuts out the other accounts that it names',
    fact: '§3.4, last row: a classic self-inflicted outage',
    bucket: { ...enforced, account: '0001' },
    before: { policy: 'named' },
    after: { policy: 'mixed' },
    exposure: 'narrowed',
    breakage: 'breaks',
    effects: [
      "The bucket policy is public now while RestrictPublicBuckets is on, so only AWS services and this account's own principals get in: everybody else gets 403 AccessDenied, also whom the policy names (account 444455556666).",
    ],
    flips: ['X2', 'S3', 'U2'],
  },
  {
    case: 'and back',
    fact: '§3.1 lockdown',
    bucket: { ...enforced, account: '0001' },
    before: { policy: 'mixed' },
    after: { policy: 'named' },
    exposure: 'widened',
    breakage: 'restores',
    effects: [
      'The bucket policy is no longer public, so RestrictPublicBuckets no longer shuts out whom it names (account 444455556666).',
    ],
    flips: ['X2', 'S3', 'U2'],
  },
  {
    case: 'a policy that becomes public',
    fact: '§2.3; §3.2 R4',
    bucket: enforced,
    before: { policy: 'none' },
    after: { policy: 'public' },
    exposure: 'widened',
    breakage: 'none',
    opensToWorld: true,
    effects: ['The bucket policy lets everyone in now.'],
    flips: ['R4'],
  },
  {
    case: 'a public policy that is taken away',
    fact: '§3.2 R4',
    bucket: { ...enforced, website: 'set' },
    before: { policy: 'public' },
    after: { policy: 'none' },
    exposure: 'narrowed',
    breakage: 'breaks',
    effects: ['The bucket policy no longer lets everyone in: unsigned callers get 403 AccessDenied.'],
    flips: ['R4', 'C3', 'H1'],
  },
  {
    case: 'another account is let in',
    fact: '§2.3: shared is not public',
    bucket: enforced,
    before: { policy: 'named' },
    after: { policy: 'named-twice' },
    exposure: 'widened',
    breakage: 'none',
    effects: ['Let in now: account 777788889999.'],
    flips: [],
  },
  {
    case: 'another account is let in no longer',
    fact: '§2.3',
    bucket: enforced,
    before: { policy: 'named-twice' },
    after: { policy: 'named' },
    exposure: 'narrowed',
    breakage: 'breaks',
    effects: ['No longer let in: account 777788889999.'],
    flips: [],
  },
  {
    case: 'the same account may do more',
    fact: 'only an Allow was added',
    bucket: enforced,
    before: { policy: 'named' },
    after: { policy: 'named-more' },
    exposure: 'widened',
    breakage: 'none',
    effects: ['Whom the policy lets in stays the same; they are allowed more.'],
    flips: [],
  },
  {
    case: 'a Deny was added',
    fact: 'only a Deny was added',
    bucket: enforced,
    before: { policy: 'named' },
    after: { policy: 'denied' },
    exposure: 'narrowed',
    breakage: 'may-break',
    effects: ['Whom the policy lets in stays the same; more is denied.'],
    flips: [],
  },
  {
    case: 'a statement that lets a service in',
    fact: '§2.3 row 4',
    bucket: enforced,
    before: { policy: 'none' },
    after: { policy: 'service' },
    exposure: 'widened',
    breakage: 'none',
    effects: ['Let in now: service cloudtrail.amazonaws.com (for any account: no SourceAccount or SourceArn).'],
    flips: [],
  },
  {
    case: 'a bucket ACL that becomes public',
    fact: '§3.2 R3',
    bucket: legacy,
    before: { acl: 'private' },
    after: { acl: 'public' },
    exposure: 'widened',
    breakage: 'none',
    opensToWorld: true,
    effects: ['The bucket ACL grants READ to everyone now.'],
    flips: ['A3', 'R3'],
  },
  {
    case: 'a public bucket ACL that is taken away',
    fact: '§3.2 R3',
    bucket: legacy,
    before: { acl: 'public' },
    after: { acl: 'private' },
    exposure: 'narrowed',
    breakage: 'breaks',
    effects: ['The bucket ACL no longer grants READ to everyone.'],
    flips: ['A3', 'R3'],
  },
  {
    case: 'a public bucket ACL under IgnorePublicAcls',
    fact: '§1.1: stored, and grants nothing',
    bucket: { ...legacy, account: '0100' },
    before: { acl: 'private' },
    after: { acl: 'public' },
    exposure: 'same',
    breakage: 'none',
    effects: ['The bucket ACL grants READ to everyone now, which counts for nothing while IgnorePublicAcls is on.'],
    flips: ['A3'],
  },
  {
    case: 'a bucket ACL that lets another account in',
    fact: '§3.2 X3',
    bucket: legacy,
    before: { acl: 'private' },
    after: { acl: 'partner' },
    exposure: 'widened',
    breakage: 'none',
    effects: ['The bucket ACL grants READ to canonical user beef now.'],
    flips: ['A3'],
  },
  {
    case: 'log delivery by ACL ends',
    fact: '§3.2 S4',
    bucket: legacy,
    before: { acl: 'logs' },
    after: { acl: 'private' },
    exposure: 'narrowed',
    breakage: 'breaks',
    effects: ['The bucket ACL no longer grants WRITE to the log delivery group.'],
    flips: ['A3'],
  },
  {
    case: 'a website that is taken away from a public bucket',
    fact: '§3.2 H1',
    bucket: { ...enforced, policy: 'public' },
    before: { website: 'set' },
    after: { website: '-' },
    exposure: 'narrowed',
    breakage: 'breaks',
    effects: ['The website endpoint answers 404 NoSuchWebsiteConfiguration now.'],
    flips: ['C3', 'H1'],
  },
];

/** The same for the account's block, where what it does to each bucket stands in the consequences. */
export const ACCOUNT_TOGGLES: readonly {
  readonly case: string;
  readonly fact: string;
  readonly before: string;
  readonly after: string;
  readonly effects: readonly string[];
}[] = [
  {
    case: 'BlockPublicAcls on',
    fact: '§3.4 BA 0→1',
    before: '0000',
    after: '1000',
    effects: [
      'New uploads that carry a public ACL, and changes to a public ACL, are now refused with 403 AccessDenied; uploads without an ACL still work, so a test without --acl proves nothing.',
    ],
  },
  {
    case: 'BlockPublicAcls off',
    fact: '§3.4 BA 1→0',
    before: '1000',
    after: '0000',
    effects: [
      'Public ACLs are accepted again on uploads and as changes; those that were stored never stopped granting because of this flag.',
    ],
  },
  {
    case: 'IgnorePublicAcls on',
    fact: '§3.4 IA 0→1',
    before: '0000',
    after: '0100',
    effects: [
      'Public ACLs grant nothing any more: whoever came in by one gets 403 AccessDenied. No upload is refused for it: one that carries a public ACL is accepted, and nobody can read it.',
    ],
  },
  {
    case: 'IgnorePublicAcls off',
    fact: '§3.4 IA 1→0',
    before: '0100',
    after: '0000',
    effects: ['Every public ACL that is still stored, of a bucket or of an object in it, grants again at once.'],
  },
  {
    case: 'BlockPublicPolicy on',
    fact: '§3.4 BP 0→1',
    before: '0000',
    after: '0010',
    effects: [
      'From now on a public bucket policy is refused with 403 AccessDenied when it is put, also an unchanged one that a deployment puts again; from one that is in place this flag takes nothing.',
    ],
  },
  {
    case: 'BlockPublicPolicy off',
    fact: '§3.4',
    before: '0010',
    after: '0000',
    effects: [
      'Public bucket policies can be put again; one that was in place never stopped working because of this flag.',
    ],
  },
  {
    case: 'RestrictPublicBuckets on',
    fact: '§3.4 RP 0→1',
    before: '0000',
    after: '0001',
    effects: [
      "Where the bucket policy is public, only AWS services and the account's own principals get in from now on: everybody else gets 403 AccessDenied, also other accounts that the policy names.",
    ],
  },
  {
    case: 'RestrictPublicBuckets off',
    fact: '§3.4 RP 1→0',
    before: '0001',
    after: '0000',
    effects: ['Public bucket policies let everyone in again at once, also other accounts that they name.'],
  },
  {
    case: 'all four on, as on 28 October 2025',
    fact: '§0; §3.4',
    before: '-',
    after: '1111',
    effects: [
      'New uploads that carry a public ACL, and changes to a public ACL, are now refused with 403 AccessDenied; uploads without an ACL still work, so a test without --acl proves nothing.',
      'Public ACLs grant nothing any more: whoever came in by one gets 403 AccessDenied.',
      'From now on a public bucket policy is refused with 403 AccessDenied when it is put, also an unchanged one that a deployment puts again; from one that is in place this flag takes nothing.',
      "Where the bucket policy is public, only AWS services and the account's own principals get in from now on: everybody else gets 403 AccessDenied, also other accounts that the policy names.",
    ],
  },
  {
    case: 'four flags off, then no block: the same effect, a different state',
    fact: '§1.3: unset is all four false',
    before: '0000',
    after: '-',
    effects: ["The account's block was deleted; its four flags were off, so nothing changes in effect."],
  },
  {
    case: 'no block, then four flags off',
    fact: '§1.3',
    before: '-',
    after: '0000',
    effects: ["The account's block was set with its four flags off, so nothing changes in effect."],
  },
];
