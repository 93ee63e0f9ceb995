import type { OnProgress } from './ports.ts';

/** Counts resources over all kinds, and tells how far the reading has come. */
export class Tally {
  readonly #tell: OnProgress | undefined;
  #done = 0;
  #of = 0;

  constructor(tell: OnProgress | undefined) {
    this.#tell = tell;
  }

  expect(more: number): void {
    this.#of += more;
    this.#report();
  }

  finish(): void {
    this.#done += 1;
    this.#report();
  }

  #report(): void {
    this.#tell?.({ doing: 'reading', done: this.#done, of: this.#of });
  }
}
