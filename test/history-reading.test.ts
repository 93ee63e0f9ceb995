import { describe, expect, test } from 'vitest';
import { parseEvent } from '#core/event.ts';
import type { JsonObject } from '#core/json.ts';
import { kinds } from '#kinds';
import { readHistory } from '#lambda/history-reading.ts';
import type { EventHistory, HistoryAnswer, HistoryQuestion } from '#lambda/ports.ts';
import { ACCOUNT } from './builders.ts';
import { recordOf } from './records.ts';

const ipSets = kinds.map(({ declaration }) => declaration).filter(({ id }) => id === 'waf-ip-set');
const NAMES = ['CreateIPSet', 'UpdateIPSet', 'DeleteIPSet'];
const period = { from: '2026-03-02T00:00:00.000Z', to: '2026-03-03T00:00:00.000Z' };

const moved = (eventID: string, eventTime: string, more: JsonObject = {}): JsonObject =>
  recordOf('UpdateIPSet', { eventID, eventTime, requestParameters: { name: 'office' }, ...more });
const holds = (...records: readonly JsonObject[]): HistoryAnswer => ({
  events: records.map(parseEvent),
  isWhole: true,
  unreadable: 0,
});
const NOTHING = holds();
const refused = (why: string): HistoryAnswer => ({ events: [], isWhole: false, why, unreadable: 0 });

/** Answers by region and name, and keeps what it was asked. */
function historyWith(answers: Readonly<Record<string, HistoryAnswer>>): EventHistory & { asked: HistoryQuestion[] } {
  const asked: HistoryQuestion[] = [];
  return {
    asked,
    find: (question) => {
      asked.push(question);
      const name = 'name' in question.by ? question.by.name : '';
      return Promise.resolve(
        answers[`${question.region} ${name}`] ?? answers[question.region] ?? answers[name] ?? NOTHING,
      );
    },
  };
}

const read = (history: EventHistory, regions: readonly string[] = ['eu-west-1']) =>
  readHistory(
    regions.map((region) => ({ account: ACCOUNT, region, history })),
    { kinds: ipSets, ...period, mostPages: 7 },
  );

describe('the event history of regions', () => {
  test('is asked for each name that moves something watched, in each region, for the whole period', async () => {
    const history = historyWith({});
    await read(history, ['eu-west-1', 'us-east-1']);
    expect(history.asked.toSorted((a, b) => (a.region < b.region ? -1 : 1))).toEqual(
      ['eu-west-1', 'us-east-1'].flatMap((region) =>
        NAMES.map((name) => ({ region, by: { name }, mostPages: 7, ...period })),
      ),
    );
  });

  test('each call once, the oldest first; what failed says so; another service’s name of the same sound is none', async () => {
    const history = historyWith({
      'eu-west-1 UpdateIPSet': holds(
        moved('late', '2026-03-02T09:00:00Z'),
        moved('refused', '2026-03-02T08:30:00Z', { errorCode: 'WAFOptimisticLockException' }),
        moved('guardduty', '2026-03-02T08:31:00Z', { eventSource: 'guardduty.amazonaws.com' }),
      ),
      'us-east-1 UpdateIPSet': holds(moved('early', '2026-03-02T07:00:00Z'), moved('late', '2026-03-02T09:00:00Z')),
    });
    const { entries, records, duplicates, problems } = await read(history, ['eu-west-1', 'us-east-1']);
    expect(entries.map(({ event, error }) => [event, error?.code])).toEqual([
      ['early', undefined],
      ['refused', 'WAFOptimisticLockException'],
      ['late', undefined],
    ]);
    expect([records, duplicates, problems]).toEqual([5, 1, []]);
  });

  test('a corrected copy takes the place of what it corrects', async () => {
    const { entries } = await read(
      historyWith({
        UpdateIPSet: holds(
          moved('first', '2026-03-02T09:00:00Z'),
          moved('copy', '2026-03-02T09:00:00Z', {
            addendum: { reason: 'UPDATED_DATA', originalEventID: 'first' },
            requestParameters: { name: 'depot' },
          }),
        ),
      }),
    );
    expect(entries.map(({ event, about }) => [event, JSON.stringify(about).includes('"depot"')])).toEqual([
      ['first', true],
    ]);
  });

  test.each<{ case: string; answers: Readonly<Record<string, HistoryAnswer>>; says: readonly string[] }>([
    {
      case: 'a region that refuses',
      answers: { 'eu-west-1': refused('AccessDeniedException') },
      says: ['not read to the end (AccessDeniedException): allow cloudtrail:LookupEvents'],
    },
    {
      case: 'one name that was cut',
      answers: {
        UpdateIPSet: { ...holds(moved('a', '2026-03-02T09:00:00Z')), isWhole: false, why: 'cut after 7 pages' },
      },
      says: ['UpdateIPSet not read to the end (cut after 7 pages): what is older is missing, so ask for less time'],
    },
    {
      case: 'one name that was throttled for good',
      answers: { UpdateIPSet: refused('ThrottlingException') },
      says: ['UpdateIPSet not read to the end (ThrottlingException)'],
    },
    {
      case: 'two for one reason, one for another',
      answers: {
        CreateIPSet: { ...NOTHING, isWhole: false, why: 'cut after 7 pages' },
        UpdateIPSet: refused('ThrottlingException'),
        DeleteIPSet: { ...NOTHING, isWhole: false, why: 'cut after 7 pages' },
      },
      says: [
        'CreateIPSet, DeleteIPSet not read to the end (cut after 7 pages): what is older is missing, so ask for less time',
        'UpdateIPSet not read to the end (ThrottlingException)',
      ],
    },
    {
      case: 'records that could not be read',
      answers: { UpdateIPSet: { ...NOTHING, unreadable: 2 }, CreateIPSet: { ...NOTHING, unreadable: 1 } },
      says: ['3 of its records could not be read'],
    },
  ])('$case: said, and the rest is read', async ({ answers, says }) => {
    const history = historyWith({
      ...answers,
      'us-east-1 UpdateIPSet': holds(moved('other', '2026-03-02T07:00:00Z')),
      'us-east-1': NOTHING,
    });
    const { entries, problems } = await read(history, ['us-east-1', 'eu-west-1']);
    expect(problems).toEqual(says.map((one) => ({ where: `${ACCOUNT}/eu-west-1`, says: one })));
    expect(entries.map(({ event }) => event)).toContain('other');
  });

  test('a region that refuses twice running is not asked for the rest: each answer costs half a second', async () => {
    const history = historyWith({ 'eu-west-1': refused('AccessDeniedException') });
    await read(history);
    expect(history.asked).toHaveLength(2);
  });

  test('how far it has come: questions, of those that there are', async () => {
    const told: [number, number][] = [];
    await readHistory([{ account: ACCOUNT, region: 'eu-west-1', history: historyWith({}) }], {
      kinds: ipSets,
      ...period,
      mostPages: 1,
      onProgress: ({ done, of }) => void told.push([done, of]),
    });
    expect(told).toEqual([
      [0, 3],
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });
});
