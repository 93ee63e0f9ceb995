import * as z from 'zod/mini';
import { patterns, said } from './settings-words.ts';

/** An application of one's own, by which the requests in a log are known. */
export const application = z.strictObject({
  name: said('What an answer calls it.', z.string().check(z.minLength(1, 'must not be empty'))),
  owner: said('Who is told when it breaks, as the owner tags name them.', z.optional(z.string())),
  is: said(
    'How its requests are known: all that is said has to fit, and any one of each list. A user agent can be forged.',
    z
      .strictObject({
        roles: patterns('Roles that it calls by', ['scheduler-api']),
        users: patterns('IAM users that it calls by', ['cms-plugin']),
        userAgents: patterns('How its client calls itself', ['scheduler/*']),
      })
      .check(
        z.refine((is) => Object.values(is).some((one) => one !== undefined), {
          error: 'must say one of roles, users, userAgents',
        }),
      ),
  ),
});
