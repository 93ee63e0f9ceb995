/** Which requests of the logs count. */
export interface EvidenceAsked {
  /** From this time on, in milliseconds since 1970; without it, from the first. */
  readonly from?: number;
  /** Up to this time. */
  readonly to?: number;
  /** To these buckets alone. */
  readonly buckets?: ReadonlySet<string>;
}

/** Does a request to this bucket at this time count? */
export function isAsked(
  { bucket, at }: { readonly bucket: string; readonly at: number },
  asked: EvidenceAsked,
): boolean {
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, buckets } = asked;
  return at >= from && at <= to && (buckets === undefined || buckets.has(bucket));
}
