import * as z from 'zod/mini';
import { PlumblineError } from '#core/errors.ts';
import type { Json } from '#core/json.ts';
import { FORMAT } from './document-encoding.ts';
import { madeOnce } from './made-once.ts';

// Each is built when a document first needs it: a function reads few sorts of them, and building all would make every start slower.
const json = madeOnce(() => z.custom<Json>((value) => value !== undefined));
const record = madeOnce(() => z.record(z.string(), json()));

const ref = madeOnce(() => z.object({ account: z.string(), region: z.string(), kind: z.string(), id: z.string() }));

const reading = madeOnce(() =>
  z.discriminatedUnion('status', [
    z.object({ status: z.literal('present'), value: json() }),
    z.object({ status: z.literal('absent') }),
    z.object({ status: z.literal('unreadable'), code: z.string() }),
    z.object({ status: z.literal('skipped'), because: z.string() }),
  ]),
);

const state = madeOnce(() =>
  z.object({
    ref: ref(),
    shape: z.number(),
    takenAt: z.string(),
    watched: z.record(z.string(), reading()),
    carried: record(),
  }),
);

const observation = madeOnce(() =>
  z.discriminatedUnion('seen', [
    z.object({ seen: z.literal('state'), state: state() }),
    z.object({ seen: z.literal('gone'), ref: ref(), takenAt: z.string(), code: z.string() }),
    z.object({
      seen: z.literal('unreadable'),
      ref: ref(),
      takenAt: z.string(),
      code: z.string(),
      unlisted: z.optional(z.boolean()),
    }),
  ]),
);

const acceptance = madeOnce(() =>
  z.object({
    generation: z.number(),
    at: z.string(),
    by: z.string(),
    reason: z.string(),
    ticket: z.optional(z.string()),
    scan: z.optional(z.string()),
    overtakes: z.optional(z.number()),
  }),
);

const listing = madeOnce(() =>
  z.object({
    kind: z.string(),
    region: z.string(),
    shape: z.number(),
    complete: z.boolean(),
    code: z.optional(z.string()),
  }),
);

const caveat = madeOnce(() => z.object({ about: z.string(), code: z.string(), says: z.string() }));

const partRef = madeOnce(() => z.object({ kind: z.string(), shard: z.number(), key: z.string(), digest: z.string() }));

/** `baseline/<account>/head.json`. */
export const headSchema = madeOnce(() =>
  z.object({
    format: z.literal(FORMAT),
    account: z.string(),
    accepted: acceptance(),
    covers: z.array(z.object({ kind: z.string(), region: z.string(), shape: z.number() })),
    /** How many shards each kind has; changes only with a generation. */
    shards: z.record(z.string(), z.number()),
    parts: z.array(partRef()),
  }),
);

/** `baseline/<account>/<generation>/<kind>-<shard>.json`. */
export const acceptedPartSchema = madeOnce(() =>
  z.object({
    format: z.literal(FORMAT),
    kind: z.string(),
    shard: z.number(),
    states: z.array(z.object({ state: state(), version: acceptance() })),
  }),
);

const scanMembers = madeOnce(() => ({
  id: z.string(),
  account: z.string(),
  startedAt: z.string(),
  finishedAt: z.string(),
  regions: z.array(z.string()),
  listings: z.array(listing()),
  caveats: z.array(caveat()),
}));

/** `snapshots/<account>/<time>/manifest.json`. */
export const manifestSchema = madeOnce(() =>
  z.object({
    format: z.literal(FORMAT),
    ...scanMembers(),
    comparedWith: z.number(),
    parts: z.array(partRef()),
  }),
);

/** `snapshots/<account>/<time>/<kind>-<shard>.json.gz`. */
export const observedPartSchema = madeOnce(() =>
  z.object({
    format: z.literal(FORMAT),
    kind: z.string(),
    shard: z.number(),
    observations: z.array(observation()),
  }),
);

/** `snapshots/<account>/<time>/listed/<kind>-<shard>.json`. */
export const listedSchema = madeOnce(() =>
  z.object({
    format: z.literal(FORMAT),
    kind: z.string(),
    shard: z.number(),
    /** How many shards the kind was dealt out into. */
    shards: z.number(),
    regions: z.array(z.object({ region: z.string(), complete: z.boolean(), code: z.optional(z.string()) })),
    found: z.array(z.object({ ref: ref(), hint: record(), listedAt: z.optional(z.string()) })),
    carried: z.record(z.string(), record()),
    open: z.array(ref()),
  }),
);

/** The one file of `plumbline snapshot`. */
export const snapshotFileSchema = madeOnce(() =>
  z.object({
    plumbline: z.literal('snapshot'),
    format: z.literal(FORMAT),
    ...scanMembers(),
    observations: z.array(observation()),
  }),
);

export type Head = z.infer<ReturnType<typeof headSchema>>;
export type Manifest = z.infer<ReturnType<typeof manifestSchema>>;
export type ParsedObservations = readonly z.infer<ReturnType<typeof observation>>[];
export type PartRef = z.infer<ReturnType<typeof partRef>>;

/** What a document is called, and how to get a good one again. */
export interface DocumentName {
  readonly name: string;
  readonly mend: string;
}

/**
 * Reads a document strictly. Throws STORE_NEWER for a higher format, STORE_DAMAGED for what is cut short or does not fit; each
 * sentence names the document, the place in it and the mend.
 */
export function parseDocument<T>(
  schema: () => z.ZodMiniType<T>,
  body: Uint8Array | string,
  { name, mend }: DocumentName,
): T {
  let value: unknown;
  try {
    value = JSON.parse(typeof body === 'string' ? body : Buffer.from(body).toString('utf8'));
  } catch (cause) {
    throw new PlumblineError(
      'STORE_DAMAGED',
      `${name} is no whole JSON document (${cause instanceof Error ? cause.message : ''}): ${mend}`,
      { cause },
    );
  }
  const format = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined;
  if (typeof format === 'number' && format > FORMAT) {
    throw new PlumblineError(
      'STORE_NEWER',
      `${name} has format ${format} and this Plumbline knows formats up to ${FORMAT}: update Plumbline`,
    );
  }
  const parsed = schema().safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new PlumblineError(
    'STORE_DAMAGED',
    `${name} does not fit at ${issue?.path.join('.') || 'its top'} (${issue?.message ?? 'unknown'}): ${mend}`,
  );
}
