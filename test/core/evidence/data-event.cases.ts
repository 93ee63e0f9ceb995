import type { JsonObject } from '#core/json.ts';
import type { LoggedRequest } from '#core/evidence/request.ts';

const ROLE = {
  type: 'AssumedRole',
  principalId: 'AROAEXAMPLE:i-0abc',
  arn: 'arn:aws:sts::111122223333:assumed-role/document-api/i-0abc',
  accountId: '111122223333',
  sessionContext: {
    sessionIssuer: {
      type: 'Role',
      arn: 'arn:aws:iam::111122223333:role/apps/document-api',
      accountId: '111122223333',
      userName: 'document-api',
    },
  },
};

/** An upload by a role, as a trail with data events tells it (aws-facts §4.2, §5.3). */
export const RECORD: JsonObject = {
  eventVersion: '1.11',
  userIdentity: ROLE,
  eventTime: '2025-10-28T19:03:12Z',
  eventSource: 's3.amazonaws.com',
  eventName: 'PutObject',
  awsRegion: 'us-east-1',
  sourceIPAddress: '192.0.2.3',
  userAgent: '[aws-sdk-java/2.31.0]',
  requestParameters: { bucketName: 'exports', key: 'a/b.pdf', Host: 'exports.s3.us-east-1.amazonaws.com' },
  responseElements: null,
  additionalEventData: { SignatureVersion: 'SigV4', AuthenticationMethod: 'AuthHeader', bytesTransferredIn: 7 },
  requestID: '3E57427F3EXAMPLE',
  eventID: 'b461aefe-7c3d-4056-a28b-3673d5a06dd9',
  readOnly: false,
  resources: [
    { type: 'AWS::S3::Object', ARN: 'arn:aws:s3:::exports/a/b.pdf' },
    { accountId: '111122223333', type: 'AWS::S3::Bucket', ARN: 'arn:aws:s3:::exports' },
  ],
  eventType: 'AwsApiCall',
  managementEvent: false,
  recipientAccountId: '111122223333',
  eventCategory: 'Data',
};

/** What `RECORD` says. */
export const TOLD: LoggedRequest = {
  source: 'data-event',
  at: Date.UTC(2025, 9, 28, 19, 3, 12),
  bucket: 'exports',
  operation: 'PutObject',
  requester: { is: 'principal', name: 'arn:aws:iam::111122223333:role/document-api', account: '111122223333' },
  via: 'api',
  isPresigned: false,
  acl: 'none-or-owner',
  aclRequired: false,
  address: '192.0.2.3',
  userAgent: 'aws-sdk-java/2.31.0',
};

export interface RecordCase {
  readonly case: string;
  readonly record: JsonObject;
  /** What is otherwise than in `TOLD`. */
  readonly says: { readonly [Name in keyof LoggedRequest]?: LoggedRequest[Name] | undefined };
}

const record = (changes: JsonObject): JsonObject => ({ ...RECORD, ...changes });
const withParameters = (more: JsonObject): JsonObject =>
  record({
    requestParameters: { bucketName: 'exports', key: 'a/b.pdf', ...more },
    additionalEventData: { AuthenticationMethod: 'AuthHeader', aclRequired: 'Yes' },
  });
const ALL_USERS = 'http://acs.amazonaws.com/groups/global/AllUsers';

