import pMap from 'p-map';
import type { DriftRecord } from '#core/drift-record.ts';
import { messageOf } from '#core/errors.ts';
import type { AlertStatus } from '#core/finding-record.ts';
import { assignFindings, type LiveDrift } from './drift-homes.ts';
import { FINDING } from './finding-family.ts';
import type { LedgerKey } from './ports.ts';
import { DRIFT } from './record.ts';
import { settleFinding, type Settled } from './settle-finding.ts';
import type { TellPorts } from './tell-ports.ts';

/** What one round of telling did. */
export interface TellOutcome {
  readonly told: readonly { readonly finding: string; readonly status: AlertStatus }[];
  /** Alerts that could not be brought out, with why; they are tried again. */
  readonly failed: readonly { readonly finding: string; readonly why: string }[];
}

/**
 * One round of the teller: puts new drifts into findings, decides what each finding that is due has to say, and says it. An alert goes out
 * between the lease and the mark, so none is lost, and one is repeated only where a run ended between the two.
 */
export async function tell(ports: TellPorts): Promise<TellOutcome> {
  const now = ports.now().toISOString();
  const keys = await ports.ledger.due(now);
  const drifts = await readDue(keys, DRIFT, ports);
  const touched = drifts.length === 0 ? [] : await assignFindings(drifts, ports);
  const due = keys.filter(({ family }) => family === FINDING).map(({ id }) => id);
  const ids = [...new Set([...touched, ...due])].sort();
  const settleOne = async (id: string): Promise<Settled> => {
    try {
      return await settleFinding(id, ports);
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
