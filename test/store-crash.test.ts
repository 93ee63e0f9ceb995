import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { accept, type AcceptRequest } from '#core/acceptance.ts';
import type { Scan } from '#core/scan.ts';
import { kindsById } from '#kinds';
import { loadBaseline, saveBaseline } from '#lambda/baseline-store.ts';
import type { Documents } from '#lambda/ports.ts';
import { loadScan, saveScan } from '#lambda/snapshot-store.ts';
import { fileSystem, type FileSystem } from '#local/file-system.ts';
import { FolderDocuments } from '#local/folder-documents.ts';
import { ACCOUNT, bucketState, scanOf, seen, T0 } from './builders.ts';

const KNOWN = new Map([['s3-bucket', 1]]);
const buckets = (policyOf: string): Scan =>
  scanOf(
    Array.from({ length: 600 }, (_, index) =>
      seen(bucketState(`b${index}`, { watched: { policy: { status: 'present', value: { Statement: [policyOf] } } } })),
    ),
    { startedAt: policyOf === 'old' ? T0 : '2026-01-02T00:00:00.000Z' },
  );
const acceptance: AcceptRequest['acceptance'] = { at: T0, by: 'arn:aws:iam::111122223333:user/ana', reason: 'test' };

async function acceptLast(documents: Documents): Promise<void> {
  const { scan, comparedWith } = await loadScan(documents, ACCOUNT);
  const loaded = await loadBaseline(documents, ACCOUNT, KNOWN);
  await saveBaseline(
    documents,
    accept(loaded?.baseline, { scan, comparedWith, what: 'all', kinds: kindsById, acceptance }).baseline,
    loaded,
  );
}

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

/** A store in which the old state is accepted and a scan of the new one is kept. */
async function storeWithOld(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-crash-'));
  folders.push(folder);
  const documents = new FolderDocuments(folder);
  await saveScan(documents, { scan: buckets('old'), comparedWith: 0 });
  await acceptLast(documents);
  return folder;
}

/** A file system whose process dies right after its n-th call: no later call happens, no clean-up either. */
function dyingAfter(calls: number): { files: FileSystem; isDead: () => boolean } {
  let left = calls;
  const guard =
    <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (left <= 0) throw new Error('the process is dead');
      left -= 1;
      return call(...args);
    };
  const files: FileSystem = {
    read: guard(fileSystem.read),
    writeNew: guard(fileSystem.writeNew),
    rename: guard(fileSystem.rename),
    remove: guard(fileSystem.remove),
    makeFolder: guard(fileSystem.makeFolder),
    list: guard(fileSystem.list),
    modifiedAt: guard(fileSystem.modifiedAt),
  };
  return { files, isDead: () => left <= 0 };
}

const dead = Number(execFileSync(process.execPath, ['-e', 'process.stdout.write(String(process.pid))']).toString());

/** The process that died here is this one, which lives: its lock gets the name of one that does not. */
async function bury(folder: string): Promise<void> {
  const lock = join(folder, '.lock');
  if ((await readFile(lock).catch(() => undefined)) !== undefined)
    await writeFile(lock, JSON.stringify({ pid: dead, host: hostname(), nonce: 'dead' }));
}

/** What the store holds: each bucket's accepted policy, which must be one and the same for all. */
async function acceptedIn(folder: string): Promise<string> {
  const loaded = await loadBaseline(new FolderDocuments(folder), ACCOUNT, KNOWN);
  const policies = new Set(
    [...(loaded?.baseline.states.values() ?? [])].map(({ state }) => JSON.stringify(state.watched['policy'])),
  );
  expect(loaded?.baseline.states.size).toBe(600);
  expect(policies.size).toBe(1);
  return [...policies].join().includes('old') ? 'old' : 'new';
}

