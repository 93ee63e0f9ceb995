import { hasWorked, isRefused, statusOf } from '../evidence/refusal.ts';
import type { Evidence, Span, Use } from '../evidence/uses.ts';
import type { Onset } from './answer.ts';
import type { Symptom } from './symptom.ts';

/** SDKs upload a large file in parts, and list in two ways: one call of theirs has several names. */
const ALIKE: readonly ReadonlySet<string>[] = [
  new Set(['PutObject', 'CreateMultipartUpload', 'PostObject', 'CopyObject']),
  new Set(['ListObjects', 'ListObjectsV2', 'ListObjectVersions']),
  new Set(['GetObject', 'HeadObject']),
];

/** Are they one call to whoever makes it? */
export function isSameOperation(one: string, other: string): boolean {
  return one === other || ALIKE.some((set) => set.has(one) && set.has(other));
}

/** Are both by one caller, as the logs name whoever calls? */
export function isSameCaller(
  { requester: one }: Pick<Use, 'requester'>,
  { requester: other }: Pick<Use, 'requester'>,
): boolean {
  return one.is === other.is && ('name' in one ? one.name : '') === ('name' in other ? other.name : '');
}

/** Requests of the sort that failed: those that were refused so, and those that worked. */
export interface UsesOfSymptom {
  readonly failing: readonly Use[];
  readonly working: readonly Use[];
}

export function usesOf(symptom: Symptom, evidence: Evidence | undefined): UsesOfSymptom {
  const alike = (evidence?.uses ?? []).filter(
    (use) =>
      use.bucket === symptom.bucket &&
      (symptom.operation === undefined || isSameOperation(use.operation, symptom.operation)) &&
      (symptom.isWebsite !== true || use.via === 'website'),
  );
  // A 403 without a code may be the plain refusal, and is no other.
  const isError = ({ error }: Use): boolean =>
    symptom.error === undefined ||
    error?.code === symptom.error ||
    (symptom.error === 'AccessDenied' && statusOf(error?.code ?? '') === 403);
  return {
    failing: alike.filter((use) => isRefused(use) && isError(use)),
    working: alike.filter(hasWorked),
  };
}

/** What of some uses lies before a time that is one of the marks, and what from then on. */
export function splitAt(uses: readonly Use[], at: number, marks: readonly number[]): { before: Span; since: Span } {
  const place = marks.findIndex((mark) => mark >= at);
  const cut = place === -1 ? marks.length : place + 1;
  const spans = uses.map((use) => ({ before: use.spans.slice(0, cut), since: use.spans.slice(cut) }));
  return { before: added(spans.flatMap((one) => one.before)), since: added(spans.flatMap((one) => one.since)) };
}

/** Which part of some requests was refused; 0 where there was none. */
export function shareOf(refused: number, worked: number): number {
  return refused === 0 ? 0 : refused / (refused + worked);
}

function added(spans: readonly Span[]): Span {
  const some = spans.filter(({ count }) => count > 0);
  if (some.length === 0) return { count: 0, firstAt: 0, lastAt: 0 };
  return {
    count: some.reduce((sum, { count }) => sum + count, 0),
    firstAt: Math.min(...some.map(({ firstAt }) => firstAt)),
    lastAt: Math.max(...some.map(({ lastAt }) => lastAt)),
  };
}

/** How failures stand to a change; undefined where there is none since. */
export function onsetOf(failing: readonly Use[], at: number, evidence: Evidence | undefined): Onset | undefined {
  if (evidence === undefined) return undefined;
  const { before, since } = splitAt(failing, at, evidence.marks);
  if (since.count === 0) return undefined;
  const [use] = failing;
  const logged = evidence.buckets.find(({ bucket }) => bucket === use?.bucket);
  return {
    firstAt: new Date(since.firstAt).toISOString(),
    lastAt: new Date(since.lastAt).toISOString(),
    afterMs: since.firstAt - at,
    failures: since.count,
    failuresBefore: before.count,
    loggedBeforeMs: Math.max(0, at - (logged?.firstAt ?? at)),
  };
}
