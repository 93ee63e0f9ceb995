import { isPublicGrant } from '../acl.ts';
import { isJsonObject, setChange, textOf, type Json, type JsonObject } from '../json.ts';
import { statementChange } from '../policy.ts';
import type { JsonReading } from '../reading.ts';
import type { BucketAccess } from './access.ts';
import { othersText } from './access.ts';
import { joined, NO_EFFECT, type Effect } from './access-change.ts';
import { grantText } from './acl-publicness.ts';
import { cannotTell } from './flag-sentences.ts';
import { partyText } from './party.ts';
import { verdictOnPolicy } from './policy-publicness.ts';

/** What a change says, and what it does beyond the operations that flip. */
export interface Said {
  readonly effects: readonly string[];
  readonly effect: Effect;
}

const said = (effects: readonly string[], effect: Partial<Effect> = {}): Said => ({
  effects,
  effect: { ...NO_EFFECT, ...effect },
});

const LOST: Partial<Effect> = { exposure: 'narrowed', breakage: 'breaks' };
const UNKNOWN: Partial<Effect> = { exposure: 'unknown', breakage: 'unknown' };

interface Sides {
  readonly before: BucketAccess;
  readonly after: BucketAccess;
}

const AGAIN =
  'every stored ACL, of the bucket and of the objects in it, is back in force with the old object owners, and the bucket policy no longer covers objects that other accounts own.';

