import pMap from 'p-map';
import { gravest, type Severity } from '#core/change.ts';
import { digestOf } from '#core/digest.ts';
import type { DriftRecord } from '#core/drift-record.ts';
import { messageOf } from '#core/errors.ts';
import {
  afterTelling,
  isGrave,
  decide,
  findingFrom,
  hasProofNews,
  homeOf,
  isPast,
  joinedBy,
  type AlertStatus,
  type FindingRecord,
  whileTelling,
} from '#core/finding-record.ts';
import { keyOf } from '#core/grouping.ts';
import { provedUntil } from '#core/impact-watch.ts';
import type { Json } from '#core/json.ts';
import { isOwn } from '#core/own-parts.ts';
import { groupRecords } from '#core/record-groups.ts';
import { recoveredAt, watchedAnew } from '#core/use-note.ts';
import { breakingDigestsOf } from '#core/use-subject.ts';
import type { AlertSubject } from './alerting.ts';
import type { KnownStates } from './known-states.ts';
import { isNotTaken, type Asking, type Ledger, type LedgerItem, type LedgerKey } from './ports.ts';
import { changeFinding, FINDING, keyOfFinding, recordsOf, withoutLease, writeFinding } from './finding-family.ts';
import { lookAgain } from './look-again.ts';
import { DRIFT } from './record.ts';
import { beginSearch } from './search-family.ts';
import { beginProof, beginWatch, lookAfterRecovery } from './watch-family.ts';

/** What telling needs from outside. */
export interface TellPorts {
  readonly ledger: Ledger;
  readonly known: Pick<KnownStates, 'generation' | 'of'>;
  readonly asking: Asking;
  /** Makes the alert, brings it to people, and says how grave it is. Throws when that failed: it is tried again. */
  readonly announce: (subject: AlertSubject) => Promise<Severity>;
  /** Hears of a finding that was told and has ended without a word: it was accepted, or is told of in another one. */
  readonly ended?: (finding: FindingRecord, as: 'accepted' | 'superseded') => Promise<void>;
  /** Are logs of its use read after a change of these? Left out: none are. */
  readonly isUseLogged?: (records: readonly DriftRecord[]) => boolean;
  readonly now: () => Date;
  /** Names this run, for its leases. */
  readonly run: string;
}

/** What one round of telling did. */
export interface TellOutcome {
  readonly told: readonly { readonly finding: string; readonly status: AlertStatus }[];
  /** Alerts that could not be brought out, with why; they are tried again. */
  readonly failed: readonly { readonly finding: string; readonly why: string }[];
}

const AT_ONCE = 8;
/** Publishing takes seconds; a lease that is older than this belongs to a run that ended. */
const LEASE_MS = 60_000;
const LOOK_AGAIN_MS = 60_000;
/**
 * One round of the teller: puts new drifts into findings, decides what each finding that is due has to say, and says it. An alert goes out
 * between the lease and the mark, so none is lost, and one is repeated only where a run ended between the two.
 */
export async function tell(ports: TellPorts): Promise<TellOutcome> {
  const now = ports.now().toISOString();
  const keys = await ports.ledger.due(now);
  const drifts = await readDue(keys, DRIFT, ports);
  const touched = drifts.length === 0 ? [] : await assign(drifts, ports);
  const due = keys.filter(({ family }) => family === FINDING).map(({ id }) => id);
  const ids = [...new Set([...touched, ...due])].sort();
  const settleOne = async (id: string): Promise<Settled> => {
    try {
      return await settle(id, ports);
    } catch (error) {
      // One that cannot be settled keeps no other from being told.
      return { failed: { finding: id, why: messageOf(error) } };
    }
  };
  const outcomes = await pMap(ids, settleOne, { concurrency: 1 });
  return {
    told: outcomes.flatMap(({ told }) => told ?? []),
    failed: outcomes.flatMap(({ failed }) => failed ?? []),
  };
}

interface LiveDrift {
  readonly item: LedgerItem;
  readonly record: DriftRecord;
}

/** The index is only a hint: what it names is read before it counts. */
async function readDue(
  keys: readonly LedgerKey[],
  family: string,
  { ledger, now }: TellPorts,
): Promise<readonly LiveDrift[]> {
  const items = await ledger.readMany(keys.filter((key) => key.family === family));
  const time = now().toISOString();
  return items
    .filter(({ dueAt }) => dueAt !== undefined && dueAt <= time)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((item) => ({ item, record: item.body as unknown as DriftRecord }));
}

