import type { KindDeclaration } from '#core/declaration.ts';
import { PlumblineError } from '#core/errors.ts';
import {
  reconcile,
  type CallEvidence,
  type ChangeSeen,
  type KnownCall,
  type Reconciliation,
} from '#core/reconciliation.ts';
import { printRef } from '#core/reference.ts';
import { byTime, isWithin, type TimelineEntry, type TimelineFilter } from '#core/timeline.ts';
import type { Kind } from '#kinds/kind.ts';
import { listNotes, readNotes, type ChangeNote, type NotedCall, type NotesRead, type Period } from './change-notes.ts';
import type { Documents } from './ports.ts';
import { timelineFilter, type TimelineQuestion } from './timeline-question.ts';

/** What `changes --store … --json` prints. */
export interface ChangesDocument {
  readonly version: 1;
  /** 2: something of it could not be read. */
  readonly exitCode: 0 | 2;
  readonly account: string;
  readonly since: string;
  readonly until: string;
  readonly entries: readonly TimelineEntry[];
  readonly reconciliation: Reconciliation;
  /** How many records of the service were read for it, also of the days around. */
  readonly records: number;
  readonly problems: NotesRead['problems'];
}

export interface ChangesPorts {
  readonly account: string;
  readonly documents: Documents;
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly now: () => Date;
  /** Each is a read; of more, the newest are read, and that is said. @default 20,000 */
  readonly mostRecords?: number;
}

const HOUR_MS = 60 * 60_000;
/** Where nobody says since when. */
export const USUAL_HOURS = 24;
/** CloudTrail is asked for what was called up to a day before a change was found, and a sweep finds a change within a day. */
export const AROUND_MS = 24 * HOUR_MS;
/** A digest's worth of a thousand changes an hour, with the days around. */
const MOST_RECORDS = 20_000;

/** Who changed what in a period, and what explains it, from the service's own records. Throws ARGUMENT_INVALID. */
export async function changesDocument(question: TimelineQuestion, ports: ChangesPorts): Promise<ChangesDocument> {
  const { filter, period, account } = askedFor(question, ports);
  const { since: _since, until: _until, ...rest } = filter;
  const read = await readPeriod({ account, period, filter: rest }, ports);
  const { entries, reconciliation, records, problems } = read;
  return {
    version: 1,
    exitCode: problems.length === 0 ? 0 : 2,
    account,
    since: period.from,
    until: period.to,
    entries: entries.filter((entry) => isWithin(entry, { ...rest, since: period.from, until: period.to })),
    reconciliation,
    records,
    problems,
  };
}

/** How many records the period has, without reading them. Throws ARGUMENT_INVALID. */
export async function recordsIn(question: TimelineQuestion, ports: ChangesPorts): Promise<number> {
  const { period, account } = askedFor(question, ports);
  return (await listNotes(ports.documents, { account, ...period })).length;
}

interface AskedFor {
  readonly filter: TimelineFilter;
  readonly period: Period;
  readonly account: string;
}

function askedFor(question: TimelineQuestion, ports: ChangesPorts): AskedFor {
  const now = ports.now();
  const filter = timelineFilter(question, { now, kinds: [...ports.kinds.keys()], nameOf: (member) => member });
  const to = filter.until ?? now.toISOString();
  const from = filter.since ?? new Date(Date.parse(to) - USUAL_HOURS * HOUR_MS).toISOString();
  if (from >= to)
    throw new PlumblineError(
      'ARGUMENT_INVALID',
      `since ${question.since ?? ''}: this is still to come: name a time before now`,
    );
  return { filter, period: { from, to }, account: filter.account ?? ports.account };
}

export interface PeriodRead {
  readonly entries: readonly TimelineEntry[];
  readonly reconciliation: Reconciliation;
  readonly records: number;
  readonly problems: NotesRead['problems'];
}

export interface PeriodWanted {
  readonly account: string;
  readonly period: Period;
  readonly filter?: Omit<TimelineFilter, 'since' | 'until'>;
}

/** Reads a period's records, with what lies around them: an event may have come late, and its change may have been found late. */
export async function readPeriod(
  { account, period, filter = {} }: PeriodWanted,
  ports: Omit<ChangesPorts, 'account'>,
): Promise<PeriodRead> {
  const { watched, records, problems } = await notesAround({ account, period }, ports);
  const entries = new Map(watched.flatMap(({ call }) => (call === undefined ? [] : [[call.entry.event, call.entry]])));
  const reconciliation = reconcileNotes(watched, { period, filter, now: ports.now(), kinds: ports.kinds });
  return { entries: [...entries.values()].sort(byTime), reconciliation, records, problems };
}

export interface NotesAround {
  /** Those on what is watched, and failed attempts. */
  readonly watched: readonly ChangeNote[];
  /** How many were read. */
  readonly records: number;
  readonly problems: NotesRead['problems'];
}

