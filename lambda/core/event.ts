import { PlumblineError } from './errors.ts';
import { isJsonObject, textOf, type Json, type JsonObject } from './json.ts';
import { whoOf, whoText, type Who } from './who.ts';

/** Who an event says called. What it says is kept as it is: a user agent can be forged. */
export interface Actor {
  /** CloudTrail's own word: AssumedRole, IAMUser, Root, AWSService … */
  readonly type: string;
  readonly who: Who;
  readonly arn?: string;
  /** In words: `role platform, session ana@example.com`. */
  readonly name: string;
  /** One session of one actor: changes under one key are one piece of work. */
  readonly session?: string;
  readonly sourceAddress?: string;
  readonly userAgent?: string;
  /** The session's credentials are the console's: AWS says so itself (aws-facts §4.3). */
  readonly isFromConsole?: true;
  /** When the session began, to the second: ISO 8601, UTC. It is when its first credentials were given out. */
  readonly sessionBegan?: string;
  /** Set by whoever took the first role of a chain, and kept through all of it (aws-facts §4.4). */
  readonly sourceIdentity?: string;
  /** Whose session it is, where AWS says so in it: of a federated user, the ARN of the IAM user who asked for it. */
  readonly issuer?: string;
}

/** One CloudTrail record, as far as anything here needs it. Shapes: aws-facts §4.2–4.4. */
export interface CloudTrailEvent {
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly region: string;
  /** The account that it happened in. */
  readonly account: string;
  /** When the call ended: ISO 8601, UTC. */
  readonly at: string;
  readonly actor: Actor;
  /** The attempt failed: nothing changed. */
  readonly error?: { readonly code: string; readonly message?: string };
  /** Undefined where CloudTrail dropped them (over 100 KB) or the call has none. */
  readonly parameters?: JsonObject;
  /** Of credentials that it gave out it has the access key's id alone: what is secret in them is not kept. */
  readonly response?: JsonObject;
  /** ARNs of what it was about, where the event says. */
  readonly resources: readonly string[];
  /** It is a late or corrected copy of this event. */
  readonly corrects?: string;
  /** The same for all copies of one event that CloudTrail delivers to several accounts (aws-facts §4.3). */
  readonly shared?: string;
}

/** The only format of events that is known; minor numbers add members (aws-facts §4.3). */
const KNOWN_MAJOR = '1';

/** More than this of a stranger's text is no part of a sentence. */
const LONGEST_SHOWN = 40;

/**
 * Reads one CloudTrail record. Tolerant of members that are missing or to come; throws INPUT_INVALID for what is no record, or one of
 * a format that nobody here knows.
 */
