import type { EventHistory } from '#lambda/ports.ts';

/** CloudTrail's history of an account whose events all came: there is nothing to be found in it. */
export const NOTHING_REMEMBERED: EventHistory = {
  find: () => Promise.resolve({ events: [], isWhole: true, unreadable: 0 }),
};
