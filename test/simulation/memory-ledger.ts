import type { Json } from '#core/json.ts';
import type { Ledger, LedgerItem, LedgerKey, WriteOutcome } from '#lambda/ports.ts';

/** What stands in the index of one item, and from when on it shows. */
interface Indexed {
  readonly key: LedgerKey;
  readonly dueAt: string | undefined;
  readonly shows: number;
}

export interface MemoryLedgerSettings {
  readonly now: () => number;
  /** How long the index takes to show a write: milliseconds. */
  readonly indexLateMs: () => number;
}

const AT_ONCE: MemoryLedgerSettings = { now: () => 0, indexLateMs: () => 0 };

/** The live state as a table keeps it, with an index of what is due that may be late, as DynamoDB's are. */
export class MemoryLedger implements Ledger {
  readonly #items = new Map<string, { readonly item: LedgerItem; readonly body: string }>();
  readonly #index = new Map<string, Indexed[]>();
  readonly #settings: MemoryLedgerSettings;

  constructor(settings: MemoryLedgerSettings = AT_ONCE) {
    this.#settings = settings;
  }

  read(key: LedgerKey): Promise<LedgerItem | undefined> {
    const kept = this.#items.get(nameOf(key));
    // A copy each time: who reads must not change what is kept.
    return Promise.resolve(kept && { ...kept.item, body: JSON.parse(kept.body) as Json });
  }

  async readMany(keys: readonly LedgerKey[]): Promise<readonly LedgerItem[]> {
    const once = [...new Map(keys.map((key) => [nameOf(key), key])).values()];
    const found: LedgerItem[] = [];
    for (const key of once) {
      const item = await this.read(key);
      if (item !== undefined) found.push(item);
    }
    return found;
  }

  write(item: LedgerItem): Promise<WriteOutcome> {
    const name = nameOf(item);
    if ((this.#items.get(name)?.item.revision ?? 0) !== item.revision) return Promise.resolve('conflict');
    this.#items.set(name, { item: { ...item, revision: item.revision + 1 }, body: JSON.stringify(item.body) });
    const { now, indexLateMs } = this.#settings;
    const shown = (this.#index.get(name) ?? []).filter(({ shows }) => shows > now()).slice(-2);
    const standing = this.#indexed(name);
    const entry = { key: { family: item.family, id: item.id }, dueAt: item.dueAt, shows: now() + indexLateMs() };
    this.#index.set(name, [...(standing === undefined ? [] : [standing]), ...shown, entry]);
    return Promise.resolve('written');
  }

  due(until: string): Promise<readonly LedgerKey[]> {
    const due = [...this.#index.keys()].flatMap((name) => {
      const entry = this.#indexed(name);
      return entry?.dueAt !== undefined && entry.dueAt <= until ? [{ key: entry.key, dueAt: entry.dueAt }] : [];
    });
    return Promise.resolve(due.sort((a, b) => (a.dueAt < b.dueAt ? -1 : 1)).map(({ key }) => key));
  }

  async list(family: string): Promise<readonly LedgerItem[]> {
    const keys = [...this.#items.values()].map(({ item }) => item).filter((item) => item.family === family);
    return (await this.readMany(keys)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** The newest entry that shows by now. */
  #indexed(name: string): Indexed | undefined {
    const now = this.#settings.now();
    return this.#index.get(name)?.findLast(({ shows }) => shows <= now);
  }
}

function nameOf({ family, id }: LedgerKey): string {
  return `${family} ${id}`;
}
