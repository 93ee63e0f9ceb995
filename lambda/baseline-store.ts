import pMap from 'p-map';
import type { AcceptedState, Acceptance, Baseline } from '#core/baseline.ts';
import { digestOf } from '#core/digest.ts';
import { PlumblineError } from '#core/errors.ts';
import { printRef } from '#core/reference.ts';
import { byRef, shardOf } from '#core/state.ts';
import { encode, FORMAT } from './document-encoding.ts';
import { acceptedPartSchema, headSchema, parseDocument, type Head, type PartRef } from './document-format.ts';
import type { Documents } from './ports.ts';

/** States a shard: small enough for one look of a sweep, large enough that ten thousand buckets are forty objects. */
const STATES_A_SHARD = 256;
const READ_AT_ONCE = 8;

const MEND = 'restore it from a backup, or move the folder "baseline" away and accept again';

/** What the kinds of this release can read: a baseline of a higher shape was written by a newer one. */
export type KnownShapes = ReadonlyMap<string, number>;

/** A baseline as it was read, with what a conditional write needs. */
export interface LoadedBaseline {
  readonly baseline: Baseline;
  readonly head: Head;
  readonly version: string;
}

const headKey = (account: string): string => `baseline/${account}/head.json`;

/** The head of a baseline, with what a conditional write needs. */
export interface LoadedHead {
  readonly head: Head;
  readonly accepted: Acceptance;
  readonly version: string;
}

/** Reads what was accepted in an account, whole and undamaged, or not at all; `undefined`: nobody accepted anything yet. */
export async function loadBaseline(
  documents: Documents,
  account: string,
  known: KnownShapes,
): Promise<LoadedBaseline | undefined> {
  const loaded = await loadHead(documents, account, known);
  if (loaded === undefined) return undefined;
  const { head, accepted, version } = loaded;
  const parts = await pMap(head.parts, (part) => loadAcceptedPart(documents, part), { concurrency: READ_AT_ONCE });
  const states = new Map(parts.flat().map((one) => [printRef(one.state.ref), one]));
  return { baseline: { account, accepted, covers: head.covers, states }, head, version };
}

/** Reads the head alone: who accepted last, what is covered, where the parts are. */
export async function loadHead(
  documents: Documents,
  account: string,
  known: KnownShapes,
): Promise<LoadedHead | undefined> {
  const document = await documents.read(headKey(account));
  if (document === undefined) return undefined;
  const head = parseDocument(headSchema, document.body, { name: `${documents.place}/${headKey(account)}`, mend: MEND });
  if (head.account !== account) {
    throw new PlumblineError(
      'STORE_DAMAGED',
      `${documents.place}/${headKey(account)} is of account ${head.account}, not of ${account}: ${MEND}`,
    );
  }
  refuseNewer(head, known);
  return { head, accepted: acceptanceOf(head.accepted), version: document.version };
}

/**
 * Writes a new generation beside the old one and moves the head last, if it is still the one that was read. Shards that did not
 * change are kept by reference.
 * Throws STORE_MOVED when somebody accepted in the meantime; nothing of theirs is touched.
 */
