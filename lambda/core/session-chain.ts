import type { Actor, CloudTrailEvent } from './event.ts';
import { isSameSecond, type Issue, type Issues } from './session-issues.ts';
import type { Who } from './who.ts';

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

/** Whoever holds a session, at the time of a call. */
interface Holder {
  readonly actor: Actor;
  readonly at: string;
  readonly region: string;
}

export interface Walk extends Chain {
  /** Who stands at its end. */
  readonly last: Holder;
}

/** From a call back to whoever took the first of its sessions, as far as what was read tells. Pure. */
export function chainOf(event: CloudTrailEvent, issues: Issues): Chain {
  const { last: _last, ...chain } = walkBack(event, issues);
  return chain;
}

/** The same with who stands at its end: whom more is to be asked of. Pure. */
export function walkBack(event: CloudTrailEvent, issues: Issues): Walk {
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
export function temporaryKeyOf({ session }: Actor): string | undefined {
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
