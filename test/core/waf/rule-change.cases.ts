import type { Breakage, Exposure } from '#core/change.ts';
import type { JsonObject } from '#core/json.ts';

/** One rule of a web ACL, as it was and as it is, and what that does. */
export interface RuleChangeCase {
  readonly case: string;
  readonly fact: string;
  readonly before?: JsonObject;
  readonly after?: JsonObject;
  /** Do other rules decide by labels? */
  readonly labelsCount?: boolean;
  readonly isOrderMoved?: boolean;
  readonly is: readonly [Exposure, Breakage];
  readonly says: string;
}

const SET = 'arn:aws:wafv2:us-east-1:111122223333:regional/ipset/partners/set-1';
const inSet: JsonObject = { IPSetReferenceStatement: { ARN: SET } };
const geo: JsonObject = { GeoMatchStatement: { CountryCodes: ['AQ'] } };
const rule = (action: string, statement: JsonObject = inSet, more: JsonObject = {}): JsonObject => ({
  priority: 3,
  action,
  statement,
  ...more,
});
const NESTED = 'aws-facts §6: note rule Action + priority + Not-nesting';
const GROUPS = 'aws-facts §6: managed rule groups';

export const RULE_CHANGES: readonly RuleChangeCase[] = [
  {
    case: 'a block rule is new',
    fact: NESTED,
    after: rule('block'),
    is: ['narrowed', 'may-break'],
    says: 'Rule r (priority 3, IP set partners) is new and blocks what it matches.',
  },
  {
    case: 'a block rule is gone',
    fact: NESTED,
    before: rule('block'),
    is: ['widened', 'restores'],
    says: 'Rule r (priority 3, IP set partners) is gone: what it blocked goes on to the rules after it and the default action.',
  },
  {
    case: 'an allow rule is new',
    fact: NESTED,
    after: rule('allow'),
    is: ['widened', 'none'],
    says: 'Rule r (priority 3, IP set partners) is new and lets through what it matches: no rule after it looks at that.',
  },
  {
    case: 'an allow rule is gone',
    fact: NESTED,
    before: rule('allow'),
    is: ['narrowed', 'may-break'],
    says: 'Rule r (priority 3, IP set partners) is gone: what it let through now meets the rules after it and the default action.',
  },
  {
    case: 'a block of everybody who is not in a set',
    fact: NESTED,
    after: rule('block', { NotStatement: { Statement: inSet } }),
    is: ['narrowed', 'may-break'],
    says: 'Rule r (priority 3, not in IP set partners) is new and blocks what it matches.',
  },
  {
    case: 'a block by several things',
    fact: NESTED,
    after: rule('block', { AndStatement: { Statements: [geo, { NotStatement: { Statement: inSet } }] } }),
    is: ['narrowed', 'may-break'],
    says: 'Rule r (priority 3, not in IP set partners, and more) is new and blocks what it matches.',
  },
  {
    case: 'a rate-based rule is new',
    fact: 'aws-facts §6: RateBased/ScopeDown',
    after: rule('block', { RateBasedStatement: { Limit: 2000, EvaluationWindowSec: 300, ScopeDownStatement: inSet } }),
    is: ['narrowed', 'may-break'],
    says: 'Rule r (priority 3, IP set partners) is new and blocks what it matches beyond 2000 requests in 300 seconds.',
  },
  {
    case: 'a rule that asks for a proof is new',
    fact: 'SDK client-wafv2: CaptchaAction, ChallengeAction',
    after: rule('captcha'),
    is: ['narrowed', 'may-break'],
    says: 'Rule r (priority 3, IP set partners) is new and holds up what it matches with a captcha: programs do not get through.',
  },
  {
    case: 'a rule that only counts is new',
    fact: NESTED,
    after: rule('count'),
    is: ['same', 'none'],
    says: 'Rule r (priority 3, IP set partners) is new and only counts what it matches.',
  },
  {
    case: 'a rule that only counts is gone, and its labels were what others decide by',
    fact: 'SDK client-wafv2: LabelMatchStatement',
    before: rule('count', inSet, { labels: ['seen'] }),
    labelsCount: true,
    is: ['unknown', 'unknown'],
    says: 'Rule r (priority 3, IP set partners) is gone: it only counted, but other rules decide by labels, and it set some.',
  },
  {
    case: 'labels by which nobody decides',
    fact: 'SDK client-wafv2: LabelMatchStatement',
    before: rule('count', inSet, { labels: ['seen'] }),
    is: ['same', 'none'],
    says: 'Rule r (priority 3, IP set partners) is gone: it only counted.',
  },
  {
    case: 'a managed rule group is new',
    fact: GROUPS,
    after: rule('of-its-group', { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'Common' } }),
    is: ['narrowed', 'may-break'],
    says: 'Rule r (priority 3, rule group AWS/Common) is new: what the rules of its group block is refused.',
  },
  {
    case: 'a managed rule group is gone',
    fact: GROUPS,
    before: rule('of-its-group', { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'Common' } }),
    is: ['widened', 'restores'],
    says: 'Rule r (priority 3, rule group AWS/Common) is gone: what the rules of its group blocked goes on to the rules after it and the default action.',
  },
  {
    case: 'block becomes count',
    fact: NESTED,
    before: rule('block'),
    after: rule('count'),
    is: ['widened', 'restores'],
    says: 'Rule r (priority 3, IP set partners) does something else, block → count: it only counts what it blocked.',
  },
  {
    case: 'count becomes block',
    fact: NESTED,
    before: rule('count'),
    after: rule('block'),
    is: ['narrowed', 'may-break'],
    says: 'Rule r (priority 3, IP set partners) does something else, count → block: it blocks what it matches.',
  },
  {
    case: 'a group whose rules only counted is let act',
    fact: GROUPS,
    before: rule('count', { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'Common' } }),
    after: rule('of-its-group', { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'Common' } }),
    is: ['narrowed', 'may-break'],
    says: 'Rule r (priority 3, rule group AWS/Common) does something else, count → of its group: what the rules of its group block is refused.',
  },
  {
    case: 'a block rule matches something else',
    fact: NESTED,
    before: rule('block', geo),
    after: rule('block'),
    is: ['unknown', 'may-break'],
    says: 'Rule r (priority 3, IP set partners) matches something else than before: what it blocks moved, and how far cannot be told.',
  },
  {
    case: 'a rule that only counts matches something else',
    fact: NESTED,
    before: rule('count', geo),
    after: rule('count'),
    is: ['same', 'none'],
    says: 'Rule r (priority 3, IP set partners) matches something else than before; it only counts.',
  },
  {
    case: 'the answer of a block is another',
    fact: 'SDK client-wafv2: BlockAction.CustomResponse',
    before: rule('block'),
    after: rule('block', inSet, { handling: { CustomResponse: { ResponseCode: 429 } } }),
    is: ['same', 'none'],
    says: 'Rule r (priority 3, IP set partners) does the same to the same requests; how it answers or marks them changed.',
  },
  {
    case: 'the order of the rules is the same, only the numbers are others',
    fact: NESTED,
    before: rule('block'),
    after: { ...rule('block'), priority: 30 },
    is: ['same', 'none'],
    says: 'Rule r (priority 30, IP set partners) stands where it stood among the others (priority 3 → 30).',
  },
  {
    case: 'the order of the rules moved',
    fact: 'aws-facts §6: priority',
    before: rule('block'),
    after: { ...rule('block'), priority: 30 },
    isOrderMoved: true,
    is: ['unknown', 'may-break'],
    says: 'Rule r (priority 30, IP set partners) stands elsewhere among the others (priority 3 → 30): which rule decides first moved.',
  },
  {
    case: 'an action that nobody here knows',
    fact: 'SDK client-wafv2: RuleAction grows',
    after: rule('monetize'),
    is: ['unknown', 'unknown'],
    says: 'Rule r (priority 3, IP set partners) is new and does "monetize", which Plumbline does not know.',
  },
];
