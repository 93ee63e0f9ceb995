import type { OwnMessage } from '#core/look.ts';
import type { Documents, Ledger, LedgerItem, LedgerKey, Publication, WriteOutcome } from '#lambda/ports.ts';
import type { Chance } from './chance.ts';
import type { Outage } from './faults.ts';
import { Injected, Life } from './life.ts';
import type { Queue } from './queue.ts';
import { refusal } from './reads.ts';
import type { Recorder } from './recorder.ts';
import type { VirtualTime } from './virtual-time.ts';
import type { Weather } from './weather.ts';
import { ACCOUNT_BLOCK, type World } from './world.ts';

/** Where documents and live state really are. */
export interface Homes {
  readonly documents: Documents;
  readonly ledger: Ledger;
}

/** Makes them for one run. */
export type MakeHomes = (run: { readonly time: VirtualTime; readonly weather: Weather }) => Promise<Homes>;

export interface Queues {
  readonly changes: Queue;
  readonly sweeps: Queue;
  readonly nudges: Queue;
}

/** What all functions of a run have in common. */
export interface Surroundings {
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly weather: Weather;
  readonly world: World;
  readonly homes: Homes;
  readonly recorder: Recorder;
  readonly queues: () => Queues;
  /** How often a function died before and after each of its writes: `on-tick ledger finding after`. */
  readonly crashes: Map<string, number>;
}

interface Call<T> {
  readonly what: Outage['what'];
  /** What a write writes; undefined for a read. */
  readonly writes?: string;
  readonly effect: () => Promise<T>;
}

const SECOND = 1_000;
const CALL_MS = [2, 40] as const;
const READ_MS = [20, 150] as const;
const LONGEST_STALL_MS = 100 * SECOND;

/** The outside as one instance of a function meets it: every call takes its time, may fail, and may be the last that the function makes. */
export class Outside {
  /** The run that the instance is busy with. */
  life = new Life();
  readonly #name: string;
  readonly #all: Surroundings;

  constructor(name: string, all: Surroundings) {
    this.#name = name;
    this.#all = all;
  }

  readonly documents: Documents = {
    place: 's3://audit-bucket',
    read: (key) => this.#call({ what: 'documents', effect: () => this.#all.homes.documents.read(key) }),
    list: (prefix) => this.#call({ what: 'documents', effect: () => this.#all.homes.documents.list(prefix) }),
    create: (key, body) => this.#put(key, body, (documents) => documents.create(key, body)),
    replace: (key, body, version) => this.#put(key, body, (documents) => documents.replace(key, body, version)),
  };

  readonly ledger: Ledger = {
    read: (key) => this.#call({ what: 'ledger', effect: () => this.#all.homes.ledger.read(key) }),
    readMany: (keys: readonly LedgerKey[]) =>
      this.#call({ what: 'ledger', effect: () => this.#all.homes.ledger.readMany(keys) }),
    due: (until) => this.#call({ what: 'ledger', effect: () => this.#all.homes.ledger.due(until) }),
    list: (family) => this.#call({ what: 'ledger', effect: () => this.#all.homes.ledger.list(family) }),
    write: (item) => this.#write(item),
  };

  readonly asking = {
    ask: async (messages: readonly OwnMessage[], afterSeconds = 0): Promise<void> => {
      const { sweeps, changes } = this.#all.queues();
      for (const message of messages) {
        const queue = message.plumbline === 'look' ? changes : sweeps;
        await this.#send(queue, message, afterSeconds);
      }
    },
  };

  /** Wakes the teller, as a worker does: a failure is none of the work. */
  readonly wakeTeller = async (): Promise<void> => {
    try {
      await this.#send(this.#all.queues().nudges, { plumbline: 'nudge' }, 0);
    } catch (error) {
      if (!(error instanceof Injected)) throw error;
    }
  };

