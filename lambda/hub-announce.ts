import { gravest, gravestOf, type Severity } from '#core/change.ts';
import type { AlsoTheirs, HubAlert, MemberFinding } from '#core/hub-alert.ts';
import { severityOfRecords } from '#core/finding-record.ts';
import type { Common } from '#core/one-cause.ts';
import { renderHubChat } from '#render/hub-chat.ts';
import { hubSubjectOf, renderHubMail } from '#render/hub-mail.ts';
import type { AlertSubject } from './alerting.ts';
import { cutTo, LONGEST_MAIL_BYTES, publishBeside, publishMain, type AnnouncePorts } from './announce.ts';
import { encode } from './document-encoding.ts';
import { HUB_RECORD } from './hub-ledger.ts';
import type { HubRecord } from './hub-record.ts';
import type { Publication } from './ports.ts';

export type HubAnnouncePorts = Pick<
  AnnouncePorts,
  'account' | 'ledger' | 'documents' | 'publisher' | 'timeZone' | 'chat' | 'warn'
>;

/** SNS takes the JSON three times beside the mail (aws-facts §8). */
const LONGEST_JSON_BYTES = 56 * 1024;
/** Accounts named with what machines want, the longest list first that fits. */
const NAMED = [200, 50, 10, 0] as const;
/** SNS attributes: as many values as leave room for the rest. */
const MOST_VALUES = 200;

/** What the hub says of members that one cause moved. `all`: everything that it knows of members. Pure. */
export function hubAlertOf(
  { finding, records, status, at }: AlertSubject,
  { hub, all }: { readonly hub: string; readonly all: readonly HubRecord[] },
): HubAlert {
  const members = records as readonly HubRecord[];
  const shown = status === 'recovered' ? members : members.filter((record) => record.status === 'open');
  const severity = status === 'recovered' ? finding.severity : severityOfRecords(shown);
  const common = commonIn(shown);
  return {
    version: 1,
    status,
    severity,
    gravestTold: gravest([severity, ...(finding.gravestTold === undefined ? [] : [finding.gravestTold])]),
    finding: finding.id,
    hub,
    at,
    since: shown.map(({ openedAt }) => openedAt).sort()[0] ?? finding.openedAt,
    ...gravestOf(shown.flatMap(({ drift }) => drift.changes)),
    ...(members.some(({ news }) => news.against === 'deployed') ? { against: 'deployed' } : {}),
    accounts: shown.map(memberOf).sort(byGravity),
    recovered: members.length - shown.length,
    ...(common === undefined ? {} : { common }),
    also: alsoTheirs(members, all),
    owners: [...new Set(shown.flatMap(({ news }) => news.owners))].sort(),
    ...(finding.acknowledged === undefined ? {} : { acknowledged: finding.acknowledged.by }),
  };
}

function memberOf({ account, news }: HubRecord): MemberFinding {
  const { finding, status, severity, since, headline, breaks, affected, actors, report, acknowledged } = news;
  const { contracts = [], others = [], hit = [], urgency } = news;
  return {
    account,
    finding,
    status,
    severity,
    since,
    headline,
    breaks,
    affected,
    ...(urgency === undefined ? {} : { urgency }),
    hit,
    actors,
    contracts,
    others,
    report,
    ...(acknowledged === undefined ? {} : { acknowledged }),
  };
}

const HOUR_MS = 60 * 60_000;

