import type { Chance } from './chance.ts';
import type { VirtualTime } from './virtual-time.ts';
import type { Weather } from './weather.ts';

export interface Message {
  readonly body: string;
  receives: number;
}

/** How one queue is consumed (lib/audit-stack.ts). */
export interface QueueSettings {
  readonly batch: number;
  readonly mostAtOnce: number;
  readonly visibilityMs: number;
  /** Works on a batch. Returns the messages that failed; undefined where the function died or failed as a whole. */
  readonly consume: (messages: readonly Message[]) => Promise<readonly Message[] | undefined>;
}

/** Tries that a message gets (lib/constructs/work-queue.ts). */
const MOST_RECEIVES = 5;
const SECOND = 1_000;
/** A message takes this long from being sent to being received. */
const ON_THE_WAY_MS = [20, 2 * SECOND] as const;

/** A queue as SQS is one: in no order, at least once, again after a while where nobody said that it was done, and then never again. */
export class Queue {
  readonly deadLetters: Message[] = [];
  #visible: Message[] = [];
  #running = 0;
  readonly #settings: QueueSettings;
  readonly #world: { readonly time: VirtualTime; readonly chance: Chance; readonly weather: Weather };

  constructor(settings: QueueSettings, world: { time: VirtualTime; chance: Chance; weather: Weather }) {
    this.#settings = settings;
    this.#world = world;
  }

  send(body: string, afterMs = 0): void {
    const { chance, weather } = this.#world;
    const late = weather.delay('messageLate', 90 * SECOND);
    this.#show({ body, receives: 0 }, afterMs + late + chance.between(...ON_THE_WAY_MS));
  }

  #show(message: Message, afterMs: number): void {
    const { time } = this.#world;
    time.at(time.now + afterMs, () => {
      this.#visible.push(message);
      this.#pump();
    });
  }

  #pump(): void {
    const { batch, mostAtOnce } = this.#settings;
    while (this.#running < mostAtOnce && this.#visible.length > 0) {
      const taken: Message[] = [];
      while (taken.length < batch && this.#visible.length > 0) {
        const message = this.#world.chance.oneOf(this.#visible);
        this.#visible = this.#visible.filter((one) => one !== message);
        message.receives += 1;
        taken.push(message);
      }
      void this.#work(taken);
    }
  }

  async #work(messages: readonly Message[]): Promise<void> {
    const { visibilityMs, consume } = this.#settings;
    const { time, weather } = this.#world;
    this.#running += 1;
    const again = time.now + visibilityMs;
    const failed = (await consume(messages)) ?? messages;
    this.#running -= 1;
    for (const message of messages) {
      if (!failed.includes(message)) {
        if (weather.strikes('messageTwice')) this.#show({ ...message }, visibilityMs);
      } else if (message.receives >= MOST_RECEIVES) this.deadLetters.push(message);
      else this.#show(message, Math.max(0, again - time.now));
    }
    this.#pump();
  }
}
