import { digestOf } from './digest.ts';
import { canonicalJson, objectOf, type JsonObject } from './json.ts';
import type { JsonReading } from './reading.ts';
import { printRef, type ResourceRef } from './reference.ts';

/** What was read of one resource at one time. */
export interface State {
  readonly ref: ResourceRef;
  /** The version of what its kind reads (`KindDeclaration.shape`) at that time. */
  readonly shape: number;
  /** ISO 8601, UTC. */
  readonly takenAt: string;
  /** Compared. */
  readonly watched: { readonly [path: string]: JsonReading };
  /** Shown, never compared: tags, AWS's own policy status, ids, lock tokens, what masks an ACL. */
  readonly carried: JsonObject;
}

/** What a look at one resource found. `gone` is the thing's own answer; `unreadable` is a look that gave nothing at all. */
export type Observation =
  | { readonly seen: 'state'; readonly state: State }
  | { readonly seen: 'gone'; readonly ref: ResourceRef; readonly takenAt: string; readonly code: string }
  | {
      readonly seen: 'unreadable';
      readonly ref: ResourceRef;
      readonly takenAt: string;
      readonly code: string;
      /** No listing names it any more, and it answers nothing: gone, and its name perhaps somebody else's. */
      readonly unlisted?: boolean;
    };

export function refOf(observation: Observation): ResourceRef {
  return observation.seen === 'state' ? observation.state.ref : observation.ref;
}

/** A resource that is known to be there and of which nothing could be read. */
export function nothingRead(ref: ResourceRef, takenAt: string): State {
  return { ref, shape: 0, takenAt, watched: {}, carried: {} };
}

/** One hash for one watched state, whatever the time and whatever is carried. */
export function hashOf(state: Pick<State, 'watched'>): string {
  return digestOf(
    canonicalJson(objectOf(Object.entries(state.watched).map(([path, reading]) => [path, { ...reading }]))),
  );
}

/** Which of `shards` parts of its kind a resource is in; stable across versions of Plumbline. */
export function shardOf(ref: ResourceRef, shards: number): number {
  return Number.parseInt(digestOf(`${ref.region}/${ref.id}`).slice(0, 8), 16) % shards;
}

export function byRef(a: ResourceRef, b: ResourceRef): number {
  const [left, right] = [printRef(a), printRef(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
