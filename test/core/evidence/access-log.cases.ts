import type { LoggedRequest } from '#core/evidence/request.ts';

/** The owner's canonical id in the examples of the user guide (UG:LogFormat). */
export const OWNER = '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be';
const STRANGER = 'b'.repeat(64);

/** The fields up to the user agent, of an upload by a role. */
const HEAD = {
  owner: OWNER,
  bucket: 'exports',
  time: '[06/Feb/2019:00:00:38 +0000]',
  address: '192.0.2.3',
  requester: 'arn:aws:sts::111122223333:assumed-role/document-api/i-0abc',
  id: '3E57427F3EXAMPLE',
  operation: 'REST.PUT.OBJECT',
  key: 'a/b.pdf',
  uri: '"PUT /exports/a/b.pdf HTTP/1.1"',
  status: '200',
  error: '-',
  sizes: '- 4406583 41754 28',
  referer: '"-"',
  agent: '"aws-sdk-java/2.31.0"',
};

/** The fields behind it, in the order in which S3 came to write them (aws-facts §5.2). */
const TAIL = {
  version: '-',
  hostId: '10S62Zv81kBW7BB6SX4XJ48o6kpcl6LPwEoizZQQxJd5qDSCTLX0TgS37kYUBKQW3+bPdrg1234=',
  signature: 'SigV4',
  cipher: 'ECDHE-RSA-AES128-SHA',
  auth: 'AuthHeader',
  host: 'exports.s3.us-west-1.amazonaws.com',
  tls: 'TLSv1.2',
  accessPoint: '-',
  aclRequired: '-',
  region: 'us-east-1',
};

type Written = Partial<typeof HEAD> & Partial<typeof TAIL>;

/** One line with some of its fields written otherwise, and so many of the fields behind the user agent. */
export function lineOf(written: Written = {}, tail = Object.keys(TAIL).length): string {
  const whole = { ...HEAD, ...TAIL, ...written };
  const names = [...Object.keys(HEAD), ...Object.keys(TAIL).slice(0, tail)] as (keyof typeof whole)[];
  return names.map((name) => whole[name]).join(' ');
}

/** What `lineOf()` says. */
export const USUAL: LoggedRequest = {
  source: 'access-log',
  at: Date.UTC(2019, 1, 6, 0, 0, 38),
  bucket: 'exports',
  operation: 'PutObject',
  requester: { is: 'principal', name: 'arn:aws:iam::111122223333:role/document-api', account: '111122223333' },
  via: 'api',
  isPresigned: false,
  acl: 'none-or-owner',
  aclRequired: false,
  address: '192.0.2.3',
  userAgent: 'aws-sdk-java/2.31.0',
  status: 200,
};

export interface LineCase {
  readonly case: string;
  readonly line: string;
  /** What is otherwise than in `USUAL`. */
  readonly says: { readonly [Name in keyof LoggedRequest]?: LoggedRequest[Name] | undefined };
}

const anonymous = { requester: '-', signature: '-', auth: '-' } as const;

/** How the format grew (aws-facts §5.2): fields were appended, and will be. */
export const FORMATS: readonly LineCase[] = [
  { case: 'the newest, with the source region', line: lineOf(), says: {} },
  { case: 'without a source region', line: lineOf({}, 9), says: {} },
  { case: 'without aclRequired', line: lineOf({}, 8), says: { acl: 'not-told', aclRequired: undefined } },
  { case: 'without the access point', line: lineOf({}, 7), says: { acl: 'not-told', aclRequired: undefined } },
  { case: 'without the TLS version', line: lineOf({}, 6), says: { acl: 'not-told', aclRequired: undefined } },
  { case: 'the oldest', line: lineOf({}, 1), says: { acl: 'not-told', aclRequired: undefined } },
  { case: 'fields that are to come', line: `${lineOf()} - xyz 17`, says: {} },
  { case: 'a quoted field that is to come', line: `${lineOf()} "some text"`, says: {} },
  { case: 'the end of line of another system', line: `${lineOf()}\r`, says: {} },
  {
    case: "a job of S3 itself, whose quoted fields are bare (UG:LogFormat's compute checksum)",
    line: `7cd47ef2be exports [06/Feb/2019:00:00:38 +0000] - ${OWNER} e5042925-b524-4b3b-a869-f3881e78ff3a S3.COMPUTE.OBJECT.CHECKSUM k - - - - 1048576 - - - - - bPf7qjG4== - - - - - - - -`,
    says: {
      operation: 'S3.COMPUTE.OBJECT.CHECKSUM',
      requester: { is: 'principal', name: OWNER },
      address: undefined,
      userAgent: undefined,
      status: undefined,
    },
  },
];

