import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { SubscriptionFilter, SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Settings } from '#lambda/settings.ts';

export type Subscriber = Settings['tell']['alerts'][number];

export interface AlertTopicProps {
  readonly key: IKey;
  readonly subscribers: readonly Subscriber[];
}

/** A topic that people and machines subscribe to, encrypted with a key that CloudWatch may use, over TLS alone. */
export class AlertTopic extends Topic {
  constructor(scope: Construct, id: string, { key, subscribers }: AlertTopicProps) {
    super(scope, id, { masterKey: key, enforceSSL: true });
    for (const [index, subscriber] of subscribers.entries()) this.#subscribe(subscriber, index);
  }

  /** CloudWatch may publish its alarms: a topic that has a policy of its own has no right for anybody by default. */
  allowAlarms(account: string): void {
    this.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    );
  }

  #subscribe(subscriber: Subscriber, index: number): void {
    const { protocol, endpoint } = addressOf(subscriber);
    if (protocol === SubscriptionProtocol.LAMBDA)
      new CfnPermission(this, `Invoke${index}`, {
        action: 'lambda:InvokeFunction',
        functionName: endpoint,
        principal: 'sns.amazonaws.com',
        sourceArn: this.topicArn,
      });
    this.addSubscription({
      bind: () => ({
        protocol,
        endpoint,
        subscriberId: `Subscriber${index}`,
        ...filterOf(subscriber),
      }),
    });
  }
}

function addressOf({ email, https, sqs, lambda }: Subscriber): { protocol: SubscriptionProtocol; endpoint: string } {
  if (email !== undefined) return { protocol: SubscriptionProtocol.EMAIL, endpoint: email };
  if (https !== undefined) return { protocol: SubscriptionProtocol.HTTPS, endpoint: https };
  if (sqs !== undefined) return { protocol: SubscriptionProtocol.SQS, endpoint: sqs };
  return { protocol: SubscriptionProtocol.LAMBDA, endpoint: lambda ?? '' };
}

/** By attributes of the message, since chat clients need the body for themselves (aws-facts §8). */
function filterOf({ severities, owners }: Subscriber): { filterPolicy?: Record<string, SubscriptionFilter> } {
  const filterPolicy = {
    ...(severities === undefined ? {} : { severity: SubscriptionFilter.stringFilter({ allowlist: [...severities] }) }),
    ...(owners === undefined ? {} : { owners: SubscriptionFilter.stringFilter({ allowlist: [...owners] }) }),
  };
  return Object.keys(filterPolicy).length === 0 ? {} : { filterPolicy };
}
