import type { Severity } from '#core/change.ts';
import type { DriftRecord } from '#core/drift-record.ts';
import type { FindingRecord } from '#core/finding-record.ts';
import type { AlertSubject } from './alerting.ts';
import type { KnownStates } from './known-states.ts';
import type { Asking, Ledger } from './ports.ts';

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
