import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { BLOCK_FLAGS, blockFlags, type BlockFlag } from '#core/s3/block.ts';

/** The value of a parameter: of 2019 there are lists of one, of later years the value itself (aws-facts §4.2). */
export function loneValue(value: Json | undefined): Json | undefined {
  return Array.isArray(value) && value.length === 1 ? (value as readonly Json[])[0] : value;
}

/** The flags that a Put of a block set, at whatever level. Undefined for what is no block: flags are booleans (aws-facts §4.2). */
export function blockSetBy(parameters: JsonObject | undefined): Record<BlockFlag, boolean> | undefined {
  const block = loneValue(parameters?.['PublicAccessBlockConfiguration']);
  if (!isJsonObject(block)) return undefined;
  const set = BLOCK_FLAGS.flatMap((flag) => (Object.hasOwn(block, flag) ? [[flag, block[flag]] as const] : []));
  const isBlock = set.every((entry): entry is readonly [BlockFlag, boolean] => typeof entry[1] === 'boolean');
  return isBlock ? blockFlags(Object.fromEntries(set)) : undefined;
}