/** Fields hold what a stranger sent: "this field may include unescaped quotes from the user input" (UG:LogFormat). */
export const QUOTES: readonly LineCase[] = [
  { case: 'a quote in the address', line: lineOf({ uri: '"PUT /exports/a"b" HTTP/1.1"' }), says: {} },
  { case: 'a quote and a blank in the address', line: lineOf({ uri: '"PUT /exports/a" b HTTP/1.1"' }), says: {} },
  { case: 'a status in the address', line: lineOf({ uri: '"PUT /x" 403 b HTTP/1.1"' }), says: {} },
  { case: 'quotes in the referer', line: lineOf({ referer: '"http://x/?q="a" "b""' }), says: {} },
  {
    case: 'quotes in the user agent',
    line: lineOf({ agent: '"a "quoted" one \\"escaped\\""' }),
    says: { userAgent: 'a "quoted" one \\"escaped\\"' },
  },
  {
    case: 'a user agent that plays the end of a line',
    line: lineOf({ agent: '"x" - id SigV4 - QueryString h - - Yes"' }),
    says: { userAgent: 'x" - id SigV4 - QueryString h - - Yes' },
  },
  { case: 'no user agent', line: lineOf({ agent: '"-"' }), says: { userAgent: undefined } },
  { case: 'an empty user agent', line: lineOf({ agent: '""' }), says: { userAgent: undefined } },
  { case: 'a bare user agent and referer', line: lineOf({ agent: '-', referer: '-' }), says: { userAgent: undefined } },
  { case: 'a key with a blank', line: lineOf({ key: 'a b.pdf' }), says: {} },
  { case: 'a key with a quote', line: lineOf({ key: 'a"b "c.pdf' }), says: {} },
  { case: 'a key of many bytes', line: lineOf({ key: 'ключ-鍵' }), says: {} },
  { case: 'no address of a request', line: lineOf({ uri: '"-"' }), says: {} },
];

