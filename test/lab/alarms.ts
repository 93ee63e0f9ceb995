import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';

/** A metric as CloudWatch tells one from another: by every dimension. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** One value of a metric. `at`: milliseconds since 1970. */
export interface Sample extends Metric {
  readonly at: number;
  readonly value: number;
}

/** An alarm on one metric. */
export interface Alarm {
  readonly name: string;
  /** Its entry in the runbook. */
  readonly entry: string;
  readonly metric: Metric;
  readonly statistic: 'Sum' | 'Maximum';
  readonly periodMinutes: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly threshold: number;
  readonly comparison: 'GreaterThanThreshold' | 'LessThanThreshold';
  readonly missing: 'missing' | 'breaching' | 'notBreaching';
}

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

const MINUTE_MS = 60_000;

/**
 * CloudWatch looks at more periods than it evaluates, and does not say at how many; the tables of its documentation have five for three
 * ("Configuring how CloudWatch alarms treat missing data").
 */
const FURTHER_PERIODS = 2;

const metricStatSchema = z.object({
  Metric: z.object({
    Namespace: z.string(),
    MetricName: z.string(),
    Dimensions: z.array(z.object({ Name: z.string(), Value: z.unknown() })).default([]),
  }),
  Period: z.number().multipleOf(60),
  Stat: z.enum(['Sum', 'Maximum']),
});

/** What is judged here, and nothing beside it: an alarm that says more is refused, and not half understood. */
const propertiesSchema = z.object({
  AlarmName: z.string(),
  AlarmDescription: z.string().regex(/docs\/runbook\.md#[\w-]+$/),
  ActionsEnabled: z.literal(true),
  AlarmActions: z.array(z.unknown()).optional(),
  OKActions: z.array(z.unknown()).optional(),
  ComparisonOperator: z.enum(['GreaterThanThreshold', 'LessThanThreshold']),
  Threshold: z.number(),
  EvaluationPeriods: z.number(),
  DatapointsToAlarm: z.number().optional(),
  TreatMissingData: z.enum(['missing', 'breaching', 'notBreaching']),
  Metrics: z.tuple([
    z.strictObject({
      Id: z.string(),
      Label: z.string().optional(),
      MetricStat: metricStatSchema,
      ReturnData: z.literal(true),
    }),
  ]),
});
const alarmSchema = z.object({ Properties: z.strictObject(propertiesSchema.shape) });

/**
 * The alarms of a CloudFormation template. `nameOf` gives the name that a resource got, for what a dimension's value refers to it by.
 * Throws for an alarm that is not of one metric, in a statistic and a treatment that `stateAt` knows.
 */
export function alarmsIn(template: object, nameOf: (value: unknown) => string): readonly Alarm[] {
  const { Resources } = template as {
    Resources: Record<string, { Type: string; Properties?: { AlarmName?: string } }>;
  };
  return Object.values(Resources)
    .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
    .map((resource) => {
      const { data, error } = alarmSchema.safeParse(resource);
      if (data === undefined)
        throw new Error(`the alarm ${resource.Properties?.AlarmName ?? '?'}: ${z.prettifyError(error)}`);
      return alarmFrom(data.Properties, nameOf);
    });
}

function alarmFrom(properties: z.infer<typeof propertiesSchema>, nameOf: (value: unknown) => string): Alarm {
  const [{ MetricStat }] = properties.Metrics;
  const { Metric, Period, Stat } = MetricStat;
  return {
    name: properties.AlarmName,
    entry: properties.AlarmDescription.split('#').at(-1) ?? '',
    metric: {
      namespace: Metric.Namespace,
      name: Metric.MetricName,
      dimensions: Object.fromEntries(
        Metric.Dimensions.map(({ Name, Value }) => [Name, typeof Value === 'string' ? Value : nameOf(Value)]),
      ),
    },
    statistic: Stat,
    periodMinutes: Period / 60,
    evaluationPeriods: properties.EvaluationPeriods,
    datapointsToAlarm: properties.DatapointsToAlarm ?? properties.EvaluationPeriods,
    threshold: properties.Threshold,
    comparison: properties.ComparisonOperator,
    missing: properties.TreatMissingData,
  };
}

/** The alarms whose metric nobody emits: such a one can never tell anything. */
export function unheard(alarms: readonly Alarm[], samples: readonly Sample[]): readonly string[] {
  return alarms
    .filter(({ metric }) => !samples.some((sample) => isOf(metric, sample)))
    .map(({ name, metric }) => `${name} waits for ${metric.namespace} ${metric.name}`);
}

/** The state that an alarm is in at the beginning of a minute (counted from 1970), as CloudWatch documents it. */
export function stateAt(alarm: Alarm, samples: readonly Sample[], minute: number): AlarmState {
  return stateOf(alarm, byMinute(alarm, samples), minute);
}

/** The minutes at which an alarm rings. CloudWatch looks each minute, and does not say where it begins its periods: each may be the end of one. */
export function ringingMinutes(
  alarm: Alarm,
  samples: readonly Sample[],
  { from, to }: { readonly from: number; readonly to: number },
): readonly number[] {
  const values = byMinute(alarm, samples);
  const minutes = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  return minutes.filter((minute) => stateOf(alarm, values, minute) === 'ALARM');
}

function isOf(metric: Metric, sample: Sample): boolean {
  return (
    metric.namespace === sample.namespace &&
    metric.name === sample.name &&
    isDeepStrictEqual({ ...metric.dimensions }, { ...sample.dimensions })
  );
}

type Values = ReadonlyMap<number, readonly number[]>;

function byMinute({ metric }: Alarm, samples: readonly Sample[]): Values {
  const values = new Map<number, number[]>();
  for (const sample of samples) {
    if (!isOf(metric, sample)) continue;
    const minute = Math.floor(sample.at / MINUTE_MS);
    const others = values.get(minute);
    if (others === undefined) values.set(minute, [sample.value]);
    else others.push(sample.value);
  }
  return values;
}

const WITHOUT_ANY = { missing: 'INSUFFICIENT_DATA', breaching: 'ALARM', notBreaching: 'OK' } as const;

function stateOf(alarm: Alarm, values: Values, minute: number): AlarmState {
  const { evaluationPeriods, datapointsToAlarm, missing } = alarm;
  const range = Array.from({ length: evaluationPeriods + FURTHER_PERIODS }, (_, back) => back);
  const points = range.flatMap((back) => pointOf(alarm, values, minute - back * alarm.periodMinutes) ?? []);
  if (points.length === 0) return WITHOUT_ANY[missing];
  // The newest that are there: what is missing between them is passed over while enough of them are.
  const newest = points.slice(0, evaluationPeriods);
  const filled = missing === 'breaching' ? evaluationPeriods - newest.length : 0;
  const breaching = newest.filter((point) => isBreaching(alarm, point)).length + filled;
  const enough = missing === 'missing' ? Math.min(datapointsToAlarm, newest.length) : datapointsToAlarm;
  return breaching >= enough ? 'ALARM' : 'OK';
}

/** The value of the period that ends with a minute; undefined: nothing came in it. */
function pointOf({ statistic, periodMinutes }: Alarm, values: Values, end: number): number | undefined {
  const all: number[] = [];
  for (let minute = end - periodMinutes; minute < end; minute += 1) all.push(...(values.get(minute) ?? []));
  if (all.length === 0) return undefined;
  return statistic === 'Sum' ? all.reduce((sum, value) => sum + value, 0) : Math.max(...all);
}

function isBreaching({ comparison, threshold }: Alarm, value: number): boolean {
  return comparison === 'GreaterThanThreshold' ? value > threshold : value < threshold;
}
