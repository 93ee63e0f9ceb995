import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, test } from 'vitest';
import { FeedStack, HubStack, Plumbline, PlumblineReader } from '#lib/index.ts';
import { nagFindings } from './nag.ts';

const PEOPLE = { alerts: [{ email: 'oncall@example.com' }], selfWatch: [{ email: 'platform@example.com' }] };

function inSomebodysStack(): { readonly app: App; readonly stack: Stack } {
  const app = new App();
  const stack = new Stack(app, 'Platform', { env: { account: '111122223333', region: 'eu-west-1' } });
  new Topic(stack, 'Alerts', { enforceSSL: true });
  new Plumbline(stack, 'Plumbline', { settings: { tell: PEOPLE } });
  return { app, stack };
}

describe('in a stack of somebody else', () => {
  const { stack } = inSomebodysStack();
  const template = Template.fromStack(stack);

  test('it stands whole beside what is there', () => {
    template.resourceCountIs('AWS::S3::Bucket', 1);
    template.resourceCountIs('AWS::DynamoDB::Table', 1);
    template.resourceCountIs('AWS::Lambda::Function', 5);
    template.resourceCountIs('AWS::SNS::Topic', 3);
    template.hasResourceProperties('AWS::SNS::Subscription', { Endpoint: 'oncall@example.com' });
  });

  test('its alarms and its dashboard bear its name after the stack’s, so that they are nobody else’s', () => {
    const names = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(
      ({ Properties }) => (Properties as { AlarmName: string }).AlarmName,
    );
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !name.startsWith('Platform-Plumbline-'))).toEqual([]);
    template.hasResourceProperties('AWS::CloudWatch::Dashboard', { DashboardName: 'Platform-Plumbline' });
  });

  test('cdk-nag has nothing against what is ours', () => {
    const { app } = inSomebodysStack();
    expect(nagFindings(app).filter((finding) => !finding.includes('Platform/Alerts/'))).toEqual([]);
  });
});

describe('beside it', () => {
  const HUB = { account: '999988887777', region: 'eu-west-1', organization: 'o-a1b2c3d4e5' };
  const env = { account: HUB.account, region: 'eu-west-1' };

  test('a feed, a hub and a reader, in stacks of the same app', () => {
    const app = new App();
    const watch = new Plumbline(new Stack(app, 'Platform', { env }), 'Plumbline', { settings: { hub: HUB } });
    const feed = new FeedStack(app, 'Feed', { watch, env: { ...env, region: 'us-east-1' } });
    const hub = new HubStack(app, 'Hub', { watch, organization: HUB.organization, env });
    const reader = new PlumblineReader(app, 'Reader', { settings: { hub: HUB } });
    Template.fromStack(feed).hasResourceProperties('AWS::Events::Rule', { Targets: [Match.anyValue()] });
    Template.fromStack(hub).resourceCountIs('AWS::Events::EventBus', 1);
    Template.fromStack(reader).hasResourceProperties('AWS::IAM::Role', { RoleName: 'plumbline-reader' });
  });

  test('a reader for no hub is told in a sentence', () => {
    expect(() => new PlumblineReader(new App(), 'Reader', { settings: {} })).toThrow(
      'a reader reads for a hub, and the settings name none: name it under "hub"',
    );
  });
});

describe('the settings', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-settings-'));
  const file = (text: string): string => {
    const path = join(folder, 'plumbline.yaml');
    writeFileSync(path, text);
    return path;
  };
  const made = (settings: string | object): Stack => {
    const stack = new Stack(new App(), 'Platform');
    new Plumbline(stack, 'Plumbline', { settings });
    return stack;
  };

  test('from a file', () => {
    const stack = made(file('schedule: { sweepEvery: 1 hour }'));
    Template.fromStack(stack).hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'rate(1 hour)' });
  });

  test.each([
    {
      case: 'a file that is not there',
      settings: join(folder, 'none.yaml'),
      says: /^could not read the settings .*none\.yaml \(ENOENT.*\): name a plumbline\.yaml that is there$/,
    },
    {
      case: 'a misspelt key in a file',
      settings: () => file('\ntel: {}'),
      says: /plumbline\.yaml:2: "tel" is no setting; did you mean "tell"\?$/,
    },
    {
      case: 'a misspelt key in an object',
      settings: { tel: {} },
      says: /^settings: "tel" is no setting; did you mean "tell"\?$/,
    },
    {
      case: 'a wrong value in an object',
      settings: { regions: ['useast2'] },
      says: /^settings: "regions\[0\]" must be a region such as us-east-1$/,
    },
  ])('$case is told in a sentence', ({ settings, says }) => {
    expect(() => made(typeof settings === 'function' ? settings() : settings)).toThrow(says);
  });
});
