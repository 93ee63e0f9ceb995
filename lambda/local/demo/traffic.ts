import type { JsonObject } from '#core/json.ts';

/**
 * Requests of a made-up account, as S3 and CloudTrail would log them: from who asks what of which bucket how often, the same for the same seed. The
 * lines are those of the newest format of access logs (UG:LogFormat), the records those of a trail's data events (aws-facts §4.2).
 */
export interface MadeAccount {
  /** Twelve digits. */
  readonly account: string;
  /** 64 hexadecimal digits. */
  readonly canonicalId: string;
  readonly region: string;
  readonly traffic: readonly Traffic[];
}

/** What one caller asks of one bucket. */
export interface Traffic {
  /** A role of the account, by its name. */
  readonly by: { readonly role: string } | 'anonymous';
  readonly bucket: string;
  readonly operation: keyof typeof LOGGED;
  /** A canned ACL; none without. */
  readonly acl?: string;
  readonly userAgent: string;
  readonly addresses: readonly string[];
  /** Between two requests, on average, in milliseconds. */
  readonly everyMs: number;
  /** One request in each such period, at some time of it: so their number is known beforehand. */
  readonly isEven?: boolean;
  /** ISO 8601. */
  readonly from: string;
  readonly to: string;
  readonly fails?: Failing;
}

/** From when to when each request failed, and with what. */
export interface Failing {
  readonly since: string;
  readonly until?: string;
  readonly code: string;
  readonly status: number;
  /** What CloudTrail tells of it, behind who was refused what: `because …`. */
  readonly because?: string;
}

/** One of the requests. */
export interface MadeRequest {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly traffic: Traffic;
  readonly isFailed: boolean;
  readonly address: string;
  readonly key: string;
  readonly size: number;
  readonly id: string;
}

/** An access log's words for an operation. */
const LOGGED = {
  PutObject: 'REST.PUT.OBJECT',
  GetObject: 'REST.GET.OBJECT',
  HeadObject: 'REST.HEAD.OBJECT',
  DeleteObject: 'REST.DELETE.OBJECT',
} as const;

const METHODS: Readonly<Record<keyof typeof LOGGED, string>> = {
  PutObject: 'PUT',
  GetObject: 'GET',
  HeadObject: 'HEAD',
  DeleteObject: 'DELETE',
};

