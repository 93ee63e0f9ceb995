import { describe, expect, test } from 'vitest';
import { ABSENT, present, unreadable, type Reading } from '#core/reading.ts';
import type { JsonObject } from '#core/json.ts';
import { NO, unknown, YES, type Fact } from '#core/s3/fact.ts';
import { opinionOn, type AwsStatus } from '#core/s3/opinion.ts';

const allow = (Principal: string | JsonObject, more: JsonObject = {}): Reading<JsonObject> =>
  present<JsonObject>({ Statement: [{ Effect: 'Allow', Principal, Action: 's3:GetObject', Resource: '*', ...more }] });

const POLICIES: Record<'public' | 'not-public' | 'unknown' | 'refused' | 'none', Reading<JsonObject>> = {
  public: allow('*'),
  'not-public': allow({ AWS: '444455556666' }),
  unknown: allow('*', { Condition: { IpAddress: { 'aws:SourceIp': 'fc00::/7' } } }),
  refused: unreadable('AccessDenied'),
  none: ABSENT,
};

const RESTRICTED: Record<'off' | 'on' | 'unknown', Fact> = { off: NO, on: YES, unknown: unknown('not read') };
const DOUBT =
  'AWS calls the policy not public, and does not say whether that is only because RestrictPublicBuckets is on';

/**
 * AWS is believed (aws-facts §2.5); whether an effective RestrictPublicBuckets turns its answer to "not public" is [U], so there that
 * answer settles nothing that our own verdict does not say as well.
 */
const CASES: readonly {
  own: keyof typeof POLICIES;
  aws: AwsStatus;
  restricted: keyof typeof RESTRICTED;
  is: boolean | string;
  disagree?: true;
}[] = [
  { own: 'public', aws: 'public', restricted: 'off', is: true },
  { own: 'public', aws: 'not-told', restricted: 'off', is: true },
  { own: 'public', aws: 'not-public', restricted: 'off', is: false, disagree: true },
  { own: 'public', aws: 'not-public', restricted: 'on', is: DOUBT, disagree: true },
  { own: 'public', aws: 'not-public', restricted: 'unknown', is: DOUBT, disagree: true },
  { own: 'not-public', aws: 'not-public', restricted: 'on', is: false },
  { own: 'not-public', aws: 'public', restricted: 'off', is: true, disagree: true },
  { own: 'not-public', aws: 'not-told', restricted: 'on', is: false },
  { own: 'unknown', aws: 'public', restricted: 'on', is: true },
  { own: 'unknown', aws: 'not-public', restricted: 'off', is: false },
  { own: 'unknown', aws: 'not-public', restricted: 'on', is: DOUBT },
  {
    own: 'unknown',
    aws: 'not-told',
    restricted: 'off',
    is: 'everyone (*) is let in, and AWS does not say whether aws:SourceIp "fc00::/7", private but broader than /32, counts as a limit',
  },
  { own: 'refused', aws: 'not-told', restricted: 'off', is: 'the bucket policy could not be read (AccessDenied)' },
  { own: 'refused', aws: 'public', restricted: 'on', is: true },
  { own: 'refused', aws: 'not-public', restricted: 'off', is: false },
  { own: 'refused', aws: 'not-public', restricted: 'on', is: DOUBT },
  { own: 'none', aws: 'not-told', restricted: 'off', is: false },
  { own: 'none', aws: 'public', restricted: 'off', is: false },
];

describe("AWS's verdict and ours", () => {
  test.each(CASES)('ours $own, AWS $aws, RestrictPublicBuckets $restricted: $is', (row) => {
    const { own, aws, restricted, is, disagree = false } = row;
    const opinion = opinionOn(POLICIES[own], { aws, isRestricted: RESTRICTED[restricted] });
    expect(opinion.isPublic).toEqual(typeof is === 'boolean' ? { is } : { is: 'unknown', why: is });
    expect([opinion.isDisagreement, opinion.aws]).toEqual([disagree, aws]);
    expect(opinion.own?.verdict).toBe(own === 'refused' || own === 'none' ? undefined : own);
    expect(opinion.why).toBe(own === 'refused' ? 'the bucket policy could not be read (AccessDenied)' : undefined);
  });

  test('a policy that nobody asked for', () => {
    const skipped = { status: 'skipped', because: 'x' } as const;
    expect(opinionOn(skipped, { aws: 'not-told', isRestricted: NO }).why).toBe('the bucket policy was not read');
  });
});
