import { Refused, type Answer, type Call, type Service } from '../request.ts';
import type { World } from '../world.ts';

export type Input = Record<string, unknown>;

/** Tags of the region's buckets; like AWS, only of those that have any. */
export function tagging(world: () => World): Service {
  return jsonService('ResourceGroupsTaggingAPI_20170126', (_operation, input, call) => {
    const tagged = Object.entries(world().buckets)
      .filter(([, bucket]) => bucket.region === call.region && bucket.tags !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const start = Number(input['PaginationToken'] || 0);
    const most = Number(input['ResourcesPerPage'] ?? 50);
    return {
      PaginationToken: start + most < tagged.length ? String(start + most) : '',
      ResourceTagMappingList: tagged.slice(start, start + most).map(([name, { tags = {} }]) => ({
        ResourceARN: `arn:aws:s3:::${name}`,
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      })),
    };
  });
}

/** What applies to an account of an organisation, as it reads it itself; without a policy, as to one of no organisation's S3 policy (aws-facts §1.3). */
export function organizations(world: () => World): Service {
  return jsonService('AWSOrganizationsV20161128', (operation, input) => {
    const { account, organizationPolicy } = world();
    if (operation !== 'DescribeEffectivePolicy' || input['PolicyType'] !== 'S3_POLICY')
      throw new Refused('InvalidInputException', 400, 'You specified an invalid value.');
    if (organizationPolicy === undefined)
      throw new Refused('EffectivePolicyNotFoundException', 400, 'The effective policy was not found.');
    return {
      EffectivePolicy: {
        PolicyContent: JSON.stringify({ s3_attributes: { public_access_block_configuration: organizationPolicy } }),
        LastUpdatedTimestamp: 1_767_225_600,
        TargetId: account,
        PolicyType: 'S3_POLICY',
      },
    };
  });
}

export function jsonService(prefix: string, content: (operation: string, input: Input, call: Call) => Input): Service {
  const operationOf = (call: Call): string => String(call.headers['x-amz-target'] ?? '').replace(`${prefix}.`, '');
  const headers = { 'content-type': 'application/x-amz-json-1.1' };
  const inputOf = (call: Call): Input => JSON.parse(call.body || '{}') as Input;
  return {
    nameOf: (call) => {
      const { Name, Scope } = inputOf(call);
      return {
        operation: operationOf(call),
        of: [Name, Scope, call.region].find((text) => typeof text === 'string') ?? '',
      };
    },
    answer: (call): Answer => ({
      status: 200,
      headers,
      body: JSON.stringify(content(operationOf(call), inputOf(call), call)),
    }),
    refuse: ({ code, status, message }: Refused): Answer => ({
      status,
      headers: { ...headers, 'x-amzn-errortype': code },
      body: JSON.stringify({ __type: code, message }),
    }),
  };
}
