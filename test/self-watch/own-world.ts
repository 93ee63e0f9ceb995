import type { AwsReads } from '#kinds/kind.ts';
import { createReads } from '#aws/reads.ts';
import type { Clients } from '#aws/clients.ts';
import { PART_SORTS, type NamedPart, type OwnParts, type PartSort } from '#core/own-parts.ts';

export const ACCOUNT = '111122223333';
export const REGION = 'us-east-1';
const DEPLOYER = 'cdk-exec-role';
/** A region that tells the home region of what it hears, with an execution role of its own. */
const FURTHER = 'eu-west-1';

interface FunctionState {
  code: string;
  concurrency?: number;
  sources: { queue: string; State: string; FilterCriteria?: object; FunctionResponseTypes?: string[] }[];
  variables: Record<string, string>;
  layers?: string[];
}
interface Subscription {
  Protocol: string;
  Endpoint: string;
  FilterPolicy?: string;
  isPending?: boolean;
}
interface ScheduleState {
  State: string;
  StartDate?: Date;
  Target?: { Input: string };
}
interface AlarmState {
  AlarmName: string;
  ActionsEnabled: boolean;
  AlarmActions: string[];
  Threshold: number;
  Namespace: string;
  MetricName: string;
  Period: number;
}
interface TrailState {
  arn: string;
  isLogging: boolean;
  selectors: object;
}

/** What a deployment calls with, and the role that it calls by. */
type Deployed = Readonly<Record<string, string>>;

