import pMap from 'p-map';
import { regionsOf } from '#core/declaration.ts';
import type { DriftRecord } from '#core/drift-record.ts';
import { objectOf, type Json, type JsonObject } from '#core/json.ts';
import type { OwnMessage } from '#core/look.ts';
import { printRef, type ResourceRef } from '#core/reference.ts';
import { sweepIdAt, UNKNOWN_REGION, type Caveat } from '#core/scan.ts';
import { shardOf } from '#core/state.ts';
import { codeOf, type Found, type Kind } from '#kinds/kind.ts';
import { shardsOf } from './baseline-store.ts';
import type { DetectPorts } from './detect.ts';
import { encode, FORMAT } from './document-encoding.ts';
import type { ListedRegion } from './observe.ts';
import { DRIFT } from './record.ts';
import { shardKeys } from './sweep-shard.ts';
import { SWEEP, type SweepPlan } from './sweep-plan.ts';

const LISTED_AT_ONCE = 16;
const WRITTEN_AT_ONCE = 8;
/** The first look whether all parts are there. */
const CHECK_AFTER_MS = 10_000;

export interface SweepPorts extends DetectPorts {
  /** The regions to look at. */
  readonly regions: () => Promise<readonly string[]>;
  readonly ownerTags: readonly string[];
}

/** Lists everything, writes what was listed shard by shard, and asks for one look a shard. Returns the sweep's id. */
export async function startSweep(ports: SweepPorts): Promise<string> {
  const { account, kinds, ledger, known, now } = ports;
  const startedAt = now();
  const sweep = sweepIdAt(startedAt);
  const regions = await ports.regions();
  const { generation, shards: before } = await known.of([], []);
  const open = (await ledger.list(DRIFT))
    .map(({ body }) => body as unknown as DriftRecord)
    .filter(({ status }) => status === 'open')
    .map(({ drift }) => drift.ref);
  const listings = await pMap(kinds, (kind) => listKind(kind, { regions, ports }), { concurrency: kinds.length });
  const parts = (
    await pMap(listings, (listing) => writeShards({ listing, open, before, sweep }, ports), { concurrency: 1 })
  ).flat();
  const plan: SweepPlan = {
    sweep,
    account,
    startedAt: startedAt.toISOString(),
    regions,
    comparedWith: generation,
    shards: Object.fromEntries(listings.map((listing) => [listing.kind, shardCountOf(listing, before)])),
    listings: listings.flatMap(({ kind, shape, regions: told }) => told.map((one) => ({ kind, shape, ...one }))),
    caveats: listings.flatMap(({ caveats }) => caveats),
    parts,
  };
  await ledger.write({
    ...SWEEP.keyOf(sweep),
    revision: 0,
    body: plan as unknown as Json,
    dueAt: new Date(startedAt.getTime() + CHECK_AFTER_MS).toISOString(),
  });
  await ports.asking.ask(
    parts.map(({ kind, shard }): OwnMessage => ({ plumbline: 'shard', shard: { account, kind, shard, sweep } })),
  );
  return sweep;
}

interface KindListing {
  readonly kind: string;
  readonly shape: number;
  readonly found: readonly Found[];
  readonly regions: readonly ListedRegion[];
  /** By printed reference: tags. */
  readonly carried: Readonly<Record<string, JsonObject>>;
  readonly caveats: readonly Caveat[];
}

async function listKind(
  { declaration, reader: load }: Kind,
  { regions, ports }: { readonly regions: readonly string[]; readonly ports: SweepPorts },
): Promise<KindListing> {
  const { id, shape, list } = declaration;
  const reader = await load();
  const territory = { regions, partition: ports.partition };
  const targets = list.by === 'account' ? ['all'] : regionsOf(declaration, territory);
  const listed = await pMap(targets, (region) => listOne(reader, region, ports), { concurrency: LISTED_AT_ONCE });
  const found = listed.flatMap((one) => one.found);
  const told = (region: string, code: string | undefined): ListedRegion =>
    code === undefined ? { region, complete: true } : { region, complete: false, code };
  const placed = [...new Set([...regionsOf(declaration, territory), ...found.map(({ ref }) => ref.region)])];
  const [first] = listed;
  const inRegions =
    list.by === 'account'
      ? placed.filter((region) => region !== UNKNOWN_REGION).map((region) => told(region, first?.code))
      : listed.map(({ region, code }) => told(region, code));
  const extras = await extrasOf(reader, found, { ports, kind: id });
  return { kind: id, shape, found, regions: inRegions, ...extras };
}

