import { parseEvent } from '#core/event.ts';
import type { EventHistory } from '#lambda/ports.ts';
import { REGION, type World } from './world.ts';

/** CloudTrail's history is behind by so long (aws-facts §4.5). */
const BEHIND_MS = 4 * 60_000;

/** CloudTrail's own history of what people did: it has what no event brought. */
export function historyOf(world: World, now: () => Date): EventHistory {
  return {
    find: ({ region, by, from, to }) => {
      const events = world.calls
        .filter(({ at }) => region === REGION && at <= now().getTime() - BEHIND_MS)
        .map(({ record }) => parseEvent(record))
        .filter((event) => !('name' in by) || event.name === by.name)
        .filter(() => !('resource' in by))
        .filter((event) => !('accessKey' in by) || event.actor.session === by.accessKey)
        .filter(({ at }) => at >= from && at < to);
      return Promise.resolve({ events, isWhole: true, unreadable: 0 });
    },
  };
}
