import { Duration } from 'aws-cdk-lib';
import { Rule, type IEventBus } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { KindDeclaration } from '#core/declaration.ts';
import { eventPatternsOf } from '../event-patterns.ts';
import type { WorkQueue } from './work-queue.ts';

export interface ChangeFeedProps {
  readonly declarations: readonly KindDeclaration[];
  readonly changes: WorkQueue;
  /** @default the account's own bus of the region */
  readonly bus?: IEventBus;
}

/** Rules that bring the events of everything watched to the queue. One a service: a pattern may not get too long. */
export class ChangeFeed extends Construct {
  /** By the service whose events each brings; a second one of a service is numbered. */
  readonly rules: Readonly<Record<string, Rule>>;

  constructor(scope: Construct, id: string, { declarations, changes, bus }: ChangeFeedProps) {
    super(scope, id);
    const { queue, deadLetters } = changes;
    const rules: Record<string, Rule> = {};
    for (const [index, { service, ...eventPattern }] of eventPatternsOf(declarations).entries()) {
      const rule = new Rule(this, `${service}${index}`, {
        description: `Plumbline: what moves the ${service} settings that it watches`,
        eventPattern,
        ...(bus === undefined ? {} : { eventBus: bus }),
      });
      rule.addTarget(new SqsQueue(queue, { deadLetterQueue: deadLetters, maxEventAge: Duration.hours(24) }));
      rules[service in rules ? `${service}-${index}` : service] = rule;
    }
    this.rules = rules;
  }
}
