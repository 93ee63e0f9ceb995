import { describe, expect, test } from 'vitest';
import { createReads } from '#aws/reads.ts';
import type { Breakage, Change, Exposure } from '#core/change.ts';
import { compareStates, createdChange, deletedChange } from '#core/comparison.ts';
import type { Json, JsonObject } from '#core/json.ts';
import { ABSENT, present, skipped, unreadable, type JsonReading } from '#core/reading.ts';
import type { State } from '#core/state.ts';
import { kindsById } from '#kinds';
import type { Kind } from '#kinds/kind.ts';
import { ACCOUNT, T0 } from '../builders.ts';

const kind = (): Kind => {
  const found = kindsById.get('waf-web-acl');
  if (found === undefined) throw new Error('waf-web-acl is not registered');
  return found;
};

const refIn = (region: string) => ({ account: ACCOUNT, region, kind: 'waf-web-acl', id: 'protection' });
const arn = (what: string, account = ACCOUNT): string => `arn:aws:wafv2:us-east-1:${account}:regional/${what}`;
const ACL = arn('webacl/protection/acl-1');
const SET = arn('ipset/deny/set-1');
const OWN_GROUP = arn('rulegroup/own/group-1');
const FOREIGN_GROUP = arn('rulegroup/central/group-2', '999988887777');
const BALANCER = `arn:aws:elasticloadbalancing:us-east-1:${ACCOUNT}:loadbalancer/app/web/84dc5457e450dba5`;
const API = 'arn:aws:apigateway:us-east-1::/restapis/a1b2c3/stages/prod';

const deny = { Name: 'deny', Priority: 0, Action: { Block: {} }, Statement: { IPSetReferenceStatement: { ARN: SET } } };
const runs = (Name: string, Priority: number, ARN: string) => ({
  Name,
  Priority,
  OverrideAction: { None: {} },
  Statement: { RuleGroupReferenceStatement: { ARN } },
});
const DENY: JsonObject = { priority: 0, action: 'block', statement: { IPSetReferenceStatement: { ARN: SET } } };
const RUNS = (priority: number, ARN: string): JsonObject => ({
  priority,
  action: 'of-its-group',
  statement: { RuleGroupReferenceStatement: { ARN } },
});

type Answers = Readonly<Record<string, object | string>>;

/** What the reader makes of these answers, by operation (and type of resource); a text is an error's name. */
async function readOf(answers: Answers, region = 'us-east-1', hint: JsonObject = { id: 'acl-1', arn: ACL }) {
  const asked: string[] = [];
  const send = ({ constructor, input }: { readonly constructor: { readonly name: string }; readonly input: Json }) => {
    const operation = constructor.name.replace(/Command$/, '');
    const { ResourceType, ARN, Scope } = input as { ResourceType?: string; ARN?: string; Scope?: string };
    const call = [operation, ResourceType ?? ARN ?? Scope].join(' ');
    asked.push(call);
    const answer = answers[call] ?? answers[operation] ?? {};
    return typeof answer === 'string'
      ? Promise.reject(Object.assign(new Error(answer), { name: answer, $metadata: { httpStatusCode: 400 } }))
      : Promise.resolve(answer);
  };
  const aws = createReads({
    account: ACCOUNT,
    clients: { for: () => ({ send }) as never },
    concurrency: 1,
    now: () => new Date(T0),
    pacing: { now: () => 0, random: () => 0, wait: () => Promise.resolve() },
  });
  const reader = await kind().reader();
  return { seen: await reader.read({ found: { ref: refIn(region), hint }, aws, context: {} }), asked };
}

const acl = (more: object = {}) => ({
  LockToken: 't-1',
  WebACL: { Name: 'protection', Id: 'acl-1', ARN: ACL, DefaultAction: { Allow: {} }, Rules: [deny], ...more },
});

