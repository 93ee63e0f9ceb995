import pMap from 'p-map';
import type { CauseSearch } from '#core/cause-search.ts';
import { rootOf } from '#core/declaration.ts';
import { digestOf } from '#core/digest.ts';
import { nextDrift, type DriftNews, type DriftRecord, type NextDrift } from '#core/drift-record.ts';
import { PlumblineError } from '#core/errors.ts';
import type { CloudTrailEvent } from '#core/event.ts';
import type { Json } from '#core/json.ts';
import type { Because } from '#core/look.ts';
import { movedBy } from '#core/moved.ts';
import { printRef, type ResourceRef } from '#core/reference.ts';
import { encode } from './document-encoding.ts';
import type { Asking, Documents, Ledger, LedgerItem, LedgerKey } from './ports.ts';

/** The family of the live drift records. */
export const DRIFT = 'drift';

const AT_ONCE = 8;
/** Two workers that write one record alternate; more than a few rounds of that is a fault. */
const MOST_ROUNDS = 8;
/** A worker keeps the head of a baseline for less than this. */
const FORGOTTEN_AFTER_S = 30;
/** A closed record is thrown away when nobody asks for it any more; the change record stays. */
const CLOSED_KEPT_MS = 90 * 24 * 60 * 60 * 1000;

export interface RecordPorts {
  readonly documents: Documents;
  readonly ledger: Ledger;
  readonly asking: Asking;
  readonly now: () => Date;
}

export interface RecordReason {
  readonly because: Because;
  readonly event?: CloudTrailEvent | undefined;
}

/** Writes what a look found: the live record of each resource, and the append-only change record of what moved. */
export async function recordNews(
  news: readonly DriftNews[],
  reason: RecordReason,
  ports: RecordPorts,
): Promise<{ readonly due: number }> {
  const due = await pMap(news, (one) => recordOne(one, reason, ports), { concurrency: AT_ONCE });
  return { due: due.filter(Boolean).length };
}

async function recordOne(news: DriftNews, reason: RecordReason, ports: RecordPorts): Promise<boolean> {
  return (await writeRecord(news, reason, ports))?.due === true;
}

function isStale(before: DriftRecord | undefined, { generation }: DriftNews): boolean {
  return before !== undefined && generation < before.generation;
}

/** Somebody accepted since the head was read: looked at again, for the same reason, once every worker has read the new one. */
async function compareAgain(news: DriftNews, { because }: RecordReason, { asking }: RecordPorts): Promise<void> {
  const look = { at: { refs: [news.drift.ref], hint: {} }, because };
  await asking.ask([{ plumbline: 'look', look }], FORGOTTEN_AFTER_S);
}

function statusOf({ drift, unknown }: DriftNews, record: DriftRecord | undefined): string {
  if (record?.status === 'closed') return record.endedBy === 'acceptance' ? 'accepted' : 'recovered';
  if (drift.changes.length > 0) return 'changed';
  return Object.keys(unknown).length > 0 ? 'not known' : 'as accepted';
}

/**
 * Writes the record, over what was read alone. What an event led to is new as a rule, and is tried without reading first; a poll finds the
 * same departure again and again, and that is nothing to note. An event is noted in any case.
 */
async function writeRecord(news: DriftNews, reason: RecordReason, ports: RecordPorts): Promise<NextDrift | undefined> {
  const { ledger, now } = ports;
  const key = { family: DRIFT, id: printRef(news.drift.ref) };
  let item: LedgerItem | undefined;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const isFirst = round === 0 && news.drift.changes.length > 0 && reason.event !== undefined;
    if (!isFirst) item = await ledger.read(key);
    const before = item?.body as unknown as DriftRecord | undefined;
    if (isStale(before, news)) await compareAgain(news, reason, ports);
    const next = nextDrift(before, news);
    const told = next?.due === true ? next.record : undefined;
    const isNoted = told !== undefined || reason.event !== undefined;
    const note = { news, status: statusOf(news, told), moved: movedBy(before, news) };
    // The note first: a run that ends between the two writes it again, under the same name, and the record follows. What is tried
    // without reading first is noted when that went well: only then was there nothing before it; an event that comes again is noted again.
    if (isNoted && !isFirst) await keepChange(note, reason, ports);
    if (next === undefined) return undefined;
    const outcome = await ledger.write(itemOf(next, { key, item, now: now() }));
    if (outcome !== 'written') continue;
    if (isNoted && isFirst) await keepChange(note, reason, ports);
    return next;
  }
  throw new PlumblineError('STORE_MOVED', `the record of ${key.id} is being written by others all the time: try again`);
}

