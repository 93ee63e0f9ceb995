import { expect, test } from 'vitest';
import { CloudWatchRequestMetrics } from '#aws/request-metrics.ts';
import { failureOf } from '#aws/failure.ts';
import type { AwsCall, AwsReads } from '#kinds/kind.ts';

interface Asked {
  readonly MetricDataQueries: readonly {
    readonly Id: string;
    readonly MetricStat: {
      readonly Metric: { readonly MetricName: string; readonly Dimensions: readonly { Name: string; Value: string }[] };
      readonly Period: number;
      readonly Stat: string;
    };
  }[];
  readonly NextToken?: string;
}

type Answer = (asked: Asked, region: string) => object;

/** What is sent to each region, and what it answers. */
function readsWith(answer: Answer): { readonly aws: Pick<AwsReads, 'call'>; readonly asked: [string, Asked][] } {
  const asked: [string, Asked][] = [];
  const call = async <C, O>({ region, send }: AwsCall<C, O>): Promise<O> =>
    send({
      send: ({ input }: { readonly input: Asked }) => {
        asked.push([region, input]);
        return Promise.resolve(answer(input, region));
      },
    } as C);
  return { aws: { call }, asked };
}

const minute = new Date('2026-03-02T15:04:00.000Z');
const question = { from: '2026-03-02T14:03:00.000Z', to: '2026-03-02T15:15:00.000Z' };

test('4xx and requests of each bucket, a minute each, by the filter that has every request, two metrics a bucket in one call a region', async () => {
  const { aws, asked } = readsWith(({ MetricDataQueries }) => ({
    MetricDataResults: MetricDataQueries.map(({ Id }) => ({
      Id,
      Timestamps: Id.endsWith('0') ? [minute] : [],
      Values: Id === 'failures0' ? [211] : Id.endsWith('0') ? [640] : [],
    })),
  }));
  const buckets = [
    { id: 'uploads', region: 'us-east-1' },
    { id: 'without-metrics', region: 'us-east-1' },
    { id: 'elsewhere', region: 'eu-west-3' },
  ];
  const { series, problems } = await new CloudWatchRequestMetrics(aws).read({ ...question, buckets });
  const counted = {
    failures: [{ at: minute.getTime(), count: 211 }],
    requests: [{ at: minute.getTime(), count: 640 }],
  };
  expect({ series, problems }).toEqual({
    series: [
      { bucket: 'elsewhere', ...counted },
      { bucket: 'uploads', ...counted },
    ],
    problems: [],
  });
  expect(asked.map(([region, { MetricDataQueries }]) => [region, MetricDataQueries.length])).toEqual([
    ['eu-west-3', 2],
    ['us-east-1', 4],
  ]);
  expect(asked[1]?.[1].MetricDataQueries[0]).toEqual({
    Id: 'failures0',
    MetricStat: {
      Metric: {
        Namespace: 'AWS/S3',
        MetricName: '4xxErrors',
        Dimensions: [
          { Name: 'BucketName', Value: 'uploads' },
          { Name: 'FilterId', Value: 'EntireBucket' },
        ],
      },
      Period: 60,
      Stat: 'Sum',
    },
  });
});

test('further pages add up; a region that refuses is said and hides no other; what is too much for one call is said', async () => {
  const refusal = failureOf(Object.assign(new Error('no'), { name: 'AccessDenied' }));
  const { aws } = readsWith(({ NextToken }, region) => {
    if (region === 'eu-west-3') throw refusal;
    return {
      MetricDataResults: [{ Id: 'failures0', Timestamps: [minute], Values: [1] }],
      ...(NextToken === undefined ? { NextToken: 'next' } : {}),
    };
  });
  const buckets = [
    { id: 'uploads', region: 'us-east-1' },
    { id: 'elsewhere', region: 'eu-west-3' },
    ...Array.from({ length: 300 }, (_, at) => ({ id: `more-${at}`, region: 'us-east-1' })),
  ];
  const { series, problems } = await new CloudWatchRequestMetrics(aws).read({ ...question, buckets });
  expect(series.map(({ bucket, failures }) => [bucket, failures.length])).toEqual([['uploads', 2]]);
  expect(problems).toEqual([
    { where: 'request metrics', says: '52 more buckets were not asked about' },
    { where: 'request metrics of eu-west-3', says: 'they could not be read (AccessDenied)' },
  ]);
});

test.each([
  {
    case: 'it has more pages than are read',
    page: { NextToken: 'more' },
    result: { StatusCode: 'PartialData' },
    why: '',
  },
  { case: 'CloudWatch failed within', page: {}, result: { StatusCode: 'InternalError' }, why: '' },
  { case: 'it says something of one', page: {}, result: { Messages: [{ Code: 'ArithmeticError' }] }, why: '' },
  { case: 'it says something of all', page: { Messages: [{ Code: 'Max' }] }, result: {}, why: ' (Max)' },
])('counted in part, since $case: that is said, and no number is told', async ({ page, result, why }) => {
  const { aws } = readsWith(() => ({
    MetricDataResults: [{ Id: 'failures0', Timestamps: [minute], Values: [1], ...result }],
    ...page,
  }));
  const buckets = [{ id: 'uploads', region: 'us-east-1' }];
  expect(await new CloudWatchRequestMetrics(aws).read({ ...question, buckets })).toEqual({
    series: [],
    problems: [
      {
        where: 'request metrics of us-east-1',
        says: `those of 1 of 1 bucket came in part${why}, and are left out`,
      },
    ],
  });
});