export function parseEvent(record: unknown): CloudTrailEvent {
  if (!isJsonObject(record)) throw invalid('it is no object');
  const version = textOf(record['eventVersion']);
  if (version !== undefined && version.split('.', 1)[0] !== KNOWN_MAJOR)
    throw invalid(`its format ${version.slice(0, LONGEST_SHOWN)} is unknown; update Plumbline`);
  const identity = objectIn(record, 'userIdentity') ?? {};
  const id = textIn(record, 'eventID');
  const error = errorIn(record);
  const parameters = objectIn(record, 'requestParameters');
  const response = withoutSecrets(objectIn(record, 'responseElements'));
  const shared = filledIn(record, 'sharedEventID');
  const corrects = textOf(objectIn(record, 'addendum')?.['originalEventID']);
  return {
    id,
    name: textIn(record, 'eventName'),
    source: textIn(record, 'eventSource'),
    region: textIn(record, 'awsRegion'),
    account: accountIn(record, identity),
    at: timeIn(record),
    actor: actorOf(record, identity),
    resources: resourcesIn(record['resources']),
    ...(error === undefined ? {} : { error }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(response === undefined ? {} : { response }),
    ...(corrects === undefined ? {} : { corrects }),
    ...(shared === undefined ? {} : { shared }),
  };
}

/** The value at a dotted path of the record's members (`requestParameters.bucketName`), as a declaration names it. */
export function textAt(event: CloudTrailEvent, path: string): string | undefined {
  const [root, ...steps] = path.split('.');
  let value: Json | undefined = root === 'requestParameters' ? event.parameters : event.response;
  for (const step of steps) value = isJsonObject(value) ? value[step] : undefined;
  return textOf(value);
}

function actorOf(record: JsonObject, identity: JsonObject): Actor {
  const arn = filledIn(identity, 'arn');
  const type = filledIn(identity, 'type') ?? 'Unknown';
  const onBehalfOf = filledIn(objectIn(identity, 'onBehalfOf') ?? {}, 'userId');
  const session = filledIn(identity, 'accessKeyId') ?? filledIn(identity, 'principalId') ?? arn ?? onBehalfOf;
  const sourceAddress = textOf(record['sourceIPAddress']);
  const userAgent = textOf(record['userAgent']);
  const who = whoOf(identity, filledIn(record, 'recipientAccountId'));
  return {
    type,
    who,
    name: nameOf(who, { type, identity }),
    ...(arn === undefined ? {} : { arn }),
    ...(session === undefined ? {} : { session }),
    ...(sourceAddress === undefined ? {} : { sourceAddress }),
    ...(userAgent === undefined ? {} : { userAgent }),
    ...(isFromConsole(record, identity) ? { isFromConsole: true } : {}),
    ...sessionIn(identity),
  };
}

/** What the identity says of its session. */
function sessionIn(identity: JsonObject): Pick<Actor, 'sessionBegan' | 'sourceIdentity' | 'issuer'> {
  const context = objectIn(identity, 'sessionContext') ?? {};
  const began = instantOf(filledIn(objectIn(context, 'attributes') ?? {}, 'creationDate') ?? '');
  const source = filledIn(context, 'sourceIdentity');
  const issuer = objectIn(context, 'sessionIssuer') ?? {};
  const user = filledIn(issuer, 'type') === 'IAMUser' ? filledIn(issuer, 'arn') : undefined;
  return {
    ...(began === undefined ? {} : { sessionBegan: began }),
    ...(source === undefined ? {} : { sourceIdentity: source }),
    ...(user === undefined ? {} : { issuer: user }),
  };
}

/** What calls of STS answer holds a session's token, with which anybody could go on in it. */
function withoutSecrets(response: JsonObject | undefined): JsonObject | undefined {
  const credentials = response?.['credentials'];
  if (response === undefined || credentials === undefined) return response;
  const accessKeyId = isJsonObject(credentials) ? textOf(credentials['accessKeyId']) : undefined;
  return { ...response, credentials: accessKeyId === undefined ? {} : { accessKeyId } };
}

/** A text, and present only where it is so; it stands at the record or, in some exports, with the session. */
function isFromConsole(record: JsonObject, identity: JsonObject): boolean {
  const attributes = objectIn(objectIn(identity, 'sessionContext') ?? {}, 'attributes') ?? {};
  return [record, attributes].some((one) => textOf(one['sessionCredentialFromConsole']) === 'true');
}

/** Where nobody is named, what the record has: an opaque principal can be searched for. */
function nameOf(who: Who, { type, identity }: { readonly type: string; readonly identity: JsonObject }): string {
  const principal = filledIn(identity, 'arn') ?? filledIn(identity, 'principalId');
  if (who.type === 'other-account' && principal !== undefined) {
    const account = filledIn(identity, 'accountId');
    return account === undefined ? principal : `${principal} of account ${account}`;
  }
  if (who.type !== 'unknown') return whoText(who);
  return who.person === undefined ? (principal ?? type) : `${type} ${who.person}`;
}

/** `2026-03-02T08:00:00Z`, and as exporters write it: without the zone, with more digits. It is UTC in any case (aws-facts §4.3). */
const TIME = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)(Z|[+-]\d{2}:?\d{2})?$/;
/** `20131102T010628Z`: so the user guide spells when a session began. */
const WITHOUT_SIGNS = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;

function timeIn(record: JsonObject): string {
  const at = instantOf(textIn(record, 'eventTime'));
  if (at === undefined) throw invalid('its eventTime is no time');
  return at;
}

/** The time that a text is, as ISO 8601 in UTC; undefined for what is none. */
function instantOf(text: string): string | undefined {
  const [, day = '', clock = '', zone = 'Z'] = TIME.exec(text.replace(WITHOUT_SIGNS, '$1-$2-$3T$4:$5:$6Z')) ?? [];
  const at = new Date(`${day}T${clock}${zone}`);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** Either member says that the attempt failed (aws-facts §4.2); the empty text says nothing. */
function errorIn(record: JsonObject): CloudTrailEvent['error'] {
  const code = filledIn(record, 'errorCode');
  const message = filledIn(record, 'errorMessage');
  if (code === undefined && message === undefined) return undefined;
  return { code: code ?? 'Unknown', ...(message === undefined ? {} : { message }) };
}

function accountIn(record: JsonObject, identity: JsonObject): string {
  const account = filledIn(record, 'recipientAccountId') ?? filledIn(identity, 'accountId');
  if (account === undefined) throw invalid('it does not say in which account it happened');
  return account;
}

function resourcesIn(value: Json | undefined): readonly string[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly Json[]).flatMap((one) => (isJsonObject(one) ? (textOf(one['ARN']) ?? []) : []));
}

function objectIn(record: JsonObject, name: string): JsonObject | undefined {
  const value = record[name];
  return isJsonObject(value) ? value : undefined;
}

function textIn(record: JsonObject, name: string): string {
  const text = filledIn(record, name);
  if (text === undefined) throw invalid(`it has no ${name}`);
  return text;
}

/** A member's text; the empty one says nothing. */
function filledIn(record: JsonObject, name: string): string | undefined {
  const text = textOf(record[name]);
  return text === '' ? undefined : text;
}

function invalid(why: string): PlumblineError {
  return new PlumblineError('INPUT_INVALID', `a CloudTrail record cannot be read: ${why}`);
}
