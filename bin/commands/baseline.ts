import Table from 'cli-table3';
import { Command } from 'commander';
import { accept, type AcceptOutcome } from '#core/acceptance.ts';
import { isAnythingAccepted, type Baseline } from '#core/baseline.ts';
import { PlumblineError } from '#core/errors.ts';
import { printRole } from '#core/role.ts';
import { printRef, printSelection, selectFrom, type ResourceRef, type Selection } from '#core/reference.ts';
import { refOf } from '#core/state.ts';
import { kindsById } from '#kinds';
import { loadBaseline, saveBaseline } from '#lambda/baseline-store.ts';
import { loadScan, type KeptScan } from '#lambda/snapshot-store.ts';
import { printable } from '#render/printable.ts';
import { clock } from '#render/terminal.ts';
import { EXAMPLE_ROLE, roleAsked, withAccountRoleOption, type AccountRoleOption } from '../accounts.ts';
import { withStoreOption, type LiveOptions } from '../live-options.ts';
import type { StorePlace } from '../store-place.ts';
import { openStore } from '../store.ts';
import type { Outcome } from '../run.ts';
import type { World } from '../world.ts';
import { knownShapes } from '../registry.ts';

/** A reason is read at 3 a.m. by somebody else: a few words. */
const LONGEST_REASON = 1000;

/** A scan is accepted for what a person saw in it; what they saw this long ago may no longer be so. */
const OLDEST_SCAN_MS = 60 * 60 * 1000;

interface StoreOptions extends Pick<LiveOptions, 'profile'>, AccountRoleOption {
  readonly store: StorePlace;
  readonly json?: boolean;
}

interface AcceptOptions extends StoreOptions {
  readonly all?: boolean;
  readonly reason: string;
  readonly ticket?: string;
  readonly from?: string;
  readonly force?: boolean;
}

export function baselineCommand(world: World, end: Outcome): Command {
  return new Command('baseline')
    .summary('show or accept the state that scans are compared with')
    .description('The state that a person accepted, and that scans are compared with.')
    .addHelpText(
      'after',
      '\nExamples:\n  plumbline baseline show\n  plumbline baseline accept --all --reason "first look"',
    )
    .addCommand(showCommand(world, end))
    .addCommand(acceptCommand(world, end));
}

function showCommand(world: World, end: Outcome): Command {
  const command = new Command('show')
    .summary('show what is accepted, by whom, when and why')
    .argument('[resource...]', 'only these: account/region/kind/id, or any unambiguous tail of it')
    .option('--profile <name>', 'the AWS profile to use')
    .option('--json', 'print the accepted states as JSON')
    .addHelpText('after', '\nExamples:\n  plumbline baseline show\n  plumbline baseline show my-bucket --json')
    .action(async (names: string[], options: StoreOptions) => {
      const { baseline } = await loadOrExplain(world, options);
      const refs = [...baseline.states.values()].map(({ state }) => state.ref);
      const wanted = names.length === 0 ? undefined : new Set(names.map((name) => printRef(selectWhole(refs, name))));
      const states = [...baseline.states].filter(([key]) => wanted?.has(key) ?? true).map(([, accepted]) => accepted);
      if (options.json === true)
        world.print(
          `${JSON.stringify({ version: 1, account: baseline.account, accepted: baseline.accepted, covers: baseline.covers, states }, null, 2)}\n`,
        );
      else world.print(showText(baseline, states));
      end(0);
    });
  return withStoreOption(withAccountRoleOption(command));
}

function acceptCommand(world: World, end: Outcome): Command {
  const command = new Command('accept')
    .summary('accept what the last scan showed')
    .description(
      'Accepts what the last scan showed, never what is there now. Who accepts is what AWS says of the credentials, also where a role is assumed.',
    )
    .argument(
      '[resource...]',
      'what to accept: account/region/kind/id or any unambiguous tail of it; RESOURCE#path for one setting of it',
    )
    .option('--all', 'accept everything that the scan showed')
    .requiredOption('--reason <text>', 'why this is right, for whoever asks later')
    .option('--ticket <id>', 'the ticket that it belongs to')
    .option('--from <scan>', 'the id of another scan than the last')
    .option('--force', 'also when the scan is older than an hour')
    .option('--profile <name>', 'the AWS profile to use')
    .addHelpText(
      'after',
      `\nExamples:\n  plumbline baseline accept --all --reason "first look"\n  plumbline baseline accept my-bucket#policy --reason "partner access" --ticket OPS-42\n  plumbline baseline accept --all --reason "first look" --account-role ${EXAMPLE_ROLE}`,
    )
    .action(async (names: string[], options: AcceptOptions) => {
      if ((names.length === 0) === (options.all !== true)) {
        throw new PlumblineError(
          'ARGUMENT_INVALID',
          names.length === 0 ? 'name what to accept, or say --all' : 'name what to accept or say --all, not both',
        );
      }
      if (options.reason.trim() === '')
        throw new PlumblineError('ARGUMENT_INVALID', '--reason is empty: say in a few words why this is right');
      if (Math.max(options.reason.length, options.ticket?.length ?? 0) > LONGEST_REASON) {
        throw new PlumblineError(
          'ARGUMENT_INVALID',
          `--reason and --ticket may have ${LONGEST_REASON} characters: say it shorter, or link to where it stands`,
        );
      }
      const { signInto } = await import('../live.ts');
      const { session, caller } = await signInto(world, options);
      const store = await openStore(world, options.store, () => Promise.resolve(caller));
      const kept = await loadScan(store, session.account, options.from);
      refuseOld(kept, options, world.now());
      const loaded = await loadBaseline(store, session.account, knownShapes);
      const outcome = accept(loaded?.baseline, {
        scan: kept.scan,
        comparedWith: kept.comparedWith,
        kinds: kindsById,
        what: options.all === true ? 'all' : selectionsFrom(kept, names),
        acceptance: {
          at: world.now().toISOString(),
          by: caller.caller,
          reason: options.reason,
          ...(options.ticket === undefined ? {} : { ticket: options.ticket }),
        },
      });
      const isNew =
        loaded === undefined ||
        outcome.baseline.covers !== loaded.baseline.covers ||
        outcome.accepted.length + outcome.removed.length > 0;
      if (isNew) await saveBaseline(store, outcome.baseline, loaded);
      world.print(acceptText(outcome, kept, isNew));
      end(0);
    });
  return withStoreOption(withAccountRoleOption(command));
}

