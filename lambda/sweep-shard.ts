import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { PlumblineError } from '#core/errors.ts';
import type { ShardRef } from '#core/look.ts';
import { printRef, type ResourceRef } from '#core/reference.ts';
import { refOf, shardOf } from '#core/state.ts';
import type { Detected, DetectPorts } from './detect.ts';
import { encode, FORMAT } from './document-encoding.ts';
import { listedSchema, parseDocument } from './document-format.ts';
import type { Known } from './known-states.ts';
import { newsFrom } from './news.ts';
import { observeShard, type Listed, type Target } from './observe.ts';
import { recordNews } from './record.ts';
import { relativesFor } from './relatives.ts';

/** Where the lister writes what it found of one shard, and where its look writes what it saw. */
export function shardKeys({ account, sweep, kind, shard }: ShardRef): {
  readonly listed: string;
  readonly part: string;
} {
  const folder = `snapshots/${account}/${sweep}`;
  return { listed: `${folder}/listed/${kind}-${shard}.json`, part: `${folder}/${kind}-${shard}.json.gz` };
}

/** One shard of a sweep: reads one list and one part of the baseline, writes one part of the snapshot, and what drifted. */
export async function detectShard(shard: ShardRef, ports: DetectPorts): Promise<Detected> {
  const kind = ports.kinds.find(({ declaration }) => declaration.id === shard.kind);
  if (kind === undefined)
    throw new PlumblineError(
      'INPUT_INVALID',
      `a shard is of the kind ${shard.kind}, which this Plumbline does not know`,
    );
  const { listed, open, shards } = await readListed(shard, ports);
  const known = await knownOf({ shard, shards, context: kind.declaration.context }, ports);
  const others = othersOf({
    known,
    open,
    isOwn: (ref) => ref.kind === shard.kind && shardOf(ref, shards) === shard.shard,
  });
  const scan = await observeShard(kind, { listed, others }, ports);
  const own = scan.observations.filter((seen) => refOf(seen).kind === shard.kind);
  const body = encode({ format: FORMAT, kind: shard.kind, shard: shard.shard, observations: own });
  // A conflict is the same shard, delivered twice.
  await ports.documents.create(shardKeys(shard).part, await promisify(gzip)(body));
  const kinds = new Map(ports.kinds.map((one) => [one.declaration.id, one]));
  const relatives = await relativesFor(kind, scan, ports);
  const news = newsFrom({ kinds, scan, known, refs: open, sweep: shard.sweep, relatives });
  return recordNews(news, { because: { sweep: shard.sweep } }, ports);
}

/** The part of what is compared with; all of the kind, where an accept has dealt it out anew since the sweep began. */
async function knownOf(
  {
    shard,
    shards,
    context,
  }: { readonly shard: ShardRef; readonly shards: number; readonly context: readonly string[] },
  { known }: DetectPorts,
): Promise<Known> {
  const own = await known.ofShard(shard, context);
  return (own.shards[shard.kind] ?? shards) === shards ? own : known.of([], [shard.kind, ...context]);
}

async function readListed(
  shard: ShardRef,
  { documents }: DetectPorts,
): Promise<{ readonly listed: Listed; readonly open: readonly ResourceRef[]; readonly shards: number }> {
  const { listed: key } = shardKeys(shard);
  const document = await documents.read(key);
  const name = `${documents.place}/${key}`;
  if (document === undefined)
    throw new PlumblineError(
      'STORE_DAMAGED',
      `${name} is missing, so nobody knows what the shard holds: the next sweep lists anew`,
    );
  const { regions, found, carried, open, shards } = parseDocument(listedSchema, document.body, {
    name,
    mend: 'the next sweep lists anew',
  });
  return {
    open,
    shards,
    listed: {
      found,
      carried,
      regions: regions.map(({ code, ...rest }) => (code === undefined ? rest : { ...rest, code })),
    },
  };
}

/** What is looked at though no list may name it: what was accepted, and what is open. */
function othersOf({
  known,
  open,
  isOwn,
}: {
  readonly known: Known;
  readonly open: readonly ResourceRef[];
  readonly isOwn: (ref: ResourceRef) => boolean;
}): readonly Target[] {
  const accepted = [...(known.baseline?.states.values() ?? [])]
    .filter(({ state }) => isOwn(state.ref))
    .map(({ state }): Target => ({ ref: state.ref, carried: state.carried }));
  const names = new Set(accepted.map(({ ref }) => printRef(ref)));
  return [...accepted, ...open.filter((ref) => !names.has(printRef(ref))).map((ref): Target => ({ ref, carried: {} }))];
}
