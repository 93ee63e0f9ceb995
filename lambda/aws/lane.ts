import PQueue from 'p-queue';
import type { AwsFailure } from './failure.ts';
import { Pace } from './pace.ts';

/** One way to one service: how many calls may be under way, and how many may start in a second. */
export interface LaneLimits {
  readonly concurrency: number;
  readonly perSecond?: number;
  /**
   * How long a place rests after the answer to its call before it is used again. With a second of rest no second ever sees more calls than
   * there are places, wherever it begins and however long a call is under way; `perSecond` counts by seconds of its own, and lets twice as
   * many through across the border of two.
   */
  readonly restMs?: number;
}

/** Tries a call gets in all before its refusal is believed. */
const MOST_TRIES = 6;

/**
 * On throttling the lane narrows by this, at most once in `NARROW_EVERY_MS`; each full round of answers widens it by one.
 * Halving on every refusal costs 6 × at 5 % of random refusals, this 1.14 × (aws-facts §13).
 */
const NARROWING = 0.7;
const NARROW_EVERY_MS = 1000;
const NARROWEST = 2;

/** Waits between tries: up to `BASE · 2^try`, evenly spread, never longer than the cap. */
const BACKOFF_BASE_MS = 100;
const BACKOFF_CAP_MS = 5000;

export interface LaneEnvironment {
  readonly understand: (error: unknown) => AwsFailure;
  readonly now: () => number;
  readonly random: () => number;
  readonly wait: (ms: number) => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

/** Bounds, paces and retries the calls to one service. A call that waits for its next try holds no place. */
export class Lane {
  readonly #queue: PQueue;
  readonly #limits: LaneLimits;
  readonly #pace: Pace;
  readonly #environment: LaneEnvironment;
  /** From when on each free place may be used again, the one that has rested longest first. */
  readonly #restedAt: number[];
  #narrowedAt = Number.NEGATIVE_INFINITY;
  #answers = 0;

  constructor(limits: LaneLimits, environment: LaneEnvironment) {
    this.#pace = new Pace(environment);
    this.#limits = limits;
    this.#environment = environment;
    this.#restedAt = Array.from({ length: limits.concurrency }, () => Number.NEGATIVE_INFINITY);
    this.#queue = new PQueue({
      concurrency: limits.concurrency,
      ...(limits.perSecond === undefined ? {} : { interval: 1000, intervalCap: limits.perSecond }),
    });
  }

  /** How many calls may be under way now. */
  get width(): number {
    return this.#queue.concurrency;
  }

  /** Makes the call when there is a place for it. Throws `AwsFailure` when it is refused, or refused too often. */
  async run<O>(call: () => Promise<O>): Promise<O> {
    const { understand, wait, random, signal } = this.#environment;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const answer = await this.#queue.add(async () => {
          await this.#pace.turn();
          signal?.throwIfAborted();
          return this.#limits.restMs === undefined ? call() : this.#rested(call, this.#limits.restMs);
        });
        this.#pace.note('answered');
        this.#widen();
        return answer;
      } catch (error) {
        if (signal?.aborted) throw error;
        const failure = understand(error);
        this.#pace.note(failure.kind === 'throttled' ? 'throttled' : 'answered');
        // Where the limit is known, calls are spread, and as many as fit may be under way.
        if (failure.kind === 'throttled' && this.#pace.perSecond === undefined) this.#narrow();
        else this.#widen();
        if (attempt >= MOST_TRIES || (failure.kind !== 'throttled' && failure.kind !== 'transient')) throw failure;
        await wait(random() * Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** attempt));
      }
    }
  }

  /** Makes the call in the place that has rested longest. The queue lets in no more calls than there are places. */
  async #rested<O>(call: () => Promise<O>, restMs: number): Promise<O> {
    const { now, wait } = this.#environment;
    const rest = (this.#restedAt.shift() ?? 0) - now();
    try {
      if (rest > 0) await wait(rest);
      return await call();
    } finally {
      this.#restedAt.push(now() + restMs);
    }
  }

  #narrow(): void {
    const now = this.#environment.now();
    if (now - this.#narrowedAt < NARROW_EVERY_MS) return;
    this.#narrowedAt = now;
    this.#answers = 0;
    this.#queue.concurrency = Math.max(
      Math.min(NARROWEST, this.#limits.concurrency),
      Math.floor(this.#queue.concurrency * NARROWING),
    );
  }

  #widen(): void {
    this.#answers += 1;
    if (this.#answers < this.#queue.concurrency || this.#queue.concurrency >= this.#limits.concurrency) return;
    this.#answers = 0;
    this.#queue.concurrency += 1;
  }
}
