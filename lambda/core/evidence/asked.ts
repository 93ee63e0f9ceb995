/** Which requests of the logs count. */
export interface EvidenceAsked {
  /** From this time on, in milliseconds since 1970; without it, from the first. */
  readonly from?: number;
  /** Up to this time. */
  readonly to?: number;
  /** To these buckets alone. */
  readonly buckets?: ReadonlySet<string>;
}
