import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Scan } from '#core/scan.ts';
import { createReads } from '#aws/reads.ts';
import { openSession } from '#aws/session.ts';
import { kinds } from '#kinds';
import { collect } from '#lambda/collect.ts';
import type { AwsDouble } from '../aws-double/client.ts';
import { note } from './lines.ts';
import { runProgram } from './program.ts';
import { worldOf, type SHAPES } from './worlds.ts';

const LATENCY_MS = 50;
const CONCURRENCY = 32;
const BUCKETS = 2000;
const MANY_BUCKETS = 10_000;
const ROUNDS = 3;
const ALLOWED_PER_SECOND = 400;

interface Run {
  readonly wallMs: number;
  /** Calls that were made, and those of them that were told to slow down. */
  readonly calls: number;
  readonly slowedDown: number;
  readonly scan: Scan;
}

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
  return { wallMs, scan, ...(await countCalls(double)) };
}

async function countCalls(double: AwsDouble): Promise<Pick<Run, 'calls' | 'slowedDown'>> {
  const { calls, slowedDown } = await double.calls();
  return { calls: Object.values(calls).reduce((sum, count) => sum + count, 0), slowedDown };
}

/** The best of a few: what else runs on the machine only ever makes a run slower. */
async function bestScan(double: AwsDouble): Promise<Run> {
  const runs: Run[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const run = await scanOnce(double);
    refuseLoss(run.scan, BUCKETS);
    runs.push(run);
  }
  return runs.reduce((best, run) => (run.wallMs < best.wallMs ? run : best));
}

/** A fast scan that lost something is no scan. */
function refuseLoss(scan: Scan, buckets: number): void {
  const states = scan.observations.flatMap((seen) =>
    seen.seen === 'state' && seen.state.ref.kind === 's3-bucket' ? [seen.state] : [],
  );
  const unread = states
    .flatMap((state) => Object.values(state.watched))
    .filter((reading) => reading.status === 'unreadable');
  if (states.length !== buckets || unread.length > 0)
    throw new Error(`lost something: ${states.length} buckets, ${unread.length} unreadable readings`);
}

function idealOf(calls: number): number {
  return (calls * LATENCY_MS) / CONCURRENCY;
}

export async function benchCollector(double: AwsDouble): Promise<void> {
  const most: Record<keyof typeof SHAPES, number> = { modern: 3.1, legacy: 5.1, worst: 6.1 };
  for (const shape of ['modern', 'legacy', 'worst'] as const) {
    await double.show(worldOf(shape, BUCKETS));
    await double.misbehave({ latencyMs: LATENCY_MS });
    const calm = await bestScan(double);
    note(`${shape}: wall ÷ (calls × ${LATENCY_MS} ms ÷ ${CONCURRENCY})`, calm.wallMs / idealOf(calm.calls), 1.25);
    note(`${shape}: calls a bucket`, calm.calls / BUCKETS, most[shape]);
    if (shape !== 'modern') continue;
    await double.misbehave({ latencyMs: LATENCY_MS, slowDownChance: 0.05, seed: 7 });
    const stormy = await bestScan(double);
    note('modern: wall with 5 % random SlowDown ÷ wall without', stormy.wallMs / calm.wallMs, 1.5);
  }
}

/** A server that lets through so many calls a second and refuses the rest: nothing may be lost, and little of what it allows be left. */
export async function benchThrottled(double: AwsDouble): Promise<void> {
  await double.show(worldOf('modern', MANY_BUCKETS));
  await double.misbehave({ latencyMs: LATENCY_MS, slowDownAbovePerSecond: ALLOWED_PER_SECOND });
  const { scan, calls, slowedDown, wallMs } = await scanOnce(double);
  refuseLoss(scan, MANY_BUCKETS);
  const atBest = ((calls - slowedDown) / ALLOWED_PER_SECOND) * 1000;
  // 85 % of what the server lets through.
  note(
    `${MANY_BUCKETS} buckets: wall ÷ (calls ÷ ${ALLOWED_PER_SECOND} a second), the rest refused`,
    wallMs / atBest,
    1 / 0.85,
  );
}

/**
 * A large account by the program itself, compared with what was accepted, in a process of its own: its memory is nobody else's.
 */
export async function benchLargeAccount(double: AwsDouble): Promise<void> {
  const store = mkdtempSync(join(tmpdir(), 'plumbline-bench-'));
  try {
    await double.show(worldOf('modern', MANY_BUCKETS));
    await double.misbehave({});
    await runProgram(['scan', '--store', store], NOTHING_TO_COMPARE_WITH);
    await runProgram(['baseline', 'accept', '--all', '--reason', 'bench', '--store', store]);
    await double.misbehave({ latencyMs: LATENCY_MS });
    await double.forgetCalls();
    const { wallMs, megabytes, report } = await runProgram(['scan', '--json', '--store', store]);
    if (!report.includes(`"s3-bucket": ${MANY_BUCKETS}`)) throw new Error(`not every bucket was read: ${report}`);
    const { calls } = await countCalls(double);
    note(`${MANY_BUCKETS} buckets: wall ÷ (calls × ${LATENCY_MS} ms ÷ ${CONCURRENCY})`, wallMs / idealOf(calls), 1.25);
    note(`${MANY_BUCKETS} buckets: most resident memory, MB`, megabytes, 300);
  } finally {
    rmSync(store, { recursive: true, force: true });
  }
}

const NOTHING_TO_COMPARE_WITH = 2;
