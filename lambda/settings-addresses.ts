import * as z from 'zod/mini';
import { isCidr } from '#core/addresses.ts';
import { said, text } from './settings-words.ts';

const range = z
  .string()
  .check(z.refine(isCidr, { error: 'must be a range such as 203.0.113.0/24, or 203.0.113.7/32 for one address' }));

const notEmpty = () => z.string().check(z.minLength(1, 'must not be empty'));

/** Addresses of somebody's: who is refused there is known to be there. */
export const network = z.strictObject({
  name: said('What a finding calls it.', notEmpty(), { examples: ['office egress'] }),
  ranges: said('Its addresses, as ranges.', z.array(range).check(z.minLength(1, 'must name a range')), {
    examples: [['203.0.113.0/24', '2001:db8::/32']],
  }),
  owner: said('Whose it is.', z.optional(notEmpty())),
});

/** IP sets that are to hold the same. */
export const mirrored = z
  .array(
    text(
      /^[^/]+\/waf-ip-set\/[^/]+$/,
      'must be a region, waf-ip-set and a name, such as global/waf-ip-set/deny-list for one of CLOUDFRONT scope',
    ),
  )
  .check(z.minLength(2, 'must name two IP sets or more'));
