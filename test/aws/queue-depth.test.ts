import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createClients } from '#aws/clients.ts';
import { queueDepth } from '#aws/queue-depth.ts';
import { createReads } from '#aws/reads.ts';
import { ACCOUNT } from '../builders.ts';

const sqs = mockClient(SQSClient);
beforeEach(() => sqs.reset());
afterAll(() => sqs.restore());

const credentials = { accessKeyId: 'AKIA', secretAccessKey: 'secret' };
const own = () =>
  createReads({ account: ACCOUNT, clients: createClients({ credentials, globalRegion: 'us-east-1' }), concurrency: 4 });
const queue = { region: 'ap-south-1', url: 'https://sqs.ap-south-1.amazonaws.com/111122223333/undelivered' };

test('the depth of a queue of another region is asked for there', async () => {
  sqs
    .on(GetQueueAttributesCommand, { QueueUrl: queue.url })
    .resolves({ Attributes: { ApproximateNumberOfMessages: '3' } });
  expect(await queueDepth(own(), queue)).toBe(3);
  const regions = sqs
    .commandCalls(GetQueueAttributesCommand)
    .map(({ thisValue }) => (thisValue as SQSClient).config.region());
  expect(await Promise.all(regions)).toEqual(['ap-south-1']);
});

test('a refusal is thrown: not knowing is no zero', async () => {
  sqs.onAnyCommand().rejects(Object.assign(new Error('denied'), { name: 'AccessDenied' }));
  await expect(queueDepth(own(), queue)).rejects.toThrow('denied');
});
