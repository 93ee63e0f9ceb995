import { performance } from 'node:perf_hooks';
import PQueue from 'p-queue';
import { exitCodeOf, PlumblineError } from '#core/errors.ts';
import type { OnProgress } from '#lambda/ports.ts';
import { addingUp } from '#lambda/tally.ts';
import { tellFault } from './fault.ts';
import type { World } from './world.ts';

/** A large account is some hundred megabytes while it is read and compared. */
export const MOST_AT_ONCE = 4;

/** How often it is looked whether this process has time for one more account. */
const LOOK_EVERY_MS = 1000;

/**
 * Below this share of its time the process has room for an account more; above the other it has too many. All calls are signed and their
 * answers read by one thread: where one account keeps it busy, a second would only make the answers of the first wait, some of them for so
 * long that they count as lost, and hold a second account in memory.
 */
const HAS_ROOM = 0.6;
const IS_FULL = 0.95;

interface Work<A, T> {
  readonly onProgress: OnProgress;
  readonly work: (account: A, onProgress: OnProgress) => Promise<T>;
  /** What stands for an account in which the work failed. */
  readonly failed: (account: A, error: unknown) => T;
}

/**
 * The same work in several accounts, as many at once as one thread can carry; one that fails hides no other. In the order of the accounts.
 * Throws what is wrong with the arguments when it is so in all of them, and what stops the command.
 */
export async function inEachAccount<A, T>(
  world: World,
  accounts: readonly A[],
  { work, failed, onProgress }: Work<A, T>,
): Promise<readonly T[]> {
  const partOf = addingUp(onProgress);
  const refused: PlumblineError[] = [];
  const one = async (account: A): Promise<T> => {
    try {
      return await work(account, partOf());
    } catch (error) {
      if (world.signal.aborted) throw error;
      if (error instanceof PlumblineError && exitCodeOf(error.code) === 64) refused.push(error);
      tellFault(world, error);
      return failed(account, error);
    }
  };
  const done = await asManyAsFit(accounts.map((account) => () => one(account)));
  const [first] = refused;
  if (first !== undefined && refused.length === accounts.length) throw first;
  return done;
}

async function asManyAsFit<T>(works: readonly (() => Promise<T>)[]): Promise<readonly T[]> {
  const queue = new PQueue({ concurrency: 1 });
  let before = performance.eventLoopUtilization();
  const looking = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    queue.concurrency = openAtOnce(queue.concurrency, utilization);
  }, LOOK_EVERY_MS);
  try {
    return await queue.addAll(works);
  } finally {
    clearInterval(looking);
  }
}

/** How many accounts may be open, where so many are and the thread was busy for that share of its time. */
export function openAtOnce(open: number, busy: number): number {
  if (busy < HAS_ROOM) return Math.min(MOST_AT_ONCE, open + 1);
  return busy > IS_FULL ? Math.max(1, open - 1) : open;
}
