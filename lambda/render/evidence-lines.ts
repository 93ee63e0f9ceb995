import type { Alert } from '#core/alert.ts';
import { missingFrom, urgencyOf, type AlertEvidence, type Urgency } from '#core/alert-evidence.ts';
import { isPast } from '#core/finding-record.ts';
import type { FlipVerdict } from '#core/evidence/verdicts.ts';
import type { FailureGroup } from '#core/symptom/impact.ts';
import { durationOf, timeIn } from './alert-words.ts';
import { clock } from './clock.ts';
import { plural } from './page.ts';
import { printable } from './printable.ts';
import { callerLine } from './verdict-lines.ts';

/** Groups of failures, and callers, before the rest is counted. */
const MOST_GROUPS = 8;
const MOST_CALLERS = 8;
const MOST_NAMED = 6;
const MOST_PROBLEMS = 3;

/** Whether it is about people who are refused something: whatever else it does. */
function mayBreak({ breakage }: Pick<Alert, 'breakage'>): boolean {
  return breakage === 'breaks' || breakage === 'may-break' || breakage === 'unknown';
}

/** Are customers hit right now? The first thing that whoever is woken must know; nothing where nobody can be. */
export function urgencyLine(
  alert: Pick<Alert, 'evidence' | 'at' | 'breakage' | 'status' | 'against'>,
): string | undefined {
  if (alert.against === 'deployed' || !mayBreak(alert)) return undefined;
  if (isPast(alert.status)) return stillRefusedLine(alert);
  const urgency = urgencyOf(alert.evidence, alert.at);
  switch (urgency.affected) {
    case 'yes':
      return `Customers affected now: yes${urgency.isNotKnownSince === true ? ` until ${clock(urgency.lastAt)}, not known since` : ''}: ${plural(urgency.failures, 'failure')} in ${minutesText(urgency.minutes)}.`;
    case 'no-sign':
      return `Customers affected now: no sign of it in the logs, ${minutesText(urgency.minutes)} after the change.`;
    case 'not-known':
      return `Customers affected now: not known: ${notKnownText(urgency)}.`;
  }
}

/** What there is of the logs, and that it is not all. */
function notKnownText({ why, noSign }: Extract<Urgency, { affected: 'not-known' }>): string {
  if (noSign === undefined) return why;
  const { buckets, of, until } = noSign;
  return `no sign of it in the logs of ${buckets} of ${of} buckets until ${clock(until)}; ${why}`;
}

/** That what was taken back did not help everybody. */
function stillRefusedLine({ status, evidence }: Pick<Alert, 'status' | 'evidence'>): string | undefined {
  const failing = (evidence?.proof?.groups ?? []).reduce((sum, { stillFailing }) => sum + stillFailing, 0);
  return status === 'proved' && failing > 0
    ? `Customers affected now: yes: ${plural(failing, 'failure')} after it was taken back.`
    : undefined;
}

