import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { DocumentsLedger } from '#local/documents-ledger.ts';
import { FolderDocuments } from '#local/folder-documents.ts';
import { MemoryDocuments } from '#local/memory-documents.ts';
import { ledgerSuite } from './ledger.suite.ts';

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

ledgerSuite('memory', () => Promise.resolve(new DocumentsLedger(new MemoryDocuments())));
ledgerSuite('a folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-'));
  folders.push(folder);
  return new DocumentsLedger(new FolderDocuments(folder));
});
