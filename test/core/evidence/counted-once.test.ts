import { describe, expect, test } from 'vitest';
import { addEvidence } from '#core/evidence/adding.ts';
import type { LoggedRequest } from '#core/evidence/request.ts';
import { UseCollector, type Evidence, type EvidenceRead } from '#core/evidence/uses.ts';

const MARK = 100;
const MINUTE = 60_000;

type Minutes = readonly number[];
const range = (from: number, to: number): Minutes => Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** Uploads that are refused, as an access log tells them: without the error's text, and of the ACL only that there was one. */
const lines = (minutes: Minutes, more: Partial<LoggedRequest> = {}): readonly LoggedRequest[] =>
  minutes.map((minute) => ({
    source: 'access-log',
    at: minute * MINUTE,
    bucket: 'exports',
    operation: 'PutObject',
    requester: { is: 'principal', name: 'arn:aws:iam::111122223333:role/app', account: '111122223333' },
    via: 'api',
    isPresigned: false,
    acl: 'not-told',
    aclRequired: true,
    error: { code: 'AccessDenied' },
    ...more,
  }));

/** The same as a trail tells them, some seconds later. */
const events = (minutes: Minutes, more: Partial<LoggedRequest> = {}): readonly LoggedRequest[] =>
  lines(minutes, {
    source: 'data-event',
    acl: 'public',
    error: { code: 'AccessDenied', says: 'by the block' },
    ...more,
  }).map((request) => ({ ...request, at: request.at + 4_000 }));

function readOf(requests: readonly LoggedRequest[]): EvidenceRead {
  const collector = new UseCollector([MARK * MINUTE]);
  for (const one of requests) collector.take(one);
  return { evidence: collector.evidence(), files: 1, malformed: 0, problems: [] };
}

/** `operation source before/since`, with the text where it is told. */
function told({ uses }: Evidence): readonly string[] {
  return uses
    .map(({ bucket, operation, sources, spans, error }) => {
      const counts = spans.map(({ count }) => count).join('/');
      return `${bucket} ${operation} by ${sources.join('+')} ${counts}${error?.says === undefined ? '' : `, ${error.says}`}`;
    })
    .sort();
}

const read: Partial<LoggedRequest> = { operation: 'GetObject', acl: 'none-or-owner' };

const CASES = [
  {
    case: 'seventeen refused uploads stand in both logs: there were seventeen, and the trail tells why',
    first: lines(range(101, 117)),
    second: events(range(101, 117)),
    is: ['exports PutObject by data-event 0/17, by the block'],
    requests: 17,
  },
  {
    case: 'the access log comes hours late (aws-facts §5.2)',
    first: events(range(101, 117)),
    second: lines(range(101, 103)),
    is: ['exports PutObject by data-event 0/17, by the block'],
    requests: 17,
  },
  {
    case: 'the trail is told of writes alone (aws-facts §5.3): reads are counted from the access log',
    first: [...lines(range(101, 103)), ...lines(range(101, 105), read)],
    second: events(range(101, 103)),
    is: ['exports GetObject by access-log 0/5', 'exports PutObject by data-event 0/3, by the block'],
    requests: 8,
  },
  {
    case: 'the trail was made after the change: what was before it is in the access log alone',
    first: [...lines(range(90, 99)), ...lines(range(101, 103))],
    second: events(range(101, 103)),
    is: ['exports PutObject by access-log 10/0', 'exports PutObject by data-event 0/3, by the block'],
    requests: 13,
  },
  {
    case: 'the trail was made in between, and has the last of ten: the log that has more is counted',
    first: lines(range(101, 110)),
    second: events(range(108, 110)),
    is: ['exports PutObject by access-log 0/10'],
    requests: 10,
  },
  {
    case: 'the trail is told of some keys alone: the log that has more is counted',
    first: lines(range(101, 110)),
    second: events([101, 110]),
    is: ['exports PutObject by access-log 0/10'],
    requests: 10,
  },
  {
    case: 'of times that lie apart, both are counted: none of it is told twice',
    first: lines(range(101, 103)),
    second: events(range(110, 111)),
    is: ['exports PutObject by access-log 0/3', 'exports PutObject by data-event 0/2, by the block'],
    requests: 5,
  },
  {
    case: 'a failed authentication is in the access log alone (aws-facts §5.3), and no reason to count the rest twice',
    first: [...lines(range(101, 110)), ...lines([105], { error: { code: 'SignatureDoesNotMatch' } })],
    second: events(range(101, 110)),
    is: ['exports PutObject by data-event 0/10, by the block'],
    requests: 10,
  },
  {
    case: 'presigned ones are told apart by both logs, so that each sort is counted by itself',
    first: [...lines(range(101, 103)), ...lines(range(101, 105), { isPresigned: true })],
    second: events(range(101, 103)),
    is: ['exports PutObject by access-log 0/5', 'exports PutObject by data-event 0/3, by the block'],
    requests: 8,
  },
  {
    case: 'two buckets with a log each',
    first: lines(range(101, 103)),
    second: events(range(101, 103), { bucket: 'imports' }),
    is: ['exports PutObject by access-log 0/3', 'imports PutObject by data-event 0/3, by the block'],
    requests: 6,
  },
] as const;

describe('a bucket that both logs tell of', () => {
  test.each(CASES)('$case', ({ first, second, is, requests }) => {
    const { evidence } = readOf([...first, ...second]);
    expect(told(evidence)).toEqual(is);
    expect(evidence.requests).toBe(requests);
  });

  test.each(CASES)('in two looks, hours apart: $case', ({ first, second, is, requests }) => {
    const kept = JSON.parse(JSON.stringify(readOf(first))) as EvidenceRead;
    const { evidence } = addEvidence(kept, readOf(second));
    expect(told(evidence)).toEqual(is);
    expect(evidence.requests).toBe(requests);
  });

  test('it is logged from the first request of either to the last, by both', () => {
    const { evidence } = readOf([...lines(range(90, 102)), ...events(range(101, 110))]);
    expect(evidence.buckets).toEqual([
      {
        bucket: 'exports',
        sources: ['access-log', 'data-event'],
        requests: 20,
        firstAt: 90 * MINUTE,
        lastAt: 110 * MINUTE + 4_000,
      },
    ]);
  });
});
