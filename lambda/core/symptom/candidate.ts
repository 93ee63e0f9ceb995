import { refusedBy } from '../evidence/refusal.ts';
import type { Evidence, Use } from '../evidence/uses.ts';
import { worsens } from '../evidence/verdicts.ts';
import { EXISTS } from '../declaration.ts';
import type { KindJudge, Moment } from '../judge.ts';
import { isJsonObject } from '../json.ts';
import type { ResourceRef } from '../reference.ts';
import type { Flip } from '../s3/access-change.ts';
import type { UseRows } from '../s3/use-rows.ts';
import type { Onset, RuledOut, RuledOutChange, SymptomCause } from './answer.ts';
import { onsetOf, splitAt, type UsesOfSymptom } from './onset.ts';
import { refusalsByPolicy } from './policy-denial.ts';
import type { MaybeMoment, ReplayedChange } from './replay.ts';
import type { Symptom } from './symptom.ts';
import { isDeciding, isTakenBackBy, onlyOpens } from './value-change.ts';
import { earliestOf, type WatchedChange } from './watched-change.ts';
import { judgeWithoutBucket } from './without-bucket.ts';

/** Everything that one change is judged by. */
export interface Asked extends UsesOfSymptom {
  readonly symptom: Symptom;
  readonly account: string;
  readonly changes: readonly WatchedChange[];
  readonly judge: KindJudge;
  readonly evidence?: Evidence | undefined;
  /** The bucket that it was seen at, where one is named and known. */
  readonly ref: ResourceRef | undefined;
  /** The changes of it and of what its meaning depends on, by id, in the order of time. */
  readonly replayed: ReadonlyMap<string, ReplayedChange>;
}

type Result = SymptomCause | RuledOutChange;

/** Settings reach all regions within minutes, and not at once (aws-facts §1.2): what still worked so long after proves nothing. */
const SETTLING_MS = 10 * 60_000;
/** Clocks of services differ by less. */
const CLOCK_MS = 60_000;
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
  if (isTakenBackBy(change, asked.changes, asked.symptom.at)) return out('taken-back', TAKEN_BACK_TEXT);
  const effect = effectOn(replayed, asked);
  if (effect.is === 'none') return out(effect.reason, effect.says);
  if (isTakenBack(effect.rows, replayed, asked)) return out('taken-back', TAKEN_BACK_TEXT);
  const proof = proofOf(change, asked.failing);
  // What is refused for another reason is another matter.
  const own = proof === undefined ? asked.failing : asked.failing.filter((use) => refusedBy(use) === proof);
  const onset = onsetOf(own, Date.parse(earliestOf(change)), asked.evidence);
  const contradiction = contradictionOf({ change, onset, rows: effect.rows }, asked);
  if (contradiction !== undefined) return out(contradiction.reason, contradiction.says);
  return {
    change,
    fit: effect.isSure || proof !== undefined ? 'explains' : 'may',
    isProven: proof !== undefined,
    reasons: [
      ...(proof === undefined ? [] : [`the error's own text names ${proof}, which this change turned on`]),
      ...effect.reasons,
    ],
    ...(onset === undefined ? {} : { onset }),
  };
}

const TAKEN_BACK_TEXT = 'it was taken back before the failure';

type EffectOn =
  | { readonly is: 'none'; readonly reason: RuledOut; readonly says: string }
  | {
      readonly is: 'some';
      readonly isSure: boolean;
      readonly reasons: readonly string[];
      /** The rows of S3's table that it refuses; none where a statement of a policy is what refuses. */
      readonly rows: readonly string[];
    };

const none = (reason: RuledOut, says: string): EffectOn => ({ is: 'none', reason, says });
const may = (says: string): EffectOn => ({ is: 'some', isSure: false, reasons: [says], rows: [] });

