import { canonicalJson, isJsonObject, textOf, type Json, type JsonObject } from '../json.ts';
import { canonicalPolicy, listOf, statementChange } from '../policy.ts';
import { othersText, type BucketAccess } from './access.ts';
import type { Effect } from './access-change.ts';
import { cannotTell } from './flag-sentences.ts';
import { partyText, type Party } from './party.ts';
import { verdictOnPolicy } from './policy-publicness.ts';
import { isCovered } from './statement-cover.ts';
import { LOST, merged, said, UNKNOWN, type Said, type Sides } from './said.ts';

/** What a change of the bucket policy does (aws-facts §2, §3.4). */
export function saidOfPolicy(sides: Sides): Said {
  const { before, after } = sides;
  const doubt = [before, after].map(({ policyIsPublic }) => policyIsPublic).find(({ is }) => is === 'unknown');
  if (doubt?.is === 'unknown') return said([cannotTell('The bucket policy changed', doubt.why)], UNKNOWN);
  const restriction = [before, after]
    .map(({ flags }) => flags.RestrictPublicBuckets)
    .find(({ is }) => is === 'unknown');
  if (restriction?.is === 'unknown' && (before.policyIsPublic.is === true || after.policyIsPublic.is === true)) {
    return said([cannotTell('The bucket policy changed', restriction.why)], UNKNOWN);
  }
  const [wasOpen, isOpen] = [letsEveryoneIn(before), letsEveryoneIn(after)];
  const [wasLocked, isLocked] = [before.lockdown.is === true, after.lockdown.is === true];
  if (wasLocked || isLocked) return saidWithLockdown(sides, { wasLocked, isLocked });
  if (isOpen && !wasOpen) return merged(saidOfOpening(sides), saidOfRest(sides));
  if (wasOpen && !isOpen) return merged(saidOfClosing(sides), saidOfRest(sides));
  return saidOfParties(sides);
}

function saidWithLockdown(
  sides: Sides,
  { wasLocked, isLocked }: { readonly wasLocked: boolean; readonly isLocked: boolean },
): Said {
  const insiders = saidOfInsiders(sides);
  if (!wasLocked) return merged(saidOfLockdown(sides.after), insiders);
  if (!isLocked) return merged(saidOfRelease(sides), insiders);
  return insiders.effects.length > 0 ? insiders : said([OUTSIDERS_DO_NOT_COUNT]);
}

/** Everyone, and not only whom a wildcard narrows to, were it not for RestrictPublicBuckets. */
function letsEveryoneIn({ opinion, policyIsPublic }: BucketAccess): boolean {
  const parties = opinion.own?.letsIn ?? [];
  return policyIsPublic.is === true && (opinion.own === undefined || parties.some(({ type }) => type === 'everyone'));
}

/** Whoever was let in before is let in still, since everyone is: to what everyone is. */
function saidOfOpening({ before, after }: Sides): Said {
  const were = namesLetIn(before);
  const only = were.length === 0 ? '' : `; before, only ${were.join(', ')}`;
  const { toObjects, toOthers } = after.policyOpens;
  if (toObjects.is === true || toOthers.is === true)
    return merged(said([`The bucket policy lets everyone in now${only}.`]), saidOfBeyond({ before, after }));
  const why = [toObjects, toOthers].find(({ is }) => is === 'unknown');
  const but = why?.is === 'unknown' ? `: ${why.why}` : ', though it lets in no unsigned request';
  return said([`The bucket policy is public by S3's own rule now${only}${but}.`], { exposure: 'widened' });
}

/** What those who are named no more were allowed, and everyone is not. */
function saidOfBeyond(sides: Sides): Said {
  const are = new Set(namesLetIn(sides.after));
  const open = listOf(documentOf(sides.after)['Statement'] ?? []).filter(
    (one) => isAllow(one) && partiesOf(one).some(({ type }) => type === 'everyone'),
  );
  const lost = movedStatements(sides).removed.filter((one) => isAllow(one) && !isCovered(one, open));
  const gone = partiesIn(sides.before).filter((party) => !are.has(partyText(party)));
  const names = gone.map(partyText).filter((name) => lost.some((one) => partiesOf(one).map(partyText).includes(name)));
  return names.length === 0
    ? said([])
    : said([`What ${names.join(', ')} was allowed beyond that is refused now.`], { breakage: 'breaks' });
}

