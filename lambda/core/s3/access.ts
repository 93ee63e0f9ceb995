import { isPublicGrant, PUBLIC_GROUPS } from '../acl.ts';
import { isJsonObject, textOf, type Json, type JsonObject } from '../json.ts';
import { listOf } from '../policy.ts';
import type { JsonReading, Reading } from '../reading.ts';
import { LOG_DELIVERY } from './acl-publicness.ts';
import {
  effectiveBlock,
  flagFact,
  NOT_READ,
  notReadText,
  type BlockFlag,
  type BlockReadings,
  type EffectiveBlock,
} from './block.ts';
import { allOf, anyOf, factOf, NO, not, unknown, YES, type Fact } from './fact.ts';
import { opinionOn, type AwsStatus, type Opinion } from './opinion.ts';
import { partyText, type Party } from './party.ts';
import { wholeAccountsIn } from './principals.ts';
import { publicOpeningOf, type PublicOpening } from './public-opening.ts';
import { namesOperation } from './statement-actions.ts';

/** What hides public grants in an ACL reading (aws-facts §1.4). */
export type AclMask = 'nothing' | 'ignore-public-acls' | 'unknown';

/** Everything that decides who gets into one bucket, as it was read. */
export interface AccessInputs {
  readonly levels: BlockReadings;
  readonly policy: Reading<JsonObject>;
  /** AWS's own verdict on the policy. */
  readonly policyStatus: AwsStatus;
  /** Was RestrictPublicBuckets in force when AWS was asked? It may have coloured the answer, whatever is in force now. */
  readonly restrictedWhenAsked: Fact;
  /** Grants in their canonical form. */
  readonly acl: JsonReading;
  readonly aclMask: AclMask;
  /** The canonical id of the bucket's owner, where it is known. */
  readonly aclOwner: string | undefined;
  readonly ownership: JsonReading;
  readonly website: JsonReading;
  /** The account that owns the bucket, where it is known. */
  readonly owner: string | undefined;
}

/** The same, understood: each question that the operations ask, answered yes, no, or not known and why. */
export interface BucketAccess {
  readonly inputs: AccessInputs;
  readonly block: EffectiveBlock;
  readonly flags: Readonly<Record<BlockFlag, Fact>>;
  /** Do ACLs count (aws-facts §1.6)? */
  readonly aclsCount: Fact;
  /** AWS's verdict on the policy and ours. */
  readonly opinion: Opinion;
  readonly policyIsPublic: Fact;
  /** RestrictPublicBuckets over a public policy: only AWS services and the own account get in (aws-facts §3.1). */
  readonly lockdown: Fact;
  /** What the policy opens to everyone, were it not for RestrictPublicBuckets. */
  readonly policyOpens: PublicOpening;
  /** Does the policy let in somebody beyond the own account and AWS services? */
  readonly policyNamesOthers: Fact;
  /** Does it name another account as a whole: by its id or its root? */
  readonly policyNamesAccounts: Fact;
  readonly accountsNamed: readonly string[];
  /** Does it let somebody beyond the own account and AWS services read objects? */
  readonly policyLetsOthersRead: Fact;
  readonly othersNamed: readonly Party[];
  readonly policyNamesOriginAccessIdentity: Fact;
  readonly policyNamesServices: Fact;
  readonly policyNamesCloudFront: Fact;
  /** Addresses and networks from which the policy lets unsigned requests in. */
  readonly places: readonly Party[];
  /** Does the bucket's own ACL, as it is stored, have public grants? */
  readonly aclIsPublic: Fact;
  /** Does it let everyone list the bucket? */
  readonly aclListsToWorld: Fact;
  /** Does it grant anything else to everyone, or anything to every AWS account? */
  readonly aclOpensOtherwise: Fact;
  readonly aclNamesOthers: Fact;
  readonly aclNamesLogDelivery: Fact;
  readonly hasWebsite: Fact;
  /** Does everyone get in by the policy or by the bucket's own ACL? */
  readonly isPublic: Fact;
}

