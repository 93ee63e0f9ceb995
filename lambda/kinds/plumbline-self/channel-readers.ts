import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeEventBusCommand,
  DescribeRuleCommand,
  EventBridgeClient,
  ListTargetsByRuleCommand,
} from '@aws-sdk/client-eventbridge';
import { DescribeKeyCommand, GetKeyPolicyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  SNSClient,
} from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import pMap from 'p-map';
import { canonicalJson, type Json } from '#core/json.ts';
import { ABSENT, mapReading, present, type JsonReading, type Reading } from '#core/reading.ts';
import { plumblineSelf } from './declaration.ts';
import { arnOf, callOf, type PartReader, type PartRequest } from './parts-reader.ts';
import { jsonIn, pick, policyReading, sorted, together } from './readings.ts';

const { reads } = plumblineSelf;

/** A rule: is it on, what does it bring, and to whom? */
export const readRule: PartReader = async (request) => {
  const { aws, name } = request;
  const [Name = '', EventBusName] = name.split('/').toReversed();
  const on = EventBusName === undefined ? {} : { EventBusName };
  const call = <O>(send: (events: EventBridgeClient) => Promise<O>) => callOf(request, EventBridgeClient, send);
  const rule = mapReading(
    await aws.read(
      reads.rule,
      call((events) => events.send(new DescribeRuleCommand({ Name, ...on }))),
    ),
    ({ State, EventPattern }) => pick({ state: State, brings: jsonIn(EventPattern) }),
  );
  const targets = mapReading(
    await aws.read(
      reads.targets,
      call((events) => events.send(new ListTargetsByRuleCommand({ Rule: Name, ...on }))),
    ),
    ({ Targets = [] }) => ({
      targets: sorted(Targets.map(({ Id: _ours, ...target }) => canonicalJson(target as unknown as Json))),
    }),
  );
  return { watched: { condition: together(rule, targets) } };
};

/** A bus of our own: is it there, and who may put events on it? */
export const readBus: PartReader = async (request) => {
  const { aws, name: Name } = request;
  const bus = await aws.read(
    reads.bus,
    callOf(request, EventBridgeClient, (events) => events.send(new DescribeEventBusCommand({ Name }))),
  );
  return {
    watched: {
      condition: mapReading(bus, ({ KmsKeyIdentifier }): Json => pick({ is: 'there', key: KmsKeyIdentifier })),
      policy: policyReading(mapReading(bus, ({ Policy }) => Policy)),
    },
  };
};

/** Attributes of a queue that decide what becomes of a message. Counts and times move by themselves. */
const OF_A_QUEUE = [
  'DelaySeconds',
  'KmsMasterKeyId',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'SqsManagedSseEnabled',
  'VisibilityTimeout',
] as const;

/** A queue: how long it keeps what, where to what nobody could work on goes, and who may use it. */
export const readQueue: PartReader = async (request) => {
  const { aws, name: QueueName } = request;
  const call = <O>(send: (sqs: SQSClient) => Promise<O>) => callOf(request, SQSClient, send);
  const url = await aws.read(
    reads.queueUrl,
    call((sqs) => sqs.send(new GetQueueUrlCommand({ QueueName }))),
  );
  const answer =
    url.status === 'present'
      ? await aws.read(
          reads.queue,
          call((sqs) =>
            sqs.send(new GetQueueAttributesCommand({ QueueUrl: url.value.QueueUrl, AttributeNames: ['All'] })),
          ),
        )
      : url;
  const attributes = mapReading(answer, (value): Partial<Record<string, string>> =>
    'Attributes' in value ? (value.Attributes ?? {}) : {},
  );
  return {
    watched: {
      condition: mapReading(attributes, (all): Json =>
        pick({
          ...Object.fromEntries(OF_A_QUEUE.map((name) => [name, all[name]])),
          deadLetters: jsonIn(all['RedrivePolicy']),
        }),
      ),
      policy: policyReading(mapReading(attributes, (all) => all['Policy'])),
      purged: ABSENT,
    },
  };
};

