import { Command, Option } from 'commander';
import { PlumblineError } from '#core/errors.ts';
import type { Reconciliation } from '#core/reconciliation.ts';
import { isWithin, type TimelineEntry, type TimelineFilter } from '#core/timeline.ts';
import { kinds } from '#kinds';
import { printable } from '#render/printable.ts';
import { renderReconciliation } from '#render/reconciliation.ts';
import { renderTimeline, type TimelineCounts } from '#render/timeline.ts';
import { withAccountsOptions } from '../accounts.ts';
import { withSignInOptions } from '../live-options.ts';
import type { Outcome } from '../run.ts';
import { parseStorePlace } from '../store-place.ts';
import { timelineCsv } from '../timeline-csv.ts';
import { filterOf, USUAL_HOURS, type ChangesOptions } from '../timeline-options.ts';
import { readTimeline, type TimelineRead } from '../timeline-source.ts';
import type { World } from '../world.ts';

export function changesCommand(world: World, end: Outcome): Command {
  const command = new Command('changes')
    .summary('who changed what, when and how: from CloudTrail, or from the logs of a trail')
    .description(
      'Tells of each call that changed something watched: when, which resource, who, with what, and in logs also who took the session that it was made in. What failed stands apart. Asks CloudTrail\'s own history, which needs no trail and goes back 90 days; or reads the logs of a trail, which may be packed or not, as a trail writes them, a record a line, or as "aws cloudtrail lookup-events" prints them.',
    )
    .option(
      '--trail-logs <place>',
      'read logs: a folder and all folders below it, or one file, with no AWS account; or s3://bucket/prefix',
    )
    .addOption(
      new Option('--store <place>', 'read what the service has noted: its s3://bucket, or a folder').argParser(
        parseStorePlace,
      ),
    )
    .option(
      '--snapshots <files...>',
      'two files of "plumbline snapshot", the older one first: what differs, and which of the calls between them explains it',
    )
    .option('--settings <file>', 'beside snapshots, the settings with the contracts of tools')
    .option(
      '--since <time>',
      `from then on: a time such as 2025-10-28T14:00Z, or so long ago, such as 7d (default: of logs everything, else ${USUAL_HOURS}h before the end)`,
    )
    .option('--until <time>', 'before then')
    .option('--resource <resource>', 'only of a resource: its name, or a tail of its reference')
    .option('--actor <text>', 'only by somebody whose name has this in it, or who took the session')
    .option('--account <id>', 'only in an account')
    .option('--kind <kind>', `only of a kind: ${kinds.map(({ declaration }) => declaration.id).join(', ')}`)
    .option('--json', 'print the timeline as JSON')
    .option('--csv', 'print the timeline as CSV, for a spreadsheet')
    .addHelpText(
      'after',
      `
Without --trail-logs CloudTrail is asked: in each region for each name of a call,
twice a second and no quicker, since the quota is shared with everybody in the
account. That takes about ${secondsOfRegion()} seconds, whatever the number of regions; --kind is quicker.

Of a trail's own folders, …/AWSLogs/ACCOUNT/CloudTrail/REGION/YYYY/MM/DD/, also an
organization's, only those are read that --account, --region, --since and --until
ask for, with one day more at the end for what was delivered late.

With --store or --snapshots what changed is put beside what was called: changes
that events explain, those that none explains and why that may be, and calls that
changed nothing.

Exit codes: 0 all of it was read, 2 some of it could not be, 64 wrong arguments.

Examples:
  plumbline changes
  plumbline changes --since 7d --kind s3-account-block --profile production
  plumbline changes --accounts 111122223333,444455556666 --account-role plumbline-reader
  plumbline changes --trail-logs ./AWSLogs --since 2025-10-28T14:00Z --resource exports
  plumbline changes --trail-logs s3://audit-logs/AWSLogs/o-a1b2c3d4e5 --account 444455556666 --since 2d
  aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=PutBucketPolicy > found.json
  plumbline changes --trail-logs found.json --csv > changes.csv
  plumbline changes --store s3://BUCKET --since 7d
  plumbline changes --snapshots monday.json tuesday.json --trail-logs ./AWSLogs`,
    )
    .action(async (options: ChangesOptions) => {
      if (options.json === true && options.csv === true)
        throw new PlumblineError(
          'ARGUMENT_INVALID',
          '--json and --csv: the timeline is printed as one of them; leave one out',
        );
      const told = await toldBy(world, options);
      world.print(textOf(told, { options, colour: world.colour }));
      // A table has no place for it.
      if (options.csv === true)
        for (const { where, says } of told.problems) world.tell(`plumbline: ${printable(where)}: ${printable(says)}\n`);
      end(exitCodeOf(told));
    });
  return withAccountsOptions(withSignInOptions(command));
}

/** What is printed, in whichever form. */
interface Told extends TimelineCounts {
  readonly entries: readonly TimelineEntry[];
  readonly reconciliation?: Reconciliation;
  /** What --json prints. */
  readonly document: object;
}

async function toldBy(world: World, options: ChangesOptions): Promise<Told> {
  if (options.store !== undefined) {
    const { readStore } = await import('../timeline-store.ts');
    const { document, place } = await readStore(world, options, options.store);
    const { since: from, until: to, entries, records, reconciliation, problems } = document;
    const source = { store: place, from, to };
    return { entries, source, records, duplicates: 0, problems, reconciliation, document };
  }
  if (options.snapshots !== undefined) {
    const { readBetweenSnapshots } = await import('../timeline-snapshots.ts');
    const { read, reconciliation, filter } = await readBetweenSnapshots(world, options);
    return toldOf(read, filter, reconciliation);
  }
  const filter = filterOf(options, world.now());
  return toldOf(await readTimeline(world, options, filter), filter);
}

function toldOf(read: TimelineRead, filter: TimelineFilter, reconciliation?: Reconciliation): Told {
  const { source, records, duplicates, problems } = read;
  const entries = read.entries.filter((entry) => isWithin(entry, filter));
  const reconciled = reconciliation === undefined ? {} : { reconciliation };
  const counts = { ...source, records, duplicates, problems };
  const document = { version: 1, exitCode: exitCodeOf(read), entries, ...reconciled, ...counts };
  return { entries, source, records, duplicates, problems, ...reconciled, document };
}

interface Showing {
  readonly options: ChangesOptions;
  readonly colour: boolean;
}

function textOf(told: Told, { options, colour }: Showing): string {
  if (options.csv === true) return timelineCsv(told.entries);
  if (options.json === true) return `${JSON.stringify(told.document, null, 2)}\n`;
  const { reconciliation } = told;
  const timeline = renderTimeline(told.entries, { ...told, colour, isReconciled: reconciliation !== undefined });
  return reconciliation === undefined ? timeline : `${timeline}\n${renderReconciliation(reconciliation, { colour })}`;
}

function exitCodeOf({ problems }: Pick<TimelineCounts, 'problems'>): 0 | 2 {
  return problems.length === 0 ? 0 : 2;
}

/** One question a name, two a second. */
function secondsOfRegion(): number {
  return Math.ceil(new Set(kinds.flatMap(({ declaration }) => declaration.events.map(({ name }) => name))).size / 2);
}
