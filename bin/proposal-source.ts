import type { Command } from 'commander';
import { PlumblineError } from '#core/errors.ts';
import type { Json } from '#core/json.ts';
import { plannedInTerraform } from '#core/planned/terraform-plan.ts';
import type { Wish } from '#lambda/proposals.ts';
import type { Asked } from '#lambda/whole-proposals.ts';
import { readText, snapshotIn } from './input-file.ts';
import type { World } from './world.ts';

export interface ProposalOptions {
  readonly set?: readonly string[];
  readonly snapshot?: string;
  readonly terraformPlan?: string;
  readonly changeSet?: string;
}

/** What is proposed, and whose it is where it is of one account alone. */
export interface ProposalRead {
  readonly asked: Asked;
  readonly account?: string;
}

/** Reads a change set from AWS; only then is anybody asked to sign in. */
export type ReadChangeSet = (arn: string) => Promise<ProposalRead>;

export function withProposalOptions(command: Command): Command {
  return command
    .option(
      '--set <setting=value>',
      'what would be set; may be repeated. A value is JSON, a word, or @FILE; null takes the setting away; += and -= add to and take from a list',
      (text: string, before?: readonly string[]) => [...(before ?? []), text],
    )
    .option('--snapshot <file>', 'everything in which this snapshot file differs from what is there')
    .option('--terraform-plan <file>', 'what a Terraform plan would set: the output of "terraform show -json PLAN"')
    .option('--change-set <arn>', 'what a CloudFormation change set would set, as AWS tells it');
}

/** What the options propose. Throws ARGUMENT_INVALID where that is nothing, or several things. */
export async function readProposal(
  world: World,
  options: ProposalOptions,
  readChangeSet: ReadChangeSet,
): Promise<ProposalRead> {
  const { set, snapshot, terraformPlan, changeSet } = options;
  const given = [set, snapshot, terraformPlan, changeSet].filter((one) => one !== undefined);
  if (given.length !== 1)
    throw new PlumblineError(
      'ARGUMENT_INVALID',
      `${given.length === 0 ? 'say what would be changed' : 'one proposal at a time'}: give --set, such as s3-account-block.BlockPublicAcls=true, or --snapshot, --terraform-plan or --change-set`,
    );
  if (set !== undefined) return { asked: { by: 'set', wishes: await wishesIn(world, set) } };
  if (snapshot !== undefined) {
    const after = snapshotIn(await readText(world, snapshot), snapshot);
    return { asked: { by: 'snapshot', after }, account: after.account };
  }
  if (terraformPlan === undefined) return readChangeSet(changeSet ?? '');
  const plan = parsed(await readText(world, terraformPlan));
  if (plan === undefined)
    throw new PlumblineError(
      'INPUT_INVALID',
      `${terraformPlan} is no JSON: give the output of "terraform show -json PLAN", not the plan file itself`,
    );
  return { asked: { by: 'plan', planned: plannedInTerraform(plan, terraformPlan) } };
}

/** Splits each `setting=value`, and reads what a file holds. Throws ARGUMENT_INVALID. */
async function wishesIn(world: World, set: readonly string[]): Promise<readonly Wish[]> {
  const wishes: Wish[] = [];
  for (const text of set) {
    const at = text.indexOf('=');
    if (at < 1)
      throw new PlumblineError(
        'ARGUMENT_INVALID',
        `--set ${text}: write a setting and its value, such as s3-account-block.BlockPublicAcls=true`,
      );
    wishes.push([text.slice(0, at), await valueOf(world, text.slice(at + 1))]);
  }
  return wishes;
}

/** JSON, a file that holds some, or a word. */
async function valueOf(world: World, written: string): Promise<Json> {
  if (!written.startsWith('@')) {
    const value = parsed(written);
    // null is a value: the setting would be taken away.
    return value === undefined ? written : value;
  }
  const name = written.slice(1);
  const value = parsed(await readText(world, name));
  if (value !== undefined) return value;
  throw new PlumblineError('ARGUMENT_INVALID', `--set …=@${name}: the file is no JSON: give a policy or another value`);
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
