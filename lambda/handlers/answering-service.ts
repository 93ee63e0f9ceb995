import type { Scan } from '#core/scan.ts';
import { kindsById } from '#kinds';
import { collect } from '../collect.ts';
import { readSubject } from '../explain.ts';
import type { QuestionPorts } from '../questions.ts';
import { saveScan } from '../snapshot-store.ts';
import { answerTicket } from '../tickets.ts';
import type { SweepingService } from './sweeping-service.ts';

/** Answers the question that waits under a ticket, with AWS as it is now where it asks for that. */
export function answerAsked(ticket: string, service: SweepingService): Promise<void> {
  return answerTicket(ticket, { ...service, ...answeringPorts(service) });
}

/** What questions need beside what the service has. */
export function answeringPorts(
  service: SweepingService,
): Omit<QuestionPorts, 'account' | 'documents' | 'ledger' | 'now'> {
  const { aws, kinds, settings, documents, ownerTags } = service;
  return {
    kinds: new Map(kinds.map((kind) => [kind.declaration.id, kind])),
    shapes: new Map(kinds.map(({ declaration }) => [declaration.id, declaration.shape])),
    ownerTags,
    timeZone: settings.timeZone,
    partition: service.partition,
    actionItems: settings.actionItems,
    look: {
      atBucket: (name) => readSubject(name, { aws, kinds: kindsById }),
      atAll: async (baseline): Promise<Scan> => {
        const seen = await collect({
          kinds,
          regions: await service.regions(),
          partition: service.partition,
          ownerTags,
          onlyThose: false,
          accepted: [...(baseline?.states.values() ?? [])].map(({ state }) => state),
          aws,
        });
        return saveScan(documents, { scan: seen, comparedWith: baseline?.accepted.generation ?? 0, by: 'service' });
      },
    },
  };
}