/** All requests, the oldest first. */
export function* requestsOf({ traffic }: MadeAccount, seed: number): Generator<MadeRequest> {
  const chance = chanceOf(seed);
  const streams = traffic.map((one) => ({
    one,
    at: Date.parse(one.from) + Math.floor(chance() * one.everyMs),
    period: Date.parse(one.from),
    to: Date.parse(one.to),
    failing: {
      since: Date.parse(one.fails?.since ?? '') || Number.POSITIVE_INFINITY,
      until: Date.parse(one.fails?.until ?? '') || Number.POSITIVE_INFINITY,
    },
  }));
  for (;;) {
    let next: (typeof streams)[number] | undefined;
    for (const stream of streams)
      if (stream.at <= stream.to && (next === undefined || stream.at < next.at)) next = stream;
    if (next === undefined) return;
    const { one, at, failing } = next;
    yield {
      at,
      traffic: one,
      isFailed: at >= failing.since && at < failing.until,
      address: one.addresses[Math.floor(chance() * one.addresses.length)] ?? '-',
      key: `${Math.floor(chance() * 1e4)}/${Math.floor(chance() * 2 ** 32).toString(36)}.pdf`,
      size: Math.floor(chance() * 5e6),
      id: wordOf(chance, 2).toUpperCase().slice(0, 16),
    };
    if (one.isEven === true) {
      next.period += one.everyMs;
      next.at = Math.floor(next.period + chance() * one.everyMs);
      if (next.period + one.everyMs > next.to + 1) next.at = Number.POSITIVE_INFINITY;
    } else next.at += 1 + Math.floor(-Math.log(1 - chance()) * one.everyMs);
  }
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The request as a line of an access log, without the end of line. */
export function accessLogLine(account: MadeAccount, request: MadeRequest): string {
  const { traffic, isFailed, key, size, id } = request;
  const { bucket, operation, by, acl, fails } = traffic;
  const iso = new Date(request.at).toISOString();
  const time = `${iso.slice(8, 10)}/${MONTHS[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)}`;
  const status = isFailed && fails !== undefined ? `${fails.status} ${fails.code} 243` : '200 - -';
  const isAnonymous = by === 'anonymous';
  const signed = isAnonymous ? '- ECDHE-RSA-AES128-GCM-SHA256 -' : 'SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader';
  const host = hostOf(account, bucket);
  return [
    `${account.canonicalId} ${bucket} [${time} +0000] ${request.address} ${isAnonymous ? '-' : sessionOf(account, by.role)} ${id}`,
    `${LOGGED[operation]} ${key} "${METHODS[operation]} /${key} HTTP/1.1" ${status} ${size} ${17 + (size % 91)} ${9 + (size % 7)}`,
    `"-" "${traffic.userAgent}" - ${id}${key.slice(0, 4)}${hostIdOf(id)} ${signed} ${host} TLSv1.3 - ${isAclRequired(acl) ? 'Yes' : '-'} ${account.region}`,
  ].join(' ');
}

/** The request as CloudTrail tells of it. */
export function dataEvent(account: MadeAccount, request: MadeRequest): JsonObject {
  const { traffic, isFailed, key, id } = request;
  const { bucket, operation, by, acl, fails } = traffic;
  const arn = by === 'anonymous' ? undefined : sessionOf(account, by.role);
  const resource = `arn:aws:s3:::${bucket}/${key}`;
  const refused = `User: ${arn ?? 'anonymous'} is not authorized to perform: s3:${operation} on resource: "${resource}"`;
  return {
    eventVersion: '1.11',
    userIdentity: identityOf(account, by),
    eventTime: new Date(request.at).toISOString().replace(/\.\d+Z$/, 'Z'),
    eventSource: 's3.amazonaws.com',
    eventName: operation,
    awsRegion: account.region,
    sourceIPAddress: request.address,
    userAgent: `[${traffic.userAgent}]`,
    ...(isFailed && fails !== undefined
      ? {
          errorCode: fails.code,
          errorMessage: fails.because === undefined ? 'Access Denied' : `${refused} ${fails.because}`,
        }
      : {}),
    requestParameters: {
      bucketName: bucket,
      key,
      Host: hostOf(account, bucket),
      ...(acl === undefined ? {} : { 'x-amz-acl': acl }),
    },
    responseElements: null,
    additionalEventData: {
      ...(by === 'anonymous' ? {} : { SignatureVersion: 'SigV4', AuthenticationMethod: 'AuthHeader' }),
      CipherSuite: 'TLS_AES_128_GCM_SHA256',
      bytesTransferredIn: operation === 'PutObject' ? request.size : 0,
      bytesTransferredOut: operation === 'GetObject' && !isFailed ? request.size : 0,
      ...(isAclRequired(acl) ? { aclRequired: 'Yes' } : {}),
    },
    requestID: id,
    eventID: `${id.slice(0, 8)}-${id.slice(8, 12)}-4000-8000-${String(request.at).slice(-12)}`.toLowerCase(),
    readOnly: operation === 'GetObject' || operation === 'HeadObject',
    resources: [
      { type: 'AWS::S3::Object', ARN: resource },
      { accountId: account.account, type: 'AWS::S3::Bucket', ARN: `arn:aws:s3:::${bucket}` },
    ],
    eventType: 'AwsApiCall',
    managementEvent: false,
    recipientAccountId: account.account,
    eventCategory: 'Data',
  };
}

/** Any but the one for the bucket's owner (aws-facts §5.1). */
function isAclRequired(acl: string | undefined): boolean {
  return acl !== undefined && acl !== 'bucket-owner-full-control';
}

function identityOf({ account }: MadeAccount, by: Traffic['by']): JsonObject {
  if (by === 'anonymous') return { type: 'AWSAccount', principalId: '', accountId: 'anonymous' };
  const arn = `arn:aws:iam::${account}:role/${by.role}`;
  return {
    type: 'AssumedRole',
    principalId: `AROAEXAMPLE:${by.role}`,
    arn: `arn:aws:sts::${account}:assumed-role/${by.role}/${by.role}`,
    accountId: account,
    sessionContext: { sessionIssuer: { type: 'Role', arn, accountId: account, userName: by.role } },
  };
}

function sessionOf({ account }: MadeAccount, role: string): string {
  return `arn:aws:sts::${account}:assumed-role/${role}/${role}`;
}

function hostOf({ region }: MadeAccount, bucket: string): string {
  return `${bucket}.s3.${region}.amazonaws.com`;
}

/** As long as S3's. */
function hostIdOf(id: string): string {
  return `${id}${id.slice(3)}${id}${id.slice(5)}/X4=`;
}

function wordOf(chance: () => number, parts: number): string {
  let word = '';
  for (let part = 0; part < parts; part += 1)
    word += Math.floor(chance() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return word;
}

/** Mulberry32: numbers from 0 up to 1, the same for the same seed. */
function chanceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
