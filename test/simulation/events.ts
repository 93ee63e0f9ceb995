import { recordOf, messageOf } from '../records.ts';
import type { JsonObject } from '#core/json.ts';
import { addressesOf, blockOf, kindOf, nameOf, policyOf } from './world.ts';

/** One call, as CloudTrail tells of it. */
export interface CallMade {
  readonly id: string;
  readonly at: number;
  readonly by: string;
  readonly resource: string;
  readonly setting: string;
  readonly value: string;
  /** AWS's id of an IP set. */
  readonly awsId: string;
  /** Its parameters passed 100 KB and were dropped. */
  readonly isCut: boolean;
  /** The call failed with this: nothing changed. */
  readonly error?: string | undefined;
}

/** The event of a call as EventBridge brings it. */
export function eventOf(call: CallMade): JsonObject {
  const { at, by, id, isCut, error } = call;
  const record = recordOf(nameOfCall(call), {
    eventID: id,
    // CloudTrail counts whole seconds (aws-facts §4.3).
    eventTime: `${new Date(at).toISOString().slice(0, 19)}Z`,
    awsRegion: 'us-east-1',
    userIdentity: {
      type: 'AssumedRole',
      principalId: `AROAEXAMPLE:${by}`,
      arn: `arn:aws:sts::111122223333:assumed-role/platform/${by}`,
      accountId: '111122223333',
      accessKeyId: `ASIA${by.toUpperCase()}`,
      sessionContext: { sessionIssuer: { type: 'Role', userName: 'platform' } },
    },
    requestParameters: isCut ? null : parametersOf(call),
    ...(error === undefined ? {} : { errorCode: error }),
  });
  return messageOf(record);
}

function nameOfCall({ resource, setting, value }: CallMade): string {
  const isRemoved = value === 'none';
  const kind = kindOf(resource);
  if (kind === 's3-account-block') return `${isRemoved ? 'Delete' : 'Put'}AccountPublicAccessBlock`;
  if (kind === 'waf-ip-set') return setting === 'exists' ? `${isRemoved ? 'Delete' : 'Create'}IPSet` : 'UpdateIPSet';
  switch (setting) {
    case 'exists':
      return `${isRemoved ? 'Delete' : 'Create'}Bucket`;
    case 'block':
      return `${isRemoved ? 'Delete' : 'Put'}BucketPublicAccessBlock`;
    case 'policy':
      return `${isRemoved ? 'Delete' : 'Put'}BucketPolicy`;
    default:
      return 'PutBucketAcl';
  }
}

function parametersOf({ resource, setting, value, awsId }: CallMade): JsonObject {
  const name = nameOf(resource);
  const block = setting === 'block' ? blockOf(value) : undefined;
  const set = block === undefined ? {} : { PublicAccessBlockConfiguration: { ...block } };
  switch (kindOf(resource)) {
    case 's3-account-block':
      return set;
    case 'waf-ip-set':
      return {
        name,
        scope: 'REGIONAL',
        ...(value === 'yes' ? {} : { id: awsId }),
        ...(setting === 'addresses' ? { addresses: addressesOf(value) } : {}),
      };
    default: {
      const policy = setting === 'policy' ? policyOf(value, name) : undefined;
      return {
        bucketName: name,
        ...set,
        ...(policy === undefined ? {} : { bucketPolicy: JSON.parse(policy) as JsonObject }),
      };
    }
  }
}
