import { allOf, not } from './fact.ts';
import { whatever, type Operation } from './operation.ts';
import { allowed, decide, notKnown, when } from './outcome.ts';
import { OBJECT_ACLS, readByObjectAcl, byBucketAcl, byPolicy, byAcl, lockedOut, stranger } from './doors.ts';

/** Whoever comes from outside: rows R and X of aws-facts §3.2. */
export const READS: readonly Operation[] = [
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
    isHere: ({ aclListsToWorld }) => aclListsToWorld,
    outcome: (access) => byBucketAcl(access, access.aclListsToWorld),
  },
  {
    row: 'R4',
    title: 'Anonymous read by the bucket policy',
    breaks: 'now',
    opens: 'world',
    isHere: ({ policyOpens }) => policyOpens.toObjects,
    outcome: (access) => byPolicy(access, access.policyOpens.toObjects),
  },
  {
    row: 'R5',
    title: 'Anonymous listing or writing by the bucket policy',
    breaks: 'now',
    opens: 'world',
    isHere: ({ policyOpens }) => policyOpens.toOthers,
    outcome: (access) => byPolicy(access, access.policyOpens.toOthers),
  },
  {
    row: 'R6',
    title: "Writing, or any AWS account, by the bucket's ACL",
    breaks: 'now',
    opens: 'world',
    isHere: ({ aclOpensOtherwise }) => aclOpensOtherwise,
    outcome: (access) => byBucketAcl(access, access.aclOpensOtherwise),
  },
  {
    row: 'X1',
    title: 'Another account, by a policy of which nothing is public',
    breaks: 'now',
    opens: 'others',
    isHere: ({ policyNamesOthers, policyIsPublic }) => allOf(policyNamesOthers, not(policyIsPublic)),
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
