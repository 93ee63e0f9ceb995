import { resolve } from 'node:path';
import type { CloudTrailEvent } from '#core/event.ts';
import type { TimelineEntry, TimelineFilter, TimelineProblem } from '#core/timeline.ts';
import { kinds } from '#kinds';
import { findLogFiles } from '#local/log-files.ts';
import type { OnProgress } from '#lambda/ports.ts';
import { readTrailLogs, type FoundLogs, type LogFile } from '#lambda/trail-reading.ts';
import type { TimelineCounts } from '#render/timeline.ts';
import { parsePlace } from './store-place.ts';
import { refuseBesideLogs, type ChangesOptions } from './timeline-options.ts';
import { withProgress, type World } from './world.ts';

/** A timeline, and what it was read from. */
export interface TimelineRead extends TimelineCounts {
  readonly entries: readonly TimelineEntry[];
  /** The events of the entries, where there are snapshots to put them beside. */
  readonly events: readonly CloudTrailEvent[];
}

/** Reads the timeline from where the options say: CloudTrail's own history, or the logs of a trail. Throws PlumblineError. */
export async function readTimeline(
  world: World,
  options: ChangesOptions,
  filter: TimelineFilter,
): Promise<TimelineRead> {
  if (options.trailLogs === undefined) {
    const { readHistories } = await import('./account-history.ts');
    return withProgress(world, (onProgress) => readHistories(world, { options, filter, onProgress }));
  }
  const find = finderOf(world, options, options.trailLogs);
  return withProgress(
    world,
    async (onProgress) =>
      readLogs(world, { ...(await find(filter)), withEvents: options.snapshots !== undefined, onProgress }),
    'looking for logs',
  );
}

/** Logs, with as many on their way as their place is best read with. */
interface Logs extends FoundLogs {
  readonly ahead: AsyncIterable<LogFile> | Iterable<LogFile>;
}

interface LogSettings {
  readonly withEvents: boolean;
  readonly onProgress: OnProgress;
}

/** With the four that are unpacked, what S3 is asked for at once. */
const READ_AHEAD = 16;

function finderOf(world: World, options: ChangesOptions, named: string): (filter: TimelineFilter) => Promise<Logs> {
  const place = parsePlace(named, {
    option: '--trail-logs',
    takes: 'a folder or a file, such as ./AWSLogs',
    example: 'AWSLogs',
  });
  refuseBesideLogs(options, place.in);
  if (place.in === 'bucket')
    return async (filter) => {
      const { openLogs, signInto } = await import('./live.ts');
      const { readAhead } = await import('#aws/s3-log-files.ts');
      const { session } = await signInto(world, options);
      const found = await openLogs(world, session, place).find(filter);
      return { ...found, ahead: readAhead(found.files, READ_AHEAD) };
    };
  return async (filter) => {
    const found = await findLogFiles({ path: resolve(world.cwd, place.folder), named }, filter);
    return { ...found, ahead: found.files };
  };
}

async function readLogs(
  world: World,
  { ahead, files: found, problems, withEvents, onProgress }: Logs & LogSettings,
): Promise<TimelineRead> {
  const { files, ...read } = await readTrailLogs(ahead, {
    kinds: kinds.map(({ declaration }) => declaration),
    withEvents,
    signal: world.signal,
    onFile: (done) => onProgress({ doing: 'logs read:', done, of: found.length }),
  });
  return {
    ...read,
    source: { files },
    problems: [...problems, ...(found.length === 0 ? [NO_FILE] : []), ...read.problems],
  };
}

/** Where nothing was read nothing is known, however many other logs are there. */
const NO_FILE: TimelineProblem = {
  where: '--trail-logs',
  says: 'there are logs, but none of the times, accounts and regions that were asked: check --since, --until, --accounts and --region',
};
