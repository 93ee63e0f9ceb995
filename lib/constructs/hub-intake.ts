import { Duration, Stack } from 'aws-cdk-lib';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { HUB } from '#lambda/service-names.ts';
import { WorkQueue } from './work-queue.ts';

export interface HubIntakeProps {
  /** The organization whose accounts may put alerts on the bus. */
  readonly organization: string;
  /** At least as long as the worker may take. */
  readonly visibilityTimeout: Duration;
}

/**
 * What members of a hub reach: a bus that takes alerts of Plumbline from accounts of one organization and nothing else, and the queue
 * behind it. Its name is fixed, since stacks of other accounts have to know it.
 */
export class HubIntake extends Construct {
  readonly queue: WorkQueue;
  readonly bus: EventBus;
  readonly rule: Rule;

  constructor(scope: Construct, id: string, { organization, visibilityTimeout }: HubIntakeProps) {
    super(scope, id);
    this.bus = new EventBus(this, 'Bus', {
      eventBusName: HUB.bus,
      description: 'Plumbline: alerts of all accounts of the organization',
    });
    this.bus.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlertsOfTheOrganization',
        effect: Effect.ALLOW,
        principals: [new AnyPrincipal()],
        actions: ['events:PutEvents'],
        resources: [this.bus.eventBusArn],
        conditions: {
          StringEquals: { 'aws:PrincipalOrgID': organization, 'events:detail-type': HUB.detailType },
          // A call puts several events: all of them are of this source.
          'ForAllValues:StringEquals': { 'events:source': HUB.source },
        },
      }),
    );
    this.queue = new WorkQueue(this, 'Alerts', { visibilityTimeout });
    this.rule = new Rule(this, 'AlertsRule', {
      description: 'Plumbline: alerts of members to the hub',
      eventBus: this.bus,
      eventPattern: { source: [HUB.source], detailType: [HUB.detailType] },
    });
    const { queue, deadLetters } = this.queue;
    this.rule.addTarget(new SqsQueue(queue, { deadLetterQueue: deadLetters, maxEventAge: Duration.hours(24) }));
  }
}

/** The ARN of a hub's bus, as its members know it. */
export function hubBusArn(
  scope: Construct,
  { account, region }: { readonly account: string; readonly region: string },
): string {
  const { partition } = Stack.of(scope);
  return `arn:${partition}:events:${region}:${account}:event-bus/${HUB.bus}`;
}
