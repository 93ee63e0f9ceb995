import { Aws, DefaultStackSynthesizer, Duration, Lazy, Stack } from 'aws-cdk-lib';
import type { IRule } from 'aws-cdk-lib/aws-events';
import { ManagedPolicy, Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { OwnStack, PartSort } from '#core/own-parts.ts';
import { plumblineSelf } from '#kinds/plumbline-self/declaration.ts';
import type { FunctionName } from '#lambda/service-names.ts';
import { acknowledgeFindings, logicalIdOf } from '../acknowledged-findings.ts';
import type { FurtherParts } from '../further-parts.ts';
import { OWN_READS, readActionsOf } from '../permissions.ts';
import { ChangeFeed } from './change-feed.ts';
import { scheduleNameOf } from './clock.ts';
import type { LedgerTable } from './ledger-table.ts';
import type { RuntimeFunction } from './runtime-function.ts';
import type { WorkQueue } from './work-queue.ts';

export interface OwnWatchProps {
  /** The function that looks at all others and at itself. */
  readonly watcher: RuntimeFunction;
  /** The queue of the events on the service itself: whoever stops the work on changes does not stop this. */
  readonly events: WorkQueue;
  readonly functions: Readonly<Record<FunctionName, RuntimeFunction>>;
  readonly queues: Readonly<Record<string, WorkQueue>>;
  readonly topics: Readonly<Record<string, ITopic | undefined>>;
  readonly keys: Readonly<Record<string, IKey>>;
  readonly ledger: LedgerTable;
  readonly rules: Readonly<Record<string, IRule>>;
  /** The names of the schedules. */
  readonly schedules: Readonly<Record<string, string>>;
  /** What the names of its alarms and of its own schedule start with. */
  readonly name: string;
}

const EVERY = Duration.minutes(5);
/** What events tell of is read that often beside, for those that are lost (docs/decisions/0025): each read is an event that others charge for. */
export const EVERYTHING_EVERY = Duration.minutes(15);
/** What one further stack is made of takes some 1,350 characters of a policy. */
const STACKS_A_POLICY = 4;

/** Reads of AWS that know no resource to be narrowed to. */
const OF_EVERYTHING = new Set([
  'cloudtrail:DescribeTrails',
  'cloudtrail:GetEventSelectors',
  'cloudtrail:GetTrailStatus',
  'cloudwatch:DescribeAlarms',
  'lambda:ListEventSourceMappings',
]);

type Named = Partial<Readonly<Record<PartSort, Readonly<Record<string, string>>>>>;

/** What the service is made of, as its schedule tells it (lambda/core/own-parts.ts). */
type Parts = Named & {
  readonly alarms: string;
  readonly regions: readonly string[];
  readonly stacks: readonly OwnStack[];
  readonly elsewhere: Readonly<Record<string, Named>>;
};

/**
 * The watch on the watch: a function, a queue and rules of its own, so that none of the ways to silence the service silences this too
 * without an alarm. It learns what the service is made of from the stack, and may read that and nothing else.
 */
export class OwnWatch extends Construct {
  readonly #watcher: RuntimeFunction;
  readonly #further: { readonly stack: Stack; readonly parts: FurtherParts }[] = [];

  constructor(scope: Construct, id: string, props: OwnWatchProps) {
    super(scope, id);
    const { watcher, events, name } = props;
    this.#watcher = watcher;
    // A look knows by these labels which parts may change unheard (lambda/core/own-parts.ts).
    const schedules = { ...props.schedules, look: scheduleNameOf(name, 'look') };
    const feed = new ChangeFeed(this, 'Feed', { declarations: [plumblineSelf], changes: events });
    watcher.function.addEventSource(
      new SqsEventSource(events.queue, {
        batchSize: 10,
        maxBatchingWindow: Duration.seconds(5),
        maxConcurrency: 2,
        reportBatchItemFailures: true,
      }),
    );
    const own = Object.entries(feed.rules).map(([label, rule]) => [`own-${label}`, rule] as const);
    const rules = [...Object.entries(props.rules), ...own];
    // What starts it brings what it is to look at: it would not fit into the environment, and a function cannot name itself there.
    new Schedule(this, 'Look', {
      scheduleName: schedules.look,
      description: 'Plumbline: looks at itself',
      schedule: ScheduleExpression.rate(EVERY),
      target: new LambdaInvoke(watcher.function, {
        retryAttempts: 0,
        maxEventAge: Duration.minutes(1),
        input: ScheduleTargetInput.fromObject({
          everythingEvery: EVERYTHING_EVERY.toMinutes(),
          parts: Lazy.any({ produce: () => this.#allParts(this.#partsOf({ ...props, schedules }, rules)) }),
        }),
      }),
    });
    this.#permit(
      { ...props, schedules },
      rules.map(([, rule]) => rule),
    );
  }

  /** Looks also at what the service is made of in another of its stacks, here or in a further region. */
  include(stack: Stack, parts: FurtherParts): void {
    this.#further.push({ stack, parts });
    const { bus = {}, rule, queue = {}, role = {} } = parts;
    const resources: Readonly<Record<string, readonly string[]>> = {
      events: [
        ...Object.values(rule).map((one) => one.rule.ruleArn),
        ...Object.values(bus).map((one) => one.eventBusArn),
      ],
      sqs: Object.values(queue).map(({ queueArn }) => queueArn),
      iam: Object.values(role).map(({ roleArn }) => roleArn),
    };
    const policy = this.#policyForFurther();
    policy.addStatements(...statementsFor(resources));
    const own = Stack.of(this);
    if (stack === own) return;
    const { region, account, stackName } = stack;
    const service = 'cloudformation';
    const arn = own.formatArn({ service, region, account, resource: 'stack', resourceName: `${stackName}/*` });
    policy.addStatements(new PolicyStatement({ actions: [...OWN_READS.ownStack], resources: [arn] }));
    acknowledgeFindings(this, [
      {
        at: [policy.node.id],
        id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:${service}:${region}:${account}:stack/${stackName}/*]`,
        reason: 'When one stack of ours was last deployed; its ARN ends in an id that only CloudFormation knows.',
      },
    ]);
  }

  /** Managed ones, a few stacks each: the inline policies of a role have 10,240 characters together, and a managed one 6,144. */
  #policyForFurther(): ManagedPolicy {
    const count = this.#further.length - 1;
    const id = `Reads${Math.floor(count / STACKS_A_POLICY) + 1}`;
    const before = this.node.tryFindChild(id);
    if (before instanceof ManagedPolicy) return before;
    return new ManagedPolicy(this, id, {
      description: 'Plumbline: what the service is made of in its further stacks',
      roles: [this.#watcher.role],
    });
  }

  #allParts(home: Named & Pick<Parts, 'alarms'>): Parts {
    const own = Stack.of(this);
    const stacks = [...new Set([own, ...this.#further.map(({ stack }) => stack)])];
    const elsewhere: Record<string, Named> = {};
    let here: Named = home;
    for (const { stack, parts } of this.#further) {
      if (stack.region === own.region) here = merged(here, namesOf(parts));
      else elsewhere[stack.region] = merged(elsewhere[stack.region] ?? {}, namesOf(parts));
    }
    return {
      ...home,
      ...here,
      regions: [...new Set(stacks.map(({ region }) => region))],
      stacks: stacks.map((stack) => {
        const deployer = deployerOf(stack);
        const name = stack === own ? stack.stackId : stack.stackName;
        return { region: stack.region, name, ...(deployer === undefined ? {} : { deployer }) };
      }),
      elsewhere,
    };
  }

  /** What the home region's stack is made of, by AWS's names. */
  #partsOf(
    { functions, queues, topics, keys, ledger, schedules, name }: OwnWatchProps,
    rules: readonly (readonly [label: string, rule: IRule])[],
  ): Named & Pick<Parts, 'alarms'> {
    return {
      function: named(Object.entries(functions), (one) => one.function.functionName),
      role: named(Object.entries(functions), (one) => one.role.roleName),
      queue: {
        ...named(Object.entries(queues), ({ queue }) => queue.queueName),
        ...named(
          Object.entries(queues).map(([label, one]) => [`${label}-dead-letters`, one]),
          ({ deadLetters }) => deadLetters.queueName,
        ),
      },
      topic: named(present(topics), ({ topicName }) => topicName),
      table: { ledger: ledger.tableName },
      key: named(Object.entries(keys), ({ keyId }) => keyId),
      rule: named(rules, ({ ruleName }) => ruleName),
      schedule: schedules,
      alarms: `${name}-`,
    };
  }

  /** In a policy of its own: it names the function, which waits for the role's other one. */
  #permit(
    { watcher, functions, queues, topics, keys, ledger, schedules }: OwnWatchProps,
    rules: readonly IRule[],
  ): void {
    const stack = Stack.of(this);
    const resources: Readonly<Record<string, readonly string[]>> = {
      lambda: Object.values(functions).map((one) => one.function.functionArn),
      iam: Object.values(functions).map((one) => one.role.roleArn),
      sqs: Object.values(queues).flatMap(({ queue, deadLetters }) => [queue.queueArn, deadLetters.queueArn]),
      sns: present(topics).flatMap(([, { topicArn }]) => [topicArn, `${topicArn}:*`]),
      dynamodb: [ledger.tableArn],
      kms: Object.values(keys).map(({ keyArn }) => keyArn),
      events: rules.map(({ ruleArn }) => ruleArn),
      scheduler: Object.values(schedules).map((one) =>
        stack.formatArn({ service: 'scheduler', resource: 'schedule', resourceName: `default/${one}` }),
      ),
    };
    const wide = ACTIONS.filter((action) => OF_EVERYTHING.has(action));
    const policy = new Policy(this, 'Reads', {
      roles: [watcher.role],
      statements: [
        ...statementsFor(resources),
        new PolicyStatement({ actions: wide, resources: ['*'] }),
        new PolicyStatement({ actions: [...OWN_READS.ownStack], resources: [stack.stackId] }),
      ],
    });
    acknowledgeFindings(this, [
      {
        at: [policy.node.id],
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason:
          'Reads that know no resource to be narrowed to: the trails of the account, and lists by a prefix or a function.',
      },
      ...present(topics).map(([, topic]) => ({
        at: [policy.node.id],
        id: `AwsSolutions-IAM5[Resource::<${logicalIdOf(topic)}>:*]`,
        reason: 'The subscriptions of one topic of ours.',
      })),
    ]);
  }
}

const ACTIONS = readActionsOf([plumblineSelf]);

/** For each service its reads, of these resources alone. */
function statementsFor(resources: Readonly<Record<string, readonly string[]>>): readonly PolicyStatement[] {
  return Object.entries(resources).flatMap(([service, arns]) => {
    const actions = ACTIONS.filter((action) => action.startsWith(`${service}:`) && !OF_EVERYTHING.has(action));
    return arns.length === 0 ? [] : [new PolicyStatement({ actions, resources: [...arns] })];
  });
}

function namesOf({ bus = {}, rule, queue = {}, role = {} }: FurtherParts): Named {
  return {
    bus: named(Object.entries(bus), ({ eventBusName }) => eventBusName),
    rule: named(Object.entries(rule), ({ name }) => name),
    queue: named(Object.entries(queue), ({ queueName }) => queueName),
    role: named(Object.entries(role), ({ roleName }) => roleName),
  };
}

function merged(one: Named, other: Named): Named {
  const sorts = Object.keys(other) as PartSort[];
  return { ...one, ...Object.fromEntries(sorts.map((sort) => [sort, { ...one[sort], ...other[sort] }])) };
}

function named<T>(
  parts: readonly (readonly [label: string, part: T])[],
  nameOf: (part: T) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(parts.map(([label, part]) => [label, nameOf(part)]));
}

function present<T>(parts: Readonly<Record<string, T | undefined>>): readonly (readonly [string, T])[] {
  return Object.entries(parts).flatMap(([label, part]) => (part === undefined ? [] : [[label, part] as const]));
}

/** The name of the role by which CloudFormation deploys the stack, as far as its synthesizer knows it. */
function deployerOf({ synthesizer }: Stack): string | undefined {
  if (!(synthesizer instanceof DefaultStackSynthesizer)) return undefined;
  const [, name] = synthesizer.cloudFormationExecutionRoleArn.split(':role/');
  return name?.replaceAll('${AWS::AccountId}', Aws.ACCOUNT_ID).replaceAll('${AWS::Region}', Aws.REGION);
}
