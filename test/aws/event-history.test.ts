import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createClients } from '#aws/clients.ts';
import { CloudTrailHistory } from '#aws/event-history.ts';
import { createReads } from '#aws/reads.ts';
import type { JsonObject } from '#core/json.ts';
import type { HistoryAnswer, HistoryKey, HistoryQuestion } from '#lambda/ports.ts';
import { AwsDouble } from '../aws-double/client.ts';
import { ACCOUNT } from '../builders.ts';
import { useEnvironment } from '../environment.ts';
import { recordOf } from '../records.ts';

let double: AwsDouble;
beforeAll(async () => {
  double = await AwsDouble.start();
  useEnvironment(double.environment);
});
afterAll(() => double.stop());
beforeEach(async () => {
  await double.misbehave({});
  await double.forgetCalls();
});
/** Retries without a wait of their own: what bounds them is the lane alone. */
const historyOf = (signal?: AbortSignal): CloudTrailHistory =>
  new CloudTrailHistory(
    createReads({
      account: ACCOUNT,
      clients: createClients({ globalRegion: 'us-east-1' }),
      concurrency: 32,
      pacing: { now: Date.now, random: () => 0, wait: (ms) => wait(ms, undefined, { signal }) },
      signal,
    }),
  );

const asked: HistoryQuestion = {
  region: 'eu-west-1',
  by: { name: 'PutBucketPolicy' },
  from: '2026-03-02T00:00:00Z',
  to: '2026-03-03T00:00:00Z',
};

const policyAt = (eventTime: string, more: JsonObject = {}): JsonObject =>
  recordOf('PutBucketPolicy', {
    eventID: `at ${eventTime}`,
    eventTime,
    requestParameters: { bucketName: 'exports' },
    ...more,
  });

/** So many, a second after another. */
const many = (count: number): readonly JsonObject[] =>
  Array.from({ length: count }, (_, index) =>
    policyAt(new Date(Date.parse('2026-03-02T08:00:00Z') + index * 1000).toISOString(), {
      eventID: `event-${String(index).padStart(4, '0')}`,
    }),
  );

const idsOf = ({ events }: HistoryAnswer): readonly string[] => events.map(({ id }) => id);

describe('what is asked for', () => {
  const records = [
    policyAt('2026-03-02T08:00:00Z', { eventID: 'policy' }),
    recordOf('UpdateIPSet', {
      eventID: 'set',
      eventTime: '2026-03-02T09:00:00Z',
      requestParameters: { name: 'office' },
      userIdentity: { type: 'IAMUser', userName: 'ben', accountId: ACCOUNT, accessKeyId: 'AKIABEN' },
    }),
  ];
  test.each<{ by: HistoryKey; ids: readonly string[] }>([
    { by: { name: 'PutBucketPolicy' }, ids: ['policy'] },
    { by: { userName: 'ben' }, ids: ['set'] },
    { by: { userName: 'ana@example.com' }, ids: ['policy'] },
    { by: { accessKey: 'AKIABEN' }, ids: ['set'] },
    { by: { resource: 'exports' }, ids: ['policy'] },
    { by: { name: 'PutBucketAcl' }, ids: [] },
  ])('by $by', async ({ by, ids }) => {
    await double.show({ events: { 'eu-west-1': [...records] } });
    const answer = await historyOf().find({ ...asked, by });
    expect([idsOf(answer), answer.isWhole, answer.why, answer.unreadable]).toEqual([ids, true, undefined, 0]);
  });

  test('a whole record is read, as from any other source', async () => {
    await double.show({ events: { 'eu-west-1': [...records] } });
    const [event] = (await historyOf().find(asked)).events;
    expect(event).toMatchObject({
      name: 'PutBucketPolicy',
      account: ACCOUNT,
      at: '2026-03-02T08:00:00.000Z',
      actor: { name: 'role platform, session ana@example.com' },
      parameters: { bucketName: 'exports' },
    });
  });

  test('`global` is asked in the partition’s own region, and another region is not asked', async () => {
    await double.show({
      events: { 'us-east-1': [policyAt('2026-03-02T08:00:00Z')], 'eu-west-1': [policyAt('2026-03-02T09:00:00Z')] },
    });
    expect(idsOf(await historyOf().find({ ...asked, region: 'global' }))).toEqual(['at 2026-03-02T08:00:00Z']);
  });

  test.each([
    { case: 'whole seconds', from: '2026-03-02T08:00:01Z', to: '2026-03-02T08:00:03Z', ids: [1, 2] },
    // AWS counts whole seconds, both ends among them; what it gives too much is not ours.
    { case: 'parts of a second', from: '2026-03-02T08:00:00.500Z', to: '2026-03-02T08:00:02.500Z', ids: [1, 2] },
    { case: 'with a zone', from: '2026-03-02T09:00:01+01:00', to: '2026-03-02T09:00:02+01:00', ids: [1] },
  ])('from then on, and before then: $case', async ({ from, to, ids }) => {
    await double.show({ events: { 'eu-west-1': [...many(5)] } });
    expect(idsOf(await historyOf().find({ ...asked, from, to }))).toEqual(ids.map((id) => `event-000${id}`));
  });
});

