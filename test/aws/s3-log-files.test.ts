import { GetObjectCommand, HeadBucketCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { AwsFailure } from '#aws/failure.ts';
import { readAhead, S3LogFiles } from '#aws/s3-log-files.ts';
import { evidenceLayout } from '#core/evidence/log-layout.ts';
import type { LogsAsked } from '#core/trail-layout.ts';
import type { AwsReads } from '#kinds/kind.ts';
import type { LogFile } from '#lambda/trail-reading.ts';

const EUROPE = 'AWSLogs/111122223333/CloudTrail/eu-west-1';

/** A bucket with objects, which lists so many keys and folders a page, and keeps what it was asked. */
function bucketWith(
  objects: Readonly<Record<string, string>>,
  { perPage = 1000, refuse = () => undefined }: { perPage?: number; refuse?: (of: string) => string | undefined } = {},
): Pick<AwsReads, 'call'> & { readonly lists: string[]; readonly gets: string[] } {
  const lists: string[] = [];
  const gets: string[] = [];
  const refused = (of: string): void => {
    const code = refuse(of);
    if (code !== undefined) throw new AwsFailure(code, 'refused', { message: code });
  };
  const list = ({ Prefix = '', Delimiter, StartAfter = '', ContinuationToken = '' }: ListObjectsV2Command['input']) => {
    lists.push(Prefix);
    refused(Prefix);
    const below = Object.keys(objects)
      .filter((key) => key.startsWith(Prefix) && key > StartAfter)
      .map((key) => {
        const end = Delimiter === undefined ? -1 : key.indexOf(Delimiter, Prefix.length);
        return end === -1 ? { key } : { folder: key.slice(0, end + 1) };
      });
    const all = [...new Map(below.map((one) => [one.key ?? one.folder, one]))]
      .filter(([name]) => name > ContinuationToken)
      .sort(([one], [other]) => (one < other ? -1 : 1));
    const page = all.slice(0, perPage);
    return {
      Contents: page.flatMap(([, { key }]) =>
        key === undefined ? [] : [{ Key: key, Size: objects[key]?.length, ETag: `"${key}"` }],
      ),
      CommonPrefixes: page.flatMap(([, { folder }]) => (folder === undefined ? [] : [{ Prefix: folder }])),
      ...(all.length > perPage ? { NextContinuationToken: page.at(-1)?.[0] } : {}),
    };
  };
  const get = ({ Key = '', Range, IfMatch }: GetObjectCommand['input']) => {
    gets.push(`${Key} ${Range ?? 'all'} ${IfMatch ?? ''}`);
    refused(Key);
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(Range ?? '') ?? [];
    const body = Buffer.from(objects[Key] ?? '').subarray(
      Number(from ?? 0),
      to === undefined ? undefined : Number(to) + 1,
    );
    return { Body: { transformToByteArray: () => Promise.resolve(body) } };
  };
  const client = {
    send: async (command: unknown): Promise<unknown> => {
      if (command instanceof HeadBucketCommand) return { BucketRegion: 'eu-west-1' };
      if (command instanceof ListObjectsV2Command) return list(command.input);
      if (command instanceof GetObjectCommand) return get(command.input);
      throw new Error('the bucket knows no such call');
    },
  };
  return { lists, gets, call: ({ send }) => send(client as never) };
}

const daysOf = (region: string, ...days: readonly string[]): Record<string, string> =>
  Object.fromEntries(days.map((day) => [`${region}/${day}/a.json.gz`, day]));

const find = async (aws: Pick<AwsReads, 'call'>, prefix = '', asked: LogsAsked = {}) => {
  const { files, problems, isAnyLeftOut } = await new S3LogFiles(aws, { bucket: 'trail', prefix }).find(asked);
  return { names: files.map(({ name }) => name), problems, isAnyLeftOut };
};

const evening: LogsAsked = { since: '2026-03-02T22:00:00.000Z', until: '2026-03-02T23:59:00.000Z' };

describe('the logs under a prefix', () => {
  const trail = {
    ...daysOf(EUROPE, '2025/12/31', '2026/03/01', '2026/03/02', '2026/03/03', '2026/03/04', '2026/04/01'),
    ...daysOf('AWSLogs/o-a1b2c3d4e5/444455556666/CloudTrail/us-east-1', '2026/03/02'),
    'AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/03/02/d.json.gz': '{}',
    'AWSLogs/111122223333/Config/eu-west-1/2026/3/2/c.json.gz': '{}',
    'plain/one.jsonl': '{}',
    'plain/below/two.json': '{}',
    'plain/notes.txt': 'no log',
    'plain/': '',
  };

  test('all of them, whatever lies how deep; digests, other services’ logs and other files are none', async () => {
    for (const perPage of [1000, 1]) {
      const { names, problems, isAnyLeftOut } = await find(bucketWith(trail, { perPage }));
      expect([problems, isAnyLeftOut]).toEqual([[], true]);
      expect(names).toEqual([
        's3://trail/AWSLogs/111122223333/CloudTrail/eu-west-1/2025/12/31/a.json.gz',
        's3://trail/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/01/a.json.gz',
        's3://trail/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/a.json.gz',
        's3://trail/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/03/a.json.gz',
        's3://trail/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/04/a.json.gz',
        's3://trail/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/04/01/a.json.gz',
        's3://trail/AWSLogs/o-a1b2c3d4e5/444455556666/CloudTrail/us-east-1/2026/03/02/a.json.gz',
        's3://trail/plain/below/two.json',
        's3://trail/plain/one.jsonl',
      ]);
    }
  });

  test.each<{ case: string; prefix?: string; asked: LogsAsked; names: readonly string[]; lists: readonly string[] }>([
    {
      case: 'a time: the day, and the next; a year is listed from the first of them to the last',
      prefix: 'AWSLogs/111122223333',
      asked: evening,
      names: [`s3://trail/${EUROPE}/2026/03/02/a.json.gz`, `s3://trail/${EUROPE}/2026/03/03/a.json.gz`],
      lists: ['AWSLogs/111122223333/', 'AWSLogs/111122223333/CloudTrail/', `${EUROPE}/`, `${EUROPE}/2026/`],
    },
    {
      case: 'an account',
      prefix: 'AWSLogs',
      asked: { account: '444455556666', ...evening },
      names: ['s3://trail/AWSLogs/o-a1b2c3d4e5/444455556666/CloudTrail/us-east-1/2026/03/02/a.json.gz'],
      lists: [
        'AWSLogs/',
        'AWSLogs/o-a1b2c3d4e5/',
        'AWSLogs/o-a1b2c3d4e5/444455556666/',
        'AWSLogs/o-a1b2c3d4e5/444455556666/CloudTrail/',
        'AWSLogs/o-a1b2c3d4e5/444455556666/CloudTrail/us-east-1/',
        'AWSLogs/o-a1b2c3d4e5/444455556666/CloudTrail/us-east-1/2026/',
      ],
    },
    {
      case: 'a region that there is not',
      prefix: 'AWSLogs/111122223333',
      asked: { regions: ['us-east-1'] },
      names: [],
      lists: ['AWSLogs/111122223333/', 'AWSLogs/111122223333/CloudTrail/'],
    },
    {
      case: 'the place is a month',
      prefix: `${EUROPE}/2026/03`,
      asked: { since: '2026-03-03T00:00:00.000Z' },
      names: [`s3://trail/${EUROPE}/2026/03/03/a.json.gz`, `s3://trail/${EUROPE}/2026/03/04/a.json.gz`],
      lists: [`${EUROPE}/2026/03/`],
    },
    {
      case: 'the place is one file',
      prefix: `${EUROPE}/2026/03/02/a.json.gz`,
      asked: {},
      names: [`s3://trail/${EUROPE}/2026/03/02/a.json.gz`],
      lists: [`${EUROPE}/2026/03/02/a.json.gz`],
    },
    {
      case: 'the place is a digest’s folder',
      prefix: 'AWSLogs/111122223333/CloudTrail-Digest',
      asked: {},
      names: ['s3://trail/AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/03/02/d.json.gz'],
      lists: [
        'AWSLogs/111122223333/CloudTrail-Digest/',
        'AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/',
        'AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/',
      ],
    },
  ])('narrowed by $case', async ({ prefix = '', asked, names, lists }) => {
    const aws = bucketWith(trail);
    expect((await find(aws, prefix, asked)).names).toEqual(names);
    expect(aws.lists).toEqual(lists);
  });

  test('a year ends with the last day that is asked, on whatever page that is', async () => {
    const days = Array.from({ length: 28 }, (_, day) => `2026/03/${String(day + 1).padStart(2, '0')}`);
    const aws = bucketWith(daysOf(EUROPE, ...days), { perPage: 2 });
    const { names } = await find(aws, EUROPE, evening);
    expect([names.length, aws.lists]).toEqual([2, [`${EUROPE}/`, `${EUROPE}/2026/`, `${EUROPE}/2026/`]]);
  });

  test('a folder that cannot be listed is said, and hides no other', async () => {
    const refuse = (of: string): string | undefined => (of.startsWith(`${EUROPE}/2026`) ? 'AccessDenied' : undefined);
    const { names, problems } = await find(bucketWith(trail, { refuse }), 'AWSLogs');
    expect(names).toHaveLength(2);
    expect(problems).toEqual([{ where: `s3://trail/${EUROPE}/2026/`, says: 'it could not be listed (AccessDenied)' }]);
  });

  test('when it is late, what is not listed yet is said once, and what was found by then is there', async () => {
    const bucket = bucketWith(trail);
    const isLate = (): boolean => bucket.lists.length >= 5;
    const { files, problems } = await new S3LogFiles(bucket, { bucket: 'trail', prefix: 'AWSLogs' }).find(
      {},
      undefined,
      isLate,
    );
    expect(bucket.lists.length).toBeLessThan(9);
    expect(problems).toEqual([{ where: 'part of s3://trail/AWSLogs', says: 'not listed: there was no time for more' }]);
    expect(files.length).toBeLessThan(Object.keys(trail).length);
  });

  test.each([
    {
      case: 'the place itself cannot be listed',
      refuse: () => 'AccessDenied',
      says: "may not list s3://trail/AWSLogs (AccessDenied): allow s3:ListBucket, and see whether the bucket's own policy refuses it",
    },
    {
      case: 'there is no such bucket',
      refuse: () => 'NoSuchBucket',
      says: 'could not list s3://trail/AWSLogs: there is no bucket "trail"; make it, or check its name',
    },
  ])('$case', async ({ refuse, says }) => {
    await expect(find(bucketWith(trail, { refuse }), 'AWSLogs')).rejects.toThrow(says);
  });

  test('a run that was stopped throws, whatever folder it was in', async () => {
    const bucket = bucketWith(trail);
    const call: AwsReads['call'] = async (asked) => {
      if (bucket.lists.length >= 3) throw new DOMException('This operation was aborted', 'AbortError');
      return bucket.call(asked);
    };
    await expect(find({ call }, 'AWSLogs')).rejects.toThrow('aborted');
  });

  test.each([{ prefix: 'nowhere' }, { prefix: 'plain/notes.txt' }])('no log at all: $prefix', async ({ prefix }) => {
    await expect(find(bucketWith(trail), prefix)).rejects.toThrow(
      `no log is in s3://trail/${prefix} or below it: name the place of a trail, with files such as ….json.gz`,
    );
  });
});

describe('one log', () => {
  const only = async (aws: Pick<AwsReads, 'call'>): Promise<LogFile> => {
    const { files } = await new S3LogFiles(aws, { bucket: 'trail', prefix: '' }, { pieceBytes: 4 }).find({});
    const [file] = files;
    if (file === undefined) throw new Error('there is one');
    return file;
  };

  test('in one go', async () => {
    const file = await only(bucketWith({ 'a.json': 'all of it' }));
    expect([file.size, Buffer.from(await file.readAll()).toString()]).toEqual([9, 'all of it']);
  });

  test('piece by piece, each of them the object that was listed', async () => {
    const aws = bucketWith({ 'a.json': '0123456789' });
    const pieces: string[] = [];
    for await (const piece of (await only(aws)).open()) pieces.push(Buffer.from(piece).toString());
    expect([pieces, aws.gets]).toEqual([
      ['0123', '4567', '89'],
      ['a.json bytes=0-3 "a.json"', 'a.json bytes=4-7 "a.json"', 'a.json bytes=8-9 "a.json"'],
    ]);
  });

  test('refused: what AWS calls it', async () => {
    const file = await only(
      bucketWith({ 'a.json': '{}' }, { refuse: (of) => (of === 'a.json' ? 'InvalidObjectState' : undefined) }),
    );
    await expect(file.readAll()).rejects.toMatchObject({ code: 'InvalidObjectState' });
  });
});

describe('reading ahead', () => {
  const fileOf = (name: string, size: number, readAll: () => Promise<Uint8Array>): LogFile => ({
    name,
    size,
    readAll,
    open: () => {
      throw new Error('not opened');
    },
  });

  test('so many small ones are on their way before they are asked for; a large one is not', async () => {
    const started: string[] = [];
    const files = ['a', 'b', 'large', 'c', 'd'].map((name) =>
      fileOf(name, name === 'large' ? 2 * 1024 * 1024 : 10, () => {
        started.push(name);
        return Promise.resolve(Buffer.from(name));
      }),
    );
    const ahead = readAhead(files, 2);
    const first = await ahead.next();
    expect([first.value?.name, started]).toEqual(['a', ['a', 'b']]);
    const rest: string[] = [];
    for await (const { readAll } of ahead) rest.push(Buffer.from(await readAll()).toString());
    expect([rest, started]).toEqual([
      ['b', 'large', 'c', 'd'],
      ['a', 'b', 'c', 'large', 'd'],
    ]);
  });

  test('one that is refused is so for whoever asks for it, and for nobody else', async () => {
    const files = [
      fileOf('a', 1, () => Promise.reject(new Error('refused'))),
      fileOf('b', 1, async () => Buffer.from('b')),
    ];
    const read: string[] = [];
    for await (const { readAll } of readAhead(files, 2))
      read.push(await readAll().then(String, (error: unknown) => String(error)));
    expect(read).toEqual(['Error: refused', 'b']);
  });

  test('one that is read again is asked for again: what was read ahead is kept by nobody', async () => {
    let asked = 0;
    const file = fileOf('a', 1, () => {
      asked += 1;
      return Promise.resolve(Buffer.from(`answer ${asked}`));
    });
    const read: string[] = [];
    for await (const { readAll } of readAhead([file], 2)) read.push(String(await readAll()), String(await readAll()));
    expect([read, asked]).toEqual([['answer 1', 'answer 2'], 2]);
  });
});

describe('access logs under a prefix', () => {
  const dayOf = (index: number): string => new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10);
  const flat = Object.fromEntries(
    Array.from({ length: 90 }, (_, index) => [`logs/exports-${dayOf(index)}-00-00-00-ABCDEF0123456789`, 'x']),
  );
  const partitioned = Object.fromEntries(
    Array.from({ length: 90 }, (_, index) => [
      `p/111122223333/eu-west-1/exports/${dayOf(index).replaceAll('-', '/')}/${dayOf(index)}-00-00-00-ABCDEF0123456789`,
      'x',
    ]),
  );
  const others = { 'p/111122223333/eu-west-1/media/2026/03/02/2026-03-02-00-00-00-ABCDEF0123456789': 'x' };
  const days = (keys: readonly string[]): readonly (string | undefined)[] =>
    keys.map((key) => /\d{4}-\d{2}-\d{2}/.exec(key)?.[0]);

  test.each([
    { case: 'names that tell the day: what is too early is skipped, not listed', prefix: 'logs', lists: 4 },
    { case: 'partitions', prefix: 'p', lists: 5 },
  ])('$case', async ({ prefix, lists }) => {
    const aws = bucketWith({ ...flat, ...partitioned, ...others }, { perPage: 10 });
    const files = new S3LogFiles(aws, { bucket: 'trail', prefix });
    const found = await files.find(evening, evidenceLayout(new Set(['exports'])));
    expect(days(found.files.map(({ name }) => name))).toEqual(['2026-03-02', '2026-03-03', '2026-03-04']);
    expect(found.isAnyLeftOut).toBe(true);
    expect(aws.lists.length).toBeLessThanOrEqual(lists);
  });

  test('says what it looked for', async () => {
    const aws = bucketWith({ 'notes.pdf': 'x' });
    await expect(new S3LogFiles(aws, { bucket: 'trail', prefix: '' }).find({}, evidenceLayout())).rejects.toThrow(
      'no log is in s3://trail or below it: name the place of access logs, or of a trail with data events',
    );
  });
});
