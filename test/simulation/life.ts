/** What is thrown for a call that failed on purpose: refused, or with an answer that was lost. */
export class Injected extends Error {
  readonly kind: 'refused' | 'transient';

  constructor(where: string, kind: 'refused' | 'transient' = 'refused') {
    super(`injected: ${where}`);
    this.name = 'Injected';
    this.kind = kind;
  }
}

/** One run of a function. Once it has died nothing of it goes on: no `catch`, no `finally`. */
export class Life {
  readonly died: Promise<'died'>;
  #isOver = false;
  #end: (how: 'died') => void = () => undefined;

  constructor() {
    this.died = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  die(): void {
    this.#isOver = true;
    this.#end('died');
  }

  /** What waits for this waits for ever. */
  static never<T>(): Promise<T> {
    return new Promise<T>(() => undefined);
  }
}
