import type { Issue } from './session-issues.ts';
import type { WantedIssue } from './issue-questions.ts';

const CREDENTIALS = Buffer.from('"credentials"');
/** `"accessKeyId"`, from its first letter that is rare. */
const KEY = Buffer.from('KeyId"');
const GIVEN = Buffer.from('"credentials":{"accessKeyId"');
const ROLE = Buffer.from('"assumedRoleUser"');
const FEDERATED = Buffer.from('"federatedUser"');
const ARN = Buffer.from('"arn"');
const TIME = Buffer.from('"eventTime"');
const SERVICE = Buffer.from('"AWSService"');

const QUOTE = 0x22;
/** For what an event does not say. */
const NONE = 0;

/** Where an event lies in its file, unpacked: from the first byte on, so many. */
export interface Range {
  readonly offset: number;
  readonly length: number;
}

/** What an event gives out and who took it, as numbers that were made of the texts; 0 for what it does not say. */
export interface Marks {
  readonly key: number;
  /** Of the session's name and second. */
  readonly session: number;
  /** Of the key of whoever took it. */
  readonly caller: number;
}

const CELLS = 6;
const HIGH = 2 ** 32;

/**
 * Which sessions the events of one file gave out, and where they stand in it, in 24 bytes an event: a month of a busy account has
 * millions of them, and who gave out a session is asked of a few. Another text may have the same number: it says where to look, and
 * never who it was.
 */
export class IssueIndex {
  #cells: number[] | Uint32Array = [];
  readonly #found = new Set<number>();

