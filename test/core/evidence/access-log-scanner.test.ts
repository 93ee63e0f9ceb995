import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAccessLogLine } from '#core/evidence/access-log.ts';
import { AccessLogScanner } from '#core/evidence/access-log-scanner.ts';
import type { EvidenceAsked } from '#core/evidence/asked.ts';
import { UseCollector, type Evidence } from '#core/evidence/uses.ts';
import { ACLS, FORMATS, lineOf, MALFORMED, OPERATIONS, OUTCOMES, QUOTES, REQUESTERS } from './access-log.cases.ts';

const MARKS = [Date.UTC(2019, 1, 6, 0, 0, 30), Date.UTC(2019, 1, 6, 12)];

function scan(pieces: readonly Uint8Array[], asked: EvidenceAsked = {}) {
  const collector = new UseCollector(MARKS);
  const scanner = new AccessLogScanner(asked, collector);
  for (const piece of pieces) scanner.push(piece);
  const problem = scanner.end();
  const { lines, malformed, leftOut, firstMalformed } = scanner;
  return { evidence: collector.evidence(), lines, malformed, leftOut, firstMalformed, problem };
}

/** The same without any of what makes the scanner quick. */
function withCare(lines: readonly string[]): { readonly evidence: Evidence; readonly malformed: number } {
  const collector = new UseCollector(MARKS);
  let malformed = 0;
  for (const line of lines) {
    const read = readAccessLogLine(Buffer.from(line).toString('latin1'));
    if ('problem' in read) malformed += 1;
    else collector.take(read.request);
  }
  return { evidence: collector.evidence(), malformed };
}

const named = [FORMATS, QUOTES, REQUESTERS, OPERATIONS, ACLS, OUTCOMES].flatMap((cases) =>
  cases.map(({ line }) => line),
);
const word = fc.constantFrom(
  'a',
  '-',
  '"',
  ' ',
  '"-"',
  '" "',
  ' - ',
  '[',
  ']',
  '200',
  '" 200 - 1 1 1 1 "',
  'SigV4',
  '\t',
  '\r',
  'é',
  '?x-amz-acl=public-read',
  'x',
);
const hostile = fc.array(word, { maxLength: 8 }).map((words) => words.join('').replaceAll('\n', ''));

/** Lines of few callers and many oddities: what is found again is as much of it as what is new. */
const line = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...named) },
  { weight: 1, arbitrary: fc.constantFrom(...MALFORMED.map((one) => one.line)).filter((one) => !one.includes('\n')) },
  {
    weight: 4,
    arbitrary: fc
      .record({
        bucket: fc.constantFrom('exports', 'images', 'imagez'),
        time: fc.constantFrom(
          '[06/Feb/2019:00:00:38 +0000]',
          '[07/Feb/2019:23:59:59 +0000]',
          '[06/Feb/2019:00:00:38 +0100]',
          '[31/Feb/2019:00:00:38 +0000]',
        ),
        address: fc.constantFrom('-', '192.0.2.1', '192.0.2.2', '2001:db8::1'),
        requester: fc.constantFrom(
          '-',
          'arn:aws:sts::111122223333:assumed-role/a/s1',
          'arn:aws:sts::111122223333:assumed-role/a/s2',
          'arn:aws:iam::111122223333:user/a',
        ),
        operation: fc.constantFrom('REST.PUT.OBJECT', 'REST.GET.OBJECT', 'REST.PUT.ACL', 'S3.EXPIRE.OBJECT'),
        key: fc.constantFrom('-', 'k', 'a b'),
        status: fc.constantFrom('200', '403', '404'),
        error: fc.constantFrom('-', 'AccessDenied', 'NoSuchKey'),
        signature: fc.constantFrom('-', 'SigV4'),
        auth: fc.constantFrom('-', 'AuthHeader', 'QueryString', 'Other'),
        aclRequired: fc.constantFrom('-', 'Yes', 'No'),
        agent: fc.oneof(
          fc.constantFrom('"-"', '"a/1"', '"b/2"'),
          hostile.map((text) => `"${text}"`),
        ),
        uri: fc.oneof(
          fc.constant('"PUT /k HTTP/1.1"'),
          hostile.map((text) => `"PUT /${text} HTTP/1.1"`),
        ),
        referer: fc.oneof(
          fc.constant('"-"'),
          hostile.map((text) => `"${text}"`),
        ),
        tail: fc.constantFrom(1, 6, 7, 8, 9, 10),
      })
      .map(({ tail, ...written }) => lineOf(written, tail)),
  },
  { weight: 1, arbitrary: hostile },
);

