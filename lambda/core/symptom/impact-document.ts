import type { Change } from '../change.ts';
import type { Consequence } from '../consequences.ts';
import type { DriftRecord } from '../drift-record.ts';
import type { EvidenceSummary } from '../evidence/summary.ts';
import type { FindingRecord } from '../finding-record.ts';
import type { ResourceRef } from '../reference.ts';
import type { BlindSpot, LookedAt } from './document.ts';
import type { Impact } from './impact.ts';
import type { WatchedChange } from './watched-change.ts';

/** What `blast-radius --finding --json` prints. */
export interface FindingImpactDocument {
  readonly version: 1;
  /** 0 nothing failed by it; 1 something did; 2 that could not be told. */
  readonly exitCode: 0 | 1 | 2;
  readonly account: string;
  readonly finding: Pick<FindingRecord, 'id' | 'severity' | 'status' | 'openedAt' | 'endedAt'>;
  readonly drifts: readonly {
    readonly ref: ResourceRef;
    readonly status: DriftRecord['status'];
    readonly changes: readonly Pick<Change, 'path' | 'says' | 'exposure' | 'breakage' | 'effects'>[];
  }[];
  readonly consequences: readonly Consequence[];
  /** The changes of the window that are the finding's own. */
  readonly changes: readonly WatchedChange[];
  /** None: no logs were looked at. */
  readonly impact?: Impact;
  /** Of the window, by id: what explains failures that are not the finding's. */
  readonly otherChanges: readonly WatchedChange[];
  readonly query?: ImpactQuery;
  readonly lookedAt: LookedAt & {
    readonly from: string;
    readonly to: string;
    readonly changes: number;
    readonly evidence: EvidenceSummary;
  };
  readonly blind: readonly BlindSpot[];
}

/** Exactly what was counted, so that a person can count it again. Times are ISO 8601, UTC. */
export interface ImpactQuery {
  /** Where the logs lie. */
  readonly place: string;
  readonly files: number;
  /** A request counts whose error is one of these, or begins with AccessDenied. */
  readonly errors: readonly string[];
  /** It is a failure since then, and one before until then. */
  readonly since: string;
  readonly groupedBy: readonly string[];
  /** It is the finding's where the likeliest of so many changes is one of these. */
  readonly explainedBy: readonly string[];
  readonly among: number;
}
