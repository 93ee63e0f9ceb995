import pMap from 'p-map';
import { regionsOf } from '#core/declaration.ts';
import { objectOf, type Json, type JsonObject } from '#core/json.ts';
import { printRef, type ResourceRef } from '#core/reference.ts';
import { scanIdAt, type Caveat, type Listing, type Scan } from '#core/scan.ts';
import { byRef, refOf, type Observation, type State } from '#core/state.ts';
import {
  codeOf,
  UNKNOWN_REGION,
  type AwsReads,
  type Extras,
  type Found,
  type Kind,
  type KindReader,
} from '#kinds/kind.ts';
import type { OnProgress } from './ports.ts';

export interface CollectRequest {
  readonly kinds: readonly Kind[];
  /** The regions to look at. */
  readonly regions: readonly string[];
  readonly partition: string;
  /** Leave out resources in other regions. Without it, a bucket in a region that nobody listed is looked at all the same. */
  readonly onlyThose: boolean;
  /** Accepted resources, with what was carried: looked at even where no listing names them. */
  readonly accepted: readonly Pick<State, 'ref' | 'carried'>[];
  readonly aws: AwsReads;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Resources under way at once, for each kind. More than calls are, so that one waiting for its next try leaves no gap; and no more,
 * so that ten thousand buckets are not all in memory half-read.
 */
const UNDER_WAY = 128;

/** Kinds and regions listed at once; each call still waits for its lane. */
const LISTED_AT_ONCE = 32;

/**
 * Looks at everything: lists every kind in every region, reads what was listed and what was accepted. Never throws for a
 * refusal: what could not be listed is an incomplete listing, what could not be read an unreadable.
 */
export async function collect(request: CollectRequest): Promise<Scan> {
  const { aws, kinds } = request;
  const startedAt = aws.now();
  const context: Record<string, State | undefined> = {};
  const parts: Part[] = [];
  // A kind that others depend on is read before them; the others all at once.
  const needed = new Set(kinds.flatMap((kind) => kind.declaration.context));
  const tally = new Tally(request.onProgress);
  for (const kind of kinds.filter(({ declaration }) => needed.has(declaration.id))) {
    const part = await collectKind(kind, { ...request, context, tally });
    parts.push(part);
    context[kind.declaration.id] = part.observations.flatMap((seen) => (seen.seen === 'state' ? [seen.state] : []))[0];
  }
  const rest = kinds.filter(({ declaration }) => !needed.has(declaration.id));
  parts.push(
    ...(await pMap(rest, (kind) => collectKind(kind, { ...request, context, tally }), {
      concurrency: rest.length || 1,
    })),
  );
  return {
    id: scanIdAt(startedAt),
    account: aws.account,
    startedAt: startedAt.toISOString(),
    finishedAt: aws.now().toISOString(),
    regions: request.regions,
    listings: parts.flatMap((part) => part.listings),
    observations: parts.flatMap((part) => part.observations).sort((a, b) => byRef(refOf(a), refOf(b))),
    caveats: parts.flatMap((part) => part.caveats),
  };
}

interface KindRequest extends CollectRequest {
  readonly context: Readonly<Record<string, State | undefined>>;
  readonly tally: Tally;
}

interface Part {
  readonly listings: readonly Listing[];
  readonly observations: readonly Observation[];
  readonly caveats: readonly Caveat[];
}

async function collectKind(kind: Kind, request: KindRequest): Promise<Part> {
  const reader = await kind.reader();
  const targets = kind.declaration.list.by === 'account' ? ['all'] : regionsOf(kind.declaration, request);
  const extras = new RegionExtras(kind, { reader, aws: request.aws });
  const parts = await pMap(targets, (region) => collectListed(kind, { ...request, reader, extras, region }), {
    concurrency: LISTED_AT_ONCE,
  });
  const observations = parts.flatMap((part) => part.observations);
  const listed = new Set(observations.map((observation) => printRef(refOf(observation))));
  const missing = request.accepted.filter(
    ({ ref }) => ref.kind === kind.declaration.id && !listed.has(printRef(ref)) && isLookedAt(kind, request, ref),
  );
  const unlisted = await readAll(
    missing.map(({ ref, carried }) => ({ ref, hint: carried })),
    { ...request, reader, extras, isListed: false },
  );
  const whole = await pMap([...observations, ...unlisted], (observation) => extras.addTo(observation), {
    concurrency: UNDER_WAY,
  });
  return { listings: parts.flatMap((part) => part.listings), observations: whole, caveats: extras.caveats };
}

interface ReadRequest extends KindRequest {
  readonly reader: KindReader;
  readonly extras: RegionExtras;
}

/** Lists one target and reads what it names, page by page as the pages come. */
async function collectListed(kind: Kind, request: ReadRequest & { readonly region: string }): Promise<Part> {
  const { reader, region, aws, signal } = request;
  const observations: Observation[] = [];
  const reading: Promise<readonly Observation[]>[] = [];
  const regionsSeen = new Set<string>();
  let code: string | undefined;
  try {
    for await (const page of reader.list({ region, aws })) {
      const wanted = page.filter(({ ref }) => isLookedAt(kind, request, ref));
      for (const { ref } of wanted) if (ref.region !== UNKNOWN_REGION) regionsSeen.add(ref.region);
      const pageRead = readAll(wanted, { ...request, isListed: true });
      // It is awaited below; until then a failure of it must not count as one that nobody minds.
      pageRead.catch(() => undefined);
      reading.push(pageRead);
    }
  } catch (error) {
    if (signal?.aborted) throw error;
    code = codeOf(error);
  }
  for (const page of reading) observations.push(...(await page));
  const regions = region === 'all' ? new Set([...regionsOf(kind.declaration, request), ...regionsSeen]) : [region];
  const { id, shape } = kind.declaration;
  const listings = [...regions].map((name): Listing => ({
    kind: id,
    region: name,
    shape,
    complete: code === undefined,
    ...(code === undefined ? {} : { code }),
  }));
  return { listings, observations, caveats: [] };
}

function isLookedAt(kind: Kind, request: CollectRequest, ref: ResourceRef): boolean {
  return (
    ref.region === UNKNOWN_REGION || !request.onlyThose || regionsOf(kind.declaration, request).includes(ref.region)
  );
}

/** A resource that the listing named and that is gone when it is read may only be young or old news: that is not known, not "deleted". */
async function readAll(
  found: readonly Found[],
  request: ReadRequest & { readonly isListed: boolean },
): Promise<readonly Observation[]> {
  const { reader, aws, context, extras, tally, isListed, signal } = request;
  tally.expect(found.length);
  for (const { ref } of found) extras.start(ref.region);
  return pMap(
    found,
    async (one) => {
      const observation = await readOne(reader, { found: one, aws, context }, signal);
      tally.finish();
      return isListed && observation.seen === 'gone' ? { ...observation, seen: 'unreadable' } : observation;
    },
    { concurrency: UNDER_WAY, ...(signal === undefined ? {} : { signal }) },
  );
}

async function readOne(
  reader: KindReader,
  request: Parameters<KindReader['read']>[0],
  signal: AbortSignal | undefined,
): Promise<Observation> {
  try {
    return await reader.read(request);
  } catch (error) {
    if (signal?.aborted) throw error;
    return {
      seen: 'unreadable',
      ref: request.found.ref,
      takenAt: request.aws.now().toISOString(),
      code: codeOf(error),
    };
  }
}

/** What is carried and can be had in bulk: asked for a region as soon as something is found in it, beside the reading. */
class RegionExtras {
  readonly #ask: (region: string) => Promise<Extras>;
  readonly #kind: string;
  readonly #asked = new Map<string, Promise<Extras>>();
  readonly caveats: Caveat[] = [];

