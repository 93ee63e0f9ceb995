import type { Drift } from '#core/change.ts';
import type { ComparableKind } from '#core/comparison.ts';
import { consequencesOf, withConsequences, type Consequence, type ConsequenceRequest } from '#core/consequences.ts';
import type { DriftRecord } from '#core/drift-record.ts';
import { printRef } from '#core/reference.ts';
import type { Scan } from '#core/scan.ts';
import { refOf, type Observation, type State } from '#core/state.ts';
import { stateWith } from '#core/state-now.ts';
import type { Known, KnownStates } from './known-states.ts';
import type { Documents, Ledger } from './ports.ts';
import { loadScan } from './snapshot-store.ts';
import { LAST_SWEEP, type SweepEnd } from './sweep-plan.ts';

export interface BelowPorts {
  readonly account: string;
  readonly documents: Documents;
  readonly ledger: Ledger;
  readonly known: Pick<KnownStates, 'all' | 'of'>;
  readonly kinds: readonly ComparableKind[];
}

/** Records with what each does to what is below it. */
export interface JudgedBelow {
  readonly judged: readonly Judged[];
  /** What was accepted of them; of everything, where one stands above others (`isWhole`). */
  readonly known: Known;
  readonly isWhole: boolean;
  /** The last whole snapshot, where it was needed; undefined before the first. */
  readonly snapshot: Scan | undefined;
}

export interface Judged {
  readonly record: DriftRecord;
  readonly consequences: readonly Consequence[];
}

/** Judges what records that stand above others do to those, from the last whole snapshot. `isOver`: they do nothing any more. */
export async function judgeBelow(
  records: readonly DriftRecord[],
  ports: BelowPorts,
  { isOver = false } = {},
): Promise<JudgedBelow> {
  const kinds = new Map(ports.kinds.map((kind) => [kind.declaration.id, kind]));
  const isAbove = ({ ref }: Drift): boolean =>
    ports.kinds.some(({ declaration }) => declaration.context.includes(ref.kind));
  const isAnyAbove = !isOver && records.some(({ drift }) => isAbove(drift));
  const known = isAnyAbove
    ? await ports.known.all()
    : await ports.known.of(
        records.map(({ drift }) => drift.ref),
        [],
      );
  const snapshot = isAnyAbove ? await lastSnapshot(ports) : undefined;
  const judged = records.map((record) => judgedBelow(record, { isAbove, known, snapshot, kinds }));
  return { judged, known, isWhole: isAnyAbove, snapshot };
}

/** The last snapshot of a sweep; undefined before the first. */
async function lastSnapshot({ documents, ledger, account }: BelowPorts): Promise<Scan | undefined> {
  const last = await ledger.read(LAST_SWEEP);
  if (last === undefined) return undefined;
  const { sweep } = last.body as unknown as SweepEnd;
  return (await loadScan(documents, account, sweep)).scan;
}

export interface Below {
  readonly isAbove: (drift: Drift) => boolean;
  readonly known: Pick<Known, 'baseline'>;
  readonly snapshot: Scan | undefined;
  readonly kinds: ReadonlyMap<string, ComparableKind>;
}

/** What a drift of a level above does to what the last snapshot saw, with the value that it has now. */
export function judgedBelow(record: DriftRecord, { isAbove, known, snapshot, kinds }: Below): Judged {
  const { drift } = record;
  if (!isAbove(drift) || snapshot === undefined || known.baseline === undefined) return { record, consequences: [] };
  const now = stateNow(record, known);
  const others = snapshot.observations.filter((seen) => printRef(refOf(seen)) !== printRef(drift.ref));
  const scan: Scan = {
    ...snapshot,
    observations: now === undefined ? others : [...others, { seen: 'state', state: now } satisfies Observation],
  };
  const request: ConsequenceRequest = { scan, baseline: known.baseline, kinds };
  const consequences = consequencesOf(drift, request);
  return { record: { ...record, drift: withConsequences(drift, consequences, request) }, consequences };
}

/** The state as it is now: what was accepted, with what changed. */
function stateNow({ drift }: DriftRecord, { baseline }: Pick<Known, 'baseline'>): State | undefined {
  const accepted = baseline?.states.get(printRef(drift.ref))?.state;
  return accepted === undefined ? undefined : stateWith(accepted, drift.changes, drift.takenAt);
}
