import { describe, expect, test } from 'vitest';
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
