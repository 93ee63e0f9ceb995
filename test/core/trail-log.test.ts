import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '#core/json.ts';
import { LONGEST_RECORD, recordsIn, TrailLogScanner } from '#core/trail-log.ts';
import { messageOf, recordOf } from '../records.ts';

const A = recordOf('PutBucketAcl', { eventID: 'a' });
const B = recordOf('PutBucketPolicy', { eventID: 'b', userAgent: 'x"}]} \\ ünï ] {' });
const READ = recordOf('GetBucketAcl', { eventID: 'r' });
const NAMES = new Set(['PutBucketAcl', 'PutBucketPolicy']);

const trail = (...records: readonly Json[]): string => JSON.stringify({ Records: records });
const lookup = (record: Json): Json => ({ EventId: 'x', EventName: 'x', CloudTrailEvent: JSON.stringify(record) });

interface Scanned {
  readonly ids: readonly string[];
  readonly count: number;
  readonly problem: string | undefined;
}

/** Reads a file in pieces of so many bytes. */
function scan(text: string | Uint8Array, pieces = Number.MAX_SAFE_INTEGER): Scanned {
  const bytes = Buffer.from(text);
  const ids: string[] = [];
  const onRecord = (record: Uint8Array): void => {
    for (const one of recordsIn(JSON.parse(Buffer.from(record).toString('utf8')) as Json))
      ids.push((one as { readonly eventID?: string }).eventID ?? 'none');
  };
  const scanner = new TrailLogScanner({ names: NAMES, onRecord });
  for (let at = 0; at < bytes.length; at += pieces) scanner.push(bytes.subarray(at, at + pieces));
  const problem = scanner.end();
  return { ids, count: scanner.count, problem };
}

describe('a log is read in every shape that its records come in', () => {
  test.each([
    { case: 'a file of a trail', text: trail(A, READ, B), ids: ['a', 'b'], count: 3 },
    { case: 'the same, laid out', text: JSON.stringify({ Records: [A, READ, B] }, null, 2), ids: ['a', 'b'], count: 3 },
    { case: 'a trail that saw nothing', text: trail(), ids: [], count: 0 },
    { case: 'a list', text: JSON.stringify([A, B]), ids: ['a', 'b'], count: 2 },
    { case: 'one record', text: JSON.stringify(A), ids: ['a'], count: 1 },
    { case: 'a record a line', text: `${JSON.stringify(A)}\n${JSON.stringify(B)}\n`, ids: ['a', 'b'], count: 2 },
    { case: 'with a byte order mark and CRLF', text: `\u{feff}${JSON.stringify(A)}\r\n`, ids: ['a'], count: 1 },
    { case: 'as EventBridge brings it', text: JSON.stringify(messageOf(A)), ids: ['a'], count: 1 },
    {
      case: 'as LookupEvents answers: the record is a text in it',
      text: JSON.stringify({ Events: [lookup(A), lookup(B)], NextToken: 'x' }, null, 4),
      ids: ['a', 'b'],
      count: 2,
    },
    {
      case: 'members before the list',
      text: JSON.stringify({ NextToken: 'x', Events: [lookup(A), lookup(B)] }),
      ids: ['a', 'b'],
      count: 1,
    },
    {
      case: 'the name of a watched call inside of another record is not one',
      text: trail(
        recordOf('Invoke', { requestParameters: { eventName: 'none', list: [{}, { x: 'PutBucketAcl' }] } }),
        A,
      ),
      ids: ['a'],
      count: 2,
    },
    {
      case: 'a record whose members stand in another order, after a nested eventName',
      text: trail({ additionalEventData: { eventName: 'other' }, ...A }),
      ids: ['a'],
      count: 1,
    },
  ])('$case', ({ text, ids, count }) => {
    expect(scan(text)).toEqual({ ids, count, problem: undefined });
  });

  test('wherever it is cut into pieces', () => {
    const texts = [
      trail(A, READ, B, A),
      JSON.stringify({ Records: [A, B] }, null, 2),
      `\u{feff}${JSON.stringify(B)}\r\n${JSON.stringify(A)}`,
      JSON.stringify({ Events: [lookup(A), lookup(B)] }),
    ];
    for (const text of texts) {
      const whole = scan(text);
      for (let pieces = 1; pieces < 90; pieces += 1) expect(scan(text, pieces)).toEqual(whole);
    }
  });

  test('whatever its members hold', () => {
    const nested = fc.jsonValue({ maxDepth: 3 });
    fc.assert(
      fc.property(fc.array(nested, { maxLength: 6 }), fc.integer({ min: 1, max: 400 }), (values, pieces) => {
        const records = values.map((value, index) =>
          recordOf(index % 2 === 0 ? 'PutBucketAcl' : 'Other', {
            eventID: `e${index}`,
            requestParameters: { value: value as Json },
          }),
        );
        const { ids, count, problem } = scan(trail(...records), pieces);
        expect([count, problem]).toEqual([records.length, undefined]);
        // What names a watched call somewhere is looked at closer, and is then none.
        expect(ids.filter((id) => Number(id.slice(1)) % 2 === 0)).toEqual(
          records.flatMap((_, index) => (index % 2 === 0 ? [`e${index}`] : [])),
        );
      }),
    );
  });
});