function saidOfClosing({ before, after }: Sides): Said {
  const [were, are] = [namesLetIn(before), namesLetIn(after)];
  const gone = were.filter((name) => !are.includes(name));
  return said(
    [
      'The bucket policy no longer lets everyone in: unsigned callers get 403 AccessDenied.',
      ...(are.length > 0 ? [`Still let in: ${are.join(', ')}.`] : []),
      ...(gone.length > 0 ? [`No longer let in: ${gone.join(', ')}.`] : []),
    ],
    { exposure: 'narrowed', breakage: 'breaks' },
  );
}

function saidOfLockdown(after: BucketAccess): Said {
  const named = after.othersNamed.length > 0 ? `, also whom the policy names${othersText(after)}` : '';
  const setBy = after.block.RestrictPublicBuckets.setBy.join(' and ');
  return said([
    `The bucket policy is public now while RestrictPublicBuckets is on, so only AWS services and this account's own principals get in: everybody else gets 403 AccessDenied${named}.`,
    `Only RestrictPublicBuckets (set by the ${setBy}) keeps everyone out: without it this policy lets everyone in at once.`,
  ]);
}

function saidOfRelease({ after }: Sides): Said {
  if (after.policyIsPublic.is === true)
    return said(['The bucket policy is public, and nothing restricts it any more.']);
  const named = after.othersNamed.length > 0 ? ` whom it names${othersText(after)}` : ' anybody';
  return said([`The bucket policy is no longer public, so RestrictPublicBuckets no longer shuts out${named}.`]);
}

/** Who came and who went; and what those who stay may do. */
function saidOfParties(sides: Sides): Said {
  const parties = partiesBetween(sides);
  const rest = saidOfRest(sides);
  if (parties.effects.length > 0) return merged(parties, rest);
  const moved = movedStatements(sides);
  if (moved.added.length + moved.removed.length === 0) return saidOfVersion(sides);
  const isOneWay = moved.added.length === 0 || moved.removed.length === 0;
  const isDenial = [...moved.added, ...moved.removed].every(isNoAllow);
  return isOneWay && isDenial ? { ...rest, isWhole: true } : rest;
}

/** Whom the policy lets in by name, but for the account that owns the bucket. */
function partiesIn({ opinion, inputs: { owner, aclOwner } }: BucketAccess): readonly Party[] {
  return (opinion.own?.letsIn ?? []).filter(
    (party) =>
      party.type !== 'everyone' &&
      !isOwn(party, owner) &&
      !(party.type === 'canonical-user' && party.name === aclOwner),
  );
}

function namesLetIn(access: BucketAccess): readonly string[] {
  return partiesIn(access).map(partyText);
}

/** The ids that S3 shows in place of a role or user that was deleted: whose they were is not known any more. */
const DELETED_ID = /^A(ROA|IDA|GPA)[A-Z0-9]+$/;

const OUTSIDERS_DO_NOT_COUNT =
  'Whom else the bucket policy names, and for what, counts for nothing while RestrictPublicBuckets is on and the policy is public.';

/** What AWS services and the own account meet: they get in on either side of a lockdown, and what is denied is denied to them. */
function saidOfInsiders(sides: Sides): Said {
  const { added, removed } = unexplained(movedStatements(sides), sides);
  const services = partiesBetween(sides, ({ type }) => type === 'service');
  const counts = (statement: Json): boolean => {
    return partiesOf(statement).some((party) => party.type === 'service' || isOwn(party, sides.after.inputs.owner));
  };
  const [more, less] = [added, removed].map((all) => all.filter((one) => isAllow(one) && counts(one)));
  const own =
    (more?.length ?? 0) + (less?.length ?? 0) === 0
      ? said([])
      : said(
          ["What AWS services or this account's own principals are given by the policy changed."],
          (less?.length ?? 0) > 0 ? { breakage: 'may-break' } : {},
        );
  return merged(services, own, saidOfDenials(added.filter(isNoAllow).length, removed.filter(isNoAllow).length));
}

