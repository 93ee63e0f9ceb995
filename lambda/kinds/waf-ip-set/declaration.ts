import type { KindDeclaration } from '#core/declaration.ts';

const event = (name: string) => ({
  name,
  // GuardDuty has events of the same names: the source tells them apart.
  source: 'wafv2.amazonaws.com',
  id: 'requestParameters.name',
  globalWhen: { path: 'requestParameters.scope', is: 'CLOUDFRONT' },
});

/** A WAFv2 list of addresses. Facts: aws-facts §6. */
export const wafIpSet = {
  id: 'waf-ip-set',
  title: 'WAF IP set',
  why: 'An update replaces the whole list, so one script can cut off, or let in, whole networks in one call.',
  shape: 1,
  regions: 'each-and-global',
  context: [],
  relatives: ['waf-web-acl', 'waf-ip-set', 'cloudfront-distribution'],
  list: { by: 'region', actions: ['wafv2:ListIPSets'] },
  idsAreUnique: 'in-a-region',
  goneWhen: ['WAFNonexistentItemException'],
  reads: {
    ipSet: { operation: 'GetIPSet', actions: ['wafv2:GetIPSet'], absentWhen: [] },
  },
  paths: {
    addresses: { title: 'addresses', form: 'set', since: 1 },
    addressVersion: { title: 'address family', form: 'value', since: 1 },
  },
  carries: {
    id: { says: "AWS's id; the reference uses the name" },
    arn: { says: 'what web ACLs refer to it by' },
    description: { says: 'as written in AWS' },
    lockToken: { says: 'moves with each update' },
  },
  events: [event('CreateIPSet'), event('UpdateIPSet'), event('DeleteIPSet')],
  checks: [
    {
      id: 'waf-ip-set-changed',
      title: 'The addresses that a WAF IP set covers changed',
      actionItems: ['TM-1', 'TM-5', 'TM-7'],
      paths: ['addresses', 'addressVersion', 'exists'],
      remedy: 'To go back: aws wafv2 update-ip-set with the whole list before; a partial list deletes the rest.',
    },
  ],
} as const satisfies KindDeclaration;
