import { announceAlert } from '#lambda/announce.ts';
import { answer } from '#lambda/answer.ts';
import { askForAcceptance, sayDigest } from '#lambda/digest.ts';
import { searchCauses } from '#lambda/cause-search.ts';
import { KnownStates } from '#lambda/known-states.ts';
import { startSweep } from '#lambda/sweep.ts';
import { tick } from '#lambda/tick.ts';
import { workOn } from '#lambda/work.ts';
import { kinds, kindsById } from '#kinds';
import { ACCOUNT } from '../builders.ts';
import { Injected, Life } from './life.ts';
import { Outside, type Queues, type Surroundings } from './ports.ts';
import { Queue, type Message } from './queue.ts';
import { historyOf } from './event-history.ts';
import { readsOf } from './reads.ts';
import { REGION } from './world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** As long as each function may take (lib/audit-stack.ts). */
const TIMEOUT_MS = { 'on-look': 3 * MINUTE, 'on-tick': 2 * MINUTE, 'on-sweep': 15 * MINUTE, 'on-request': MINUTE };
type FunctionName = keyof typeof TIMEOUT_MS;

/** A failed start of a sweep is tried twice more (lib/constructs/clock.ts). */
const SWEEP_TRIES_AFTER_MS = [MINUTE, 2 * MINUTE] as const;

const shapes = new Map(kinds.map(({ declaration }) => [declaration.id, declaration.shape]));

/** Errors that are said and tried again, and are no fault of the product: what was injected, and what two who write at once tell. */
const EXPECTED = /^(injected: |.*(is being written by others all the time))/;

/** The four functions, their instances, queues and clock: what the stack describes, run in process over the product's own decisions. */
export class Service {
  /** What was thrown or said as a trouble and was not injected. */
  readonly unexpected: string[] = [];
  readonly queues: Queues;
  readonly #all: Surroundings;
  readonly #idle = new Map<FunctionName, Instance[]>();
  #runs = 0;

  constructor(all: Omit<Surroundings, 'queues'>) {
    this.#all = { ...all, queues: () => this.queues };
    const look = (messages: readonly Message[]) => this.#look(messages);
    const hidden = TIMEOUT_MS['on-look'] + 10 * SECOND;
    this.queues = {
      changes: new Queue({ batch: 10, mostAtOnce: 8, visibilityMs: hidden, consume: look }, all),
      sweeps: new Queue({ batch: 1, mostAtOnce: 4, visibilityMs: hidden, consume: look }, all),
      nudges: new Queue(
        {
          batch: 10,
          mostAtOnce: 2,
          visibilityMs: TIMEOUT_MS['on-tick'] + 10 * SECOND,
          consume: async () => ((await this.tick()) === 'done' ? [] : undefined),
        },
        all,
      ),
    };
  }

