import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import type { Json } from '#core/json.ts';
import { ownPartsFrom, partId } from '#core/own-parts.ts';
import { kinds } from '#kinds';
import { AuditStack } from '#lib/audit-stack.ts';
import { FeedStack } from '#lib/feed-stack.ts';
import { declarationsIn, feedRegionsOf } from '#lib/feeds.ts';
import { parseSettings } from '#lambda/settings.ts';
import { cfnLintSays } from './cfn-lint.ts';
import { nagFindings } from './nag.ts';

const root = join(import.meta.dirname, '..', '..');
const declarations = kinds.map(({ declaration }) => declaration);
/** cfn-lint takes long where others work too. */
const PATIENCE = 180_000;
const ACCOUNT = '111122223333';

describe('which regions feed the home region', () => {
  test.each([
    { case: 'nothing said', settings: '', home: 'eu-west-1', feeds: ['us-east-1'] },
    { case: 'nothing said, at home where global things tell', settings: '', home: 'us-east-1', feeds: [] },
    {
      case: 'the regions that are looked at, and us-east-1',
      settings: 'regions: [eu-west-1, ap-south-1]',
      home: 'eu-west-1',
      feeds: ['ap-south-1', 'us-east-1'],
    },
    {
      case: 'those that are named, and no others',
      settings: 'feeds: [eu-north-1, eu-west-1]',
      home: 'eu-west-1',
      feeds: ['eu-north-1'],
    },
    { case: 'none', settings: 'feeds: []', home: 'eu-west-1', feeds: [] },
    { case: 'a partition without us-east-1', settings: '', home: 'cn-north-1', feeds: [] },
    { case: 'another one', settings: '', home: 'us-gov-west-1', feeds: [] },
  ])('$case', ({ settings, home, feeds }) => {
    expect(feedRegionsOf(parseSettings(settings, 'p'), home)).toEqual(feeds);
  });
});

describe('what the events of a region can tell of', () => {
  test.each([
    {
      case: 'every region, where all are looked at',
      settings: '',
      region: 'ap-south-1',
      kindIds: ['s3-account-block', 's3-bucket', 'waf-ip-set', 'waf-web-acl'],
    },
    {
      case: 'us-east-1, which is not looked at: what is global',
      settings: 'regions: [eu-west-1]',
      region: 'us-east-1',
      kindIds: ['cloudfront-distribution', 's3-account-block', 'waf-ip-set', 'waf-web-acl'],
    },
    {
      case: 'another region that is not looked at: what may be changed from anywhere',
      settings: 'regions: [eu-west-1]',
      region: 'ap-south-1',
      kindIds: ['s3-account-block'],
    },
  ])('$case', ({ settings, region, kindIds }) => {
    expect(declarationsIn(declarations, region, parseSettings(settings, 'p')).map(({ id }) => id)).toEqual(kindIds);
  });
});

function stacksOf(settings = 'regions: [eu-west-1, ap-south-1]') {
  const app = new App();
  const parsed = parseSettings(settings, 'plumbline.yaml');
  const home = new AuditStack(app, 'Plumbline', {
    settings: parsed,
    declarations,
    bundles: join(root, 'dist', 'functions'),
    version: '0.0.0',
    env: { account: ACCOUNT, region: 'eu-west-1' },
  });
  const feeds = feedRegionsOf(parsed, 'eu-west-1').map(
    (region) => new FeedStack(app, `PlumblineFeed-${region}`, { watch: home.watch, env: { account: ACCOUNT, region } }),
  );
  return { app, home, feeds };
}

/** A policy as it is when names have taken the place of references, at their longest. */
function writtenOut(document: object): string {
  return JSON.stringify(document)
    .replaceAll(/\{"Fn::Join":\["",\[([^\]]*)\]\]\}/g, (_all, parts: string) =>
      parts.replaceAll('{"Ref":"AWS::Partition"}', '"aws-us-gov"').replaceAll('","', ''),
    )
    .replaceAll(/\{"(?:Ref|Fn::GetAtt)":[^}]*\}/g, `"${'x'.repeat(120)}"`);
}

