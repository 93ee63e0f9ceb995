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
}

/** Evidence, and how whole it is. */
export interface EvidenceRead {
  readonly evidence: Evidence;
  readonly files: number;
  /** Lines that are no request, though they stand in such a log. */
  readonly malformed: number;
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

interface OpenUse extends Omit<Use, 'sources' | 'all' | 'spans' | 'addresses' | 'userAgents' | 'hasMoreAddresses'> {
  readonly sources: Set<LogSource>;
  readonly all: OpenSpan;
  readonly spans: readonly OpenSpan[];
  readonly addresses: Set<string>;
  hasMoreAddresses: boolean;
  readonly userAgents: Set<string>;
}

interface OpenBucket {
  readonly sources: Set<LogSource>;
  readonly span: OpenSpan;
}

const openSpan = (): OpenSpan => ({ count: 0, firstAt: 0, lastAt: 0 });

function extend(span: OpenSpan, at: number): void {
  if (span.count === 0 || at < span.firstAt) span.firstAt = at;
  if (at > span.lastAt) span.lastAt = at;
  span.count += 1;
}

/** Takes requests one by one and keeps what is different of them. `marks`: times (milliseconds since 1970) at which counts are cut. */
export class UseCollector {
  readonly #marks: readonly number[];
  readonly #uses = new Map<string, OpenUse>();
  readonly #buckets = new Map<string, OpenBucket>();
  readonly #all = openSpan();
  #notKept = 0;

  constructor(marks: readonly number[] = []) {
    this.#marks = marks.toSorted((a, b) => a - b);
  }

  take(request: LoggedRequest): void {
    extend(this.#all, request.at);
    this.#ofBucket(request);
    const use = this.#useOf(request);
    if (use === undefined) {
      this.#notKept += 1;
      return;
    }
    use.sources.add(request.source);
    extend(use.all, request.at);
    const span = use.spans[this.#spanAt(request.at)];
    if (span !== undefined) extend(span, request.at);
    remember(use, request);
  }

  evidence(): Evidence {
    const { count, firstAt, lastAt } = this.#all;
    return {
      uses: [...this.#uses.values()].map(({ sources, addresses, userAgents, ...use }) => ({
        ...use,
        sources: [...sources].sort(),
        addresses: [...addresses],
        userAgents: [...userAgents],
      })),
      buckets: [...this.#buckets].map(([bucket, { sources, span }]) => ({
        bucket,
        sources: [...sources].sort(),
        requests: span.count,
        firstAt: span.firstAt,
        lastAt: span.lastAt,
      })),
      requests: count,
      firstAt,
      lastAt,
      marks: this.#marks,
      notKept: this.#notKept,
    };
  }

  #ofBucket({ bucket, source, at }: LoggedRequest): void {
    let known = this.#buckets.get(bucket);
    if (known === undefined) this.#buckets.set(bucket, (known = { sources: new Set(), span: openSpan() }));
    known.sources.add(source);
    extend(known.span, at);
  }

  #useOf(request: LoggedRequest): OpenUse | undefined {
    const key = keyOf(request);
    const known = this.#uses.get(key);
    if (known !== undefined || this.#uses.size >= MOST_USES) return known;
    const { bucket, operation, requester, via, isPresigned, acl, aclRequired, error } = request;
    const use: OpenUse = {
      bucket,
      operation,
      requester,
      via,
      isPresigned,
      acl,
      aclRequired,
      ...(error === undefined ? {} : { error }),
      sources: new Set(),
      all: openSpan(),
      spans: Array.from({ length: this.#marks.length + 1 }, openSpan),
      addresses: new Set(),
      hasMoreAddresses: false,
      userAgents: new Set(),
    };
    this.#uses.set(key, use);
    return use;
  }

  #spanAt(at: number): number {
    const next = this.#marks.findIndex((mark) => at < mark);
    return next === -1 ? this.#marks.length : next;
  }
}

function remember(use: OpenUse, { address, userAgent }: LoggedRequest): void {
  if (address !== undefined && !use.addresses.has(address)) {
    if (use.addresses.size < MOST_ADDRESSES) use.addresses.add(address);
    else use.hasMoreAddresses = true;
  }
  if (userAgent !== undefined && use.userAgents.size < MOST_USER_AGENTS) use.userAgents.add(userAgent);
}

/** What makes two requests different uses. Of an error, its code and text: an error of another cause is another matter. */
function keyOf({ bucket, operation, requester, via, isPresigned, acl, aclRequired, error }: LoggedRequest): string {
  const name = requesterKey(requester);
  return `${bucket} ${operation} ${via} ${String(isPresigned)} ${acl} ${String(aclRequired)} ${error?.code ?? ''} ${error?.says ?? ''} ${name}`;
}

function requesterKey(requester: Requester): string {
  return 'name' in requester ? `${requester.is} ${requester.name}` : requester.is;
}
