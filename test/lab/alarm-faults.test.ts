import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FUNCTIONS, LEDGER, VARIABLES, type FunctionName } from '#lambda/service-names.ts';
import { alarmsIn, ringingMinutes, unheard, type Alarm } from './alarms.ts';
import { Deployed, type WorkQueueName } from './deployed.ts';
import {
  callsEmission,
  emissionsIn,
  emitted,
  FAILED_MINUTES,
  queueEmission,
  throttledMinutes,
  type Emission,
  type Fault,
  type Source,
  type Sources,
} from './emissions.ts';
import { ACCOUNT } from './lab.ts';
import { findLabPrograms } from './programs.ts';

const programs = findLabPrograms();
const missing = 'missing' in programs ? programs.missing : undefined;
// In CI a server that cannot be had is a failure, not a reason to skip.
const isSkipped = missing !== undefined && process.env['CI'] === undefined;
if (missing !== undefined) process.stderr.write(`The alarms cannot be tried: ${missing}\n`);

const HOUR = 60;
/** So long all is well, and so long something is not: twelve hours are the longest that an alarm looks back. */
const WELL = 24 * HOUR;
const ALL = WELL + 24 * HOUR;
/** From here on an alarm looks back at nothing before the first minute. */
const SETTLED = 12 * HOUR;

const OUTPUTS: Readonly<Record<FunctionName, string>> = {
  'on-look': 'OnLook',
  'on-sweep': 'OnSweep',
  'on-tick': 'OnTick',
  'on-request': 'OnRequest',
  'on-self': 'OnSelf',
};
const QUEUES = ['changes', 'sweeps', 'nudges', 'own', 'hub'] as const;

/** How often the schedules of the service call, in minutes; changes and questions come each minute here. */
const EVERY = { 'on-tick': 1, 'on-self': 5, 'on-sweep': 180, 'on-look': 1, 'on-request': 1 } as const;

/** So often a look of on-self is at everything. */
const EVERYTHING_EVERY = 15;

/** Three changes, or three questions, a minute: each is one call, which nobody tries again by itself. */
const AT_ONCE = [0, 0, 0];

/** A fault: which alarm it rings, and after how many minutes. What it emits is taken from the service while it has it. */
interface Row {
  readonly alarm: string;
  readonly fault: string;
  readonly after: number;
  readonly has: () => Promise<Fault>;
}

/**
 * The alarms never fire in the lab, whose server has none. So what functions emit is taken from the functions as they run, well and with
 * a fault; what AWS emits of queues is their real depth, and of calls their real outcome; both go on, by the template's schedules, for as
 * long as alarms look; and what CloudWatch makes of it is computed, as if metrics came at once. Throttling alone is not provoked, since
 * the lab makes calls wait.
 */
