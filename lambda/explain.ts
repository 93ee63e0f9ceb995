import { bestKnown } from '#core/accepted-state.ts';
import type { Baseline } from '#core/baseline.ts';
import { contextIn } from '#core/consequences.ts';
import { PlumblineError } from '#core/errors.ts';
import type { Context } from '#core/judge.ts';
import { printRef, selectFrom, type ResourceRef } from '#core/reference.ts';
import { explanationOf, type Explanation } from '#core/s3/explanation.ts';
import type { Scan } from '#core/scan.ts';
import { refOf, type Observation, type State } from '#core/state.ts';
import { accessOfState } from '#kinds/s3-bucket/access.ts';
import { codeOf, type AwsReads, type Found, type Kind } from '#kinds/kind.ts';

/** The kind whose access can be explained. */
const BUCKET = 's3-bucket';

export type Kinds = ReadonlyMap<string, Kind>;

/** One bucket as it was read, with what its meaning depends on. */
export interface Subject {
  readonly state: State;
  readonly context: Context;
}

/** A bucket, explained. */
export interface ExplainedBucket {
  readonly ref: ResourceRef;
  readonly takenAt: string;
  /** When the ACL was seen that S3 hides now; only where the accepted one is used. */
  readonly aclSeenAt?: string;
  readonly explanation: Explanation;
}

/** Explains a bucket; an ACL that a mask hides is taken from what was accepted, where that knows more. Pure. */
export function explain({ state, context }: Subject, baseline: Baseline | undefined, kinds: Kinds): ExplainedBucket {
  const accepted = baseline?.states.get(printRef(state.ref))?.state;
  const kind = kinds.get(BUCKET);
  const known = accepted && kind ? bestKnown(state, accepted, kind) : state;
  const isOlder = accepted !== undefined && known.watched['acl'] !== state.watched['acl'];
  return {
    ref: state.ref,
    takenAt: state.takenAt,
    ...(isOlder ? { aclSeenAt: accepted.takenAt } : {}),
    explanation: explanationOf(accessOfState(known, context)),
  };
}

/** What `explain --json` prints. */
export interface ExplanationDocument extends ExplainedBucket {
  readonly version: 1;
  /** 2: something that matters could not be read. */
  readonly exitCode: 0 | 2;
}

/** The explanation as a document. Pure. */
export function explanationDocument(
  subject: Subject,
  baseline: Baseline | undefined,
  kinds: Kinds,
): ExplanationDocument {
  const explained = explain(subject, baseline, kinds);
  return { version: 1, exitCode: isWhole(explained, subject) ? 0 : 2, ...explained };
}

/** Nothing that is explained had to be left open because it could not be read. */
function isWhole({ explanation }: ExplainedBucket, { state }: Subject): boolean {
  const isRead = Object.values(state.watched).every(({ status }) => status !== 'unreadable');
  return isRead && explanation.public !== 'unknown' && explanation.flags.every(({ value }) => value !== 'unknown');
}

/** Finds the bucket that a person named in a snapshot. Throws REFERENCE_INVALID, or INPUT_INVALID for one that it could not read. */
export function subjectIn(scan: Scan, name: string, kinds: Kinds): Subject {
  const buckets = scan.observations.filter((seen) => refOf(seen).kind === BUCKET);
  const { ref } = selectFrom(buckets.map(refOf), name);
  const found = buckets.find((seen) => printRef(refOf(seen)) === printRef(ref));
  return subjectOf(found, { ref, context: contextIn(scan, kinds) });
}

export interface LiveReads {
  readonly aws: AwsReads;
  readonly kinds: Kinds;
}

/** The buckets that there are. Throws AWS_REFUSED. */
export async function listBuckets({ aws, kinds }: LiveReads): Promise<readonly Found[]> {
  const bucket = kinds.get(BUCKET);
  if (bucket === undefined) throw new PlumblineError('INPUT_INVALID', 'this Plumbline does not know buckets');
  return listed(bucket, aws);
}

/** Reads the bucket that a person named, and what its meaning depends on; nothing else but the list of names. */
export async function readSubject(name: string, reads: LiveReads): Promise<Subject> {
  return readSubjectAmong(await listBuckets(reads), name, reads);
}

/** The same of buckets that were listed. */
export async function readSubjectAmong(
  found: readonly Found[],
  name: string,
  { aws, kinds }: LiveReads,
): Promise<Subject> {
  const bucket = kinds.get(BUCKET);
  if (bucket === undefined) throw new PlumblineError('INPUT_INVALID', 'this Plumbline does not know buckets');
  const { ref } = selectFrom(
    found.map((one) => one.ref),
    name,
  );
  const context = await readContext(bucket, { aws, kinds });
  const reader = await bucket.reader();
  const one = found.find((candidate) => printRef(candidate.ref) === printRef(ref)) ?? { ref, hint: {} };
  return subjectOf(await reader.read({ found: one, aws, context }), { ref, context });
}

async function listed(kind: Kind, aws: AwsReads): Promise<readonly Found[]> {
  const reader = await kind.reader();
  const found: Found[] = [];
  try {
    for await (const page of reader.list({ region: 'all', aws })) found.push(...page);
  } catch (cause) {
    throw new PlumblineError(
      'AWS_REFUSED',
      `the list of buckets could not be read (${codeOf(cause)}): allow ${kind.declaration.list.actions.join(' and ')}, or explain from a file with --snapshot`,
      { cause },
    );
  }
  return found;
}

async function readContext(kind: Kind, { aws, kinds }: { aws: AwsReads; kinds: Kinds }): Promise<Context> {
  const states: [string, State][] = [];
  for (const id of kind.declaration.context) {
    const reader = await kinds.get(id)?.reader();
    if (reader === undefined) continue;
    for await (const page of reader.list({ region: 'all', aws })) {
      for (const found of page) {
        const seen = await reader.read({ found, aws, context: {} });
        if (seen.seen === 'state') states.push([id, seen.state]);
      }
    }
  }
  return Object.fromEntries(states);
}

function subjectOf(
  seen: Observation | undefined,
  { ref, context }: { readonly ref: ResourceRef; readonly context: Context },
): Subject {
  if (seen?.seen === 'state') return { state: seen.state, context };
  throw new PlumblineError(
    'INPUT_INVALID',
    `${printRef(ref)} could not be read (${seen?.code ?? 'NotRead'}), so there is nothing to explain: "plumbline doctor" tells why`,
  );
}
