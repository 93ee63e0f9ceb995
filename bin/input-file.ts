import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { messageOf, PlumblineError } from '#core/errors.ts';
import type { Scan } from '#core/scan.ts';
import { parseDocument, snapshotFileSchema } from '#lambda/document-format.ts';
import { observationsIn, scanOf } from '#lambda/snapshot-store.ts';
import { errnoOf } from '#local/file-system.ts';
import type { World } from './world.ts';

/** Standard input, as a file's name. */
export const STANDARD_INPUT = '-';

/** The text of a file, or of standard input. Throws INPUT_INVALID. */
export async function readText(world: World, name: string): Promise<string> {
  const text = name === STANDARD_INPUT ? await readInput(world) : await readNamed(world, name);
  // Editors of some systems put a mark of byte order before a text.
  return text.replace(/^\u{feff}/u, '');
}

async function readInput(world: World): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of world.input()) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

async function readNamed(world: World, name: string): Promise<string> {
  try {
    return await readFile(resolve(world.cwd, name), 'utf8');
  } catch (cause) {
    throw unreadableFile(name, cause);
  }
}

/** Why a file could not be read, in one sentence. */
export function unreadableFile(name: string, cause: unknown): PlumblineError {
  return new PlumblineError(
    'INPUT_INVALID',
    `could not read ${name} (${errnoOf(cause) ?? messageOf(cause)}): check the name`,
    { cause },
  );
}

/** The snapshot that a file's text holds. Throws INPUT_INVALID, or STORE_NEWER for one of a newer Plumbline. */
export function snapshotIn(text: string, name: string): Scan {
  try {
    const file = parseDocument(snapshotFileSchema, text, { name, mend: 'give a file that "plumbline snapshot" wrote' });
    return scanOf(file, observationsIn(file));
  } catch (error) {
    throw error instanceof PlumblineError && error.code === 'STORE_DAMAGED'
      ? new PlumblineError('INPUT_INVALID', error.message, { cause: error })
      : error;
  }
}
