// A stack that has one of each thing the lab has to carry. `app.ts FOLDER VERSION`: where the built handlers are, and what they are to say of themselves.
import { join } from 'node:path';
import {
  App,
  CfnOutput,
  DefaultStackSynthesizer,
  Duration,
  Stack,
  type IStackSynthesizer,
  type StackProps,
} from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Code, Function as LambdaFunction, FunctionUrlAuthType, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { SubscriptionFilter, Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

const [, , code = '', version = ''] = process.argv;

class SampleStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    const topic = new Topic(this, 'Topic');
    const dead = new Queue(this, 'Dead');
    const inbox = new Queue(this, 'Inbox', {
      visibilityTimeout: Duration.seconds(30),
      deadLetterQueue: { queue: dead, maxReceiveCount: 2 },
    });
    const outbox = new Queue(this, 'Outbox');
    const large = new Queue(this, 'Large');
    topic.addSubscription(new SqsSubscription(outbox, { rawMessageDelivery: true }));
    const filterPolicy = { size: SubscriptionFilter.stringFilter({ allowlist: ['large'] }) };
    topic.addSubscription(new SqsSubscription(large, { filterPolicy }));

    new Rule(this, 'Changes', {
      eventPattern: { source: ['aws.s3'], detail: { eventName: ['PutBucketPolicy', 'DeleteBucketPolicy'] } },
      targets: [new SqsQueue(inbox)],
    });
    const ticks = new Queue(this, 'Ticks');
    new Rule(this, 'Hourly', { schedule: Schedule.rate(Duration.hours(1)), targets: [new SqsQueue(ticks)] });

    const relay = this.makeFunction('relay', { topic, seconds: 20 });
    relay.addEventSource(
      new SqsEventSource(inbox, {
        batchSize: 10,
        maxBatchingWindow: Duration.seconds(1),
        reportBatchItemFailures: true,
        maxConcurrency: 2,
      }),
    );
    const echo = this.makeFunction('echo', { topic, seconds: 3 });
    const { url } = echo.addFunctionUrl({ authType: FunctionUrlAuthType.AWS_IAM });
    const outputs = {
      Inbox: inbox.queueUrl,
      Outbox: outbox.queueUrl,
      Large: large.queueUrl,
      Dead: dead.queueUrl,
      Ticks: ticks.queueUrl,
      Echo: echo.functionName,
      EchoUrl: url,
      Relay: relay.functionName,
    };
    for (const [name, value] of Object.entries(outputs))
      new CfnOutput(this, `${name}Output`, { value }).overrideLogicalId(name);
  }

  private makeFunction(
    name: 'relay' | 'echo',
    { topic, seconds }: { readonly topic: Topic; readonly seconds: number },
  ): LambdaFunction {
    const made = new LambdaFunction(this, name === 'relay' ? 'Relay' : 'Echo', {
      runtime: Runtime.NODEJS_22_X,
      handler: `index.${name}`,
      code: Code.fromAsset(join(code, name)),
      timeout: Duration.seconds(seconds),
      environment: { TOPIC: topic.topicArn, VERSION: version },
    });
    topic.grantPublish(made);
    return made;
  }
}

const app = new App();
new SampleStack(app, 'Sample', {
  env: { account: '123456789012', region: 'us-east-1' },
  // The class does not fit its own interface under exactOptionalPropertyTypes.
  synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }) as IStackSynthesizer,
});
