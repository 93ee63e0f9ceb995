import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Shown } from '#core/change.ts';
import { reconcile, type CallEvidence, type KnownCall, type ReconciliationInput } from '#core/reconciliation.ts';
import type { ResourceRef } from '#core/reference.ts';
import { ACCOUNT } from '../builders.ts';
import { reconciliationCases, type Call, type ReconciliationCase } from './reconciliation.cases.ts';

const REFS: Readonly<Record<'bucket' | 'block', ResourceRef>> = {
  bucket: { account: ACCOUNT, region: 'eu-west-1', kind: 's3-bucket', id: 'exports' },
  block: { account: ACCOUNT, region: 'global', kind: 's3-account-block', id: 'account' },
};
const DAY_S = 86_400;
const at = (seconds: number): string => new Date(Date.UTC(2026, 2, 2, 8) + seconds * 1000).toISOString();

function evidenceOf({ moves, shows = 'not-told', readAt, notCompared, of = 'bucket' }: Call): CallEvidence {
  return {
    ref: REFS[of],
    shows,
    ...(moves === undefined ? {} : { moves }),
    ...(readAt === undefined ? {} : { readAt: at(readAt) }),
    ...(notCompared === undefined ? {} : { notCompared }),
  };
}

/** Lines of one person at one time are one call, about several resources. */
function callsOf(lines: readonly Call[]): readonly KnownCall[] {
  const byEvent = new Map<string, Call[]>();
  for (const line of lines) {
    const key = `${line.by}@${line.at}`;
    byEvent.set(key, [...(byEvent.get(key) ?? []), line]);
  }
  return [...byEvent].map(([eventId, of]): KnownCall => {
    const [{ by, at: seconds, error }] = of as [Call, ...Call[]];
    const cause = { eventId, call: 'PutBucketPolicy', region: 'eu-west-1', who: by, at: at(seconds) };
    return { cause, on: of.map(evidenceOf), ...(error === undefined ? {} : { error }) };
  });
}

function inputOf(one: Partial<ReconciliationCase>): ReconciliationInput {
  const { changes = [], calls = [], searches = [], gaps = [], heard, now = DAY_S } = one;
  return {
    period: { from: at(0), to: at(DAY_S) },
    now: at(now),
    changes: changes.map(({ path, readAt, isGone, of = 'bucket' }) => ({
      ...(isGone === true ? { isGone } : {}),
      ref: REFS[of],
      path,
      says: `${path} changed`,
      at: at(readAt),
      readAt: at(readAt),
    })),
    calls: callsOf(calls),
    looked: {
      searches: searches.map(({ of = 'bucket', regions, gaps: unread = [], above = [] }) => ({
        ref: REFS[of],
        at: at(60),
        regions,
        gaps: unread.map((region) => ({ region, why: 'AccessDenied' })),
        above,
      })),
      gaps: gaps.map((region) => ({ region, says: `the logs of ${region} were not read` })),
      ...(heard === undefined ? {} : { asked: 'logs' as const, heard }),
    },
  };
}

const secondsOf = (time: string): number => (Date.parse(time) - Date.parse(at(0))) / 1000;
const nameOf = ({ path, readAt }: { readonly path: string; readonly readAt: string }): string =>
  `${path}@${secondsOf(readAt)}`;

