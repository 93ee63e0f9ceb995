import { TRAIL_LAYOUT, type LogLayout, type LogPlace, type LogsAsked } from '../trail-layout.ts';

/** `[prefix]YYYY-MM-DD-hh-mm-ss-UniqueString`: S3's own name for an access log (API_PartitionedPrefix, UG:serverlogs). */
const OWN_NAME = /^(?<before>.*?)(?<day>\d{4}-\d{2}-\d{2})-\d{2}-\d{2}-\d{2}-[0-9A-F]{16}(?:\.gz)?$/s;
/** What people call logs that they have put together. */
const GIVEN_NAME = /\.(?:log|txt)(?:\.gz)?$/i;
/** `ACCOUNT/REGION/BUCKET/YYYY/MM/DD/`, as much of it as is there, where the bucket's logs are partitioned. */
const PARTITIONS =
  /(?:^|\/)(?<account>\d{12})\/(?<region>[a-z]{2,}(?:-[a-z]+)+-\d+)\/(?:(?<bucket>[^/]+)\/(?:(?<days>\d{4}(?:\/\d{2}(?:\/\d{2})?)?)\/)?)?/;

/** Access logs come hours late (aws-facts §5.2); no time is promised. */
const LATEST_MS = 2 * 86_400_000;

/** Where both logs that tell of requests lie: as a trail's own, and as S3 writes access logs. `buckets`: whose requests are asked for. */
export function evidenceLayout(buckets?: ReadonlySet<string>): LogLayout {
  return {
    isLog,
    mayHold: (place, asked) => mayHold(place, { ...asked, buckets }),
    daysAsked: (folder, asked) => TRAIL_LAYOUT.daysAsked(folder, asked) ?? daysAsked(folder, asked),
    goesOnAt,
    named: 'of access logs, or of a trail with data events',
    option: '--evidence',
  };
}

interface Asked extends LogsAsked {
  readonly buckets: ReadonlySet<string> | undefined;
}

function isLog(name: string): boolean {
  return TRAIL_LAYOUT.isLog(name) || OWN_NAME.test(name) || GIVEN_NAME.test(name);
}

function mayHold(place: LogPlace, asked: Asked): boolean {
  const { path } = place;
  // A packed access log is called as a trail's log may be.
  const isOfTrail = path.endsWith('/') || TRAIL_LAYOUT.isLog(path);
  if (!(isOfTrail ? TRAIL_LAYOUT.mayHold(place, asked) : isLog(path))) return false;
  const { days, ...partition } = PARTITIONS.exec(`${place.root}/${path}`)?.groups ?? {};
  const { day } = OWN_NAME.exec(path)?.groups ?? {};
  const told = day?.replaceAll('-', '/') ?? days;
  return isPartitionAsked(partition, asked) && (told === undefined || isDayAsked(told, asked));
}

/** What is not told may be any. */
function isPartitionAsked(
  { account, region, bucket }: Readonly<Record<string, string | undefined>>,
  asked: Asked,
): boolean {
  return (
    (account === undefined || asked.account === undefined || account === asked.account) &&
    (region === undefined || asked.regions === undefined || asked.regions.includes(region)) &&
    (bucket === undefined || asked.buckets === undefined || asked.buckets.has(bucket))
  );
}

/** A day, a month or a year: nothing is delivered before it happened, and what is named by its event's day is named by that day. */
function isDayAsked(days: string, asked: LogsAsked): boolean {
  const { first = '', last } = boundsOf(asked);
  return days >= first.slice(0, days.length) && (last === undefined || days <= last.slice(0, days.length));
}

function daysAsked(folder: string, asked: LogsAsked): ReturnType<LogLayout['daysAsked']> {
  const { days } = PARTITIONS.exec(folder)?.groups ?? {};
  if (days === undefined) return undefined;
  const bucket = folder.slice(0, folder.lastIndexOf(`${days}/`));
  const { first, last } = boundsOf(asked);
  return {
    ...(first === undefined ? {} : { first: `${bucket}${first}` }),
    ...(last === undefined ? {} : { last: `${bucket}${last}` }),
  };
}

/** Keys come sorted, and access logs of one bucket by their time: from one that is too early, the first that may be asked for. */
function goesOnAt(key: string, asked: LogsAsked): string | undefined {
  const { before = '', day } = OWN_NAME.exec(key)?.groups ?? {};
  const first = boundsOf(asked).first?.replaceAll('/', '-');
  return day === undefined || first === undefined || day >= first ? undefined : `${before}${first}`;
}

function boundsOf({ since, until }: LogsAsked): { readonly first?: string; readonly last?: string } {
  return {
    ...(since === undefined ? {} : { first: dayOf(Date.parse(since)) }),
    ...(until === undefined ? {} : { last: dayOf(Date.parse(until) + LATEST_MS) }),
  };
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10).replaceAll('-', '/');
}
