import { messageOf } from '#core/errors.ts';
import type { Json } from '#core/json.ts';
import type { HubNews } from './hub-news.ts';
import type { HubBus, Ledger, LedgerItem } from './ports.ts';

/** The family of what is still to be brought to the hub, and for a while of what was. */
const OUTBOX = 'hub-outbox';
/** What was brought is kept so long, for whoever wonders. */
const KEPT_MS = 7 * 24 * 60 * 60_000;
/** A hub that refuses so many running refuses all: the rest waits for the next minute. */
const MOST_FAILURES = 3;

export interface OutboxPorts {
  readonly ledger: Ledger;
  readonly now: () => Date;
}

/** Writes down what the hub is to be told, so that it is not lost; once, whoever writes it again. */
export async function postToHub(news: HubNews, { ledger, now }: OutboxPorts): Promise<void> {
  const id = `${news.finding} ${news.at} ${news.status}`;
  await ledger.write({ family: OUTBOX, id, revision: 0, body: news as Json, dueAt: now().toISOString() });
}

/** Brings to the hub what is still to be brought, what was tried least first, of that the oldest. Returns what it did not take: that is tried again. */
export async function forwardToHub({
  ledger,
  now,
  bus,
}: OutboxPorts & { readonly bus: HubBus }): Promise<readonly { readonly finding: string; readonly why: string }[]> {
  const keys = (await ledger.due(now().toISOString())).filter(({ family }) => family === OUTBOX);
  const items = [...(await ledger.readMany(keys))].filter(({ dueAt }) => dueAt !== undefined);
  const failed: { finding: string; why: string }[] = [];
  for (const item of items.sort(byTries)) {
    if (failed.length >= MOST_FAILURES) break;
    try {
      await bus.put(item.body);
    } catch (error) {
      failed.push({ finding: newsIn(item.body).finding, why: `the hub could not be told: ${messageOf(error)}` });
      // The revision counts how often it was tried: some news may be refused for ever, and keep no others.
      await ledger.write(item);
      continue;
    }
    const { dueAt: _brought, ...rest } = item;
    // Marked afterwards: a run that ends in between brings it twice, and the hub takes it once.
    await ledger.write({ ...rest, expiresAt: new Date(now().getTime() + KEPT_MS).toISOString() });
  }
  return failed;
}

function newsIn(body: Json): HubNews {
  return body as unknown as HubNews;
}

function byTries(a: LedgerItem, b: LedgerItem): number {
  return a.revision - b.revision || (newsIn(a.body).at < newsIn(b.body).at ? -1 : 1);
}
