import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import pMap from 'p-map';
import { messageOf, PlumblineError } from '#core/errors.ts';
import type { LogFile } from '#lambda/trail-reading.ts';
import { errnoOf } from './file-system.ts';

const LOGS = /\.(?:json|jsonl|ndjson)(?:\.gz)?$|\.gz$/i;
/** What CloudTrail writes beside its logs, and what holds no records. */
const NO_LOGS = /(?:^|[/\\])CloudTrail-(?:Digest|Insight)(?:[/\\]|$)/;
const PIECE = 1024 * 1024;

/**
 * The logs in a folder and in all folders below it, or the one file that is named. Throws INPUT_INVALID where nothing of that name is
 * there, or no log below it.
 */
export async function findLogFiles(path: string, named: string): Promise<readonly LogFile[]> {
  const found = await infoOf(path, named);
  if (!found.isDirectory()) return [fileAt(path, named, Number(found.size))];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && LOGS.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !NO_LOGS.test(relative(path, file)))
    .sort();
  if (paths.length === 0)
    throw new PlumblineError(
      'INPUT_INVALID',
      `no log is in ${named} or below it: name the folder of a trail, with files such as ….json.gz`,
    );
  return pMap(paths, async (file) => fileAt(file, relative(path, file), (await stat(file)).size), { concurrency: 16 });
}

function fileAt(path: string, name: string, size: number): LogFile {
  return {
    name,
    size,
    open: () => createReadStream(path, { highWaterMark: PIECE }) as AsyncIterable<Uint8Array>,
    readAll: () => readFile(path),
  };
}

async function infoOf(path: string, named: string): ReturnType<typeof stat> {
  try {
    return await stat(path);
  } catch (cause) {
    throw new PlumblineError(
      'INPUT_INVALID',
      `could not read ${named} (${errnoOf(cause) ?? messageOf(cause)}): check --trail-logs`,
      { cause },
    );
  }
}