  add({ key, session, caller }: Marks, { offset, length }: Range): void {
    if (Array.isArray(this.#cells))
      this.#cells.push(key, session, caller, offset % HIGH, Math.floor(offset / HIGH), length);
  }

  /** Nothing more is added: what was is packed. */
  pack(): void {
    this.#cells = Uint32Array.from(this.#cells);
  }

  get isEmpty(): boolean {
    return this.#cells.length === 0;
  }

  /** Where the wanted stand that were not found before. Whoever took them is wanted too, and added. */
  find(wanted: WantedMarks): readonly Range[] {
    const cells = this.#cells;
    const ranges: Range[] = [];
    for (let at = 0; at < cells.length; at += CELLS) {
      if (!wanted.has(cells[at] ?? 0) && !wanted.has(cells[at + 1] ?? 0)) continue;
      if (this.#found.has(at)) continue;
      this.#found.add(at);
      wanted.add(cells[at + 2] ?? 0);
      ranges.push({ offset: (cells[at + 3] ?? 0) + (cells[at + 4] ?? 0) * HIGH, length: cells[at + 5] ?? 0 });
    }
    return ranges;
  }
}

const LOW_BITS = 0xffff;

/** Numbers that are looked for among millions: most are told from them by their low bits alone. */
export class WantedMarks {
  readonly #marks = new Set<number>();
  readonly #lows = new Uint8Array(LOW_BITS + 1);

  get size(): number {
    return this.#marks.size;
  }

  add(mark: number): void {
    if (mark === NONE) return;
    this.#marks.add(mark);
    this.#lows[mark & LOW_BITS] = 1;
  }

  has(mark: number): boolean {
    return this.#lows[mark & LOW_BITS] === 1 && this.#marks.has(mark);
  }
}

/**
 * The same of an event's bytes, unparsed, since a quarter of a month's records comes here: undefined where it gives nothing out, and
 * `unsure` where it is to be parsed: it is not laid out as CloudTrail does. No text that a caller chose is taken for the key: quotes
 * within texts are escaped. Pure.
 */
export function marksIn(record: Uint8Array): Marks | 'unsure' | undefined {
  const bytes = record instanceof Buffer ? record : Buffer.from(record);
  let own = -1;
  let given = keyFrom(bytes, 0);
  while (given !== -1 && !isGiven(bytes, given)) {
    if (own === -1) own = given;
    given = keyFrom(bytes, given);
  }
  if (given === -1) return bytes.includes(CREDENTIALS) ? 'unsure' : undefined;
  if (own === -1) own = keyFrom(bytes, given);
  const key = markOf(bytes, textFrom(bytes, given));
  // A service keeps the key that it was given, and was given none itself; a person's is changed while the session lasts.
  if (own === -1 && bytes.includes(SERVICE)) return { key, session: NONE, caller: NONE };
  return { key, session: sessionIn(bytes), caller: own === -1 ? NONE : markOf(bytes, textFrom(bytes, own)) };
}

/** Where the name of a member `accessKeyId` ends, from there on. */
function keyFrom(bytes: Buffer, start: number): number {
  const at = bytes.indexOf(KEY, start);
  return at === -1 ? -1 : at + KEY.length;
}

/** As CloudTrail writes it: the key stands first among the credentials. */
function isGiven(bytes: Buffer, end: number): boolean {
  const from = end - GIVEN.length;
  return from >= 0 && bytes.compare(GIVEN, 0, GIVEN.length, from, end) === 0;
}

function sessionIn(bytes: Buffer): number {
  const role = bytes.indexOf(ROLE);
  const session = role === -1 ? bytes.indexOf(FEDERATED) : role;
  const arn = session === -1 ? -1 : bytes.indexOf(ARN, session);
  const time = bytes.indexOf(TIME);
  if (arn === -1 || time === -1) return NONE;
  const name = markOf(bytes, textFrom(bytes, arn + ARN.length));
  return secondMark(name, bytes, textFrom(bytes, time + TIME.length));
}

/** The same of an event that was parsed. Pure. */
export function marksOf({ accessKey, gives, at, to }: Issue): Marks {
  const { type, session = '' } = to;
  return {
    key: markOfText(accessKey),
    session: gives === undefined || type === 'AWSService' ? NONE : markOfSession(gives, at),
    caller: /^A[SK]IA/.test(session) ? markOfText(session) : NONE,
  };
}

const SECOND_MS = 1_000;

/** The numbers of what is asked for; a session may have begun a second beside the event. Pure. */
export function marksWanted({ accessKey, session }: WantedIssue): readonly number[] {
  const key = accessKey === undefined ? [] : [markOfText(accessKey)];
  if (session === undefined) return key;
  const began = Date.parse(session.began);
  const seconds = [-SECOND_MS, 0, SECOND_MS].map((shift) => new Date(began + shift).toISOString());
  return [...key, ...seconds.map((second) => markOfSession(session.arn, second))];
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** The text that follows, between its quotes. A key's and a session's have nothing escaped in them. */
function textFrom(bytes: Buffer, start: number): Span {
  const from = quoteFrom(bytes, start) + 1;
  return { from, to: quoteFrom(bytes, from) };
}

function quoteFrom(bytes: Buffer, start: number): number {
  let at = start;
  while (at < bytes.length && bytes[at] !== QUOTE) at += 1;
  return at;
}

/** FNV-1a: quick, and spread well enough; nobody gains by two texts of one number. */
const BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

function markOf(bytes: Uint8Array, { from, to }: Span): number {
  let hash = BASIS;
  for (let at = from; at < to; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), PRIME);
  return hash >>> 0 || 1;
}

const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
/** A second has 14 digits, in each of its spellings. */
const DIGITS = 14;

/** Goes on from the name's number with the digits of the time alone: `2025-10-28T18:58:03Z`, and as exporters spell it. */
function secondMark(name: number, bytes: Uint8Array, { from, to }: Span): number {
  let hash = name;
  for (let at = from, digits = 0; at < to && digits < DIGITS; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < DIGIT_0 || byte > DIGIT_9) continue;
    hash = Math.imul(hash ^ byte, PRIME);
    digits += 1;
  }
  return hash >>> 0 || 1;
}

function markOfText(text: string): number {
  const bytes = Buffer.from(text);
  return markOf(bytes, { from: 0, to: bytes.length });
}

function markOfSession(arn: string, at: string): number {
  const time = Buffer.from(at);
  return secondMark(markOfText(arn), time, { from: 0, to: time.length });
}
