import type { Alert } from '#core/alert.ts';
import { digestOf } from '#core/digest.ts';
import type { FindingRecord } from '#core/finding-record.ts';
import { canonicalJson, type JsonObject } from '#core/json.ts';
import { alertJson } from '#render/alert-json.ts';
import { headlineOf } from '#render/alert-words.ts';
import { consequenceLines, effectLines } from '#render/effect-lines.ts';
import { LONGEST_LINE, MOST_ACTORS, MOST_LINES, MOST_MOVES, MOST_OWNERS, type HubNews } from './hub-news.ts';

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
    owners: alert.owners.flatMap(({ owner }) => (owner === '' ? [] : [cut(owner)])).slice(0, MOST_OWNERS),
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
    owners: [],
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
