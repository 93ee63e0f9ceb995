import { isUnexplained } from './cause-search.ts';
import { bySeverity, gravest, severityOfDrift, type Finding, type Severity } from './change.ts';
import { toolsAtFault } from './contract.ts';
import { digestOf } from './digest.ts';
import { textOfChanges, type DriftRecord } from './drift-record.ts';
import { isOwn } from './own-parts.ts';
import { eventOf, keyOf, pathsKeyOf, SESSION_WINDOW_MS } from './grouping.ts';
import { isProofNews, proofTold, type ProofNote, type ProofTold } from './recovery-proof.ts';
import { isHit, isNewsAfter, recoveredAt, recoveryWaitsUntil, toldOf, type UseNote, type UseTold } from './use-note.ts';

/** What an alert says of a finding. */
export type AlertStatus = 'opened' | 'changed' | 'still-open' | 'recovered' | 'proved' | 'blind';

/** Is it over? `proved`: and the logs have come that tell who works again, and who does not. */
export function isPast(status: AlertStatus): status is 'recovered' | 'proved' {
  return status === 'recovered' || status === 'proved';
}

/** A person's act on a finding, as AWS vouches for who it was. */
export interface Act {
  readonly by: string;
  readonly at: string;
  readonly note: string;
}

/** One alert that went out. */
export interface Told {
  readonly status: AlertStatus;
  readonly at: string;
  readonly severity: Severity;
  /** The members at that time, with a digest of what had changed of each; it begins with `?` where nobody knew who had done it. */
  readonly members: Readonly<Record<string, string>>;
  /** What logs of use said that was told; none where no logs were read. */
  readonly use?: UseTold;
  /** What was told since it recovered. */
  readonly proof?: ProofTold;
}

/** The live record of a finding: which drifts it tells of, what was told, and what people did with it. */
export interface FindingRecord {
  readonly id: string;
  readonly account: string;
  readonly groupedBy: Finding['groupedBy'];
  /** `superseded`: its drifts are told of in another finding now. */
  readonly status: 'open' | 'recovered' | 'accepted' | 'superseded';
  readonly openedAt: string;
  readonly endedAt?: string;
  /** Keys of its drifts (`keyOf`). */
  readonly members: readonly string[];
  readonly joins: Joins;
  readonly severity: Severity;
  readonly gravestTold?: Severity;
  /** That it can no longer be read was told; it is told once. */
  readonly toldBlind?: boolean;
  /** The last alert, and how often it was said that it is still open. */
  readonly told?: Told;
  readonly reminders: number;
  /** What the last look at logs of use came to. */
  readonly use?: UseNote;
  /** What the last look at them after its recovery came to. */
  readonly proof?: ProofNote;
  readonly acknowledged?: Act;
  /** With how grave it was then: what becomes graver is told all the same. */
  readonly muted?: Act & { readonly until: string; readonly severity: Severity };
  /** Compared with what was first seen, or with nothing: nobody accepted anything yet. */
  readonly against: Against;
  /** Somebody is telling it right now, until then. */
  readonly lease?: { readonly by: string; readonly until: string };
  /** What a run set out to tell of each member, and never marked as told: whether it went out nobody knows. */
  readonly unmarked?: Readonly<Record<string, string>>;
}

/** `deployed`: what the service itself is made of is compared with what its last deployment made of it. */
export type Against = 'accepted' | 'first-seen' | 'nothing' | 'deployed';

/** By what a later drift joins an open finding. */
export interface Joins {
  readonly events: readonly string[];
  readonly sessions: readonly { readonly session: string; readonly from: string; readonly to: string }[];
  readonly sweeps: readonly string[];
  /** Kinds of what departs with no cause of its own: what sets them from above joins. */
  readonly unexplained?: readonly string[];
  /** Kinds that a member sets from above: what departs of them with no cause of its own joins. */
  readonly over?: readonly string[];
}

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

