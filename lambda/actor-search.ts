import pMap from 'p-map';
import type { Cause } from '#core/change.ts';
import type { SearchGap } from '#core/cause-search.ts';
import type { DriftRecord } from '#core/drift-record.ts';
import type { CloudTrailEvent } from '#core/event.ts';
import { askedBy } from '#core/look.ts';
import { askForChain } from './chain-search.ts';
import { detect, type Detected, type DetectPorts } from './detect.ts';
import type { EventHistory, HistoryKey, Ledger } from './ports.ts';
import { recordAttempt } from './record.ts';

/** What asking after somebody's other calls needs. */
export interface ActorSearchPorts extends DetectPorts {
  readonly history: EventHistory;
  readonly regions: () => Promise<readonly string[]>;
}

const HOUR_MS = 60 * 60_000;
const KEPT_MS = 7 * 24 * HOUR_MS;
const FAMILY = 'actor-hour';
/** More who may have done one thing are not asked after: their names are in the alert. */
const MOST_ACTORS = 3;
const MOST_PAGES = 10;
const ASKED_AT_ONCE = 8;
const WORKED_AT_ONCE = 4;
const LOOKED_AT_ONCE_IS_ENOUGH = 99;

export interface ActorsAsked extends Detected {
  readonly gaps: readonly SearchGap[];
  /** Who took the session of a call: a phrase by CloudTrail's id of the call. */
  readonly chains: Readonly<Record<string, string>>;
}

/** Nobody was asked after. */
export const NOBODY_ASKED: ActorsAsked = { due: 0, gaps: [], chains: {} };

/**
 * Asks CloudTrail's history what else those who caused these did in the hour around it, in every watched region; what no event brought
 * is worked on as if one had. Asked once for an actor and an hour.
 */
export async function askActors(records: readonly DriftRecord[], ports: ActorSearchPorts): Promise<ActorsAsked> {
  const actors = new Map<string, Cause>();
  for (const { drift } of records)
    for (const cause of drift.causes)
      if (cause.session !== undefined && cause.at !== undefined && isSure(cause)) actors.set(cause.session, cause);
  const asked: ActorsAsked[] = [];
  for (const cause of [...actors.values()].slice(0, MOST_ACTORS)) asked.push(await askActor(cause, ports));
  return {
    due: asked.reduce((sum, { due }) => sum + due, 0),
    gaps: asked.flatMap(({ gaps }) => gaps),
    chains: Object.assign({}, ...asked.map(({ chains }) => chains)) as ActorsAsked['chains'],
  };
}

function isSure({ certainty }: Cause): boolean {
  return certainty === 'certain' || certainty === 'likely';
}

async function askActor({ session = '', at = '', eventId = '' }: Cause, ports: ActorSearchPorts): Promise<ActorsAsked> {
  const hour = at.slice(0, 13);
  if (!(await isFirst(`${session} ${hour}`, ports))) return NOBODY_ASKED;
  const time = Date.parse(at);
  const [from, to] = [new Date(time - HOUR_MS).toISOString(), new Date(time + HOUR_MS).toISOString()];
  const answers = await pMap(
    await ports.regions(),
    async (region) => ({
      region,
      answer: await ports.history.find({ region, by: keyFor(session), from, to, mostPages: MOST_PAGES }),
    }),
    { concurrency: ASKED_AT_ONCE },
  );
  const events = answers.flatMap(({ answer }) => answer.events);
  const outcomes = await pMap(events, (event) => workOnFound(event, ports), { concurrency: WORKED_AT_ONCE });
  const call = events.find((event) => (event.corrects ?? event.id) === eventId);
  const chain = call === undefined ? undefined : await askForChain(call, ports.history);
  return {
    due: outcomes.reduce((sum, due) => sum + due, 0),
    chains: chain === undefined ? {} : { [eventId]: chain },
    gaps: answers.flatMap(({ region, answer }) =>
      answer.isWhole ? [] : [{ region, why: answer.why ?? 'it was cut short' }],
    ),
  };
}

/** An access key says of itself what it is; anything else that CloudTrail had in its place is a name. */
function keyFor(session: string): HistoryKey {
  return /^A[SK]IA[A-Z0-9]+$/.test(session)
    ? { accessKey: session }
    : { userName: session.split(/[:/]/).at(-1) ?? session };
}

async function workOnFound(event: CloudTrailEvent, ports: ActorSearchPorts): Promise<number> {
  const asked = askedBy(
    event,
    ports.kinds.map(({ declaration }) => declaration),
  );
  if (asked.asks === 'attempt') await recordAttempt(event, asked.refs, ports.documents);
  if (asked.asks !== 'look' || !('refs' in asked.look.at)) return 0;
  const look = { at: asked.look.at, because: { event, tries: LOOKED_AT_ONCE_IS_ENOUGH } };
  return (await detect(look, ports)).due;
}

/** Marks that it is asked now; false where it was before. */
async function isFirst(
  id: string,
  { ledger, now }: { readonly ledger: Ledger; readonly now: () => Date },
): Promise<boolean> {
  const expiresAt = new Date(now().getTime() + KEPT_MS).toISOString();
  const body = { askedAt: now().toISOString() };
  return (await ledger.write({ family: FAMILY, id, revision: 0, body, expiresAt })) === 'written';
}