export const ACL_RECORDS: readonly RecordCase[] = [
  { case: 'none (aws-facts §5.1)', record: RECORD, says: {} },
  {
    case: 'public',
    record: withParameters({ 'x-amz-acl': 'public-read' }),
    says: { acl: 'public', aclRequired: true },
  },
  {
    case: 'a list of one (§4.2)',
    record: withParameters({ 'x-amz-acl': ['public-read'] }),
    says: { acl: 'public', aclRequired: true },
  },
  {
    case: 'in other letters',
    record: withParameters({ 'X-Amz-Acl': 'authenticated-read' }),
    says: { acl: 'public', aclRequired: true },
  },
  { case: 'private', record: withParameters({ 'x-amz-acl': 'private' }), says: { acl: 'private', aclRequired: true } },
  {
    case: 'for another account',
    record: withParameters({ 'x-amz-acl': 'bucket-owner-read' }),
    says: { acl: 'not-public', aclRequired: true },
  },
  {
    case: 'for the owner of the bucket',
    record: record({ requestParameters: { bucketName: 'exports', 'x-amz-acl': 'bucket-owner-full-control' } }),
    says: {},
  },
  {
    case: 'a word that is none',
    record: withParameters({ 'x-amz-acl': 'whatever' }),
    says: { acl: 'not-told', aclRequired: true },
  },
  {
    case: 'an empty list',
    record: withParameters({ 'x-amz-acl': [{}] }),
    says: { acl: 'not-told', aclRequired: true },
  },
  {
    case: 'a grant to everyone',
    record: withParameters({ 'x-amz-grant-read': `uri="${ALL_USERS}"` }),
    says: { acl: 'public', aclRequired: true },
  },
  {
    case: 'a grant to one',
    record: withParameters({ 'x-amz-grant-full-control': `id="${'c'.repeat(64)}"` }),
    says: { acl: 'not-public', aclRequired: true },
  },
  {
    case: 'a document with one grant, which is an object (§4.2)',
    record: {
      ...withParameters({
        acl: [''],
        AccessControlPolicy: {
          AccessControlList: { Grant: { Grantee: { 'xsi:type': 'Group', URI: ALL_USERS }, Permission: 'READ' } },
        },
      }),
      eventName: 'PutObjectAcl',
    },
    says: { operation: 'PutObjectAcl', acl: 'public', aclRequired: true },
  },
  {
    case: 'a call that is nothing but an ACL, of which none is told',
    record: { ...withParameters({ acl: '' }), eventName: 'PutObjectAcl' },
    says: { operation: 'PutObjectAcl', acl: 'not-told', aclRequired: true },
  },
  {
    case: 'one was set, and its name is not there',
    record: withParameters({}),
    says: { acl: 'not-told', aclRequired: true },
  },
  {
    case: 'an ACL let another account in, and none was sent (§5.1)',
    record: {
      ...withParameters({}),
      userIdentity: { type: 'AWSAccount', principalId: 'AIDAEXAMPLE', accountId: '444455556666' },
    },
    says: { aclRequired: true, requester: { is: 'principal', name: 'AIDAEXAMPLE', account: '444455556666' } },
  },
  {
    case: 'parameters that were dropped (§4.3)',
    record: record({ requestParameters: null, additionalEventData: { aclRequired: 'Yes' } }),
    says: { acl: 'not-told', aclRequired: true },
  },
  {
    case: 'a record that tells nothing beside',
    record: record({ additionalEventData: null }),
    says: { aclRequired: undefined },
  },
  {
    case: 'a download carries none',
    record: { ...withParameters({}), eventName: 'GetObject' },
    says: { operation: 'GetObject', aclRequired: true },
  },
];

export const REQUESTER_RECORDS: readonly RecordCase[] = [
  {
    case: 'a user',
    record: record({
      userIdentity: {
        type: 'IAMUser',
        arn: 'arn:aws:iam::111122223333:user/ana',
        accountId: '111122223333',
        userName: 'ana',
      },
    }),
    says: { requester: { is: 'principal', name: 'arn:aws:iam::111122223333:user/ana', account: '111122223333' } },
  },
  {
    case: 'nobody who signed (aws-facts §4.4)',
    record: record({ userIdentity: { type: 'AWSAccount', principalId: '', accountId: 'anonymous' } }),
    says: { requester: { is: 'anonymous' } },
  },
  {
    case: 'a role of another account',
    record: record({
      userIdentity: { ...ROLE, arn: 'arn:aws:sts::444455556666:assumed-role/reader/s', accountId: '444455556666' },
    }),
    says: { requester: { is: 'principal', name: 'arn:aws:iam::444455556666:role/reader', account: '444455556666' } },
  },
  {
    case: 'somebody of another account (§4.4)',
    record: record({ userIdentity: { type: 'AWSAccount', principalId: 'AIDAEXAMPLE', accountId: '444455556666' } }),
    says: { requester: { is: 'principal', name: 'AIDAEXAMPLE', account: '444455556666' } },
  },
  {
    case: 'a role of another account, of which the bucket’s owner is told no ARN: its sessions are one caller',
    record: record({
      userIdentity: { type: 'AWSAccount', principalId: 'AROAEXAMPLE:session-17', accountId: '444455556666' },
    }),
    says: { requester: { is: 'principal', name: 'AROAEXAMPLE', account: '444455556666' } },
  },
  {
    case: 'a service',
    record: record({ userIdentity: { type: 'AWSService', invokedBy: 'cloudtrail.amazonaws.com' } }),
    says: { requester: { is: 'service', name: 'cloudtrail.amazonaws.com' } },
  },
  {
    case: 'a service in the name of a role is the role',
    record: record({ userIdentity: { ...ROLE, invokedBy: 'athena.amazonaws.com' } }),
    says: {},
  },
  {
    case: 'an origin access identity',
    record: record({
      userIdentity: {
        type: 'AWSAccount',
        principalId: 'x',
        arn: 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2EXAMPLEID',
        accountId: 'cloudfront',
      },
    }),
    says: { requester: { is: 'origin-access-identity', name: 'E2EXAMPLEID' } },
  },
  { case: 'nothing of anybody', record: record({ userIdentity: {} }), says: { requester: { is: 'unknown' } } },
];

