import * as z from 'zod/mini';
import { patterns, said, text } from './settings-words.ts';

/** What a tool of one's own may write. */
export const tool = z.strictObject({
  name: said('What an alert calls it.', z.string().check(z.minLength(1, 'must not be empty'))),
  is: said(
    'How it is known: all that is said has to fit, and any one of each list. A user agent can be forged.',
    z
      .strictObject({
        roles: patterns('Roles that it calls by', ['SecurityTooling']),
        sessions: patterns('Names of its sessions', ['hardening-check']),
        functions: patterns('Lambda functions that hold its credentials', ['hardening-check']),
        accessKeys: patterns('Its access keys', ['AKIAEXAMPLE']),
        userAgents: patterns('How its client calls itself', ['Boto3/*']),
      })
      .check(
        z.refine((is) => Object.values(is).some((one) => one !== undefined), {
          error: 'must say one of roles, sessions, functions, accessKeys, userAgents',
        }),
      ),
  ),
  mayChange: said(
    'What it may change: kind/name, with region or region and account before it where that matters; * stands for any part. Empty: it only checks.',
    z.array(text(/^[^/]+(\/[^/]+){1,}$/, 'must be a kind and a name such as waf-ip-set/partners, or waf-ip-set/*')),
    { examples: [['waf-ip-set/alb-deny-list']] },
  ),
  actionItem: said(
    'The action item that the contract exists for.',
    z.optional(text(/^[A-Z]+-\d+$/, 'must look like TM-1')),
  ),
});
