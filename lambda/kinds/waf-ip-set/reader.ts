import { GetIPSetCommand, ListIPSetsCommand, WAFV2Client } from '@aws-sdk/client-wafv2';
import { canonicalAddressSet } from '#core/addresses.ts';
import { mapReading } from '#core/reading.ts';
import type { Observation } from '#core/state.ts';
import type { AwsReads, Found, KindReader } from '../kind.ts';
import { listWaf, readByName, wafScopeOf, type FoundById } from '../waf.ts';
import { wafIpSet } from './declaration.ts';

export const reader: KindReader = {
  list: ({ region, aws }) => listSets(region, aws),

  read: ({ found, aws }) =>
    readByName(found, {
      list: () => listSets(found.ref.region, aws),
      read: (one) => readSet(one, aws),
      now: aws.now,
    }),
};

async function readSet({ ref, hint, id }: FoundById, aws: AwsReads): Promise<Observation> {
  const answer = await aws.read(wafIpSet.reads.ipSet, {
    client: WAFV2Client,
    region: ref.region,
    send: (waf) => waf.send(new GetIPSetCommand({ Name: ref.id, Scope: wafScopeOf(ref.region), Id: id })),
  });
  const takenAt = aws.now().toISOString();
  if (answer.status === 'unreadable' && (wafIpSet.goneWhen as readonly string[]).includes(answer.code)) {
    return { seen: 'gone', ref, takenAt, code: answer.code };
  }
  const set = mapReading(answer, ({ IPSet }) => IPSet);
  const { Id, ARN, Description } = (answer.status === 'present' ? answer.value.IPSet : undefined) ?? {};
  return {
    seen: 'state',
    state: {
      ref,
      shape: wafIpSet.shape,
      takenAt,
      watched: {
        addresses: mapReading(set, (value) => canonicalAddressSet(value?.Addresses ?? [])),
        addressVersion: mapReading(set, (value) => value?.IPAddressVersion ?? 'unknown'),
      },
      carried: {
        id: Id ?? id,
        arn: ARN ?? hint['arn'] ?? '',
        description: Description ?? '',
        lockToken: (answer.status === 'present' ? answer.value.LockToken : undefined) ?? hint['lockToken'] ?? '',
      },
    },
  };
}

function listSets(region: string, aws: AwsReads): AsyncIterable<readonly Found[]> {
  return listWaf({
    kind: wafIpSet.id,
    region,
    aws,
    send: async (waf, input) => {
      const { IPSets, NextMarker } = await waf.send(new ListIPSetsCommand(input));
      return { items: IPSets, marker: NextMarker };
    },
  });
}
