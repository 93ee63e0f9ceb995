import pMap from 'p-map';
import type { Cause, Change } from '#core/change.ts';
import type { ToolContract } from '#core/contract.ts';
import { isJsonObject, textOf, type Json, type JsonObject } from '#core/json.ts';
import { eventWithWho, isEvent } from '#core/look.ts';
import { hourAround, othersOf, type RecordedCall, type SameActor } from '#core/same-actor.ts';
import type { Documents } from './ports.ts';

export interface SameActorPorts {
  readonly account: string;
  readonly documents: Documents;
  /** What tools may write. */
  readonly contracts?: readonly ToolContract[];
}

/** More of the record than this is not read for one alert, which says so. */
const MOST_READ = 300;
const READ_AT_ONCE = 16;
const HOUR_MS = 60 * 60_000;

/** What else those who caused something did in the hour around it, from the change record; undefined where nobody is known. */
export async function sameActor(causes: readonly Cause[], ports: SameActorPorts): Promise<SameActor | undefined> {
  const span = hourAround(causes);
  if (span === undefined) return undefined;
  const keys = await keysBetween(span, ports);
  const read = keys.slice(-MOST_READ);
  const records = await pMap(read, (key) => recordedIn(key, ports), { concurrency: READ_AT_ONCE });
  const calls = othersOf(
    causes,
    records.flatMap((one) => one ?? []),
    ports.contracts ?? [],
  );
  return { ...span, calls, isCut: read.length < keys.length };
}

/** The names of what was recorded then: an hour's names begin alike. */
async function keysBetween(
  { from, to }: Pick<SameActor, 'from' | 'to'>,
  { account, documents }: SameActorPorts,
): Promise<readonly string[]> {
  const hours: string[] = [];
  for (let at = Date.parse(`${from.slice(0, 13)}:00:00.000Z`); at <= Date.parse(to); at += HOUR_MS)
    hours.push(new Date(at).toISOString());
  const compact = (time: string): string => time.replace(/[-:.]/g, '');
  const lists = await pMap(
    hours,
    (hour) =>
      documents.list(
        `changes/account=${account}/dt=${hour.slice(0, 10)}/${compact(hour).slice(0, 'YYYYMMDDTHH'.length)}`,
      ),
    { concurrency: READ_AT_ONCE },
  );
  return lists.flat().filter((key) => {
    const time = key.slice(key.lastIndexOf('/') + 1).split('-', 1)[0] ?? '';
    return time >= compact(from) && time <= compact(to);
  });
}

/** What one line of the record says of a call; undefined for what no event led to, or what nobody can read. */
async function recordedIn(key: string, { documents }: SameActorPorts): Promise<RecordedCall | undefined> {
  const found = await documents.read(key);
  const body = found === undefined ? undefined : parsed(found.body);
  const event = body?.['event'];
  if (body === undefined || !isEvent(event)) return undefined;
  const { account, region, kind, id, status, changes } = body;
  const ref = {
    account: textOf(account) ?? '',
    region: textOf(region) ?? '',
    kind: textOf(kind) ?? '',
    id: textOf(id) ?? '',
  };
  return {
    ref,
    event: eventWithWho(event),
    status: textOf(status) ?? '',
    changes: Array.isArray(changes) ? (changes as readonly Change[]) : [],
  };
}

function parsed(bytes: Uint8Array): JsonObject | undefined {
  try {
    const value = JSON.parse(Buffer.from(bytes).toString('utf8')) as Json;
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
