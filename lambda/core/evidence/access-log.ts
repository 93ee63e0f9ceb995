import { fieldsOf, type AccessLogFields, type NoLine } from './access-log-fields.ts';
import { apiNameOf, isByS3, isWebsite } from './access-log-operation.ts';
import { aclAmong, carriesAcl, isAclCall } from './request-acl.ts';
import type { LoggedRequest, RequestAcl } from './request.ts';
import { requesterOf, S3_ITSELF } from './requester.ts';

/**
 * Reads one line of a server access log (aws-facts §5.2), a character a byte, without the end of line. Every format since 2014; of a field
 * that the line has not, nothing is said. Pure; throws nothing: what is no line says why.
 */
export function readAccessLogLine(line: string): { readonly request: LoggedRequest } | NoLine {
  const fields = fieldsOf(line);
  if ('problem' in fields) return fields;
  const at = timeOf(fields.time);
  if (at === undefined) return { problem: 'its time is none' };
  if (fields.bucket === '-') return { problem: 'it names no bucket' };
  return { request: requestOf(fields, at) };
}

/** The request that the fields tell of; its texts are copies. */
export function requestOf(fields: AccessLogFields, at: number): LoggedRequest {
  const operation = apiNameOf(textOf(fields.operation), fields.hasKey);
  const aclRequired = isAclRequired(fields.aclRequired);
  const status = /^\d{3}$/.test(fields.status) ? Number(fields.status) : undefined;
  const code = errorOf(fields);
  return {
    source: 'access-log',
    at,
    bucket: textOf(fields.bucket),
    operation,
    requester: requesterIn(fields),
    via: isWebsite(fields.operation) ? 'website' : 'api',
    isPresigned: fields.auth === 'QueryString',
    acl: aclOf(operation, fields.uri, aclRequired),
    aclRequired,
    ...(fields.address === '-' ? {} : { address: textOf(fields.address) }),
    ...(hasAgent(fields) ? { userAgent: textOf(fields.agent) } : {}),
    ...(status === undefined ? {} : { status }),
    ...(code === undefined ? {} : { error: { code } }),
  };
}

/** Does the line tell of a user agent? */
export function hasAgent({ agent }: AccessLogFields): boolean {
  return agent !== '-' && agent !== '';
}

/** What the bytes say, which the line has a character each; a copy, so that nobody who keeps it keeps all that was read with it. */
export function textOf(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** S3's code; where it gave none to a request that failed, the status. Undefined where it did not fail. */
export function errorOf({ error, status }: AccessLogFields): string | undefined {
  if (error !== '-') return textOf(error);
  return status >= '400' ? `HTTP ${textOf(status)}` : undefined;
}

/** What S3 answers where it could not tell who asks: such a line has no requester, and is not anonymous for that. */
const UNPROVED: ReadonlySet<string> = new Set([
  'AccessKeyIdNotFound',
  'AuthorizationHeaderMalformed',
  'ExpiredToken',
  'InvalidAccessKeyId',
  'InvalidSecurity',
  'InvalidToken',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
]);

function requesterIn(fields: AccessLogFields): LoggedRequest['requester'] {
  const { requester, owner, signature = '-', auth = '-', error } = fields;
  if (requester === '-') {
    if (isByS3(fields.operation)) return S3_ITSELF;
    return signature === '-' && auth === '-' && !UNPROVED.has(error) ? { is: 'anonymous' } : { is: 'unknown' };
  }
  return requesterOf(textOf(requester), { canonicalId: textOf(owner) });
}

function isAclRequired(field: string | undefined): boolean | undefined {
  if (field === 'Yes') return true;
  return field === '-' ? false : undefined;
}

/** The log has the ACL's name in an address alone, and else no more than that there was one (aws-facts §5.2). */
function aclOf(operation: string, uri: string, aclRequired: boolean | undefined): RequestAcl {
  if (!carriesAcl(operation)) return 'none-or-owner';
  const inAddress = aclInAddress(uri);
  if (inAddress !== undefined) return inAddress;
  return aclRequired === false && !isAclCall(operation) ? 'none-or-owner' : 'not-told';
}

/** May the address of a request tell its ACL? */
export function mayTellAcl(uri: string): boolean {
  return uri.includes('?');
}

function aclInAddress(uri: string): RequestAcl | undefined {
  if (!mayTellAcl(uri)) return undefined;
  const [address = ''] = uri.slice(uri.indexOf('?') + 1).split(' ');
  return aclAmong(Object.fromEntries(new URLSearchParams(textOf(address))));
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const LENGTH = '06/Feb/2019:00:00:38 +0000'.length;
const ZERO = 0x30;
const A_MINUTE_MS = 60_000;

/** `06/Feb/2019:00:00:38 +0000` in milliseconds since 1970; undefined for what is no time. */
export function timeOf(text: string): number | undefined {
  if (text.length !== LENGTH) return undefined;
  const month = MONTHS.indexOf(text.slice(3, 6));
  const [day, hour, minute, second] = [twoAt(text, 0), twoAt(text, 12), twoAt(text, 15), twoAt(text, 18)];
  const year = twoAt(text, 7) * 100 + twoAt(text, 9);
  // Written so that what is no number fails each.
  const isTime = month >= 0 && day >= 1 && day <= 31 && hour <= 23 && minute <= 59 && second <= 60;
  const zone = zoneOf(text);
  if (!isTime || Number.isNaN(year) || Number.isNaN(zone)) return undefined;
  return Date.UTC(year, month, day, hour, minute, second) - zone * A_MINUTE_MS;
}

/** Minutes before UTC. S3 writes UTC. */
function zoneOf(text: string): number {
  const minutes = twoAt(text, 22) * 60 + twoAt(text, 24);
  return text[21] === '-' ? -minutes : minutes;
}

function twoAt(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO;
  const ones = text.charCodeAt(at + 1) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : Number.NaN;
}
