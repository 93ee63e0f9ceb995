import { canonicalJson, objectOf } from '../json.ts';
import type { LogSource } from './request.ts';
import type { Evidence, LoggedBucket, Span, Use } from './uses.ts';

/** A use remembers no more of these than a collector does. */
const MOST_ADDRESSES = 5;
const MOST_USER_AGENTS = 3;
/** The same request has one time in one log and another in the other: when it came, and when it was answered. They differ by less. */
const CLOCK_MS = 60_000;

const NONE: Span = { count: 0, firstAt: 0, lastAt: 0 };

/** All of them as one. */
export function together(spans: readonly Span[]): Span {
  const counted = spans.filter(({ count }) => count > 0);
  if (counted.length === 0) return NONE;
  return {
    count: counted.reduce((sum, { count }) => sum + count, 0),
    firstAt: counted.reduce((first, { firstAt }) => Math.min(first, firstAt), Number.POSITIVE_INFINITY),
    lastAt: counted.reduce((last, { lastAt }) => Math.max(last, lastAt), 0),
  };
}

/** Requests of a bucket that are counted in no use. */
export interface NotKept {
  readonly bucket: string;
  readonly sources: readonly LogSource[];
  readonly all: Span;
}

export interface RawUses {
  /** Each as one log tells of it. */
  readonly uses: readonly Use[];
  readonly notKept: readonly NotKept[];
  readonly marks: readonly number[];
}

/**
 * Evidence of what each log tells. Where both tell of one bucket, each request stands in both: it is counted once. Requests have an id that both logs know, but
 * the logs come hours apart, and millions of ids are not kept between two looks; so of each operation and way to sign, between two marks, one log is counted. Pure.
 */
export function evidenceOf({ uses: raw, notKept, marks }: RawUses): Evidence {
  const sources = new Map<string, Set<LogSource>>();
  for (const use of raw)
    for (const source of use.sources) sources.set(use.bucket, (sources.get(use.bucket) ?? new Set()).add(source));
  const isTwice = ({ bucket }: Use): boolean => (sources.get(bucket)?.size ?? 0) > 1;
  const twice = raw.filter(isTwice);
  const uses = [...raw.filter((use) => !isTwice(use)), ...countedOnce(twice)];
  const buckets = bucketsOf({ raw, counted: uses, notKept });
  const all = together(buckets.map(({ requests, firstAt, lastAt }) => ({ count: requests, firstAt, lastAt })));
  return {
    uses,
    buckets,
    requests: all.count,
    firstAt: all.firstAt,
    lastAt: all.lastAt,
    marks,
    notKept: together(notKept.map((one) => one.all)).count,
    ...(twice.length === 0 ? {} : { twice }),
  };
}

/** What evidence was made of: to be gone on with. Pure. */
export function rawOf({ uses, twice = [], buckets, marks }: Evidence): RawUses {
  const both = new Set(twice.map(({ bucket }) => bucket));
  const counted = countsOf(uses);
  const notKept = buckets.flatMap(({ bucket, sources, requests, firstAt, lastAt }): NotKept[] => {
    const count = requests - (counted.get(bucket) ?? 0);
    return count > 0 ? [{ bucket, sources, all: { count, firstAt, lastAt } }] : [];
  });
  return { uses: [...uses.filter(({ bucket }) => !both.has(bucket)), ...twice], notKept, marks };
}

function countsOf(uses: readonly Use[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { bucket, all } of uses) counts.set(bucket, (counts.get(bucket) ?? 0) + all.count);
  return counts;
}

/** From when to when either log has a bucket, and how many requests to it were counted. */
function bucketsOf({
  raw,
  counted,
  notKept,
}: {
  readonly raw: readonly Use[];
  readonly counted: readonly Use[];
  readonly notKept: readonly NotKept[];
}): readonly LoggedBucket[] {
  const byBucket = new Map<string, NotKept[]>();
  for (const one of [...raw, ...notKept]) {
    const known = byBucket.get(one.bucket);
    if (known === undefined) byBucket.set(one.bucket, [one]);
    else known.push(one);
  }
  const counts = countsOf(counted);
  const others = new Map<string, number>();
  for (const { bucket, all } of notKept) others.set(bucket, (others.get(bucket) ?? 0) + all.count);
  return [...byBucket].map(([bucket, own]) => {
    const { firstAt, lastAt } = together(own.map(({ all }) => all));
    return {
      bucket,
      sources: [...new Set(own.flatMap(({ sources }) => sources))].sort(),
      requests: (counts.get(bucket) ?? 0) + (others.get(bucket) ?? 0),
      firstAt,
      lastAt,
    };
  });
}

