import type { Change } from '#core/change.ts';
import { PlumblineError } from '#core/errors.ts';
import { summaryOf } from '#core/evidence/summary.ts';
import type { Evidence, EvidenceRead } from '#core/evidence/uses.ts';
import { nearest, printRef } from '#core/reference.ts';
import type { RuledOut, SymptomAnswer, SymptomCause } from '#core/symptom/answer.ts';
import type { BlindSpot, RuledOutGroup, SymptomDocument } from '#core/symptom/document.ts';
import { applyChange } from '#core/symptom/replay.ts';
import { BUCKET, searchSymptom } from '#core/symptom/search.ts';
import { isFailureNamed, parseSymptom, type Symptom } from '#core/symptom/symptom.ts';
import { opensIfTakenBack } from '#core/symptom/taken-back.ts';
import { marksOf, type WatchedChange } from '#core/symptom/watched-change.ts';
import type { Kind } from '#kinds/kind.ts';
import { byTime, type WatchedWindow } from './watched-window.ts';

/** Reads logs of use, cut at the times of changes. */
export type EvidencePort = (request: EvidenceRequest) => Promise<EvidenceRead | undefined>;

export interface EvidenceRequest {
  /** Milliseconds since 1970. */
  readonly marks: readonly number[];
  /** From then on (ISO 8601, UTC); none: from the first. */
  readonly from?: string;
  /** The only buckets that are asked about; none: all. */
  readonly buckets?: readonly string[];
}

export interface SymptomRequest {
  readonly window: WatchedWindow;
  readonly text: string;
  /** When it was seen (ISO 8601, UTC). */
  readonly at: string;
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly partition: string;
  /** None: no logs are looked at. */
  readonly evidence?: EvidencePort | undefined;
}

/** What explains a failure among all that changed in a window, and why nothing else does. Throws ARGUMENT_INVALID. */
export async function symptomDocument(request: SymptomRequest): Promise<SymptomDocument> {
  const { window, kinds } = request;
  const symptom = parseSymptom(request.text, request.at, bucketsIn(window));
  const kind = kinds.get(BUCKET);
  if (kind?.judge === undefined) throw new PlumblineError('INPUT_INVALID', 'this Plumbline does not know buckets');
  const buckets = symptom.bucket === undefined ? {} : { buckets: [symptom.bucket] };
  const from = evidenceFrom(window.from);
  const read = await request.evidence?.({ marks: marksOf(window.changes, symptom.at), from, ...buckets });
  const { context } = kind.declaration;
  const answer = searchSymptom({
    symptom,
    account: window.account,
    changes: window.changes,
    states: window.states,
    judge: kind.judge,
    context,
    evidence: read?.evidence,
  });
  const blind = [
    ...missingIn(symptom, window),
    ...relevantSpots(window.blind, { symptom, context }),
    ...evidenceSpots(read, symptom),
  ];
  const isSure = answer.causes.some(({ fit }) => fit === 'explains');
  return {
    version: 1,
    exitCode: !isSure && blind.some(({ matters }) => matters) ? 2 : 0,
    account: window.account,
    symptom,
    verdict: answer.verdict,
    says: verdictText(answer),
    causes: answer.causes,
    ruledOut: groupsOf(answer),
    lookedAt: {
      ...window.lookedAt,
      from: window.from,
      to: window.to,
      changes: window.changes.length,
      evidence: summaryOf(read),
    },
    blind,
    ...adviceOn(answer.causes[0], request),
  };
}

/** The names of buckets by which a symptom is understood. */
function bucketsIn({ states, changes }: WatchedWindow): readonly string[] {
  const refs = [...[...states.values()].map(({ ref }) => ref), ...changes.map(({ ref }) => ref)];
  return refs.filter(({ kind }) => kind === BUCKET).map(({ id }) => id);
}

/** So long before the first change logs are read: failures of every night or week are older than what changed today. */
const BEFORE_MS = 7 * 24 * 60 * 60_000;

/** From when on logs are read, where changes are looked at from some time on (ISO 8601, UTC). */
export function evidenceFrom(from: string): string {
  return new Date(Date.parse(from) - BEFORE_MS).toISOString();
}

function verdictText({ verdict, causes }: SymptomAnswer): string {
  const sure = causes.filter(({ fit }) => fit === 'explains').length;
  switch (verdict) {
    case 'none':
      return 'No watched change explains this';
    case 'one':
      return sure > 0 ? 'One change explains this' : 'One change may explain this';
    case 'several':
      return `${sure > 0 ? sure : causes.length} changes may explain this`;
  }
}

/** What needs the least belief stands first; the evidence of logs, which may have gaps, last. */
const REASONS: readonly RuledOut[] = [
  'failed',
  'other-account',
  'after-the-symptom',
  'other-bucket',
  'other-region',
  'not-on-the-path',
  'taken-back',
  'no-effect',
  'opens',
  'cannot-refuse',
  'began-before',
  'worked-since',
];

function groupsOf({ ruledOut }: SymptomAnswer): readonly RuledOutGroup[] {
  return REASONS.flatMap((reason) => {
    const own = ruledOut.filter((one) => one.reason === reason);
    if (own.length === 0) return [];
    const changes = own.map(({ change: { id, at, ref, path, who, says: moved }, says }) => ({
      id,
      at,
      ref,
      path,
      ...(who === undefined ? {} : { who }),
      moved,
      says,
    }));
    return [{ reason, changes }];
  });
}

