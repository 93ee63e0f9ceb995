import type { Alert } from '#core/alert.ts';
import { isPast } from '#core/finding-record.ts';
import { proofWord } from '#core/recovery-proof.ts';
import type { FailureGroup } from '#core/symptom/impact.ts';
import { durationOf, headlineOf, timeIn } from './alert-words.ts';
import { callerOf } from './evidence-lines.ts';
import { plural } from './page.ts';
import { printable } from './printable.ts';

const MOST_GROUPS = 5;

/** What is told of one alert to others: ready to be pasted, every time and count computed from what was read. */
export interface Paragraphs {
  /** For the postmortem, with the zone of each time. */
  readonly postmortem: string;
  /** For the status page, in customers' words; nothing where nobody is known to be hit. */
  readonly statusPage?: string;
}

/** A paragraph for the postmortem, and one for the status page. */
export function paragraphsOf(alert: Alert, timeZone: string): Paragraphs {
  const statusPage = statusPageOf(alert, timeZone);
  return { postmortem: postmortemOf(alert, timeZone), ...(statusPage === undefined ? {} : { statusPage }) };
}

/** When it was changed: as the call says, else as it was first read. */
function changedAt({ causes, since }: Alert): { readonly at: string; readonly isCalled: boolean } {
  const called = causes.find(({ at, call }) => at !== undefined && call !== undefined)?.at;
  return called === undefined ? { at: since, isCalled: false } : { at: called, isCalled: true };
}

function postmortemOf(alert: Alert, timeZone: string): string {
  const { account, causes, evidence, finding, at: toldAt, status } = alert;
  const { at, isCalled } = changedAt(alert);
  const [cause] = causes;
  const who = cause?.who === undefined ? 'by whom is not known' : `by ${printable(cause.who)}`;
  const call = cause?.call === undefined ? '' : `, with ${printable(cause.call)}`;
  const changed = isPast(status) ? headlineOf({ ...alert, status: 'opened' }) : headlineOf(alert);
  const told = status === 'opened' ? ` Plumbline told of it ${durationOf(at, toldAt)} later.` : '';
  return [
    `${isCalled ? 'At' : 'Before'} ${timeIn(at, timeZone)} in account ${account}: ${changed}, ${who}${call} (finding ${finding}).${told}`,
    ...failuresText(evidence?.impact.failures ?? [], timeZone),
    ...recoveryText(alert, at, timeZone),
    ...(evidence === undefined
      ? ['No logs of use were read, so how many requests failed is not known.']
      : ["Counts are what the logs have; S3's access logs may miss some."]),
  ].join(' ');
}

function failuresText(failures: readonly FailureGroup[], timeZone: string): readonly string[] {
  if (failures.length === 0) return [];
  const count = failures.reduce((sum, group) => sum + group.failures, 0);
  const times = failures.flatMap(({ firstAt, lastAt }) => [firstAt, lastAt]).sort();
  const shown = failures
    .slice(0, MOST_GROUPS)
    .map((group) => printable(`${group.failures} ${group.operation} on ${group.bucket} by ${callerOf(group)}`));
  const more = failures.length - shown.length;
  return [
    `From ${timeIn(times[0] ?? '', timeZone)} to ${timeIn(times.at(-1) ?? '', timeZone)} the logs have ${plural(count, 'refused request')}: ${shown.join('; ')}${more > 0 ? `; and ${plural(more, 'more group')}` : ''}.`,
  ];
}

function recoveryText(alert: Alert, changed: string, timeZone: string): readonly string[] {
  if (!isPast(alert.status)) return [];
  const closed = closedAt(alert.members);
  if (closed === undefined) return [];
  const worked = workedAt(alert).toSorted()[0];
  return [
    `It was read as it should be again at ${timeIn(closed, timeZone)}, ${durationOf(changed, closed)} after the change.`,
    ...(worked === undefined ? [] : [`The first such request that worked again is of ${timeIn(worked, timeZone)}.`]),
  ];
}

/** When those who were refused worked again, as far as it is seen: the first time of each. */
function workedAt({ status, evidence }: Pick<Alert, 'status' | 'evidence'>): readonly string[] {
  return status === 'proved'
    ? (evidence?.proof?.groups.flatMap(({ provedAt }) => provedAt ?? []) ?? [])
    : (evidence?.impact.failures ?? []).flatMap(({ workedAgainAt }) => workedAgainAt ?? []);
}

function closedAt(members: Alert['members']): string | undefined {
  return latest(members.map(({ record }) => record.closedAt ?? record.drift.takenAt));
}

function latest(times: readonly string[]): string | undefined {
  return times.toSorted().at(-1);
}

/**
 * When it was over: when it was read as taken back, and never before the last failure. Who tries once an hour is seen to work an hour later, and
 * was not shut out for that hour; but where each of them worked before that reading, when the last of them did.
 */
function endOf(alert: Alert, failures: readonly FailureGroup[]): string {
  const { members, at } = alert;
  const over = latest([closedAt(members) ?? at, ...failures.map(({ lastAt }) => lastAt)]) ?? at;
  const worked = workedAt(alert);
  const seen = worked.length === failures.length ? latest(worked) : undefined;
  return seen !== undefined && seen < over ? seen : over;
}

/** No name of a service, a bucket or a setting: who reads it knows none of them. */
function statusPageOf(alert: Alert, timeZone: string): string | undefined {
  const failures = alert.evidence?.impact.failures ?? [];
  const first = failures.map(({ firstAt }) => firstAt).sort()[0];
  if (first === undefined) return undefined;
  const what = whatFails(failures);
  const from = timeIn(first, timeZone);
  const word = alert.status === 'proved' && alert.evidence?.proof !== undefined ? proofWord(alert.evidence.proof) : '';
  // Who is refused still is told of nothing that is over.
  if (word === 'still-failing') return undefined;
  if (!isPast(alert.status))
    return `Since ${from}, ${what} fail for some of you. We know what changed and are working on it; we will tell you here when it is over.`;
  const end = endOf(alert, failures);
  return `From ${from} to ${timeIn(end, timeZone)} (${durationOf(first, end)}), ${what} failed for some of you. The cause has been removed. What failed in that time was not stored: please try it again.`;
}

function whatFails(failures: readonly FailureGroup[]): string {
  const isWrite = ({ operation }: FailureGroup): boolean => /^(Put|Copy|Post|Create|Upload|Delete)/.test(operation);
  const writes = failures.some(isWrite);
  const reads = failures.some((group) => !isWrite(group));
  return writes && reads
    ? 'uploads, exports and downloads of some files'
    : writes
      ? 'uploads and exports of some files'
      : 'downloads of some files';
}