export async function saveBaseline(
  documents: Documents,
  next: Baseline,
  before: LoadedBaseline | undefined,
): Promise<void> {
  const shards = shardsFor(next, before?.head.shards ?? {});
  const grouped = groupByShard(next, shards);
  const bodies = [...grouped].map(([name, part]) => {
    const body = encode({ format: FORMAT, kind: part.kind, shard: part.shard, states: part.states });
    return { name, kind: part.kind, shard: part.shard, body, digest: digestOf(body) };
  });
  const kept = new Map((before?.head.parts ?? []).map((part) => [part.digest, part]));
  const parts: PartRef[] = [];
  let folder = next.accepted.generation;
  for (let index = 0; index < bodies.length;) {
    const part = bodies[index];
    if (part === undefined) break;
    const old = kept.get(part.digest);
    const key = old?.key ?? `baseline/${next.account}/${folder}/${part.name}.json`;
    if (old === undefined && (await documents.create(key, part.body)) === 'conflict') {
      // A run that was killed, or one that runs beside us, has begun this generation: leave it alone and take the next folder.
      folder += 1;
      index = 0;
      parts.length = 0;
      continue;
    }
    parts.push({ kind: part.kind, shard: part.shard, key, digest: part.digest });
    index += 1;
  }
  const head: Head = {
    format: FORMAT,
    account: next.account,
    accepted: { ...next.accepted },
    covers: next.covers.map((covered) => ({ ...covered })),
    shards,
    parts,
  };
  const key = headKey(next.account);
  const outcome =
    before === undefined
      ? await documents.create(key, encode(head))
      : await documents.replace(key, encode(head), before.version);
  if (outcome === 'conflict') {
    throw new PlumblineError(
      'STORE_MOVED',
      `somebody else accepted in account ${next.account} while this was being written; nothing of yours was accepted: scan again, look, and accept that`,
    );
  }
}

/** One part of a baseline, undamaged. */
export async function loadAcceptedPart(documents: Documents, part: PartRef): Promise<readonly AcceptedState[]> {
  const name = `${documents.place}/${part.key}`;
  const document = await documents.read(part.key);
  if (document === undefined) throw new PlumblineError('STORE_DAMAGED', `${name} is missing: ${MEND}`);
  const { states } = parseDocument(acceptedPartSchema, document.body, { name, mend: MEND });
  if (digestOf(document.body) !== part.digest) {
    throw new PlumblineError(
      'STORE_DAMAGED',
      `${name} is not what was accepted: it was changed by hand afterwards. ${capital(MEND)}`,
    );
  }
  return states.map(({ state, version }) => ({ state, version: acceptanceOf(version) }));
}

/** Without the members that the document does not have. */
function acceptanceOf({ ticket, scan, overtakes, ...rest }: Head['accepted']): Acceptance {
  return {
    ...rest,
    ...(ticket === undefined ? {} : { ticket }),
    ...(scan === undefined ? {} : { scan }),
    ...(overtakes === undefined ? {} : { overtakes }),
  };
}

function refuseNewer(head: Head, known: KnownShapes): void {
  for (const { kind, shape } of head.covers) {
    if (shape <= (known.get(kind) ?? 0)) continue;
    throw new PlumblineError(
      'STORE_NEWER',
      `the baseline of account ${head.account} was accepted by a newer Plumbline, which reads more of ${kind}: update Plumbline`,
    );
  }
}

/** Shards double when they get too full, so that a kind is seldom dealt out anew. */
function shardsFor(baseline: Baseline, before: Readonly<Record<string, number>>): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { state } of baseline.states.values()) counts.set(state.ref.kind, (counts.get(state.ref.kind) ?? 0) + 1);
  return shardsOf(counts, before);
}

/** How many shards each kind has for so many resources, when it had so many before. */
export function shardsOf(
  counts: ReadonlyMap<string, number>,
  before: Readonly<Record<string, number>>,
): Record<string, number> {
  return Object.fromEntries(
    [...counts].map(([kind, count]) => {
      let shards = before[kind] ?? 1;
      while (count > shards * STATES_A_SHARD) shards *= 2;
      return [kind, shards];
    }),
  );
}

interface ShardPart {
  readonly kind: string;
  readonly shard: number;
  readonly states: AcceptedState[];
}

function groupByShard(baseline: Baseline, shards: Readonly<Record<string, number>>): ReadonlyMap<string, ShardPart> {
  const parts = new Map<string, ShardPart>();
  const sorted = [...baseline.states.values()].sort((a, b) => byRef(a.state.ref, b.state.ref));
  for (const accepted of sorted) {
    const { ref } = accepted.state;
    const shard = shardOf(ref, shards[ref.kind] ?? 1);
    const name = `${ref.kind}-${shard}`;
    const part = parts.get(name) ?? { kind: ref.kind, shard, states: [] };
    part.states.push(accepted);
    parts.set(name, part);
  }
  return parts;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
