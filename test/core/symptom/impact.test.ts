import { describe, expect, test } from 'vitest';
import { impactOf, type FailureGroup, type Impact, type ImpactRequest } from '#core/symptom/impact.ts';
import { kindsById } from '#kinds';
import { ACCOUNT } from '../../builders.ts';
import { ACCOUNT_BLOCK, BY_THE_BLOCK, evidenceOf, refused, role, STATES, upload } from './exports.ts';
import { IMPACT_CASES } from './impact.cases.ts';

const bucket = kindsById.get('s3-bucket');

function impact(of: Partial<ImpactRequest> & Pick<ImpactRequest, 'changes' | 'evidence'>): Impact {
  return impactOf({
    account: ACCOUNT,
    of: new Set(of.changes.map(({ id }) => id)),
    states: STATES,
    judge: bucket?.judge ?? { changes: (changes) => changes },
    context: bucket?.declaration.context ?? [],
    applications: [],
    ...of,
  });
}

function lineOf(group: FailureGroup): string {
  const { caller, operation, error, failures, failuresBefore, workedBefore, explainedBy, isProven } = group;
  const by = explainedBy.length === 0 ? 'nothing' : `${explainedBy.join(', ')}${isProven ? ' (proven)' : ''}`;
  return `${caller} ${operation} ${error} ${failures}, before ${failuresBefore}, worked ${workedBefore}: ${by}`;
}

describe('what failed since a change', () => {
  test.each(IMPACT_CASES)('$name ($cites)', ({ changes, of, requests, failures, others }) => {
    const told = impact({ changes, of: new Set(of), evidence: evidenceOf(requests, changes) });
    expect({ failures: told.failures.map(lineOf), others: told.others.map(lineOf) }).toEqual({ failures, others });
    expect(told.count).toBe(told.failures.reduce((sum, group) => sum + group.failures, 0));
  });

  test('more groups than anybody reads are counted, and not left out in silence', () => {
    const requests = Array.from({ length: 230 }, (_, index) =>
      upload(1 + index, { requester: role(`caller-${index}`), ...refused(BY_THE_BLOCK) }),
    );
    const told = impact({ changes: [ACCOUNT_BLOCK], evidence: evidenceOf(requests, [ACCOUNT_BLOCK]) });
    expect([told.failures.length, told.count, told.notLookedAt]).toEqual([200, 200, { groups: 30, failures: 30 }]);
  });

  test('requests that are no failures and requests to others’ buckets are none', () => {
    const requests = [upload(1), upload(2, { bucket: 'elsewhere', error: { code: 'NoSuchKey' } })];
    const told = impact({ changes: [ACCOUNT_BLOCK], evidence: evidenceOf(requests, [ACCOUNT_BLOCK]) });
    expect([told.count, told.failures, told.others]).toEqual([0, [], []]);
  });
});
