import type { EvidenceRead, MalformedAt } from './uses.ts';

/** What logs were looked at. */
export type EvidenceSummary =
  | { readonly looked: false; readonly says: string }
  | {
      readonly looked: true;
      readonly says: string;
      readonly files: number;
      readonly requests: number;
      /** Of the requests, those of which only the count is kept, since there are too many different ones; none: there is none such. */
      readonly notKept?: number;
      readonly malformed: number;
      readonly malformedAt: readonly MalformedAt[];
      /** Buckets that the logs have. */
      readonly buckets: number;
      /** From the first request to the last (ISO 8601, UTC); none: there is no request in them. */
      readonly from?: string;
      readonly to?: string;
      readonly problems: EvidenceRead['problems'];
    };

const NO_EVIDENCE = 'No evidence of use was looked at: no evidence is never no impact.';
const NEVER_NO_IMPACT = 'What the logs do not show may be used all the same: no evidence is never no impact.';

/** What was looked at, in figures. */
export function summaryOf(read: EvidenceRead | undefined): EvidenceSummary {
  if (read === undefined) return { looked: false, says: NO_EVIDENCE };
  const { evidence, files, malformed, malformedAt = [], problems } = read;
  const { requests, notKept, buckets, firstAt, lastAt } = evidence;
  return {
    looked: true,
    says: NEVER_NO_IMPACT,
    files,
    requests,
    ...(notKept > 0 ? { notKept } : {}),
    malformed,
    malformedAt,
    buckets: buckets.length,
    ...(requests === 0 ? {} : { from: new Date(firstAt).toISOString(), to: new Date(lastAt).toISOString() }),
    problems,
  };
}
