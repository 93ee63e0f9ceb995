import type { Acceptance, Baseline } from '#core/baseline.ts';
import type { JsonObject } from '#core/json.ts';
import type { JsonReading } from '#core/reading.ts';
import { printRef, type ResourceRef } from '#core/reference.ts';
import type { Scan } from '#core/scan.ts';
import type { Observation, State } from '#core/state.ts';

export const ACCOUNT = '111122223333';
export const T0 = '2026-01-01T00:00:00.000Z';

export function bucketRef(id: string, region = 'us-east-1'): ResourceRef {
  return { account: ACCOUNT, region, kind: 's3-bucket', id };
}

const ABSENT: JsonReading = { status: 'absent' };

/** A bucket with nothing set, and what differs. */
export function bucketState(
  id: string,
  {
    watched = {},
    carried = {},
    region,
  }: { watched?: Record<string, JsonReading>; carried?: JsonObject; region?: string } = {},
): State {
  return {
    ref: bucketRef(id, region),
    shape: 1,
    takenAt: T0,
    watched: {
      publicAccessBlock: ABSENT,
      policy: ABSENT,
      acl: { status: 'present', value: [] },
      ownership: ABSENT,
      website: { status: 'skipped', because: 'no-public-door' },
      ...watched,
    },
    carried: { aclMaskedBy: 'nothing', ...carried },
  };
}

export const seen = (state: State): Observation => ({ seen: 'state', state });
export const gone = (ref: ResourceRef): Observation => ({ seen: 'gone', ref, takenAt: T0, code: 'NoSuchBucket' });
export const unseen = (ref: ResourceRef, code = 'AccessDenied'): Observation => ({
  seen: 'unreadable',
  ref,
  takenAt: T0,
  code,
});

/** A scan of buckets whose listing was complete in us-east-1, and what differs. */
export function scanOf(observations: readonly Observation[], more: Partial<Scan> = {}): Scan {
  return {
    id: '20260101T000000000Z',
    account: ACCOUNT,
    startedAt: T0,
    finishedAt: T0,
    regions: ['us-east-1'],
    listings: [{ kind: 's3-bucket', region: 'us-east-1', shape: 1, complete: true }],
    caveats: [],
    observations,
    ...more,
  };
}

export const FIRST: Acceptance = {
  generation: 1,
  at: T0,
  by: 'arn:aws:iam::111122223333:user/ana',
  reason: 'first look',
};

export function baselineOf(states: readonly State[], more: Partial<Baseline> = {}): Baseline {
  return {
    account: ACCOUNT,
    accepted: FIRST,
    covers: [{ kind: 's3-bucket', region: 'us-east-1', shape: 1 }],
    states: new Map(states.map((state) => [printRef(state.ref), { state, version: FIRST }])),
    ...more,
  };
}