/** The notes of a period and of what lies around it, as far as the budget goes. `withValues`: with what was noted of values too. */
export async function notesAround(
  { account, period }: Omit<PeriodWanted, 'filter'>,
  {
    documents,
    kinds,
    mostRecords = MOST_RECORDS,
    withValues = false,
  }: Omit<ChangesPorts, 'account' | 'now'> & { readonly withValues?: boolean },
): Promise<NotesAround> {
  const declarations = [...kinds.values()].map(({ declaration }) => declaration);
  const listed = await listAround({ account, period }, { documents, most: mostRecords });
  const { notes, problems } = await readNotes(listed.keys, { documents, kinds: declarations, withValues });
  return {
    watched: notes.filter(({ ref, call }) => kinds.has(ref.kind) || call?.entry.error !== undefined),
    records: notes.length,
    problems: [...listed.problems, ...problems],
  };
}

export interface NotesReconciled {
  readonly period: Period;
  readonly filter?: Omit<TimelineFilter, 'since' | 'until'>;
  readonly now: Date;
  readonly kinds: ChangesPorts['kinds'];
}

/** Puts what notes tell of changes beside what they tell of calls. Pure. */
export function reconcileNotes(
  notes: readonly ChangeNote[],
  { period, filter = {}, now, kinds }: NotesReconciled,
): Reconciliation {
  return reconcile({
    period,
    filter,
    now: now.toISOString(),
    changes: changesIn(notes, kinds),
    calls: callsIn(notes),
    looked: {
      searches: notes.flatMap(({ ref, at, searched }) => (searched === undefined ? [] : [{ ...searched, ref, at }])),
      gaps: [],
    },
  });
}

/** The keys of the period's own records first, then of those around it, the nearest first, as far as the budget goes. */
async function listAround(
  { account, period: { from, to } }: PeriodWanted,
  { documents, most }: { readonly documents: Documents; readonly most: number },
): Promise<{ readonly keys: readonly string[]; readonly problems: NotesRead['problems'] }> {
  const moved = (time: string, by: number): string => new Date(Date.parse(time) + by).toISOString();
  const [start, end] = [moved(from, -AROUND_MS), moved(to, AROUND_MS)];
  const before = await listNotes(documents, { account, from: start, to: from });
  const own = await listNotes(documents, { account, from, to });
  const after = await listNotes(documents, { account, from: to, to: end });
  const keys = [...own.toReversed(), ...before.toReversed(), ...after].slice(0, most);
  const isCut = own.length + before.length + after.length > keys.length;
  const left = own.length - keys.length;
  const says =
    left > 0
      ? `the oldest ${left} of its ${own.length} records were not read: ask for less time`
      : `not all records around the period were read, so a call may be missing to a change: ask for less time`;
  return { keys, problems: isCut ? [{ where: `changes/account=${account}`, says }] : [] };
}

/** What moved, once: of two who read the same value one after the other, the first told of it. */
function changesIn(notes: readonly ChangeNote[], kinds: ChangesPorts['kinds']): readonly ChangeSeen[] {
  const last = new Map<string, string>();
  const inOrder = notes.toSorted((a, b) => compareText(a.readAt, b.readAt) || compareText(a.at, b.at));
  return inOrder.flatMap(({ ref, at, readAt, moved }) =>
    moved.flatMap(({ path, value, says, isGone }): ChangeSeen[] => {
      const key = `${printRef(ref)}#${path}`;
      const isKnown = last.get(key) === value;
      last.set(key, value);
      const title = titleOf(path, kinds.get(ref.kind)?.declaration);
      if (isKnown) return [];
      const change = { ref, path, says: says ?? `${title} as accepted again`, at, readAt };
      return [isGone === true ? { ...change, isGone } : change];
    }),
  );
}

function titleOf(path: string, declaration: KindDeclaration | undefined): string {
  return declaration?.paths[path]?.title ?? declaration?.title ?? path;
}

/** Each event once, with the best evidence of each resource. */
function callsIn(notes: readonly ChangeNote[]): readonly KnownCall[] {
  const byEvent = new Map<string, { readonly call: NotedCall; readonly on: Map<string, CallEvidence> }>();
  for (const { ref, readAt, call } of notes) {
    if (call === undefined) continue;
    const known = byEvent.get(call.entry.event) ?? { call, on: new Map<string, CallEvidence>() };
    byEvent.set(call.entry.event, known);
    const key = printRef(ref);
    const evidence: CallEvidence = { ...call.evidence, ref, readAt };
    const before = known.on.get(key);
    if (before === undefined || isBetter(evidence, before)) known.on.set(key, evidence);
  }
  return [...byEvent.values()].map(({ call, on }): KnownCall => {
    const { error } = call.entry;
    return { cause: call.cause, on: [...on.values()], ...(error === undefined ? {} : { error: error.code }) };
  });
}

/** The reading that showed it counts; then the later one. */
const BY_EVIDENCE: readonly CallEvidence['shows'][] = ['yes', 'no', 'not-told', 'unread'];

function isBetter(one: CallEvidence, other: CallEvidence): boolean {
  const rank = ({ shows }: CallEvidence): number => BY_EVIDENCE.indexOf(shows);
  return (
    rank(one) < rank(other) || (rank(one) === rank(other) && compareText(one.readAt ?? '', other.readAt ?? '') > 0)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
