import type { OnProgress, Progress } from './ports.ts';

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

/** Adds up how far works have come that run at once; each is given its own. */
export function addingUp(tell: OnProgress): () => OnProgress {
  const parts: Progress[] = [];
  const sum = (count: (part: Progress) => number): number => parts.reduce((total, part) => total + count(part), 0);
  return () => {
    const place = parts.push({ doing: '', done: 0, of: 0 }) - 1;
    return (progress) => {
      parts[place] = progress;
      tell({ doing: progress.doing, done: sum(({ done }) => done), of: sum(({ of }) => of) });
    };
  };
}