/** A deployed service as AWS would answer for it: a small world of its own, that a test changes as somebody might. */
export class OwnWorld {
  time = Date.parse('2026-03-02T08:00:00.000Z');
  readonly functions: Record<string, FunctionState> = {
    'on-look': {
      code: 'a',
      variables: { PLUMBLINE_TABLE: 'ledger' },
      sources: [
        { queue: 'changes', State: 'Enabled', FunctionResponseTypes: ['ReportBatchItemFailures'] },
        { queue: 'sweeps', State: 'Enabled', FunctionResponseTypes: ['ReportBatchItemFailures'] },
      ],
    },
    'on-tick': {
      code: 'b',
      variables: { PLUMBLINE_HUB_TELL: 'here' },
      sources: [{ queue: 'nudges', State: 'Enabled' }],
    },
    'on-self': { code: 'c', variables: {}, sources: [{ queue: 'own', State: 'Enabled' }] },
  };
  readonly roles: Record<string, { trust: string; policies: Record<string, string> }> = Object.fromEntries(
    ['on-look', 'on-tick', 'on-self'].map((name) => [
      name,
      {
        trust: this.policy({
          Effect: 'Allow',
          Principal: { Service: 'lambda.amazonaws.com' },
          Action: 'sts:AssumeRole',
        }),
        policies: { DefaultPolicy: this.policy({ Effect: 'Allow', Action: 's3:GetBucketPolicy', Resource: '*' }) },
      },
    ]),
  );
  readonly queues: Record<string, Record<string, string>> = Object.fromEntries(
    ['changes', 'own', 'changes-dead-letters'].map((name) => [
      name,
      { MessageRetentionPeriod: '1209600', VisibilityTimeout: '190', ApproximateNumberOfMessages: '3' },
    ]),
  );
  readonly topics: Record<string, { Policy: string; subscriptions: Subscription[] }> = Object.fromEntries(
    ['alerts', 'self-watch'].map((name) => [
      name,
      {
        Policy: this.policy({
          Effect: 'Deny',
          Principal: '*',
          Action: 'sns:Publish',
          Resource: '*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
        subscriptions: [
          { Protocol: 'email', Endpoint: 'oncall@example.com' },
          { Protocol: 'https', Endpoint: 'https://pager.example.com/in' },
        ],
      },
    ]),
  );
  readonly table: { TableStatus: string } = { TableStatus: 'ACTIVE' };
  readonly keys: Record<string, { state: string }> = {
    alerts: { state: 'Enabled' },
    'self-watch': { state: 'Enabled' },
  };
  readonly rules: Record<string, { State: string; EventPattern: string; Targets: object[] }> = {
    s3: { State: 'ENABLED', EventPattern: '{"source":["aws.s3"]}', Targets: [{ Id: 'Target0', Arn: 'arn:aws:sqs:q' }] },
    wafv2: {
      State: 'DISABLED',
      EventPattern: '{"source":["aws.wafv2"]}',
      Targets: [{ Id: 'Target0', Arn: 'arn:aws:sqs:q' }],
    },
    'own-events': {
      State: 'ENABLED',
      EventPattern: '{"source":["aws.events"]}',
      Targets: [{ Id: 'Target0', Arn: 'arn:aws:sqs:own' }],
    },
    'feed-s3': {
      State: 'ENABLED',
      EventPattern: '{"source":["aws.s3"]}',
      Targets: [{ Id: 'Target0', Arn: 'arn:aws:events:bus' }],
    },
    'feed-events': {
      State: 'ENABLED',
      EventPattern: '{"source":["aws.events"]}',
      Targets: [{ Id: 'Target0', Arn: 'arn:aws:events:bus' }],
    },
    'further-s3': {
      State: 'ENABLED',
      EventPattern: '{"source":["aws.s3"]}',
      Targets: [{ Id: 'Target0', Arn: 'arn:aws:sqs:q' }],
    },
  };
  readonly buses: Record<string, { Policy?: string }> = { 'further-regions': {} };
  readonly schedules: Record<string, ScheduleState> = {
    tick: { State: 'ENABLED' },
    sweep: { State: 'ENABLED' },
    look: { State: 'ENABLED', Target: { Input: '{"parts":{"rule":{"s3":"Plumbline-rule-s3-X1"}}}' } },
  };
  readonly alarms: AlarmState[] = ['Heartbeat', 'DeadLetters'].map((name) => ({
    AlarmName: `Plumbline-${name}`,
    ActionsEnabled: true,
    AlarmActions: ['arn:aws:sns:t'],
    Threshold: 1,
    Namespace: 'Plumbline',
    MetricName: name,
    Period: 300,
  }));
  readonly trails: TrailState[] = [trailOf('main')];
  #gone = new Set<string>();
  #refused = new Set<string>();
  #updatedAt: string | undefined;
  #deployed: object[] = [];
  #events = 0;

  get parts(): OwnParts {
    const labels: Record<PartSort, readonly string[]> = {
      function: Object.keys(this.functions),
      role: Object.keys(this.roles),
      queue: Object.keys(this.queues),
      topic: Object.keys(this.topics),
      table: ['ledger'],
      key: Object.keys(this.keys),
      rule: Object.keys(this.rules),
      bus: Object.keys(this.buses),
      schedule: Object.keys(this.schedules),
    };
    return {
      named: PART_SORTS.flatMap((sort) => labels[sort].map((label) => this.#part(sort, label))),
      alarmPrefix: 'Plumbline-',
      regions: [REGION],
      stacks: [
        { region: REGION, name: 'Plumbline', deployer: DEPLOYER },
        { region: FURTHER, name: 'PlumblineFeed', deployer: `${DEPLOYER}-${FURTHER}` },
      ],
    };
  }

  #part(sort: PartSort, label: string): NamedPart {
    const name = this.name(sort, label);
    if (label.startsWith('feed-')) return { sort, label, name, region: FURTHER };
    return { sort, label, name: label === 'further-s3' ? `${this.name('bus', 'further-regions')}/${name}` : name };
  }

  /** What AWS calls a part. */
  name(sort: PartSort, label: string): string {
    return `Plumbline-${sort}-${label}-X1`;
  }

  function = (label: string): FunctionState => there(this.functions[label]);
  role = (label: string) => there(this.roles[label]);
  queue = (label: string) => there(this.queues[label]);
  topic = (label: string) => there(this.topics[label]);
  key = (label: string) => there(this.keys[label]);
  rule = (label: string) => there(this.rules[label]);
  bus = (label: string) => there(this.buses[label]);
  schedule = (label: string) => there(this.schedules[label]);
  get trail(): TrailState {
    return there(this.trails[0]);
  }

  remove(sort: PartSort, label: string): void {
    this.#gone.add(this.name(sort, label));
  }

  addTrail(): void {
    this.trails.push(trailOf('other'));
  }

  refuses(operation: string): void {
    this.#refused.add(operation);
  }

  answersAgain(): void {
    this.#refused.clear();
  }

  policy(statement: object): string {
    return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  }

  /** CloudFormation says that the stack was updated now. */
  stackUpdated(): void {
    this.#updatedAt = new Date(this.time).toISOString();
  }

  get updatedAt(): string | undefined {
    return this.#updatedAt;
  }

  /** Somebody's call, as CloudTrail tells of it. */
  event(service: string, eventName: string, requestParameters: object): object {
    return this.#envelope(service, eventName, { requestParameters, role: 'Admin', sourceIPAddress: '203.0.113.7' });
  }

  /** CloudFormation's call under a role that deploys another stack. */
  foreignDeployment(service: string, eventName: string, requestParameters: object): object {
    const sourceIPAddress = 'cloudformation.amazonaws.com';
    return this.#envelope(service, eventName, { requestParameters, role: 'other-exec-role', sourceIPAddress });
  }

  /** A call of CloudFormation under the role that deploys the stack, or under that of a further region. */
  deployment(service: string, eventName: string, { by: role = DEPLOYER, ...requestParameters }: Deployed): object {
    return this.#envelope(service, eventName, {
      requestParameters,
      role,
      sourceIPAddress: 'cloudformation.amazonaws.com',
    });
  }

  /** Further calls of the same deployment. */
  deploys(calls: readonly (readonly [service: string, name: string, parameters: Deployed])[]): void {
    this.#deployed = calls.map(([service, name, parameters]) => this.deployment(service, name, parameters));
  }

  /** The calls of a deployment that were told of beside the one that the row returns. */
  takeDeployed(): readonly object[] {
    return this.#deployed.splice(0);
  }

  #envelope(
    service: string,
    eventName: string,
    call: { requestParameters: object; role: string; sourceIPAddress: string },
  ) {
    const { requestParameters, role, sourceIPAddress } = call;
    return {
      'detail-type': 'AWS API Call via CloudTrail',
      source: `aws.${service}`,
      detail: {
        eventVersion: '1.11',
        eventID: `event-${(this.#events += 1)}`,
        eventName,
        eventSource: `${service}.amazonaws.com`,
        eventTime: new Date(this.time).toISOString(),
        awsRegion: REGION,
        recipientAccountId: ACCOUNT,
        sourceIPAddress,
        requestParameters,
        userIdentity: {
          type: 'AssumedRole',
          arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/session`,
          principalId: 'AROA:session',
          sessionContext: { sessionIssuer: { userName: role } },
        },
      },
    };
  }

  /** Reads as the service makes them: real commands, answered by this world. */
  get aws(): AwsReads {
    const clients: Clients = { for: () => ({ send: async (command: object) => this.#answer(command) }) as never };
    return createReads({ account: ACCOUNT, clients, concurrency: 8, now: () => new Date(this.time) });
  }

  #answer(command: object): object {
    const operation = command.constructor.name.replace(/Command$/, '');
    const input = Reflect.get(command, 'input') as Record<string, string>;
    if (this.#refused.has(operation)) throw refusal('AccessDeniedException', 403);
    const answer = ANSWERS[operation];
    if (answer === undefined) throw new Error(`the world knows no ${operation}`);
    if (Object.values(input).some((value) => typeof value === 'string' && this.#gone.has(value)))
      throw refusal(notFoundBy(operation), 404);
    return answer(this, input);
  }

  /** What is on a bus is gone with it. */
  onBus<T>(bus: string | undefined, found: T): T {
    if (bus !== undefined) this.labelled('bus', this.buses, bus);
    return found;
  }

  /** The part of a sort that a name is of. */
  labelled<T>(sort: PartSort, parts: Readonly<Record<string, T>>, name: string | undefined): T {
    const found = Object.entries(parts).find(([label]) => name?.endsWith(this.name(sort, label)) === true);
    if (found === undefined) throw refusal('ResourceNotFoundException', 404);
    return found[1];
  }
}

type Answer = (world: OwnWorld, input: Record<string, string>) => object;

const ANSWERS: Readonly<Record<string, Answer>> = {
  GetFunctionConfiguration: (w, { FunctionName }) => {
    const { code, variables, layers = [] } = w.labelled('function', w.functions, FunctionName);
    return {
      CodeSha256: code,
      Role: 'arn:aws:iam::role',
      Environment: { Variables: variables },
      Layers: layers.map((Arn) => ({ Arn })),
    };
  },
  GetFunctionConcurrency: (w, { FunctionName }) => ({
    ReservedConcurrentExecutions: w.labelled('function', w.functions, FunctionName).concurrency,
  }),
  ListEventSourceMappings: (w, { FunctionName }) => ({
    EventSourceMappings: w.labelled('function', w.functions, FunctionName).sources.map(({ queue, ...mapping }) => ({
      EventSourceArn: `arn:aws:sqs:us-east-1:${ACCOUNT}:${queue}`,
      ...mapping,
    })),
  }),
  GetPolicy: () => {
    throw refusal('ResourceNotFoundException', 404);
  },
  GetRole: (w, { RoleName }) => ({
    Role: { AssumeRolePolicyDocument: encodeURIComponent(w.labelled('role', w.roles, RoleName).trust) },
  }),
  ListRolePolicies: (w, { RoleName }) => ({ PolicyNames: Object.keys(w.labelled('role', w.roles, RoleName).policies) }),
  GetRolePolicy: (w, { RoleName, PolicyName = '' }) => ({
    PolicyDocument: encodeURIComponent(w.labelled('role', w.roles, RoleName).policies[PolicyName] ?? ''),
  }),
  ListAttachedRolePolicies: () => ({ AttachedPolicies: [] }),
  GetQueueUrl: (w, { QueueName = '' }) => {
    w.labelled('queue', w.queues, QueueName);
    return { QueueUrl: QueueName };
  },
  GetQueueAttributes: (w, { QueueUrl }) => ({ Attributes: w.labelled('queue', w.queues, QueueUrl) }),
  GetTopicAttributes: (w, { TopicArn }) => ({
    Attributes: { Policy: w.labelled('topic', w.topics, TopicArn).Policy, KmsMasterKeyId: 'k' },
  }),
  ListSubscriptionsByTopic: (w, { TopicArn }) => ({
    Subscriptions: w.labelled('topic', w.topics, TopicArn).subscriptions.map(({ isPending, ...one }) => ({
      ...one,
      SubscriptionArn: isPending === true ? 'PendingConfirmation' : `arn:aws:sns:sub ${TopicArn ?? ''} ${one.Endpoint}`,
    })),
  }),
  GetSubscriptionAttributes: (w, { SubscriptionArn = '' }) => {
    const [, topic, endpoint] = SubscriptionArn.split(' ');
    const one = w.labelled('topic', w.topics, topic).subscriptions.find(({ Endpoint }) => Endpoint === endpoint);
    return { Attributes: one?.FilterPolicy === undefined ? {} : { FilterPolicy: one.FilterPolicy } };
  },
  DescribeTable: (w) => ({ Table: w.table }),
  DescribeKey: (w, { KeyId }) => ({ KeyMetadata: { KeyState: w.labelled('key', w.keys, KeyId).state } }),
  GetKeyPolicy: (w) => ({ Policy: w.policy({ Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' }) }),
  DescribeRule: (w, { Name, EventBusName }) => w.onBus(EventBusName, w.labelled('rule', w.rules, Name)),
  DescribeEventBus: (w, { Name }) => w.labelled('bus', w.buses, Name),
  ListTargetsByRule: (w, { Rule }) => ({ Targets: w.labelled('rule', w.rules, Rule).Targets }),
  GetSchedule: (w, { Name }) => w.labelled('schedule', w.schedules, Name),
  DescribeAlarms: (w) => ({ MetricAlarms: w.alarms }),
  DescribeTrails: (w) => ({
    trailList: w.trails.map(({ arn }) => ({ TrailARN: arn, HomeRegion: REGION, IsMultiRegionTrail: true })),
  }),
  GetTrailStatus: (w, { Name }) => ({ IsLogging: w.trails.find(({ arn }) => arn === Name)?.isLogging }),
  GetEventSelectors: (w, { TrailName }) => w.trails.find(({ arn }) => arn === TrailName)?.selectors ?? {},
};

function trailOf(name: string): TrailState {
  return {
    arn: `arn:aws:cloudtrail:us-east-1:${ACCOUNT}:trail/${name}`,
    isLogging: true,
    selectors: { EventSelectors: [{ IncludeManagementEvents: true, ReadWriteType: 'All' }] },
  };
}

function refusal(name: string, httpStatusCode: number): Error {
  return Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });
}

function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the world has no such part');
  return value;
}

/** Each service has its own word for what is not there. */
function notFoundBy(operation: string): string {
  if (operation.includes('Role')) return 'NoSuchEntityException';
  if (operation.includes('Queue')) return 'QueueDoesNotExist';
  return /Topic|Subscription|Key/.test(operation) ? 'NotFoundException' : 'ResourceNotFoundException';
}
