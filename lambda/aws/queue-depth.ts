import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { AwsReads } from '#kinds/kind.ts';

/** A queue, also of another region. */
export interface QueueAddress {
  readonly region: string;
  readonly url: string;
}

/** How many messages lie in a queue, about. Throws where that is refused: not knowing is no zero. */
export async function queueDepth(aws: Pick<AwsReads, 'call'>, { region, url }: QueueAddress): Promise<number> {
  const { Attributes } = await aws.call({
    client: SQSClient,
    region,
    send: (sqs) =>
      sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['ApproximateNumberOfMessages'] })),
  });
  return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
}
