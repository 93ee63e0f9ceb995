import { isPublicGrant } from '#core/acl.ts';
import { compareReadings, listIn, type CompareSides, type Side, type Verdict } from '#core/comparison.ts';
import { setChange, type Json } from '#core/json.ts';

/**
 * What hides public grants in an ACL reading. GetBucketAcl shows effective grants, so IgnorePublicAcls at any level takes the
 * public ones out of the answer though they are still stored (aws-facts §1.4).
 */
export type AclMask = 'nothing' | 'ignore-public-acls' | 'unknown';

const MASKED =
  'one of the two readings was masked: S3 does not show public grants under IgnorePublicAcls, and shows them again without it';

function maskOf(side: Side): AclMask {
  const mask = side.carried['aclMaskedBy'];
  return mask === 'nothing' || mask === 'ignore-public-acls' ? mask : 'unknown';
}

/**
 * Across a change of mask, only a grant that appeared in the more hidden reading proves a change; what is missing in it may be
 * hidden, and whether the other grants of a public ACL vanish with the public ones is unsettled (aws-facts §12.4).
 */
const compareAcl: CompareSides = (before, after) => {
  const [had, has] = [before.reading, after.reading];
  const [maskBefore, maskAfter] = [maskOf(before), maskOf(after)];
  const isSameMask = maskBefore === maskAfter && maskBefore !== 'unknown';
  if (isSameMask || had.status !== 'present' || has.status !== 'present')
    return compareReadings({ form: 'set' })(before, after);
  const [grantsBefore, grantsAfter] = [listIn(had.value), listIn(has.value)];
  const { added, removed } = setChange(grantsBefore, grantsAfter);
  const unexplained = [
    ...(explains(maskAfter, grantsBefore) ? [] : removed),
    ...(explains(maskBefore, grantsAfter) ? [] : added),
  ];
  if (unexplained.length > 0) return 'changed';
  return added.length + removed.length === 0 ? 'same' : { notCompared: MASKED };
};

/** Can a mask on one reading be why grants of the other are missing in it? Only an ACL with a public grant is masked. */
function explains(mask: AclMask, grantsOfTheOther: readonly Json[]): boolean {
  return mask !== 'nothing' && grantsOfTheOther.some(isPublicGrant);
}

/** Whether the website is read depends on public grants being seen: where only the mask moved, its skipping is no change. */
const compareWebsite: CompareSides = (before, after): Verdict => {
  const verdict = compareReadings({ form: 'record' })(before, after);
  const isSkippedOnce = (before.reading.status === 'skipped') !== (after.reading.status === 'skipped');
  return verdict === 'changed' && isSkippedOnce && maskOf(before) !== maskOf(after) ? { notCompared: MASKED } : verdict;
};

export const s3BucketComparisons = { acl: compareAcl, website: compareWebsite };