describe('a crash after the n-th file-system call', () => {
  test(
    'of accept: what is accepted is the old or the new, whole, for every n; and the next accept works',
    { timeout: 300_000 },
    async () => {
      const seenAfter: string[] = [];
      for (let calls = 0; ; calls += 1) {
        const folder = await storeWithOld();
        await saveScan(new FolderDocuments(folder), { scan: buckets('new'), comparedWith: 1 });
        const { files, isDead } = dyingAfter(calls);
        await acceptLast(new FolderDocuments(folder, files)).catch(() => undefined);
        const died = isDead();
        await bury(folder);
        seenAfter.push(await acceptedIn(folder));
        await acceptLast(new FolderDocuments(folder));
        expect(await acceptedIn(folder)).toBe('new');
        await rm(folder, { recursive: true, force: true });
        if (!died) break;
      }
      expect(seenAfter.length).toBeGreaterThan(20);
      expect([seenAfter[0], seenAfter.at(-1)]).toEqual(['old', 'new']);
      // Once the head has moved, it has moved.
      expect(seenAfter.join(' ')).toMatch(/^(old ?)+(new ?)+$/);
    },
  );

  test(
    'of scan: the scan is kept whole or not at all, for every n; and the next scan works',
    { timeout: 300_000 },
    async () => {
      const folder = await storeWithOld();
      const kept: string[] = [];
      for (let calls = 0; ; calls += 1) {
        const own = await mkdtemp(join(tmpdir(), 'plumbline-crash-'));
        folders.push(own);
        const documents = new FolderDocuments(own);
        await saveScan(documents, { scan: buckets('old'), comparedWith: 0 });
        const { files, isDead } = dyingAfter(calls);
        await saveScan(new FolderDocuments(own, files), { scan: buckets('new'), comparedWith: 1 }).catch(
          () => undefined,
        );
        const died = isDead();
        await bury(own);
        const { scan } = await loadScan(documents, ACCOUNT);
        expect(scan.observations.length).toBe(600);
        kept.push(JSON.stringify(scan).includes('"old"') ? 'old' : 'new');
        const again = await saveScan(documents, { scan: buckets('new'), comparedWith: 1 });
        expect((await loadScan(documents, ACCOUNT)).scan.id).toBe(again.id);
        if (!died) break;
      }
      expect(kept.length).toBeGreaterThan(20);
      expect(kept.join(' ')).toMatch(/^(old ?)+(new ?)+$/);
      expect(await acceptedIn(folder)).toBe('old');
    },
  );
});

describe('a store that was damaged from outside', () => {
  const partOf = async (folder: string): Promise<string> => {
    const { parts } = JSON.parse(await readFile(join(folder, 'baseline', ACCOUNT, 'head.json'), 'utf8')) as {
      parts: { key: string }[];
    };
    return join(folder, parts[0]?.key ?? '');
  };
  const headOf = (folder: string): Promise<string> => Promise.resolve(join(folder, 'baseline', ACCOUNT, 'head.json'));

  test.each([
    {
      case: 'a part cut short',
      file: partOf,
      change: (text: string) => text.slice(0, text.length / 2),
      says: /s3-bucket-\d\.json is no whole JSON document .*: restore it from a backup, or move the folder "baseline" away and accept again/,
    },
    {
      case: 'a part changed by hand',
      file: partOf,
      change: (text: string) => text.replace('"old"', '"odd"'),
      says: /is not what was accepted: it was changed by hand afterwards\. Restore it from a backup/,
    },
    {
      case: 'a part that does not fit',
      file: partOf,
      change: (text: string) => text.replace('"absent"', '"away"'),
      says: /does not fit at states\.0\.state\.watched\.publicAccessBlock\.status/,
    },
    {
      case: 'a head of a newer format',
      file: headOf,
      change: (text: string) => text.replace('"format":1', '"format":7'),
      says: /head\.json has format 7 and this Plumbline knows formats up to 1: update Plumbline/,
    },
    {
      case: 'a head of a newer shape',
      file: headOf,
      change: (text: string) => text.replace('"shape":1', '"shape":9'),
      says: /was accepted by a newer Plumbline, which reads more of s3-bucket: update Plumbline/,
    },
    { case: 'an empty head', file: headOf, change: () => '', says: /head\.json is no whole JSON document/ },
    {
      case: 'a head that lost a member',
      file: headOf,
      change: (text: string) => text.replace('"covers"', '"cover"'),
      says: /head\.json does not fit at covers/,
    },
  ])('$case', async ({ file, change, says }) => {
    const folder = await storeWithOld();
    const path = await file(folder);
    await writeFile(path, change(await readFile(path, 'utf8')));
    await expect(loadBaseline(new FolderDocuments(folder), ACCOUNT, KNOWN)).rejects.toThrow(says);
  });

  test('a part that is missing', async () => {
    const folder = await storeWithOld();
    await rm(await partOf(folder));
    await expect(loadBaseline(new FolderDocuments(folder), ACCOUNT, KNOWN)).rejects.toThrow(
      /s3-bucket-\d\.json is missing/,
    );
  });

  test('two that accept at once: one wins, the other is told, and the store is whole', async () => {
    const folder = await storeWithOld();
    const documents = new FolderDocuments(folder);
    await saveScan(documents, { scan: buckets('new'), comparedWith: 1 });
    const outcomes = await Promise.allSettled([
      acceptLast(documents),
      acceptLast(new FolderDocuments(folder)),
      acceptLast(new FolderDocuments(folder)),
    ]);
    const told = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [String(outcome.reason)] : []));
    expect(told).toHaveLength(2);
    for (const text of told)
      expect(text).toContain(
        'somebody else accepted in account 111122223333 while this was being written; nothing of yours was accepted',
      );
    expect(await acceptedIn(folder)).toBe('new');
  });

  test('two scans at once are both kept, each under its own id', async () => {
    const folder = await storeWithOld();
    const documents = new FolderDocuments(folder);
    const ids = await Promise.all(
      [1, 2, 3].map(async () => (await saveScan(documents, { scan: buckets('new'), comparedWith: 1 })).id),
    );
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect((await loadScan(documents, ACCOUNT, id)).scan.observations.length).toBe(600);
  });
});
