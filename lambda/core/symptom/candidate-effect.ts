import { worsens } from '../evidence/verdicts.ts';
import { EXISTS } from '../declaration.ts';
import type { Moment } from '../judge.ts';
import type { Flip } from '../s3/access-change.ts';
import type { RuledOut } from './answer.ts';
import type { Asked } from './asked.ts';
import { refusalsByPolicy, type PolicyRefusal } from './policy-denial.ts';
import { momentIn, type ReplayedChange } from './replay.ts';
import { isShutBy, rowsOfSymptom } from './symptom-rows.ts';
import type { Symptom } from './symptom.ts';
import { isDeciding, onlyOpens } from './value-change.ts';
import type { WatchedChange } from './watched-change.ts';

const MOST_REASONS = 3;

/** What a change does to requests of the sort that failed. */
export type EffectOn =
  | { readonly is: 'none'; readonly reason: RuledOut; readonly says: string }
  | {
      readonly is: 'some';
      readonly isSure: boolean;
      readonly reasons: readonly string[];
      /** The rows of S3's table that it refuses; none where a statement of a policy is what refuses. */
      readonly rows: readonly string[];
      /** Only what some such requests need besides is refused by it. */
      readonly isOfSome?: true;
    };

const none = (reason: RuledOut, says: string): EffectOn => ({ is: 'none', reason, says });
const may = (says: string): EffectOn => ({ is: 'some', isSure: false, reasons: [says], rows: [] });

/** What the change does to requests of the sort that failed. Pure. */
export function effectOn(replayed: ReplayedChange, asked: Asked): EffectOn {
  const { change } = replayed;
  if (change.path === EXISTS) return effectOfExistence(change, asked.symptom);
  const [before, after] = [momentIn(replayed.before), momentIn(replayed.after)];
  if (before === undefined || after === undefined)
    return may('what it does to this bucket cannot be computed: what the bucket was then is not known');
  const refusals = change.path === 'policy' ? refusalsByPolicy(change, asked.symptom.operation) : [];
  const flips = asked.judge.flipsBetween?.(before, after) ?? [];
  const worse = flips.filter((flip) => worsens(flip) !== 'no');
  const wanted = rowsOfSymptom(asked, before);
  const fitting = worse.filter(({ row }) => wanted.has(row));
  const withError = fitting.filter((flip) => isErrorOf(flip, asked.symptom));
  if (withError.length > 0)
    return {
      is: 'some',
      isSure: isRefusedForSure(withError, { asked, moment: before, wanted }),
      reasons: [...withError.slice(0, MOST_REASONS).map(reasonOf), ...refusals.map(refusalText)],
      rows: withError.map(({ row }) => row),
    };
  // What was refused with another error before it flips nothing, and is refused with this one since.
  if (asked.symptom.error === ACLS_ARE_OFF && turnsAclsOff(change))
    return { is: 'some', isSure: true, reasons: [ACLS_OFF_TEXT], rows: [] };
  if (refusals.length > 0 && isRefusal(asked.symptom)) return effectByPolicy(refusals);
  if (flips.length === 0) return effectOfNoFlip(change);
  if (worse.length === 0) return none('opens', 'it refuses nothing: it only lets more in');
  return none('cannot-refuse', fitting.length > 0 ? otherErrorText(fitting) : otherRequestsText(worse));
}

/** Whom a statement names, and under what conditions, no log tells. */
function effectByPolicy(refusals: readonly PolicyRefusal[]): EffectOn {
  const isOfSome = refusals.every((refusal) => refusal.isOfSome === true);
  return {
    is: 'some',
    isSure: false,
    reasons: refusals.map(refusalText),
    rows: [],
    ...(isOfSome ? { isOfSome } : {}),
  };
}

/** What S3 answers to whatever carries an ACL, once a bucket's ACLs are off (aws-facts §1.6). */
const ACLS_ARE_OFF = 'AccessControlListNotSupported';
const ACLS_OFF_TEXT = `the bucket's ACLs are off since: what carries one is refused with 400 ${ACLS_ARE_OFF}`;

/** Did the change turn a bucket's ACLs off? */
export function turnsAclsOff({ path, before, after }: WatchedChange): boolean {
  const isOff = (reading: WatchedChange['after']): boolean =>
    reading.status === 'present' && reading.value === 'BucketOwnerEnforced';
  return path === 'ownership' && isOff(after) && !isOff(before);
}

/** Errors that S3 answers with for many reasons; any other code tells why it refused (aws-facts §1.5, §1.6). */
const PLAIN: ReadonlySet<string> = new Set(['AccessDenied', 'AllAccessDisabled']);

