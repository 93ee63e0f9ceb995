import { createHash } from 'node:crypto';
import { ACCOUNT } from '../builders.ts';

/** One line of a server access log, or one record of CloudTrail's data events: the text as AWS writes it. */
export interface LogLine {
  readonly log: 'access-log' | 'data-event';
  readonly text: string;
}

/** Who sends a request of a data event. A trail of the bucket’s account tells of others by their account alone (aws-facts §5.3). */
export type Sender =
  | 'anonymous'
  | { readonly role: string; readonly session?: string }
  | { readonly account: string }
  | { readonly service: string }
  | { readonly originAccessIdentity: string };

/** The canonical id of the account that owns the buckets. */
export const OWNER_ID = '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be';

const FIRST_MINUTE = Date.parse('2026-01-05T09:00:00Z');

interface LoggedAt {
  /** ISO time; `minute` counts from 2026-01-05T09:00Z where it is left out. */
  readonly at?: string;
  readonly minute?: number;
}

export interface AccessLogLine extends LoggedAt {
  readonly bucket: string;
  /** `REST.PUT.OBJECT`, `WEBSITE.GET.OBJECT`, … */
  readonly operation: string;
  /** An ARN, a canonical id, `svc:…`; anonymous where it is left out. */
  readonly requester?: string;
  readonly key?: string;
  /** What stands behind the `?`. */
  readonly query?: string;
  readonly status?: number;
  readonly error?: string;
  readonly userAgent?: string;
  /** Signed in the address. */
  readonly isPresigned?: boolean;
  /** `no-field`: a line of the format that ends before the TLS version's successors (aws-facts §5.2). */
  readonly aclRequired?: 'Yes' | '-' | 'no-field';
}

export interface DataEvent extends LoggedAt {
  readonly bucket: string;
  readonly operation: string;
  readonly by: Sender;
  readonly key?: string;
  /** The canned ACL of the request: `x-amz-acl`. */
  readonly acl?: string;
  /** `x-amz-grant-read`, as the header has it. */
  readonly grantRead?: string;
  readonly error?: { readonly code: string; readonly message: string };
  readonly userAgent?: string;
}

/** The ARN by which a role is known, whatever its session. */
export const roleArn = (name: string, account = ACCOUNT): string => `arn:aws:iam::${account}:role/${name}`;

/** A session of a role as an access log names it. */
export const sessionArn = (name: string, account = ACCOUNT): string =>
  `arn:aws:sts::${account}:assumed-role/${name}/${name}-1`;

/** The same request, once a minute. */
export function times(count: number, line: (minute: number) => LogLine): readonly LogLine[] {
  return Array.from({ length: count }, (_, minute) => line(minute));
}

/** The fields in the order of aws-facts §5.2. */
export function accessLog(line: AccessLogLine): LogLine {
  const { bucket, operation, requester = '-', status = 200, error = '-', aclRequired = '-' } = line;
  const { userAgent = 'Mozilla/5.0 (X11; Linux x86_64)' } = line;
  const [signature, authentication] = signatureOf(line);
  const [cipher, host, tlsVersion] = connectionOf(line);
  const id = idOf(line);
  const fields = [
    OWNER_ID,
    bucket,
    `[${logTime(timeOf(line))}]`,
    requester.startsWith('svc:') ? '-' : '198.51.100.20',
    requester,
    id.slice(0, 16).toUpperCase(),
    operation,
    ...targetOf(line),
    String(status),
    error,
    '512',
    '512',
    '21',
    '18',
    '"-"',
    `"${userAgent}"`,
    '-',
    `${id}=`,
    signature,
    cipher,
    authentication,
    host,
    tlsVersion,
    ...(aclRequired === 'no-field' ? [] : ['-', aclRequired]),
  ];
  return { log: 'access-log', text: fields.join(' ') };
}

/** Key and request line. */
function targetOf({ operation, key = 'a/b.pdf', query }: AccessLogLine): readonly [string, string] {
  const isOfObject = operation.endsWith('.OBJECT') || operation === 'REST.PUT.ACL';
  const [, method] = operation.split('.');
  const path = isOfObject ? `/${key}` : '/';
  return [isOfObject ? key : '-', `"${method} ${path}${query === undefined ? '' : `?${query}`} HTTP/1.1"`];
}

/** How it was signed, and where the signature stood. */
function signatureOf({ requester, isPresigned = false }: AccessLogLine): readonly [string, string] {
  if (requester === undefined) return ['-', '-'];
  return ['SigV4', isPresigned ? 'QueryString' : 'AuthHeader'];
}

