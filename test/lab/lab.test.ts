import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, type BusEvent } from './lab.ts';
import { findLabPrograms } from './programs.ts';

const programs = findLabPrograms();
const missing = 'missing' in programs ? programs.missing : undefined;
// In CI a server that cannot be had is a failure, not a reason to skip.
const isSkipped = missing !== undefined && process.env['CI'] === undefined;
if (missing !== undefined) process.stderr.write(`The tests in the lab cannot run: ${missing}\n`);

const here = join(import.meta.dirname, 'sample');

function eventOf(eventName: string, parameters: Readonly<Record<string, unknown>> = {}): BusEvent {
  return {
    source: 'aws.s3',
    'detail-type': 'AWS API Call via CloudTrail',
    time: '2026-11-24T10:00:00Z',
    detail: { eventName, eventSource: 's3.amazonaws.com', requestParameters: { bucketName: 'wares', ...parameters } },
  };
}

/** Bundles as they are deployed: one ES module each, the SDK within. */
async function buildHandlers(folder: string): Promise<void> {
  for (const name of ['relay', 'echo'])
    await build({
      entryPoints: [join(here, 'handlers.ts')],
      outfile: join(folder, name, 'index.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      mainFields: ['module', 'main'],
      banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    });
}

const codeOf = ({ home }: Lab) => join(home, 'bundles');

describe.skipIf(isSkipped)('a stack that is deployed runs', () => {
  let lab: Lab;
  let out: Record<string, string>;
  const at = (name: string) => out[name] ?? '';
  const deploy = (version: string) =>
    lab.deploy(`node --import tsx "${join(here, 'app.ts')}" "${codeOf(lab)}" ${version}`, { stackName: 'Sample' });

  beforeAll(async () => {
    if ('missing' in programs) throw new Error(programs.missing);
    lab = await Lab.start(programs);
    await buildHandlers(codeOf(lab));
    out = await deploy('1');
  }, 300_000);
  afterAll(() => lab?.stop());

  const bodiesOf = async (queue: string) => (await lab.messagesOf(at(queue))).map(({ Body }) => Body ?? '');

  test('an event goes from the rule through queue, function and topic to the last queue, once; another does not', async () => {
    await lab.putEvent(eventOf('PutBucketPolicy'));
    await lab.putEvent(eventOf('GetBucketPolicy'));
    await lab.settle();

    const messages = await lab.messagesOf(at('Outbox'));
    expect(messages).toHaveLength(1);
    expect(messages[0]?.MessageAttributes).toMatchObject({ count: { StringValue: '1' } });
    expect(JSON.parse(messages[0]?.Body ?? '')).toEqual({
      version: '0',
      id: expect.stringMatching(/^[\da-f-]{36}$/) as unknown,
      account: '123456789012',
      region: 'us-east-1',
      resources: [],
      ...eventOf('PutBucketPolicy'),
    });
    expect(await bodiesOf('Ticks')).toEqual([]);
    expect(await bodiesOf('Dead')).toEqual([]);
    // What the filter of the other subscription let through comes in its envelope.
    expect((await bodiesOf('Large')).map((body) => (JSON.parse(body) as { Type: string }).Type)).toEqual([
      'Notification',
    ]);
  });

  test('of a batch with one bad item, that one alone is tried again and ends in the dead letter queue', async () => {
    const entries = ['one', 'poison', 'two'].map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    await lab.aws('sqs', 'send-message-batch', '--queue-url', at('Inbox'), '--entries', JSON.stringify(entries));
    await lab.settle();
    expect((await bodiesOf('Outbox')).sort()).toEqual(['one', 'two']);
    const dead = await lab.messagesOf(at('Dead'));
    expect(dead.map(({ Body }) => Body)).toEqual(['poison']);
    expect(await bodiesOf('Large')).toEqual([]);
    expect((await lab.logs(at('Relay'))).split('\n').filter((line) => line.startsWith('batch'))).toEqual([
      'batch of 1',
      'batch of 3',
      'batch of 1',
    ]);
  });

  test('a message that is not due waits, and can be hurried', async () => {
    await lab.aws(
      'sqs',
      'send-message',
      '--queue-url',
      at('Inbox'),
      '--message-body',
      'later',
      '--delay-seconds',
      '900',
    );
    await lab.settle({ delayed: 'leave' });
    expect(await bodiesOf('Outbox')).toEqual([]);
    expect(await lab.hurry()).toBe(1);
    await lab.settle();
    expect(await bodiesOf('Outbox')).toEqual(['later']);
  });

  test('a function answers, stays warm between invocations, and knows its context and its role', async () => {
    expect(await lab.invoke(at('Echo'), { a: ['ä', 1] })).toEqual({ payload: { a: ['ä', 1] } });
    const { payload } = await lab.invoke(at('Echo'), { ask: 'context' });
    expect(payload).toMatchObject({
      invocations: 2,
      version: '1',
      functionName: at('Echo'),
      functionVersion: '$LATEST',
      invokedFunctionArn: `arn:aws:lambda:us-east-1:123456789012:function:${at('Echo')}`,
      awsRequestId: expect.stringMatching(/^[\da-f-]{36}$/) as unknown,
    });
    expect((payload as { left: number }).left).toBeGreaterThan(1_000);
    expect((await lab.invoke(at('Echo'), { ask: 'identity' })).payload).toMatch(
      new RegExp(`^arn:aws:sts::123456789012:assumed-role/Sample-EchoServiceRole[^/]*/${at('Echo')}$`),
    );
  });

  test('an asynchronous invocation runs after it was taken', async () => {
    expect(await lab.invokeLater(at('Echo'), { ask: 'publish' })).toBe(202);
    await lab.settle();
    expect(await bodiesOf('Outbox')).toEqual(['said later']);
  });

  test('an asynchronous invocation that fails is tried twice more', async () => {
    const failures = async () => (await lab.logs(at('Echo'))).match(/^TypeError: it was asked to$/gm)?.length ?? 0;
    const before = await failures();
    expect(await lab.invokeLater(at('Echo'), { ask: 'throw' })).toBe(202);
    await lab.settle();
    expect((await failures()) - before).toBe(3);
  });

  test.each([
    {
      does: 'throws',
      ask: 'throw',
      error: { errorType: 'TypeError', errorMessage: 'it was asked to' },
    },
    {
      does: 'takes too long',
      ask: 'sleep',
      error: {
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringContaining('timed out after 3.00 seconds') as unknown,
      },
    },
    {
      does: 'ends its process',
      ask: 'exit',
      error: { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('exit status 3') as unknown },
    },
  ])('a function that $does is a function error, and the next invocation is answered', async ({ ask, error }) => {
    const { payload, functionError } = await lab.invoke(at('Echo'), { ask });
    expect(functionError).toBe('Unhandled');
    expect(payload).toMatchObject(error);
    expect(await lab.invoke(at('Echo'), { still: 'there' })).toEqual({ payload: { still: 'there' } });
  });

  test('a function URL knows who called, and lets in nobody who does not say', async () => {
    const asRoot = await lab.callUrl(`${at('EchoUrl')}drifts/7`, { method: 'POST', body: 'hello' });
    expect([asRoot.status, asRoot.headers.get('x-path'), await asRoot.text()]).toEqual([
      201,
      '/drifts/7',
      'POST by arn:aws:iam::123456789012:root: hello',
    ]);

    const role = 'arn:aws:iam::123456789012:role/reader';
    const assumed = JSON.parse(
      await lab.aws('sts', 'assume-role', '--role-arn', role, '--role-session-name', 'ana'),
    ) as { Credentials: { AccessKeyId: string; SecretAccessKey: string; SessionToken: string } };
    const { AccessKeyId, SecretAccessKey, SessionToken } = assumed.Credentials;
    const asRole = await lab.callUrl(at('EchoUrl'), {
      credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
    });
    expect(await asRole.text()).toBe('GET by arn:aws:sts::123456789012:assumed-role/reader/ana: nothing');

    expect((await lab.callUrl(at('EchoUrl'), { credentials: 'none' })).status).toBe(403);
  });

  test('the aws command line sets the block of the account', async () => {
    const block = 'BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=false,RestrictPublicBuckets=false';
    const own = ['--account-id', '123456789012'];
    await lab.aws('s3control', 'put-public-access-block', ...own, '--public-access-block-configuration', block);
    expect(JSON.parse(await lab.aws('s3control', 'get-public-access-block', ...own))).toMatchObject({
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: false },
    });
  });

  test('a queue is refused that would hand a message out again while the function still works on it', async () => {
    const queue = ['--queue-name', 'hasty', '--attributes', 'VisibilityTimeout=1'];
    await lab.aws('sqs', 'create-queue', ...queue);
    const source = ['--event-source-arn', 'arn:aws:sqs:us-east-1:123456789012:hasty', '--function-name', at('Echo')];
    await expect(lab.aws('lambda', 'create-event-source-mapping', ...source)).rejects.toThrow(
      'Queue visibility timeout: 1 seconds is less than Function timeout: 3 seconds',
    );
  });

  test('a function that is deployed anew starts from nothing', { timeout: 120_000 }, async () => {
    expect(await deploy('2')).toMatchObject({ Echo: at('Echo') });
    expect((await lab.invoke(at('Echo'), { ask: 'context' })).payload).toMatchObject({ invocations: 1, version: '2' });
  });
});
