import pMap from 'p-map';
import { isLookedFor, regionsOf, type KindDeclaration } from '#core/declaration.ts';
import { refOf, type Observation, type State } from '#core/state.ts';
import { codeOf, type AwsReads, type Found, type Kind, type KindReader } from '#kinds/kind.ts';

/** One thing that is well, or not, and then how to mend it. */
export interface Line {
  readonly about: string;
  readonly isWell: boolean;
  readonly says: string;
}

export interface DiagnoseRequest {
  readonly kinds: readonly Kind[];
  readonly regions: readonly string[];
  readonly partition: string;
  readonly aws: AwsReads;
  readonly caller: string;
}

/** Resources of each kind and region that are tried: one may be refused for its own reasons, three seldom. */
const TRIED = 3;
const AT_ONCE = 32;

/** Tries every listing and every read that a scan needs, on a few resources, and says what is refused. */
export async function diagnose(request: DiagnoseRequest): Promise<readonly Line[]> {
  const context: Record<string, State | undefined> = {};
  const lines: Line[] = [];
  for (const kind of request.kinds) {
    if (!isLookedFor(kind.declaration, request.partition)) {
      lines.push(notLookedFor(kind.declaration, request.partition));
      continue;
    }
    const { observations, refused } = await tryKind(kind, request, context);
    for (const seen of observations)
      if (seen.seen === 'state' && kind.declaration.regions === 'global') context[kind.declaration.id] = seen.state;
    lines.push(
      ...refused,
      ...linesFor(kind.declaration, observations, { refusedLists: refused.length, caller: request.caller }),
    );
  }
  return lines;
}

function notLookedFor({ id, partition = '' }: KindDeclaration, here: string): Line {
  return {
    about: id,
    isWell: true,
    says: `not looked for in partition ${here}: it is known how in partition ${partition} alone`,
  };
}

async function tryKind(
  kind: Kind,
  { regions, partition, aws, caller }: DiagnoseRequest,
  context: Record<string, State | undefined>,
): Promise<{ observations: readonly Observation[]; refused: readonly Line[] }> {
  const reader = await kind.reader();
  const { id, list } = kind.declaration;
  const refused: Line[] = [];
  const targets = list.by === 'account' ? ['all'] : regionsOf(kind.declaration, { regions, partition });
  const found = await pMap(
    targets,
    async (region) => {
      try {
        return await firstFound(reader, { region, aws });
      } catch (error) {
        refused.push({
          about: id,
          isWell: false,
          says: `cannot list in ${region} (${codeOf(error)}): allow ${list.actions.join(', ')} to ${caller}`,
        });
        return [];
      }
    },
    { concurrency: AT_ONCE },
  );
  const observations = await pMap(found.flat(), (one) => tryOne(reader, one, { aws, context }), {
    concurrency: AT_ONCE,
  });
  return { observations, refused };
}

/** The first few of each region. */
async function firstFound(
  reader: KindReader,
  request: { readonly region: string; readonly aws: AwsReads },
): Promise<readonly Found[]> {
  for await (const page of reader.list(request)) {
    const byRegion = new Map<string, Found[]>();
    for (const found of page)
      byRegion.set(found.ref.region, [...(byRegion.get(found.ref.region) ?? []), found].slice(0, TRIED));
    return [...byRegion.values()].flat();
  }
  return [];
}

async function tryOne(
  reader: KindReader,
  found: Found,
  { aws, context }: { aws: AwsReads; context: Record<string, State | undefined> },
): Promise<Observation> {
  try {
    return await reader.read({ found, aws, context });
  } catch (error) {
    return { seen: 'unreadable', ref: found.ref, takenAt: aws.now().toISOString(), code: codeOf(error) };
  }
}

function linesFor(
  declaration: KindDeclaration,
  observations: readonly Observation[],
  { refusedLists, caller }: { refusedLists: number; caller: string },
): readonly Line[] {
  const { id } = declaration;
  if (observations.length === 0)
    return refusedLists > 0 ? [] : [{ about: id, isWell: true, says: 'there is none, and listing is allowed' }];
  const blind = new Map<string, string[]>();
  for (const seen of observations) {
    for (const [what, code] of refusalsIn(seen))
      blind.set(`${what} (${code})`, [...(blind.get(`${what} (${code})`) ?? []), refOf(seen).id]);
  }
  const tried = `${observations.length} tried`;
  if (blind.size === 0)
    return [
      { about: id, isWell: true, says: `every read that these needed is allowed (${tried}${notTried(observations)})` },
    ];
  return [...blind].map(([what, ids]) => ({
    about: id,
    isWell: false,
    says: `cannot read ${what} of ${ids.slice(0, TRIED).join(', ')}${ids.length > TRIED ? ', …' : ''} (${tried}): allow ${actionsFor(declaration, what).join(', ')} to ${caller}, and see whether the resource's own policy refuses it`,
  }));
}

/** Reads that nothing here needed are not known to be allowed. */
function notTried(observations: readonly Observation[]): string {
  const paths = observations.flatMap((seen) => (seen.seen === 'state' ? Object.entries(seen.state.watched) : []));
  const tried = new Set(paths.flatMap(([path, reading]) => (reading.status === 'skipped' ? [] : [path])));
  const never = [...new Set(paths.map(([path]) => path))].filter((path) => !tried.has(path));
  return never.length === 0 ? '' : `; not tried: ${never.join(', ')}`;
}

function refusalsIn(seen: Observation): readonly (readonly [what: string, code: string])[] {
  if (seen.seen !== 'state') return [['anything', seen.code]];
  return Object.entries(seen.state.watched).flatMap(([path, reading]) =>
    reading.status === 'unreadable' && !reading.code.startsWith('Malformed') ? [[path, reading.code] as const] : [],
  );
}

function actionsFor({ reads }: KindDeclaration, what: string): readonly string[] {
  const read = reads[what.split(' ', 1)[0] ?? ''];
  return read?.actions ?? [...new Set(Object.values(reads).flatMap(({ actions }) => actions))];
}
