import { Command } from 'commander';
import { exitCodeOver, type AccountsReport } from '#core/accounts-report.ts';
import { printRole } from '#core/role.ts';
import type { Report } from '#core/report.ts';
import { kindsById } from '#kinds';
import { renderAccounts } from '#render/accounts.ts';
import { renderTerminal, type TerminalSettings } from '#render/terminal.ts';
import type { ScannedAccount, UnscannedAccount } from '../account-scan.ts';
import { accountsAsked, accountsFor, EXAMPLE_ROLE, withAccountsOptions, type AccountsOptions } from '../accounts.ts';
import { withLiveOptions, withStoreOption, type LiveOptions } from '../live-options.ts';
import type { StorePlace } from '../store-place.ts';
import { openStore } from '../store.ts';
import type { Outcome } from '../run.ts';
import { readSettings, withProgress, type World } from '../world.ts';

interface ScanOptions extends LiveOptions, AccountsOptions {
  readonly store: StorePlace;
  readonly json?: boolean;
  readonly all?: boolean;
}

export function scanCommand(world: World, end: Outcome): Command {
  const command = new Command('scan')
    .summary('read the account, compare it with what was accepted, say what drifted')
    .description(
      'Reads every watched setting of the account, or of several, compares it with what a person accepted there, and names exactly what drifted. Writes nothing in AWS, but what it keeps to a bucket that --store names.',
    )
    .option('--json', 'print one JSON report on standard output, and nothing else')
    .option('--all', 'with --json: every state that was read, not only what drifted')
    .addHelpText(
      'after',
      `
Several accounts: each is compared with what was accepted in it. Your own is
among them only if --accounts names it, and is then read as who you are. One that
cannot be scanned is told in its section, counts as "could not tell", and hides no
other. --json prints one report for one account, and for several
{"version", "exitCode", "accounts": [a report, or {"account", "exitCode", "error"}]}.

Exit codes: 0 nothing drifted, 1 drift, 2 could not tell, 64 wrong arguments or settings.
Of several accounts 1 beats 2 beats 0.

Examples:
  plumbline scan
  plumbline scan --profile production --region us-east-1 --region eu-west-1
  plumbline scan --json | jq ".findings[].drifts[].ref"
  plumbline scan --accounts 111122223333,444455556666 --account-role plumbline-reader
  plumbline scan --account-role ${EXAMPLE_ROLE}`,
    )
    .action(async (options: ScanOptions) => {
      const asked = accountsAsked(options);
      const settings = await readSettings(world, options.settings);
      const { signIn } = await import('../live.ts');
      const { scanAccount, scanAccounts } = await import('../account-scan.ts');
      const caller = await signIn(world, options);
      const store = await openStore(world, options.store, () => Promise.resolve(caller));
      const accounts = accountsFor(asked, caller);
      const [only, ...others] = accounts;
      const scanned = await withProgress(world, async (onProgress) => {
        const request = { caller, options, settings, store, withStates: options.all === true, onProgress };
        return only !== undefined && others.length === 0
          ? [await scanAccount(world, only, request)]
          : scanAccounts(world, accounts, request);
      });
      end(tell(world, scanned, options.json === true));
    });
  return withStoreOption(withLiveOptions(withAccountsOptions(command)));
}

export interface PrintSettings extends Pick<TerminalSettings, 'role' | 'of'> {
  readonly asJson: boolean;
}

export function printReport(world: World, report: Report, { asJson, ...more }: PrintSettings): void {
  const text = asJson
    ? JSON.stringify(report, null, 2)
    : renderTerminal(report, { colour: world.colour, width: world.width, kinds: kindsById, ...more });
  world.print(`${text.trimEnd()}\n`);
}

/** Prints one document, and gives the exit code. */
function tell(world: World, scanned: readonly (ScannedAccount | UnscannedAccount)[], asJson: boolean): 0 | 1 | 2 {
  const unkept = scanned.flatMap((one) => ('trouble' in one && one.trouble !== undefined ? [one] : []));
  const exitCode = exitCodeOver([
    ...scanned.map(({ report }) => report),
    ...unkept.map(() => ({ exitCode: 2 }) as const),
  ]);
  const [first] = scanned;
  if (scanned.length === 1 && first !== undefined && !('error' in first.report))
    printReport(world, first.report, { asJson, ...settingsOf(first) });
  else if (asJson) {
    const report: AccountsReport = { version: 1, exitCode, accounts: scanned.map(({ report }) => report) };
    world.print(`${JSON.stringify(report, null, 2)}\n`);
  } else {
    const sections = scanned.map((one) => ({ report: one.report, ...settingsOf(one) }));
    world.print(renderAccounts(sections, { colour: world.colour, width: world.width, kinds: kindsById }));
  }
  for (const { account, trouble } of unkept) {
    const which = scanned.length === 1 ? 'this scan' : `the scan of account ${account.id}`;
    world.tell(`plumbline: ${which} could not be kept, so it cannot be accepted: ${trouble}\n`);
  }
  return exitCode;
}

function settingsOf(one: ScannedAccount | UnscannedAccount): Pick<TerminalSettings, 'role' | 'of'> {
  const { role } = one.account;
  const isKept = !('trouble' in one) || one.trouble === undefined;
  return { ...(role === undefined ? {} : { role: printRole(role) }), of: isKept ? 'scan' : 'unkept' };
}
