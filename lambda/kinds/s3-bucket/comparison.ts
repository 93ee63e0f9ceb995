import { isPublicGrant } from '#core/acl.ts';
import {
  compareReadings,
  listIn,
  type CompareSides,
  type KnowsMore,
  type Side,
  type Verdict,
} from '#core/comparison.ts';
import { setChange, textOf, type Json } from '#core/json.ts';
import type { AclMask } from '#core/s3/access.ts';
import { maskIn } from './access.ts';

/**
 * What everyone could come in by, as far as was seen. `shut-masked`: nothing, but public grants may be hidden. `unknown`: the policy
 * or the ACL could not be read.
 */
export type PublicDoor = 'open-by-policy' | 'open-by-acl' | 'shut' | 'shut-masked' | 'unknown';

const MASKED =
  'one of the two readings was masked: S3 does not show public grants under IgnorePublicAcls, and shows them again without it';
const OWNERSHIP_UNKNOWN = 'whether ACLs count could not be told in one of the two readings';
const DOOR_UNKNOWN =
  'whether it can matter could not be told in one of the two readings: the policy or the ACL was refused';

function maskOf({ carried }: Side): AclMask {
  return maskIn(carried['aclMaskedBy']);
}

function isSameMask(before: Side, after: Side): boolean {
  return maskOf(before) === maskOf(after) && maskOf(before) !== 'unknown';
}

/**
 * Across a change of mask, only a grant that appeared in the more hidden reading proves a change; what is missing in it may be
 * hidden, and whether the other grants of a public ACL vanish with the public ones is unsettled (aws-facts §12.4).
 */
const compareAcl: CompareSides = (before, after) => {
  const [had, has] = [before.reading, after.reading];
  if (isSkippedOnce(before, after) && [before, after].some((side) => maskOf(side) === 'unknown')) {
    return { notCompared: OWNERSHIP_UNKNOWN };
  }
  if (isSameMask(before, after) || had.status !== 'present' || has.status !== 'present') {
    return compareReadings({ form: 'set' })(before, after);
  }
  const [grantsBefore, grantsAfter] = [listIn(had.value), listIn(has.value)];
  const { added, removed } = setChange(grantsBefore, grantsAfter);
  const unexplained = [
    ...(explains(maskOf(after), grantsBefore) ? [] : removed),
    ...(explains(maskOf(before), grantsAfter) ? [] : added),
  ];
  if (unexplained.length > 0) return 'changed';
  return added.length + removed.length === 0 ? 'same' : { notCompared: MASKED };
};

/** Can a mask on one reading be why grants of the other are missing in it? Only an ACL with a public grant is masked. */
function explains(mask: AclMask, grantsOfTheOther: readonly Json[]): boolean {
  return mask !== 'nothing' && grantsOfTheOther.some(isPublicGrant);
}

function isSkippedOnce(before: Side, after: Side): boolean {
  return (before.reading.status === 'skipped') !== (after.reading.status === 'skipped');
}

/**
 * Whether the website is read depends on the doors that were seen. It is out of force or in force again when a door was shut or
 * opened, and not when one only went out of sight.
 */
const compareWebsite: CompareSides = (before, after): Verdict => {
  const verdict = compareReadings({ form: 'record' })(before, after);
  if (verdict !== 'changed' || !isSkippedOnce(before, after)) return verdict;
  const [skipped, read] = before.reading.status === 'skipped' ? [before, after] : [after, before];
  switch (doorOf(read)) {
    case 'open-by-policy':
      return 'changed';
    case 'open-by-acl':
      return doorOf(skipped) === 'shut' ? 'changed' : { notCompared: MASKED };
    case 'shut':
    case 'shut-masked':
      // Nobody reads a website behind a shut door: this one is proposed, and that is a change whatever it can matter.
      return 'changed';
    default:
      return { notCompared: DOOR_UNKNOWN };
  }
};

function doorOf({ carried }: Side): string | undefined {
  return textOf(carried['publicDoor']);
}

/** How much of an ACL a reading under this mask shows. */
const SIGHT: Readonly<Record<AclMask, number>> = { nothing: 2, 'ignore-public-acls': 1, unknown: 0 };

/** An ACL that was read with less hidden knows more than a reading that does not contradict it. */
const aclKnowsMore: KnowsMore = (accepted, now) =>
  SIGHT[maskOf(accepted)] > SIGHT[maskOf(now)] && compareAcl(accepted, now) !== 'changed';

/** A website that was read knows more than one that was only not looked at. */
const websiteKnowsMore: KnowsMore = (accepted, now) =>
  accepted.reading.status !== 'skipped' &&
  now.reading.status === 'skipped' &&
  typeof compareWebsite(accepted, now) === 'object';

export const s3BucketComparisons = { acl: compareAcl, website: compareWebsite };
export const s3BucketKnowsMore = { acl: aclKnowsMore, website: websiteKnowsMore };
