import { describe, expect, test } from 'vitest';
import { partyText } from '#core/s3/party.ts';
import { verdictOnPolicy } from '#core/s3/policy-publicness.ts';
import { canonicalPolicy } from '#core/policy.ts';
import { POLICY_CASES } from './policy-publicness.cases.ts';

describe('is a policy public, why, and who is let in', () => {
  test.each(POLICY_CASES)('$case: $verdict ($fact)', ({ statements, verdict, because, letsIn }) => {
    const judged = verdictOnPolicy({ Version: '2012-10-17', Statement: statements });
    expect([judged.verdict, judged.reasons[0], judged.letsIn.map(partyText)]).toEqual([verdict, because, letsIn]);
  });

  test.each(POLICY_CASES)('$case: the canonical form has the same verdict', ({ statements, verdict }) => {
    expect(verdictOnPolicy(canonicalPolicy({ Statement: statements })).verdict).toBe(verdict);
  });
});
