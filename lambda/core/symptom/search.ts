import type { Evidence } from '../evidence/uses.ts';
import type { KindJudge } from '../judge.ts';
import type { ResourceRef } from '../reference.ts';
import type { State } from '../state.ts';
import type { SymptomAnswer, SymptomCause } from './answer.ts';
import type { Asked } from './asked.ts';
import { judgeCandidate } from './candidate.ts';
import { usesOf } from './onset.ts';
import { replay } from './replay.ts';
import type { Symptom } from './symptom.ts';
import type { WatchedChange } from './watched-change.ts';

/** The kind whose requests fail. */
export const BUCKET = 's3-bucket';

export interface SearchRequest {
  readonly symptom: Symptom;
  /** The account that the symptom was seen in. */
  readonly account: string;
  readonly changes: readonly WatchedChange[];
  /** Everything as it was before the first of them, by printed reference. */
  readonly states: ReadonlyMap<string, State>;
  /** The judge of the kind that failed, and what that kind's meaning depends on. */
  readonly judge: KindJudge;
  readonly context: readonly string[];
  /** Cut at the times of the changes. */
  readonly evidence?: Evidence | undefined;
}

/** Ranks what changed by whether it explains what failed, and says of everything else why it does not. Pure. */
export function searchSymptom(request: SearchRequest): SymptomAnswer {
  const { symptom, changes, states, context, evidence } = request;
  const ref = refOfBucket(request);
  const succeeded = changes.filter(({ error }) => error === undefined);
  const replayed = ref === undefined ? [] : replay({ ref, context, states, changes: succeeded });
  const asked: Asked = {
    ...request,
    ...usesOf(symptom, evidence),
    ref,
    replayed: new Map(replayed.map((one) => [one.change.id, one])),
  };
  const results = changes.map((change) => judgeCandidate(change, asked));
  const causes = results.flatMap((one) => ('fit' in one ? [one] : [])).toSorted(byFit);
  const ruledOut = results.flatMap((one) => ('fit' in one ? [] : [one]));
  // Where one explains it for sure, what only may is no rival.
  const sure = causes.filter(({ fit }) => fit === 'explains');
  const count = sure.length > 0 ? sure.length : causes.length;
  return { verdict: count === 0 ? 'none' : count === 1 ? 'one' : 'several', causes, ruledOut };
}

function refOfBucket({ symptom, account, states }: SearchRequest): ResourceRef | undefined {
  const buckets = [...states.values()].filter(({ ref }) => ref.kind === BUCKET && ref.id === symptom.bucket);
  return (buckets.find(({ ref }) => ref.account === account) ?? buckets[0])?.ref;
}

/** What an error's own text proves first, then what explains it; of those, the one after which the failures began the soonest. */
function byFit(a: SymptomCause, b: SymptomCause): number {
  return (
    Number(b.isProven) - Number(a.isProven) ||
    Number(b.fit === 'explains') - Number(a.fit === 'explains') ||
    (a.onset?.afterMs ?? Infinity) - (b.onset?.afterMs ?? Infinity) ||
    (a.change.at > b.change.at ? -1 : 1)
  );
}
