import { kinds } from '#kinds';
import { MemoryDocuments } from '#local/memory-documents.ts';
import { Chance } from './chance.ts';
import { planFaults, type FaultName, type FaultPlan } from './faults.ts';
import type { Down, History } from './history.ts';
import { judge, type Verdict } from './invariants.ts';
import { MemoryLedger } from './memory-ledger.ts';
import { People } from './people.ts';
import type { Homes, MakeHomes } from './ports.ts';
import { Recorder } from './recorder.ts';
import { Service } from './service.ts';
import { VirtualTime } from './virtual-time.ts';
import { Weather } from './weather.ts';
import { ACCOUNT_BLOCK, World } from './world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const START = Date.parse('2026-03-02T09:00:00.000Z');

/** Things go wrong for so long; then they stop, and the service has time for what is left to do: five sweeps, and mutes end. */
const FAULTY_MS = 2 * HOUR;
const SETTLING_MS = 80 * MINUTE;
const SWEEP_EVERY_MS = 15 * MINUTE;

/** One run, judged. */
export interface Run extends Verdict {
  readonly seed: number;
  readonly history: History;
  readonly plan: FaultPlan;
  readonly struck: ReadonlyMap<FaultName, number>;
  readonly crashes: ReadonlyMap<string, number>;
  readonly eventsLost: number;
  readonly deadLetters: number;
  /** Accepts that moved the head while a sweep had parts to come. */
  readonly acceptsInSweeps: number;
  /** Errors that nobody injected. */
  readonly unexpected: readonly string[];
}

export interface RunSettings {
  /** Where a run keeps documents and live state; in memory without it. */
  readonly makeHomes?: MakeHomes;
  /** For how long things go wrong. */
  readonly faultyMs?: number;
}

/** Runs the whole service for hours of virtual time under the faults of a seed, and judges what came of it. */
export async function simulate(seed: number, settings: RunSettings = {}): Promise<Run> {
  const { makeHomes = inMemory, faultyMs = FAULTY_MS } = settings;
  const chance = new Chance(seed);
  const time = new VirtualTime(START);
  const world = new World();
  const from = START + 10 * MINUTE;
  const until = from + faultyMs;
  const plan = planFaults(chance, { from, until, resources: [...world.initial.keys()] });
  const weather = new Weather(plan, chance, () => time.now);
  const recorder = new Recorder(() => time.now);
  const crashes = new Map<string, number>();
  const homes = await makeHomes({ time, weather });
  // What is loaded later is loaded now: how long that takes is no part of the run.
  for (const kind of kinds) await kind.reader();
  const all = { time, chance, weather, world, homes, recorder, crashes };
  const service = new Service(all);
  const people = new People(all, service);

  startClocks(service, { ...all, people });
  await time.runUntil(START + 4 * MINUTE);
  void acceptFirst(service, homes);
  await time.runUntil(from);
  weather.begins();
  people.begin(until);
  await time.runUntil(until);
  weather.ends();
  await time.runUntil(until + SETTLING_MS);

  const history: History = {
    ...recorder.history,
    initial: world.initial,
    changes: world.changes,
    down: plan.outages.map(({ what, of, ...times }): Down => {
      // Without the account's block nobody knows what S3 hides of a bucket's ACL.
      const isOfOne = what === 'reads' && of !== undefined && of !== ACCOUNT_BLOCK;
      return isOfOne ? { ...times, resource: of } : times;
    }),
    from,
    until: until + SETTLING_MS,
  };
  return {
    seed,
    history,
    plan,
    ...judge(history),
    struck: weather.struck,
    crashes,
    eventsLost: people.lost,
    acceptsInSweeps: await countInSweeps(history, homes),
    deadLetters: Object.values(service.queues).reduce((sum, { deadLetters }) => sum + deadLetters.length, 0),
    unexpected: service.unexpected,
  };
}

/** How many accepts fell between the beginning of a sweep and its end. */
async function countInSweeps({ accepted }: History, { documents }: Homes): Promise<number> {
  const keys = (await documents.list('snapshots/')).filter((key) => key.endsWith('/manifest.json'));
  const times: (readonly [from: number, until: number])[] = [];
  for (const key of keys) {
    const manifest = JSON.parse(Buffer.from((await documents.read(key))?.body ?? []).toString('utf8')) as {
      readonly startedAt: string;
      readonly finishedAt: string;
    };
    times.push([Date.parse(manifest.startedAt), Date.parse(manifest.finishedAt)]);
  }
  return accepted.filter(({ at }) => times.some(([from, until]) => from <= at && at < until)).length;
}

function inMemory({ time, weather }: Parameters<MakeHomes>[0]): Promise<Homes> {
  const indexLateMs = (): number => weather.delay('indexLate', 5 * SECOND);
  return Promise.resolve({
    documents: new MemoryDocuments(),
    ledger: new MemoryLedger({ now: () => time.now, indexLateMs }),
  });
}

interface Clocks {
  readonly time: VirtualTime;
  readonly weather: Weather;
  readonly people: People;
}

/** The tick of every minute, and the sweep. */
function startClocks(service: Service, { time, weather, people }: Clocks): void {
  const tick = (): void => {
    if (!weather.strikes('tickLost')) void service.tick();
    time.at(time.now + MINUTE, tick);
  };
  const sweep = (): void => {
    void service.sweep();
    people.sweepBegins();
    time.at(time.now + SWEEP_EVERY_MS, sweep);
  };
  time.at(time.now + SECOND, tick);
  time.at(time.now + 2 * SECOND, sweep);
}

/** Before anything goes wrong, a person accepts what the first sweep saw. */
async function acceptFirst(service: Service, { ledger }: Homes): Promise<void> {
  const last = await ledger.read({ family: 'service', id: 'last-sweep' });
  const from = (last?.body as { readonly sweep?: string } | undefined)?.sweep;
  await service.ask({ ask: 'accept', all: true, names: [], reason: 'first look', force: false, from });
}