/** What is missing in a symptom: where S3 was called, the name of a bucket that is known; and what failed there. */
function missingIn(symptom: Symptom, window: WatchedWindow): readonly BlindSpot[] {
  const { bucket, operation, rest } = symptom;
  const words = rest.length === 0 ? '' : ` (not understood: ${rest.join(' ')})`;
  const spot = (says: string, matters: boolean): readonly BlindSpot[] => [{ where: 'the symptom', says, matters }];
  if (bucket !== undefined && isFailureNamed(symptom)) return [];
  if (bucket !== undefined)
    return spot(`it names no failure${words}: name the error or the operation, such as AccessDenied PutObject`, true);
  const names = bucketsIn(window);
  const near = rest.map((word) => nearest(word, names)).find((name) => name !== undefined);
  const mend = near === undefined ? '' : `; did you mean ${near}?`;
  const isNothing = !isFailureNamed(symptom) && symptom.refusedBy === undefined;
  return spot(
    `it names ${isNothing ? 'nothing that failed, and ' : ''}no bucket that is watched${words}${mend}`,
    operation !== undefined || near !== undefined || isNothing,
  );
}

interface About {
  readonly symptom: Symptom;
  /** Kinds that a bucket's meaning depends on. */
  readonly context: readonly string[];
}

/** What is about the bucket that failed, or about nothing alone; the rest is counted. */
function relevantSpots(blind: readonly BlindSpot[], { symptom, context }: About): readonly BlindSpot[] {
  const isOwn = ({ ref }: BlindSpot): boolean =>
    ref === undefined || context.includes(ref.kind) || (ref.kind === BUCKET && ref.id === symptom.bucket);
  const others = blind.filter((spot) => !isOwn(spot));
  const refs = new Set(others.flatMap(({ ref }) => (ref === undefined ? [] : [printRef(ref)])));
  if (refs.size === 0) return blind;
  const says = `something of ${refs.size} of them could not be read, or is not known`;
  return [...blind.filter(isOwn), { where: 'other resources', says, matters: false }];
}

/** A bucket may have had no request for so long; what is later is delivered, or was asked. */
const LATE_MS = 60 * 60_000;

/** What the logs do not tell. */
export function evidenceSpots(
  read: EvidenceRead | undefined,
  { bucket, at }: Pick<Symptom, 'bucket' | 'at'>,
): readonly BlindSpot[] {
  if (read === undefined)
    return [{ where: 'logs of use', says: 'none were looked at: when failures began is not known', matters: false }];
  const { evidence, malformed, problems } = read;
  const logged = evidence.buckets.find((one) => one.bucket === bucket);
  const spot = (where: string, says: string, matters: boolean): BlindSpot => ({ where, says, matters });
  return [
    ...problems.map(({ where, says }) => spot(where, says, true)),
    ...(malformed === 0 ? [] : [spot('logs of use', `${malformed} lines of them are no requests`, false)]),
    ...(evidence.notKept === 0
      ? []
      : [
          spot(
            'logs of use',
            `${evidence.notKept} requests are counted in nothing: there are too many different ones`,
            true,
          ),
        ]),
    ...twiceSpots(evidence, bucket),
    ...(bucket !== undefined && logged === undefined
      ? [spot('logs of use', `they have no request to ${bucket}: whether it is logged is not known`, false)]
      : []),
    ...(logged !== undefined && logged.lastAt < Date.parse(at) - LATE_MS
      ? [
          spot(
            'logs of use',
            `of ${bucket ?? ''} they end at ${new Date(logged.lastAt).toISOString()}, before the failure`,
            false,
          ),
        ]
      : []),
  ];
}

/** Names before the rest is counted. */
const MOST_NAMED = 5;

/** Which of two logs was counted, where both tell of one bucket. */
function twiceSpots({ twice = [] }: Evidence, bucket: string | undefined): readonly BlindSpot[] {
  const all = [...new Set(twice.map((use) => use.bucket))].sort();
  const names = bucket === undefined ? all : all.filter((name) => name === bucket);
  if (names.length === 0) return [];
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  const says = `of ${names.slice(0, MOST_NAMED).join(', ')}${more} both logs tell: each request is counted once, from the data events where they have that operation all the time`;
  return [{ where: 'logs of use', says, matters: false }];
}

type Advice = Pick<SymptomDocument, 'wayBack' | 'opensIfTakenBack' | 'notMisledBy'>;

/** The way back from a change, and what looks like an answer and is none. */
function adviceOn(cause: SymptomCause | undefined, { window, kinds, partition }: SymptomRequest): Advice {
  const change = cause?.change;
  const advice = change === undefined ? undefined : kinds.get(change.ref.kind)?.advice;
  if (change === undefined || advice === undefined) return { notMisledBy: [] };
  const states = new Map(window.states);
  for (const one of window.changes.toSorted(byTime)) {
    if (one.id === change.id) break;
    if (one.error === undefined) applyChange(one, states);
  }
  const request = {
    ref: change.ref,
    accepted: states.get(printRef(change.ref)),
    changes: [changeOf(change)],
    partition,
  };
  return {
    wayBack: advice.wayBack(request),
    opensIfTakenBack: opensIfTakenBack(change, states, kinds),
    notMisledBy: advice.notMisledBy(request),
  };
}

function changeOf({ path, before, after, says }: WatchedChange): Change {
  return { path, before, after, says, exposure: 'unknown', breakage: 'unknown', check: '' };
}
