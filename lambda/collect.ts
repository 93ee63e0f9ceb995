import pMap from 'p-map';
import PQueue from 'p-queue';
import { regionsOf, type KindDeclaration } from '#core/declaration.ts';
import { textOf } from '#core/json.ts';
import { asListed, asUnlisted, withoutUnplaced } from '#core/observation.ts';
import { printRef, type ResourceRef } from '#core/reference.ts';
import { scanIdAt, UNKNOWN_REGION, type Caveat, type Listing, type Scan } from '#core/scan.ts';
import { byRef, hashOf, refOf, type Observation, type State } from '#core/state.ts';
import { codeOf, type AwsReads, type Found, type Kind, type KindReader } from '#kinds/kind.ts';
import type { OnProgress } from './ports.ts';
import { RegionExtras } from './region-extras.ts';
import { Tally } from './tally.ts';

export interface CollectRequest {
  readonly kinds: readonly Kind[];
  /** The regions to look at. */
  readonly regions: readonly string[];
  readonly partition: string;
  /** Leave out resources in other regions. Without it, a bucket in a region that nobody listed is looked at all the same. */
  readonly onlyThose: boolean;
  /** Accepted resources, with what was carried: looked at even where no listing names them. */
  readonly accepted: readonly Pick<State, 'ref' | 'carried'>[];
  /** The tags that name an owner; others are not kept. */
  readonly ownerTags: readonly string[];
  /** Leave out the second reading of what kinds depend on: for a look at a few resources, whose caller reads it again where it matters. */
  readonly contextOnce?: boolean;
  readonly aws: AwsReads;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Resources under way at once, for each kind. More than calls are (32), so that one waiting for its next try leaves no gap; and no
 * more, so that ten thousand buckets are not all in memory half-read, and that the SDK's cache of endpoints, of 50 entries with
 * the bucket in their key, still has a bucket's when its next call comes.
 */
const UNDER_WAY = 40;

/** Kinds and regions listed at once; each call still waits for its lane. */
const LISTED_AT_ONCE = 32;

/**
 * Looks at everything: lists every kind in every region, reads what was listed and what was accepted. Never throws for a
 * refusal: what could not be listed is an incomplete listing, what could not be read an unreadable.
 */
export async function collect(request: CollectRequest): Promise<Scan> {
  const { aws, kinds } = request;
  const startedAt = aws.now();
  const tally = new Tally(request.onProgress);
  // A kind that others depend on is read before them; the others all at once; then it is read again.
  const needed = new Set(kinds.flatMap((kind) => kind.declaration.context));
  const isNeeded = (kind: Kind): boolean => needed.has(kind.declaration.id);
  const before = await collectKinds(kinds.filter(isNeeded), { ...request, context: {}, tally });
  const context = contextOf(before);
  const parts = await collectKinds(
    kinds.filter((kind) => !isNeeded(kind)),
    { ...request, context, tally },
  );
  const after =
    request.contextOnce === true
      ? before
      : await collectKinds(kinds.filter(isNeeded), { ...request, context: {}, tally });
  const moved = new Set([...needed].filter((kind) => isMoved(context[kind], contextOf(after)[kind])));
  const all = [...after, ...(await blurred(parts, { kinds, moved }))];
  return {
    id: scanIdAt(startedAt),
    account: aws.account,
    startedAt: startedAt.toISOString(),
    finishedAt: aws.now().toISOString(),
    regions: request.regions,
    listings: all.flatMap((part) => part.listings),
    observations: all.flatMap((part) => part.observations).sort((a, b) => byRef(refOf(a), refOf(b))),
    caveats: all.flatMap((part) => part.caveats),
  };
}

type Context = Readonly<Record<string, State | undefined>>;

interface KindRequest extends CollectRequest {
  readonly context: Context;
  readonly tally: Tally;
}

interface Part {
  readonly kind: string;
  readonly listings: readonly Listing[];
  readonly observations: readonly Observation[];
  readonly caveats: readonly Caveat[];
}

function collectKinds(kinds: readonly Kind[], request: KindRequest): Promise<readonly Part[]> {
  return pMap(kinds, (kind) => collectKind(kind, request), { concurrency: kinds.length || 1 });
}

function contextOf(parts: readonly Part[]): Context {
  const states = parts.map((part) => [
    part.kind,
    part.observations.flatMap((seen) => (seen.seen === 'state' ? [seen.state] : []))[0],
  ]);
  return Object.fromEntries(states) as Context;
}

function isMoved(before: State | undefined, after: State | undefined): boolean {
  return before === undefined || after === undefined || hashOf(before) !== hashOf(after);
}

/** The readings that were taken while the context moved, as they must be taken then: which value counted is not known. */
function blurred(
  parts: readonly Part[],
  { kinds, moved }: { kinds: readonly Kind[]; moved: ReadonlySet<string> },
): Promise<readonly Part[]> {
  return pMap(
    parts,
    async (part) => {
      const kind = kinds.find(({ declaration }) => declaration.id === part.kind);
      if (!kind?.declaration.context.some((id) => moved.has(id))) return part;
      const reader = await kind.reader();
      const observations = part.observations.map((seen) =>
        seen.seen === 'state' && reader.blur ? { ...seen, state: reader.blur(seen.state) } : seen,
      );
      return { ...part, observations };
    },
    { concurrency: parts.length || 1 },
  );
}

interface ReadRequest extends KindRequest {
  readonly kind: Kind;
  readonly reader: KindReader;
  readonly extras: RegionExtras;
  readonly places: PQueue;
}

async function collectKind(kind: Kind, kindRequest: KindRequest): Promise<Part> {
  const reader = await kind.reader();
  const { declaration } = kind;
  const extras = new RegionExtras(declaration.id, { ...kindRequest, reader });
  const request: ReadRequest = { ...kindRequest, kind, reader, extras, places: new PQueue({ concurrency: UNDER_WAY }) };
  const targets = declaration.list.by === 'account' ? ['all'] : regionsOf(declaration, request);
  const parts = await pMap(targets, (region) => collectListed({ ...request, region }), { concurrency: LISTED_AT_ONCE });
  const listed = parts.flatMap((part) => part.observations);
  const unlisted = await readUnlisted(listed, request);
  const observations = withoutUnplaced([...listed, ...unlisted], declaration);
  const whole = await pMap(observations, (observation) => extras.addTo(observation), { concurrency: UNDER_WAY });
  return {
    kind: declaration.id,
    listings: parts.flatMap((part) => part.listings),
    observations: whole,
    caveats: [...extras.caveats, ...caveatsOf(declaration.id, reader, whole)],
  };
}

/** Lists one target and reads what it names, page by page as the pages come. */
async function collectListed(
  request: ReadRequest & { readonly region: string },
): Promise<Pick<Part, 'listings' | 'observations'>> {
  const { kind, reader, region, aws, signal } = request;
  const found = new Map<string, Found>();
  const reading: Promise<readonly Observation[]>[] = [];
  let code: string | undefined;
  try {
    for await (const page of reader.list({ region, aws })) {
      // A page that overlaps another names nothing twice.
      const now = aws.now().toISOString();
      const wanted = page
        .filter(({ ref }) => isLookedAt(request, ref) && !found.has(printRef(ref)))
        .map((one) => ({ ...one, listedAt: one.listedAt ?? now }));
      for (const one of wanted) found.set(printRef(one.ref), one);
      const pageRead = readAll(wanted, request);
      // It is awaited below; until then a failure of it must not count as one that nobody minds.
      pageRead.catch(() => undefined);
      reading.push(pageRead);
    }
  } catch (error) {
    if (signal?.aborted) throw error;
    code = codeOf(error);
  }
  // One that is named without its region leaves that region's list incomplete, whichever it is.
  const unplaced = [...found.values()].find(({ ref }) => ref.region === UNKNOWN_REGION);
  code ??= unplaced && (textOf(unplaced.hint['regionRefusedWith']) ?? 'RegionNotTold');
  const observations: Observation[] = [];
  for (const page of reading) observations.push(...(await page));
  return { listings: listingsOf(kind.declaration, { ...request, found: [...found.values()], code }), observations };
}

function listingsOf(
  declaration: KindDeclaration,
  {
    region,
    found,
    code,
    accepted,
    ...request
  }: CollectRequest & { readonly region: string; readonly found: readonly Found[]; readonly code: string | undefined },
): readonly Listing[] {
  const { id, shape } = declaration;
  const told =
    region === 'all'
      ? [
          ...regionsOf(declaration, request),
          ...(request.onlyThose
            ? []
            : [...found, ...accepted].flatMap(({ ref }) => (ref.kind === id ? [ref.region] : []))),
        ]
      : [region];
  const regions = [...new Set(told)].filter((name) => name !== UNKNOWN_REGION);
  return regions.map((name) => ({
    kind: id,
    region: name,
    shape,
    complete: code === undefined,
    ...(code === undefined ? {} : { code }),
  }));
}

function isLookedAt(
  request: Pick<ReadRequest, 'kind' | 'onlyThose' | 'regions' | 'partition'>,
  ref: ResourceRef,
): boolean {
  return (
    ref.region === UNKNOWN_REGION ||
    !request.onlyThose ||
    regionsOf(request.kind.declaration, request).includes(ref.region)
  );
}

/** Accepted resources that no listing named are asked themselves. */
async function readUnlisted(listed: readonly Observation[], request: ReadRequest): Promise<readonly Observation[]> {
  const { id, idsAreUnique } = request.kind.declaration;
  const byRefs = new Set(listed.map((seen) => printRef(refOf(seen))));
  const elsewhere = new Set(
    idsAreUnique === 'everywhere'
      ? listed.flatMap((seen) => (refOf(seen).region === UNKNOWN_REGION ? [] : [refOf(seen).id]))
      : [],
  );
  const missing = request.accepted.filter(
    ({ ref }) => ref.kind === id && !byRefs.has(printRef(ref)) && isLookedAt(request, ref),
  );
  // A name that is one in all regions and is listed in another: the one that was accepted is gone.
  const movedAway = missing.filter(({ ref }) => elsewhere.has(ref.id));
  const takenAt = request.aws.now().toISOString();
  const gone = movedAway.map(({ ref }): Observation => ({ seen: 'gone', ref, takenAt, code: 'ListedInAnotherRegion' }));
  const asked = missing
    .filter((one) => !movedAway.includes(one))
    .map(({ ref, carried }): Found => ({ ref, hint: carried }));
  return [...gone, ...(await readAll(asked, request))];
}

function readAll(found: readonly Found[], request: ReadRequest): Promise<readonly Observation[]> {
  const { extras, tally, places, signal } = request;
  tally.expect(found.length);
  for (const { ref } of found) extras.start(ref.region);
  const read = async (one: Found): Promise<Observation> => {
    signal?.throwIfAborted();
    const observation = await readOne(one, request);
    tally.finish();
    return one.listedAt === undefined ? asUnlisted(observation) : asListed(observation, one.listedAt);
  };
  return places.addAll(found.map((one) => () => read(one)));
}

async function readOne(found: Found, { reader, aws, context, signal }: ReadRequest): Promise<Observation> {
  try {
    return await reader.read({ found, aws, context });
  } catch (error) {
    if (signal?.aborted) throw error;
    return { seen: 'unreadable', ref: found.ref, takenAt: aws.now().toISOString(), code: codeOf(error) };
  }
}

/** Second opinions that were refused, counted by what was refused how. */
function caveatsOf(kind: string, reader: KindReader, observations: readonly Observation[]): readonly Caveat[] {
  const counted = new Map<string, { code: string; says: string; count: number }>();
  for (const seen of observations) {
    const caveat = seen.seen === 'state' ? reader.caveatOf?.(seen.state) : undefined;
    if (!caveat) continue;
    const key = `${caveat.code} ${caveat.says}`;
    counted.set(key, { ...caveat, count: (counted.get(key)?.count ?? 0) + 1 });
  }
  return [...counted.values()].map(({ code, says, count }) => ({ about: `${count} of ${kind}`, code, says }));
}
