import type { TimelineFilter } from './timeline.ts';

/** What logs are narrowed by, as far as the place of a file tells. */
export type LogsAsked = Pick<TimelineFilter, 'since' | 'until' | 'account' | 'regions'>;

/** Where a file lies, or a folder, which ends in a slash. */
export interface LogPlace {
  /** What a person named. It is read whatever it is called. */
  readonly root: string;
  /** The way from there. */
  readonly path: string;
}

/** How the files of a sort of logs are called and laid out. Each of it is pure. */
export interface LogLayout {
  /** Is it a log, by its name? */
  readonly isLog: (name: string) => boolean;
  /** May it hold what is asked? Only what the layout itself tells is believed. */
  readonly mayHold: (place: LogPlace, asked: LogsAsked) => boolean;
  /** The first and the last day, of a folder whose keys are sorted by days. */
  readonly daysAsked: (
    folder: string,
    asked: LogsAsked,
  ) => { readonly first?: string; readonly last?: string } | undefined;
  /** From a key that is too early: the first that is not. */
  readonly goesOnAt: (key: string, asked: LogsAsked) => string | undefined;
  /** In words that follow "name the folder". */
  readonly named: string;
  /** The option that names the place. */
  readonly option: string;
}

/** What a log is called. */
const LOG = /\.(?:json|jsonl|ndjson)(?:\.gz)?$|\.gz$/i;

/** What CloudTrail writes beside its logs, wherever it was copied to: it holds no records. */
const BESIDE = /(?:^|\/)CloudTrail-(?:Digest|Insight)\//;

/**
 * `[prefix/]AWSLogs/[o-xxxx/]ACCOUNT/SERVICE/REGION/YYYY/MM/DD/`, as a trail writes it, an organization's with its id; as much of it as
 * is there. Other services write into the same bucket beside it.
 */
const LAYOUT =
  /(?<place>(?:^|\/)AWSLogs\/(?:o-[a-z0-9]+\/)?(?<account>\d{12})\/)(?:(?<service>[^/]+)\/(?:(?<region>[^/]+)\/(?:(?<days>\d{4}(?:\/\d{2}(?:\/\d{2})?)?)\/)?)?)?/;
const OWN_SERVICE = 'CloudTrail';

/** Is it a log, by its name? */
export function isLog(name: string): boolean {
  return LOG.test(name);
}

/**
 * May it hold records of what is asked? Only what a trail's own layout tells is believed: anything else may hold anything. What is
 * delivered late lies in the folder of the next day. Pure.
 */
export function mayHold({ root, path }: LogPlace, asked: LogsAsked): boolean {
  if (BESIDE.test(path) || !(path.endsWith('/') || isLog(path))) return false;
  const found = LAYOUT.exec(`${root}/${path}`);
  if (found === null) return true;
  const { place = '', service = OWN_SERVICE, ...told } = found.groups ?? {};
  const isNamed = found.index + place.length + service.length <= root.length;
  return (service === OWN_SERVICE || isNamed) && isAsked(told, asked);
}

function isAsked({ account, region, days }: Readonly<Record<string, string | undefined>>, asked: LogsAsked): boolean {
  return (
    (asked.account === undefined || account === asked.account) &&
    (region === undefined || asked.regions === undefined || asked.regions.includes(region)) &&
    (days === undefined || areAsked(days, asked))
  );
}

/**
 * The first and the last day that are asked, as what S3 sorts keys by; no member where there is no such bound. Undefined for a folder whose
 * keys are not sorted by days. Pure.
 */
export function daysAsked(
  folder: string,
  asked: LogsAsked,
): { readonly first?: string; readonly last?: string } | undefined {
  const { days } = LAYOUT.exec(folder)?.groups ?? {};
  if (days === undefined) return undefined;
  const region = folder.slice(0, folder.lastIndexOf(`${days}/`));
  const { first, last } = boundsOf(asked);
  return {
    ...(first === undefined ? {} : { first: `${region}${first}` }),
    ...(last === undefined ? {} : { last: `${region}${last}` }),
  };
}

/** A day, a month or a year. */
function areAsked(days: string, asked: LogsAsked): boolean {
  const { first = '', last } = boundsOf(asked);
  return days >= first.slice(0, days.length) && (last === undefined || days <= last.slice(0, days.length));
}

const A_DAY_MS = 86_400_000;

/** Nothing is delivered before it happened; a call shortly before midnight is, after it. */
function boundsOf({ since, until }: LogsAsked): { readonly first?: string; readonly last?: string } {
  return {
    ...(since === undefined ? {} : { first: dayOf(since) }),
    ...(until === undefined ? {} : { last: dayOf(new Date(Date.parse(until) + A_DAY_MS).toISOString()) }),
  };
}

/** In UTC, as a trail writes it. */
function dayOf(iso: string): string {
  return iso.slice(0, 10).replaceAll('-', '/');
}

/** As a trail writes its logs. */
export const TRAIL_LAYOUT: LogLayout = {
  isLog,
  mayHold,
  daysAsked,
  goesOnAt: () => undefined,
  named: 'of a trail, with files such as ….json.gz',
  option: '--trail-logs',
};
