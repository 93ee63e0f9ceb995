import pMap from 'p-map';
import type { Acceptance, AcceptedState, Baseline, Coverage } from '#core/baseline.ts';
import type { Against } from '#core/finding-record.ts';
import { printRef, type ResourceRef } from '#core/reference.ts';
import { nothingRead, shardOf } from '#core/state.ts';
import { loadAcceptedPart, loadHead, type KnownShapes } from './baseline-store.ts';
import type { PartRef } from './document-format.ts';
import type { Documents, Ledger } from './ports.ts';
import { loadObservedPart } from './snapshot-store.ts';

/** The head moves only when a person accepts; what is told is checked against the newest one before it is told. */
const HEAD_KEPT_MS = 20_000;
/** Parts kept in memory: a part never changes, its digest is its name. */
const PARTS_KEPT = 64;
const READ_AT_ONCE = 8;

/** What is compared with: what a person accepted, or, until somebody does, what was first seen. */
export interface Known {
  readonly against: Against;
  /** 0 until somebody accepts. */
  readonly generation: number;
  /** How many shards each kind has. */
  readonly shards: Readonly<Record<string, number>>;
  /** With the states that were asked for; undefined where there is nothing to compare with. */
  readonly baseline: Baseline | undefined;
}

/** Until a person accepts: the first whole snapshot, as the tick found it. */
export interface Provisional {
  readonly scan: string;
  readonly takenAt: string;
  readonly resources: number;
  readonly shards: Readonly<Record<string, number>>;
  readonly covers: readonly Coverage[];
  readonly parts: readonly PartRef[];
}

/** Where the pointer to the first snapshot is kept. */
export const PROVISIONAL = { family: 'service', id: 'provisional' } as const;

export interface KnownStatesSettings {
  readonly documents: Documents;
  readonly ledger: Ledger;
  readonly account: string;
  readonly shapes: KnownShapes;
  readonly now: () => Date;
}

interface Source {
  readonly against: Against;
  readonly accepted: Acceptance;
  readonly covers: readonly Coverage[];
  readonly shards: Readonly<Record<string, number>>;
  readonly parts: readonly PartRef[];
  readonly load: (part: PartRef) => Promise<readonly AcceptedState[]>;
}

/** Reads of what was accepted only the parts that a look needs, and keeps them for the next look. */
export class KnownStates {
  readonly #settings: KnownStatesSettings;
  readonly #parts = new Map<string, readonly AcceptedState[]>();
  #source: { readonly at: number; readonly source: Source | undefined } | undefined;

  constructor(settings: KnownStatesSettings) {
    this.#settings = settings;
  }

  /** What is known of these resources, and of the kinds that are given whole (what their meaning depends on). */
  async of(refs: readonly ResourceRef[], whole: readonly string[]): Promise<Known> {
    const source = await this.#sourceNow();
    if (source === undefined) return { against: 'nothing', generation: 0, shards: {}, baseline: undefined };
    const wanted = new Set(refs.map((ref) => partName(ref.kind, shardOf(ref, source.shards[ref.kind] ?? 1))));
    return this.#load(source, ({ kind, shard }) => whole.includes(kind) || wanted.has(partName(kind, shard)));
  }

  /** What is known of one shard of a kind, and of the kinds that are given whole. */
  async ofShard({ kind, shard }: Pick<PartRef, 'kind' | 'shard'>, whole: readonly string[]): Promise<Known> {
    const source = await this.#sourceNow();
    if (source === undefined) return { against: 'nothing', generation: 0, shards: {}, baseline: undefined };
    return this.#load(source, (part) => whole.includes(part.kind) || (part.kind === kind && part.shard === shard));
  }

  /** Everything that is known. */
  async all(): Promise<Known> {
    const source = await this.#sourceNow();
    if (source === undefined) return { against: 'nothing', generation: 0, shards: {}, baseline: undefined };
    return this.#load(source, () => true);
  }

  /** The newest generation, read now. */
  async generation(): Promise<number> {
    this.#source = undefined;
    return (await this.#sourceNow())?.accepted.generation ?? 0;
  }

  async #load(source: Source, isWanted: (part: PartRef) => boolean): Promise<Known> {
    const { account } = this.#settings;
    const { against, accepted, covers, shards } = source;
    const loaded = await pMap(source.parts.filter(isWanted), (part) => this.#part(part, source), {
      concurrency: READ_AT_ONCE,
    });
    const states = new Map(loaded.flat().map((one) => [printRef(one.state.ref), one]));
    return { against, generation: accepted.generation, shards, baseline: { account, accepted, covers, states } };
  }

  async #part(part: PartRef, { load, against }: Source): Promise<readonly AcceptedState[]> {
    const name = `${against} ${part.digest}`;
    const kept = this.#parts.get(name);
    if (kept !== undefined) return kept;
    const loaded = await load(part);
    const [oldest] = this.#parts.keys();
    if (this.#parts.size >= PARTS_KEPT && oldest !== undefined) this.#parts.delete(oldest);
    this.#parts.set(name, loaded);
    return loaded;
  }

  async #sourceNow(): Promise<Source | undefined> {
    const at = this.#settings.now().getTime();
    // That there is nothing yet is not kept: the first sweep may end, or somebody accept, at any moment.
    if (this.#source?.source === undefined || at - this.#source.at >= HEAD_KEPT_MS)
      this.#source = { at, source: (await this.#acceptedSource()) ?? (await this.#provisionalSource()) };
    return this.#source.source;
  }

  async #acceptedSource(): Promise<Source | undefined> {
    const { documents, account, shapes } = this.#settings;
    const loaded = await loadHead(documents, account, shapes);
    if (loaded === undefined) return undefined;
    const { head, accepted } = loaded;
    return {
      against: 'accepted',
      accepted,
      covers: head.covers,
      shards: head.shards,
      parts: head.parts,
      load: (part) => loadAcceptedPart(documents, part),
    };
  }

  async #provisionalSource(): Promise<Source | undefined> {
    const { documents, ledger } = this.#settings;
    const item = await ledger.read(PROVISIONAL);
    if (item === undefined) return undefined;
    const { scan, takenAt, covers, shards, parts } = item.body as unknown as Provisional;
    const accepted: Acceptance = { generation: 0, at: takenAt, by: `snapshot ${scan}`, reason: 'first seen' };
    return {
      against: 'first-seen',
      accepted,
      covers,
      shards,
      parts,
      load: async (part) =>
        (await loadObservedPart(documents, part)).flatMap((seen) => {
          if (seen.seen === 'gone') return [];
          // What could not be read was there all the same: it is not "created" on the day that it can be read.
          const state = seen.seen === 'state' ? seen.state : nothingRead(seen.ref, seen.takenAt);
          return [{ state, version: accepted }];
        }),
    };
  }
}

function partName(kind: string, shard: number): string {
  return `${kind}-${shard}`;
}
