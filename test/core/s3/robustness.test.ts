/** A hundred thousand policies and ACLs that nobody would write: a verdict or one clear sentence for each, and no crash. */
import { describe, expect, test } from 'vitest';
import { isJsonObject, type Json } from '#core/json.ts';
import { verdictOnAcl } from '#core/s3/acl-publicness.ts';
import { verdictOnPolicy } from '#core/s3/policy-publicness.ts';
import { verdictOn } from '#lambda/verdict.ts';
import { chance } from '../../arbitraries.ts';
import { corpora } from '../../corpora.ts';
import { ACL_CASES } from './acl.cases.ts';
import { POLICY_CASES } from './policy-publicness.cases.ts';

const SEED = 20251028;

/** Values that have hurt parsers before. `JSON.parse` makes `__proto__` a member like any other. */
const POISON: readonly Json[] = [
  null,
  true,
  0,
  -1.5e308,
  '',
  '*',
  '__proto__',
  'constructor',
  '\u{0}',
  '\u{202e}',
  '*'.repeat(2000),
  '?*'.repeat(500),
  '${aws:username}',
  'arn:aws:iam::111122223333:root',
  [],
  {},
  [[]],
  JSON.parse('{"__proto__": {"Effect": "Allow", "Principal": "*"}}') as Json,
  JSON.parse('{"constructor": {"prototype": {}}, "toString": "x", "hasOwnProperty": 1}') as Json,
];
const NAMES = [
  '__proto__',
  'constructor',
  'AWS',
  'Principal',
  'NotPrincipal',
  'Condition',
  'StringLike',
  'aws:SourceIp',
  'toString',
  '',
];

function mutated(value: Json, random: () => number): Json {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  if (random() < 0.04) return pick(POISON);
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map((item) => mutated(item, random));
    return random() < 0.05 ? [...items, pick(POISON)] : items;
  }
  if (isJsonObject(value)) {
    const entries = Object.entries(value).map(([name, inner]): [string, Json] => [
      random() < 0.03 ? pick(NAMES) : name,
      mutated(inner, random),
    ]);
    if (random() < 0.05) entries.push([pick(NAMES), pick(POISON)]);
    // As JSON.parse would: a member called __proto__ is no prototype.
    return Object.fromEntries(entries);
  }
  if (typeof value === 'string' && random() < 0.05) {
    const at = Math.floor(random() * (value.length + 1));
    return `${value.slice(0, at)}${pick(['*', '?', '/', ':', '$', '{', '}', '\u{0}'])}${value.slice(at)}`;
  }
  return value;
}

const VERDICTS = new Set(['public', 'not-public', 'unknown']);

describe('mutated policies and ACLs', () => {
  const written = POLICY_CASES.map(({ statements }) => ({ Version: '2012-10-17', Statement: statements }) as Json);
  const found = [...corpora.read('policies.jsonl'), ...corpora.read('policies_unlabelled.jsonl')].flatMap((record) => {
    const policy = isJsonObject(record) ? record['policy'] : undefined;
    return isJsonObject(policy) ? [policy as Json] : [];
  });
  const policies = [...written, ...found];

  test('80,000 policies', () => {
    const random = chance(SEED);
    const unexpected: unknown[] = [];
    for (let count = 0; count < 80_000; count += 1) {
      const policy = mutated(policies[count % policies.length] ?? null, random);
      if (isJsonObject(policy)) {
        const { verdict, statements } = verdictOnPolicy(policy);
        if (!VERDICTS.has(verdict) || statements.some(({ because }) => because === '')) unexpected.push(policy);
      }
      const answer = verdictOn({ id: count, policy });
      const isAnswered = 'error' in answer ? answer.error !== '' : answer.policy !== undefined || policy === null;
      if (answer.id !== count || !isAnswered) unexpected.push({ policy, answer });
    }
    expect(unexpected.slice(0, 3)).toEqual([]);
    expect(({} as Record<string, unknown>)['Effect']).toBeUndefined();
  });

  test('20,000 ACLs', () => {
    const random = chance(SEED + 1);
    const acls = ACL_CASES.map(({ acl }) => acl);
    const unexpected: unknown[] = [];
    for (let count = 0; count < 20_000; count += 1) {
      const acl = mutated(acls[count % acls.length] ?? null, random);
      const verdict = verdictOnAcl(acl);
      const isAnswered = 'problem' in verdict ? verdict.problem !== '' : VERDICTS.has(verdict.verdict);
      if (!isAnswered || !('id' in verdictOn({ id: count, acl }))) unexpected.push({ acl, verdict });
    }
    expect(unexpected.slice(0, 3)).toEqual([]);
  });

  test('a wildcard built to make a matcher slow does not', () => {
    const action = `s3:${'*a'.repeat(2000)}b`;
    const statement = { Effect: 'Allow', Principal: '*', Action: action, Resource: '*'.repeat(5000) };
    const policy = { Statement: Array.from({ length: 50 }, () => statement) };
    expect(verdictOn({ policy: policy as Json })).toMatchObject({ public: 'yes' });
  });
});
