/** Runs events through a function's bundle, and the same calls without it; in a process of its own, so that its time is nobody else's. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetObjectCommand,
  GetPublicAccessBlockCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetPublicAccessBlockCommand as GetAccountBlockCommand, S3ControlClient } from '@aws-sdk/client-s3-control';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createClients } from '#aws/clients.ts';

export interface OneEvent {
  readonly bucket: string;
  readonly policy: string;
}

export interface OneEventPlan {
  readonly handler: string;
  readonly double: string;
  readonly account: string;
  readonly region: string;
  readonly store: string;
  readonly table: string;
  readonly queue: string;
  /** Each is of a bucket that drifted and was not looked at yet. */
  readonly events: readonly OneEvent[];
}

export interface OneEventResult {
  readonly cold: number;
  readonly warm: number;
  /** Processor time of events ÷ that of their calls alone, a round each. */
  readonly ratios: readonly number[];
  readonly handlingMs: readonly number[];
}

type Handler = (event: object, context: object) => Promise<{ readonly batchItemFailures: readonly object[] }>;

const WARM_UP = 40;
const ROUNDS = 9;
const CONTEXT = {
  functionName: 'on-look',
  functionVersion: '$LATEST',
  memoryLimitInMB: '512',
  awsRequestId: randomUUID(),
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:on-look',
};

async function run(plan: OneEventPlan): Promise<OneEventResult> {
  const { handler } = (await import(plan.handler)) as { readonly handler: Handler };
  const handle = async (event: OneEvent): Promise<void> => {
    const body = JSON.stringify(eventOf(event, plan));
    const { batchItemFailures } = await handler({ Records: [recordOf(body)] }, CONTEXT);
    if (batchItemFailures.length > 0) throw new Error(`the event of ${event.bucket} failed`);
  };
  const left = [...plan.events];
  const next = (): OneEvent => left.pop() ?? fail('too few events');
  const cold = await callsOf(() => handle(next()), plan);
  const warm = await callsOf(() => handle(next()), plan);
  const callAlone = await callsAlone(plan);
  for (let time = 0; time < WARM_UP; time += 1) {
    await handle(next());
    await callAlone(plan.events[0] ?? next());
  }
  const each = Math.floor(left.length / ROUNDS);
  const ratios: number[] = [];
  const handlingMs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const events = left.splice(0, each);
    const handling = await processorTimeOf(() => inTurn(events, handle));
    const calling = await processorTimeOf(() => inTurn(events, callAlone));
    ratios.push(handling / calling);
    handlingMs.push(handling / each);
  }
  return { cold, warm, ratios, handlingMs };
}

function fail(why: string): never {
  throw new Error(why);
}

async function inTurn(events: readonly OneEvent[], act: (event: OneEvent) => Promise<void>): Promise<void> {
  for (const event of events) await act(event);
}

async function processorTimeOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function callsOf(work: () => Promise<void>, { double }: OneEventPlan): Promise<number> {
  const counted = `${double}/_double/calls`;
  await fetch(counted, { method: 'DELETE' });
  await work();
  const { calls } = (await (await fetch(counted)).json()) as { readonly calls: Readonly<Record<string, number>> };
  return Object.values(calls).reduce((sum, count) => sum + count, 0);
}

/** The calls of one event, with what the function wrote, as short as they can be written. */
async function callsAlone({ account, region, store, table, queue, events }: OneEventPlan) {
  const clients = createClients({ globalRegion: region });
  const s3 = clients.for(S3Client, region);
  const control = clients.for(S3ControlClient, region);
  const dynamodb = clients.for(DynamoDBClient, region);
  const sqs = clients.for(SQSClient, region);
  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: store, Prefix: 'changes/', MaxKeys: 1 }));
  const written = await s3.send(new GetObjectCommand({ Bucket: store, Key: Contents?.[0]?.Key }));
  const Body = (await written.Body?.transformToByteArray()) ?? fail('no change was kept');
  const id = `${account}/${region}/s3-bucket/${events.at(-1)?.bucket}`;
  const Key = { family: { S: 'drift' }, id: { S: id } };
  const { Item = fail(`no record of ${id}`) } = await dynamodb.send(new GetItemCommand({ TableName: table, Key }));
  return async ({ bucket }: OneEvent): Promise<void> => {
    const of = { Bucket: bucket, ExpectedBucketOwner: account };
    await control.send(new GetAccountBlockCommand({ AccountId: account })).catch(() => undefined);
    await Promise.all([
      s3.send(new GetPublicAccessBlockCommand(of)),
      s3.send(new GetBucketPolicyCommand(of)),
      s3.send(new GetBucketOwnershipControlsCommand(of)),
    ]);
    await s3.send(new GetBucketPolicyStatusCommand(of));
    await dynamodb.send(
      new PutItemCommand({
        TableName: table,
        Item: { ...Item, id: { S: randomUUID() } },
        ConditionExpression: 'attribute_not_exists(#family)',
        ExpressionAttributeNames: { '#family': 'family' },
      }),
    );
    await s3.send(new PutObjectCommand({ Bucket: store, Key: `changes/${randomUUID()}.json`, Body, IfNoneMatch: '*' }));
    await sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: '{"plumbline":"nudge"}' }));
  };
}

function recordOf(body: string): object {
  return { messageId: randomUUID(), body, eventSource: 'aws:sqs', attributes: {}, messageAttributes: {} };
}

/** A CloudTrail record as EventBridge brings it. */
function eventOf({ bucket, policy }: OneEvent, { account, region }: OneEventPlan): object {
  const time = new Date().toISOString();
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.s3',
    account,
    region,
    time,
    detail: {
      eventVersion: '1.11',
      eventID: randomUUID(),
      eventName: 'PutBucketPolicy',
      eventSource: 's3.amazonaws.com',
      eventTime: time,
      awsRegion: region,
      recipientAccountId: account,
      userAgent: 'aws-cli/2.31',
      sourceIPAddress: '203.0.113.7',
      userIdentity: {
        type: 'AssumedRole',
        principalId: 'AROAEXAMPLE:alice',
        arn: `arn:aws:sts::${account}:assumed-role/Admin/alice`,
        accountId: account,
        accessKeyId: 'ASIAEXAMPLE',
        sessionContext: { sessionIssuer: { userName: 'Admin' } },
      },
      requestParameters: { bucketName: bucket, bucketPolicy: JSON.parse(policy) as object },
    },
  };
}

const [plan] = (await once(process, 'message')) as [OneEventPlan];
process.send?.(await run(plan));
