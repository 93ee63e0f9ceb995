import { gravest, type Severity } from '#core/change.ts';
import type { DriftRecord } from '#core/drift-record.ts';
import { messageOf } from '#core/errors.ts';
import { afterTelling, decide, hasProofNews, whileTelling } from '#core/finding-decision.ts';
import { isPast, type AlertStatus, type FindingRecord } from '#core/finding-record.ts';
import { provedUntil } from '#core/impact-watch.ts';
import { recoveredAt, watchedAnew } from '#core/use-note.ts';
import { breakingDigestsOf } from '#core/use-subject.ts';
import { keyOfFinding, recordsOf, withoutLease, writeFinding } from './finding-family.ts';
import { afterNewLook, lookAtOvertaken } from './overtaken.ts';
import { isNotTaken, type LedgerItem } from './ports.ts';
import type { TellPorts } from './tell-ports.ts';
import { beginProof, beginWatch, lookAfterRecovery } from './watch-family.ts';

/** Publishing takes seconds; a lease that is older than this belongs to a run that ended. */
const LEASE_MS = 60_000;

/** What settling one finding came to; neither where there was nothing to tell. */
export interface Settled {
  readonly told?: { readonly finding: string; readonly status: AlertStatus };
  readonly failed?: { readonly finding: string; readonly why: string };
}

/** Decides what a finding has to say now, and says it. */
export async function settleFinding(id: string, ports: TellPorts): Promise<Settled> {
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
  if (isPast(status) || (await lookAtOvertaken(records, ports)).size === 0) return announce(settling, status, ports);
  await writeFinding(item, { finding: withoutLease(finding), dueAt: afterNewLook(ports) }, ports);
  return {};
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
