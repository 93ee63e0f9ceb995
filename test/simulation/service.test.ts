import { expect, test, vi } from 'vitest';
import { simulate } from './run.ts';

// Threads of the machine would make a run depend on it; that gzip packs is its own matter.
vi.mock('node:zlib', async (original) => ({
  ...(await original<typeof import('node:zlib')>()),
  gzip: (body: Uint8Array, done: (error: null, packed: Uint8Array) => void) => done(null, body),
  gunzip: (body: Uint8Array, done: (error: null, unpacked: Uint8Array) => void) => done(null, body),
}));

test('try', { timeout: 600_000 }, async () => {
  const start = Date.now();
  const [first, count] = (process.env['SEEDS'] ?? '0 5').split(' ').map(Number);
  let bad = 0;
  for (let seed = first ?? 0; seed < (first ?? 0) + (count ?? 1); seed += 1) {
    const run = await simulate(seed);
    const told = run.history.alerts.length;
    if (run.violations.length + run.unexpected.length > 0) {
      bad += 1;
      console.log(
        seed,
        Date.now() - start,
        run.history.changes.length,
        told,
        run.repetitions,
        run.departures,
        run.deadLetters,
        run.violations.slice(0, 4).map((v) => `${new Date(v.at).toISOString()} ${v.invariant}: ${v.says}`),
        [...new Set(run.unexpected)].slice(0, 3),
      );
    } else if ((count ?? 1) < 20)
      console.log(
        seed,
        Date.now() - start,
        run.history.changes.length,
        told,
        run.history.accepted.length,
        run.repetitions,
        run.history.cuts.length,
        run.departures,
        run.deadLetters,
      );
  }
  console.log('bad', bad, Date.now() - start);
  expect(1).toBe(1);
});
