import { isPublicGrant, PUBLIC_GROUPS } from '../acl.ts';
import type { Change } from '../change.ts';
import { isJsonObject, setChange, textOf, type Json } from '../json.ts';
import type { JsonReading } from '../reading.ts';
import type { BucketAccess } from './access.ts';
import { joined, NO_EFFECT, type Effect } from './access-change.ts';
import { grantText } from './acl-publicness.ts';
import { allOf, not, type Fact } from './fact.ts';
import { throughWebsite } from './doors.ts';
import { cannotTell } from './flag-sentences.ts';
import { LOST, said, UNKNOWN, type Said, type Sides } from './said.ts';

const AGAIN =
  'every stored ACL, of the bucket and of the objects in it, is back in force with the old object owners, and the bucket policy no longer covers objects that other accounts own.';

const [EVERYONE] = PUBLIC_GROUPS;

/** What a change of object ownership does (aws-facts §1.6, §3.4). */
export function saidOfOwnership({ before, after }: Sides): Said {
  const [had, has] = [before.inputs.ownership, after.inputs.ownership];
  const [counted, counts] = [before.aclsCount, after.aclsCount];
  const doubt = [counted, counts].find(({ is }) => is === 'unknown');
  if (doubt?.is === 'unknown') return said([cannotTell('Object ownership changed', doubt.why)], UNKNOWN);
  if (counted.is === true && counts.is === false) {
    return said([
      'ACLs are off now: none grants anything any more, log delivery by ACL stops, and uploads that carry an ACL other than bucket-owner-full-control (or private, from the own account) are refused with 400 AccessControlListNotSupported; uploads without an ACL still work. The bucket policy now also covers objects that other accounts own.',
    ]);
  }
  if (counted.is === false && counts.is === true) {
    const but =
      after.flags.IgnorePublicAcls.is === true ? ' Public ones grant nothing, while IgnorePublicAcls is on.' : '';
    return said([
      has.status === 'absent'
        ? `The ownership controls were deleted, so ACLs count again: ${AGAIN}${but}`
        : `ACLs count again: ${AGAIN}${but}`,
    ]);
  }
  const [was, is] = [ownerOf(had), ownerOf(has)];
  if (was === is)
    return said(['Without ownership controls ACLs count as under ObjectWriter, so nothing changes in effect.']);
  return said([
    `What another account uploads with bucket-owner-full-control belongs to ${is === 'BucketOwnerPreferred' ? "the bucket's owner" : 'that account'} from now on; stored objects keep their owners.`,
  ]);
}

function ownerOf(ownership: JsonReading): Json {
  return ownership.status === 'present' ? ownership.value : 'ObjectWriter';
}

/** What a change of the bucket ACL does: who is granted what, and who no longer is. */
export function saidOfAcl({ before, after }: Sides): Said {
  const [had, has] = [grantsIn(before.inputs.acl), grantsIn(after.inputs.acl)];
  if (had === undefined || has === undefined) {
    return said([cannotTell('The bucket ACL changed', 'it was not read both times')], UNKNOWN);
  }
  if (after.aclsCount.is === false && before.aclsCount.is === false) {
    return said(['The bucket ACL changed, which counts for nothing while ACLs are off.']);
  }
  const { added, removed } = setChange(had, has);
  const isNarrower =
    added.length > 0 && arePublicGrantsCounted({ before, after }) && added.every((one) => isGrantedIn(had, one));
  return {
    // Any AWS account is let in where everyone was: that one group is named now and was not lets nobody in.
    ...(isNarrower ? { isWhole: true } : {}),
    effects: [
      ...added.map((one) => grantSentence(one, after, 'now')),
      ...removed.map((one) => grantSentence(one, before, 'gone')),
    ],
    effect: joined([
      ...(isNarrower ? [] : added.map((grant) => grantEffect(grant, after, 'now'))),
      ...removed.map((grant) => grantEffect(grant, before, 'gone')),
    ]),
  };
}

/** Does a public grant count: are ACLs on, not ignored, and not locked out? */
function publicGrantsCount({ aclsCount, flags, lockdown }: BucketAccess): Fact {
  return allOf(aclsCount, not(flags.IgnorePublicAcls), not(lockdown));
}