/** What the change does to requests of the sort that failed. */
function effectOn(replayed: ReplayedChange, asked: Asked): EffectOn {
  const { change } = replayed;
  if (change.path === EXISTS) return effectOfExistence(change, asked.symptom);
  const [before, after] = [momentIn(replayed.before), momentIn(replayed.after)];
  if (before === undefined || after === undefined)
    return may('what it does to this bucket cannot be computed: what the bucket was then is not known');
  const byPolicy = refusedByPolicy(change, asked.symptom);
  const flips = asked.judge.flipsBetween?.(before, after) ?? [];
  const worse = flips.filter((flip) => worsens(flip) !== 'no');
  const wanted = rowsOfSymptom(asked, before);
  const fitting = worse.filter(({ row }) => wanted.has(row));
  const withError = fitting.filter((flip) => isErrorOf(flip, asked.symptom));
  if (withError.length > 0)
    return {
      is: 'some',
      isSure: isTold(asked) && withError.some((flip) => worsens(flip) === 'yes'),
      reasons: [...withError.slice(0, MOST_REASONS).map(reasonOf), ...byPolicy],
      rows: withError.map(({ row }) => row),
    };
  // What was refused with another error before it flips nothing, and is refused with this one since.
  if (asked.symptom.error === ACLS_ARE_OFF && turnsAclsOff(change))
    return { is: 'some', isSure: true, reasons: [ACLS_OFF_TEXT], rows: [] };
  if (byPolicy.length > 0 && isRefusal(asked.symptom))
    return { is: 'some', isSure: false, reasons: byPolicy, rows: [] };
  if (flips.length === 0) return effectOfNoFlip(change);
  if (worse.length === 0) return none('opens', 'it refuses nothing: it only lets more in');
  return none('cannot-refuse', fitting.length > 0 ? otherErrorText(fitting) : otherRequestsText(worse));
}

/** What S3 answers to whatever carries an ACL, once a bucket's ACLs are off (aws-facts §1.6). */
const ACLS_ARE_OFF = 'AccessControlListNotSupported';
const ACLS_OFF_TEXT = `the bucket's ACLs are off since: what carries one is refused with 400 ${ACLS_ARE_OFF}`;

function turnsAclsOff({ path, before, after }: WatchedChange): boolean {
  const isOff = (reading: WatchedChange['after']): boolean =>
    reading.status === 'present' && reading.value === 'BucketOwnerEnforced';
  return path === 'ownership' && isOff(after) && !isOff(before);
}

/** Is it known what sort of request failed? An application's own error tells a bucket at most. */
function isTold({ symptom: { operation, isWebsite }, failing }: Asked): boolean {
  return operation !== undefined || isWebsite === true || failing.length > 0;
}

/** Nothing of S3's table moved: what a policy says to whom it names moves none of its rows. */
function effectOfNoFlip(change: WatchedChange): EffectOn {
  if (!isDeciding(change)) return none('cannot-refuse', 'it is no setting by which S3 refuses anything');
  if (change.path !== 'policy') return none('no-effect', noEffectText(change));
  return onlyOpens(change)
    ? none('opens', 'it refuses nothing: it only lets more in')
    : none('cannot-refuse', 'its statements refuse other operations alone');
}

