import type { JsonObject } from '#core/json.ts';
import { TIMES, TOOL } from './incident.ts';
import { ACCOUNT, addressesOfLists, otherRecordings } from './recording.ts';

/** A management event of the incident, as CloudTrail records it (aws-facts §4.2–4.4). */
export interface ManagementEvent extends JsonObject {
  readonly eventTime: string;
  readonly recipientAccountId: string;
}

const REGION = 'us-east-1';
const ALL = { RestrictPublicBuckets: true, BlockPublicPolicy: true, BlockPublicAcls: true, IgnorePublicAcls: true };
const TOOL_AGENT = 'Boto3/1.40.55 md/Botocore#1.40.55 lang/python#3.13.7 exec-env/AWS_Lambda_python3.13';

/** All calls that changed something, the oldest first: the tool's in three accounts, and the rollback in each. */
export function managementEvents(): readonly ManagementEvent[] {
  const accounts = [ACCOUNT, ...otherRecordings.map(({ before }) => before.account)];
  const lists = ['alb-deny-list', 'cloudfront-deny-list'].map((name, index) => updateOf(name, index));
  const blocks = accounts.map((account, index) => blockSet(account, later(TIMES.changed, index * 2)));
  const rollbacks = accounts.map((account, index) => blockDeleted(account, later(TIMES.rolledBack, index * 9)));
  return [...lists, ...blocks, ...rollbacks];
}

function updateOf(name: string, index: number): ManagementEvent {
  const isGlobal = name.startsWith('cloudfront');
  return {
    ...byTool(ACCOUNT, later(TIMES.listsChanged, index * 3)),
    eventSource: 'wafv2.amazonaws.com',
    eventName: 'UpdateIPSet',
    apiVersion: '2019-04-23',
    requestParameters: {
      name,
      scope: isGlobal ? 'CLOUDFRONT' : 'REGIONAL',
      id: `set-${name}`,
      description: 'Managed by Security Command Center',
      addresses: [...addressesOfLists[name === 'alb-deny-list' ? 'regional' : 'global']],
      lockToken: isGlobal ? 'c-1' : 'a-1',
    },
    responseElements: { nextLockToken: isGlobal ? 'c-2' : 'a-2' },
    eventID: `a1b2c3d4-0001-4000-8000-00000000000${index}`,
  };
}

function blockSet(account: string, at: string): ManagementEvent {
  return {
    ...byTool(account, at),
    eventSource: 's3.amazonaws.com',
    eventName: 'PutAccountPublicAccessBlock',
    requestParameters: {
      PublicAccessBlockConfiguration: { xmlns: 'http://awss3control.amazonaws.com/doc/2018-08-20/', ...ALL },
      host: [`${account}.s3-control.${REGION}.amazonaws.com`],
    },
    responseElements: null,
    eventID: `a1b2c3d4-0002-4000-8000-${account}`,
  };
}

function blockDeleted(account: string, at: string): ManagementEvent {
  const user = 'platform-engineer';
  return {
    ...common(account, at),
    userIdentity: {
      type: 'IAMUser',
      principalId: 'AIDAEXAMPLEENGINEER',
      arn: `arn:aws:iam::${account}:user/${user}`,
      accountId: account,
      accessKeyId: `AKIAEXAMPLE${account.slice(0, 6)}`,
      userName: user,
    },
    sourceIPAddress: '192.0.2.99',
    userAgent: 'aws-cli/2.31.13 md/command#s3control.delete-public-access-block',
    eventSource: 's3.amazonaws.com',
    eventName: 'DeleteAccountPublicAccessBlock',
    requestParameters: { host: [`${account}.s3-control.${REGION}.amazonaws.com`] },
    responseElements: null,
    eventID: `a1b2c3d4-0003-4000-8000-${account}`,
  };
}

function byTool(account: string, at: string): ManagementEvent {
  const { role, session, address } = TOOL;
  return {
    ...common(account, at),
    userIdentity: {
      type: 'AssumedRole',
      principalId: `AROAEXAMPLE${account.slice(0, 6)}:${session}`,
      arn: `arn:aws:sts::${account}:assumed-role/${role}/${session}`,
      accountId: account,
      // A session of one role in another account has a key of its own.
      accessKeyId: `ASIAEXAMPLE${account.slice(0, 6)}`,
      sessionContext: {
        sessionIssuer: {
          type: 'Role',
          principalId: `AROAEXAMPLE${account.slice(0, 6)}`,
          arn: `arn:aws:iam::${account}:role/${role}`,
          accountId: account,
          userName: role,
        },
        attributes: { creationDate: '2025-10-28T18:44:31Z', mfaAuthenticated: 'false' },
      },
    },
    sourceIPAddress: address,
    userAgent: TOOL_AGENT,
  };
}

function common(account: string, at: string): ManagementEvent {
  return {
    eventVersion: '1.11',
    eventTime: at.replace(/\.\d+Z$/, 'Z'),
    awsRegion: REGION,
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    eventCategory: 'Management',
    recipientAccountId: account,
  };
}

function later(time: string, seconds: number): string {
  return new Date(Date.parse(time) + seconds * 1000).toISOString();
}
