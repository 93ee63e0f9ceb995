/** What is measured and decided over: the services count calls by the second. */
const WINDOW_MS = 1000;

/** Refusals up to this share are weather, and retrying is the cure; more than this is a limit, and calls are spread to stay below it. */
const LIMIT_SHARE = 0.15;

/** With few answers a share tells nothing. */
const FEWEST_ANSWERS = 20;

/** A limit may rise again: each calm second a little more is tried. */
const RISE = 1.05;

export interface PaceEnvironment {
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

/**
 * Finds the limit of a server that refuses everything above so many calls a second, and spreads the calls over the second: refused calls
 * that back off together leave what the server allows unused (measured: 60 % of it is used without this).
 */
export class Pace {
  readonly #environment: PaceEnvironment;
  #perSecond: number | undefined;
  #nextAt = 0;
  #windowAt: number | undefined;
  #answered = 0;
  #refused = 0;

  constructor(environment: PaceEnvironment) {
    this.#environment = environment;
  }

  /** Calls a second, while a limit is known. */
  get perSecond(): number | undefined {
    return this.#perSecond;
  }

  /** Waits until the next call may start. */
  async turn(): Promise<void> {
    if (this.#perSecond === undefined) return;
    const now = this.#environment.now();
    const at = Math.max(now, this.#nextAt);
    this.#nextAt = at + WINDOW_MS / this.#perSecond;
    if (at > now) await this.#environment.wait(at - now);
  }

  /** Counts what a call came to. */
  note(outcome: 'answered' | 'throttled'): void {
    const now = this.#environment.now();
    this.#windowAt ??= now;
    if (now - this.#windowAt >= WINDOW_MS) this.#closeWindow(now);
    if (outcome === 'answered') this.#answered += 1;
    else this.#refused += 1;
  }

  #closeWindow(now: number): void {
    const all = this.#answered + this.#refused;
    const isLimited = all >= FEWEST_ANSWERS && this.#refused / all > LIMIT_SHARE;
    const seconds = (now - (this.#windowAt ?? now)) / WINDOW_MS;
    if (isLimited) this.#perSecond = Math.max(1, this.#answered / seconds);
    else if (this.#perSecond !== undefined) this.#perSecond *= RISE;
    this.#windowAt = now;
    this.#answered = 0;
    this.#refused = 0;
  }
}
