import { bySeverity, gravest, severityOfDrift, type Finding, type Severity } from './change.ts';
import type { DriftRecord } from './drift-record.ts';
import type { ProofNote, ProofTold } from './recovery-proof.ts';
import { isHit, type UseNote, type UseTold } from './use-note.ts';

/** What an alert says of a finding. */
export type AlertStatus = 'opened' | 'changed' | 'still-open' | 'recovered' | 'proved' | 'blind';

/** Is it over? `proved`: and the logs have come that tell who works again, and who does not. */
export function isPast(status: AlertStatus): status is 'recovered' | 'proved' {
  return status === 'recovered' || status === 'proved';
}

/** A person's act on a finding, as AWS vouches for who it was. */
export interface Act {
  readonly by: string;
  readonly at: string;
  readonly note: string;
}

/** One alert that went out. */
export interface Told {
  readonly status: AlertStatus;
  readonly at: string;
  readonly severity: Severity;
  /** The members at that time, with a digest of what had changed of each; it begins with `?` where nobody knew who had done it. */
  readonly members: Readonly<Record<string, string>>;
  /** What logs of use said that was told; none where no logs were read. */
  readonly use?: UseTold;
  /** What was told since it recovered. */
  readonly proof?: ProofTold;
}

/** The live record of a finding: which drifts it tells of, what was told, and what people did with it. */
export interface FindingRecord {
  readonly id: string;
  readonly account: string;
  readonly groupedBy: Finding['groupedBy'];
  /** `superseded`: its drifts are told of in another finding now. */
  readonly status: 'open' | 'recovered' | 'accepted' | 'superseded';
  readonly openedAt: string;
  readonly endedAt?: string;
  /** Keys of its drifts (`keyOf`). */
  readonly members: readonly string[];
  readonly joins: Joins;
  readonly severity: Severity;
  readonly gravestTold?: Severity;
  /** That it can no longer be read was told; it is told once. */
  readonly toldBlind?: boolean;
  /** The last alert, and how often it was said that it is still open. */
  readonly told?: Told;
  readonly reminders: number;
  /** What the last look at logs of use came to. */
  readonly use?: UseNote;
  /** What the last look at them after its recovery came to. */
  readonly proof?: ProofNote;
  readonly acknowledged?: Act;
  /** With how grave it was then: what becomes graver is told all the same. */
  readonly muted?: Act & { readonly until: string; readonly severity: Severity };
  /** Compared with what was first seen, or with nothing: nobody accepted anything yet. */
  readonly against: Against;
  /** Somebody is telling it right now, until then. */
  readonly lease?: { readonly by: string; readonly until: string };
  /** What a run set out to tell of each member, and never marked as told: whether it went out nobody knows. */
  readonly unmarked?: Readonly<Record<string, string>>;
}

/** `deployed`: what the service itself is made of is compared with what its last deployment made of it. */
export type Against = 'accepted' | 'first-seen' | 'nothing' | 'deployed';

/** By what a later drift joins an open finding. */
export interface Joins {
  readonly events: readonly string[];
  readonly sessions: readonly { readonly session: string; readonly from: string; readonly to: string }[];
  readonly sweeps: readonly string[];
  /** Kinds of what departs with no cause of its own: what sets them from above joins. */
  readonly unexplained?: readonly string[];
  /** Kinds that a member sets from above: what departs of them with no cause of its own joins. */
  readonly over?: readonly string[];
}

/** As grave as what changed is, or as what logs say of who is hit by it (design §3). */
export function severityWithUse(open: readonly DriftRecord[], { use }: Pick<FindingRecord, 'use'>): Severity {
  return isHit(use) ? 'critical' : severityOfRecords(open);
}

export function severityOfRecords(records: readonly DriftRecord[]): Severity {
  return gravest(records.map(({ drift }) => severityOfDrift(drift)));
}

/** Grave enough to be told though it is over. */
export function isGrave(records: readonly DriftRecord[]): boolean {
  return bySeverity(severityOfRecords(records), 'medium') <= 0;
}
