import { digestOf } from '#core/digest.ts';
import type { Document, Documents, WriteOutcome } from '../ports.ts';

/** Documents that last as long as the process: the demo's home. */
export class MemoryDocuments implements Documents {
  readonly place = 'memory';
  readonly #bodies = new Map<string, Uint8Array>();

  read(key: string): Promise<Document | undefined> {
    const body = this.#bodies.get(key);
    return Promise.resolve(body === undefined ? undefined : { body, version: digestOf(body) });
  }

  create(key: string, body: Uint8Array): Promise<WriteOutcome> {
    if (this.#bodies.has(key)) return Promise.resolve('conflict');
    this.#bodies.set(key, body);
    return Promise.resolve('written');
  }

  replace(key: string, body: Uint8Array, version: string): Promise<WriteOutcome> {
    const now = this.#bodies.get(key);
    if (now === undefined || digestOf(now) !== version) return Promise.resolve('conflict');
    this.#bodies.set(key, body);
    return Promise.resolve('written');
  }

  list(prefix: string): Promise<readonly string[]> {
    return Promise.resolve([...this.#bodies.keys()].filter((key) => key.startsWith(prefix)).sort());
  }
}
