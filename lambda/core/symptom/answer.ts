import type { WatchedChange } from './watched-change.ts';

/** Why a change is no cause of what failed. */
export type RuledOut =
  | 'other-account'
  | 'other-bucket'
  /** What acts in a region acts on nothing in another. */
  | 'other-region'
  | 'after-the-symptom'
  /** It does not stand before what was called. */
  | 'not-on-the-path'
  /** It refuses nothing of that sort, or with another error. */
  | 'cannot-refuse'
  /** It only lets more in. */
  | 'opens'
  /** The attempt failed. */
  | 'failed'
  /** What it set was in force already, or counts for nothing there. */
  | 'no-effect'
  | 'worked-since'
  | 'began-before'
  | 'taken-back';

/** A change that explains what failed, or may. */
export interface SymptomCause {
  readonly change: WatchedChange;
  /** `explains`: such requests are refused by it for sure. `may`: whether they are, or whether these were such, is not known. */
  readonly fit: 'explains' | 'may';
  /** One plain sentence each. */
  readonly reasons: readonly string[];
  /** The error's own text names what this change turned on (aws-facts §1.1). */
  readonly isProven: boolean;
  /** What the logs have of it; none where no logs were looked at, or none has such failures. */
  readonly onset?: Onset;
}

/** How failures began, beside a change. Times are ISO 8601, UTC. */
export interface Onset {
  readonly firstAt: string;
  readonly lastAt: string;
  /** Milliseconds from the change to the first failure. */
  readonly afterMs: number;
  /** Failures since the change. */
  readonly failures: number;
  /** The same failures before it, in the time that the logs have. */
  readonly failuresBefore: number;
  /** Milliseconds that the logs of the bucket have before the change. */
  readonly loggedBeforeMs: number;
}

export interface RuledOutChange {
  readonly change: WatchedChange;
  readonly reason: RuledOut;
  /** The same in one sentence. */
  readonly says: string;
}

/** What explains something that failed, and what does not. */
export interface SymptomAnswer {
  readonly verdict: 'one' | 'several' | 'none';
  /** The likeliest first. */
  readonly causes: readonly SymptomCause[];
  readonly ruledOut: readonly RuledOutChange[];
}
