import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { FunctionUrlAuthType, type FunctionUrl } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import type { KindDeclaration } from '#core/declaration.ts';
import { AUDIT_BUCKET, READER_ROLE, VARIABLES, type FunctionName } from '#lambda/service-names.ts';
import { evidenceSettingsOf, serviceSettingsOf } from '#lambda/service-settings.ts';
import type { Settings } from '#lambda/settings.ts';
import { acknowledgeFindings, acknowledgeWatch } from './acknowledged-findings.ts';
import { warnOf } from './settings-warnings.ts';
import { AlertTopic } from './constructs/alert-topic.ts';
import { AuditBucket } from './constructs/audit-bucket.ts';
import { ChangeFeed } from './constructs/change-feed.ts';
import type { RegionFeed, RegionFeedProps } from './constructs/region-feed.ts';
import { FurtherRegions } from './constructs/further-regions.ts';
import { declarationsIn, GLOBAL_EVENTS, ownDeclarationIn } from './feeds.ts';
import { Clock, sweepInterval } from './constructs/clock.ts';
import { hubBusArn, type HubIntake } from './constructs/hub-intake.ts';
import { LedgerTable } from './constructs/ledger-table.ts';
import { OwnWatch } from './constructs/own-watch.ts';
import { RuntimeFunction, type RuntimeFunctionProps } from './constructs/runtime-function.ts';
import { SelfWatch } from './constructs/self-watch.ts';
import { TopicKey } from './constructs/topic-key.ts';
import { WorkQueue } from './constructs/work-queue.ts';
import { partsOfFeed, partsOfFurtherRegions, partsOfHub } from './further-parts.ts';
import { permitConsuming, permitEntering, permitFunctions, WRITTEN_KEYS } from './function-permissions.ts';
import { hasFunctionUrls } from './function-urls.ts';
import { OWN_READS, OWN_WRITES } from './permissions.ts';

/** What is watched, for whom, and what runs. */
export interface AccountWatchProps {
  readonly settings: Settings;
  readonly declarations: readonly KindDeclaration[];
  /** Where the built bundles of the functions are. */
  readonly bundles: string;
  readonly version: string;
}

/** A message is hidden a little longer than its worker may take. */
const LOOK_TIMEOUT = Duration.minutes(3);
const TICK_TIMEOUT = Duration.minutes(2);
const SWEEP_TIMEOUT = Duration.minutes(15);
const SLACK = Duration.seconds(10);

/**
 * One account's service, in its home region: the whole of it, in whatever stack it stands. The id "Default" leaves no trace in logical
 * ids, so what was a stack of its own keeps its bucket and table.
 */
