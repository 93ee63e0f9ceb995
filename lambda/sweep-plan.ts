import pMap from 'p-map';
import { digestOf } from '#core/digest.ts';
import type { Json } from '#core/json.ts';
import type { Caveat, Listing } from '#core/scan.ts';
import { encode, FORMAT } from './document-encoding.ts';
import { type PartRef } from './document-format.ts';
import { PROVISIONAL, type KnownStates, type Provisional } from './known-states.ts';
import type { Documents, Ledger, LedgerItem } from './ports.ts';
import { loadObservedPart } from './snapshot-store.ts';
import { shardKeys } from './sweep-shard.ts';

/** What a sweep set out to do, kept while it runs. */
export interface SweepPlan {
  readonly sweep: string;
  readonly account: string;
  readonly startedAt: string;
  readonly regions: readonly string[];
  /** The generation of the baseline that its looks compare with. */
  readonly comparedWith: number;
  readonly shards: Readonly<Record<string, number>>;
  readonly listings: readonly Listing[];
  readonly caveats: readonly Caveat[];
  readonly parts: readonly { readonly kind: string; readonly shard: number }[];
}

const FAMILY = 'sweep';
export const SWEEP = { family: FAMILY, keyOf: (sweep: string) => ({ family: FAMILY, id: sweep }) } as const;

/** The last sweep that ended, and how. */
export const LAST_SWEEP = { family: 'service', id: 'last-sweep' } as const;

/** How a sweep ended. `missing`: parts that never came; what they hold counts as unreadable, not as gone. */
export interface SweepEnd {
  readonly sweep: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly complete: boolean;
  readonly missing: readonly string[];
  readonly incompleteListings: number;
  readonly resources: number;
  readonly unreadable: number;
}

const CHECK_EVERY_MS = 30_000;
/** A sweep that has not ended by then has lost a part: it is closed as incomplete, and says so. */
export const LATE_AFTER_MS = 45 * 60_000;
const KEPT_MS = 14 * 24 * 60 * 60_000;
const READ_AT_ONCE = 8;

export interface SweepEndPorts {
  readonly documents: Documents;
  readonly ledger: Ledger;
  readonly known: KnownStates;
  readonly now: () => Date;
}

/**
 * Ends a sweep whose parts are all there, or that is late: writes its manifest last, so that a snapshot is whole or not there. Until
 * somebody accepts, the first whole one becomes what is compared with. Undefined: it still runs.
 */
export async function endSweep(item: LedgerItem, ports: SweepEndPorts): Promise<SweepEnd | undefined> {
  const { documents, ledger, now } = ports;
  const plan = item.body as unknown as SweepPlan;
  const keys = plan.parts.map((part) => ({
    ...part,
    key: shardKeys({ account: plan.account, sweep: plan.sweep, ...part }).part,
  }));
  const there = new Set(await documents.list(`snapshots/${plan.account}/${plan.sweep}/`));
  const missing = keys.filter(({ key }) => !there.has(key));
  const time = now();
  if (missing.length > 0 && time.getTime() - Date.parse(plan.startedAt) < LATE_AFTER_MS) {
    await ledger.write({ ...item, dueAt: new Date(time.getTime() + CHECK_EVERY_MS).toISOString() });
    return undefined;
  }
  const parts = await pMap(
    keys.filter(({ key }) => there.has(key)),
    (part) => digested(part, documents),
    { concurrency: READ_AT_ONCE },
  );
  const end = await writeManifest({ plan, parts, missing: missing.map(({ key }) => key) }, ports);
  await keepProvisional({ plan, parts: parts.map(({ part }) => part), end }, ports);
  await keepEnd(item, end, ports);
  return end;
}

interface Digested {
  readonly part: PartRef;
  readonly resources: number;
  readonly unreadable: number;
}

