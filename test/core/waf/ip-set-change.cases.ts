import type { Breakage, Exposure } from '#core/change.ts';
import type { Json, JsonObject } from '#core/json.ts';
import type { JsonReading } from '#core/reading.ts';

/** A change of the IP set `list`, the web ACLs of its region, and what it does to whoever is in what came or went. */
export interface IpSetCase {
  readonly case: string;
  readonly fact: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly acls: readonly Acl[];
  /** Other sets, by name. */
  readonly sets?: Readonly<Record<string, readonly string[]>>;
  readonly networks?: readonly { readonly name: string; readonly ranges: readonly string[]; readonly owner?: string }[];
  readonly mirrors?: readonly (readonly string[])[];
  /** The list of web ACLs was whole; it is unless said. */
  readonly isListed?: boolean;
  readonly is: readonly [Exposure, Breakage];
  readonly says: readonly string[];
  /** `title: before → after`, with `(seen)` where somebody is known to be there. */
  readonly flips?: readonly string[];
}

export interface Acl {
  readonly name: string;
  readonly rules?: JsonObject | JsonReading;
  readonly first?: JsonObject;
  readonly last?: JsonObject;
  readonly groups?: JsonObject | JsonReading;
  readonly defaultAction?: Json;
  readonly behind?: readonly string[];
  /** Distributions that name it as theirs. */
  readonly distributions?: readonly string[];
}

export const arnOf = (what: string, name: string, account = '111122223333'): string =>
  `arn:aws:wafv2:us-east-1:${account}:regional/${what}/${name}/id-of-${name}`;

const inSet = (name: string): JsonObject => ({ IPSetReferenceStatement: { ARN: arnOf('ipset', name) } });
const not = (statement: JsonObject): JsonObject => ({ NotStatement: { Statement: statement } });
const all = (...statements: readonly JsonObject[]): JsonObject => ({ AndStatement: { Statements: statements } });
const any = (...statements: readonly JsonObject[]): JsonObject => ({ OrStatement: { Statements: statements } });
const ADMIN: JsonObject = { ByteMatchStatement: { SearchString: '/admin' } };
const managed = (more: JsonObject = {}): JsonObject => ({
  ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'Common', ...more },
});
const own = (more: JsonObject = {}): JsonObject => ({
  RuleGroupReferenceStatement: { ARN: arnOf('rulegroup', 'own'), ...more },
});
const rule = (priority: number, action: string, ...[statement, more = {}]: readonly JsonObject[]): JsonObject => ({
  priority,
  action,
  statement: statement ?? {},
  ...more,
});
const labelled = (key: string, scope = 'LABEL'): JsonObject => ({ LabelMatchStatement: { Scope: scope, Key: key } });
const labels = (...names: readonly string[]): JsonObject => ({ labels: names });
const BALANCER = 'arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/web/84dc5457e450dba5';

const NESTED = 'aws-facts §6: references at any nesting, note rule Action + priority + Not-nesting';
const GROUPS = 'aws-facts §6: web ACLs may reference rule groups';
const LABELS =
  'WAF developer guide, rules that match labels: by the end of a label in its own context, or by the whole of it';
const REPLACES = 'aws-facts §6: UpdateIPSet replaces the full address list';
const MERGED = 'aws-facts §6: overlap ≠ duplicate, compare the merged ranges';
const NONE = ['same', 'none'] as const;

const OLD = '198.51.100.0/24';
const NEW = '203.0.113.0/24';
const added = { before: [OLD], after: [OLD, NEW] };
const removed = { before: [OLD, NEW], after: [OLD] };
const denies = (more: Partial<Acl> = {}): Acl => ({
  name: 'front',
  behind: [BALANCER],
  rules: { deny: rule(0, 'block', inSet('list')) },
  ...more,
});
const OFFICE = [{ name: 'office egress', ranges: ['203.0.113.7/32'], owner: 'platform' }];
const THROUGH = 'through web ACL front';

