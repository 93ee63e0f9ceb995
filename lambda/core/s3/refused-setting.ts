import { isPublicGrant } from '../acl.ts';
import type { Json } from '../json.ts';
import type { BucketAccess } from './access.ts';
import { allOf, anyOf, not } from './fact.ts';
import { publicAclOutcome } from './operation.ts';
import { allowed, decide, refusals, when, type Outcome } from './outcome.ts';
import type { Sides } from './said.ts';

/**
 * Why S3 itself would refuse to set a path of a bucket as it is proposed (aws-facts §3.2 A1–A3, P1), in one sentence without its end; undefined:
 * nothing that is known refuses it. `before`: the bucket as it is; `after`: with all that is proposed, of which no order is known.
 */
export function refusalOfSetting(path: string, { before, after }: Sides): string | undefined {
  const call = callOf(path, after);
  const [was, is] = [call(before), call(after)];
  if (was.outcome === 'denied')
    return `${textOf(was)}${is.outcome === 'denied' ? '' : ', unless what is proposed beside it is set first'}`;
  return is.outcome === 'denied' ? `${textOf(is)}, once what is proposed beside it is set` : undefined;
}

function textOf({ http, code, says }: Extract<Outcome, { outcome: 'denied' }>): string {
  return `S3 would refuse to set it, with ${http} ${code}: ${says}`;
}

const ACCEPTED = allowed('accepted');

/** What the call that sets it meets in a bucket. */
function callOf(path: string, after: BucketAccess): (bucket: BucketAccess) => Outcome {
  const { acl, ownership } = after.inputs;
  switch (path) {
    case 'acl': {
      if (acl.status !== 'present') return () => ACCEPTED;
      const isPublic = Array.isArray(acl.value) && (acl.value as readonly Json[]).some(isPublicGrant);
      return (bucket) =>
        isPublic
          ? publicAclOutcome(bucket, 's3:PutBucketAcl')
          : decide([when(not(bucket.aclsCount), refusals.aclsOff())], ACCEPTED);
    }
    case 'policy':
      return ({ flags }) =>
        decide(
          [when(allOf(after.policyIsPublic, flags.BlockPublicPolicy), refusals.publicPolicy('s3:PutBucketPolicy'))],
          ACCEPTED,
        );
    case 'ownership':
      return ownership.status === 'present' && ownership.value === 'BucketOwnerEnforced'
        ? ({ aclNamesOthers, aclNamesLogDelivery, aclIsPublic }) =>
            decide(
              [when(anyOf(aclNamesOthers, aclNamesLogDelivery, aclIsPublic), refusals.ownershipOverGrants())],
              ACCEPTED,
            )
        : () => ACCEPTED;
    default:
      return () => ACCEPTED;
  }
}
