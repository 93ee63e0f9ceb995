/** What CloudWatch counted of one bucket, a minute each (aws-facts §5.4). */
export interface BucketSeries {
  readonly bucket: string;
  /** Answers of 4xx of all kinds, 404 too. */
  readonly failures: readonly Counted[];
  readonly requests: readonly Counted[];
}

/** At the minute that begins then (milliseconds since 1970). */
export interface Counted {
  readonly at: number;
  readonly count: number;
}

export interface MetricsRead {
  readonly series: readonly BucketSeries[];
  readonly problems: readonly { readonly where: string; readonly says: string }[];
}

/**
 * Answers of 4xx of one bucket before and since a change. They are of all kinds and of all callers, so they prove nothing; minutes of which
 * CloudWatch has nothing count as none, since it is told nothing of a minute without a request.
 */
export interface FailureMetrics {
  readonly bucket: string;
  /** In the hour before the change; none: CloudWatch keeps no minutes that far back. */
  readonly before?: MetricsSpan;
  /** Since the change, or in as many minutes as CloudWatch keeps. */
  readonly since: MetricsSpan;
}

export interface MetricsSpan {
  readonly minutes: number;
  readonly failures: number;
  readonly requests: number;
}

const MINUTE = 60_000;
const MINUTES_BEFORE = 60;
/** CloudWatch keeps what is counted by the minute for 15 days. */
const KEPT_MS = 15 * 24 * 60 * MINUTE;

/** From when on it is asked: an hour before the change, or as far back as minutes are kept (milliseconds since 1970). Pure. */
export function metricsFrom({ at, now }: { readonly at: number; readonly now: number }): number {
  const kept = Math.ceil((now - KEPT_MS) / MINUTE) * MINUTE;
  return Math.max(kept, Math.floor(at / MINUTE) * MINUTE - MINUTES_BEFORE * MINUTE);
}

/** What was counted before and since a change, the most failures since first. `at`, `now`: milliseconds since 1970. Pure. */
export function failureMetricsOf(
  series: readonly BucketSeries[],
  { at, now }: { readonly at: number; readonly now: number },
): readonly FailureMetrics[] {
  // The minute of the change has requests of both sides: it counts to what is since.
  const cut = Math.floor(at / MINUTE) * MINUTE;
  const from = metricsFrom({ at, now });
  const isBeforeKept = from === cut - MINUTES_BEFORE * MINUTE;
  return series
    .map(({ bucket, failures, requests }): FailureMetrics => {
      const sumOf = (all: readonly Counted[], isIn: (time: number) => boolean): number =>
        all.filter((one) => isIn(one.at)).reduce((sum, { count }) => sum + count, 0);
      const spanOf = (minutes: number, isIn: (time: number) => boolean): MetricsSpan => ({
        minutes,
        failures: sumOf(failures, isIn),
        requests: sumOf(requests, isIn),
      });
      return {
        bucket,
        ...(isBeforeKept ? { before: spanOf(MINUTES_BEFORE, (time) => time >= from && time < cut) } : {}),
        since: spanOf(
          Math.max(1, Math.ceil((now - Math.max(cut, from)) / MINUTE)),
          (time) => time >= Math.max(cut, from),
        ),
      };
    })
    .toSorted((a, b) => b.since.failures - a.since.failures || (a.bucket < b.bucket ? -1 : 1));
}
