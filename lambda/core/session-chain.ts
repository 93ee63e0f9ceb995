import type { Actor, CloudTrailEvent } from './event.ts';
import { isJsonObject, textOf, type Json } from './json.ts';
import type { Who } from './who.ts';

/** What STS gives sessions out by. AssumeRoot: of the root user of a member account, for whoever manages the organisation. */
export const STS_ISSUING_CALLS = [
  'AssumeRole',
  'AssumeRoleWithSAML',
  'AssumeRoleWithWebIdentity',
  'AssumeRoot',
  'GetFederationToken',
  'GetSessionToken',
] as const;

const STS = 'sts.amazonaws.com';
const CALLS: ReadonlySet<string> = new Set(STS_ISSUING_CALLS);

/** That somebody was given a session. Of its credentials it has the access key's id alone. */
export interface Issue {
  readonly accessKey: string;
  /** The session's ARN; undefined for calls whose answer has none (GetSessionToken, AssumeRoot). */
  readonly gives?: string;
  /** Who took it. */
  readonly to: Actor;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly event: string;
  /** As CloudTrail calls it: `AssumeRole`. */
  readonly call: string;
  /** The account and the region whose log has it. */
  readonly account: string;
  readonly region: string;
  /** Who vouched for whoever took it: the issuer of a SAML assertion or of a token. */
  readonly provider?: string;
  readonly isWithMfa?: true;
  /** The same for the copies of one event. */
  readonly shared?: string;
  /** It is the corrected copy of the event. */
  readonly isCorrected?: true;
}

/** Where to look for who gave a session out. What was never read is not there. */
export interface Issues {
  readonly ofKey: (accessKey: string) => readonly Issue[];
  /** Of the session of this ARN that began then. */
  readonly ofSession: (arn: string, began: string) => readonly Issue[];
}

/** One session of a chain: who was given it, and by what. */
export interface Link {
  readonly call: string;
  readonly at: string;
  readonly event: string;
  readonly account: string;
  readonly region: string;
  readonly who: Who;
  /** The same in a sentence. */
  readonly whoText: string;
  readonly provider?: string;
  readonly isWithMfa?: true;
}

/** Why a chain goes no further. */
export type ChainEnd =
  /** Somebody who is known by more than the name of a session: a user, root, Identity Center, SAML, a web identity, a source identity. */
  | 'person'
  /** A key that does not expire: whoever has it is its user. */
  | 'long-lived-key'
  /** An AWS service took the role. */
  | 'service'
  /** Somebody of another account, who is named in the log of that account alone. */
  | 'other-account'
  /** The event that gave the session out is in none of what was read. */
  | 'not-found'
  /** It goes round in a circle, or on for longer than anybody chains sessions. */
  | 'cut'
  /** There was no session to begin with. */
  | 'no-session';

/** From a call back to whoever took the first of its sessions. */
export interface Chain {
  /** The nearest first. */
  readonly links: readonly Link[];
  readonly end: ChainEnd;
  /** Whom to ask, where that is known by more than the name of a session, which anybody can choose. */
  readonly person?: string;
  /** Of whom the session is, where that is told by the session itself and by no event. */
  readonly issuer?: string;
  /** What speaks against it, a phrase each. */
  readonly doubts: readonly string[];
}

/** Nobody chains so many; each further one costs a question. */
const MOST_LINKS = 8;
/** An event's time is when the call ended, by the clock of the host that answered (aws-facts §4.3). */
const SLACK_MS = 2_000;

/** What an event gives out; undefined where that is nothing: another call, an attempt that failed, an answer without a key. Pure. */
export function issueOf(event: CloudTrailEvent): Issue | undefined {
  if (event.source !== STS || !CALLS.has(event.name) || event.error !== undefined) return undefined;
  const accessKey = textWithin(event.response, 'credentials', 'accessKeyId');
  if (accessKey === undefined) return undefined;
  const gives =
    textWithin(event.response, 'assumedRoleUser', 'arn') ?? textWithin(event.response, 'federatedUser', 'arn');
  const provider = textWithin(event.response, 'provider') ?? textWithin(event.response, 'issuer');
  return {
    accessKey,
    ...(gives === undefined ? {} : { gives }),
    to: event.actor,
    at: event.at,
    event: event.corrects ?? event.id,
    call: event.name,
    account: event.account,
    region: event.region,
    ...(provider === undefined ? {} : { provider }),
    ...(textWithin(event.parameters, 'serialNumber') === undefined ? {} : { isWithMfa: true }),
    ...(event.shared === undefined ? {} : { shared: event.shared }),
    ...(event.corrects === undefined ? {} : { isCorrected: true }),
  };
}

