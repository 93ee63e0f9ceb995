import type { BucketAccess } from './access.ts';
import { allOf, anyOf, not, unknown, YES, type Fact } from './fact.ts';
import { fewOf } from './party.ts';
import { allowed, decide, notKnown, refusals, when, type Clause, type Outcome } from './outcome.ts';

export const OBJECT_ACLS = unknown("objects' own ACLs are not read");

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

export function readByObjectAcl(access: BucketAccess): Outcome {
  return decide(
    aclDoor(access, access.policyOpens.readsMayBeDenied),
    allowed('gets what an object grants by its own ACL'),
  );
}

export function byBucketAcl(access: BucketAccess, door: Fact): Outcome {
  return decide(
    [
      when(not(door), refusals.anonymous('the bucket ACL has no such public grant')),
      ...aclDoor(access, access.policyOpens.mayBeDenied),
    ],
    allowed('gets what the bucket ACL grants'),
  );
}

/** A public policy: locked down where RestrictPublicBuckets is on; and where it is not public there is no such door either. */
export function byPolicy({ flags, policyIsPublic, places }: BucketAccess, opening: Fact): Outcome {
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
export function throughWebsite(access: BucketAccess): Outcome {
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
export function servesSomebody({ hasWebsite, policyOpens, flags }: BucketAccess): Fact {
  const isOpen = allOf(policyOpens.toObjects, not(flags.RestrictPublicBuckets));
  return allOf(hasWebsite, isOpen.is === true ? YES : OBJECT_ACLS);
}

export function byAcl(access: BucketAccess): readonly Clause[] {
  const { aclsCount, lockdown, policyOpens } = access;
  return [
    when(not(aclsCount), refusals.noGrant('ACLs are off (BucketOwnerEnforced)')),
    when(lockdown, refusals.lockdown()),
    denied(policyOpens.mayBeDenied),
  ];
}

export const lockedOut = (access: BucketAccess): Outcome =>
  decide(
    [when(access.lockdown, refusals.lockdown()), denied(access.policyOpens.mayBeDenied)],
    allowed('gets in where the policy names it'),
  );

export const stranger = ({ aclNamesOthers }: BucketAccess): Fact => (aclNamesOthers.is === true ? YES : OBJECT_ACLS);

/** A link signed by another account gets what that account gets: by the policy that names it, or by an ACL (aws-facts §3.2 U2: as X1, X2, X3). */
export function byLink(access: BucketAccess): Outcome {
  const { policyLetsOthersRead, policyOpens, lockdown } = access;
  const doors = [
    decide(
      [
        when(not(anyOf(policyLetsOthersRead, policyOpens.toObjects)), refusals.noGrant('no statement lets them read')),
        when(lockdown, refusals.lockdown()),
        denied(policyOpens.mayBeDenied),
      ],
      allowed('gets in where the policy names it'),
    ),
    decide(byAcl(access), allowed('gets what the ACL grants it')),
  ];
  return (
    doors.find(({ outcome }) => outcome === 'allowed') ??
    doors.find(({ outcome }) => outcome === 'unknown') ??
    (lockdown.is === true ? refusals.lockdown() : refusals.noGrant('neither the policy nor an ACL lets them read'))
  );
}
