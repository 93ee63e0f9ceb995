import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import pMap from 'p-map';
import { beforeAll, describe, expect, test } from 'vitest';
import { evidenceLayout } from '#core/evidence/log-layout.ts';
import type { LogsAsked } from '#core/trail-layout.ts';
import { readRanges } from '#lambda/log-file.ts';
import { findLogFiles } from '#local/log-files.ts';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'plumbline-logs-'));
  for (const path of [
    'AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/a.json.gz',
    'AWSLogs/111122223333/CloudTrail/eu-west-1/2026/04/02/b.json.gz',
    'AWSLogs/o-a1b2c3d4e5/444455556666/CloudTrail/us-east-1/2026/03/02/c.json.gz',
    'AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/03/02/d.json.gz',
    'plain/e.jsonl',
    'plain/notes.txt',
  ]) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), '{}');
  }
});

const march: LogsAsked = { since: '2026-03-02T00:00:00.000Z', until: '2026-03-03T00:00:00.000Z' };

describe('a folder is narrowed as a bucket is', () => {
  test.each<{ case: string; below?: string; asked: LogsAsked; names: readonly string[]; leftOut: boolean }>([
    { case: 'everything', asked: {}, names: ['a.json.gz', 'b.json.gz', 'c.json.gz', 'e.jsonl'], leftOut: true },
    { case: 'days', asked: march, names: ['a.json.gz', 'c.json.gz', 'e.jsonl'], leftOut: true },
    { case: 'an account', asked: { account: '444455556666' }, names: ['c.json.gz', 'e.jsonl'], leftOut: true },
    {
      case: 'a region',
      asked: { regions: ['eu-west-1'] },
      names: ['a.json.gz', 'b.json.gz', 'e.jsonl'],
      leftOut: true,
    },
    {
      case: 'below its layout',
      below: 'AWSLogs/111122223333/CloudTrail/eu-west-1',
      asked: march,
      names: ['a.json.gz'],
      leftOut: true,
    },
    { case: 'nothing of it', below: 'AWSLogs', asked: { account: '777788889999' }, names: [], leftOut: true },
    { case: 'plain logs', below: 'plain', asked: march, names: ['e.jsonl'], leftOut: false },
  ])('$case', async ({ below = '.', asked, names, leftOut }) => {
    const found = await findLogFiles({ path: join(root, below), named: 'logs' }, asked);
    expect([found.files.map(({ name }) => name.split('/').at(-1)), found.problems, found.isAnyLeftOut]).toEqual([
      names,
      [],
      leftOut,
    ]);
  });
});

test('access logs are found by the names that S3 gives them, and by those that people do', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-access-logs-'));
  for (const name of [
    'a-2026-03-02-23-15-07-ABCDEF0123456789',
    'a-2026-01-02-23-15-07-ABCDEF0123456789',
    'b.log',
    'c.pdf',
  ])
    await writeFile(join(folder, name), 'x');
  const found = await findLogFiles({ path: folder, named: 'logs' }, march, evidenceLayout());
  expect(found.files.map(({ name }) => name)).toEqual(['a-2026-03-02-23-15-07-ABCDEF0123456789', 'b.log']);
  await expect(findLogFiles({ path: join(folder, 'x'), named: 'logs/x' }, {}, evidenceLayout())).rejects.toThrow(
    'could not read logs/x (ENOENT): check --evidence',
  );
});

test('whoever has enough of a large file leaves it closed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-large-log-'));
  const record = `{"eventName":"PutObject","x":"${'x'.repeat(1000)}"}\n`;
  const text = record.repeat(6000);
  await writeFile(join(folder, 'a.jsonl'), text);
  await writeFile(join(folder, 'b.jsonl.gz'), gzipSync(randomBytes(6_000_000)));
  const { files } = await findLogFiles({ path: folder, named: 'logs' }, {});
  const openOf = async (): Promise<number> =>
    (
      await pMap(await readdir('/proc/self/fd'), (fd) => readlink(`/proc/self/fd/${fd}`).catch(() => ''), {
        concurrency: 8,
      })
    ).filter((path) => path.startsWith(folder)).length;
  const [plain, packed] = files;
  if (plain === undefined || packed === undefined) throw new Error('they were not found');
  const read: string[] = [];
  expect(
    await readRanges(plain, [{ offset: record.length, length: record.length }], (bytes) => read.push(String(bytes))),
  ).toBeUndefined();
  expect(
    await readRanges(packed, [{ offset: 5, length: 7 }], (bytes) => read.push(String(bytes.length))),
  ).toBeUndefined();
  expect(read).toEqual([record, '7']);
  if (process.platform === 'linux') expect(await openOf()).toBe(0);
});
