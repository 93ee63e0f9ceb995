import type { Json } from '#core/json.ts';

/** A rule as AWS answers it, and the one form that it is compared in. */
export interface CanonicalCase {
  readonly case: string;
  readonly fact: string;
  readonly rule: object;
  readonly is: Json;
  /** Of a managed rule group: its version, which is compared apart. */
  readonly version?: Json;
}

const SET = 'arn:aws:wafv2:us-east-1:111122223333:regional/ipset/deny-list/set-1';
const GROUP = 'arn:aws:wafv2:us-east-1:111122223333:regional/rulegroup/own/group-1';
const visibility = { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: 'metric' };

export const CANONICAL: readonly CanonicalCase[] = [
  {
    case: 'a rule that blocks an IP set; what is measured of it is no part of what it does',
    fact: 'aws-facts §6: IPSetReferenceStatement.ARN',
    rule: {
      Name: 'deny',
      Priority: 3,
      Action: { Block: {} },
      Statement: { IPSetReferenceStatement: { ARN: SET } },
      VisibilityConfig: visibility,
    },
    is: { priority: 3, action: 'block', statement: { IPSetReferenceStatement: { ARN: SET } } },
  },
  {
    case: 'a block with an answer of its own, and labels',
    fact: 'SDK client-wafv2: BlockAction.CustomResponse, Rule.RuleLabels',
    rule: {
      Name: 'deny',
      Priority: 0,
      Action: { Block: { CustomResponse: { ResponseCode: 429 } } },
      Statement: { GeoMatchStatement: { CountryCodes: ['US', 'AQ'] } },
      RuleLabels: [{ Name: 'b' }, { Name: 'a' }],
      VisibilityConfig: visibility,
    },
    is: {
      priority: 0,
      action: 'block',
      handling: { CustomResponse: { ResponseCode: 429 } },
      statement: { GeoMatchStatement: { CountryCodes: ['AQ', 'US'] } },
      labels: ['a', 'b'],
    },
  },
  {
    case: 'what stands side by side in a statement has no order; what is missing is no member',
    fact: 'aws-facts §6: nesting by And, Or, Not',
    rule: {
      Name: 'both',
      Priority: 1,
      Action: { Count: {} },
      Statement: {
        AndStatement: {
          Statements: [
            {
              NotStatement: { Statement: { IPSetReferenceStatement: { ARN: SET, IPSetForwardedIPConfig: undefined } } },
            },
            { GeoMatchStatement: { CountryCodes: ['DE'] } },
          ],
        },
      },
    },
    is: {
      priority: 1,
      action: 'count',
      statement: {
        AndStatement: {
          Statements: [
            { GeoMatchStatement: { CountryCodes: ['DE'] } },
            { NotStatement: { Statement: { IPSetReferenceStatement: { ARN: SET } } } },
          ],
        },
      },
    },
  },
  {
    case: 'a text that is searched for comes as bytes',
    fact: 'SDK client-wafv2: ByteMatchStatement.SearchString is a Uint8Array',
    rule: {
      Name: 'admin',
      Priority: 1,
      Action: { Allow: {} },
      Statement: {
        ByteMatchStatement: { SearchString: new TextEncoder().encode('/admin'), PositionalConstraint: 'STARTS_WITH' },
      },
    },
    is: {
      priority: 1,
      action: 'allow',
      statement: { ByteMatchStatement: { SearchString: '/admin', PositionalConstraint: 'STARTS_WITH' } },
    },
  },
  {
    case: 'bytes that are no text keep apart from text',
    fact: 'SDK client-wafv2: ByteMatchStatement.SearchString is a Uint8Array',
    rule: {
      Name: 'magic',
      Priority: 1,
      Action: { Block: {} },
      Statement: { ByteMatchStatement: { SearchString: new Uint8Array([0xff, 0xfe]) } },
    },
    is: { priority: 1, action: 'block', statement: { ByteMatchStatement: { SearchString: { base64: '//4=' } } } },
  },
  {
    case: 'a managed rule group: its version is compared apart',
    fact: 'aws-facts §6: record Version (null = default)',
    rule: {
      Name: 'common',
      Priority: 5,
      OverrideAction: { None: {} },
      Statement: {
        ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'AWSManagedRulesCommonRuleSet', Version: 'Version_1.4' },
      },
    },
    is: {
      priority: 5,
      action: 'of-its-group',
      statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'AWSManagedRulesCommonRuleSet' } },
    },
    version: { group: 'AWS/AWSManagedRulesCommonRuleSet', version: 'Version_1.4' },
  },
  {
    case: 'a managed rule group of no version runs the default one, which its provider may move',
    fact: 'aws-facts §6: with default version the provider can change behaviour with no API call in your account',
    rule: {
      Name: 'reputation',
      Priority: 6,
      OverrideAction: { Count: {} },
      Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'AWSManagedRulesAmazonIpReputationList' } },
    },
    is: {
      priority: 6,
      action: 'count',
      statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'AWSManagedRulesAmazonIpReputationList' } },
    },
    version: { group: 'AWS/AWSManagedRulesAmazonIpReputationList', version: null },
  },
  {
    case: 'a rule group of its own, with one rule overridden',
    fact: 'SDK client-wafv2: RuleGroupReferenceStatement.RuleActionOverrides',
    rule: {
      Name: 'own',
      Priority: 7,
      OverrideAction: { None: {} },
      Statement: {
        RuleGroupReferenceStatement: {
          ARN: GROUP,
          RuleActionOverrides: [{ Name: 'deny', ActionToUse: { Count: {} } }],
        },
      },
    },
    is: {
      priority: 7,
      action: 'of-its-group',
      statement: {
        RuleGroupReferenceStatement: {
          ARN: GROUP,
          RuleActionOverrides: [{ Name: 'deny', ActionToUse: { Count: {} } }],
        },
      },
    },
  },
  {
    case: 'an action that nobody here knows stays what it is',
    fact: 'SDK client-wafv2: RuleAction grows (Monetize)',
    rule: {
      Name: 'paid',
      Priority: 8,
      Action: { Monetize: {} },
      Statement: { GeoMatchStatement: { CountryCodes: ['FR'] } },
    },
    is: { priority: 8, action: 'monetize', statement: { GeoMatchStatement: { CountryCodes: ['FR'] } } },
  },
];
