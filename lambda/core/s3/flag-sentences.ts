import type { BlockFlag, BlockLevel } from './block.ts';
import { othersText, type BucketAccess } from './access.ts';
import { anyOf, type Fact } from './fact.ts';

const SUBJECT: Readonly<Record<BlockLevel, string>> = { account: 'the account', bucket: 'this bucket' };

export interface FlagMove {
  readonly flag: BlockFlag;
  /** Where it is turned. */
  readonly level: BlockLevel;
  readonly isOn: boolean;
  /** The bucket as it really was, and as it really is: other things may have moved with the flag. */
  readonly before: BucketAccess;
  readonly after: BucketAccess;
}

/** What turning one flag on or off at one level does to a bucket, in one plain sentence (aws-facts §3.4). */
export function sentenceOfFlag(move: FlagMove): string {
  const { flag, level, isOn, before, after } = move;
  const moved = `${flag} turned ${isOn ? 'on' : 'off'} for ${SUBJECT[level]}`;
  const [was, is] = [before.flags[flag], after.flags[flag]];
  const doubt = [was, is].find((fact) => fact.is === 'unknown');
  if (doubt?.is === 'unknown') return cannotTell(moved, doubt.why);
  if (was.is === is.is) return `${moved} changes nothing: ${whyTheSame(move)}.`;
  switch (flag) {
    case 'BlockPublicAcls':
      return where(eitherCounts(before, after), moved, {
        so: isOn
          ? ACL_SENTENCES.refused
          : after.flags.IgnorePublicAcls.is === true
            ? ACL_SENTENCES.useless
            : ACL_SENTENCES.accepted,
        not: 'ACLs are off (BucketOwnerEnforced), so a public ACL was refused before.',
      });
    case 'IgnorePublicAcls':
      return where(eitherCounts(before, after), moved, {
        so: sentenceOfIgnoring(move, moved),
        not: 'ACLs are off (BucketOwnerEnforced), so none grants anything.',
      });
    case 'BlockPublicPolicy':
      return isOn ? POLICY_SENTENCES.refused : POLICY_SENTENCES.accepted;
    case 'RestrictPublicBuckets':
      return where(isOn ? anyOf(before.policyIsPublic, after.policyIsPublic) : after.policyIsPublic, moved, {
        so: sentenceOfRestricting(move),
        not: 'no statement of a bucket policy is public.',
      });
  }
}

/** In effect the flag is what it was: another level sets it too, set it until now, or sets it from now on. */
function whyTheSame({ flag, level, before, after }: FlagMove): string {
  const other = level === 'account' ? 'bucket' : 'account';
  if (!after.block[flag].setBy.includes(other)) return `the ${other} set it until now`;
  return before.block[flag].setBy.includes(other) ? `the ${other} also sets it` : `the ${other} sets it from now on`;
}

/** ACLs that counted before or count now: turned off together with a flag, they were in force until then. */
function eitherCounts(before: BucketAccess, after: BucketAccess): Fact {
  return anyOf(before.aclsCount, after.aclsCount);
}

function sentenceOfIgnoring({ isOn, before, after }: FlagMove, moved: string): string {
  if (before.lockdown.is === true && after.lockdown.is === true) {
    return `${moved}; by ACL nobody gets in either way, since RestrictPublicBuckets shuts everyone out while the bucket policy is public.`;
  }
  return isOn ? ignoredText(after.flags.BlockPublicAcls.is === true) : alive('the bucket');
}

function sentenceOfRestricting({ isOn, before, after }: FlagMove): string {
  if (!isOn) {
    const named = after.othersNamed.length > 0 ? `, also whom it names${othersText(after)}` : '';
    return after.policyOpens.toObjects.is === true || after.policyOpens.toOthers.is === true
      ? `The bucket policy is public, and lets everyone in again at once${named}.`
      : `The bucket policy is public by S3's own rule, and works again for whoever it lets in${named}.`;
  }
  const is = after.policyIsPublic.is === true ? 'is' : 'was';
  return `The bucket policy ${is} public, so from now on only AWS services and this account's own principals get in: everybody else gets 403 AccessDenied${alsoNamed(after.policyIsPublic.is === true ? after : before)}.`;
}

function alsoNamed(access: BucketAccess): string {
  return access.othersNamed.length > 0 ? `, also whom the policy names${othersText(access)}` : '';
}

/** What turning one flag of the account's block on or off means; what it does to each bucket, the consequences say. */
export function sentenceOfAccountFlag({ flag, isOn, isAclRefused, isAclIgnored }: AccountFlagMove): string {
  switch (flag) {
    case 'BlockPublicAcls':
      return isOn ? ACL_SENTENCES.refused : isAclIgnored ? ACL_SENTENCES.useless : ACL_SENTENCES.accepted;
    case 'IgnorePublicAcls':
      return isOn
        ? ignoredText(isAclRefused)
        : `${alive('a bucket').replace(/\.$/, '')}, but where the bucket ignores them itself.`;
    case 'BlockPublicPolicy':
      return isOn ? POLICY_SENTENCES.refused : POLICY_SENTENCES.accepted;
    case 'RestrictPublicBuckets':
      return isOn
        ? "Where the bucket policy is public, only AWS services and the account's own principals get in from now on: everybody else gets 403 AccessDenied, also other accounts that the policy names."
        : 'Public bucket policies let everyone in again at once, also other accounts that they name, but where a bucket restricts them itself.';
  }
}

export interface AccountFlagMove {
  readonly flag: BlockFlag;
  readonly isOn: boolean;
  /** BlockPublicAcls is on afterwards. */
  readonly isAclRefused: boolean;
  /** IgnorePublicAcls is on afterwards. */
  readonly isAclIgnored: boolean;
}

/** Unset and four times off are two states with one effect (aws-facts §1.3). */
export function sentenceOfEmptyBlock(level: BlockLevel, isSet: boolean): string {
  return isSet
    ? `The ${level}'s block was set with its four flags off, so nothing changes in effect.`
    : `The ${level}'s block was deleted; its four flags were off, so nothing changes in effect.`;
}

const ACL_SENTENCES = {
  refused:
    'New uploads that carry a public ACL, and changes to a public ACL, are now refused with 403 AccessDenied; uploads without an ACL still work, so a test without --acl proves nothing.',
  accepted:
    'Public ACLs are accepted again on uploads and as changes; those that were stored never stopped granting because of this flag.',
  useless: 'Public ACLs are accepted again on uploads and as changes, and grant nothing while IgnorePublicAcls is on.',
} as const;

const POLICY_SENTENCES = {
  refused:
    'From now on a public bucket policy is refused with 403 AccessDenied when it is put, also an unchanged one that a deployment puts again; from one that is in place this flag takes nothing.',
  accepted:
    'Public bucket policies can be put again; one that was in place never stopped working because of this flag.',
} as const;

function ignoredText(isAclRefused: boolean): string {
  const lost = 'Public ACLs grant nothing any more: whoever came in by one gets 403 AccessDenied.';
  return isAclRefused
    ? lost
    : `${lost} No upload is refused for it: one that carries a public ACL is accepted, and nobody can read it.`;
}

function alive(bucket: string): string {
  return `Every public ACL that is still stored, of ${bucket} or of an object in it, grants again at once.`;
}

export function cannotTell(moved: string, why: string): string {
  return `${moved}; what that does cannot be told: ${why}.`;
}

function where(fact: Fact, moved: string, { so, not }: { readonly so: string; readonly not: string }): string {
  if (fact.is === 'unknown') return cannotTell(moved, fact.why);
  return fact.is ? so : `${moved} changes nothing: ${not}`;
}
