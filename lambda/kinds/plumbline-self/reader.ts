import {
  ALARMS,
  mayChangeUnheard,
  OWN_KIND,
  partId,
  TRAILS,
  type LookScope,
  type OwnParts,
  type PartSort,
} from '#core/own-parts.ts';
import type { ResourceRef } from '#core/reference.ts';
import type { State } from '#core/state.ts';
import type { AwsReads } from '../kind.ts';
import { readFunction, readRole, readSchedule } from './compute-readers.ts';
import { readBus, readKey, readQueue, readRule, readTable, readTopic } from './channel-readers.ts';
import { plumblineSelf } from './declaration.ts';
import type { PartReader } from './parts-reader.ts';
import { readAlarms, readTrails } from './watch-readers.ts';

const READERS: Readonly<Record<PartSort, PartReader>> = {
  function: readFunction,
  role: readRole,
  queue: readQueue,
  topic: readTopic,
  table: readTable,
  key: readKey,
  bus: readBus,
  rule: readRule,
  schedule: readSchedule,
};

/** One part to be read, with how. */
export interface PartToRead {
  readonly ref: ResourceRef;
  /** What AWS calls it; for alarms what their names start with. */
  readonly name: string;
  readonly read: PartReader;
}

/** What the service is made of, and the trails of each region that it is heard by: everything, or what may change unheard. */
export function partsToRead(
  parts: OwnParts,
  { account, region }: { readonly account: string; readonly region: string },
  scope: LookScope = 'everything',
): readonly PartToRead[] {
  const isEverything = scope === 'everything';
  const refOf = (id: string, where = region): ResourceRef => ({ account, region: where, kind: OWN_KIND, id });
  const regions = [...new Set([region, ...parts.regions])];
  return [
    ...parts.named
      .filter((part) => isEverything || mayChangeUnheard(part))
      .map((part) => ({ ref: refOf(partId(part), part.region), name: part.name, read: READERS[part.sort] })),
    ...(parts.alarmPrefix === '' || !isEverything
      ? []
      : [{ ref: refOf(ALARMS), name: parts.alarmPrefix, read: readAlarms }]),
    ...regions.map((where) => ({ ref: refOf(TRAILS, where), name: TRAILS, read: readTrails })),
  ];
}

/** Reads one part. A part that is not there is a state like any other: nothing of it is set any more. */
export async function readPart(
  { ref, name, read }: PartToRead,
  { partition, aws }: { readonly partition: string; readonly aws: AwsReads },
): Promise<State> {
  const { watched, details = {} } = await read({ ref, name, partition, aws });
  return { ref, shape: plumblineSelf.shape, takenAt: aws.now().toISOString(), watched, carried: { name, details } };
}
