import { randomUUID } from 'node:crypto';
import { link, lstat, rename, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { PlumblineError } from '#core/errors.ts';
import { errnoOf, explainDisk } from '#local/file-system.ts';
import type { World } from './world.ts';

type Body = Uint8Array | string;

/** How a file that was written beside gets to its place. */
type Place = (unfinished: string, path: string) => Promise<void>;

/** Writes a file, over what was there, and prints where it is. It is there whole or not at all. Throws STORE_UNWRITABLE. */
export function writeWhole(world: World, name: string, body: Body): Promise<void> {
  return writeBeside({ world, name, body }, rename);
}

/** The same for a file that must not be there yet. Throws ARGUMENT_INVALID where it is, also if somebody makes it meanwhile. */
export function writeNew(world: World, name: string, body: Body): Promise<void> {
  return writeBeside({ world, name, body }, placeNew);
}

/** Throws ARGUMENT_INVALID if something of that name is there. */
export async function refuseTaken(world: World, name: string): Promise<void> {
  const path = resolve(world.cwd, name);
  // What cannot be looked at is told when it is written.
  if ((await lstat(path).catch(() => undefined)) !== undefined) throw taken(path);
}

async function writeBeside(
  { world, name, body }: { readonly world: World; readonly name: string; readonly body: Body },
  place: Place,
): Promise<void> {
  const path = resolve(world.cwd, name);
  const unfinished = `${path}.${randomUUID()}`;
  try {
    await writeFile(unfinished, body, { flag: 'wx' });
    await place(unfinished, path);
  } catch (error) {
    throw error instanceof PlumblineError
      ? error
      : new PlumblineError('STORE_UNWRITABLE', explainDisk(error, path), { cause: error });
  } finally {
    // Where nothing could be written there may be nothing to remove, and that is no second trouble.
    await rm(unfinished, { force: true }).catch(() => undefined);
  }
  world.print(`${path}\n`);
}

/** Renaming would replace what is there; a second name for the same file is refused where the name is taken. */
const placeNew: Place = async (unfinished, path) => {
  try {
    await link(unfinished, path);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') throw taken(path, error);
    // Some file systems know no second names: then the moment between looking and renaming is all that is left.
    if ((await lstat(path).catch(() => undefined)) !== undefined) throw taken(path, error);
    await rename(unfinished, path);
  }
};

function taken(path: string, cause?: unknown): PlumblineError {
  return new PlumblineError(
    'ARGUMENT_INVALID',
    `${path} is there already, and is never written over: name another file with --out FILE, or move it away`,
    { cause },
  );
}