  /** The tick of a minute, or of a nudge. */
  tick(): Promise<Outcome> {
    return this.#run('on-tick', async (instance) => {
      const ports = instance.ports;
      const outcome = await tick({
        ...ports,
        run: this.#nameRun(),
        announce: (subject) => announceAlert(subject, ports),
        askToAccept: (first) => askForAcceptance(first, ports),
        digest: () => sayDigest(ports),
      });
      for (const { why } of outcome.failed) this.#note(why);
      for (const trouble of outcome.troubles) this.#note(trouble.replace(/^[a-z ]+: /, ''));
    });
  }

  async sweep(): Promise<void> {
    for (const wait of [...SWEEP_TRIES_AFTER_MS, 0]) {
      const outcome = await this.#run('on-sweep', async ({ ports }) => void (await startSweep(ports)));
      if (outcome === 'done' || wait === 0) return;
      await this.#all.time.sleep(wait);
    }
  }

  /** A person asks; returns what they are answered, undefined where nobody answered. */
  async ask(question: object): Promise<{ readonly status: number; readonly body: object } | undefined> {
    let answered: { readonly status: number; readonly body: object } | undefined;
    await this.#run('on-request', async ({ ports }) => {
      answered = await answer(
        { ...question, proof: 'signed' },
        {
          ...ports,
          kinds: kindsById,
          shapes,
          identify: () => Promise.resolve(`arn:aws:sts::${ACCOUNT}:assumed-role/on-call/bob`),
          nudge: ports.wakeTeller,
          testAlert: () => Promise.resolve(),
        },
      );
    });
    return answered;
  }

  /** Works on a batch as the handler does: each message stands for itself, and the teller is woken once. */
  async #look(messages: readonly Message[]): Promise<readonly Message[] | undefined> {
    const failed: Message[] = [];
    const outcome = await this.#run('on-look', async ({ ports }) => {
      let due = 0;
      const work = async (message: Message): Promise<void> => {
        try {
          due += (
            await workOn(JSON.parse(message.body), {
              ...ports,
              answerTicket,
              searchFor: (one) => searchCauses(one, ports),
            })
          ).due;
        } catch (error) {
          this.#note(error);
          failed.push(message);
        }
      };
      await Promise.all(messages.map(work));
      if (due > 0) await ports.wakeTeller();
    });
    return outcome === 'done' ? failed : undefined;
  }

  async #run(name: FunctionName, work: (instance: Instance) => Promise<void>): Promise<Outcome> {
    const { chance, time, recorder } = this.#all;
    const idle = this.#idle.get(name) ?? [];
    // A warm instance, or a new one: which of them is AWS's choice.
    const instance = idle.length > 0 && chance.happens(0.9) ? chance.oneOf(idle) : new Instance(name, this.#all);
    this.#idle.set(
      name,
      idle.filter((one) => one !== instance),
    );
    const life = new Life();
    instance.outside.life = life;
    time.at(time.now + TIMEOUT_MS[name], () => life.die());
    const done = work(instance).then(
      () => 'done' as const,
      (error: unknown) => {
        this.#note(error);
        return 'failed' as const;
      },
    );
    const outcome = await Promise.race([done, life.died]);
    recorder.ended(life, outcome === 'died' ? 'crash' : 'mark-refused');
    if (outcome !== 'died') this.#idle.set(name, [...(this.#idle.get(name) ?? []), instance]);
    return outcome;
  }

  #nameRun(): string {
    this.#runs += 1;
    return `run-${this.#runs}`;
  }

  #note(error: unknown): void {
    if (error instanceof Injected) return;
    const says = error instanceof Error ? error.message : String(error);
    if (!EXPECTED.test(says)) this.unexpected.push(error instanceof TypeError ? String(error.stack) : says);
  }
}

type Outcome = 'done' | 'failed' | 'died';

/** Nobody asks what takes the worker to answer. */
const answerTicket = (ticket: string): Promise<void> =>
  Promise.reject(new TypeError(`nobody asked under the ticket ${ticket}`));

/** One instance of a function: what it keeps in memory is kept from run to run, until it dies. */
class Instance {
  readonly outside: Outside;
  readonly #known: KnownStates;
  readonly #all: Surroundings;

  constructor(name: string, all: Surroundings) {
    this.#all = all;
    this.outside = new Outside(name, all);
    const { documents, ledger } = this.outside;
    this.#known = new KnownStates({ documents, ledger, account: ACCOUNT, shapes, now: all.time.date });
  }

  /** Everything that any of the functions has. */
  get ports() {
    const { time, world } = this.#all;
    const { documents, ledger, asking, publisher, wait, gate, wakeTeller } = this.outside;
    return {
      account: ACCOUNT,
      partition: 'aws',
      kinds,
      ownerTags: ['team'],
      actionItems: [],
      regions: () => Promise.resolve([REGION]),
      history: historyOf(world, time.date),
      aws: readsOf(world, { now: time.date, gate }),
      documents,
      ledger,
      known: this.#known,
      asking,
      publisher,
      wait,
      wakeTeller,
      now: time.date,
      timeZone: 'UTC',
      digestAt: '08:00',
      store: documents.place,
      chat: true,
      warn: () => undefined,
    };
  }
}