const REFUSED = 'is not authorized to perform: s3:PutObject on resource:';
const BLOCKED = 'because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access';

export const OTHER_RECORDS: readonly RecordCase[] = [
  {
    case: 'refused by BlockPublicAcls: who and which object are left out (aws-facts §1.1)',
    record: {
      ...withParameters({ 'x-amz-acl': 'public-read' }),
      errorCode: 'AccessDenied',
      errorMessage: `User: arn:aws:sts::111122223333:assumed-role/document-api/i-0abc ${REFUSED} "arn:aws:s3:::exports/a b.pdf" ${BLOCKED}`,
    },
    says: {
      acl: 'public',
      aclRequired: true,
      error: { code: 'AccessDenied', says: `User: … ${REFUSED} "…" ${BLOCKED}` },
    },
  },
  {
    case: 'refused with no reason',
    record: record({ errorCode: 'AccessDenied', errorMessage: 'Access Denied' }),
    says: { error: { code: 'AccessDenied', says: 'Access Denied' } },
  },
  {
    case: 'another ARN in the text',
    record: record({ errorCode: 'X', errorMessage: 'Policy arn:aws:s3:::b/k, denied' }),
    says: { error: { code: 'X', says: 'Policy … denied' } },
  },
  { case: 'a code alone', record: record({ errorCode: 'NoSuchKey' }), says: { error: { code: 'NoSuchKey' } } },
  {
    case: 'signed in the address',
    record: record({ additionalEventData: { AuthenticationMethod: 'QueryString' } }),
    says: { isPresigned: true },
  },
  {
    case: 'through the website endpoint',
    record: record({
      eventName: 'GetObject',
      requestParameters: { bucketName: 'exports', Host: 'exports.s3-website-us-east-1.amazonaws.com' },
    }),
    says: { operation: 'GetObject', via: 'website' },
  },
  {
    case: 'the host as a list (§4.2)',
    record: record({
      eventName: 'GetObject',
      requestParameters: { bucketName: 'exports', host: ['exports.s3-website.eu-central-1.amazonaws.com'] },
    }),
    says: { operation: 'GetObject', via: 'website' },
  },
  {
    case: 'through an access point: the bucket stands among the resources',
    record: record({ requestParameters: { bucketName: 'arn:aws:s3:us-east-1:111122223333:accesspoint/ap' } }),
    says: {},
  },
  { case: 'no bucket in the parameters', record: record({ requestParameters: null }), says: {} },
  {
    case: 'no user agent, and an address that is a service',
    record: record({ userAgent: '[]', sourceIPAddress: 'AWS Internal' }),
    says: { userAgent: undefined, address: 'AWS Internal' },
  },
];

export const NO_REQUESTS: readonly { readonly case: string; readonly record: JsonObject }[] = [
  {
    case: 'a management event',
    record: record({ eventName: 'PutBucketAcl', managementEvent: true, eventCategory: 'Management' }),
  },
  { case: 'of another service', record: record({ eventSource: 'dynamodb.amazonaws.com' }) },
  { case: 'refused by a VPC endpoint, before it came to S3', record: record({ eventCategory: 'NetworkActivity' }) },
  {
    case: 'neither, by a name of a management event',
    record: { ...RECORD, eventName: 'GetBucketAcl', managementEvent: true, eventCategory: 'Management' },
  },
];

export const UNREADABLE: readonly { readonly case: string; readonly record: JsonObject; readonly problem: string }[] = [
  {
    case: 'no time',
    record: record({ eventTime: 'yesterday' }),
    problem: 'a CloudTrail record cannot be read: its eventTime is no time',
  },
  {
    case: 'a format to come',
    record: record({ eventVersion: '2.0' }),
    problem: 'a CloudTrail record cannot be read: its format 2.0 is unknown; update Plumbline',
  },
  {
    case: 'no bucket anywhere',
    record: record({ requestParameters: null, resources: [] }),
    problem: 'a CloudTrail record cannot be read: it names no bucket',
  },
];