async function loadOrExplain(world: World, options: StoreOptions): Promise<{ baseline: Baseline }> {
  const { signInto } = await import('../live.ts');
  const { session, caller } = await signInto(world, options);
  const store = await openStore(world, options.store, () => Promise.resolve(caller));
  const loaded = await loadBaseline(store, session.account, knownShapes);
  if (loaded === undefined) {
    const role = roleAsked(options);
    const there = role === undefined ? '' : ` --account-role ${printRole(role)}`;
    throw new PlumblineError(
      'NOTHING_TO_ACCEPT',
      `nothing is accepted for account ${session.account} in ${store.place}: run "plumbline scan${there}", then "plumbline baseline accept --all --reason …${there}"`,
    );
  }
  return loaded;
}

function selectionsFrom({ scan }: KeptScan, names: readonly string[]): readonly Selection[] {
  const refs = scan.observations.map(refOf);
  return names.map((name) => selectFrom(refs, name));
}

function selectWhole(refs: readonly ResourceRef[], name: string): ResourceRef {
  const { ref, path } = selectFrom(refs, name);
  if (path !== undefined)
    throw new PlumblineError('REFERENCE_INVALID', `${name}: show takes whole resources; leave #${path} out`);
  return ref;
}

function refuseOld({ scan }: KeptScan, { force }: AcceptOptions, now: Date): void {
  const age = now.getTime() - Date.parse(scan.finishedAt);
  if (force === true || age <= OLDEST_SCAN_MS) return;
  throw new PlumblineError(
    'SCAN_TOO_OLD',
    `the scan ${scan.id} is ${Math.round(age / 60_000)} minutes old, and much may have changed since: scan again, or say --force`,
  );
}

function acceptText(
  { baseline, accepted, removed, unread, unseen }: AcceptOutcome,
  { scan }: KeptScan,
  isNew: boolean,
): string {
  if (!isNew) return `Nothing new in scan ${scan.id}: all of it is accepted already.\n`;
  const lines = [
    `Accepted from scan ${scan.id}, taken at ${clock(scan.finishedAt)}: ${accepted.length} resource${accepted.length === 1 ? '' : 's'}, ${removed.length} taken out because gone. This is generation ${baseline.accepted.generation} of account ${baseline.account}.`,
    ...(unread.length > 0
      ? [
          `${unread.length} setting${unread.length === 1 ? '' : 's'} could not be read, so what was accepted before stays: ${unread
            .slice(0, 5)
            .map((entry) => printable(printSelection(entry)))
            .join(', ')}${unread.length > 5 ? ', …' : ''}`,
        ]
      : []),
    ...(unseen.length > 0
      ? [
          `${unseen.length} could not be read at all and stay not yet accepted: ${unseen
            .slice(0, 5)
            .map((ref) => printable(printRef(ref)))
            .join(', ')}${unseen.length > 5 ? ', …' : ''}`,
        ]
      : []),
  ];
  return `${lines.join('\n')}\n`;
}

function showText(
  baseline: Baseline,
  states: readonly (Baseline['states'] extends ReadonlyMap<string, infer S> ? S : never)[],
): string {
  const { accepted } = baseline;
  const table = new Table({
    head: ['resource', 'settings', 'accepted', 'by', 'why'],
    style: { head: [], border: [], compact: true },
  });
  for (const one of states) {
    const set = Object.entries(one.state.watched)
      .filter(([, reading]) => reading.status === 'present')
      .map(([path]) => path);
    table.push([
      printable(printRef(one.state.ref).split('/').slice(1).join('/')),
      isAnythingAccepted(one) ? set.join(' ') || 'nothing set' : 'could not be read',
      clock(one.version.at),
      printable(one.version.by.split(':').slice(5).join(':')),
      printable([one.version.reason, one.version.ticket].filter((text) => text !== undefined).join(' ')),
    ]);
  }
  return `Account ${baseline.account}, generation ${accepted.generation}, last accepted ${clock(accepted.at)} by ${printable(accepted.by)}: ${printable(accepted.reason)}\n${table.toString()}\n`;
}
