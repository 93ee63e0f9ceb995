import { describe, expect, test } from 'vitest';
import { contractOf, type ToolContract } from '#core/contract.ts';
import type { Actor } from '#core/event.ts';
import { ACCOUNT } from '../builders.ts';

const CENTER: ToolContract = {
  tool: 'AWS Security Command Center',
  is: { roles: ['SecurityTooling'] },
  mayChange: ['global/waf-ip-set/cloudfront-deny-list', 'waf-ip-set/alb-deny-list'],
  actionItem: 'TM-5',
};
const FUNCTION = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:hardening-check`;

const actor = (more: Partial<Actor> = {}): Actor => ({
  type: 'AssumedRole',
  who: { type: 'role', role: 'SecurityTooling', session: 'alice@example.com' },
  name: 'role SecurityTooling, session alice@example.com',
  session: 'ASIATOOL',
  userAgent: 'Boto3/1.40 exec-env/AWS_Lambda_python3.13',
  ...more,
});
const ref = (kind: string, id: string, region = 'us-east-1') => ({ account: ACCOUNT, region, kind, id });
const BLOCK = ref('s3-account-block', 'account', 'global');

describe('is a write within what its tool may do?', () => {
  test.each([
    { case: 'the incident: a tool for two IP sets turned on the account’s block', at: BLOCK, isBroken: true },
    { case: 'one of its IP sets', at: ref('waf-ip-set', 'alb-deny-list', 'eu-west-1'), isBroken: false },
    { case: 'its other one, where it is', at: ref('waf-ip-set', 'cloudfront-deny-list', 'global'), isBroken: false },
    { case: 'one of that name elsewhere', at: ref('waf-ip-set', 'cloudfront-deny-list'), isBroken: true },
    { case: 'another IP set', at: ref('waf-ip-set', 'partners'), isBroken: true },
    { case: 'a name that only ends alike', at: ref('waf-ip-set', 'my-alb-deny-list'), isBroken: true },
  ])('$case', ({ at, isBroken }) => {
    expect(contractOf(actor(), at, [CENTER])).toEqual({
      tool: CENTER.tool,
      isBroken,
      mayChange: CENTER.mayChange,
      actionItem: 'TM-5',
    });
  });

  test.each([
    { case: 'by role, whoever the session is', is: { roles: ['SecurityTooling'] }, matches: true },
    { case: 'by role, with a star', is: { roles: ['Security*'] }, matches: true },
    {
      case: 'a star stands for no slash’s worth of meaning: the whole name has to fit',
      is: { roles: ['Tool*'] },
      matches: false,
    },
    { case: 'by session', is: { sessions: ['alice@*'] }, matches: true },
    { case: 'by another session', is: { sessions: ['bob@*'] }, matches: false },
    { case: 'by the function that held the credentials', is: { functions: ['hardening-check'] }, matches: true },
    { case: 'by another function', is: { functions: ['other'] }, matches: false },
    { case: 'by access key', is: { accessKeys: ['ASIATOOL'] }, matches: true },
    { case: 'by user agent', is: { userAgents: ['Boto3/*'] }, matches: true },
    {
      case: 'all that is said has to fit',
      is: { roles: ['SecurityTooling'], userAgents: ['aws-cli/*'] },
      matches: false,
    },
    { case: 'any of a list is enough', is: { roles: ['Other', 'SecurityTooling'] }, matches: true },
    { case: 'nothing said is nobody', is: {}, matches: false },
    { case: 'what is special in patterns is plain in names', is: { roles: ['Security.ooling'] }, matches: false },
  ])('which tool it is: $case', ({ is, matches }) => {
    const who: Actor['who'] = { type: 'role', role: 'SecurityTooling', session: 'alice@example.com', via: FUNCTION };
    const found = contractOf(actor({ who }), BLOCK, [{ ...CENTER, is }]);
    expect(found !== undefined).toBe(matches);
  });

  test('somebody who is no tool has no contract', () => {
    expect(contractOf(actor({ who: { type: 'user', person: 'ana' } }), BLOCK, [CENTER])).toBeUndefined();
    expect(contractOf(actor(), BLOCK, [])).toBeUndefined();
  });

  test('a tool that may change nothing only checks', () => {
    const found = contractOf(actor(), ref('waf-ip-set', 'alb-deny-list'), [{ ...CENTER, mayChange: [] }]);
    expect(found?.isBroken).toBe(true);
  });

  test('where two contracts fit, one that allows it is enough', () => {
    const other: ToolContract = { tool: 'other', is: { roles: ['*'] }, mayChange: ['s3-account-block/*'] };
    expect(contractOf(actor(), BLOCK, [CENTER, other])).toMatchObject({ tool: 'other', isBroken: false });
  });

  test('a pattern of many stars is quick', () => {
    const is = { userAgents: [`${'*a'.repeat(60)}b`] };
    expect(contractOf(actor({ userAgent: 'a'.repeat(1_000) }), BLOCK, [{ ...CENTER, is }])).toBeUndefined();
  });
});
