import type { BucketAccess } from './access.ts';
import { allOf, anyOf, not, unknown, YES, type Fact } from './fact.ts';
import { allowed, decide, notKnown, refusals, when, type Denied, type Outcome } from './outcome.ts';

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

const anyBucket = (): Fact => YES;
const OBJECT_ACLS = unknown("objects' own ACLs are not read");
const whatever = allowed('no setting here refuses it');
const PUT = 's3:PutObject';

const BOTH_REFUSE: Denied = { ...refusals.aclsOff(), or: { http: 403, code: 'AccessDenied' } };

/** ACLs off refuse with 400; with BlockPublicAcls on as well, which of the two errors wins is not settled (aws-facts §1.6). */
function publicAclOutcome(access: BucketAccess, action: string): Outcome {
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

function readByObjectAcl({ aclsCount, flags, lockdown }: BucketAccess): Outcome {
  return decide(
    [
      when(not(aclsCount), refusals.anonymous('ACLs are off (BucketOwnerEnforced)')),
      when(flags.IgnorePublicAcls, refusals.anonymous('IgnorePublicAcls: public ACLs grant nothing')),
      when(lockdown, refusals.anonymous('RestrictPublicBuckets over a public policy')),
    ],
    allowed('gets what an object grants by its own ACL'),
  );
}

function listByBucketAcl(access: BucketAccess): Outcome {
  const { aclIsPublic } = access;
  return decide(
    [when(not(aclIsPublic), refusals.anonymous('the bucket ACL grants nothing to everyone'))],
    readByObjectAcl(access).outcome === 'allowed' ? allowed('gets in by the bucket ACL') : readByObjectAcl(access),
  );
}

function readByPolicy({ flags, policyIsPublic, policyOpens }: BucketAccess, opening: Fact): Outcome {
  return decide(
    [
      // Where the policy is public it is locked down; where it is not there is no such door: refused either way.
      when(
        flags.RestrictPublicBuckets,
        refusals.anonymous('RestrictPublicBuckets: nobody comes in by a public policy'),
      ),
      when(not(policyIsPublic), refusals.anonymous('no statement of a bucket policy is public')),
      when(not(opening), refusals.anonymous('no public statement allows it')),
    ],
    allowed(
      policyOpens.toObjects.is === false
        ? 'gets what the public statements allow; reading objects is not among it'
        : "gets what the public statements allow, of objects that the bucket's owner owns",
    ),
  );
}

/** Whoever comes without a signature gets in by either door. */
function anonymously(access: BucketAccess): Outcome {
  const doors = [readByPolicy(access, access.policyOpens.toObjects), readByObjectAcl(access)];
  return (
    doors.find(({ outcome }) => outcome === 'allowed') ??
    doors.find(({ outcome }) => outcome === 'unknown') ??
    refusals.anonymous('nothing here is open to everyone')
  );
}

function byAcl({ aclsCount, lockdown }: BucketAccess): readonly { when: Fact; then: Outcome }[] {
  return [
    when(not(aclsCount), refusals.noGrant('ACLs are off (BucketOwnerEnforced)')),
    when(lockdown, refusals.lockdown()),
  ];
}

const lockedOut = ({ lockdown }: BucketAccess): Outcome =>
  decide([when(lockdown, refusals.lockdown())], allowed('gets in where the policy names it'));

const stranger = ({ aclNamesOthers }: BucketAccess): Fact => (aclNamesOthers.is === true ? YES : OBJECT_ACLS);

const WRITES: readonly Operation[] = [
  {
    row: 'W0',
    title: 'Upload without an ACL',
    breaks: 'now',
    opens: 'nobody',
    isHere: anyBucket,
    outcome: () => whatever,
  },
  {
    row: 'W1',
    title: 'Upload with bucket-owner-full-control',
    breaks: 'now',
    opens: 'nobody',
    isHere: anyBucket,
    outcome: () => whatever,
  },
  {
    row: 'W2',
    title: 'Upload with private, from another account',
    breaks: 'now',
    opens: 'nobody',
    isHere: anyBucket,
    outcome: ({ aclsCount }) => decide([when(not(aclsCount), refusals.aclsOff())], allowed('accepted')),
  },
  {
    row: 'W3',
    title: 'Upload with another ACL that is not public',
    breaks: 'now',
    opens: 'nobody',
    isHere: anyBucket,
    outcome: ({ aclsCount }) => decide([when(not(aclsCount), refusals.aclsOff())], allowed('accepted')),
  },
  {
    row: 'W4',
    title: 'Upload with a public ACL',
    breaks: 'now',
    opens: 'later',
    isHere: anyBucket,
    outcome: (access) => publicAclOutcome(access, PUT),
  },
  {
    row: 'A1',
    title: 'Change to a public ACL',
    breaks: 'now',
    opens: 'later',
    isHere: anyBucket,
    outcome: (access) => publicAclOutcome(access, 's3:PutObjectAcl'),
  },
  {
    row: 'A2',
    title: 'Change to an ACL that is not public',
    breaks: 'now',
    opens: 'nobody',
    isHere: anyBucket,
    outcome: ({ aclsCount }) => decide([when(not(aclsCount), refusals.aclsOff())], allowed('accepted')),
  },
  {
    row: 'A3',
    title: 'Turn ACLs off (BucketOwnerEnforced)',
    breaks: 'never',
    opens: 'nobody',
    isHere: anyBucket,
    outcome: ({ aclsCount, aclIsPublic, aclNamesOthers, aclNamesLogDelivery }) =>
      decide(
        [
          when(not(aclsCount), allowed('they are off')),
          when(anyOf(aclNamesOthers, aclNamesLogDelivery, aclIsPublic), refusals.ownershipOverGrants()),
        ],
        allowed('accepted'),
      ),
  },
  {
    row: 'A4',
    title: 'Create a bucket with a public ACL',
    breaks: 'never',
    opens: 'nobody',
    isHere: anyBucket,
    outcome: () => refusals.aclOnCreation(),
  },
  {
    row: 'P1',
    title: 'Put a public bucket policy',
    breaks: 'later',
    opens: 'later',
    isHere: anyBucket,
    outcome: ({ flags }) =>
      decide([when(flags.BlockPublicPolicy, refusals.publicPolicy('s3:PutBucketPolicy'))], allowed('accepted')),
  },
  {
    row: 'P2',
    title: 'Put another bucket policy, or delete it',
    breaks: 'never',
    opens: 'nobody',
    isHere: anyBucket,
    outcome: () => whatever,
  },
  {
    row: 'P3',
    title: 'Put a public access point policy',
    breaks: 'later',
    opens: 'later',
    isHere: anyBucket,
    outcome: ({ flags }) =>
      decide(
        [when(flags.BlockPublicPolicy, refusals.publicPolicy('s3:PutAccessPointPolicy'))],
        notKnown("the access point's own block decides, which is not read; AWS makes them with all four flags on"),
      ),
  },
];

const READS: readonly Operation[] = [
  {
    row: 'R1',
    title: "Anonymous read by an object's ACL",
    breaks: 'now',
    opens: 'world',
    isHere: () => OBJECT_ACLS,
    outcome: readByObjectAcl,
  },
  {
    row: 'R2',
    title: "Read by any AWS account, by an object's ACL",
    breaks: 'now',
    opens: 'world',
    isHere: () => OBJECT_ACLS,
    outcome: readByObjectAcl,
  },
  {
    row: 'R3',
    title: "Anonymous listing by the bucket's ACL",
    breaks: 'now',
    opens: 'world',
    isHere: ({ aclIsPublic }) => aclIsPublic,
    outcome: listByBucketAcl,
  },
  {
    row: 'R4',
    title: 'Anonymous read by the bucket policy',
    breaks: 'now',
    opens: 'world',
    isHere: ({ policyIsPublic }) => policyIsPublic,
    outcome: (access) => readByPolicy(access, access.policyOpens.toRequests),
  },
  {
    row: 'X1',
    title: 'Another account, by a policy of which nothing is public',
    breaks: 'now',
    opens: 'others',
    isHere: ({ policyNamesOthers }) => policyNamesOthers,
    outcome: () => whatever,
  },
  {
    row: 'X2',
    title: 'Another account that the policy names',
    breaks: 'now',
    opens: 'others',
    isHere: ({ policyNamesOthers }) => policyNamesOthers,
    outcome: lockedOut,
  },
  {
    row: 'X3',
    title: 'Another account, by an ACL',
    breaks: 'now',
    opens: 'others',
    isHere: stranger,
    outcome: (access) => decide(byAcl(access), allowed('gets what the ACL grants it')),
  },
  {
    row: 'X4',
    title: 'Another account, by an ACL that is also public',
    breaks: 'now',
    opens: 'others',
    isHere: stranger,
    outcome: (access) =>
      decide(
        [
          ...byAcl(access),
          when(
            access.flags.IgnorePublicAcls,
            notKnown(
              'whether IgnorePublicAcls takes the whole of such an ACL or its public grants alone, AWS does not say',
            ),
          ),
        ],
        allowed('gets what the ACL grants it'),
      ),
  },
];

const SERVICES: readonly Operation[] = [
  {
    row: 'S1',
    title: "This account's own principals",
    breaks: 'now',
    opens: 'nobody',
    isHere: anyBucket,
    outcome: () => whatever,
  },
  { row: 'S2', title: 'AWS services', breaks: 'now', opens: 'nobody', isHere: anyBucket, outcome: () => whatever },
  {
    row: 'S3',
    title: 'Log delivery and partners named by account id',
    breaks: 'now',
    opens: 'others',
    isHere: ({ policyNamesOthers }) => policyNamesOthers,
    outcome: lockedOut,
  },
  {
    row: 'S4',
    title: 'Log delivery by ACL',
    breaks: 'now',
    opens: 'nobody',
    isHere: ({ aclNamesLogDelivery }) => aclNamesLogDelivery,
    outcome: ({ aclsCount }) =>
      decide([when(not(aclsCount), refusals.noGrant('ACLs are off (BucketOwnerEnforced)'))], allowed('delivered')),
  },
  {
    row: 'C1',
    title: 'CloudFront with origin access control',
    breaks: 'now',
    opens: 'nobody',
    isHere: anyBucket,
    outcome: () => whatever,
  },
  {
    row: 'C2',
    title: 'CloudFront with an origin access identity',
    breaks: 'now',
    opens: 'others',
    isHere: ({ policyNamesOriginAccessIdentity }) => policyNamesOriginAccessIdentity,
    outcome: ({ lockdown }) =>
      decide(
        [
          when(
            lockdown,
            notKnown('whether RestrictPublicBuckets shuts out an origin access identity, AWS does not say'),
          ),
        ],
        allowed('gets in where the policy names it'),
      ),
  },
  {
    row: 'C3',
    title: 'CloudFront over the website endpoint',
    breaks: 'now',
    opens: 'world',
    isHere: ({ hasWebsite }) => hasWebsite,
    outcome: (access) => throughWebsite(access),
  },
  {
    row: 'U1',
    title: 'Presigned read, signed by this account',
    breaks: 'now',
    opens: 'nobody',
    isHere: anyBucket,
    outcome: () => whatever,
  },
  {
    row: 'U2',
    title: 'Presigned read, signed by another account',
    breaks: 'now',
    opens: 'others',
    isHere: ({ policyNamesOthers }) => policyNamesOthers,
    outcome: lockedOut,
  },
  {
    row: 'U3',
    title: 'Presigned upload with a public ACL',
    breaks: 'now',
    opens: 'later',
    isHere: anyBucket,
    outcome: (access) => publicAclOutcome(access, PUT),
  },
  {
    row: 'H1',
    title: 'Website endpoint',
    breaks: 'now',
    opens: 'world',
    isHere: ({ hasWebsite }) => hasWebsite,
    outcome: (access) => throughWebsite(access),
  },
  {
    row: 'M1',
    title: "Change the account's block",
    breaks: 'never',
    opens: 'nobody',
    isHere: anyBucket,
    outcome: () => notKnown("whether an organisation's S3 policy holds the account's block is not read"),
  },
  {
    row: 'M2',
    title: "Turn the bucket's own flags off",
    breaks: 'never',
    opens: 'nobody',
    isHere: anyBucket,
    outcome: () => allowed('accepted; a flag that the account also sets stays in force'),
  },
];

function throughWebsite(access: BucketAccess): Outcome {
  return access.hasWebsite.is === false ? refusals.noWebsite() : anonymously(access);
}

/** Every row of aws-facts §3.2, in its order. */
export const OPERATIONS: readonly Operation[] = [...WRITES, ...READS, ...SERVICES];

/** What each operation meets in one state of a bucket, by the row's name. */
export function outcomesOf(access: BucketAccess): Readonly<Record<string, Outcome>> {
  return Object.fromEntries(OPERATIONS.map(({ row, outcome }) => [row, outcome(access)]));
}