describe('many lines', () => {
  test('say what each says when it is read by itself, however they are cut into pieces', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), fc.integer({ min: 1, max: 700 }), (some, size) => {
        // Twice, so that all is found again.
        const lines = [...some, ...some].filter((one) => one !== '' && one !== '\r' && !one.includes('\n'));
        const bytes = Buffer.from(lines.join('\n'));
        const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
          bytes.subarray(index * size, (index + 1) * size),
        );
        const { evidence, malformed, lines: count } = scan(pieces);
        expect({ evidence, malformed, count }).toEqual({ ...withCare(lines), count: lines.length });
      }),
      { numRuns: 300 },
    );
  });

  test('any bytes: nothing is thrown, and every line is counted as one thing or the other', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 }), (pieces) => {
        const { evidence, lines, malformed, leftOut } = scan(pieces);
        expect(evidence.requests + malformed + leftOut).toBe(lines);
      }),
    );
  });
});

test('malformed lines are counted, and the first of them shown with where they stand', () => {
  const text = [lineOf(), 'x', lineOf(), ...Array.from({ length: 5 }, () => 'y\u001b[31m'), ''].join('\n');
  const { lines, malformed, firstMalformed } = scan([Buffer.from(text)]);
  expect({ lines, malformed, firstMalformed }).toEqual({
    lines: 8,
    malformed: 6,
    firstMalformed: [
      { line: 2, says: 'it has no time in brackets', text: 'x' },
      { line: 4, says: 'it has no time in brackets', text: 'y\u001b[31m' },
      { line: 5, says: 'it has no time in brackets', text: 'y\u001b[31m' },
    ],
  });
});

test('a line without an end takes no more memory than a line', () => {
  const endless = Array.from({ length: 64 }, () => Buffer.alloc(64 * 1024, 0x61));
  const { lines, malformed, firstMalformed } = scan([...endless, Buffer.from(`\n${lineOf()}\n`)]);
  expect([lines, malformed, firstMalformed.map(({ says }) => says)]).toEqual([2, 1, ['it is longer than any line']]);
});

test.each<{ case: string; asked: EvidenceAsked; counted: number; leftOut: number }>([
  { case: 'everything', asked: {}, counted: 6, leftOut: 0 },
  { case: 'from a time on', asked: { from: Date.UTC(2019, 1, 7) }, counted: 2, leftOut: 4 },
  { case: 'up to a time, which is among it', asked: { to: Date.UTC(2019, 1, 6, 0, 0, 38) }, counted: 4, leftOut: 2 },
  { case: 'of one bucket', asked: { buckets: new Set(['images']) }, counted: 2, leftOut: 4 },
])('$case: $counted', ({ asked, counted, leftOut }) => {
  const three = [lineOf(), lineOf({ bucket: 'images' }), lineOf({ time: '[07/Feb/2019:00:00:00 +0000]' })];
  const read = scan([Buffer.from([...three, ...three].join('\n'))], asked);
  expect([read.evidence.requests, read.leftOut]).toEqual([counted, leftOut]);
});

test('nothing at all is empty', () => {
  expect(scan([]).problem).toBe('it is empty');
  expect(scan([Buffer.from('\n')]).problem).toBeUndefined();
});
