import type { AccountsBlastRadius } from '#core/accounts-blast-radius.ts';
import { PlumblineError } from '#core/errors.ts';
import type { JsonObject } from '#core/json.ts';
import type { Session } from '#aws/session.ts';
import type { Wish } from '#lambda/proposals.ts';
import { findService, type ServiceDescription } from '#lambda/service-document.ts';
import type { Asked } from '#lambda/whole-proposals.ts';
import { isAllAsked, type AccountsOptions } from './accounts.ts';
import type { LiveOptions } from './live-options.ts';
import type { StorePlace } from './store-place.ts';
import type { Store } from './store.ts';
import { withProgress, type World } from './world.ts';

export interface HubOptions extends Pick<LiveOptions, 'region'>, AccountsOptions {
  readonly store: StorePlace;
  readonly from?: readonly string[];
  readonly evidence?: readonly string[];
}

/**
 * The hub that answers for the accounts that are asked for: the one whose store was named. Undefined where they are computed here: of other
 * stores, and where a person says as which role, from which file or in which regions.
 */
export async function hubOf(options: HubOptions, store: Store): Promise<ServiceDescription | undefined> {
  const { accounts = [], accountRole, from, region } = options;
  const isHere = accounts.length === 0 || accountRole !== undefined || from !== undefined || region !== undefined;
  if (isHere || options.store.in === 'folder') return undefined;
  const service = await findService(store);
  return service?.hub === true ? service : undefined;
}

export interface HubAsking {
  readonly service: ServiceDescription;
  readonly options: HubOptions;
  readonly asked: Asked;
  readonly store: Store;
  readonly signedIn: () => Promise<Session>;
}

/** What the hub answers over the accounts. Throws its refusal, and ARGUMENT_INVALID for what it cannot be asked. */
export async function askHub(world: World, asking: HubAsking): Promise<AccountsBlastRadius> {
  const { service, options, asked, store, signedIn } = asking;
  if (asked.by !== 'set' || options.evidence !== undefined)
    throw new PlumblineError(
      'ARGUMENT_INVALID',
      '--accounts: a hub is asked with --set alone; for another proposal, or with --evidence, name the role that reads the accounts, such as --account-role plumbline-reader',
    );
  const accounts = isAllAsked(options) ? 'all' : (options.accounts ?? []);
  const question: JsonObject = { ask: 'blast-radius', set: setOf(asked.wishes), accounts };
  const { documentFrom } = await import('./service.ts');
  const caller = await signedIn();
  const document = await withProgress(
    world,
    (onWait) =>
      documentFrom({ caller, deployed: { service, store: store.place }, documents: store }, question, {
        onWait,
        signal: world.signal,
      }),
    'asking the hub',
  );
  return document as unknown as AccountsBlastRadius;
}

/** A question has each setting once. Throws ARGUMENT_INVALID. */
function setOf(wishes: readonly Wish[]): JsonObject {
  const twice = wishes.find(([target], index) => wishes.findIndex(([one]) => one === target) !== index);
  if (twice === undefined) return Object.fromEntries(wishes);
  throw new PlumblineError(
    'ARGUMENT_INVALID',
    `--set ${twice[0]}: it stands twice, and a hub is asked for each setting once`,
  );
}
