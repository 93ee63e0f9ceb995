import { Command } from 'commander';
import pMap from 'p-map';
import pc from 'picocolors';
import { messageOf } from '#core/errors.ts';
import type { Session } from '#aws/session.ts';
import { printRole } from '#core/role.ts';
import { kinds } from '#kinds';
import { loadBaseline } from '#lambda/baseline-store.ts';
import { diagnose, type Line } from '#lambda/doctor.ts';
import { findParts } from '#lambda/parts-document.ts';
import type { Documents } from '#lambda/ports.ts';
import { linesOfLastSweep, linesOfParts, linesOfSubscribers } from '#lambda/service-doctor.ts';
import { findService } from '#lambda/service-document.ts';
import type { Settings } from '#lambda/settings.ts';
import { loadScan } from '#lambda/snapshot-store.ts';
import { minutesOf } from '#lambda/sweep-interval.ts';
import { printable } from '#render/printable.ts';
import { roleAsked, withAccountRoleOption, type AccountRoleOption } from '../accounts.ts';
import { withLiveOptions, withStoreOption, type LiveOptions } from '../live-options.ts';
import type { StorePlace } from '../store-place.ts';
import { openStore } from '../store.ts';
import type { Outcome } from '../run.ts';
import { readSettings, withProgress, type World } from '../world.ts';
import { knownShapes } from '../registry.ts';

interface DoctorOptions extends LiveOptions, AccountRoleOption {
  readonly store: StorePlace;
  readonly json?: boolean;
}

export function doctorCommand(world: World, end: Outcome): Command {
  const command = new Command('doctor')
    .summary('can it see? each line ok, or not ok and how to mend it')
    .description(
      'Checks credentials, settings, store, regions, and every read that a scan needs, on a few resources of each kind and region; where the store is that of a deployed service, also each of its parts, who is told, its trail, its last sweep and its blind spots.',
    )
    .option('--json', 'print the lines as JSON')
    .addHelpText(
      'after',
      '\nExit codes: 0 all is well, 2 something is not.\n\nExamples:\n  plumbline doctor\n  plumbline doctor --profile production\n  plumbline doctor --store s3://BUCKET',
    )
    .action(async (options: DoctorOptions) => {
      const lines = await checkAll(world, options);
      world.print(
        options.json === true ? `${JSON.stringify({ version: 1, lines }, null, 2)}\n` : doctorText(lines, world.colour),
      );
      end(lines.every((line) => line.isWell) ? 0 : 2);
    });
  return withStoreOption(withLiveOptions(withAccountRoleOption(command)));
}

/** Runs one check and turns what it throws into its line: the doctor tells everything it can, not only the first trouble. */
async function check<T>(
  lines: Line[],
  about: string,
  work: () => Promise<{ says: string; value: T }>,
): Promise<T | undefined> {
  try {
    const { says, value } = await work();
    lines.push({ about, isWell: true, says });
    return value;
  } catch (error) {
    lines.push({ about, isWell: false, says: messageOf(error) });
    return undefined;
  }
}

async function checkAll(world: World, options: DoctorOptions): Promise<readonly Line[]> {
  const lines: Line[] = [];
  const role = roleAsked(options);
  const live = await import('../live.ts');
  const settings = await check(lines, 'settings', async () => {
    const value = await readSettings(world, options.settings);
    return {
      value,
      says: `${value.postmortems.incidents.length} incidents, ${value.regions === undefined ? 'all enabled regions' : value.regions.join(', ')}`,
    };
  });
  const caller = await check(lines, 'identity', async () => {
    const value = await live.signIn(world, options);
    return { value, says: `${value.caller} in account ${value.account}` };
  });
  if (caller === undefined) return lines;
  const session =
    role === undefined
      ? caller
      : await check(lines, 'role', async () => ({
          value: await live.enter(world, caller, { role }),
          says: `${printRole(role)} in account ${role.account}`,
        }));
  if (session === undefined) return lines;
  const store = await openStore(world, options.store, () => Promise.resolve(caller));
  await check(lines, 'store', async () => {
    await store.probe();
    return { value: true, says: store.place };
  });
  await check(lines, 'baseline', () => checkBaseline(store, session));
  const where = await check(lines, 'regions', async () => {
    const value = await live.regionsToLookAt(session, options.region ?? settings?.regions);
    return { value, says: `${value.regions.length}: ${value.regions.join(', ')}` };
  });
  if (where === undefined) return lines;
  const aws = live.readsOf(world, session, options);
  const seen = await withProgress(world, () =>
    diagnose({ kinds, regions: where.regions, partition: session.partition, aws, caller: session.caller }),
  );
  return [
    ...lines,
    ...seen,
    ...(await checkService({ store, session, settings, world, concurrency: options.concurrency })),
  ];
}

interface ServiceCheck {
  readonly store: Documents;
  readonly session: Session;
  readonly settings: Settings | undefined;
  readonly world: World;
  readonly concurrency: number;
}

/** A deployed service: what it is made of, who it tells, what it hears through, and its last sweep. */
async function checkService({ store, session, settings, world, concurrency }: ServiceCheck): Promise<readonly Line[]> {
  const lines: Line[] = [];
  const deployed = await check(lines, 'service', async () => {
    const value = await findParts(store);
    return { value, says: value === undefined ? 'none is deployed with this store' : `deployed in ${value.region}` };
  });
  if (deployed === undefined) return (await findService(store).catch(() => undefined)) === undefined ? [] : lines;
  const { parts, region, account } = deployed;
  const [{ partsToRead, readPart }, live] = await Promise.all([
    import('#kinds/plumbline-self/reader.ts'),
    import('../live.ts'),
  ]);
  const aws = live.readsOf(world, session, { concurrency });
  const states = await pMap(
    partsToRead(parts, { account, region }),
    (part) => readPart(part, { partition: session.partition, aws }),
    { concurrency: PARTS_AT_ONCE },
  );
  const kept = await loadScan(store, account).catch(() => undefined);
  const everyMs = minutesOf(settings?.schedule.sweepEvery ?? '1 day') * MINUTE_MS;
  return [
    ...lines,
    ...linesOfParts(states, session.caller),
    ...linesOfSubscribers(states),
    ...linesOfLastSweep(kept?.scan, { now: world.now(), everyMs }),
  ];
}

const PARTS_AT_ONCE = 8;
const MINUTE_MS = 60_000;

function nothingAcceptedText(isDeployed: boolean): string {
  const how = 'nothing is accepted yet: "plumbline scan" tells how';
  return isDeployed ? `${how}; until then the service tells changes against what it first saw` : how;
}

async function checkBaseline(store: Documents, { account }: Session): Promise<{ says: string; value: true }> {
  const loaded = await loadBaseline(store, account, knownShapes);
  if (loaded === undefined) return { value: true, says: nothingAcceptedText((await findService(store)) !== undefined) };
  return {
    value: true,
    says: `generation ${loaded.baseline.accepted.generation}, ${loaded.baseline.states.size} resources`,
  };
}

function doctorText(lines: readonly Line[], colour: boolean): string {
  const colours = pc.createColors(colour);
  const width = Math.max(...lines.map(({ about }) => about.length));
  return `${lines.map(({ about, isWell, says }) => `${isWell ? colours.green('    ok') : colours.red('not ok')}  ${about.padEnd(width)}  ${printable(says)}`).join('\n')}\n`;
}
