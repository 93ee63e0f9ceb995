import pMap from 'p-map';
import { createReads } from '#aws/reads.ts';
import { stackUpdatedAt } from '#aws/stack-update.ts';
import { messageOf, PlumblineError } from '#core/errors.ts';
import type { Json } from '#core/json.ts';
import { ownPartsFrom, type OwnParts } from '#core/own-parts.ts';
import { partsToRead, readPart } from '#kinds/plumbline-self/reader.ts';
import type { AwsReads } from '#kinds/kind.ts';
import { keepPartsDocument, keptParts } from '../parts-keeping.ts';
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
/** As they were told last: what starts the function every few minutes brings them. */
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
  composed ??= compose();
  const { ports, aws } = composed;
  const { environment, account, partition, documents, now } = ports;
  const { region } = environment;
  if (started !== undefined) await keepTold(started.parts, ports);
  parts ??= await keptParts(documents);
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
    deployedAt: async () => {
      const updated = await pMap(
        stacks,
        (stack) => stackUpdatedAt(aws, { stack: stack.name, region: stack.region, now: now() }),
        { concurrency: PARTS_AT_ONCE },
      );
      return updated
        .flatMap((at) => at ?? [])
        .sort()
        .at(-1);
    },
  };
}

function compose(): Composed {
  const ports = composeOwnPorts();
  const { account, clients, now } = ports;
  return { ports, aws: createReads({ account, clients, concurrency: PARTS_AT_ONCE, now }) };
}

/** Keeps what it was told, for whoever asks from outside, and for instances that only events start. */
async function keepTold(told: Json, { documents, account, environment }: OwnPorts): Promise<void> {
  parts = ownPartsFrom(told);
  try {
    await keepPartsDocument(documents, { account, region: environment.region, parts: told });
  } catch (error) {
    logger.warn('parts.json could not be written; it is tried again', { error: messageOf(error) });
  }
}
