import { isUseAffected } from '#core/use-subject.ts';
import { SnsPublisher } from '#aws/sns-publisher.ts';
import type { AnnouncePorts } from '../announce.ts';
import type { HubNews } from '../hub-news.ts';
import type { DigestPorts } from '../digest.ts';
import type { TellPorts } from '../tell-ports.ts';
import { openService, type Service } from './service.ts';
import { logger } from './telemetry.ts';

/** The service with what telling needs. */
export interface TellingService
  extends Service, Omit<AnnouncePorts, 'kinds'>, DigestPorts, Pick<TellPorts, 'isUseLogged'> {
  readonly documents: Service['documents'];
  readonly ledger: Service['ledger'];
}

let telling: TellingService | undefined;

/** The ports of the functions that tell. */
export function openTellingService(): TellingService {
  const service = openService();
  if (telling === undefined || telling.own !== service.own) telling = composeTelling(service);
  return telling;
}

function composeTelling(service: Service): TellingService {
  const { environment, settings, own, documents } = service;
  const { topics, region, hub } = environment;
  return {
    ...service,
    publisher: new SnsPublisher(own, { topics, region }),
    ownerTags: settings.ownerTags,
    actionItems: settings.actionItems,
    timeZone: settings.timeZone,
    digestAt: settings.digestAt,
    chat: topics.chat !== undefined,
    store: documents.place,
    warn: (says) => logger.error(says),
    ...(settings.evidence === undefined ? {} : { isUseLogged: (records) => isUseAffected(records, service.kinds) }),
    ...(hub === undefined ? {} : { hub: { tell: hub.tell, post: (news) => post(news, service) } }),
  };
}

/** Only members of a hub load it. */
async function post(news: HubNews, service: Service): Promise<void> {
  const { postToHub } = await import('../hub-outbox.ts');
  await postToHub(news, service);
}
