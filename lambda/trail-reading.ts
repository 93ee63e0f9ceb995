import { promisify } from 'node:util';
import { createGunzip, gunzip, type Gunzip } from 'node:zlib';
import pMap from 'p-map';
import type { KindDeclaration } from '#core/declaration.ts';
import { messageOf } from '#core/errors.ts';
import { parseEvent } from '#core/event.ts';
import { FoundEvents } from '#core/found-events.ts';
import { isJsonObject, textOf, type Json } from '#core/json.ts';
import type { TimelineEntry, TimelineProblem } from '#core/timeline.ts';
import { recordsIn, TrailLogScanner } from '#core/trail-log.ts';

/** One file of a log, wherever it lies. */
export interface LogFile {
  readonly name: string;
  /** Bytes, as it lies there. */
  readonly size: number;
  readonly open: () => AsyncIterable<Uint8Array>;
  readonly readAll: () => Promise<Uint8Array>;
}

/** The files of a place that may hold what is asked. */
export interface FoundLogs {
  /** By name. */
  readonly files: readonly LogFile[];
  /** Where could not be looked. */
  readonly problems: readonly TimelineProblem[];
  /** There is more, of other times, accounts or regions, or no logs of CloudTrail. */
  readonly isAnyLeftOut: boolean;
}

export interface TrailRead {
  /** Every call on what is watched, once, the oldest first; failed attempts too. */
  readonly entries: readonly TimelineEntry[];
  readonly files: number;
  readonly records: number;
  /** Records that were read already: in another file, or twice in one. */
  readonly duplicates: number;
  /** What could not be read, a file a line. */
  readonly problems: readonly TimelineProblem[];
}

export interface TrailReadingSettings {
  readonly kinds: readonly KindDeclaration[];
  readonly onFile?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/** So many are unpacked beside each other. */
const FILES_AT_ONCE = 4;
const PIECE = 1024 * 1024;

/** Reads logs of CloudTrail: what is watched of them is parsed, the rest is passed over. One file that cannot be read hides no other. */
export async function readTrailLogs(
  files: AsyncIterable<LogFile> | Iterable<LogFile>,
  { kinds, onFile, signal }: TrailReadingSettings,
): Promise<TrailRead> {
  const names = new Set(kinds.flatMap(({ events }) => events.map(({ name }) => name)));
  const found = new FoundEvents();
  const problems: TimelineProblem[] = [];
  let records = 0;
  let done = 0;
  const take = (record: Json): void => found.take(parseEvent(record));
  await pMap(
    files,
    async (file) => {
      const read = await readFile(file, { names, take });
      records += read.records;
      problems.push(...read.problems.map((says) => ({ where: file.name, says })));
      done += 1;
      onFile?.(done);
    },
    { concurrency: FILES_AT_ONCE, ...(signal === undefined ? {} : { signal }) },
  );
  return {
    entries: found.entries(kinds),
    files: done,
    records,
    duplicates: found.duplicates,
    problems: problems.sort((a, b) => (a.where < b.where ? -1 : 1)),
  };
}

interface Taking {
  readonly names: ReadonlySet<string>;
  readonly take: (record: Json) => void;
}

async function readFile(
  file: LogFile,
  { names, take }: Taking,
): Promise<{ readonly records: number; readonly problems: readonly string[] }> {
  const problems: string[] = [];
  const unread: string[] = [];
  let strangers = 0;
  const scanner = new TrailLogScanner(names, (bytes) => {
    try {
      for (const record of recordsIn(JSON.parse(Buffer.from(bytes).toString('utf8')) as Json)) {
        const name = nameOf(record);
        if (name === undefined) strangers += 1;
        else if (names.has(name)) take(record);
      }
    } catch (error) {
      unread.push(messageOf(error));
    }
  });
  let isBegun = false;
  try {
    const packed = file.size > LARGE ? undefined : await file.readAll();
    isBegun = packed !== undefined;
    const whole = packed === undefined ? undefined : await unpackedWhole(packed);
    if (whole !== undefined) scanner.push(whole);
    else
      for await (const piece of unpacked(file)) {
        isBegun = true;
        scanner.push(piece);
      }
  } catch (error) {
    problems.push(`${problemOf(error)}${isBegun ? '; what stands before it was read' : ''}`);
  }
  const ending = scanner.end();
  // What was cut short in unpacking is cut short as a text too, and is one matter.
  if (ending !== undefined && problems.length === 0) problems.push(ending);
  if (unread.length > 0) problems.push(`${unread.length} of its records could not be read: ${unread[0] ?? ''}`);
  if (strangers > 0)
    problems.push(`${strangers} of its entries ${strangers === 1 ? 'is no record' : 'are no records'} of CloudTrail`);
  return { records: scanner.count - strangers, problems };
}

/** What the record says was called. The scanner gives out what may be a watched call, and only what is one is parsed. */
function nameOf(record: Json): string | undefined {
  return isJsonObject(record) ? textOf(record['eventName']) : undefined;
}

const GZIP = [0x1f, 0x8b];

/** Up to this a file is unpacked in one go, which is quicker than piece by piece. */
const LARGE = 4 * 1024 * 1024;
/** Larger than this it is no longer worth the memory. */
const LARGEST_WHOLE = 48 * 1024 * 1024;

const unpack = promisify(gunzip);

/** All of a small file; undefined where it is to be read piece by piece: what stands before a damage counts, and a bomb does not. */
async function unpackedWhole(bytes: Uint8Array): Promise<Uint8Array | undefined> {
  if (!isPacked(bytes)) return bytes;
  try {
    return await unpack(bytes, { chunkSize: PIECE, maxOutputLength: LARGEST_WHOLE });
  } catch {
    return undefined;
  }
}

/** By what it holds, not by what it is called. */
function isPacked(bytes: Uint8Array): boolean {
  return GZIP.every((byte, index) => bytes[index] === byte);
}

async function* unpacked(file: LogFile): AsyncGenerator<Uint8Array> {
  const pieces = file.open()[Symbol.asyncIterator]();
  const first = await pieces.next();
  if (first.done === true) return;
  const all = (async function* (): AsyncGenerator<Uint8Array> {
    yield first.value;
    for (let piece = await pieces.next(); piece.done !== true; piece = await pieces.next()) yield piece.value;
  })();
  if (!isPacked(first.value)) return yield* all;
  // A member after the first, as appending makes it, is read like the first.
  const unpacking = createGunzip({ chunkSize: PIECE });
  const fed = feed(all, unpacking);
  for await (const piece of unpacking as AsyncIterable<Uint8Array>) yield piece;
  await fed;
}

/** Gives it a piece when the one before is done with. What goes wrong is told by whoever takes from it. */
async function feed(pieces: AsyncIterable<Uint8Array>, unpacking: Gunzip): Promise<void> {
  try {
    for await (const piece of pieces)
      await new Promise<void>((resolve, reject) =>
        unpacking.write(piece, (error) => (error ? reject(error) : resolve())),
      );
    unpacking.end();
  } catch (error) {
    unpacking.destroy(error instanceof Error ? error : new Error(messageOf(error)));
  }
}

function problemOf(error: unknown): string {
  const { code } = error as { readonly code?: string };
  if (code === 'Z_BUF_ERROR') return 'it ends in the middle of what is packed';
  if (code?.startsWith('Z_') === true) return 'it is damaged: it cannot be unpacked';
  return `it could not be read (${code ?? messageOf(error)})`;
}
