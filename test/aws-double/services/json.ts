import { Refused, type Answer, type Call, type Service } from '../request.ts';
import type { IpSet, World } from '../world.ts';

export type Input = Record<string, unknown>;

/** WAF: sets by scope and region; CLOUDFRONT scope only in us-east-1 (aws-facts §6). */
export function wafv2(world: () => World): Service {
  return jsonService('AWSWAF_20190729', (operation, input, call) => {
    const scope = String(input['Scope']);
    if (scope === 'CLOUDFRONT' && call.region !== 'us-east-1') throw new Refused('WAFInvalidParameterException', 400);
    const sets = world().ipSets[`${scope}/${call.region}`] ?? [];
    return operation === 'ListIPSets'
      ? listSets(sets, input)
      : getSet(sets, input, { ...call, account: world().account });
  });
}

function listSets(sets: readonly IpSet[], input: Input): Input {
  const start = Number(input['NextMarker'] ?? 0);
  const most = Number(input['Limit'] ?? 100);
  return {
    IPSets: sets
      .slice(start, start + most)
      .map(({ name, id, lockToken }) => ({ Name: name, Id: id, LockToken: lockToken })),
    ...(start + most < sets.length ? { NextMarker: String(start + most) } : {}),
  };
}

function getSet(sets: readonly IpSet[], input: Input, { region, account }: Call & { account: string }): Input {
  const set = sets.find(({ id, name }) => id === input['Id'] && name === input['Name']);
  if (!set)
    throw new Refused(
      'WAFNonexistentItemException',
      400,
      'AWS WAF couldn’t perform the operation because your resource doesn’t exist.',
    );
  return {
    LockToken: set.lockToken,
    IPSet: {
      Name: set.name,
      Id: set.id,
      ARN: `arn:aws:wafv2:${region}:${account}:ipset/${set.name}/${set.id}`,
      Description: set.description ?? '',
      IPAddressVersion: set.version,
      Addresses: set.addresses,
    },
  };
}

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
