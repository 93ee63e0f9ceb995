import { allOf, anyOf, factOf, not } from './fact.ts';
import { anyBucket, publicAclOutcome, whatever, type Operation } from './operation.ts';
import { allowed, decide, notKnown, refusals, when } from './outcome.ts';

/** Uploads, changes of ACLs and ownership, and policies: rows W, A and P of aws-facts §3.2. */
export const WRITES: readonly Operation[] = [
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
    outcome: (access) => publicAclOutcome(access, 's3:PutObject'),
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
    outcome: ({ aclsCount, ...acl }) => {
      const grantsOthers = anyOf(acl.aclNamesOthers, acl.aclNamesLogDelivery, acl.aclIsPublic);
      return decide(
        [
          // Known only where it was seen before: the stored ACL is not read while ACLs are off.
          when(
            allOf(not(aclsCount), factOf(grantsOthers.is === true)),
            notKnown(
              'ACLs are off over a stored ACL that grants somebody else; whether S3 minds that again, AWS does not say',
            ),
          ),
          when(not(aclsCount), allowed('they are off')),
          when(grantsOthers, refusals.ownershipOverGrants()),
        ],
        allowed('accepted'),
      );
    },
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
