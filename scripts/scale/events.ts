import { digestOf } from '#core/digest.ts';
import { ACCOUNT, REGION } from './buckets.ts';

/** A CloudTrail record as EventBridge brings it. */
export function eventOf(eventName: string, requestParameters: object, now: Date): object {
  const id = digestOf(`${eventName} ${now.toISOString()} ${JSON.stringify(requestParameters)}`).slice(0, 36);
  return {
    version: '0',
    id,
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.s3',
    account: ACCOUNT,
    region: REGION,
    time: now.toISOString(),
    detail: {
      eventVersion: '1.11',
      eventID: id,
      eventName,
      eventSource: 's3.amazonaws.com',
      eventTime: now.toISOString(),
      awsRegion: REGION,
      recipientAccountId: ACCOUNT,
      userAgent: 'aws-cli/2.31',
      sourceIPAddress: '203.0.113.7',
      userIdentity: {
        type: 'AssumedRole',
        principalId: 'AROAEXAMPLE:alice',
        arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Admin/alice`,
        accountId: ACCOUNT,
        accessKeyId: 'ASIAEXAMPLE',
        sessionContext: { sessionIssuer: { userName: 'Admin' } },
      },
      requestParameters,
    },
  };
}
