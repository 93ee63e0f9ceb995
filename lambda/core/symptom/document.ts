import type { WayBack } from '../advice.ts';
import type { EvidenceSummary } from '../evidence/summary.ts';
import type { ResourceRef } from '../reference.ts';
import type { RuledOut, SymptomAnswer, SymptomCause } from './answer.ts';
import type { Symptom } from './symptom.ts';
import type { WatchedChange } from './watched-change.ts';

/** What could not be looked at, and what that means. */
export interface BlindSpot {
  readonly where: string;
  readonly says: string;
  /** Something that was asked for is missing by it: without a sure cause nobody can say that there is none. */
  readonly matters: boolean;
  /** The resource that it is about; none: it is about more than one. */
  readonly ref?: ResourceRef;
}

/** Where changes were looked for. */
export type LookedAt =
  | {
      readonly in: 'store';
      readonly place: string;
      /** Notes that were read, also of the days around. */
      readonly records: number;
      /** The snapshot from which states before the window come: when it was begun. */
      readonly snapshotAt?: string;
    }
  | { readonly in: 'snapshots'; readonly before: string; readonly after: string; readonly logFiles?: number }
  | { readonly in: 'history'; readonly regions: number; readonly records: number; readonly readAt: string };

/** What `explain --symptom --json` prints. */
export interface SymptomDocument {
  readonly version: 1;
  /** 2: something that matters could not be looked at, and no cause is sure. */
  readonly exitCode: 0 | 2;
  readonly account: string;
  readonly symptom: Symptom;
  readonly verdict: SymptomAnswer['verdict'];
  /** The same in a line. */
  readonly says: string;
  /** The likeliest first. */
  readonly causes: readonly SymptomCause[];
  /** By reason, in the order in which a person takes them off a list. */
  readonly ruledOut: readonly RuledOutGroup[];
  readonly lookedAt: LookedAt & {
    readonly from: string;
    readonly to: string;
    readonly changes: number;
    readonly evidence: EvidenceSummary;
  };
  readonly blind: readonly BlindSpot[];
  /** Of the first cause. */
  readonly wayBack?: WayBack;
  /** What it would open to everyone again, as far as is known. */
  readonly opensIfTakenBack?: readonly ResourceRef[];
  readonly notMisledBy: readonly string[];
}

export interface RuledOutGroup {
  readonly reason: RuledOut;
  readonly changes: readonly (Pick<WatchedChange, 'id' | 'at' | 'ref' | 'path' | 'who'> & {
    readonly moved: string;
    /** Why it is no cause, in a sentence. */
    readonly says: string;
  })[];
}
