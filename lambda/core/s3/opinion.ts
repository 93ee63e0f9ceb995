import type { JsonObject } from '../json.ts';
import type { Reading } from '../reading.ts';
import { NOT_READ, notReadText } from './block.ts';
import { NO, unknown, YES, type Fact } from './fact.ts';
import { verdictOnPolicy, type PolicyVerdict } from './policy-publicness.ts';

/** What GetBucketPolicyStatus said; `not-told`: it was not asked, refused, or gave no answer. */
export type AwsStatus = 'public' | 'not-public' | 'not-told';

/** Our verdict on a policy, AWS's, and which is believed. */
export interface Opinion {
  readonly own: PolicyVerdict | undefined;
  readonly aws: AwsStatus;
  readonly isPublic: Fact;
  /** Both are definite and differ: to be shown, and to become a test. */
  readonly isDisagreement: boolean;
  /** Why it is not known. */
  readonly why?: string;
}

/**
 * AWS is the oracle: where it was asked its answer is believed (aws-facts §2.5). One answer it does not settle: while
 * RestrictPublicBuckets is in force, nobody says whether "not public" is about the policy or about the lockdown.
 */
export function opinionOn(
  policy: Reading<JsonObject>,
  { aws, isRestricted }: { readonly aws: AwsStatus; /** When AWS was asked. */ readonly isRestricted: Fact },
): Opinion {
  if (policy.status === 'absent') return { own: undefined, aws, isPublic: NO, isDisagreement: false };
  if (policy.status !== 'present') {
    const why = `the bucket policy ${notReadText(policy.status === 'unreadable' ? policy.code : NOT_READ)}`;
    const isPublic = aws === 'not-told' ? unknown(why) : aws === 'public' ? YES : doubted(NO, isRestricted);
    return { own: undefined, aws, isPublic, isDisagreement: false, why };
  }
  const own = verdictOnPolicy(policy.value);
  const isDisagreement = aws !== 'not-told' && own.verdict !== 'unknown' && own.verdict !== aws;
  switch (aws) {
    case 'public':
      return { own, aws, isPublic: YES, isDisagreement };
    case 'not-public':
      return { own, aws, isPublic: own.verdict === 'not-public' ? NO : doubted(NO, isRestricted), isDisagreement };
    case 'not-told':
      return { own, aws, isPublic: ownFact(own), isDisagreement };
  }
}

function ownFact({ verdict, reasons }: PolicyVerdict): Fact {
  switch (verdict) {
    case 'public':
      return YES;
    case 'not-public':
      return NO;
    case 'unknown':
      return unknown(reasons[0] ?? 'the policy could not be understood');
  }
}

function doubted(answer: Fact, isRestricted: Fact): Fact {
  return isRestricted.is === false
    ? answer
    : unknown(
        'AWS calls the policy not public, and does not say whether that is only because RestrictPublicBuckets is on',
      );
}
