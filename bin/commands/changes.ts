import { resolve } from 'node:path';
import { Command } from 'commander';
import { PlumblineError } from '#core/errors.ts';
import { isWithin, type TimelineFilter } from '#core/timeline.ts';
import { kinds } from '#kinds';
import { findLogFiles } from '#local/log-files.ts';
import { readTrailLogs, type TrailRead } from '#lambda/trail-reading.ts';
import { renderTimeline } from '#render/timeline.ts';
import type { Outcome } from '../run.ts';
import { timelineCsv } from '../timeline-csv.ts';
import { withProgress, type World } from '../world.ts';

interface ChangesOptions extends Omit<TimelineFilter, 'since' | 'until'> {
  readonly trailLogs: string;
  readonly since?: string;
  readonly until?: string;
  readonly json?: boolean;
  readonly csv?: boolean;
}

export function changesCommand(world: World, end: Outcome): Command {
  return new Command('changes')
    .summary('who changed what, when and how, from the logs of a trail')
    .description(
      'Reads the logs of CloudTrail and tells of each call that changed something watched: when, which resource, who, and with what. What failed stands apart. With no AWS account; logs may be packed or not, as a trail writes them, a record a line, or as "aws cloudtrail lookup-events" prints them.',
    )
    .requiredOption('--trail-logs <path>', 'a folder with logs, and all folders below it, or one file')
    .option('--since <time>', 'from then on: a time such as 2025-10-28T14:00Z, or so long ago, such as 24h')
    .option('--until <time>', 'before then')
    .option('--resource <resource>', 'only of a resource: its name, or a tail of its reference')
    .option('--actor <text>', 'only by somebody whose name has this in it')
    .option('--account <id>', 'only in an account')
    .option('--kind <kind>', `only of a kind: ${kinds.map(({ declaration }) => declaration.id).join(', ')}`)
    .option('--json', 'print the timeline as JSON')
    .option('--csv', 'print the timeline as CSV, for a spreadsheet')
    .addHelpText(
      'after',
      '\nExit codes: 0 all of it was read, 2 some of it could not be, 64 wrong arguments.\n\nExamples:\n  plumbline changes --trail-logs ./AWSLogs\n  plumbline changes --trail-logs ./AWSLogs --since 2025-10-28T14:00Z --resource exports\n  aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=PutBucketPolicy > found.json\n  plumbline changes --trail-logs found.json --csv > changes.csv',
    )
    .action(async (options: ChangesOptions) => {
      if (options.json === true && options.csv === true)
        throw new PlumblineError(
          'ARGUMENT_INVALID',
          '--json and --csv: the timeline is printed as one of them; leave one out',
        );
      const filter = filterOf(options, world.now());
      const files = await findLogFiles(resolve(world.cwd, options.trailLogs), options.trailLogs);
      const read = await withProgress(
        world,
        (onProgress) =>
          readTrailLogs(files, {
            kinds: kinds.map(({ declaration }) => declaration),
            signal: world.signal,
            onFile: (done) => onProgress({ doing: 'logs read:', done, of: files.length }),
          }),
        'reading logs',
      );
      world.print(textOf(read, { filter, options, colour: world.colour }));
      end(read.problems.length === 0 ? 0 : 2);
    });
}

interface Showing {
  readonly filter: TimelineFilter;
  readonly options: ChangesOptions;
  readonly colour: boolean;
}

function textOf(read: TrailRead, { filter, options, colour }: Showing): string {
  const entries = read.entries.filter((entry) => isWithin(entry, filter));
  if (options.csv === true) return timelineCsv(entries);
  if (options.json !== true) return renderTimeline(entries, { ...read, colour });
  const { files, records, duplicates, problems } = read;
  return `${JSON.stringify({ version: 1, exitCode: problems.length === 0 ? 0 : 2, entries, files, records, duplicates, problems }, null, 2)}\n`;
}

function filterOf(options: ChangesOptions, now: Date): TimelineFilter {
  const { resource, actor, account, kind } = options;
  if (account !== undefined && !/^\d{12}$/.test(account))
    throw new PlumblineError(
      'ARGUMENT_INVALID',
      `--account ${account}: an account's id has 12 digits: write such as 111122223333`,
    );
  const known = kinds.map(({ declaration }) => declaration.id);
  if (kind !== undefined && !known.includes(kind))
    throw new PlumblineError('ARGUMENT_INVALID', `--kind ${kind}: it is one of ${known.join(', ')}`);
  const since = timeOf('--since', options.since, now);
  const until = timeOf('--until', options.until, now);
  if (since !== undefined && until !== undefined && until <= since)
    throw new PlumblineError(
      'ARGUMENT_INVALID',
      `--until ${options.until ?? ''}: this is no later than --since ${options.since ?? ''}, so nothing lies between: name a later time, or leave one out`,
    );
  return {
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(resource === undefined ? {} : { resource }),
    ...(actor === undefined ? {} : { actor }),
    ...(account === undefined ? {} : { account }),
    ...(kind === undefined ? {} : { kind }),
  };
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
/** With a zone: without one it would be another time for everybody. */
const TIME = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/** A time, or so long ago. A day alone begins in UTC, as CloudTrail's times are. */
function timeOf(option: string, text: string | undefined, now: Date): string | undefined {
  if (text === undefined) return undefined;
  const [, count, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const ago = count === undefined ? undefined : new Date(now.getTime() - Number(count) * (UNITS[unit] ?? 0));
  const at = ago ?? (TIME.test(text) ? new Date(text) : undefined);
  if (at === undefined || Number.isNaN(at.getTime()))
    throw new PlumblineError(
      'ARGUMENT_INVALID',
      `${option} ${text}: write a time with its zone, such as 2025-10-28T14:00Z, a day, or how long ago, such as 24h`,
    );
  return at.toISOString();
}
