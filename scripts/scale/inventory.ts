import type { Template } from 'aws-cdk-lib/assertions';
import { kinds } from '#kinds';
import { eventPatternsOf } from '#lib/event-patterns.ts';
import { METRICS, METRICS_OF_SOME } from '#lambda/service-names.ts';
import type { Settings } from '#lambda/settings.ts';
import { DeployedAccount } from './deployed-account.ts';
import type { EventSource, EventSources } from './simulate.ts';
import { homeOf, LAYOUTS, OWN_LOOK, synthesise, type Layout } from './templates.ts';

/** What the stack of one account creates, as its template says, and what of it costs by being there. */
export interface Inventory {
  /** By CloudFormation type. */
  readonly resources: Readonly<Record<string, number>>;
  /** Metrics that alarms watch: that is what an alarm costs by. */
  readonly alarmMetrics: number;
  readonly dashboards: number;
  readonly keys: number;
  /** Metrics of the service's own that its code emits. */
  readonly ownMetrics: number;
  readonly eventSources: EventSources;
  /** Of what members tell; undefined: it is no hub. */
  readonly hubSource: EventSource | undefined;
  /** Queues that Lambda takes from. */
  readonly polledQueues: number;
  /** Regions that forward their events. */
  readonly furtherRegions: number;
  /** Characters of the longest event pattern. */
  readonly longestPattern: number;
  readonly memoryMb: number;
  /** Of the function that looks at the service itself. */
  readonly ownMemoryMb: number;
  /** How long Lambda lets each function run, in seconds. */
  readonly timeoutsS: { readonly look: number; readonly sweep: number; readonly tick: number };
  readonly sweepsADay: number;
  readonly snapshotsDays: number;
  /** How often the service looks at itself in an hour, and how often of these at everything. */
  readonly ownLooksAnHour: { readonly all: number; readonly everything: number };
}

interface Resource {
  readonly Properties: Readonly<Record<string, unknown>>;
}

interface MetricQuery {
  readonly MetricStat?: object;
}

/** With the shipped defaults, and one address that is told of alerts and of the service. */
export function inventoryOf(layout: Layout = 'home'): Inventory {
  const synthesised = synthesise(layout);
  const { settings, stacks } = synthesised;
  const template = homeOf(synthesised);
  const resources: Record<string, number> = {};
  for (const one of stacks)
    for (const { Type } of Object.values(
      one.template.toJSON()['Resources'] as Readonly<Record<string, { Type: string }>>,
    ))
      resources[Type] = (resources[Type] ?? 0) + 1;
  const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')) as Resource[];
  const sources = {
    changes: eventSourceOf(template, 'Changes'),
    sweeps: eventSourceOf(template, 'Sweeps'),
    nudges: eventSourceOf(template, 'Nudges'),
    own: eventSourceOf(template, 'Own'),
  };
  return {
    resources: Object.fromEntries(Object.entries(resources).sort(([a], [b]) => (a < b ? -1 : 1))),
    alarmMetrics: alarms.reduce((sum, alarm) => sum + metricsOf(alarm), 0),
    dashboards: resources['AWS::CloudWatch::Dashboard'] ?? 0,
    keys: resources['AWS::KMS::Key'] ?? 0,
    ownMetrics: metricsEmitted(alarms),
    eventSources: sources,
    hubSource: layout === 'hub' ? eventSourceOf(template, 'PlumblineHub:') : undefined,
    polledQueues: resources['AWS::Lambda::EventSourceMapping'] ?? 0,
    furtherRegions: new Set(stacks.map(({ region }) => region)).size - 1,
    longestPattern: Math.max(
      ...eventPatternsOf(kinds.map(({ declaration }) => declaration)).map((pattern) => JSON.stringify(pattern).length),
    ),
    memoryMb: memoryOf(template, 'OnLook'),
    ownMemoryMb: memoryOf(template, 'OnSelf'),
    timeoutsS: {
      look: timeoutOf(template, 'OnLook'),
      sweep: timeoutOf(template, 'OnSweep'),
      tick: timeoutOf(template, 'OnTick'),
    },
    sweepsADay: 24 / HOURS[settings.schedule.sweepEvery],
    snapshotsDays: settings.keep.snapshotsDays,
    ownLooksAnHour: ownLooksOf(template, new DeployedAccount(synthesised)),
  };
}

/** What each way to deploy it creates. */
export function inventoriesOf(): Readonly<Record<Layout, Inventory>> {
  const layouts = Object.keys(LAYOUTS) as Layout[];
  return Object.fromEntries(layouts.map((layout) => [layout, inventoryOf(layout)])) as Record<Layout, Inventory>;
}

/** From the schedule that starts them, and what it brings. */
function ownLooksOf(template: Template, deployed: DeployedAccount): Inventory['ownLooksAnHour'] {
  const schedules = Object.values(template.findResources('AWS::Scheduler::Schedule')) as Resource[];
  const { Properties } = schedules.find(({ Properties: { Name } }) => Name === OWN_LOOK) ?? {};
  const [, minutes] = /^rate\((\d+) minutes\)$/.exec(String(Properties?.['ScheduleExpression'])) ?? [];
  if (minutes === undefined) throw new Error(`${OWN_LOOK} has another sort of schedule`);
  return { all: 60 / Number(minutes), everything: 60 / Number(deployed.inputOf(OWN_LOOK)['everythingEvery']) };
}

/** Those of every account, and of those of some the ones that an alarm watches here. */
function metricsEmitted(alarms: readonly Resource[]): number {
  const { namespace: _where, ...names } = METRICS;
  const watched = JSON.stringify(alarms);
  const ofSome = Object.values(METRICS_OF_SOME).filter((name) => watched.includes(`"${name}"`));
  return Object.keys(names).length + ofSome.length;
}

const HOURS: Readonly<Record<Settings['schedule']['sweepEvery'], number>> = {
  '15 minutes': 0.25,
  '1 hour': 1,
  '3 hours': 3,
  '6 hours': 6,
  '12 hours': 12,
  '1 day': 24,
};

function metricsOf({ Properties }: Resource): number {
  const queries = (Properties['Metrics'] ?? []) as readonly MetricQuery[];
  return Math.max(1, queries.filter(({ MetricStat }) => MetricStat !== undefined).length);
}

function timeoutOf(template: Template, name: string): number {
  return Number(functionOf(template, name)['Timeout']);
}

function memoryOf(template: Template, name: string): number {
  return Number(functionOf(template, name)['MemorySize']);
}

/** The function whose logical id begins so. */
function functionOf(template: Template, name: string): Resource['Properties'] {
  const functions = Object.entries(template.findResources('AWS::Lambda::Function')) as [string, Resource][];
  const found = functions.find(([id]) => id.startsWith(name));
  if (found === undefined) throw new Error(`no function is called ${name}`);
  return found[1].Properties;
}

/** The event source of the queue whose logical id begins so. */
function eventSourceOf(template: Template, queue: string): EventSource {
  const sources = Object.values(template.findResources('AWS::Lambda::EventSourceMapping')) as Resource[];
  const source = sources.find(({ Properties }) => JSON.stringify(Properties['EventSourceArn']).includes(`"${queue}`));
  if (source === undefined) throw new Error(`no event source takes from the queue ${queue}`);
  const { MaximumConcurrency } = source.Properties['ScalingConfig'] as { readonly MaximumConcurrency: number };
  return { batch: Number(source.Properties['BatchSize']), concurrency: MaximumConcurrency };
}
