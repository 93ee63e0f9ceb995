import type { Change } from './change.ts';
import { EXISTS, rootOf } from './declaration.ts';
import { textOfValues, type DriftNews, type DriftRecord } from './drift-record.ts';

/**
 * The paths that a look found otherwise than they were last known, by what was known before it: what departed already, and stands, has
 * not moved again. Acceptance moves nothing. Pure.
 */
export function movedBy(record: DriftRecord | undefined, news: DriftNews): readonly string[] {
  const roots = rootsIn(news.drift.changes);
  if (record === undefined) return roots;
  const known = record.status === 'open' ? record.drift.changes : [];
  const isLate = news.drift.takenAt <= record.drift.takenAt;
  const isSameVersion = news.drift.baseline === record.drift.baseline;
  const moved = isLate
    ? []
    : [...new Set([...roots, ...rootsIn(known)])].filter((root) => {
        if (roots.includes(root)) return textIn(known, root) !== textIn(news.drift.changes, root);
        return isSameVersion && !isGoneWith(root, news) && !isUnknown(root, news);
      });
  return [...new Set([...moved, ...movedBefore(record, news)])].sort();
}

/** What the same event moved when it was worked on before, by a run that ended before it noted that. */
function movedBefore(record: DriftRecord, { drift }: DriftNews): readonly string[] {
  const isKnown = drift.causes.some(({ eventId, shows }) =>
    record.drift.causes.some((known) => known.eventId === eventId && known.shows === 'yes' && shows === 'yes'),
  );
  const roots = rootsIn(drift.changes);
  return isKnown ? drift.causes.flatMap(({ moves }) => (moves === undefined ? roots : moves)).filter(isIn(roots)) : [];
}

function isIn(roots: readonly string[]): (root: string) => boolean {
  return (root) => roots.includes(root);
}

/** What was set on it is gone with the whole. */
function isGoneWith(root: string, { drift }: DriftNews): boolean {
  return root !== EXISTS && drift.changes.some(({ path, after }) => path === EXISTS && after.status === 'absent');
}

function isUnknown(root: string, { unknown }: DriftNews): boolean {
  const isBlind = unknown[root] !== undefined || unknown[EXISTS] !== undefined;
  return isBlind || (root === EXISTS && Object.keys(unknown).length > 0);
}

function textIn(changes: readonly Change[], root: string): string {
  return textOfValues(changes.filter(({ path }) => rootOf(path) === root));
}

function rootsIn(changes: readonly Change[]): readonly string[] {
  return [...new Set(changes.map(({ path }) => rootOf(path)))].sort();
}
