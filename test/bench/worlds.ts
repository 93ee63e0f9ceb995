import { ALL_USERS, emptyWorld, OWNER_ID, type Bucket, type World } from '../aws-double/world.ts';

/** A policy that lets one other account read. */
export const namedPolicy = (bucket: string, account: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Partner',
        Effect: 'Allow',
        Principal: { AWS: account },
        Action: 's3:GetObject',
        Resource: `arn:aws:s3:::${bucket}/*`,
      },
    ],
  });
const WILDCARD = (bucket: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${bucket}/*` }],
  });
const OWNER = { to: OWNER_ID, permission: 'FULL_CONTROL' };

/** The bucket shapes whose price in calls is fixed. */
export const SHAPES: Record<'modern' | 'legacy' | 'worst', (name: string) => Omit<Bucket, 'region'>> = {
  modern: () => ({
    ownership: 'BucketOwnerEnforced',
    block: { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true },
  }),
  legacy: (name) => ({ policy: namedPolicy(name, '444455556666'), grants: [OWNER] }),
  worst: (name) => ({
    policy: WILDCARD(name),
    isPublic: true,
    grants: [OWNER, { to: ALL_USERS, permission: 'READ' }],
    website: { index: 'index.html' },
  }),
};

/** An account of so many buckets of one shape over three regions, each with tags. */
export function worldOf(shape: keyof typeof SHAPES, count: number): Partial<World> {
  const regions = ['us-east-1', 'eu-west-1', 'us-west-2'];
  const buckets = Array.from({ length: count }, (_, index): [string, Bucket] => {
    const name = `${shape}-${String(index).padStart(5, '0')}`;
    return [
      name,
      { region: regions[index % regions.length] ?? 'us-east-1', tags: { team: 'bench' }, ...SHAPES[shape](name) },
    ];
  });
  return { regions, buckets: Object.fromEntries(buckets) };
}

/** Further accounts, each an account of its own of so many buckets of one shape. */
export function membersOf(
  accounts: readonly string[],
  { shape, count }: { readonly shape: keyof typeof SHAPES; readonly count: number },
): Record<string, World> {
  return Object.fromEntries(accounts.map((account) => [account, { ...emptyWorld(account), ...worldOf(shape, count) }]));
}
