import pMap from 'p-map';
import * as z from 'zod/mini';
import type { Cause } from '#core/change.ts';
import { EXISTS, rootOf, type KindDeclaration } from '#core/declaration.ts';
import { digestOf } from '#core/digest.ts';
import { PlumblineError } from '#core/errors.ts';
import type { CloudTrailEvent } from '#core/event.ts';
import { canonicalJson, isJsonObject } from '#core/json.ts';
import { eventWithWho, isEvent } from '#core/look.ts';
import { unreadable, type JsonReading } from '#core/reading.ts';
import type { CallWord, Evidence } from '#core/reconciliation.ts';
import type { ResourceRef } from '#core/reference.ts';
import { entryFrom, type TimelineEntry } from '#core/timeline.ts';
import type { Searched } from '#core/unexplained.ts';
import { FORMAT } from './document-encoding.ts';
import { parseDocument } from './document-format.ts';
import { causeBy } from './event-evidence.ts';
import { madeOnce } from './made-once.ts';
import type { Documents } from './ports.ts';

/** One document under `changes/`, as far as a timeline needs it: without the values, which may be large, where nobody asks for them. */
export interface ChangeNote {
  readonly ref: ResourceRef;
  readonly at: string;
  readonly readAt: string;
  readonly status: string;
  readonly moved: readonly MovedPath[];
  /** The call that led to it, as a timeline tells of it. */
  readonly call?: NotedCall;
  readonly searched?: Omit<Searched, 'ref' | 'at'>;
  readonly values?: NotedValues;
}

/** All of a resource's departure when it was read, with both values. */
export interface NotedValues {
  /** The accepted version that it departed from (`Drift.baseline`). */
  readonly baseline: number | undefined;
  readonly departs: readonly NotedDeparture[];
  /** The whole event, where one led to it. */
  readonly event?: CloudTrailEvent;
}

export interface NotedDeparture {
  /** The path of the difference: a member of a path that was read has its own. */
  readonly path: string;
  readonly before: JsonReading;
  readonly after: JsonReading;
}

export interface NotedCall {
  readonly entry: TimelineEntry;
  readonly cause: CallWord;
  readonly evidence: Evidence;
}

export interface MovedPath {
  readonly path: string;
  /** What moved, in a line; none: it is as accepted again. */
  readonly says?: string;
  /** The resource is gone. */
  readonly isGone?: true;
  /** One text for one value, whatever it was before. */
  readonly value: string;
}

export interface NotesRead {
  readonly notes: readonly ChangeNote[];
  readonly problems: readonly { readonly where: string; readonly says: string }[];
}

/** ISO 8601, UTC: from then on, and before then. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

const DAY_MS = 24 * 60 * 60_000;
const DAYS_AT_ONCE = 4;
const READ_AT_ONCE = 32;

const searched = madeOnce(() =>
  z.object({
    regions: z.array(z.string()),
    gaps: z.array(z.object({ region: z.string(), why: z.string() })),
    above: z.array(z.string()),
  }),
);

const evidence = madeOnce(() =>
  z.object({
    moves: z.optional(z.string()),
    shows: z.enum(['yes', 'no', 'unread', 'not-told']),
    contract: z.optional(z.custom<NonNullable<Evidence['contract']>>((value) => typeof value === 'object')),
    notCompared: z.optional(z.string()),
  }),
);

const reading = madeOnce(() =>
  z.custom<JsonReading>((value) => isJsonObject(value) && typeof value['status'] === 'string'),
);

const noteSchema = madeOnce(() =>
  z.object({
    format: z.literal(FORMAT),
    at: z.string(),
    account: z.string(),
    region: z.string(),
    kind: z.string(),
    id: z.string(),
    status: z.string(),
    takenAt: z.optional(z.string()),
    baseline: z.optional(z.number()),
    changes: z._default(
      z.array(
        z.object({
          path: z.string(),
          says: z.string(),
          before: z.optional(reading()),
          after: reading(),
        }),
      ),
      [],
    ),
    causes: z._default(z.array(z.custom<Cause>((value) => typeof value === 'object')), []),
    moved: z.optional(z.array(z.string())),
    evidence: z.optional(evidence()),
    search: z.optional(searched()),
    event: z.optional(z.custom<CloudTrailEvent>(isEvent)),
  }),
);

type Kept = z.infer<ReturnType<typeof noteSchema>>;

/** The keys of what was noted in a period, the oldest first. A day is listed whole: a page a thousand of its notes. */
export async function listNotes(
  documents: Documents,
  { account, from, to }: Period & { readonly account: string },
): Promise<readonly string[]> {
  const days = daysOf(from, to).map((day) => `changes/account=${account}/dt=${day}/`);
  const keys = await pMap(days, (prefix) => documents.list(prefix), { concurrency: DAYS_AT_ONCE });
  const [first, last] = [compact(from), compact(to)];
  const timeOf = (key: string): string => key.slice(key.lastIndexOf('/') + 1).split('-', 1)[0] ?? '';
  return keys.flat().filter((key) => timeOf(key) >= first && timeOf(key) < last);
}

