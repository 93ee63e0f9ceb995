import type { AlertStatus } from '#core/finding-record.ts';

/** A setting of a resource as the world has it, as one text; `none` where it is not set. `exists` is a setting too. */
export type Settings = Readonly<Record<string, string>>;

/** One change that was really made. */
export interface MadeChange {
  readonly at: number;
  readonly resource: string;
  readonly setting: string;
  readonly value: string;
}

/** What a person accepted, from the moment that the head of the baseline moved: by resource; a resource that is missing is not accepted. */
export interface Accepted {
  readonly at: number;
  readonly generation: number;
  readonly states: ReadonlyMap<string, Settings>;
}

/** What one alert said of one resource. Values are in the world's words. */
export interface ToldResource {
  readonly resource: string;
  readonly status: 'open' | 'closed';
  /** What departs: setting → the value that it has now. */
  readonly departs: Settings;
  /** What it is compared with. */
  readonly before: Settings;
  /** Settings that could not be read when it was last looked at. */
  readonly isBlind: boolean;
  /** How many of its calls are known to have made it so. */
  readonly known: number;
  /** When it was first and last read so, and when it was read as accepted again: milliseconds. */
  readonly since: number;
  readonly takenAt: number;
  readonly closedAt: number | undefined;
}

/** One alert, as a subscriber got it. */
export interface ToldAlert {
  readonly at: number;
  readonly status: AlertStatus;
  readonly severity: string;
  readonly finding: string;
  readonly resources: readonly ToldResource[];
}

/** A function ended, or lost an answer, between publishing an alert and marking it as told. */
export interface Cut {
  readonly at: number;
  readonly finding: string;
  readonly by: 'crash' | 'publish-answer-lost' | 'mark-refused';
}

/** A person quieted a finding, until then. */
export interface Muted {
  readonly at: number;
  readonly until: number;
  readonly finding: string;
}

/** A time in which something was down, as far as it delays what is told. */
export interface Down {
  readonly from: number;
  readonly until: number;
  /** One resource; all without it. */
  readonly resource?: string;
}

/** Everything that happened in a run, as somebody who sees both the world and the mails could write it down. */
export interface History {
  readonly initial: ReadonlyMap<string, Settings>;
  readonly changes: readonly MadeChange[];
  readonly accepted: readonly Accepted[];
  readonly alerts: readonly ToldAlert[];
  readonly cuts: readonly Cut[];
  readonly muted: readonly Muted[];
  /** Findings that had ended and were written as open. */
  readonly reopened: readonly { readonly at: number; readonly finding: string }[];
  readonly down: readonly Down[];
  /** When faults began, and when the run ended, after it had time to settle. */
  readonly from: number;
  readonly until: number;
}
