import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { causeFor, commonTo, type Happening } from '#core/one-cause.ts';

const T = Date.parse('2026-03-02T08:00:00.000Z');
const at = (minutes: number): string => new Date(T + minutes * 60_000).toISOString();

const BLOCK = ['s3-account-block publicAccessBlock.BlockPublicAcls present:1a2b'];
const OTHER = ['s3-account-block publicAccessBlock.BlockPublicAcls present:ffff'];
const ALICE = { session: 'ASIAALICE1', who: 'role Tooling, session alice@example.com', userAgent: 'Boto3/1.40' };
const ALICE_ELSEWHERE = { ...ALICE, session: 'ASIAALICE2' };
const BOB = { session: 'ASIABOB', who: 'role Admin, session bob@example.com', userAgent: 'aws-cli/2.31' };
const BOBS_BOTO = { ...BOB, session: 'ASIABOB2', userAgent: 'Boto3/1.40' };

const happened = (more: Partial<Happening> = {}): Happening => ({ at: at(0), moves: BLOCK, actors: [ALICE], ...more });

describe('have two accounts one cause?', () => {
  test.each([
    {
      case: 'one access key, whatever it changed: one piece of work',
      one: happened(),
      other: happened({ moves: OTHER, at: at(3) }),
      common: 'session',
    },
    {
      case: 'one role and session name in each account (other keys), the same values',
      one: happened(),
      other: happened({ actors: [ALICE_ELSEWHERE] }),
      common: 'actor',
    },
    {
      case: 'the same name in both, and other values: two pieces of work',
      one: happened(),
      other: happened({ actors: [ALICE_ELSEWHERE], moves: OTHER }),
      common: undefined,
    },
    {
      case: 'one tool under two names, the same values',
      one: happened(),
      other: happened({ actors: [BOBS_BOTO] }),
      common: 'tool',
    },
    {
      case: 'one tool, other values: everybody uses Boto3',
      one: happened(),
      other: happened({ actors: [BOBS_BOTO], moves: OTHER }),
      common: undefined,
    },
    {
      case: 'two people with two tools who set the same: each is to be asked',
      one: happened(),
      other: happened({ actors: [BOB] }),
      common: undefined,
    },
    {
      case: 'the same values, and of one of them nobody knows yet who: CloudTrail comes later than the poll (aws-facts §4.5)',
      one: happened(),
      other: happened({ actors: [] }),
      common: 'values',
    },
    {
      case: 'the same values in both and no event in either: a level above moved (aws-facts §1.3)',
      one: happened({ actors: [] }),
      other: happened({ actors: [] }),
      common: 'values',
    },
    {
      case: 'nobody known, other values',
      one: happened({ actors: [] }),
      other: happened({ actors: [], moves: OTHER }),
      common: undefined,
    },
    {
      case: 'one had some of the values already: only what was not so before moves',
      one: happened({ moves: ['k a present:1', 'k b present:1', 'k c present:1'] }),
      other: happened({ actors: [ALICE_ELSEWHERE], moves: ['k b present:1'] }),
      common: 'actor',
    },
    {
      case: 'some values are the same, and each set one that the other did not',
      one: happened({ moves: ['k a present:1', 'k b present:1'] }),
      other: happened({ actors: [ALICE_ELSEWHERE], moves: ['k b present:1', 'k c present:1'] }),
      common: undefined,
    },
    {
      case: 'nothing known of either: no values are the same as no values',
      one: happened({ actors: [], moves: [] }),
      other: happened({ actors: [], moves: [] }),
      common: undefined,
    },
    {
      case: 'a tool that says nothing of itself is no tool in common',
      one: happened({ actors: [{ who: 'user a', userAgent: '' }] }),
      other: happened({ actors: [{ who: 'user b', userAgent: '' }] }),
      common: undefined,
    },
  ])('$case: $common', ({ one, other, common }) => {
    expect(commonTo(one, other)).toBe(common);
    expect(commonTo(other, one)).toBe(common);
  });
});

describe('which cause a new one belongs to', () => {
  const known = (cause: string, minutes: number, more: Partial<Happening> = {}) => ({
    cause,
    happening: happened({ at: at(minutes), ...more }),
  });
  test.each([
    { case: 'none is known', others: [], minute: 0, cause: undefined },
    { case: 'ten minutes after the last', others: [known('a', 0)], minute: 10, cause: 'a' },
    { case: 'later than that', others: [known('a', 0)], minute: 11, cause: undefined },
    { case: 'before the first: news come in no order', others: [known('a', 5)], minute: 0, cause: 'a' },
    {
      case: 'a script that goes from account to account for half an hour',
      others: [known('a', 0), known('a', 10), known('a', 20)],
      minute: 30,
      cause: 'a',
    },
    {
      case: 'more than an hour after the first of it: no longer one piece of work',
      others: [0, 10, 20, 30, 40, 50, 60].map((minutes) => known('a', minutes)),
      minute: 61,
      cause: undefined,
    },
    {
      case: 'the surer of two causes',
      others: [known('values', 0, { actors: [] }), known('session', 1, { moves: OTHER })],
      minute: 2,
      cause: 'session',
    },
  ])('$case: $cause', ({ others, minute, cause }) => {
    expect(causeFor(happened({ at: at(minute) }), others)?.cause).toBe(cause);
  });

  test('the order in which others are known does not matter', () => {
    const others = [known('a', 0), known('b', 1, { actors: [] }), known('c', 2, { actors: [BOB] }), known('a', 9)];
    fc.assert(
      fc.property(fc.shuffledSubarray(others, { minLength: others.length }), (shuffled) => {
        expect(causeFor(happened({ at: at(4) }), shuffled)).toEqual(causeFor(happened({ at: at(4) }), others));
      }),
    );
  });
});
