import { isUnexplained } from './cause-search.ts';
import { bySeverity, gravest, type Severity } from './change.ts';
import { toolsAtFault } from './contract.ts';
import { digestOf } from './digest.ts';
import { textOfChanges, type DriftRecord } from './drift-record.ts';
import { isGrave, severityWithUse, type AlertStatus, type FindingRecord, type Told } from './finding-record.ts';
import { keyOf, SESSION_WINDOW_MS } from './grouping.ts';
import { isProofNews, proofTold } from './recovery-proof.ts';
import { isNewsAfter, recoveredAt, recoveryWaitsUntil, toldOf } from './use-note.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Followers of what was told are told together, this long after it (design.md §4). */
const FOLLOWERS_AFTER_MS = SESSION_WINDOW_MS;
/** What moves again is told again, but not more often than this. */
const MOVED_AFTER_MS = 2 * MINUTE;
/** Still open: said again at widening intervals, until somebody acknowledges it. The last one repeats. */
const REMINDERS_MS = [HOUR, 4 * HOUR, 12 * HOUR, 24 * HOUR] as const;

/** What the teller does with a finding now. */
export type Decision =
  | { readonly does: 'tell'; readonly status: AlertStatus }
  | { readonly does: 'end'; readonly as: 'recovered' | 'accepted' | 'superseded' }
  /** Nothing now; `until` is when to look again, if ever by itself. */
  | { readonly does: 'wait'; readonly until?: string }
  /** It has recovered, and the logs are looked at once more before that is told, if they are by then. */
  | { readonly does: 'look'; readonly recoveredAt: string; readonly until: string };

/** Decides what is to be told of a finding now. Pure. `records` are those of its members, as far as they are still theirs. */
export function decide(finding: FindingRecord, records: readonly DriftRecord[], now: string): Decision {
  const open = records.filter(({ status }) => status === 'open');
  const { told, muted } = finding;
  if (open.length === 0) return ended(finding, records, now);
  const severity = severityWithUse(open, finding);
  if (muted !== undefined && muted.until > now)
    return bySeverity(severity, muted.severity) < 0
      ? { does: 'tell', status: 'changed' }
      : { does: 'wait', until: muted.until };
  if (told === undefined) return severity === 'info' ? { does: 'wait' } : { does: 'tell', status: 'opened' };
  if (isBlind(open) && finding.toldBlind !== true) return { does: 'tell', status: 'blind' };
  const at = dueOf(finding, { open, severity, told });
  // The mute is over: what moved meanwhile is said as that, and else that it is still open.
  if (muted !== undefined) return { does: 'tell', status: at?.status ?? 'still-open' };
  if (at === undefined) return { does: 'wait' };
  return at.at <= now ? { does: 'tell', status: at.status } : { does: 'wait', until: at.at };
}

/** Is there something to tell of a finding that has recovered? Only what the logs say since. Pure. */
export function hasProofNews({ status, proof, told, muted }: FindingRecord, now: string): boolean {
  if (status !== 'recovered' || proof === undefined) return false;
  const isMuted = muted !== undefined && muted.until > now;
  return isProofNews(proof, told?.proof, { failuresTold: told?.use?.failures ?? 0, isMuted });
}

/** Nothing of it is open any more: taken back, accepted, or told of in another finding. */
function ended({ told, unmarked, use }: FindingRecord, records: readonly DriftRecord[], now: string): Decision {
  if (records.length === 0) return { does: 'end', as: 'superseded' };
  const isRecovered = records.some(({ endedBy }) => endedBy !== 'acceptance');
  // What was open for seconds, and is over before anybody was told of it, is told once all the same; so is what may have been told.
  if (isRecovered && (told !== undefined || unmarked !== undefined || isGrave(records))) {
    const at = recoveredAt(records);
    const until = at === undefined ? undefined : recoveryWaitsUntil(use, at);
    if (at !== undefined && until !== undefined && until > now) return { does: 'look', recoveredAt: at, until };
    return { does: 'tell', status: 'recovered' };
  }
  return { does: 'end', as: isRecovered ? 'recovered' : 'accepted' };
}

function isBlind(open: readonly DriftRecord[]): boolean {
  return open.every(({ blind }) => blind !== undefined);
}

interface Standing {
  readonly open: readonly DriftRecord[];
  readonly severity: Severity;
  readonly told: Told;
}

