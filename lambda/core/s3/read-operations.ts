import type { BucketAccess } from './access.ts';
import { allOf, not, unknown, YES, type Fact } from './fact.ts';
import { anyBucket, publicAclOutcome, whatever, type Operation } from './operation.ts';
import { fewOf } from './party.ts';
import { allowed, decide, notKnown, refusals, when, type Clause, type Outcome } from './outcome.ts';

const OBJECT_ACLS = unknown("objects' own ACLs are not read");

/** Where a Deny may shut out whoever would get in. */
const denied = (mayBe: Fact): Clause => when(mayBe, notKnown(mayBe.is === 'unknown' ? mayBe.why : ''));

/** What shuts an ACL's door to whoever comes by a public grant. */
function aclDoor({ aclsCount, flags, lockdown }: BucketAccess, mayBeDenied: Fact): readonly Clause[] {
  return [
    when(not(aclsCount), refusals.anonymous('ACLs are off (BucketOwnerEnforced)')),
    when(flags.IgnorePublicAcls, refusals.anonymous('IgnorePublicAcls: public ACLs grant nothing')),
    when(lockdown, refusals.anonymous('RestrictPublicBuckets over a public policy')),
    denied(mayBeDenied),
  ];
}

function readByObjectAcl(access: BucketAccess): Outcome {
  return decide(
    aclDoor(access, access.policyOpens.readsMayBeDenied),
    allowed('gets what an object grants by its own ACL'),
  );
}

function byBucketAcl(access: BucketAccess, door: Fact): Outcome {
  return decide(
    [
      when(not(door), refusals.anonymous('the bucket ACL has no such public grant')),
      ...aclDoor(access, access.policyOpens.mayBeDenied),
    ],
    allowed('gets what the bucket ACL grants'),
  );
}

/** A public policy: locked down where RestrictPublicBuckets is on; and where it is not public there is no such door either. */
function byPolicy({ flags, policyIsPublic, places }: BucketAccess, opening: Fact): Outcome {
  const but = places.length === 0 ? '' : `; unsigned requests get in from ${fewOf(places.map(({ name }) => name))}`;
  return decide(
    [
      when(
        flags.RestrictPublicBuckets,
        refusals.anonymous('RestrictPublicBuckets: nobody comes in by a public policy'),
      ),
      when(not(policyIsPublic), refusals.anonymous(`no statement of a bucket policy is public${but}`)),
      when(not(opening), refusals.anonymous('no public statement allows it to unsigned requests')),
    ],
    allowed("gets what the public statements allow, of objects that the bucket's owner owns"),
  );
}

/** Whoever comes without a signature gets in by either door; website endpoints read no signature and speak no TLS. */
function throughWebsite(access: BucketAccess): Outcome {
  if (access.hasWebsite.is === false) return refusals.noWebsite();
  if (access.policyOpens.deniesPlainHttp) {
    return refusals.anonymous('the bucket policy denies requests without TLS, and website endpoints speak none');
  }
  const doors = [byPolicy(access, access.policyOpens.toObjects), readByObjectAcl(access)];
  return (
    doors.find(({ outcome }) => outcome === 'allowed') ??
    doors.find(({ outcome }) => outcome === 'unknown') ??
    refusals.anonymous('nothing here is open to everyone')
  );
}

/** A website serves somebody for sure only where the policy opens it: objects' own ACLs are not read. */
function servesSomebody({ hasWebsite, policyOpens, flags }: BucketAccess): Fact {
  const isOpen = allOf(policyOpens.toObjects, not(flags.RestrictPublicBuckets));
  return allOf(hasWebsite, isOpen.is === true ? YES : OBJECT_ACLS);
}

function byAcl(access: BucketAccess): readonly Clause[] {
  const { aclsCount, lockdown, policyOpens } = access;
  return [
    when(not(aclsCount), refusals.noGrant('ACLs are off (BucketOwnerEnforced)')),
    when(lockdown, refusals.lockdown()),
    denied(policyOpens.mayBeDenied),
  ];
}

const lockedOut = (access: BucketAccess): Outcome =>
  decide(
    [when(access.lockdown, refusals.lockdown()), denied(access.policyOpens.mayBeDenied)],
    allowed('gets in where the policy names it'),
  );

const stranger = ({ aclNamesOthers }: BucketAccess): Fact => (aclNamesOthers.is === true ? YES : OBJECT_ACLS);

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

/** The own account, services, CloudFront, signed links, websites and the blocks themselves: rows S, C, U, H and M. */
export const SERVICES: readonly Operation[] = [
  {
    row: 'S1',
    title: "This account's own principals",
    breaks: 'now',
    opens: 'nobody',
    isHere: anyBucket,
    outcome: () => whatever,
  },
  {
    row: 'S2',
    title: 'AWS services',
    breaks: 'now',
    opens: 'nobody',
    isHere: ({ policyNamesServices }) => policyNamesServices,
    outcome: () => whatever,
  },
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
    isHere: ({ policyNamesCloudFront }) => policyNamesCloudFront,
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
    opens: 'nobody',
    isHere: ({ hasWebsite }) => allOf(hasWebsite, unknown('whether a distribution stands before it is not read')),
    outcome: throughWebsite,
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
    outcome: (access) => publicAclOutcome(access, 's3:PutObject'),
  },
  {
    row: 'H1',
    title: 'Website endpoint',
    breaks: 'now',
    opens: 'nobody',
    isHere: servesSomebody,
    outcome: throughWebsite,
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
