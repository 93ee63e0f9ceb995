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
import { measureOwnLooks, type OwnLooks } from './scale/own-looks.ts';
import { simulateBurst, simulateSweep } from './scale/simulate.ts';
import { LAYOUTS, type Layout } from './scale/templates.ts';

const SIZES = [100, 1000, 10_000] as const;
const MANY = 10_000;
const BURSTS = [100, 1000, 10_000] as const;

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work();
  process.stderr.write(`${what}: ${((performance.now() - began) / 1000).toFixed(1)} s on this machine\n`);
  return result;
}

async function measureAll(memoryMb: number): Promise<Pick<Results, 'measured' | 'ownLooks'>> {
  const double = await AwsDouble.start();
  Object.assign(process.env, double.environment);
  try {
    const measured: Measured[] = [];
    for (const size of SIZES) measured.push(await timed(`${size} buckets, measured`, () => measure(double, size)));
    const ownLooks: [string, OwnLooks][] = [];
    for (const layout of Object.keys(LAYOUTS) as Layout[])
      ownLooks.push([layout, await measureOwnLooks(double, layout, { assumptions: ASSUMED, memoryMb })]);
    return { measured, ownLooks: Object.fromEntries(ownLooks) as Results['ownLooks'] };
  } finally {
    await double.stop();
  }
}

const { eventSources, ownMemoryMb } = inventoryOf();
const sweeps: Results['sweeps'][number][] = [];
for (const { name, assumed } of SWEEP_CASES) {
  const result = await timed(`sweep, ${name}`, () => simulateSweep(MANY, assumed, eventSources));
  sweeps.push({ name, buckets: MANY, result });
}
const bursts: Results['bursts'][number][] = [];
for (const events of BURSTS)
  bursts.push({ events, result: await timed(`${events} events`, () => simulateBurst(events, ASSUMED, eventSources)) });
const results: Results = {
  ...(await measureAll(ownMemoryMb)),
  sweeps,
  bursts,
  largestFindingBytes: await largestFindingBytes(),
};
writeFileSync(join(import.meta.dirname, 'scale', 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
