import type { Alert } from '#core/alert.ts';
import { consoleHost } from '#core/advice.ts';
import type { Severity } from '#core/change.ts';
import { messageOf } from '#core/errors.ts';
import { alertJson, documentOf } from '#render/alert-json.ts';
import { renderChat } from '#render/alert-chat.ts';
import { renderMail } from '#render/alert-mail.ts';
import { subjectOf } from '#render/alert-words.ts';
import { composeAlert, type AlertingPorts, type AlertSubject } from './alerting.ts';
import type { HubNews } from './hub-news.ts';
import { encode } from './document-encoding.ts';
import { newsOfAlert } from './member-news.ts';
import type { Publication, Publisher } from './ports.ts';

export interface AnnouncePorts extends AlertingPorts {
  readonly publisher: Publisher;
  readonly timeZone: string;
  readonly warn: (says: string) => void;
  /** Is there a topic for chat clients? */
  readonly chat: boolean;
  /** Tells the hub; of a member of one. */
  readonly hub?: HubPost;
}

/** How a member tells its hub, and who of both mails. */
export interface HubPost {
  readonly tell: HubNews['tell'];
  /** Writes down what the hub is to be told: it is brought there until it was taken. */
  readonly post: (news: HubNews) => Promise<void>;
}

/** SNS takes 256 KB with all protocols and attributes together; the JSON is in it three times (aws-facts §8). */
export const LONGEST_MAIL_BYTES = 48 * 1024;

/** Makes an alert, keeps the whole of it, and brings it to people and machines. Returns how grave it is. */
export async function announceAlert(subject: AlertSubject, ports: AnnouncePorts): Promise<Severity> {
  const alert = await composeAlert(subject, ports);
  const key = `reports/alerts/${alert.finding}/${alert.at.replace(/[-:.]/g, '')}-${alert.status}.json`;
  // A conflict is the same alert, of a run that ended before it was marked as told.
  await ports.documents.create(key, encode(documentOf(alert)));
  const whole = `${ports.documents.place}/${key}`;
  if (ports.hub !== undefined) {
    // For a hub what has recovered is over: it takes nothing of that any more.
    if (alert.status !== 'proved') await ports.hub.post(newsOfAlert(alert, { tell: ports.hub.tell, whole }));
    // What silences the service is told wherever anybody may hear it.
    if (ports.hub.tell === 'hub' && alert.against !== 'deployed') return alert.severity;
  }
  const [main, ...others] = publicationsOf(alert, { ...ports, whole });
  if (main !== undefined)
    await publishMain(main, ports).catch((error: unknown) => Promise.reject(asOfAll(error, ports)));
  for (const other of others) await publishBeside(other, ports);
  return alert.severity;
}

/** The hub is told by then: that nobody has it is no longer so. */
function asOfAll(error: unknown, { hub }: Pick<AnnouncePorts, 'hub'>): Error {
  return hub === undefined && error instanceof Error ? error : new Error(messageOf(error), { cause: error });
}

/** Where the second topic cannot be told, what silenced it is told to whoever is left. */
export async function publishMain(
  publication: Publication,
  { publisher, warn }: Pick<AnnouncePorts, 'publisher' | 'warn'>,
): Promise<void> {
  if (publication.topic !== 'self-watch') return publisher.publish(publication);
  try {
    await publisher.publish(publication);
  } catch (error) {
    warn(`the topic self-watch could not be told, so the alerts are: ${messageOf(error)}`);
    await publisher.publish({ ...publication, topic: 'alerts' });
  }
}

/** What only some read must not make the others read it again and again: its failure is said, and not tried again. */
export async function publishBeside(
  publication: Publication,
  { publisher, warn }: Pick<AnnouncePorts, 'publisher' | 'warn'>,
): Promise<void> {
  try {
    await publisher.publish(publication);
  } catch (error) {
    warn(`the topic ${publication.topic} could not be told: ${messageOf(error)}`);
  }
}

export interface PublicationSettings extends Pick<AnnouncePorts, 'kinds' | 'timeZone' | 'partition' | 'chat'> {
  /** Where the whole alert is. */
  readonly whole: string;
  readonly documents: { readonly place: string };
}

/** What goes out of one alert: the mail with what machines read, and the chat's own document. */
export function publicationsOf(alert: Alert, settings: PublicationSettings): readonly Publication[] {
  const { whole, timeZone, partition, documents } = settings;
  const kinds = new Map(settings.kinds.map((kind) => [kind.declaration.id, kind]));
  const subject = subjectOf(alert);
  const attributes = attributesOf(alert);
  const isAboutItself = alert.against === 'deployed';
  const mail = renderMail(alert, {
    kinds,
    timeZone,
    partition,
    whole,
    store: documents.place,
    consoleHost: consoleHost(partition),
  });
  const publication: Publication = {
    topic: isAboutItself ? 'self-watch' : 'alerts',
    subject,
    text: cutTo(mail, LONGEST_MAIL_BYTES, whole),
    json: alertJson(alert, { whole }),
    attributes,
  };
  return settings.chat && !isAboutItself
    ? [publication, { topic: 'chat', subject, text: renderChat(alert, { whole }), attributes }]
    : [publication];
}

/** As many as leave room for the rest in the 256 KB of a message. */
const MOST_OWNERS = 200;

/** What subscribers filter by. SNS takes at most ten, and no empty list. */
function attributesOf(alert: Alert): Publication['attributes'] {
  const kinds = [...new Set(alert.members.map(({ record }) => record.drift.ref.kind))];
  const owners = alert.owners.map(({ owner }) => owner).filter((owner) => owner !== '');
  return {
    type: 'alert',
    status: alert.status,
    // Who heard of it once hears of its end, also where it became less grave.
    severity: alert.gravestTold,
    account: alert.account,
    exposure: alert.exposure,
    breakage: alert.breakage,
    kinds,
    ...(owners.length === 0 ? {} : { owners: owners.slice(0, MOST_OWNERS) }),
  };
}

/** A text of so many bytes at most, whole characters, with where the rest is. */
export function cutTo(text: string, bytes: number, whole: string): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  const note = `\n\n… This mail was cut; the whole alert is at ${whole}\n`;
  const room = bytes - Buffer.byteLength(note);
  const cut = Buffer.from(text)
    .subarray(0, room)
    .toString('utf8')
    .replace(/\u{fffd}+$/u, '');
  return `${cut.slice(0, cut.lastIndexOf('\n'))}${note}`;
}
