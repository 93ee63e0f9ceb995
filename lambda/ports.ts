import type { CloudTrailEvent } from '#core/event.ts';
import type { MetricsRead } from '#core/evidence/request-metrics.ts';
import type { EvidenceRead } from '#core/evidence/uses.ts';
import type { Json } from '#core/json.ts';
import type { OwnMessage } from '#core/look.ts';

/** A document as it stands, with the version that a conditional replacement names. */
export interface Document {
  readonly body: Uint8Array;
  readonly version: string;
}

/** `conflict`: somebody else wrote first; read again before writing. */
export type WriteOutcome = 'written' | 'conflict';

/** Documents by key, in a bucket or a folder. What a key holds is always one whole document: never half of one. */
export interface Documents {
  /** Where it is, for people. */
  readonly place: string;
  read(key: string): Promise<Document | undefined>;
  /** Writes what must not be there yet. */
  create(key: string, body: Uint8Array): Promise<WriteOutcome>;
  /** Writes over the version that was read. */
  replace(key: string, body: Uint8Array, version: string): Promise<WriteOutcome>;
  /** Keys that start with the prefix, sorted. */
  list(prefix: string): Promise<readonly string[]>;
}

/** How far a long work has come. */
export interface Progress {
  readonly doing: string;
  readonly done: number;
  readonly of: number;
}

export type OnProgress = (progress: Progress) => void;

/** Names one item of the live state. */
export interface LedgerKey {
  readonly family: string;
  readonly id: string;
}

/** One item of the live state: drifts, findings, leases, heartbeats. */
export interface LedgerItem extends LedgerKey {
  /** Counts writes, from 1. A write names the one that it read; 0: it must not be there. */
  readonly revision: number;
  readonly body: Json;
  /** When the teller has something to do with it: ISO 8601, UTC. */
  readonly dueAt?: string;
  /** From when on it may be thrown away. */
  readonly expiresAt?: string;
}

/** The live state, in a table or on one machine. Every write is conditional, so nobody overwrites what they did not read. */
export interface Ledger {
  read(key: LedgerKey): Promise<LedgerItem | undefined>;
  /** Those of the keys that are there, each once, in no order. */
  readMany(keys: readonly LedgerKey[]): Promise<readonly LedgerItem[]>;
  /** Writes over the revision that was read; the written one is the next. */
  write(item: LedgerItem): Promise<WriteOutcome>;
  /** Keys of items that are due, the oldest first. Only a hint: it may be late, so whoever acts reads the item first. */
  due(until: string): Promise<readonly LedgerKey[]>;
  /** Everything in a family, sorted by id. */
  list(family: string): Promise<readonly LedgerItem[]>;
}

/** A message for people, on one of the topics. */
export interface Publication {
  readonly topic: 'alerts' | 'chat' | 'self-watch';
  readonly subject: string;
  /** What a person reads; for `chat` the one document that its client takes. */
  readonly text: string;
  /** What machines read. */
  readonly json?: string;
  /** What subscribers filter by. */
  readonly attributes: Readonly<Record<string, string | readonly string[]>>;
}

/** Throws where it does not know that it was taken; with a `kind` as AwsFailure has where AWS said that it was not. */
export interface Publisher {
  publish(publication: Publication): Promise<void>;
}

const NOT_TAKEN: ReadonlySet<unknown> = new Set(['refused', 'throttled', 'credentials']);

/** Is it sure that nobody has what could not be published? A connection that broke leaves that open. */
export function isNotTaken(error: unknown): boolean {
  return error instanceof Error && 'kind' in error && NOT_TAKEN.has(error.kind);
}

/** Queues for looks: one for changes, one for sweeps, so that a sweep starves no event. */
export interface Asking {
  /** Looks to be taken after so many seconds. */
  ask(messages: readonly OwnMessage[], afterSeconds?: number): Promise<void>;
}

/** The bus of the hub account. */
export interface HubBus {
  /** Throws where it was not taken: it is put again. */
  put(news: Json): Promise<void>;
}

/** What CloudTrail itself remembers of the last 90 days (aws-facts §4.6): management events, a region at a time. */
export interface EventHistory {
  /** A refused or throttled call is an answer that is not whole; throws only where the run was stopped. */
  find(question: HistoryQuestion): Promise<HistoryAnswer>;
}

/** By what events are asked for; CloudTrail takes one attribute a question. A user name may be that of a role's session. */
export type HistoryKey =
  | { readonly name: string }
  | { readonly userName: string }
  | { readonly accessKey: string }
  | { readonly resource: string };

export interface HistoryQuestion {
  /** `global` is the partition's own. */
  readonly region: string;
  readonly by: HistoryKey;
  /** ISO 8601: from then on. */
  readonly from: string;
  /** Before then. */
  readonly to: string;
  /** After so many pages of 50 no more is asked, and the answer says that it was cut: its oldest events are missing. */
  readonly mostPages?: number;
}

export interface HistoryAnswer {
  /** The oldest first, each once. */
  readonly events: readonly CloudTrailEvent[];
  /** Every page was read. */
  readonly isWhole: boolean;
  /** Why not: AWS's error name, or `cut after N pages`. */
  readonly why?: string;
  /** Records that could not be read. */
  readonly unreadable: number;
}

/** Logs of the use of buckets: server access logs, and data events of trails (aws-facts §5). */
export interface UseLogs {
  /** A place that cannot be read, and what was left out, is a problem of the answer and hides nothing else; throws only where the run was stopped. */
  read(question: UseQuestion): Promise<UseAnswer>;
}

export interface UseQuestion {
  /** Requests from then on (ISO 8601, UTC). */
  readonly from: string;
  /** Before then. */
  readonly to: string;
  /** Of these buckets alone; undefined: of all. */
  readonly buckets: ReadonlySet<string> | undefined;
  /** Counts are cut at these times (milliseconds since 1970). */
  readonly marks: readonly number[];
  /** What was read before: only what was written since is read. */
  readonly since?: ReadTo | undefined;
}

/** How far logs were read. A file may show in a list after a younger one. */
export interface ReadTo {
  /**
   * By place: what was written until then was read (ISO 8601, UTC); a place that was never listed whole is not among them. None: an earlier
   * release counted.
   */
  readonly places?: Readonly<Record<string, string>>;
  /** Files that were read and may show again as new: the last of each place, and all of one of which a part was not listed. */
  readonly files: readonly string[];
  /** Files that were there and of which nothing could be read: they are tried again. */
  readonly again?: readonly UnreadFile[];
}

export interface UnreadFile {
  readonly name: string;
  readonly writtenAt?: string | undefined;
}

export interface UseAnswer extends EvidenceRead {
  readonly readTo: ReadTo;
  /** Places that were listed whole, and files that were read after all: what was said of them before holds no more. */
  readonly mended: readonly string[];
}

/** Request metrics of CloudWatch, of buckets that have them. */
export interface RequestMetrics {
  /** A region that cannot be asked is a problem of the answer; a bucket without such metrics is not among it. */
  read(question: MetricsQuestion): Promise<MetricsRead>;
}

export interface MetricsQuestion {
  readonly buckets: readonly { readonly id: string; readonly region: string }[];
  /** ISO 8601, UTC; whole minutes. */
  readonly from: string;
  readonly to: string;
}
