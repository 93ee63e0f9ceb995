import { GetIPSetCommand, ListIPSetsCommand, WAFV2Client } from '@aws-sdk/client-wafv2';
import { canonicalAddressSet } from '#core/addresses.ts';
import { textOf } from '#core/json.ts';
import { mapReading } from '#core/reading.ts';
import type { KindReader } from '../kind.ts';
import { wafIpSet } from './declaration.ts';

/** Sets a page; 100 is the most that ListIPSets takes (aws-facts §6). */
const PAGE = 100;

/** The `global` region holds the sets of CLOUDFRONT scope. */
const scopeOf = (region: string) => (region === 'global' ? ('CLOUDFRONT' as const) : ('REGIONAL' as const));

export const reader: KindReader = {
  async *list({ region, aws }) {
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
  },

  async read({ found: { ref, hint }, aws }) {
    const answer = await aws.read(wafIpSet.reads.ipSet, {
      client: WAFV2Client,
      region: ref.region,
      send: (waf) =>
        waf.send(new GetIPSetCommand({ Name: ref.id, Scope: scopeOf(ref.region), Id: textOf(hint['id']) ?? '' })),
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
          id: Id ?? hint['id'] ?? '',
          arn: ARN ?? '',
          description: Description ?? '',
          lockToken: (answer.status === 'present' ? answer.value.LockToken : undefined) ?? hint['lockToken'] ?? '',
        },
      },
    };
  },
};
