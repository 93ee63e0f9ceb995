import { digestOf } from '#core/digest.ts';
import { managementEvents } from './calls.ts';
import { MADE, TIMES } from './incident.ts';
import { accessLogLine, dataEvent, requestsOf, type MadeRequest } from './traffic.ts';

/** A file of logs, as AWS would have written it. */
export interface RawFile {
  /** Below the folder of all; its first part is the day by which it was there. */
  readonly path: string;
  readonly text: string;
  /** When it was delivered (milliseconds since 1970). */
  readonly deliveredAt: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** CloudTrail delivers about five minutes later, S3 its access logs hours later (aws-facts §4.5, §5.2). */
const TRAIL_LAG = 5 * MINUTE;
const ACCESS_LOG_LAG = 3 * HOUR;

/** Buckets that a trail has data events of; of the others S3 writes access logs. */
const IN_DATA_EVENTS: ReadonlySet<string> = new Set([
  'testmaker-exports',
  'testmaker-documents',
  'backend-manuscript-import',
]);

const SEED = 20_251_028;

/** The days that something is told of, each with what was delivered by then and not before. */
export const DAYS = [
  { name: '27-october', until: TIMES.askedBefore },
  { name: '28-october', until: TIMES.reported },
  { name: '29-october', until: TIMES.deliveredTo },
] as const;

/** All logs of the incident: data events, access logs, and the management events of a trail in each account. Always the same. */
export function rawFiles(): readonly RawFile[] {
  const requests = [...requestsOf(MADE, SEED)];
  return [
    ...trailFiles(requests.filter(({ traffic }) => IN_DATA_EVENTS.has(traffic.bucket))),
    ...accessLogs(requests.filter(({ traffic }) => !IN_DATA_EVENTS.has(traffic.bucket))),
    ...managementFiles(),
  ].filter(({ deliveredAt }) => deliveredAt <= Date.parse(TIMES.deliveredTo));
}

function trailFiles(requests: readonly MadeRequest[]): readonly RawFile[] {
  return groupedBy(requests, ({ at }) => endOfFile(at)).map(([end, own]) =>
    fileOf({
      place: 'logs',
      name: trailName(MADE.account, end),
      text: recordsText(own.map((request) => dataEvent(MADE, request))),
      deliveredAt: end + TRAIL_LAG,
    }),
  );
}

function accessLogs(requests: readonly MadeRequest[]): readonly RawFile[] {
  return groupedBy(requests, ({ at, traffic }) => `${traffic.bucket} ${endOfFile(at)}`).flatMap(([key, own]) => {
    const [bucket = '', end = ''] = key.split(' ');
    const iso = new Date(Number(end)).toISOString();
    const name = `${bucket}/${iso.slice(0, 10)}-${iso.slice(11, 19).replaceAll(':', '-')}-${tag(key)}`;
    const text = own.map((request) => `${accessLogLine(MADE, request)}\n`).join('');
    return [fileOf({ place: 'logs', name, text, deliveredAt: Number(end) + ACCESS_LOG_LAG })];
  });
}

function managementFiles(): readonly RawFile[] {
  const all = managementEvents();
  return groupedBy(
    all,
    ({ recipientAccountId, eventTime }) => `${recipientAccountId} ${endOfFile(Date.parse(eventTime))}`,
  ).map(([key, own]) => {
    const [account = '', end = ''] = key.split(' ');
    const name = trailName(account, Number(end));
    return fileOf({ place: 'trail', name, text: recordsText(own), deliveredAt: Number(end) + TRAIL_LAG });
  });
}

/** A file a day; of the day of the incident one each five minutes, as a trail writes them. Returns when the one that holds this time ends. */
function endOfFile(at: number): number {
  const isFine =
    at >= Date.parse('2025-10-28T18:30:00.000Z') &&
    (at < Date.parse('2025-10-28T19:30:00.000Z') || at >= Date.parse('2025-10-29T14:00:00.000Z'));
  const length = isFine ? 5 * MINUTE : at >= Date.parse(TIMES.askedBefore) - 6 * HOUR ? HOUR : 24 * HOUR;
  return (Math.floor(at / length) + 1) * length;
}

interface Made {
  readonly place: 'logs' | 'trail';
  readonly name: string;
  readonly text: string;
  readonly deliveredAt: number;
}

function fileOf({ place, name, text, deliveredAt }: Made): RawFile {
  const day = DAYS.find(({ until }) => deliveredAt <= Date.parse(until))?.name ?? 'later';
  return { path: `${day}/${place}/${name}`, text, deliveredAt };
}

/** As CloudTrail calls its files; they are packed there, and here a person may want to look into them. */
function trailName(account: string, end: number): string {
  const iso = new Date(end - 1).toISOString();
  const day = iso.slice(0, 10).replaceAll('-', '/');
  const minute = iso.slice(0, 16).replaceAll(/[-:]/g, '');
  return `AWSLogs/${account}/CloudTrail/${MADE.region}/${day}/${account}_CloudTrail_${MADE.region}_${minute}Z_${tag(`${account} ${end}`)}.json`;
}

/** Sixteen characters that are always the same. */
function tag(of: string): string {
  return digestOf(Buffer.from(of))
    .replaceAll(/[^0-9a-f]/gi, '')
    .slice(-16)
    .toUpperCase();
}

function recordsText(records: readonly object[]): string {
  return `${JSON.stringify({ Records: records })}\n`;
}

/** In the order of the first of each. */
function groupedBy<T, K>(all: readonly T[], keyOf: (one: T) => K): readonly (readonly [K, readonly T[]])[] {
  const groups = new Map<K, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups];
}
