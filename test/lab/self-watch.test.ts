import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACCOUNT, Lab } from './lab.ts';
import { findLabPrograms } from './programs.ts';

const programs = findLabPrograms();
const missing = 'missing' in programs ? programs.missing : undefined;
// In CI a server that cannot be had is a failure, not a reason to skip.
const isSkipped = missing !== undefined && process.env['CI'] === undefined;
if (missing !== undefined) process.stderr.write(`The watch on the service cannot be tried: ${missing}\n`);

const REGION = 'us-east-1';

type Piece = string | { readonly Ref: string } | { readonly 'Fn::GetAtt': readonly [string, string] };

/** A way to silence the service: what somebody does, the event of it, how it is undone, and what its alert is about. */
interface Way {
  readonly way: string;
  readonly does: () => readonly string[];
  readonly event?: () => readonly [service: string, name: string, parameters: object];
  readonly undone: () => readonly (readonly string[])[];
  readonly about: string;
}

describe.skipIf(isSkipped)('the service, deployed, is silenced', { timeout: 180_000 }, () => {
  let lab: Lab;
  let out: Record<string, string>;
  let parts: Record<string, Record<string, string>>;
  let trail = '';
  let inbox = '';
  let subscription = '';
  let topicPolicy = '';
  let code = '';
  let targets: unknown;
  let heartbeatAlarm: readonly string[] = [];

  const at = (name: string): string => out[name] ?? '';
  const part = (sort: string, label: string): string => parts[sort]?.[label] ?? `no ${sort} ${label}`;
  const aws = async (...args: readonly string[]): Promise<Record<string, unknown>> => {
    const text = await lab.aws(...args);
    return text.trim() === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  };
  /** What the schedule brings, as the stack wrote it: its template, with the names that its resources got. */
  const partsOfStack = async (): Promise<typeof parts> => {
    const { TemplateBody: template } = (await aws('cloudformation', 'get-template', '--stack-name', 'Plumbline')) as {
      TemplateBody: { Resources: Record<string, { Properties: { Target?: { Input?: unknown } } }> };
    };
    const { StackResourceSummaries: made } = (await aws(
      'cloudformation',
      'list-stack-resources',
      '--stack-name',
      'Plumbline',
    )) as { StackResourceSummaries: { LogicalResourceId: string; PhysicalResourceId: string }[] };
    const names = new Map(
      made.map(({ LogicalResourceId, PhysicalResourceId }) => [
        LogicalResourceId,
        PhysicalResourceId.split(/[:/]/).at(-1) ?? '',
      ]),
    );
    const [, look] = Object.entries(template.Resources).find(([id]) => id.startsWith('OwnWatchLook')) ?? [];
    const {
      'Fn::Join': [, pieces],
    } = (look?.Properties.Target?.Input ?? { 'Fn::Join': ['', []] }) as { 'Fn::Join': [string, Piece[]] };
    const text = pieces
      .map((piece) =>
        typeof piece === 'string' ? piece : (names.get('Ref' in piece ? piece.Ref : piece['Fn::GetAtt'][0]) ?? '?'),
      )
      .join('');
    return (JSON.parse(text) as { parts: typeof parts }).parts;
  };
  const looks = async (): Promise<void> => {
    await lab.invoke(at('OnSelf'), { parts });
    await settle();
    await lab.invoke(at('OnTick'), {});
    await settle();
  };
  /** How many sweeps have begun: each writes what it listed under a name of its own. */
  const sweeps = async (): Promise<number> => {
    const bucket = at('Store').slice('s3://'.length);
    const { CommonPrefixes = [] } = (await aws(
      's3api',
      'list-objects-v2',
      '--bucket',
      bucket,
      '--prefix',
      `snapshots/${ACCOUNT}/`,
      '--delimiter',
      '/',
    )) as { CommonPrefixes?: unknown[] };
    return CommonPrefixes.length;
  };
  // What is looked at again in a minute is nothing to wait for.
  const settle = () => lab.settle({ delayed: 'leave' });
  const subjects = async (): Promise<readonly string[]> =>
    (await lab.messagesOf(inbox)).map(({ Body = '{}' }) => (JSON.parse(Body) as { Subject: string }).Subject);
  const event = (
    [service, eventName, requestParameters]: readonly [service: string, name: string, parameters: object],
    by = 'Admin',
  ) => {
    const role = by !== 'the deployment' ? by : `cdk-hnb659fds-cfn-exec-role-${ACCOUNT}-${REGION}`;
    return lab.putEvent({
      source: `aws.${service}`,
      'detail-type': 'AWS API Call via CloudTrail',
      detail: {
        eventVersion: '1.11',
        eventID: randomUUID(),
        eventName,
        eventSource: `${service}.amazonaws.com`,
        eventTime: new Date().toISOString(),
        awsRegion: REGION,
        recipientAccountId: ACCOUNT,
        sourceIPAddress: by !== 'the deployment' ? '203.0.113.7' : 'cloudformation.amazonaws.com',
        userIdentity: {
          type: 'AssumedRole',
          arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/session`,
          sessionContext: { sessionIssuer: { userName: role } },
        },
        requestParameters,
      },
    });
  };

  beforeAll(async () => {
    if ('missing' in programs) throw new Error(programs.missing);
    lab = await Lab.start(programs, { visibilitySeconds: 2 });
    const settings = join(lab.home, 'plumbline.yaml');
    writeFileSync(settings, `regions: [${REGION}]\n`);
    out = await lab.deploy(
      `node -C plumbline-source --import tsx ${join(import.meta.dirname, 'service-app.ts')} ${settings}`,
      { stackName: 'Plumbline' },
    );
    parts = await partsOfStack();
    // The server's CloudFormation makes keys that it cannot describe: they are made by hand.
    for (const label of Object.keys(parts['key'] ?? {})) {
      const { KeyMetadata } = (await aws('kms', 'create-key')) as { KeyMetadata: { KeyId: string } };
      parts['key'] = { ...parts['key'], [label]: KeyMetadata.KeyId };
    }
    // The server's CloudFormation leaves schedules out: they are made by hand.
    for (const name of Object.values(parts['schedule'] ?? {}))
      await aws(
        'scheduler',
        'create-schedule',
        '--name',
        name,
        '--schedule-expression',
        'rate(1 minute)',
        '--flexible-time-window',
        '{"Mode":"OFF"}',
        '--target',
        JSON.stringify({
          Arn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:any`,
          RoleArn: `arn:aws:iam::${ACCOUNT}:role/any`,
        }),
      );
    // The first trail of the account, as most have one.
    await aws('s3api', 'create-bucket', '--bucket', 'trail-logs');
    await aws(
      'cloudtrail',
      'create-trail',
      '--name',
      'main',
      '--s3-bucket-name',
      'trail-logs',
      '--is-multi-region-trail',
    );
    await aws('cloudtrail', 'start-logging', '--name', 'main');
    trail = `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/main`;
    const queue = (await aws('sqs', 'create-queue', '--queue-name', 'self-inbox')) as { QueueUrl: string };
    inbox = queue.QueueUrl;
    const subscribe = (topic: string) =>
      aws(
        'sns',
        'subscribe',
        '--topic-arn',
        topic,
        '--protocol',
        'sqs',
        '--notification-endpoint',
        `arn:aws:sqs:${REGION}:${ACCOUNT}:self-inbox`,
      );
    await subscribe(at('SelfWatchTopic'));
    await aws('sqs', 'create-queue', '--queue-name', 'alerts-inbox');
    ({ SubscriptionArn: subscription } = (await aws(
      'sns',
      'subscribe',
      '--topic-arn',
      at('AlertsTopic'),
      '--protocol',
      'sqs',
      '--notification-endpoint',
      `arn:aws:sqs:${REGION}:${ACCOUNT}:alerts-inbox`,
    )) as { SubscriptionArn: string });
    const attributes = (await aws('sns', 'get-topic-attributes', '--topic-arn', at('AlertsTopic'))) as {
      Attributes: { Policy: string };
    };
    topicPolicy = attributes.Attributes.Policy;
    const look = (await aws('lambda', 'get-function-configuration', '--function-name', at('OnLook'))) as {
      CodeSha256: string;
    };
    code = look.CodeSha256;
    // Made anew as the server reads it, so that only one thing differs later.
    heartbeatAlarm = [
      '--alarm-name Plumbline-Service-Heartbeat-Alarm --metric-name Heartbeat --namespace Plumbline',
      '--statistic Sum --period 300 --evaluation-periods 1 --threshold 1',
      '--comparison-operator LessThanThreshold --treat-missing-data breaching',
      `--alarm-actions ${at('SelfWatchTopic')}`,
    ].flatMap((words) => words.split(' '));
    await aws('cloudwatch', 'put-metric-alarm', ...heartbeatAlarm, '--actions-enabled');
    ({ Targets: targets } = await aws('events', 'list-targets-by-rule', '--rule', part('rule', 's3')));
    await looks();
    await looks();
  }, 400_000);
  afterAll(() => lab?.stop());

  test('as it was deployed nothing is told of it, and every part is known', async () => {
    expect(await subjects()).toEqual([]);
    const log = (await lab.logs(at('OnSelf'))).split('\n').filter((line) => line.includes('has looked at itself'));
    const { parts: count, unreadable } = JSON.parse(log.at(-1) ?? '{}') as { parts: number; unreadable: string[] };
    expect([count, unreadable]).toEqual([
      Object.values(parts).flatMap((one) => (typeof one === 'object' && !Array.isArray(one) ? Object.keys(one) : []))
        .length + 2,
      [],
    ]);
  });

  test('soon after a look at everything the schedule’s look reads what may change unheard', async () => {
    await lab.invoke(at('OnSelf'), { parts, everythingEvery: 15 });
    const log = (await lab.logs(at('OnSelf'))).split('\n').filter((line) => line.includes('has looked at itself'));
    expect(JSON.parse(log.at(-1) ?? '{}')).toMatchObject({
      lookedAt: 'what may change unheard',
      parts: ['queue own', 'rule own-events', 'schedule look', 'topic alerts', 'topic selfWatch', 'trails'].length,
      unreadable: [],
    });
  });

  const ways: readonly Way[] = [
    {
      way: 'a rule off',
      does: () => ['events', 'disable-rule', '--name', part('rule', 's3')],
      event: () => ['events', 'DisableRule', { name: part('rule', 's3') }],
      undone: () => [['events', 'enable-rule', '--name', part('rule', 's3')]],
      about: 'rule:s3',
    },
    {
      way: 'a rule off, and the event lost',
      does: () => ['events', 'disable-rule', '--name', part('rule', 'wafv2')],
      undone: () => [['events', 'enable-rule', '--name', part('rule', 'wafv2')]],
      about: 'rule:wafv2',
    },
    {
      way: 'its target removed',
      does: () => ['events', 'remove-targets', '--rule', part('rule', 's3'), '--ids', 'Target0'],
      event: () => ['events', 'RemoveTargets', { rule: part('rule', 's3'), ids: ['Target0'] }],
      undone: () => [['events', 'put-targets', '--rule', part('rule', 's3'), '--targets', JSON.stringify(targets)]],
      about: 'rule:s3',
    },
    {
      way: 'a subscription gone',
      does: () => ['sns', 'unsubscribe', '--subscription-arn', subscription],
      event: () => ['sns', 'Unsubscribe', { subscriptionArn: subscription }],
      undone: () => [
        [
          'sns',
          'subscribe',
          '--topic-arn',
          at('AlertsTopic'),
          '--protocol',
          'sqs',
          '--notification-endpoint',
          `arn:aws:sqs:${REGION}:${ACCOUNT}:alerts-inbox`,
        ],
      ],
      about: 'topic:alerts',
    },
    {
      way: 'a topic that lets nobody publish',
      does: () => [
        'sns',
        'set-topic-attributes',
        '--topic-arn',
        at('AlertsTopic'),
        '--attribute-name',
        'Policy',
        '--attribute-value',
        JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Deny', Principal: '*', Action: 'sns:Publish', Resource: at('AlertsTopic') }],
        }),
      ],
      event: () => ['sns', 'SetTopicAttributes', { topicArn: at('AlertsTopic'), attributeName: 'Policy' }],
      undone: () => [
        [
          'sns',
          'set-topic-attributes',
          '--topic-arn',
          at('AlertsTopic'),
          '--attribute-name',
          'Policy',
          '--attribute-value',
          topicPolicy,
        ],
      ],
      about: 'topic:alerts',
    },
    {
      way: 'the trail stopped',
      does: () => ['cloudtrail', 'stop-logging', '--name', 'main'],
      event: () => ['cloudtrail', 'StopLogging', { name: trail }],
      undone: () => [['cloudtrail', 'start-logging', '--name', 'main']],
      about: 'trails',
    },
    {
      way: 'its selector narrowed',
      does: () => [
        'cloudtrail',
        'put-event-selectors',
        '--trail-name',
        'main',
        '--event-selectors',
        '[{"ReadWriteType":"ReadOnly","IncludeManagementEvents":true,"DataResources":[]}]',
      ],
      event: () => ['cloudtrail', 'PutEventSelectors', { trailName: trail }],
      undone: () => [
        [
          'cloudtrail',
          'put-event-selectors',
          '--trail-name',
          'main',
          '--event-selectors',
          '[{"ReadWriteType":"All","IncludeManagementEvents":true,"DataResources":[]}]',
        ],
      ],
      about: 'trails',
    },
    {
      way: 'a role changed',
      does: () => [
        'iam',
        'put-role-policy',
        '--role-name',
        part('role', 'on-look'),
        '--policy-name',
        'Quiet',
        '--policy-document',
        JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 's3:*', Resource: '*' }] }),
      ],
      event: () => ['iam', 'PutRolePolicy', { roleName: part('role', 'on-look'), policyName: 'Quiet' }],
      undone: () => [['iam', 'delete-role-policy', '--role-name', part('role', 'on-look'), '--policy-name', 'Quiet']],
      about: 'role:on-look',
    },
    {
      way: 'a function that may not run',
      does: () => [
        'lambda',
        'put-function-concurrency',
        '--function-name',
        at('OnLook'),
        '--reserved-concurrent-executions',
        '0',
      ],
      event: () => ['lambda', 'PutFunctionConcurrency20171031', { functionName: at('OnLook') }],
      undone: () => [['lambda', 'delete-function-concurrency', '--function-name', at('OnLook')]],
      about: 'function:on-look',
    },
    {
      way: 'the key of the alerts disabled',
      does: () => ['kms', 'disable-key', '--key-id', part('key', 'alerts')],
      event: () => ['kms', 'DisableKey', { keyId: part('key', 'alerts') }],
      undone: () => [['kms', 'enable-key', '--key-id', part('key', 'alerts')]],
      about: 'key:alerts',
    },
    {
      // The server knows no DisableAlarmActions: what it leaves is the same.
      way: 'an alarm that acts no more',
      does: () => ['cloudwatch', 'put-metric-alarm', ...heartbeatAlarm, '--no-actions-enabled'],
      event: () => ['monitoring', 'DisableAlarmActions', { alarmNames: ['Plumbline-Service-Heartbeat-Alarm'] }],
      undone: () => [['cloudwatch', 'put-metric-alarm', ...heartbeatAlarm, '--actions-enabled']],
      about: 'alarms',
    },
  ];

  test.each(ways)(
    '$way: told through the second topic, with its end',
    async ({ way, does, event: told, undone, about }) => {
      await aws(...does());
      // Each by somebody else: what one does in one go is told together.
      if (told !== undefined) await event(told(), `by-${way.replaceAll(/\W+/g, '-')}`);
      await settle();
      await looks();
      expect(await subjects()).toEqual([
        `CRITICAL silences the watch: part of Plumbline ${about} changed (${ACCOUNT})`,
      ]);
      for (const command of undone()) await aws(...command);
      await looks();
      expect(await subjects()).toEqual([
        `CRITICAL recovered: part of Plumbline ${about} as deployed again (${ACCOUNT})`,
      ]);
    },
  );

  test('a queue purged: told, and a sweep reads everything again', async () => {
    const before = await sweeps();
    await event(['sqs', 'PurgeQueue', { queueUrl: at('ChangesQueue') }], 'by-the-purger');
    await settle();
    await looks();
    expect(await subjects()).toEqual([
      `CRITICAL silences the watch: part of Plumbline queue:changes changed (${ACCOUNT})`,
      `CRITICAL recovered: part of Plumbline queue:changes as deployed again (${ACCOUNT})`,
    ]);
    expect(await sweeps()).toBe(before + 1);
  });

  test('what is not of the service is nobody’s business', async () => {
    await event(['events', 'DisableRule', { name: 'somebody-elses' }]);
    await settle();
    await looks();
    expect(await subjects()).toEqual([]);
  });

  test('a deployment changes roles and functions: nothing is told', async () => {
    await aws(
      'iam',
      'put-role-policy',
      '--role-name',
      part('role', 'on-tick'),
      '--policy-name',
      'Next',
      '--policy-document',
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
      }),
    );
    await event(['iam', 'PutRolePolicy', { roleName: part('role', 'on-tick') }], 'the deployment');
    await settle();
    await looks();
    expect([await subjects(), code === '']).toEqual([[], false]);
  });

  test('the table deleted: nothing can be told, no heartbeat is heard, and that raises the alarm', async () => {
    const before = heartbeats(await lab.logs(at('OnTick')));
    await aws('dynamodb', 'delete-table', '--table-name', at('Ledger'));
    const { functionError } = await lab.invoke(at('OnTick'), {});
    expect([functionError, heartbeats(await lab.logs(at('OnTick')))]).toEqual(['Unhandled', before]);
  });
});

/** How often the metric was written that the alarm waits for. */
function heartbeats(log: string): number {
  return log.split('\n').filter((line) => line.includes('"Heartbeat":1')).length;
}