describe('what cannot be read is said, and what stands before it counts', () => {
  const cut = trail(A, B).slice(0, -60);
  test.each([
    { case: 'cut short in a record', text: cut, ids: ['a'], count: 1, problem: 'it ends in the middle of a record' },
    {
      case: 'cut short between two records',
      text: `{"Records":[${JSON.stringify(A)},`,
      ids: ['a'],
      count: 1,
      problem: 'it ends before its list of records does',
    },
    { case: 'nothing at all', text: '', ids: [], count: 0, problem: 'it is empty' },
    { case: 'white space', text: ' \n', ids: [], count: 0, problem: 'it is empty' },
    { case: 'another format', text: '<html></html>', ids: [], count: 0, problem: 'it is no JSON from byte 0 on' },
    {
      case: 'something between records',
      text: `{"Records":[${JSON.stringify(A)} x ${JSON.stringify(B)}]}`,
      ids: ['a'],
      count: 1,
      problem: `it is no JSON from byte ${`{"Records":[${JSON.stringify(A)} `.length} on`,
    },
    {
      case: 'a line that is no record, in a file of a record a line',
      text: `${JSON.stringify(A)}\noops\n${JSON.stringify(B)}\n`,
      ids: ['a', 'b'],
      count: 2,
      problem: `it is no JSON from byte ${JSON.stringify(A).length + 1} on, to the end of the line`,
    },
    {
      case: 'an entry that is no record',
      text: `{"Records":[7,${JSON.stringify(A)}]}`,
      ids: [],
      count: 0,
      problem: 'it is no JSON from byte 12 on',
    },
  ])('$case', ({ text, ids, count, problem }) => {
    expect(scan(text)).toEqual({ ids, count, problem });
    expect(scan(text, 7)).toEqual({ ids, count, problem });
  });

  test('a record that nobody can write is passed over, and the others are read', () => {
    const endless = recordOf('PutBucketAcl', { eventID: 'endless', userAgent: 'x'.repeat(LONGEST_RECORD) });
    const { ids, count, problem } = scan(trail(A, endless, B), 1 << 16);
    expect([ids, count]).toEqual([['a', 'b'], 3]);
    expect(problem).toBe('a record of it is longer than 4 MB, and was passed over');
  });
});

test('what is asked for besides is given apart, unless it names what is asked for too', () => {
  const give = recordOf('AssumeRole', { eventID: 'give' });
  const both = recordOf('AssumeRole', { eventID: 'both', requestParameters: { eventName: 'PutBucketAcl' } });
  const asked: string[] = [];
  const besides: string[] = [];
  const scanner = new TrailLogScanner(
    { names: NAMES, onRecord: (record) => asked.push(Buffer.from(record).toString('utf8')) },
    { names: new Set(['AssumeRole']), onRecord: (record) => besides.push(Buffer.from(record).toString('utf8')) },
  );
  scanner.push(Buffer.from(trail(A, give, READ, both)));
  expect([scanner.end(), scanner.count]).toEqual([undefined, 4]);
  const idOf = (text: string): string => (JSON.parse(text) as { readonly eventID: string }).eventID;
  expect([asked.map(idOf), besides.map(idOf)]).toEqual([['a', 'both'], ['give']]);
});
