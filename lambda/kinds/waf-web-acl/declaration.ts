import type { KindDeclaration } from '#core/declaration.ts';

const SOURCE = 'wafv2.amazonaws.com';

const byName = (name: string) => ({
  name,
  source: SOURCE,
  id: 'requestParameters.name',
  globalWhen: { path: 'requestParameters.scope', is: 'CLOUDFRONT' },
});

/** It tells of no web ACL which: any of the region may have moved. */
const ofAny = (name: string) => ({
  name,
  source: SOURCE,
  id: 'any',
  globalWhen: { path: 'requestParameters.scope', is: 'CLOUDFRONT' },
});

/** What WAFv2 does with requests, and to what. Facts: aws-facts §6, §4.1. */
export const wafWebAcl = {
  id: 'waf-web-acl',
  title: 'WAF web ACL',
  why: 'One rule more, one priority or the default action decides who is refused, and an IP set does only what its rules make of it.',
  shape: 1,
  regions: 'each-and-global',
  context: [],
  list: { by: 'region', actions: ['wafv2:ListWebACLs'] },
  idsAreUnique: 'in-a-region',
  goneWhen: ['WAFNonexistentItemException'],
  reads: {
    rules: { operation: 'GetWebACL', actions: ['wafv2:GetWebACL'], absentWhen: [] },
    ruleGroups: { operation: 'GetRuleGroup', actions: ['wafv2:GetRuleGroup'], absentWhen: [] },
    associations: { operation: 'ListResourcesForWebACL', actions: ['wafv2:ListResourcesForWebACL'], absentWhen: [] },
  },
  paths: {
    rules: { title: 'rules', form: 'record', since: 1 },
    firewallManagerRules: { title: 'rules of Firewall Manager', form: 'record', since: 1 },
    ruleGroups: { title: 'rule groups', form: 'record', since: 1 },
    managedVersions: { title: 'versions of managed rule groups', form: 'record', since: 1 },
    defaultAction: { title: 'default action', form: 'value', since: 1 },
    associations: { title: 'load balancers and APIs behind it', form: 'set', since: 1 },
  },
  carries: {
    id: { says: "AWS's id; the reference uses the name" },
    arn: { says: 'what distributions and load balancers refer to it by' },
    description: { says: 'as written in AWS' },
    lockToken: { says: 'moves with each update' },
    managedByFirewallManager: { says: 'whether Firewall Manager made it' },
  },
  events: [
    byName('CreateWebACL'),
    byName('UpdateWebACL'),
    byName('DeleteWebACL'),
    {
      name: 'AssociateWebACL',
      source: SOURCE,
      id: 'requestParameters.webACLArn',
      // arn:…:regional/webacl/NAME/ID (aws-facts §6)
      idIn: /\/webacl\/([^/]+)\/[^/]+$/,
    },
    // It names the load balancer alone.
    { name: 'DisassociateWebACL', source: SOURCE, id: 'any' },
    ofAny('UpdateRuleGroup'),
  ],
  checks: [
    {
      id: 'waf-web-acl-changed',
      title: 'What a WAF web ACL does with requests, or with whose, changed',
      actionItems: ['TM-1', 'TM-5', 'TM-7'],
      paths: [
        'rules',
        'firewallManagerRules',
        'ruleGroups',
        'managedVersions',
        'defaultAction',
        'associations',
        'exists',
      ],
      remedy:
        'To go back: aws wafv2 update-web-acl with the default action and every rule as before; an update replaces them all.',
    },
  ],
} as const satisfies KindDeclaration;
