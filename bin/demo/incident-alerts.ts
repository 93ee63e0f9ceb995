import type { Alert } from '#core/alert.ts';
import type { Severity } from '#core/change.ts';
import { PlumblineError } from '#core/errors.ts';
import { LOOKS_AFTER_RECOVERY_MIN } from '#core/impact-watch.ts';
import type { AlertSubject } from '#lambda/alerting.ts';
import { kinds } from '#kinds';
import { publicationsOf } from '#lambda/announce.ts';
import { announceHubAlert } from '#lambda/hub-announce.ts';
import { collectNews } from '#lambda/hub-inbox.ts';
import { hubRound } from '#lambda/hub-round.ts';
import { newsOfAlert } from '#lambda/member-news.ts';
import type { Publication, UseLogs } from '#lambda/ports.ts';
import type { Settings } from '#lambda/settings.ts';
import { PlacedUseLogs } from '#lambda/use-logs.ts';
import { managementEvents } from '#local/demo/calls.ts';
import { acceptedBy, TIMES } from '#local/demo/incident.ts';
import type { RawFile } from '#local/demo/raw-files.ts';
import { otherRecordings, recordings, type Recording } from '#local/demo/recording.ts';
import { DocumentsLedger } from '#local/documents-ledger.ts';
import { MemoryDocuments } from '#local/memory-documents.ts';
import { deliveredLogs } from './delivered-logs.ts';
import { WatchedAccount } from './watched-account.ts';

/** The company's own clock. */
export const TIME_ZONE = 'America/New_York';

/** What the service told of the incident. */
export interface IncidentAlerts {
  /** Right after the change: what it does, and who did it. */
  readonly opened: Alert;
  /** Seconds later: with whoever was seen doing before what it refuses. */
  readonly used: Alert;
  /** Twelve minutes later, with the failures that the logs had by then. */
  readonly failing: Alert;
  /** When it was rolled back. */
  readonly recovered: Alert;
  /** When the logs of all of them had come: the proof that what failed works again. */
  readonly proved: Alert;
  /** The hub's one mail on all accounts, a minute after the first. */
  readonly hub: Publication;
  readonly hubToldAt: string;
}

const MINUTE = 60_000;
const HUB_ACCOUNT = '999988887777';
/** When events of the changes came: the second a minute after the change; the logs are read again twelve minutes after that. */
const TOLD_AT = '2025-10-28T19:01:02.000Z';
const READ_AGAIN_AT = '2025-10-28T19:13:02.000Z';
const HUB_TOLD_AT = '2025-10-28T19:02:32.000Z';
const LISTS_HEARD_AT = '2025-10-28T18:45:31.000Z';
/** When the rollback was read, and told. */
const READ_BACK_AT = '2025-10-29T14:30:21.000Z';
const RECOVERY_TOLD_AT = '2025-10-29T14:31:21.000Z';

/** Has the service of each account live through the incident, with the events and logs of the raw files. */
export async function liveThrough(settings: Settings, files: readonly RawFile[]): Promise<IncidentAlerts> {
  const others: Alert[] = [];
  for (const { before, after } of otherRecordings) {
    const other = await accepted(new WatchedAccount(settings, before), before);
    await changes(other, { listed: before, after });
    others.push(lastOf(other, 'opened'));
  }
  const logsFor = (now: () => Date): UseLogs =>
    new PlacedUseLogs([deliveredLogs(files, now)], { account: recordings.before.account, now });
  const own = await accepted(new WatchedAccount(settings, recordings.before, logsFor), recordings.before);
  await changes(own, recordings);
  const opened = lastOf(own, 'opened');
  const used = lastOf(own, 'changed');
  own.at(READ_AGAIN_AT);
  await own.ticks();
  const failing = lastOf(own, 'changed');
  await rollsBack(own);
  const recovered = lastOf(own, 'recovered');
  const proved = await proof(own, recovered);
  return {
    opened,
    used,
    failing,
    recovered,
    proved,
    hub: await hubMail([opened, ...others]),
    hubToldAt: HUB_TOLD_AT,
  };
}

