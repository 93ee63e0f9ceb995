import { randomUUID } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { digestOf } from '#core/digest.ts';
import { PlumblineError } from '#core/errors.ts';
import type { Document, Documents, WriteOutcome } from '../ports.ts';
import { errnoOf, explainDisk, fileSystem, type FileSystem } from './file-system.ts';
import { withLock } from './folder-lock.ts';

/** Unfinished writes of a run that was killed are swept away when they are this old. */
const UNFINISHED_AFTER_MS = 60 * 60 * 1000;

const UNFINISHED = '.unfinished';

/**
 * Documents in a local folder, under the same keys as in a bucket. A document is written beside, then moved into place, so it is
 * there whole or not at all; the check that a conditional write makes and the move are one step under the folder's lock.
 */
export class FolderDocuments implements Documents {
  readonly place: string;
  readonly #files: FileSystem;
  #isSwept = false;

  constructor(folder: string, files: FileSystem = fileSystem) {
    this.place = resolve(folder);
    this.#files = files;
  }

  async read(key: string): Promise<Document | undefined> {
    const path = this.#pathOf(key);
    try {
      const body = await this.#files.read(path);
      return { body, version: digestOf(body) };
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw new PlumblineError(
        'STORE_DAMAGED',
        `could not read ${path} (${errnoOf(error) ?? String(error)}): check the folder and your right to it`,
        { cause: error },
      );
    }
  }

  create(key: string, body: Uint8Array): Promise<WriteOutcome> {
    return this.#write(key, body, async (path) => (await this.#versionOf(path)) === undefined);
  }

  replace(key: string, body: Uint8Array, version: string): Promise<WriteOutcome> {
    return this.#write(key, body, async (path) => (await this.#versionOf(path)) === version);
  }

  /** Can it be written? Throws STORE_UNWRITABLE with the mend. */
  async probe(): Promise<void> {
    const path = join(this.place, UNFINISHED, randomUUID());
    try {
      await this.#files.makeFolder(dirname(path));
      await this.#files.writeNew(path, new Uint8Array());
      await this.#files.remove(path);
    } catch (error) {
      throw new PlumblineError('STORE_UNWRITABLE', explainDisk(error, this.place), { cause: error });
    }
  }

  async list(prefix: string): Promise<readonly string[]> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    const found: string[] = [];
    await this.#walk(folder, found);
    return found.filter((key) => key.startsWith(prefix)).sort();
  }

  async #write(key: string, body: Uint8Array, mayWrite: (path: string) => Promise<boolean>): Promise<WriteOutcome> {
    const path = this.#pathOf(key);
    const unfinished = join(this.place, UNFINISHED, randomUUID());
    try {
      await this.#files.makeFolder(dirname(unfinished));
      await this.#sweep(dirname(unfinished));
      await this.#files.makeFolder(dirname(path));
      await this.#files.writeNew(unfinished, body);
      return await withLock({ folder: this.place, files: this.#files, nonce: randomUUID }, async (isStillHeld) => {
        if (!(await mayWrite(path)) || !(await isStillHeld())) return 'conflict';
        await this.#files.rename(unfinished, path);
        return 'written';
      });
    } catch (error) {
      throw error instanceof PlumblineError
        ? error
        : new PlumblineError('STORE_UNWRITABLE', explainDisk(error, path), { cause: error });
    } finally {
      await this.#files.remove(unfinished).catch(() => undefined);
    }
  }

  async #versionOf(path: string): Promise<string | undefined> {
    try {
      return digestOf(await this.#files.read(path));
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  async #walk(folder: string, found: string[]): Promise<void> {
    let entries: Awaited<ReturnType<FileSystem['list']>>;
    try {
      entries = await this.#files.list(join(this.place, folder));
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return;
      throw new PlumblineError(
        'STORE_DAMAGED',
        `could not list ${join(this.place, folder)} (${errnoOf(error) ?? String(error)}): check the folder and your right to it`,
        { cause: error },
      );
    }
    for (const { name, isFolder } of entries) {
      if (name.startsWith('.')) continue;
      if (isFolder) await this.#walk(`${folder}${name}/`, found);
      else found.push(`${folder}${name}`);
    }
  }

  async #sweep(folder: string): Promise<void> {
    if (this.#isSwept) return;
    this.#isSwept = true;
    for (const { name } of await this.#files.list(folder)) {
      const path = join(folder, name);
      const age = Date.now() - (await this.#files.modifiedAt(path).catch(() => Date.now()));
      if (age > UNFINISHED_AFTER_MS) await this.#files.remove(path);
    }
  }

  #pathOf(key: string): string {
    if (key.split('/').some((part) => part === '' || part.startsWith('.'))) {
      throw new PlumblineError(
        'INPUT_INVALID',
        `"${key}" is no key of a document: a part of it is empty or starts with a dot`,
      );
    }
    return join(this.place, ...key.split('/'));
  }
}
