import { beforeEach, describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '#core/json.ts';
import { printRef } from '#core/reference.ts';
import { ABSENT, present, unreadable, type JsonReading } from '#core/reading.ts';
import type { State } from '#core/state.ts';
import { kindsById } from '#kinds';
import { saveBaseline } from '#lambda/baseline-store.ts';
import { windowFromStore } from '#lambda/watched-changes.ts';
import { saveScan } from '#lambda/snapshot-store.ts';
import type { WatchedWindow } from '#lambda/watched-window.ts';
import { MemoryDocuments } from '#local/memory-documents.ts';
import { ACCOUNT, baselineOf, bucketState, scanOf, seen } from './builders.ts';
import { byEvent, eventNamed, noted } from './noted.ts';

const FROM = '2026-03-02T06:00:00.000Z';
const TO = '2026-03-02T12:00:00.000Z';
const shapes = new Map([...kindsById].map(([id, { declaration }]) => [id, declaration.shape]));
const at = (time: string): string => `2026-03-02T${time}:00.000Z`;
const BUCKET = printRef(bucketState('exports').ref);

let documents: MemoryDocuments;
beforeEach(() => {
  documents = new MemoryDocuments();
});

async function snapshot(time: string, watched: Record<string, JsonReading> = {}): Promise<void> {
  const state: State = { ...bucketState('exports', { watched }), takenAt: time };
  const scan = scanOf([seen(state)], { startedAt: time, finishedAt: time });
  await saveScan(documents, { scan, comparedWith: 0, by: 'service' });
}

/** What was accepted in the generation, as it was read at `time`. */
async function accepted(generation: number, time: string, watched: Record<string, JsonReading> = {}): Promise<void> {
  const baseline = baselineOf([{ ...bucketState('exports', { watched }), takenAt: time }]);
  const states = new Map(
    [...baseline.states].map(([key, { state, version }]) => [key, { state, version: { ...version, generation } }]),
  );
  await saveBaseline(documents, { ...baseline, states, accepted: { ...baseline.accepted, generation } }, undefined);
}

/** A departure, as a note has it. */
const departs = (path: string, before: JsonReading, after: JsonReading): Json => ({
  path,
  says: `${path} changed`,
  before: before as unknown as Json,
  after: after as unknown as Json,
});
const blockOf = (flags: object): JsonReading => present({ ...ALL_OFF, ...flags });
const ALL_OFF = {
  BlockPublicAcls: false,
  IgnorePublicAcls: false,
  BlockPublicPolicy: false,
  RestrictPublicBuckets: false,
};
const put = (name: string, time: string, more: JsonObject = {}): Json =>
  eventNamed(name, `${name} ${time}`, { eventTime: at(time), ...more });

const read = (): Promise<WatchedWindow> =>
  windowFromStore(
    { account: ACCOUNT, from: FROM, to: TO },
    { documents, kinds: kindsById, shapes, now: () => new Date(TO) },
  );

/** `path: before → after, at …`, as it is compared. */
const movesIn = ({ changes }: WatchedWindow) =>
  changes.map(({ path, before, after, at: made, madeSince, who, call, error }) => ({
    path,
    before,
    after,
    at: made,
    ...(madeSince === undefined ? {} : { madeSince }),
    ...(call === undefined ? {} : { by: `${call} by ${who}` }),
    ...(error === undefined ? {} : { error }),
  }));

const ANA = 'role platform, session ana@example.com';
const POLICY: JsonReading = present({ Version: '2012-10-17', Statement: [] });

describe('both values of what a note says moved', () => {
  test('by an event: as it was in the snapshot before, as the note has it since, at the time of the call', async () => {
    await snapshot('2026-03-02T05:00:00.000Z');
    const note = byEvent(
      put('PutBucketPolicy', '08:00'),
      { moves: 'policy', shows: 'yes' },
      {
        baseline: 1,
        changes: [departs('policy', ABSENT, POLICY)],
      },
    );
    await noted(documents, at('08:00'), note);
    const window = await read();
    expect(movesIn(window)).toEqual([
      { path: 'policy', before: ABSENT, after: POLICY, at: at('08:00'), by: `PutBucketPolicy by ${ANA}` },
    ]);
    expect(window.states.get(BUCKET)?.watched['policy']).toEqual(ABSENT);
    expect(window.lookedAt).toEqual({
      in: 'store',
      place: documents.place,
      records: 1,
      snapshotAt: '2026-03-02T05:00:00.000Z',
    });
    expect(window.blind).toEqual([]);
  });

  test('of one flag of a block: the others stay as they were', async () => {
    const before = blockOf({ RestrictPublicBuckets: true });
    await snapshot('2026-03-02T05:00:00.000Z', { publicAccessBlock: before });
    const change = departs('publicAccessBlock.BlockPublicAcls', present(false), present(true));
    await noted(documents, at('08:00'), { status: 'changed', baseline: 1, changes: [change] });
    const window = await read();
    expect(movesIn(window)).toEqual([
      {
        path: 'publicAccessBlock',
        before,
        after: blockOf({ RestrictPublicBuckets: true, BlockPublicAcls: true }),
        at: at('08:00'),
        // Nobody is known: it was made at some time since the snapshot.
        madeSince: '2026-03-02T05:00:00.000Z',
      },
    ]);
  });

  test('there and back: the second change goes to what was accepted, though no snapshot and no baseline tells it', async () => {
    const change = departs('policy', ABSENT, POLICY);
    await snapshot('2026-03-02T05:00:00.000Z');
    await noted(documents, at('08:00'), { status: 'changed', baseline: 3, changes: [change] });
    await noted(documents, at('09:00'), { status: 'recovered', baseline: 3, changes: [], moved: ['policy'] });
    expect(movesIn(await read()).map(({ before, after }) => [before, after])).toEqual([
      [ABSENT, POLICY],
      [POLICY, ABSENT],
    ]);
  });

  test('one departure after another: what departed before, and stands, has not moved again', async () => {
    await snapshot('2026-03-02T05:00:00.000Z');
    const first = departs('policy', ABSENT, POLICY);
    const second = departs('ownership', ABSENT, present('BucketOwnerEnforced'));
    await noted(documents, at('08:00'), { status: 'changed', baseline: 1, changes: [first] });
    await noted(documents, at('09:00'), {
      status: 'changed',
      baseline: 1,
      changes: [first, second],
      moved: ['ownership'],
    });
    const window = await read();
    expect(movesIn(window).map(({ path, after }) => [path, after])).toEqual([
      ['policy', POLICY],
      ['ownership', present('BucketOwnerEnforced')],
    ]);
  });

  test('what moved between the snapshot and the window stands in the states, and not among the changes', async () => {
    await snapshot('2026-03-02T04:00:00.000Z');
    await noted(documents, at('05:00'), {
      status: 'changed',
      baseline: 1,
      changes: [departs('policy', ABSENT, POLICY)],
    });
    await noted(documents, at('09:00'), { status: 'recovered', baseline: 1, changes: [], moved: ['policy'] });
    const window = await read();
    expect(window.states.get(BUCKET)?.watched['policy']).toEqual(POLICY);
    expect(movesIn(window).map(({ before, after }) => [before, after])).toEqual([[POLICY, ABSENT]]);
  });

  test('without a snapshot: as it was accepted, put back by what the first note says was before', async () => {
    await accepted(1, '2026-03-01T00:00:00.000Z');
    await noted(documents, at('08:00'), {
      status: 'changed',
      baseline: 1,
      changes: [departs('policy', ABSENT, POLICY)],
    });
    const window = await read();
    expect(movesIn(window)).toMatchObject([{ before: ABSENT, after: POLICY }]);
    expect(window.states.get(BUCKET)?.watched['policy']).toEqual(ABSENT);
    expect(window.blind.map(({ says, matters }) => [says, matters])).toEqual([
      [
        'no snapshot of the 3 days before 2026-03-02T06:00:00.000Z is kept: everything is taken as it was accepted, and as it departed from that in the notes',
        false,
      ],
      [expect.stringMatching(/^no call is known that made it so: /), false],
    ]);
  });

  test('accepted since: what was before the change is what the note says, and not what is accepted now', async () => {
    await accepted(2, at('10:00'), { policy: POLICY });
    await noted(documents, at('08:00'), {
      status: 'changed',
      baseline: 1,
      changes: [departs('policy', ABSENT, POLICY)],
    });
    const window = await read();
    expect(movesIn(window)).toMatchObject([{ before: ABSENT, after: POLICY }]);
    expect(window.states.get(BUCKET)?.watched['policy']).toEqual(ABSENT);
  });

  test('a bucket that is gone, and one that came', async () => {
    await snapshot('2026-03-02T05:00:00.000Z');
    await noted(documents, at('08:00'), {
      status: 'changed',
      baseline: 1,
      changes: [departs('exists', present(true), ABSENT)],
    });
    await noted(documents, at('09:00'), { status: 'recovered', baseline: 1, changes: [], moved: ['exists'] });
    const window = await read();
    expect(movesIn(window).map(({ path, before, after }) => [path, before, after])).toEqual([
      ['exists', present(true), ABSENT],
      ['exists', ABSENT, present(true)],
    ]);
    expect(window.states.has(BUCKET)).toBe(true);
  });

  test('what nobody can know is not known', async () => {
    await noted(documents, at('08:00'), { status: 'recovered', baseline: 1, changes: [], moved: ['policy'] });
    const window = await read();
    expect(movesIn(window)).toMatchObject([{ before: unreadable('NotKnown'), after: unreadable('NotKnown') }]);
    expect(window.blind.map(({ says, matters }) => [says, matters])).toContainEqual([
      'what it was before it is not known, so what the change does is not either',
      false,
    ]);
    expect(window.blind[0]).toMatchObject({ matters: true });
  });
});

describe('when, and by whom', () => {
  test('an event that came late, after a sweep had found the change: at the time of the call', async () => {
    await snapshot('2026-03-02T05:00:00.000Z');
    const change = departs('policy', ABSENT, POLICY);
    await noted(documents, at('08:30'), { status: 'changed', baseline: 1, changes: [change] });
    const late = byEvent(
      put('PutBucketPolicy', '08:00'),
      { moves: 'policy', shows: 'yes' },
      {
        baseline: 1,
        changes: [change],
        moved: [],
        takenAt: at('08:40'),
      },
    );
    await noted(documents, at('08:00'), late);
    expect(movesIn(await read())).toMatchObject([{ at: at('08:00'), by: `PutBucketPolicy by ${ANA}` }]);
  });

  test('found after the failure, and called before it: in the window; found after it by nobody known: perhaps in it', async () => {
    await snapshot('2026-03-02T05:00:00.000Z');
    const called = byEvent(
      put('PutBucketPolicy', '11:00'),
      { moves: 'policy', shows: 'yes' },
      {
        baseline: 1,
        changes: [departs('policy', ABSENT, POLICY)],
        takenAt: at('15:00'),
      },
    );
    await noted(documents, at('11:00'), called);
    const ownership = departs('ownership', ABSENT, present('BucketOwnerEnforced'));
    await noted(documents, at('15:00'), { status: 'changed', baseline: 1, changes: [ownership], moved: ['ownership'] });
    expect(movesIn(await read()).map(({ path, at: made, madeSince }) => [path, made, madeSince])).toEqual([
      ['policy', at('11:00'), undefined],
      ['ownership', at('15:00'), '2026-03-02T05:00:00.000Z'],
    ]);
  });

  test('an attempt that failed changed nothing, and is told with what it would have set', async () => {
    await snapshot('2026-03-02T05:00:00.000Z');
    const event = put('PutBucketPolicy', '08:00', { errorCode: 'AccessDenied' });
    await noted(documents, at('08:00'), { status: 'attempt', event });
    expect(movesIn(await read())).toEqual([
      {
        path: 'policy',
        before: unreadable('NotRead'),
        after: unreadable('NotRead'),
        at: at('08:00'),
        by: `PutBucketPolicy by ${ANA}`,
        error: 'AccessDenied',
      },
    ]);
  });
});

describe('what could not be looked at', () => {
  test('a note that cannot be read, a reading that was refused, and a snapshot that was blind', async () => {
    await snapshot('2026-03-02T05:00:00.000Z', { policy: unreadable('AccessDenied') });
    await noted(documents, at('08:00'), { status: 'not known', baseline: 1, changes: [] });
    const broken = `changes/account=${ACCOUNT}/dt=2026-03-02/20260302T070000000Z-0.json`;
    await documents.create(broken, Buffer.from('{'));
    const { blind } = await read();
    expect(blind.map(({ where, says, matters }) => ({ where, says: says.slice(0, 40), matters }))).toEqual([
      { where: broken, says: expect.stringContaining('it'), matters: true },
      { where: `${BUCKET}#policy`, says: 'could not be read (AccessDenied)', matters: true },
      { where: BUCKET, says: 'some of it could not be read at 2026-03-', matters: true },
    ]);
  });
});
