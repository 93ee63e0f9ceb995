/** Turns of the event loop after which nothing that is under way has more to do before time passes. */
const TURNS = 1;

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly ring: () => void;
}

/**
 * Time that passes only when everything waits: code that is given this `now` and `wait` runs as it is, and an hour of it takes as long as
 * its own computing. What it computes takes no time of this clock, so that has to be waited for explicitly. No real input or output may be
 * under way: the clock would not wait for it.
 */
export class VirtualTime {
  readonly #timers: Timer[] = [];
  #now: number;
  #order = 0;

  constructor(start: number) {
    this.#now = start;
  }

  readonly now = (): number => this.#now;

  readonly wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      this.#push({ at: this.#now + Math.max(0, ms), order: (this.#order += 1), ring: resolve });
    });

  /** Runs until the work is done. Throws what the work throws, and where it waits for something that never comes. */
  async run<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const ended = work.finally(() => (isDone = true));
    ended.catch(() => undefined);
    for (;;) {
      for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      if (isDone) return ended;
      const next = this.#pop();
      if (next === undefined) throw new Error('everything waits, and no time would end that');
      this.#now = next.at;
      next.ring();
    }
  }

  /** A heap: the earliest timer stands first, and of two at one time the one that was set first. */
  #push(timer: Timer): void {
    const timers = this.#timers;
    let at = timers.push(timer) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!isBefore(timer, timers[above])) break;
      timers[at] = timers[above] ?? timer;
      at = above;
    }
    timers[at] = timer;
  }

  #pop(): Timer | undefined {
    const timers = this.#timers;
    const first = timers[0];
    const last = timers.pop();
    if (last === undefined || timers.length === 0) return first;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const below = isBefore(timers[left + 1], timers[left]) ? left + 1 : left;
      const other = timers[below];
      if (other === undefined || !isBefore(other, last)) break;
      timers[at] = other;
      at = below;
    }
    timers[at] = last;
    return first;
  }
}

function isBefore(one: Timer | undefined, other: Timer | undefined): boolean {
  if (one === undefined || other === undefined) return one !== undefined;
  return one.at === other.at ? one.order < other.order : one.at < other.at;
}
