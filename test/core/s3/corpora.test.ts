import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '#core/json.ts';
import { verdictOnAcl } from '#core/s3/acl-publicness.ts';
import { verdictOnPolicy } from '#core/s3/policy-publicness.ts';
import { verdictOn, type VerdictAnswer } from '#lambda/verdict.ts';
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

interface AclRecord {
  readonly id: string;
  readonly form: 'canned' | 'grants' | 'headers';
  readonly acl: JsonObject;
  readonly expected: 'public' | 'not-public' | 'shared';
}

describe.skipIf(corpora.absent)('ACLs that others labelled', () => {
  const acls = corpora.read('acls.jsonl') as readonly AclRecord[];

  test.each(acls)('$id is $expected', ({ form, acl, expected }) => {
    const asked = form === 'canned' ? (acl['x-amz-acl'] ?? null) : form === 'headers' ? { headers: acl } : acl;
    expect(verdictOnAcl(asked)).toMatchObject({ verdict: expected === 'public' ? 'public' : 'not-public' });
  });
});

interface EffectiveRecord {
  readonly id: string;
  readonly check: string;
  readonly accountPab: Json;
  readonly bucketPab: Json;
  readonly policy: Json;
  readonly acl: Json;
  readonly status: 'PASS' | 'FAIL';
  readonly note?: string;
}

describe.skipIf(corpora.absent)('blocks at two levels that others judged by a check of theirs', () => {
  const records = corpora.read('effective.jsonl') as readonly EffectiveRecord[];

  /** What each check asks, in terms of our answer. */
  const asks: Record<string, (answer: VerdictAnswer, record: EffectiveRecord) => boolean> = {
    // Their setting lets some buckets pass without any block: the name of that setting stands in the note.
    'bucketPublicAccessBlock fully on': (answer, { note }) =>
      isFullyOn(answer) || (note ?? '').includes('allow_pattern'),
    'PAB configured': (_answer, { bucketPab }) => bucketPab !== null,
    s3_bucket_level_public_access_prohibited: isFullyOn,
    s3_bucket_public_read_prohibited: isFullyOn,
    s3_bucket_public_write_prohibited: isFullyOn,
  };

  test.each(records)('$id: $check is $status', (record) => {
    const { id, accountPab, bucketPab, policy, acl, check, status } = record;
    const answer = verdictOn({ id, policy, acl, accountBlock: accountPab, bucketBlock: bucketPab });
    if ('error' in answer) throw new Error(answer.error);
    expect(asks[check]?.(answer, record) === true ? 'PASS' : 'FAIL').toBe(status);
  });
});

function isFullyOn({ effective }: VerdictAnswer): boolean {
  return effective !== undefined && Object.values(effective).every(({ value }) => value === true);
}
