import { describe, expect, test } from 'vitest';
import { textOf, type JsonObject } from '#core/json.ts';
import { reader } from '#kinds/waf-ip-set/reader.ts';
import { ACCOUNT } from '../builders.ts';
import { readsOf } from '../simulation/reads.ts';
import { ipSet, REGION, World } from '../simulation/world.ts';

const ref = { account: ACCOUNT, region: REGION, kind: 'waf-ip-set', id: 'partners' };

describe('a set is read by its name; the id that is known of it is a hint', () => {
  const cases: readonly { case: string; changes: readonly ('yes' | 'none')[]; hint: JsonObject; seen: string }[] = [
    { case: 'the id is its own', changes: [], hint: { id: 'id-of-partners-0' }, seen: 'state id-of-partners-0' },
    { case: 'no id is known', changes: [], hint: {}, seen: 'state id-of-partners-0' },
    {
      case: 'it is gone',
      changes: ['none'],
      hint: { id: 'id-of-partners-0' },
      seen: 'gone WAFNonexistentItemException',
    },
    { case: 'it is gone, and no id is known', changes: ['none'], hint: {}, seen: 'gone NotListed' },
    {
      case: 'it was made anew under its name, as after a sweep has listed: it is there',
      changes: ['none', 'yes'],
      hint: { id: 'id-of-partners-0' },
      seen: 'state id-of-partners-1',
    },
  ];

  test.each(cases)('$case', async ({ changes, hint, seen }) => {
    const world = new World();
    for (const [at, value] of changes.entries())
      world.set({ resource: ipSet('partners'), setting: 'exists', value, at });
    const aws = readsOf(world, { now: () => new Date(changes.length), gate: () => Promise.resolve() });
    const read = await reader.read({ found: { ref, hint }, aws, context: {} });
    const told = read.seen === 'state' ? textOf(read.state.carried['id']) : read.code;
    expect(`${read.seen} ${told ?? ''}`).toBe(seen);
  });
});
