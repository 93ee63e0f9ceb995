import type { AlertEvidence } from '#core/alert-evidence.ts';
import type { FailureMetrics } from '#core/evidence/request-metrics.ts';
import { plural } from './page.ts';
import { printable } from './printable.ts';

/** Buckets before the rest is counted. */
const MOST_BUCKETS = 8;

/** What CloudWatch counted, a line a bucket. It is of all callers and all sorts of 4xx, so it stands beside the logs and proves nothing. */
export function metricLines(evidence: AlertEvidence | undefined): readonly string[] {
  const metrics = evidence?.impact.metrics ?? [];
  const shown = metrics.slice(0, MOST_BUCKETS);
  const more = metrics.length - shown.length;
  return [
    ...shown.map(metricLine),
    ...(more > 0 ? [`and ${plural(more, 'more bucket')} with request metrics: the whole alert has them`] : []),
  ];
}

function metricLine({ bucket, before, since }: FailureMetrics): string {
  const counted = `${printable(bucket)}, 4xx of all kinds by CloudWatch, 404 too: ${since.failures} of ${plural(since.requests, 'request')} in`;
  return before === undefined
    ? `${counted} the last ${Math.round(since.minutes / (24 * 60))} days; of the time before the change CloudWatch keeps no minutes`
    : `${counted} ${since.minutes} min since the change, ${before.failures} of ${before.requests} in the hour before`;
}
