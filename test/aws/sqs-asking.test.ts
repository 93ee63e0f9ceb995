import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createClients } from '#aws/clients.ts';
import { createReads } from '#aws/reads.ts';
import { SqsAsking } from '#aws/sqs-asking.ts';
import { PlumblineError } from '#core/errors.ts';
import type { OwnMessage } from '#core/look.ts';
import { kinds } from '#kinds';
import { lookFrom } from '#core/look.ts';
import { ACCOUNT, bucketRef } from '../builders.ts';

const queues = {
  changes: 'https://sqs/changes',
  sweeps: 'https://sqs/sweeps',
  nudges: 'https://sqs/nudges',
  own: 'https://sqs/own',
};
const sqs = mockClient(SQSClient);
beforeEach(() => sqs.reset().onAnyCommand().resolves({}));
afterAll(() => sqs.restore());

function asking(): SqsAsking {
  const credentials = { accessKeyId: 'AKIA', secretAccessKey: 'secret' };
  const clients = createClients({ credentials, globalRegion: 'us-east-1' });
  return new SqsAsking(createReads({ account: ACCOUNT, clients, concurrency: 4 }), { queues, region: 'eu-west-1' });
}

const look = (id: string): OwnMessage => ({
  plumbline: 'look',
  look: { at: { refs: [bucketRef(id)], hint: {} }, because: { again: 'accepted' } },
});
const shard = (number: number): OwnMessage => ({
  plumbline: 'shard',
  shard: { account: ACCOUNT, kind: 's3-bucket', shard: number, sweep: '20260302T080000000Z' },
});

const batches = () => sqs.commandCalls(SendMessageBatchCommand).map(({ args: [{ input }] }) => input);

describe('what is asked for', () => {
  test('a look goes to the changes, a shard and a sweep to the sweeps: a sweep never stands before an event', async () => {
    await asking().ask([shard(0), look('a'), { plumbline: 'sweep' }]);
    expect(
      batches().map(({ QueueUrl, Entries = [] }) => [
        QueueUrl,
        Entries.map(({ MessageBody = '' }) => JSON.parse(MessageBody) as unknown),
      ]),
    ).toEqual([
      [queues.sweeps, [shard(0), { plumbline: 'sweep' }]],
      [queues.changes, [look('a')]],
    ]);
  });

  test('comes out of the queue as what it was', async () => {
    await asking().ask([look('a'), shard(3)]);
    const declarations = kinds.map(({ declaration }) => declaration);
    const asks = batches().flatMap(({ Entries = [] }) =>
      Entries.map(({ MessageBody = '' }) => lookFrom(JSON.parse(MessageBody), declarations).asks),
    );
    expect(asks).toEqual(['look', 'look']);
  });

  test.each([
    { count: 0, sizes: [] },
    { count: 1, sizes: [1] },
    { count: 10, sizes: [10] },
    { count: 11, sizes: [10, 1] },
    { count: 25, sizes: [10, 10, 5] },
  ])('$count looks go in calls of ten, none twice, in order', async ({ count, sizes }) => {
    const ids = Array.from({ length: count }, (_, index) => `bucket-${index}`);
    await asking().ask(ids.map(look));
    expect(batches().map(({ Entries = [] }) => Entries.length)).toEqual(sizes);
    const sent = batches().flatMap(({ Entries = [] }) => Entries.map(({ MessageBody }) => MessageBody));
    expect(sent).toEqual(ids.map((id) => JSON.stringify(look(id))));
    for (const { Entries = [] } of batches()) expect(new Set(Entries.map(({ Id }) => Id)).size).toBe(Entries.length);
  });

  /** A look whose message has so many bytes. */
  const lookOf = (bytes: number): OwnMessage => look('x'.repeat(bytes - JSON.stringify(look('')).length));
  const KB = 1024;
  test.each([
    { case: 'what fills a call to its last byte', bytes: [128 * KB, 128 * KB], sizes: [2] },
    { case: 'one byte more', bytes: [128 * KB, 128 * KB + 1], sizes: [1, 1] },
    { case: 'events as large as CloudTrail sends them', bytes: Array(3).fill(256 * KB), sizes: [1, 1, 1] },
    { case: 'a large one between small ones', bytes: [KB, 255 * KB, KB, KB], sizes: [2, 2] },
    { case: 'one that alone is more: SQS decides', bytes: [KB, 300 * KB, KB], sizes: [1, 1, 1] },
  ])('256 KB a call, which every queue takes: $case', async ({ bytes, sizes }) => {
    await asking().ask(bytes.map(lookOf));
    expect(batches().map(({ Entries = [] }) => Entries.length)).toEqual(sizes);
    const sent = batches().flatMap(({ Entries = [] }) => Entries.map(({ MessageBody = '' }) => MessageBody.length));
    expect(sent).toEqual(bytes);
  });

  test('letters count as the bytes that they are', async () => {
    await asking().ask([look('é'.repeat(100 * KB)), look('é'.repeat(100 * KB))]);
    expect(batches().map(({ Entries = [] }) => Entries.length)).toEqual([1, 1]);
  });

  test.each([
    { after: undefined, delay: 0 },
    { after: 0, delay: 0 },
    { after: 30, delay: 30 },
    { after: 900, delay: 900 },
    { after: 901, delay: 900 },
    { after: 86_400, delay: 900 },
  ])('after $after seconds: SQS is asked for $delay (aws-facts §13: at most 900)', async ({ after, delay }) => {
    await asking().ask([look('a'), shard(0)], after);
    expect(batches().flatMap(({ Entries = [] }) => Entries.map(({ DelaySeconds }) => DelaySeconds))).toEqual([
      delay,
      delay,
    ]);
  });

  test('the teller is woken by a message of its own queue', async () => {
    await asking().wake();
    expect(sqs.commandCalls(SendMessageCommand).map(({ args: [{ input }] }) => input)).toEqual([
      { QueueUrl: queues.nudges, MessageBody: '{"plumbline":"nudge"}' },
    ]);
  });
});

