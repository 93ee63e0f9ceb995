import type { Json, JsonObject } from '#core/json.ts';
import { ACCOUNT } from './builders.ts';

/** A CloudTrail record of today's format, and what differs; a member that is `undefined` is left out. */
export function recordOf(name: string, more: Readonly<Record<string, Json | undefined>> = {}): JsonObject {
  const record: Record<string, Json | undefined> = {
    eventVersion: '1.11',
    userIdentity: {
      type: 'AssumedRole',
      principalId: 'AROAEXAMPLE:ana@example.com',
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/platform/ana@example.com`,
      accountId: ACCOUNT,
      accessKeyId: 'ASIAEXAMPLE',
      sessionContext: { sessionIssuer: { type: 'Role', userName: 'platform' } },
    },
    eventTime: '2026-03-02T08:00:00Z',
    eventSource: name.includes('IPSet') ? 'wafv2.amazonaws.com' : 's3.amazonaws.com',
    eventName: name,
    awsRegion: 'eu-west-1',
    sourceIPAddress: '203.0.113.9',
    userAgent: 'aws-cli/2.30.0',
    requestParameters: null,
    responseElements: null,
    eventID: `${name}-1`,
    recipientAccountId: ACCOUNT,
    ...more,
  };
  return Object.fromEntries(Object.entries(record).filter((entry): entry is [string, Json] => entry[1] !== undefined));
}

/** As EventBridge brings it. */
export function messageOf(detail: Json, more: JsonObject = {}): JsonObject {
  return {
    version: '0',
    id: 'envelope-1',
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.s3',
    account: ACCOUNT,
    time: '2026-03-02T08:00:05Z',
    region: 'eu-west-1',
    resources: [],
    detail,
    ...more,
  };
}
