import { resolve } from 'node:path';
import { PlumblineError } from '#core/errors.ts';
import { FolderDocuments } from '#local/folder-documents.ts';
import { DEFAULT_STORE } from './live-options.ts';
import type { World } from './world.ts';

/** The folder home of the documents. Throws ARGUMENT_INVALID for what is no folder's name. */
export function openStore(world: World, store: string): FolderDocuments {
  if (store === '' || /^[a-z][a-z0-9+.-]*:\/\//i.test(store)) {
    throw new PlumblineError('ARGUMENT_INVALID', `--store ${store}: it takes a folder, such as ${DEFAULT_STORE}`);
  }
  return new FolderDocuments(resolve(world.cwd, store));
}
