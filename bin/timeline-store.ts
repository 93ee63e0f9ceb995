import { PlumblineError } from '#core/errors.ts';
import type { Session } from '#aws/session.ts';
import { kindsById } from '#kinds';
import { changesDocument, type ChangesDocument } from '#lambda/changes-document.ts';
import type { Documents } from '#lambda/ports.ts';
import { findService } from '#lambda/service-document.ts';
import type { StorePlace } from './store-place.ts';
import { openStore } from './store.ts';
import { filterOf, refuseBesideStore, type ChangesOptions } from './timeline-options.ts';
import { withProgress, type World } from './world.ts';

/** What the service's own records tell, and where they lie. */
export interface StoreRead {
  readonly document: ChangesDocument;
  readonly place: string;
}

/** Reads what the service has noted. Throws PlumblineError. */
export async function readStore(world: World, options: ChangesOptions, place: StorePlace): Promise<StoreRead> {
  refuseBesideStore(options);
  // What is wrong with the options is said in their own names.
  filterOf(options, world.now());
  const documents = await openStore(world, place, () => signedIn(world, options));
  const account = options.account ?? (await accountIn(documents, place));
  const { since, until, resource, actor, kind } = options;
  const ports = { account, documents, kinds: kindsById, now: () => world.now() };
  const question = { since, until, resource, actor, kind, account: options.account };
  const document = await withProgress(world, () => changesDocument(question, ports), 'reading records');
  return { document, place: documents.place };
}

async function signedIn(world: World, options: ChangesOptions): Promise<Session> {
  const { signIn } = await import('./live.ts');
  return signIn(world, options);
}

/** Whose records they are: those of the service that keeps them, or of the one account that a folder has records of. Throws PlumblineError. */
export async function accountIn(documents: Documents, place: StorePlace): Promise<string> {
  const service = await findService(documents);
  if (service !== undefined) return service.account;
  const keys = place.in === 'folder' ? await documents.list('changes/') : [];
  const accounts = [...new Set(keys.flatMap((key) => /^changes\/account=(\d{12})\//.exec(key)?.[1] ?? []))];
  const [only, ...others] = accounts;
  if (only !== undefined && others.length === 0) return only;
  throw only === undefined
    ? new PlumblineError(
        'INPUT_INVALID',
        `${documents.place} has no records of a service: name the bucket of a deployed one, the output "Store" of its stack; without --store, changes and explain ask CloudTrail's own history`,
      )
    : new PlumblineError(
        'ARGUMENT_INVALID',
        `${documents.place} has records of ${accounts.length} accounts: name one of ${accounts.slice(0, 5).join(', ')} with --account`,
      );
}
