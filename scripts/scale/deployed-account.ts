import { isJsonObject, textOf, type Json, type JsonObject } from '#core/json.ts';
import { ACCOUNT } from './buckets.ts';
import { HOME_STACK, type Synthesised } from './templates.ts';
import { refusal } from './virtual-account.ts';

/** What a client is sent, as far as it is looked at here. */
export interface OwnCommand {
  readonly constructor: { readonly name: string };
  readonly input: Readonly<Record<string, unknown>>;
}

interface Resource {
  readonly stack: DeployedStack;
  readonly id: string;
  readonly type: string;
  readonly properties: JsonObject;
}

/** Properties by which a template names what it makes. */
const NAMED_BY = ['FunctionName', 'RoleName', 'QueueName', 'TopicName', 'TableName', 'Name', 'AlarmName', 'PolicyName'];

/** One template as if it were deployed: its references are the names and ARNs that AWS would have given. */
class DeployedStack {
  readonly name: string;
  readonly region: string;
  readonly resources = new Map<string, Resource>();
  readonly #exports: ReadonlyMap<string, Json>;
  readonly #imported: (name: string) => Json;

  constructor({ name, region, template }: Synthesised['stacks'][number], imported: (name: string) => Json) {
    this.name = name;
    this.region = region;
    this.#imported = imported;
    const { Resources, Outputs = {} } = template.toJSON() as {
      readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: JsonObject }>>;
      readonly Outputs?: Readonly<
        Record<string, { readonly Value: Json; readonly Export?: { readonly Name: string } }>
      >;
    };
    for (const [id, { Type: type, Properties: properties = {} }] of Object.entries(Resources))
      this.resources.set(id, { stack: this, id, type, properties });
    this.#exports = new Map(Object.values(Outputs).map(({ Value, Export }) => [Export?.Name ?? '', Value]));
  }

  exported(name: string): Json | undefined {
    const value = this.#exports.get(name);
    return value === undefined ? undefined : this.resolve(value);
  }

  /** What AWS calls a resource. */
  nameOf({ id, type, properties }: Resource): string {
    const member = type === 'AWS::Events::EventBus' ? 'Name' : NAMED_BY.find((one) => isText(properties[one]));
    return textOf(properties[member ?? '']) ?? `${this.name}-${id}`;
  }

  /** A value of the template, with its intrinsic functions worked out. */
  resolve(value: Json): Json {
    if (Array.isArray(value)) return (value as readonly Json[]).map((one) => this.resolve(one));
    if (!isJsonObject(value)) return value;
    const [first] = Object.entries(value);
    const [intrinsic, given] = first ?? ['', null];
    switch (intrinsic) {
      case 'Ref':
        return this.#reference(printed(given));
      case 'Fn::GetAtt':
        return this.#attribute(given as unknown as readonly [string, string]);
      case 'Fn::ImportValue':
        return this.#imported(printed(given));
      case 'Fn::Join': {
        const [separator, parts] = given as unknown as readonly [string, readonly Json[]];
        return parts.map((part) => printed(this.resolve(part))).join(separator);
      }
      case 'Fn::Split': {
        const [separator, text] = given as unknown as readonly [string, Json];
        return printed(this.resolve(text)).split(separator);
      }
      case 'Fn::Select': {
        const [index, list] = given as unknown as readonly [number, Json];
        return (this.resolve(list) as readonly Json[])[index] ?? null;
      }
      default:
        return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.resolve(one)]));
    }
  }

  #reference(id: string): string {
    const resource = this.resources.get(id);
    if (resource !== undefined)
      return resource.type === 'AWS::SNS::Topic' ? this.#arnOf(resource) : this.nameOf(resource);
    const pseudo: Readonly<Record<string, string>> = {
      'AWS::AccountId': ACCOUNT,
      'AWS::Partition': 'aws',
      'AWS::Region': this.region,
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackId': `${this.#arn('cloudformation', 'stack')}/${this.name}/0`,
    };
    return pseudo[id] ?? id;
  }

  #attribute([id, attribute]: readonly [string, string]): string {
    const resource = this.resources.get(id);
    if (resource === undefined) throw new Error(`${this.name} has no resource ${id}`);
    return attribute.endsWith('Arn') ? this.#arnOf(resource) : this.nameOf(resource);
  }

  /** As long as AWS's own, and with the name at its end. */
  #arnOf(resource: Resource): string {
    const [, service = '', what = ''] = resource.type.toLowerCase().split('::');
    const bus = textOf(this.resolve(resource.properties['EventBusName'] ?? null));
    const path = [...(resource.type === 'AWS::Events::Rule' && bus !== undefined ? [bus] : []), this.nameOf(resource)];
    return service === 'sqs' || service === 'sns'
      ? this.#arn(service, this.nameOf(resource))
      : `${this.#arn(service, what)}/${path.join('/')}`;
  }

  #arn(service: string, rest: string): string {
    return ['arn', 'aws', service, this.region, ACCOUNT, rest].join(':');
  }
}

