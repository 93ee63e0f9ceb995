import { PlumblineError } from '#core/errors.ts';
import { printRef } from '#core/reference.ts';
import { nothingRead, type State } from '#core/state.ts';
import { parseSymptom } from '#core/symptom/symptom.ts';
import type { Session } from '#aws/session.ts';
import { kindsById } from '#kinds';
import { listBuckets, readSubjectAmong, type LiveReads } from '#lambda/explain.ts';
import { windowFromHistory } from '#lambda/history-window.ts';
import { statesIn } from '#lambda/kept-states.ts';
import type { Documents } from '#lambda/ports.ts';
import { contractsIn } from '#lambda/service-settings.ts';
import { periodBetween } from '#lambda/snapshot-changes.ts';
import { newestScan } from '#lambda/snapshot-store.ts';
import { windowFromSnapshots } from '#lambda/snapshot-window.ts';
import type { SymptomTimes } from '#lambda/symptom-question.ts';
import { windowFromStore } from '#lambda/watched-changes.ts';
import type { WatchedWindow } from '#lambda/watched-window.ts';
import { readText, snapshotIn } from './input-file.ts';
import type { LiveOptions } from './live-options.ts';
import { roleAsked, type AccountRoleOption } from './accounts.ts';
import { knownShapes } from './registry.ts';
import type { StorePlace } from './store-place.ts';
import { openStore, type Store } from './store.ts';
import { readTimeline } from './timeline-source.ts';
import { accountIn } from './timeline-store.ts';
import { readSettings, withProgress, type World } from './world.ts';

/** Where changes are looked for. */
export interface WindowOptions extends LiveOptions, AccountRoleOption {
  readonly store: StorePlace;
  readonly snapshots?: readonly string[];
  readonly trailLogs?: string;
}

export interface WindowAsked {
  readonly text: string;
  readonly times: SymptomTimes;
  /** The store was named, and is not the one that is taken where none is. */
  readonly isStoreNamed: boolean;
  readonly signedIn: () => Promise<Session>;
}

/** What changed before a failure: from two snapshots, from the records of a store that has some, else from CloudTrail's own history. */
export async function readWindow(world: World, options: WindowOptions, asked: WindowAsked): Promise<WatchedWindow> {
  if (options.snapshots !== undefined) return betweenSnapshots(world, options, asked);
  if (options.trailLogs !== undefined)
    throw refusal(
      '--trail-logs: they tell who called, and not what was set: name two snapshots beside them with --snapshots',
    );
  const store = await openStore(world, options.store, asked.signedIn);
  if (asked.isStoreNamed || (await hasRecords(store))) return storeWindow(world, store, { options, asked });
  return historyWindow(world, store, { options, asked });
}

interface Reading {
  readonly options: WindowOptions;
  readonly asked: WindowAsked;
}

/** The window of a store's own records. Throws PlumblineError for a store that has none. */
export async function storeWindow(
  world: World,
  documents: Documents,
  { options, asked }: Reading,
): Promise<WatchedWindow> {
  const account = await accountIn(documents, options.store);
  const ports = { documents, kinds: kindsById, shapes: knownShapes, now: () => world.now() };
  const { from, to } = asked.times;
  return withProgress(world, () => windowFromStore({ account, from, to }, ports), 'reading records');
}

async function hasRecords(documents: Documents): Promise<boolean> {
  return (await documents.list('changes/')).length > 0;
}

async function betweenSnapshots(world: World, options: WindowOptions, { times }: WindowAsked): Promise<WatchedWindow> {
  const { snapshots = [], trailLogs } = options;
  const [first, second, ...others] = snapshots;
  if (first === undefined || second === undefined || others.length > 0)
    throw refusal('--snapshots: it takes two files that "plumbline snapshot" wrote, the older one first');
  const pair = {
    before: snapshotIn(await readText(world, first), first),
    after: snapshotIn(await readText(world, second), second),
  };
  const settings = await readSettings(world, options.settings);
  const { from, to } = periodBetween(pair);
  // A window between two snapshots is read without AWS where their logs are.
  const read =
    trailLogs === undefined
      ? undefined
      : await readTimeline(world, { trailLogs, snapshots }, { since: from, until: to });
  const { entries = [], events = [], problems = [], source } = read ?? {};
  const logFiles = source !== undefined && 'files' in source ? source.files : undefined;
  const heard = [...new Set(entries.map(({ region }) => region))];
  return windowFromSnapshots({
    ...pair,
    at: times.at,
    logFiles,
    problems,
    calls: {
      entries,
      events,
      looked: { searches: [], gaps: [], asked: 'logs', heard },
      kinds: kindsById,
      contracts: contractsIn(settings),
      now: world.now(),
    },
  });
}

/** A snapshot of longer before the window adds more calls to be asked for than it tells. */
const OLDEST_SNAPSHOT_MS = 3 * 24 * 60 * 60_000;

/** What CloudTrail remembers, over what failed as it is now. */
async function historyWindow(world: World, store: Store, { options, asked }: Reading): Promise<WatchedWindow> {
  const { enter, readsOf } = await import('./live.ts');
  const { readHistories } = await import('./account-history.ts');
  const role = roleAsked(options);
  const caller = await asked.signedIn();
  const session = role === undefined ? caller : await enter(world, caller, { role });
  const { account } = session;
  const { from, to, at } = asked.times;
  const kept = await newestScan(store, account, { begunBy: from });
  const scan =
    kept !== undefined && Date.parse(kept.scan.startedAt) >= Date.parse(from) - OLDEST_SNAPSHOT_MS
      ? kept.scan
      : undefined;
  const since = scan?.startedAt ?? from;
  const readAt = world.now().toISOString();
  const now = await subjectNow({ aws: readsOf(world, session, options), kinds: kindsById }, { ...asked, at });
  const read = await withProgress(world, (onProgress) =>
    readHistories(world, {
      options: { ...options, accountRole: options.accountRole ?? [] },
      filter: { since },
      withEvents: true,
      onProgress,
    }),
  );
  const { source, records, events, problems } = read;
  return windowFromHistory({
    account,
    from,
    to,
    kinds: kindsById,
    events,
    records,
    regions: 'regions' in source ? source.regions : 0,
    problems,
    now,
    readAt,
    kept: scan === undefined ? new Map() : statesIn(scan, { baseline: undefined, kinds: kindsById }),
  });
}

/** What failed as it is now, with what its meaning depends on; of every other bucket its name. */
async function subjectNow(
  reads: LiveReads,
  { text, at }: { readonly text: string; readonly at: string },
): Promise<ReadonlyMap<string, State>> {
  const found = await listBuckets(reads);
  const names = found.map(({ ref }) => ref.id);
  const { bucket } = parseSymptom(text, at, names);
  const states = new Map(found.map(({ ref }) => [printRef(ref), nothingRead(ref, at)]));
  if (bucket === undefined) return states;
  const { state, context } = await readSubjectAmong(found, bucket, reads);
  for (const one of [state, ...Object.values(context)]) if (one !== undefined) states.set(printRef(one.ref), one);
  return states;
}

function refusal(says: string): PlumblineError {
  return new PlumblineError('ARGUMENT_INVALID', says);
}
