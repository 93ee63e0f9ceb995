import { ownRecords, refOfKey } from '#core/finding-members.ts';
import type { FindingRecord } from '#core/finding-record.ts';
import type { DriftRecord } from '#core/drift-record.ts';
import type { Json } from '#core/json.ts';
import { printRef } from '#core/reference.ts';
import type { Ledger, LedgerItem, LedgerKey, WriteOutcome } from './ports.ts';
import { DRIFT } from './record.ts';

/** The family of the findings. */
export const FINDING = 'finding';

interface FindingHome {
  readonly ledger: Ledger;
  readonly now: () => Date;
}

/** An ended finding is thrown away when nobody asks for it any more. */
const ENDED_KEPT_MS = 90 * 24 * 60 * 60_000;

export function keyOfFinding(id: string): LedgerKey {
  return { family: FINDING, id };
}

/** What nobody tells right now. */
export function withoutLease({ lease: _given, ...finding }: FindingRecord): FindingRecord {
  return finding;
}

interface Next {
  readonly finding: FindingRecord;
  readonly dueAt?: string | undefined;
}

/** Writes a finding with when the teller has something to do with it, if ever by itself. */
export function writeFinding(
  item: LedgerItem,
  { finding, dueAt }: Next,
  { ledger, now }: FindingHome,
): Promise<WriteOutcome> {
  const { dueAt: _before, expiresAt: _until, ...rest } = item;
  const expiresAt = new Date(now().getTime() + ENDED_KEPT_MS).toISOString();
  return ledger.write({
    ...rest,
    body: finding as unknown as Json,
    ...(dueAt === undefined ? {} : { dueAt }),
    ...(finding.status === 'open' ? {} : { expiresAt }),
  });
}

/** Changes a finding and makes it due, over what was read alone. */
export async function changeFinding(
  id: string,
  ports: FindingHome,
  next: (finding: FindingRecord) => Promise<FindingRecord>,
): Promise<void> {
  for (;;) {
    const item = await ports.ledger.read(keyOfFinding(id));
    if (item === undefined) return;
    const finding = await next(item.body as unknown as FindingRecord);
    const due = finding.lease === undefined ? ports.now().toISOString() : item.dueAt;
    if (finding.status !== 'open' || (await writeFinding(item, { finding, dueAt: due }, ports)) === 'written') return;
  }
}

/** The records that are still those of a finding's members. */
export async function recordsOf(
  finding: FindingRecord,
  { ledger }: Pick<FindingHome, 'ledger'>,
): Promise<readonly DriftRecord[]> {
  const items = await ledger.readMany(finding.members.map((key) => ({ family: DRIFT, id: refOfKey(key) })));
  const records = items.map(({ body }) => body as unknown as DriftRecord);
  return [...ownRecords(finding, records)].sort((a, b) => (printRef(a.drift.ref) < printRef(b.drift.ref) ? -1 : 1));
}