/** What stands within a text: a text as it is, and a number. */
const printed = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

const isText = (value: Json | undefined): boolean => typeof value === 'string';

/**
 * The service as its own templates deploy it: it answers what is read of its parts, and it has one trail, which logs in every region. So
 * what is counted follows the templates: a rule more is read, and a policy of a role is as long as it is.
 */
export class DeployedAccount {
  readonly #stacks: readonly DeployedStack[];

  constructor({ stacks }: Synthesised) {
    const imported = (name: string): Json => {
      const [, exported = name] = /^[^:]+:(.*)$/.exec(name) ?? [];
      const found = this.#stacks.map((stack) => stack.exported(name) ?? stack.exported(exported)).find(isSaid);
      if (found === undefined) throw new Error(`no stack exports ${name}`);
      return found;
    };
    this.#stacks = stacks.map((stack) => new DeployedStack(stack, imported));
  }

  /** What the schedule of this name brings to the function that it starts. */
  inputOf(schedule: string): JsonObject {
    const home = this.#stacks.find(({ name }) => name === HOME_STACK);
    const found = this.#all('AWS::Scheduler::Schedule').find((one) => one.stack.nameOf(one) === schedule);
    const target = found?.properties['Target'];
    if (home === undefined || !isJsonObject(target)) throw new Error(`no schedule is called ${schedule}`);
    return JSON.parse(printed(home.resolve(target['Input'] ?? null))) as JsonObject;
  }

  /** Throws as the SDK throws. */
  answer({ constructor, input }: OwnCommand): object {
    const operation = constructor.name.replace(/Command$/, '');
    const answer = ANSWERS[operation];
    if (answer === undefined) throw new Error(`the deployed account knows no ${operation}`);
    return answer({ account: this, input: (name) => textOf(input[name] as Json | undefined) ?? '' });
  }

  /** The resource of a type with a name; its properties worked out. */
  find(type: string, name: string): JsonObject {
    const found = this.#all(type).find(
      (one) => name === one.stack.nameOf(one) || name.endsWith(`:${one.stack.nameOf(one)}`),
    );
    if (found === undefined) throw refusal('ResourceNotFoundException');
    return found.stack.resolve(found.properties) as JsonObject;
  }

  /** All of a type that have this text among what they refer to; the text empty: all. */
  referring(type: string, text = ''): readonly JsonObject[] {
    const resolved = this.#all(type).map(({ stack, properties }) => stack.resolve(properties) as JsonObject);
    return resolved.filter((properties) => text === '' || JSON.stringify(properties).includes(text));
  }

  #all(type: string): readonly Resource[] {
    return this.#stacks.flatMap(({ resources }) => [...resources.values()].filter((one) => one.type === type));
  }
}

const isSaid = (value: Json | undefined): value is Json => value !== undefined;

interface Question {
  readonly account: DeployedAccount;
  /** A member of the command's input. */
  readonly input: (name: string) => string;
}

type Answer = (question: Question) => object;

const TRAIL = { TrailARN: 'the trail', HomeRegion: 'us-east-1', IsMultiRegionTrail: true };
const CREATED = new Date('2026-03-02T08:00:00.000Z');
const DIGEST = '3q2+7w==3q2+7w==3q2+7w==3q2+7w==3q2+7w==3q4=';