export const IP_SET_CHANGES: readonly IpSetCase[] = [
  {
    case: 'added to a block list',
    fact: NESTED,
    ...added,
    acls: [denies()],
    is: ['narrowed', 'may-break'],
    says: [
      'Web ACL front (load balancer web), for 203.0.113.0/24, which was added: rule deny (priority 0, IP set list) refuses it from now on; the default action let it through before.',
    ],
    flips: [`Request from an added address ${THROUGH}: allowed → 403 Forbidden`],
  },
  {
    case: 'added to a block list, and somebody is known to be there',
    fact: NESTED,
    ...added,
    acls: [denies()],
    networks: OFFICE,
    is: ['narrowed', 'breaks'],
    says: [
      'Web ACL front (load balancer web), for 203.0.113.0/24, which was added: rule deny (priority 0, IP set list) refuses it from now on; the default action let it through before. That covers addresses of office egress (platform).',
    ],
    flips: [`Request from an added address ${THROUGH}: allowed → 403 Forbidden (seen)`],
  },
  {
    case: 'of a web ACL that distributions name as theirs',
    fact: 'aws-facts §6: CloudFront tells which distributions use a web ACL, and WAF does not',
    ...added,
    acls: [denies({ behind: [], distributions: ['E1EXAMPLE', 'E2EXAMPLE'] })],
    is: ['narrowed', 'may-break'],
    says: [
      'Web ACL front (distribution E1EXAMPLE, distribution E2EXAMPLE), for 203.0.113.0/24, which was added: rule deny (priority 0, IP set list) refuses it from now on; the default action let it through before.',
    ],
    flips: [`Request from an added address ${THROUGH}: allowed → 403 Forbidden`],
  },
  {
    case: 'taken out of a block list',
    fact: NESTED,
    ...removed,
    acls: [denies()],
    is: ['widened', 'restores'],
    says: [
      'Web ACL front (load balancer web), for 203.0.113.0/24, which was taken out: rule deny (priority 0, IP set list) refuses it no more; the default action lets it through.',
    ],
    flips: [`Request from a removed address ${THROUGH}: 403 Forbidden → allowed`],
  },
  {
    case: 'added to an allow list where everybody else is refused',
    fact: NESTED,
    ...added,
    acls: [denies({ defaultAction: 'block', rules: { office: rule(0, 'allow', inSet('list')) } })],
    is: ['widened', 'restores'],
    says: [
      'Web ACL front (load balancer web), for 203.0.113.0/24, which was added: the default action refuses it no more; rule office (priority 0, IP set list) lets it through.',
    ],
    flips: [`Request from an added address ${THROUGH}: 403 Forbidden → allowed`],
  },
  {
    case: 'taken out of an allow list where everybody else is refused',
    fact: NESTED,
    ...removed,
    acls: [denies({ defaultAction: 'block', rules: { office: rule(0, 'allow', inSet('list')) } })],
    is: ['narrowed', 'may-break'],
    says: [
      'Web ACL front (load balancer web), for 203.0.113.0/24, which was taken out: the default action refuses it from now on; rule office (priority 0, IP set list) let it through before.',
    ],
    flips: [`Request from a removed address ${THROUGH}: allowed → 403 Forbidden`],
  },
  {
    case: 'added under an allow rule: the rules after it look at it no more',
    fact: 'aws-facts §6: an allow decides; priority',
    ...added,
    acls: [
      denies({
        rules: { office: rule(0, 'allow', inSet('list')), common: rule(1, 'of-its-group', managed()) },
      }),
    ],
    is: ['widened', 'none'],
    says: [
      'Web ACL front (load balancer web), for 203.0.113.0/24, which was added: rule office (priority 0, IP set list) lets it through, so rule common (priority 1, rule group AWS/Common) looks at it no more.',
    ],
    flips: [`Request from an added address ${THROUGH}, where rule common refuses: 403 Forbidden → allowed`],
  },
  {
    case: 'taken out of an allow list that spared it from a managed group',
    fact: GROUPS,
    ...removed,
    acls: [
      denies({
        rules: { office: rule(0, 'allow', inSet('list')), common: rule(1, 'of-its-group', managed()) },
      }),
    ],
    is: ['narrowed', 'may-break'],
    says: [
      'Web ACL front (load balancer web), for 203.0.113.0/24, which was taken out: the rules of the group of rule common (priority 1, rule group AWS/Common) may refuse it from now on.',
    ],
    flips: [`Request from a removed address ${THROUGH}, where rule common refuses: allowed → 403 Forbidden`],
  },
  {
    case: 'added under an allow rule after which nothing refuses',
    fact: NESTED,
    ...added,
    acls: [denies({ rules: { office: rule(0, 'allow', inSet('list')) } })],
    is: NONE,
    says: ['Web ACL front (load balancer web), for 203.0.113.0/24, which was added: it is let through as before.'],
  },
  {
    case: 'a rule before it decides all the same',
    fact: 'aws-facts §6: priority',
    ...added,
    acls: [denies({ rules: { office: rule(0, 'allow', inSet('office')), deny: rule(5, 'block', inSet('list')) } })],
    sets: { office: ['203.0.112.0/23'] },
    is: NONE,
    says: [
      'Web ACL front (load balancer web), for 203.0.113.0/24, which was added: it is let through as before, by rule office (priority 0, IP set office), which stands before rule deny (priority 5, IP set list).',
    ],
  },
  {
    case: 'a rule before it decides for a part',
    fact: MERGED,
    ...added,
    acls: [denies({ rules: { office: rule(0, 'allow', inSet('office')), deny: rule(5, 'block', inSet('list')) } })],
    sets: { office: ['203.0.113.0/25'] },
    is: ['narrowed', 'may-break'],
    says: [
      'Web ACL front (load balancer web), for 203.0.113.0/25, which was added: it is let through as before, by rule office (priority 0, IP set office), which stands before rule deny (priority 5, IP set list).',
      'Web ACL front (load balancer web), for 203.0.113.128/25, which was added: rule deny (priority 5, IP set list) refuses it from now on; the default action let it through before.',
    ],
    flips: [`Request from an added address ${THROUGH}: allowed → 403 Forbidden`],
  },
  {
    case: 'a rule before it whose set could not be read may decide',
    fact: NESTED,
    ...added,
    acls: [denies({ rules: { office: rule(0, 'allow', inSet('unread')), deny: rule(5, 'block', inSet('list')) } })],
    is: ['narrowed', 'may-break'],
    says: [
      'Web ACL front (load balancer web), for 203.0.113.0/24, which was added: rule deny (priority 5, IP set list) refuses it from now on.',
    ],
    flips: [`Request from an added address ${THROUGH}, where rule deny refuses: allowed → 403 Forbidden`],
  },
  {
    case: 'a Not turns it round: everybody but the list is refused',
    fact: NESTED,
    ...added,
    acls: [denies({ rules: { deny: rule(0, 'block', not(inSet('list'))) } })],
    is: ['widened', 'restores'],
    says: [
      'Web ACL front (load balancer web), for 203.0.113.0/24, which was added: rule deny (priority 0, not in IP set list) refuses it no more; the default action lets it through.',
    ],
    flips: [`Request from an added address ${THROUGH}: 403 Forbidden → allowed`],
  },
  {
    case: 'the same, and taken out',
    fact: NESTED,
    ...removed,
    acls: [denies({ rules: { deny: rule(0, 'block', not(inSet('list'))) } })],
    is: ['narrowed', 'may-break'],
    says: [
      'Web ACL front (load balancer web), for 203.0.113.0/24, which was taken out: rule deny (priority 0, not in IP set list) refuses it from now on; the default action let it through before.',
    ],
    flips: [`Request from a removed address ${THROUGH}: allowed → 403 Forbidden`],
  },
  {
    case: 'two Nots are none',
    fact: NESTED,
    ...added,
    acls: [denies({ rules: { deny: rule(0, 'block', not(not(inSet('list')))) } })],
    is: ['narrowed', 'may-break'],
    says: [
      'Web ACL front (load balancer web), for 203.0.113.0/24, which was added: rule deny (priority 0, IP set list) refuses it from now on; the default action let it through before.',
    ],
    flips: [`Request from an added address ${THROUGH}: allowed → 403 Forbidden`],
  },
  {
    case: 'only with something else besides',
    fact: NESTED,
    ...added,
    acls: [denies({ rules: { admin: rule(0, 'block', all(inSet('list'), ADMIN)) } })],
    networks: OFFICE,
    is: ['narrowed', 'may-break'],
    says: [
      'Web ACL front (load balancer web), for 203.0.113.0/24, which was added: rule admin (priority 0, IP set list, and more) refuses it from now on where the rest of the rule is met. That covers addresses of office egress (platform).',
    ],
    flips: [`Request from an added address ${THROUGH}, where rule admin refuses: allowed → 403 Forbidden`],
  },
  {
    case: 'in one of two sets: it was in the other before',
    fact: NESTED,
    ...added,
    acls: [denies({ rules: { deny: rule(0, 'block', any(inSet('list'), inSet('twin'))) } })],
    sets: { twin: [NEW] },
    is: NONE,
    says: [
      'Web ACL front (load balancer web), for 203.0.113.0/24, which was added: it is refused as before, by rule deny (priority 0, IP set list, IP set twin).',
    ],
  },
  {
    case: 'limited, and not refused',
    fact: 'aws-facts §6: RateBased/ScopeDown',
    ...added,
    acls: [
      denies({
        rules: {
          limit: rule(0, 'block', {
            RateBasedStatement: { Limit: 100, EvaluationWindowSec: 60, ScopeDownStatement: inSet('list') },
          }),
        },
      }),
    ],
    is: ['narrowed', 'may-break'],
    says: [
      'Web ACL front (load balancer web), for 203.0.113.0/24, which was added: rule limit (priority 0, IP set list) refuses it from now on beyond 100 requests in 60 seconds.',
    ],
    flips: [`Request from an added address ${THROUGH}, where rule limit refuses: allowed → 403 Forbidden`],
  },
  {
    case: 'taken out of those whom a managed group looks at',
    fact: 'aws-facts §6: ManagedRuleGroup ScopeDown',
    ...removed,
    acls: [denies({ rules: { common: rule(0, 'of-its-group', managed({ ScopeDownStatement: inSet('list') })) } })],
    is: ['widened', 'none'],
    says: [
      'Web ACL front (load balancer web), for 203.0.113.0/24, which was taken out: the rules of the group of rule common (priority 0, rule group AWS/Common) may refuse it no more.',
    ],
    flips: [`Request from a removed address ${THROUGH}, where rule common refuses: 403 Forbidden → allowed`],
  },
  {
    case: 'spared from a managed group by a Not in its scope-down',
    fact: 'aws-facts §6: ManagedRuleGroup ScopeDown, Not-nesting',
    ...added,
    acls: [denies({ rules: { common: rule(0, 'of-its-group', managed({ ScopeDownStatement: not(inSet('list')) })) } })],
    is: ['widened', 'none'],
    says: [
      'Web ACL front (load balancer web), for 203.0.113.0/24, which was added: the rules of the group of rule common (priority 0, rule group AWS/Common) may refuse it no more.',
    ],
    flips: [`Request from an added address ${THROUGH}, where rule common refuses: 403 Forbidden → allowed`],
  },
  {
    case: 'only counted',
    fact: NESTED,
    ...added,
    acls: [denies({ rules: { seen: rule(0, 'count', inSet('list')) } })],
    is: NONE,
    says: [
      'Web ACL front (load balancer web), for 203.0.113.0/24, which was added: it is let through as before; rule seen (priority 0, IP set list) only counts it.',
    ],
  },
  {
    case: 'counted and labelled, and a later rule blocks the label',
    fact: LABELS,
    ...added,
    acls: [
      denies({
        rules: {
          mark: rule(0, 'count', inSet('list'), labels('bad:ip')),
          deny: rule(1, 'block', labelled('ip')),
        },
      }),
    ],
    networks: OFFICE,
    is: ['narrowed', 'breaks'],
    says: [
      'Web ACL front (load balancer web), for 203.0.113.0/24, which was added: rule deny (priority 1) refuses it from now on; the default action let it through before; rule mark (priority 0, IP set list) marks it. That covers addresses of office egress (platform).',
    ],
    flips: [`Request from an added address ${THROUGH}: allowed → 403 Forbidden (seen)`],
  },
  {
    case: 'the same, taken out, by the namespace of the label',
    fact: LABELS,
    ...removed,
    acls: [
      denies({
        rules: {
          mark: rule(0, 'count', inSet('list'), labels('bad:ip')),
          deny: rule(1, 'block', labelled('bad', 'NAMESPACE')),
        },
      }),
    ],
    is: ['widened', 'restores'],
    says: [
      'Web ACL front (load balancer web), for 203.0.113.0/24, which was taken out: rule deny (priority 1) refuses it no more; the default action lets it through; rule mark (priority 0, IP set list) marks it no more.',
    ],
    flips: [`Request from a removed address ${THROUGH}: 403 Forbidden → allowed`],
  },
  {
    case: 'counted and labelled, and a later rule blocks whoever has another label, or asks before',
    fact: LABELS,
    ...added,
    acls: [
      denies({
        rules: {
          early: rule(0, 'block', labelled('bad:ip')),
          mark: rule(1, 'count', inSet('list'), labels('bad:ip')),
          deny: rule(2, 'block', labelled('other:ip')),
        },
      }),
    ],
    is: NONE,
    says: [
      'Web ACL front (load balancer web), for 203.0.113.0/24, which was added: nothing changes in who gets through; rule mark (priority 1, IP set list) only counts it.',
    ],
  },
  {
    case: 'counted and labelled in a rule group, and a rule of the web ACL blocks the whole label and more',
    fact: LABELS,
    ...added,
    acls: [
      denies({
        rules: {
          group: rule(0, 'of-its-group', own()),
          deny: rule(1, 'block', all(labelled('awswaf:111122223333:rulegroup:own:bad:ip'), ADMIN)),
          near: rule(2, 'block', labelled('bad:ip')),
        },
        groups: {
          [arnOf('rulegroup', 'own')]: { rules: { mark: rule(0, 'count', inSet('list'), labels('bad:ip')) } },
        },
      }),
    ],
    is: ['narrowed', 'may-break'],
    says: [
      'Web ACL front (load balancer web), for 203.0.113.0/24, which was added: rule deny (priority 1) refuses it from now on where the rest of the rule is met; rule mark (priority 0, IP set list) in rule group (priority 0, rule group own) marks it.',
    ],
    flips: [`Request from an added address ${THROUGH}, where rule deny refuses: allowed → 403 Forbidden`],
  },
  {
    case: 'looked at by a managed group that counts, whose labels a later rule blocks',
    fact: LABELS,
    ...added,
    acls: [
      denies({
        rules: {
          common: rule(0, 'count', managed({ ScopeDownStatement: inSet('list') })),
          deny: rule(1, 'block', labelled('awswaf:managed:aws:core-rule-set:', 'NAMESPACE')),
        },
      }),
    ],
    is: ['narrowed', 'may-break'],
    says: [
      'Web ACL front (load balancer web), for 203.0.113.0/24, which was added: rule deny (priority 1) refuses it from now on where the rest of the rule is met; rule common (priority 0, rule group AWS/Common) marks it.',
    ],
    flips: [`Request from an added address ${THROUGH}, where rule deny refuses: allowed → 403 Forbidden`],
  },
  {
    case: 'held up with a captcha',
    fact: 'SDK client-wafv2: CaptchaAction',
    ...added,
    acls: [denies({ rules: { proof: rule(0, 'captcha', inSet('list')) } })],
    is: ['narrowed', 'may-break'],
    says: [
      'Web ACL front (load balancer web), for 203.0.113.0/24, which was added: rule proof (priority 0, IP set list) holds it up with a captcha from now on.',
    ],
    flips: [`Request from an added address ${THROUGH}, where it shows no proof: allowed → 405 Captcha`],
  },
  {
    case: 'refused with an answer of its own',
    fact: 'SDK client-wafv2: CustomResponse.ResponseCode',
    ...added,
    acls: [
      denies({
        rules: { deny: rule(0, 'block', inSet('list'), { handling: { CustomResponse: { ResponseCode: 429 } } }) },
      }),
    ],
    is: ['narrowed', 'may-break'],
    says: [
      'Web ACL front (load balancer web), for 203.0.113.0/24, which was added: rule deny (priority 0, IP set list) refuses it from now on; the default action let it through before.',
    ],
    flips: [`Request from an added address ${THROUGH}: allowed → 429 Custom`],
  },
  {
    case: 'inside a rule group of the account',
    fact: GROUPS,
    ...added,
    acls: [
      denies({
        rules: { group: rule(2, 'of-its-group', own()) },
        groups: { [arnOf('rulegroup', 'own')]: { rules: { deny: rule(0, 'block', inSet('list')) } } },
      }),
    ],
    is: ['narrowed', 'may-break'],
    says: [
      'Web ACL front (load balancer web), for 203.0.113.0/24, which was added: rule deny (priority 0, IP set list) in rule group (priority 2, rule group own) refuses it from now on; the default action let it through before.',
    ],
    flips: [`Request from an added address ${THROUGH}: allowed → 403 Forbidden`],
  },
  {
    case: 'inside a rule group whose rule is overridden to count',
    fact: 'SDK client-wafv2: RuleActionOverrides',
    ...added,
    acls: [
      denies({
        rules: {
          group: rule(2, 'of-its-group', own({ RuleActionOverrides: [{ Name: 'deny', ActionToUse: { Count: {} } }] })),
        },
        groups: { [arnOf('rulegroup', 'own')]: { rules: { deny: rule(0, 'block', inSet('list')) } } },
      }),
    ],
    is: NONE,
    says: [
      'Web ACL front (load balancer web), for 203.0.113.0/24, which was added: it is let through as before; rule deny (priority 0, IP set list) in rule group (priority 2, rule group own) only counts it.',
    ],
  },
  {
    case: "a first rule of Firewall Manager's decides before the account's own",
    fact: GROUPS,
    ...added,
    acls: [
      denies({
        first: { 'first/central': rule(9, 'of-its-group', own()) },
        groups: { [arnOf('rulegroup', 'own')]: { rules: { allow: rule(0, 'allow', inSet('office')) } } },
      }),
    ],
    sets: { office: [NEW] },
    is: NONE,
    says: [
      'Web ACL front (load balancer web), for 203.0.113.0/24, which was added: it is let through as before, by rule allow (priority 0, IP set office) in rule first/central (priority 9, rule group own), which stands before rule deny (priority 0, IP set list).',
    ],
  },
  {
    case: 'a range inside one that was there covers nothing new',
    fact: MERGED,
    before: [NEW],
    after: [NEW, '203.0.113.7/32'],
    acls: [denies()],
    is: NONE,
    says: ['The set covers the same addresses as before.'],
  },
  {
    case: 'nobody refers to it',
    fact: 'aws-facts §6: scan every web ACL and rule group',
    ...added,
    acls: [denies({ rules: { other: rule(0, 'block', inSet('other')) } })],
    is: NONE,
    says: ['No web ACL that was read refers to it, so nobody meets anything else than before.'],
  },
  {
    case: 'nobody refers to it, as far as they could be listed',
    fact: 'design §1: not knowing is a value',
    ...added,
    acls: [],
    isListed: false,
    is: ['unknown', 'unknown'],
    says: ['Which web ACLs refer to it is not known: their list in us-east-1 is not complete.'],
    flips: ['Request through any other web ACL: not known → not known'],
  },
  {
    case: 'a web ACL could not be read',
    fact: 'design §1: not knowing is a value',
    ...added,
    acls: [{ name: 'dark', rules: { status: 'unreadable', code: 'AccessDenied' } }],
    is: ['unknown', 'unknown'],
    says: ['Whether web ACL dark refers to it is not known: its rules could not be read (AccessDenied).'],
    flips: ['Request through web ACL dark: not known → not known'],
  },
  {
    case: 'a web ACL runs a group of another account, whose rules nobody here knows',
    fact: 'aws-facts §6: rule groups shared by Firewall Manager',
    ...added,
    acls: [
      {
        name: 'front',
        rules: {},
        first: {
          'first/central': rule(0, 'of-its-group', {
            RuleGroupReferenceStatement: { ARN: arnOf('rulegroup', 'central', '999988887777') },
          }),
        },
        groups: { [arnOf('rulegroup', 'central', '999988887777')]: { account: '999988887777', rules: null } },
      },
    ],
    is: ['unknown', 'unknown'],
    says: ['Whether rule group central of web ACL front refers to it is not known: it is of account 999988887777.'],
    flips: ['Request through web ACL front: not known → not known'],
  },
  {
    case: 'most of a long list went in one change',
    fact: REPLACES,
    before: Array.from({ length: 180 }, (_, index) => `198.51.100.${index}/32`),
    after: ['198.51.100.0/32', '198.51.100.1/32', '198.51.100.2/32'],
    acls: [],
    is: NONE,
    says: [
      'The list went from 180 to 3 ranges in one change, and 177 of those that were there are gone: was it overwritten? An update replaces the whole list.',
      'No web ACL that was read refers to it, so nobody meets anything else than before.',
    ],
  },
  {
    case: 'half of a short list is no overwriting',
    fact: REPLACES,
    before: ['192.0.2.1/32', '192.0.2.2/32', '192.0.2.3/32'],
    after: ['192.0.2.1/32'],
    acls: [],
    is: NONE,
    says: ['No web ACL that was read refers to it, so nobody meets anything else than before.'],
  },
  {
    case: 'a list that is to be kept equal to another is not',
    fact: 'field §3.24: CLOUDFRONT and REGIONAL copies differ by 1',
    ...added,
    acls: [],
    sets: { twin: [OLD, '192.0.2.9/32'] },
    mirrors: [['us-east-1/waf-ip-set/list', 'us-east-1/waf-ip-set/twin']],
    is: NONE,
    says: [
      'No web ACL that was read refers to it, so nobody meets anything else than before.',
      'It is to be equal to us-east-1/waf-ip-set/twin and differs from it by 2 ranges: 1 only here (203.0.113.0/24), 1 only there (192.0.2.9/32).',
    ],
  },
  {
    case: 'a list that is equal to its twin again',
    fact: 'field §3.24',
    ...added,
    acls: [],
    sets: { twin: [NEW, OLD] },
    mirrors: [['us-east-1/waf-ip-set/twin', 'us-east-1/waf-ip-set/list']],
    is: NONE,
    says: [
      'No web ACL that was read refers to it, so nobody meets anything else than before.',
      'It is equal to us-east-1/waf-ip-set/twin, as it is to be.',
    ],
  },
  {
    case: 'a twin that was not read',
    fact: 'design §1: not knowing is a value',
    ...added,
    acls: [],
    mirrors: [['us-east-1/waf-ip-set/list', 'global/waf-ip-set/twin']],
    is: NONE,
    says: [
      'No web ACL that was read refers to it, so nobody meets anything else than before.',
      'It is to be equal to global/waf-ip-set/twin, of which nothing was read: whether it is, is not known.',
    ],
  },
];
