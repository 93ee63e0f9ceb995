import { PlumblineError } from '#core/errors.ts';
import type { JsonObject } from '#core/json.ts';
import { findService } from '#lambda/service-document.ts';
import type { LiveOptions } from './live-options.ts';
import type { Asking, ServiceAnswer } from './service.ts';
import type { StorePlace } from './store-place.ts';
import { openStore } from './store.ts';
import type { World } from './world.ts';

export interface DeployedOptions extends Pick<LiveOptions, 'profile'> {
  readonly store: StorePlace;
}

/** Signs in, and finds the service that the store belongs to. Throws INPUT_INVALID for a store without one. */
export async function findDeployed(world: World, options: DeployedOptions): Promise<Asking> {
  if (options.store.in === 'folder')
    throw new PlumblineError(
      'ARGUMENT_INVALID',
      'a folder has no service: name its bucket with --store s3://BUCKET, the output "Store" of its stack',
    );
  const { signIn } = await import('./live.ts');
  const caller = await signIn(world, options);
  const documents = await openStore(world, options.store, () => Promise.resolve(caller));
  const service = await findService(documents);
  if (service === undefined)
    throw new PlumblineError(
      'INPUT_INVALID',
      `no service is deployed with its documents in ${documents.place}: name its bucket with --store s3://BUCKET, the output "Store" of its stack; right after a deployment it takes a minute`,
    );
  return { caller, deployed: { service, store: documents.place }, documents };
}

/** Asks the service that the store belongs to. Throws INPUT_INVALID for a store without one. */
export async function askDeployed(
  world: World,
  options: DeployedOptions,
  question: JsonObject,
): Promise<ServiceAnswer> {
  const { caller, deployed } = await findDeployed(world, options);
  const { askService } = await import('./service.ts');
  return askService(caller, deployed, question);
}
