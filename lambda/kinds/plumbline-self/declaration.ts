import type { EventDeclaration, KindDeclaration } from '#core/declaration.ts';

const from =
  (service: string) =>
  (name: string): EventDeclaration => ({
    name,
    source: `${service}.amazonaws.com`,
    id: 'account',
  });

/** What the service itself is made of, and the trails that it hears through. Facts: aws-facts §4.1 (self-protection), §4.5, §8. */
export const plumblineSelf = {
  id: 'plumbline-self',
  title: 'part of Plumbline',
  why: 'Whoever silences the watch first is not seen afterwards.',
  shape: 1,
  regions: 'each',
  context: [],
  list: { by: 'region', actions: ['cloudwatch:DescribeAlarms', 'cloudtrail:DescribeTrails'] },
  idsAreUnique: 'in-a-region',
  goneWhen: [],
  reads: {
    function: {
      operation: 'GetFunctionConfiguration',
      actions: ['lambda:GetFunctionConfiguration'],
      absentWhen: ['ResourceNotFoundException'],
    },
    concurrency: {
      operation: 'GetFunctionConcurrency',
      actions: ['lambda:GetFunctionConcurrency'],
      absentWhen: ['ResourceNotFoundException'],
    },
    sources: { operation: 'ListEventSourceMappings', actions: ['lambda:ListEventSourceMappings'], absentWhen: [] },
    functionPolicy: {
      operation: 'GetPolicy',
      actions: ['lambda:GetPolicy'],
      absentWhen: ['ResourceNotFoundException'],
    },
    role: { operation: 'GetRole', actions: ['iam:GetRole'], absentWhen: ['NoSuchEntity', 'NoSuchEntityException'] },
    rolePolicies: {
      operation: 'ListRolePolicies',
      actions: ['iam:ListRolePolicies'],
      absentWhen: ['NoSuchEntity', 'NoSuchEntityException'],
    },
    rolePolicy: {
      operation: 'GetRolePolicy',
      actions: ['iam:GetRolePolicy'],
      absentWhen: ['NoSuchEntity', 'NoSuchEntityException'],
    },
    attachedPolicies: {
      operation: 'ListAttachedRolePolicies',
      actions: ['iam:ListAttachedRolePolicies'],
      absentWhen: ['NoSuchEntity', 'NoSuchEntityException'],
    },
    queueUrl: {
      operation: 'GetQueueUrl',
      actions: ['sqs:GetQueueUrl'],
      absentWhen: ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'],
    },
    queue: {
      operation: 'GetQueueAttributes',
      actions: ['sqs:GetQueueAttributes'],
      absentWhen: ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'],
    },
    topic: {
      operation: 'GetTopicAttributes',
      actions: ['sns:GetTopicAttributes'],
      absentWhen: ['NotFound', 'NotFoundException'],
    },
    subscriptions: {
      operation: 'ListSubscriptionsByTopic',
      actions: ['sns:ListSubscriptionsByTopic'],
      absentWhen: ['NotFound', 'NotFoundException'],
    },
    subscription: {
      operation: 'GetSubscriptionAttributes',
      actions: ['sns:GetSubscriptionAttributes'],
      absentWhen: ['NotFound', 'NotFoundException'],
    },
    table: {
      operation: 'DescribeTable',
      actions: ['dynamodb:DescribeTable'],
      absentWhen: ['ResourceNotFoundException'],
    },
    key: { operation: 'DescribeKey', actions: ['kms:DescribeKey'], absentWhen: ['NotFoundException'] },
    keyPolicy: { operation: 'GetKeyPolicy', actions: ['kms:GetKeyPolicy'], absentWhen: ['NotFoundException'] },
    rule: { operation: 'DescribeRule', actions: ['events:DescribeRule'], absentWhen: ['ResourceNotFoundException'] },
    bus: {
      operation: 'DescribeEventBus',
      actions: ['events:DescribeEventBus'],
      absentWhen: ['ResourceNotFoundException'],
    },
    targets: {
      operation: 'ListTargetsByRule',
      actions: ['events:ListTargetsByRule'],
      absentWhen: ['ResourceNotFoundException'],
    },
    schedule: {
      operation: 'GetSchedule',
      actions: ['scheduler:GetSchedule'],
      absentWhen: ['ResourceNotFoundException'],
    },
    alarms: { operation: 'DescribeAlarms', actions: ['cloudwatch:DescribeAlarms'], absentWhen: [] },
    trails: { operation: 'DescribeTrails', actions: ['cloudtrail:DescribeTrails'], absentWhen: [] },
    trailStatus: { operation: 'GetTrailStatus', actions: ['cloudtrail:GetTrailStatus'], absentWhen: [] },
    selectors: { operation: 'GetEventSelectors', actions: ['cloudtrail:GetEventSelectors'], absentWhen: [] },
  },
  paths: {
    condition: { title: 'what it is set to', form: 'record', since: 1 },
    policy: { title: 'who may use it', form: 'policy', since: 1 },
    permissions: { title: 'what it may do', form: 'record', since: 1 },
    subscribers: { title: 'subscribers', form: 'set', since: 1 },
    purged: { title: 'purged', form: 'value', since: 1 },
  },
  carries: {
    name: { says: 'what AWS calls it' },
    details: { says: 'what else AWS told of it' },
  },
  events: [
    ...[
      'DeleteEventBus',
      'DeleteRule',
      'DisableRule',
      'EnableRule',
      'PutPermission',
      'PutRule',
      'PutTargets',
      'RemovePermission',
      'RemoveTargets',
      'UpdateEventBus',
    ].map(from('events')),
    ...['AddPermission', 'DeleteQueue', 'PurgeQueue', 'RemovePermission', 'SetQueueAttributes'].map(from('sqs')),
    ...[
      'AddPermission',
      'ConfirmSubscription',
      'DeleteTopic',
      'RemovePermission',
      'SetSubscriptionAttributes',
      'SetTopicAttributes',
      'Subscribe',
      'Unsubscribe',
    ].map(from('sns')),
    ...['DeleteTable', 'UpdateTable', 'UpdateTimeToLive', 'PutResourcePolicy', 'DeleteResourcePolicy'].map(
      from('dynamodb'),
    ),
    ...[
      'AddPermission20150331v2',
      'CreateEventSourceMapping20150331',
      'DeleteEventSourceMapping20150331',
      'DeleteFunction20150331',
      'DeleteFunctionConcurrency20171031',
      'PutFunctionConcurrency20171031',
      'RemovePermission20150331v2',
      'UpdateEventSourceMapping20150331',
      'UpdateFunctionCode20150331v2',
      'UpdateFunctionConfiguration20150331v2',
    ].map(from('lambda')),
    ...[
      'AttachRolePolicy',
      'DeleteRole',
      'DeleteRolePermissionsBoundary',
      'DeleteRolePolicy',
      'DetachRolePolicy',
      'PutRolePermissionsBoundary',
      'PutRolePolicy',
      'UpdateAssumeRolePolicy',
    ].map(from('iam')),
    ...['CreateTrail', 'DeleteTrail', 'PutEventSelectors', 'StartLogging', 'StopLogging', 'UpdateTrail'].map(
      from('cloudtrail'),
    ),
    ...['CancelKeyDeletion', 'DisableKey', 'EnableKey', 'PutKeyPolicy', 'ScheduleKeyDeletion'].map(from('kms')),
    ...['DeleteSchedule', 'UpdateSchedule'].map(from('scheduler')),
    ...['DeleteAlarms', 'DisableAlarmActions', 'EnableAlarmActions', 'PutMetricAlarm'].map(from('monitoring')),
  ],
  checks: [
    {
      id: 'plumbline-self-changed',
      title: 'The watch itself was changed',
      actionItems: ['TM-7'],
      paths: ['condition', 'policy', 'permissions', 'subscribers', 'purged', 'exists'],
      remedy: 'Deploy the stack again: it puts back what it is made of. Until then trust no silence.',
    },
  ],
} as const satisfies KindDeclaration;