describe('what is read of a web ACL (aws-facts §6)', () => {
  const cases: readonly {
    case: string;
    answers: Answers;
    region?: string;
    watched: Readonly<Record<string, JsonReading>>;
    asked?: readonly string[];
  }[] = [
    {
      case: 'its rules, its default action, and the load balancers and APIs behind it',
      answers: {
        GetWebACL: acl(),
        'ListResourcesForWebACL APPLICATION_LOAD_BALANCER': { ResourceArns: [BALANCER] },
        'ListResourcesForWebACL API_GATEWAY': { ResourceArns: [API] },
      },
      watched: {
        rules: present({ deny: DENY }),
        firewallManagerRules: present({}),
        ruleGroups: present({}),
        managedVersions: present({}),
        defaultAction: present('allow'),
        associations: present([API, BALANCER]),
      },
      asked: [
        'GetWebACL REGIONAL',
        'ListResourcesForWebACL APPLICATION_LOAD_BALANCER',
        'ListResourcesForWebACL API_GATEWAY',
      ],
    },
    {
      case: 'of CLOUDFRONT scope: what is behind it CloudFront is asked, and not WAF',
      answers: { GetWebACL: acl({ DefaultAction: { Block: { CustomResponse: { ResponseCode: 404 } } } }) },
      region: 'global',
      watched: {
        defaultAction: present({ action: 'block', handling: { CustomResponse: { ResponseCode: 404 } } }),
        associations: skipped('WAF does not tell which distributions use a web ACL; CloudFront does'),
      },
      asked: ['GetWebACL CLOUDFRONT'],
    },
    {
      case: 'the rules of a group of the account are read; those of another account are not known, and the group is there',
      answers: {
        GetWebACL: acl({ Rules: [runs('own', 1, OWN_GROUP), runs('central', 2, FOREIGN_GROUP)] }),
        GetRuleGroup: { RuleGroup: { Name: 'own', Rules: [deny] } },
      },
      watched: {
        rules: present({ own: RUNS(1, OWN_GROUP), central: RUNS(2, FOREIGN_GROUP) }),
        ruleGroups: present({
          [OWN_GROUP]: { rules: { deny: DENY } },
          [FOREIGN_GROUP]: { account: '999988887777', rules: null },
        }),
      },
      asked: [
        'GetWebACL REGIONAL',
        `GetRuleGroup ${OWN_GROUP}`,
        'ListResourcesForWebACL APPLICATION_LOAD_BALANCER',
        'ListResourcesForWebACL API_GATEWAY',
      ],
    },
    {
      case: 'the groups of Firewall Manager, first and last; one of them managed',
      answers: {
        GetWebACL: acl({
          PreProcessFirewallManagerRuleGroups: [
            {
              Name: 'central',
              Priority: 0,
              OverrideAction: { None: {} },
              FirewallManagerStatement: { RuleGroupReferenceStatement: { ARN: FOREIGN_GROUP } },
            },
          ],
          PostProcessFirewallManagerRuleGroups: [
            {
              Name: 'central',
              Priority: 0,
              OverrideAction: { Count: {} },
              FirewallManagerStatement: {
                ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'Common', Version: '2' },
              },
            },
          ],
        }),
      },
      watched: {
        firewallManagerRules: present({
          'first/central': RUNS(0, FOREIGN_GROUP),
          'last/central': {
            priority: 0,
            action: 'count',
            statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'Common' } },
          },
        }),
        ruleGroups: present({ [FOREIGN_GROUP]: { account: '999988887777', rules: null } }),
        managedVersions: present({ 'last/central': { group: 'AWS/Common', version: '2' } }),
      },
    },
    {
      case: 'a rule group that is refused: what its rules are is not known, and the rest is',
      answers: { GetWebACL: acl({ Rules: [runs('own', 1, OWN_GROUP)] }), GetRuleGroup: 'WAFInternalErrorException' },
      watched: {
        rules: present({ own: RUNS(1, OWN_GROUP) }),
        ruleGroups: unreadable('WAFInternalErrorException'),
        defaultAction: present('allow'),
      },
    },
    {
      case: 'what is behind it is refused for one type: not known',
      answers: {
        GetWebACL: acl(),
        'ListResourcesForWebACL APPLICATION_LOAD_BALANCER': { ResourceArns: [BALANCER] },
        'ListResourcesForWebACL API_GATEWAY': 'AccessDeniedException',
      },
      watched: { associations: unreadable('AccessDeniedException'), rules: present({ deny: DENY }) },
    },
    {
      case: 'all is refused but what is behind it, which the ARN of the list is enough for',
      answers: {
        GetWebACL: 'AccessDeniedException',
        'ListResourcesForWebACL APPLICATION_LOAD_BALANCER': { ResourceArns: [BALANCER] },
      },
      watched: {
        rules: unreadable('AccessDeniedException'),
        firewallManagerRules: unreadable('AccessDeniedException'),
        ruleGroups: unreadable('AccessDeniedException'),
        managedVersions: unreadable('AccessDeniedException'),
        defaultAction: unreadable('AccessDeniedException'),
        associations: present([BALANCER]),
      },
    },
    {
      case: 'an answer with no web ACL in it',
      answers: { GetWebACL: { LockToken: 't' } },
      watched: { rules: unreadable('MalformedAnswer'), defaultAction: unreadable('MalformedAnswer') },
    },
  ];

  test.each(cases)('$case', async ({ answers, region, watched, asked }) => {
    const read = await readOf(answers, region);
    expect(read.seen).toMatchObject({ seen: 'state', state: { shape: 1, watched } });
    if (asked !== undefined) expect(read.asked).toEqual(asked);
  });

  test('what is carried beside it', async () => {
    const { seen } = await readOf({ GetWebACL: acl({ Description: 'front', ManagedByFirewallManager: true }) });
    expect(seen).toMatchObject({
      state: {
        carried: { id: 'acl-1', arn: ACL, description: 'front', lockToken: 't-1', managedByFirewallManager: true },
      },
    });
  });

  test('one that is gone, also under its name', async () =>
    expect((await readOf({ GetWebACL: 'WAFNonexistentItemException' })).seen).toMatchObject({
      seen: 'gone',
      code: 'WAFNonexistentItemException',
    }));

  test('its id is found by its name where an event named the ARN alone', async () => {
    const listed = { WebACLs: [{ Name: 'protection', Id: 'acl-1', ARN: ACL, LockToken: 't-1' }] };
    const { seen, asked } = await readOf({ ListWebACLs: listed, GetWebACL: acl() }, 'us-east-1', {});
    expect([seen.seen, asked.slice(0, 2)]).toEqual(['state', ['ListWebACLs REGIONAL', 'GetWebACL REGIONAL']]);
  });
});

