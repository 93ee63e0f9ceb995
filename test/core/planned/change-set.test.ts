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