function arePublicGrantsCounted({ before, after }: Sides): boolean {
  return [before, after].every((side) => publicGrantsCount(side).is === true);
}

/** Do these grants let whoever a grant lets in do all that it lets them do: themselves, or as everyone (aws-facts §1.5)? */
function isGrantedIn(grants: readonly Json[], grant: Json): boolean {
  return grants.some(
    (other) =>
      [memberOf(grant, 'grantee'), EVERYONE].includes(memberOf(other, 'grantee')) &&
      [memberOf(grant, 'permission'), 'FULL_CONTROL'].includes(memberOf(other, 'permission')),
  );
}

function memberOf(grant: Json, member: 'grantee' | 'permission'): string | undefined {
  return isJsonObject(grant) ? textOf(grant[member]) : undefined;
}

function grantEffect(grant: Json, access: BucketAccess, when: 'now' | 'gone'): Effect {
  const counts = isPublicGrant(grant) ? publicGrantsCount(access) : access.aclsCount;
  if (counts.is === 'unknown')
    return { ...NO_EFFECT, exposure: 'unknown', breakage: when === 'now' ? 'none' : 'unknown' };
  if (!counts.is) return NO_EFFECT;
  return when === 'now'
    ? { ...NO_EFFECT, exposure: 'widened', opensToWorld: isPublicGrant(grant) }
    : { ...NO_EFFECT, exposure: 'narrowed', breakage: 'breaks' };
}

function grantSentence(grant: Json, { flags }: BucketAccess, when: 'now' | 'gone'): string {
  const text = grantText(grant);
  const isIgnored = isPublicGrant(grant) && flags.IgnorePublicAcls.is === true;
  const but = isIgnored ? ', which counts for nothing while IgnorePublicAcls is on' : '';
  return when === 'now' ? `The bucket ACL grants ${text} now${but}.` : `The bucket ACL no longer grants ${text}${but}.`;
}

function grantsIn(acl: JsonReading): readonly Json[] | undefined {
  if (acl.status === 'absent') return [];
  return acl.status === 'present' && Array.isArray(acl.value) ? (acl.value as readonly Json[]) : undefined;
}

/** What a change of the static website does (aws-facts §3.2 H1). It is not read while nothing is open to everyone. */
export function saidOfWebsite({ before: was, after: is }: Pick<Change, 'before' | 'after'>, sides?: Sides): Said {
  if (is.status === 'skipped')
    return said(['The website endpoint serves nothing any more, since nothing here is open to everyone.'], LOST);
  if (was.status === 'skipped')
    return said([
      is.status === 'absent' ? 'There is no website.' : 'The website endpoint serves again what everyone may read.',
    ]);
  const isUseless = sides !== undefined && servedNobody(was, sides.before);
  if (was.status === 'present' && is.status === 'absent') {
    const says = 'The website endpoint answers 404 NoSuchWebsiteConfiguration now';
    return isUseless
      ? said([`${says}; it served nobody before: ${NOT_OPEN}.`])
      : said([`${says}.`], { breakage: 'breaks' });
  }
  if (was.status === 'absent' && is.status === 'present')
    return said(['The website endpoint serves what everyone may read.']);
  if (was.status === 'present' && is.status === 'present') {
    const says = 'The website serves other pages or redirects than before';
    return isUseless
      ? said([`${says}; it served nobody before: ${NOT_OPEN}.`])
      : said([`${says}.`], { breakage: 'may-break' });
  }
  return said([cannotTell('The static website changed', 'it was not read both times')], UNKNOWN);
}

const NOT_OPEN = 'nothing here is open to everyone';

/** Pages are for whoever may read them; a redirect needs no right to read anything. */
function servedNobody(website: JsonReading, access: BucketAccess): boolean {
  const value = website.status === 'present' ? website.value : null;
  const redirects =
    isJsonObject(value) && (value['RedirectAllRequestsTo'] !== undefined || value['RoutingRules'] !== undefined);
  return !redirects && throughWebsite(access).outcome === 'denied';
}
