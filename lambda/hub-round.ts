import { bySeverity, type Severity } from '#core/change.ts';
import type { Json } from '#core/json.ts';
import { printRef } from '#core/reference.ts';
import type { OpenElsewhere } from '#render/digest.ts';
import type { AlertSubject } from './alerting.ts';
import { HUB_NEWS } from './hub-inbox.ts';
import { HUB_RECORD, hubLedger } from './hub-ledger.ts';
import type { MemberNews } from './hub-news.ts';
import { nextHubRecord, refOfMember, type HubRecord } from './hub-record.ts';
import type { Ledger } from './ports.ts';
import { tell, type TellOutcome } from './tell.ts';
import type { TellPorts } from './tell-ports.ts';

export interface HubRoundPorts {
  /** The hub's own account. */
  readonly account: string;
  readonly ledger: Ledger;
  readonly announce: (subject: AlertSubject) => Promise<Severity>;
  readonly now: () => Date;
  readonly run: string;
}

/** What ended is kept so long for whoever asks. */
const CLOSED_KEPT_MS = 90 * 24 * 60 * 60_000;

/** One round of the hub: puts what members said under causes, and tells once of each, by the decisions that hold for any finding. */
export async function hubRound(ports: HubRoundPorts): Promise<TellOutcome> {
  await placeNews(ports);
  return tell({ ...ports, ledger: hubLedger(ports.ledger), known: NOTHING_ACCEPTED, asking: NOBODY });
}

/** What is open in members, the gravest first; of the hub's own account its digest tells anyway. */
export async function openInMembers({
  ledger,
  account,
}: Pick<HubRoundPorts, 'ledger' | 'account'>): Promise<readonly OpenElsewhere[]> {
  const records = (await ledger.list(HUB_RECORD)).map(({ body }) => body as unknown as HubRecord);
  return records
    .filter((record) => record.status === 'open' && record.account !== account)
    .map(({ account: member, news }) => ({
      account: member,
      severity: news.severity,
      headline: news.headline,
      since: news.since,
    }))
    .sort((a, b) => bySeverity(a.severity, b.severity) || (a.since < b.since ? -1 : 1));
}

/** Members accept at home, and say so. */
const NOTHING_ACCEPTED: TellPorts['known'] = {
  generation: () => Promise.resolve(0),
  of: () => Promise.resolve({ against: 'accepted', generation: 0, shards: {}, baseline: undefined }),
};
const NOBODY: TellPorts['asking'] = { ask: () => Promise.resolve() };

/** The oldest first, one after the other: what comes first begins the cause that others are put under. */
async function placeNews({ account: hub, ledger, now }: HubRoundPorts): Promise<void> {
  const keys = (await ledger.due(now().toISOString())).filter(({ family }) => family === HUB_NEWS);
  if (keys.length === 0) return;
  const items = [...(await ledger.readMany(keys))].filter(({ dueAt }) => dueAt !== undefined);
  const newsIn = (body: Json): MemberNews => body as unknown as MemberNews;
  const records = new Map(
    (await ledger.list(HUB_RECORD)).map((item) => [
      item.id,
      { revision: item.revision, record: item.body as unknown as HubRecord },
    ]),
  );
  for (const item of items.sort((a, b) => (newsIn(a.body).news.at < newsIn(b.body).news.at ? -1 : 1))) {
    const member = newsIn(item.body);
    const id = printRef(refOfMember(member, hub));
    const before = records.get(id);
    const others = [...records.values()].map(({ record }) => record);
    const record = nextHubRecord(before?.record, member, { others, hub });
    if (record !== undefined) {
      const revision = before?.revision ?? 0;
      const outcome = await ledger.write({
        family: HUB_RECORD,
        id,
        revision,
        body: record as unknown as Json,
        ...(member.news.tell === 'hub' ? { dueAt: now().toISOString() } : {}),
        ...(record.status === 'closed' ? { expiresAt: new Date(now().getTime() + CLOSED_KEPT_MS).toISOString() } : {}),
      });
      // Somebody wrote the record since it was listed: what was said stays due, and the next round places it.
      if (outcome === 'conflict') continue;
      records.set(id, { revision: revision + 1, record });
    }
    const { dueAt: _placed, ...rest } = item;
    await ledger.write(rest);
  }
}
