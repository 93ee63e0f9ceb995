import { Duration } from 'aws-cdk-lib';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Settings } from '#lambda/settings.ts';

export interface ClockProps {
  readonly onTick: IFunction;
  readonly onSweep: IFunction;
  readonly sweepEvery: Settings['schedule']['sweepEvery'];
}

const EVERY: Readonly<Record<ClockProps['sweepEvery'], Duration>> = {
  '15 minutes': Duration.minutes(15),
  '1 hour': Duration.hours(1),
  '3 hours': Duration.hours(3),
  '6 hours': Duration.hours(6),
  '12 hours': Duration.hours(12),
  '1 day': Duration.days(1),
};

/** How often a sweep begins. */
export function sweepInterval(sweepEvery: ClockProps['sweepEvery']): Duration {
  return EVERY[sweepEvery];
}

/** The tick of every minute, and the sweep. A tick that was missed is not made up for: the next one does all of it. */
export class Clock extends Construct {
  readonly schedules: { readonly tick: Schedule; readonly sweep: Schedule };

  constructor(scope: Construct, id: string, { onTick, onSweep, sweepEvery }: ClockProps) {
    super(scope, id);
    const tick = new Schedule(this, 'Tick', {
      description: 'Plumbline: polls, ends sweeps, tells',
      schedule: ScheduleExpression.rate(Duration.minutes(1)),
      target: new LambdaInvoke(onTick, { retryAttempts: 0, maxEventAge: Duration.minutes(1) }),
    });
    const sweep = new Schedule(this, 'Sweep', {
      description: 'Plumbline: reads everything again',
      schedule: ScheduleExpression.rate(sweepInterval(sweepEvery)),
      target: new LambdaInvoke(onSweep, { retryAttempts: 2, maxEventAge: Duration.minutes(15) }),
    });
    this.schedules = { tick, sweep };
  }
}
