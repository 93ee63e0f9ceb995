import { CloudFormationClient, DescribeChangeSetCommand } from '@aws-sdk/client-cloudformation';
import { PlumblineError } from '#core/errors.ts';
import type { ResourceChange, StackPlace } from '#core/planned/change-set.ts';
import type { AwsReads } from '#kinds/kind.ts';
import { AwsFailure } from './failure.ts';

/** A change set by its ARN, with whose it is and where. */
export interface ChangeSetName extends StackPlace {
  readonly arn: string;
}

const ARN = /^arn:[a-z-]+:cloudformation:([a-z0-9-]+):(\d{12}):changeSet\/[^/\s]+\/[^/\s]+$/;

/** Reads the ARN of a change set; the account and the region stand in it. Throws ARGUMENT_INVALID. */
export function parseChangeSet(text: string): ChangeSetName {
  const [, region, account] = ARN.exec(text) ?? [];
  if (region !== undefined && account !== undefined) return { arn: text, region, account };
  throw new PlumblineError(
    'ARGUMENT_INVALID',
    `--change-set ${text}: this is no change set: give its ARN, which "aws cloudformation list-change-sets --stack-name STACK" names`,
  );
}

/**
 * Every resource change of a change set, with its property values as far as AWS tells them; all pages.
 * Throws INPUT_INVALID for one that failed or is not made yet, and AWS_REFUSED.
 */
export async function describeChangeSet(
  aws: Pick<AwsReads, 'call'>,
  { arn, region }: ChangeSetName,
): Promise<readonly ResourceChange[]> {
  const found: ResourceChange[] = [];
  const seen = new Set<string>();
  let token: string | undefined;
  do {
    const page = await asked(aws, { arn, region, token });
    refuseUnfinished(arn, page);
    found.push(...(page.Changes ?? []).flatMap(({ ResourceChange: one }) => one ?? []));
    if (token !== undefined) seen.add(token);
    token = page.NextToken;
  } while (token !== undefined && token !== '' && !seen.has(token));
  return found;
}

async function asked(
  aws: Pick<AwsReads, 'call'>,
  { arn, region, token }: Pick<ChangeSetName, 'arn' | 'region'> & { readonly token: string | undefined },
) {
  const input = {
    ChangeSetName: arn,
    IncludePropertyValues: true,
    ...(token === undefined ? {} : { NextToken: token }),
  };
  try {
    return await aws.call({
      client: CloudFormationClient,
      region,
      send: (cloudFormation) => cloudFormation.send(new DescribeChangeSetCommand(input)),
    });
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error;
    throw new PlumblineError(
      'AWS_REFUSED',
      `could not read the change set ${arn} (${error.code}): check that it is there, and that you are allowed cloudformation:DescribeChangeSet`,
      { cause: error },
    );
  }
}

interface ChangeSetState {
  readonly Status?: string | undefined;
  readonly StatusReason?: string | undefined;
}

/** One without any change has failed, for CloudFormation; for whoever asks it moves nothing. */
const NO_CHANGES = /didn't contain changes|No updates are to be performed/;

function refuseUnfinished(arn: string, { Status, StatusReason = '' }: ChangeSetState): void {
  if (Status === 'CREATE_COMPLETE' || (Status === 'FAILED' && NO_CHANGES.test(StatusReason))) return;
  throw new PlumblineError(
    'INPUT_INVALID',
    Status === 'FAILED'
      ? `the change set ${arn} failed, so it sets nothing: ${StatusReason === '' ? 'AWS does not say why' : StatusReason}`
      : `the change set ${arn} is not made yet (${Status ?? 'no status'}): ask again when it is CREATE_COMPLETE`,
  );
}
