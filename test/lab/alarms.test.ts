import { describe, expect, test } from 'vitest';
import { callsEmission, emissionsIn, emitted, throttledMinutes, type Source } from './emissions.ts';
import { alarmsIn, ringingMinutes, stateAt, unheard, type Alarm, type Sample } from './alarms.ts';

const MINUTE = 60_000;
const METRIC = { namespace: 'Plumbline', name: 'Heartbeat', dimensions: { service: 'plumbline' } };

function alarm(more: Partial<Alarm> = {}): Alarm {
  return {
    name: 'Plumbline-Alarm',
    entry: 'any',
    metric: METRIC,
    statistic: 'Sum',
    periodMinutes: 5,
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    threshold: 0,
    comparison: 'GreaterThanThreshold',
    missing: 'notBreaching',
    ...more,
  };
}

const sample = (minute: number, value: number, more: Partial<Sample> = {}): Sample => ({
  ...METRIC,
  at: minute * MINUTE,
  value,
  ...more,
});

/** A period each, the newest last: X breaches, 0 does not, - is missing. As CloudWatch's documentation draws them. */
const drawn = (points: string): readonly Sample[] =>
  points.split(' ').flatMap((point, index) => (point === '-' ? [] : [sample(index * 5 + 2, point === 'X' ? 1 : 0)]));
const END = 25;

describe('what CloudWatch makes of missing data, as its documentation has it', () => {
  const three = { evaluationPeriods: 3, datapointsToAlarm: 3 };
  const twoOfThree = { evaluationPeriods: 3, datapointsToAlarm: 2 };
  test.each([
    { of: three, points: '0 - X - X', missing: 'OK', breaching: 'OK', notBreaching: 'OK' },
    { of: three, points: '- - - - 0', missing: 'OK', breaching: 'OK', notBreaching: 'OK' },
    { of: three, points: '- - - - -', missing: 'INSUFFICIENT_DATA', breaching: 'ALARM', notBreaching: 'OK' },
    { of: three, points: '0 X X - X', missing: 'ALARM', breaching: 'ALARM', notBreaching: 'ALARM' },
    { of: three, points: '- - X - -', missing: 'ALARM', breaching: 'ALARM', notBreaching: 'OK' },
    { of: twoOfThree, points: '0 - X - X', missing: 'ALARM', breaching: 'ALARM', notBreaching: 'ALARM' },
    { of: twoOfThree, points: '0 0 X 0 X', missing: 'ALARM', breaching: 'ALARM', notBreaching: 'ALARM' },
    { of: twoOfThree, points: '0 - X - -', missing: 'OK', breaching: 'ALARM', notBreaching: 'OK' },
    { of: twoOfThree, points: '- - - - 0', missing: 'OK', breaching: 'ALARM', notBreaching: 'OK' },
    { of: twoOfThree, points: '- - - - X', missing: 'ALARM', breaching: 'ALARM', notBreaching: 'OK' },
  ] as const)('$of.datapointsToAlarm of $of.evaluationPeriods, $points', ({ of, points, ...states }) => {
    for (const missing of ['missing', 'breaching', 'notBreaching'] as const)
      expect([missing, stateAt(alarm({ ...of, missing }), drawn(points), END)]).toEqual([missing, states[missing]]);
  });
});

describe('what a period comes to', () => {
  const two = [sample(21, 3), sample(23, 4)];
  test.each([
    { case: 'a sum', is: { statistic: 'Sum', threshold: 6 }, state: 'ALARM' },
    { case: 'a sum that only reaches', is: { statistic: 'Sum', threshold: 7 }, state: 'OK' },
    { case: 'the largest', is: { statistic: 'Maximum', threshold: 3 }, state: 'ALARM' },
    { case: 'the largest, not the sum', is: { statistic: 'Maximum', threshold: 4 }, state: 'OK' },
    { case: 'below', is: { threshold: 8, comparison: 'LessThanThreshold' }, state: 'ALARM' },
    { case: 'not below', is: { threshold: 7, comparison: 'LessThanThreshold' }, state: 'OK' },
  ] as const)('$case', ({ is, state }) => {
    expect(stateAt(alarm(is), two, END)).toBe(state);
  });

  test.each([
    { case: 'another name', more: { name: 'Heartbeats' } },
    { case: 'another namespace', more: { namespace: 'Plumbing' } },
    { case: 'another value of a dimension', more: { dimensions: { service: 'other' } } },
    { case: 'one dimension more', more: { dimensions: { service: 'plumbline', function_name: 'on-tick' } } },
    { case: 'no dimension', more: { dimensions: {} } },
  ])('$case is another metric', ({ more }) => {
    expect(stateAt(alarm(), [sample(22, 1, more)], END)).toBe('OK');
    expect(unheard([alarm()], [sample(22, 1, more)])).toEqual(['Plumbline-Alarm waits for Plumbline Heartbeat']);
    expect(unheard([alarm()], [sample(22, 1)])).toEqual([]);
  });

  test('every minute may end a period, and the last points count until they leave the range that CloudWatch looks at', () => {
    const ringing = ringingMinutes(alarm(), [sample(10, 1), sample(12, 1)], { from: 0, to: 40 });
    expect([ringing.at(0), ringing.at(-1), ringing.length]).toEqual([11, 27, 17]);
  });
});