/** Gives each due drift its finding; returns the findings that have something to decide. */
async function assign(due: readonly LiveDrift[], ports: TellPorts): Promise<readonly string[]> {
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

/** A drift from what has been overtaken by an accept is compared anew before anybody is told. */
async function withoutOvertaken(due: readonly LiveDrift[], ports: TellPorts): Promise<readonly LiveDrift[]> {
  const generation = await ports.known.generation();
  const isOvertaken = ({ record }: LiveDrift): boolean =>
    record.status === 'open' && isBaselined(record) && record.generation < generation;
  const overtaken = due.filter(isOvertaken);
  if (overtaken.length > 0) {
    await lookAgain(
      overtaken.map(({ record }) => record.drift.ref),
      ports.asking,
      { why: 'accepted since' },
    );
    const dueAt = later(ports);
    await pMap(overtaken, ({ item }) => ports.ledger.write({ ...item, dueAt }), { concurrency: AT_ONCE });
  }
  return due.filter((one) => !isOvertaken(one));
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

interface Settled {
  readonly told?: { readonly finding: string; readonly status: AlertStatus };
  readonly failed?: { readonly finding: string; readonly why: string };
}

/** Decides what a finding has to say now, and says it. */
async function settle(id: string, ports: TellPorts): Promise<Settled> {
  const { ledger } = ports;
  const now = ports.now().toISOString();
  const item = await ledger.read(keyOfFinding(id));
  const finding = item?.body as unknown as FindingRecord | undefined;
  if (item === undefined || finding === undefined || isHeld(finding, { run: ports.run, now })) return {};
  if (finding.status !== 'open') return item.dueAt === undefined ? {} : settleEnded(item, finding, ports);
  const records = await recordsOf(finding, ports);
  const decision = decide(finding, records, now);
  switch (decision.does) {
    case 'wait':
      await writeFinding(item, { finding: withoutLease(finding), dueAt: decision.until }, ports);
      return {};
    case 'look':
      await lookAfterRecovery(id, decision.recoveredAt, ports);
      await writeFinding(item, { finding: withoutLease(finding), dueAt: decision.until }, ports);
      return {};
    case 'end':
      if (decision.as !== 'recovered' && finding.told !== undefined) await ports.ended?.(finding, decision.as);
      await writeFinding(item, { finding: { ...withoutLease(finding), status: decision.as, endedAt: now } }, ports);
      return {};
    case 'tell':
      return say({ item, finding, records }, decision.status, ports);
  }
}

/** Somebody else tells it right now. */
function isHeld({ lease }: FindingRecord, { run, now }: { readonly run: string; readonly now: string }): boolean {
  return lease !== undefined && lease.by !== run && lease.until > now;
}

/** What has ended may have something to tell still: what logs say of a recovery. */
async function settleEnded(item: LedgerItem, finding: FindingRecord, ports: TellPorts): Promise<Settled> {
  const records = await recordsOf(finding, ports);
  if (records.length > 0 && hasProofNews(finding, ports.now().toISOString()))
    return announce({ item, finding, records }, 'proved', ports);
  await writeFinding(item, { finding: withoutLease(finding) }, ports);
  return {};
}

/** Says it, unless what it says was overtaken by an accept. */
async function say(settling: Settling, status: AlertStatus, ports: TellPorts): Promise<Settled> {
  const { item, finding, records } = settling;
  if (isPast(status) || !(await isOvertaken(records, ports))) return announce(settling, status, ports);
  await writeFinding(item, { finding: withoutLease(finding), dueAt: later(ports) }, ports);
  return {};
}

/** Was something accepted since these were compared? Then they are compared anew before anybody is told of them. */
async function isOvertaken(records: readonly DriftRecord[], { known, asking }: TellPorts): Promise<boolean> {
  const generation = await known.generation();
  const old = records.filter(
    (record) => record.status === 'open' && isBaselined(record) && record.generation < generation,
  );
  await lookAgain(
    old.map(({ drift }) => drift.ref),
    asking,
    { why: 'accepted since' },
  );
  return old.length > 0;
}

/** What the service itself is made of is compared with what was deployed, and no accept overtakes that. */
function isBaselined({ drift }: DriftRecord): boolean {
  return !isOwn(drift.ref);
}

function later({ now }: TellPorts): string {
  return new Date(now().getTime() + LOOK_AGAIN_MS).toISOString();
}

interface Settling {
  readonly item: LedgerItem;
  readonly finding: FindingRecord;
  readonly records: readonly DriftRecord[];
}

async function announce({ item, finding, records }: Settling, status: AlertStatus, ports: TellPorts): Promise<Settled> {
  const now = ports.now().toISOString();
  const until = new Date(ports.now().getTime() + LEASE_MS).toISOString();
  const proof = proofAsked({ finding, records }, status, ports);
  const lease = { by: ports.run, until };
  const leased = whileTelling(finding, lease, records);
  if ((await writeFinding(item, { finding: leased, dueAt: until }, ports)) === 'conflict') return {};
  let severity: Severity;
  try {
    severity = await ports.announce({
      finding,
      records,
      status,
      at: now,
      ...(proof === undefined ? {} : { provesUntil: provedUntil(now) }),
    });
  } catch (error) {
    return notTold({ item, finding: { ...finding, lease }, error, until }, ports);
  }
  const open = records.filter((record) => record.status === 'open');
  const isLogged = open.length > 0 && finding.against !== 'deployed' && ports.isUseLogged?.(open) === true;
  const isWatchedAnew = isLogged && (await beginWatch(finding.id, breakingDigestsOf(open), ports));
  if (proof !== undefined) await beginProof(finding.id, { endedAt: proof.endedAt, from: now }, ports);
  const gravestTold = gravest([severity, ...(finding.gravestTold === undefined ? [] : [finding.gravestTold])]);
  const marked = afterTelling(leased, status, { open, now, severity });
  const telling = { ...marked, severity, gravestTold };
  const after = isWatchedAnew ? watchedAnew(telling) : telling;
  const next = after.status === 'open' ? decide(after, records, now) : undefined;
  const dueAt = next?.does === 'wait' ? next.until : next === undefined ? undefined : now;
  if ((await writeFinding({ ...item, revision: item.revision + 1 }, { finding: after, dueAt }, ports)) === 'conflict')
    await markAnew(after, ports);
  return { told: { finding: finding.id, status } };
}

interface NotTold {
  readonly item: LedgerItem;
  /** As it was before, and held until it is tried again. */
  readonly finding: FindingRecord;
  readonly error: unknown;
  readonly until: string;
}

/** It is tried again when the lease is over. What was refused for sure is not among what may have gone out. */
async function notTold({ item, finding, error, until }: NotTold, ports: TellPorts): Promise<Settled> {
  if (isNotTaken(error)) await writeFinding({ ...item, revision: item.revision + 1 }, { finding, dueAt: until }, ports);
  return { failed: { finding: finding.id, why: messageOf(error) } };
}

/** Is it to be proved that what has recovered works again? Where logs tell, unless they did already. */
function proofAsked(
  { finding, records }: Pick<Settling, 'finding' | 'records'>,
  status: AlertStatus,
  { isUseLogged }: TellPorts,
): { readonly endedAt: string } | undefined {
  if (status !== 'recovered' || finding.against === 'deployed' || finding.use?.isProved === true) return undefined;
  const endedAt = recoveredAt(records);
  const back = records.filter(({ endedBy }) => endedBy !== 'acceptance');
  return endedAt !== undefined && isUseLogged?.(back) === true ? { endedAt } : undefined;
}

/** A person acted, or the logs were read, while it was told: that stays, and so does that it was told. */
async function markAnew(after: FindingRecord, ports: TellPorts): Promise<void> {
  for (;;) {
    const item = await ports.ledger.read(keyOfFinding(after.id));
    if (item === undefined) return;
    const { acknowledged, muted, members, joins, use, proof } = item.body as unknown as FindingRecord;
    const finding: FindingRecord = {
      ...after,
      members,
      joins,
      ...(use === undefined ? {} : { use }),
      ...(proof === undefined ? {} : { proof }),
      ...(acknowledged === undefined ? {} : { acknowledged }),
      ...(muted === undefined ? {} : { muted }),
    };
    const now = ports.now().toISOString();
    const dueAt = finding.status === 'open' || hasProofNews(finding, now) ? now : undefined;
    if ((await writeFinding(item, { finding, dueAt }, ports)) === 'written') return;
  }
}
