import { evidenceOf, together } from './counted-once.ts';
import type { LoggedRequest, LogSource, Requester } from './request.ts';

/** How often, and from when to when (milliseconds since 1970; both 0 where the count is). */
export interface Span {
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** Alike requests together: the same door, by the same requester, with the same outcome. */
export interface Use extends Pick<
  LoggedRequest,
  'bucket' | 'operation' | 'requester' | 'via' | 'isPresigned' | 'acl' | 'aclRequired' | 'error'
> {
  readonly sources: readonly LogSource[];
  readonly all: Span;
  /** Cut at the marks that were asked for: before the first, from the first to the second, …, since the last. */
  readonly spans: readonly Span[];
  /** Addresses that it came from: the first few, and whether there are more. */
  readonly addresses: readonly string[];
  readonly hasMoreAddresses: boolean;
  /** User agents, likewise. */
  readonly userAgents: readonly string[];
}

/** What the logs have of one bucket. A bucket of which they have nothing is not among them: whether it is logged is not known. */
export interface LoggedBucket {
  readonly bucket: string;
  readonly sources: readonly LogSource[];
  readonly requests: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** What the logs tell of the use of buckets: streamed, so that it takes the memory of what is different and not of what there is. */
export interface Evidence {
  readonly uses: readonly Use[];
  readonly buckets: readonly LoggedBucket[];
  readonly requests: number;
  /** From the first request to the last of all (milliseconds since 1970). */
  readonly firstAt: number;
  readonly lastAt: number;
  /** The times at which spans are cut, the oldest first. */
  readonly marks: readonly number[];
  /** Requests that are counted in no use, since there are more different ones than are kept. */
  readonly notKept: number;
  /** Of buckets that both logs tell of: what each log tells by itself. In `uses` each of their requests is counted once. */
  readonly twice?: readonly Use[];
}

/** A line that could not be read. */
export interface MalformedAt {
  readonly where: string;
  readonly line: number;
  readonly says: string;
}

/** Evidence, and how whole it is. */
export interface EvidenceRead {
  readonly evidence: Evidence;
  readonly files: number;
  /** Lines that are no request, though they stand in such a log. */
  readonly malformed: number;
  /** The first of them, escaped. */
  readonly malformedAt?: readonly MalformedAt[];
  /** What could not be read, and where that is. */
  readonly problems: readonly { readonly where: string; readonly says: string }[];
}

/** More different uses than this are counted and not kept: a log may hold a million requesters. */
export const MOST_USES = 20_000;
const MOST_ADDRESSES = 5;
const MOST_USER_AGENTS = 3;

interface OpenSpan {
  count: number;
  firstAt: number;
  lastAt: number;
}

const openSpan = (): OpenSpan => ({ count: 0, firstAt: 0, lastAt: 0 });

function extend(span: OpenSpan, at: number): void {
  if (span.count === 0 || at < span.firstAt) span.firstAt = at;
  if (at > span.lastAt) span.lastAt = at;
  span.count += 1;
}

/**
 * Counts one use. Alike requests may be counted on it without being looked up again: a log has millions of them, and few that differ.
 */
export interface UseCounter {
  readonly bucket: string;
  /** A request at this time, in milliseconds since 1970. */
  count(at: number): void;
  /** Would it still remember an address? */
  readonly wantsAddresses: boolean;
  readonly wantsUserAgents: boolean;
  remember(seen: Pick<LoggedRequest, 'address' | 'userAgent'>): void;
}

/** Takes requests one by one and keeps what is different of them. `marks`: times (milliseconds since 1970) at which counts are cut. */
export class UseCollector {
  readonly #marks: readonly number[];
  readonly #uses = new Map<string, Counter>();
  /** Of each bucket, what is counted in no use. */
  readonly #notKept = new Map<string, NotKept>();

  constructor(marks: readonly number[] = []) {
    this.#marks = marks.toSorted((a, b) => a - b);
  }

  take(request: LoggedRequest): void {
    const counter = this.counterOf(request);
    counter.count(request.at);
    counter.remember(request);
  }

  /** Where requests like this one are counted. This one is not counted by asking. */
  counterOf(request: LoggedRequest): UseCounter {
    const key = keyOf(request);
    const known = this.#uses.get(key) ?? this.#open(key, request);
    known.sources.add(request.source);
    return known;
  }

