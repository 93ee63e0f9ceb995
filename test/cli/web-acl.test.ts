import { describe, expect, test } from 'vitest';
import type { World } from '../aws-double/world.ts';
import { acceptAllIn, blindIn, changesIn, scanIn } from './account.ts';
import { useDouble } from './on-double.ts';

const on = useDouble();

const set = { name: 'deny', id: 'set-1', addresses: ['203.0.113.0/24'], version: 'IPV4' as const, lockToken: 's-1' };
const SET = 'arn:aws:wafv2:us-east-1:111122223333:regional/ipset/deny/set-1';
const GROUP = 'arn:aws:wafv2:us-east-1:111122223333:regional/rulegroup/own/group-1';
const BALANCER = 'arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/web/84dc5457e450dba5';
const deny = { Name: 'deny', Priority: 0, Action: { Block: {} }, Statement: { IPSetReferenceStatement: { ARN: SET } } };
const own = {
  Name: 'own',
  Priority: 1,
  OverrideAction: { None: {} },
  Statement: { RuleGroupReferenceStatement: { ARN: GROUP } },
};
const front = { name: 'front', id: 'acl-1', lockToken: 'w-1', defaultAction: 'Allow' as const };

const worldOf = (more: Partial<World> = {}): Partial<World> => ({
  ipSets: { 'REGIONAL/us-east-1': [set] },
  webAcls: {
    'REGIONAL/us-east-1': [{ ...front, rules: [deny, own], behind: { APPLICATION_LOAD_BALANCER: [BALANCER] } }],
    'CLOUDFRONT/us-east-1': [{ ...front, rules: [] }],
  },
  ruleGroups: { [GROUP]: [deny] },
  ...more,
});

describe('web ACLs over HTTP', () => {
  test('nothing moved: nothing is told', async () => {
    await on.double.show(worldOf());
    await acceptAllIn(on.shell);
    const { code, report } = await scanIn(on.shell);
    expect([code, changesIn(report), report.counts.resources['waf-web-acl']]).toEqual([0, [], 2]);
  });

  test('a rule, the default action, a rule in a group and a load balancer: each is told', async () => {
    await on.double.show(worldOf());
    await acceptAllIn(on.shell);
    await on.double.show(
      worldOf({
        webAcls: {
          'REGIONAL/us-east-1': [{ ...front, defaultAction: 'Block', rules: [own], behind: {} }],
          'CLOUDFRONT/us-east-1': [{ ...front, rules: [] }],
        },
        ruleGroups: { [GROUP]: [] },
      }),
    );
    const { code, report } = await scanIn(on.shell);
    expect([code, changesIn(report)]).toEqual([
      1,
      [
        'waf-web-acl/front#rules.deny',
        `waf-web-acl/front#ruleGroups.${GROUP}`,
        'waf-web-acl/front#defaultAction',
        'waf-web-acl/front#associations',
      ],
    ]);
  });

  test('a refused read is not known, and nothing is said to have gone', async () => {
    await on.double.show(worldOf());
    await acceptAllIn(on.shell);
    await on.double.misbehave({ refuse: [{ call: 'GetRuleGroup', code: 'AccessDeniedException', status: 400 }] });
    const { code, report } = await scanIn(on.shell);
    expect([code, changesIn(report), blindIn(report)]).toEqual([2, [], ['front#ruleGroups AccessDeniedException']]);
  });
});
