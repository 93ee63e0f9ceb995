import { Command } from 'commander';
import { messageOf, PlumblineError } from '#core/errors.ts';
import { reportOn, type Report, type ReportInput } from '#core/report.ts';
import type { Scan } from '#core/scan.ts';
import { kinds, kindsById } from '#kinds';
import { loadBaseline } from '#lambda/baseline-store.ts';
import type { Documents } from '#lambda/ports.ts';
import { actionItemsIn, type Settings } from '#lambda/settings.ts';
import { saveScan } from '#lambda/snapshot-store.ts';
import { renderTerminal } from '#render/terminal.ts';
import { withLiveOptions, withStoreOption, type LiveOptions } from '../live-options.ts';
import type { StorePlace } from '../store-place.ts';
import { openStore } from '../store.ts';
import type { Outcome } from '../run.ts';
import { readSettings, type World } from '../world.ts';

interface ScanOptions extends LiveOptions {
  readonly store: StorePlace;
  readonly json?: boolean;
  readonly all?: boolean;
}

/** What this release's kinds can read, for telling a baseline that is newer. */
export const knownShapes: ReadonlyMap<string, number> = new Map(
  kinds.map(({ declaration }) => [declaration.id, declaration.shape]),
);

export function scanCommand(world: World, end: Outcome): Command {
  const command = new Command('scan')
    .summary('read the account, compare it with what was accepted, say what drifted')
    .description(
      'Reads every watched setting of the account, compares it with what a person accepted, and names exactly what drifted. Writes nothing in AWS, but what it keeps to a bucket that --store names.',
    )
    .option('--json', 'print one JSON report on standard output, and nothing else')
    .option('--all', 'with --json: every state that was read, not only what drifted')
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing drifted, 1 drift, 2 could not tell, 64 wrong arguments or settings.\n\nExamples:\n  plumbline scan\n  plumbline scan --profile production --region us-east-1 --region eu-west-1\n  plumbline scan --json | jq ".findings[].drifts[].ref"',
    )
    .action(async (options: ScanOptions) => {
      const settings = await readSettings(world, options.settings);
      const { look, signIn } = await import('../live.ts');
      const session = await signIn(world, options);
      const store = await openStore(world, options.store, () => Promise.resolve(session));
      const loaded = await loadBaseline(store, session.account, knownShapes);
      const accepted = [...(loaded?.baseline.states.values() ?? [])].map(({ state }) => state);
      const seen = await look(world, { session, options, settings, accepted });
      const { scan, trouble } = await keep(store, seen, loaded?.baseline.accepted.generation ?? 0);
      const report = reportOn({
        scan,
        baseline: loaded?.baseline,
        ...reportSettings(settings),
        withStates: options.all === true,
      });
      printReport(world, report, { asJson: options.json === true, of: trouble === undefined ? 'scan' : 'unkept' });
      if (trouble !== undefined)
        world.tell(`plumbline: this scan could not be kept, so it cannot be accepted: ${trouble}\n`);
      end(trouble !== undefined && report.exitCode === 0 ? 2 : report.exitCode);
    });
  return withStoreOption(withLiveOptions(command));
}

/** What a report takes from the settings and the registry. */
export function reportSettings(settings: Settings): Pick<ReportInput, 'kinds' | 'actionItems' | 'ownerTags'> {
  return { kinds: kindsById, actionItems: actionItemsIn(settings), ownerTags: settings.ownerTags };
}

export interface PrintSettings {
  readonly asJson: boolean;
  readonly of: 'scan' | 'unkept' | 'snapshots';
}

export function printReport(world: World, report: Report, { asJson, of }: PrintSettings): void {
  const text = asJson
    ? JSON.stringify(report, null, 2)
    : renderTerminal(report, { colour: world.colour, width: world.width, kinds: kindsById, of });
  world.print(`${text.trimEnd()}
`);
}

/** What was seen is told even where it could not be kept. */
async function keep(store: Documents, scan: Scan, comparedWith: number): Promise<{ scan: Scan; trouble?: string }> {
  try {
    return { scan: await saveScan(store, { scan, comparedWith }) };
  } catch (error) {
    if (!(error instanceof PlumblineError)) throw error;
    return { scan, trouble: messageOf(error) };
  }
}
