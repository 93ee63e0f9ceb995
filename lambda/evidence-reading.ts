import pMap from 'p-map';
import { AccessLogScanner, type MalformedLine } from '#core/evidence/access-log-scanner.ts';
import { isAsked, type EvidenceAsked } from '#core/evidence/asked.ts';
import { DATA_EVENTS, readDataEvent } from '#core/evidence/data-event.ts';
import { SeenIds } from '#core/evidence/seen-ids.ts';
import { UseCollector, type Evidence } from '#core/evidence/uses.ts';
import { messageOf } from '#core/errors.ts';
import type { Json } from '#core/json.ts';
import type { TimelineProblem } from '#core/timeline.ts';
import { recordsIn, TrailLogScanner } from '#core/trail-log.ts';
import { printable } from '#render/printable.ts';
import { scanFile, type LogFile, type LogScanner } from './log-file.ts';

export interface EvidenceSettings extends EvidenceAsked {
  /** Times at which counts are cut (milliseconds since 1970). */
  readonly marks?: readonly number[];
  readonly onFile?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/** A line that could not be read, and in which file. Its text is escaped. */
export interface MalformedPlace extends MalformedLine {
  readonly where: string;
}

/** What was read, in numbers. */
export interface EvidenceCounts {
  files: number;
  accessLogs: number;
  /** Lines of access logs. */
  lines: number;
  malformed: number;
  /** Files of a trail. */
  trailLogs: number;
  /** Their records, of which most may be none of a request. */
  records: number;
  /** Data events that were read already: in another file, or twice in one. */
  duplicates: number;
  /** Requests outside of the time, or to other buckets, than was asked. */
  leftOut: number;
}

export interface EvidenceRead {
  readonly evidence: Evidence;
  readonly counts: Readonly<EvidenceCounts>;
  /** The first of the malformed lines, by file and line. */
  readonly malformed: readonly MalformedPlace[];
  /** What could not be read, by file. */
  readonly problems: readonly TimelineProblem[];
}

/** So many are unpacked beside each other. */
const FILES_AT_ONCE = 4;
/** So many malformed lines are shown. */
const MOST_SHOWN = 5;

/**
 * Reads access logs and logs of a trail with data events, whichever each file is, and counts the requests in them. One file that cannot be read
 * hides no other, and a line that cannot be read is counted. The memory that it takes is that of what is different in them.
 */
export async function readEvidence(
  files: AsyncIterable<LogFile> | Iterable<LogFile>,
  settings: EvidenceSettings = {},
): Promise<EvidenceRead> {
  const { onFile, signal } = settings;
  const reading = new Reading(settings);
  await pMap(
    files,
    async (file) => {
      const problem = await scanFile(file, new EitherLog(file.name, reading));
      reading.counts.files += 1;
      if (problem !== undefined) reading.problems.push({ where: file.name, says: problem });
      onFile?.(reading.counts.files);
    },
    { concurrency: FILES_AT_ONCE, ...(signal === undefined ? {} : { signal }) },
  );
  return {
    evidence: reading.collector.evidence(),
    counts: reading.counts,
    malformed: firstOf(reading.malformed),
    problems: reading.problems.sort((a, b) => (a.where < b.where ? -1 : 1)),
  };
}

/** What all files are read into. */
class Reading {
  readonly asked: EvidenceAsked;
  readonly signal: AbortSignal | undefined;
  readonly collector: UseCollector;
  readonly seen = new SeenIds();
  readonly problems: TimelineProblem[] = [];
  malformed: readonly MalformedPlace[] = [];
  readonly counts: EvidenceCounts = {
    files: 0,
    accessLogs: 0,
    lines: 0,
    malformed: 0,
    trailLogs: 0,
    records: 0,
    duplicates: 0,
    leftOut: 0,
  };

