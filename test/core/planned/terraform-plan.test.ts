import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PlumblineError } from '#core/errors.ts';
import type { Json } from '#core/json.ts';
import type { PlannedChanges } from '#core/planned/planned-changes.ts';
import { plannedInTerraform } from '#core/planned/terraform-plan.ts';
import { notes } from './notes.ts';
import { change, TERRAFORM_CASES } from './terraform-plan.cases.ts';

const planOf = (changes: Json, more: object = {}): Json =>
  JSON.parse(
    JSON.stringify({ format_version: '1.2', terraform_version: '1.9.8', resource_changes: changes, ...more }),
  ) as Json;
const read = (changes: Json, more?: object): PlannedChanges => plannedInTerraform(planOf(changes, more), 'plan.json');

describe('what a plan says that it would set', () => {
  test.each(TERRAFORM_CASES)('$case', ({ changes, configuration, is = [], unknown = [], aside = [] }) => {
    const planned = read(changes, configuration === undefined ? {} : { configuration });
    expect(planned.settings).toHaveLength(is.length);
    expect(planned.settings).toMatchObject(is);
    expect(notes(planned.unknown, unknown)).toEqual(unknown);
    expect(notes(planned.aside, aside)).toEqual(aside);
  });

  test('a plan that ended with an error, or that defers what is watched, is not whole', () => {
    const deferred = change('aws_s3_bucket_policy.films', ['create'], { after: {} });
    expect(
      read([], { errored: true, deferred_changes: [{ reason: 'unknown', resource_change: deferred }] }).unknown,
    ).toEqual([
      { address: 'the plan', why: 'it ended with an error, so it is not whole: make it again' },
      {
        address: 'aws_s3_bucket_policy.films',
        why: 'Terraform defers it to a later plan, so what it sets is not known',
      },
    ]);
  });

  test.each<{ case: string; plan: Json; says: string }>([
    {
      case: 'no plan at all',
      plan: [],
      says: 'plan.json is no Terraform plan: give the output of "terraform show -json PLAN"',
    },
    {
      case: 'a format that nobody knows',
      plan: { format_version: '2.0' },
      says: 'plan.json is a Terraform plan of format 2.0, which this Plumbline does not know: use a newer one',
    },
    {
      case: 'a state',
      plan: { format_version: '1.0', values: {} },
      says: 'plan.json is a Terraform state, and no plan: give the output of "terraform show -json PLAN"',
    },
  ])('$case is refused', ({ plan, says }) => expect(() => plannedInTerraform(plan, 'plan.json')).toThrow(says));
});

describe('laws', () => {
  test('whatever stands in a plan, it is read or refused with a sentence, and no sensitive text comes out', () => {
    const SECRET = 'hunter2';
    const value = fc.jsonValue({ maxDepth: 3 }).map((one) => one as Json);
    const entry = fc.record({
      address: fc.constantFrom('aws_s3_bucket_policy.a', 'aws_s3_bucket.a', 'module.m[0].aws_wafv2_ip_set.a'),
      mode: fc.constantFrom('managed', 'data'),
      type: fc.constantFrom(
        'aws_s3_bucket',
        'aws_s3_bucket_policy',
        'aws_s3_bucket_acl',
        'aws_wafv2_ip_set',
        'aws_s3_bucket_website_configuration',
        'aws_s3_bucket_public_access_block',
      ),
      change: fc.record({
        actions: fc.constantFrom(['create'], ['update'], ['delete'], ['delete', 'create'], ['no-op']),
        before: fc.oneof(value, fc.record({ bucket: value, policy: value })),
        after: fc.record({ bucket: value, policy: fc.constant(SECRET), acl: fc.constant(SECRET), name: value }),
        after_unknown: value,
        after_sensitive: fc.constant({ policy: true, acl: true }),
      }),
    });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 4 }), (changes) => {
        try {
          expect(JSON.stringify(read(changes as unknown as Json))).not.toContain(SECRET);
        } catch (error) {
          if (!(error instanceof PlumblineError)) throw error;
        }
      }),
    );
  });
});
