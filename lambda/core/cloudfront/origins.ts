import { listIn } from '../comparison.ts';
import { isJsonObject, textOf, type Json } from '../json.ts';
import type { JsonReading } from '../reading.ts';
import type { ResourceRef } from '../reference.ts';
import { allOf, factOf, unknown as notKnown, type Fact } from '../s3/fact.ts';
import type { State } from '../state.ts';
import { originIn, placeText, signerOf, signerText, type Origin } from './origin.ts';

/** One way by which a distribution comes to a bucket. */
export interface Reach {
  readonly ref: ResourceRef;
  /** The names that viewers ask by: its owner's, or else the one that CloudFront gave. */
  readonly names: readonly string[];
  /** The origin's id in the distribution. */
  readonly originId: string;
  readonly origin: Origin;
  /** The rows of aws-facts §3.2 that its requests stand under. */
  readonly rows: readonly string[];
  /** Does it answer anybody at all? */
  readonly isEnabled: Fact;
  /** Is any path served from this origin? */
  readonly isServed: Fact;
}

/** Which distributions come to a bucket; `unknown` are those of which it cannot be told. */
export interface BucketReach {
  readonly reaches: readonly Reach[];
  readonly unknown: readonly { readonly ref: ResourceRef; readonly why: string }[];
}

/** All distributions by the bucket that they come to: for whoever asks about many buckets. */
export interface DistributionIndex {
  readonly byBucket: ReadonlyMap<string, readonly Reach[]>;
  /** Those that may come to any bucket, as far as was read. */
  readonly unknown: BucketReach['unknown'];
}

const KIND = 'cloudfront-distribution';

/**
 * Which distributions reach a bucket, and how. Its name is enough: a bucket's name is one in all regions. Of other accounts' distributions
 * nothing is known here. States of other kinds are passed over.
 */
export function distributionsOf(bucket: string, states: readonly State[]): BucketReach {
  const { byBucket, unknown } = indexDistributions(states);
  return { reaches: byBucket.get(bucket) ?? [], unknown };
}

/** The same for all buckets at once. */
export function indexDistributions(states: readonly State[]): DistributionIndex {
  const byBucket = new Map<string, Reach[]>();
  const unknown: { ref: ResourceRef; why: string }[] = [];
  for (const state of states) {
    if (state.ref.kind !== KIND) continue;
    const { origins } = state.watched;
    if (origins?.status !== 'present' || !isJsonObject(origins.value)) {
      unknown.push({ ref: state.ref, why: `its origins could not be read (${codeIn(origins)})` });
      continue;
    }
    for (const [id, value] of Object.entries(origins.value)) {
      const origin = originIn(value);
      if (origin?.accessPoint !== undefined)
        unknown.push({
          ref: state.ref,
          why: `its origin ${id} is ${placeText(origin)}, and of which bucket that is was not read`,
        });
      if (origin?.bucket === undefined) continue;
      const reaches = byBucket.get(origin.bucket) ?? [];
      reaches.push(reachOf(state, { id, origin }));
      byBucket.set(origin.bucket, reaches);
    }
  }
  return { byBucket, unknown };
}

function reachOf(
  { ref, watched, carried }: State,
  { id, origin }: { readonly id: string; readonly origin: Origin },
): Reach {
  const aliases = listIn(carried['aliases'] ?? []).flatMap((one) => textOf(one) ?? []);
  const domain = textOf(carried['domainName']);
  return {
    ref,
    names: aliases.length > 0 ? aliases : domain === undefined || domain === '' ? [] : [domain],
    originId: id,
    origin,
    rows: rowsOf(origin),
    isEnabled: enabledFact(watched['enabled']),
    isServed: servedFact(watched['behaviors'], id),
  };
}

/** A distribution that was not read may answer. */
export function enabledFact(enabled: JsonReading | undefined): Fact {
  return enabled?.status === 'present' && typeof enabled.value === 'boolean'
    ? factOf(enabled.value)
    : notKnown(`whether it is enabled could not be read (${codeIn(enabled)})`);
}

/** Does any path lead to this origin, alone or in a group? */
export function servedFact(behaviors: JsonReading | undefined, originId: string): Fact {
  if (behaviors?.status !== 'present' || !isJsonObject(behaviors.value))
    return notKnown(`which paths it serves from it could not be read (${codeIn(behaviors)})`);
  return factOf(Object.values(behaviors.value).some((target) => targetsOf(target).includes(originId)));
}

/** The origins that a path is served from: one, or the first of a group and who stands in for it. */
export function targetsOf(target: Json | undefined): readonly string[] {
  return listIn(target ?? []).flatMap((one) => textOf(one) ?? []);
}

function codeIn(reading: JsonReading | undefined): string {
  return reading?.status === 'unreadable' ? reading.code : 'NotRead';
}

const ANONYMOUS = ['R1', 'R4'] as const;

function rowsOf(origin: Origin): readonly string[] {
  switch (signerOf(origin)) {
    case 'nobody':
      return origin.reachedBy === 'website' ? ['C3', 'H1'] : ANONYMOUS;
    case 'cloudfront':
      return ['C1'];
    case 'identity':
      return ['C2'];
    case 'unknown':
      return ['C1', ...ANONYMOUS];
  }
}

/** One way in one sentence without a full stop: `distribution E123 (www.example.com) reads this bucket over its website endpoint`. */
export function reachText(reach: Reach): string {
  const { ref, names, isEnabled, isServed } = reach;
  const [name, ...more] = names;
  const called = name === undefined ? '' : ` (${name}${more.length === 0 ? '' : ` and ${more.length} more`})`;
  const reads = (verb: string): string =>
    `distribution ${ref.id}${called} ${verb} this bucket ${wayText(reach.origin)}`;
  if (isEnabled.is === false) return `${reads('would read')}, and is disabled`;
  if (isServed.is === false) return `${reads('would read')}, and serves no path from it`;
  const works = allOf(isEnabled, isServed);
  return works.is === 'unknown' ? `${reads('may read')}: ${works.why}` : reads('reads');
}

function wayText(origin: Origin): string {
  const { reachedBy, signing, accessControl = '' } = origin;
  if (reachedBy === 'website') return 'over its website endpoint';
  if (reachedBy === 'unsigned') return 'without a signature, as anybody does';
  if (signing === 'never') return `without a signature, since origin access control ${accessControl} never signs`;
  return signing === 'no-override'
    ? `${signerText(origin)}, but for requests that bring a signature of their own`
    : signerText(origin);
}
