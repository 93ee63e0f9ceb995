import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { PlumblineError } from '#core/errors.ts';
import { evidenceLayout } from '#core/evidence/log-layout.ts';
import { lookFrom } from '#core/look.ts';
import { readAhead, S3LogFiles } from '#aws/s3-log-files.ts';
import type { Detected } from '../detect.ts';
import { watchImpact } from '../impact-watch.ts';
import type { RequestMetrics } from '../ports.ts';
import { PlacedUseLogs, type UsePlace } from '../use-logs.ts';
import { logger } from './telemetry.ts';
import type { SweepingService } from './sweeping-service.ts';

/** Small files on their way beside each other. */
const AHEAD = 32;

/** Reads logs of use about the findings that messages name. Each stands for itself: one that fails is tried again, then lies where a person finds it. */
export async function watchUses(records: readonly SQSRecord[], service: SweepingService): Promise<SQSBatchResponse> {
  const batchItemFailures: { readonly itemIdentifier: string }[] = [];
  let due = 0;
  for (const { body, messageId } of records) {
    try {
      due += (await watchUse(findingIn(body), service)).due;
    } catch (error) {
      logger.error('logs of use could not be read; it is tried again', { messageId, error });
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  if (due > 0) await service.wakeTeller();
  return { batchItemFailures };
}

function findingIn(body: string): string {
  const asked = lookFrom(JSON.parse(body), []);
  if (asked.asks === 'watch') return asked.finding;
  throw new PlumblineError('INPUT_INVALID', 'a message of the queue names no finding to read logs of use about');
}

async function watchUse(finding: string, service: SweepingService): Promise<Detected> {
  const { settings, aws, account, now } = service;
  const { evidence, applications } = settings;
  if (evidence === undefined) return { due: 0 };
  const { accessLogs, trails, requestMetrics, lookBackDays } = evidence;
  const places = [...accessLogs, ...trails].map((place): UsePlace => ({
    name: `s3://${place.bucket}/${place.prefix}`,
    find: (asked, buckets, isLate) => new S3LogFiles(aws, place).find(asked, evidenceLayout(buckets), isLate),
  }));
  return watchImpact(finding, {
    ...service,
    applications,
    lookBackDays,
    ...(places.length === 0
      ? {}
      : { useLogs: new PlacedUseLogs(places, { account, now, ahead: (files) => readAhead(files, AHEAD) }) }),
    ...(requestMetrics ? { requestMetrics: await metricsOf(service) } : {}),
  });
}

/** Its client is loaded only where the settings want metrics. */
async function metricsOf({ aws }: SweepingService): Promise<RequestMetrics> {
  const { CloudWatchRequestMetrics } = await import('#aws/request-metrics.ts');
  return new CloudWatchRequestMetrics(aws);
}
