import type { KindDeclaration } from '#core/declaration.ts';
import { lookFrom } from '#core/look.ts';
import { detect, type Detected } from './detect.ts';
import { recordAttempt } from './record.ts';
import { startSweep, type SweepPorts } from './sweep.ts';
import { endWatch } from './watch-family.ts';

export interface WorkPorts extends SweepPorts {
  /** Answers the question that waits under a ticket; of one over several accounts, the part of this account. */
  readonly answerTicket: (ticket: string, account?: string) => Promise<void>;
  /** Asks CloudTrail who caused a finding. */
  readonly searchFor: (finding: string) => Promise<Detected>;
}

/** What one message of the queues leads to. Throws INPUT_INVALID for a message that nobody can read. */
export async function workOn(message: unknown, ports: WorkPorts): Promise<Detected> {
  const declarations: readonly KindDeclaration[] = ports.kinds.map(({ declaration }) => declaration);
  const asked = lookFrom(message, declarations);
  switch (asked.asks) {
    case 'look':
      return detect(asked.look, ports);
    case 'attempt':
      await recordAttempt(asked.event, asked.refs, ports.documents);
      return { due: 0 };
    case 'sweep':
      await startSweep(ports);
      return { due: 0 };
    case 'answer':
      await ports.answerTicket(asked.ticket, asked.account);
      return { due: 0 };
    case 'search':
      return ports.searchFor(asked.finding);
    case 'watch':
      // It comes here only where there is no queue for it: the logs were taken out of the settings since it began.
      await endWatch(asked.finding, ports);
      return { due: 0 };
    case 'nothing':
      return { due: 0 };
  }
}
