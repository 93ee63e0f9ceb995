import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import {
  DefaultDashboardFactory,
  MetricStatistic,
  MonitoringFacade,
  SnsAlarmActionStrategy,
  type CustomMetricGroup,
  type CustomThreshold,
} from 'cdk-monitoring-constructs';
import { Construct } from 'constructs';
import { METRICS, METRICS_OF_SOME, type FunctionName } from '#lambda/service-names.ts';
import type { LedgerTable } from './ledger-table.ts';
import { EVERYTHING_EVERY } from './own-watch.ts';
import type { RuntimeFunction } from './runtime-function.ts';
import type { WorkQueue } from './work-queue.ts';

export interface SelfWatchProps {
  /** The second topic: whoever reads it hears of the service, not of what it watches. */
  readonly topic: ITopic;
  readonly functions: Readonly<Record<FunctionName, RuntimeFunction>>;
  readonly queues: Readonly<Record<string, WorkQueue>>;
  readonly ledger: LedgerTable;
  readonly sweepEvery: Duration;
  /** What alarms and dashboard are called, before what they are about. */
  readonly name: string;
}

/** What each alarm says, by its entry in the runbook: an alarm that nobody can act on is noise. A test holds the page against these. */
export const RUNBOOK = {
  'no-heartbeat': 'Plumbline has not run for five minutes: nothing is polled and nothing is told.',
  'dead-letters': 'A message could not be worked on five times, and waits for a person.',
  'sweep-late': 'No sweep has ended for two intervals: what no event told of is not seen.',
  'sweep-incomplete': 'Two sweeps running have ended, and something was not listed or a part never came.',
  'blind-spots': 'Something could not be read in two sweeps running.',
  'alerts-failed': 'An alert could not be brought out; it is tried again each minute.',
  'tick-troubles': 'A part of the tick failed in three rounds running.',
  'queue-old': 'A change has waited for twenty minutes: nobody works on the queue, or not fast enough.',
  'hub-silent': 'The hub has not told of its members for five minutes.',
  'hub-queue-old': 'An alert of a member has waited for twenty minutes.',
  'feed-undelivered': 'Events of a further region could not be brought to the home region.',
  'no-self-check': 'Plumbline has not looked at itself for a quarter of an hour: nobody would say if it were silenced.',
  'parts-unreadable': 'Something that Plumbline is made of could not be read in three looks at everything running.',
  errors: 'A function fails again and again.',
  throttles: 'Lambda refuses a function: the concurrency of the account is used up.',
} as const;

type RunbookEntry = keyof typeof RUNBOOK;

/**
 * A change is worked on within seconds; a sweep may wait for the one before it. A look that is asked for again waits up to a quarter of an
 * hour by itself, and SQS does not say whether that counts as its age.
 */
const OLDEST_CHANGE_S = 20 * 60;

const FIVE_MINUTES = Duration.minutes(5);
/** By which the code's own metrics are told from others. */
const DIMENSION = { service: 'plumbline' };

/** What runs every minute may stumble once; what runs every few hours may not. */
const OFTEN = { maxErrorCount: 2, evaluationPeriods: 3, datapointsToAlarm: 2 };
const FAULTS: Readonly<Record<FunctionName, typeof OFTEN>> = {
  'on-look': OFTEN,
  'on-tick': OFTEN,
  'on-request': OFTEN,
  'on-self': OFTEN,
  'on-sweep': { maxErrorCount: 0, evaluationPeriods: 1, datapointsToAlarm: 1 },
};

/** More refusals than this in five minutes. */
const MOST_REFUSALS = 10;
/** Of what a schedule calls seldom: Lambda tries one call that it refuses nine times in the first five minutes, a second later and then at double intervals. */
const MOST_REFUSALS_OF_ONE = 4;
const REFUSALS: Readonly<Record<FunctionName, number>> = {
  'on-look': MOST_REFUSALS,
  'on-tick': MOST_REFUSALS,
  'on-request': MOST_REFUSALS,
  'on-self': MOST_REFUSALS_OF_ONE,
  'on-sweep': MOST_REFUSALS_OF_ONE,
};

/** Alarms on the service itself, and the dashboard that shows why one rang. */
export class SelfWatch extends Construct {
  readonly #monitoring: MonitoringFacade;

  constructor(scope: Construct, id: string, props: SelfWatchProps) {
    super(scope, id);
    const { topic, functions, queues, ledger, sweepEvery, name } = props;
    const monitoring = new MonitoringFacade(this, 'Monitoring', {
      alarmFactoryDefaults: {
        actionsEnabled: true,
        alarmNamePrefix: name,
        action: new SnsAlarmActionStrategy({ onAlarmTopic: topic, onOkTopic: topic }),
        datapointsToAlarm: 1,
      },
      metricFactoryDefaults: { namespace: METRICS.namespace },
      dashboardFactory: new DefaultDashboardFactory(this, 'Dashboards', {
        dashboardNamePrefix: name,
        createDashboard: true,
        createSummaryDashboard: false,
        createAlarmDashboard: false,
      }),
    });
    this.#monitoring = monitoring;
    monitoring.addLargeHeader(`Plumbline: ${name}`);
    monitoring.monitorCustom({
      humanReadableName: 'What it does',
      alarmFriendlyName: 'Service',
      metricGroups: this.#groups(sweepEvery),
    });
    for (const [functionName, { function: lambdaFunction }] of Object.entries(functions) as [
      FunctionName,
      RuntimeFunction,
    ][]) {
      monitoring.monitorLambdaFunction({
        lambdaFunction,
        humanReadableName: functionName,
        alarmFriendlyName: functionName,
        addFaultCountAlarm: { Error: { ...FAULTS[functionName], ...link('errors') } },
        addThrottlesCountAlarm: { Throttle: { maxErrorCount: REFUSALS[functionName], ...link('throttles') } },
      });
    }
    for (const [queueName, queue] of Object.entries(queues))
      this.#watchQueue(queueName, queue, queueName === 'changes' ? 'queue-old' : undefined);
    monitoring.monitorDynamoTable({
      // The two libraries differ in whether an optional member may be undefined.
      table: ledger as ITable,
      humanReadableName: 'ledger',
      alarmFriendlyName: 'ledger',
    });
  }

