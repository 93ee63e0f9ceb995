import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { kinds } from '#kinds';
import { AuditStack } from '#lib/audit-stack.ts';
import { eventPatternsOf } from '#lib/event-patterns.ts';
import { FUNCTIONS, METRICS } from '#lambda/service-names.ts';
import { parseSettings, type Settings } from '#lambda/settings.ts';
import type { EventSource, EventSources } from './simulate.ts';

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
  /** Characters of the longest event pattern. */
  readonly longestPattern: number;
  readonly memoryMb: number;
  /** How long Lambda lets each function run, in seconds. */
  readonly timeoutsS: { readonly look: number; readonly sweep: number; readonly tick: number };
  readonly sweepsADay: number;
  readonly snapshotsDays: number;
}

interface Resource {
  readonly Properties: Readonly<Record<string, unknown>>;
}

interface MetricQuery {
  readonly MetricStat?: object;
}

/** With the shipped defaults, and one address that is told of alerts and of the service. */
export function inventoryOf(
  yaml = 'tell: { alerts: [{ email: a@example.com }], selfWatch: [{ email: b@example.com }] }',
): Inventory {
  const settings = parseSettings(yaml, 'plumbline.yaml');
  const template = templateOf(settings);
  const all = Object.values(template.toJSON()['Resources'] as Readonly<Record<string, { readonly Type: string }>>);
  const resources: Record<string, number> = {};
  for (const { Type } of all) resources[Type] = (resources[Type] ?? 0) + 1;
  const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')) as Resource[];
  const memory = (Object.values(template.findResources('AWS::Lambda::Function')) as Resource[]).map(({ Properties }) =>
    Number(Properties['MemorySize']),
  );
  const { namespace: _where, ...names } = METRICS;
  return {
    resources: Object.fromEntries(Object.entries(resources).sort(([a], [b]) => (a < b ? -1 : 1))),
    alarmMetrics: alarms.reduce((sum, alarm) => sum + metricsOf(alarm), 0),
    dashboards: resources['AWS::CloudWatch::Dashboard'] ?? 0,
    keys: resources['AWS::KMS::Key'] ?? 0,
    ownMetrics: Object.keys(names).length,
    eventSources: {
      changes: eventSourceOf(template, 'Changes'),
      sweeps: eventSourceOf(template, 'Sweeps'),
      nudges: eventSourceOf(template, 'Nudges'),
    },
    longestPattern: Math.max(
      ...eventPatternsOf(kinds.map(({ declaration }) => declaration)).map((pattern) => JSON.stringify(pattern).length),
    ),
    memoryMb: Math.max(...memory),
    timeoutsS: {
      look: timeoutOf(template, 'OnLook'),
      sweep: timeoutOf(template, 'OnSweep'),
      tick: timeoutOf(template, 'OnTick'),
    },
    sweepsADay: 24 / HOURS[settings.schedule.sweepEvery],
    snapshotsDays: settings.keep.snapshotsDays,
  };
}

const HOURS: Readonly<Record<Settings['schedule']['sweepEvery'], number>> = {
  '15 minutes': 0.25,
  '1 hour': 1,
  '3 hours': 3,
  '6 hours': 6,
  '12 hours': 12,
  '1 day': 24,
};

/** The template, synthesised with empty bundles: what is in them is no part of it. */
function templateOf(settings: Settings): Template {
  const bundles = mkdtempSync(join(tmpdir(), 'plumbline-inventory-'));
  try {
    for (const name of FUNCTIONS) {
      mkdirSync(join(bundles, name));
      writeFileSync(join(bundles, name, 'index.mjs'), '');
    }
    const declarations = kinds.map(({ declaration }) => declaration);
    const env = { account: '111122223333', region: 'us-east-1' };
    return Template.fromStack(
      new AuditStack(new App(), 'Plumbline', { settings, declarations, bundles, version: '0.0.0', env }),
    );
  } finally {
    rmSync(bundles, { recursive: true, force: true });
  }
}

function metricsOf({ Properties }: Resource): number {
  const queries = (Properties['Metrics'] ?? []) as readonly MetricQuery[];
  return Math.max(1, queries.filter(({ MetricStat }) => MetricStat !== undefined).length);
}

/** Of the function whose logical id begins so. */
function timeoutOf(template: Template, name: string): number {
  const functions = Object.entries(template.findResources('AWS::Lambda::Function')) as [string, Resource][];
  const found = functions.find(([id]) => id.startsWith(name));
  if (found === undefined) throw new Error(`no function is called ${name}`);
  return Number(found[1].Properties['Timeout']);
}

/** The event source of the queue whose logical id begins so. */
function eventSourceOf(template: Template, queue: string): EventSource {
  const sources = Object.values(template.findResources('AWS::Lambda::EventSourceMapping')) as Resource[];
  const source = sources.find(({ Properties }) => JSON.stringify(Properties['EventSourceArn']).includes(`"${queue}`));
  if (source === undefined) throw new Error(`no event source takes from the queue ${queue}`);
  const { MaximumConcurrency } = source.Properties['ScalingConfig'] as { readonly MaximumConcurrency: number };
  return { batch: Number(source.Properties['BatchSize']), concurrency: MaximumConcurrency };
}
