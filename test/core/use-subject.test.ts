import { describe, expect, test } from 'vitest';
import type { DriftRecord } from '#core/drift-record.ts';
import type { WatchedChange } from '#core/symptom/watched-change.ts';
import { breakingDigestsOf, marksOf } from '#core/use-subject.ts';

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
  test('of few changes, all of them, each once', () => {
    const changes = [change('own', 0), change('other', -30), change('same', -30)];
    expect(minutesOf(marksOf({ changes, of: new Set(['own']), since: at(0) }))).toEqual([-30, 0]);
  });

  test('of hundreds of others, those nearest to the first of its own; its last, and the recovery, are always among them', () => {
    const others = Array.from({ length: 500 }, (_, index) => change(`o${index}`, (index - 250) * 10 + 1));
    const changes = [...others, change('first', 0), change('last', 3_000)];
    const marks = minutesOf(marksOf({ changes, of: new Set(['first', 'last']), since: at(0) }, [at(5_000)]));
    expect(marks).toHaveLength(32);
    expect(marks.slice(0, 2)).toEqual([-139, -129]);
    expect(marks.slice(-4)).toEqual([131, 141, 3_000, 5_000]);
    expect(marks).toContain(0);
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