  /** The watch on a hub: a hub that is dead must not look like members that are well. */
  watchHub(alerts: WorkQueue): void {
    const beat = this.#watched(METRICS_OF_SOME.hubHeartbeat, {
      ...below(1),
      period: FIVE_MINUTES,
      ...link('hub-silent'),
    });
    this.#monitoring.monitorCustom({
      humanReadableName: 'What members say',
      alarmFriendlyName: 'Hub',
      metricGroups: [{ title: 'Alive', metrics: [beat] }],
    });
    this.#watchQueue('hub-alerts', alerts, 'hub-queue-old');
  }

  /** The watch on further regions: what they could not deliver. */
  watchFurtherRegions(): void {
    const { undelivered } = METRICS_OF_SOME;
    this.#monitoring.monitorCustom({
      humanReadableName: 'Further regions',
      alarmFriendlyName: 'FurtherRegions',
      metricGroups: [
        {
          title: 'Not delivered',
          metrics: [this.#watched(undelivered, { ...above(0), period: FIVE_MINUTES, ...link('feed-undelivered') })],
        },
      ],
    });
  }

  /** `old`: what it means that something waits in it; left out where it may. */
  #watchQueue(name: string, { queue, deadLetters }: WorkQueue, old?: RunbookEntry): void {
    this.#monitoring.monitorSqsQueueWithDlq({
      queue,
      deadLetterQueue: deadLetters,
      humanReadableName: `queue ${name}`,
      alarmFriendlyName: `queue-${name}`,
      ...(old === undefined
        ? {}
        : { addQueueMaxMessageAgeAlarm: { Old: { maxAgeInSeconds: OLDEST_CHANGE_S, ...link(old) } } }),
      addDeadLetterQueueMaxSizeAlarm: { NotEmpty: { maxMessageCount: 0, ...link('dead-letters') } },
    });
  }

  #sum(metric: string, period: Duration) {
    const factory = this.#monitoring.createMetricFactory();
    return factory.createMetric(metric, MetricStatistic.SUM, metric, DIMENSION, undefined, undefined, period);
  }

  #watched(metric: string, { period, ...threshold }: CustomThreshold & { readonly period: Duration }) {
    return {
      metric: this.#sum(metric, period),
      alarmFriendlyName: metric,
      addAlarm: { Alarm: { ...threshold, period } },
    };
  }

  #groups(sweepEvery: Duration): CustomMetricGroup[] {
    const sum = this.#sum.bind(this);
    const watched = this.#watched.bind(this);
    const five = FIVE_MINUTES;
    return [
      {
        title: 'Alive',
        metrics: [
          watched(METRICS.heartbeat, { ...below(1), period: five, ...link('no-heartbeat') }),
          watched(METRICS.selfChecks, {
            ...below(1),
            period: five,
            evaluationPeriods: 3,
            datapointsToAlarm: 3,
            ...link('no-self-check'),
          }),
          watched(METRICS.partsUnreadable, {
            ...above(0),
            // Not every look reads everything.
            period: EVERYTHING_EVERY,
            evaluationPeriods: 3,
            datapointsToAlarm: 3,
            ...link('parts-unreadable'),
          }),
          watched(METRICS.troubles, {
            ...above(0),
            period: five,
            evaluationPeriods: 3,
            datapointsToAlarm: 3,
            ...link('tick-troubles'),
          }),
        ],
      },
      {
        title: 'Sweeps',
        metrics: [
          watched(METRICS.sweepsEnded, {
            ...below(1),
            period: sweepEvery,
            evaluationPeriods: 2,
            datapointsToAlarm: 2,
            ...link('sweep-late'),
          }),
          watched(METRICS.sweepsIncomplete, {
            ...above(0),
            period: sweepEvery,
            evaluationPeriods: 2,
            datapointsToAlarm: 2,
            ...link('sweep-incomplete'),
          }),
          watched(METRICS.blindSpots, {
            ...above(0),
            period: sweepEvery,
            evaluationPeriods: 2,
            datapointsToAlarm: 2,
            ...link('blind-spots'),
          }),
        ],
      },
      {
        title: 'Telling',
        metrics: [
          sum(METRICS.drifts, five),
          sum(METRICS.told, five),
          watched(METRICS.untold, { ...above(0), period: five, ...link('alerts-failed') }),
        ],
      },
    ];
  }
}

function link(entry: RunbookEntry): { readonly alarmDescriptionOverride: string } {
  return { alarmDescriptionOverride: `${RUNBOOK[entry]} What to do: docs/runbook.md#${entry}` };
}

function above(threshold: number): CustomThreshold {
  return {
    threshold,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    treatMissingDataOverride: TreatMissingData.NOT_BREACHING,
  };
}

/** What is not heard of at all is worse than what is low. */
function below(threshold: number): CustomThreshold {
  return {
    threshold,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    treatMissingDataOverride: TreatMissingData.BREACHING,
  };
}
