import {
  CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandOutput,
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
        series.push(...(await this.#ofRegion(names, region, question)));
      } catch (error) {
        if (!(error instanceof AwsFailure)) throw error;
        problems.push({ where: `request metrics of ${region}`, says: `they could not be read (${error.code})` });
      }
    }
    return { series, problems };
  }

  /** Of each bucket that has the metrics; without the filter nothing is counted, which is not "no request". */
  async #ofRegion(
    names: readonly string[],
    region: string,
    question: MetricsQuestion,
  ): Promise<readonly BucketSeries[]> {
    const counted = new Map<string, Counted[]>();
    let token: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const { MetricDataResults = [], NextToken } = await this.#page(names, { region, question, token });
      for (const { Id = '', Timestamps = [], Values = [] } of MetricDataResults) {
        const own = Timestamps.map((at, place) => ({ at: at.getTime(), count: Values[place] ?? 0 }));
        counted.set(Id, [...(counted.get(Id) ?? []), ...own]);
      }
      token = NextToken;
      if (token === undefined || token === '') break;
    }
    return names.flatMap((bucket, place): BucketSeries[] => {
      const of = (counts: Counts): readonly Counted[] => counted.get(idOf(counts, place)) ?? [];
      const [failures, requests] = [of('failures'), of('requests')];
      return failures.length + requests.length === 0 ? [] : [{ bucket, failures, requests }];
    });
  }

  #page(
    names: readonly string[],
    { region, question, token }: { region: string; question: MetricsQuestion; token: string | undefined },
  ): Promise<GetMetricDataCommandOutput> {
    const input = {
      StartTime: new Date(question.from),
      EndTime: new Date(question.to),
      MetricDataQueries: names.flatMap((name, place) =>
        (['failures', 'requests'] as const).map((counts) => queryOf(name, { counts, place })),
      ),
      ...(token === undefined ? {} : { NextToken: token }),
    };
    return this.#aws.call({
      client: CloudWatchClient,
      region,
      send: (cloudWatch) => cloudWatch.send(new GetMetricDataCommand(input)),
    });
  }
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
