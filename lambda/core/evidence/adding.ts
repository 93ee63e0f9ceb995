import { canonicalJson, objectOf } from '../json.ts';
import type { Evidence, EvidenceRead, LoggedBucket, Span, Use } from './uses.ts';

/** A use remembers no more of these than a collector does. */
const MOST_ADDRESSES = 5;
const MOST_USER_AGENTS = 3;

/**
 * May what was counted be gone on with, cut at these marks too? Only where each new one lies after everything that was counted: a count is
 * not cut afterwards. Pure.
 */
export function canBeCutAt({ marks: known, lastAt }: Evidence, marks: readonly number[]): boolean {
  return marks.every((mark) => known.includes(mark) || mark > lastAt);
}

/** What was counted before, cut at further marks, with what a later reading counted at all of them. Pure. */
export function addEvidence(before: EvidenceRead, later: EvidenceRead): EvidenceRead {
  const { marks } = later.evidence;
  const [one, other] = [before.evidence, later.evidence];
  const uses = new Map<string, Use>();
  for (const use of [...one.uses.map((use) => cutAt(use, marks)), ...other.uses]) {
    const key = keyOf(use);
    const known = uses.get(key);
    uses.set(key, known === undefined ? use : joined(known, use));
  }
  const all = together([spanOf(one), spanOf(other)]);
  return {
    evidence: {
      uses: [...uses.values()],
      buckets: bucketsOf([...one.buckets, ...other.buckets]),
      requests: all.count,
      firstAt: all.firstAt,
      lastAt: all.lastAt,
      marks,
      notKept: one.notKept + other.notKept,
    },
    files: before.files + later.files,
    malformed: before.malformed + later.malformed,
    problems: [
      ...new Map([...before.problems, ...later.problems].map((one) => [`${one.where}\n${one.says}`, one])).values(),
    ],
  };
}

function spanOf({ requests, firstAt, lastAt }: Evidence): Span {
  return { count: requests, firstAt, lastAt };
}

/** Each count stands whole between two of the marks: that was asked before (`canBeCutAt`). */
function cutAt(use: Use, marks: readonly number[]): Use {
  const spans: Span[] = Array.from({ length: marks.length + 1 }, () => NONE);
  for (const span of use.spans) {
    if (span.count === 0) continue;
    const place = marks.findIndex((mark) => span.firstAt < mark);
    const at = place === -1 ? marks.length : place;
    spans[at] = together([spans[at] ?? NONE, span]);
  }
  return { ...use, spans };
}

const NONE: Span = { count: 0, firstAt: 0, lastAt: 0 };

function together(spans: readonly Span[]): Span {
  const counted = spans.filter(({ count }) => count > 0);
  if (counted.length === 0) return NONE;
  return {
    count: counted.reduce((sum, { count }) => sum + count, 0),
    firstAt: Math.min(...counted.map(({ firstAt }) => firstAt)),
    lastAt: Math.max(...counted.map(({ lastAt }) => lastAt)),
  };
}

/** What makes two uses different: everything but how often, from where and told by which log. */
function keyOf({ bucket, operation, requester, via, isPresigned, acl, aclRequired, error }: Use): string {
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
    addresses: addresses.slice(0, MOST_ADDRESSES),
    hasMoreAddresses: one.hasMoreAddresses || other.hasMoreAddresses || addresses.length > MOST_ADDRESSES,
    userAgents: unique([...one.userAgents, ...other.userAgents]).slice(0, MOST_USER_AGENTS),
  };
}

function bucketsOf(all: readonly LoggedBucket[]): readonly LoggedBucket[] {
  const byName = new Map<string, LoggedBucket>();
  for (const one of all) {
    const known = byName.get(one.bucket);
    if (known === undefined) byName.set(one.bucket, one);
    else
      byName.set(one.bucket, {
        bucket: one.bucket,
        sources: unique([...known.sources, ...one.sources]).sort(),
        requests: known.requests + one.requests,
        firstAt: Math.min(known.firstAt, one.firstAt),
        lastAt: Math.max(known.lastAt, one.lastAt),
      });
  }
  return [...byName.values()];
}

function unique<T>(all: readonly T[]): T[] {
  return [...new Set(all)];
}
