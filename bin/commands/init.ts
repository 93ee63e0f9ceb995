import { dirname, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { PlumblineError } from '#core/errors.ts';
import { kinds } from '#kinds';
import { surveyAccount, type Survey, type SurveyRefusal } from '#lambda/account-survey.ts';
import { ownerTagsAmong } from '#lambda/owner-tags.ts';
import { draftSettings, type SettingsDraft } from '#lambda/settings-draft.ts';
import { printable, shellWord } from '#render/printable.ts';
import { withAccountRoleOption, type AccountRoleOption } from '../accounts.ts';
import { schemaReference } from '../editor-schema.ts';
import { withSignInOptions, type LiveOptions } from '../live-options.ts';
import { refuseTaken, writeNew } from '../output-file.ts';
import type { Outcome } from '../run.ts';
import { withProgress, type World } from '../world.ts';

const DEFAULT_NAME = 'plumbline.yaml';
const STANDARD_OUTPUT = '-';

/** Calls to S3 under way at once: only an S3 that tells no regions in its listing is asked for each bucket. */
const CALLS_AT_ONCE = 32;

interface InitOptions extends Pick<LiveOptions, 'profile' | 'region'>, AccountRoleOption {
  readonly out: string;
  readonly offline?: boolean;
}

export function initCommand(world: World, end: Outcome): Command {
  const command = new Command('init')
    .summary('write plumbline.yaml from the account at hand')
    .description(
      'Asks AWS which regions hold watched things and which tags look like owners, and writes a settings file with remarks to start from. Reads only, and never writes over a file that is there.',
    )
    .option('--out <file>', 'where to write it; - is standard output', DEFAULT_NAME);
  return withAccountRoleOption(withSignInOptions(command))
    .addOption(
      new Option('--offline', 'ask AWS nothing: the same file with defaults').conflicts([
        'profile',
        'region',
        'accountRole',
      ]),
    )
    .addHelpText(
      'after',
      `
The first line of the file tells editors where its schema is: in the Plumbline of the same project, be it a clone or a package; else where it is
once Plumbline is installed there (npm install --save-dev with what npm pack makes of the clone).

Exit codes: 0 it is written, 2 it is written but AWS refused to be asked something, or nothing could be written, 64 the file is there already.

Examples:
  plumbline init
  plumbline init --profile production --out production.yaml
  plumbline init --offline --out -`,
    )
    .action(async (options: InitOptions) => {
      if (options.out !== STANDARD_OUTPUT) await refuseTaken(world, options.out);
      const { draft, refusals } =
        options.offline === true ? { draft: {}, refusals: [] } : await draftOfAccount(world, options);
      const text = draftSettings({ ...draftOfNobody(world, options), ...draft, isIncomplete: refusals.length > 0 });
      if (options.out === STANDARD_OUTPUT) world.print(text);
      else {
        await writeNew(world, options.out, text);
        world.tell(`plumbline: look it through, then see what it can see: ${nextCommand(options.out)}\n`);
      }
      end(refusals.length > 0 ? 2 : 0);
    });
}

function nextCommand(out: string): string {
  return `plumbline doctor${out === DEFAULT_NAME ? '' : ` --settings ${shellWord(out)}`}`;
}

/** What is known without AWS. */
function draftOfNobody(world: World, { out }: InitOptions): SettingsDraft {
  const folder = out === STANDARD_OUTPUT ? world.cwd : dirname(resolve(world.cwd, out));
  return {
    schema: schemaReference(folder),
    found: [],
    isIncomplete: false,
    ownerTags: [],
    timeZone: world.timeZone,
    actionItems: [
      ...new Set(kinds.flatMap(({ declaration }) => declaration.checks.flatMap(({ actionItems }) => [...actionItems]))),
    ].toSorted(),
  };
}

interface AccountDraft {
  readonly draft: Pick<SettingsDraft, 'account' | 'regions' | 'found' | 'ownerTags'>;
  /** What could not be asked, as it was told. */
  readonly refusals: readonly string[];
}

async function draftOfAccount(world: World, options: InitOptions): Promise<AccountDraft> {
  const live = await import('../live.ts');
  const { session } = await live.signInto(world, options).catch((error: unknown) => {
    throw withoutAws(error);
  });
  const { account, caller, partition } = session;
  world.tell(`plumbline: signed in to account ${printable(account)} as ${printable(caller)}\n`);
  const refusals: string[] = [];
  const refused = (says: string): void => {
    refusals.push(says);
    world.tell(`plumbline: ${printable(says)}\n`);
  };
  const where = await live.regionsToLookAt(session, options.region).catch((error: unknown) => {
    if (!(error instanceof PlumblineError) || error.code !== 'AWS_REFUSED') throw error;
    refused(error.message);
    return undefined;
  });
  const aws = live.readsOf(world, session, { concurrency: CALLS_AT_ONCE });
  const survey = await withProgress(world, (onProgress) =>
    surveyAccount({ kinds, regions: where?.regions, partition, aws, onProgress, signal: world.signal }),
  );
  const ended = aws.endedBy();
  if (ended !== undefined)
    throw new PlumblineError(
      'CREDENTIALS_UNUSABLE',
      `the AWS credentials ended in the middle (${ended}), and nothing was written: sign in again, then repeat the command`,
    );
  for (const refusal of survey.refusals) refused(refusalText(refusal, caller));
  return {
    draft: {
      account: { id: account, partition },
      regions: regionsOfDraft(where, survey),
      found: survey.regions,
      ownerTags: ownerTagsAmong(survey.tagKeys),
    },
    refusals,
  };
}

/** Where it is not known which regions are enabled, those that were found are named, since a scan could not find them either. */
function regionsOfDraft(
  where: { readonly regions: readonly string[]; readonly onlyThose: boolean } | undefined,
  survey: Survey,
): NonNullable<SettingsDraft['regions']> {
  if (where === undefined) return { named: true, names: survey.regions.map(({ region }) => region) };
  return { named: where.onlyThose, names: where.regions };
}

const REGIONS_TOLD = 3;

function refusalText({ asked, regions, code, actions }: SurveyRefusal, caller: string): string {
  const more = regions.length > REGIONS_TOLD ? ` and ${regions.length - REGIONS_TOLD} more regions` : '';
  const where = regions.length === 0 ? '' : ` in ${regions.slice(0, REGIONS_TOLD).join(', ')}${more}`;
  return `could not ${asked}${where} (${code}): allow ${actions.join(', ')} to ${caller}`;
}

/** A stranger without an account at hand gets a file all the same. */
function withoutAws(error: unknown): unknown {
  if (!(error instanceof PlumblineError) || !['CREDENTIALS_UNUSABLE', 'AWS_UNREACHABLE'].includes(error.code))
    return error;
  return new PlumblineError(
    error.code,
    `${error.message.replace(/\.$/, '')}; or ask AWS nothing: plumbline init --offline`,
    { cause: error },
  );
}
