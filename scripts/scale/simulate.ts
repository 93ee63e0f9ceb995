import type { ShardRef } from '#core/look.ts';
import { isJsonObject } from '#core/json.ts';
import { FINDING } from '#lambda/finding-family.ts';
import { kinds as shippedKinds } from '#kinds';
import { namedPolicy } from '../../test/bench/worlds.ts';
import { bucketsOf } from './buckets.ts';
import { eventOf } from './events.ts';
import { SimulatedInstance, type Outlets } from './simulated-service.ts';
import { VirtualAccount } from './virtual-account.ts';
import { loadedKinds, VirtualQueue, VirtualWorld, type Assumptions } from './virtual-service.ts';
import { VirtualTime } from './virtual-time.ts';

/** How the stack connects queues and functions: read from its template. */
export interface EventSource {
  readonly batch: number;
  readonly concurrency: number;
}

export interface EventSources {
  readonly changes: EventSource;
  readonly sweeps: EventSource;
  readonly nudges: EventSource;
  /** Of the events on the service itself. */
  readonly own: EventSource;
}

/** How long a sweep takes. */
export interface SimulatedSweep {
  /** The lister, from its start until every look is asked for. */
  readonly listedMs: number;
  /** Until the last look has written what it saw; the tick that says so comes within a minute and a half of it. */
  readonly readMs: number;
  readonly longestLookMs: number;
  /** What all looks together ran, which is what is paid. */
  readonly workedMs: number;
  /** Reads that were told to slow down, and resources of which one was told so until it was given up. */
  readonly refused: number;
  readonly unreadable: number;
}

const START = Date.parse('2026-03-02T09:00:00.000Z');
const MINUTE_MS = 60_000;

/** A sweep of so many buckets that are as they were accepted. */
export async function simulateSweep(
  buckets: number,
  assumptions: Assumptions,
  { sweeps }: Pick<EventSources, 'sweeps'>,
): Promise<SimulatedSweep> {
  const time = new VirtualTime(START);
  const world = new VirtualWorld(time, new VirtualAccount(bucketsOf(buckets)), assumptions);
  const kinds = await loadedKinds(shippedKinds);
  const asked: ShardRef[] = [];
  const outlets: Outlets = {
    ask: (messages) => asked.push(...messages.flatMap((one) => (one.plumbline === 'shard' ? [one.shard] : []))),
    publish: () => undefined,
  };
  const instance = (): SimulatedInstance => new SimulatedInstance(world, kinds, outlets);
  await prepare(world, instance());
  const startedAt = time.now();
  await time.run(instance().startSweep());
  const listedMs = time.now() - startedAt;
  world.refused = 0;
  const workers = Array.from({ length: sweeps.concurrency }, instance);
  let unreadable = 0;
  const queue = new VirtualQueue(world, sweeps, async ([shard], worker) => {
    unreadable += (await workers[worker]?.lookAtShard(shard as ShardRef))?.unreadable ?? 0;
  });
  queue.put(asked);
  await time.run(until(time, () => queue.isEmpty));
  return {
    listedMs: Math.round(listedMs),
    readMs: Math.round(time.now() - startedAt),
    longestLookMs: Math.round(queue.longestRunMs),
    workedMs: Math.round(queue.workedMs),
    refused: world.refused,
    unreadable,
  };
}

/** What is accepted, without the limits under test. */
async function prepare(world: VirtualWorld, instance: SimulatedInstance): Promise<void> {
  const { assumptions } = world;
  world.assumptions = { ...assumptions, readMs: 1, perSecond: undefined };
  await world.time.run(instance.acceptAll());
  world.assumptions = assumptions;
}

const POLL_MS = 100;

async function until(time: VirtualTime, isSo: () => boolean): Promise<void> {
  while (!isSo()) await time.wait(POLL_MS);
}

/** How long it takes until a burst of events is told. */
export interface SimulatedBurst {
  /** From the first event until the first alert is out. */
  readonly firstToldMs: number;
  /** Until everything is written down that the events changed. */
  readonly recordedMs: number;
  /** Until an alert is out for each: followers of what was told are told together, ten minutes after it. */
  readonly allToldMs: number;
  readonly alerts: number;
  readonly findings: number;
  readonly ticks: number;
  readonly longestTickMs: number;
  readonly longestWaitMs: number;
  readonly longestLookMs: number;
  /** What all looks together ran, which is what is paid; and a tick with nothing to do. */
  readonly workedMs: number;
  readonly idleTickMs: number;
}

