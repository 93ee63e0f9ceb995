import type { Breakage, Cause, Exposure, Severity } from './change.ts';
import type { AlertStatus } from './finding-record.ts';
import type { ActorSaid, Common } from './one-cause.ts';

/** One account of a hub's alert, as the account itself told of it. */
export interface MemberFinding {
  readonly account: string;
  readonly finding: string;
  readonly status: string;
  readonly severity: Severity;
  readonly since: string;
  readonly headline: string;
  /** What it does there, a sentence a line. */
  readonly breaks: readonly string[];
  /** What that does to what is below it there, as lines that belong together. */
  readonly affected: readonly string[];
  /** Whether customers are hit there, as the logs of use have it, in a sentence; none: no logs are read there. */
  readonly urgency?: string | undefined;
  /** Who is refused what there, as lines that belong together. */
  readonly hit: readonly string[];
  readonly actors: readonly MemberActor[];
  /** The contracts of tools that were broken there, a sentence each. */
  readonly contracts: readonly string[];
  /** What else those who did it have done there in the hour around it. */
  readonly others: readonly string[];
  /** Where the account keeps its whole alert. */
  readonly report: string;
  readonly acknowledged?: string | undefined;
}

/** Who may have done it, as an account tells of it. */
export interface MemberActor extends ActorSaid {
  readonly call?: string | undefined;
  readonly at?: string | undefined;
  readonly certainty: Cause['certainty'];
  readonly reasons?: readonly string[] | undefined;
  readonly how?: Cause['how'] | undefined;
}

/** A finding of the same people that is told of by itself: another account, or other values. */
export interface AlsoTheirs {
  readonly account: string;
  readonly finding: string;
  readonly severity: Severity;
  readonly headline: string;
  readonly since: string;
  readonly status: string;
}

/** Everything that the hub says of what one cause did to accounts. */
export interface HubAlert {
  readonly version: 1;
  readonly status: AlertStatus;
  readonly severity: Severity;
  readonly gravestTold: Severity;
  readonly finding: string;
  /** The hub's own account. */
  readonly hub: string;
  readonly at: string;
  readonly since: string;
  readonly exposure: Exposure;
  readonly breakage: Breakage;
  /** Present where it is of what the service itself is made of in those accounts. */
  readonly against?: 'deployed';
  /** The gravest first. Of a recovery: those that were moved; else those that still are. */
  readonly accounts: readonly MemberFinding[];
  /** How many have recovered, while others have not. */
  readonly recovered: number;
  /** By what they are one cause: the least sure of it; undefined for one account, or for several that only came together. */
  readonly common?: Common;
  /** What else the same people did in all accounts within an hour of it, told of by itself. */
  readonly also: readonly AlsoTheirs[];
  readonly owners: readonly string[];
  readonly acknowledged?: string;
}
