import type { BucketAccess } from './access.ts';
import { allOf, not, YES, type Fact } from './fact.ts';
import { allowed, decide, refusals, when, type Denied, type Outcome } from './outcome.ts';

/** One row of aws-facts §3.2: a class of requests, and what a state of the bucket does to it. */
export interface Operation {
  /** The row's name in that table. */
  readonly row: string;
  /** In a few words. */
  readonly title: string;
  /** When a refusal is felt: at once; at the next deployment that does it; or never, since it is a step of hardening itself. */
  readonly breaks: 'now' | 'later' | 'never';
  /** Whom its being allowed lets in: everyone, named others, later whoever is let in by it, or nobody further. */
  readonly opens: 'world' | 'others' | 'later' | 'nobody';
  /** Is what the row presumes there in this bucket? `unknown`: it may be (objects' own ACLs are not read). */
  readonly isHere: (access: BucketAccess) => Fact;
  readonly outcome: (access: BucketAccess) => Outcome;
}

/** Something that every bucket has, or that anybody may do to it. */
export const anyBucket = (): Fact => YES;

/** What no setting of ours refuses. */
export const whatever = allowed('no setting here refuses it');

const BOTH_REFUSE: Denied = { ...refusals.aclsOff(), or: { http: 403, code: 'AccessDenied' } };

/** ACLs off refuse with 400; with BlockPublicAcls on as well, which of the two errors wins is not settled (aws-facts §1.6). */
export function publicAclOutcome(access: BucketAccess, action: string): Outcome {
  const { aclsCount, flags } = access;
  return decide(
    [
      when(allOf(not(aclsCount), flags.BlockPublicAcls), BOTH_REFUSE),
      when(not(aclsCount), refusals.aclsOff()),
      when(flags.BlockPublicAcls, refusals.publicAcl(action)),
      when(flags.IgnorePublicAcls, {
        outcome: 'silently-useless',
        http: 200,
        says: 'accepted and stored, and grants nothing while IgnorePublicAcls is on',
      }),
    ],
    allowed('accepted, and grants'),
  );
}
