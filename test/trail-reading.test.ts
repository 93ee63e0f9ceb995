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
      events: [],
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

describe('who took the session of a call', () => {
  const bob = { type: 'IAMUser', userName: 'bob', accountId: '111122223333', accessKeyId: 'AKIA1' };
  const runner = { type: 'AssumedRole', arn: 'arn:aws:sts::111122223333:assumed-role/ci/runner', accessKeyId: 'ASIA2' };
  const give = (key: string, to: Json, more: Readonly<Record<string, Json | undefined>> = {}) =>
    recordOf('AssumeRole', {
      eventID: `give-${key}`,
      eventSource: 'sts.amazonaws.com',
      eventTime: '2026-03-02T07:00:00Z',
      userIdentity: to,
      responseElements: { credentials: { accessKeyId: key, sessionToken: 'SECRET' } },
      ...more,
    });
  const wants = trail(put('a'), recordOf('GetBucketAcl'));
  const lookup = (...records: readonly Json[]): string =>
    JSON.stringify({ Events: records.map((record) => ({ EventName: 'x', CloudTrailEvent: JSON.stringify(record) })) });

  test.each([
    { case: 'in the same file', files: [trail(put('a'), give('ASIAEXAMPLE', bob))], records: 2 },
    { case: 'in a file that is read before', files: [trail(give('ASIAEXAMPLE', bob)), wants], records: 3 },
    { case: 'in a file that is read after', files: [wants, trail(give('ASIAEXAMPLE', bob))], records: 3 },
    { case: 'in an answer of LookupEvents', files: [wants, lookup(give('ASIAEXAMPLE', bob))], records: 3 },
    { case: 'in an answer laid out', files: [wants, JSON.stringify([give('ASIAEXAMPLE', bob)], null, 2)], records: 3 },
    {
      case: 'twice, in two files',
      files: [wants, trail(give('ASIAEXAMPLE', bob)), trail(give('ASIAEXAMPLE', bob))],
      records: 4,
    },
  ])('$case: it is no change itself, and the counts are those of the files', async ({ files, records }) => {
    const read = await readTrailLogs(
      files.map((body, index) => fileOf(`${index}.json`, body)),
      { kinds: declarations },
    );
    expect(read.entries.map(({ event, chainText }) => [event, chainText])).toEqual([
      [
        'a',
        'whose session was given by AssumeRole at 2026-03-02 07:00:00 UTC to user bob, with a long-lived access key',
      ],
    ]);
    expect([read.records, read.duplicates, read.problems]).toEqual([records, 0, []]);
    expect(JSON.stringify(read)).not.toContain('SECRET');
  });

  test('over two files, of which each is packed and read in pieces', async () => {
    const others = Array.from({ length: 300 }, (_, n) => give(`ASIAOTHER${n}`, bob));
    const read = await readTrailLogs(
      [
        fileOf('a', gzipSync(trail(...others, give('ASIA2', bob)))),
        fileOf('b', gzipSync(trail(give('ASIAEXAMPLE', runner), ...others))),
        fileOf('c', gzipSync(wants)),
      ],
      { kinds: declarations },
    );
    expect(read.entries.map(({ chain }) => [chain?.links.map(({ event }) => event), chain?.person])).toEqual([
      [['give-ASIAEXAMPLE', 'give-ASIA2'], 'bob'],
    ]);
  });

  test('nobody is read again who may not say it', async () => {
    const opened: string[] = [];
    const counted = (name: string, body: string): LogFile => ({
      ...fileOf(name, body),
      readAll: () => {
        opened.push(name);
        return Promise.resolve(Buffer.from(body));
      },
    });
    const files = [
      counted('others', trail(give('ASIA3', bob), give('ASIA4', bob))),
      counted('its own', trail(give('ASIAEXAMPLE', bob))),
      counted('the change', wants),
    ];
    await readTrailLogs(files, { kinds: declarations });
    expect(opened.sort()).toEqual(['its own', 'its own', 'others', 'the change']);
  });

  test('a file that is gone when it is to be read again is said', async () => {
    let times = 0;
    const body = trail(give('ASIAEXAMPLE', bob));
    const gone: LogFile = {
      ...fileOf('gone', body),
      readAll: () => {
        times += 1;
        return times === 1
          ? Promise.resolve(Buffer.from(body))
          : Promise.reject(Object.assign(new Error('no'), { code: 'ENOENT' }));
      },
    };
    const { entries, problems } = await readTrailLogs([gone, fileOf('b', wants)], { kinds: declarations });
    expect([entries.map(({ chain }) => chain?.end), problems]).toEqual([
      ['not-found'],
      [
        {
          where: 'gone',
          says: 'who took a session stands in it, and could not be read: it could not be read (ENOENT)',
        },
      ],
    ]);
  });

  test('what is damaged is said once, and what stands before the damage explains', async () => {
    const cut = trail(give('ASIAEXAMPLE', bob), give('ASIA5', bob)).slice(0, -40);
    const { entries, problems } = await readTrailLogs([fileOf('cut', cut), fileOf('b', wants)], {
      kinds: declarations,
    });
    expect([entries.map(({ chain }) => chain?.person), problems]).toEqual([
      ['bob'],
      [{ where: 'cut', says: 'it ends in the middle of a record' }],
    ]);
  });
});
