import type { Metric, Sample } from './alarms.ts';

/** What one call of a function emitted, or what AWS says of a thing in one minute. */
export type Emission = readonly (Metric & { readonly value: number })[];

interface Embedded {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
  readonly [member: string]: unknown;
}

const MINUTE_MS = 60_000;

/** The metrics that CloudWatch reads from a function's log: lines in its embedded metric format, each one emission. */
export function emissionsIn(log: string): readonly Emission[] {
  return log
    .split('\n')
    .filter((line) => line.startsWith('{"_aws"'))
    .map((line) => emissionOf(JSON.parse(line) as Embedded));
}

function emissionOf(document: Embedded): Emission {
  return document._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) => {
      const dimensions = Object.fromEntries(names.map((name) => [name, String(document[name])]));
      return Metrics.flatMap(({ Name }) =>
        [document[Name]]
          .flat()
          .map((value) => ({ namespace: Namespace, name: Name, dimensions, value: Number(value) })),
      );
    }),
  );
}

/** Something that emits again and again. */
export interface Source {
  readonly everyMinutes: number;
  /** The minute of the first time. @default 0 */
  readonly offset?: number;
  /** `minutes`: since it began. */
  readonly emits: (minutes: number) => Emission;
}

export type Sources = Readonly<Record<string, Source>>;

/** What is otherwise from some minute on: other sources by their names, and those that are silent. */
export type Fault = Readonly<Record<string, Source | 'silent'>>;

/** What sources emit in so many minutes; from `at` on, with the fault. */
export function emitted(
  sources: Sources,
  { minutes, fault = {}, at = minutes }: { readonly minutes: number; readonly fault?: Fault; readonly at?: number },
): readonly Sample[] {
  const before = Object.entries(sources).flatMap(([name, source]) =>
    timesOf(source, { from: 0, to: name in fault ? at : minutes }),
  );
  const after = Object.values(fault).flatMap((source) =>
    source === 'silent' ? [] : timesOf(source, { from: at, to: minutes }),
  );
  return [...before, ...after];
}

function timesOf({ everyMinutes, offset = 0, emits }: Source, { from, to }: { from: number; to: number }): Sample[] {
  const samples: Sample[] = [];
  for (let minute = offset; minute < to; minute += everyMinutes)
    if (minute >= from) samples.push(...emits(minute - from).map((one) => ({ ...one, at: minute * MINUTE_MS })));
  return samples;
}

/** What SQS says of a queue in a minute. A queue that nobody uses for six hours says nothing (SQS, "Available CloudWatch metrics"). */
export function queueEmission(
  queue: string,
  { visible, oldestSeconds = 0 }: { readonly visible: number; readonly oldestSeconds?: number },
): Emission {
  const of = { namespace: 'AWS/SQS', dimensions: { QueueName: queue } };
  return [
    { ...of, name: 'ApproximateNumberOfMessagesVisible', value: visible },
    { ...of, name: 'ApproximateAgeOfOldestMessage', value: oldestSeconds },
  ];
}

/** What Lambda says of calls of a function: each counts in both, as a failure or not ("Types of metrics for Lambda functions"). */
export function callsEmission(
  functionName: string,
  { errors = 0, throttles = 0 }: { readonly errors?: number; readonly throttles?: number } = {},
): Emission {
  const of = { namespace: 'AWS/Lambda', dimensions: { FunctionName: functionName } };
  return [
    { ...of, name: 'Errors', value: errors },
    { ...of, name: 'Throttles', value: throttles },
  ];
}

/**
 * At which minutes Lambda tries an asynchronous call that it throttles: the interval grows from a second to five minutes by doubling
 * ("How Lambda handles errors and retries with asynchronous invocation").
 */
export function throttledMinutes(within: number): readonly number[] {
  const minutes: number[] = [];
  for (let second = 0, wait = 1; second < within * 60; second += wait, wait = Math.min(wait * 2, 300))
    minutes.push(Math.floor(second / 60));
  return minutes;
}

/** At which minutes Lambda tries an asynchronous call that fails: a minute later, and two minutes after that (the same page). */
export const FAILED_MINUTES: readonly number[] = [0, 1, 3];
