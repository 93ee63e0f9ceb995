import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
  type GetEventSelectorsResponse,
  type Trail,
} from '@aws-sdk/client-cloudtrail';
import { CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { canonicalJson, objectOf, type Json } from '#core/json.ts';
import { mapReading, present, type Reading } from '#core/reading.ts';
import { plumblineSelf } from './declaration.ts';
import { callOf, type PartReader, type PartRequest } from './parts-reader.ts';
import { pick, sorted } from './readings.ts';

const { reads } = plumblineSelf;

/** All alarms of the service, by the beginning of their names: whom they tell, and of what. */
export const readAlarms: PartReader = async (request) => {
  const { aws, name: AlarmNamePrefix } = request;
  const alarms: MetricAlarm[] = [];
  let NextToken: string | undefined;
  do {
    const input = { AlarmNamePrefix, ...(NextToken === undefined ? {} : { NextToken }) };
    const page = await aws.read(
      reads.alarms,
      callOf(request, CloudWatchClient, (cloudWatch) => cloudWatch.send(new DescribeAlarmsCommand(input))),
    );
    if (page.status !== 'present') return { watched: { condition: page } };
    alarms.push(...(page.value.MetricAlarms ?? []));
    NextToken = page.value.NextToken;
  } while (NextToken !== undefined && NextToken !== '');
  return {
    watched: {
      condition: present(objectOf(alarms.map((alarm): [string, Json] => [alarm.AlarmName ?? '', actingOf(alarm)]))),
    },
  };
};

function actingOf({ ActionsEnabled, AlarmActions, Threshold, TreatMissingData, ...alarm }: MetricAlarm): Json {
  return pick({
    acts: ActionsEnabled ?? true,
    tells: sorted(AlarmActions ?? []),
    threshold: Threshold,
    missing: TreatMissingData,
    watches: watchedBy(alarm),
  });
}

/** What decides when an alarm rings beside its threshold: which metric, over how long, compared how. */
function watchedBy(alarm: MetricAlarm): Json {
  const { Namespace, MetricName, Dimensions = [], Statistic, ExtendedStatistic, Metrics = [] } = alarm;
  const { Period, EvaluationPeriods, DatapointsToAlarm, ComparisonOperator } = alarm;
  return pick({
    metric: MetricName === undefined ? undefined : `${Namespace ?? ''} ${MetricName}`,
    of:
      Dimensions.length === 0 ? undefined : sorted(Dimensions.map(({ Name, Value }) => `${Name ?? ''}=${Value ?? ''}`)),
    computed:
      Metrics.length === 0 ? undefined : sorted(Metrics.map((metric) => canonicalJson(metric as unknown as Json))),
    statistic: Statistic ?? ExtendedStatistic,
    seconds: Period,
    periods: EvaluationPeriods,
    ofThem: DatapointsToAlarm,
    compared: ComparisonOperator,
  });
}

/**
 * Is the region heard? CloudTrail's events reach EventBridge only where a trail logs management writes of the region (aws-facts §4.5);
 * any one trail is enough, also an organisation's.
 */
export const readTrails: PartReader = async (request) => {
  const { aws, ref } = request;
  const found = await aws.read(
    reads.trails,
    callOf(request, CloudTrailClient, (trail) => trail.send(new DescribeTrailsCommand({ includeShadowTrails: true }))),
  );
  if (found.status !== 'present') return { watched: { condition: found } };
  const ofRegion = (found.value.trailList ?? []).filter(
    ({ HomeRegion, IsMultiRegionTrail }) => IsMultiRegionTrail === true || HomeRegion === ref.region,
  );
  let blind: Reading<boolean> | undefined;
  for (const trail of ofRegion) {
    const hears = await isHearing(request, trail);
    if (hears.status === 'present' && hears.value)
      return { watched: { condition: present({ hears: true }) }, details: { trail: trail.TrailARN ?? '' } };
    if (hears.status === 'unreadable') blind = hears;
  }
  // One that could not be asked may be the one that hears.
  return { watched: { condition: blind ?? present({ hears: false }) } };
};

async function isHearing(request: PartRequest, { TrailARN = '', HomeRegion }: Trail): Promise<Reading<boolean>> {
  const { aws, ref } = request;
  const region = HomeRegion ?? ref.region;
  const call = <O>(send: (trail: CloudTrailClient) => Promise<O>) => ({
    ...callOf(request, CloudTrailClient, send),
    region,
  });
  const status = await aws.read(
    reads.trailStatus,
    call((trail) => trail.send(new GetTrailStatusCommand({ Name: TrailARN }))),
  );
  if (status.status !== 'present' || status.value.IsLogging !== true)
    return mapReading(status, ({ IsLogging }) => IsLogging === true);
  const selectors = await aws.read(
    reads.selectors,
    call((trail) => trail.send(new GetEventSelectorsCommand({ TrailName: TrailARN }))),
  );
  return mapReading(selectors, selectsWrites);
}

/** Sources whose events nobody here waits for: a trail may leave them out. */
const MAY_BE_LEFT_OUT = new Set(['kms.amazonaws.com', 'rdsdata.amazonaws.com']);

/** Does a trail log the management writes? Without any selector it logs them all. */
export function selectsWrites({
  EventSelectors = [],
  AdvancedEventSelectors = [],
}: GetEventSelectorsResponse): boolean {
  if (EventSelectors.length === 0 && AdvancedEventSelectors.length === 0) return true;
  return (
    EventSelectors.some(
      ({ IncludeManagementEvents, ReadWriteType, ExcludeManagementEventSources = [] }) =>
        IncludeManagementEvents !== false &&
        ReadWriteType !== 'ReadOnly' &&
        ExcludeManagementEventSources.every((source) => MAY_BE_LEFT_OUT.has(source)),
    ) ||
    AdvancedEventSelectors.some(({ FieldSelectors = [] }) => {
      const others = FieldSelectors.filter(({ Field }) => Field !== 'eventCategory');
      const isManagement = FieldSelectors.some(
        ({ Field, Equals }) => Field === 'eventCategory' && Equals?.includes('Management') === true,
      );
      return isManagement && others.every(isHarmless);
    })
  );
}

interface FieldSelector {
  readonly Field?: string | undefined;
  readonly Equals?: readonly string[] | undefined;
  readonly NotEquals?: readonly string[] | undefined;
}

function isHarmless({ Field, Equals, NotEquals }: FieldSelector): boolean {
  if (Field === 'readOnly')
    return Equals?.every((one) => one === 'false') ?? NotEquals?.every((one) => one === 'true') ?? false;
  return (
    Field === 'eventSource' && Equals === undefined && (NotEquals?.every((one) => MAY_BE_LEFT_OUT.has(one)) ?? false)
  );
}
