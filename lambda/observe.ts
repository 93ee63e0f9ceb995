import { isJsonObject, objectOf, type Json, type JsonObject } from '#core/json.ts';
import { printRef, type ResourceRef } from '#core/reference.ts';
import type { Scan } from '#core/scan.ts';
import type { State } from '#core/state.ts';
import type { AwsReads, Found, Kind } from '#kinds/kind.ts';
import { collect } from './collect.ts';

/** What a look has of the world outside. */
export interface ObserveSettings {
  readonly kinds: readonly Kind[];
  readonly partition: string;
  readonly aws: AwsReads;
}

/** A resource to be read, with what is known of how it is found. */
export interface Target {
  readonly ref: ResourceRef;
  readonly carried: JsonObject;
}

const LISTED_NOTHING = { code: 'NotListed' } as const;

/** Reads a few resources of one kind, and once what their meaning depends on. Nothing is listed, so nothing can be said to be gone. */
export function observeSome(kind: Kind, targets: readonly Target[], settings: ObserveSettings): Promise<Scan> {
  return collectOf(
    withListing(kind, () => ({ found: [], code: LISTED_NOTHING.code })),
    targets,
    settings,
  );
}

/** The same with the real list: what it names of the targets is there, and what a whole list does not name may be said to be gone. */
export function observeListed(kind: Kind, targets: readonly Target[], settings: ObserveSettings): Promise<Scan> {
  const wanted = new Set(targets.map(({ ref }) => printRef(ref)));
  const filtered: Kind = {
    ...kind,
    reader: async () => {
      const { extras: _notAsked, ...reader } = await kind.reader();
      return {
        ...reader,
        async *list(request) {
          for await (const page of reader.list(request)) yield page.filter(({ ref }) => wanted.has(printRef(ref)));
        },
      };
    },
  };
  return collectOf(filtered, targets, settings);
}

/** Everything of one kind in one region. */
export function observeRegion(
  kind: Kind,
  { region, accepted }: { readonly region: string; readonly accepted: readonly Target[] },
  settings: ObserveSettings,
): Promise<Scan> {
  return collect({
    ...shared(kind, settings),
    kinds: withContext(kind, settings.kinds),
    regions: region === 'global' ? [] : [region],
    onlyThose: true,
    accepted,
  });
}

/** How completely one region of a kind was listed, as a sweep found it. */
export interface ListedRegion {
  readonly region: string;
  readonly complete: boolean;
  readonly code?: string;
}

export interface Listed {
  readonly regions: readonly ListedRegion[];
  readonly found: readonly Found[];
  /** What the list told of them beside their names, and is carried: tags. */
  readonly carried: Readonly<Record<string, JsonObject>>;
}

/** Reads one shard: what the sweep listed of it, and what was accepted of it or is open. The context is read before and after. */
export async function observeShard(
  kind: Kind,
  { listed, others }: { readonly listed: Listed; readonly others: readonly Target[] },
  settings: ObserveSettings,
): Promise<Scan> {
  const isListed = (region: string) => listed.regions.filter((one) => region === 'all' || one.region === region);
  const kindOfShard = withListing(kind, (region) => {
    const broken = isListed(region).find(({ complete }) => !complete);
    return {
      found: listed.found.filter(({ ref }) => region === 'all' || ref.region === region),
      ...(broken === undefined ? {} : { code: broken.code ?? 'Unknown' }),
    };
  });
  const scan = await collect({
    ...shared(kind, settings),
    kinds: withContext(kindOfShard, settings.kinds),
    regions: listed.regions.map(({ region }) => region).filter((region) => region !== 'global'),
    onlyThose: false,
    accepted: others,
    contextOnce: false,
  });
  return {
    ...scan,
    observations: scan.observations.map((seen) =>
      seen.seen === 'state' ? { ...seen, state: withCarried(seen.state, listed) } : seen,
    ),
  };
}

function withCarried(state: State, { carried }: Listed): State {
  const more = carried[printRef(state.ref)];
  return more === undefined
    ? state
    : { ...state, carried: objectOf<Json>(Object.entries({ ...state.carried, ...more })) };
}

function collectOf(kind: Kind, targets: readonly Target[], settings: ObserveSettings): Promise<Scan> {
  const regions = [...new Set(targets.map(({ ref }) => ref.region))].filter((region) => region !== 'global');
  return collect({
    ...shared(kind, settings),
    kinds: withContext(kind, settings.kinds),
    regions,
    onlyThose: false,
    accepted: targets,
  });
}

function shared(_kind: Kind, { partition, aws }: ObserveSettings) {
  return { partition, aws, ownerTags: [], contextOnce: true };
}

/** The kind itself, after those that its meaning depends on. */
function withContext(kind: Kind, all: readonly Kind[]): readonly Kind[] {
  const ids = kind.declaration.context;
  return [...all.filter(({ declaration }) => ids.includes(declaration.id)), kind];
}

/** The kind with a list that is known already; with a code it is not whole. */
function withListing(
  kind: Kind,
  listed: (region: string) => { readonly found: readonly Found[]; readonly code?: string },
): Kind {
  return {
    ...kind,
    reader: async () => {
      const { extras: _notAsked, ...reader } = await kind.reader();
      return {
        ...reader,
        // eslint-disable-next-line require-yield
        async *list({ region }) {
          const { found, code } = listed(region);
          yield found;
          if (code !== undefined) throw new ListingCut(code);
        },
      };
    },
  };
}

/** A list that was cut short when the sweep made it: its code is AWS's. */
class ListingCut extends Error {
  readonly code: string;

  constructor(code: string) {
    super(`the list was not whole (${code})`);
    this.name = 'ListingCut';
    this.code = code;
  }
}

/** A listed document's targets, read back. */
export function targetOf(value: unknown): Target | undefined {
  if (!isJsonObject(value) || !isJsonObject(value['ref'])) return undefined;
  return value as unknown as Target;
}