/** When something is to be told next, and what. */
function dueOf(
  finding: FindingRecord,
  { open, severity, told }: Standing,
): { readonly at: string; readonly status: AlertStatus } | undefined {
  if (bySeverity(severity, told.severity) < 0) return { at: told.at, status: 'changed' };
  const digests = digestsOf(open);
  const isMovedFrom = (before: Readonly<Record<string, string>>): boolean =>
    Object.entries(digests).some(([key, digest]) => known(before[key] ?? digest) !== known(digest));
  // What may have gone out last was something else, though what is so now was told before it.
  if (isMovedFrom(told.members) || isMovedFrom(finding.unmarked ?? {}))
    return { at: after(told.at, MOVED_AFTER_MS), status: 'changed' };
  if (isNewsAfter(finding.use, told.use)) return { at: after(told.at, MOVED_AFTER_MS), status: 'changed' };
  if (explainedNow(told, open).length > 0) {
    // Of those that are left it may be learnt soon, too.
    const isAll = !open.some(isUnexplained);
    return { at: after(told.at, isAll ? MOVED_AFTER_MS : FOLLOWERS_AFTER_MS), status: 'changed' };
  }
  // What moved above them is why they moved.
  if (open.some(({ drift }) => drift.over !== undefined && told.members[keyOf(drift)] === undefined))
    return { at: after(told.at, MOVED_AFTER_MS), status: 'changed' };
  const hasFollowers = Object.keys(digests).some((key) => told.members[key] === undefined);
  if (hasFollowers) return { at: after(told.at, FOLLOWERS_AFTER_MS), status: 'changed' };
  if (finding.acknowledged !== undefined) return undefined;
  const interval = REMINDERS_MS[Math.min(finding.reminders, REMINDERS_MS.length - 1)] ?? HOUR;
  return { at: after(told.at, interval), status: 'still-open' };
}

/** Those that nobody was known of when it was told, and somebody is now. */
export function explainedNow(
  told: Pick<Told, 'members'> | undefined,
  open: readonly DriftRecord[],
): readonly DriftRecord[] {
  return open.filter(
    (record) => told?.members[keyOf(record.drift)]?.startsWith(NOBODY) === true && !isUnexplained(record),
  );
}

const NOBODY = '?';

/** A digest without whether anybody was known. */
function known(digest: string): string {
  return digest.startsWith(NOBODY) ? digest.slice(NOBODY.length) : digest;
}

function after(time: string, ms: number): string {
  return new Date(Date.parse(time) + ms).toISOString();
}

/** What is known once an alert has gone out. `severity`: as the alert told it, which knows what follows for others. */
interface Telling {
  readonly open: readonly DriftRecord[];
  readonly now: string;
  readonly severity?: Severity;
}

/** The finding while a run tells it: what it sets out to tell stays known where the run ends before it is marked. */
export function whileTelling(
  finding: FindingRecord,
  lease: NonNullable<FindingRecord['lease']>,
  records: readonly DriftRecord[],
): FindingRecord {
  return { ...finding, lease, unmarked: digestsOf(records.filter(({ status }) => status === 'open')) };
}

/** The finding once an alert has gone out. */
export function afterTelling(
  { muted, lease: _given, unmarked: _marked, toldBlind: _was, ...finding }: FindingRecord,
  status: AlertStatus,
  { open, now, severity: told }: Telling,
): FindingRecord {
  const own = open.length === 0 ? finding.severity : severityWithUse(open, finding);
  // What the alert told as grave is no news when a record is judged as grave later.
  const severity = told === undefined ? own : gravest([own, told]);
  const isMuted = muted !== undefined && muted.until > now;
  return {
    ...finding,
    ...(isMuted ? { muted: { ...muted, severity } } : {}),
    ...(open.length > 0 && isBlind(open) ? { toldBlind: true } : {}),
    told: {
      status,
      at: now,
      severity,
      members: digestsOf(open),
      ...(finding.use === undefined ? {} : { use: toldOf(finding.use, finding.told?.use) }),
      ...(finding.proof === undefined ? {} : { proof: proofTold(finding.proof, finding.told?.proof) }),
    },
    reminders: status === 'still-open' ? finding.reminders + 1 : status === 'changed' ? 0 : finding.reminders,
    ...(status === 'recovered' ? { status, endedAt: now } : {}),
  };
}

/** What had changed of each member, which tool broke its contract, and whether anybody is known: what was told is compared with what is. */
function digestsOf(records: readonly DriftRecord[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    records.map((record) => {
      const { changes, causes } = record.drift;
      const digest = digestOf(`${textOfChanges(changes)}${toolsAtFault(causes).join(' ')}`).slice(0, 12);
      return [keyOf(record.drift), `${isUnexplained(record) ? NOBODY : ''}${digest}`];
    }),
  );
}
