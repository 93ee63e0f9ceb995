import { GetIPSetCommand, ListIPSetsCommand, WAFV2Client } from '@aws-sdk/client-wafv2';
import { canonicalAddressSet } from '#core/addresses.ts';
import { textOf } from '#core/json.ts';
import { mapReading } from '#core/reading.ts';
import type { ResourceRef } from '#core/reference.ts';
import type { Observation } from '#core/state.ts';
import type { AwsReads, Found, KindReader } from '../kind.ts';
import { wafIpSet } from './declaration.ts';

/** Sets a page; 100 is the most that ListIPSets takes (aws-facts §6). */
const PAGE = 100;

/** The `global` region holds the sets of CLOUDFRONT scope. */
const scopeOf = (region: string) => (region === 'global' ? ('CLOUDFRONT' as const) : ('REGIONAL' as const));

export const reader: KindReader = {
  list: ({ region, aws }) => listSets(region, aws),

  /** The reference is the name; an id that is known of it may be that of a set which is gone, and whose name was taken again. */
  async read({ found: { ref, hint }, aws }) {
    const known = textOf(hint['id']);
    const seen = known === undefined ? undefined : await readSet({ ref, hint, id: known }, aws);
    if (seen !== undefined && seen.seen !== 'gone') return seen;
    const id = await idOf(ref, aws);
    if (id !== undefined && id !== known) return readSet({ ref, hint, id }, aws);
    return seen ?? { seen: 'gone', ref, takenAt: aws.now().toISOString(), code: 'NotListed' };
  },
};

interface FoundSet extends Found {
  readonly id: string;
}

async function readSet({ ref, hint, id }: FoundSet, aws: AwsReads): Promise<Observation> {
  const answer = await aws.read(wafIpSet.reads.ipSet, {
    client: WAFV2Client,
    region: ref.region,
    send: (waf) => waf.send(new GetIPSetCommand({ Name: ref.id, Scope: scopeOf(ref.region), Id: id })),
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
        arn: ARN ?? '',
        description: Description ?? '',
        lockToken: (answer.status === 'present' ? answer.value.LockToken : undefined) ?? hint['lockToken'] ?? '',
      },
    },
  };
}

async function* listSets(region: string, aws: AwsReads): AsyncIterable<readonly Found[]> {
  const seen = new Set<string>();
  let marker: string | undefined;
  do {
    const input = { Scope: scopeOf(region), Limit: PAGE, ...(marker === undefined ? {} : { NextMarker: marker }) };
    const page = await aws.call({
      client: WAFV2Client,
      region,
      send: (waf) => waf.send(new ListIPSetsCommand(input)),
    });
    yield (page.IPSets ?? []).flatMap(({ Name, Id, LockToken }) =>
      Name === undefined || Id === undefined
        ? []
        : [
            {
              ref: { account: aws.account, region, kind: wafIpSet.id, id: Name },
              hint: { id: Id, lockToken: LockToken ?? '' },
            },
          ],
    );
    if (marker !== undefined) seen.add(marker);
    marker = page.NextMarker;
    // Whether the last page may carry a marker too is unsettled (aws-facts §6): an empty page or a marker come back ends it.
  } while (marker !== undefined && marker !== '' && !seen.has(marker));
}

/** AWS's id of a set whose name alone is known; undefined: no set of the region bears the name. */
async function idOf(ref: ResourceRef, aws: AwsReads): Promise<string | undefined> {
  for await (const page of listSets(ref.region, aws)) {
    const found = page.find((one) => one.ref.id === ref.id);
    if (found !== undefined) return textOf(found.hint['id']);
  }
  return undefined;
}