  constructor(kind: Kind, { reader, aws }: Pick<ReadRequest, 'reader' | 'aws'>) {
    this.#kind = kind.declaration.id;
    this.#ask = async (region) => (await reader.extras?.({ region, aws })) ?? NO_EXTRAS;
  }

  start(region: string): void {
    if (region !== UNKNOWN_REGION && !this.#asked.has(region)) this.#asked.set(region, this.#answer(region));
  }

  async addTo(observation: Observation): Promise<Observation> {
    if (observation.seen !== 'state') return observation;
    const { state } = observation;
    const extra = (await this.#asked.get(state.ref.region))?.get(state.ref.id);
    if (extra === undefined) return observation;
    return {
      seen: 'state',
      state: { ...state, carried: objectOf<Json>(Object.entries({ ...state.carried, ...extra })) },
    };
  }

  /** A refusal of it costs a caveat, nothing more. */
  async #answer(region: string): Promise<Extras> {
    try {
      return await this.#ask(region);
    } catch (error) {
      this.caveats.push({
        about: `${this.#kind} in ${region}`,
        code: codeOf(error),
        says: 'tags could not be read, so owners are not known',
      });
      return NO_EXTRAS;
    }
  }
}

const NO_EXTRAS: Extras = new Map<string, JsonObject>();

/** Counts resources over all kinds. */
class Tally {
  readonly #tell: OnProgress | undefined;
  #done = 0;
  #of = 0;

  constructor(tell: OnProgress | undefined) {
    this.#tell = tell;
  }

  expect(more: number): void {
    this.#of += more;
    this.#report();
  }

  finish(): void {
    this.#done += 1;
    this.#report();
  }

  #report(): void {
    this.#tell?.({ doing: 'reading', done: this.#done, of: this.#of });
  }
}
