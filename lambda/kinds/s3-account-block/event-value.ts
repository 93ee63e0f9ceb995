import { isJsonObject } from '#core/json.ts';
import { ABSENT, present } from '#core/reading.ts';
import { blockFlags } from '#core/s3/block.ts';
import type { Kind } from '../kind.ts';

/** The account's block as an event set it (aws-facts §4.2: flags are booleans; before 2019 they were missing). */
export const eventValue: NonNullable<Kind['eventValue']> = ({ name, parameters }) => {
  const path = 'publicAccessBlock';
  if (name === 'DeleteAccountPublicAccessBlock') return { path, reading: ABSENT };
  const block = parameters?.['PublicAccessBlockConfiguration'];
  return isJsonObject(block) ? { path, reading: present(blockFlags(block)) } : { path };
};
