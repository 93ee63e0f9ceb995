import type { Judgement } from '#core/judge.ts';
import type { BucketAccess } from '#core/s3/access.ts';
import { allOf, anyOf } from '#core/s3/fact.ts';
import { partyText } from '#core/s3/party.ts';

/** Nothing was there before, so nothing breaks; whom it lets in is new. */
export function ofCreation(access: BucketAccess): Judgement {
  const { isPublic, othersNamed, lockdown, policyOpens, flags } = access;
  const isOpen = anyOf(policyOpens.toObjects, policyOpens.toOthers);
  const base = { breakage: 'none', flips: [], opensToWorld: false } as const;
  if (isPublic.is === true) {
    const byPolicy = access.policyIsPublic.is === true && flags.RestrictPublicBuckets.is === false;
    const isCertain = !byPolicy || isOpen.is === true || access.aclIsPublic.is === true;
    return isCertain
      ? { ...base, exposure: 'widened', opensToWorld: true, effects: ['It lets everyone in.'] }
      : { ...base, exposure: 'widened', effects: ["Its policy is public by S3's own rule."] };
  }
  if (isPublic.is === 'unknown') {
    return { ...base, exposure: 'unknown', effects: [`Whether it lets everyone in cannot be told: ${isPublic.why}.`] };
  }
  const byAcl = allOf(access.aclNamesOthers, access.aclsCount);
  const others = anyOf(access.policyNamesOthers, access.policyNamesOriginAccessIdentity, byAcl);
  const named = [
    ...othersNamed.map(partyText),
    ...(access.policyNamesOriginAccessIdentity.is === true ? ['a CloudFront origin access identity'] : []),
    ...(byAcl.is === true ? ['another account by its ACL'] : []),
  ];
  if (lockdown.is === true) {
    const but = named.length === 0 ? '' : `, so that it shuts out whom it names (${named.join(', ')})`;
    return { ...base, exposure: 'same', effects: [`Its policy is public, and RestrictPublicBuckets is on${but}.`] };
  }
  if (others.is === true)
    return { ...base, exposure: 'widened', effects: [`It is not public; it lets in ${named.join(', ')}.`] };
  if (others.is === 'unknown') {
    return {
      ...base,
      exposure: 'unknown',
      effects: [`It is not public; whom else it lets in cannot be told: ${others.why}.`],
    };
  }
  return { ...base, exposure: 'same', effects: ['It lets in nobody from outside.'] };
}

/** Whatever used it stops, and its name is free. */
export function ofDeletion(before: BucketAccess | undefined): Judgement {
  const wasPublic = before?.isPublic.is === true ? '; it was public' : '';
  return {
    exposure: 'unknown',
    breakage: 'breaks',
    opensToWorld: false,
    effects: [`Whatever used it gets 404 NoSuchBucket${wasPublic}. Its name is free for anybody to take.`],
    flips: [],
  };
}
