import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unexplainedIn, weighCauses } from '#core/attribution.ts';
import type { Cause, Shown } from '#core/change.ts';
import { chance } from '../arbitraries.ts';
import { attributionCases, type Call } from './attribution.cases.ts';

const causeFrom = ({ by, at, moves, shows }: Call, index: number): Cause => ({
  eventId: `event-${index}`,
  who: by,
  at: new Date(Date.UTC(2026, 2, 2, 8, 0, at)).toISOString(),
  shows,
  ...(moves === undefined ? {} : { moves }),
  certainty: 'unknown',
  reasons: [],
});

const sureOf = (causes: readonly Cause[]): Readonly<Record<string, string>> =>
  Object.fromEntries(causes.map(({ who = '', certainty }) => [who, certainty]));

describe('who made it so', () => {
  test.each(attributionCases)('$case', ({ calls, departed, sure, unexplained = [] }) => {
    const causes = weighCauses(calls.map(causeFrom), departed);
    expect({ sure: sureOf(causes), unexplained: unexplainedIn(causes, departed) }).toEqual({ sure, unexplained });
  });

  test('each says why', () => {
    const calls = attributionCases.flatMap((one) => weighCauses(one.calls.map(causeFrom), one.departed));
    expect(calls.every(({ reasons }) => reasons.length > 0)).toBe(true);
  });

  test('the surest come first', () => {
    const calls: Call[] = [
      { by: 'ana', at: 0, moves: 'policy', shows: 'no' },
      { by: 'eve', at: 40, moves: 'policy', shows: 'yes' },
    ];
    expect(weighCauses(calls.map(causeFrom), ['policy']).map(({ who }) => who)).toEqual(['eve', 'ana']);
  });

  test('what was weighed before there was evidence in it stays as it was', () => {
    const old: Cause = { eventId: 'event-0', certainty: 'certain', reasons: ['as it was known'] };
    expect(weighCauses([old], ['policy'])).toEqual([old]);
  });
});

describe('whatever the calls', () => {
  const shown = fc.constantFrom<Shown>('yes', 'no', 'not-told', 'unread');
  const one = fc.record({
    by: fc.constantFrom('ana', 'bob', 'eve'),
    at: fc.integer({ min: 0, max: 5 }),
    moves: fc.constantFrom('policy', 'acl'),
    shows: shown,
  });
  const calls = fc.array(one, { maxLength: 7 });

  test('in whatever order they come, and however often they are weighed, the outcome is the same', () => {
    fc.assert(
      fc.property(calls, fc.integer(), (all, seed) => {
        const causes = all.map(causeFrom);
        const random = chance(seed);
        const shuffled = causes
          .map((cause) => ({ cause, at: random() }))
          .sort((a, b) => a.at - b.at)
          .map(({ cause }) => cause);
        const weighed = weighCauses(causes, ['policy', 'acl']);
        expect(weighCauses(shuffled, ['policy', 'acl'])).toEqual(weighed);
        expect(weighCauses(weighed, ['policy', 'acl'])).toEqual(weighed);
      }),
    );
  });

  test('nobody is certain whose value is not there, and of one setting no two calls are', () => {
    fc.assert(
      fc.property(calls, (all) => {
        const certain = weighCauses(all.map(causeFrom), ['policy', 'acl']).filter(
          ({ certainty }) => certainty === 'certain',
        );
        expect(certain.every(({ shows }) => shows === 'yes')).toBe(true);
        for (const path of ['policy', 'acl'])
          expect(certain.filter(({ moves }) => moves === path).length).toBeLessThanOrEqual(1);
      }),
    );
  });
});
