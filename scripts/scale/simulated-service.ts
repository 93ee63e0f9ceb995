import { randomUUID } from 'node:crypto';
import { accept } from '#core/acceptance.ts';
import type { OwnMessage, ShardRef } from '#core/look.ts';
import { refOf, shardOf, type Observation } from '#core/state.ts';
import { kindsById } from '#kinds';
import type { Kind } from '#kinds/kind.ts';
import { announceAlert, type AnnouncePorts } from '#lambda/announce.ts';
import { saveBaseline } from '#lambda/baseline-store.ts';
import { searchCauses } from '#lambda/cause-search.ts';
import { collect } from '#lambda/collect.ts';
import { listedSchema, parseDocument } from '#lambda/document-format.ts';
import { STORE_CALLS_AT_ONCE } from '#lambda/handlers/own-ports.ts';
import { READS_AT_ONCE } from '#lambda/handlers/service.ts';
import { KnownStates } from '#lambda/known-states.ts';
import { newsFrom } from '#lambda/news.ts';
import { observeShard, type Target } from '#lambda/observe.ts';
import { recordNews } from '#lambda/record.ts';
import { startSweep, type SweepPorts } from '#lambda/sweep.ts';
import { shardKeys } from '#lambda/sweep-shard.ts';
import { tick, type TickOutcome, type TickPorts } from '#lambda/tick.ts';
import { workOn } from '#lambda/work.ts';
import { ACCOUNT, REGIONS } from './buckets.ts';
import { NOTHING_REMEMBERED } from './no-history.ts';
import { VirtualInstance, type VirtualWorld } from './virtual-service.ts';

const shapes = new Map([...kindsById].map(([id, { declaration }]) => [id, declaration.shape]));

/** Where an instance puts what it asks for and tells. */
export interface Outlets {
  readonly ask: (messages: readonly OwnMessage[], afterSeconds: number) => void;
  readonly publish: () => void;
}

/** One warm instance of a function, composed as handlers/service.ts composes it, in virtual time. */
export class SimulatedInstance {
  readonly #instance: VirtualInstance;
  readonly #ports: SweepPorts & AnnouncePorts;

  constructor(world: VirtualWorld, kinds: readonly Kind[], { ask, publish }: Outlets) {
    const instance = new VirtualInstance(world, ACCOUNT, { reads: READS_AT_ONCE, store: STORE_CALLS_AT_ONCE });
    const now = (): Date => new Date(world.time.now());
    const { aws, documents, ledger } = instance;
    this.#instance = instance;
    this.#ports = {
      account: ACCOUNT,
      partition: 'aws',
      kinds,
      aws,
      documents,
      ledger,
      known: new KnownStates({ documents, ledger, account: ACCOUNT, shapes, now }),
      asking: { ask: (messages, after = 0) => instance.send('queue', () => ask(messages, after)) },
      publisher: { publish: () => instance.send('topic', publish) },
      regions: () => Promise.resolve(REGIONS),
      ownerTags: ['team'],
      actionItems: [],
      timeZone: 'UTC',
      chat: false,
      warn: () => undefined,
      now,
      wait: world.time.wait,
    };
  }

  startSweep(): Promise<string> {
    return startSweep(this.#ports);
  }

  /** A batch of the worker: all its messages at once, and one nudge for what they found. */
  async work(messages: readonly unknown[], nudge: () => void): Promise<void> {
    const found = await Promise.all(
      messages.map((message) =>
        workOn(message, {
          ...this.#ports,
          answerTicket: nobodyAsks,
          searchFor: (finding) => searchCauses(finding, { ...this.#ports, history: NOTHING_REMEMBERED }),
        }),
      ),
    );
    if (found.some(({ due }) => due > 0)) await this.#instance.send('queue', nudge);
  }

  tick(): Promise<TickOutcome> {
    const ports: TickPorts = {
      ...this.#ports,
      run: randomUUID(),
      announce: (subject) => announceAlert(subject, this.#ports),
      askToAccept: () => Promise.resolve(),
    };
    return tick(ports);
  }

  /** What the account holds becomes what is accepted. */
  async acceptAll(): Promise<void> {
    const { aws, kinds, documents, now } = this.#ports;
    const account = { kinds, partition: 'aws', ownerTags: ['team'], regions: REGIONS, onlyThose: false, accepted: [] };
    const scan = await collect({ ...account, aws });
    const acceptance = { at: now().toISOString(), by: `arn:aws:iam::${ACCOUNT}:user/ana`, reason: 'simulated' };
    const { baseline } = accept(undefined, { scan, comparedWith: 0, what: 'all', acceptance, kinds: kindsById });
    await saveBaseline(documents, baseline, undefined);
  }

  /**
   * As `detectShard`, but that the part is written as it is: compressing it is real work, and virtual time does not wait for that. Returns
   * how many resources could not be read, or not all of them.
   */
  async lookAtShard(shard: ShardRef): Promise<{ readonly unreadable: number }> {
    const { documents, kinds, known } = this.#ports;
    const kind = kinds.find(({ declaration }) => declaration.id === shard.kind);
    const { listed: key, part } = shardKeys(shard);
    const document = await documents.read(key);
    if (kind === undefined || document === undefined) throw new Error(`${key} is of no kind, or missing`);
    const told = parseDocument(listedSchema, document.body, { name: key, mend: 'list again' });
    const before = await known.ofShard(shard, kind.declaration.context);
    const others = [...(before.baseline?.states.values() ?? [])]
      .filter(({ state: { ref } }) => ref.kind === shard.kind && shardOf(ref, told.shards) === shard.shard)
      .map(({ state }): Target => ({ ref: state.ref, carried: state.carried }));
    const regions = told.regions.map(({ region, complete }) => ({ region, complete }));
    const scan = await observeShard(kind, { listed: { ...told, regions }, others }, this.#ports);
    const own = scan.observations.filter((seen) => refOf(seen).kind === shard.kind);
    await documents.create(part, Buffer.from(JSON.stringify(own)));
    const news = newsFrom({ kinds: kindsOf(kinds), scan, known: before, refs: [], sweep: shard.sweep });
    await recordNews(news, { because: { sweep: shard.sweep } }, this.#ports);
    const isBlind = (seen: Observation): boolean =>
      seen.seen === 'unreadable' ||
      (seen.seen === 'state' && Object.values(seen.state.watched).some(({ status }) => status === 'unreadable'));
    return { unreadable: own.filter(isBlind).length };
  }
}

function kindsOf(kinds: readonly Kind[]): ReadonlyMap<string, Kind> {
  return new Map(kinds.map((kind) => [kind.declaration.id, kind]));
}

/** What is run here is sweeps and events: no question waits under a ticket. */
const nobodyAsks = (): Promise<void> => Promise.resolve();
