import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { PlumblineError } from '#core/errors.ts';
import type { AwsReads } from '#kinds/kind.ts';
import type { ListedBucket } from '../member-store.ts';
import { AwsFailure } from './failure.ts';

/** The most that S3 gives on one page; with it, it tells the regions too (aws-facts §7). */
const A_PAGE = 1000;

/** Every bucket of the account, with its region. Throws AWS_REFUSED where the list is refused. */
export async function listBuckets(aws: Pick<AwsReads, 'call'>): Promise<readonly ListedBucket[]> {
  const listed: ListedBucket[] = [];
  let token: string | undefined;
  try {
    do {
      const more = token === undefined ? {} : { ContinuationToken: token };
      const page = await aws.call({
        client: S3Client,
        region: 'global',
        send: (s3) => s3.send(new ListBucketsCommand({ MaxBuckets: A_PAGE, ...more })),
      });
      for (const { Name, BucketRegion } of page.Buckets ?? [])
        if (Name !== undefined)
          listed.push({ name: Name, ...(BucketRegion === undefined ? {} : { region: BucketRegion }) });
      token = page.ContinuationToken;
    } while (token !== undefined && token !== '');
  } catch (error) {
    if (!(error instanceof AwsFailure) || error.kind !== 'refused') throw error;
    throw new PlumblineError(
      'AWS_REFUSED',
      `the list of buckets is refused (${error.code}): allow s3:ListAllMyBuckets`,
      {
        cause: error,
      },
    );
  }
  return listed;
}
