import { DescribeEffectivePolicyCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { isJsonObject, objectOf, sortedSet, type Json, type JsonObject } from '#core/json.ts';
import { parsePolicy } from '#core/policy.ts';
import { flatMapReading, mapReading } from '#core/reading.ts';
import type { KindReader } from '../kind.ts';
import { s3OrganizationPolicy } from './declaration.ts';

export const reader: KindReader = {
  /** There is one in every account, whether a policy applies or not: nothing is asked. */
  async *list({ aws }) {
    yield [{ ref: { account: aws.account, region: 'global', kind: s3OrganizationPolicy.id, id: 'account' }, hint: {} }];
  },

  /** Any account of an organisation may ask what applies to itself (aws-facts §1.3); no target is named, so none can be the wrong one. */
  async read({ found: { ref }, aws }) {
    const answer = await aws.read(s3OrganizationPolicy.reads.effectivePolicy, {
      client: OrganizationsClient,
      region: ref.region,
      send: (client) => client.send(new DescribeEffectivePolicyCommand({ PolicyType: 'S3_POLICY' })),
    });
    const policy = mapReading(answer, ({ EffectivePolicy }) => ({
      text: EffectivePolicy?.PolicyContent ?? '',
      lastUpdated: EffectivePolicy?.LastUpdatedTimestamp,
    }));
    const { text, lastUpdated } = policy.status === 'present' ? policy.value : {};
    return {
      seen: 'state',
      state: {
        ref,
        shape: s3OrganizationPolicy.shape,
        takenAt: aws.now().toISOString(),
        watched: {
          effectivePolicy: flatMapReading(policy, (one) => mapReading(parsePolicy(one.text), settingsOf)),
        },
        carried: {
          ...(text === undefined ? {} : { policyText: text }),
          ...(lastUpdated instanceof Date ? { lastUpdated: lastUpdated.toISOString() } : {}),
        },
      },
    };
  },
};

/** The attribute by which a policy sets the account's block (aws-facts §1.8). */
const BLOCK = 'public_access_block_configuration';

/** What is known by its own name; everything else as AWS has it, under `others`. */
function settingsOf(document: JsonObject): JsonObject {
  const { s3_attributes: attributes, ...more } = document;
  const { [BLOCK]: block, ...unknown } = isJsonObject(attributes) ? attributes : {};
  const rest: readonly (readonly [string, Json])[] = [
    ...Object.entries(more),
    ...(isJsonObject(attributes) || attributes === undefined ? [] : [['s3_attributes', attributes] as const]),
    ...(Object.keys(unknown).length > 0 ? [['s3_attributes', objectOf(Object.entries(unknown))] as const] : []),
  ];
  return {
    ...(block === undefined ? {} : { publicAccessBlock: plain(block) }),
    ...(rest.length > 0 ? { others: plain(objectOf(rest)) } : {}),
  };
}

/** The operator by which a policy sets a value. An effective policy shows the value alone, by AWS's examples of other types. */
const ASSIGN = '@@assign';

/** A value without the operator that set it; lists are sets, since their order comes of how policies were merged. */
function plain(value: Json): Json {
  if (Array.isArray(value)) return sortedSet((value as readonly Json[]).map(plain));
  if (!isJsonObject(value)) return value;
  const assigned = value[ASSIGN];
  if (assigned !== undefined) return plain(assigned);
  return objectOf(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}