  constructor({ marks, signal, ...asked }: EvidenceSettings) {
    this.asked = asked;
    this.signal = signal;
    this.collector = new UseCollector(marks);
  }
}

function firstOf(malformed: readonly MalformedPlace[]): readonly MalformedPlace[] {
  const order = (a: MalformedPlace, b: MalformedPlace): number =>
    a.where === b.where ? a.line - b.line : a.where < b.where ? -1 : 1;
  return malformed.toSorted(order).slice(0, MOST_SHOWN);
}

/** White space, and the mark of the order of bytes. */
const BLANK = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);
const OPEN_OBJECT = 0x7b;
const OPEN_LIST = 0x5b;

/** One file of either log: which, its first byte tells. */
class EitherLog implements LogScanner {
  readonly #name: string;
  readonly #reading: Reading;
  #scanner: LogScanner | undefined;

  constructor(name: string, reading: Reading) {
    this.#name = name;
    this.#reading = reading;
  }

  push(piece: Uint8Array): void {
    // A large file is long in reading: whoever stops the run does not wait for it.
    this.#reading.signal?.throwIfAborted();
    if (this.#scanner === undefined) {
      const first = piece.find((byte) => !BLANK.has(byte));
      if (first === undefined) return;
      const isJson = first === OPEN_OBJECT || first === OPEN_LIST;
      this.#scanner = isJson ? new TrailLog(this.#reading) : new AccessLog(this.#name, this.#reading);
    }
    this.#scanner.push(piece);
  }

  end(): string | undefined {
    return this.#scanner === undefined ? 'it is empty' : this.#scanner.end();
  }
}

class AccessLog implements LogScanner {
  readonly #name: string;
  readonly #reading: Reading;
  readonly #scanner: AccessLogScanner;

  constructor(name: string, reading: Reading) {
    this.#name = name;
    this.#reading = reading;
    this.#scanner = new AccessLogScanner(reading.asked, reading.collector);
  }

  push(piece: Uint8Array): void {
    this.#scanner.push(piece);
  }

  end(): string | undefined {
    const problem = this.#scanner.end();
    const { lines, malformed, leftOut, firstMalformed } = this.#scanner;
    const { counts } = this.#reading;
    counts.accessLogs += 1;
    counts.lines += lines;
    counts.malformed += malformed;
    counts.leftOut += leftOut;
    const places = firstMalformed.map((line) => ({ where: this.#name, ...line, text: printable(line.text) }));
    if (places.length > 0) this.#reading.malformed = firstOf([...this.#reading.malformed, ...places]);
    return problem;
  }
}

class TrailLog implements LogScanner {
  readonly #reading: Reading;
  readonly #scanner: TrailLogScanner;
  readonly #unread: string[] = [];
  #unreadCount = 0;

  constructor(reading: Reading) {
    this.#reading = reading;
    this.#scanner = new TrailLogScanner({ names: DATA_EVENTS, onRecord: (bytes) => this.#takeAll(bytes) });
  }

  push(piece: Uint8Array): void {
    this.#scanner.push(piece);
  }

  end(): string | undefined {
    const problem = this.#scanner.end();
    this.#reading.counts.trailLogs += 1;
    this.#reading.counts.records += this.#scanner.count;
    if (this.#unreadCount === 0) return problem;
    const unread = `${this.#unreadCount} of its records could not be read: ${this.#unread[0] ?? ''}`;
    return problem === undefined ? unread : `${problem}; ${unread}`;
  }

  #takeAll(bytes: Uint8Array): void {
    try {
      for (const record of recordsIn(JSON.parse(Buffer.from(bytes).toString('utf8')) as Json)) this.#take(record);
    } catch (error) {
      this.#refuse(messageOf(error));
    }
  }

  #take(record: Json): void {
    const read = readDataEvent(record);
    if (read === 'no-request') return;
    if ('problem' in read) return this.#refuse(read.problem);
    const { counts, collector, seen, asked } = this.#reading;
    if (seen.has(read.id)) counts.duplicates += 1;
    else if (isAsked(read.request, asked)) collector.take(read.request);
    else counts.leftOut += 1;
  }

  #refuse(says: string): void {
    this.#unreadCount += 1;
    if (this.#unread.length === 0) this.#unread.push(says);
  }
}
