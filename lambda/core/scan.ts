import type { Observation } from './state.ts';

/** How completely the resources of one kind in one region were listed. */
export interface Listing {
  readonly kind: string;
  readonly region: string;
  readonly shape: number;
  readonly complete: boolean;
  /** Why it is incomplete: AWS's error name. */
  readonly code?: string;
}

/** A second opinion or an ornament that could not be had: shown, and never a reason to doubt the comparison. */
export interface Caveat {
  readonly about: string;
  readonly code: string;
  readonly says: string;
}

/** Everything that one scan of one account saw. */
export interface Scan {
  readonly id: string;
  readonly account: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly regions: readonly string[];
  readonly listings: readonly Listing[];
  readonly observations: readonly Observation[];
  readonly caveats: readonly Caveat[];
}

/** Where a resource is whose region AWS would not tell. */
export const UNKNOWN_REGION = 'unknown';

/** A scan's id from its time: sorts by time and is a file name everywhere. */
export function scanIdAt(time: Date): string {
  return time.toISOString().replace(/[-:.]/g, '');
}

const SWEEP_MARK = '-sweep';

/** The id of what the service sweeps by itself: no person looked at it. */
export function sweepIdAt(time: Date): string {
  return `${scanIdAt(time)}${SWEEP_MARK}`;
}

/** Is this the id of a sweep? A person accepts one only by naming it. */
export function isSweep(id: string): boolean {
  return id.endsWith(SWEEP_MARK);
}

/** Was everything listed that there is of this kind in this region? */
export function isListed(scan: Pick<Scan, 'listings'>, kind: string, region: string): boolean {
  return scan.listings.some((listing) => listing.kind === kind && listing.region === region && listing.complete);
}
