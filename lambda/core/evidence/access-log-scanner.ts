import { errorOf, hasAgent, mayTellAcl, requestOf, textOf, timeOf } from './access-log.ts';
import { fieldsOf, type AccessLogFields } from './access-log-fields.ts';
import type { EvidenceAsked } from './asked.ts';
import type { UseCollector, UseCounter } from './uses.ts';

/** What client and address sent is 8 KB each at most; what is longer than all of that is no line. */
const LONGEST_LINE = 64 * 1024;
/** So much is turned into text at once: a file that was unpacked in one go is not there twice. */
const PIECE = 256 * 1024;
/** More different lines than this are looked up anew: nothing is lost by forgetting, and a log may hold a million sessions. */
const MOST_KNOWN = 20_000;
const MOST_TEXTS = 20_000;
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
  readonly #known = new Map<string, UseCounter>();
  readonly #texts = new Map<string, string>();
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
    for (let at = 0; at < bytes.length; at += PIECE) this.#scan(bytes.toString('latin1', at, Math.min(at + PIECE, bytes.length)));
  }

  /** Says what could not be read of it; undefined where all of it could, but for malformed lines. */
  end(): string | undefined {
    if (this.#begun !== '' && !this.#isPassingOver) this.#line(this.#begun);
    this.#begun = '';
    return this.#isEmpty ? 'it is empty' : undefined;
  }

  #scan(text: string): void {
    let from = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
      const rest = text.slice(from, end);
      from = end + 1;
      if (this.#isPassingOver) this.#isPassingOver = false;
      else this.#line(this.#begun === '' ? rest : this.#begun + rest);
      this.#begun = '';
    }
    if (this.#isPassingOver) return;
    this.#begun += text.slice(from);
    if (this.#begun.length <= LONGEST_LINE) return;
    this.#line(this.#begun);
    this.#begun = '';
    this.#isPassingOver = true;
  }

  #line(line: string): void {
    if (line === '' || line === '\r') return;
    this.lines += 1;
    if (line.length > LONGEST_LINE) return this.#refuse(line, 'it is longer than any line');
    const fields = fieldsOf(line);
    if ('problem' in fields) return this.#refuse(line, fields.problem);
    const at = timeOf(fields.time);
    if (at === undefined) return this.#refuse(line, 'its time is none');
    if (fields.bucket === '-') return this.#refuse(line, 'it names no bucket');
    if (this.#isAsked(fields.bucket, at)) this.#count(fields, at);
    else this.leftOut += 1;
  }

  #isAsked(bucket: string, at: number): boolean {
    const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, buckets } = this.#asked;
    return at >= from && at <= to && (buckets === undefined || buckets.has(bucket));
  }

  #count(fields: AccessLogFields, at: number): void {
    const counter = this.#counterOf(fields, at);
    counter.count(at);
    if (!counter.isCurious) return;
    const { address, agent } = fields;
    counter.remember({
      ...(address === '-' ? {} : { address: this.#textOf(address) }),
      ...(hasAgent(fields) ? { userAgent: this.#textOf(agent) } : {}),
    });
  }

  #counterOf(fields: AccessLogFields, at: number): UseCounter {
    // An ACL in the address is each request's own.
    if (mayTellAcl(fields.uri)) return this.#collector.counterOf(requestOf(fields, at));
    const key = keyOf(fields);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const counter = this.#collector.counterOf(requestOf(fields, at));
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.set(key, counter);
    return counter;
  }

  /** A copy of the text, made once. */
  #textOf(bytes: string): string {
    const known = this.#texts.get(bytes);
    if (known !== undefined) return known;
    const text = textOf(bytes);
    if (this.#texts.size >= MOST_TEXTS) this.#texts.clear();
    // The key is a copy too: a part of a piece would keep all of it.
    this.#texts.set(Buffer.from(bytes, 'latin1').toString('latin1'), text);
    return text;
  }

  #refuse(line: string, says: string): void {
    this.malformed += 1;
    if (this.firstMalformed.length >= MOST_SHOWN) return;
    this.firstMalformed.push({ line: this.lines, says, text: textOf(line.slice(0, LONGEST_SHOWN)) });
  }
}

const SESSION = ':assumed-role/';

/** What two lines must have alike for their requests to be alike. A session of a role is none of it: there may be one a request. */
function keyOf(fields: AccessLogFields): string {
  const { owner, bucket, requester, operation, hasKey, signature, auth, aclRequired } = fields;
  const isSession = requester.includes(SESSION);
  const who = isSession ? requester.slice(0, requester.lastIndexOf('/')) : requester;
  const key = hasKey ? 'key' : '-';
  return `${bucket} ${who} ${operation} ${key} ${errorOf(fields) ?? '-'} ${signature} ${auth} ${aclRequired} ${owner}`;
}
