import { DescribeRegionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { PlumblineError } from '#core/errors.ts';
import type { AwsReads } from '#kinds/kind.ts';
import { failureOf } from './failure.ts';

/** The regions that are enabled in the account. Throws AWS_REFUSED with what to allow to whom. */
export async function enabledRegions(reads: AwsReads, caller: string): Promise<readonly string[]> {
  try {
    const { Regions = [] } = await reads.call({
      client: EC2Client,
      region: 'global',
      send: (ec2) => ec2.send(new DescribeRegionsCommand({})),
    });
    return Regions.flatMap(({ RegionName }) => (RegionName === undefined ? [] : [RegionName])).sort();
  } catch (error) {
    const { code } = failureOf(error);
    throw new PlumblineError(
      'AWS_REFUSED',
      `could not ask which regions are enabled in account ${reads.account} (${code}): allow ec2:DescribeRegions to ${caller}, or name the regions with --region`,
      { cause: error },
    );
  }
}
