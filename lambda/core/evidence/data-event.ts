import { messageOf } from '../errors.ts';
import { parseEvent, type CloudTrailEvent } from '../event.ts';
import { isJsonObject, textOf, type Json, type JsonObject } from '../json.ts';
import { aclAmong, carriesAcl, isAclCall } from './request-acl.ts';
import type { LoggedRequest, RequestAcl, Requester } from './request.ts';
import { identityIn, requesterOf } from './requester.ts';

/** The calls on objects that CloudTrail tells of as data events (UG:cloudtrail-logging-s3-info), and that let anybody in or not. */
export const DATA_EVENTS: ReadonlySet<string> = new Set([
  'AbortMultipartUpload',
  'CompleteMultipartUpload',
  'CopyObject',
  'CreateMultipartUpload',
  'DeleteObject',
  'DeleteObjectTagging',
  'DeleteObjects',
  'GetObject',
  'GetObjectAcl',
  'GetObjectAttributes',
  'GetObjectLegalHold',
  'GetObjectRetention',
  'GetObjectTagging',
  'GetObjectTorrent',
  'HeadBucket',
  'HeadObject',
  'ListMultipartUploads',
  'ListObjectVersions',
  'ListObjects',
  'ListParts',
  'PostObject',
  'PreflightRequest',
  'PutObject',
  'PutObjectAcl',
  'PutObjectLegalHold',
  'PutObjectRetention',
  'PutObjectTagging',
  'RestoreObject',
  'SelectObjectContent',
  'UploadPart',
  'UploadPartCopy',
]);

/** A request, with the id that all copies of its event share (aws-facts §4.3). */
export interface DataEvent {
  readonly id: string;
  readonly request: LoggedRequest;
}

/**
 * Reads a record of CloudTrail as a request to a bucket (aws-facts §4.2, §5.3). Records of management events, and of other services, are none. Pure;
 * throws nothing: what cannot be read says why.
 */
export function readDataEvent(record: Json): DataEvent | 'no-request' | { readonly problem: string } {
  if (!isJsonObject(record) || !isOfData(record)) return 'no-request';
  try {
    const event = parseEvent(record);
    const bucket = bucketOf(event);
    if (bucket === undefined) return { problem: 'a CloudTrail record cannot be read: it names no bucket' };
    return { id: event.shared ?? event.corrects ?? event.id, request: requestOf(event, { record, bucket }) };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

/** Older records do not say of which category they are. */
function isOfData(record: JsonObject): boolean {
  const { eventSource, eventName, managementEvent, eventCategory } = record;
  if (eventSource !== 's3.amazonaws.com' || managementEvent === true) return false;
  return (eventCategory ?? 'Data') === 'Data' && DATA_EVENTS.has(textOf(eventName) ?? '');
}

function requestOf(
  event: CloudTrailEvent,
  { record, bucket }: { readonly record: JsonObject; readonly bucket: string },
): LoggedRequest {
  const { name, actor, error, parameters } = event;
  const beside = isJsonObject(record['additionalEventData']) ? record['additionalEventData'] : undefined;
  const aclRequired = beside === undefined ? undefined : beside['aclRequired'] === 'Yes';
  const requester = requesterIn(event, record);
  const isOther = 'account' in requester && requester.account !== event.account;
  const userAgent = actor.userAgent?.replace(/^\[(.*)\]$/s, '$1') ?? '';
  return {
    source: 'data-event',
    at: Date.parse(event.at),
    bucket,
    operation: name,
    requester,
    via: isWebsite(parameters) ? 'website' : 'api',
    isPresigned: beside?.['AuthenticationMethod'] === 'QueryString',
    acl: aclOf(name, { parameters, isSetUnseen: aclRequired === true && !isOther }),
    aclRequired,
    ...(actor.sourceAddress === undefined ? {} : { address: actor.sourceAddress }),
    ...(userAgent === '' || userAgent === '-' ? {} : { userAgent }),
    ...(error === undefined ? {} : { error: errorOf(error) }),
  };
}

/**
 * `isSetUnseen`: an ACL was required of a caller of the bucket's own account, who needs none to get in: so one was set, whether or not it stands in
 * the record (aws-facts §5.1).
 */
function aclOf(
  operation: string,
  { parameters, isSetUnseen }: { readonly parameters: JsonObject | undefined; readonly isSetUnseen: boolean },
): RequestAcl {
  if (!carriesAcl(operation)) return 'none-or-owner';
  const told = aclAmong(parameters ?? {});
  return told ?? (isSetUnseen || isAclCall(operation) ? 'not-told' : 'none-or-owner');
}

/** A name, and not that of an access point, whose bucket stands among the resources. */
const BUCKET_NAME = /^[A-Za-z0-9._-]+$/;
const ALIAS = /(?:-s3alias|--ol-s3)$/;
const OF_BUCKET = /^arn:[a-z-]+:s3:::(?<bucket>[^/]+)/;

function bucketOf({ parameters = {}, resources }: CloudTrailEvent): string | undefined {
  const named = textOf(parameters['bucketName']);
  if (named !== undefined && BUCKET_NAME.test(named) && !ALIAS.test(named)) return named;
  const [found] = resources.flatMap((arn) => OF_BUCKET.exec(arn)?.groups?.['bucket'] ?? []);
  return found;
}

/** The name of a website endpoint, with the region behind a dash or a point. */
const WEBSITE = /\.s3-website[.-]/;

function isWebsite(parameters: JsonObject = {}): boolean {
  const host = parameters['Host'] ?? parameters['host'];
  const [first] = Array.isArray(host) ? (host as readonly Json[]) : [host];
  return WEBSITE.test(textOf(first) ?? '');
}

function requesterIn({ actor }: CloudTrailEvent, record: JsonObject): Requester {
  const identity = isJsonObject(record['userIdentity']) ? record['userIdentity'] : {};
  const { arn = '', who } = actor;
  if (who.type === 'anonymous') return { is: 'anonymous' };
  if (who.type === 'service') return { is: 'service', name: who.via ?? 'unknown' };
  const oai = identityIn(arn);
  if (oai !== undefined) return { is: 'origin-access-identity', name: oai };
  const account = textOf(identity['accountId']);
  const named = requesterOf(arn);
  if (named.is !== 'unknown') return named;
  // Of another account's role this trail has no ARN, but its id with the session's name: each session would be a caller of its own.
  const name = arn === '' ? textOf(identity['principalId'])?.split(':')[0] : arn;
  if (name === undefined || name === '') return { is: 'unknown' };
  return { is: 'principal', name, ...(account === undefined ? {} : { account }) };
}

/** More of a text than this is no reason, but something that was sent. */
const LONGEST_SAID = 300;

/** Who and what stand as `…`: so alike errors are one, whoever met them. */
function errorOf({ code, message }: NonNullable<CloudTrailEvent['error']>): NonNullable<LoggedRequest['error']> {
  const says = message
    ?.replace(/^User: \S+ /, 'User: … ')
    .replace(/ on resource: "[^"]*"/, ' on resource: "…"')
    .replace(/arn:[^\s"]+/g, '…')
    .slice(0, LONGEST_SAID);
  return { code, ...(says === undefined ? {} : { says }) };
}
