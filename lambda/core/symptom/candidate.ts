import { refusedBy } from '../evidence/refusal.ts';
import type { Use } from '../evidence/uses.ts';
import { worsens } from '../evidence/verdicts.ts';
import type { ResourceRef } from '../reference.ts';
import type { RuledOut, RuledOutChange, SymptomCause } from './answer.ts';
import { CLOCK_MS, type Asked } from './asked.ts';
import { effectOn } from './candidate-effect.ts';
import { contradictionOf } from './contradiction.ts';
import { onsetOf } from './onset.ts';
import { isNamedIn, proofIn, proofTexts } from './proof.ts';
import { momentIn, type ReplayedChange } from './replay.ts';
import { isFailureNamed } from './symptom.ts';
import { isTakenBackBy } from './value-change.ts';
import { earliestOf, type WatchedChange } from './watched-change.ts';
import { judgeWithoutBucket } from './without-bucket.ts';

type Result = SymptomCause | RuledOutChange;

const MOST_REASONS = 3;

/** Does this change explain what failed; and if not, why not? Pure. */
export function judgeCandidate(change: WatchedChange, asked: Asked): Result {
  const { account, ref, symptom } = asked;
  const out = (reason: RuledOut, says: string): RuledOutChange => ({ change, reason, says });
  if (change.error !== undefined) return out('failed', `the attempt failed (${change.error}) and changed nothing`);
  if (change.ref.account !== account)
    return out('other-account', `it is in account ${change.ref.account}, and the failure in ${account}`);
  if (Date.parse(earliestOf(change)) > Date.parse(symptom.at) + CLOCK_MS)
    return out('after-the-symptom', 'it was made after the failure');
  const { refusedBy } = symptom;
  if (refusedBy !== undefined && 'other' in refusedBy)
    return out('cannot-refuse', `the error itself names ${refusedBy.other}, which nothing that is watched decides`);
  if (ref === undefined) return judgeWithoutBucket(change, asked);
  if (change.ref.kind === ref.kind && change.ref.id !== ref.id)
    return out('other-bucket', `it is on bucket ${change.ref.id}, and ${ref.id} failed`);
  if (isElsewhere(change.ref, ref))
    return out('other-region', `it is in ${change.ref.region}, and bucket ${ref.id} in ${ref.region}`);
  const offPath = offPathText(change.ref, asked);
  if (offPath !== undefined) return out('not-on-the-path', offPath);
  const replayed = asked.replayed.get(change.id);
  if (replayed === undefined)
    return out('not-on-the-path', `a ${change.ref.kind} decides nothing about requests to a bucket`);
  return judgeReplayed(replayed, asked);
}

/** What acts in one region acts on nothing in another; a bucket is one in all, and `global` is everywhere. */
function isElsewhere(change: ResourceRef, bucket: ResourceRef): boolean {
  return change.kind !== bucket.kind && change.region !== 'global' && change.region !== bucket.region;
}

/** Kinds that do not stand before the S3 API, with the reason. */
function offPathText({ kind, id }: ResourceRef, { symptom, failing }: Asked): string | undefined {
  switch (kind) {
    case 's3-bucket':
    case 's3-account-block':
    case 's3-organization-policy':
      return undefined;
    case 'waf-ip-set':
    case 'waf-web-acl':
      return `failing calls go to the S3 API, on which no web ACL stands${addressText(failing)}`;
    case 'cloudfront-distribution':
      return `failing calls go to ${symptom.isWebsite === true ? 'the website endpoint' : 'the S3 API'} itself, not through distribution ${id}`;
    default:
      return `a ${kind} decides nothing about requests to a bucket`;
  }
}

function addressText(failing: readonly Use[]): string {
  const addresses = [...new Set(failing.flatMap((use) => use.addresses))];
  return addresses.length === 0 ? '' : ` (they come from ${addresses.slice(0, MOST_REASONS).join(', ')})`;
}

function judgeReplayed(replayed: ReplayedChange, asked: Asked): Result {
  const { change } = replayed;
  const out = (reason: RuledOut, says: string): RuledOutChange => ({ change, reason, says });
  const failedAt = failedAtIn(change, asked);
  if (isTakenBackBy(change, asked.changes, failedAt)) return out('taken-back', TAKEN_BACK_TEXT);
  const effect = effectOn(replayed, asked);
  if (effect.is === 'none') return out(effect.reason, effect.says);
  if (isTakenBack(effect.rows, replayed, { ...asked, failedAt })) return out('taken-back', TAKEN_BACK_TEXT);
  const proof = proofIn(asked.failing, change);
  const isNamed = isNamedIn(asked.symptom, change);
  // What is refused for another reason is another matter.
  const own = proof === undefined ? asked.failing : asked.failing.filter((use) => refusedBy(use) === proof);
  const onset = onsetOf(own, Date.parse(earliestOf(change)), asked.evidence);
  const contradiction = contradictionOf({ change, onset, rows: effect.rows, isOfSome: effect.isOfSome }, asked);
  if (contradiction !== undefined) return out(contradiction.reason, contradiction.says);
  return {
    change,
    fit: isFailureNamed(asked.symptom) && (effect.isSure || proof !== undefined || isNamed) ? 'explains' : 'may',
    isProven: proof !== undefined || isNamed,
    reasons: [...proofTexts(proof, asked.symptom, isNamed), ...effect.reasons],
    ...(onset === undefined ? {} : { onset }),
  };
}

/** When it failed, for a change that may have been taken back since: of what lasts, the first such failure since the change. */
function failedAtIn(change: WatchedChange, { failing, evidence, symptom }: Asked): string {
  if (symptom.isLasting !== true) return symptom.at;
  return onsetOf(failing, Date.parse(earliestOf(change)), evidence)?.firstAt ?? symptom.at;
}

const TAKEN_BACK_TEXT = 'it was taken back before the failure';

/** Does nothing of what it refused stand refused any more, when the failure was seen? */
function isTakenBack(
  rows: readonly string[],
  replayed: ReplayedChange,
  { replayed: all, judge, failedAt }: Pick<Asked, 'replayed' | 'judge'> & { readonly failedAt: string },
): boolean {
  const until = [...all.values()].filter(({ change }) => earliestOf(change) <= failedAt);
  const last = until.at(-1);
  const [before, then] = [momentIn(replayed.before), last && momentIn(last.after)];
  if (rows.length === 0 || before === undefined || then === undefined) return false;
  const still = new Set(
    (judge.flipsBetween?.(before, then) ?? []).filter((flip) => worsens(flip) !== 'no').map(({ row }) => row),
  );
  return rows.every((row) => !still.has(row));
}
