import type { Actor, CloudTrailEvent } from './event.ts';
import { isJsonObject, textOf, type Json } from './json.ts';

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

/** CloudTrail writes whole seconds, of two hosts' clocks. */
export function isSameSecond(one: string, other: string): boolean {
  return Math.abs(Date.parse(one) - Date.parse(other)) <= 1_000;
}

function textWithin(value: Json | undefined, ...path: readonly string[]): string | undefined {
  const found = path.reduce<Json | undefined>((at, name) => (isJsonObject(at) ? at[name] : undefined), value);
  const text = textOf(found);
  return text === '' ? undefined : text;
}
