/** The four flags of a public access block, at whatever level, as AWS spells them. */
export const BLOCK_FLAGS = [
  'BlockPublicAcls',
  'IgnorePublicAcls',
  'BlockPublicPolicy',
  'RestrictPublicBuckets',
] as const;

export type BlockFlag = (typeof BLOCK_FLAGS)[number];

/** A flag that the answer leaves out is off (aws-facts §1.3). */
export function blockFlags(
  configuration: Partial<Record<BlockFlag, boolean | undefined>> | undefined,
): Record<BlockFlag, boolean> {
  return {
    BlockPublicAcls: configuration?.BlockPublicAcls ?? false,
    IgnorePublicAcls: configuration?.IgnorePublicAcls ?? false,
    BlockPublicPolicy: configuration?.BlockPublicPolicy ?? false,
    RestrictPublicBuckets: configuration?.RestrictPublicBuckets ?? false,
  };
}
