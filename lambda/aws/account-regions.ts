import { AccountClient, ListRegionsCommand, type RegionOptStatus } from '@aws-sdk/client-account';
import type { AwsReads } from '#kinds/kind.ts';

const ENABLED: RegionOptStatus[] = ['ENABLED', 'ENABLED_BY_DEFAULT'];

/** The regions that are enabled, for the functions: the EC2 client, which the command line asks, would double their code. */
export async function listEnabledRegions(aws: AwsReads): Promise<readonly string[]> {
  const regions: string[] = [];
  let token: string | undefined;
  do {
    const more = token === undefined ? {} : { NextToken: token };
    const page = await aws.call({
      client: AccountClient,
      region: 'global',
      send: (client) =>
        client.send(new ListRegionsCommand({ RegionOptStatusContains: ENABLED, MaxResults: 50, ...more })),
    });
    for (const { RegionName } of page.Regions ?? []) if (RegionName !== undefined) regions.push(RegionName);
    token = page.NextToken;
  } while (token !== undefined && token !== '');
  return regions.sort();
}
