import type { Context } from '#core/judge.ts';
import { isJsonObject, textOf, type Json } from '#core/json.ts';
import type { JsonReading } from '#core/reading.ts';
import { accessOf, type AccessInputs, type AclMask, type BucketAccess } from '#core/s3/access.ts';
import { flagFact, flagsAt, NOT_READ } from '#core/s3/block.ts';
import type { AwsStatus } from '#core/s3/opinion.ts';
import type { State } from '#core/state.ts';

const UNASKED: JsonReading = { status: 'unreadable', code: NOT_READ };

/** What decides who gets into a bucket, from its state and the account's block at the same time. */
export function accessInputsOf({ ref, watched, carried }: State, context: Context): AccessInputs {
  const { publicAccessBlock, policy = UNASKED, acl = UNASKED, ownership = UNASKED, website = UNASKED } = watched;
  const levels = {
    account: flagsAt(context['s3-account-block']?.watched['publicAccessBlock']),
    bucket: flagsAt(publicAccessBlock),
  };
  return {
    levels,
    restrictedWhenAsked: flagFact(levels, 'RestrictPublicBuckets'),
    policy:
      policy.status !== 'present'
        ? policy
        : isJsonObject(policy.value)
          ? { status: 'present', value: policy.value }
          : { status: 'unreadable', code: 'MalformedPolicy' },
    policyStatus: statusIn(carried['policyStatus']),
    acl,
    aclMask: maskIn(carried['aclMaskedBy']),
    aclOwner: textOf(carried['aclOwner']),
    ownership,
    website,
    owner: ref.account,
  };
}

/** The same, understood. */
export function accessOfState(state: State, context: Context): BucketAccess {
  return accessOf(accessInputsOf(state, context));
}

export function maskIn(carried: Json | undefined): AclMask {
  return carried === 'nothing' || carried === 'ignore-public-acls' ? carried : 'unknown';
}

function statusIn(carried: Json | undefined): AwsStatus {
  return carried === 'public' || carried === 'not-public' ? carried : 'not-told';
}
