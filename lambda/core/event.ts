import { PlumblineError } from './errors.ts';
import { isJsonObject, textOf, type Json, type JsonObject } from './json.ts';

/** Who an event says called. What it says is kept as it is: a user agent can be forged. */
export interface Actor {
  /** CloudTrail's own word: AssumedRole, IAMUser, Root, AWSService … */
  readonly type: string;
  readonly arn?: string;
  /** In words: `role platform, session ana@example.com`. */
  readonly name: string;
  /** One session of one actor: changes under one key are one piece of work. */
  readonly session?: string;
  readonly sourceAddress?: string;
  readonly userAgent?: string;
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
  readonly response?: JsonObject;
  /** ARNs of what it was about, where the event says. */
  readonly resources: readonly string[];
  /** It is a late or corrected copy of this event. */
  readonly corrects?: string;
}

/** The only format of events that is known; minor numbers add members (aws-facts §4.3). */
const KNOWN_MAJOR = '1';

/**
 * Reads one CloudTrail record. Tolerant of members that are missing or to come; throws INPUT_INVALID for what is no record, or one of
 * a format that nobody here knows.
 */
export function parseEvent(record: unknown): CloudTrailEvent {
  if (!isJsonObject(record)) throw invalid('it is no object');
  const version = textOf(record['eventVersion']);
  if (version !== undefined && version.split('.', 1)[0] !== KNOWN_MAJOR)
    throw invalid(`its format ${version} is unknown; update Plumbline`);
  const identity = objectIn(record, 'userIdentity') ?? {};
  const id = textIn(record, 'eventID');
  const error = textOf(record['errorCode']);
  const message = textOf(record['errorMessage']);
  const parameters = objectIn(record, 'requestParameters');
  const response = objectIn(record, 'responseElements');
  const corrects = textOf(objectIn(record, 'addendum')?.['originalEventID']);
  return {
    id,
    name: textIn(record, 'eventName'),
    source: textIn(record, 'eventSource'),
    region: textIn(record, 'awsRegion'),
    account: textOf(record['recipientAccountId']) ?? textOf(identity['accountId']) ?? '',
    at: timeIn(record),
    actor: actorOf(record, identity),
    resources: resourcesIn(record['resources']),
    ...(error === undefined ? {} : { error: { code: error, ...(message === undefined ? {} : { message }) } }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(response === undefined ? {} : { response }),
    ...(corrects === undefined ? {} : { corrects }),
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
  const arn = textOf(identity['arn']);
  const issuer = objectIn(objectIn(identity, 'sessionContext') ?? {}, 'sessionIssuer');
  const type = textOf(identity['type']) ?? 'Unknown';
  const session = textOf(identity['accessKeyId']) ?? textOf(identity['principalId']) ?? arn;
  const sourceAddress = textOf(record['sourceIPAddress']);
  const userAgent = textOf(record['userAgent']);
  return {
    type,
    name: nameOf({ type, arn, identity, issuer }),
    ...(arn === undefined ? {} : { arn }),
    ...(session === undefined ? {} : { session }),
    ...(sourceAddress === undefined ? {} : { sourceAddress }),
    ...(userAgent === undefined ? {} : { userAgent }),
  };
}

interface Named {
  readonly type: string;
  readonly arn: string | undefined;
  readonly identity: JsonObject;
  readonly issuer: JsonObject | undefined;
}

function nameOf({ type, arn, identity, issuer }: Named): string {
  switch (type) {
    case 'AssumedRole':
      return sessionName({ type, arn, identity, issuer });
    case 'IAMUser':
      return `user ${textOf(identity['userName']) ?? arn ?? 'unknown'}`;
    case 'Root':
      return 'the root user';
    case 'AWSService':
      return `the AWS service ${textOf(identity['invokedBy']) ?? 'unknown'}`;
    default:
      return arn ?? textOf(identity['principalId']) ?? type;
  }
}

/** `role platform, session ana@example.com`. */
function sessionName({ arn, identity, issuer }: Named): string {
  const [, role = 'unknown', ...rest] = arn?.split('/') ?? [];
  const [, ofPrincipal = ''] = textOf(identity['principalId'])?.split(':') ?? [];
  const session = rest.join('/') || ofPrincipal;
  return `role ${textOf(issuer?.['userName']) ?? role}${session === '' ? '' : `, session ${session}`}`;
}

function timeIn(record: JsonObject): string {
  const at = new Date(textIn(record, 'eventTime'));
  if (Number.isNaN(at.getTime())) throw invalid('its eventTime is no time');
  return at.toISOString();
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
  const text = textOf(record[name]);
  if (text === undefined || text === '') throw invalid(`it has no ${name}`);
  return text;
}

function invalid(why: string): PlumblineError {
  return new PlumblineError('INPUT_INVALID', `a CloudTrail record cannot be read: ${why}`);
}
