import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Clients } from '#aws/clients.ts';
import { createReads } from '#aws/reads.ts';
import type { AwsReads, ClientClass, Kind } from '#kinds/kind.ts';
import type { Documents, Ledger, LedgerItem, LedgerKey, WriteOutcome } from '#lambda/ports.ts';
import { MemoryDocuments } from '#local/memory-documents.ts';
import { REGION } from './buckets.ts';
import { refusal, type VirtualAccount } from './virtual-account.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What nobody can know before it runs in an account: stated, and varied. Milliseconds. */
export interface Assumptions {
  /** An answer of S3, S3 Control, WAF or the tagging API; each takes between half and one and a half of it. */
  readonly readMs: number;
  /** An answer of ListBuckets with a thousand names. */
  readonly listMs: number;
  /** The service's own calls. */
  readonly objectMs: number;
  readonly itemMs: number;
  readonly messageMs: number;
  /** What one call costs of the processor that a function of 1,024 MB has. */
  readonly processorMs: number;
  /** From a message on the queue until a function works on it. */
  readonly startMs: number;
  /** S3 lets through so many reads a second in an account, and refuses the rest; undefined: it refuses none. */
  readonly perSecond?: number | undefined;
}

const DYNAMODB_PAGE_BYTES = 1024 * 1024;
const KEYS_A_CALL = 100;

/** What clients ask. */
interface AnsweringAccount {
  answer(command: Command, region: string): object;
}

/** What a client is sent. */
interface Command {
  readonly constructor: { readonly name: string };
  readonly input: Readonly<Record<string, unknown>>;
}

/** Everything that outlives an instance: the account, what is kept, and how fast it answers. */
export class VirtualWorld<Account extends AnsweringAccount = VirtualAccount> {
  readonly time: VirtualTime;
  readonly account: Account;
  assumptions: Assumptions;
  readonly documents = new MemoryDocuments();
  readonly items = new Map<string, LedgerItem>();
  readonly random = seeded(7);
  refused = 0;
  #second = { number: 0, calls: 0 };

  constructor(time: VirtualTime, account: Account, assumptions: Assumptions) {
    this.time = time;
    this.account = account;
    this.assumptions = assumptions;
  }

  /** Waits as long as the answer takes; throws where the account's limit is used up. */
  async read(command: { readonly constructor: { readonly name: string } }): Promise<void> {
    const { readMs, listMs, perSecond } = this.assumptions;
    const ms = command.constructor.name === 'ListBucketsCommand' ? listMs : readMs;
    await this.time.wait(ms * (0.5 + this.random()));
    if (perSecond === undefined) return;
    const number = Math.floor(this.time.now() / 1000);
    this.#second = { number, calls: number === this.#second.number ? this.#second.calls + 1 : 1 };
    if (this.#second.calls <= perSecond) return;
    this.refused += 1;
    throw refusal('SlowDown', 503);
  }
}

/** A small generator, so that a run can be repeated (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** One instance of a function: its processor, and its lanes, as the product makes them. */
export class VirtualInstance {
  readonly aws: AwsReads;
  readonly documents: Documents;
  readonly ledger: Ledger;
  readonly #world: VirtualWorld<AnsweringAccount>;
  readonly #own: AwsReads;
  #busyUntil = 0;

  constructor(
    world: VirtualWorld<AnsweringAccount>,
    account: string,
    { reads, store }: { readonly reads: number; readonly store: number },
  ) {
    this.#world = world;
    const { time, random } = world;
    const pacing = { now: time.now, wait: time.wait, random };
    const now = (): Date => new Date(time.now());
    const clients = this.#clients();
    this.aws = createReads({ account, clients, concurrency: reads, now, pacing });
    this.#own = createReads({ account, clients, concurrency: store, now, pacing });
    this.documents = new VirtualDocuments(world, (work) => this.#call(S3Client, world.assumptions.objectMs, work));
    this.ledger = new VirtualLedger(world, (work) => this.#call(DynamoDBClient, world.assumptions.itemMs, work));
  }

  /** A call to a queue or a topic. */
  send(client: 'queue' | 'topic', work: () => void): Promise<void> {
    const { messageMs } = this.#world.assumptions;
    return client === 'queue' ? this.#call(SQSClient, messageMs, work) : this.#call(SNSClient, messageMs, work);
  }

  /** One call after the other has the processor. */
  async #compute(): Promise<void> {
    const { time, assumptions } = this.#world;
    this.#busyUntil = Math.max(this.#busyUntil, time.now()) + assumptions.processorMs;
    await time.wait(this.#busyUntil - time.now());
  }

  #call<C, T>(client: ClientClass<C>, ms: number, work: () => T): Promise<T> {
    const send = async (): Promise<T> => {
      await this.#compute();
      await this.#world.time.wait(ms);
      return work();
    };
    return this.#own.call({ client, region: REGION, send });
  }

  /** Clients that answer in virtual time. The SDK's name of the service is what lanes go by. */
  #clients(): Clients {
    const built = new Map<string, unknown>();
    return {
      for: <C>(service: ClientClass<C>, region: string): C => {
        const key = `${service.name} ${region}`;
        const client = built.get(key) ?? this.#clientOf(service.name, region);
        built.set(key, client);
        return client as C;
      },
    };
  }

  #clientOf(name: string, region: string): object {
    const serviceId = name.replace(/Client$/, '').replace('S3Control', 'S3 Control');
    return {
      config: { serviceId },
      send: async (command: Command) => {
        await this.#compute();
        await this.#world.read(command);
        return this.#world.account.answer(command, region);
      },
    };
  }
}

