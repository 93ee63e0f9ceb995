import { Command } from 'commander';
import { blindSpots } from '#core/drift.ts';
import { kindsById } from '#kinds';
import type { Scan } from '#core/scan.ts';
import { encode, FORMAT } from '#lambda/document-encoding.ts';
import { withAccountRoleOption, type AccountRoleOption } from '../accounts.ts';
import { withLiveOptions, type LiveOptions } from '../live-options.ts';
import { writeWhole } from '../output-file.ts';
import type { Outcome } from '../run.ts';
import { readSettings, withProgress, type World } from '../world.ts';

interface SnapshotOptions extends LiveOptions, AccountRoleOption {
  readonly out?: string;
}

export function snapshotCommand(world: World, end: Outcome): Command {
  const command = new Command('snapshot')
    .summary('read the account and write one snapshot file')
    .description(
      'Reads every watched setting of the account and writes one file, to be compared with another by "plumbline diff". Needs and touches no store.',
    )
    .option('--out <file>', 'where to write it; - is standard output (default: plumbline-snapshot-ACCOUNT-TIME.json)')
    .addHelpText(
      'after',
      '\nExit codes: 0 everything was read, 2 something could not be read.\n\nExamples:\n  plumbline snapshot --out before.json\n  plumbline snapshot --out - | jq .listings',
    )
    .action(async (options: SnapshotOptions) => {
      const settings = await readSettings(world, options.settings);
      const { look, signInto } = await import('../live.ts');
      const { session } = await signInto(world, options);
      const scan = await withProgress(world, (onProgress) =>
        look(world, { session, options, settings, accepted: [], onProgress }),
      );
      const body = encode({ plumbline: 'snapshot', format: FORMAT, ...scan });
      if (options.out === '-') world.print(Buffer.from(body).toString('utf8'));
      else await writeWhole(world, options.out ?? defaultName(scan), body);
      const blind = blindSpots(scan, kindsById);
      if (blind.length > 0)
        world.tell(
          `plumbline: ${blind.length} could not be read; they are in the snapshot as unreadable ("plumbline doctor" tells why)\n`,
        );
      end(blind.length > 0 ? 2 : 0);
    });
  return withLiveOptions(withAccountRoleOption(command));
}

function defaultName(scan: Scan): string {
  return `plumbline-snapshot-${scan.account}-${scan.id}.json`;
}