export class AccountWatch extends Construct {
  /** What a person or a program asks the stack for, by name. */
  readonly outputs: Readonly<Record<string, CfnOutput>>;
  /** So long is a message hidden that on-look works on. */
  readonly lookTimeout = LOOK_TIMEOUT.plus(SLACK);
  readonly #bucket: AuditBucket;
  readonly #ledger: LedgerTable;
  readonly #queues: {
    readonly changes: WorkQueue;
    readonly sweeps: WorkQueue;
    readonly nudges: WorkQueue;
    readonly own: WorkQueue;
    /** Where the settings name logs of use. */
    readonly uses?: WorkQueue;
  };
  readonly #topics: {
    readonly alerts: AlertTopic;
    readonly selfWatch: AlertTopic;
    readonly chat: AlertTopic | undefined;
  };
  readonly #keys: { readonly alerts: TopicKey; readonly selfWatch: TopicKey };
  readonly #functions: Readonly<Record<FunctionName, RuntimeFunction>>;
  readonly #watch: SelfWatch;
  readonly #ownWatch: OwnWatch;
  readonly #props: AccountWatchProps;
  /** The dead-letter queues of further regions, as on-tick is told of them. */
  readonly #undelivered: { readonly region: string; readonly url: string }[] = [];
  #furtherRegions: FurtherRegions | undefined;

  constructor(scope: Construct, id: string, props: AccountWatchProps) {
    super(scope, id);
    this.#props = props;
    const { account } = Stack.of(this);
    const { settings, declarations } = props;
    const { keep, tell, schedule } = settings;
    this.#bucket = new AuditBucket(this, AUDIT_BUCKET.construct, keep);
    this.#ledger = new LedgerTable(this, 'Ledger');
    this.#queues = {
      changes: new WorkQueue(this, 'Changes', { visibilityTimeout: this.lookTimeout }),
      sweeps: new WorkQueue(this, 'Sweeps', { visibilityTimeout: this.lookTimeout }),
      nudges: new WorkQueue(this, 'Nudges', { visibilityTimeout: TICK_TIMEOUT.plus(SLACK) }),
      own: new WorkQueue(this, 'Own', { visibilityTimeout: TICK_TIMEOUT.plus(SLACK) }),
      ...(settings.evidence === undefined
        ? {}
        : { uses: new WorkQueue(this, 'Uses', { visibilityTimeout: SWEEP_TIMEOUT.plus(SLACK) }) }),
    };
    this.#keys = {
      alerts: new TopicKey(this, 'TopicKey', { description: 'Plumbline: alerts in its topics' }),
      selfWatch: new TopicKey(this, 'SelfWatchKey', { description: 'Plumbline: what it says of itself' }),
    };
    const key = this.#keys.alerts;
    this.#topics = {
      alerts: new AlertTopic(this, 'Alerts', { key, subscribers: tell.alerts }),
      // With a key of its own: whoever disables one silences one.
      selfWatch: new AlertTopic(this, 'SelfWatch', { key: this.#keys.selfWatch, subscribers: tell.selfWatch }),
      chat: tell.chat ? new AlertTopic(this, 'Chat', { key, subscribers: [] }) : undefined,
    };
    this.#topics.selfWatch.allowAlarms(account);
    this.#functions = this.#makeFunctions(props);
    const made = {
      functions: this.#functions,
      queues: this.#queues,
      topics: this.#topics,
      keys: this.#keys,
      ledger: this.#ledger,
    };
    const evidence = settings.evidence === undefined ? undefined : evidenceSettingsOf(settings.evidence);
    permitFunctions({ ...made, declarations, bucket: this.#bucket, evidence });
    const clock = this.#connect(schedule.sweepEvery);
    const url = this.#makeUrl();
    const feed = new ChangeFeed(this, 'ChangeFeed', { declarations, changes: this.#queues.changes });
    this.#tellHub(settings);
    this.#ownWatch = new OwnWatch(this, 'OwnWatch', {
      watcher: this.#functions['on-self'],
      events: this.#queues.own,
      ...made,
      rules: feed.rules,
      schedules: clock.schedules,
      name: nameOf(this),
    });
    this.#watch = new SelfWatch(this, 'Watch', {
      topic: this.#topics.selfWatch,
      functions: this.#functions,
      queues: this.#queues,
      ledger: this.#ledger,
      sweepEvery: sweepInterval(schedule.sweepEvery),
      name: nameOf(this),
    });
    this.outputs = this.#makeOutputs(url);
    warnOf(this, settings);
    acknowledgeWatch(this, {
      bucket: this.#bucket,
      folders: Object.values(WRITTEN_KEYS).flat(),
      logs: [...(evidence?.accessLogs ?? []), ...(evidence?.trails ?? [])],
      scheduled: (['on-sweep', 'on-tick', 'on-self'] as const).map((name) => this.#functions[name].function),
    });
  }

  /** Where questions are answered; the tick tells the command line. Where there are no URLs, the function is invoked. */
  #makeUrl(): FunctionUrl | undefined {
    const { function: onRequest } = this.#functions['on-request'];
    const { function: onTick } = this.#functions['on-tick'];
    onTick.addEnvironment(VARIABLES.requestFunction, onRequest.functionName);
    if (!hasFunctionUrls(Stack.of(this).region)) return undefined;
    const url = onRequest.addFunctionUrl({ authType: FunctionUrlAuthType.AWS_IAM });
    onTick.addEnvironment(VARIABLES.requestUrl, url.url);
    return url;
  }

  /** What a feed of a further region needs: what that region's events can tell of, and where to put them. */
  feedFor(region: string): RegionFeedProps {
    const { declarations, settings } = this.#props;
    const isFirst = this.#furtherRegions === undefined;
    this.#furtherRegions ??= new FurtherRegions(this, 'FurtherRegions', {
      declarations,
      changes: this.#queues.changes,
      // Of us-east-1 there is everything that any region has.
      own: { declarations: [ownDeclarationIn(GLOBAL_EVENTS)], events: this.#queues.own },
    });
    if (isFirst) this.#ownWatch.include(Stack.of(this), partsOfFurtherRegions(this.#furtherRegions));
    return {
      declarations: [...declarationsIn(declarations, region, settings), ownDeclarationIn(region)],
      home: this.#furtherRegions.bus,
    };
  }

  /** Each tick reads how much a further region could not deliver, and an alarm of the home region tells. */
  takeIn(feed: RegionFeed): void {
    const { deadLetters } = feed;
    const { account, region } = Stack.of(deadLetters);
    const { 'on-tick': onTick } = this.#functions;
    const url = `https://sqs.${region}.${Stack.of(this).urlSuffix}/${account}/${deadLetters.queueName}`;
    this.#ownWatch.include(Stack.of(feed), partsOfFeed(feed, region));
    if (this.#undelivered.length === 0) this.#watch.watchFurtherRegions();
    this.#undelivered.push({ region, url });
    onTick.role.addToPolicy(
      new PolicyStatement({ actions: [...OWN_READS.undelivered], resources: [deadLetters.queueArn] }),
    );
  }

  /** Makes this account a hub: what members say comes from the queue, and the tick tells of it. */
  workFor(intake: HubIntake): void {
    const { queue: alerts } = intake;
    const { 'on-look': onLook, 'on-tick': onTick, 'on-request': onRequest } = this.#functions;
    for (const one of [onLook, onTick, onRequest])
      one.function.addEnvironment(VARIABLES.hubQueue, alerts.queue.queueArn);
    permitConsuming(onLook, [alerts]);
    permitEntering(onLook, Stack.of(this).partition);
    acknowledgeFindings(this, [
      {
        at: ['OnLook'],
        id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iam::*:role/${READER_ROLE}]`,
        reason:
          'The members of a hub are not known when it is deployed: each lets it in itself, by one role that only reads.',
      },
    ]);
    onLook.function.addEventSource(
      new SqsEventSource(alerts.queue, { batchSize: 10, maxConcurrency: 2, reportBatchItemFailures: true }),
    );
    this.#watch.watchHub(alerts);
    this.#ownWatch.include(Stack.of(intake), partsOfHub(intake));
  }

  /** A member of a hub puts what it tells on the hub's bus; the hub account is a member like any other. */
  #tellHub({ hub }: Settings): void {
    if (hub === undefined) return;
    const { function: onTick, role } = this.#functions['on-tick'];
    const bus = hubBusArn(this, hub);
    onTick.addEnvironment(VARIABLES.hubBus, bus);
    onTick.addEnvironment(VARIABLES.hubTell, hub.tell);
    role.addToPolicy(new PolicyStatement({ actions: [...OWN_WRITES.hubBus], resources: [bus] }));
  }

  #makeFunctions({ settings, bundles, version }: AccountWatchProps): Record<FunctionName, RuntimeFunction> {
    const { chat } = this.#topics;
    const { uses } = this.#queues;
    const { account, partition } = Stack.of(this);
    const shared = {
      bundles,
      settings: serviceSettingsOf(settings),
      logRetention: settings.keep.logsDays as RuntimeFunctionProps['logRetention'],
      environment: {
        [VARIABLES.account]: account,
        [VARIABLES.partition]: partition,
        [VARIABLES.bucket]: this.#bucket.bucketName,
        [VARIABLES.table]: this.#ledger.tableName,
        [VARIABLES.alertsTopic]: this.#topics.alerts.topicArn,
        [VARIABLES.selfWatchTopic]: this.#topics.selfWatch.topicArn,
        ...(chat === undefined ? {} : { [VARIABLES.chatTopic]: chat.topicArn }),
        [VARIABLES.changesQueue]: this.#queues.changes.queue.queueUrl,
        [VARIABLES.sweepsQueue]: this.#queues.sweeps.queue.queueUrl,
        [VARIABLES.nudgesQueue]: this.#queues.nudges.queue.queueUrl,
        [VARIABLES.ownQueue]: this.#queues.own.queue.queueUrl,
        ...(uses === undefined ? {} : { [VARIABLES.usesQueue]: uses.queue.queueUrl }),
        [VARIABLES.version]: version,
      },
    };
    return {
      'on-look': new RuntimeFunction(this, 'OnLook', {
        ...shared,
        name: 'on-look',
        description: 'Plumbline: looks at what an event or a sweep names, and writes what drifted',
        timeout: LOOK_TIMEOUT,
        memorySize: 1024,
      }),
      'on-sweep': new RuntimeFunction(this, 'OnSweep', {
        ...shared,
        name: 'on-sweep',
        description: 'Plumbline: lists everything, and asks for one look a shard',
        timeout: SWEEP_TIMEOUT,
        memorySize: 1024,
      }),
      'on-tick': new RuntimeFunction(this, 'OnTick', {
        ...shared,
        name: 'on-tick',
        description: 'Plumbline: polls, ends sweeps, tells',
        timeout: TICK_TIMEOUT,
        memorySize: 1024,
      }),
      'on-request': new RuntimeFunction(this, 'OnRequest', {
        ...shared,
        name: 'on-request',
        description: 'Plumbline: answers questions; accepts, acknowledges and mutes for whom AWS vouches',
        timeout: Duration.minutes(1),
        memorySize: 1024,
      }),
      'on-self': new RuntimeFunction(this, 'OnSelf', {
        ...shared,
        name: 'on-self',
        description: 'Plumbline: looks at what the service itself is made of, and writes what drifted',
        timeout: TICK_TIMEOUT,
        memorySize: 512,
      }),
    };
  }

  /** Queues and clock to the functions. Maximum concurrency is the event source's: reserved concurrency would throttle into the DLQ. */
  #connect(sweepEvery: Settings['schedule']['sweepEvery']): Clock {
    const { changes, sweeps, nudges, uses } = this.#queues;
    const onLook = this.#functions['on-look'].function;
    const onTick = this.#functions['on-tick'].function;
    onLook.addEventSource(
      new SqsEventSource(changes.queue, { batchSize: 10, maxConcurrency: 8, reportBatchItemFailures: true }),
    );
    onLook.addEventSource(
      new SqsEventSource(sweeps.queue, { batchSize: 1, maxConcurrency: 4, reportBatchItemFailures: true }),
    );
    onTick.addEventSource(new SqsEventSource(nudges.queue, { batchSize: 10, maxConcurrency: 2 }));
    if (uses !== undefined)
      this.#functions['on-sweep'].function.addEventSource(
        new SqsEventSource(uses.queue, { batchSize: 1, maxConcurrency: 2, reportBatchItemFailures: true }),
      );
    return new Clock(this, 'Clock', {
      onTick,
      onSweep: this.#functions['on-sweep'].function,
      sweepEvery,
      undelivered: () => this.#undelivered,
      name: nameOf(this),
    });
  }

  #makeOutputs(url: FunctionUrl | undefined): Readonly<Record<string, CfnOutput>> {
    const values = {
      Store: `s3://${this.#bucket.bucketName}`,
      ...(url === undefined ? {} : { RequestUrl: url.url }),
      AlertsTopic: this.#topics.alerts.topicArn,
      SelfWatchTopic: this.#topics.selfWatch.topicArn,
      ...(this.#topics.chat === undefined ? {} : { ChatTopic: this.#topics.chat.topicArn }),
      Ledger: this.#ledger.tableName,
      ChangesQueue: this.#queues.changes.queue.queueUrl,
      OnLook: this.#functions['on-look'].function.functionName,
      OnSweep: this.#functions['on-sweep'].function.functionName,
      OnTick: this.#functions['on-tick'].function.functionName,
      OnRequest: this.#functions['on-request'].function.functionName,
      OnSelf: this.#functions['on-self'].function.functionName,
    };
    return Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, new CfnOutput(this, `${name}Output`, { value })]),
    );
  }
}

/** What alarms and dashboard are called: the stack's name, and in a stack of several things the construct's own after it. */
function nameOf(construct: Construct): string {
  const within = construct.node.scopes.slice(Stack.of(construct).node.scopes.length).map(({ node }) => node.id);
  return [Stack.of(construct).stackName, ...within.filter((id) => id !== 'Default')].join('-');
}
