import type { Reconciliation } from '#core/reconciliation.ts';
import type { TimelineFilter, TimelineProblem } from '#core/timeline.ts';
import type { Looked } from '#core/unexplained.ts';
import { kindsById } from '#kinds';
import { contractsIn } from '#lambda/service-settings.ts';
import { periodBetween, reconcileSnapshots } from '#lambda/snapshot-changes.ts';
import { readText, snapshotIn } from './input-file.ts';
import { filterOf, refuseBesideSnapshots, type ChangesOptions } from './timeline-options.ts';
import { readTimeline, type TimelineRead } from './timeline-source.ts';
import { readSettings, type World } from './world.ts';

/** A timeline between two snapshots, and what explains what differs. */
export interface SnapshotsRead {
  readonly read: TimelineRead;
  /** Narrowed to the time between the two. */
  readonly filter: TimelineFilter;
  readonly reconciliation: Reconciliation;
}

/** Reads what was called between two snapshots, from wherever the options say, and puts it beside what differs. Throws PlumblineError. */
export async function readBetweenSnapshots(world: World, options: ChangesOptions): Promise<SnapshotsRead> {
  refuseBesideSnapshots(options);
  const [first = '', second = ''] = options.snapshots ?? [];
  const pair = {
    before: snapshotIn(await readText(world, first), first),
    after: snapshotIn(await readText(world, second), second),
  };
  const settings = await readSettings(world, options.settings);
  const asked = filterOf(options, world.now());
  const { from: since, to: until } = periodBetween(pair);
  const filter = { ...asked, since, until };
  const read = await readTimeline(world, options, filter);
  const { reconciliation, notCompared } = reconcileSnapshots(pair, {
    entries: read.entries,
    events: read.events,
    looked: lookedIn(read),
    kinds: kindsById,
    contracts: contractsIn(settings),
    now: world.now(),
    filter: { resource: asked.resource, actor: asked.actor, account: asked.account, kind: asked.kind },
  });
  const problems = [...read.problems, ...unlike(notCompared, [first, second])];
  return { read: { ...read, problems }, filter, reconciliation };
}

function unlike(
  notCompared: number,
  [first, second]: readonly [first: string, second: string],
): readonly TimelineProblem[] {
  if (notCompared === 0) return [];
  const says = `${notCompared} of what is watched could not be compared with ${first}: "plumbline diff ${first} ${second}" names it`;
  return [{ where: second, says }];
}

/** Where calls were looked for, and where they could not be. */
function lookedIn({ source, entries, problems }: TimelineRead): Looked {
  const gaps = problems.map(({ where, says }) => {
    const [, account, region] = /^(\d{12})(?:\/([a-z0-9-]+))?$/.exec(where) ?? [];
    return {
      says: `${where}: ${says}`,
      ...(account === undefined ? {} : { account }),
      ...(region === undefined ? {} : { region }),
    };
  });
  if (!('files' in source)) return { searches: [], gaps, asked: 'history' };
  return { searches: [], gaps, asked: 'logs', heard: [...new Set(entries.map(({ region }) => region))] };
}
