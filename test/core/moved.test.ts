import { describe, expect, test } from 'vitest';
import type { Cause, Change, Shown } from '#core/change.ts';
import { EXISTS } from '#core/declaration.ts';
import { nextDrift, type DriftNews, type DriftRecord } from '#core/drift-record.ts';
import { movedBy } from '#core/moved.ts';
import { bucketRef } from '../builders.ts';

const at = (minute: number): string => new Date(Date.UTC(2026, 2, 2, 8, minute)).toISOString();
const change = (path: string, value: string | undefined = 'new'): Change => ({
  path,
  before: { status: 'absent' },
  after: { status: 'present', value },
  exposure: 'same',
  breakage: 'none',
  says: `${path} moved`,
  check: 'check',
});
const gone: Change = { ...change(EXISTS), after: { status: 'absent' } };
const cause = (eventId: string, shows: Shown): Cause => ({
  eventId,
  moves: 'policy',
  shows,
  certainty: 'unknown',
  reasons: [],
});

interface Read extends Partial<Pick<DriftNews, 'unknown'>> {
  readonly version?: number;
  readonly causes?: readonly Cause[];
}

const read = (minute: number, changes: readonly Change[], { version = 1, causes = [], unknown = {} }: Read = {}) => ({
  drift: { ref: bucketRef('exports'), baseline: version, changes, takenAt: at(minute), causes },
  generation: version,
  unknown,
  foundBy: {},
});

/** What the last of them found otherwise than those before it. */
function movedByLast(all: readonly DriftNews[]): readonly string[] {
  let record: DriftRecord | undefined;
  for (const one of all.slice(0, -1)) record = nextDrift(record, one)?.record ?? record;
  const [last] = all.slice(-1);
  return last === undefined ? [] : movedBy(record, last);
}

describe('what a look found otherwise than it was last known', () => {
  test.each<{ case: string; reads: readonly DriftNews[]; moved: readonly string[] }>([
    { case: 'the first departure', reads: [read(1, [change('policy')])], moved: ['policy'] },
    { case: 'nothing departs', reads: [read(1, [])], moved: [] },
    { case: 'it stands', reads: [read(1, [change('policy')]), read(2, [change('policy')])], moved: [] },
    {
      case: 'it stands, and another moved',
      reads: [read(1, [change('policy')]), read(2, [change('policy'), change('acl')])],
      moved: ['acl'],
    },
    {
      case: 'it moved on',
      reads: [read(1, [change('policy')]), read(2, [change('policy', 'newer')])],
      moved: ['policy'],
    },
    {
      case: 'one member of it moved on',
      reads: [
        read(1, [change('block.BlockPublicAcls')]),
        read(2, [change('block.BlockPublicAcls'), change('block.IgnorePublicAcls')]),
      ],
      moved: ['block'],
    },
    { case: 'it was taken back', reads: [read(1, [change('policy')]), read(2, [])], moved: ['policy'] },
    {
      case: 'it was taken back, and departs again',
      reads: [read(1, [change('policy')]), read(2, []), read(3, [change('policy')])],
      moved: ['policy'],
    },
    {
      case: 'it can no longer be read',
      reads: [read(1, [change('policy')]), read(2, [], { unknown: { policy: 'AccessDenied' } })],
      moved: [],
    },
    {
      case: 'nothing of it can be read any more',
      reads: [read(1, [change('policy')]), read(2, [], { unknown: { [EXISTS]: 'AccessDenied' } })],
      moved: [],
    },
    { case: 'it was deleted as a whole', reads: [read(1, [change('policy')]), read(2, [gone])], moved: [EXISTS] },
    {
      case: 'it was made again, otherwise',
      reads: [read(1, [gone]), read(2, [change('acl')])],
      moved: ['acl', EXISTS],
    },
    { case: 'a late look', reads: [read(2, [change('policy')]), read(1, [change('acl')])], moved: [] },
    {
      case: 'it was accepted as it is',
      reads: [read(1, [change('policy')]), read(2, [], { version: 2 })],
      moved: [],
    },
    {
      case: 'another was accepted, and it stands',
      reads: [read(1, [change('policy')]), read(2, [change('policy')], { version: 2 })],
      moved: [],
    },
    {
      case: 'the same event, brought again after a run that ended before it was noted',
      reads: [
        read(1, [change('policy'), change('acl')], { causes: [cause('e-1', 'yes')] }),
        read(2, [change('policy'), change('acl')], { causes: [cause('e-1', 'yes')] }),
      ],
      moved: ['policy'],
    },
    {
      case: 'the same event, whose value shows only now: somebody else moved it in between',
      reads: [
        read(1, [change('policy', 'old')], { causes: [cause('e-1', 'no')] }),
        read(2, [change('policy')]),
        read(3, [change('policy')], { causes: [cause('e-1', 'yes')] }),
      ],
      moved: [],
    },
  ])('$case', ({ reads, moved }) => expect(movedByLast(reads)).toEqual(moved));
});
