import { beforeEach, describe, expect, test } from 'vitest';
import { kindsById } from '#kinds';
import { MemoryDocuments } from '#local/memory-documents.ts';
import { changesDocument, recordsIn, type ChangesDocument, type ChangesPorts } from '#lambda/changes-document.ts';
import type { TimelineQuestion } from '#lambda/timeline-question.ts';
import { ACCOUNT } from './builders.ts';
import { byEvent, changed, eventNamed, noted } from './noted.ts';

const NOW = '2026-03-02T12:00:00.000Z';

/** Counts what is asked of the store. */
class CountedDocuments extends MemoryDocuments {
  reads = 0;
  lists = 0;
  atOnce = 0;
  most = 0;

  override async read(key: string): ReturnType<MemoryDocuments['read']> {
    this.reads += 1;
    this.atOnce += 1;
    this.most = Math.max(this.most, this.atOnce);
    await new Promise((resolve) => setImmediate(resolve));
    this.atOnce -= 1;
    return super.read(key);
  }

  override list(prefix: string): ReturnType<MemoryDocuments['list']> {
    this.lists += 1;
    return super.list(prefix);
  }
}

let documents: CountedDocuments;
let ports: ChangesPorts;

beforeEach(() => {
  documents = new CountedDocuments();
  ports = { account: ACCOUNT, documents, kinds: kindsById, now: () => new Date(NOW) };
});

const ask = (question: TimelineQuestion = {}): Promise<ChangesDocument> => changesDocument(question, ports);
const minute = (index: number): string =>
  new Date(Date.parse('2026-03-02T08:00:00.000Z') + index * 60_000).toISOString();

/** One change of the bucket by one call, each minute. */
async function changesEachMinute(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const event = eventNamed('PutBucketPolicy', `e-${index}`, { eventTime: minute(index) });
    const change = { ...(changed('policy') as object), after: { status: 'present', value: index } };
    await noted(documents, minute(index), byEvent(event, { moves: 'policy', shows: 'yes' }, { changes: [change] }));
  }
}

describe('what is read', () => {
  test('each record once, so many at once, and a list for each day of the period and around it', async () => {
    await changesEachMinute(200);
    const { records, reconciliation, problems, entries } = await ask();
    expect({ records, changes: reconciliation.counts.changes, causes: reconciliation.counts.causes }).toEqual({
      records: 200,
      changes: 200,
      causes: 200,
    });
    expect([entries.length, problems]).toEqual([200, []]);
    expect({ reads: documents.reads, most: documents.most }).toEqual({ reads: 200, most: 32 });
    // Two days each for the period, for the day before it and for the day after it.
    expect(documents.lists).toBe(6);
  });

  test('how many there are is told without reading one', async () => {
    await changesEachMinute(5);
    expect([await recordsIn({ since: '2026-03-02T08:02Z' }, ports), documents.reads]).toEqual([3, 0]);
  });

  test('of more than are read the newest are, and that is said', async () => {
    await changesEachMinute(30);
    ports = { ...ports, mostRecords: 10 };
    const { records, exitCode, problems, entries } = await ask();
    expect({ records, exitCode, problems, first: entries[0]?.event }).toEqual({
      records: 10,
      exitCode: 2,
      problems: [
        {
          where: `changes/account=${ACCOUNT}`,
          says: 'the oldest 20 of its 30 records were not read: ask for less time',
        },
      ],
      first: 'e-20',
    });
  });

  test('where only those around the period are too many, its own are told whole, and that a cause may be missing is said', async () => {
    await changesEachMinute(30);
    ports = { ...ports, mostRecords: 10 };
    const { records, problems, reconciliation } = await ask({ since: '2026-03-02T08:20Z', until: '2026-03-02T08:25Z' });
    expect([records, reconciliation.counts.changes, problems.map(({ says }) => says)]).toEqual([
      10,
      5,
      ['not all records around the period were read, so a call may be missing to a change: ask for less time'],
    ]);
  });
});

describe('what it is narrowed to', () => {
  test.each([
    { case: 'everything', question: {}, counts: [3, 3, 3] },
    { case: 'since', question: { since: '2026-03-02T08:01Z' }, counts: [2, 2, 2] },
    { case: 'until', question: { until: '2026-03-02T08:01Z' }, counts: [1, 1, 1] },
    { case: 'so long ago', question: { since: '1h' }, counts: [0, 0, 0] },
    { case: 'a resource', question: { resource: 'exports' }, counts: [3, 3, 3] },
    { case: 'another resource', question: { resource: 'ports' }, counts: [0, 0, 0] },
    { case: 'a kind', question: { kind: 'waf-ip-set' }, counts: [0, 0, 0] },
    { case: 'somebody', question: { actor: 'ANA@' }, counts: [3, 3, 3] },
    { case: 'nobody of that name', question: { actor: 'bob' }, counts: [0, 0, 0] },
    { case: 'another account', question: { account: '444455556666' }, counts: [0, 0, 0] },
  ])('$case', async ({ question, counts: [calls, changes, explained] }) => {
    await changesEachMinute(3);
    const { entries, reconciliation } = await ask(question);
    expect([entries.length, reconciliation.counts.calls]).toEqual([calls, calls]);
    expect(reconciliation.counts).toMatchObject({ changes, explained });
  });

  test('what nobody is known of may be whoever is asked for', async () => {
    await noted(documents, minute(0), { status: 'changed', changes: [changed('policy')] });
    expect((await ask({ actor: 'bob' })).reconciliation.counts).toMatchObject({ changes: 1, unexplained: 1 });
  });

  test.each([
    {
      question: { since: 'yesterday' },
      says: 'since yesterday: write a time with its zone, such as 2025-10-28T14:00Z, a day, or how long ago, such as 24h',
    },
    {
      question: { since: '1h', until: '2h' },
      says: 'until 2h: this is no later than since 1h, so nothing lies between: name a later time, or leave one out',
    },
    { question: { account: '12' }, says: "account 12: an account's id has 12 digits: write such as 111122223333" },
    { question: { kind: 's3' }, says: `kind s3: it is one of ${[...kindsById.keys()].join(', ')}` },
    {
      question: { until: '2026-03-01', since: '2026-03-03' },
      says: 'until 2026-03-01: this is no later than since 2026-03-03, so nothing lies between: name a later time, or leave one out',
    },
    {
      question: { since: '2026-03-03' },
      says: 'since 2026-03-03: this is still to come: name a time before now',
    },
  ])('$question: one sentence', ({ question, says }) => expect(ask(question)).rejects.toThrow(says));
});

describe('what was noted before an upgrade', () => {
  test('has its evidence with its cause', async () => {
    const event = eventNamed('PutBucketPolicy', 'e-1', { eventTime: minute(0) });
    const cause = { eventId: 'e-1', moves: 'policy', shows: 'yes', certainty: 'certain', reasons: [] };
    await noted(documents, minute(0), { status: 'changed', event, changes: [changed('policy')], causes: [cause] });
    expect((await ask()).reconciliation.counts).toMatchObject({ changes: 1, explained: 1, causes: 1 });
  });

  test('without one, whether it had an effect is not known', async () => {
    const event = eventNamed('PutBucketPolicy', 'e-1', { eventTime: minute(0) });
    await noted(documents, minute(0), { status: 'as accepted', event, changes: [], causes: [] });
    expect((await ask()).reconciliation.notCompared.map(({ says }) => says)).toEqual([
      'it was noted before an upgrade',
    ]);
  });
});
