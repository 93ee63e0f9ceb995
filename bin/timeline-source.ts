import { resolve } from 'node:path';
import type { TimelineEntry, TimelineFilter } from '#core/timeline.ts';
import { kinds } from '#kinds';
import { findLogFiles } from '#local/log-files.ts';
import type { OnProgress } from '#lambda/ports.ts';
import { readTrailLogs } from '#lambda/trail-reading.ts';
import type { TimelineCounts } from '#render/timeline.ts';
import { refuseBesideLogs, type ChangesOptions } from './timeline-options.ts';
import { withProgress, type World } from './world.ts';

/** A timeline, and what it was read from. */
export interface TimelineRead extends TimelineCounts {
  readonly entries: readonly TimelineEntry[];
}

/** Reads the timeline from where the options say: the logs of a trail, or CloudTrail's own history. Throws PlumblineError. */
export async function readTimeline(
  world: World,
  options: ChangesOptions,
  filter: TimelineFilter,
): Promise<TimelineRead> {
  const { trailLogs } = options;
  if (trailLogs === undefined) {
    const { readHistories } = await import('./account-history.ts');
    return withProgress(world, (onProgress) => readHistories(world, { options, filter, onProgress }));
  }
  refuseBesideLogs(options, 'folder');
  const files = await findLogFiles(resolve(world.cwd, trailLogs), trailLogs);
  return withProgress(world, (onProgress) => readLogs(world, files, onProgress), 'reading logs');
}

async function readLogs(
  world: World,
  found: Awaited<ReturnType<typeof findLogFiles>>,
  onProgress: OnProgress,
): Promise<TimelineRead> {
  const { files, ...read } = await readTrailLogs(found, {
    kinds: kinds.map(({ declaration }) => declaration),
    signal: world.signal,
    onFile: (done) => onProgress({ doing: 'logs read:', done, of: found.length }),
  });
  return { ...read, source: { files } };
}
