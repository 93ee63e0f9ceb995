import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { MOST_AT_ONCE } from '#bin/each-account.ts';
import { snapshotIn } from '#bin/input-file.ts';
import { saveScan } from '#lambda/snapshot-store.ts';
import { FolderDocuments } from '#local/folder-documents.ts';
import type { AwsDouble, Calls } from '../aws-double/client.ts';
import { note } from './lines.ts';
import { runProgram, type ProgramRun } from './program.ts';
import { membersOf } from './worlds.ts';

const LATENCY_MS = 50;
/** Calls to S3 under way at once in each account: the program's own default. How many accounts are is the program's to say. */
const CONCURRENCY = 32;
const MEMBERS = 10;
const BUCKETS = 1000;
const ROUNDS = 3;
/** The members' buckets have ACLs that work: turning this on breaks uploads with a public ACL, on each of them. */
const WISH = ['--set', 's3-account-block.BlockPublicAcls=true', '--json'];
const SOMETHING_BREAKS = 1;

const ROLE = 'plumbline-reader';
const accounts = Array.from({ length: MEMBERS }, (_, index) => String(222222222201 + index));
const inAll = ['--accounts', accounts.join(','), '--account-role', ROLE];

interface Asked extends ProgramRun {
  readonly told: Calls;
  readonly calls: number;
}

/**
 * What a change would flip in ten accounts: read from AWS, then from snapshots. The double is one process beside the program: what it
 * can do at most is told, so that a wall that it makes is not taken for ours.
 */
export async function benchBlastRadius(double: AwsDouble): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-blast-radius-'));
  try {
    await double.show({ members: membersOf(accounts, { shape: 'legacy', count: BUCKETS }) });
    await benchFromAws(double, join(folder, 'empty'));
    await benchFromSnapshots(double, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function benchFromAws(double: AwsDouble, empty: string): Promise<void> {
  const ask = (): Promise<Asked> => askOnce(double, [...inAll, '--store', empty]);
  await double.misbehave({ latencyMs: LATENCY_MS });
  const runs: Asked[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    runs.push(await ask());
    note(`10 × ${BUCKETS} buckets, run ${round + 1}: ratio`, ratioOf(runs.at(-1) as Asked));
    note('the load of the machine over that minute', loadavg()[0] ?? Number.NaN);
  }
  // The best of a few: what else runs on the machine only ever makes a run slower.
  const best = runs.reduce((one, other) => (ratioOf(other) < ratioOf(one) ? other : one));
  note(`10 × ${BUCKETS} buckets: wall, seconds`, best.wallMs / 1000);
  note(`10 × ${BUCKETS} buckets: calls`, best.calls);
  note(`10 × ${BUCKETS} buckets: calls under way at most`, best.told.mostUnderWay, CONCURRENCY * MOST_AT_ONCE);
  note(`10 × ${BUCKETS} buckets: accounts in parallel, over the whole time`, inParallel(best.told));
  note(`10 × ${BUCKETS} buckets: most resident memory, MB`, best.megabytes);
  note(`10 × ${BUCKETS} buckets: processor time of the program ÷ wall`, best.processorMs / best.wallMs);
  note(`10 × ${BUCKETS} buckets: processor time of the double ÷ wall`, best.told.processorMs / best.wallMs);
  note(
    `10 × ${BUCKETS} buckets: wall ÷ (calls × ${LATENCY_MS} ms ÷ (${CONCURRENCY} × accounts in parallel))`,
    ratioOf(best),
    1.3,
  );
  await double.misbehave({});
  const atOnce = await ask();
  note('the same calls answered at once: wall ÷ wall of the best', atOnce.wallMs / best.wallMs);
}

/**
 * A file of each account as `plumbline snapshot` writes it, and a local store that has a scan of each: neither needs AWS. The members are
 * alike, so that one of them is read, and the others' files are that one with their own ids in it.
 */
async function benchFromSnapshots(double: AwsDouble, folder: string): Promise<void> {
  const [read = ''] = accounts;
  const fileOf = (account: string): string => join(folder, `${account}.json`);
  const role = `arn:aws:iam::${read}:role/${ROLE}`;
  await double.misbehave({});
  await runProgram(['snapshot', '--out', fileOf(read), '--account-role', role]);
  const text = readFileSync(fileOf(read), 'utf8');
  const store = join(folder, 'store');
  for (const account of accounts) {
    const own = text.replaceAll(read, account);
    writeFileSync(fileOf(account), own);
    await saveScan(new FolderDocuments(store), { scan: snapshotIn(own, account), comparedWith: 0 });
  }
  const kept = await askOnce(double, ['--accounts', accounts.join(','), '--store', store]);
  note('the same from the store: calls', kept.calls, 0);
  note('the same from the store: processor seconds', kept.processorMs / 1000);
  const files = accounts.flatMap((account) => ['--from', fileOf(account)]);
  const written = await askOnce(double, [...files, '--store', join(folder, 'empty')]);
  note('the same from ten files: calls', written.calls, 0);
  note('the same from ten files: processor seconds', written.processorMs / 1000);
}

async function askOnce(double: AwsDouble, args: readonly string[]): Promise<Asked> {
  await double.forgetCalls();
  const run = await runProgram(['blast-radius', ...WISH, ...args], SOMETHING_BREAKS);
  const told = await double.calls();
  refuseLoss(run.report);
  return { ...run, told, calls: Object.values(told.calls).reduce((sum, count) => sum + count, 0) };
}

/** A fast answer that lost something is no answer. */
function refuseLoss(report: string): void {
  const { accounts: told } = JSON.parse(report) as {
    readonly accounts: readonly { readonly counts?: { readonly affected: number; readonly unknown: number } }[];
  };
  const whole = told.filter(({ counts }) => counts?.affected === BUCKETS && counts.unknown === 0);
  if (whole.length !== MEMBERS) throw new Error(`of ${MEMBERS} accounts only ${whole.length} were answered whole`);
}

function ratioOf({ wallMs, calls, told }: Asked): number {
  return wallMs / ((calls * LATENCY_MS) / (CONCURRENCY * inParallel(told)));
}

/** How many accounts were open on the average of the time in which any was: what lies between them makes the wall longer, and nothing else. */
function inParallel({ spans }: Calls): number {
  const all = Object.values(spans).sort((one, other) => one.from - other.from);
  let any = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const { from, to } of all) {
    any += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return all.reduce((sum, { from, to }) => sum + to - from, 0) / any;
}
