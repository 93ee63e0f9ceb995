/** Runs what waits in the order of a clock of its own: hours pass in milliseconds, and the same run is the same run. */
export class VirtualTime {
  #now: number;
  #order = 0;
  readonly #timers: Timer[] = [];
  /** Calls that really go out, to a server: time stands still until they are back. */
  #outside = 0;

  constructor(start: number) {
    this.#now = start;
  }

  get now(): number {
    return this.#now;
  }

  readonly date = (): Date => new Date(this.#now);

  /** Does it at that time, or at once where that is past. */
  at(time: number, action: () => void): void {
    this.#order += 1;
    insert(this.#timers, { at: Math.max(time, this.#now), order: this.#order, action });
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.at(this.#now + ms, resolve));
  }

  /** A call that really goes out. */
  async outside<T>(call: () => Promise<T>): Promise<T> {
    this.#outside += 1;
    try {
      return await call();
    } finally {
      this.#outside -= 1;
    }
  }

  /** Lets everything happen that is to happen by then. */
  async runUntil(time: number): Promise<void> {
    for (;;) {
      const next = this.#timers[0];
      if (next === undefined || next.at > time) break;
      removeFirst(this.#timers);
      this.#now = next.at;
      next.action();
      await this.#settled();
    }
    this.#now = time;
  }

  /** Until nothing runs that does not wait for this clock. */
  async #settled(): Promise<void> {
    do await new Promise<void>((resolve) => void setImmediate(resolve));
    while (this.#outside > 0);
  }
}

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly action: () => void;
}

const isBefore = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** The timers are a heap: the next one stands first. */
function insert(heap: Timer[], timer: Timer): void {
  let index = heap.length;
  heap.push(timer);
  while (index > 0) {
    const above = (index - 1) >> 1;
    const other = heap[above];
    if (other === undefined || !isBefore(timer, other)) break;
    heap[index] = other;
    index = above;
  }
  heap[index] = timer;
}

function removeFirst(heap: Timer[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    const [left, right] = [heap[2 * index + 1], heap[2 * index + 2]];
    const isRight = right !== undefined && left !== undefined && isBefore(right, left);
    const next = isRight ? right : left;
    if (next === undefined || !isBefore(next, last)) break;
    heap[index] = next;
    index = 2 * index + (isRight ? 2 : 1);
  }
  heap[index] = last;
}
