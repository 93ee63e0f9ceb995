import { randomUUID } from 'node:crypto';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context, SQSEvent } from 'aws-lambda';
import pMap from 'p-map';
import type { QueueAddress } from '#aws/queue-depth.ts';
import type { Json } from '#core/json.ts';
import { ownKind } from '#kinds/plumbline-self/index.ts';
import type { DigestPorts } from '../digest.ts';
import { describeService } from '../service-document.ts';
import { METRICS, METRICS_OF_SOME } from '../service-names.ts';
import type { TellOutcome } from '../tell.ts';
import { tick, type TickOutcome, type TickPorts } from '../tick.ts';
import { logger, metrics } from './telemetry.ts';
import { openTellingService, type TellingService } from './telling-service.ts';

const QUEUES_AT_ONCE = 8;

let isDescribed = false;

/** Its schedule brings the dead-letter queues of further regions; whoever wakes it brings nothing of the kind. */
type TickEvent = { readonly undelivered: readonly QueueAddress[] } | SQSEvent;

/** Every minute, and whenever a worker found something: polls, ends sweeps, tells. */
export async function handler(event: TickEvent, context: Context): Promise<{ readonly ran: boolean }> {
  logger.addContext(context);
  const service = openTellingService();
  await describeOnce(service);
  const run = randomUUID();
  const queues = 'undelivered' in event ? event.undelivered : [];
  const outcome = await tick({
    ...service,
    run,
    // What writes to people is loaded when it is first asked, not by every start.
    announce: async (subject) =>
      (await import('../announce.ts')).announceAlert(subject, { ...service, kinds: [...service.kinds, ownKind] }),
    askToAccept: async (first) => (await import('../digest.ts')).askForAcceptance(first, service),
    digest: async () => (await import('../digest.ts')).sayDigest({ ...service, ...digestOfHub(service) }),
    ...(queues.length === 0 ? {} : { undelivered: () => undeliveredIn(queues, service) }),
    ...memberPorts(service),
    ...(service.environment.hubQueue === undefined ? {} : { hubRound: () => tellOfMembers(service, run) }),
  });
  report(outcome, { isHub: service.environment.hubQueue !== undefined });
  return { ran: outcome.ran };
}

/** What a member of a hub does beside telling. */
function memberPorts(service: TellingService): Pick<TickPorts, 'ended' | 'forward'> {
  const { hub } = service;
  const { hub: place } = service.environment;
  if (hub === undefined || place === undefined) return {};
  return {
    ended: async (finding, as) => {
      const { newsOfEnd } = await import('../member-news.ts');
      await hub.post(newsOfEnd(finding, { tell: hub.tell, as, at: service.now().toISOString() }));
    },
    forward: async () => {
      const { forwardToHub } = await import('../hub-outbox.ts');
      // The client is loaded when there is something to put: most minutes there is nothing.
      const put = async (news: Json): Promise<void> => {
        const { EventBridgeHub } = await import('#aws/event-bridge-hub.ts');
        await new EventBridgeHub(service.own, place.bus).put(news);
      };
      return forwardToHub({ ...service, bus: { put } });
    },
  };
}

function digestOfHub(service: TellingService): Pick<DigestPorts, 'members'> {
  if (service.environment.hubQueue === undefined) return {};
  return { members: async () => (await import('../hub-round.ts')).openInMembers(service) };
}

/** Only the hub loads what tells of members. */
async function tellOfMembers(service: TellingService, run: string): Promise<TellOutcome> {
  const [{ hubRound }, { announceHubAlert }] = await Promise.all([
    import('../hub-round.ts'),
    import('../hub-announce.ts'),
  ]);
  return hubRound({ ...service, run, announce: (subject) => announceHubAlert(subject, service) });
}

/** What lies in the dead-letter queues of the further regions, all together. */
async function undeliveredIn(queues: readonly QueueAddress[], { own }: TellingService): Promise<number> {
  const { queueDepth } = await import('#aws/queue-depth.ts');
  const depths = await pMap(queues, (queue) => queueDepth(own, queue), {
    concurrency: QUEUES_AT_ONCE,
  });
  return depths.reduce((sum, depth) => sum + depth, 0);
}

/** `service.json` says where the service is: written once by each new instance, if it says something else. */
async function describeOnce({ documents, environment }: TellingService): Promise<void> {
  if (isDescribed) return;
  const { account, region, table, requestUrl, requestFunction, hubQueue, version } = environment;
  try {
    const where = {
      ...(requestUrl === undefined ? {} : { url: requestUrl }),
      ...(requestFunction === undefined ? {} : { function: requestFunction }),
      ...(hubQueue === undefined ? {} : { hub: true as const }),
    };
    await describeService(documents, { account, region, table, version, ...where });
    isDescribed = true;
  } catch (error) {
    logger.warn('service.json could not be written; it is tried again', { error });
  }
}

function report(
  { ran, told, failed, ended, undelivered, hubRan, troubles }: TickOutcome,
  { isHub }: { readonly isHub: boolean },
): void {
  if (!ran) return;
  for (const alert of told) logger.info('told', { ...alert });
  for (const alert of failed) logger.error('an alert could not be brought out; it is tried again', { ...alert });
  for (const trouble of troubles) logger.error('a part of the tick failed; it is tried again', { trouble });
  for (const end of ended) {
    logger.info('a sweep has ended', { ...end });
    metrics.addMetric(METRICS.sweepsIncomplete, MetricUnit.Count, end.complete ? 0 : 1);
    metrics.addMetric(METRICS.blindSpots, MetricUnit.Count, end.unreadable + end.incompleteListings);
  }
  if (undelivered !== undefined) metrics.addMetric(METRICS_OF_SOME.undelivered, MetricUnit.Count, undelivered);
  // Zeros too, also for the watch on the service, which may not run: an alarm hears a zero at once, and a silence late (decision 26).
  if (isHub) metrics.addMetric(METRICS_OF_SOME.hubHeartbeat, MetricUnit.Count, hubRan === true ? 1 : 0);
  metrics.addMetric(METRICS.sweepsEnded, MetricUnit.Count, ended.length);
  metrics.addMetric(METRICS.selfChecks, MetricUnit.Count, 0);
  metrics.addMetric(METRICS.heartbeat, MetricUnit.Count, 1);
  metrics.addMetric(METRICS.told, MetricUnit.Count, told.length);
  metrics.addMetric(METRICS.untold, MetricUnit.Count, failed.length);
  metrics.addMetric(METRICS.troubles, MetricUnit.Count, troubles.length);
  metrics.publishStoredMetrics();
}