function partiesBetween({ before, after }: Sides, isMeant: (party: Party) => boolean = () => true): Said {
  const [were, are] = [partiesIn(before).filter(isMeant), partiesIn(after).filter(isMeant)];
  const isIn = (parties: readonly Party[], { type, name }: Party): boolean =>
    parties.some((other) => other.type === type && other.name === name);
  const [added, removed] = [are.filter((one) => !isIn(were, one)), were.filter((one) => !isIn(are, one))];
  const [deleted, came] = [added.filter(isDeletedId), added.filter((one) => !isDeletedId(one))];
  const bound = are.flatMap((one) => {
    const old = were.find(({ type, name }) => type === 'service' && type === one.type && name === one.name);
    return old === undefined || partyText(old) === partyText(one) ? [] : [saidOfBound(old, one)];
  });
  const widened: Partial<Effect> = { exposure: 'widened' };
  return merged(
    came.length > 0 ? said([`Let in now: ${came.map(partyText).join(', ')}.`], widened) : said([]),
    deleted.length > 0
      ? said(
          [`Named now by the id of a role or user that was deleted: ${deleted.map(({ name }) => name).join(', ')}.`],
          {
            breakage: 'may-break',
          },
        )
      : said([]),
    removed.length > 0 ? said([`No longer let in: ${removed.map(partyText).join(', ')}.`], LOST) : said([]),
    ...bound,
  );
}

function isDeletedId({ type, name }: Party): boolean {
  return type === 'principal' && DELETED_ID.test(name);
}

/** For which accounts a service may act: fewer is narrower, any is all. */
function saidOfBound(was: Party, is: Party): Said {
  const [had, has] = [was.forAccounts ?? [], is.forAccounts ?? []];
  const isNarrower = has.length > 0 && (had.length === 0 || has.every((one) => had.includes(one)));
  const isWider = had.length > 0 && (has.length === 0 || had.every((one) => has.includes(one)));
  const effect: Partial<Effect> = isNarrower
    ? { exposure: 'narrowed', breakage: 'may-break' }
    : isWider
      ? { exposure: 'widened' }
      : { exposure: 'widened', breakage: 'may-break' };
  return said([`The ${partyText(was)} is now the ${partyText(is)}.`], effect);
}

type Moved = ReturnType<typeof statementChange>;

function documentOf({ inputs: { policy } }: BucketAccess): JsonObject {
  return policy.status === 'present' ? policy.value : {};
}

function movedStatements({ before, after }: Sides): Moved {
  return statementChange(documentOf(before), documentOf(after));
}

/** What moved for those who stay: statements that are only there for whom came or went are told already. */
function saidOfRest(sides: Sides): Said {
  const { added, removed } = unexplained(movedStatements(sides), sides);
  const [allowedMore, allowedLess] = [added.filter(isAllow), removed.filter(isAllow)];
  const denials = saidOfDenials(added.filter(isNoAllow).length, removed.filter(isNoAllow).length);
  if (allowedMore.length + allowedLess.length === 0) return denials;
  const { owner } = sides.after.inputs;
  if ([...allowedMore, ...allowedLess].every((one) => isOfOwnAccount(one, owner))) {
    const own = said(
      ["What this account's own principals are given by the policy changed; whom it lets in from outside did not."],
      allowedLess.length > 0 ? { breakage: 'may-break' } : {},
    );
    return merged(own, denials);
  }
  const stays = 'Those who are let in before and after';
  if (allowedLess.length === 0) return merged(said([`${stays} are allowed more.`], { exposure: 'widened' }), denials);
  if (allowedMore.length === 0) {
    return merged(said([`${stays} are allowed less.`], { exposure: 'narrowed', breakage: 'may-break' }), denials);
  }
  return merged(
    said([`What those who stay may do changed, and whether it is more or less cannot be told.`], UNKNOWN),
    denials,
  );
}

