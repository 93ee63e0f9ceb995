import { expect, test, vi } from 'vitest';
import { simulate } from './run.ts';
import { storyOf } from './story.ts';

// Threads of the machine would make a run depend on it; that gzip packs is its own matter.
vi.mock('node:zlib', async (original) => ({
  ...(await original<typeof import('node:zlib')>()),
  gzip: (body: Uint8Array, done: (error: null, packed: Uint8Array) => void) => done(null, body),
  gunzip: (body: Uint8Array, done: (error: null, unpacked: Uint8Array) => void) => done(null, body),
}));

test('try', { timeout: 600_000 }, async () => {
  const start = Date.now();
  const bad: number[] = [];
  const seeds = (process.env['SEEDS'] ?? '0 5').split(' ').map(Number);
  const list =
    seeds.length === 2 && seeds[0]! < seeds[1]!
      ? Array.from({ length: seeds[1]! - seeds[0]! }, (_, i) => seeds[0]! + i)
      : seeds;
  for (const seed of list) {
    const run = await simulate(seed);
    if (run.violations.length + run.unexpected.length > 0) {
      bad.push(seed);
      process.stdout.write(storyOf(run) + '\n');
    }
  }
  process.stdout.write(`bad ${bad.join(' ')} ${Date.now() - start}\n`);
  expect(1).toBe(1);
});
