import { bySureness, weighCauses } from './attribution.ts';
import { unexplainedPaths } from './cause-search.ts';
import { bySeverity, gravest, severityOf, type Cause, type Change, type Drift, type Severity } from './change.ts';
import { toolsAtFault } from './contract.ts';
import { EXISTS, rootOf } from './declaration.ts';
import type { Evidence } from './reconciliation.ts';
import { canonicalJson, isJsonObject, isSameJson, objectOf, type Json } from './json.ts';
import { ABSENT, present, type JsonReading } from './reading.ts';

/** What one look found of one resource: how it departs from its accepted version, and what could not be told. */
export interface DriftNews {
  readonly drift: Omit<Drift, 'episode'>;
  /** The generation of the whole baseline that it was compared with; 0: a provisional one, or none. */
  readonly generation: number;
  /** Paths that could not be compared now, with why: their last known change stays. `EXISTS`: nothing of it could be read. */
  readonly unknown: Readonly<Record<string, string>>;
  /** What is accepted, by path, where not all of it could be read: what was last known of it is compared with that. */
  readonly accepted?: Readonly<Record<string, JsonReading>>;
  readonly foundBy: FoundBy;
  /** What the reading tells of the event that led to it, also where nothing departs. */
  readonly evidence?: Evidence;
}

/** What made somebody look: the teller puts what one sweep found together. */
export interface FoundBy {
  readonly sweep?: string;
}

export type DriftStatus = 'open' | 'closed';

/** The live record of one resource's departure: one an account, region, kind and id. */
export interface DriftRecord {
  readonly drift: Drift;
  readonly generation: number;
  readonly status: DriftStatus;
  /** When it was first read so. */
  readonly openedAt: string;
  /** When a read showed it as accepted again. */
  readonly closedAt?: string;
  /** When a read showed it departing last, before that. */
  readonly departedUntil?: string;
  /** Taken back, or accepted as it is. */
  readonly endedBy?: 'recovery' | 'acceptance';
  readonly foundBy: FoundBy;
  /** What can no longer be read of it, and since when. */
  readonly blind?: { readonly since: string; readonly why: Readonly<Record<string, string>> };
  /** The finding that tells of it. */
  readonly finding?: string;
  /** The finding that told of what this record was before: it has nothing more to tell. */
  readonly former?: string;
}

/** The record that news makes of what was known. `due`: the teller has something to tell. */
export interface NextDrift {
  readonly record: DriftRecord;
  readonly due: boolean;
}

/**
 * The record after a look; `undefined` where nothing is to be written. Late news, and news against an older baseline, change nothing but
 * what is known of the cause: whatever the order in which reads are reported, the record ends as the last of them left it. Pure.
 */
export function nextDrift(record: DriftRecord | undefined, news: DriftNews): NextDrift | undefined {
  if (record === undefined) return openedBy(news, undefined) ?? seenAsAccepted(news);
  const isSameVersion = news.drift.baseline === record.drift.baseline;
  if (isOlder(news, record)) return isSameVersion ? withCauses(record, news) : undefined;
  const { takenAt } = record.drift;
  if (isSameVersion ? news.drift.takenAt <= takenAt : news.drift.takenAt < takenAt) return withCauses(record, news);
  if (!isSameVersion) return openedBy(withKnownCauses(record, news), record) ?? overtakenBy(record, news);
  if (record.status === 'closed') return openedBy(news, record) ?? stillClosed(record, news);
  return stillOpen(record, news);
}

/** Compared with what has been overtaken: an older generation, or no baseline at all where by now there is what was first seen. */
function isOlder({ generation, drift }: DriftNews, record: DriftRecord): boolean {
  return generation < record.generation || (drift.baseline < 0 && record.drift.baseline >= 0);
}

/** Episodes count on over versions: no key of a drift ever comes back. */
function openedBy(news: DriftNews, before: DriftRecord | undefined): NextDrift | undefined {
  if (news.drift.changes.length === 0) return undefined;
  const { generation, foundBy } = news;
  const episode = (before?.drift.episode ?? 0) + 1;
  const former = before?.finding === undefined ? {} : { former: before.finding };
  return {
    record: {
      drift: { ...news.drift, episode },
      generation,
      status: 'open',
      openedAt: news.drift.takenAt,
      foundBy,
      ...former,
    },
    due: true,
  };
}

