import { expect, test } from 'vitest';
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
  expect(first.readTo).toEqual({ writtenBy: question.to, files: ['young'] });
  const late = [...before, file('late', 55), file('older-than-that', 45)];
  const second = await new PlacedUseLogs([placeOf(...late)], settings).read({ ...question, since: first.readTo });
  expect([first.files, second.files]).toEqual([2, 1]);
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