describe('the stack of a further region', () => {
  const { home, feeds } = stacksOf();
  const [asia, virginia] = feeds.map((stack) => Template.fromStack(stack));
  const homeTemplate = Template.fromStack(home);
  if (asia === undefined || virginia === undefined) throw new Error('two feeds were asked for');
  const propertiesIn = (resources: Record<string, unknown>): Record<string, string> =>
    (Object.values(resources)[0] as { Properties: Record<string, string> }).Properties;
  const servicesIn = (template: Template): readonly string[] =>
    (
      Object.values(template.findResources('AWS::Events::Rule')) as {
        Properties: { EventPattern: { source: string[] } };
      }[]
    )
      .flatMap(({ Properties }) => Properties.EventPattern.source.map((source) => source.slice('aws.'.length)))
      .sort();
  const bus = propertiesIn(homeTemplate.findResources('AWS::Events::EventBus'))['Name'] ?? '';
  const busArn = {
    'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:events:eu-west-1:${ACCOUNT}:event-bus/${bus}`]],
  };

  test('forwards each event of what lives there to a bus of ours at home, by a role that may do nothing else', () => {
    asia.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: Match.objectLike({ source: ['aws.s3'] }),
      Targets: [Match.objectLike({ Arn: busArn, RoleArn: Match.anyValue(), DeadLetterConfig: Match.anyValue() })],
    });
    expect(servicesIn(asia)).toEqual(['cloudtrail', 'events', 's3', 'sqs', 'wafv2']);
    // Where global things tell of themselves, what IAM tells of the service's own roles is forwarded as well.
    expect(servicesIn(virginia)).toEqual(['cloudfront', 'cloudtrail', 'events', 'iam', 's3', 'sqs', 'wafv2']);
    asia.resourceCountIs('AWS::IAM::Policy', 1);
    asia.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [{ Action: 'events:PutEvents', Effect: 'Allow', Resource: busArn }] },
    });
    asia.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          Match.objectLike({
            Principal: { Service: 'events.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } },
          }),
        ],
      },
    });
  });

  test('no bucket of a region that is not looked at tells from there', () => {
    const names = JSON.stringify(virginia.findResources('AWS::Events::Rule'));
    expect(names).toContain('PutAccountPublicAccessBlock');
    expect(names).toContain('UpdateIPSet');
    expect(names).not.toContain('PutBucketPolicy');
  });

  test('at home they come to the queue of the changes, each as its own service’s event', () => {
    const rules = Object.values(homeTemplate.findResources('AWS::Events::Rule')) as {
      Properties: { EventBusName?: object; EventPattern: object; Targets: object[] };
    }[];
    const patternsOf = (isOurs: boolean) =>
      rules
        .filter(({ Properties }) => (Properties.EventBusName !== undefined) === isOurs)
        .map(({ Properties }) => [Properties.EventPattern, Properties.Targets[0]])
        .filter(([, target]) => JSON.stringify(target).includes('"Changes'));
    expect(patternsOf(true)).toEqual(patternsOf(false));
    expect(patternsOf(true)).toHaveLength(3);
    homeTemplate.resourceCountIs('AWS::Events::EventBusPolicy', 0);
  });

  test('what is about the service itself comes to its own queue, which works while the other does not', () => {
    const rules = homeTemplate.findResources('AWS::Events::Rule', {
      Properties: { EventBusName: Match.anyValue(), Targets: [{ Arn: { 'Fn::GetAtt': ['OwnQueueC82AFFDE', 'Arn'] } }] },
    });
    const sources = (Object.values(rules) as { Properties: { EventPattern: { source: string[] } } }[]).flatMap(
      ({ Properties }) => Properties.EventPattern.source,
    );
    expect(sources).toEqual(['aws.cloudtrail', 'aws.events', 'aws.iam', 'aws.sqs']);
  });

  test('the watch on the service looks at the rules, the queue and the role of each region, and at the bus at home', () => {
    const schedules = homeTemplate.findResources('AWS::Scheduler::Schedule', {
      Properties: { Description: 'Plumbline: looks at itself' },
    });
    const [{ Properties }] = Object.values(schedules) as [
      { Properties: { Target: { Input: { 'Fn::Join': [string, readonly unknown[]] } } } },
    ];
    const text = Properties.Target.Input['Fn::Join'][1].map((one) => (typeof one === 'string' ? one : 'x')).join('');
    const { parts } = JSON.parse(text) as { parts: Json };
    const { named, regions, stacks } = ownPartsFrom(parts);
    const labels = named.map((part) => partId(part));
    expect(labels.filter((id) => id.startsWith('bus:') || id.includes(':further-'))).toEqual([
      'bus:further-regions',
      'rule:further-cloudfront',
      'rule:further-s3',
      'rule:further-wafv2',
      'rule:further-own-cloudtrail',
      'rule:further-own-events',
      'rule:further-own-iam',
      'rule:further-own-sqs',
    ]);
    const inAsia = named.filter(({ region }) => region === 'ap-south-1');
    expect(inAsia.map((part) => partId(part))).toEqual([
      'role:ap-south-1-forwarding',
      'queue:ap-south-1-undelivered',
      'rule:ap-south-1-cloudtrail',
      'rule:ap-south-1-events',
      'rule:ap-south-1-s3',
      'rule:ap-south-1-sqs',
      'rule:ap-south-1-wafv2',
    ]);
    const namesInAsia = ['AWS::Events::Rule', 'AWS::SQS::Queue', 'AWS::IAM::Role'].flatMap((type) =>
      Object.values(asia.findResources(type) as Record<string, { Properties: Record<string, string> }>).map(
        ({ Properties: { Name, QueueName, RoleName } }) => Name ?? QueueName ?? RoleName,
      ),
    );
    expect(new Set(inAsia.map(({ name }) => name))).toEqual(new Set(namesInAsia));
    expect(regions).toEqual(['eu-west-1', 'ap-south-1', 'us-east-1']);
    expect(stacks.slice(1)).toEqual(
      ['ap-south-1', 'us-east-1'].map((region) => ({
        region,
        name: `PlumblineFeed-${region}`,
        deployer: `cdk-hnb659fds-cfn-exec-role-${ACCOUNT}-${region}`,
      })),
    );
  });

  test('with all regions its policies are no longer than IAM takes', () => {
    const many = Template.fromStack(
      stacksOf(`feeds: [${Array.from({ length: 20 }, (_, index) => `ap-southeast-${index + 1}`).join(', ')}]`).home,
    );
    const policies = Object.values(many.findResources('AWS::IAM::ManagedPolicy')) as {
      Properties: { PolicyDocument: object };
    }[];
    const lengths = policies.map(({ Properties }) => writtenOut(Properties.PolicyDocument).length);
    expect(lengths.length).toBeLessThanOrEqual(10);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(6_144);
  });

  test('with all regions the environment of its functions is no longer than Lambda takes', () => {
    const many = Template.fromStack(
      stacksOf(`feeds: [${Array.from({ length: 34 }, (_, index) => `ap-southeast-${index + 1}`).join(', ')}]`).home,
    );
    const functions = Object.values(many.findResources('AWS::Lambda::Function')) as {
      Properties: { Environment?: { Variables: Record<string, unknown> } };
    }[];
    const lengths = functions.map(({ Properties: { Environment } }) =>
      Object.entries(Environment?.Variables ?? {}).reduce(
        (sum, [name, value]) => sum + name.length + writtenOut(value as object).length,
        0,
      ),
    );
    // 4 KB in all (Lambda quotas), of which the service of a hub has some more.
    expect(Math.max(...lengths)).toBeLessThanOrEqual(4_096 - 512);
  });

  test('what a region could not deliver is read from home, each minute, and told by an alarm of the home region', () => {
    const name = propertiesIn(asia.findResources('AWS::SQS::Queue'))['QueueName'] ?? '';
    const input = JSON.stringify(homeTemplate.findResources('AWS::Scheduler::Schedule'));
    expect(input).toContain(String.raw`{\"undelivered\":[{\"region\":\"ap-south-1\",\"url\":\"https://sqs.ap-south-1.`);
    expect(input).toContain(`/${ACCOUNT}/${name}`);
    const statements = JSON.stringify(homeTemplate.findResources('AWS::IAM::Policy'));
    expect(statements).toContain(`:sqs:ap-south-1:${ACCOUNT}:${name}`);
    homeTemplate.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmDescription: Match.stringLikeRegexp('runbook.md#feed-undelivered'),
    });
  });

  test('an account of one region has no bus, and its tick is told of no such queue', () => {
    const alone = Template.fromStack(stacksOf('feeds: []').home);
    alone.resourceCountIs('AWS::Events::EventBus', 0);
    expect(JSON.stringify(alone.toJSON())).toContain(String.raw`{\"undelivered\":[]}`);
  });

  test('where the regions are not known, that is said', () => {
    const said = (settings: string): boolean =>
      JSON.stringify(stacksOf(settings).app.synth().getStackByName('Plumbline').messages).includes(
        'which regions are enabled is not known here',
      );
    expect([said(''), said('feeds: []'), said('regions: [eu-west-1]')]).toEqual([true, false, false]);
  });

  test(
    'cdk-nag has nothing against it that is not acknowledged, and cfn-lint nothing at all',
    () => {
      expect(nagFindings(stacksOf().app)).toEqual([]);
      expect(cfnLintSays(asia, virginia, homeTemplate)).toBe('');
    },
    PATIENCE,
  );
});
