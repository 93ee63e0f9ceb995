import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { howText } from '#core/how.ts';
import type { Json } from '#core/json.ts';
import { kinds } from '#kinds';
import { readTrailLogs, type LogFile } from '#lambda/trail-reading.ts';
import { recordOf } from './records.ts';

const declarations = kinds.map(({ declaration }) => declaration);

function fileOf(name: string, body: string | Uint8Array, pieces = 1_000): LogFile {
  const bytes = Buffer.from(body);
  return {
    name,
    size: bytes.length,
    readAll: () => Promise.resolve(bytes),
    open: async function* () {
      for (let at = 0; at < bytes.length; at += pieces) yield bytes.subarray(at, at + pieces);
    },
  };
}

const put = (id: string, more: Readonly<Record<string, Json | undefined>> = {}) =>
  recordOf('PutBucketPolicy', { eventID: id, requestParameters: { bucketName: 'exports' }, ...more });
const trail = (...records: readonly Json[]): string => JSON.stringify({ Records: records });

describe('logs of CloudTrail', () => {
  test('each call on what is watched, once, with who and how, the oldest first; what failed says so', async () => {
    const read = await readTrailLogs(
      [
        fileOf(
          'b.json.gz',
          gzipSync(
            trail(
              put('late', { eventTime: '2026-03-02T09:00:00Z' }),
              recordOf('GetBucketPolicy', { eventID: 'read' }),
              recordOf('UpdateIPSet', { eventID: 'guardduty', eventSource: 'guardduty.amazonaws.com' }),
              put('refused', { eventTime: '2026-03-02T08:30:00Z', errorCode: 'AccessDenied' }),
            ),
          ),
        ),
        fileOf('a.json', trail(put('early'), put('late', { eventTime: '2026-03-02T09:00:00Z' }))),
      ],
      { kinds: declarations },
    );
    expect(read.entries.map(({ event, error, call }) => [event, call, error?.code])).toEqual([
      ['early', 'PutBucketPolicy', undefined],
      ['refused', 'PutBucketPolicy', 'AccessDenied'],
      ['late', 'PutBucketPolicy', undefined],
    ]);
    const [first] = read.entries;
    expect(first?.about).toEqual([
      { ref: { account: '111122223333', region: 'eu-west-1', kind: 's3-bucket', id: 'exports' } },
    ]);
    expect([first?.whoText, first && howText(first.how)]).toEqual([
      'role platform, session ana@example.com',
      'the AWS CLI 2.30.0',
    ]);
    expect({ ...read, entries: undefined }).toEqual({
      entries: undefined,
      files: 2,
      records: 6,
      duplicates: 1,
      problems: [],
    });
  });

  test('a corrected copy takes the place of what it corrects', async () => {
    const corrected = put('copy', {
      addendum: { reason: 'UPDATED_DATA', originalEventID: 'first' },
      requestParameters: { bucketName: 'other' },
    });
    for (const records of [
      [put('first'), corrected],
      [corrected, put('first')],
    ]) {
      const { entries } = await readTrailLogs([fileOf('f', trail(...records))], { kinds: declarations });
      expect(entries.map(({ event, about }) => [event, JSON.stringify(about).includes('"other"')])).toEqual([
        ['first', true],
      ]);
    }
  });

  const packed = gzipSync(trail(put('a'), put('b', { userAgent: 'x'.repeat(5_000) }), put('c')));
  const cases: readonly {
    readonly case: string;
    readonly body: string | Uint8Array;
    readonly events: readonly string[];
    readonly says: readonly string[];
  }[] = [
    {
      case: 'several members, as appending makes them',
      body: Buffer.concat([gzipSync(`${JSON.stringify(put('a'))}\n`), gzipSync(`${JSON.stringify(put('b'))}\n`)]),
      events: ['a', 'b'],
      says: [],
    },
    {
      case: 'cut short while it was packed',
      body: gzipSync(
        `${JSON.stringify(put('a'))}\n${Array.from({ length: 40 }, (_, n) => JSON.stringify(put(`z${n}`))).join('\n')}`,
        {
          level: 0,
        },
      ).subarray(0, 1_500),
      events: ['a', 'z0'],
      says: ['it ends in the middle of what is packed; what stands before it was read'],
    },
    {
      case: 'damaged',
      body: Buffer.concat([packed.subarray(0, 20), Buffer.alloc(40, 0xff), packed.subarray(60)]),
      events: [],
      says: ['it is damaged: it cannot be unpacked; what stands before it was read'],
    },
    { case: 'empty', body: '', events: [], says: ['it is empty'] },
    { case: 'packed, and empty', body: gzipSync(''), events: [], says: ['it is empty'] },
    {
      case: 'a text cut short',
      body: trail(put('a'), put('b')).slice(0, -40),
      events: ['a'],
      says: ['it ends in the middle of a record'],
    },
    {
      case: 'JSON of something else',
      body: '{"name":"x","version":"1"}',
      events: [],
      says: ['1 of its entries is no record of CloudTrail'],
    },
    {
      case: 'a watched call that says too little',
      body: trail(put('a'), put('b', { eventTime: 'none' })),
      events: ['a'],
      says: ['1 of its records could not be read: a CloudTrail record cannot be read: its eventTime is no time'],
    },
  ];
  test.each(cases)('a file: $case', async ({ body, events, says }) => {
    const read = await readTrailLogs([fileOf('broken', body), fileOf('whole', trail(put('whole')))], {
      kinds: declarations,
    });
    expect(read.entries.map(({ event }) => event).filter((id) => id !== 'whole')).toEqual(events);
    expect(read.entries.map(({ event }) => event)).toContain('whole');
    expect(read.problems).toEqual(says.map((one) => ({ where: 'broken', says: one })));
  });

  test('a file that cannot be opened is said, and hides no other', async () => {
    const refused: LogFile = {
      name: 'refused',
      size: 1,
      readAll: () => Promise.reject(Object.assign(new Error('no'), { code: 'EACCES' })),
      open: () => {
        throw Object.assign(new Error('no'), { code: 'EACCES' });
      },
    };
    const read = await readTrailLogs([refused, fileOf('whole', trail(put('whole')))], { kinds: declarations });
    expect(read.problems).toEqual([{ where: 'refused', says: 'it could not be read (EACCES)' }]);
    expect(read.entries).toHaveLength(1);
  });
});
