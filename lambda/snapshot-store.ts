import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import pMap from 'p-map';
import { digestOf } from '#core/digest.ts';
import { PlumblineError } from '#core/errors.ts';
import { isSweep, scanIdAt, sweepIdAt, type Listing, type Scan } from '#core/scan.ts';
import { refOf, shardOf, type Observation } from '#core/state.ts';
import { encode, FORMAT } from './document-encoding.ts';
import {
  manifestSchema,
  observedPartSchema,
  parseDocument,
  type Manifest,
  type ParsedObservations,
  type PartRef,
} from './document-format.ts';
import type { Document, Documents } from './ports.ts';

const OBSERVATIONS_A_SHARD = 512;
const READ_AT_ONCE = 8;

const MEND = 'scan again';

/** A scan as it was kept, with the generation of the baseline that it was compared with (0: none). */
export interface KeptScan {
  readonly scan: Scan;
  readonly comparedWith: number;
}

/** Who looked. What the service saw, no person has looked at yet: it is accepted only by its name. */
export interface ScanMaker {
  readonly by?: 'person' | 'service';
}

/** Keeps what a scan saw: its parts first, the manifest last, so that a scan is kept whole or is not there. Returns it with its id. */
export async function saveScan(documents: Documents, kept: KeptScan & ScanMaker): Promise<Scan> {
  const idAt = kept.by === 'service' ? sweepIdAt : scanIdAt;
  for (let time = Date.parse(kept.scan.startedAt); ; time += 1) {
    // Two scans that began in the same millisecond: the later one moves on.
    const scan = { ...kept.scan, id: idAt(new Date(time)) };
    if (await trySave(documents, { ...kept, scan })) return scan;
  }
}

/** The newest kept scan of an account, or the one of this id. Throws NOTHING_TO_ACCEPT or ARGUMENT_INVALID when there is none. */
export async function loadScan(documents: Documents, account: string, id?: string): Promise<KeptScan> {
  const folder = `snapshots/${account}/`;
  const manifests =
    id === undefined ? (await documents.list(folder)).filter((key) => key.endsWith('/manifest.json')) : [];
  // What the service swept, nobody has looked at: it is accepted only by its name.
  const key = id === undefined ? manifests.findLast((name) => !isSweep(idIn(name))) : `${folder}${id}/manifest.json`;
  const document = key === undefined ? undefined : await documents.read(key);
  if (key === undefined || document === undefined) {
    const mend = 'run "plumbline scan" first and look at what it shows';
    if (id !== undefined) {
      throw new PlumblineError(
        'ARGUMENT_INVALID',
        `no scan "${id}" of account ${account} is kept in ${documents.place}: leave --from out for the last one, or ${mend}`,
      );
    }
    throw new PlumblineError(
      'NOTHING_TO_ACCEPT',
      `no scan of account ${account} is kept in ${documents.place}: ${mend}`,
    );
  }
  return loadWhole(documents, key, document);
}

/**
 * The newest kept scan of an account, whether a person or the service looked; undefined where none is kept. `begunBy`: of those that had
 * begun by then (ISO 8601, UTC).
 */
export async function newestScan(
  documents: Documents,
  account: string,
  { begunBy }: { readonly begunBy?: string } = {},
): Promise<KeptScan | undefined> {
  const manifests = (await documents.list(`snapshots/${account}/`)).filter((key) => key.endsWith('/manifest.json'));
  const last = begunBy === undefined ? undefined : scanIdAt(new Date(begunBy));
  const key = manifests.findLast((name) => last === undefined || (idIn(name).split('-', 1)[0] ?? '') <= last);
  const document = key === undefined ? undefined : await documents.read(key);
  return key === undefined || document === undefined ? undefined : loadWhole(documents, key, document);
}

/** The accounts of which any scan is kept, sorted. */
export async function accountsKept(documents: Documents): Promise<readonly string[]> {
  const manifests = (await documents.list('snapshots/')).filter((key) => key.endsWith('/manifest.json'));
  return [...new Set(manifests.flatMap((key) => key.split('/')[1] ?? []))].sort();
}

