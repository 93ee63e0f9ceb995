import type { KindAdvice } from '#core/advice.ts';
import type { Shown } from '#core/change.ts';
import type { ComparableKind } from '#core/comparison.ts';
import type { KindDeclaration, ReadDeclaration } from '#core/declaration.ts';
import type { CloudTrailEvent } from '#core/event.ts';
import type { Json, JsonObject } from '#core/json.ts';
import type { JsonReading, Reading } from '#core/reading.ts';
import type { ResourceRef } from '#core/reference.ts';
import type { Caveat } from '#core/scan.ts';
import type { Observation, State } from '#core/state.ts';
import type { KindJudge } from '#core/judge.ts';
import type { AddressKnowledge } from '#core/waf/ip-set-change.ts';

/** The error name that AWS, or the way to it, answered with. Every failed call carries one. */
export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'Unknown';
}

/** Makes one client of an SDK package. */
export type ClientClass<C> = new (config: never) => C;

/** One AWS call: which client, in which region (`global` is the partition's own), and what is sent. */
export interface AwsCall<C, O> {
  readonly client: ClientClass<C>;
  readonly region: string;
  readonly send: (client: C) => Promise<O>;
  /** A quota of the operation's own, within which the call is kept beside the limits of its service. */
  readonly quota?: 'LookupEvents' | 'ListResourcesForWebACL';
}

/** What readers have of AWS: bounded, retried calls whose refusals are already understood. */
export interface AwsReads {
  readonly account: string;
  readonly now: () => Date;
  /** Throws `AwsFailure` (its `code` is AWS's error name) when AWS refuses for good. */
  call<C, O>(call: AwsCall<C, O>): Promise<O>;
  /** The error name that ended the credentials in the middle of the run, if one did. */
  endedBy(): string | undefined;
  /** The same as a reading: "not set" is absent, a refusal is unreadable. */
  read<C, O>(declared: ReadDeclaration, call: AwsCall<C, O>): Promise<Reading<O>>;
}

/** A listed resource, with what the listing told of it beside its name. */
export interface Found {
  readonly ref: ResourceRef;
  readonly hint: JsonObject;
  /** When a list named it (ISO 8601, UTC), where it is read later than that. */
  readonly listedAt?: string | undefined;
}

export interface ListRequest {
  /** `all` for a kind that is listed by account. */
  readonly region: string;
  readonly aws: AwsReads;
}

export interface ExtrasRequest {
  readonly region: string;
  readonly aws: AwsReads;
  /** The tags that name an owner; others are not kept. */
  readonly ownerTags: readonly string[];
}

export interface ReadRequest {
  readonly found: Found;
  readonly aws: AwsReads;
  /** The states of the kinds that this kind's meaning depends on, by kind; missing where they could not be read. */
  readonly context: Readonly<Record<string, State | undefined>>;
}

/** Tags and the like of many resources at once, by id. */
export type Extras = ReadonlyMap<string, JsonObject>;

/** A resource that has tags. */
export interface Tagged {
  readonly id: string;
  readonly tags: readonly (readonly [key: string, value: string])[];
}

/** The part of a kind that talks to AWS. */
export interface KindReader {
  readonly list: (request: ListRequest) => AsyncIterable<readonly Found[]>;
  readonly read: (request: ReadRequest) => Promise<Observation>;
  /** The resources of one region that have tags, a page at a time: the read that is declared as `tags`. */
  readonly tagged?: (request: ListRequest) => AsyncIterable<readonly Tagged[]>;
  /** What is carried and can be had in bulk, for the resources of one region. */
  readonly extras?: (request: ExtrasRequest) => Promise<Extras>;
  /** A second opinion that was refused, if the state carries that. */
  readonly caveatOf?: (state: State) => Pick<Caveat, 'code' | 'says'> | undefined;
  /** The state as it must be taken when the context moved while it was read. */
  readonly blur?: (state: State) => State;
}

/** What an event says that a path of its resource is now; without a reading: which path it moved, and not to what. */
export interface EventValue {
  readonly path: string;
  readonly reading?: JsonReading;
}

/** A value that somebody proposes for a path, or for one member of it. */
export interface ProposalRequest {
  readonly path: string;
  readonly member?: string;
  /** A list may be added to and taken from. */
  readonly how: 'set' | 'add' | 'remove';
  /** As it was written; null: not set. */
  readonly value: Json;
  /** What is there now. */
  readonly state: State;
}

/** What the path would be, with the carried members that go with it (null: goes away); or what is wrong with it, in one sentence. */
export type Proposed = { readonly reading: JsonReading; readonly carried?: JsonObject } | { readonly problem: string };

/** How settings of a kind are proposed before they are made. */
export interface KindProposal {
  /** What can be proposed; where it is one path, a name without a path means it. */
  readonly paths: readonly string[];
  readonly propose: (request: ProposalRequest) => Proposed;
}

export interface Kind<Id extends string = string> extends ComparableKind {
  readonly declaration: KindDeclaration<Id>;
  /** The way back, and what not to be misled by. */
  readonly advice: KindAdvice;
  /** Its judge, where that depends on what the settings say; `judge` is the one to whom they say nothing. */
  readonly judgeKnowing?: (knowledge: AddressKnowledge) => KindJudge;
  /** What an event of this kind asked for. Pure; a shape that nobody knows gives no reading. */
  readonly eventValue?: (event: CloudTrailEvent) => EventValue | undefined;
  /** Does a reading show an event, where no one path tells (a lock token does)? Undefined: the path that it moves tells, if any. */
  readonly shown?: (event: CloudTrailEvent, state: State) => Shown | undefined;
  /** Loaded when it is first needed, so that whoever wants declarations alone loads no SDK. */
  readonly reader: () => Promise<KindReader>;
}