describe('what changed, and what was called', () => {
  test.each(reconciliationCases)('$case', (one) => {
    const { explained, unexplained, withoutEffect, notCompared, attempts } = reconcile(inputOf(one));
    expect({
      explained: Object.fromEntries(explained.map((change) => [nameOf(change), change.by.map(({ who }) => who)])),
      unexplained: Object.fromEntries(
        unexplained.map((change) => [nameOf(change), change.why.map(({ because }) => because)]),
      ),
      withoutEffect: Object.fromEntries(
        withoutEffect.map(({ cause, because, by }) => [
          cause.who,
          by === undefined ? because : `${because} by ${by.who}`,
        ]),
      ),
      notCompared: Object.fromEntries(notCompared.map(({ cause, says }) => [cause.who, says])),
      attempts: attempts.map(({ cause }) => cause.who),
    }).toEqual({
      explained: one.explained ?? {},
      unexplained: one.unexplained ?? {},
      withoutEffect: one.withoutEffect ?? {},
      notCompared: one.notCompared ?? {},
      attempts: one.attempts ?? [],
    });
  });

  test('why, in words', () => {
    const all = reconciliationCases.map((one) => reconcile(inputOf(one)));
    const words = [
      ...all.flatMap(({ unexplained }) => unexplained.flatMap(({ why }) => why.map(({ says }) => says))),
      ...all.flatMap(({ withoutEffect }) => withoutEffect.map(({ says }) => says)),
    ];
    expect([...new Set(words)].sort()).toMatchInlineSnapshot(`
      [
        "CloudTrail is still being asked, until 30 minutes after it was found",
        "PutBucketPolicy at 2026-03-02 08:00:05 UTC (ana) did not make it so: the call names this resource, but what it set is not what was read: it was changed again, or shows later",
        "it set again what was there before PutBucketPolicy at 2026-03-02 08:00:05 UTC (ana)",
        "it was read less than 15 minutes ago, and events take up to that long: its event may still come",
        "no call in the event history of eu-west-1 made it so; CloudTrail delivers as best it can, and may have lost one",
        "no call in the event history of eu-west-1, us-east-1 made it so; CloudTrail delivers as best it can, and may have lost one",
        "no call in the event history of us-east-1 made it so; CloudTrail delivers as best it can, and may have lost one",
        "no call in the logs made it so; CloudTrail delivers as best it can, and may have lost one",
        "no watched call of eu-west-1 is in what was read: perhaps no trail hears that region",
        "suspected: organisation S3 policy",
        "the event history of CloudTrail was not asked about it",
        "the event history of eu-west-1 could not be looked through (AccessDenied)",
        "the event history of us-east-1 could not be looked through (AccessDenied)",
        "the level above may have moved: an organisation's S3 policy sets it with no event in this account",
        "the logs of eu-west-1 were not read",
        "what it set was not there when it was read, and no call is known that took it back",
        "what it set was taken back, before it was read, by PutBucketPolicy at 2026-03-02 08:00:08 UTC (bob)",
        "what it set was there already",
        "what it set was written over, before it was read, by PutBucketPolicy at 2026-03-02 08:00:20 UTC (bob)",
        "what it set was written over, before it was read, by PutBucketPolicy at 2026-03-02 08:00:40 UTC (eve)",
        "what it set, the event does not tell; nothing was otherwise when it was read",
      ]
    `);
  });

  test('a tool that wrote what it may not is named, though the value was the same', () => {
    const contract = { tool: 'hardening', isBroken: true, mayChange: [] };
    const input = inputOf({ calls: [{ by: 'tool', at: 5, moves: 'policy', shows: 'yes' }] });
    const calls = input.calls.map((call) => ({ ...call, on: call.on.map((on) => ({ ...on, contract })) }));
    expect(reconcile({ ...input, calls }).withoutEffect).toMatchObject([
      { cause: { who: 'tool', contract }, because: 'same-value' },
    ]);
  });

  test('what lies outside the period explains what lies in it, and is not counted', () => {
    const input = inputOf({
      changes: [
        { path: 'policy', readAt: 60 },
        { path: 'acl', readAt: 400 },
      ],
      calls: [
        { by: 'ana', at: 5, moves: 'policy', shows: 'yes' },
        { by: 'bob', at: 90, moves: 'acl', shows: 'yes' },
      ],
    });
    const { counts } = reconcile({ ...input, period: { from: at(30), to: at(120) } });
    expect(counts).toMatchObject({ changes: 1, explained: 1, unexplained: 0, calls: 1, causes: 1 });
  });
});

describe('whatever was read and called', () => {
  const of = fc.constantFrom<'bucket' | 'block'>('bucket', 'block');
  const path = fc.constantFrom('policy', 'acl', 'exists');
  const seconds = fc.integer({ min: 0, max: 12 });
  const changes = fc.array(fc.record({ path, readAt: seconds, of }), { maxLength: 5 });
  const call = fc.record(
    {
      by: fc.constantFrom('ana', 'bob', 'eve'),
      at: seconds,
      moves: path,
      shows: fc.constantFrom<Shown>('yes', 'no', 'not-told', 'unread'),
      of,
      readAt: seconds,
      error: fc.constant('AccessDenied'),
      notCompared: fc.constant('it is not accepted yet'),
    },
    { requiredKeys: ['by', 'at', 'shows', 'of'] },
  );
  const calls = fc.array(call, { maxLength: 8 });

  test('every change is explained or not; every call that succeeded is a cause, without effect, or not compared', () => {
    fc.assert(
      fc.property(changes, calls, seconds, (seen, made, border) => {
        const input = inputOf({ changes: seen, calls: made });
        const period = { from: at(0), to: at(border) };
        const { counts, explained, unexplained, withoutEffect, notCompared, attempts } = reconcile({
          ...input,
          period,
        });
        const isIn = (time = ''): boolean => time < period.to;
        const causes = new Set(explained.flatMap(({ by }) => by.map(({ eventId }) => eventId)));
        const others = [...withoutEffect, ...notCompared].map(({ cause }) => cause.eventId);
        expect(explained.length + unexplained.length).toBe(seen.filter(({ readAt }) => readAt < border).length);
        expect(counts).toEqual({
          changes: explained.length + unexplained.length,
          explained: explained.length,
          unexplained: unexplained.length,
          calls: input.calls.filter(({ cause, error }) => error === undefined && isIn(cause.at)).length,
          causes: counts.calls - withoutEffect.length - notCompared.length,
          withoutEffect: withoutEffect.length,
          notCompared: notCompared.length,
          attempts: attempts.length,
        });
        expect(counts.calls + counts.attempts).toBe(input.calls.filter(({ cause }) => isIn(cause.at)).length);
        // No call is in two lists, nor twice in one.
        expect(new Set(others).size).toBe(others.length);
        expect(others.filter((id) => causes.has(id))).toEqual([]);
        expect(unexplained.every(({ why }) => why.length > 0)).toBe(true);
      }),
    );
  });

  test('in whatever order it comes, the outcome is the same', () => {
    fc.assert(
      fc.property(changes, calls, (seen, made) => {
        const input = inputOf({ changes: seen, calls: made });
        const turned = { ...input, changes: input.changes.toReversed(), calls: input.calls.toReversed() };
        expect(reconcile(turned)).toEqual(reconcile(input));
      }),
    );
  });
});
