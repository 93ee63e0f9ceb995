import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, type Json, type JsonObject } from '#core/json.ts';
import { canonicalPolicy, hasWildcardPrincipal, isSamePolicy, parsePolicy, statementChange } from '#core/policy.ts';
import { chance, policies, shuffled } from '../arbitraries.ts';
import { corpora } from '../corpora.ts';
import { POLICY_PAIRS } from './policy-meaning.cases.ts';

describe('two policies mean the same', () => {
  test.each(POLICY_PAIRS)('$case: $same ($fact)', ({ a, b, same }) => {
    expect(isSamePolicy(a as JsonObject, b as JsonObject)).toBe(same);
    expect(isSamePolicy(b as JsonObject, a as JsonObject)).toBe(same);
  });

  test.each(POLICY_PAIRS.filter((pair) => !pair.same))(
    '$case: the statements or the language version tell the difference',
    ({ a, b }) => {
      const { added, removed } = statementChange(a as JsonObject, b as JsonObject);
      expect(added.length + removed.length > 0 || (a as JsonObject)['Version'] !== (b as JsonObject)['Version']).toBe(
        true,
      );
    },
  );
});

describe('the canonical form', () => {
  test('is idempotent', () => {
    fc.assert(
      fc.property(policies, (policy) => {
        expect(canonicalPolicy(canonicalPolicy(policy))).toEqual(canonicalPolicy(policy));
      }),
    );
  });

  test('is the same whatever the order of keys and lists', () => {
    fc.assert(
      fc.property(policies, fc.nat(), (policy, seed) => {
        const other = shuffled(policy, chance(seed)) as JsonObject;
        expect(canonicalJson(canonicalPolicy(other))).toBe(canonicalJson(canonicalPolicy(policy)));
      }),
    );
  });

  test('has no statement more or less than a shuffled copy', () => {
    fc.assert(
      fc.property(policies, fc.nat(), (policy, seed) => {
        expect(statementChange(policy, shuffled(policy, chance(seed)) as JsonObject)).toEqual({
          added: [],
          removed: [],
        });
      }),
    );
  });

  test('never throws, whatever the JSON', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (document, Statement) => {
        expect(() => canonicalPolicy({ ...(document as JsonObject), Statement: Statement as Json })).not.toThrow();
      }),
    );
  });

  test('keeps __proto__ as a member and changes no prototype', () => {
    const hostile = JSON.parse(
      '{"Statement":[{"__proto__":{"polluted":true},"Condition":{"__proto__":{"__proto__":["x"]}}}]}',
    ) as JsonObject;
    expect(canonicalJson(canonicalPolicy(hostile))).toContain('"__proto__"');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('what is read as a policy', () => {
  test.each([
    { case: 'a policy', text: '{"Version":"2012-10-17","Statement":[]}', status: 'present' },
    { case: 'no JSON', text: '{not json', status: 'unreadable' },
    { case: 'nothing', text: '', status: 'unreadable' },
    { case: 'a list', text: '[]', status: 'unreadable' },
    {
      case: 'nested a hundred thousand deep',
      text: `{"Statement":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      status: 'unreadable',
    },
  ])('$case is $status', ({ text, status }) => expect(parsePolicy(text).status).toBe(status));
});

describe('a wildcard principal', () => {
  const allow = (more: object) =>
    ({ Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*', ...more }] }) as JsonObject;
  test.each([
    { case: 'star', policy: allow({ Principal: '*' }), has: true },
    { case: 'star among others', policy: allow({ Principal: { AWS: ['111122223333', '*'] } }), has: true },
    {
      case: 'a wildcard in an ARN',
      policy: allow({ Principal: { AWS: 'arn:aws:iam::111122223333:role/*' } }),
      has: true,
    },
    { case: 'NotPrincipal', policy: allow({ NotPrincipal: { AWS: '111122223333' } }), has: true },
    { case: 'a named account', policy: allow({ Principal: { AWS: '111122223333' } }), has: false },
    { case: 'a service', policy: allow({ Principal: { Service: 'cloudtrail.amazonaws.com' } }), has: false },
    { case: 'a star that is denied', policy: allow({ Effect: 'Deny', Principal: '*' }), has: false },
    { case: 'a statement that is no object', policy: { Statement: [42] } as JsonObject, has: true },
  ])('$case: $has', ({ policy, has }) => {
    expect(hasWildcardPrincipal(policy)).toBe(has);
    expect(hasWildcardPrincipal(canonicalPolicy(policy))).toBe(has);
  });
});

interface EquivalenceCase {
  readonly id: string;
  readonly source: string;
  readonly policy1: string;
  readonly policy2: string;
  readonly equivalent: boolean;
  readonly error: boolean;
}

describe.skipIf(corpora.absent)('cases of others: policy_equivalence.jsonl', () => {
  const cases = corpora.read('policy_equivalence.jsonl') as readonly EquivalenceCase[];

  test('are there', () => expect(cases.length).toBeGreaterThanOrEqual(25));

  test.each(cases)('$id ($source)', ({ policy1, policy2, equivalent, error }) => {
    const [a, b] = [parsePolicy(policy1), parsePolicy(policy2)];
    if (error) expect([a.status, b.status]).toContain('unreadable');
    else if (a.status === 'present' && b.status === 'present') expect(isSamePolicy(a.value, b.value)).toBe(equivalent);
    else expect.fail('not read as a policy');
  });
});

describe.skipIf(corpora.absent)('cases of others: every policy of the corpora', () => {
  const cases = [...corpora.read('policies.jsonl'), ...corpora.read('policies_unlabelled.jsonl')] as readonly {
    policy: unknown;
  }[];

  test('means the same as itself shuffled, and its canonical form is idempotent', () => {
    const read = cases
      .flatMap(({ policy }) => parsePolicy(typeof policy === 'string' ? policy : JSON.stringify(policy)))
      .flatMap((one) => (one.status === 'present' ? [one.value] : []));
    expect(read.length).toBeGreaterThan(600);
    for (const [index, policy] of read.entries()) {
      expect(isSamePolicy(policy, shuffled(policy, chance(index)) as JsonObject)).toBe(true);
      expect(canonicalPolicy(canonicalPolicy(policy))).toEqual(canonicalPolicy(policy));
    }
  });
});