interface Before {
  readonly key: LedgerKey;
  readonly item: LedgerItem | undefined;
  readonly now: Date;
}

/** The record as it is written: due where there is something to tell, or where that was not told yet. */
function itemOf({ record, due }: NextDrift, { key, item, now }: Before): LedgerItem {
  const dueAt = due ? now.toISOString() : item?.dueAt;
  const expiresAt = new Date(now.getTime() + CLOSED_KEPT_MS).toISOString();
  return {
    ...key,
    revision: item?.revision ?? 0,
    body: record as unknown as Json,
    ...(dueAt === undefined ? {} : { dueAt }),
    ...(record.status === 'closed' ? { expiresAt } : {}),
  };
}

interface ChangeNote {
  readonly news: DriftNews;
  readonly status: string;
  /** The paths that are otherwise than they were last known. */
  readonly moved: readonly string[];
}

/** Appends to `changes/`: one object a change or event, never replaced, partitioned for Athena. */
async function keepChange(
  { news, status, moved }: ChangeNote,
  reason: RecordReason,
  ports: RecordPorts,
): Promise<void> {
  const { drift, evidence } = news;
  const isAll = moved.join() === rootsOf(drift.changes).join();
  const at = reason.event?.at ?? drift.takenAt;
  await append(ports.documents, {
    at,
    ref: drift.ref,
    key: [reason.event?.id ?? drift.takenAt, status, ...(reason.event === undefined ? [] : moved)].join(' '),
    body: {
      status,
      takenAt: drift.takenAt,
      baseline: drift.baseline,
      foundBy: foundByText(reason.because),
      changes: drift.changes as unknown as Json,
      causes: drift.causes as unknown as Json,
      // Most notes are of one change: what moved is what departs.
      ...(isAll ? {} : { moved }),
      ...(evidence === undefined ? {} : { evidence: evidence as unknown as Json }),
      ...(reason.event === undefined ? {} : { event: reason.event as unknown as Json }),
    },
  });
}

function rootsOf(changes: DriftNews['drift']['changes']): readonly string[] {
  return [...new Set(changes.map(({ path }) => rootOf(path)))].sort();
}

/** What was asked of CloudTrail about what no event explains, and in vain: kept beside the change, once. */
export async function recordSearch(
  { finding, begunAt, from, regions, gaps, above }: CauseSearch,
  refs: readonly ResourceRef[],
  documents: Documents,
): Promise<void> {
  const asked = { finding, regions, gaps, above, ...(from === undefined ? {} : { from }) };
  await pMap(
    refs,
    (ref) =>
      append(documents, {
        at: begunAt,
        ref,
        key: `${finding} searched`,
        body: { status: 'searched', search: asked as unknown as Json },
      }),
    { concurrency: AT_ONCE },
  );
}

/** An attempt that failed: nothing changed, and it is kept. */
export async function recordAttempt(
  event: CloudTrailEvent,
  refs: readonly ResourceRef[],
  documents: Documents,
): Promise<void> {
  const unknown: ResourceRef = { account: event.account, region: event.region, kind: 'unknown', id: event.name };
  for (const ref of refs.length > 0 ? refs : [unknown])
    await append(documents, {
      at: event.at,
      ref,
      key: `${event.id} attempt`,
      body: { status: 'attempt', event: event as unknown as Json },
    });
}

interface Entry {
  readonly at: string;
  readonly ref: ResourceRef;
  /** What makes the entry one: the same news twice is one entry. */
  readonly key: string;
  readonly body: Readonly<Record<string, Json>>;
}

async function append(documents: Documents, { at, ref, key, body }: Entry): Promise<void> {
  const changeId = `${at.replace(/[-:.]/g, '')}-${digestOf(`${printRef(ref)} ${key}`).slice(0, 16)}`;
  const name = `changes/account=${ref.account}/dt=${at.slice(0, 10)}/${changeId}.json`;
  // A conflict is the same entry, written by a delivery before this one.
  await documents.create(name, encode({ format: 1, changeId, at, ...ref, ...body }));
}

function foundByText(because: Because): string {
  if ('event' in because) return 'event';
  return 'sweep' in because ? `sweep ${because.sweep}` : because.again;
}
