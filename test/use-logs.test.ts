import { describe, expect, test } from 'vitest';
import { PlumblineError } from '#core/errors.ts';
import type { UseQuestion } from '#lambda/ports.ts';
import { PlacedUseLogs, type UsePlace } from '#lambda/use-logs.ts';
import { accessLogLine, requestsOf, type MadeAccount } from '#local/demo/traffic.ts';

const account: MadeAccount = {
  account: '111122223333',
  canonicalId: 'a'.repeat(64),
  region: 'us-east-1',
  traffic: [
    {
      by: 'anonymous',
      bucket: 'pictures',
      operation: 'GetObject',
      userAgent: 'browser',
      addresses: ['192.0.2.1'],
      everyMs: 60_000,
      from: '2026-03-02T07:00:00.000Z',
      to: '2026-03-02T07:30:00.000Z',
    },
  ],
};
const LINES = [...requestsOf(account, 1)].map((request) => accessLogLine(account, request)).join('\n');

/** A file that was written in this minute after eight. */
const file = (name: string, minute: number, size = LINES.length) => ({
  name,
  size,
  writtenAt: new Date(Date.UTC(2026, 2, 2, 8, minute)).toISOString(),
  open: () => new Blob([LINES]).stream() as unknown as AsyncIterable<Uint8Array>,
  readAll: () => Promise.resolve(Buffer.from(LINES)),
});
const placeOf = (...files: ReturnType<typeof file>[]): UsePlace => ({
  name: 's3://logs',
  find: () => Promise.resolve({ files, problems: [], isAnyLeftOut: false }),
});
const question: UseQuestion = {
  from: '2026-02-23T08:00:00.000Z',
  to: '2026-03-02T09:00:00.000Z',
  buckets: undefined,
  marks: [],
};
const settings = { account: account.account, now: () => new Date('2026-03-02T09:00:00.000Z') };

test('what one look may read is read from the newest on; what was left out is said', async () => {
  const half = 128 * 1024 * 1024;
  const logs = new PlacedUseLogs(
    [placeOf(file('old', 1, half), file('new', 30, half), file('newer', 50, half))],
    settings,
  );
  const { files, problems } = await logs.read(question);
  expect({ files, problems }).toEqual({
    files: 2,
    problems: [
      {
        where: '1 file of 128 MB, written until 2026-03-02 08:01 UTC',
        says: 'left out: one look reads at most 256 MB, for 90 seconds',
      },
    ],
  });
});

test('a look that takes too long ends with what it has', async () => {
  let now = Date.UTC(2026, 2, 2, 9);
  const slow = { ...settings, now: () => new Date((now += 60_000)) };
  const logs = new PlacedUseLogs([placeOf(file('a', 1), file('b', 2), file('c', 3))], slow);
  const { files, problems } = await logs.read(question);
  expect([files, problems.length]).toEqual([1, 1]);
});

test('a later look reads what was written since, and no file twice, also where one shows late', async () => {
  const before = [file('old', 1), file('young', 59)];
  const first = await new PlacedUseLogs([placeOf(...before)], settings).read(question);
  expect(first.readTo).toEqual({ places: { 's3://logs': question.to }, files: ['young'] });
  const late = [...before, file('late', 55), file('older-than-that', 45)];
  const second = await new PlacedUseLogs([placeOf(...late)], settings).read({ ...question, since: first.readTo });
  expect([first.files, second.files]).toEqual([2, 1]);
});

test('a file that counts as read is read to its end, also what is in it of the minutes after the look began', async () => {
  const early = { ...question, to: '2026-03-02T07:10:00.000Z' };
  const { evidence } = await new PlacedUseLogs([placeOf(file('a', 1))], settings).read(early);
  expect(evidence.requests).toBe(LINES.split('\n').length);
});

