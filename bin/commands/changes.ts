import { Command } from 'commander';
import { PlumblineError } from '#core/errors.ts';
import { isWithin, type TimelineFilter } from '#core/timeline.ts';
import { kinds } from '#kinds';
import { printable } from '#render/printable.ts';
import { renderTimeline } from '#render/timeline.ts';
import { withAccountsOptions } from '../accounts.ts';
import { withSignInOptions } from '../live-options.ts';
import type { Outcome } from '../run.ts';
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

Exit codes: 0 all of it was read, 2 some of it could not be, 64 wrong arguments.

Examples:
  plumbline changes
  plumbline changes --since 7d --kind s3-account-block --profile production
  plumbline changes --accounts 111122223333,444455556666 --account-role plumbline-reader
  plumbline changes --trail-logs ./AWSLogs --since 2025-10-28T14:00Z --resource exports
  plumbline changes --trail-logs s3://audit-logs/AWSLogs/o-a1b2c3d4e5 --account 444455556666 --since 2d
  aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=PutBucketPolicy > found.json
  plumbline changes --trail-logs found.json --csv > changes.csv`,
    )
    .action(async (options: ChangesOptions) => {
      if (options.json === true && options.csv === true)
        throw new PlumblineError(
          'ARGUMENT_INVALID',
          '--json and --csv: the timeline is printed as one of them; leave one out',
        );
      const filter = filterOf(options, world.now());
      const read = await readTimeline(world, options, filter);
      world.print(textOf(read, { filter, options, colour: world.colour }));
      // A table has no place for it.
      if (options.csv === true)
        for (const { where, says } of read.problems) world.tell(`plumbline: ${printable(where)}: ${printable(says)}\n`);
      end(exitCodeOf(read));
    });
  return withAccountsOptions(withSignInOptions(command));
}

interface Showing {
  readonly filter: TimelineFilter;
  readonly options: ChangesOptions;
  readonly colour: boolean;
}

function textOf(read: TimelineRead, { filter, options, colour }: Showing): string {
  const entries = read.entries.filter((entry) => isWithin(entry, filter));
  if (options.csv === true) return timelineCsv(entries);
  if (options.json !== true) return renderTimeline(entries, { ...read, colour });
  const { source, records, duplicates, problems } = read;
  return `${JSON.stringify({ version: 1, exitCode: exitCodeOf(read), entries, ...source, records, duplicates, problems }, null, 2)}\n`;
}

function exitCodeOf({ problems }: TimelineRead): 0 | 2 {
  return problems.length === 0 ? 0 : 2;
}

/** One question a name, two a second. */
function secondsOfRegion(): number {
  return Math.ceil(new Set(kinds.flatMap(({ declaration }) => declaration.events.map(({ name }) => name))).size / 2);
}
