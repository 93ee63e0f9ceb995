import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addEvidence, canBeCutAt } from '#core/evidence/adding.ts';
import type { LoggedRequest } from '#core/evidence/request.ts';
import { MOST_USES, UseCollector, type EvidenceRead } from '#core/evidence/uses.ts';
import type { Json } from '#core/json.ts';

const request: fc.Arbitrary<LoggedRequest> = fc.record({
  source: fc.constantFrom('access-log', 'data-event'),
  at: fc.integer({ min: 1, max: 1_000 }),
  bucket: fc.constantFrom('a', 'b'),
  operation: fc.constantFrom('PutObject', 'GetObject'),
  requester: fc.constantFrom<LoggedRequest['requester']>(
    { is: 'anonymous' },
    { is: 'principal', name: 'arn:aws:iam::111122223333:role/app', account: '111122223333' },
  ),
  via: fc.constant('api'),
  isPresigned: fc.boolean(),
  acl: fc.constantFrom('none-or-owner', 'public'),
  aclRequired: fc.constantFrom(true, false, undefined),
  address: fc.constantFrom('192.0.2.1', '192.0.2.2', '192.0.2.3'),
});

function readOf(requests: readonly LoggedRequest[], marks: readonly number[]): EvidenceRead {
  const collector = new UseCollector(marks);
  for (const one of requests) collector.take(one);
  return { evidence: collector.evidence(), files: 1, malformed: 0, problems: [] };
}

/** As it is kept between two looks, with no order. */
function plain({ evidence }: EvidenceRead): unknown {
  const text = JSON.stringify(evidence, (name, value: Json) =>
    Array.isArray(value) && name !== 'spans' && name !== 'marks'
      ? value.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
      : value,
  );
  return JSON.parse(text) as unknown;
}

test('what is read in two looks is what one look would have read', () => {
  fc.assert(
    fc.property(
      fc.array(request),
      fc.array(request),
      fc.record({
        marks: fc.uniqueArray(fc.integer({ min: 1, max: 1_100 }), { maxLength: 4 }),
        known: fc.nat({ max: 4 }),
      }),
      (first, second, { marks, known }) => {
        const before = readOf(first, marks.slice(0, known));
        fc.pre(canBeCutAt(before.evidence, marks));
        const kept = JSON.parse(JSON.stringify(before)) as EvidenceRead;
        expect(plain(addEvidence(kept, readOf(second, marks)))).toEqual(plain(readOf([...first, ...second], marks)));
      },
    ),
  );
});

test('a change that came to be known later, and was made before what was counted, has it counted anew', () => {
  const { evidence } = readOf([{ ...base, at: 50 }], [40]);
  expect([canBeCutAt(evidence, [40]), canBeCutAt(evidence, [40, 60]), canBeCutAt(evidence, [40, 45])]).toEqual([
    true,
    true,
    false,
  ]);
});

test('two looks together keep no more different requests than one does, and count the others', () => {
  const of = (from: number): readonly LoggedRequest[] =>
    Array.from({ length: MOST_USES - 5_000 }, (_, index) => ({
      ...base,
      requester: { is: 'principal', name: `arn:aws:iam::111122223333:role/r-${from + index}` },
    }));
  const { evidence } = addEvidence(readOf(of(0), []), readOf(of(MOST_USES), []));
  expect([evidence.uses.length, evidence.notKept, evidence.requests]).toEqual([20_000, 10_000, 30_000]);
});

const base: LoggedRequest = {
  source: 'access-log',
  at: 1,
  bucket: 'a',
  operation: 'PutObject',
  requester: { is: 'anonymous' },
  via: 'api',
  isPresigned: false,
  acl: 'public',
  aclRequired: true,
};
