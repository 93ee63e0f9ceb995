import { Command } from 'commander';
import {
  accountsBlastRadius,
  isFailed,
  withFoundNowhere,
  type AccountsBlastRadius,
  type ProposedBlastRadius,
} from '#core/accounts-blast-radius.ts';
import { PlumblineError } from '#core/errors.ts';
import type { Session } from '#aws/session.ts';
import { accountsKept } from '#lambda/snapshot-store.ts';
import { renderAccountsBlastRadius, renderProposed } from '#render/accounts-blast-radius.ts';
import {
  accountsAsked,
  isAllAsked,
  withAccountsOptions,
  type AccountsOptions,
  type AskedAccounts,
} from '../accounts.ts';
import { answerIn, answerInEach, sessionIn, type Place } from '../blast-radius-accounts.ts';
import { readEvidenceOf, withEvidenceOptions, type EvidenceOptions } from '../evidence-source.ts';
import { askHub, hubOf } from '../hub-accounts.ts';
import { readText, snapshotIn, STANDARD_INPUT } from '../input-file.ts';
import { withLiveOptions, withStoreOption, type LiveOptions } from '../live-options.ts';
import { readProposal, withProposalOptions, type ProposalOptions, type ProposalRead } from '../proposal-source.ts';
import type { Outcome } from '../run.ts';
import type { StorePlace } from '../store-place.ts';
import { openStore, type Store } from '../store.ts';
import { readSettings, withProgress, type World } from '../world.ts';

interface BlastRadiusOptions extends LiveOptions, AccountsOptions, ProposalOptions, EvidenceOptions {
  readonly store: StorePlace;
  readonly from?: readonly string[];
  readonly finding?: string;
  readonly json?: boolean;
}

export function blastRadiusCommand(world: World, end: Outcome): Command {
  const command = new Command('blast-radius')
    .summary(
      'what would flip if a setting were changed: what breaks, what is exposed, whose it is; or what a finding broke',
    )
    .description(
      'Computes what a change would do before anybody makes it: which operations on which resources would be refused, useless or open, from the last snapshot in the store; where there is none, from AWS as it is now. Changes nothing.\n\nWith --finding it tells what a change that was made has broken: who is refused since, since when, how often, and what of it has another cause.',
    );
  withEvidenceOptions(withProposalOptions(command))
    .option(
      '--from <file>',
      'compute from a file that "plumbline snapshot" wrote; - is standard input; may be repeated, for several accounts',
      (file: string, before?: readonly string[]) => [...(before ?? []), file],
    )
    .option('--finding <id>', 'what this finding of the service has broken, such as f-0123456789')
    .option('--json', 'print the answer as JSON')
    .addHelpText(
      'after',
      `
With --evidence, each operation that would be refused is put beside the logs: it will
break (such requests are made: by whom, how often, last when, from where), it could
break (not seen, in so long), or that is not known (nothing of it in these logs).
No evidence is never no impact, and moves no exit code. What only opens breaks
nothing: it is said, and exits 0.

A plan's values that are known only after apply, or sensitive, are not known here
either: the answer is then 2, unless something else breaks for sure.

Several accounts: a setting of the account concerns each, a named thing those that
have it. One that cannot be read is told, and hides no other. Where the store is a
deployed hub's, the hub reads them, as its role plumbline-reader in each; all are
then those that ever told it something, and its own. --json prints one
document for one account, and for several
{"version", "exitCode", "accounts": [a document, or {"account", "exitCode", "error"}]}.

Exit codes: 0 nothing would be refused or useless that is not so now, 1 something
would, 2 that could not be computed, 64 wrong arguments or settings.
Of several accounts 1 beats 2 beats 0.
Of a finding: 0 nothing in the logs fails by it, 1 something does, 2 that could not be told.

Examples:
  plumbline blast-radius --set s3-account-block.BlockPublicAcls=true
  plumbline blast-radius --set s3-account-block.BlockPublicAcls=true --evidence s3://my-access-logs
  plumbline blast-radius --set s3-bucket/my-bucket#publicAccessBlock.BlockPublicAcls=true
  plumbline blast-radius --set s3-bucket/my-bucket#policy=@new-policy.json --json
  plumbline blast-radius --set waf-ip-set/office+=203.0.113.0/24
  plumbline blast-radius --set s3-account-block.BlockPublicAcls=true --accounts all
  plumbline blast-radius --set s3-account-block.BlockPublicAcls=true --accounts all --store s3://HUB-BUCKET
  terraform show -json tfplan | plumbline blast-radius --terraform-plan -
  plumbline blast-radius --snapshot after.json --from before.json
  plumbline blast-radius --finding f-0123456789 --evidence ./access-logs --store s3://BUCKET`,
    )
    .action(async (options: BlastRadiusOptions) => end(await blastRadius(world, options)));
  return withStoreOption(
    withLiveOptions(
      withAccountsOptions(command, ', or all: those of which the store has a snapshot, or that its hub knows'),
    ),
  );
}

/** Who signs in is asked once, and only when AWS must be read. */
function signInOnce(world: World, options: BlastRadiusOptions): () => Promise<Session> {
  let session: Promise<Session> | undefined;
  return () => (session ??= import('../live.ts').then(({ signIn }) => signIn(world, options)));
}

/** What is piped in can be read once. Throws ARGUMENT_INVALID. */
function refuseTwoInputs({ snapshot, terraformPlan, from = [] }: BlastRadiusOptions): void {
  if ([snapshot, terraformPlan, ...from].filter((name) => name === STANDARD_INPUT).length > 1)
    throw new PlumblineError('ARGUMENT_INVALID', 'standard input is one file: name the others');
}

