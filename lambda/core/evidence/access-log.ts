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
function requestOf(fields: AccessLogFields, at: number): LoggedRequest {
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
function hasAgent({ agent }: AccessLogFields): boolean {
  return agent !== '-' && agent.trim() !== '';
}

/** What the bytes say, which the line has a character each; a copy, so that nobody who keeps it keeps all that was read with it. */
export function textOf(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** S3's code; where it gave none to a request that failed, the status. Undefined where it did not fail. */
function errorOf({ error, status }: AccessLogFields): string | undefined {
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

const ACL_IN_ADDRESS = /\?.*x-amz-(?:acl|grant-)/i;

/** May the address of a request tell its ACL? */
export function mayTellAcl(uri: string): boolean {
  return ACL_IN_ADDRESS.test(uri);
}

function aclInAddress(uri: string): RequestAcl | undefined {
  if (!mayTellAcl(uri)) return undefined;
  const [address = ''] = uri.slice(uri.indexOf('?') + 1).split(' ');
  return aclAmong(Object.fromEntries(new URLSearchParams(textOf(address))));
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const TIME = /^(\d\d)\/(\w{3})\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/;
const A_MINUTE_MS = 60_000;

/** `06/Feb/2019:00:00:38 +0000` in milliseconds since 1970; undefined for what is no time. */
export function timeOf(text: string): number | undefined {
  const [, day, name = '', year, hour, minute, second, sign, hours, minutes] = TIME.exec(text) ?? [];
  const month = MONTHS.indexOf(name);
  const at = Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute), Number(second));
  // What is too large counts on into the next day or month.
  const isTime = month >= 0 && new Date(at).getUTCDate() === Number(day) && Number(minute) < 60 && Number(second) < 60;
  const zone = Number(hours) * 60 + Number(minutes);
  return isTime ? at - (sign === '-' ? -zone : zone) * A_MINUTE_MS : undefined;
}