async function digested(
  { kind, shard, key }: { readonly kind: string; readonly shard: number; readonly key: string },
  documents: Documents,
): Promise<Digested> {
  const document = await documents.read(key);
  const part = { kind, shard, key, digest: digestOf(document?.body ?? new Uint8Array()) };
  const observations = await loadObservedPart(documents, part);
  const blind = observations.filter(
    (seen) =>
      seen.seen === 'unreadable' ||
      (seen.seen === 'state' && Object.values(seen.state.watched).some(({ status }) => status === 'unreadable')),
  );
  return { part, resources: observations.length, unreadable: blind.length };
}

interface Ending {
  readonly plan: SweepPlan;
  readonly parts: readonly Digested[];
  readonly missing: readonly string[];
}

async function writeManifest({ plan, parts, missing }: Ending, { documents, now }: SweepEndPorts): Promise<SweepEnd> {
  const finishedAt = now().toISOString();
  const cut = new Set(
    plan.parts
      .filter((part) => missing.some((key) => key.endsWith(`/${part.kind}-${part.shard}.json.gz`)))
      .map(({ kind }) => kind),
  );
  const listings = plan.listings.map((listing) =>
    cut.has(listing.kind) ? { ...listing, complete: false, code: 'PartMissing' } : listing,
  );
  const { sweep, account, startedAt, regions, caveats, comparedWith } = plan;
  await documents.create(
    `snapshots/${account}/${sweep}/manifest.json`,
    encode({
      format: FORMAT,
      id: sweep,
      account,
      startedAt,
      finishedAt,
      regions,
      listings,
      caveats,
      comparedWith,
      parts: parts.map(({ part }) => part),
    }),
  );
  const incompleteListings = listings.filter(({ complete }) => !complete).length;
  return {
    sweep,
    startedAt,
    finishedAt,
    missing,
    incompleteListings,
    complete: missing.length === 0 && incompleteListings === 0,
    resources: parts.reduce((sum, { resources }) => sum + resources, 0),
    unreadable: parts.reduce((sum, { unreadable }) => sum + unreadable, 0),
  };
}

/** The first snapshot with all its parts; what was listed only in part is not covered by it. */
async function keepProvisional(
  { plan, parts, end }: { readonly plan: SweepPlan; readonly parts: readonly PartRef[]; readonly end: SweepEnd },
  { documents, ledger, known, now }: SweepEndPorts,
): Promise<void> {
  if (end.missing.length > 0 || (await known.generation()) > 0) return;
  if ((await ledger.read(PROVISIONAL)) !== undefined) return;
  const kept = await pMap(parts, (part) => keepPart(part, end.sweep, documents), { concurrency: READ_AT_ONCE });
  const provisional: Provisional = {
    scan: end.sweep,
    takenAt: end.finishedAt,
    resources: end.resources,
    shards: plan.shards,
    covers: plan.listings
      .filter(({ complete }) => complete)
      .map(({ kind, region, shape }) => ({ kind, region, shape })),
    parts: kept,
  };
  // Due: the teller asks once that somebody accepts it.
  await ledger.write({
    ...PROVISIONAL,
    revision: 0,
    body: provisional as unknown as Json,
    dueAt: now().toISOString(),
  });
}

/** Snapshots are thrown away after a while; what everything is compared with is not. */
async function keepPart(part: PartRef, sweep: string, documents: Documents): Promise<PartRef> {
  const key = `provisional/${sweep}/${part.kind}-${part.shard}.json.gz`;
  const document = await documents.read(part.key);
  if (document !== undefined) await documents.create(key, document.body);
  return { ...part, key };
}

async function keepEnd(item: LedgerItem, end: SweepEnd, { ledger, now }: SweepEndPorts): Promise<void> {
  const last = await ledger.read(LAST_SWEEP);
  const known = last?.body as unknown as SweepEnd | undefined;
  // One that lost a part ends late: it does not take the place of a newer one.
  if (known === undefined || known.startedAt < end.startedAt)
    await ledger.write({ ...LAST_SWEEP, revision: last?.revision ?? 0, body: end as unknown as Json });
  const { dueAt: _done, ...rest } = item;
  await ledger.write({ ...rest, expiresAt: new Date(now().getTime() + KEPT_MS).toISOString() });
}
