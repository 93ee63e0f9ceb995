import { canonicalAddressSet } from '#core/addresses.ts';
import { EXISTS } from '#core/declaration.ts';
import type { Json } from '#core/json.ts';
import { ABSENT, present } from '#core/reading.ts';
import type { Kind } from '../kind.ts';

/** What an event set of an IP set: an update carries the whole list, unless that passes 100 KB (aws-facts §4.2). */
export const eventValue: NonNullable<Kind['eventValue']> = ({ name, parameters = {} }) => {
  if (name === 'CreateIPSet') return { path: EXISTS, reading: present(true) };
  if (name === 'DeleteIPSet') return { path: EXISTS, reading: ABSENT };
  const addresses = parameters['addresses'];
  if (!isListOfTexts(addresses)) return { path: 'addresses' };
  return { path: 'addresses', reading: present(canonicalAddressSet(addresses)) };
};

function isListOfTexts(value: Json | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