export function accessOf(inputs: AccessInputs): BucketAccess {
  const { levels } = inputs;
  const flags = {
    BlockPublicAcls: flagFact(levels, 'BlockPublicAcls'),
    IgnorePublicAcls: flagFact(levels, 'IgnorePublicAcls'),
    BlockPublicPolicy: flagFact(levels, 'BlockPublicPolicy'),
    RestrictPublicBuckets: flagFact(levels, 'RestrictPublicBuckets'),
  };
  const opinion = opinionOn(inputs.policy, { aws: inputs.policyStatus, isRestricted: inputs.restrictedWhenAsked });
  const policyIsPublic = opinion.isPublic;
  const lockdown = allOf(flags.RestrictPublicBuckets, policyIsPublic);
  const aclsCount = aclsCountBy(inputs.ownership);
  const acl = aclFacts(inputs);
  const letIn = opinion.own?.letsIn ?? [];
  const othersNamed = letIn.filter((party) => isBeyond(party, inputs.owner));
  const isPolicyRead = inputs.policy.status === 'present' || inputs.policy.status === 'absent';
  const namedBy = (some: readonly unknown[]): Fact =>
    some.length > 0 ? YES : isPolicyRead ? NO : unknown(opinion.why ?? 'the bucket policy is not known');
  const named = (parties: readonly Party[]): Fact => namedBy(parties);
  const accountsNamed = wholeAccountsIn(inputs.policy).filter((account) => account !== inputs.owner);
  return {
    inputs,
    block: effectiveBlock(levels),
    flags,
    aclsCount,
    opinion,
    policyIsPublic,
    lockdown,
    policyOpens: publicOpeningOf(inputs.policy, opinion),
    policyNamesOthers: named(othersNamed),
    policyNamesAccounts: namedBy(accountsNamed),
    accountsNamed,
    policyLetsOthersRead: namedBy(lettingOthersRead(inputs, opinion)),
    othersNamed,
    policyNamesServices: named(letIn.filter(({ type }) => type === 'service')),
    policyNamesCloudFront: named(
      letIn.filter(({ type, name }) => type === 'service' && name === 'cloudfront.amazonaws.com'),
    ),
    places: letIn.filter(({ type }) => type === 'addresses' || type === 'network'),
    policyNamesOriginAccessIdentity: named(letIn.filter(({ type }) => type === 'origin-access-identity')),
    ...acl,
    hasWebsite: websiteFact(inputs.website),
    isPublic: anyOf(
      allOf(policyIsPublic, not(flags.RestrictPublicBuckets)),
      allOf(acl.aclIsPublic, aclsCount, not(flags.IgnorePublicAcls), not(lockdown)),
    ),
  };
}

/** The others that the policy names, for a sentence: ` (account 444455556666)`, or nothing. */
export function othersText({ othersNamed }: Pick<BucketAccess, 'othersNamed'>): string {
  return othersNamed.length === 0 ? '' : ` (${othersNamed.map(partyText).join(', ')})`;
}

/** Without ownership controls a bucket behaves as ObjectWriter: ACLs count (aws-facts §1.6). */
function aclsCountBy(ownership: JsonReading): Fact {
  switch (ownership.status) {
    case 'present':
      return factOf(ownership.value !== 'BucketOwnerEnforced');
    case 'absent':
      return YES;
    case 'unreadable':
      return unknown(`object ownership ${notReadText(ownership.code)}`);
    case 'skipped':
      return unknown('object ownership was not read');
  }
}

/** Those whom a lockdown shuts out although the policy names them: neither AWS services nor the own account (aws-facts §1.1). */
function isBeyond({ type, name }: Party, owner: string | undefined): boolean {
  switch (type) {
    case 'everyone':
    case 'everyone-at':
    case 'service':
    case 'origin-access-identity':
      return false;
    case 'account':
    case 'requests-for':
    case 'access-points':
      return name !== owner;
    // Whoever comes from there without a signature, or from another account, is shut out as well.
    case 'addresses':
    case 'network':
    case 'organisation':
    case 'canonical-user':
    case 'principal':
    case 'federated':
      return true;
  }
}