function momentIn({ state, context }: MaybeMoment): Moment | undefined {
  return state === undefined ? undefined : { state, context };
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

function refusedByPolicy(change: WatchedChange, { operation }: Symptom): readonly string[] {
  if (change.path !== 'policy') return [];
  return refusalsByPolicy(change, operation).map(({ by, sid }) => {
    const name = sid === undefined ? 'a statement' : `the statement ${sid}`;
    return by === 'deny-added'
      ? `${name} of the bucket policy is new, and denies what failed to whom it names`
      : `${name} of the bucket policy is gone, which allowed what failed to whom it named`;
  });
}

function isRefusal({ error, status }: Symptom): boolean {
  return (error === undefined || error === 'AccessDenied' || error === 'AllAccessDisabled') && (status ?? 403) === 403;
}

/** By which rows the failing requests came in: of those that the logs have, else of any request of that name. */
function rowsOfSymptom({ symptom, failing, judge }: Asked, { state, context }: Moment): ReadonlySet<string> {
  const rowsOf = (use: Use): UseRows => judge.rowsOfUse?.(use, state, context) ?? { is: [], oneOf: [] };
  const all = (rows: readonly UseRows[]): readonly string[] =>
    rows.flatMap(({ is, oneOf }) => [...is, ...oneOf.flat()]);
  const seen = failing.map(rowsOf).filter((rows) => all([rows]).length > 0);
  return new Set(all(seen.length > 0 ? seen : anyUses(symptom).map(rowsOf)));
}

const NEVER = { count: 0, firstAt: 0, lastAt: 0 };

/** Every sort of request that the symptom may be, where no log tells: by whomever, with whatever ACL. */
function anyUses({ operation, bucket = '', isWebsite }: Symptom): readonly Use[] {
  const operations = operation === undefined ? ['PutObject', 'PutObjectAcl', 'GetObject', 'ListObjects'] : [operation];
  const requesters: readonly Use['requester'][] = [
    { is: 'principal', name: 'any' },
    { is: 'principal', name: 'of another account', account: 'another' },
    ...(operation === 'PutObject' || operation === 'PutObjectAcl' ? [] : [{ is: 'anonymous' } as const]),
  ];
  const via = isWebsite === true ? 'website' : 'api';
  return operations.flatMap((one) =>
    requesters.flatMap((requester) =>
      (['not-told', 'none-or-owner'] as const).flatMap((acl) =>
        [false, true].map((isPresigned): Use => ({
          bucket,
          operation: one,
          requester,
          via,
          isPresigned,
          acl,
          aclRequired: undefined,
          sources: [],
          all: NEVER,
          spans: [],
          addresses: [],
          hasMoreAddresses: false,
          userAgents: [],
        })),
      ),
    ),
  );
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

/** Does nothing of what it refused stand refused any more, when the failure was seen? */
function isTakenBack(
  rows: readonly string[],
  replayed: ReplayedChange,
  { replayed: all, symptom, judge }: Asked,
): boolean {
  const until = [...all.values()].filter(({ change }) => earliestOf(change) <= symptom.at);
  const last = until.at(-1);
  const [before, then] = [momentIn(replayed.before), last && momentIn(last.after)];
  if (rows.length === 0 || before === undefined || then === undefined) return false;
  const still = new Set(
    (judge.flipsBetween?.(before, then) ?? []).filter((flip) => worsens(flip) !== 'no').map(({ row }) => row),
  );
  return rows.every((row) => !still.has(row));
}

interface Suspected {
  readonly change: WatchedChange;
  readonly onset: Onset | undefined;
  readonly rows: readonly string[];
}

/** What the logs say against it. */
function contradictionOf(
  { change, onset, rows }: Suspected,
  { failing, working, evidence, symptom, judge, replayed }: Asked,
): { readonly reason: RuledOut; readonly says: string } | undefined {
  if (evidence === undefined) return undefined;
  const at = Date.parse(change.at);
  const earliest = Date.parse(earliestOf(change));
  const until = Date.parse(symptom.at) + CLOCK_MS;
  const began = splitAt(failing, earliest, evidence.marks);
  // Somebody is always refused somewhere: it speaks against the change only where nobody is refused since who was not before.
  const isNew = failing.some((use) => isOnlySince(use, earliest, evidence));
  if (!isNew && began.before.count > 0 && began.before.firstAt < earliest - CLOCK_MS)
    return { reason: 'began-before', says: `such requests failed before it, since ${iso(began.before.firstAt)}` };
  const before = replayed.get(change.id)?.before.state;
  const context = replayed.get(change.id)?.before.context ?? {};
  // Only a request that this change would refuse for sure speaks against it.
  const alike = working.filter((use) => {
    // By which statement of a policy a request came in, no row tells: then those of who fails now count.
    if (rows.length === 0) return failing.some(({ requester }) => isSameRequester(requester, use.requester));
    if (before === undefined) return false;
    const { is = [], oneOf = [] } = judge.rowsOfUse?.(use, before, context) ?? {};
    const isShut = (row: string): boolean => rows.includes(row);
    return is.some(isShut) || oneOf.some((group) => group.every(isShut));
  });
  const { since } = splitAt(alike, at, evidence.marks);
  const worked = Math.min(since.lastAt, until);
  if (
    since.count === 0 ||
    worked < at + SETTLING_MS ||
    (onset !== undefined && Date.parse(onset.firstAt) < since.firstAt)
  )
    return undefined;
  return { reason: 'worked-since', says: `such requests worked after it, until ${iso(since.lastAt)}` };
}

function isSameRequester(one: Use['requester'], other: Use['requester']): boolean {
  return one.is === other.is && ('name' in one ? one.name : '') === ('name' in other ? other.name : '');
}

function isOnlySince(use: Use, at: number, { marks }: Evidence): boolean {
  const { before, since } = splitAt([use], at, marks);
  return since.count > 0 && (before.count === 0 || before.firstAt >= at - CLOCK_MS);
}

/** What the error's text names, if this change turned that on. */
function proofOf(change: WatchedChange, failing: readonly Use[]): string | undefined {
  const named = new Set(failing.flatMap((use) => refusedBy(use) ?? []));
  return [...named].find((name) => {
    if (name === 'BucketOwnerEnforced') return turnsAclsOff(change);
    return isOn(change.after, name) && !isOn(change.before, name);
  });
}

function isOn(reading: WatchedChange['after'], flag: string): boolean {
  return reading.status === 'present' && isJsonObject(reading.value) && reading.value[flag] === true;
}

function iso(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
