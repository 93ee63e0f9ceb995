import type { App } from 'aws-cdk-lib';
import { PlumblineError } from '#core/errors.ts';
import type { AccountWatchProps } from './account-watch.ts';
import { AuditStack } from './audit-stack.ts';
import { FeedStack } from './feed-stack.ts';
import { feedRegionsOf } from './feeds.ts';
import { HubStack } from './hub-stack.ts';
import { ReaderStack } from './reader-stack.ts';

/** Which account and region is deployed to; undefined where nobody is signed in. */
export type Place = { readonly account: string; readonly region: string } | undefined;

/** `with`: the reader beside the rest; `no`: not, since a StackSet brings it; `only`: as the template of a StackSet. */
export const READER_CHOICES = ['with', 'no', 'only'] as const;
export type ReaderChoice = (typeof READER_CHOICES)[number];

export interface StacksProps extends AccountWatchProps {
  readonly place: Place;
  readonly reader: ReaderChoice;
}

/**
 * The stacks that the settings ask for in one account: the service at home, a feed in each further region, in the hub account what
 * members tell, and in a member the role that the hub reads it by. Throws SETTING_INVALID where settings and place contradict each other.
 */
export function makeStacks(app: App, { place, reader, ...props }: StacksProps): void {
  const { settings, declarations } = props;
  const { hub } = settings;
  if (reader === 'only') {
    if (hub === undefined)
      throw new PlumblineError(
        'SETTING_INVALID',
        'a reader reads for a hub, and the settings name none: name it under "hub"',
      );
    new ReaderStack(app, 'PlumblineReader', { declarations, hub });
    return;
  }
  const home = new AuditStack(app, 'Plumbline', { ...props, ...(place === undefined ? {} : { env: place }) });
  if (place === undefined) return;
  for (const region of feedRegionsOf(settings, place.region))
    new FeedStack(app, `PlumblineFeed-${region}`, { watch: home.watch, env: { ...place, region } });
  if (hub === undefined) return;
  if (hub.account !== place.account) {
    if (reader === 'with') new ReaderStack(app, 'PlumblineReader', { declarations, hub, env: place });
    return;
  }
  if (hub.region !== place.region)
    throw new PlumblineError(
      'SETTING_INVALID',
      `the settings say that the hub is in ${hub.region}, and this is the hub account in ${place.region}: deploy there, or change "hub.region"`,
    );
  new HubStack(app, 'PlumblineHub', { watch: home.watch, organization: hub.organization, env: place });
}
