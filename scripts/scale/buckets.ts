import { digestOf } from '#core/digest.ts';
import type { Bucket } from '../../test/aws-double/world.ts';
import { SHAPES } from '../../test/bench/worlds.ts';

export const ACCOUNT = '111122223333';
export const REGION = 'us-east-1';
export const REGIONS = [REGION, 'eu-west-1', 'us-west-2'] as const;

/** Of twenty buckets: new ones with ACLs off, older ones with a policy and ACLs on, and one that is public and serves a website. */
export const MIX: Readonly<Record<keyof typeof SHAPES, number>> = { modern: 16, legacy: 3, worst: 1 };
const TWENTY = (Object.keys(MIX) as (keyof typeof SHAPES)[]).flatMap((shape) =>
  Array.from({ length: MIX[shape] }, () => shape),
);

/**
 * So many buckets over three regions, by name. The names have little in common: what is kept is compressed, and ten thousand names that
 * count up would be next to nothing.
 */
export function bucketsOf(count: number): ReadonlyMap<string, Bucket> {
  return new Map(
    Array.from({ length: count }, (_, index): [string, Bucket] => {
      const name = `${digestOf(String(index)).slice(0, 12)}-of-a-bucket`;
      const region = REGIONS[index % REGIONS.length] ?? REGION;
      const shape = TWENTY[index % TWENTY.length] ?? 'modern';
      return [name, { region, tags: { team: `team-${index % 10}` }, ...SHAPES[shape](name) }];
    }),
  );
}
