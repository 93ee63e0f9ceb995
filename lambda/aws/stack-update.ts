import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { AwsReads } from '#kinds/kind.ts';

export interface StackQuestion {
  readonly stack: string;
  readonly region: string;
  readonly now: Date;
}

/**
 * Until when a deployment of the stack may have changed something: now, while one runs; else when the last one began. Undefined where that
 * cannot be told, which is no "never".
 */
export async function stackUpdatedAt(
  aws: Pick<AwsReads, 'call'>,
  { stack, region, now }: StackQuestion,
): Promise<string | undefined> {
  try {
    const { Stacks: [found] = [] } = await aws.call({
      client: CloudFormationClient,
      region,
      send: (cloudFormation) => cloudFormation.send(new DescribeStacksCommand({ StackName: stack })),
    });
    if (found?.StackStatus?.endsWith('_IN_PROGRESS') === true) return now.toISOString();
    return (found?.LastUpdatedTime ?? found?.CreationTime)?.toISOString();
  } catch {
    return undefined;
  }
}