  readonly publisher = {
    publish: async (publication: Publication): Promise<void> => {
      const { recorder, weather } = this.#all;
      const { life } = this;
      const effect = (): Promise<void> => {
        recorder.published(publication, life);
        if (!weather.strikes('answerLost')) return Promise.resolve();
        recorder.ended(life, 'publish-answer-lost');
        return Promise.reject(new Injected('the answer of the topic was lost', 'transient'));
      };
      await this.#call({ what: 'topic', writes: `topic ${publication.topic}`, effect });
    },
  };

  /** Waits, as a function does between two reads. */
  readonly wait = (ms: number): Promise<void> => this.#pass(ms);

  /** Lets a read of what is watched through, or refuses it. */
  readonly gate = async (of: string): Promise<void> => {
    const { chance, weather } = this.#all;
    await this.#pass(chance.between(...READ_MS));
    if (weather.isDown('reads', of)) throw refusal('AccessDenied', 403);
    if (weather.strikes('readThrottled')) throw refusal(of === ACCOUNT_BLOCK ? 'ThrottlingException' : 'SlowDown', 503);
  };

  async #put(
    key: string,
    body: Uint8Array,
    put: (documents: Documents) => Promise<WriteOutcome>,
  ): Promise<WriteOutcome> {
    const { homes, recorder } = this.#all;
    const effect = async (): Promise<WriteOutcome> => {
      const outcome = await put(homes.documents);
      if (outcome === 'written' && /^baseline\/[^/]+\/head\.json$/.test(key))
        await recorder.wroteHead(body, homes.documents);
      return outcome;
    };
    return this.#call({ what: 'documents', writes: `document ${sortOf(key)}`, effect });
  }

  async #write(item: LedgerItem): Promise<WriteOutcome> {
    const { homes, recorder, weather } = this.#all;
    const { life } = this;
    const effect = async (): Promise<WriteOutcome> => {
      const outcome = await homes.ledger.write(item);
      if (outcome === 'conflict') return outcome;
      if (item.family === 'finding') recorder.wroteFinding(item, life);
      // Tried again after a lost answer, it meets itself.
      return weather.strikes('answerLost') ? 'conflict' : outcome;
    };
    const sort = item.family === 'service' ? item.id : item.family;
    return this.#call({ what: 'ledger', writes: `ledger ${sort}`, effect });
  }

  async #send(queue: Queue, message: { readonly plumbline: string }, afterSeconds: number): Promise<void> {
    const effect = (): Promise<void> => {
      const copies = this.#all.weather.strikes('answerLost') ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) queue.send(JSON.stringify(message), afterSeconds * SECOND);
      return Promise.resolve();
    };
    await this.#call({ what: 'queues', writes: `queue ${message.plumbline}`, effect });
  }

  /** One call to something of our own. */
  async #call<T>({ what, writes, effect }: Call<T>): Promise<T> {
    const { chance, weather } = this.#all;
    const { life } = this;
    await this.#pass(chance.between(...CALL_MS) + weather.delay('stalled', LONGEST_STALL_MS));
    if (weather.isDown(what) || weather.strikes('callRefused')) throw new Injected(`${what} refused`);
    if (writes !== undefined && weather.strikes('crashBefore')) return this.#crash(`${writes} before`);
    const result = await effect();
    if (writes !== undefined && weather.strikes('crashAfter')) return this.#crash(`${writes} after`);
    return life.isOver ? Life.never() : result;
  }

  async #pass(ms: number): Promise<void> {
    const { life } = this;
    await this.#all.time.sleep(ms);
    if (life.isOver) await Life.never();
  }

  #crash<T>(where: string): Promise<T> {
    const { crashes } = this.#all;
    const name = `${this.#name} ${where}`;
    crashes.set(name, (crashes.get(name) ?? 0) + 1);
    this.life.die();
    return Life.never();
  }
}

/** Which of its documents a key names. */
function sortOf(key: string): string {
  if (key.startsWith('snapshots/'))
    return key.includes('/listed/') ? 'list' : key.endsWith('/manifest.json') ? 'manifest' : 'part';
  return key.split('/', 1)[0] ?? '';
}
