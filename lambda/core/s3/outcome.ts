import type { Fact } from './fact.ts';

/** What happens to one operation in one state of a bucket, as its caller meets it. */
export type Outcome =
  | { readonly outcome: 'allowed'; readonly says: string }
  | {
      readonly outcome: 'denied';
      readonly http: number;
      readonly code: string;
      /** The text that a caller of the same account or organisation sees; others see "Access Denied" (aws-facts §1.1). */
      readonly text: string;
      readonly says: string;
      /** Refused all the same, but which error wins is not settled. */
      readonly or?: { readonly http: number; readonly code: string };
    }
  /** 200, but nobody can read it. */
  | { readonly outcome: 'silently-useless'; readonly http: 200; readonly says: string }
  | { readonly outcome: 'unknown'; readonly why: string };

/** The same in what a machine compares: no text of AWS and no sentence of ours. */
export type BriefOutcome =
  | { readonly outcome: 'allowed' }
  | Omit<Denied, 'text' | 'says'>
  | { readonly outcome: 'silently-useless'; readonly http: 200 }
  | Extract<Outcome, { outcome: 'unknown' }>;

export function briefly(outcome: Outcome): BriefOutcome {
  switch (outcome.outcome) {
    case 'allowed':
      return { outcome: 'allowed' };
    case 'denied': {
      const { text: _text, says: _says, ...brief } = outcome;
      return brief;
    }
    case 'silently-useless':
      return { outcome: 'silently-useless', http: outcome.http };
    case 'unknown':
      return outcome;
  }
}

export type Denied = Extract<Outcome, { outcome: 'denied' }>;

/** What happens when something is so. */
export interface Clause {
  readonly when: Fact;
  readonly leadsTo: Outcome;
}

export function allowed(says: string): Outcome {
  return { outcome: 'allowed', says };
}

export function notKnown(why: string): Outcome {
  return { outcome: 'unknown', why };
}

export function when(fact: Fact, leadsTo: Outcome): Clause {
  return { when: fact, leadsTo };
}

/**
 * The first clause that holds decides. One that is not known leaves both ways open: where they end alike, that is the outcome; else
 * it is not known, for the reason that the clause is not.
 */
export function decide(clauses: readonly Clause[], otherwise: Outcome): Outcome {
  const [first, ...rest] = clauses;
  if (first === undefined) return otherwise;
  if (first.when.is === true) return first.leadsTo;
  const further = decide(rest, otherwise);
  return first.when.is === false ? further : eitherOf(first.leadsTo, further, first.when.why);
}

function eitherOf(one: Outcome, other: Outcome, why: string): Outcome {
  if (one.outcome === 'unknown') return one;
  if (other.outcome === 'unknown') return other;
  if (one.outcome !== other.outcome) return notKnown(why);
  if (one.outcome !== 'denied' || other.outcome !== 'denied' || one.code === other.code) return other;
  return { ...one, or: { http: other.http, code: other.code } };
}

const BY_BLOCK_PUBLIC_ACLS =
  'because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access';
const BY_BLOCK_PUBLIC_POLICY =
  'because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access';

function notAuthorized(action: string, because: string): string {
  return `User: … is not authorized to perform: ${action} on resource: "…" ${because}`;
}

/** The refusals that S3 knows, with their texts (aws-facts §1.1, §1.5, §1.6, §3.2). */
export const refusals = {
  publicAcl: (action: string): Denied => ({
    outcome: 'denied',
    http: 403,
    code: 'AccessDenied',
    text: notAuthorized(action, BY_BLOCK_PUBLIC_ACLS),
    says: 'BlockPublicAcls refuses public ACLs',
  }),
  publicPolicy: (action: string): Denied => ({
    outcome: 'denied',
    http: 403,
    code: 'AccessDenied',
    text: notAuthorized(action, BY_BLOCK_PUBLIC_POLICY),
    says: 'BlockPublicPolicy refuses public policies',
  }),
  aclsOff: (): Denied => ({
    outcome: 'denied',
    http: 400,
    code: 'AccessControlListNotSupported',
    text: 'The bucket does not allow ACLs',
    says: 'ACLs are off (BucketOwnerEnforced)',
  }),
  anonymous: (says: string): Denied => ({
    outcome: 'denied',
    http: 403,
    code: 'AccessDenied',
    text: 'Access Denied',
    says,
  }),
  noGrant: (says: string): Denied => ({
    outcome: 'denied',
    http: 403,
    code: 'AccessDenied',
    text: notAuthorized('s3:GetObject', 'because no resource-based policy allows the s3:GetObject action'),
    says,
  }),
  lockdown: (): Denied => ({
    outcome: 'denied',
    http: 403,
    code: 'AccessDenied',
    text: notAuthorized('s3:GetObject', 'with an explicit deny in a resource-based policy'),
    says: 'RestrictPublicBuckets shuts out other accounts, since the bucket policy is public',
  }),
  aclOnCreation: (): Denied => ({
    outcome: 'denied',
    http: 400,
    code: 'InvalidBucketAclWithBlockPublicAccessError',
    text: 'Bucket cannot have public ACLs set with BlockPublicAccess enabled',
    says: 'a bucket cannot be created with a public ACL since April 2023',
  }),
  ownershipOverGrants: (): Denied => ({
    outcome: 'denied',
    http: 400,
    code: 'InvalidBucketAclWithObjectOwnership',
    text: "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
    says: 'the stored bucket ACL grants somebody else',
  }),
  noWebsite: (): Denied => ({
    outcome: 'denied',
    http: 404,
    code: 'NoSuchWebsiteConfiguration',
    text: 'The specified bucket does not have a website configuration',
    says: 'the bucket has no website',
  }),
} as const;