const stateWith = (watched: Readonly<Record<string, JsonReading>>): State => ({
  ref: refIn('us-east-1'),
  shape: 1,
  takenAt: T0,
  watched: {
    rules: present({ deny: DENY }),
    firewallManagerRules: present({}),
    ruleGroups: present({}),
    managedVersions: present({}),
    defaultAction: present('allow'),
    associations: present([BALANCER]),
    ...watched,
  },
  carried: {},
});

describe('what a change of a web ACL does', () => {
  const group = (rules: Json, more: JsonObject = {}): JsonReading => present<Json>({ [OWN_GROUP]: { rules, ...more } });
  const version = (text: string | null): JsonReading =>
    present<Json>({ common: { group: 'AWS/Common', version: text } });
  const common = { common: { priority: 1, action: 'of-its-group', statement: { ManagedRuleGroupStatement: {} } } };

  const cases: readonly {
    case: string;
    before: Readonly<Record<string, JsonReading>>;
    after: Readonly<Record<string, JsonReading>>;
    is: readonly [Exposure, Breakage];
    says: readonly string[];
  }[] = [
    {
      case: 'a block rule is removed',
      before: {},
      after: { rules: present({}) },
      is: ['widened', 'restores'],
      says: [
        'Rule deny (priority 0, IP set deny) is gone: what it blocked goes on to the rules after it and the default action.',
      ],
    },
    {
      case: 'a rule of Firewall Manager is added',
      before: {},
      after: { firewallManagerRules: present({ 'first/central': RUNS(0, FOREIGN_GROUP) }) },
      is: ['narrowed', 'may-break'],
      says: [
        'Rule first/central (priority 0, rule group central) is new: what the rules of its group block is refused.',
      ],
    },
    {
      case: 'a rule of a rule group stops blocking',
      before: { ruleGroups: group({ deny: DENY }) },
      after: { ruleGroups: group({ deny: { ...DENY, action: 'count' } }) },
      is: ['widened', 'restores'],
      says: [
        'Rule group own: Rule deny (priority 0, IP set deny) does something else, block → count: it only counts what it blocked.',
      ],
    },
    {
      case: 'the rules of a group are not known any more',
      before: { ruleGroups: group({ deny: DENY }) },
      after: { ruleGroups: group(null, { account: '999988887777' }) },
      is: ['unknown', 'unknown'],
      says: ["Rule group own is another account's: what its rules do is not known."],
    },
    {
      case: 'a version is pinned no more',
      before: { rules: present(common), managedVersions: version('Version_1.4') },
      after: { rules: present(common), managedVersions: version(null) },
      is: ['unknown', 'may-break'],
      says: [
        'The rules of AWS/Common in rule common are those of another version: Version_1.4 → default; its provider may move the default version, and no call in this account tells of it.',
      ],
    },
    {
      case: 'the default action becomes block',
      before: {},
      after: { defaultAction: present('block') },
      is: ['narrowed', 'breaks'],
      says: ['Whoever no rule lets through is refused from now on: the default action is block.'],
    },
    {
      case: 'the default action becomes allow',
      before: { defaultAction: present({ action: 'block', handling: { CustomResponse: { ResponseCode: 404 } } }) },
      after: {},
      is: ['widened', 'restores'],
      says: ['Whoever no rule blocks is let through from now on: the default action is allow.'],
    },
    {
      case: 'the default action answers otherwise',
      before: { defaultAction: present('block') },
      after: { defaultAction: present({ action: 'block', handling: { CustomResponse: { ResponseCode: 404 } } }) },
      is: ['same', 'none'],
      says: ['The default action is block as before; how it answers changed.'],
    },
    {
      case: 'a load balancer leaves, an API comes',
      before: {},
      after: { associations: present([API]) },
      is: ['widened', 'may-break'],
      says: [
        'The load balancer web is not behind this web ACL any more: none of its rules looks at what goes there.',
        'The API a1b2c3 (stage prod) is behind this web ACL from now on: its rules decide who gets through, and no other web ACL does.',
      ],
    },
  ];

  test.each(cases)('$case', ({ before, after, is, says }) => {
    const [was, now] = [stateWith(before), stateWith(after)];
    const changes = judgedOf(compareStates(kind(), was, now).changes, was, now);
    expect(changes.map(({ exposure, breakage }) => [exposure, breakage])).toEqual([is]);
    expect(changes.flatMap(({ effects = [] }) => effects)).toEqual(says);
  });

  test('two rules change places: each is told, and that the order moved', () => {
    const allow = { ...DENY, action: 'allow', statement: { GeoMatchStatement: { CountryCodes: ['DE'] } } };
    const was = stateWith({
      rules: present<Json>({ deny: { ...DENY, priority: 0 }, allow: { ...allow, priority: 1 } }),
    });
    const now = stateWith({
      rules: present<Json>({ deny: { ...DENY, priority: 2 }, allow: { ...allow, priority: 1 } }),
    });
    const changes = judgedOf(compareStates(kind(), was, now).changes, was, now);
    expect(changes.map(({ path, breakage }) => [path, breakage])).toEqual([['rules.deny', 'may-break']]);
  });

  const existence: readonly { case: string; behind: JsonReading; created: string; deleted: string; says: string }[] = [
    {
      case: 'nothing is behind it',
      behind: present([]),
      created: 'same none',
      deleted: 'same none',
      says: 'No load balancer and no API is behind it.',
    },
    {
      case: 'a load balancer is',
      behind: present([BALANCER]),
      created: 'narrowed may-break',
      deleted: 'widened none',
      says: 'Its rules decide who gets through to: load balancer web.',
    },
    {
      case: 'what is, CloudFront tells',
      behind: skipped('CloudFront tells'),
      created: 'unknown unknown',
      deleted: 'unknown unknown',
      says: 'What is behind it is not known.',
    },
  ];
  test.each(existence)('it comes or goes, and $case', ({ behind, created, deleted, says }) => {
    const state = stateWith({ associations: behind });
    const [made] = judgedOf([createdChange(kind().declaration)], undefined, state);
    const [gone] = judgedOf([deletedChange(kind().declaration)], state, undefined);
    expect([`${made?.exposure} ${made?.breakage}`, `${gone?.exposure} ${gone?.breakage}`]).toEqual([created, deleted]);
    expect(made?.effects).toEqual([says]);
  });
});

