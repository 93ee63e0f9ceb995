import { promisify } from 'node:util';
import { createGunzip, gunzip, type Gunzip } from 'node:zlib';
import { messageOf } from '#core/errors.ts';
import type { Range } from '#core/issue-index.ts';

/** One file of a log, wherever it lies. It may be read more than once. */
export interface LogFile {
  readonly name: string;
  /** Bytes, as it lies there. */
  readonly size: number;
  /** When it was written (ISO 8601, UTC), where its place tells. */
  readonly writtenAt?: string;
  /** A piece is of use only until the next is asked for. */
  readonly open: () => AsyncIterable<Uint8Array>;
  readonly readAll: () => Promise<Uint8Array>;
}

/** Takes the bytes of a log, piece by piece, and says at the end what could not be read of it. A piece is of use only until it returns. */
export interface LogScanner {
  push(piece: Uint8Array): void;
  end(): string | undefined;
}

const PIECE = 1024 * 1024;

/** Gives a scanner all bytes of a file, unpacked. Says what could not be read of it; undefined where all of it could. */
export async function scanFile(file: LogFile, scanner: LogScanner): Promise<string | undefined> {
  let problem: string | undefined;
  const open = { isBegun: false };
  try {
    for await (const piece of piecesOf(file, open)) scanner.push(piece);
  } catch (error) {
    problem = `${problemOf(error)}${open.isBegun ? '; what stands before it was read' : ''}`;
  }
  const ending = scanner.end();
  // What was cut short in unpacking is cut short as a text too, and is one matter.
  return problem ?? ending;
}

/**
 * The bytes at some places of a file, unpacked, in their order; what stands behind the last is not unpacked. Says what could not be
 * read; undefined where all of them could.
 */
export async function readRanges(
  file: LogFile,
  ranges: readonly Range[],
  onRange: (bytes: Uint8Array) => void,
): Promise<string | undefined> {
  const left = ranges.toSorted((a, b) => a.offset - b.offset);
  let begun: Uint8Array[] = [];
  let start = 0;
  try {
    for await (const piece of piecesOf(file)) {
      for (let [range] = left; range !== undefined && range.offset < start + piece.length; [range] = left) {
        const from = Math.max(0, range.offset - start);
        const to = range.offset + range.length - start;
        // Pieces may be used again by whoever reads them.
        begun.push(Buffer.from(piece.subarray(from, to)));
        if (to > piece.length) break;
        onRange(begun.length === 1 && begun[0] !== undefined ? begun[0] : Buffer.concat(begun));
        begun = [];
        left.shift();
      }
      start += piece.length;
      if (left.length === 0) return undefined;
    }
  } catch (error) {
    return problemOf(error);
  }
  return left.length === 0 ? undefined : 'it is shorter than it was';
}

/** All of it, unpacked: at once where it is small. `open` is told when there was anything of it. */
async function* piecesOf(file: LogFile, open = { isBegun: false }): AsyncGenerator<Uint8Array> {
  const packed = file.size > LARGE ? undefined : await file.readAll();
  open.isBegun = packed !== undefined;
  const whole = packed === undefined ? undefined : await unpackedWhole(packed);
  if (whole !== undefined) return yield whole;
  for await (const piece of unpacked(file)) {
    open.isBegun = true;
    yield piece;
  }
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
  try {
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
  } finally {
    // Whoever has enough of it leaves no file open.
    await pieces.return?.();
  }
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