/** Makes what was read searchable. Pure. */
export function issuesIn(all: Iterable<Issue>): Issues {
  const ofKey = new Map<string, Issue[]>();
  const ofSession = new Map<string, Issue[]>();
  const put = (into: Map<string, Issue[]>, key: string, issue: Issue): void => {
    const there = into.get(key);
    if (there === undefined) into.set(key, [issue]);
    else there.push(issue);
  };
  for (const issue of all) {
    put(ofKey, issue.accessKey, issue);
    if (issue.gives !== undefined) put(ofSession, issue.gives, issue);
  }
  return {
    ofKey: (key) => ofKey.get(key) ?? [],
    ofSession: (arn, began) => (ofSession.get(arn) ?? []).filter(({ at }) => isSameSecond(at, began)),
  };
}

/** Whoever holds a session, at the time of a call. */
interface Holder {
  readonly actor: Actor;
  readonly at: string;
  readonly region: string;
}

interface Walk extends Chain {
  /** Who stands at its end. */
  readonly last: Holder;
}

/** From a call back to whoever took the first of its sessions, as far as what was read tells. Pure. */
export function chainOf(event: CloudTrailEvent, issues: Issues): Chain {
  const { last: _last, ...chain } = walk(event, issues);
  return chain;
}

function walk(event: CloudTrailEvent, issues: Issues): Walk {
  const links: Link[] = [];
  const doubts: string[] = [];
  const seen = new Set<string>();
  let last: Holder = event;
  for (;;) {
    const found = giverOf(last, issues);
    if (found === undefined) return { links, ...endAt(last), doubts, last };
    const { issue } = found;
    if (seen.has(issue.event)) return { links, end: 'cut', doubts: [...doubts, 'it goes round in a circle'], last };
    if (links.length === MOST_LINKS)
      return { links, end: 'cut', doubts: [...doubts, `more than ${MOST_LINKS} sessions`], last };
    seen.add(issue.event);
    links.push(linkOf(issue));
    doubts.push(...found.doubts);
    last = { actor: issue.to, at: issue.at, region: issue.region };
  }
}

function linkOf({ call, at, event, account, region, to, provider, isWithMfa }: Issue): Link {
  return {
    call,
    at,
    event,
    account,
    region,
    who: to.who,
    whoText: to.name,
    ...(provider === undefined ? {} : { provider }),
    ...(isWithMfa === undefined ? {} : { isWithMfa }),
  };
}

interface Found {
  readonly issue: Issue;
  readonly doubts: readonly string[];
}

/** The event that gave a session out: by its key, and, where that was changed during the session, by its name and its second. */
function giverOf({ actor, at }: Holder, issues: Issues): Found | undefined {
  const { arn, sessionBegan } = actor;
  const key = temporaryKeyOf(actor);
  const byKey = eventsIn(key === undefined ? [] : issues.ofKey(key), at);
  const bySession = arn === undefined || sessionBegan === undefined ? [] : issues.ofSession(arn, sessionBegan);
  const all = byKey.length > 0 ? byKey : eventsIn(bySession, at);
  const issue = sessionBegan === undefined ? all[0] : (all.find((one) => isSameSecond(one.at, sessionBegan)) ?? all[0]);
  if (issue === undefined) return undefined;
  const isOfAnother = arn !== undefined && issue.gives !== undefined && issue.gives !== arn;
  return {
    issue,
    doubts: [
      ...(byKey.length > 0 ? [] : ['told by the session’s name and the second in which it began, not by its key']),
      ...doubtsOf(all, byKey.length > 0),
      ...(isOfAnother ? [`the event gave the key to another session: ${issue.gives}`] : []),
    ],
  };
}

/** A key is of one event. A service takes the same session several times a second: it is doubtful only where others did too. */
function doubtsOf(all: readonly Issue[], isByKey: boolean): readonly string[] {
  const isClear = all.length < 2 || (!isByKey && new Set(all.map(({ to }) => to.name)).size === 1);
  return isClear ? [] : [`${all.length} events say that they gave out this ${isByKey ? 'key' : 'session'}`];
}