function judgedOf(changes: readonly Change[], before: State | undefined, after: State | undefined): readonly Change[] {
  const contexts = { before: {}, after: {} };
  return kind().judge?.changes(changes, { before, after, contexts }) ?? [];
}

describe('the way back', () => {
  const wayBack = (changes: readonly Change[]) =>
    kind().advice.wayBack({
      ref: refIn('us-east-1'),
      accepted: { ...stateWith({}), carried: { id: 'acl-1', arn: ACL } },
      changes,
      partition: 'aws',
    });
  const change = (path: string, before: JsonReading, after: JsonReading): Change => ({
    path,
    before,
    after,
    exposure: 'unknown',
    breakage: 'unknown',
    says: '',
    check: '',
  });

  test('of what is behind it', () =>
    expect(wayBack([change('associations', present([BALANCER]), present([API]))])).toEqual({
      commands: [
        `aws wafv2 associate-web-acl --web-acl-arn ${ACL} --resource-arn ${BALANCER} --region us-east-1`,
        `aws wafv2 disassociate-web-acl --resource-arn ${API} --region us-east-1`,
      ],
      note: 'a resource has one web ACL: associating takes it from another, and disassociating leaves it with none',
    }));

  test('of its rules', () =>
    expect(wayBack([change('rules.deny', present(DENY), ABSENT)])).toEqual({
      commands: ['aws wafv2 get-web-acl --name protection --scope REGIONAL --region us-east-1 --id acl-1'],
      note: 'put back in what that shows what "plumbline baseline show protection --json" has, then aws wafv2 update-web-acl with its lock token: an update replaces the default action and every rule, so leave none out',
    }));

  test('of its deletion', () =>
    expect(wayBack([change('exists', present(true), ABSENT)])).toEqual({
      commands: [],
      note: 'a new web ACL of the same name is another one: what was behind the old one is not behind it until it is associated',
    }));

  test('hostile names stay one word of a command', () => {
    const hostile = "x'; exit 7; '";
    const { commands } = kind().advice.wayBack({
      ref: { ...refIn('us-east-1'), id: hostile },
      accepted: { ...stateWith({}), carried: { id: hostile, arn: hostile } },
      changes: [change('defaultAction', present('allow'), present('block'))],
      partition: 'aws',
    });
    expect(commands).toEqual([
      `aws wafv2 get-web-acl --name 'x'\\''; exit 7; '\\''' --scope REGIONAL --region us-east-1 --id 'x'\\''; exit 7; '\\'''`,
    ]);
  });
});
