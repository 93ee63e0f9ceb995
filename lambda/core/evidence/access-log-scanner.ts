import { mayTellAcl, readAccessLogLine, textOf } from './access-log.ts';
import { LineShape } from './access-log-shape.ts';
import { isAsked, type EvidenceAsked } from './asked.ts';
import { KnownUses, type KnownUse } from './known-uses.ts';
import { LineClock } from './line-clock.ts';
import type { UseCollector, UseCounter } from './uses.ts';

/** What client and address sent is 8 KB each at most; what is longer than all of that is no line. */
const LONGEST_LINE = 64 * 1024;
/** So much is turned into text at once (measured: twice as quick as a megabyte), and a file that was unpacked in one go is not there twice. */
const PIECE = 64 * 1024;
/** `REST.PUT.OBJECT`: where the method stands. Nothing but PUT, POST and COPY carries an ACL. */
const METHOD = 'REST.'.length;
const LETTER_P = 0x50;
const LETTER_C = 0x43;
/** So many lines that could not be read are shown of each file. */
const MOST_SHOWN = 3;
const LONGEST_SHOWN = 80;

/** A line that could not be read. */
export interface MalformedLine {
  /** From 1, in its file. */
  readonly line: number;
  readonly says: string;
  /** How it begins: a stranger's text. */
  readonly text: string;
}

/**
 * Finds the requests in the bytes of an access log, piece by piece, and counts those that are asked for. A line that cannot be read is counted, and
 * the first few are kept. What is alike is looked up once: most of months of logs is the same few callers again and again.
 */
export class AccessLogScanner {
  lines = 0;
  /** Requests before or after the time that is asked for, or to other buckets. */
  leftOut = 0;
  malformed = 0;
  readonly firstMalformed: MalformedLine[] = [];
  readonly #asked: EvidenceAsked;
  readonly #collector: UseCollector;
  readonly #shape = new LineShape();
  readonly #clock = new LineClock();
  readonly #known = new KnownUses();
  /** The beginning of a line, of pieces before. */
  #begun = '';
  /** What is read now is the rest of a line that is too long. */
  #isPassingOver = false;
  #isEmpty = true;

  constructor(asked: EvidenceAsked, collector: UseCollector) {
    this.#asked = asked;
    this.#collector = collector;
  }

  push(piece: Uint8Array): void {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    if (bytes.length > 0) this.#isEmpty = false;
    for (let at = 0; at < bytes.length; at += PIECE)
      this.#scan(bytes.toString('latin1', at, Math.min(at + PIECE, bytes.length)));
  }

  /** Says what could not be read of it; undefined where all of it could, but for malformed lines. */
  end(): string | undefined {
    if (this.#begun !== '') this.#finish(this.#begun);
    return this.#isEmpty ? 'it is empty' : undefined;
  }

  #scan(text: string): void {
    let from = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
      if (this.#isPassingOver) this.#isPassingOver = false;
      else if (this.#begun === '') this.#line(text, from, end);
      else this.#finish(this.#begun + text.slice(from, end));
      from = end + 1;
    }
    if (this.#isPassingOver) return;
    this.#begun += text.slice(from);
    if (this.#begun.length <= LONGEST_LINE) return;
    this.#finish(this.#begun);
    this.#isPassingOver = true;
  }

  /** A line that began in a piece before. */
  #finish(line: string): void {
    this.#begun = '';
    this.#line(line, 0, line.length);
  }

  #line(text: string, from: number, end: number): void {
    if (end === from || (end === from + 1 && text[from] === '\r')) return;
    this.lines += 1;
    const shape = this.#shape;
    if (end - from > LONGEST_LINE) return this.#refuse(text.slice(from, end), 'it is longer than any line');
    if (!shape.read(text, from, end) || this.#tellsAcl(text)) return void this.#readWithCare(text.slice(from, end));
    const at = this.#clock.read(text, shape.timeAt);
    const use = at === undefined ? undefined : this.#known.find(text, shape);
    if (at === undefined || use === undefined) return this.#keep(text, this.#readWithCare(text.slice(from, end)));
    if (isAsked({ bucket: use.counter.bucket, at }, this.#asked)) this.#count(text, use, at);
    else this.leftOut += 1;
  }

  #count(text: string, { counter, addresses, agents }: KnownUse, at: number): void {
    counter.count(at);
    const { addressAt, addressEnd, agentAt, agentEnd } = this.#shape;
    const address = counter.wantsAddresses ? text.slice(addressAt, addressEnd) : '-';
    if (address !== '-' && !addresses.has(address)) {
      addresses.add(address);
      counter.remember({ address: textOf(address) });
    }
    const agent = counter.wantsUserAgents ? text.slice(agentAt, agentEnd) : '-';
    if (agent !== '-' && agent.trim() !== '' && !agents.has(agent)) {
      agents.add(agent);
      counter.remember({ userAgent: textOf(agent) });
    }
  }

  /** An ACL in the address is each request's own. */
  #tellsAcl(text: string): boolean {
    const { operationAt, uriAt, uriEnd } = this.#shape;
    const method = text.charCodeAt(operationAt + METHOD);
    if (method !== LETTER_P && method !== LETTER_C) return false;
    const uri = text.slice(uriAt, uriEnd);
    return uri.includes('?') && mayTellAcl(uri);
  }

  #keep(text: string, counter: UseCounter | undefined): void {
    if (counter !== undefined) this.#known.keep(text, this.#shape, counter);
  }

  /** What the request was counted on, if it was. */
  #readWithCare(line: string): UseCounter | undefined {
    const read = readAccessLogLine(line);
    if ('problem' in read) {
      this.#refuse(line, read.problem);
      return undefined;
    }
    const { request } = read;
    if (!isAsked(request, this.#asked)) {
      this.leftOut += 1;
      return undefined;
    }
    const counter = this.#collector.counterOf(request);
    counter.count(request.at);
    counter.remember(request);
    return counter;
  }

  #refuse(line: string, says: string): void {
    this.malformed += 1;
    if (this.firstMalformed.length >= MOST_SHOWN) return;
    this.firstMalformed.push({ line: this.lines, says, text: textOf(line.slice(0, LONGEST_SHOWN)) });
  }
}
