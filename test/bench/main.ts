/** Ratios measured in one run; never a time that a test waits for. `npm run bench`. */
import { existsSync, readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import Table from 'cli-table3';
import { departureFrom } from '#core/drift.ts';
import { parsePolicy } from '#core/policy.ts';
import { compareScans } from '#core/report.ts';
import { verdictOnPolicy } from '#core/s3/policy-publicness.ts';
import type { Scan } from '#core/scan.ts';
import { createReads } from '#aws/reads.ts';
import { openSession } from '#aws/session.ts';
import { kinds, kindsById } from '#kinds';
import { collect } from '#lambda/collect.ts';
import { AwsDouble } from '../aws-double/client.ts';
import { worldOf, type SHAPES } from './worlds.ts';
import { POLICY_CASES } from '../core/s3/policy-publicness.cases.ts';
import { corpora } from '../corpora.ts';
import { snapshotPair } from './snapshots.ts';

const LATENCY_MS = 50;
const CONCURRENCY = 32;
const BUCKETS = 2000;
const ROUNDS = 3;

interface Line {
  readonly what: string;
  readonly measured: number;
  readonly most: number;
}

interface Run {
  readonly wallMs: number;
  readonly calls: number;
  readonly scan: Scan;
}

const lines: Line[] = [];
const note = (what: string, measured: number, most: number): void => {
  lines.push({ what, measured, most });
  process.stderr.write(`${what}: ${measured.toFixed(3)} (at most ${most})\n`);
};

async function scanOnce(double: AwsDouble): Promise<Run> {
  const session = await openSession({});
  await double.forgetCalls();
  const startedAt = performance.now();
  const aws = createReads({ account: session.account, clients: session.clients, concurrency: CONCURRENCY });
  const regions = await session.enabledRegions();
  const scan = await collect({
    kinds,
    partition: 'aws',
    ownerTags: ['team'],
    regions,
    onlyThose: false,
    accepted: [],
    aws,
  });
  const wallMs = performance.now() - startedAt;
  const { calls } = await double.calls();
  return { wallMs, scan, calls: Object.values(calls).reduce((sum, count) => sum + count, 0) };
}

/** The best of a few: what else runs on the machine only ever makes a run slower. */
async function bestScan(double: AwsDouble): Promise<Run> {
  const runs: Run[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const run = await scanOnce(double);
    refuseLoss(run.scan);
    runs.push(run);
  }
  return runs.reduce((best, run) => (run.wallMs < best.wallMs ? run : best));
}

async function benchCollector(double: AwsDouble): Promise<void> {
  const most: Record<keyof typeof SHAPES, number> = { modern: 3.1, legacy: 5.1, worst: 6.1 };
  for (const shape of ['modern', 'legacy', 'worst'] as const) {
    await double.show(worldOf(shape, BUCKETS));
    await double.misbehave({ latencyMs: LATENCY_MS });
    const calm = await bestScan(double);
    const ideal = (calm.calls * LATENCY_MS) / CONCURRENCY;
    note(`${shape}: wall ÷ (calls × ${LATENCY_MS} ms ÷ ${CONCURRENCY})`, calm.wallMs / ideal, 1.25);
    note(`${shape}: calls a bucket`, calm.calls / BUCKETS, most[shape]);
    if (shape !== 'modern') continue;
    await double.misbehave({ latencyMs: LATENCY_MS, slowDownChance: 0.05, seed: 7 });
    const stormy = await bestScan(double);
    note('modern: wall with 5 % random SlowDown ÷ wall without', stormy.wallMs / calm.wallMs, 1.5);
  }
}

/** The share of processor time that the machine's host kept for others, as Linux counts it; undefined elsewhere. */
function stolenTime(): { stolen: number; all: number } | undefined {
  if (!existsSync('/proc/stat')) return undefined;
  const times = (readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? '').split(/\s+/).slice(1).map(Number);
  return { stolen: times[7] ?? 0, all: times.reduce((sum, time) => sum + time, 0) };
}

/** A fast scan that lost something is no scan. */
function refuseLoss(scan: Scan): void {
  const states = scan.observations.flatMap((seen) =>
    seen.seen === 'state' && seen.state.ref.kind === 's3-bucket' ? [seen.state] : [],
  );
  const unread = states
    .flatMap((state) => Object.values(state.watched))
    .filter((reading) => reading.status === 'unreadable');
  if (states.length !== BUCKETS || unread.length > 0)
    throw new Error(`lost something: ${states.length} buckets, ${unread.length} unreadable readings`);
}

function benchDiff(): void {
  const { before, after, changed } = snapshotPair(10_000);
  const ratios: number[] = [];
  for (let round = 0; round < 7; round += 1) {
    const parseStart = performance.now();
    const [a, b] = [JSON.parse(before) as Scan, JSON.parse(after) as Scan];
    const parsed = performance.now();
    const { baseline, scan } = compareScans(a, b);
    const { drifts } = departureFrom(baseline, scan, kindsById);
    const diffed = performance.now();
    if (drifts.length !== changed) throw new Error(`found ${drifts.length} of ${changed} changes`);
    ratios.push((diffed - parsed) / (parsed - parseStart));
  }
  note(
    'diff of two snapshots of 10,000 buckets ÷ JSON.parse of them (median of 7)',
    ratios.sort((a, b) => a - b)[3] ?? Number.NaN,
    0.6,
  );
}

/** Texts of every sort: those of the tables, and those of the corpora where they are at hand. */
function policyTexts(): readonly string[] {
  const own = POLICY_CASES.map(({ statements }) => JSON.stringify({ Version: '2012-10-17', Statement: statements }));
  const others = ['policies.jsonl', 'policies_unlabelled.jsonl'].flatMap((name) =>
    corpora.read(name).map((record) => JSON.stringify((record as { policy: unknown }).policy)),
  );
  return [...own, ...others];
}

function benchVerdicts(): void {
  const texts = policyTexts();
  const ROUNDS_OF_ALL = 40;
  const ratios: number[] = [];
  let fastest = 0;
  for (let round = 0; round < 9; round += 1) {
    const parseStart = performance.now();
    let parsedCount = 0;
    for (let time = 0; time < ROUNDS_OF_ALL; time += 1) {
      for (const text of texts) if (JSON.parse(text) !== undefined) parsedCount += 1;
    }
    const parsed = performance.now();
    for (let time = 0; time < ROUNDS_OF_ALL; time += 1) {
      for (const text of texts) {
        const policy = parsePolicy(text);
        if (policy.status === 'present' && verdictOnPolicy(policy.value).verdict === undefined)
          throw new Error('no verdict');
      }
    }
    const judged = performance.now();
    ratios.push((judged - parsed) / (parsed - parseStart));
    fastest = Math.max(fastest, (parsedCount / (judged - parsed)) * 1000);
  }
  process.stderr.write(`verdicts on policies: up to ${Math.round(fastest)} a second, read from their texts\n`);
  note(
    'verdicts on policies from their texts ÷ JSON.parse of them (median of 9)',
    ratios.sort((a, b) => a - b)[4] ?? Number.NaN,
    6,
  );
}

const before = stolenTime();
const double = await AwsDouble.start();
Object.assign(process.env, double.environment);
try {
  benchDiff();
  benchVerdicts();
  await benchCollector(double);
} finally {
  await double.stop();
}
const table = new Table({ head: ['what', 'measured', 'at most', ''], style: { head: [], border: [] } });
for (const { what, measured, most } of lines)
  table.push([what, measured.toFixed(3), most, measured <= most ? 'ok' : 'TOO MUCH']);
process.stdout.write(`${table.toString()}\n`);
const after = stolenTime();
if (before && after) {
  const share = (after.stolen - before.stolen) / (after.all - before.all);
  process.stdout.write(
    `The host kept ${(100 * share).toFixed(0)} % of the processor time for others; what it keeps makes the walls longer.\n`,
  );
}
process.exitCode = lines.every(({ measured, most }) => measured <= most) ? 0 : 1;