/** Cipher, host and TLS version: website endpoints speak no TLS. */
function connectionOf({ bucket, operation }: AccessLogLine): readonly [string, string, string] {
  return operation.startsWith('WEBSITE.')
    ? ['-', `${bucket}.s3-website-us-east-1.amazonaws.com`, '-']
    : ['ECDHE-RSA-AES128-GCM-SHA256', `${bucket}.s3.us-east-1.amazonaws.com`, 'TLSv1.3'];
}

/** A record as a trail of the bucket's account gets it. */
export function dataEvent(event: DataEvent): LogLine {
  const { bucket, operation, by, key = 'a/b.pdf', acl, grantRead, error } = event;
  const id = idOf(event);
  const service = typeof by === 'object' && 'service' in by ? by.service : undefined;
  const setsAcl =
    operation === 'PutObjectAcl' ||
    grantRead !== undefined ||
    (acl !== undefined && acl !== 'bucket-owner-full-control');
  const record = {
    eventVersion: '1.11',
    userIdentity: identityOf(by),
    eventTime: timeOf(event).toISOString().replace('.000Z', 'Z'),
    eventSource: 's3.amazonaws.com',
    eventName: operation,
    awsRegion: 'us-east-1',
    sourceIPAddress: service ?? '198.51.100.20',
    userAgent: service ?? event.userAgent ?? '[aws-sdk-js/3.900.0]',
    ...(error === undefined ? {} : { errorCode: error.code, errorMessage: error.message }),
    requestParameters: {
      bucketName: bucket,
      Host: `${bucket}.s3.us-east-1.amazonaws.com`,
      key,
      ...(acl === undefined ? {} : { 'x-amz-acl': acl }),
      ...(grantRead === undefined ? {} : { 'x-amz-grant-read': grantRead }),
    },
    responseElements: null,
    additionalEventData: {
      ...(by === 'anonymous' ? {} : { SignatureVersion: 'SigV4', AuthenticationMethod: 'AuthHeader' }),
      CipherSuite: 'TLS_AES_128_GCM_SHA256',
      bytesTransferredIn: 512,
      bytesTransferredOut: 0,
      'x-amz-id-2': `${id}=`,
      ...(setsAcl ? { aclRequired: 'Yes' } : {}),
    },
    requestID: id.slice(0, 16).toUpperCase(),
    eventID: `${id.slice(0, 8)}-${id.slice(8, 12)}-4${id.slice(13, 16)}-8${id.slice(17, 20)}-${id.slice(20, 32)}`,
    readOnly: /^(?:Get|Head|List)/.test(operation),
    resources: [
      { type: 'AWS::S3::Object', ARN: `arn:aws:s3:::${bucket}/${key}` },
      { accountId: ACCOUNT, type: 'AWS::S3::Bucket', ARN: `arn:aws:s3:::${bucket}` },
    ],
    eventType: 'AwsApiCall',
    managementEvent: false,
    recipientAccountId: ACCOUNT,
    eventCategory: 'Data',
  };
  return { log: 'data-event', text: JSON.stringify(record) };
}

function identityOf(by: Sender): object {
  if (by === 'anonymous') return { type: 'AWSAccount', principalId: '', accountId: 'anonymous' };
  if ('service' in by) return { type: 'AWSService', invokedBy: by.service };
  if ('account' in by)
    return { type: 'AWSAccount', principalId: 'AROAPARTNEREXAMPLE00:partner-1', accountId: by.account };
  if ('originAccessIdentity' in by) {
    return { type: 'AWSAccount', principalId: by.originAccessIdentity, accountId: 'CloudFront' };
  }
  const { role, session = `${role}-1` } = by;
  return {
    type: 'AssumedRole',
    principalId: `AROAROLEEXAMPLE00000:${session}`,
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${session}`,
    accountId: ACCOUNT,
    accessKeyId: 'ASIAEXAMPLEEXAMPLE00',
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: 'AROAROLEEXAMPLE00000',
        arn: roleArn(role),
        accountId: ACCOUNT,
        userName: role,
      },
      attributes: { creationDate: '2026-01-05T08:00:00Z', mfaAuthenticated: 'false' },
    },
  };
}

function timeOf({ at, minute = 0 }: LoggedAt): Date {
  return at === undefined ? new Date(FIRST_MINUTE + minute * 60_000) : new Date(at);
}

/** `05/Jan/2026:09:00:00 +0000` */
function logTime(time: Date): string {
  const [, day, month, year] = /^\w+, (\d+) (\w+) (\d+)/.exec(time.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time.toISOString().slice(11, 19)} +0000`;
}

const idOf = (line: object): string => createHash('sha256').update(JSON.stringify(line)).digest('hex');
