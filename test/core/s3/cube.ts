/** Blocks at the two levels, as four digits each (BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets); `-` is not set. */
export interface Levels {
  readonly account: string;
  readonly bucket: string;
}

export const DIGITS: readonly string[] = Array.from({ length: 16 }, (_, bits) => bits.toString(2).padStart(4, '0'));

/** Every effective combination, set at the account, at the bucket, and half at each. */
export const COMBINATIONS: readonly Levels[] = DIGITS.flatMap((digits) => [
  { account: digits, bucket: '-' },
  { account: '-', bucket: digits },
  { account: `${digits.slice(0, 2)}00`, bucket: `00${digits.slice(2)}` },
]);

/** The whole cube of 4 + 4 flags. */
export const CUBE: readonly Levels[] = DIGITS.flatMap((account) => DIGITS.map((bucket) => ({ account, bucket })));
