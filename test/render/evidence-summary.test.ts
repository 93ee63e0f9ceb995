import { expect, test } from 'vitest';
import { summaryOf } from '#core/evidence/summary.ts';
import { evidenceLines } from '#render/verdict-lines.ts';

test('requests of which only the count is kept are told with what was looked at', () => {
  const at = Date.parse('2026-01-01T08:00:00Z');
  const summary = summaryOf({
    evidence: {
      uses: [],
      buckets: [{ bucket: 'films', sources: ['access-log'], requests: 3, firstAt: at, lastAt: at }],
      requests: 3,
      firstAt: at,
      lastAt: at,
      marks: [],
      notKept: 3,
    },
    files: 1,
    malformed: 0,
    problems: [],
  });
  expect(summary).toMatchObject({ looked: true, requests: 3, notKept: 3 });
  expect(evidenceLines(summary)).toEqual([
    'Evidence: 3 requests to 1 bucket in 1 log file from 2026-01-01 08:00:00 UTC to 2026-01-01 08:00:00 UTC.',
    '  ! Of 3 requests only the count is kept, since there are too many different ones.',
    'What the logs do not show may be used all the same: no evidence is never no impact.',
  ]);
});