describe.skipIf(isSkipped)('the alarms of the deployed service', { timeout: 120_000 }, () => {
  let service: Deployed;
  let refusing: Server;
  let alarms: readonly Alarm[] = [];
  let well: Sources = {};

  const refuses = (name: string): Readonly<Record<string, string>> => ({
    [`AWS_ENDPOINT_URL_${name}`]: `http://127.0.0.1:${(refusing.address() as AddressInfo).port}`,
  });
  /** What a function emitted while something was done. */
  const emittedBy = async (
    output: string,
    work: () => Promise<unknown>,
    which: 'first' | 'last' = 'last',
  ): Promise<Emission> => {
    const before = emissionsIn(await service.lab.logs(service.at(output))).length;
    await work();
    const since = emissionsIn(await service.lab.logs(service.at(output))).slice(before);
    const emission = since.at(which === 'first' ? 0 : -1);
    if (emission === undefined) throw new Error(`${output} emitted nothing`);
    return emission;
  };
  const tick = () => service.tick();
  const look = async () => {
    await service.lab.invoke(service.at('OnSelf'), { parts: service.parts });
    await service.settle();
  };
  /** Soon after a look at everything the schedule's reads what may change unheard. */
  const lookBetween = async () => {
    await service.lab.invoke(service.at('OnSelf'), { parts: service.parts, everythingEvery: EVERYTHING_EVERY });
    await service.settle();
  };
  const every = (everyMinutes: number, emission: Emission): Source => ({ everyMinutes, emits: () => emission });
  const alarmCalled = (name: string): Alarm => {
    const found = alarms.find((one) => one.name === name);
    if (found === undefined) throw new Error(`there is no alarm ${name}`);
    return found;
  };

  /** What a queue emits with what lies in it now. */
  const queueNow = async (name: WorkQueueName, which: 'Queue' | 'DeadLetters'): Promise<Source> => {
    const queue = service.queue(name, which);
    const { visible } = await service.depthOf(queue);
    return every(1, queueEmission(queue.name, { visible }));
  };

  beforeAll(async () => {
    refusing = createServer((request, response) => {
      request.resume();
      const isJson = request.headers['x-amz-target'] !== undefined;
      response.writeHead(403, { 'content-type': isJson ? 'application/x-amz-json-1.1' : 'text/xml' });
      response.end(
        isJson
          ? '{"__type":"AccessDeniedException","message":"no"}'
          : '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>',
      );
    }).listen(0, '127.0.0.1');
    await once(refusing, 'listening');
    service = await Deployed.start(programs);
    alarms = service.templates.flatMap((template) => alarmsIn(template, (value) => service.nameOf(value)));
    await service.lab.aws('s3api', 'create-bucket', '--bucket', 'exports');
    const endOfSweep = await emittedBy('OnTick', () => service.sweep());
    const queues: [string, Source][] = [];
    for (const name of QUEUES)
      for (const which of ['Queue', 'DeadLetters'] as const)
        queues.push([`${name} ${which}`, await queueNow(name, which)]);
    well = {
      tick: every(1, await emittedBy('OnTick', tick)),
      'end of a sweep': { everyMinutes: EVERY['on-sweep'], offset: 2, emits: () => endOfSweep },
      'look at itself': every(EVERY['on-self'], await emittedBy('OnSelf', look)),
      ...Object.fromEntries(queues),
      ...Object.fromEntries(
        FUNCTIONS.map((name) => [`calls of ${name}`, every(EVERY[name], callsEmission(service.at(OUTPUTS[name])))]),
      ),
    };
  }, 300_000);
  afterAll(async () => {
    refusing?.close();
    await service?.stop();
  });

  test('the schedules call as often as is taken for granted here', () => {
    const rates = service.templates.flatMap(({ Resources }) =>
      Object.values(Resources)
        .filter(({ Type }) => Type === 'AWS::Scheduler::Schedule')
        .map(({ Properties }) => String(Properties['ScheduleExpression'])),
    );
    expect(rates.toSorted()).toEqual(['rate(1 minute)', 'rate(3 hours)', 'rate(5 minutes)']);
  });

  test('each waits for a metric that is emitted, to its last dimension', () => {
    expect(alarms.length).toBe(27);
    expect(unheard(alarms, emitted(well, { minutes: HOUR * 4 }))).toEqual([]);
  });

  test('one that waits for what nobody emits is found', () => {
    const [template] = service.templates.filter(({ Resources }) => JSON.stringify(Resources).includes('"Heartbeat"'));
    const seeded = JSON.stringify(template)
      .replace('"MetricName":"Heartbeat"', '"MetricName":"Heartbeats"')
      .replace(
        '{"Name":"QueueName","Value":{"Fn::GetAtt":["ChangesDeadLetters',
        '{"Name":"Queue","Value":{"Fn::GetAtt":["ChangesDeadLetters',
      );
    const wrong = alarmsIn(JSON.parse(seeded) as object, (value) => service.nameOf(value));
    expect(unheard(wrong, emitted(well, { minutes: HOUR * 4 }))).toEqual([
      'Plumbline-Service-Heartbeat-Alarm waits for Plumbline Heartbeats',
      'Plumbline-queue-changes-DLQ-Queue-Message-Count-Max-NotEmpty waits for AWS/SQS ApproximateNumberOfMessagesVisible',
    ]);
  });

  describe('while all is well none rings', () => {
    const ringing = (sources: Sources): readonly string[] => {
      const samples = emitted(sources, { minutes: ALL });
      return alarms
        .filter((one) => ringingMinutes(one, samples, { from: SETTLED, to: ALL }).length > 0)
        .map(({ name }) => name);
    };
    const silent = (which: RegExp): Sources =>
      Object.fromEntries(Object.entries(well).filter(([name]) => !which.test(name)));
    /** Only every so many times. */
    const seldom = (name: string, times: number): Sources => {
      const source = well[name] as Source;
      return { [name]: { ...source, everyMinutes: source.everyMinutes * times } };
    };
    /** Sweeps end now soon, now late. */
    const unevenly = (): Sources => ({
      ...silent(/^end of a sweep$/),
      ...Object.fromEntries(
        [2, 44].map((late, index) => [
          `end of a sweep ${late}`,
          {
            ...(well['end of a sweep'] as Source),
            everyMinutes: 2 * EVERY['on-sweep'],
            offset: index * EVERY['on-sweep'] + late,
          },
        ]),
      ),
    });
    test.each([
      { case: 'day and night', sources: () => well },
      { case: 'queues that nobody uses, of which SQS says nothing', sources: () => silent(/ (Queue|DeadLetters)$/) },
      { case: 'functions that nobody calls', sources: () => silent(/^calls of on-(look|request)$/) },
      { case: 'sweeps that end soon and late by turns', sources: unevenly },
      {
        case: 'every other sweep, every other look at itself and four of five ticks are lost',
        sources: (): Sources => ({
          ...well,
          ...seldom('tick', 5),
          ...seldom('end of a sweep', 2),
          ...seldom('look at itself', 2),
        }),
      },
      {
        case: 'a change that is looked at again after a quarter of an hour, if SQS counts that as its age',
        sources: (): Sources => ({
          ...silent(/^changes Queue$/),
          waited: {
            everyMinutes: 7,
            emits: () => queueEmission(service.queue('changes').name, { visible: 1, oldestSeconds: 900 + 30 }),
          },
        }),
      },
    ])('$case', ({ sources }) => {
      expect(ringing(sources())).toEqual([]);
    });
  });

  /** Its schedule is off. */
  const uncalled = (name: FunctionName, ...emits: readonly string[]): (() => Promise<Fault>) => {
    const silent = [`calls of ${name}`, ...emits].map((source) => [source, 'silent'] as const);
    return () => Promise.resolve(Object.fromEntries(silent));
  };
  /** A deployment took a variable away: each call of the function fails. Lambda itself tries an asynchronous one three times. */
  const failing =
    (name: FunctionName, event: object): (() => Promise<Fault>) =>
    async () => {
      const output = OUTPUTS[name];
      const { functionError } = await service.withVariables(output, { [VARIABLES.bucket]: undefined }, () =>
        service.lab.invoke(service.at(output), event),
      );
      if (functionError === undefined) throw new Error(`${name} did not fail`);
      const isAsynchronous = name !== 'on-look' && name !== 'on-request';
      return { [`calls of ${name}`]: repeated(name, isAsynchronous ? FAILED_MINUTES : AT_ONCE, 'errors') };
    };
  /** No concurrency is left for the function. */
  const throttled = (name: FunctionName): (() => Promise<Fault>) => {
    const isAsynchronous = name !== 'on-look' && name !== 'on-request';
    const tries = isAsynchronous ? throttledMinutes(6 * HOUR) : AT_ONCE;
    return () => Promise.resolve({ [`calls of ${name}`]: repeated(name, tries, 'throttles') });
  };
  /** Each call counts at the minutes after it in which it is tried. */
  const repeated = (name: FunctionName, tries: readonly number[], as: 'errors' | 'throttles'): Source => ({
    everyMinutes: 1,
    emits: (minutes) => {
      let count = 0;
      for (let call = 0; call <= minutes; call += EVERY[name])
        count += tries.filter((after) => call + after === minutes).length;
      return count === 0 ? [] : callsEmission(service.at(OUTPUTS[name]), { [as]: count });
    },
  });
  /** A message that nobody can read lies among the dead letters. */
  const poisoned =
    (name: WorkQueueName): (() => Promise<Fault>) =>
    async () => {
      await service.send(service.queue(name).url, ['not json {']);
      await service.settle();
      return { [`${name} DeadLetters`]: await queueNow(name, 'DeadLetters') };
    };
  /** A message waits, and nobody takes it: it is a minute older each minute. */
  const waiting =
    (name: WorkQueueName): (() => Promise<Fault>) =>
    async () => {
      const queue = service.queue(name);
      await service.stopsTaking(name);
      await service.send(queue.url, ['{"plumbline":"nothing"}']);
      const { visible } = await service.depthOf(queue);
      await service.messagesOf(queue);
      await service.takesAgain(name);
      return {
        [`${name} Queue`]: {
          everyMinutes: 1,
          emits: (minutes) => queueEmission(queue.name, { visible, oldestSeconds: visible === 0 ? 0 : minutes * 60 }),
        },
      };
    };
  const turn = (to: 'on' | 'off') =>
    to === 'off'
      ? service.lab.aws('s3control', 'delete-public-access-block', '--account-id', ACCOUNT)
      : service.lab.aws(
          's3control',
          'put-public-access-block',
          '--account-id',
          ACCOUNT,
          '--public-access-block-configuration',
          'BlockPublicAcls=true',
        );
  /** Every sweep from now on ends as this one. */
  const sweeping = async (output: string, refused: string): Promise<Fault> => ({
    'end of a sweep': {
      ...(well['end of a sweep'] as Source),
      emits: await service
        .withVariables(output, refuses(refused), () => emittedBy('OnTick', () => service.sweep()))
        .then((emission) => () => emission),
    },
  });

  const rows: readonly Row[] = [
    {
      alarm: 'Plumbline-Service-Heartbeat-Alarm',
      fault: 'the schedule of the tick is off',
      after: 5,
      has: uncalled('on-tick', 'tick', 'end of a sweep'),
    },
    {
      alarm: 'Plumbline-Service-SelfChecks-Alarm',
      fault: 'the schedule of the look at itself is off',
      after: 11,
      has: uncalled('on-self', 'look at itself'),
    },
    {
      alarm: 'Plumbline-Service-PartsUnreadable-Alarm',
      fault: 'IAM refuses on-self: a look at everything reads the roles, and no other does',
      after: 31,
      has: async () => {
        const [blind, clear] = await service.withVariables('OnSelf', refuses('IAM'), async () => [
          await emittedBy('OnSelf', look),
          await emittedBy('OnSelf', lookBetween),
        ]);
        return {
          'look at itself': {
            everyMinutes: EVERY['on-self'],
            emits: (minutes) => (minutes % EVERYTHING_EVERY === 0 ? blind : clear),
          },
        };
      },
    },
    {
      alarm: 'Plumbline-Service-TickTroubles-Alarm',
      fault: 'the queue of a further region is gone',
      after: 11,
      has: async () => {
        const gone = `${service.lab.url}/${ACCOUNT}/gone`;
        return { tick: every(1, await emittedBy('OnTick', () => service.tick(gone))) };
      },
    },
    {
      alarm: 'Plumbline-Service-SweepsEnded-Alarm',
      fault: 'the schedule of the sweep is off',
      after: 3 * HOUR + 3,
      has: uncalled('on-sweep', 'end of a sweep'),
    },
    {
      alarm: 'Plumbline-Service-SweepsIncomplete-Alarm',
      fault: 'WAF refuses on-sweep its list',
      after: 3 * HOUR + 3,
      has: () => sweeping('OnSweep', 'WAFV2'),
    },
    {
      alarm: 'Plumbline-Service-BlindSpots-Alarm',
      fault: 'S3 Control refuses on-look the account’s block',
      after: 3 * HOUR + 3,
      has: () => sweeping('OnLook', 'S3_CONTROL'),
    },
    {
      alarm: 'Plumbline-Service-AlertsFailed-Alarm',
      fault: 'SNS refuses an alert',
      after: 1,
      has: async () => {
        await turn('on');
        // The tick that finds the change, and each minute another one that tries again.
        const failed = await service.withVariables('OnTick', refuses('SNS'), () => emittedBy('OnTick', tick, 'first'));
        await turn('off');
        await tick();
        return { tick: every(1, failed) };
      },
    },
    {
      alarm: 'Plumbline-queue-changes-Queue-Message-Age-Max-Old',
      fault: 'nobody takes from the changes',
      after: 22,
      has: waiting('changes'),
    },
    {
      alarm: 'Plumbline-queue-hub-alerts-Queue-Message-Age-Max-Old',
      fault: 'nobody takes from the hub’s queue',
      after: 22,
      has: waiting('hub'),
    },
    ...(['changes', 'sweeps', 'own', 'hub'] as const).map((name): Row => ({
      alarm: `Plumbline-queue-${name === 'hub' ? 'hub-alerts' : name}-DLQ-Queue-Message-Count-Max-NotEmpty`,
      fault: `poison on ${name}`,
      after: 1,
      has: poisoned(name),
    })),
    {
      alarm: 'Plumbline-queue-nudges-DLQ-Queue-Message-Count-Max-NotEmpty',
      fault: 'on-tick fails whenever it is woken',
      after: 1,
      has: () => service.withVariables('OnTick', { [VARIABLES.bucket]: undefined }, poisoned('nudges')),
    },
    {
      alarm: 'Plumbline-FurtherRegions-EventsUndelivered-Alarm',
      fault: 'an event of a further region could not be delivered',
      after: 1,
      has: async () => {
        const body = ['--message-body', '{}', '--region', 'eu-west-1'];
        await service.lab.aws('sqs', 'send-message', '--queue-url', service.undelivered.url, ...body);
        // A round that a nudge begins behind it is told of no further region.
        return { tick: every(1, await emittedBy('OnTick', tick, 'first')) };
      },
    },
    {
      alarm: 'Plumbline-Hub-HubHeartbeat-Alarm',
      fault: 'the hub’s ledger holds what its part of the tick cannot read',
      after: 5,
      has: async () => {
        const item = {
          [LEDGER.partitionKey]: { S: 'hub-news' },
          [LEDGER.sortKey]: { S: 'nobody' },
          revision: { N: '1' },
          body: { S: '{}' },
          [LEDGER.due]: { S: LEDGER.due },
          [LEDGER.dueAt]: { S: '2026-01-01T00:00:00.000Z' },
        };
        const file = join(service.lab.home, 'item.json');
        writeFileSync(file, JSON.stringify(item));
        const table = ['--table-name', service.at('Ledger')];
        await service.lab.aws('dynamodb', 'put-item', ...table, '--item', `file://${file}`);
        const emission = await emittedBy('OnTick', tick);
        const key = { [LEDGER.partitionKey]: { S: 'hub-news' }, [LEDGER.sortKey]: { S: 'nobody' } };
        await service.lab.aws('dynamodb', 'delete-item', ...table, '--key', JSON.stringify(key));
        return { tick: every(1, emission), 'end of a sweep': 'silent' };
      },
    },
    ...FUNCTIONS.flatMap((name): readonly Row[] => [
      {
        alarm: `Plumbline-${name}-Fault-Count-Error`,
        fault: `each call of ${name} fails`,
        after: { 'on-look': 6, 'on-tick': 7, 'on-request': 6, 'on-self': 9, 'on-sweep': 1 }[name],
        has: failing(name, name === 'on-look' ? { Records: [] } : {}),
      },
      {
        alarm: `Plumbline-${name}-Throttled-Count-Throttle`,
        fault: `no concurrency is left for ${name}`,
        after: { 'on-look': 4, 'on-tick': 2, 'on-request': 4, 'on-self': 1, 'on-sweep': 1 }[name],
        has: throttled(name),
      },
    ]),
  ];

  test('each alarm has a fault here that rings it', () => {
    expect(rows.map(({ alarm }) => alarm).toSorted()).toEqual(alarms.map(({ name }) => name).toSorted());
  });

  test.each(rows)('$fault: $alarm rings after $after minutes', async ({ alarm, after, has }) => {
    const fault = await has();
    const samples = emitted(well, { minutes: ALL, fault, at: WELL });
    const [first] = ringingMinutes(alarmCalled(alarm), samples, { from: SETTLED, to: ALL });
    expect(first === undefined ? 'never' : first - WELL).toBe(after);
  });
});
