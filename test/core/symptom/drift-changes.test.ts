import { describe, expect, test } from 'vitest';
import type { Cause, Change } from '#core/change.ts';
import type { JsonReading } from '#core/reading.ts';
import { changesOfDrift } from '#core/symptom/drift-changes.ts';
import { marksOf } from '#core/symptom/watched-change.ts';
import { ACCOUNT } from '../../builders.ts';

const ref = { account: ACCOUNT, region: 'global', kind: 's3-account-block', id: 'account' };
const set = (value: Record<string, boolean>): JsonReading => ({ status: 'present', value });
const moved = (path: string, before: JsonReading, after: JsonReading): Change => ({
  path,
  before,
  after,
  exposure: 'unknown',
  breakage: 'unknown',
  says: `${path} moved`,
  check: 'check',
});
const off = { status: 'present', value: false } as const;
const on = { status: 'present', value: true } as const;
const call = (at: string, more: Partial<Cause> = {}): Cause => ({
  eventId: at,
  call: 'PutAccountPublicAccessBlock',
  who: 'ana',
  at: `2026-03-02T${at}:00.000Z`,
  moves: 'publicAccessBlock',
  certainty: 'certain',
  reasons: [],
  ...more,
});
const accepted = {
  ref,
  shape: 1,
  takenAt: '2026-03-01T00:00:00.000Z',
  watched: { publicAccessBlock: set({ BlockPublicAcls: false, IgnorePublicAcls: false }) },
  carried: {},
};
const readAt = '2026-03-02T08:05:00.000Z';
const changesFor = (changes: readonly Change[], causes: readonly Cause[], state: typeof accepted | undefined) =>
  changesOfDrift(
    { drift: { ref, baseline: 1, episode: 1, changes, takenAt: readAt, causes }, openedAt: readAt },
    state,
  ).map(({ at, path, before, after, who }) => ({ at: at.slice(11, 16), path, before, after, who }));

test.each([
  { case: 'the call that made it', causes: [call('08:01')], at: '08:01', who: 'ana' },
  {
    case: 'of two the surer',
    causes: [call('08:00', { certainty: 'likely' }), call('08:01')],
    at: '08:01',
    who: 'ana',
  },
  {
    case: 'a call whose value is gone did not make it',
    causes: [call('08:00', { shows: 'no' })],
    at: '08:05',
    who: undefined,
  },
  { case: 'a call on another path neither', causes: [call('08:00', { moves: 'policy' })], at: '08:05', who: undefined },
  { case: 'no call is known: as of when it was read', causes: [], at: '08:05', who: undefined },
])('members of a path are one change, and when: $case', ({ causes, at, who }) => {
  const members = [
    moved('publicAccessBlock.BlockPublicAcls', off, on),
    moved('publicAccessBlock.IgnorePublicAcls', off, on),
  ];
  expect(changesFor(members, causes, accepted)).toEqual([
    {
      at,
      path: 'publicAccessBlock',
      before: set({ BlockPublicAcls: false, IgnorePublicAcls: false }),
      after: set({ BlockPublicAcls: true, IgnorePublicAcls: true }),
      who,
    },
  ]);
});

test('of what nobody accepted only the change itself is known', () => {
  const absent = { status: 'absent' } as const;
  const unknown = { status: 'unreadable', code: 'NotAccepted' };
  const whole = moved('publicAccessBlock', absent, set({ BlockPublicAcls: true }));
  const member = moved('publicAccessBlock.BlockPublicAcls', off, on);
  expect([
    ...changesFor([whole], [], undefined).map(({ before, after }) => [before, after]),
    ...changesFor([member], [], undefined).map(({ before, after }) => [before, after]),
  ]).toEqual([
    [absent, set({ BlockPublicAcls: true })],
    [unknown, unknown],
  ]);
});

test.each([
  { case: 'a call is known', causes: [call('08:01')], state: accepted, madeSince: undefined },
  {
    case: 'none is: at some time since it was read as it is accepted (design §1, 3)',
    causes: [],
    state: accepted,
    madeSince: accepted.takenAt,
  },
  {
    case: 'none is, and all was read once more since then: since that reading',
    causes: [],
    state: accepted,
    lastReadAt: '2026-03-02T08:00:00.000Z',
    madeSince: '2026-03-02T08:00:00.000Z',
  },
  {
    case: 'a reading that was later tells nothing',
    causes: [],
    state: accepted,
    lastReadAt: '2026-03-02T09:00:00.000Z',
    madeSince: accepted.takenAt,
  },
  { case: 'nothing of it was accepted: since when is not known', causes: [], state: undefined, madeSince: undefined },
])('since when a change can have been made: $case', ({ causes, state, lastReadAt, madeSince }) => {
  const change = moved('publicAccessBlock', set({}), set({ BlockPublicAcls: true }));
  const drift = { ref, baseline: 1, episode: 1, changes: [change], takenAt: readAt, causes };
  expect(changesOfDrift({ drift, openedAt: readAt }, state, lastReadAt).map((one) => one.madeSince)).toEqual([
    madeSince,
  ]);
});

describe('counts are cut', () => {
  const one = { at: '2026-03-02T08:05:00.000Z', madeSince: '2026-03-01T00:00:00.000Z' };

  test('at the earliest and at the latest that each can have been made, and when it holds everywhere', () => {
    const [made, at] = [one.madeSince, one.at].map((time) => Date.parse(time));
    expect(marksOf([one, { at: one.at }], one.at)).toEqual([made, at, (at ?? 0) + 600_000]);
  });

  test('of thousands of changes at those nearest to what is asked about: what is counted takes no more memory for more of them', () => {
    const start = Date.parse(one.at);
    const changes = Array.from({ length: 5_000 }, (_, index) => ({
      at: new Date(start + index * 1_000).toISOString(),
    }));
    const marks = marksOf(changes, new Date(start + 2_500_000).toISOString());
    expect([marks.length, marks[0]]).toEqual([128, start + 2_500_000]);
  });
});