function minutesText(minutes: number): string {
  return minutes < 120
    ? `${minutes} min`
    : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** Who is refused what since the change, and how sure it is that the change is why. */
export function failureLines(evidence: AlertEvidence | undefined, timeZone: string): readonly string[] {
  if (evidence === undefined) return [];
  const { impact } = evidence;
  const shown = impact.failures.slice(0, MOST_GROUPS);
  const more = impact.failures.length - shown.length;
  return [
    ...shown.flatMap((group) => groupLines(group, { timeZone, ...impact })),
    ...(more > 0 ? [`and ${plural(more, 'more group')} of failures: the whole alert has them`] : []),
    ...otherLines(impact.others),
    ...notReadLines(evidence),
  ];
}

/** What nobody looked at, so that nobody takes the rest for all there is. */
function notReadLines({ impact: { notLookedAt }, summary }: AlertEvidence): readonly string[] {
  const problems = summary.looked ? summary.problems : [];
  const more = problems.length - MOST_PROBLEMS;
  return [
    ...(notLookedAt === undefined
      ? []
      : [
          `${plural(notLookedAt.groups, 'more group')} with ${plural(notLookedAt.failures, 'failure')} since then were put beside no change: whose they are is not known`,
        ]),
    ...problems.slice(0, MOST_PROBLEMS).map(({ where, says }) => `Not read: ${printable(where)}: ${printable(says)}`),
    ...(more > 0 ? [`and ${more} more that could not be read: the whole alert has them`] : []),
  ];
}

interface Clock {
  readonly timeZone: string;
  /** When the change was made, or the earliest that it can have been. */
  readonly since: string;
  readonly madeBy?: string;
}

function groupLines(group: FailureGroup, { timeZone, since, madeBy }: Clock): readonly string[] {
  const { bucket, operation, error, failures, firstAt, lastAt, isProven } = group;
  return [
    printable(`${callerOf(group)}: ${operation} on ${bucket} refused ${times(failures)} (${error})`),
    `  first at ${timeIn(firstAt, timeZone)}, ${madeBy === undefined ? afterText(since, firstAt) : 'and when the change was made is not known'}; last at ${timeIn(lastAt, timeZone)}`,
    `  before: ${beforeText(group)}`,
    ...(isProven ? ["  the error's own text names what was turned on: this change is the cause"] : []),
  ];
}

/** The application and whose it is, and who called. */
export function callerOf({
  application,
  owner,
  caller,
  account,
}: Pick<FailureGroup, 'application' | 'owner' | 'caller' | 'account'>): string {
  const named =
    application === undefined ? caller : `${application}${owner === undefined ? '' : ` (${owner})`}, ${caller}`;
  return account === undefined ? named : `${named} of account ${account}`;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

function afterText(since: string, firstAt: string): string {
  const seconds = Math.round((Date.parse(firstAt) - Date.parse(since)) / 1000);
  return seconds < 120
    ? `${Math.max(0, seconds)} s after the change`
    : `${durationOf(since, firstAt)} after the change`;
}

function beforeText({ failuresBefore, loggedBeforeMs, workedBefore }: FailureGroup): string {
  if (loggedBeforeMs < 60_000) return 'the logs do not reach back';
  const period = minutesText(Math.round(loggedBeforeMs / 60_000));
  return `${plural(failuresBefore, 'such failure')} in the ${period} that the logs have; ${times(workedBefore)} it worked`;
}

function otherLines(others: readonly FailureGroup[]): readonly string[] {
  return [
    ...countedLines(
      others.filter(({ isOfUnknown }) => isOfUnknown !== true),
      'which this change does not explain',
    ),
    ...countedLines(
      others.filter(({ isOfUnknown }) => isOfUnknown === true),
      'to buckets of which nothing is known: whether this change is why is not known either',
    ),
  ];
}

function countedLines(groups: readonly FailureGroup[], says: string): readonly string[] {
  if (groups.length === 0) return [];
  const count = groups.reduce((sum, { failures }) => sum + failures, 0);
  const buckets = [...new Set(groups.map(({ bucket }) => printable(bucket)))];
  const named = buckets.slice(0, MOST_NAMED).join(', ');
  return [
    `${plural(count, 'other failure')} since then, ${says} (on ${named}${buckets.length > MOST_NAMED ? ' and others' : ''})`,
  ];
}

/** Who was seen doing before what is refused now, and of what nothing is known. */
export function useLines(evidence: AlertEvidence | undefined, ownAccount: string): readonly string[] {
  if (evidence === undefined) return [];
  const { verdicts } = evidence;
  const seen = verdicts.filter(({ word }) => word === 'will-break');
  const callers = seen.flatMap(({ refs, uses }) =>
    uses.map((use) => `${printable(refs.map(({ id }) => id).join(', '))}: ${callerLine(use, ownAccount)}`),
  );
  const shown = [...new Set(callers)].slice(0, MOST_CALLERS);
  const more = new Set(callers).size - shown.length;
  return [
    ...shown,
    ...(more > 0 ? [`and ${plural(more, 'more caller')}: the whole alert has them`] : []),
    ...notSeenLines(verdicts),
  ];
}

function notSeenLines(verdicts: readonly FlipVerdict[]): readonly string[] {
  const hit = new Set(
    verdicts.filter(({ word }) => word === 'will-break').flatMap(({ refs }) => refs.map(({ id }) => id)),
  );
  const namesOf = (reasons: readonly FlipVerdict['reason'][]): readonly string[] => [
    ...new Set(
      verdicts
        .filter(({ reason }) => reasons.includes(reason))
        .flatMap(({ refs }) => refs.map(({ id }) => id))
        .filter((id) => !hit.has(id)),
    ),
  ];
  const blind = namesOf(['no-logs', 'not-logged']);
  const quiet = namesOf(['not-seen', 'perhaps-seen']).filter((id) => !blind.includes(id));
  return [
    ...(quiet.length > 0 ? [`In the logs, and not seen doing it for sure: ${fewOf(quiet)}`] : []),
    ...(blind.length > 0 ? [`No logs tell who uses: ${fewOf(blind)}. That is not "nobody".`] : []),
  ];
}

function fewOf(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return `${names.slice(0, MOST_NAMED).map(printable).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Until when failures are looked for after a change, and what came of it. */
export function watchLine(evidence: AlertEvidence | undefined, timeZone: string): string | undefined {
  if (evidence === undefined) return undefined;
  const { watch, impact } = evidence;
  switch (watch.word) {
    case 'watching':
      return `The logs are read again until ${timeIn(watch.until, timeZone)}: you hear when failures begin, or that none came.`;
    case 'failing':
      return 'Failures have begun: the logs are read on, and you hear how many when it is over.';
    case 'closed':
      return impact.count === 0 ? closedText(evidence, timeIn(watch.until, timeZone)) : undefined;
    case 'not-known':
      return `Whether failures come is not known: the logs could not be read until ${timeIn(evidence.readAt, timeZone)}, however often that was tried, and are not read any more.`;
    case 'over':
    case 'proving':
      return undefined;
  }
}

function closedText(evidence: AlertEvidence, until: string): string {
  const missing = missingFrom(evidence);
  return missing === undefined
    ? `No failure that it explains came until ${until}: the watch of the logs is over, the finding stays open.`
    : `No failure that it explains is in what there is of the logs until ${until}; ${missing}. The watch of the logs is over, the finding stays open.`;
}