async function loadWhole(documents: Documents, key: string, { body }: Document): Promise<KeptScan> {
  const manifest = parseDocument(manifestSchema, body, { name: `${documents.place}/${key}`, mend: MEND });
  const parts = await pMap(manifest.parts, (part) => loadObservedPart(documents, part), { concurrency: READ_AT_ONCE });
  return { comparedWith: manifest.comparedWith, scan: scanOf(manifest, parts.flat()) };
}

function idIn(manifestKey: string): string {
  return manifestKey.split('/')[2] ?? '';
}

/** The scan that a manifest or a snapshot file tells of. */
export function scanOf(
  told: Pick<Manifest, 'id' | 'account' | 'startedAt' | 'finishedAt' | 'regions' | 'listings' | 'caveats'>,
  observations: readonly Observation[],
): Scan {
  const { id, account, startedAt, finishedAt, regions, caveats } = told;
  const listings = told.listings.map(({ code, ...rest }): Listing => (code === undefined ? rest : { ...rest, code }));
  return { id, account, startedAt, finishedAt, regions, listings, caveats, observations };
}

async function trySave(documents: Documents, { scan, comparedWith }: KeptScan): Promise<boolean> {
  const folder = `snapshots/${scan.account}/${scan.id}`;
  const parts: PartRef[] = [];
  for (const [name, part] of groupByShard(scan)) {
    const body = await promisify(gzip)(encode({ format: FORMAT, ...part }));
    const key = `${folder}/${name}.json.gz`;
    if ((await documents.create(key, body)) === 'conflict') return false;
    parts.push({ kind: part.kind, shard: part.shard, key, digest: digestOf(body) });
  }
  const { observations: _inParts, ...told } = scan;
  return (
    (await documents.create(`${folder}/manifest.json`, encode({ format: FORMAT, ...told, comparedWith, parts }))) ===
    'written'
  );
}

/** What one part of a snapshot saw. */
export async function loadObservedPart(documents: Documents, part: PartRef): Promise<readonly Observation[]> {
  const name = `${documents.place}/${part.key}`;
  const document = await documents.read(part.key);
  if (document === undefined || digestOf(document.body) !== part.digest) {
    throw new PlumblineError(
      'STORE_DAMAGED',
      `${name} is ${document === undefined ? 'missing' : 'not what the scan wrote'}: ${MEND}`,
    );
  }
  return observationsIn(
    parseDocument(observedPartSchema, await promisify(gunzip)(document.body), { name, mend: MEND }),
  );
}

/** The observations of a document that was read, without members that are there and undefined. */
export function observationsIn({
  observations,
}: {
  readonly observations: ParsedObservations;
}): readonly Observation[] {
  return observations.map((seen): Observation => {
    if (seen.seen !== 'unreadable') return seen;
    const { unlisted, ...rest } = seen;
    return unlisted === undefined ? rest : { ...rest, unlisted };
  });
}

interface ObservedPart {
  readonly kind: string;
  readonly shard: number;
  readonly observations: Observation[];
}

function groupByShard(scan: Scan): ReadonlyMap<string, ObservedPart> {
  const counts = new Map<string, number>();
  for (const seen of scan.observations) counts.set(refOf(seen).kind, (counts.get(refOf(seen).kind) ?? 0) + 1);
  const parts = new Map<string, ObservedPart>();
  for (const seen of scan.observations) {
    const ref = refOf(seen);
    const shard = shardOf(ref, Math.ceil((counts.get(ref.kind) ?? 1) / OBSERVATIONS_A_SHARD));
    const name = `${ref.kind}-${shard}`;
    const part = parts.get(name) ?? { kind: ref.kind, shard, observations: [] };
    part.observations.push(seen);
    parts.set(name, part);
  }
  return parts;
}