const ANSWERS: Readonly<Record<string, Answer>> = {
  GetFunctionConfiguration: ({ account, input }) => {
    const { Role, Handler, Timeout } = account.find('AWS::Lambda::Function', input('FunctionName'));
    return { CodeSha256: DIGEST, Role, Handler, Timeout };
  },
  GetFunctionConcurrency: () => ({}),
  ListEventSourceMappings: ({ account, input }) => ({
    EventSourceMappings: account
      .referring('AWS::Lambda::EventSourceMapping', `"${input('FunctionName')}"`)
      .map(({ EventSourceArn }) => ({ EventSourceArn, State: 'Enabled' })),
  }),
  GetPolicy: ({ account, input }) => {
    const permissions = account.referring('AWS::Lambda::Permission', input('FunctionName'));
    if (permissions.length === 0) throw refusal('ResourceNotFoundException');
    return {
      Policy: policyOf(
        permissions.map(({ Action = null, Principal = null }) => ({ Effect: 'Allow', Action, Principal })),
      ),
    };
  },
  GetRole: ({ account, input }) => {
    const { AssumeRolePolicyDocument } = account.find('AWS::IAM::Role', input('RoleName'));
    return { Role: { AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(AssumeRolePolicyDocument)) } };
  },
  ListRolePolicies: ({ account, input }) => ({
    PolicyNames: account.referring('AWS::IAM::Policy', `"${input('RoleName')}"`).map(({ PolicyName }) => PolicyName),
  }),
  GetRolePolicy: ({ account, input }) => {
    const { PolicyDocument } = account.find('AWS::IAM::Policy', input('PolicyName'));
    return { PolicyDocument: encodeURIComponent(JSON.stringify(PolicyDocument)) };
  },
  ListAttachedRolePolicies: ({ account, input }) => ({
    AttachedPolicies: account
      .referring('AWS::IAM::ManagedPolicy', `"${input('RoleName')}"`)
      .map(({ Description }) => ({ PolicyArn: Description })),
  }),
  GetQueueUrl: ({ input }) => ({ QueueUrl: `https://sqs.us-east-1.amazonaws.com/${ACCOUNT}/${input('QueueName')}` }),
  GetQueueAttributes: ({ account, input }) => {
    const name = input('QueueUrl').split('/').at(-1) ?? '';
    const { RedrivePolicy, MessageRetentionPeriod, VisibilityTimeout } = account.find('AWS::SQS::Queue', name);
    const [policy] = account.referring('AWS::SQS::QueuePolicy', `"${name}"`);
    return {
      Attributes: {
        DelaySeconds: '0',
        MaximumMessageSize: '1048576',
        MessageRetentionPeriod,
        SqsManagedSseEnabled: 'true',
        VisibilityTimeout: VisibilityTimeout ?? 30,
        RedrivePolicy: RedrivePolicy === undefined ? undefined : JSON.stringify(RedrivePolicy),
        Policy: policy === undefined ? undefined : JSON.stringify(policy['PolicyDocument']),
      },
    };
  },
  GetTopicAttributes: ({ account, input }) => {
    const { KmsMasterKeyId } = account.find('AWS::SNS::Topic', input('TopicArn'));
    const [policy] = account.referring('AWS::SNS::TopicPolicy', input('TopicArn'));
    return { Attributes: { KmsMasterKeyId, Policy: JSON.stringify(policy?.['PolicyDocument']) } };
  },
  ListSubscriptionsByTopic: ({ account, input }) => ({
    Subscriptions: account
      .referring('AWS::SNS::Subscription', input('TopicArn'))
      .map(({ Protocol, Endpoint }, index) => ({
        Protocol,
        Endpoint,
        SubscriptionArn: `${input('TopicArn')}:${index}`,
      })),
  }),
  GetSubscriptionAttributes: () => ({ Attributes: {} }),
  DescribeTable: () => ({
    Table: { TableStatus: 'ACTIVE', DeletionProtectionEnabled: true, CreationDateTime: CREATED },
  }),
  DescribeKey: () => ({ KeyMetadata: { KeyState: 'Enabled' } }),
  GetKeyPolicy: ({ account, input }) => ({
    Policy: JSON.stringify(account.find('AWS::KMS::Key', input('KeyId'))['KeyPolicy']),
  }),
  DescribeEventBus: ({ account, input }) => account.find('AWS::Events::EventBus', input('Name')),
  DescribeRule: ({ account, input }) => {
    const { State, EventPattern } = account.find('AWS::Events::Rule', input('Name'));
    return { State, EventPattern: JSON.stringify(EventPattern) };
  },
  ListTargetsByRule: ({ account, input }) => ({ Targets: account.find('AWS::Events::Rule', input('Rule'))['Targets'] }),
  GetSchedule: ({ account, input }) => account.find('AWS::Scheduler::Schedule', input('Name')),
  DescribeAlarms: ({ account }) => ({ MetricAlarms: account.referring('AWS::CloudWatch::Alarm') }),
  DescribeTrails: () => ({ trailList: [TRAIL] }),
  GetTrailStatus: () => ({ IsLogging: true }),
  GetEventSelectors: () => ({}),
};

function policyOf(Statement: readonly JsonObject[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement });
}
