import { PhysicalName } from 'aws-cdk-lib';
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import type { KindDeclaration } from '#core/declaration.ts';
import { ChangeFeed } from './change-feed.ts';
import type { WorkQueue } from './work-queue.ts';

export interface FurtherRegionsProps {
  readonly declarations: readonly KindDeclaration[];
  readonly changes: WorkQueue;
}

/**
 * Where the events of further regions arrive: a bus of our own, so that no rule of anybody else's default bus sees events of another
 * region (docs/decisions/0023). It has no policy: only principals of the account itself may put events on it.
 */
export class FurtherRegions extends Construct {
  readonly bus: IEventBus;

  constructor(scope: Construct, id: string, { declarations, changes }: FurtherRegionsProps) {
    super(scope, id);
    // The class and its interface differ in whether an optional member may be undefined.
    this.bus = new EventBus(this, 'Bus', {
      // Stacks of other regions name it.
      eventBusName: PhysicalName.GENERATE_IF_NEEDED,
      description: 'Plumbline: events of further regions',
    }) as IEventBus;
    new ChangeFeed(this, 'ChangeFeed', { declarations, changes, bus: this.bus });
  }
}