test('two places with the same file count it once; one that cannot be looked through hides no other', async () => {
  const broken: UsePlace = {
    name: 's3://gone',
    find: () => Promise.reject(new PlumblineError('AWS_REFUSED', 'there is no bucket "gone"')),
  };
  const logs = new PlacedUseLogs([placeOf(file('a', 1)), broken, placeOf(file('a', 1))], settings);
  const { files, problems } = await logs.read(question);
  expect([files, problems]).toEqual([1, [{ where: 's3://gone', says: 'there is no bucket "gone"' }]]);
});

describe('what could not be read in the first look', () => {
  const broken = (reason: string): UsePlace => ({
    name: 's3://other',
    find: () => Promise.reject(new PlumblineError('AWS_REFUSED', reason)),
  });
  const other = (...files: ReturnType<typeof file>[]): UsePlace => ({ ...placeOf(...files), name: 's3://other' });
  const later = (since: UseQuestion['since']): UseQuestion => ({ ...question, to: '2026-03-02T10:00:00.000Z', since });

  test('a place that could not be listed is read from the beginning once it can be, and the other not again', async () => {
    const first = await new PlacedUseLogs([placeOf(file('a', 1)), broken('SlowDown')], settings).read(question);
    const whole = [placeOf(file('a', 1)), other(file('b', 1), file('c', 2))];
    const second = await new PlacedUseLogs(whole, settings).read(later(first.readTo));
    const third = await new PlacedUseLogs(whole, settings).read(later(second.readTo));
    expect([first, second, third].map(({ files, mended }) => [files, mended])).toEqual([
      [1, ['s3://logs']],
      [2, ['s3://logs', 's3://other']],
      [0, ['s3://logs', 's3://other']],
    ]);
  });

  test('of a place of which a folder could not be listed no file is read twice, and the folder is when it can be', async () => {
    const refused = { where: 's3://other/eu/', says: 'it could not be listed (SlowDown)' };
    const part: UsePlace = {
      ...other(),
      find: () => Promise.resolve({ files: [file('a', 1)], problems: [refused], isAnyLeftOut: false }),
    };
    const first = await new PlacedUseLogs([part], settings).read(question);
    const second = await new PlacedUseLogs([other(file('a', 1), file('b', 1))], settings).read(later(first.readTo));
    expect([first.files, first.mended, second.files, second.mended]).toEqual([1, [], 1, ['s3://other']]);
  });

  test('a file that could not be opened is tried again; one that is damaged is not', async () => {
    const shut = {
      ...file('shut', 1),
      readAll: () => Promise.reject(new Error('SlowDown')),
    };
    const damaged = { ...file('damaged', 1), readAll: () => Promise.resolve(Buffer.from([0x1f, 0x8b, 0x08, 0x00])) };
    const damagedToo = { ...damaged, open: () => new Blob([Buffer.from([0x1f, 0x8b, 0x08, 0x00])]).stream() };
    const files = [shut, damagedToo as unknown as ReturnType<typeof file>];
    const first = await new PlacedUseLogs([placeOf(...files)], settings).read(question);
    expect(first.readTo.again).toEqual([{ name: 'shut', writtenAt: shut.writtenAt }]);
    const second = await new PlacedUseLogs([placeOf(file('shut', 1), ...files.slice(1))], settings).read(
      later(first.readTo),
    );
    expect([second.files, second.evidence.requests, second.mended]).toEqual([
      1,
      LINES.split('\n').length,
      ['s3://logs', 'shut'],
    ]);
    expect(second.readTo.again).toBeUndefined();
  });

  test('listing has its own time: what was not listed by then is said, and the next look goes on with what is newer', async () => {
    let now = Date.UTC(2026, 2, 2, 9);
    const slow: UsePlace = {
      ...other(),
      find: (_asked, _buckets, isLate) => {
        now += 5 * 60_000;
        return Promise.resolve({
          files: [file('a', 1)],
          problems: isLate() ? [{ where: 'part of s3://other', says: 'not listed: there was no time for more' }] : [],
          isAnyLeftOut: true,
        });
      },
    };
    const { problems, readTo } = await new PlacedUseLogs([slow], { ...settings, now: () => new Date(now) }).read(
      question,
    );
    expect([problems.length, readTo.places]).toEqual([1, { 's3://other': question.to }]);
  });
});