/** So many buckets get another policy by one session within a minute. */
export async function simulateBurst(
  events: number,
  assumptions: Assumptions,
  { changes, nudges }: EventSources,
): Promise<SimulatedBurst> {
  const time = new VirtualTime(START);
  const world = new VirtualWorld(time, new VirtualAccount(bucketsOf(events)), assumptions);
  const kinds = await loadedKinds(shippedKinds);
  const toldAt: number[] = [];
  const tickMs: number[] = [];
  let isOver = false;
  const outlets: Outlets = {
    // The first tick asks for the first sweep, which is not what is looked at here.
    ask: (messages, after) => {
      const looks = messages.filter(({ plumbline }) => plumbline === 'look');
      void time.wait(after * 1000).then(() => queue.put(looks));
    },
    publish: () => toldAt.push(time.now()),
  };
  const instance = (): SimulatedInstance => new SimulatedInstance(world, kinds, outlets);
  const workers = Array.from({ length: changes.concurrency }, instance);
  const tellers = Array.from({ length: nudges.concurrency + 1 }, instance);
  const queue = new VirtualQueue(world, changes, async (bodies, worker) => {
    await workers[worker]?.work(bodies, () => nudged.put(['nudge']));
  });
  const runTick = async (teller: number): Promise<void> => {
    const began = time.now();
    const outcome = await tellers[teller]?.tick();
    if (outcome?.ran === true) tickMs.push(time.now() - began);
    const [trouble] = [...(outcome?.troubles ?? []), ...(outcome?.failed ?? []).map(({ why }) => why)];
    if (trouble !== undefined) throw new Error(`a part of the tick failed: ${trouble}`);
  };
  const nudged = new VirtualQueue(world, nudges, (_bodies, worker) => runTick(worker));
  await prepare(world, instance());
  await time.run(runTick(0));
  await time.run(runTick(0));
  const idleTickMs = tickMs.at(-1) ?? Number.NaN;
  tickMs.length = 0;
  const minutes = async (): Promise<void> => {
    for (;;) {
      await time.wait(MINUTE_MS);
      if (isOver) return;
      await runTick(nudges.concurrency);
    }
  };
  const startedAt = time.now();
  void minutes();
  const recorded = async (): Promise<number> => {
    for (const [index, name] of world.account.names.entries()) {
      const due = startedAt + (index * MINUTE_MS) / events;
      if (due > time.now()) await time.wait(due - time.now());
      const policy = namedPolicy(name, '777788889999');
      world.account.setPolicy(name, policy);
      const parameters = { bucketName: name, bucketPolicy: JSON.parse(policy) as object };
      queue.put([eventOf('PutBucketPolicy', parameters, new Date(time.now()))]);
    }
    await until(time, () => queue.isEmpty);
    return time.now() - startedAt;
  };
  const recordedMs = await time.run(recorded());
  await time.run(until(time, () => isAllTold(world, events)));
  isOver = true;
  const [first = Number.NaN] = toldAt;
  return {
    firstToldMs: Math.round(first - startedAt),
    recordedMs: Math.round(recordedMs),
    allToldMs: Math.round((toldAt.at(-1) ?? Number.NaN) - startedAt),
    alerts: toldAt.length,
    findings: [...world.items.values()].filter(({ family }) => family === FINDING).length,
    ticks: tickMs.length,
    longestTickMs: Math.round(Math.max(...tickMs)),
    longestWaitMs: Math.round(queue.longestWaitMs),
    longestLookMs: Math.round(queue.longestRunMs),
    workedMs: Math.round(queue.workedMs),
    idleTickMs: Math.round(idleTickMs),
  };
}

/** Is every drift a member of what was told? */
function isAllTold(world: VirtualWorld, events: number): boolean {
  const told = [...world.items.values()]
    .filter(({ family }) => family === FINDING)
    .reduce((sum, { body }) => {
      const members = isJsonObject(body) && isJsonObject(body['told']) ? body['told']['members'] : undefined;
      return sum + (isJsonObject(members) ? Object.keys(members).length : 0);
    }, 0);
  return told >= events;
}
