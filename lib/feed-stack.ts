import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { AccountWatch } from './account-watch.ts';
import { RegionFeed } from './constructs/region-feed.ts';

export interface FeedStackProps extends StackProps {
  /** The service in the home region of the same account. */
  readonly watch: AccountWatch;
}

/** What forwards the events of one further region to the home region. */
export class FeedStack extends Stack {
  constructor(scope: Construct, id: string, { watch, ...props }: FeedStackProps) {
    super(scope, id, {
      description: 'Plumbline: forwards the events of this region to its home region',
      ...props,
    });
    this.addStackDependency(Stack.of(watch));
    const feed = new RegionFeed(this, 'Default', watch.feedFor(this.region));
    watch.takeIn(feed);
  }
}
