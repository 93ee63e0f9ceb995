import { Duration, Lazy } from 'aws-cdk-lib';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { minutesOf, type SweepInterval } from '#lambda/sweep-interval.ts';

export interface ClockProps {
  readonly onTick: IFunction;
  readonly onSweep: IFunction;
  readonly sweepEvery: SweepInterval;
  /** The dead-letter queues of further regions, as far as there are some when the template is written. */
  readonly undelivered: () => readonly { readonly region: string; readonly url: string }[];
  /** What the names of the schedules start with. */
  readonly name: string;
}

/** How often a sweep begins. */
export function sweepInterval(sweepEvery: SweepInterval): Duration {
  return Duration.minutes(minutesOf(sweepEvery));
}

/** The tick of every minute, and the sweep. A tick that was missed is not made up for: the next one does all of it. */
export class Clock extends Construct {
  /** Their names. */
  readonly schedules: { readonly tick: string; readonly sweep: string };

  constructor(scope: Construct, id: string, { onTick, onSweep, sweepEvery, undelivered, name }: ClockProps) {
    super(scope, id);
    const schedules = { tick: scheduleNameOf(name, 'tick'), sweep: scheduleNameOf(name, 'sweep') };
    new Schedule(this, 'Tick', {
      scheduleName: schedules.tick,
      description: 'Plumbline: polls, ends sweeps, tells',
      schedule: ScheduleExpression.rate(Duration.minutes(1)),
      target: new LambdaInvoke(onTick, {
        retryAttempts: 0,
        maxEventAge: Duration.minutes(1),
        // More than thirty of them would not fit into an environment, which has 4 KB.
        input: ScheduleTargetInput.fromObject({ undelivered: Lazy.any({ produce: undelivered }) }),
      }),
    });
    new Schedule(this, 'Sweep', {
      scheduleName: schedules.sweep,
      description: 'Plumbline: reads everything again',
      schedule: ScheduleExpression.rate(sweepInterval(sweepEvery)),
      target: new LambdaInvoke(onSweep, { retryAttempts: 2, maxEventAge: Duration.minutes(15) }),
    });
    this.schedules = schedules;
  }
}

const LONGEST_NAME = 64;

/** A schedule bears a name that is known beforehand: a person finds it, and the watch on the service can name the one that starts it. */
export function scheduleNameOf(name: string, what: string): string {
  return `${name.slice(0, LONGEST_NAME - what.length - 1)}-${what}`;
}
