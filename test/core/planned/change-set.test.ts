import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plannedInChangeSet, type ResourceChange } from '#core/planned/change-set.ts';
import { CHANGE_SET_CASES } from './change-set.cases.ts';
import { notes } from './notes.ts';

const PLACE = { account: '111122223333', region: 'eu-west-1' };

describe('what a change set says that it would set', () => {
  test.each(CHANGE_SET_CASES)('$case', ({ changes, is = [], unknown = [], aside = [] }) => {
    const planned = plannedInChangeSet(
      changes.map((one) => one['ResourceChange'] as ResourceChange),
      PLACE,
    );
    expect(planned.settings).toHaveLength(is.length);
    expect(planned.settings).toMatchObject(is);
    expect(notes(planned.unknown, unknown)).toEqual(unknown);
    expect(notes(planned.aside, aside)).toEqual(aside);
  });
});

test('whatever stands in a context, it is read or said, and what is masked does not come out as a value', () => {
  const context = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }).map((Properties) => JSON.stringify({ Properties })),
    fc
      .record({ AccessControl: fc.jsonValue(), PolicyDocument: fc.jsonValue(), Bucket: fc.jsonValue() })
      .map((value) => JSON.stringify({ Properties: { ...value, WebsiteConfiguration: { IndexDocument: '****' } } })),
    fc.string(),
  );
  const change = fc.record({
    Action: fc.constantFrom('Add', 'Modify', 'Remove', 'Import', 'Dynamic'),
    LogicalResourceId: fc.string(),
    PhysicalResourceId: fc.option(fc.string(), { nil: undefined }),
    ResourceType: fc.constantFrom('AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 'AWS::WAFv2::IPSet'),
    Replacement: fc.constantFrom('True', 'False', 'Conditional'),
    BeforeContext: fc.option(context, { nil: undefined }),
    AfterContext: fc.option(context, { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 4 }), (changes) => {
      expect(JSON.stringify(plannedInChangeSet(changes, PLACE))).not.toContain('****');
    }),
  );
});
