/**
 * Measures and simulates what docs/scale.md tells, and keeps it in scripts/scale/results.json: `npm run scale`, then `npm run docs` writes
 * the page. Counts and virtual times are the same on every machine; how long this one takes is said on standard error alone.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { AwsDouble } from '../test/aws-double/client.ts';
import { ASSUMED, SWEEP_CASES } from './scale/assumptions.ts';
import type { Results } from './scale/cost.ts';
import { inventoryOf } from './scale/inventory.ts';
import { largestFindingBytes } from './scale/largest-finding.ts';
import { measure, type Measured } from './scale/measure.ts';
import { simulateBurst, simulateSweep } from './scale/simulate.ts';

const SIZES = [100, 1000, 10_000] as const;
const MANY = 10_000;
const BURSTS = [100, 1000, 10_000] as const;

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work();
  process.stderr.write(`${what}: ${((performance.now() - began) / 1000).toFixed(1)} s on this machine\n`);
  return result;
}

async function measureAll(): Promise<readonly Measured[]> {
  const double = await AwsDouble.start();
  Object.assign(process.env, double.environment);
  try {
    const measured: Measured[] = [];
    for (const size of SIZES) measured.push(await timed(`${size} buckets, measured`, () => measure(double, size)));
    return measured;
  } finally {
    await double.stop();
  }
}

const { eventSources } = inventoryOf();
const sweeps: Results['sweeps'][number][] = [];
for (const { name, assumed } of SWEEP_CASES) {
  const result = await timed(`sweep, ${name}`, () => simulateSweep(MANY, assumed, eventSources));
  sweeps.push({ name, buckets: MANY, result });
}
const bursts: Results['bursts'][number][] = [];
for (const events of BURSTS)
  bursts.push({ events, result: await timed(`${events} events`, () => simulateBurst(events, ASSUMED, eventSources)) });
const results: Results = {
  measured: await measureAll(),
  sweeps,
  bursts,
  largestFindingBytes: await largestFindingBytes(),
};
writeFileSync(join(import.meta.dirname, 'scale', 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
