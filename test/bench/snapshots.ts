import { canonicalPolicy } from '#core/policy.ts';
import { present, type JsonReading } from '#core/reading.ts';
import type { Scan } from '#core/scan.ts';
import type { JsonObject } from '#core/json.ts';
import type { Observation } from '#core/state.ts';

const REGIONS = ['us-east-1', 'eu-west-1', 'us-west-2'];

const statement = (bucket: string, index: number) => ({
  Sid: `S${index}`,
  Effect: 'Allow',
  Principal: { AWS: [`arn:aws:iam::${111122223333 + index}:role/reader`, `${444455556666 + index}`] },
  Action: ['s3:GetObject', 's3:ListBucket', 's3:PutObject'],
  Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
  Condition: { StringEquals: { 'aws:SourceVpc': ['vpc-1', 'vpc-2'] } },
});

const reversed = (policy: { Statement: ReturnType<typeof statement>[] }) => ({
  Statement: policy.Statement.toReversed().map(({ Action, Resource, ...rest }) => ({
    Resource: Resource.toReversed(),
    ...rest,
    Action: Action.toReversed(),
  })),
  Version: '2012-10-17',
});

/** Two snapshots as text: the second has every policy in another order and one bucket in a hundred changed. */
export function snapshotPair(count: number): { before: string; after: string; changed: number } {
  const names = Array.from({ length: count }, (_, index) => `bucket-${String(index).padStart(5, '0')}`);
  const write = (isAfter: boolean): string =>
    JSON.stringify(scanOf(names.map((name, index) => observe(name, { index, isAfter }))));
  return { before: write(false), after: write(true), changed: Math.ceil(count / 100) };
}

function observe(name: string, { index, isAfter }: { index: number; isAfter: boolean }): Observation {
  const policy = { Version: '2012-10-17', Statement: [0, 1, 2].map((place) => statement(name, place)) };
  const written = isAfter ? reversed(policy) : policy;
  const isChanged = isAfter && index % 100 === 0;
  const block = {
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: !isChanged,
    RestrictPublicBuckets: true,
  };
  const watched: Record<string, JsonReading> = {
    publicAccessBlock: present(block),
    policy: present(canonicalPolicy(written as unknown as JsonObject)),
    acl: { status: 'skipped', because: 'ownership-enforced' },
    ownership: present('BucketOwnerEnforced'),
    website: { status: 'skipped', because: 'no-public-door' },
  };
  const ref = { account: '111122223333', region: REGIONS[index % 3] ?? 'us-east-1', kind: 's3-bucket', id: name };
  const carried = {
    policyText: JSON.stringify(written),
    policyStatus: 'not-public',
    aclMaskedBy: 'ignore-public-acls',
    tags: { team: 'bench' },
  };
  return { seen: 'state', state: { ref, shape: 1, takenAt: '2026-01-01T00:00:00.000Z', watched, carried } };
}

function scanOf(observations: readonly Observation[]): Scan {
  const listings = REGIONS.map((region) => ({ kind: 's3-bucket', region, shape: 1, complete: true }));
  return {
    id: 'bench',
    account: '111122223333',
    startedAt: '2026-01-01T00:00:00.000Z',
    finishedAt: '2026-01-01T00:00:00.000Z',
    regions: REGIONS,
    listings,
    observations,
    caveats: [],
  };
}
