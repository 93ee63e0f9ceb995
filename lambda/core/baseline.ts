import type { ResourceRef } from './reference.ts';
import type { State } from './state.ts';

/** Who accepted something, when, why, under which ticket. */
export interface Acceptance {
  /** Counts accepts of this account, from 1. */
  readonly generation: number;
  readonly at: string;
  /** An ARN that AWS vouches for. */
  readonly by: string;
  readonly reason: string;
  readonly ticket?: string;
  /** The scan that was accepted. */
  readonly scan?: string;
  /** The newest generation before this one that was accepted from another scan. */
  readonly overtakes?: number;
}

export interface AcceptedState {
  readonly state: State;
  /** The acceptance that gave the resource its present accepted state. */
  readonly version: Acceptance;
}

/** A kind in a region of which the baseline holds everything there was. */
export interface Coverage {
  readonly kind: string;
  readonly region: string;
  readonly shape: number;
}

/** Was anything of this resource ever accepted? What is only known to be there has no reading that tells anything. */
export function isAnythingAccepted({ state }: AcceptedState): boolean {
  return isAnythingRead(state);
}

function isAnythingRead({ watched }: State): boolean {
  return Object.values(watched).some((reading) => reading.status !== 'unreadable');
}

/** What a person accepted in one account. */
export interface Baseline {
  readonly account: string;
  readonly accepted: Acceptance;
  readonly covers: readonly Coverage[];
  /** By printed reference. */
  readonly states: ReadonlyMap<string, AcceptedState>;
}

export function isCovered(baseline: Baseline, { kind, region }: Pick<ResourceRef, 'kind' | 'region'>): boolean {
  return baseline.covers.some((covered) => covered.kind === kind && covered.region === region);
}
