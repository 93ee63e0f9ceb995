import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#core/json.ts';
import { verdictOnPolicy } from '#core/s3/policy-publicness.ts';
import { corpora } from '../../corpora.ts';

interface PolicyRecord {
  readonly id: string;
  readonly account: string | null;
  readonly policy: JsonObject;
  readonly expected: 'public' | 'not-public' | 'shared' | 'allowed' | 'shared-or-public';
  readonly disputable?: boolean;
}

const policies = corpora.read('policies.jsonl') as readonly PolicyRecord[];
const undisputed = policies.filter(({ disputable }) => disputable !== true);

/** The owner's own account, and beside it a condition on an organisation: both must hold, so nobody else is let in. */
const SHARED_WITH_NOBODY = new Set([
  'steampipe-244',
  'steampipe-249',
  'steampipe-254',
  'steampipe-258',
  'steampipe-261',
]);

/** Somebody beyond the owner's account. Without a known owner, anybody named. */
function reachesBeyond({ account, policy }: PolicyRecord): boolean {
  return verdictOnPolicy(policy).letsIn.some(({ type, name }) => type !== 'account' || name !== account);
}

describe.skipIf(corpora.absent)('policies that others labelled (skipped where ../shared/corpora is absent)', () => {
  test('there are as many as there should be', () => expect(undisputed.length).toBeGreaterThan(400));

  test.each(undisputed)('$id is $expected', (record) => {
    const { verdict } = verdictOnPolicy(record.policy);
    switch (record.expected) {
      case 'public':
        return expect(verdict).toBe('public');
      case 'not-public':
      case 'allowed':
        return expect(verdict).toBe('not-public');
      case 'shared':
        return expect([verdict, reachesBeyond(record)]).toEqual(['not-public', !SHARED_WITH_NOBODY.has(record.id)]);
      case 'shared-or-public':
        return expect(verdict === 'public' || (verdict === 'not-public' && reachesBeyond(record))).toBe(true);
    }
  });
});
