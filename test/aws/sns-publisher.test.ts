import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createClients } from '#aws/clients.ts';
import { createReads } from '#aws/reads.ts';
import { SnsPublisher, type Topics } from '#aws/sns-publisher.ts';
import type { Publication } from '#lambda/ports.ts';
import { ACCOUNT } from '../builders.ts';

const TOPICS: Topics = { alerts: 'arn:alerts', chat: 'arn:chat', 'self-watch': 'arn:self-watch' };
const sns = mockClient(SNSClient);
beforeEach(() => sns.reset().onAnyCommand().resolves({ MessageId: 'm' }));
afterAll(() => sns.restore());

function publisher(topics: Topics = TOPICS): SnsPublisher {
  const credentials = { accessKeyId: 'AKIA', secretAccessKey: 'secret' };
  const clients = createClients({ credentials, globalRegion: 'us-east-1' });
  return new SnsPublisher(createReads({ account: ACCOUNT, clients, concurrency: 4 }), { topics, region: 'eu-west-1' });
}

const ALERT: Publication = {
  topic: 'alerts',
  subject: 'HIGH may break: bucket exports changed (111122223333)',
  text: 'What changed: "the policy"\nby role platform, ana’s session',
  json: '{"version":1}',
  attributes: { type: 'alert', severity: 'high', kinds: ['s3-bucket', 'waf-ip-set'] },
};
const published = () => sns.commandCalls(PublishCommand).map(({ args: [{ input }] }) => input);
const messageOf = (index = 0): Readonly<Record<string, unknown>> =>
  JSON.parse(published()[index]?.Message ?? '') as Readonly<Record<string, unknown>>;

describe('an alert (aws-facts §8, §13)', () => {
  test('is one message: the text for people, JSON for every protocol that machines read', async () => {
    await publisher().publish(ALERT);
    const [input] = published();
    expect({ ...input, Message: messageOf() }).toEqual({
      TopicArn: 'arn:alerts',
      Subject: 'HIGH may break: bucket exports changed (111122223333)',
      MessageStructure: 'json',
      Message: {
        default: ALERT.text,
        sqs: '{"version":1}',
        lambda: '{"version":1}',
        https: '{"version":1}',
      },
      MessageAttributes: {
        type: { DataType: 'String', StringValue: 'alert' },
        severity: { DataType: 'String', StringValue: 'high' },
        kinds: { DataType: 'String.Array', StringValue: '["s3-bucket","waf-ip-set"]' },
      },
    });
    expect(published().length).toBe(1);
  });

  test('every value of the message is a text: SNS ignores any other', async () => {
    await publisher().publish(ALERT);
    expect(Object.values(messageOf()).map((value) => typeof value)).toEqual(Array.from({ length: 4 }, () => 'string'));
  });

  test('without JSON everyone gets the text', async () => {
    const { json: _none, ...plain } = ALERT;
    await publisher().publish(plain);
    expect(messageOf()).toEqual({ default: ALERT.text });
    expect(published()[0]?.MessageStructure).toBe('json');
  });

  test('a text that looks like a message’s structure stays a text', async () => {
    await publisher().publish({ ...ALERT, text: '{"default":"owned","sms":"owned"}' });
    expect(messageOf()['default']).toBe('{"default":"owned","sms":"owned"}');
    expect(messageOf()).not.toHaveProperty('sms');
  });
});

describe('the chat', () => {
  const document = '{"version":"1.0","source":"custom","content":{"description":"x"}}';
  test('gets its own document bare: its client takes no wrapper', async () => {
    await publisher().publish({ ...ALERT, topic: 'chat', text: document });
    const [input] = published();
    expect(input?.TopicArn).toBe('arn:chat');
    expect(input?.Message).toBe(document);
    expect(input).not.toHaveProperty('MessageStructure');
    expect(input?.MessageAttributes?.['kinds']?.DataType).toBe('String.Array');
  });
});

describe('a topic', () => {
  test.each([
    { topic: 'alerts', arn: 'arn:alerts' },
    { topic: 'chat', arn: 'arn:chat' },
    { topic: 'self-watch', arn: 'arn:self-watch' },
  ] as const)('$topic', async ({ topic, arn }) => {
    await publisher().publish({ ...ALERT, topic });
    expect(published().map(({ TopicArn }) => TopicArn)).toEqual([arn]);
  });

  test('that the service does not have is passed over, and the others are not', async () => {
    const some = publisher({ alerts: 'arn:alerts' });
    await some.publish({ ...ALERT, topic: 'chat' });
    await some.publish(ALERT);
    expect(published().map(({ TopicArn }) => TopicArn)).toEqual(['arn:alerts']);
  });
});

describe('attributes', () => {
  test('an empty one is left out: SNS refuses the whole message for it', async () => {
    await publisher().publish({ ...ALERT, attributes: { type: 'alert', owner: '', owners: [] } });
    expect(published()[0]?.MessageAttributes).toEqual({ type: { DataType: 'String', StringValue: 'alert' } });
  });
});

describe('a message of the longest text and JSON, and owners whose tags somebody made as long as tags may be', () => {
  const owners = Array.from({ length: 200 }, (_, index) => `${String(index).padStart(3, '0')}${'語'.repeat(253)}`);
  const long: Publication = {
    ...ALERT,
    text: 'x'.repeat(48 * 1024),
    json: JSON.stringify({ text: 'y'.repeat(50 * 1024) }),
    attributes: { ...ALERT.attributes, owners },
  };
  const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

  test('is one that SNS takes: with its attributes it has less than 256 KB', async () => {
    await publisher().publish(long);
    const [input] = published();
    expect(bytesOf(input?.Message) + bytesOf(input?.MessageAttributes)).toBeLessThan(256 * 1024);
    expect(messageOf()['default']).toBe(long.text);
  });

  test('loses the last of the values, and no other attribute', async () => {
    await publisher().publish(long);
    const attributes = published()[0]?.MessageAttributes ?? {};
    const kept = JSON.parse(attributes['owners']?.StringValue ?? '') as string[];
    expect(kept.length).toBeGreaterThan(20);
    expect(kept).toEqual(owners.slice(0, kept.length));
    expect(attributes['severity']?.StringValue).toBe('high');
  });
});

describe('what goes wrong', () => {
  test.each([
    { name: 'InvalidParameter', status: 400 },
    { name: 'AuthorizationError', status: 403 },
    { name: 'NotFound', status: 404 },
  ])('$name is thrown with its name, so that the alert is tried again', async ({ name, status }) => {
    sns.onAnyCommand().rejects(Object.assign(new Error('no'), { name, $metadata: { httpStatusCode: status } }));
    await expect(publisher().publish(ALERT)).rejects.toMatchObject({ code: name });
  });
});
