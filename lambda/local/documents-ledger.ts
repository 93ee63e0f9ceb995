import pMap from 'p-map';
import { PlumblineError } from '#core/errors.ts';
import type { Json } from '#core/json.ts';
import type { Documents, Ledger, LedgerItem, LedgerKey, WriteOutcome } from '../ports.ts';

const AT_ONCE = 16;

/** What is kept of an item. */
type Kept = Omit<LedgerItem, 'family' | 'id'> & LedgerKey;

/** The live state on one machine: an item a document, its revision guarded by the documents' own conditional writes. */
export class DocumentsLedger implements Ledger {
  readonly #documents: Documents;

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  async read(key: LedgerKey): Promise<LedgerItem | undefined> {
    return (await this.#load(nameOf(key)))?.item;
  }

  async readMany(keys: readonly LedgerKey[]): Promise<readonly LedgerItem[]> {
    const once = [...new Map(keys.map((key) => [nameOf(key), key])).values()];
    const items = await pMap(once, (key) => this.read(key), { concurrency: AT_ONCE });
    return items.filter((item) => item !== undefined);
  }

  async write(item: LedgerItem): Promise<WriteOutcome> {
    const name = nameOf(item);
    const body = Buffer.from(JSON.stringify({ ...item, revision: item.revision + 1 }));
    if (item.revision === 0) return this.#documents.create(name, body);
    const before = await this.#load(name);
    if (before === undefined || before.item.revision !== item.revision) return 'conflict';
    return this.#documents.replace(name, body, before.version);
  }

  async due(until: string): Promise<readonly LedgerKey[]> {
    const items = await this.#all('ledger/');
    return items
      .filter(({ dueAt }) => dueAt !== undefined && dueAt <= until)
      .sort((a, b) => ((a.dueAt ?? '') < (b.dueAt ?? '') ? -1 : 1))
      .map(({ family, id }) => ({ family, id }));
  }

  async list(family: string): Promise<readonly LedgerItem[]> {
    return (await this.#all(`ledger/${family}/`)).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  async #all(prefix: string): Promise<LedgerItem[]> {
    const names = await this.#documents.list(prefix);
    const loaded = await pMap(names, (name) => this.#load(name), { concurrency: AT_ONCE });
    return loaded.flatMap((one) => (one === undefined ? [] : [one.item]));
  }

  async #load(name: string): Promise<{ item: LedgerItem; version: string } | undefined> {
    const document = await this.#documents.read(name);
    if (document === undefined) return undefined;
    try {
      const item = JSON.parse(Buffer.from(document.body).toString('utf8')) as Kept & { body: Json };
      return { item, version: document.version };
    } catch (cause) {
      throw new PlumblineError(
        'STORE_DAMAGED',
        `${this.#documents.place}/${name} is no whole JSON document: delete it, and the next look writes it anew`,
        { cause },
      );
    }
  }
}

/** A file's name of an item: what a file system may not like in an id is percent-encoded. */
function nameOf({ family, id }: LedgerKey): string {
  return `ledger/${family}/${encodeURIComponent(id).replaceAll('.', '%2E')}.json`;
}
