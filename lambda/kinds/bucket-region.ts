import { HeadBucketCommand, S3Client, type HeadBucketCommandInput } from '@aws-sdk/client-s3';
import type { AwsReads } from './kind.ts';

/**
 * Where a bucket is. S3 tells the region with a refusal too, whatever the permissions (aws-facts §7). Undefined where it is not
 * told; throws `AwsFailure` where the call is refused without it.
 */
export function regionOfBucket(
  aws: Pick<AwsReads, 'call'>,
  bucket: HeadBucketCommandInput,
): Promise<string | undefined> {
  return aws.call({
    client: S3Client,
    region: 'global',
    send: async (s3) => {
      try {
        return (await s3.send(new HeadBucketCommand(bucket))).BucketRegion;
      } catch (error) {
        const told = regionToldBy(error);
        if (told !== undefined) return told;
        throw error;
      }
    },
  });
}

/** The region in the headers of a refusal. */
function regionToldBy(error: unknown): string | undefined {
  const response = typeof error === 'object' && error !== null && '$response' in error ? error.$response : undefined;
  const headers =
    typeof response === 'object' && response !== null && 'headers' in response ? response.headers : undefined;
  const region =
    typeof headers === 'object' && headers !== null && 'x-amz-bucket-region' in headers
      ? headers['x-amz-bucket-region']
      : undefined;
  return typeof region === 'string' ? region : undefined;
}
