import { randomUUID } from 'node:crypto';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { ownKind } from '#kinds/plumbline-self/index.ts';
import { describeService } from '../service-document.ts';
import { METRICS } from '../service-names.ts';
import { tick, type TickOutcome } from '../tick.ts';
import { logger, metrics } from './telemetry.ts';
import { openTellingService, type TellingService } from './telling-service.ts';

let isDescribed = false;

/** Every minute, and whenever a worker found something: polls, ends sweeps, tells. */
export async function handler(_event: unknown, context: Context): Promise<{ readonly ran: boolean }> {
  logger.addContext(context);
  const service = openTellingService();
  await describeOnce(service);
  const outcome = await tick({
    ...service,
    run: randomUUID(),
    // What writes to people is loaded when it is first asked, not by every start.
    announce: async (subject) =>
      (await import('../announce.ts')).announceAlert(subject, { ...service, kinds: [...service.kinds, ownKind] }),
    askToAccept: async (first) => (await import('../digest.ts')).askForAcceptance(first, service),
    digest: async () => (await import('../digest.ts')).sayDigest(service),
  });
  report(outcome);
  return { ran: outcome.ran };
}

/** `service.json` says where the service is: written once by each new instance, if it says something else. */
async function describeOnce({ documents, environment }: TellingService): Promise<void> {
  if (isDescribed) return;
  const { account, region, table, requestUrl, version } = environment;
  try {
    const url = requestUrl === undefined ? {} : { url: requestUrl };
    await describeService(documents, { account, region, table, version, ...url });
    isDescribed = true;
  } catch (error) {
    logger.warn('service.json could not be written; it is tried again', { error });
  }
}

function report({ ran, told, failed, ended, troubles }: TickOutcome): void {
  if (!ran) return;
  for (const alert of told) logger.info('told', { ...alert });
  for (const alert of failed) logger.error('an alert could not be brought out; it is tried again', { ...alert });
  for (const trouble of troubles) logger.error('a part of the tick failed; it is tried again', { trouble });
  for (const end of ended) {
    logger.info('a sweep has ended', { ...end });
    metrics.addMetric(METRICS.sweepsEnded, MetricUnit.Count, 1);
    metrics.addMetric(METRICS.sweepsIncomplete, MetricUnit.Count, end.complete ? 0 : 1);
    metrics.addMetric(METRICS.blindSpots, MetricUnit.Count, end.unreadable + end.incompleteListings);
    metrics.addMetric(METRICS.resources, MetricUnit.Count, end.resources);
  }
  metrics.addMetric(METRICS.heartbeat, MetricUnit.Count, 1);
  metrics.addMetric(METRICS.told, MetricUnit.Count, told.length);
  metrics.addMetric(METRICS.untold, MetricUnit.Count, failed.length);
  metrics.addMetric(METRICS.troubles, MetricUnit.Count, troubles.length);
  metrics.publishStoredMetrics();
}
