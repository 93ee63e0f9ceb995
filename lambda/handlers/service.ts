import { setTimeout as wait } from 'node:timers/promises';
import { createReads } from '#aws/reads.ts';
import { kinds } from '#kinds';
import { kindsKnowing } from '#kinds/knowing.ts';
import type { DetectPorts } from '../detect.ts';
import { KnownStates } from '../known-states.ts';
import type { ServiceSettings } from '../service-settings.ts';
import { readServiceSettings } from './environment.ts';
import { composeOwnPorts, type OwnPorts } from './own-ports.ts';

/** Calls under way at once of the watched services. */
export const READS_AT_ONCE = 32;

/** What every function that watches or tells has: the ports of detecting, on AWS. */
export interface Service extends DetectPorts, OwnPorts {
  readonly documents: OwnPorts['documents'];
  readonly ledger: OwnPorts['ledger'];
  readonly asking: OwnPorts['asking'];
  readonly settings: ServiceSettings;
}

let service: Service | undefined;

/** The composition root: built when the first event comes, and kept. */
export function openService(): Service {
  // Credentials that ended once would be refused for as long as this instance lives: a new one reads the environment anew.
  if (service?.aws.endedBy() !== undefined || service?.own.endedBy() !== undefined) service = undefined;
  return (service ??= composeService());
}

function composeService(): Service {
  const ports = composeOwnPorts();
  const { account, clients, documents, ledger, now } = ports;
  const shapes = new Map(kinds.map(({ declaration }) => [declaration.id, declaration.shape]));
  const settings = readServiceSettings();
  return {
    ...ports,
    ...watching(settings),
    kinds: kindsKnowing(kinds, settings.addresses),
    aws: createReads({ account, clients, concurrency: READS_AT_ONCE, now }),
    known: new KnownStates({ documents, ledger, account, shapes, now }),
    wait: (ms) => wait(ms),
  };
}

function watching(settings: ServiceSettings): Pick<Service, 'settings' | 'contracts'> {
  return { settings, contracts: settings.contracts };
}
