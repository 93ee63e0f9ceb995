import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { PlumblineError } from '#core/errors.ts';
import { errnoOf, type FileSystem } from './file-system.ts';

/** A lock is held for the time of two small writes; one that is this old belongs to nobody who lives. */
const FORGOTTEN_AFTER_MS = 10_000;
const LOOK_AGAIN_MS = 25;
const GIVE_UP_AFTER_MS = 15_000;

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly nonce: string;
}

export interface LockSettings {
  readonly folder: string;
  readonly files: FileSystem;
  readonly nonce: () => string;
}

/**
 * Runs `work` while no other process that shares the folder does. `work` gets a function that tells whether the lock is still
 * held, to be asked just before the one step that cannot be taken back.
 * A lock whose holder died is taken over. Throws STORE_UNWRITABLE when a living holder keeps it for too long.
 */
export async function withLock<T>(
  settings: LockSettings,
  work: (isStillHeld: () => Promise<boolean>) => Promise<T>,
): Promise<T> {
  const { folder, files } = settings;
  const path = join(folder, '.lock');
  const own: Holder = { pid: process.pid, host: hostname(), nonce: settings.nonce() };
  await acquire(path, own, settings);
  const isStillHeld = async (): Promise<boolean> => (await holderOf(path, files))?.nonce === own.nonce;
  try {
    return await work(isStillHeld);
  } finally {
    if (await isStillHeld().catch(() => false)) await files.remove(path);
  }
}

async function acquire(path: string, own: Holder, { files, folder }: LockSettings): Promise<void> {
  const giveUpAt = Date.now() + GIVE_UP_AFTER_MS;
  for (;;) {
    try {
      return await files.writeNew(path, Buffer.from(JSON.stringify(own)));
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
    }
    const holder = await holderOf(path, files);
    if (await isForgotten(path, holder, files)) await takeAway(path, { holder, own, files });
    else if (Date.now() > giveUpAt) {
      throw new PlumblineError(
        'STORE_UNWRITABLE',
        `another run (process ${holder?.pid ?? 'unknown'} on ${holder?.host ?? 'an unknown host'}) is writing to ${folder} and does not finish: wait for it, or end it, then repeat the command`,
      );
    } else await wait(LOOK_AGAIN_MS);
  }
}

async function holderOf(path: string, files: FileSystem): Promise<Holder | undefined> {
  try {
    return JSON.parse(Buffer.from(await files.read(path)).toString('utf8')) as Holder;
  } catch {
    return undefined;
  }
}

async function isForgotten(path: string, holder: Holder | undefined, files: FileSystem): Promise<boolean> {
  if (holder?.host === hostname() && !isAlive(holder.pid)) return true;
  // A living process may only have been given a dead one's number: age decides, and the holder looks again before its last step.
  const modifiedAt = await files.modifiedAt(path).catch(() => undefined);
  return modifiedAt !== undefined && Date.now() - modifiedAt > FORGOTTEN_AFTER_MS;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) === 'EPERM';
  }
}

/** Moves a dead lock aside. If a living one was moved by mistake (another run was faster), it is put back. */
async function takeAway(
  path: string,
  { holder, own, files }: { holder: Holder | undefined; own: Holder; files: FileSystem },
): Promise<void> {
  const aside = `${path}-${own.nonce}`;
  try {
    await files.rename(path, aside);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return;
    throw error;
  }
  const moved = await holderOf(aside, files);
  if (moved && moved.nonce !== holder?.nonce) {
    await files.writeNew(path, Buffer.from(JSON.stringify(moved))).catch(() => undefined);
  }
  await files.remove(aside);
}
