import pMap from 'p-map';
import { digestOf } from '#core/digest.ts';
import type { DriftRecord } from '#core/drift-record.ts';
import { findingFrom, homeOf, joinedBy } from '#core/finding-members.ts';
import { isGrave, type FindingRecord } from '#core/finding-record.ts';
import { keyOf } from '#core/grouping.ts';
import type { Json } from '#core/json.ts';
import { isOwn } from '#core/own-parts.ts';
import { groupRecords } from '#core/record-groups.ts';
import { changeFinding, FINDING, keyOfFinding, recordsOf } from './finding-family.ts';
import { afterNewLook, lookAtOvertaken } from './overtaken.ts';
import type { LedgerItem } from './ports.ts';
import { beginSearch } from './search-family.ts';
import type { TellPorts } from './tell-ports.ts';

/** A drift that may have something to tell, with its item as it was read. */
export interface LiveDrift {
  readonly item: LedgerItem;
  readonly record: DriftRecord;
}

const AT_ONCE = 8;

/** Gives each due drift its finding; returns the findings that have something to decide. */
export async function assignFindings(due: readonly LiveDrift[], ports: TellPorts): Promise<readonly string[]> {
  const current = await withoutOvertaken(due, ports);
  const told = current.filter(({ record }) => record.finding !== undefined);
  const isFresh = ({ record }: LiveDrift): boolean =>
    record.finding === undefined && (record.status === 'open' || (record.endedBy === 'recovery' && isGrave([record])));
  const fresh = current.filter(isFresh);
  const gone = current.filter((one) => one.record.finding === undefined && !isFresh(one));
  const homes = fresh.length === 0 ? new Map<string, string>() : await findHomes(fresh, ports);
  const touched = [
    ...told.flatMap(({ record }) => record.finding ?? []),
    ...current.flatMap(({ record }) => record.former ?? []),
    ...fresh.flatMap(({ record }) => homes.get(keyOf(record.drift)) ?? []),
  ];
  await pMap([...new Set(touched)], (id) => wake(id, ports), { concurrency: AT_ONCE });
  await pMap([...told, ...fresh, ...gone], (one) => markAssigned(one, homes.get(keyOf(one.record.drift)), ports), {
    concurrency: AT_ONCE,
  });
  return touched;
}

/** A drift from what has been overtaken by an accept waits for the new look. */
async function withoutOvertaken(due: readonly LiveDrift[], ports: TellPorts): Promise<readonly LiveDrift[]> {
  const overtaken = await lookAtOvertaken(
    due.map(({ record }) => record),
    ports,
  );
  const dueAt = afterNewLook(ports);
  await pMap(
    due.filter(({ record }) => overtaken.has(record)),
    ({ item }) => ports.ledger.write({ ...item, dueAt }),
    { concurrency: AT_ONCE },
  );
  return due.filter(({ record }) => !overtaken.has(record));
}

/** By drift key, the finding that each belongs to: an open one that it joins, or a new one of those that belong together. */
async function findHomes(fresh: readonly LiveDrift[], ports: TellPorts): Promise<ReadonlyMap<string, string>> {
  const { ledger, known } = ports;
  const items = await ledger.list(FINDING);
  const open = items.map(({ body }) => body as unknown as FindingRecord).filter(({ status }) => status === 'open');
  const homes = new Map<string, string>();
  const joining = new Map<string, DriftRecord[]>();
  for (const { record } of fresh) {
    const key = keyOf(record.drift);
    // What is over already waits for no others: it would be told with the end of the last of them.
    const joined = record.status === 'open' ? homeOf(record, open) : undefined;
    const home = open.find(({ members }) => members.includes(key)) ?? joined;
    if (home === undefined) continue;
    homes.set(key, home.id);
    joining.set(home.id, [...(joining.get(home.id) ?? []), record]);
  }
  for (const [id, records] of joining) await join(id, records, ports);
  const alone = fresh.map(({ record }) => record).filter(({ drift }) => !homes.has(keyOf(drift)));
  const against = (await known.of([], [])).against;
  for (const group of groupRecords(alone)) {
    const isAboutItself = group.drifts.some(({ ref }) => isOwn(ref));
    const finding = findingFrom(group, alone, {
      now: ports.now().toISOString(),
      against: isAboutItself ? 'deployed' : against,
    });
    const id = await begin(finding, ports);
    for (const drift of group.drifts) homes.set(keyOf(drift), id);
  }
  return homes;
}

/**
 * Writes a new finding; returns its id. Where there is one of this id, it is this very group, begun by a run that ended, and is gone on
 * with; or it is over, since what nobody accepted may come, go and come again under one key, and the next one begins beside it.
 */
async function begin(finding: FindingRecord, { ledger, now }: TellPorts): Promise<string> {
  for (let again = 0; ; again += 1) {
    const id = again === 0 ? finding.id : `f-${digestOf(`${finding.id}|${again}`).slice(0, 10)}`;
    const body = { ...finding, id } as unknown as Json;
    const outcome = await ledger.write({ ...keyOfFinding(id), revision: 0, body, dueAt: finding.openedAt });
    // What no event explains yet is asked of CloudTrail, and what else they did.
    if (outcome === 'written' && finding.against !== 'deployed') await beginSearch(id, { ledger, now });
    if (outcome === 'written') return id;
    const there = (await ledger.read(keyOfFinding(id)))?.body as unknown as FindingRecord | undefined;
    if (there?.status === 'open') return id;
  }
}

async function join(id: string, records: readonly DriftRecord[], ports: TellPorts): Promise<void> {
  await changeFinding(id, ports, async (finding) => {
    const members = await recordsOf(finding, ports);
    return joinedBy(finding, records, members);
  });
}

/** Makes a finding due, so that a run which ends now leaves it to the next. */
async function wake(id: string, ports: TellPorts): Promise<void> {
  await changeFinding(id, ports, (finding) => Promise.resolve(finding));
}

async function markAssigned(
  { item, record }: LiveDrift,
  home: string | undefined,
  { ledger }: TellPorts,
): Promise<void> {
  const { dueAt: _told, ...rest } = item;
  const finding = home ?? record.finding;
  const body = { ...record, ...(finding === undefined ? {} : { finding }) };
  // A conflict: a worker wrote newer news meanwhile, and it is due again by itself.
  await ledger.write({ ...rest, body: body as unknown as Json });
}
