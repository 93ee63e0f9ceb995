import { Duration, PhysicalName, Stack } from 'aws-cdk-lib';
import { Rule, type IEventBus } from 'aws-cdk-lib/aws-events';
import { EventBus as EventBusTarget } from 'aws-cdk-lib/aws-events-targets';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { KindDeclaration } from '#core/declaration.ts';
import { acknowledgeFindings } from '../acknowledged-findings.ts';
import { eventPatternsOf } from '../event-patterns.ts';

export interface RegionFeedProps {
  /** What this region's events can tell of. */
  readonly declarations: readonly KindDeclaration[];
  /** The bus in the home region. */
  readonly home: IEventBus;
}

/**
 * Rules of one further region that forward the events of what is watched to the home region. EventBridge tries for 24 hours; what it
 * could not deliver lies in a queue here, whose depth the service reads from home: an alarm of this region could only tell this region.
 */
export class RegionFeed extends Construct {
  readonly deadLetters: Queue;
  readonly role: Role;
  /** By the service whose events each forwards. */
  readonly rules: Readonly<Record<string, Rule>>;

  constructor(scope: Construct, id: string, { declarations, home }: RegionFeedProps) {
    super(scope, id);
    this.deadLetters = new Queue(this, 'Undelivered', {
      // The home region names it.
      queueName: PhysicalName.GENERATE_IF_NEEDED,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.role = new Role(this, 'Role', {
      roleName: PhysicalName.GENERATE_IF_NEEDED,
      description: 'Plumbline: EventBridge forwards events of this region to the home region',
      // A target in another region needs a role (aws-facts §9).
      assumedBy: new ServicePrincipal('events.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
    const rules: Record<string, Rule> = {};
    for (const [index, { service, ...eventPattern }] of eventPatternsOf(declarations).entries()) {
      const rule = new Rule(this, `${service}${index}`, {
        ruleName: PhysicalName.GENERATE_IF_NEEDED,
        description: `Plumbline: forwards what moves the ${service} settings that it watches`,
        eventPattern,
      });
      rule.addTarget(new EventBusTarget(home, { role: this.role, deadLetterQueue: this.deadLetters }));
      rules[service in rules ? `${service}-${index}` : service] = rule;
    }
    this.rules = rules;
    acknowledgeFindings(this, [
      {
        at: ['Undelivered'],
        id: 'AwsSolutions-SQS3',
        reason: 'It is the dead-letter queue of the rules beside it, which are no queues.',
      },
    ]);
  }
}