type Reader = Awaited<ReturnType<Kind['reader']>>;

async function listOne(
  reader: Reader,
  region: string,
  { aws }: SweepPorts,
): Promise<{ readonly region: string; readonly found: readonly Found[]; readonly code?: string }> {
  const found = new Map<string, Found>();
  try {
    for await (const page of reader.list({ region, aws })) {
      const listedAt = aws.now().toISOString();
      for (const one of page) found.set(printRef(one.ref), { ...one, listedAt });
    }
    const unplaced = [...found.values()].some(({ ref }) => ref.region === UNKNOWN_REGION);
    return { region, found: [...found.values()], ...(unplaced ? { code: 'RegionNotTold' } : {}) };
  } catch (error) {
    return { region, found: [...found.values()], code: codeOf(error) };
  }
}

/** Tags and the like, a hundred a call, once a sweep; a refusal of them is a caveat. */
async function extrasOf(
  reader: Reader,
  found: readonly Found[],
  { ports, kind }: { readonly ports: SweepPorts; readonly kind: string },
): Promise<Pick<KindListing, 'carried' | 'caveats'>> {
  const { aws, ownerTags } = ports;
  const { extras } = reader;
  if (extras === undefined) return { carried: {}, caveats: [] };
  const caveats: Caveat[] = [];
  const carried: [string, JsonObject][] = [];
  const regions = [...new Set(found.map(({ ref }) => ref.region))].filter((region) => region !== UNKNOWN_REGION);
  const ask = async (region: string): Promise<void> => {
    try {
      const byId = await extras({ region, aws, ownerTags });
      for (const { ref } of found) {
        const more = ref.region === region ? byId.get(ref.id) : undefined;
        if (more !== undefined) carried.push([printRef(ref), more]);
      }
    } catch (error) {
      const says = 'tags could not be read, so owners are not known';
      caveats.push({ about: `${kind} in ${region}`, code: codeOf(error), says });
    }
  };
  await pMap(regions, ask, { concurrency: LISTED_AT_ONCE });
  return { carried: objectOf(carried), caveats };
}

interface Dealing {
  readonly listing: KindListing;
  readonly open: readonly ResourceRef[];
  readonly before: Readonly<Record<string, number>>;
  readonly sweep: string;
}

/** Deals a kind out into its shards, and writes each. Every shard is looked at, also an empty one: what was accepted of it may be gone. */
async function writeShards({ listing, open, before, sweep }: Dealing, ports: SweepPorts): Promise<SweepPlan['parts']> {
  const { kind, found, regions, carried } = listing;
  const count = shardCountOf(listing, before);
  const foundIn = dealtOut(found, ({ ref }) => ref, count);
  const openIn = dealtOut(
    open.filter((ref) => ref.kind === kind),
    (ref) => ref,
    count,
  );
  const write = async (shard: number): Promise<{ kind: string; shard: number }> => {
    const own = foundIn.get(shard) ?? [];
    const more = own.flatMap(({ ref }): [string, JsonObject][] => {
      const name = printRef(ref);
      return carried[name] === undefined ? [] : [[name, carried[name]]];
    });
    const body = encode({
      format: FORMAT,
      kind,
      shard,
      shards: count,
      regions,
      found: own,
      carried: Object.fromEntries(more),
      open: openIn.get(shard) ?? [],
    });
    await ports.documents.create(shardKeys({ account: ports.account, sweep, kind, shard }).listed, body);
    return { kind, shard };
  };
  const shards = Array.from({ length: count }, (_, shard) => shard);
  return pMap(shards, write, { concurrency: WRITTEN_AT_ONCE });
}

/** Each into its shard, in one go over all: going over all for each shard would grow with the square of them. */
function dealtOut<T>(
  all: readonly T[],
  refOf: (one: T) => ResourceRef,
  count: number,
): ReadonlyMap<number, readonly T[]> {
  const byShard = new Map<number, T[]>();
  for (const one of all) {
    const shard = shardOf(refOf(one), count);
    const own = byShard.get(shard);
    if (own === undefined) byShard.set(shard, [one]);
    else own.push(one);
  }
  return byShard;
}

/** The shards of what is compared with, so that one look reads one part of it; else as many as what is there needs. */
function shardCountOf({ kind, found }: KindListing, before: Readonly<Record<string, number>>): number {
  return before[kind] ?? shardsOf(new Map([[kind, found.length]]), {})[kind] ?? 1;
}