export interface NoteReading {
  readonly documents: Documents;
  readonly kinds: readonly KindDeclaration[];
  /** Keeps the values and the events too. */
  readonly withValues?: boolean;
}

/** Reads them, so many at once; what cannot be read hides no other. */
export async function readNotes(
  keys: readonly string[],
  { documents, kinds, withValues = false }: NoteReading,
): Promise<NotesRead> {
  const problems: { where: string; says: string }[] = [];
  const notes = await pMap(
    keys,
    async (key) => {
      try {
        const kept = await readKept(documents, key);
        if (kept === undefined) return undefined;
        const note = noteFrom(kept, kinds);
        return withValues ? { ...note, values: valuesIn(kept) } : note;
      } catch (error) {
        if (!(error instanceof PlumblineError)) throw error;
        problems.push({ where: key, says: error.message });
        return undefined;
      }
    },
    { concurrency: READ_AT_ONCE },
  );
  return {
    notes: notes.filter((note) => note !== undefined),
    problems: problems.sort((a, b) => (a.where < b.where ? -1 : 1)),
  };
}

async function readKept(documents: Documents, key: string): Promise<Kept | undefined> {
  const document = await documents.read(key);
  if (document === undefined) return undefined;
  return parseDocument(noteSchema, document.body, { name: 'it', mend: 'it is left out' });
}

function valuesIn({ baseline, changes, event }: Kept): NotedValues {
  return {
    baseline,
    departs: changes.map(({ path, before = unreadable('NotNoted'), after }) => ({ path, before, after })),
    ...(event === undefined ? {} : { event: eventWithWho(event) }),
  };
}

function noteFrom(kept: Kept, kinds: readonly KindDeclaration[]): ChangeNote {
  const { account, region, kind, id, at, takenAt, search, status } = kept;
  const call = callIn(kept, kinds);
  return {
    ref: { account, region, kind, id },
    at,
    readAt: takenAt ?? at,
    status,
    moved: movedIn(kept),
    ...(call === undefined ? {} : { call }),
    ...(search === undefined ? {} : { searched: search }),
  };
}

/** The call, without what it asked for: a policy may be large, and what it led to stands in the evidence. */
function callIn(kept: Kept, kinds: readonly KindDeclaration[]): NotedCall | undefined {
  if (kept.event === undefined) return undefined;
  const event = eventWithWho(kept.event);
  const entry = entryFrom(event, kinds);
  if (entry === undefined) return undefined;
  const { certainty: _certainty, reasons: _reasons, ...cause } = causeBy(event, { certainty: 'unknown', reasons: [] });
  return { entry, cause, evidence: (kept.evidence as Evidence | undefined) ?? evidenceBefore(kept) };
}

/** What was noted before an upgrade has the evidence with its cause, where there was one. */
function evidenceBefore({ causes: [cause] }: Kept): Evidence {
  const { moves, shows, contract } = cause ?? {};
  if (shows === undefined) return { shows: 'not-told', notCompared: 'it was noted before an upgrade' };
  return {
    shows,
    ...(moves === undefined ? {} : { moves }),
    ...(contract === undefined ? {} : { contract }),
  };
}

function movedIn({ changes, moved }: Kept): readonly MovedPath[] {
  const roots = moved ?? [...new Set(changes.map(({ path }) => rootOf(path)))];
  return roots.map((path) => {
    const own = changes.filter((change) => rootOf(change.path) === path);
    const value = digestOf(canonicalJson(own.map((change) => [change.path, { ...change.after }])));
    if (own.length === 0) return { path, value };
    const isGone = path === EXISTS && own.some(({ after }) => after.status === 'absent');
    return { path, value, says: own.map(({ says }) => says).join('; '), ...(isGone ? { isGone } : {}) };
  });
}

function daysOf(from: string, to: string): readonly string[] {
  const [first, last] = [Date.parse(from.slice(0, 10)), Date.parse(to.slice(0, 10))];
  const count = Math.max(0, Math.round((last - first) / DAY_MS)) + 1;
  return Array.from({ length: count }, (_, day) => new Date(first + day * DAY_MS).toISOString().slice(0, 10));
}

/** A time as the names of documents have it. */
function compact(time: string): string {
  return time.replace(/[-:.]/g, '');
}
