import type { OwnWorld } from './own-world.ts';

/** One row: what happens to the service itself, and what is told of it through the second topic, as `status severity: part`. */
export interface WayCase {
  readonly case: string;
  /** What the expectation rests on. */
  readonly fact: string;
  /** Changes the world; returns the CloudTrail event of it, if one comes. */
  readonly happens: (world: OwnWorld) => object | undefined;
  readonly told: readonly string[];
  /** A sentence that the alert has. */
  readonly says?: string;
}

/** The twelve ways of issue 5, and further ones. Written before the code that makes them so. */
export const WAYS: readonly WayCase[] = [
  {
    case: 'a rule is turned off',
    fact: 'aws-facts §4.1, self-protection: DisableRule',
    happens: (w) => {
      w.rule('s3').State = 'DISABLED';
      return w.event('events', 'DisableRule', { name: w.name('rule', 's3') });
    },
    told: ['opened critical: rule:s3'],
    says: 'The rule is off: what it brings is no longer heard of, and found by sweeps alone.',
  },
  {
    case: 'a rule is deleted',
    fact: 'aws-facts §4.1: DeleteRule',
    happens: (w) => {
      w.remove('rule', 's3');
      return w.event('events', 'DeleteRule', { name: w.name('rule', 's3') });
    },
    told: ['opened critical: rule:s3'],
    says: 'It is gone.',
  },
  {
    case: 'the target of a rule is removed',
    fact: 'aws-facts §4.1: RemoveTargets',
    happens: (w) => {
      w.rule('s3').Targets = [];
      return w.event('events', 'RemoveTargets', { rule: w.name('rule', 's3'), ids: ['Target0'] });
    },
    told: ['opened critical: rule:s3'],
    says: 'The rule has no target: what it brings reaches nobody.',
  },
  {
    case: 'a subscription is gone',
    fact: 'aws-facts §8: anyone on a list can unsubscribe all of it',
    happens: (w) => {
      w.topic('alerts').subscriptions.shift();
      return undefined;
    },
    told: ['opened critical: topic:alerts'],
    says: 'email oncall@example.com is no longer told.',
  },
  {
    case: 'what a subscriber wants to hear is narrowed',
    fact: 'aws-facts §8: filter policies; SetSubscriptionAttributes',
    happens: (w) => {
      const [first] = w.topic('alerts').subscriptions;
      if (first) first.FilterPolicy = '{"severity":["nothing"]}';
      return undefined;
    },
    told: ['opened critical: topic:alerts'],
    says: 'email oncall@example.com is no longer told.',
  },
  {
    case: 'the policy of a topic is changed',
    fact: 'issue 5, way 4; aws-facts §8: a topic that may not be published to drops silently',
    happens: (w) => {
      w.topic('alerts').Policy = w.policy({ Effect: 'Deny', Principal: '*', Action: 'sns:Publish', Resource: '*' });
      return w.event('sns', 'SetTopicAttributes', {
        topicArn: `arn:aws:sns:us-east-1:111122223333:${w.name('topic', 'alerts')}`,
        attributeName: 'Policy',
      });
    },
    told: ['opened critical: topic:alerts'],
    says: 'Who may use it was changed.',
  },
  {
    case: 'a queue is purged: nothing shows it but the event',
    fact: 'issue 5, way 5: PurgeQueue leaves no setting behind',
    happens: (w) =>
      w.event('sqs', 'PurgeQueue', { queueUrl: `https://sqs/111122223333/${w.name('queue', 'changes')}` }),
    told: ['opened critical: queue:changes', 'recovered critical: queue:changes'],
    says: 'What waited in it was thrown away, unseen. A sweep was asked for, which reads everything again.',
  },
  {
    case: 'a queue forgets after a minute',
    fact: 'aws-facts §4.1: SetQueueAttributes',
    happens: (w) => {
      w.queue('changes').MessageRetentionPeriod = '60';
      return w.event('sqs', 'SetQueueAttributes', {
        queueUrl: `https://sqs/111122223333/${w.name('queue', 'changes')}`,
      });
    },
    told: ['opened critical: queue:changes'],
  },
  {
    case: 'the trail is stopped',
    fact: 'aws-facts §4.5: CloudTrail events need a trail that is logging',
    happens: (w) => {
      w.trail.isLogging = false;
      return w.event('cloudtrail', 'StopLogging', { name: w.trail.arn });
    },
    told: ['opened critical: trails'],
    says: 'No trail logs the writes of this region any more: no event comes, and changes are found by sweeps alone.',
  },
  {
    case: 'the selector of the trail is narrowed to reads',
    fact: 'aws-facts §4.5; §5.3',
    happens: (w) => {
      w.trail.selectors = { EventSelectors: [{ IncludeManagementEvents: true, ReadWriteType: 'ReadOnly' }] };
      return w.event('cloudtrail', 'PutEventSelectors', { trailName: w.trail.arn });
    },
    told: ['opened critical: trails'],
  },
  {
    case: 'the selector of the trail leaves S3 out',
    fact: 'aws-facts §4.5: the trail must select them',
    happens: (w) => {
      w.trail.selectors = {
        AdvancedEventSelectors: [
          {
            FieldSelectors: [
              { Field: 'eventCategory', Equals: ['Management'] },
              { Field: 'eventSource', NotEquals: ['s3.amazonaws.com'] },
            ],
          },
        ],
      };
      return w.event('cloudtrail', 'PutEventSelectors', { trailName: w.trail.arn });
    },
    told: ['opened critical: trails'],
  },
  {
    case: 'the trail is stopped, and another one still logs',
    fact: 'aws-facts §4.5: any trail that logs is enough',
    happens: (w) => {
      w.addTrail();
      w.trail.isLogging = false;
      return w.event('cloudtrail', 'StopLogging', { name: w.trail.arn });
    },
    told: [],
  },
  {
    case: 'a role gets a policy that denies',
    fact: 'issue 5, way 8; aws-facts §4.1: PutRolePolicy',
    happens: (w) => {
      w.role('on-tick').policies['Quiet'] = w.policy({ Effect: 'Deny', Action: 'sns:*', Resource: '*' });
      return w.event('iam', 'PutRolePolicy', { roleName: w.name('role', 'on-tick'), policyName: 'Quiet' });
    },
    told: ['opened critical: role:on-tick'],
    says: 'What it may do was changed outside of a deployment: it may fail to do its work, or do what it must not.',
  },
  {
    case: 'nobody may assume a role any more',
    fact: 'aws-facts §4.1: UpdateAssumeRolePolicy',
    happens: (w) => {
      w.role('on-look').trust = w.policy({ Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole' });
      return w.event('iam', 'UpdateAssumeRolePolicy', { roleName: w.name('role', 'on-look') });
    },
    told: ['opened critical: role:on-look'],
  },
  {
    case: 'a function may not run',
    fact: 'issue 5, way 9: a reserved concurrency of 0',
    happens: (w) => {
      w.function('on-look').concurrency = 0;
      return w.event('lambda', 'PutFunctionConcurrency20171031', { functionName: w.name('function', 'on-look') });
    },
    told: ['opened critical: function:on-look'],
    says: 'The function may not run: its reserved concurrency is 0.',
  },
  {
    case: 'nothing is taken from a queue any more',
    fact: 'issue 5, way 9: UpdateEventSourceMapping',
    happens: (w) => {
      w.function('on-look').sources = [{ queue: 'changes', State: 'Disabled' }];
      return w.event('lambda', 'UpdateEventSourceMapping20150331', {
        functionName: `arn:aws:lambda:us-east-1:111122223333:function:${w.name('function', 'on-look')}`,
      });
    },
    told: ['opened critical: function:on-look'],
    says: 'It takes nothing from the queue any more.',
  },
  {
    case: 'the code of a function is replaced',
    fact: 'issue 5, way 9: UpdateFunctionCode',
    happens: (w) => {
      w.function('on-tick').code = 'another';
      return w.event('lambda', 'UpdateFunctionCode20150331v2', { functionName: w.name('function', 'on-tick') });
    },
    told: ['opened critical: function:on-tick'],
    says: 'Its code was replaced outside of a deployment.',
  },
  {
    case: 'a schedule is turned off',
    fact: 'issue 5, way 10: UpdateSchedule',
    happens: (w) => {
      w.schedule('sweep').State = 'DISABLED';
      return w.event('scheduler', 'UpdateSchedule', { name: w.name('schedule', 'sweep') });
    },
    told: ['opened critical: schedule:sweep'],
    says: 'The schedule is off: it starts nothing any more.',
  },
  {
    case: 'the table is being deleted, and can still be written',
    fact: 'issue 5, way 11: DeleteTable; once it is gone the missing heartbeat raises the alarm',
    happens: (w) => {
      w.table.TableStatus = 'DELETING';
      return w.event('dynamodb', 'DeleteTable', { tableName: w.name('table', 'ledger') });
    },
    told: ['opened critical: table:ledger'],
    says: 'It is being deleted.',
  },
  {
    case: 'the key of the alerts is disabled',
    fact: 'aws-facts §8: a topic whose key cannot be used drops silently',
    happens: (w) => {
      w.key('alerts').state = 'Disabled';
      return w.event('kms', 'DisableKey', { keyId: w.name('key', 'alerts') });
    },
    told: ['opened critical: key:alerts'],
    says: 'The key cannot be used: what is published to its topic is lost.',
  },
  {
    case: 'the key of the alerts is to be deleted',
    fact: 'aws-facts §8',
    happens: (w) => {
      w.key('alerts').state = 'PendingDeletion';
      return w.event('kms', 'ScheduleKeyDeletion', { keyId: w.name('key', 'alerts') });
    },
    told: ['opened critical: key:alerts'],
  },
  {
    case: 'the alarms act no more',
    fact: 'DisableAlarmActions silences the missing heartbeat',
    happens: (w) => {
      for (const alarm of w.alarms) alarm.ActionsEnabled = false;
      return w.event('monitoring', 'DisableAlarmActions', { alarmNames: w.alarms.map(({ AlarmName }) => AlarmName) });
    },
    told: ['opened critical: alarms'],
    says: 'An alarm on the service acts no more.',
  },
  {
    case: 'a function takes from a queue only what matches nothing: Lambda deletes the rest, unseen',
    fact: 'Lambda, event filtering: of an SQS queue, what does not satisfy the filter is removed from it automatically',
    happens: (w) => {
      for (const source of w.function('on-look').sources)
        source.FilterCriteria = { Filters: [{ Pattern: '{"body":{"never":[true]}}' }] };
      return w.event('lambda', 'UpdateEventSourceMapping20150331', {
        functionName: `arn:aws:lambda:us-east-1:111122223333:function:${w.name('function', 'on-look')}`,
      });
    },
    told: ['opened critical: function:on-look'],
    says: 'It takes only some of the messages of a queue: Lambda throws the others away, unseen.',
  },
  {
    case: 'a batch counts as done whatever of it failed',
    fact: 'Lambda, SQS error handling: without ReportBatchItemFailures a response that names failed messages deletes them',
    happens: (w) => {
      for (const source of w.function('on-look').sources) source.FunctionResponseTypes = [];
      return undefined;
    },
    told: ['opened critical: function:on-look'],
    says: 'What of a batch it could not work on is deleted, and not tried again.',
  },
  {
    case: 'a function is told to leave the mailing to the hub',
    fact: 'UpdateFunctionConfiguration: what a function is told by its environment decides where it writes and what it tells',
    happens: (w) => {
      w.function('on-tick').variables['PLUMBLINE_HUB_TELL'] = 'hub';
      return w.event('lambda', 'UpdateFunctionConfiguration20150331v2', {
        functionName: w.name('function', 'on-tick'),
      });
    },
    told: ['opened critical: function:on-tick'],
    says: 'What its environment tells it was changed outside of a deployment: it may write, look or tell elsewhere.',
  },
  {
    case: 'an endpoint of somebody’s is put under the SDK of a function',
    fact: 'AWS_ENDPOINT_URL_SNS moves all calls of a service: a publish that is answered there reaches nobody',
    happens: (w) => {
      w.function('on-tick').variables['AWS_ENDPOINT_URL_SNS'] = 'https://sns.example.com';
      return undefined;
    },
    told: ['opened critical: function:on-tick'],
  },
  {
    case: 'a layer is put under a function',
    fact: 'Lambda layers and extensions run beside the code and before it',
    happens: (w) => {
      w.function('on-look').layers = ['arn:aws:lambda:us-east-1:444455556666:layer:quiet:1'];
      return undefined;
    },
    told: ['opened critical: function:on-look'],
    says: 'Other code runs with it, or in place of it, and no deployment put it there.',
  },
  {
    case: 'a schedule begins only in years',
    fact: 'EventBridge Scheduler, UpdateSchedule: StartDate; the schedule stays ENABLED',
    happens: (w) => {
      w.schedule('sweep').StartDate = new Date('2099-01-01T00:00:00Z');
      return w.event('scheduler', 'UpdateSchedule', { name: w.name('schedule', 'sweep') });
    },
    told: ['opened critical: schedule:sweep'],
  },
  {
    case: 'the watch is told of fewer parts',
    fact: 'docs/decisions/0025: what the service is made of stands in the input of the schedule that starts the watch',
    happens: (w) => {
      w.schedule('look').Target = { Input: '{"parts":{}}' };
      return w.event('scheduler', 'UpdateSchedule', { name: w.name('schedule', 'look') });
    },
    told: ['opened critical: schedule:look'],
    says: 'It brings something else to what it starts.',
  },
  {
    case: 'an alarm watches another metric',
    fact: 'PutMetricAlarm: the alarm of this name, its actions and its threshold stay, and it never rings',
    happens: (w) => {
      for (const alarm of w.alarms) alarm.MetricName = 'AlwaysFine';
      return w.event('monitoring', 'PutMetricAlarm', { alarmName: w.alarms[0]?.AlarmName });
    },
    told: ['opened critical: alarms'],
    says: 'An alarm on the service was changed outside of a deployment: it may ring later, or never.',
  },
  {
    case: 'an alarm is deleted',
    fact: 'DeleteAlarms',
    happens: (w) => {
      w.alarms.pop();
      return undefined;
    },
    told: ['opened critical: alarms'],
    says: 'An alarm on the service is gone.',
  },
  {
    case: 'the event of it is lost',
    fact: 'aws-facts §4.5: best effort; everything of the service is read every few minutes',
    happens: (w) => {
      w.rule('s3').State = 'DISABLED';
      return undefined;
    },
    told: ['opened critical: rule:s3'],
  },

  // What silences nothing.
  {
    case: 'one more is told',
    fact: 'more is heard, not less',
    happens: (w) => {
      w.topic('alerts').subscriptions.push({ Protocol: 'email', Endpoint: 'new@example.com' });
      return w.event('sns', 'Subscribe', { topicArn: `…:${w.name('topic', 'alerts')}` });
    },
    told: [],
  },
  {
    case: 'a subscription waits to be confirmed: nobody is told by it yet, and none less than before',
    fact: 'aws-facts §8: email must be confirmed',
    happens: (w) => {
      w.topic('alerts').subscriptions.push({ Protocol: 'email', Endpoint: 'new@example.com', isPending: true });
      return undefined;
    },
    told: [],
  },
  {
    case: 'a deployment changes code, roles and rules',
    fact: 'issue 5: deployments by the stack’s own execution role are expected',
    happens: (w) => {
      w.function('on-tick').code = 'next';
      w.role('on-tick').policies['DefaultPolicy'] = w.policy({
        Effect: 'Allow',
        Action: 's3:GetObject',
        Resource: '*',
      });
      w.rule('s3').EventPattern = '{"source":["aws.s3"],"detail":{"eventName":["More"]}}';
      w.deploys([
        ['lambda', 'UpdateFunctionCode20150331v2', { functionName: w.name('function', 'on-tick') }],
        ['iam', 'PutRolePolicy', { roleName: w.name('role', 'on-tick') }],
      ]);
      return w.deployment('events', 'PutRule', { name: w.name('rule', 's3') });
    },
    told: [],
  },
  {
    case: 'the events of a deployment are lost, and the stack says when it was updated',
    fact: 'issue 5: a deployment of our own raises none',
    happens: (w) => {
      w.function('on-tick').code = 'next';
      w.stackUpdated();
      return undefined;
    },
    told: [],
  },
  {
    case: 'a deployment that turns a rule off is told all the same',
    fact: 'a deployment explains a change, and makes no silence sound',
    happens: (w) => {
      w.rule('s3').State = 'DISABLED';
      return w.deployment('events', 'DisableRule', { name: w.name('rule', 's3') });
    },
    told: ['opened critical: rule:s3'],
  },
  {
    case: 'somebody changes code through another stack’s role',
    fact: 'only the stack’s own execution role, and only through CloudFormation, is a deployment of it',
    happens: (w) => {
      w.function('on-tick').code = 'another';
      return w.foreignDeployment('lambda', 'UpdateFunctionCode20150331v2', {
        functionName: w.name('function', 'on-tick'),
      });
    },
    told: ['opened critical: function:on-tick'],
  },
  {
    case: 'a rule of a further region is turned off',
    fact: 'issue 5, feed stack: what a further region tells comes by rules there; aws-facts §4.1: DisableRule',
    happens: (w) => {
      w.rule('feed-s3').State = 'DISABLED';
      return w.event('events', 'DisableRule', { name: w.name('rule', 'feed-s3') });
    },
    told: ['opened critical: rule:feed-s3'],
    says: 'The rule is off: what it brings is no longer heard of, and found by sweeps alone.',
  },
  {
    case: 'a rule on the bus of further regions loses its target',
    fact: 'docs/decisions/0023: events of further regions come over a bus of our own; its rules are named with their bus',
    happens: (w) => {
      w.rule('further-s3').Targets = [];
      return w.event('events', 'RemoveTargets', {
        rule: w.name('rule', 'further-s3'),
        eventBusName: w.name('bus', 'further-regions'),
        ids: ['Target0'],
      });
    },
    told: ['opened critical: rule:further-s3'],
    says: 'The rule has no target: what it brings reaches nobody.',
  },
  {
    case: 'the bus of further regions is deleted',
    fact: 'docs/decisions/0023; EventBridge DeleteEventBus: its rules have to be deleted before, and no event of that came here',
    happens: (w) => {
      w.remove('bus', 'further-regions');
      return w.event('events', 'DeleteEventBus', { name: w.name('bus', 'further-regions') });
    },
    told: ['opened critical: bus:further-regions', 'opened critical: rule:further-s3'],
    says: 'It is gone.',
  },
  {
    case: 'the policy of a bus is changed: members of a hub reach it by that',
    fact: 'docs/decisions/0024: the hub’s bus takes alerts of the organization by its policy',
    happens: (w) => {
      w.bus('further-regions').Policy = w.policy({
        Effect: 'Deny',
        Principal: '*',
        Action: 'events:PutEvents',
        Resource: '*',
      });
      return w.event('events', 'PutPermission', { eventBusName: w.name('bus', 'further-regions') });
    },
    told: ['opened critical: bus:further-regions'],
    says: 'Who may use it was changed.',
  },
  {
    case: 'a deployment of a further region by the role of that region',
    fact: 'each region is bootstrapped with an execution role of its own',
    happens: (w) => {
      w.rule('feed-s3').EventPattern = '{"source":["aws.s3","aws.s3control"]}';
      return w.deployment('events', 'PutRule', { name: w.name('rule', 'feed-s3'), by: 'cdk-exec-role-eu-west-1' });
    },
    told: [],
  },
  {
    case: 'what is not of the service is changed',
    fact: 'rules of others are nobody’s business here',
    happens: (w) => w.event('events', 'DisableRule', { name: 'somebody-elses' }),
    told: [],
  },
  {
    case: 'it may not be read any more: not known is not silenced',
    fact: 'design.md §1.2',
    happens: (w) => {
      w.refuses('DescribeRule');
      return undefined;
    },
    told: [],
  },
  {
    case: 'a rule is turned on that was off when it was first seen',
    fact: 'more is heard, not less',
    happens: (w) => {
      w.rule('wafv2').State = 'ENABLED';
      return w.event('events', 'EnableRule', { name: w.name('rule', 'wafv2') });
    },
    told: [],
  },
];
