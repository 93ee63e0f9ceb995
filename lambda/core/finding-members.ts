import { isUnexplained } from './cause-search.ts';
import type { Finding } from './change.ts';
import type { DriftRecord } from './drift-record.ts';
import { severityOfRecords, type Against, type FindingRecord, type Joins } from './finding-record.ts';
import { eventOf, keyOf, pathsKeyOf, SESSION_WINDOW_MS } from './grouping.ts';
import { isOwn } from './own-parts.ts';

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
const LONGEST_SESSION_MS = 60 * 60_000;

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