/** What is known of the cause of a departure stays known when it is compared with another version. */
function withKnownCauses({ status, drift }: DriftRecord, news: DriftNews): DriftNews {
  // What is otherwise now has another cause.
  if (status === 'closed' || textOfValues(drift.changes) !== textOfValues(news.drift.changes)) return news;
  return {
    ...news,
    drift: { ...news.drift, causes: mergedCauses(drift.causes, news.drift.causes, news.drift.changes) },
  };
}

/** Nothing departs, and nothing did. It is kept where an event led to it, so that a read from before it opens nothing; a sweep keeps none. */
function seenAsAccepted({ drift, generation, unknown, foundBy }: DriftNews): NextDrift | undefined {
  if (foundBy.sweep !== undefined || isBlind(unknown)) return undefined;
  const { takenAt } = drift;
  const record = { drift: { ...drift, episode: 0 }, generation, foundBy, openedAt: takenAt, closedAt: takenAt };
  return { record: { ...record, status: 'closed' }, due: false };
}

/** Still as accepted: only when that was read last is new. */
function stillClosed(record: DriftRecord, { drift, generation, unknown }: DriftNews): NextDrift | undefined {
  if (isBlind(unknown)) return undefined;
  return { record: { ...record, generation, drift: { ...record.drift, takenAt: drift.takenAt } }, due: false };
}

/** Another version was accepted in the meantime, and no departure from it was seen: it is as accepted, or that cannot be told. */
function overtakenBy(record: DriftRecord, news: DriftNews): NextDrift | undefined {
  const { drift, generation, unknown } = news;
  if (record.status === 'closed') return stillClosed(record, news);
  const { blind: before, ...rest } = record;
  const next = { ...rest, generation, drift: { ...record.drift, takenAt: drift.takenAt } };
  const unknownNow = record.drift.changes.filter((change) => isUnknown(change, news));
  const changes = unknownNow.filter((change) => !isAccepted(change, news));
  if (changes.length > 0) {
    const blind = { since: before?.since ?? drift.takenAt, why: unknown };
    return { record: { ...next, drift: { ...next.drift, changes }, blind }, due: before === undefined };
  }
  return { record: { ...next, status: 'closed', closedAt: drift.takenAt, endedBy: 'acceptance' }, due: true };
}

function isBlind(unknown: DriftNews['unknown']): boolean {
  return Object.keys(unknown).length > 0;
}

function stillOpen(record: DriftRecord, news: DriftNews): NextDrift {
  const fresh = news.drift.changes;
  const isThere = fresh.length > 0 && news.unknown[EXISTS] === undefined;
  const kept = record.drift.changes.filter((change) => isUnknown(change, news) && !(isThere && change.path === EXISTS));
  const changes = [...fresh, ...kept.filter(({ path }) => !fresh.some((change) => change.path === path))];
  const { blind: before, ...rest } = record;
  const standing = changes.length === 0 ? record.drift.changes : changes;
  const known = asOfNow(record.drift.causes, record.drift.changes, standing);
  const drift: Drift = {
    ...record.drift,
    ...news.drift,
    changes: standing,
    causes: mergedCauses(known, news.drift.causes, standing),
  };
  const next = { ...rest, generation: news.generation, drift };
  if (changes.length === 0)
    return { record: { ...next, status: 'closed', ...endOf(record, news), endedBy: 'recovery' }, due: true };
  const isMoved = isOtherwise(changes, record.drift.changes);
  if (kept.length === 0)
    return { record: next, due: isMoved || isMoreKnown(record, drift) || isNewlyKnown(record.drift, drift) };
  const blind = { since: before?.since ?? news.drift.takenAt, why: news.unknown };
  return { record: { ...next, blind }, due: isMoved || before === undefined };
}

function endOf({ drift }: DriftRecord, news: DriftNews): Pick<DriftRecord, 'closedAt' | 'departedUntil'> {
  return { closedAt: news.drift.takenAt, departedUntil: drift.takenAt };
}

/** Is what a change was last known to have made of it what is accepted by now? */
function isAccepted({ path, after }: Change, { accepted = {} }: DriftNews): boolean {
  const root = rootOf(path);
  const whole = accepted[root];
  // A member's own name may have dots in it.
  const reading = path === root ? whole : memberOf(whole, path.slice(root.length + 1));
  return reading !== undefined && isSameJson({ ...reading }, { ...after });
}

function memberOf(reading: JsonReading | undefined, member: string): JsonReading | undefined {
  if (reading?.status !== 'present' || !isJsonObject(reading.value)) return undefined;
  const value = reading.value[member];
  return value === undefined ? ABSENT : present(value);
}