/** A topic: who may publish, and who is told of what. */
export const readTopic: PartReader = async (request) => {
  const { aws } = request;
  const TopicArn = arnOf(request, 'sns');
  const call = <O>(send: (sns: SNSClient) => Promise<O>) => callOf(request, SNSClient, send);
  const attributes = mapReading(
    await aws.read(
      reads.topic,
      call((sns) => sns.send(new GetTopicAttributesCommand({ TopicArn }))),
    ),
    ({ Attributes = {} }) => Attributes,
  );
  return {
    watched: {
      condition: mapReading(attributes, (all): Json => pick({ key: all['KmsMasterKeyId'] })),
      policy: policyReading(mapReading(attributes, (all) => all['Policy'])),
      subscribers: await readSubscribers(request, TopicArn),
    },
  };
};

/** Who has confirmed, with what they want to hear: who has not is told nothing. */
async function readSubscribers(request: PartRequest, TopicArn: string): Promise<JsonReading> {
  const { aws } = request;
  const found: { readonly arn: string; readonly who: string }[] = [];
  let NextToken: string | undefined;
  do {
    const input = { TopicArn, ...(NextToken === undefined ? {} : { NextToken }) };
    const page = await aws.read(
      reads.subscriptions,
      callOf(request, SNSClient, (sns) => sns.send(new ListSubscriptionsByTopicCommand(input))),
    );
    if (page.status !== 'present') return page;
    for (const { SubscriptionArn, Protocol, Endpoint } of page.value.Subscriptions ?? [])
      if (SubscriptionArn?.startsWith('arn:') === true)
        found.push({ arn: SubscriptionArn, who: `${Protocol ?? ''} ${Endpoint ?? ''}` });
    NextToken = page.value.NextToken;
  } while (NextToken !== undefined && NextToken !== '');
  const wanted = await pMap(found, (one) => readWanted(request, one), { concurrency: 4 });
  const blind = wanted.find(({ status }) => status === 'unreadable');
  return blind ?? present(wanted.flatMap((one) => (one.status === 'present' ? [one.value] : [])));
}

async function readWanted(
  request: PartRequest,
  { arn, who }: { readonly arn: string; readonly who: string },
): Promise<Reading<Json>> {
  const answer = await request.aws.read(
    reads.subscription,
    callOf(request, SNSClient, (sns) => sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn: arn }))),
  );
  return mapReading(answer, ({ Attributes = {} }) =>
    pick({ who, only: jsonIn(Attributes['FilterPolicy']), by: Attributes['FilterPolicyScope'] }),
  );
}

/** A table: is it there, and does it stay? */
export const readTable: PartReader = async (request) => {
  const { aws, name: TableName } = request;
  const answer = await aws.read(
    reads.table,
    callOf(request, DynamoDBClient, (dynamo) => dynamo.send(new DescribeTableCommand({ TableName }))),
  );
  return {
    watched: {
      condition: mapReading(answer, ({ Table }): Json =>
        pick({
          is: Table?.TableStatus === 'DELETING' ? 'being deleted' : 'there',
          isProtected: Table?.DeletionProtectionEnabled,
          indexes: sorted((Table?.GlobalSecondaryIndexes ?? []).flatMap(({ IndexName }) => IndexName ?? [])),
          made: Table?.CreationDateTime?.toISOString(),
        }),
      ),
    },
  };
};

/** A key: can it be used, and by whom? */
export const readKey: PartReader = async (request) => {
  const { aws, name: KeyId } = request;
  const call = <O>(send: (kms: KMSClient) => Promise<O>) => callOf(request, KMSClient, send);
  const key = await aws.read(
    reads.key,
    call((kms) => kms.send(new DescribeKeyCommand({ KeyId }))),
  );
  const policy = await aws.read(
    reads.keyPolicy,
    call((kms) => kms.send(new GetKeyPolicyCommand({ KeyId, PolicyName: 'default' }))),
  );
  return {
    watched: {
      condition: mapReading(key, ({ KeyMetadata }): Json => pick({ state: KeyMetadata?.KeyState })),
      policy: policyReading(mapReading(policy, ({ Policy }) => Policy)),
    },
  };
};