interface OfSymptom {
  readonly asked: Asked;
  readonly moment: Moment;
  /** The rows of which what failed may be. */
  readonly wanted: ReadonlySet<string>;
}

/**
 * Is what failed of a row that is shut: by a log, by the error's code, or since all that it may be is shut? Else it may have been a request that the
 * change lets through, such as an upload without an ACL (aws-facts §3.2, W0).
 */
function isRefusedForSure(flips: readonly Flip[], { asked, moment, wanted }: OfSymptom): boolean {
  const { symptom, failing, judge } = asked;
  const shut = new Set(flips.filter((flip) => worsens(flip) === 'yes').map(({ row }) => row));
  if (shut.size === 0) return false;
  if (symptom.error !== undefined && !PLAIN.has(symptom.error)) return true;
  return [...wanted].every((row) => shut.has(row)) || failing.some((use) => isShutBy(shut, { use, judge, moment }));
}

/** Nothing of S3's table moved: what a policy says to whom it names moves none of its rows. */
function effectOfNoFlip(change: WatchedChange): EffectOn {
  if (!isDeciding(change)) return none('cannot-refuse', 'it is no setting by which S3 refuses anything');
  if (change.path !== 'policy') return none('no-effect', noEffectText(change));
  return onlyOpens(change)
    ? none('opens', 'it refuses nothing: it only lets more in')
    : none('cannot-refuse', 'its statements refuse other operations alone');
}

function effectOfExistence({ after }: WatchedChange, { error, status }: Symptom): EffectOn {
  if (after.status === 'present') return none('opens', 'it made the bucket: it refuses nothing that worked before');
  const isOther = (error !== undefined && error !== 'NoSuchBucket') || (status !== undefined && status !== 404);
  return isOther
    ? none('cannot-refuse', 'a bucket that is gone answers 404 NoSuchBucket, which is another error')
    : {
        is: 'some',
        isSure: true,
        reasons: ['the bucket is gone: whatever asks for it gets 404 NoSuchBucket'],
        rows: [],
      };
}

function refusalText({ by, sid, isOfSome }: PolicyRefusal): string {
  const name = sid === undefined ? 'a statement' : `the statement ${sid}`;
  const what =
    isOfSome === true ? 'what some such requests need besides, as one that sets an ACL does,' : 'what failed';
  return by === 'deny-added'
    ? `${name} of the bucket policy is new, and denies ${what} to whom it names`
    : `${name} of the bucket policy is gone, which allowed ${what} to whom it named`;
}

function isRefusal({ error, status }: Symptom): boolean {
  return (error === undefined || error === 'AccessDenied' || error === 'AllAccessDisabled') && (status ?? 403) === 403;
}

/** Does the flip end in the error that was seen? */
function isErrorOf({ after }: Flip, { error, status }: Symptom): boolean {
  if (after.outcome === 'unknown') return true;
  // Accepted, and nobody can read it: whoever uploads sees no error.
  if (after.outcome !== 'denied') return error === undefined && status === undefined;
  const codes = [after.code, ...(after.or === undefined ? [] : [after.or.code])];
  const statuses: readonly number[] = [after.http, ...(after.or === undefined ? [] : [after.or.http])];
  return (error === undefined || codes.includes(error)) && (status === undefined || statuses.includes(status));
}

function reasonOf({ title, after }: Flip): string {
  switch (after.outcome) {
    case 'denied':
      return `${title}: refused since with ${after.http} ${after.code}`;
    case 'silently-useless':
      return `${title}: accepted since, and nobody can read what it stored`;
    case 'unknown':
      return `${title}: whether it is refused since is not known (${after.why})`;
    case 'allowed':
      return `${title}: allowed`;
  }
}

function noEffectText({ ref: { kind }, path }: WatchedChange): string {
  return kind === 's3-account-block' || path === 'publicAccessBlock'
    ? 'on this bucket nothing moved by it: another level had it already, or nothing here depends on it'
    : 'nothing that S3 refuses or allows on this bucket moved by it';
}

function otherErrorText(fitting: readonly Flip[]): string {
  const ways = new Set(
    fitting.map(({ after }) => (after.outcome === 'denied' ? `with ${after.http} ${after.code}` : 'with no error')),
  );
  return `it refuses such requests ${[...ways].join(' or ')}, which is another error`;
}

function otherRequestsText(worse: readonly Flip[]): string {
  const titles = [...new Set(worse.map(({ title }) => title.toLowerCase()))];
  const more = titles.length - MOST_REASONS;
  return `it refuses other requests alone: ${titles.slice(0, MOST_REASONS).join('; ')}${more > 0 ? ` and ${more} more` : ''}`;
}