const READ = ['GetObject', 'GetObjectVersion'];

/** The statements that let somebody beyond read objects. */
function lettingOthersRead({ policy, owner }: AccessInputs, { own }: Opinion): readonly Json[] {
  const statements = policy.status === 'present' ? listOf(policy.value['Statement'] ?? []) : [];
  return (own?.statements ?? []).flatMap(({ index, letsIn }) => {
    const statement = statements[index];
    const isOpen = letsIn.some((party) => isBeyond(party, owner));
    return isOpen && isJsonObject(statement) && READ.some((one) => namesOperation(statement, one)) ? [statement] : [];
  });
}

type AclFacts = Pick<
  BucketAccess,
  'aclIsPublic' | 'aclListsToWorld' | 'aclOpensOtherwise' | 'aclNamesOthers' | 'aclNamesLogDelivery'
>;

function aclFacts({ acl, aclMask, aclOwner }: AccessInputs): AclFacts {
  if (acl.status !== 'present') {
    const why = {
      absent: 'the bucket has no ACL that could be read',
      unreadable: `the bucket ACL ${notReadText(acl.status === 'unreadable' ? acl.code : NOT_READ)}`,
      skipped: 'the stored bucket ACL is not read while ACLs are off',
    }[acl.status];
    const fact = unknown(why);
    return {
      aclIsPublic: fact,
      aclListsToWorld: fact,
      aclOpensOtherwise: fact,
      aclNamesOthers: fact,
      aclNamesLogDelivery: fact,
    };
  }
  const grants = Array.isArray(acl.value) ? (acl.value as readonly Json[]) : [];
  const open = grants.filter(isPublicGrant);
  const listing = open.filter(isListingForWorld);
  return {
    aclIsPublic: open.length > 0 ? YES : hiddenBy(aclMask),
    aclListsToWorld: listing.length > 0 ? YES : hiddenBy(aclMask),
    aclOpensOtherwise: open.length > listing.length ? YES : hiddenBy(aclMask),
    aclNamesOthers: factOf(strangersIn(grants, aclOwner)),
    aclNamesLogDelivery: factOf(grants.some((grant) => granteeOf(grant) === LOG_DELIVERY)),
  };
}

/** On a bucket READ is listing (aws-facts §3.2 R3); full control goes beyond it, but listing is what it is told as. */
function isListingForWorld(grant: Json): boolean {
  const [everyone] = PUBLIC_GROUPS;
  const permission = isJsonObject(grant) ? grant['permission'] : undefined;
  return granteeOf(grant) === everyone && (permission === 'READ' || permission === 'FULL_CONTROL');
}

/** No public grant is seen: because there is none, or because S3 hides it (aws-facts §1.4). */
function hiddenBy(mask: AclMask): Fact {
  switch (mask) {
    case 'nothing':
      return NO;
    case 'ignore-public-acls':
      return unknown('S3 does not show public grants while IgnorePublicAcls is on');
    case 'unknown':
      return unknown('whether S3 hides public grants is not known');
  }
}

function granteeOf(grant: Json): string {
  return isJsonObject(grant) ? (textOf(grant['grantee']) ?? '') : '';
}

/** Whoever is neither a group nor the owner. Where the owner is not known, one canonical id with full control is taken for it. */
function strangersIn(grants: readonly Json[], owner: string | undefined): boolean {
  const users = grants.filter((grant) => !granteeOf(grant).startsWith('http'));
  if (owner !== undefined) return users.some((grant) => granteeOf(grant) !== owner);
  const ids = new Set(users.map(granteeOf));
  const hasOwner = users.some((grant) => isJsonObject(grant) && grant['permission'] === 'FULL_CONTROL');
  return ids.size > (hasOwner ? 1 : 0);
}

function websiteFact(website: JsonReading): Fact {
  switch (website.status) {
    case 'present':
      return YES;
    case 'absent':
      return NO;
    case 'unreadable':
      return unknown(`the website ${notReadText(website.code)}`);
    case 'skipped':
      return unknown('the website was not looked at, since nothing public was seen');
  }
}
