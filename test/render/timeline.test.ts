import { expect, test } from 'vitest';
import { renderTimeline } from '#render/timeline.ts';

const counts = { source: { files: 14 }, records: 0, duplicates: 0, colour: false };

test('of what is wrong in the same way ten are named, and the others counted', () => {
  const refused = Array.from({ length: 12 }, (_, index) => ({
    where: `s3://trail/${String(index).padStart(2, '0')}.json`,
    says: 'it could not be read (AccessDenied)',
  }));
  const problems = [...refused, { where: 's3://trail/13.json', says: 'it is empty' }];
  expect(renderTimeline([], { ...counts, problems })).toMatchInlineSnapshot(`
    "Not read, or not all of it
      s3://trail/00.json: it could not be read (AccessDenied)
      s3://trail/01.json: it could not be read (AccessDenied)
      s3://trail/02.json: it could not be read (AccessDenied)
      s3://trail/03.json: it could not be read (AccessDenied)
      s3://trail/04.json: it could not be read (AccessDenied)
      s3://trail/05.json: it could not be read (AccessDenied)
      s3://trail/06.json: it could not be read (AccessDenied)
      s3://trail/07.json: it could not be read (AccessDenied)
      s3://trail/08.json: it could not be read (AccessDenied)
      s3://trail/09.json: it could not be read (AccessDenied)
      and 2 more: it could not be read (AccessDenied) (--json names them)
      s3://trail/13.json: it is empty

    0 changes, 0 failed attempts, in 0 records of 14 files.
    "
  `);
});

test('what a stranger called a file is no control of a terminal', () => {
  const problems = [{ where: 'a\u{1b}[31m.json', says: 'it is empty' }];
  expect(renderTimeline([], { ...counts, problems })).toContain('  a\\u{1b}[31m.json: it is empty\n');
});
