const GLOBAL_REGION: Readonly<Record<string, string>> = {
  aws: 'us-east-1',
  'aws-cn': 'cn-north-1',
  'aws-us-gov': 'us-gov-west-1',
};

/** Where global services of a partition are asked. */
export function globalRegionOf(partition: string): string | undefined {
  return GLOBAL_REGION[partition];
}
