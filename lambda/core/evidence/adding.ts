import { evidenceOf, joinedBy, keyOf, rawOf, together, type NotKept } from './counted-once.ts';
import { MOST_USES, type Evidence, type EvidenceRead, type Span, type Use } from './uses.ts';

/**
 * May what was counted be gone on with, cut at these marks too? Only where each new one lies after everything that was counted: a count is
 * not cut afterwards. Pure.
 */
export function canBeCutAt({ marks: known, lastAt }: Evidence, marks: readonly number[]): boolean {
  return marks.every((mark) => known.includes(mark) || mark > lastAt);
}

/** What was counted before, cut at further marks, with what a later reading counted at all of them: of what both logs tell, which is counted is decided anew. Pure. */
export function addEvidence(before: EvidenceRead, later: EvidenceRead): EvidenceRead {
  const { marks } = later.evidence;
  const [one, other] = [rawOf(before.evidence), rawOf(later.evidence)];
  const uses = joinedBy([...one.uses.map((use) => cutAt(use, marks)), ...other.uses], byLog);
  return {
    evidence: evidenceOf({
      uses: uses.slice(0, MOST_USES),
      notKept: notKeptOf([...one.notKept, ...other.notKept, ...uses.slice(MOST_USES)]),
      marks,
    }),
    files: before.files + later.files,
    malformed: before.malformed + later.malformed,
    problems: [
      ...new Map([...before.problems, ...later.problems].map((one) => [`${one.where}\n${one.says}`, one])).values(),
    ],
  };
}

/** What one log tells of alike requests. */
function byLog(use: Use): string {
  return `${use.sources.join()} ${keyOf(use)}`;
}

function notKeptOf(all: readonly NotKept[]): readonly NotKept[] {
  const byBucket = new Map<string, NotKept>();
  for (const one of all) {
    const known = byBucket.get(one.bucket);
    const sources = [...new Set([...(known?.sources ?? []), ...one.sources])];
    const span = known === undefined ? one.all : together([known.all, one.all]);
    byBucket.set(one.bucket, { bucket: one.bucket, sources, all: span });
  }
  return [...byBucket.values()];
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