/** Refuses what is about a change that nobody has made yet. Throws ARGUMENT_INVALID. */
function refuseBesideFinding(options: BlastRadiusOptions): void {
  const { set, snapshot, terraformPlan, changeSet, from, accounts, accountRole } = options;
  const beside = Object.entries({
    '--set': set,
    '--snapshot': snapshot,
    '--terraform-plan': terraformPlan,
    '--change-set': changeSet,
    '--from': from,
    '--accounts': accounts,
    '--account-role': accountRole,
  });
  const [name] = beside.find(([, value]) => value !== undefined) ?? [];
  if (name !== undefined)
    throw new PlumblineError(
      'ARGUMENT_INVALID',
      `--finding and ${name}: a finding tells itself what changed, and where: leave ${name} out`,
    );
}

async function blastRadius(world: World, options: BlastRadiusOptions): Promise<0 | 1 | 2> {
  refuseTwoInputs(options);
  const signedIn = signInOnce(world, options);
  const { finding } = options;
  if (finding !== undefined) {
    refuseBesideFinding(options);
    const { tellImpact } = await import('../finding-impact.ts');
    return tellImpact(world, { ...options, finding }, signedIn);
  }
  const settings = await readSettings(world, options.settings);
  const store = await openStore(world, options.store, signedIn);
  const hub = await hubOf(options, store);
  // Which are all, a hub knows itself.
  const roles = hub !== undefined && isAllAsked(options) ? accountsAsked({}) : await rolesAsked(options, store);
  const proposal = await readProposal(world, options, async (arn) => {
    const { readChangeSet } = await import('../change-set-source.ts');
    return readChangeSet(world, arn, (account) => sessionIn(world, account, { roles, signedIn }));
  });
  if (hub !== undefined) {
    const asking = { service: hub, options, asked: proposal.asked, store, signedIn };
    return tell(world, await askHub(world, asking), options);
  }
  const places = await placesFor(world, { options, roles, proposal, signedIn });
  const evidence =
    options.evidence === undefined
      ? undefined
      : await withProgress(
          world,
          (onProgress) => readEvidenceOf(world, options, { signedIn, onProgress }),
          'looking for logs',
        );
  const request = { asked: proposal.asked, settings, options, roles, store, signedIn, evidence };
  const [only, ...others] = places;
  const answers = await withProgress(
    world,
    async (onProgress) =>
      only === undefined || others.length > 0
        ? answerInEach(world, places, { ...request, onProgress })
        : withFoundNowhere([await answerIn(world, only, { ...request, onProgress, isOneOfMany: false })]),
    'looking for a snapshot',
  );
  return tell(world, accountsBlastRadius(answers), options);
}

/** One account that could be read is told alone. */
function tell(world: World, report: AccountsBlastRadius, options: BlastRadiusOptions): 0 | 1 | 2 {
  const [first, ...others] = report.accounts;
  if (first !== undefined && others.length === 0 && !isFailed(first)) return tellOne(world, first, options);
  return tellAll(world, report, options);
}

/** The accounts and roles that were named; `all` are those of which the store has a snapshot. Throws ARGUMENT_INVALID. */
async function rolesAsked(options: BlastRadiusOptions, store: Store): Promise<AskedAccounts> {
  if (!isAllAsked(options)) return accountsAsked(options);
  const kept = await accountsKept(store);
  return accountsAsked(kept.length === 0 ? options : { ...options, accounts: kept });
}

interface Asking {
  readonly options: BlastRadiusOptions;
  readonly roles: AskedAccounts;
  readonly proposal: ProposalRead;
  readonly signedIn: () => Promise<Session>;
}

/** Where it is computed: in the files that were named, else in the accounts, else in the proposal's own, else in the caller's. */
async function placesFor(world: World, { options, roles, proposal, signedIn }: Asking): Promise<readonly Place[]> {
  const { from = [], accounts = [] } = options;
  if (accounts.length > 0 && (from.length > 0 || proposal.account !== undefined))
    throw new PlumblineError(
      'ARGUMENT_INVALID',
      `--accounts: ${from.length > 0 ? 'the file of --from tells whose it is' : 'this proposal is of one account'}: leave --accounts out`,
    );
  if (from.length > 0) return scansIn(world, from);
  const [first] = roles.ids;
  if (proposal.account !== undefined) return [{ account: proposal.account }];
  return first === undefined
    ? [{ account: (await signedIn()).account }]
    : roles.ids.map((account): Place => ({ account }));
}

async function scansIn(world: World, names: readonly string[]): Promise<readonly Place[]> {
  const places: Place[] = [];
  for (const name of names) {
    const scan = snapshotIn(await readText(world, name), name);
    if (places.some(({ account }) => account === scan.account))
      throw new PlumblineError(
        'ARGUMENT_INVALID',
        `--from ${name}: another file is of account ${scan.account} too: give one of each account`,
      );
    places.push({ account: scan.account, scan });
  }
  return places;
}

function tellOne(world: World, report: ProposedBlastRadius, { json = false }: BlastRadiusOptions): 0 | 1 | 2 {
  const { colour, width } = world;
  world.print(json ? `${JSON.stringify(report, null, 2)}\n` : renderProposed(report, { colour, width }));
  return report.exitCode;
}

function tellAll(world: World, report: AccountsBlastRadius, { json = false }: BlastRadiusOptions): 0 | 1 | 2 {
  const { colour, width } = world;
  world.print(json ? `${JSON.stringify(report, null, 2)}\n` : renderAccountsBlastRadius(report, { colour, width }));
  return report.exitCode;
}