describe('what goes wrong', () => {
  test('a call that took only some of them throws, so that whoever asked is tried again', async () => {
    sqs.on(SendMessageBatchCommand).resolves({
      Successful: [{ Id: '0', MessageId: 'm', MD5OfMessageBody: 'x' }],
      Failed: [{ Id: '1', SenderFault: false, Code: 'InternalError' }],
    });
    await expect(asking().ask([look('a'), look('b')])).rejects.toEqual(
      new PlumblineError(
        'AWS_REFUSED',
        '1 of 2 looks could not be put on the queue (InternalError): they are asked for again',
      ),
    );
  });

  test('the same without a code', async () => {
    sqs.on(SendMessageBatchCommand).resolves({
      Successful: [],
      Failed: [{ Id: '0', SenderFault: true, Code: undefined }],
    });
    await expect(asking().ask([look('a')])).rejects.toThrow(
      '1 of 1 looks could not be put on the queue (Unknown): they are asked for again',
    );
  });

  test('the first call that fails ends it: what follows is asked for again with the rest', async () => {
    sqs
      .on(SendMessageBatchCommand)
      .resolvesOnce({})
      .resolves({
        Successful: [],
        Failed: [{ Id: '0', SenderFault: false, Code: 'ServiceUnavailable' }],
      });
    await expect(asking().ask(Array.from({ length: 30 }, (_, index) => look(`b${index}`)))).rejects.toThrow(
      '1 of 10 looks could not be put on the queue (ServiceUnavailable)',
    );
    expect(batches().length).toBe(2);
  });

  test.each([{ ask: 'looks' }, { ask: 'wake' }])('a refusal of AWS keeps its name: $ask', async ({ ask }) => {
    const refused = Object.assign(new Error('no'), {
      name: 'AccessDenied',
      $metadata: { httpStatusCode: 403 },
    });
    sqs.onAnyCommand().rejects(refused);
    const queue = asking();
    await expect(ask === 'wake' ? queue.wake() : queue.ask([look('a')])).rejects.toMatchObject({
      code: 'AccessDenied',
    });
  });
});
