import pMap from 'p-map';
import { createReads } from '#aws/reads.ts';
import { stackUpdatedAt } from '#aws/stack-update.ts';
import { messageOf, PlumblineError } from '#core/errors.ts';
import type { Json } from '#core/json.ts';
import { ownPartsFrom, type OwnParts } from '#core/own-parts.ts';
import { partsToRead, readPart } from '#kinds/plumbline-self/reader.ts';
import type { AwsReads } from '#kinds/kind.ts';
import { endRemoved, keptParts, takeTold } from '../parts-keeping.ts';
import { mayBeRemade } from '../own-deployment.ts';
import type { SelfWatchPorts } from '../self-watch.ts';
import { composeOwnPorts, type OwnPorts } from './own-ports.ts';
import { logger } from './telemetry.ts';

export interface SelfWatchService extends SelfWatchPorts {
  readonly wakeTeller: OwnPorts['wakeTeller'];
}

/** Parts under way at once; each is a few calls, and no service of AWS is asked more than a handful of them. */
export const PARTS_AT_ONCE = 8;

interface Composed {
  readonly ports: OwnPorts;
  readonly aws: AwsReads;
}

let composed: Composed | undefined;
/** As they were taken last: what starts the function every few minutes brings them. */
let parts: OwnParts | undefined;

/** What starts the function by the clock brings. */
export interface Started {
  /** What the service is made of. */
  readonly parts: Json;
  /** After so many minutes everything is looked at again. @default now */
  readonly everythingEvery?: number;
}

/** The ports of the function that watches the service itself; `started`: undefined where an event did. */
export async function openSelfWatch(started: Started | undefined): Promise<SelfWatchService> {
  if (composed?.aws.endedBy() !== undefined || composed?.ports.own.endedBy() !== undefined) composed = undefined;
  const all = (composed ??= compose());
  const { ports, aws } = all;
  const { environment, account, partition, documents } = ports;
  const { region } = environment;
  // An instance that only events start would else look for ever at what it was made of when it started.
  parts = started === undefined ? ((await keptParts(documents)) ?? parts) : await partsTold(started.parts, all);
  if (parts === undefined)
    throw new PlumblineError(
      'STORE_DAMAGED',
      'nobody told yet what the service is made of: its schedule does, within five minutes',
    );
  const made = parts;
  const { stacks } = made;
  return {
    ...ports,
    ...(started?.everythingEvery === undefined ? {} : { everythingEvery: started.everythingEvery }),
    region,
    parts: made,
    readParts: (scope) =>
      pMap(partsToRead(made, { account, region }, scope), (part) => readPart(part, { partition, aws }), {
        concurrency: PARTS_AT_ONCE,
      }),
    deployedAt: () => deployedAt(stacks, all),
  };
}

function compose(): Composed {
  const ports = composeOwnPorts();
  const { account, clients, now } = ports;
  return { ports, aws: createReads({ account, clients, concurrency: PARTS_AT_ONCE, now }) };
}

/** When one of the stacks was last deployed; undefined where that cannot be told of any. */
async function deployedAt(stacks: OwnParts['stacks'], { aws, ports }: Composed): Promise<string | undefined> {
  const updated = await pMap(
    stacks,
    ({ name, region }) => stackUpdatedAt(aws, { stack: name, region, now: ports.now() }),
    { concurrency: PARTS_AT_ONCE },
  );
  return updated
    .flatMap((at) => at ?? [])
    .sort()
    .at(-1);
}

/** Takes what it was told, and keeps it for whoever asks from outside, and for instances that only events start. */
async function partsTold(told: Json, all: Composed): Promise<OwnParts> {
  const { documents, account, environment, ledger, now } = all.ports;
  try {
    return await takeTold(documents, {
      description: { account, region: environment.region, parts: told },
      removed: (refs) => endRemoved(refs, { ledger, now }),
      wasDeployed: (stacks) => mayBeRemade({ ledger, now, deployedAt: () => deployedAt(stacks, all) }),
    });
  } catch (error) {
    logger.warn('parts.json could not be read or written; it is tried again', { error: messageOf(error) });
    return parts ?? ownPartsFrom(told);
  }
}