/** What a change of object ownership does (aws-facts §1.6, §3.4). */
export function saidOfOwnership({ before, after }: Sides): Said {
  const [had, has] = [before.inputs.ownership, after.inputs.ownership];
  const [counted, counts] = [before.aclsCount, after.aclsCount];
  const doubt = [counted, counts].find(({ is }) => is === 'unknown');
  if (doubt?.is === 'unknown') return said([cannotTell('Object ownership changed', doubt.why)], UNKNOWN);
  if (counted.is === true && counts.is === false) {
    return said([
      'ACLs are off now: none grants anything any more, log delivery by ACL stops, and uploads that carry an ACL other than bucket-owner-full-control are refused with 400 AccessControlListNotSupported; uploads without an ACL still work. The bucket policy now also covers objects that other accounts own.',
    ]);
  }
  if (counted.is === false && counts.is === true) {
    return said([
      has.status === 'absent'
        ? `The ownership controls were deleted, so ACLs count again: ${AGAIN}`
        : `ACLs count again: ${AGAIN}`,
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
  if (after.aclsCount.is === false)
    return said(['The bucket ACL changed, which counts for nothing while ACLs are off.']);
  const { added, removed } = setChange(had, has);
  const isIgnored = after.flags.IgnorePublicAcls.is === true;
  const sentences = [
    ...added.map((one) => grantSentence(one, 'now')),
    ...removed.map((one) => grantSentence(one, 'gone')),
  ];
  return {
    effects: sentences.map((sentence, index) => {
      const isPublic = isPublicGrant(added[index] ?? removed[index - added.length] ?? null);
      return isPublic && isIgnored
        ? `${sentence.replace(/\.$/, '')}, which counts for nothing while IgnorePublicAcls is on.`
        : sentence;
    }),
    effect: joined([
      ...added.filter((grant) => !isPublicGrant(grant)).map((): Effect => ({ ...NO_EFFECT, exposure: 'widened' })),
      ...removed
        .filter((grant) => !isPublicGrant(grant))
        .map((): Effect => ({ ...NO_EFFECT, exposure: 'narrowed', breakage: 'breaks' })),
    ]),
  };
}

function grantSentence(grant: Json, when: 'now' | 'gone'): string {
  const text = grantText(grant);
  return when === 'now' ? `The bucket ACL grants ${text} now.` : `The bucket ACL no longer grants ${text}.`;
}

function grantsIn(acl: JsonReading): readonly Json[] | undefined {
  if (acl.status === 'absent') return [];
  return acl.status === 'present' && Array.isArray(acl.value) ? (acl.value as readonly Json[]) : undefined;
}

/** What a change of the bucket policy does (aws-facts §2, §3.4). */
export function saidOfPolicy({ before, after }: Sides): Said {
  const doubt = [before, after].map(({ policyIsPublic }) => policyIsPublic).find(({ is }) => is === 'unknown');
  if (doubt?.is === 'unknown') return said([cannotTell('The bucket policy changed', doubt.why)], UNKNOWN);
  const isRestricted = after.flags.RestrictPublicBuckets;
  if (before.policyIsPublic.is !== after.policyIsPublic.is && isRestricted.is === 'unknown') {
    return said([cannotTell('The bucket policy changed', isRestricted.why)], UNKNOWN);
  }
  if (before.policyIsPublic.is === false && after.policyIsPublic.is === true) return saidOfOpening(before, after);
  if (before.policyIsPublic.is === true && after.policyIsPublic.is === false) return saidOfClosing(before, after);
  return saidOfParties({ before, after });
}

/** Whoever was let in before is let in still: everyone is. */
function saidOfOpening(before: BucketAccess, after: BucketAccess): Said {
  const were = namesLetIn(before);
  if (after.flags.RestrictPublicBuckets.is === false) {
    const only = were.length === 0 ? '' : `; before, only ${were.join(', ')}`;
    return said([`The bucket policy lets everyone in now${only}.`]);
  }
  const named = after.othersNamed.length > 0 ? `, also whom the policy names${othersText(after)}` : '';
  const setBy = after.block.RestrictPublicBuckets.setBy.join(' and ');
  return said([
    `The bucket policy is public now while RestrictPublicBuckets is on, so only AWS services and this account's own principals get in: everybody else gets 403 AccessDenied${named}.`,
    `Only RestrictPublicBuckets (set by the ${setBy}) keeps everyone out: without it this policy lets everyone in at once.`,
  ]);
}

function saidOfClosing(before: BucketAccess, after: BucketAccess): Said {
  if (after.flags.RestrictPublicBuckets.is === false) {
    const [were, are] = [namesLetIn(before), namesLetIn(after)];
    const gone = were.filter((name) => !are.includes(name));
    return said([
      'The bucket policy no longer lets everyone in: unsigned callers get 403 AccessDenied.',
      ...(are.length > 0 ? [`Still let in: ${are.join(', ')}.`] : []),
      ...(gone.length > 0 ? [`No longer let in: ${gone.join(', ')}.`] : []),
    ]);
  }
  const named = after.othersNamed.length > 0 ? ` whom it names${othersText(after)}` : ' anybody';
  return said([`The bucket policy is no longer public, so RestrictPublicBuckets no longer shuts out${named}.`]);
}

/** Who came and who went; and where nobody did, in which direction the statements moved. */
function saidOfParties(sides: Sides): Said {
  const parties = partiesBetween(sides);
  if (parties.effects.length > 0) return parties;
  const moved = movedStatements(sides);
  if (moved.added.length + moved.removed.length === 0) return saidOfVersion(sides);
  const isOwn = [...moved.added, ...moved.removed].every((one) => isOfOwnAccount(one, sides.after.inputs.owner));
  if (isOwn) {
    return said(
      [
        "Whom the policy lets in from outside stays the same; what this account's own principals are given by it changed.",
      ],
      moved.removed.length > 0 ? { breakage: 'may-break' } : {},
    );
  }
  const same = 'Whom the policy lets in stays the same';
  switch (directionOf(moved)) {
    case 'more-allowed':
      return said([`${same}; they are allowed more.`], { exposure: 'widened' });
    case 'less-allowed':
      return said([`${same}; they are allowed less.`], { exposure: 'narrowed', breakage: 'may-break' });
    case 'more-denied':
      return said([`${same}; more is denied.`], { exposure: 'narrowed', breakage: 'may-break' });
    case 'less-denied':
      return said([`${same}; less is denied.`], { exposure: 'widened', breakage: 'restores' });
    case 'both':
      return said([`${same}; what they may do changed, and whether it is more or less cannot be told.`], UNKNOWN);
  }
}

/** Whom the policy lets in by name, but for the account that owns the bucket. */
function namesLetIn({ opinion, inputs: { owner } }: BucketAccess): readonly string[] {
  return (opinion.own?.letsIn ?? [])
    .filter(({ type, name }) => type !== 'everyone' && !(type === 'account' && name === owner))
    .map(partyText);
}

function partiesBetween({ before, after }: Sides): Said {
  const [were, are] = [namesLetIn(before), namesLetIn(after)];
  const added = are.filter((name) => !were.includes(name));
  const removed = were.filter((name) => !are.includes(name));
  return {
    effects: [
      ...(added.length > 0 ? [`Let in now: ${added.join(', ')}.`] : []),
      ...(removed.length > 0 ? [`No longer let in: ${removed.join(', ')}.`] : []),
    ],
    effect: joined([
      ...(added.length > 0 ? [{ ...NO_EFFECT, exposure: 'widened' as const }] : []),
      ...(removed.length > 0 ? [{ ...NO_EFFECT, exposure: 'narrowed' as const, breakage: 'breaks' as const }] : []),
    ]),
  };
}

type Direction = 'more-allowed' | 'less-allowed' | 'more-denied' | 'less-denied' | 'both';

type Moved = ReturnType<typeof statementChange>;

function documentOf({ inputs: { policy } }: BucketAccess): JsonObject {
  return policy.status === 'present' ? policy.value : {};
}

function movedStatements({ before, after }: Sides): Moved {
  return statementChange(documentOf(before), documentOf(after));
}

/** An Allow that lets in nobody but the account that owns the bucket. */
function isOfOwnAccount(statement: Json, owner: string | undefined): boolean {
  const { letsIn } = verdictOnPolicy({ Statement: [statement] });
  return letsIn.length > 0 && letsIn.every(({ type, name }) => type === 'account' && name === owner);
}

/** The language version decides whether `${…}` is a variable; without one it decides nothing. */
function saidOfVersion({ before, after }: Sides): Said {
  const hasVariable = [before, after].some((side) => JSON.stringify(documentOf(side)).includes('${'));
  return hasVariable
    ? said(
        [
          'The version of the policy language changed, and with it whether ${…} is a variable: what that does cannot be told.',
        ],
        UNKNOWN,
      )
    : said(['The version of the policy language changed; the policy has no variable, so nothing changes in effect.']);
}

/** Statements that only came or only went, all of one effect, have one direction; anything else takes an evaluation of wildcards. */
function directionOf({ added, removed }: Moved): Direction {
  const effects = [...added, ...removed].map((statement) =>
    isJsonObject(statement) ? textOf(statement['Effect'])?.toLowerCase() : undefined,
  );
  const only = (effect: string): boolean => effects.every((one) => one === effect);
  if (removed.length === 0) return only('allow') ? 'more-allowed' : only('deny') ? 'more-denied' : 'both';
  if (added.length === 0) return only('allow') ? 'less-allowed' : only('deny') ? 'less-denied' : 'both';
  return 'both';
}

/** What a change of the static website does (aws-facts §3.2 H1). */
export function saidOfWebsite({ before, after }: Sides): Said {
  const [was, is] = [before.inputs.website.status, after.inputs.website.status];
  if (is === 'skipped' && was !== 'skipped') {
    return said(['The website endpoint serves nothing any more, since nothing here is open to everyone.'], LOST);
  }
  if (was === 'skipped' && is === 'present') {
    return said(['The website endpoint serves again what everyone may read.'], { exposure: 'widened' });
  }
  const [had, has] = [before.hasWebsite.is, after.hasWebsite.is];
  if (had === true && has === false) {
    return said(['The website endpoint answers 404 NoSuchWebsiteConfiguration now.']);
  }
  if (had === false && has === true) return said(['The website endpoint serves what everyone may read.']);
  if (had === true && has === true) {
    return said(['The website serves other pages or redirects than before.'], { breakage: 'may-break' });
  }
  return said([cannotTell('The static website changed', 'it was not read both times')], UNKNOWN);
}