/** Uses of buckets that both logs tell of, with what is counted of each. */
function countedOnce(twice: readonly Use[]): readonly Use[] {
  const byOperation = new Map<string, Use[]>();
  for (const use of twice) {
    // Both logs tell these alike; whose request it is, and of what ACL, they do not.
    const key = `${use.bucket} ${use.operation} ${String(use.isPresigned)}`;
    const known = byOperation.get(key);
    if (known === undefined) byOperation.set(key, [use]);
    else known.push(use);
  }
  return joinedBy(
    [...byOperation.values()].flatMap((uses) => {
      const counts = (uses[0]?.spans ?? []).map((_, place) => countedOf(uses, place));
      return uses.flatMap((use) => countedIn(use, counts));
    }),
    keyOf,
  );
}

/** Which logs are counted of one operation between two marks. */
function countedOf(uses: readonly Use[], place: number): ReadonlySet<LogSource> {
  const of = (source: LogSource): Span =>
    together(uses.flatMap(({ sources, spans }) => (sources.includes(source) ? [spans[place] ?? NONE] : [])));
  const [event, line] = [of('data-event'), of('access-log')];
  const isApart =
    event.count === 0 ||
    line.count === 0 ||
    event.lastAt + CLOCK_MS <= line.firstAt ||
    line.lastAt + CLOCK_MS <= event.firstAt;
  if (isApart) return BOTH;
  // A trail may have been told of it only later, or of some keys alone: then it has much less, and does not cover the time.
  const covers = event.firstAt <= line.firstAt + CLOCK_MS && event.lastAt >= line.lastAt - CLOCK_MS;
  return (covers && event.count * 2 >= line.count) || event.count >= line.count ? EVENTS : LINES;
}

const BOTH: ReadonlySet<LogSource> = new Set(['access-log', 'data-event']);
const EVENTS: ReadonlySet<LogSource> = new Set(['data-event']);
const LINES: ReadonlySet<LogSource> = new Set(['access-log']);

function countedIn(use: Use, counts: readonly ReadonlySet<LogSource>[]): readonly Use[] {
  const spans = use.spans.map((span, place) => (use.sources.some((one) => counts[place]?.has(one)) ? span : NONE));
  const all = together(spans);
  return all.count === 0 ? [] : [{ ...use, spans, all }];
}

/** Uses of one key as one. */
export function joinedBy(uses: readonly Use[], key: (use: Use) => string): readonly Use[] {
  const all = new Map<string, Use>();
  for (const use of uses) {
    const own = key(use);
    const known = all.get(own);
    all.set(own, known === undefined ? use : joined(known, use));
  }
  return [...all.values()];
}

/** What makes two uses different: everything but how often, from where and told by which log. */
export function keyOf({
  bucket,
  operation,
  requester,
  via,
  isPresigned,
  acl,
  aclRequired,
  error,
}: Omit<Use, 'sources'>): string {
  const who = objectOf(Object.entries(requester) as [string, string][]);
  const code = [error?.code ?? '', error?.says ?? ''];
  return canonicalJson([bucket, operation, who, via, isPresigned, acl, aclRequired ?? 'not told', code]);
}

function joined(one: Use, other: Use): Use {
  const addresses = unique([...one.addresses, ...other.addresses]);
  return {
    ...one,
    sources: unique([...one.sources, ...other.sources]).sort(),
    all: together([one.all, other.all]),
    spans: one.spans.map((span, at) => together([span, other.spans[at] ?? NONE])),
    addresses: addresses.slice(0, MOST_ADDRESSES).sort(),
    hasMoreAddresses: one.hasMoreAddresses || other.hasMoreAddresses || addresses.length > MOST_ADDRESSES,
    userAgents: unique([...one.userAgents, ...other.userAgents]).slice(0, MOST_USER_AGENTS),
  };
}

function unique<T>(all: readonly T[]): T[] {
  return [...new Set(all)];
}