/** Who asks (aws-facts §5.2; UG:LogFormat, "Requester"). */
export const REQUESTERS: readonly LineCase[] = [
  { case: 'nobody who signed', line: lineOf(anonymous), says: { requester: { is: 'anonymous' } } },
  {
    case: 'nobody, in the oldest format',
    line: lineOf({ requester: '-' }, 1),
    says: { requester: { is: 'anonymous' }, acl: 'not-told', aclRequired: undefined },
  },
  {
    case: 'a signature that S3 did not take is no anonymous request',
    line: lineOf({ requester: '-', status: '403', error: 'SignatureDoesNotMatch' }),
    says: { requester: { is: 'unknown' }, status: 403, error: { code: 'SignatureDoesNotMatch' } },
  },
  {
    case: 'such a one in the oldest format, by its error',
    line: lineOf({ requester: '-', status: '403', error: 'InvalidAccessKeyId' }, 1),
    says: {
      requester: { is: 'unknown' },
      status: 403,
      error: { code: 'InvalidAccessKeyId' },
      acl: 'not-told',
      aclRequired: undefined,
    },
  },
  {
    case: 'a user',
    line: lineOf({ requester: 'arn:aws:iam::111122223333:user/apps/exporter' }),
    says: {
      requester: { is: 'principal', name: 'arn:aws:iam::111122223333:user/apps/exporter', account: '111122223333' },
    },
  },
  {
    case: 'a role of another partition',
    line: lineOf({ requester: 'arn:aws-cn:sts::444455556666:assumed-role/reader/a@b.c' }),
    says: { requester: { is: 'principal', name: 'arn:aws-cn:iam::444455556666:role/reader', account: '444455556666' } },
  },
  {
    case: 'a federated user',
    line: lineOf({ requester: 'arn:aws:sts::111122223333:federated-user/ana' }),
    says: {
      requester: { is: 'principal', name: 'arn:aws:sts::111122223333:federated-user/ana', account: '111122223333' },
    },
  },
  {
    case: 'the account that owns the bucket, by its canonical id',
    line: lineOf({ requester: OWNER }),
    says: { requester: { is: 'principal', name: OWNER, isOwner: true } },
  },
  {
    case: 'another account, by its canonical id',
    line: lineOf({ requester: STRANGER }),
    says: { requester: { is: 'principal', name: STRANGER } },
  },
  {
    case: 'a service',
    line: lineOf({ requester: 'svc:cloudfront.amazonaws.com', address: '-' }),
    says: { requester: { is: 'service', name: 'cloudfront.amazonaws.com' }, address: undefined },
  },
  {
    case: 'S3, as lifecycle names it',
    line: lineOf({ ...anonymous, requester: 'AmazonS3', operation: 'S3.EXPIRE.OBJECT', uri: '"-"', status: '-' }),
    says: { requester: { is: 'service', name: 's3.amazonaws.com' }, operation: 'S3.EXPIRE.OBJECT', status: undefined },
  },
  {
    case: 'S3 where nobody is named is not anonymous',
    line: lineOf({ ...anonymous, operation: 'S3.CREATE.DELETEMARKER', uri: '"-"', status: '-' }),
    says: {
      requester: { is: 'service', name: 's3.amazonaws.com' },
      operation: 'S3.CREATE.DELETEMARKER',
      status: undefined,
    },
  },
  {
    case: 'an origin access identity of CloudFront, whose ARN has blanks (elastic/integrations#20442)',
    line: lineOf({ requester: 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2EXAMPLEID' }),
    says: { requester: { is: 'origin-access-identity', name: 'E2EXAMPLEID' } },
  },
  {
    case: 'a word that nothing here knows',
    line: lineOf({ requester: 'Whoever' }),
    says: { requester: { is: 'unknown' } },
  },
];

const operation = (logged: string, said: string, rest: Written = {}): LineCase => ({
  case: `${logged}${rest.key === '-' ? ' without a key' : ''} is ${said}`,
  line: lineOf({ operation: logged, ...rest }),
  says: { operation: said, ...(logged.startsWith('WEBSITE.') ? { via: 'website' } : {}) },
});

/** An access log's words for what was asked, in those of the API (UG:LogFormat, "Operation"). */
export const OPERATIONS: readonly LineCase[] = [
  operation('REST.PUT.OBJECT', 'PutObject'),
  operation('REST.COPY.OBJECT', 'CopyObject'),
  operation('REST.COPY.OBJECT_GET', 'GetObject'),
  operation('REST.POST.OBJECT', 'PostObject'),
  operation('REST.POST.UPLOADS', 'CreateMultipartUpload'),
  operation('REST.PUT.PART', 'UploadPart'),
  operation('REST.COPY.PART', 'UploadPartCopy'),
  operation('REST.COPY.PART_GET', 'GetObject'),
  operation('REST.POST.UPLOAD', 'CompleteMultipartUpload'),
  operation('REST.DELETE.UPLOAD', 'AbortMultipartUpload'),
  operation('REST.GET.UPLOAD', 'ListParts'),
  operation('REST.GET.UPLOADS', 'ListMultipartUploads'),
  operation('REST.GET.OBJECT', 'GetObject'),
  operation('REST.HEAD.OBJECT', 'HeadObject'),
  operation('REST.DELETE.OBJECT', 'DeleteObject'),
  operation('REST.POST.MULTI_OBJECT_DELETE', 'DeleteObjects', { key: '-' }),
  operation('BATCH.DELETE.OBJECT', 'DeleteObject'),
  operation('REST.GET.BUCKET', 'ListObjects', { key: '-' }),
  operation('REST.GET.BUCKETVERSIONS', 'ListObjectVersions', { key: '-' }),
  operation('REST.HEAD.BUCKET', 'HeadBucket', { key: '-' }),
  operation('REST.GET.ACL', 'GetBucketAcl', { key: '-' }),
  operation('REST.GET.ACL', 'GetObjectAcl'),
  operation('REST.PUT.ACL', 'PutBucketAcl', { key: '-', aclRequired: '-' }),
  operation('REST.PUT.ACL', 'PutObjectAcl'),
  operation('REST.PUT.OBJECT_ACL', 'PutObjectAcl'),
  operation('REST.GET.OBJECT_ACL', 'GetObjectAcl'),
  operation('REST.GET.BUCKETPOLICY', 'GetBucketPolicy', { key: '-' }),
  operation('REST.OPTIONS.PREFLIGHT', 'PreflightRequest'),
  operation('WEBSITE.GET.OBJECT', 'GetObject'),
  operation('WEBSITE.HEAD.OBJECT', 'HeadObject'),
  operation('WEBSITE.WHAT.EVER', 'WEBSITE.WHAT.EVER'),
  operation('REST.GET.LOGGING_STATUS', 'REST.GET.LOGGING_STATUS', { key: '-' }),
  operation('SOAP.ListAllMyBuckets', 'SOAP.ListAllMyBuckets', { key: '-' }),
];

const signed = (query: string): Written => ({
  uri: `"PUT /exports/a/b.pdf?${query} HTTP/1.1"`,
  auth: 'QueryString',
  aclRequired: 'Yes',
});

/** What is told of an upload's ACL (aws-facts §5.1, §5.2): that one was set, and only in an address which. */
export const ACLS: readonly LineCase[] = [
  { case: 'one was set', line: lineOf({ aclRequired: 'Yes' }), says: { acl: 'not-told', aclRequired: true } },
  { case: 'none was set', line: lineOf({ aclRequired: '-' }), says: {} },
  {
    case: 'a copy with one',
    line: lineOf({ operation: 'REST.COPY.OBJECT', aclRequired: 'Yes' }),
    says: { operation: 'CopyObject', acl: 'not-told', aclRequired: true },
  },
  {
    case: 'parts carry none',
    line: lineOf({ operation: 'REST.PUT.PART' }, 8),
    says: { operation: 'UploadPart', acl: 'none-or-owner', aclRequired: undefined },
  },
  {
    case: 'a download that an ACL allowed carries none',
    line: lineOf({ operation: 'REST.GET.OBJECT', aclRequired: 'Yes' }),
    says: { operation: 'GetObject', acl: 'none-or-owner', aclRequired: true },
  },
  {
    case: 'the ACL of a bucket is always one',
    line: lineOf({ operation: 'REST.PUT.ACL', key: '-' }, 8),
    says: { operation: 'PutBucketAcl', acl: 'not-told', aclRequired: undefined },
  },
  {
    case: 'public, in a signed address',
    line: lineOf(signed('x-amz-acl=public-read&X-Amz-Expires=300')),
    says: { acl: 'public', aclRequired: true, isPresigned: true },
  },
  {
    case: 'in other letters, escaped',
    line: lineOf(signed('X-Amz-Acl=public%2Dread')),
    says: { acl: 'public', aclRequired: true, isPresigned: true },
  },
  {
    case: 'private, in a signed address',
    line: lineOf(signed('x-amz-acl=private')),
    says: { acl: 'private', aclRequired: true, isPresigned: true },
  },
  {
    case: 'for the owner of the bucket, in a signed address',
    line: lineOf({ ...signed('x-amz-acl=bucket-owner-full-control'), aclRequired: '-' }),
    says: { acl: 'none-or-owner', isPresigned: true },
  },
  {
    case: 'for another account, in a signed address',
    line: lineOf(signed('x-amz-acl=aws-exec-read')),
    says: { acl: 'not-public', aclRequired: true, isPresigned: true },
  },
  {
    case: 'a grant to everyone, in a signed address',
    line: lineOf(signed('x-amz-grant-read=uri%3D%22http%3A%2F%2Facs.amazonaws.com%2Fgroups%2Fglobal%2FAllUsers%22')),
    says: { acl: 'public', aclRequired: true, isPresigned: true },
  },
  {
    case: 'a word that is no ACL',
    line: lineOf(signed('x-amz-acl=whatever')),
    says: { acl: 'not-told', aclRequired: true, isPresigned: true },
  },
  {
    case: 'escapes that are none',
    line: lineOf(signed('x-amz-acl=%zz')),
    says: { acl: 'not-told', aclRequired: true, isPresigned: true },
  },
  {
    case: 'signed as a header, of which the address has only the name',
    line: lineOf(signed('X-Amz-SignedHeaders=host%3Bx-amz-acl')),
    says: { acl: 'not-told', aclRequired: true, isPresigned: true },
  },
];

/** What came of it. */
export const OUTCOMES: readonly LineCase[] = [
  {
    case: 'refused',
    line: lineOf({ status: '403', error: 'AccessDenied' }),
    says: { status: 403, error: { code: 'AccessDenied' } },
  },
  {
    case: 'refused without a code',
    line: lineOf({ status: '403' }),
    says: { status: 403, error: { code: 'HTTP 403' } },
  },
  { case: 'not modified is no error', line: lineOf({ status: '304' }), says: { status: 304 } },
];

/** No line of an access log: counted and shown, never fatal. */
export const MALFORMED: readonly { readonly case: string; readonly line: string; readonly problem: string }[] = [
  { case: 'one word', line: 'x', problem: 'it has no time in brackets' },
  { case: 'cut short before the operation', line: lineOf().slice(0, 170), problem: 'it ends before its operation' },
  {
    case: 'cut short in the address',
    line: lineOf().split(' HTTP')[0] ?? '',
    problem: 'its request and status cannot be found',
  },
  {
    case: 'cut short before the user agent',
    line: lineOf().split('"-"')[0] ?? '',
    problem: 'its user agent cannot be found',
  },
  { case: 'another month', line: lineOf({ time: '[06/Foo/2019:00:00:38 +0000]' }), problem: 'its time is none' },
  { case: 'a day that is none', line: lineOf({ time: '[66/Feb/2019:00:00:38 +0000]' }), problem: 'its time is none' },
  { case: 'no time', line: lineOf({ time: '-' }), problem: 'it has no time in brackets' },
  { case: 'no bucket', line: lineOf({ bucket: '-' }), problem: 'it names no bucket' },
  {
    case: 'a line of another log',
    line: '127.0.0.1 - - [06/Feb/2019:00:00:38 +0000] "GET / HTTP/1.1" 200 7',
    problem: 'it has no time in brackets',
  },
  { case: 'a header', line: '#Version: 1.0', problem: 'it has no time in brackets' },
  { case: 'bytes', line: '\u0000\u00ff\u001b[31m', problem: 'it has no time in brackets' },
];
