import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The few file-system calls that the folder home makes, so that a test can let any one of them be the last. */
export interface FileSystem {
  readonly read: (path: string) => Promise<Uint8Array>;
  /** Creates a file that must not exist, with all its bytes on the disk. */
  readonly writeNew: (path: string, body: Uint8Array) => Promise<void>;
  /** Replaces atomically. */
  readonly rename: (from: string, to: string) => Promise<void>;
  readonly remove: (path: string) => Promise<void>;
  readonly makeFolder: (path: string) => Promise<void>;
  readonly list: (path: string) => Promise<readonly { readonly name: string; readonly isFolder: boolean }[]>;
  readonly modifiedAt: (path: string) => Promise<number>;
}

export const fileSystem: FileSystem = {
  read: (path) => readFile(path),
  writeNew: async (path, body) => {
    const file = await open(path, 'wx');
    try {
      await file.writeFile(body);
      await file.sync();
    } finally {
      await file.close();
    }
  },
  rename,
  remove: (path) => rm(path, { force: true }),
  makeFolder: async (path) => void (await mkdir(path, { recursive: true })),
  list: async (path) =>
    (await readdir(path, { withFileTypes: true })).map((entry) => ({
      name: entry.name,
      isFolder: entry.isDirectory(),
    })),
  modifiedAt: async (path) => (await stat(path)).mtimeMs,
};

/** The name of a file-system error, such as ENOENT. */
export function errnoOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}

/** What to say, and to do, when the disk refuses. */
export function explainDisk(error: unknown, path: string): string {
  switch (errnoOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return `no space is left for ${path}: free some and repeat the command; what was there before is untouched`;
    case 'EACCES':
    case 'EPERM':
      return `may not write ${path}: give yourself the right to it, or choose another folder; what was there before is untouched`;
    case 'EROFS':
      return `${path} is on a read-only file system: choose another folder`;
    case 'ENOENT':
      return `the folder ${dirname(path)} is not there: make it first, or choose another one`;
    case 'ENOTDIR':
    case 'EEXIST':
      return `${dirname(path)} is not a folder: choose another one`;
    default:
      return `could not write ${path} (${errnoOf(error) ?? String(error)}); what was there before is untouched`;
  }
}
