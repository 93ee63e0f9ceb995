import { PhysicalName } from 'aws-cdk-lib';
import { EventBus, type IEventBus, type Rule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import type { KindDeclaration } from '#core/declaration.ts';
import { ChangeFeed } from './change-feed.ts';
import type { WorkQueue } from './work-queue.ts';

export interface FurtherRegionsProps {
  readonly declarations: readonly KindDeclaration[];
  readonly changes: WorkQueue;
  /** What of the events is about the service itself, and the queue for it. */
  readonly own: { readonly declarations: readonly KindDeclaration[]; readonly events: WorkQueue };
}

/**
 * Where the events of further regions arrive: a bus of our own, so that no rule of anybody else's default bus sees events of another
 * region (docs/decisions/0023). It has no policy: only principals of the account itself may put events on it.
 */
export class FurtherRegions extends Construct {
  readonly bus: IEventBus;
  /** The rules on the bus. */
  readonly rules: Readonly<Record<string, Rule>>;

  constructor(scope: Construct, id: string, { declarations, changes, own }: FurtherRegionsProps) {
    super(scope, id);
    // The class and its interface differ in whether an optional member may be undefined.
    this.bus = new EventBus(this, 'Bus', {
      // Stacks of other regions name it.
      eventBusName: PhysicalName.GENERATE_IF_NEEDED,
      description: 'Plumbline: events of further regions',
    }) as IEventBus;
    const { bus } = this;
    const watched = new ChangeFeed(this, 'ChangeFeed', { declarations, changes, bus });
    const ownFeed = new ChangeFeed(this, 'OwnFeed', { declarations: own.declarations, changes: own.events, bus });
    this.rules = {
      ...watched.rules,
      ...Object.fromEntries(Object.entries(ownFeed.rules).map(([service, rule]) => [`own-${service}`, rule])),
    };
  }
}
