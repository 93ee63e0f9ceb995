/** A listed price, in US dollars, with where it was read. */
export interface Price {
  readonly what: string;
  readonly dollars: number;
  /** For so many of the unit. */
  readonly per: number;
  readonly unit: string;
  readonly source: string;
  /** Where the source is not AWS's own page: AWS fills its tables in with a script, so they cannot be read as text. */
  readonly isAws: boolean;
}

/** When all of them were read; region us-east-1, without free tiers, without discounts for volume. */
export const PRICES_READ = '2026-11-24';

const MILLION = 1_000_000;

export const PRICES = {
  lambdaRequest: {
    what: 'Lambda, requests',
    dollars: 0.2,
    per: MILLION,
    unit: 'requests',
    source: 'https://docs.aws.amazon.com/whitepapers/latest/how-aws-pricing-works/lambda.html',
    isAws: true,
  },
  lambdaTime: {
    what: 'Lambda, running on Arm',
    dollars: 0.0000133334,
    per: 1,
    unit: 'GB-second',
    source: 'https://cloudchipr.com/blog/aws-lambda-pricing',
    isAws: false,
  },
  s3Write: {
    what: 'S3 Standard, PUT and LIST',
    dollars: 0.005,
    per: 1000,
    unit: 'requests',
    source: 'https://c3x.dev/blog/s3-request-fees-explained',
    isAws: false,
  },
  s3Read: {
    what: 'S3 Standard, GET and all others',
    dollars: 0.0004,
    per: 1000,
    unit: 'requests',
    source: 'https://c3x.dev/blog/s3-request-fees-explained',
    isAws: false,
  },
  s3Storage: {
    what: 'S3 Standard, storage',
    dollars: 0.023,
    per: 1,
    unit: 'GB a month',
    source: 'https://cloudburn.io/blog/amazon-s3-pricing',
    isAws: false,
  },
  ledgerRead: {
    what: 'DynamoDB on demand, reads',
    dollars: 0.125,
    per: MILLION,
    unit: 'read request units',
    source: 'https://airbyte.com/data-engineering-resources/dynamodb-pricing',
    isAws: false,
  },
  ledgerWrite: {
    what: 'DynamoDB on demand, writes',
    dollars: 0.625,
    per: MILLION,
    unit: 'write request units',
    source: 'https://airbyte.com/data-engineering-resources/dynamodb-pricing',
    isAws: false,
  },
  queue: {
    what: 'SQS standard',
    dollars: 0.4,
    per: MILLION,
    unit: 'requests',
    source: 'https://cloudburn.io/blog/amazon-sqs-pricing',
    isAws: false,
  },
  publish: {
    what: 'SNS, requests (of what is published each 64 KB)',
    dollars: 0.5,
    per: MILLION,
    unit: 'requests',
    source: 'https://www.factualminds.com/blog/amazon-sns-pricing-publishes-fanout-protocols/',
    isAws: false,
  },
  mail: {
    what: 'SNS, mail',
    dollars: 2,
    per: 100_000,
    unit: 'mails',
    source: 'https://www.factualminds.com/blog/amazon-sns-pricing-publishes-fanout-protocols/',
    isAws: false,
  },
  key: {
    what: 'KMS, a key; a rotation adds as much',
    dollars: 1,
    per: 1,
    unit: 'key a month',
    source: 'https://aws.amazon.com/kms/pricing/',
    isAws: true,
  },
  keyRequest: {
    what: 'KMS, requests',
    dollars: 0.03,
    per: 10_000,
    unit: 'requests',
    source: 'https://www.wring.co/blog/aws-kms-pricing-guide',
    isAws: false,
  },
  alarm: {
    what: 'CloudWatch, alarms',
    dollars: 0.1,
    per: 1,
    unit: 'alarm metric a month',
    source: 'https://c3x.dev/resources/aws/aws_cloudwatch_metric_alarm',
    isAws: false,
  },
  metric: {
    what: 'CloudWatch, own metrics',
    dollars: 0.3,
    per: 1,
    unit: 'metric a month',
    source: 'https://signoz.io/guides/cloudwatch-pricing',
    isAws: false,
  },
  dashboard: {
    what: 'CloudWatch, dashboards',
    dollars: 3,
    per: 1,
    unit: 'dashboard a month',
    source: 'https://www.factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards/',
    isAws: false,
  },
  forwarded: {
    what: 'EventBridge, events to another region, bus or account (64 KB each)',
    dollars: 1,
    per: MILLION,
    unit: 'events',
    source: 'https://cloudburn.io/blog/amazon-eventbridge-pricing',
    isAws: false,
  },
  logs: {
    what: 'CloudWatch Logs, taking in',
    dollars: 0.5,
    per: 1,
    unit: 'GB',
    source: 'https://www.factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards/',
    isAws: false,
  },
  schedule: {
    what: 'EventBridge Scheduler',
    dollars: 1,
    per: MILLION,
    unit: 'invocations',
    source: 'https://cloudburn.io/blog/amazon-eventbridge-pricing',
    isAws: false,
  },
  trailCopy: {
    what: 'CloudTrail, each further copy of management events',
    dollars: 2,
    per: 100_000,
    unit: 'events',
    source: 'https://aws.amazon.com/cloudtrail/pricing/',
    isAws: true,
  },
  guardDuty: {
    what: 'GuardDuty, management events',
    dollars: 4,
    per: MILLION,
    unit: 'events',
    source: 'https://www.factualminds.com/blog/amazon-guardduty-pricing-data-sources-multi-account.md',
    isAws: false,
  },
  athena: {
    what: 'Athena, data that a query reads',
    dollars: 5,
    per: 1,
    unit: 'TB',
    source: 'https://athena.guide/articles/athena-basics-pricing-model',
    isAws: false,
  },
} as const satisfies Readonly<Record<string, Price>>;

export type PriceName = keyof typeof PRICES;

/** What so many of a unit cost, in US dollars. */
export function costOf(name: PriceName, amount: number): number {
  const { dollars, per } = PRICES[name];
  return (amount / per) * dollars;
}