/** One of each event, the latest first. What came after the use is none. */
function eventsIn(found: readonly Issue[], used: string): readonly Issue[] {
  const latest = Date.parse(used) + SLACK_MS;
  const events = new Map<string, Issue>();
  for (const issue of found) {
    if (Date.parse(issue.at) > latest) continue;
    const id = issue.shared ?? issue.event;
    const other = events.get(id);
    if (other === undefined || worthOf(issue) > worthOf(other)) events.set(id, issue);
  }
  return [...events.values()].sort((a, b) => (a.at > b.at ? -1 : a.at < b.at ? 1 : 0));
}

/** Of copies of one event that counts which names the caller, then the corrected one. */
function worthOf({ to, isCorrected }: Issue): number {
  return (to.who.type === 'other-account' ? 0 : 2) + (isCorrected === true ? 1 : 0);
}

/** Keys of STS begin so (IAM user guide, unique identifiers); one that does not expire was given out by no session. */
function temporaryKeyOf({ session }: Actor): string | undefined {
  return session?.startsWith('ASIA') === true ? session : undefined;
}

function isLongLived({ session }: Actor): boolean {
  return session?.startsWith('AKIA') === true;
}

type Ending = Pick<Chain, 'end' | 'person' | 'issuer'>;

/** What is known of somebody whose session no event explains. */
function endAt({ actor }: Holder): Ending {
  const { who, issuer } = actor;
  switch (who.type) {
    case 'service':
    case 'service-linked':
      return { end: 'service' };
    case 'other-account':
      return { end: 'other-account' };
    case 'anonymous':
      return { end: 'no-session' };
    case 'root':
      // Without the console it may be somebody of the management account, by AssumeRoot.
      if (temporaryKeyOf(actor) !== undefined && actor.isFromConsole !== true) return { end: 'not-found' };
      return named(isLongLived(actor) ? 'long-lived-key' : 'person', who.person);
    case 'user':
      return named(isLongLived(actor) ? 'long-lived-key' : 'person', who.person);
    case 'identity-center':
    case 'saml':
    case 'web-identity':
      return named('person', who.person);
    case 'federated-user':
      if (issuer === undefined) return { end: 'not-found' };
      return { ...named('person', userIn(issuer)), issuer: userIn(issuer) };
    default:
      return endOfRole(actor);
  }
}

/** The name of a role's session proves nothing: whoever takes the role chooses it. */
function endOfRole(actor: Actor): Ending {
  const { who, sourceIdentity } = actor;
  if (sourceIdentity !== undefined) return named('person', sourceIdentity);
  // AWS says which function or task holds the session (aws-facts §4.4, inScopeOf).
  if (who.via?.startsWith('arn:') === true) return { end: 'service' };
  return { end: who.type === 'unknown' && temporaryKeyOf(actor) === undefined ? 'no-session' : 'not-found' };
}

function named(end: ChainEnd, person: string | undefined): Ending {
  return { end, ...(person === undefined ? {} : { person }) };
}

function userIn(arn: string): string {
  return arn.split('/').at(-1) ?? arn;
}

const MISSING = 'whose session was given by an event that is in none of what was read';

/**
 * In one phrase, to stand after who called: `whose session was given by AssumeRole at 2025-10-28 18:58:03 UTC to user ana`. Undefined
 * where there is nothing to say beyond who called. Its texts are strangers': escape them where they are shown. Pure.
 */
export function chainText({ links, end, issuer, doubts }: Chain): string | undefined {
  const isCut = end === 'cut';
  const steps = [
    ...links.map(linkText),
    ...(issuer === undefined ? [] : [`whose session is of user ${issuer}`]),
    ...(end === 'not-found' ? [MISSING] : []),
    ...(end === 'long-lived-key' && links.length > 0 ? ['with a long-lived access key'] : []),
    ...(isCut ? [`and so on: ${doubts.at(-1) ?? ''}`] : []),
  ].join(', ');
  if (steps === '') return undefined;
  const log = end === 'other-account' ? ': who that is stands in the log of that account' : '';
  const left = isCut ? doubts.slice(0, -1) : doubts;
  return `${steps}${log}${left.length === 0 ? '' : ` (${left.join('; ')})`}`;
}

