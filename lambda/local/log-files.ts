import type { Stats } from 'node:fs';
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import pMap from 'p-map';
import { messageOf, PlumblineError } from '#core/errors.ts';
import { TRAIL_LAYOUT, type LogLayout, type LogsAsked } from '#core/trail-layout.ts';
import type { FoundLogs, LogFile } from '#lambda/trail-reading.ts';
import { errnoOf } from './file-system.ts';

const PIECE = 1024 * 1024;

/** A folder or a file, and as a person named it. */
export interface LocalPlace {
  /** Absolute. */
  readonly path: string;
  readonly named: string;
}

/**
 * The logs in a folder and in all folders below it that may hold what is asked, or the one file that is named. Throws INPUT_INVALID where
 * nothing of that name is there, or no log below it.
 */
export async function findLogFiles(
  { path, named }: LocalPlace,
  asked: LogsAsked,
  layout: LogLayout = TRAIL_LAYOUT,
): Promise<FoundLogs> {
  const found = await infoOf(path, { named, option: layout.option });
  if (!found.isDirectory()) return { files: [fileAt(path, named, found)], problems: [], isAnyLeftOut: false };
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const all = entries
    .filter((entry) => entry.isFile() && layout.isLog(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  const root = slashed(path);
  const paths = all.filter((file) => layout.mayHold({ root, path: slashed(relative(path, file)) }, asked)).sort();
  if (all.length === 0)
    throw new PlumblineError('INPUT_INVALID', `no log is in ${named} or below it: name the folder ${layout.named}`);
  const files = await pMap(paths, async (file) => fileAt(file, relative(path, file), await stat(file)), {
    concurrency: 16,
  });
  return { files, problems: [], isAnyLeftOut: paths.length < all.length };
}

function slashed(path: string): string {
  return path.split(sep).join('/');
}

function fileAt(path: string, name: string, { size, mtime }: Stats): LogFile {
  return {
    name,
    size,
    writtenAt: mtime.toISOString(),
    open: () => piecesOf(path),
    readAll: () => readFile(path),
  };
}

async function infoOf(
  path: string,
  { named, option }: { readonly named: string; readonly option: string },
): Promise<Stats> {
  try {
    return await stat(path);
  } catch (cause) {
    throw new PlumblineError(
      'INPUT_INVALID',
      `could not read ${named} (${errnoOf(cause) ?? messageOf(cause)}): check ${option}`,
      { cause },
    );
  }
}

/** Piece by piece, into the same memory each time: whoever takes a piece is done with it before the next is asked for. */
async function* piecesOf(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    const piece = Buffer.allocUnsafeSlow(PIECE);
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, PIECE);
      if (bytesRead === 0) return;
      yield piece.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
