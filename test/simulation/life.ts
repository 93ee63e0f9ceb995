/** What is thrown for a call that failed on purpose. */
export class Injected extends Error {
  constructor(where: string) {
    super(`injected: ${where}`);
    this.name = 'Injected';
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
