import Table from 'cli-table3';
import { Command } from 'commander';
import { isAnythingAccepted, type Baseline } from '#core/baseline.ts';
import { printRole } from '#core/role.ts';
import { printRef } from '#core/reference.ts';
import { kindsById } from '#kinds';
import { acceptKept, checkAcceptable, type Acceptable } from '#lambda/accepting.ts';
import { baselineDocument, nothingAccepted, type BaselineDocument } from '#lambda/baseline-document.ts';
import { loadBaseline } from '#lambda/baseline-store.ts';
import { findService } from '#lambda/service-document.ts';
import { acceptText } from '#render/acceptance.ts';
import { printable } from '#render/printable.ts';
import { clock } from '#render/clock.ts';
import { EXAMPLE_ROLE, roleAsked, withAccountRoleOption, type AccountRoleOption } from '../accounts.ts';
import { withStoreOption, type LiveOptions } from '../live-options.ts';
import type { StorePlace } from '../store-place.ts';
import { openStore } from '../store.ts';
import type { Outcome } from '../run.ts';
import type { World } from '../world.ts';
import { knownShapes } from '../registry.ts';

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
      const document = baselineDocument(await loadOrExplain(world, options), names);
      world.print(options.json === true ? `${JSON.stringify(document, null, 2)}\n` : showText(document));
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
      const wanted = acceptableOf(names, options);
      checkAcceptable(wanted);
      const { signInto } = await import('../live.ts');
      const { session, caller } = await signInto(world, options);
      const documents = await openStore(world, options.store, () => Promise.resolve(caller));
      const service = await findService(documents);
      if (service !== undefined) {
        const { askService } = await import('../service.ts');
        const { reason, ticket, from, force, all } = wanted;
        const { text } = await askService(
          caller,
          { service, store: documents.place },
          {
            ask: 'accept',
            names: wanted.names,
            all,
            reason,
            force,
            ...(ticket === undefined ? {} : { ticket }),
            ...(from === undefined ? {} : { from }),
          },
        );
        world.print(text);
        return end(0);
      }
      const { outcome, kept, isNew } = await acceptKept(wanted, {
        documents,
        account: session.account,
        kinds: kindsById,
        shapes: knownShapes,
        by: caller.caller,
        now: world.now(),
      });
      world.print(acceptText({ outcome, kept, isNew }));
      end(0);
    });
  return withStoreOption(withAccountRoleOption(command));
}

async function loadOrExplain(world: World, options: StoreOptions): Promise<Baseline> {
  const { signInto } = await import('../live.ts');
  const { session, caller } = await signInto(world, options);
  const store = await openStore(world, options.store, () => Promise.resolve(caller));
  const loaded = await loadBaseline(store, session.account, knownShapes);
  if (loaded !== undefined) return loaded.baseline;
  const role = roleAsked(options);
  throw nothingAccepted(session.account, {
    place: store.place,
    more: role === undefined ? '' : ` --account-role ${printRole(role)}`,
  });
}

function acceptableOf(names: readonly string[], { all, reason, ticket, from, force }: AcceptOptions): Acceptable {
  return { names, all: all === true, reason, ticket, from, force: force === true };
}

function showText({ account, accepted, states }: BaselineDocument): string {
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
  return `Account ${account}, generation ${accepted.generation}, last accepted ${clock(accepted.at)} by ${printable(accepted.by)}: ${printable(accepted.reason)}\n${table.toString()}\n`;
}