describe('the alarms of a template', () => {
  const metricStat = {
    Metric: {
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['Letters', 'QueueName'] } }],
    },
    Period: 300,
    Stat: 'Maximum',
  };
  const properties = {
    AlarmName: 'Plumbline-dead',
    AlarmDescription: 'Somebody has to look. What to do: docs/runbook.md#dead-letters',
    ActionsEnabled: true,
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: 0,
    EvaluationPeriods: 2,
    TreatMissingData: 'missing',
    Metrics: [{ Id: 'm1', MetricStat: metricStat, ReturnData: true }],
  };
  const template = (more: object): object => ({
    Resources: { Dead: { Type: 'AWS::CloudWatch::Alarm', Properties: { ...properties, ...more } } },
  });
  const nameOf = (value: unknown): string => (JSON.stringify(value).includes('Letters') ? 'letters-1a2b' : '?');

  test('is read whole, with the names that its resources got', () => {
    expect(alarmsIn(template({}), nameOf)).toEqual([
      {
        name: 'Plumbline-dead',
        entry: 'dead-letters',
        metric: {
          namespace: 'AWS/SQS',
          name: 'ApproximateNumberOfMessagesVisible',
          dimensions: { QueueName: 'letters-1a2b' },
        },
        statistic: 'Maximum',
        periodMinutes: 5,
        evaluationPeriods: 2,
        datapointsToAlarm: 2,
        threshold: 0,
        comparison: 'GreaterThanThreshold',
        missing: 'missing',
      },
    ]);
  });

  test.each([
    { case: 'an expression', more: { Metrics: [{ Id: 'e1', Expression: 'FILL(m1, 0)' }] } },
    { case: 'two metrics', more: { Metrics: [...properties.Metrics, ...properties.Metrics] } },
    { case: 'a percentile', more: { Metrics: [{ Id: 'm1', MetricStat: { ...metricStat, Stat: 'p99' } }] } },
    { case: 'half a minute', more: { Metrics: [{ Id: 'm1', MetricStat: { ...metricStat, Period: 30 } }] } },
    { case: 'what is ignored', more: { TreatMissingData: 'ignore' } },
    { case: 'another comparison', more: { ComparisonOperator: 'LessThanLowerThreshold' } },
    { case: 'actions that are off', more: { ActionsEnabled: false } },
    { case: 'no entry of the runbook', more: { AlarmDescription: 'Somebody has to look.' } },
  ])('$case is nothing that can be judged here, and is not passed over', ({ more }) => {
    expect(() => alarmsIn(template(more), nameOf)).toThrow(/^the alarm Plumbline-dead: /);
  });
});

describe('what is emitted', () => {
  const heartbeat = (value: number) => ({ ...METRIC, value });

  test('a function’s log is read as CloudWatch reads it: each metric with its dimensions, several values each', () => {
    const document = {
      _aws: {
        Timestamp: 1,
        CloudWatchMetrics: [
          {
            Namespace: 'Plumbline',
            Dimensions: [['service']],
            Metrics: [{ Name: 'Heartbeat' }, { Name: 'BlindSpots' }],
          },
        ],
      },
      service: 'plumbline',
      Heartbeat: 1,
      BlindSpots: [2, 0],
      notAMetric: 7,
    };
    const log = ['{"level":"INFO","message":"told"}', JSON.stringify(document), 'not json {', ''].join('\n');
    expect(emissionsIn(log)).toEqual([
      [heartbeat(1), { ...METRIC, name: 'BlindSpots', value: 2 }, { ...METRIC, name: 'BlindSpots', value: 0 }],
    ]);
  });

  const every = (everyMinutes: number, offset = 0): Source => ({
    everyMinutes,
    offset,
    emits: (minutes) => [heartbeat(minutes)],
  });
  test.each([
    { case: 'every five minutes', fault: {}, is: [2, 7, 12, 17] },
    { case: 'silent from the tenth on', fault: { tick: 'silent' as const }, is: [2, 7] },
    { case: 'more often from the tenth on', fault: { tick: every(3) }, is: [2, 7, 12, 15, 18] },
    { case: 'another one beside it', fault: { other: every(9) }, is: [2, 7, 12, 17, 18] },
  ])('$case', ({ fault, is }) => {
    const samples = emitted({ tick: every(5, 2) }, { minutes: 20, fault, at: 10 });
    expect(samples.map(({ at }) => at / MINUTE)).toEqual(is);
  });

  test('a source of a fault counts its minutes from the beginning of the fault', () => {
    const samples = emitted({}, { minutes: 13, fault: { old: every(1) }, at: 10 });
    expect(samples.map(({ value }) => value)).toEqual([0, 1, 2]);
  });

  test('a call that Lambda refuses is tried nine times in five minutes, and then every five minutes', () => {
    expect(throttledMinutes(5)).toEqual([0, 0, 0, 0, 0, 0, 1, 2, 4]);
    expect(throttledMinutes(30)).toEqual([0, 0, 0, 0, 0, 0, 1, 2, 4, 8, 13, 18, 23, 28]);
  });

  test('a call that went well counts as one that did not fail', () => {
    const of = { namespace: 'AWS/Lambda', dimensions: { FunctionName: 'on-tick-1a2b' } };
    expect(callsEmission('on-tick-1a2b', { errors: 1 })).toEqual([
      { ...of, name: 'Errors', value: 1 },
      { ...of, name: 'Throttles', value: 0 },
    ]);
  });
});