/** Grave enough to be told though it is over. */
export function isGrave(records: readonly DriftRecord[]): boolean {
  return bySeverity(severityOfRecords(records), 'medium') <= 0;
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

/** As grave as what changed is, or as what logs say of who is hit by it (design §3). */
export function severityWithUse(open: readonly DriftRecord[], { use }: Pick<FindingRecord, 'use'>): Severity {
  return isHit(use) ? 'critical' : severityOfRecords(open);
}

export function severityOfRecords(records: readonly DriftRecord[]): Severity {
  return gravest(records.map(({ drift }) => severityOfDrift(drift)));
}

/** The open finding that a drift belongs to, in the order of design.md §4: its event, its actor's session, its sweep. */
export function homeOf(record: DriftRecord, findings: readonly FindingRecord[]): FindingRecord | undefined {
  const own = joinsOf([record]);
  const open = findings.filter(
    ({ status, account, against, muted, members }) =>
      status === 'open' &&
      account === record.drift.ref.account &&
      // What is told of the service itself goes to others than what is told of what it watches.
      (against === 'deployed') === isOwn(record.drift.ref) &&
      // What is muted hides nobody else, and a finding has to fit into one item.
      muted === undefined &&
      members.length < MOST_MEMBERS,
  );
  const isLevel = ({ joins }: FindingRecord): boolean =>
    record.drift.over?.some((kind) => joins.unexplained?.includes(kind)) === true ||
    (isUnexplained(record) && joins.over?.includes(record.drift.ref.kind) === true);
  return (
    open.find(isLevel) ??
    open.find(({ joins }) => joins.events.some((event) => own.events.includes(event))) ??
    open.find(({ joins }) => joins.sessions.some((one) => own.sessions.some((other) => isNear(one, other)))) ??
    open.find(({ joins }) => joins.sweeps.some((sweep) => own.sweeps.includes(sweep)))
  );
}

type SessionSpan = Joins['sessions'][number];

/** A key that changes something every few minutes for days is not one piece of work. */
const LONGEST_SESSION_MS = HOUR;

/** More members than this are several findings: each has to fit into one item of the ledger. */
export const MOST_MEMBERS = 2_000;

function isNear(one: SessionSpan, other: SessionSpan): boolean {
  return (
    one.session === other.session &&
    Math.abs(Date.parse(other.from) - Date.parse(one.from)) <= LONGEST_SESSION_MS &&
    Date.parse(other.from) - Date.parse(one.to) <= SESSION_WINDOW_MS &&
    Date.parse(one.from) - Date.parse(other.to) <= SESSION_WINDOW_MS
  );
}

/** By what later drifts may join these. */
export function joinsOf(records: readonly DriftRecord[]): Joins {
  const spans = new Map<string, SessionSpan>();
  for (const { drift } of records) {
    for (const { session, at } of drift.causes) {
      if (session === undefined || at === undefined) continue;
      const span = spans.get(session) ?? { session, from: at, to: at };
      spans.set(session, { session, from: at < span.from ? at : span.from, to: at > span.to ? at : span.to });
    }
  }
  const unexplained = records.filter(({ drift }) => drift.causes.length === 0);
  return {
    events: unique(records.flatMap(({ drift }) => eventOf(drift) ?? [])),
    sessions: [...spans.values()],
    sweeps: unique(unexplained.flatMap(({ drift, foundBy }) => pathsKeyOf(drift, foundBy.sweep) ?? [])),
    ...kindsOf(
      'unexplained',
      records.filter(isUnexplained).map(({ drift }) => drift.ref.kind),
    ),
    ...kindsOf(
      'over',
      records.flatMap(({ drift }) => drift.over ?? []),
    ),
  };
}

function kindsOf(name: 'unexplained' | 'over', kinds: readonly string[]): Pick<Joins, 'unexplained' | 'over'> {
  return kinds.length === 0 ? {} : { [name]: unique(kinds) };
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}

/** The finding with further members. */
export function joinedBy(
  finding: FindingRecord,
  records: readonly DriftRecord[],
  all: readonly DriftRecord[],
): FindingRecord {
  return {
    ...finding,
    members: unique([...finding.members, ...records.map(({ drift }) => keyOf(drift))]),
    joins: joinsOf([...all, ...records]),
  };
}

/** A new finding of a group. */
export function findingFrom(
  { id, groupedBy, drifts }: Pick<Finding, 'id' | 'groupedBy' | 'drifts'>,
  records: readonly DriftRecord[],
  { now, against }: { readonly now: string; readonly against: Against },
): FindingRecord {
  const own = records.filter(({ drift }) => drifts.includes(drift));
  return {
    id,
    account: drifts[0]?.ref.account ?? '',
    groupedBy,
    status: 'open',
    openedAt: now,
    members: drifts.map(keyOf),
    joins: joinsOf(own),
    severity: severityOfRecords(own),
    reminders: 0,
    against,
  };
}

/** The resource of a drift's key: what stands before the version. */
export function refOfKey(key: string): string {
  return key.slice(0, key.lastIndexOf('@'));
}

/** The records that are still those of the finding's members: a newer episode or version belongs to another finding. */
export function ownRecords(
  { members }: Pick<FindingRecord, 'members'>,
  records: readonly DriftRecord[],
): readonly DriftRecord[] {
  const keys = new Set(members);
  return records.filter(({ drift }) => keys.has(keyOf(drift)));
}
