import {
  CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandOutput,
  type MetricDataResult,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import type { BucketSeries, Counted, MetricsRead } from '#core/evidence/request-metrics.ts';
import type { AwsReads } from '#kinds/kind.ts';
import type { MetricsQuestion, RequestMetrics } from '../ports.ts';
import { AwsFailure } from './failure.ts';

/** Two metrics of each stand in one call, which takes 500; more than these are said, and not asked. */
const MOST_BUCKETS = 250;
/** A call answers with so many pages at most: an hour before and some hours since fit into one. */
const MOST_PAGES = 10;
/** What the console calls the filter that has every request of a bucket; others count a part (aws-facts §5.4). */
const FILTER = 'EntireBucket';
const METRICS = { failures: '4xxErrors', requests: 'AllRequests' } as const;
type Counts = keyof typeof METRICS;
const COUNTS: readonly Counts[] = ['failures', 'requests'];

/** Request metrics of S3, region by region. */
export class CloudWatchRequestMetrics implements RequestMetrics {
  readonly #aws: Pick<AwsReads, 'call'>;

  constructor(aws: Pick<AwsReads, 'call'>) {
    this.#aws = aws;
  }

  async read(question: MetricsQuestion): Promise<MetricsRead> {
    const asked = question.buckets.slice(0, MOST_BUCKETS);
    const left = question.buckets.length - asked.length;
    const problems: MetricsRead['problems'][number][] = [];
    if (left > 0) problems.push({ where: 'request metrics', says: `${left} more buckets were not asked about` });
    const series: BucketSeries[] = [];
    for (const region of [...new Set(asked.map((one) => one.region))].sort()) {
      const names = asked.filter((one) => one.region === region).map(({ id }) => id);
      try {
        const read = await this.#ofRegion(names, region, question);
        series.push(...read.series);
        problems.push(...read.problems);
      } catch (error) {
        if (!(error instanceof AwsFailure)) throw error;
        problems.push({ where: `request metrics of ${region}`, says: `they could not be read (${error.code})` });
      }
    }
    return { series, problems };
  }

  /** Of each bucket that has the metrics; without the filter nothing is counted, which is not "no request". */
  async #ofRegion(names: readonly string[], region: string, question: MetricsQuestion): Promise<MetricsRead> {
    const counted = new Map<string, Counted[]>();
    const whole = new Set<string>();
    const messages: string[] = [];
    let token: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const { MetricDataResults = [], NextToken, Messages = [] } = await this.#page(names, { region, question, token });
      for (const result of MetricDataResults) take(result, { counted, whole });
      messages.push(...Messages.map(({ Code = 'a message' }) => Code));
      token = NextToken;
      if (token === undefined || token === '') break;
    }
    const isCut = (token ?? '') !== '';
    // What CloudWatch says of all of it is of each; what it has nothing of at all it says nothing of, where it came to its end.
    const isWhole = (id: string): boolean => messages.length === 0 && (whole.has(id) || (!isCut && !counted.has(id)));
    const asked = names.map((bucket, place) => ({ bucket, ids: COUNTS.map((counts) => idOf(counts, place)) }));
    const inPart = asked.filter(({ ids }) => !ids.every(isWhole));
    const series = asked
      .filter((one) => !inPart.includes(one))
      .flatMap(({ bucket, ids }): BucketSeries[] => {
        const [failures = [], requests = []] = ids.map((id) => counted.get(id) ?? []);
        return failures.length + requests.length === 0 ? [] : [{ bucket, failures, requests }];
      });
    const why = messages.length > 0 ? ` (${[...new Set(messages)].join(', ')})` : '';
    const says = `those of ${inPart.length} of ${names.length} ${names.length === 1 ? 'bucket' : 'buckets'} came in part${why}, and are left out`;
    return { series, problems: inPart.length === 0 ? [] : [{ where: `request metrics of ${region}`, says }] };
  }

  #page(
    names: readonly string[],
    { region, question, token }: { region: string; question: MetricsQuestion; token: string | undefined },
  ): Promise<GetMetricDataCommandOutput> {
    const input = {
      StartTime: new Date(question.from),
      EndTime: new Date(question.to),
      MetricDataQueries: names.flatMap((name, place) => COUNTS.map((counts) => queryOf(name, { counts, place }))),
      ...(token === undefined ? {} : { NextToken: token }),
    };
    return this.#aws.call({
      client: CloudWatchClient,
      region,
      send: (cloudWatch) => cloudWatch.send(new GetMetricDataCommand(input)),
    });
  }
}

/** Adds what a page has of one metric. `PartialData`: more of it is on the next page; anything but `Complete` at the end is not all of it. */
function take(
  { Id = '', Timestamps = [], Values = [], StatusCode = 'Complete', Messages = [] }: MetricDataResult,
  { counted, whole }: { readonly counted: Map<string, Counted[]>; readonly whole: Set<string> },
): void {
  const own = Timestamps.map((at, place) => ({ at: at.getTime(), count: Values[place] ?? 0 }));
  counted.set(Id, [...(counted.get(Id) ?? []), ...own]);
  if (StatusCode === 'Complete' && Messages.length === 0) whole.add(Id);
  else whole.delete(Id);
}

function queryOf(bucket: string, { counts, place }: { counts: Counts; place: number }): MetricDataQuery {
  return {
    Id: idOf(counts, place),
    MetricStat: {
      Metric: {
        Namespace: 'AWS/S3',
        MetricName: METRICS[counts],
        Dimensions: [
          { Name: 'BucketName', Value: bucket },
          { Name: 'FilterId', Value: FILTER },
        ],
      },
      Period: 60,
      Stat: 'Sum',
    },
  };
}

function idOf(counts: Counts, place: number): string {
  return `${counts}${place}`;
}