type Call = <T>(work: () => T) => Promise<T>;

/** The audit bucket: what is asked for is there when the answer comes. */
class VirtualDocuments implements Documents {
  readonly place = 's3://plumbline-store';
  readonly #inner: MemoryDocuments;
  readonly #call: Call;

  constructor({ documents }: VirtualWorld<AnsweringAccount>, call: Call) {
    this.#inner = documents;
    this.#call = call;
  }

  async read(key: string) {
    return (await this.#call(() => this.#inner.read(key))) as Awaited<ReturnType<Documents['read']>>;
  }

  async create(key: string, body: Uint8Array) {
    return (await this.#call(() => this.#inner.create(key, body))) as WriteOutcome;
  }

  async replace(key: string, body: Uint8Array, version: string) {
    return (await this.#call(() => this.#inner.replace(key, body, version))) as WriteOutcome;
  }

  async list(prefix: string) {
    return (await this.#call(() => this.#inner.list(prefix))) as readonly string[];
  }
}

/** The table: as many calls as DynamoDB needs, by its keys a call and its page. */
class VirtualLedger implements Ledger {
  readonly #items: Map<string, LedgerItem>;
  readonly #call: Call;

  constructor({ items }: VirtualWorld<AnsweringAccount>, call: Call) {
    this.#items = items;
    this.#call = call;
  }

  read(key: LedgerKey): Promise<LedgerItem | undefined> {
    return this.#call(() => this.#items.get(nameOf(key)));
  }

  async readMany(keys: readonly LedgerKey[]): Promise<readonly LedgerItem[]> {
    const names = [...new Set(keys.map(nameOf))];
    const found: LedgerItem[] = [];
    for (let at = 0; at < names.length; at += KEYS_A_CALL)
      found.push(
        ...(await this.#call(() => names.slice(at, at + KEYS_A_CALL).flatMap((name) => this.#items.get(name) ?? []))),
      );
    return found;
  }

  write(item: LedgerItem): Promise<WriteOutcome> {
    return this.#call(() => {
      const name = nameOf(item);
      if ((this.#items.get(name)?.revision ?? 0) !== item.revision) return 'conflict';
      this.#items.set(name, { ...item, revision: item.revision + 1 });
      return 'written';
    });
  }

  async due(until: string): Promise<readonly LedgerKey[]> {
    const due = await this.#call(() =>
      [...this.#items.values()].filter(({ dueAt }) => dueAt !== undefined && dueAt <= until),
    );
    return due.sort((a, b) => ((a.dueAt ?? '') < (b.dueAt ?? '') ? -1 : 1)).map(({ family, id }) => ({ family, id }));
  }

  async list(family: string): Promise<readonly LedgerItem[]> {
    const items = await this.#call(() => [...this.#items.values()].filter((item) => item.family === family));
    const bytes = items.reduce((sum, { body }) => sum + JSON.stringify(body).length, 0);
    for (let page = 1; page * DYNAMODB_PAGE_BYTES < bytes; page += 1) await this.#call(() => undefined);
    return items.sort((a, b) => (a.id < b.id ? -1 : 1));
  }
}

function nameOf({ family, id }: LedgerKey): string {
  return `${family} ${id}`;
}

/** The kinds with readers that are loaded: loading takes real time, which virtual time does not wait for. */
export function loadedKinds(kinds: readonly Kind[]): Promise<readonly Kind[]> {
  return Promise.all(
    kinds.map(async (kind) => {
      const reader = await kind.reader();
      return { ...kind, reader: () => Promise.resolve(reader) };
    }),
  );
}

/** A queue with an event source: so many functions at once, each with so many messages. */
export class VirtualQueue {
  readonly #world: VirtualWorld;
  readonly #messages: { readonly at: number; readonly body: unknown }[] = [];
  readonly #concurrency: number;
  readonly #batch: number;
  readonly #work: (bodies: readonly unknown[], worker: number) => Promise<void>;
  readonly #idle: number[];
  longestWaitMs = 0;
  longestRunMs = 0;
  workedMs = 0;

  constructor(
    world: VirtualWorld,
    { batch, concurrency }: { readonly batch: number; readonly concurrency: number },
    work: (bodies: readonly unknown[], worker: number) => Promise<void>,
  ) {
    this.#world = world;
    this.#batch = batch;
    this.#concurrency = concurrency;
    this.#idle = Array.from({ length: concurrency }, (_, index) => index);
    this.#work = work;
  }

  get isEmpty(): boolean {
    return this.#messages.length === 0 && this.#idle.length === this.#concurrency;
  }

  put(bodies: readonly unknown[]): void {
    const at = this.#world.time.now();
    this.#messages.push(...bodies.map((body) => ({ at, body })));
    this.#pull();
  }

  #pull(): void {
    while (this.#messages.length > 0) {
      const worker = this.#idle.pop();
      if (worker === undefined) return;
      void this.#run(this.#messages.splice(0, this.#batch), worker);
    }
  }

  async #run(batch: readonly { readonly at: number; readonly body: unknown }[], worker: number): Promise<void> {
    const { time, assumptions } = this.#world;
    await time.wait(assumptions.startMs);
    const began = time.now();
    this.longestWaitMs = Math.max(this.longestWaitMs, ...batch.map(({ at }) => began - at));
    await this.#work(
      batch.map(({ body }) => body),
      worker,
    );
    const ranMs = time.now() - began;
    this.workedMs += ranMs;
    this.longestRunMs = Math.max(this.longestRunMs, ranMs);
    this.#idle.push(worker);
    this.#pull();
  }
}