/** The mail of an alert, as it is published. */
export function mailOf(alert: Alert): Publication {
  const place = `s3://plumbline-audit-${alert.account}`;
  const [mail] = publicationsOf(alert, {
    kinds,
    timeZone: TIME_ZONE,
    partition: 'aws',
    chat: false,
    whole: `${place}/reports/alerts/${alert.finding}/${alert.at.replace(/[-:.]/g, '')}-${alert.status}.json`,
    documents: { place },
  });
  if (mail === undefined)
    throw new PlumblineError('INPUT_INVALID', 'the recording does not fit this release: an alert has no mail');
  return mail;
}

/** A service whose account was looked through and accepted the day before, and swept half an hour before the change. */
async function accepted(watched: WatchedAccount, recording: Recording): Promise<WatchedAccount> {
  watched.at(recording.takenAt);
  const sweep = await watched.sweeps();
  watched.at(TIMES.askedBefore);
  await watched.accepts(sweep, { by: acceptedBy(recording.account), reason: 'first look' });
  watched.at('2025-10-28T18:30:00.000Z');
  await watched.sweeps();
  return watched;
}

interface Between {
  readonly listed: Recording;
  readonly after: Recording;
}

/** The deny lists at 14:45, which the tool is for, and the block at 15:00, which it is not. */
async function changes(watched: WatchedAccount, { listed, after }: Between): Promise<void> {
  watched.becomes(listed);
  watched.at(LISTS_HEARD_AT);
  await hearsAll(watched, 'UpdateIPSet');
  watched.becomes(after);
  watched.at(TOLD_AT);
  await hearsAll(watched, 'PutAccountPublicAccessBlock');
}

async function rollsBack(watched: WatchedAccount): Promise<void> {
  watched.becomes(recordings.recovered);
  watched.at(READ_BACK_AT);
  await hearsAll(watched, 'DeleteAccountPublicAccessBlock');
  watched.at(RECOVERY_TOLD_AT);
  await watched.ticks();
}

/** The looks at the logs that come after a recovery, until one of them proves it. */
async function proof(watched: WatchedAccount, { at }: Alert): Promise<Alert> {
  const isProved = ({ status }: Alert): boolean => status === 'proved';
  for (const minutes of LOOKS_AFTER_RECOVERY_MIN) {
    watched.at(new Date(Date.parse(at) + minutes * MINUTE).toISOString());
    await watched.ticks();
    if (watched.alerts.some(isProved)) break;
  }
  return lastOf(watched, 'proved');
}

async function hearsAll(watched: WatchedAccount, name: string): Promise<void> {
  for (const event of managementEvents())
    if (event.recipientAccountId === watched.account && event['eventName'] === name) await watched.hears(event);
}

function lastOf({ alerts }: WatchedAccount, status: Alert['status']): Alert {
  const found = alerts.findLast(
    (alert) =>
      alert.status === status && alert.members.some(({ record }) => record.drift.ref.kind === 's3-account-block'),
  );
  if (found === undefined)
    throw new PlumblineError('INPUT_INVALID', `the recording does not fit this release: nothing was told as ${status}`);
  return found;
}

/** What the hub makes of what its members told. */
async function hubMail(alerts: readonly Alert[]): Promise<Publication> {
  const documents = new MemoryDocuments();
  const ledger = new DocumentsLedger(documents);
  const published: Publication[] = [];
  const now = (): Date => new Date(HUB_TOLD_AT);
  for (const alert of alerts) {
    const whole = `s3://plumbline-audit-${alert.account}/reports/alerts/${alert.finding}.json`;
    const detail = newsOfAlert(alert, { tell: 'hub', whole });
    const message = { source: 'plumbline', 'detail-type': 'Plumbline Alert', account: alert.account, detail };
    await collectNews(JSON.parse(JSON.stringify(message)), { ledger, now });
  }
  const announce = (subject: AlertSubject): Promise<Severity> =>
    announceHubAlert(subject, {
      account: HUB_ACCOUNT,
      documents,
      ledger,
      publisher: { publish: (publication) => Promise.resolve(void published.push(publication)) },
      timeZone: TIME_ZONE,
      chat: false,
      warn: () => undefined,
    });
  await hubRound({ account: HUB_ACCOUNT, ledger, now, run: 'demo', announce });
  const [mail] = published;
  if (mail === undefined)
    throw new PlumblineError('INPUT_INVALID', 'the recording does not fit this release: the hub told nothing');
  return mail;
}