function linkText({ call, at, whoText, provider, isWithMfa }: Link): string {
  const time = `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;
  const voucher = provider === undefined ? '' : ` of ${providerText(provider)}`;
  return `whose session was given by ${call}${isWithMfa === true ? ' with MFA' : ''} at ${time} to ${whoText}${voucher}`;
}

/** More than this of a stranger's text is no part of a sentence. */
const LONGEST_SHOWN = 80;

function providerText(provider: string): string {
  if (provider.startsWith('https://portal.sso.')) return 'IAM Identity Center';
  return provider.replace(/^arn:[^/]*:oidc-provider\//, '').slice(0, LONGEST_SHOWN);
}

/** What to ask of CloudTrail's history: in each of the regions, once. */
export interface IssueQuestion {
  /** Look up by resource name: the history names the key that an event gave out among its resources, so this finds that event alone. */
  readonly accessKey?: string;
  /** Look up by these names where there is no key, or where it was changed during the session. */
  readonly names: readonly string[];
  readonly regions: readonly string[];
  /** ISO 8601, UTC. */
  readonly from: string;
  readonly to: string;
}

const MARGIN_MS = 10_000;
/** GetSessionToken and GetFederationToken give at most this (STS API); a role's session lasts 12 hours. */
const LONGEST_SESSION_MS = 36 * 60 * 60 * 1000;

/**
 * Where and when CloudTrail's history has the event that explains more than `issues` do; undefined where nobody can say more, or who it
 * was is known. With what it finds among `issues` it asks for the next one. The history is of one account and of one region
 * (aws-facts §4.6): the region of the call, and where calls of the global endpoint are recorded. A regional endpoint elsewhere is not
 * among them. Pure.
 */
export function issueQuestion(event: CloudTrailEvent, issues: Issues): IssueQuestion | undefined {
  const { end, last } = walk(event, issues);
  const { actor, at, region } = last;
  const accessKey = temporaryKeyOf(actor);
  if (end !== 'not-found' || (accessKey === undefined && (actor.arn === undefined || actor.sessionBegan === undefined)))
    return undefined;
  const from =
    Date.parse(actor.sessionBegan ?? at) - (actor.sessionBegan === undefined ? LONGEST_SESSION_MS : MARGIN_MS);
  return {
    ...(accessKey === undefined ? {} : { accessKey }),
    names: STS_ISSUING_CALLS,
    regions: [...new Set([region, ...globalRegionOf(region)])],
    from: new Date(from).toISOString(),
    to: new Date(Date.parse(actor.sessionBegan ?? at) + MARGIN_MS).toISOString(),
  };
}

/** Calls of `sts.amazonaws.com` are recorded there, wherever they are served (IAM user guide); other partitions have no such endpoint. */
function globalRegionOf(region: string): readonly string[] {
  return /^(?:cn|us-gov|us-iso\w*|eu-isoe|eusc)-/.test(region) ? [] : ['us-east-1'];
}

/** What would say more: of trail logs everything may be asked. */
export interface WantedIssue {
  readonly accessKey?: string;
  readonly session?: { readonly arn: string; readonly began: string };
}

/** Which session of a chain no event explains, even where it is known whose it is. Undefined where no event can. Pure. */
export function wantedBy(event: CloudTrailEvent, issues: Issues): WantedIssue | undefined {
  const { end, last } = walk(event, issues);
  const { arn, sessionBegan } = last.actor;
  const accessKey = temporaryKeyOf(last.actor);
  const session = arn === undefined || sessionBegan === undefined ? undefined : { arn, began: sessionBegan };
  if (end === 'cut' || (accessKey === undefined && session === undefined)) return undefined;
  return { ...(accessKey === undefined ? {} : { accessKey }), ...(session === undefined ? {} : { session }) };
}

function isSameSecond(one: string, other: string): boolean {
  return Math.abs(Date.parse(one) - Date.parse(other)) <= 1_000;
}

function textWithin(value: Json | undefined, ...path: readonly string[]): string | undefined {
  const found = path.reduce<Json | undefined>((at, name) => (isJsonObject(at) ? at[name] : undefined), value);
  const text = textOf(found);
  return text === '' ? undefined : text;
}
