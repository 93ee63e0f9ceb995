import { describe, expect, test } from 'vitest';
import type { Change } from '#core/change.ts';
import type { Consequence } from '#core/consequences.ts';
import type { DriftRecord } from '#core/drift-record.ts';
import type { ResourceRef } from '#core/reference.ts';
import type { WatchedChange } from '#core/symptom/watched-change.ts';
import { breakingDigestsOf, marksOf, useSubjectOf } from '#core/use-subject.ts';
import { kindsById } from '#kinds';

const START = Date.UTC(2026, 2, 2, 8);
const at = (minute: number): string => new Date(START + minute * 60_000).toISOString();
const ref = { account: '111122223333', region: 'us-east-1', kind: 's3-bucket', id: 'exports' };
const change = (id: string, minute: number): WatchedChange => ({
  id,
  at: at(minute),
  ref,
  path: 'policy',
  before: { status: 'absent' },
  after: { status: 'present', value: '' },
  says: '',
});
const minutesOf = (marks: readonly number[]): readonly number[] => marks.map((mark) => (mark - START) / 60_000);

describe('the times at which counts are cut', () => {
  test('of few changes, all of them, each once, and when each holds everywhere', () => {
    const changes = [change('own', 0), change('other', -30), change('same', -30)];
    expect(minutesOf(marksOf({ changes, of: new Set(['own']), since: at(0) }))).toEqual([-30, -20, 0, 10]);
  });

  test('of hundreds of others, those nearest to the first of its own; its last, and the recovery, are always among them', () => {
    const others = Array.from({ length: 500 }, (_, index) => change(`o${index}`, (index - 250) * 10 + 1));
    const changes = [...others, change('first', 0), change('last', 3_000)];
    const marks = minutesOf(marksOf({ changes, of: new Set(['first', 'last']), since: at(0) }, [at(5_000)]));
    expect(marks).toHaveLength(32);
    expect(marks.slice(0, 2)).toEqual([-129, -119]);
    expect(marks.slice(-4)).toEqual([131, 141, 3_000, 5_000]);
    expect(marks).toContain(0);
  });
});

describe('of whose requests the logs are asked', () => {
  const kind = kindsById.get('s3-bucket');
  const record = (of: Partial<ResourceRef>, openedMinute: number, path: string): DriftRecord => ({
    drift: {
      ref: { ...ref, ...of },
      baseline: 1,
      episode: 1,
      takenAt: at(openedMinute),
      causes: [],
      changes: [
        {
          path,
          before: { status: 'absent' },
          after: { status: 'present', value: path === 'exists' ? '' : { BlockPublicAcls: true } },
          says: '',
          exposure: 'same',
          breakage: 'breaks',
        } as unknown as Change,
      ],
    },
    generation: 1,
    status: 'open',
    openedAt: at(openedMinute),
    foundBy: {},
  });
  const block = record({ kind: 's3-account-block', id: 'account', region: 'global' }, 0, 'publicAccessBlock');
  const consequence = { affected: [], unknown: [], notAffected: 0 } as unknown as Consequence;

  test.each([
    { case: 'a bucket that nobody has accepted yet, and that was there', minute: -60, is: ['fresh'] },
    { case: 'one that is made after it had nothing to lose by it', minute: 5, is: [] },
  ])('what changes above: $case', ({ minute, is }) => {
    if (kind === undefined) throw new Error('there is no such kind');
    const subject = useSubjectOf({
      kind,
      judged: [{ record: block, consequences: [consequence] }],
      open: [block, record({ id: 'fresh' }, minute, 'exists')],
      states: new Map(),
    });
    expect(subject?.resources?.map(({ id }) => id)).toEqual(is);
  });
});

describe('what is watched anew', () => {
  const drift = (id: string, episode: number, breakage: 'breaks' | 'none'): DriftRecord =>
    ({
      drift: {
        ref: { ...ref, id },
        baseline: 1,
        episode,
        changes: [{ path: 'policy', before: { status: 'absent' }, after: { status: 'present', value: '' }, breakage }],
      },
    }) as unknown as DriftRecord;
  const one = breakingDigestsOf([drift('exports', 1, 'breaks')]);

  test.each([
    { case: 'the same', records: [drift('exports', 1, 'breaks')], more: 0 },
    {
      case: 'another beside it that breaks nothing',
      records: [drift('exports', 1, 'breaks'), drift('quiet', 1, 'none')],
      more: 0,
    },
    { case: 'another beside it', records: [drift('exports', 1, 'breaks'), drift('quiet', 1, 'breaks')], more: 1 },
    { case: 'the same once more, after it was taken back', records: [drift('exports', 2, 'breaks')], more: 1 },
    { case: 'nothing any more', records: [], more: 0 },
  ])('$case', ({ records, more }) => {
    expect(breakingDigestsOf(records).filter((digest) => !one.includes(digest))).toHaveLength(more);
  });
});
