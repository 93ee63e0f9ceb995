import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { AlertEvidence } from '#core/alert-evidence.ts';
import type { EvidenceRead } from '#core/evidence/uses.ts';
import { encode, FORMAT } from './document-encoding.ts';
import type { Documents, ReadTo, UseQuestion } from './ports.ts';
import { EVIDENCE } from './service-names.ts';

/** Requests that were counted by a look, and what for: a later look that asks for no more reads only what is newer. */
export interface CountedUses {
  readonly from: string;
  /** None: of all buckets. */
  readonly buckets?: readonly string[];
  readonly readTo: ReadTo;
  readonly read: EvidenceRead;
}

interface Kept<T> {
  readonly format: number;
  readonly body: T;
}

/** Where what one look came to is kept. `sort`: what an alert tells of it, or what was counted. */
export function evidenceKey(finding: string, readAt: string, sort: 'told' | 'counted'): string {
  return `${EVIDENCE.folder}/${finding}/${readAt.replaceAll(/[-:.]/g, '')}-${sort}.json.gz`;
}

export async function saveEvidence(
  documents: Documents,
  key: string,
  body: AlertEvidence | CountedUses,
): Promise<void> {
  const bytes = await promisify(gzip)(encode({ format: FORMAT, body }));
  // A conflict is a try of the same millisecond, whose writer ended: what it read is as good.
  await documents.create(key, bytes);
}

/** What an alert tells of a look; undefined where it is not there any more, or not readable: the alert is told all the same. */
export function loadEvidence(documents: Documents, key: string): Promise<AlertEvidence | undefined> {
  return load<AlertEvidence>(documents, key);
}

/** What was counted; undefined where it has to be counted anew. */
export function loadCounted(documents: Documents, key: string): Promise<CountedUses | undefined> {
  return load<CountedUses>(documents, key);
}

async function load<T>(documents: Documents, key: string): Promise<T | undefined> {
  const document = await documents.read(key);
  if (document === undefined) return undefined;
  try {
    const { format, body } = JSON.parse((await promisify(gunzip)(document.body)).toString('utf8')) as Kept<T>;
    return format === FORMAT ? body : undefined;
  } catch {
    return undefined;
  }
}

/** Does what was counted go on to what is asked now? */
export function asksTheSame(
  { from, buckets, readTo }: CountedUses,
  question: Pick<UseQuestion, 'from' | 'buckets'>,
): boolean {
  const wanted = question.buckets;
  if (from !== question.from || readTo.places === undefined) return false;
  if (buckets === undefined || wanted === undefined) return buckets === undefined && wanted === undefined;
  const known = new Set(buckets);
  return [...wanted].every((bucket) => known.has(bucket));
}
