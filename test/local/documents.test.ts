import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { FolderDocuments } from '#local/folder-documents.ts';
import { fileSystem, type FileSystem } from '#local/file-system.ts';
import { MemoryDocuments } from '#local/memory-documents.ts';
import { documentsSuite } from './documents.suite.ts';

const folders: string[] = [];
const newFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-'));
  folders.push(folder);
  return folder;
};
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

documentsSuite('a folder', async () => new FolderDocuments(await newFolder()));
documentsSuite('memory', () => Promise.resolve(new MemoryDocuments()));

const failing = (code: string, at: keyof FileSystem): FileSystem => ({
  ...fileSystem,
  [at]: () => Promise.reject(Object.assign(new Error(code), { code })),
});

test.each([
  {
    code: 'ENOSPC',
    at: 'writeNew',
    says: /no space is left for .*a\.json: free some and repeat the command; what was there before is untouched/,
  },
  {
    code: 'EACCES',
    at: 'makeFolder',
    says: /may not write .*a\.json: give yourself the right to it, or choose another folder/,
  },
  { code: 'EROFS', at: 'makeFolder', says: /is on a read-only file system: choose another folder/ },
  { code: 'EIO', at: 'rename', says: /could not write .*a\.json \(EIO\); what was there before is untouched/ },
] as const)('a disk that refuses with $code is explained, and leaves nothing behind', async ({ code, at, says }) => {
  const folder = await newFolder();
  await expect(new FolderDocuments(folder, failing(code, at)).create('a.json', Buffer.from('x'))).rejects.toThrow(says);
  expect(await new FolderDocuments(folder).read('a.json')).toBeUndefined();
  expect(await readdir(join(folder, '.unfinished')).catch(() => [])).toEqual([]);
});

test('the lock of a process that died is taken over', async () => {
  const folder = await newFolder();
  const dead = Number(execFileSync(process.execPath, ['-e', 'process.stdout.write(String(process.pid))']).toString());
  await writeFile(join(folder, '.lock'), JSON.stringify({ pid: dead, host: hostname(), nonce: 'old' }));
  expect(await new FolderDocuments(folder).create('a.json', Buffer.from('x'))).toBe('written');
  expect((await readdir(folder)).filter((name) => name.startsWith('.lock'))).toEqual([]);
});

test('a lock that was cut short long ago is taken over', async () => {
  const folder = await newFolder();
  await writeFile(join(folder, '.lock'), '');
  await utimes(join(folder, '.lock'), 0, 0);
  expect(await new FolderDocuments(folder).create('a.json', Buffer.from('x'))).toBe('written');
});

test('an old lock is taken over though a living process has been given the number of the dead one', async () => {
  const folder = await newFolder();
  await writeFile(join(folder, '.lock'), JSON.stringify({ pid: process.pid, host: hostname(), nonce: 'old' }));
  await utimes(join(folder, '.lock'), 0, 0);
  expect(await new FolderDocuments(folder).create('a.json', Buffer.from('x'))).toBe('written');
});

test('a store that cannot be written says so when it is asked', async () => {
  await expect(new FolderDocuments(await newFolder(), failing('EROFS', 'makeFolder')).probe()).rejects.toThrow(
    /is on a read-only file system: choose another folder/,
  );
});

test('a store that cannot be listed is explained', async () => {
  await expect(new FolderDocuments(await newFolder(), failing('EACCES', 'list')).list('a/')).rejects.toThrow(
    /could not list .* \(EACCES\): check the folder and your right to it/,
  );
});

test('what a killed run left unfinished is swept away after an hour, and never listed', async () => {
  const folder = await newFolder();
  await mkdir(join(folder, '.unfinished'));
  for (const [name, age] of [
    ['old', 2],
    ['young', 0],
  ] as const) {
    await writeFile(join(folder, '.unfinished', name), 'half');
    const at = Date.now() / 1000 - age * 3600;
    await utimes(join(folder, '.unfinished', name), at, at);
  }
  const documents = new FolderDocuments(folder);
  await documents.create('a.json', Buffer.from('x'));
  expect([await readdir(join(folder, '.unfinished')), await documents.list('')]).toEqual([['young'], ['a.json']]);
});

test.each(['../escape.json', 'a//b', '', '.hidden', 'a/../../b'])('"%s" is no key', async (key) => {
  await expect(new FolderDocuments(await newFolder()).create(key, Buffer.from('x'))).rejects.toThrow(
    'is no key of a document',
  );
});

test('a store that is a file is explained', async () => {
  const folder = await newFolder();
  await writeFile(join(folder, 'store'), 'a file');
  await expect(new FolderDocuments(join(folder, 'store')).create('a.json', Buffer.from('x'))).rejects.toThrow(
    /is not a folder: choose another one/,
  );
  expect(await readFile(join(folder, 'store'), 'utf8')).toBe('a file');
  await chmod(folder, 0o755);
});
