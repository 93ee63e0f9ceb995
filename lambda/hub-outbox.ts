import type { Alert } from '#core/alert.ts';
import { digestOf } from '#core/digest.ts';
import { messageOf } from '#core/errors.ts';
import type { FindingRecord } from '#core/finding-record.ts';
import { canonicalJson, type Json, type JsonObject } from '#core/json.ts';
import { alertJson } from '#render/alert-json.ts';
import { headlineOf } from '#render/alert-words.ts';
import { consequenceLines, effectLines } from '#render/effect-lines.ts';
import { LONGEST_LINE, MOST_ACTORS, MOST_LINES, MOST_MOVES, type HubNews } from './hub-news.ts';
import type { HubBus, Ledger } from './ports.ts';

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

/** What the hub is told of an alert. Pure. */
export function newsOfAlert(
  alert: Alert,
  { tell, whole }: { readonly tell: HubNews['tell']; readonly whole: string },
): HubNews {
  const drifts = alert.members.map(({ record }) => record.drift);
  const breaks = [...drifts.flatMap(effectLines), ...alert.consequences.flatMap((one) => consequenceLines(one))];
  const { finding, status, at, since, severity, exposure, breakage, acknowledged } = alert;
  return {
    version: 1,
    finding,
    status,
    at,
    since,
    tell,
    severity,
    exposure,
    breakage,
    headline: cut(headlineOf(alert)),
    breaks: [...new Set(breaks)].slice(0, MOST_LINES).map(cut),
    moves: movesOf(drifts).slice(0, MOST_MOVES),
    actors: alert.causes.slice(0, MOST_ACTORS).map(actorOf),
    report: cut(whole),
    ...(acknowledged === undefined ? {} : { acknowledged: cut(acknowledged) }),
    alert: JSON.parse(alertJson(alert, { whole })) as JsonObject,
  };
}

/** A finding that ended and that nobody is told of: without it the hub would remind of it for ever. Pure. */
export function newsOfEnd(
  finding: FindingRecord,
  { tell, as, at }: { readonly tell: HubNews['tell']; readonly as: 'accepted' | 'superseded'; readonly at: string },
): HubNews {
  return {
    version: 1,
    finding: finding.id,
    status: as,
    at,
    since: finding.openedAt,
    tell,
    severity: finding.severity,
    exposure: 'unknown',
    breakage: 'unknown',
    headline: `finding ${finding.id}`,
    breaks: [],
    moves: [],
    actors: [],
    report: '',
  };
}

/** Kind, path and new value of each change, without the names of resources. */
function movesOf(drifts: readonly Alert['members'][number]['record']['drift'][]): readonly string[] {
  const moves = drifts.flatMap(({ ref, changes }) =>
    changes.map(({ path, after }) => {
      const value = after.status === 'present' ? `:${digestOf(canonicalJson(after.value)).slice(0, 12)}` : '';
      return `${ref.kind} ${path} ${after.status}${value}`;
    }),
  );
  return [...new Set(moves)].sort();
}

function actorOf({ session, who, call, userAgent, at }: Alert['causes'][number]): HubNews['actors'][number] {
  const said = { session, who, call, userAgent };
  const texts = Object.entries(said).flatMap(([name, value]) => (value === undefined ? [] : [[name, cut(value)]]));
  return { ...(Object.fromEntries(texts) as typeof said), ...(at === undefined ? {} : { at }) };
}

function cut(text: string): string {
  return text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)} …` : text;
}

/** Writes down what the hub is to be told, so that it is not lost; once, whoever writes it again. */
export async function postToHub(news: HubNews, { ledger, now }: OutboxPorts): Promise<void> {
  const id = `${news.finding} ${news.at} ${news.status}`;
  await ledger.write({ family: OUTBOX, id, revision: 0, body: news as Json, dueAt: now().toISOString() });
}

/** Brings to the hub what is still to be brought, the oldest first. Returns what it did not take: that is tried again. */
export async function forwardToHub({
  ledger,
  now,
  bus,
}: OutboxPorts & { readonly bus: HubBus }): Promise<readonly { readonly finding: string; readonly why: string }[]> {
  const keys = (await ledger.due(now().toISOString())).filter(({ family }) => family === OUTBOX);
  const items = [...(await ledger.readMany(keys))].filter(({ dueAt }) => dueAt !== undefined);
  const newsIn = (body: Json): HubNews => body as unknown as HubNews;
  const failed: { finding: string; why: string }[] = [];
  for (const item of items.sort((a, b) => (newsIn(a.body).at < newsIn(b.body).at ? -1 : 1))) {
    if (failed.length >= MOST_FAILURES) break;
    try {
      await bus.put(item.body);
    } catch (error) {
      failed.push({ finding: newsIn(item.body).finding, why: `the hub could not be told: ${messageOf(error)}` });
      continue;
    }
    const { dueAt: _brought, ...rest } = item;
    // Marked afterwards: a run that ends in between brings it twice, and the hub takes it once.
    await ledger.write({ ...rest, expiresAt: new Date(now().getTime() + KEPT_MS).toISOString() });
  }
  return failed;
}
