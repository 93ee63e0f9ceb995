import { resolve } from 'node:path';
import type { Session } from '#aws/session.ts';
import type { Documents } from '#lambda/ports.ts';
import { FolderDocuments } from '#local/folder-documents.ts';
import type { StorePlace } from './store-place.ts';
import type { World } from './world.ts';

/** A home of documents that can tell whether it can be used. */
export interface Store extends Documents {
  /** Throws PlumblineError with the mend when it cannot be read and written. Leaves nothing behind. */
  probe(): Promise<void>;
}

/** Opens where documents are kept. Only a bucket needs somebody who is signed in, and only then are they asked for. */
export async function openStore(world: World, place: StorePlace, signedIn: () => Promise<Session>): Promise<Store> {
  if (place.in === 'folder') return new FolderDocuments(resolve(world.cwd, place.folder));
  const { openBucket } = await import('./live.ts');
  return openBucket(world, await signedIn(), place);
}