  evidence(): Evidence {
    const notKept = [...this.#notKept.values()].map(({ bucket, sources, all }) => ({
      bucket,
      sources: [...sources],
      all: { ...all },
    }));
    return evidenceOf({
      uses: [...this.#uses.values()].map((counter) => counter.use()),
      notKept,
      marks: this.#marks,
    });
  }

  #open(key: string, request: LoggedRequest): Counter | NotKept {
    if (this.#uses.size < MOST_USES) {
      const use = new Counter(request, this.#marks);
      this.#uses.set(key, use);
      return use;
    }
    const known = this.#notKept.get(request.bucket);
    if (known !== undefined) return known;
    const notKept = new NotKept(request.bucket);
    this.#notKept.set(request.bucket, notKept);
    return notKept;
  }
}

class Counter implements UseCounter {
  readonly bucket: string;
  readonly sources = new Set<LogSource>();
  wantsAddresses = true;
  wantsUserAgents = true;
  readonly #said: Omit<Use, 'sources' | 'all' | 'spans' | 'addresses' | 'userAgents' | 'hasMoreAddresses'>;
  readonly #marks: readonly number[];
  readonly #spans: readonly OpenSpan[];
  readonly #addresses = new Set<string>();
  readonly #userAgents = new Set<string>();
  #hasMoreAddresses = false;

  constructor(
    { bucket, operation, requester, via, isPresigned, acl, aclRequired, error }: LoggedRequest,
    marks: readonly number[],
  ) {
    this.#said = {
      bucket,
      operation,
      requester,
      via,
      isPresigned,
      acl,
      aclRequired,
      ...(error === undefined ? {} : { error }),
    };
    this.bucket = bucket;
    this.#marks = marks;
    this.#spans = Array.from({ length: marks.length + 1 }, openSpan);
  }

  count(at: number): void {
    let index = 0;
    while (at >= (this.#marks[index] ?? Number.POSITIVE_INFINITY)) index += 1;
    const span = this.#spans[index];
    if (span !== undefined) extend(span, at);
  }

  remember({ address, userAgent }: Pick<LoggedRequest, 'address' | 'userAgent'>): void {
    if (address !== undefined && !this.#addresses.has(address)) {
      if (this.#addresses.size < MOST_ADDRESSES) this.#addresses.add(address);
      else this.#hasMoreAddresses = true;
    }
    if (userAgent !== undefined && this.#userAgents.size < MOST_USER_AGENTS) this.#userAgents.add(userAgent);
    this.wantsAddresses = !this.#hasMoreAddresses;
    this.wantsUserAgents = this.#userAgents.size < MOST_USER_AGENTS;
  }

  use(): Use {
    return {
      ...this.#said,
      sources: [...this.sources].sort(),
      all: together(this.#spans),
      spans: this.#spans.map((span) => ({ ...span })),
      // Files are read beside each other: what is seen first differs from run to run.
      addresses: [...this.#addresses].sort(),
      hasMoreAddresses: this.#hasMoreAddresses,
      userAgents: [...this.#userAgents],
    };
  }
}

/** Requests of which no more is kept than that there were some. */
class NotKept implements UseCounter {
  readonly bucket: string;
  readonly sources = new Set<LogSource>();
  readonly all = openSpan();
  readonly wantsAddresses = false;
  readonly wantsUserAgents = false;

  constructor(bucket: string) {
    this.bucket = bucket;
  }

  count(at: number): void {
    extend(this.all, at);
  }

  remember(): void {
    // Nothing is kept of it.
  }
}

/** What makes two requests different uses: also which log told of them, since both may tell of one. Of an error, its code and text: an error of another cause is another matter. */
function keyOf({
  source,
  bucket,
  operation,
  requester,
  via,
  isPresigned,
  acl,
  aclRequired,
  error,
}: LoggedRequest): string {
  const name = requesterKey(requester);
  return `${source} ${bucket} ${operation} ${via} ${String(isPresigned)} ${acl} ${String(aclRequired)} ${error?.code ?? ''} ${error?.says ?? ''} ${name}`;
}

function requesterKey(requester: Requester): string {
  return 'name' in requester ? `${requester.is} ${requester.name}` : requester.is;
}
