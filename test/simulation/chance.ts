import { chance as sourceOf } from '../arbitraries.ts';

/** A repeatable source of chance, as decisions are put to it. */
export class Chance {
  readonly #next: () => number;

  constructor(seed: number) {
    // Seeds beside each other must not begin alike.
    this.#next = sourceOf(Math.imul(seed + 1, 0x9e3779b1) ^ 0x5bd1e995);
    for (let warm = 0; warm < 8; warm += 1) this.#next();
  }

  /** Does it happen, when it happens in this share of cases? */
  happens(share: number): boolean {
    return this.#next() < share;
  }

  /** A number from the first up to the second. */
  between(least: number, most: number): number {
    return least + this.#next() * (most - least);
  }

  /** A time between two events that come every so often on average. */
  waiting(average: number): number {
    return -Math.log(1 - this.#next()) * average;
  }

  /** One of these; throws where there is none. */
  oneOf<T>(all: readonly T[]): T {
    const one = all[Math.floor(this.#next() * all.length)];
    if (one === undefined) throw new RangeError('there is nothing to choose from');
    return one;
  }
}
