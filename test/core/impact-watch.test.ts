import { describe, expect, test } from 'vitest';
import { nextLookAt, watchFrom, wordOf } from '#core/impact-watch.ts';
import { isNewsAfter, recoveryWaitsUntil, toldOf } from '#core/use-note.ts';
import { newsCases, recoveryCases, watchCases } from './impact-watch.cases.ts';

const START = Date.UTC(2026, 2, 2, 8);
const at = (minute: number): string => new Date(START + minute * 60_000).toISOString();

describe('the watch after a change', () => {
  test.each(watchCases)(
    'minute $readAt, $case: $word ($fact)',
    ({ readAt, isOver, provedFrom, failures, word, nextAt }) => {
      const watch = {
        ...watchFrom('f-1', at(0)),
        ...(isOver ? { endedAt: at(readAt) } : {}),
        ...(provedFrom === undefined ? {} : { endedAt: at(provedFrom - 1), proofFrom: at(provedFrom) }),
      };
      expect({ word: wordOf(watch, { readAt: at(readAt), failures }), nextAt: nextLookAt(watch, at(readAt)) }).toEqual({
        word,
        nextAt: nextAt === undefined ? undefined : at(nextAt),
      });
    },
  );
});

describe('what is told of what logs say', () => {
  const note = { document: 'reports/evidence/f-1/a.json', readAt: at(0) };

  test.each(newsCases)('$case ($fact): $isNews', ({ told, note: seen, isNews }) => {
    expect(isNewsAfter({ ...note, ...seen }, told)).toBe(isNews);
  });

  test.each(newsCases)('$case: told, it is no news any more', ({ told, note: seen }) => {
    const one = { ...note, ...seen };
    expect(isNewsAfter(one, toldOf(one, told))).toBe(false);
  });

  test.each(recoveryCases)('it is over; $case ($fact): $does', ({ lookedAt, now, does }) => {
    const use =
      lookedAt === undefined
        ? undefined
        : { ...note, readAt: at(lookedAt), isUsed: false, failures: 0, isQuiet: false };
    const until = recoveryWaitsUntil(use, at(0));
    expect(until !== undefined && until > at(now) ? 'wait' : 'tell').toBe(does);
  });
});
