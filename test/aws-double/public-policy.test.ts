/** §2, "the meaning of public", as a specification. */
import { describe, expect, test } from 'vitest';
import { isPublicPolicy, limitOfPolicy } from './public-policy.ts';
import { statementsOf } from './policy.ts';
import { ACCOUNT, PARTNER, PARTNER_ID, policyOf, PUBLIC, when, type Part } from './scenarios.ts';

const arnOf = (what: string): string => `arn:aws:s3:us-east-1:${ACCOUNT}:accesspoint/${what}`;

describe('§2: the meaning of public', () => {
  test.each([
    { of: 'a bare wildcard', parts: [{}], limit: 'open' },
    { of: 'a wildcard of AWS', parts: [{ who: { AWS: '*' } }], limit: 'open' },
    { of: 'a role and a wildcard', parts: [{ who: { AWS: [`arn:aws:iam::${PARTNER}:role/x`, '*'] } }], limit: 'open' },
    { of: 'an account', parts: [{ who: { AWS: PARTNER } }], limit: 'fixed' },
    { of: 'a service', parts: [{ who: { Service: 'x.amazonaws.com' } }], limit: 'fixed' },
    { of: 'a canonical user', parts: [{ who: { CanonicalUser: PARTNER_ID } }], limit: 'fixed' },
    { of: 'a federation', parts: [{ who: { Federated: 'graph.facebook.com' } }], limit: 'doubtful-open' },
    { of: 'an organisation', parts: [when('StringEquals', 'aws:PrincipalOrgID', 'o-x')], limit: 'fixed' },
    { of: 'an organisation by wildcard', parts: [when('StringLike', 'aws:PrincipalOrgID', 'o-*')], limit: 'open' },
    {
      of: 'an account by key',
      parts: [when('StringEquals', 'aws:PrincipalAccount', PARTNER)],
      limit: 'doubtful-fixed',
    },
    {
      of: 'roles by key',
      parts: [when('ArnLike', 'aws:PrincipalArn', `arn:aws:iam::${PARTNER}:role/*`)],
      limit: 'doubtful-open',
    },
    { of: 'a source organisation', parts: [when('StringEquals', 'aws:SourceOrgID', 'o-x')], limit: 'doubtful-open' },
    ...['aws:Referer', 'aws:UserAgent', 'aws:ResourceOrgID', 'aws:PrincipalTag/team', 's3:prefix'].map((key) => ({
      of: `${key}, which is not on the list`,
      parts: [when('StringEquals', key, 'x')],
      limit: 'open',
    })),
    { of: 'transport', parts: [when('Bool', 'aws:SecureTransport', 'true')], limit: 'open' },
    { of: 'any network', parts: [when('StringLike', 'aws:SourceVpc', 'vpc-*')], limit: 'open' },
    { of: 'one network', parts: [when('StringEquals', 'aws:SourceVpc', 'vpc-91237329')], limit: 'fixed' },
    {
      of: 'the same, its key in any case',
      parts: [when('stringequals', 'AWS:sourceVPC', 'vpc-91237329')],
      limit: 'fixed',
    },
    { of: 'IfExists', parts: [when('StringEqualsIfExists', 'aws:SourceVpc', 'vpc-1')], limit: 'open' },
    { of: 'ForAllValues', parts: [when('ForAllValues:StringEquals', 'aws:SourceVpc', 'vpc-1')], limit: 'open' },
    { of: 'ForAnyValue', parts: [when('ForAnyValue:StringEquals', 'aws:SourceVpc', 'vpc-1')], limit: 'fixed' },
    { of: 'a negated operator', parts: [when('StringNotEquals', 'aws:SourceVpc', 'vpc-1')], limit: 'open' },
    { of: 'values fixed and not', parts: [when('StringLike', 'aws:SourceVpc', ['vpc-1', 'vpc-*'])], limit: 'open' },
    {
      of: 'two keys, one of them fixed',
      parts: [{ when: { StringLike: { 'aws:SourceVpc': 'vpc-*', 'aws:SourceVpce': 'vpce-1' } } }],
      limit: 'fixed',
    },
    {
      of: 'a policy variable',
      parts: [when('StringEquals', 'aws:SourceAccount', '${aws:PrincipalAccount}')],
      limit: 'open',
    },
    { of: 'a harmless action', parts: [{ action: 's3:GetBucketLocation', on: '' }], limit: 'open' },
    {
      of: 'an access point by any name',
      parts: [when('ArnLike', 's3:DataAccessPointArn', arnOf('*'))],
      limit: 'fixed',
    },
    {
      of: 'an access point of any account',
      parts: [when('ArnLike', 's3:DataAccessPointArn', arnOf('*').replace(ACCOUNT, '*'))],
      limit: 'open',
    },
    { of: 'one public statement of two', parts: [{ who: { AWS: PARTNER } }, {}], limit: 'open' },
    { of: 'a Deny', parts: [{ effect: 'Deny' as const }], limit: 'fixed' },
    { of: 'a Deny beside a public Allow', parts: [{ effect: 'Deny' as const }, {}], limit: 'open' },
    { of: 'a doubt beside what is public', parts: [{ who: { Federated: 'x' } }, {}], limit: 'open' },
    ...[
      ['0.0.0.0/0', 'open'],
      ['0.0.0.0/1', 'open'],
      ['12.0.0.0/7', 'open'],
      ['12.0.0.0/8', 'fixed'],
      ['10.0.0.0/8', 'fixed'],
      ['192.168.0.0/16', 'fixed'],
      ['203.0.113.9', 'fixed'],
      ['2001:db8::/31', 'open'],
      ['2001:db8::/32', 'fixed'],
      ['fc00::/7', 'doubtful-open'],
      ['::/0', 'open'],
    ].map(([cidr = '', limit = '']) => ({ of: cidr, parts: [when('IpAddress', 'aws:SourceIp', cidr)], limit })),
    {
      of: 'one broad range of two',
      parts: [when('IpAddress', 'aws:SourceIp', ['203.0.113.0/24', '0.0.0.0/0'])],
      limit: 'open',
    },
    { of: 'all but a range', parts: [when('NotIpAddress', 'aws:SourceIp', '203.0.113.0/24')], limit: 'open' },
  ] satisfies readonly { of: string; parts: readonly Part[]; limit: string }[])('$of is $limit', ({ parts, limit }) => {
    expect(limitOfPolicy(statementsOf(policyOf(...parts)) ?? [])).toBe(limit);
  });

  test('what is doubtful can be chosen, what is settled cannot', () => {
    const federated = statementsOf(policyOf({ who: { Federated: 'x' } })) ?? [];
    expect([undefined, 'public', 'not-public'].map((answer) => isPublicPolicy(federated, answer as never))).toEqual([
      true,
      true,
      false,
    ]);
    expect(isPublicPolicy(statementsOf(PUBLIC) ?? [], 'not-public')).toBe(true);
  });
});