/** What the same people did elsewhere within an hour: by session, or by name. */
function alsoTheirs(members: readonly HubRecord[], all: readonly HubRecord[]): readonly AlsoTheirs[] {
  const own = new Set(members.map(({ drift }) => drift.ref.id));
  const sure = members.flatMap(({ news }) => news.actors.filter(isSure));
  const isNear = (since: string): boolean =>
    members.some(({ news }) => Math.abs(Date.parse(news.since) - Date.parse(since)) <= HOUR_MS);
  const isTheirs = ({ news }: HubRecord): boolean =>
    news.actors.some(
      (one) =>
        isSure(one) &&
        sure.some(
          ({ session, who }) =>
            (session !== undefined && session === one.session) || (who !== undefined && who === one.who),
        ),
    );
  return all
    .filter((record) => !own.has(record.drift.ref.id) && isNear(record.news.since) && isTheirs(record))
    .map(({ account, news: { finding, severity, headline, since, status } }) => ({
      account,
      finding,
      severity,
      headline,
      since,
      status,
    }))
    .sort(
      (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || (a.account < b.account ? -1 : 1),
    );
}

function isSure({ certainty }: { readonly certainty: string }): boolean {
  return certainty === 'certain' || certainty === 'likely';
}

const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

function byGravity(a: MemberFinding, b: MemberFinding): number {
  return SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || (a.account < b.account ? -1 : 1);
}

const LEAST_SURE_FIRST: readonly Common[] = ['values', 'tool', 'actor', 'session'];

/** The least sure of what they have in common; undefined where they only came together, or are one. */
function commonIn(records: readonly HubRecord[]): Common | undefined {
  const causes = new Set(records.map(({ drift }) => drift.causes[0]?.eventId));
  if (records.length < 2 || causes.size > 1) return undefined;
  return LEAST_SURE_FIRST.find((one) => records.some(({ common }) => common === one));
}

/** Makes the hub's alert, keeps the whole of it, and brings it to people and machines. Returns how grave it is. */
export async function announceHubAlert(subject: AlertSubject, ports: HubAnnouncePorts): Promise<Severity> {
  const all = (await ports.ledger.list(HUB_RECORD)).map(({ body }) => body as unknown as HubRecord);
  const alert = hubAlertOf(subject, { hub: ports.account, all });
  const key = `reports/hub/${alert.finding}/${alert.at.replace(/[-:.]/g, '')}-${alert.status}.json`;
  // A conflict is the same alert, of a run that ended before it was marked as told.
  await ports.documents.create(key, encode(documentOf(alert)));
  const [main, ...others] = hubPublicationsOf(alert, { ...ports, whole: `${ports.documents.place}/${key}` });
  if (main !== undefined) await publishMain(main, ports);
  for (const other of others) await publishBeside(other, ports);
  return alert.severity;
}

/** What goes out of one alert of the hub: the mail with what machines read, and the chat's own document. */
export function hubPublicationsOf(
  alert: HubAlert,
  settings: Pick<HubAnnouncePorts, 'timeZone' | 'chat'> & {
    readonly whole: string;
    readonly documents: { readonly place: string };
  },
): readonly Publication[] {
  const { whole, timeZone, documents, chat } = settings;
  const subject = hubSubjectOf(alert);
  const attributes = attributesOf(alert);
  const mail = renderHubMail(alert, { timeZone, whole, store: documents.place });
  const publication: Publication = {
    topic: alert.against === 'deployed' ? 'self-watch' : 'alerts',
    subject,
    text: cutTo(mail, LONGEST_MAIL_BYTES, whole),
    json: jsonOf(alert, whole),
    attributes,
  };
  return chat && alert.against === undefined
    ? [publication, { topic: 'chat', subject, text: renderHubChat(alert, { whole }), attributes }]
    : [publication];
}

function documentOf(alert: HubAlert): object {
  return { type: 'plumbline.hub-alert', ...alert, subject: hubSubjectOf(alert) };
}

/** Where it is too long, without what breaks in each account and beyond the first accounts; `whole` is where the rest is. */
function jsonOf(alert: HubAlert, whole: string): string {
  const isShort = (json: string): boolean => Buffer.byteLength(JSON.stringify(json)) <= LONGEST_JSON_BYTES;
  const full = JSON.stringify({ ...documentOf(alert), cut: false, whole });
  if (isShort(full)) return full;
  const brief = NAMED.map((most) => {
    const accounts = alert.accounts
      .slice(0, most)
      .map((member) => ({ ...member, breaks: [], affected: [], hit: [], actors: [], others: [] }));
    return JSON.stringify({
      ...documentOf({ ...alert, accounts, also: alert.also.slice(0, most), owners: [] }),
      cut: true,
      whole,
    });
  });
  return (
    brief.find(isShort) ?? JSON.stringify({ type: 'plumbline.hub-alert', finding: alert.finding, cut: true, whole })
  );
}

/** What subscribers filter by: those of an account find it among the accounts. */
function attributesOf(alert: HubAlert): Publication['attributes'] {
  return {
    type: 'hub-alert',
    status: alert.status,
    // Who heard of it once hears of its end, also where it became less grave.
    severity: alert.gravestTold,
    account: [...new Set(alert.accounts.map(({ account }) => account))].slice(0, MOST_VALUES),
    exposure: alert.exposure,
    breakage: alert.breakage,
    ...(alert.owners.length === 0 ? {} : { owners: alert.owners.slice(0, MOST_VALUES) }),
  };
}
