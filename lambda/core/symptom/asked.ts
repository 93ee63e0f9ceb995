import type { Evidence } from '../evidence/uses.ts';
import type { KindJudge } from '../judge.ts';
import type { ResourceRef } from '../reference.ts';
import type { UsesOfSymptom } from './onset.ts';
import type { ReplayedChange } from './replay.ts';
import type { Symptom } from './symptom.ts';
import type { WatchedChange } from './watched-change.ts';

/** Everything that one change is judged by. */
export interface Asked extends UsesOfSymptom {
  readonly symptom: Symptom;
  readonly account: string;
  readonly changes: readonly WatchedChange[];
  readonly judge: KindJudge;
  readonly evidence?: Evidence | undefined;
  /** The bucket that it was seen at, where one is named and known. */
  readonly ref: ResourceRef | undefined;
  /** The changes of it and of what its meaning depends on, by id, in the order of time. */
  readonly replayed: ReadonlyMap<string, ReplayedChange>;
}

/** Clocks of services differ by less. */
export const CLOCK_MS = 60_000;