/** Is there something to tell: other values, or the same ones that do more harm by now? */
function isOtherwise(changes: readonly Change[], before: readonly Change[]): boolean {
  const gravestOf = (all: readonly Change[]): Severity => gravest(all.map(severityOf));
  return textOfChanges(changes) !== textOfChanges(before) || bySeverity(gravestOf(changes), gravestOf(before)) < 0;
}

/** Can it not be told whether the change is still there? What was gone is back as accepted only when all of it is read. */
function isUnknown({ path }: Change, { unknown }: DriftNews): boolean {
  return unknown[rootOf(path)] !== undefined || unknown[EXISTS] !== undefined || (path === EXISTS && isBlind(unknown));
}

/** A cause that is learnt late is added to what is known, and told with what is told next. */
function withCauses(record: DriftRecord, { drift }: DriftNews): NextDrift | undefined {
  const causes = mergedCauses(
    record.drift.causes,
    asOfNow(drift.causes, drift.changes, record.drift.changes),
    record.drift.changes,
  );
  if (textOfCauses(causes) === textOfCauses(record.drift.causes)) return undefined;
  const known = { ...record.drift, causes };
  return {
    record: { ...record, drift: known },
    due: record.status === 'open' && isNewlyKnown(record.drift, known),
  };
}

/** Who did it, and that a tool broke its contract, is told when it is learnt, whatever else was told already. */
function isNewlyKnown(before: Drift, now: Drift): boolean {
  const known = toolsAtFault(before.causes);
  const isAtFault = toolsAtFault(now.causes).some((tool) => !known.includes(tool));
  return isAtFault || unexplainedPaths(now).length < unexplainedPaths(before).length;
}

function isMoreKnown(record: DriftRecord, { causes }: Drift): boolean {
  return record.finding === undefined && causes.length > record.drift.causes.length;
}

/** What a read says of what calls set: the later read knows, and one that could not tell takes nothing back. */
const BY_EVIDENCE: readonly (Cause['shows'] | undefined)[] = ['yes', 'no', 'not-told', 'unread', undefined];

/** Each event once, with the evidence that is best; and all of them weighed together, whatever the order in which they came. */
function mergedCauses(known: readonly Cause[], added: readonly Cause[], changes: readonly Change[]): readonly Cause[] {
  const byEvent = new Map<string, Cause>();
  for (const cause of [...known, ...added]) {
    const key = cause.eventId ?? textOfCauses([cause]);
    const old = byEvent.get(key);
    if (old === undefined || isBetterKnown(cause, old)) byEvent.set(key, cause);
  }
  return weighCauses([...byEvent.values()], rootsOf(changes));
}

function isBetterKnown(cause: Cause, old: Cause): boolean {
  const rank = ({ shows }: Cause): number => BY_EVIDENCE.indexOf(shows);
  return rank(cause) < rank(old) || (rank(cause) === rank(old) && bySureness(cause, old) < 0);
}

function rootsOf(changes: readonly Change[]): readonly string[] {
  return [...new Set(changes.map(({ path }) => rootOf(path)))];
}

/** What calls set is gone where the value has moved since. */
function asOfNow(causes: readonly Cause[], before: readonly Change[], now: readonly Change[]): readonly Cause[] {
  const moved = new Set(
    rootsOf([...before, ...now]).filter((root) => {
      const textIn = (changes: readonly Change[]): string =>
        textOfValues(changes.filter(({ path }) => rootOf(path) === root));
      return textIn(before) !== textIn(now);
    }),
  );
  return causes.map((cause) =>
    cause.shows === 'yes' && cause.moves !== undefined && moved.has(cause.moves) ? { ...cause, shows: 'no' } : cause,
  );
}

function textOfCauses(causes: readonly Cause[]): string {
  return canonicalJson(causes as unknown as Json);
}

/** What changed is now: the same whatever it is compared with. */
export function textOfValues(changes: readonly Change[]): string {
  return textOfChanges(changes.map((change) => ({ ...change, before: change.after })));
}

/** Two lists of changes that say the same have one text. */
export function textOfChanges(changes: readonly Change[]): string {
  return canonicalJson(
    changes
      .map(({ path, before, after }) =>
        objectOf<Json>([
          ['path', path],
          ['before', { ...before }],
          ['after', { ...after }],
        ]),
      )
      .sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1)),
  );
}
