import type { Alert } from '#core/alert.ts';
import { digestOf } from '#core/digest.ts';
import type { FindingRecord } from '#core/finding-record.ts';
import { canonicalJson, isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { JsonReading } from '#core/reading.ts';
import { alertJson } from '#render/alert-json.ts';
import { linesOfOther } from '#render/actor-lines.ts';
import { brokenContractText, headlineOf } from '#render/alert-words.ts';
import { noteOf, useWord } from '#core/use-note.ts';
import { consequenceLines, effectLines } from '#render/effect-lines.ts';
import { failureLines, urgencyLine } from '#render/evidence-lines.ts';
import {
  LONGEST_LINE,
  MOST_ACTORS,
  MOST_CONTRACTS,
  MOST_LINES,
  MOST_MOVES,
  MOST_OWNERS,
  MOST_REASONS,
  type HubNews,
} from './hub-news.ts';

/** What the hub is told of an alert. Pure. */
export function newsOfAlert(
  alert: Alert,
  { tell, whole }: { readonly tell: HubNews['tell']; readonly whole: string },
): HubNews {
  const drifts = alert.members.map(({ record }) => record.drift);
  const affected = alert.consequences.flatMap((one) => consequenceLines(one));
  const { finding, status, at, since, severity, exposure, breakage, acknowledged, against } = alert;
  return fittingNews({
    version: 1,
    finding,
    // The proof of a recovery is no news to a hub, and it is not told.
    status: status === 'proved' ? 'recovered' : status,
    at,
    since,
    tell,
    severity,
    exposure,
    breakage,
    ...(against === 'deployed' ? { against } : {}),
    headline: cut(headlineOf(alert)),
    breaks: [...new Set(drifts.flatMap(effectLines))].slice(0, MOST_LINES).map(cut),
    affected: affected.slice(0, MOST_LINES).map(cut),
    ...useOf(alert),
    moves: movesOf(drifts).slice(0, MOST_MOVES),
    // Nobody is no actor: what is not known is told by there being none.
    actors: alert.causes
      .filter(({ eventId }) => eventId !== undefined)
      .slice(0, MOST_ACTORS)
      .map(actorOf),
    contracts: alert.brokenContracts.slice(0, MOST_CONTRACTS).map((word) => cut(brokenContractText(word))),
    others: (alert.others?.calls ?? [])
      .flatMap((call) => linesOfOther(call, 'UTC'))
      .slice(0, MOST_LINES)
      .map(cut),
    report: cut(whole),
    owners: alert.owners.flatMap(({ owner }) => (owner === '' ? [] : [cut(owner)])).slice(0, MOST_OWNERS),
    ...(acknowledged === undefined ? {} : { acknowledged: cut(acknowledged) }),
    alert: JSON.parse(alertJson(alert, { whole })) as JsonObject,
  });
}

/** What logs of use say of it; nothing where none were read. */
function useOf(alert: Alert): Pick<HubNews, 'urgency' | 'hit' | 'use'> {
  const { evidence } = alert;
  if (evidence === undefined) return {};
  const urgency = urgencyLine(alert);
  const hit = failureLines(evidence, 'UTC');
  const use = useWord(noteOf(evidence, ''));
  return {
    ...(urgency === undefined ? {} : { urgency: cut(urgency) }),
    ...(hit.length === 0 ? {} : { hit: hit.slice(0, MOST_LINES).map(cut) }),
    ...(use === undefined ? {} : { use }),
  };
}

/** EventBridge takes less than 256 KB an entry, and refuses what is longer each time. */
const LONGEST_BYTES = 200 * 1024;
/** What of each list is brought, the longest that fits: none at last. */
const SHARES = [1, 1 / 2, 1 / 4, 1 / 8, 0] as const;

/** As much of the news as the bus takes: the member's own report has the rest. Pure. */
export function fittingNews(news: HubNews): HubNews {
  if (isShort(news)) return news;
  const { alert: _forMachines, ...shown } = news;
  const shorter = SHARES.map((share) => sharedOut(shown, share));
  return shorter.find(isShort) ?? sharedOut(shown, 0);
}

function isShort(news: HubNews): boolean {
  return Buffer.byteLength(JSON.stringify(news)) <= LONGEST_BYTES;
}

function sharedOut(news: HubNews, share: number): HubNews {
  const firstOf = <T>(list: readonly T[]): T[] => list.slice(0, Math.ceil(list.length * share));
  const { breaks, affected, moves, actors, owners, others = [], hit } = news;
  return {
    ...news,
    breaks: firstOf(breaks),
    affected: firstOf(affected),
    moves: firstOf(moves),
    actors: firstOf(actors),
    owners: firstOf(owners),
    others: firstOf(others),
    ...(hit === undefined ? {} : { hit: firstOf(hit) }),
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
    ...(finding.against === 'deployed' ? { against: finding.against } : {}),
    headline: `finding ${finding.id}`,
    breaks: [],
    affected: [],
    moves: [],
    actors: [],
    report: '',
    owners: [],
  };
}

/** Kind, path and new value of each change, without the names of resources. */
function movesOf(drifts: readonly Alert['members'][number]['record']['drift'][]): readonly string[] {
  const moves = drifts.flatMap(({ ref, changes }) =>
    changes.flatMap(({ path, after }) =>
      membersOf(path, after).map(
        ([name, value]) =>
          `${ref.kind} ${name} ${value === undefined ? after.status : `present:${shortDigestOf(value)}`}`,
      ),
    ),
  );
  return [...new Set(moves)].sort();
}

/** A record that was set as a whole is what its members were set to: where some stood already, only the others moved. */
function membersOf(path: string, after: JsonReading): readonly (readonly [string, Json | undefined])[] {
  if (after.status !== 'present') return [[path, undefined]];
  const { value } = after;
  if (!isJsonObject(value)) return [[path, value]];
  return Object.entries(value).map(([name, member]) => [`${path}.${name}`, member]);
}

function shortDigestOf(value: Json): string {
  return digestOf(canonicalJson(value)).slice(0, 12);
}

function actorOf(cause: Alert['causes'][number]): HubNews['actors'][number] {
  const { session, who, call, userAgent, at, certainty, reasons, how } = cause;
  const said = { session, who, call, userAgent };
  const texts = Object.entries(said).flatMap(([name, value]) => (value === undefined ? [] : [[name, cut(value)]]));
  return {
    ...(Object.fromEntries(texts) as typeof said),
    ...(at === undefined ? {} : { at }),
    ...(how === undefined ? {} : { how: { ...how, says: cut(how.says) } }),
    certainty,
    reasons: reasons.slice(0, MOST_REASONS).map(cut),
  };
}

function cut(text: string): string {
  return text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)} …` : text;
}
