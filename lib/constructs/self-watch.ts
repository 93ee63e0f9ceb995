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
import { METRICS, type FunctionName } from '#lambda/service-names.ts';
import type { LedgerTable } from './ledger-table.ts';
import type { RuntimeFunction } from './runtime-function.ts';
import type { WorkQueue } from './work-queue.ts';

export interface SelfWatchProps {
  /** The second topic: whoever reads it hears of the service, not of what it watches. */
  readonly topic: ITopic;
  readonly functions: Readonly<Record<FunctionName, RuntimeFunction>>;
  readonly queues: Readonly<Record<string, WorkQueue>>;
  readonly ledger: LedgerTable;
  readonly sweepEvery: Duration;
  readonly stackName: string;
}

/** Where each alarm's entry in the runbook is: an alarm that nobody can act on is noise. */
function runbook(entry: string): string {
  return `docs/runbook.md#${entry}`;
}

/** The entries of the runbook that alarms lead to; a test holds the page against them. */
export const RUNBOOK_ENTRIES = [
  'no-heartbeat',
  'dead-letters',
  'sweep-late',
  'sweep-incomplete',
  'blind-spots',
  'alerts-failed',
  'tick-troubles',
  'errors',
  'throttles',
] as const;

/** Alarms on the service itself, and the dashboard that shows why one rang. */
export class SelfWatch extends Construct {
  constructor(scope: Construct, id: string, props: SelfWatchProps) {
    super(scope, id);
    const { topic, functions, queues, ledger, sweepEvery, stackName } = props;
    const monitoring = new MonitoringFacade(this, 'Monitoring', {
      alarmFactoryDefaults: {
        actionsEnabled: true,
        alarmNamePrefix: stackName,
        action: new SnsAlarmActionStrategy({ onAlarmTopic: topic, onOkTopic: topic }),
        datapointsToAlarm: 1,
      },
      metricFactoryDefaults: { namespace: METRICS.namespace },
      dashboardFactory: new DefaultDashboardFactory(this, 'Dashboards', {
        dashboardNamePrefix: stackName,
        createDashboard: true,
        createSummaryDashboard: false,
        createAlarmDashboard: false,
      }),
    });
    monitoring.addLargeHeader(`Plumbline: ${stackName}`);
    monitoring.monitorCustom({
      humanReadableName: 'What it does',
      alarmFriendlyName: 'Service',
      metricGroups: this.#groups(monitoring, sweepEvery),
    });
    for (const [name, { function: lambdaFunction }] of Object.entries(functions)) {
      monitoring.monitorLambdaFunction({
        lambdaFunction,
        humanReadableName: name,
        alarmFriendlyName: name,
        addFaultCountAlarm: {
          Error: { maxErrorCount: 2, evaluationPeriods: 3, datapointsToAlarm: 2, ...link('errors') },
        },
        addThrottlesCountAlarm: { Throttle: { maxErrorCount: 10, ...link('throttles') } },
      });
    }
    for (const [name, { queue, deadLetters }] of Object.entries(queues)) {
      monitoring.monitorSqsQueueWithDlq({
        queue,
        deadLetterQueue: deadLetters,
        humanReadableName: `queue ${name}`,
        alarmFriendlyName: `queue-${name}`,
        addDeadLetterQueueMaxSizeAlarm: { NotEmpty: { maxMessageCount: 0, ...link('dead-letters') } },
      });
    }
    monitoring.monitorDynamoTable({
      // The two libraries differ in whether an optional member may be undefined.
      table: ledger as ITable,
      humanReadableName: 'ledger',
      alarmFriendlyName: 'ledger',
    });
  }

  #groups(monitoring: MonitoringFacade, sweepEvery: Duration): CustomMetricGroup[] {
    const factory = monitoring.createMetricFactory();
    const sum = (metric: string, period: Duration) =>
      factory.createMetric(metric, MetricStatistic.SUM, metric, { service: 'plumbline' }, undefined, undefined, period);
    const watched = (metric: string, { period, ...threshold }: CustomThreshold & { readonly period: Duration }) => ({
      metric: sum(metric, period),
      alarmFriendlyName: metric,
      addAlarm: { Alarm: { ...threshold, period } },
    });
    const five = Duration.minutes(5);
    return [
      {
        title: 'Alive',
        metrics: [
          watched(METRICS.heartbeat, { ...below(1), period: five, ...link('no-heartbeat') }),
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
          watched(METRICS.sweepsIncomplete, { ...above(0), period: five, ...link('sweep-incomplete') }),
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

function link(entry: (typeof RUNBOOK_ENTRIES)[number]): { readonly runbookLink: string } {
  return { runbookLink: runbook(entry) };
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