describe('many pages', () => {
  test('are all read, the oldest event first, each once, and never three calls in a second', async () => {
    await double.show({ events: { 'eu-west-1': [...many(230), ...many(1)] } });
    const answer = await historyOf().find(asked);
    expect([idsOf(answer), answer.isWhole]).toEqual([many(230).map(({ eventID }) => eventID), true]);
    const { calls, mostLookups } = await double.calls();
    expect([calls['LookupEvents'], mostLookups]).toEqual([5, { [`${ACCOUNT}/eu-west-1`]: 2 }]);
  });

  test('are cut where that was asked for: the newest were read, and it is said', async () => {
    await double.show({ events: { 'eu-west-1': [...many(120)] } });
    const answer = await historyOf().find({ ...asked, mostPages: 2 });
    expect([answer.isWhole, answer.why, answer.events.length, idsOf(answer)[0]]).toEqual([
      false,
      'cut after 2 pages',
      100,
      'event-0020',
    ]);
  });

  test('of two questions at once share the region’s two a second; another region has its own', async () => {
    await double.show({ events: { 'eu-west-1': [...many(120)], 'us-east-1': [...many(120)] } });
    const history = historyOf();
    await Promise.all(
      ['eu-west-1', 'eu-west-1', 'us-east-1', 'global'].map((region) => history.find({ ...asked, region })),
    );
    const { calls, mostLookups } = await double.calls();
    expect([calls['LookupEvents'], mostLookups]).toEqual([
      12,
      { [`${ACCOUNT}/eu-west-1`]: 2, [`${ACCOUNT}/us-east-1`]: 2 },
    ]);
  });
});

describe('what could not be looked at', () => {
  test.each([
    { case: 'refused', faults: { refuse: [{ call: 'LookupEvents', code: 'AccessDeniedException', status: 400 }] } },
    {
      case: 'a region that is off',
      faults: { refuse: [{ call: 'LookupEvents', code: 'UnrecognizedClientException', status: 400 }] },
    },
  ])('$case: the answer says so, and nothing is thrown', async ({ faults }) => {
    await double.misbehave(faults);
    expect(await historyOf().find(asked)).toEqual({
      events: [],
      isWhole: false,
      why: faults.refuse[0]?.code,
      unreadable: 0,
    });
  });

  test('throttled for good, as when the console uses up the quota: six tries, two a second', async () => {
    await double.misbehave({ lookupsPerSecond: 0 });
    expect(await historyOf().find(asked)).toMatchObject({ isWhole: false, why: 'ThrottlingException' });
    const { calls, mostLookups } = await double.calls();
    expect([calls['LookupEvents'], mostLookups]).toEqual([6, { [`${ACCOUNT}/eu-west-1`]: 2 }]);
  });

  test('throttled at times: asked again, and whole', async () => {
    await double.show({ events: { 'eu-west-1': [...many(120)] } });
    await double.misbehave({
      refuse: [{ call: 'LookupEvents', code: 'ThrottlingException', status: 400, times: 2 }],
    });
    expect(await historyOf().find(asked)).toMatchObject({ isWhole: true, events: { length: 120 } });
    const { calls, mostLookups } = await double.calls();
    expect([calls['LookupEvents'], mostLookups]).toEqual([5, { [`${ACCOUNT}/eu-west-1`]: 2 }]);
  });

  test('refused on a later page: what was read by then is given', async () => {
    await double.show({ events: { 'eu-west-1': [...many(60)] } });
    await double.misbehave({
      refuse: [{ call: 'LookupEvents', code: 'AccessDeniedException', status: 400, after: 1 }],
    });
    const answer = await historyOf().find(asked);
    expect([answer.isWhole, answer.why, answer.events.length]).toEqual([false, 'AccessDeniedException', 50]);
  });

  test('records that cannot be read are counted, and hide no other', async () => {
    await double.show({
      events: {
        'eu-west-1': [
          policyAt('2026-03-02T08:00:00Z'),
          { ...policyAt('2026-03-02T08:00:01Z'), eventVersion: '9.0' },
          { eventName: 'PutBucketPolicy', eventTime: '2026-03-02T08:00:02Z' },
        ],
      },
    });
    const answer = await historyOf().find(asked);
    expect([idsOf(answer), answer.isWhole, answer.unreadable]).toEqual([['at 2026-03-02T08:00:00Z'], true, 2]);
  });

  test('a run that was stopped throws', async () => {
    const stop = new AbortController();
    const history = historyOf(stop.signal);
    stop.abort();
    await expect(history.find(asked)).rejects.toThrow('aborted');
  });
});
