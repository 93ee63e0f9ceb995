import { isJsonObject, textOf, type Json } from './json.ts';

/** A record is 256 KB at most, in CloudTrail Lake 1 MB (aws-facts §4.3). What is longer is none. */
export const LONGEST_RECORD = 4 * 1024 * 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const COMMA = 0x2c;
const NEWLINE = 0x0a;
/** White space, the byte order mark, and the separator of JSON text sequences. */
const BLANK = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf, 0x1e]);

/** Which bytes open and close what there is of records: by the byte, since that is the quickest there is. */
const BRACKETS = new Uint8Array(256);
for (const bracket of [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST]) BRACKETS[bracket] = 1;

/** What a file's one object may call its list of records. */
const LISTS = /^\{\s*"(?:Records|Events)"\s*:\s*\[/;
/** Enough of a file's beginning to tell its layout. */
const BEGINNING = 64;

/** `"eventName"`, from the first letter that is rare: the search of a quote stops at each text (measured: half the time). */
const NAME_KEY = Buffer.from('ventName"');
const BEFORE_NAME = Buffer.from('"e');
const LONGEST_NAME = 128;

/** Which records are asked for, by the names of their calls, and who takes them. */
export interface RecordsAsked {
  readonly names: ReadonlySet<string>;
  /**
   * Is given the bytes of one record, and where it begins in what was read. Of which shape it is, `recordsIn` tells. The bytes are of use
   * only until it returns.
   */
  readonly onRecord: (record: Uint8Array, offset: number) => void;
}

/** Where a file's records stand: in the list of its one object, in a list, or each by itself. */
type Layout = 'in-a-member' | 'in-a-list' | 'alone';

/** How deep the records' own brackets are. */
const DEPTH: Readonly<Record<Layout, number>> = { 'in-a-member': 3, 'in-a-list': 2, alone: 1 };

/**
 * Finds the records in the bytes of a log, piece by piece, without reading what nobody asks for: brackets are counted outside of texts,
 * and only a record in which one of the names stands as an `eventName` is given out. So a file of any length takes the memory of a
 * piece and a record, and most of a month of logs is never parsed. Pure.
 */
export class TrailLogScanner {
  /** Records so far. */
  count = 0;
  readonly #asked: RecordsAsked;
  readonly #besides: RecordsAsked;
  #layout: Layout | undefined;
  #depth = 0;
  #isInText = false;
  /** Where the record that is read now begins in the piece; 0 where it began before. */
  #start = 0;
  #piece: NamesIn | undefined;
  #isEscaped = false;
  /** The beginning of a record, of pieces before; undefined outside of one. */
  #begun: Buffer[] | undefined;
  #begunBytes = 0;
  #isTooLong = false;
  /** Bytes of pieces before. */
  #offset = 0;
  #waiting: Buffer = Buffer.alloc(0);
  #isStopped = false;
  #isSkippingLine = false;
  #problem: string | undefined;

  /** `besides` is given what names none of what is asked for. */
  constructor(asked: RecordsAsked, besides: RecordsAsked = NOTHING) {
    this.#asked = asked;
    this.#besides = besides;
  }

  push(piece: Uint8Array): void {
    let bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    if (this.#layout === undefined) {
      bytes = this.#waiting.length === 0 ? bytes : Buffer.concat([this.#waiting, bytes]);
      const layout = layoutOf(bytes);
      if (layout === undefined) {
        this.#waiting = Buffer.from(bytes);
        return;
      }
      this.#layout = layout;
    }
    this.#scan(bytes, this.#layout);
    this.#offset += bytes.length;
  }

  /** Says what could not be read of it; undefined where all of it could. */
  end(): string | undefined {
    if (this.#layout === undefined && this.#waiting.length > 0) {
      this.#layout = layoutOf(this.#waiting, true);
      if (this.#layout !== undefined) this.#scan(this.#waiting, this.#layout);
      this.#offset += this.#waiting.length;
    }
    if (this.#layout === undefined) return 'it is empty';
    if (this.#isStopped || this.#problem !== undefined) return this.#problem;
    if (this.#depth >= DEPTH[this.#layout]) return 'it ends in the middle of a record';
    return this.#depth === 0 ? undefined : 'it ends before its list of records does';
  }

  #scan(bytes: Buffer, layout: Layout): void {
    this.#piece = this.#namesIn(bytes);
    this.#start = 0;
    // In variables of its own: this loop sees every byte of a month of logs.
    const { length } = bytes;
    const own = DEPTH[layout];
    const isTextAnywhere = layout === 'in-a-member';
    let isInText = this.#isInText;
    let at = this.#begunAt(bytes);
    for (; at < length; at += 1) {
      if (isInText) {
        for (; at < length; at += 1) {
          const inside = bytes[at];
          if (inside === QUOTE) break;
          if (inside === BACKSLASH) at += 1;
        }
        if (at >= length) break;
        isInText = false;
        continue;
      }
      const byte = bytes[at] ?? 0;
      if (byte === QUOTE && (this.#depth >= own || isTextAnywhere)) isInText = true;
      else if (BRACKETS[byte] === 1 || this.#depth === own - 1) at = this.#structure(bytes, at, layout);
    }
    this.#isInText = isInText;
    // A backslash was the last byte: what it escapes is the first of the next piece.
    this.#isEscaped = isInText && at > length;
    this.#keepBegun(bytes, this.#start);
  }

  /** What stands outside of texts and has a meaning. Returns the last byte that is done with. */
  #structure(bytes: Buffer, at: number, layout: Layout): number {
    const own = DEPTH[layout];
    const byte = bytes[at] ?? 0;
    if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      this.#depth += 1;
      if (this.#depth !== own) return at;
      this.#start = at;
      this.#begin();
      return byte === OPEN_LIST ? this.#refuse(bytes, at, layout) : at;
    }
    if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      if (this.#depth === own) this.#close(bytes, at + 1);
      this.#depth -= 1;
      if (this.#depth >= 0) return at;
      this.#depth = 0;
      return this.#refuse(bytes, at, layout);
    }
    return byte === COMMA || BLANK.has(byte) ? at : this.#refuse(bytes, at, layout);
  }

  #begin(): void {
    this.#begun = [];
    this.#begunBytes = 0;
    this.#isTooLong = false;
  }

  /** Where to go on in a new piece: after the rest of a line that is passed over, or what the last byte escapes. */
  #begunAt(bytes: Buffer): number {
    if (this.#isStopped) return bytes.length;
    if (!this.#isSkippingLine) return this.#isEscaped ? 1 : 0;
    const end = bytes.indexOf(NEWLINE);
    this.#isSkippingLine = end === -1;
    return end === -1 ? bytes.length : end;
  }

  #close(bytes: Buffer, end: number): void {
    const before = this.#begun ?? [];
    const start = this.#start;
    this.#begun = undefined;
    this.#start = 0;
    this.count += 1;
    if (this.#isTooLong || this.#begunBytes + end - start > LONGEST_RECORD) {
      this.#problem ??= `a record of it is longer than ${LONGEST_RECORD / 1024 / 1024} MB, and was passed over`;
      return;
    }
    if (before.length === 0) {
      this.#piece?.whoAsks(start, end)?.onRecord(bytes.subarray(start, end), this.#offset + start);
      return;
    }
    const whole = Buffer.concat([...before, bytes.subarray(start, end)]);
    this.#namesIn(whole)
      .whoAsks(0, whole.length)
      ?.onRecord(whole, this.#offset - this.#begunBytes);
  }

  #namesIn(bytes: Buffer): NamesIn {
    return new NamesIn(bytes, this.#asked, this.#besides);
  }

  /** A record that goes on in the next piece: pieces are used again by whoever reads them. */
  #keepBegun(bytes: Buffer, start: number): void {
    if (this.#begun === undefined) return;
    this.#begunBytes += bytes.length - start;
    if (this.#begunBytes > LONGEST_RECORD) {
      this.#isTooLong = true;
      this.#begun = [];
    } else this.#begun.push(Buffer.from(bytes.subarray(start)));
  }

  /**
   * Records by themselves go on with the next line; after anything else nobody knows where one begins. Returns the last byte that is not
   * looked at any more.
   */
  #refuse(bytes: Buffer, at: number, layout: Layout): number {
    const where = `it is no JSON from byte ${this.#offset + at} on`;
    if (layout === 'alone') {
      this.#problem ??= `${where}${this.#offset + at === 0 ? '' : ', to the end of the line'}`;
      const end = bytes.indexOf(NEWLINE, at);
      this.#isSkippingLine = end === -1;
      return end === -1 ? bytes.length : end;
    }
    this.#problem ??= where;
    this.#isStopped = true;
    this.#begun = undefined;
    return bytes.length;
  }
}

/** How the records lie in a file, from its beginning; undefined while that cannot be told. */
function layoutOf(bytes: Buffer, isAll = false): Layout | undefined {
  let from = 0;
  while (from < bytes.length && BLANK.has(bytes[from] ?? 0)) from += 1;
  const text = bytes.toString('latin1', from, from + 2 * BEGINNING);
  if (text === '') return undefined;
  if (text.startsWith('[')) return 'in-a-list';
  if (LISTS.test(text)) return 'in-a-member';
  return text.length >= BEGINNING || isAll ? 'alone' : undefined;
}

const NOTHING: RecordsAsked = { names: new Set(), onRecord: () => undefined };

/** Where the names that are asked for stand as an `eventName`. */
class NamesIn {
  readonly #bytes: Buffer;
  readonly #asked: RecordsAsked;
  readonly #besides: RecordsAsked;
  /** Where the next key is, from where was last looked. */
  #next = -1;

  constructor(bytes: Buffer, asked: RecordsAsked, besides: RecordsAsked) {
    this.#bytes = bytes;
    this.#asked = asked;
    this.#besides = besides;
  }

  /** Whose names are there? What has no such member at all may hold its record as a text: it is looked at closer. */
  whoAsks(start: number, end: number): RecordsAsked | undefined {
    let found: RecordsAsked | undefined = this.#asked;
    for (let key = this.#keyFrom(start); key < end; key = this.#keyFrom(key + 1)) {
      const name = this.#nameAfter(key + NAME_KEY.length, end);
      if (this.#asked.names.has(name)) return this.#asked;
      if (found !== this.#besides) found = this.#besides.names.has(name) ? this.#besides : undefined;
    }
    return found;
  }

  #keyFrom(start: number): number {
    if (this.#next < start) {
      let found = this.#bytes.indexOf(NAME_KEY, start);
      while (found !== -1 && !this.#isWholeKey(found)) found = this.#bytes.indexOf(NAME_KEY, found + 1);
      this.#next = found === -1 ? Number.MAX_SAFE_INTEGER : found;
    }
    return this.#next;
  }

  #isWholeKey(at: number): boolean {
    return BEFORE_NAME.every((byte, index) => this.#bytes[at - BEFORE_NAME.length + index] === byte);
  }

  #nameAfter(key: number, end: number): string {
    const from = this.#bytes.indexOf(QUOTE, key);
    if (from === -1 || from >= end) return '';
    const to = this.#bytes.indexOf(QUOTE, from + 1);
    return to === -1 || to - from > LONGEST_NAME ? '' : this.#bytes.toString('latin1', from + 1, to);
  }
}

/**
 * The records in one value, of whatever shape: a record, an envelope of EventBridge around one, an answer of LookupEvents with the record
 * as a text, or a list of any of them. What is none of these is given as it is: `parseEvent` says what is wrong with it. Throws
 * SyntaxError where a text that should be a record is no JSON. Pure.
 */
export function recordsIn(value: Json): readonly Json[] {
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap(recordsIn);
  if (!isJsonObject(value)) return [value];
  const { Records, Events, CloudTrailEvent, detail } = value;
  if (Array.isArray(Records)) return recordsIn(Records as Json);
  if (Array.isArray(Events)) return recordsIn(Events as Json);
  const text = textOf(CloudTrailEvent);
  if (text !== undefined) return [JSON.parse(text) as Json];
  return isJsonObject(detail) && value['detail-type'] !== undefined ? [detail] : [value];
}