function saidOfDenials(more: number, fewer: number): Said {
  if (more > 0 && fewer > 0)
    return said(['What is denied changed, and whether it is more or less cannot be told.'], UNKNOWN);
  if (more > 0) return said(['More is denied.'], { exposure: 'narrowed', breakage: 'may-break' });
  return fewer > 0 ? said(['Less is denied.'], { exposure: 'widened', breakage: 'restores' }) : said([]);
}

function isAllow(statement: Json): boolean {
  return isJsonObject(statement) && textOf(statement['Effect'])?.toLowerCase() === 'allow';
}

/** Whom one statement lets in. */
function partiesOf(statement: Json): readonly Party[] {
  return verdictOnPolicy({ Statement: [statement] }).letsIn;
}

function isNoAllow(statement: Json): boolean {
  return !isAllow(statement);
}

/**
 * Without the Allow statements of which every party came, or went; and without those that stand on both sides but for whom they name,
 * where it is told who came and who went.
 */
function unexplained({ added, removed }: Moved, { before, after }: Sides): Moved {
  const { owner } = after.inputs;
  const [were, are] = [new Set(namesLetIn(before)), new Set(namesLetIn(after))];
  const everyone = [letsEveryoneIn(before), letsEveryoneIn(after)] as const;
  const only = (statement: Json, there: ReadonlySet<string>, isOpenThere: boolean): boolean => {
    const letsIn = partiesOf(statement);
    return (
      letsIn.length > 0 &&
      letsIn.every((party) =>
        party.type === 'everyone' ? !isOpenThere : !isOwn(party, owner) && !there.has(partyText(party)),
      )
    );
  };
  const [news, olds] = [
    added.filter((one) => !(isAllow(one) && only(one, were, everyone[0]))),
    removed.filter((one) => !(isAllow(one) && only(one, are, everyone[1]))),
  ];
  const [there, here] = [removed.filter(isAllow), added.filter(isAllow)];
  return {
    added: news.filter((one) => !(isAllow(one) && isTakenOver(one, there, owner))),
    removed: olds.filter((one) => !(isAllow(one) && isTakenOver(one, here, owner))),
  };
}

/** Does the same stand on the other side for others, of whom it is told who they are, and for the own principals all the same? */
function isTakenOver(statement: Json, others: readonly Json[], owner: string | undefined): boolean {
  const rest = restOf(statement);
  const same = others.filter((other) => restOf(other) === rest);
  const own = namedIn(statement).filter((name) => isOfAccount(name, owner));
  if (own.length === 0) return same.length > 0;
  return own.every((name) => same.some((other) => namedIn(other).some((one) => one === name || one === '*')));
}

/** A statement but for whom it names. */
function restOf(statement: Json): string {
  return isJsonObject(statement)
    ? canonicalJson(canonicalPolicy({ Statement: [{ ...statement, Principal: '*', Sid: null }] }))
    : canonicalJson(statement);
}

/** Accounts, users and roles that a statement names; `*`: everyone. */
function namedIn(statement: Json): readonly string[] {
  const principal = isJsonObject(statement) ? (statement['Principal'] ?? null) : null;
  const named = isJsonObject(principal) ? listOf(principal['AWS'] ?? []) : [principal];
  return named.flatMap((one) => textOf(one) ?? []);
}

function isOfAccount(name: string, owner: string | undefined): boolean {
  return owner !== undefined && (name === owner || name.split(':')[4] === owner);
}

/** An Allow that lets in nobody but the account that owns the bucket. */
function isOfOwnAccount(statement: Json, owner: string | undefined): boolean {
  const letsIn = partiesOf(statement);
  return letsIn.length > 0 && letsIn.every((party) => isOwn(party, owner));
}

function isOwn({ type, name }: Party, owner: string | undefined): boolean {
  return type === 'account' && name === owner;
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
