import { ABSENT, present } from '#core/reading.ts';
import { blockSetBy } from '../event-shapes.ts';
import type { Kind } from '../kind.ts';

/** The account's block as an event set it; records of before September 2019 do not tell (aws-facts §4.2). */
export const eventValue: NonNullable<Kind['eventValue']> = ({ name, parameters }) => {
  const path = 'publicAccessBlock';
  if (name === 'DeleteAccountPublicAccessBlock') return { path, reading: ABSENT };
  const block = blockSetBy(parameters);
  return block === undefined ? { path } : { path, reading: present(block) };
};
