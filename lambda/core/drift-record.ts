import type { Cause, Change, Drift } from './change.ts';
import { EXISTS, rootOf } from './declaration.ts';
import { canonicalJson, objectOf, type Json } from './json.ts';

/** What one look found of one resource: how it departs from its accepted version, and what could not be told. */
export interface DriftNews {
  readonly drift: Omit<Drift, 'episode'>;
  /** The generation of the whole baseline that it was compared with; 0: a provisional one, or none. */
  readonly generation: number;
  /** Paths that could not be compared now, with why: their last known change stays. `EXISTS`: nothing of it could be read. */
  readonly unknown: Readonly<Record<string, string>>;
  readonly foundBy: FoundBy;
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
 * what is known of the cause. Pure.
 */
export function nextDrift(record: DriftRecord | undefined, news: DriftNews): NextDrift | undefined {
  if (record === undefined) return openedBy(news, undefined);
  if (news.generation < record.generation) return undefined;
  if (news.drift.baseline !== record.drift.baseline)
    return openedBy(withKnownCauses(record, news), record) ?? supersededBy(record, news);
  if (news.drift.takenAt <= record.drift.takenAt) return withCauses(record, news);
  if (record.status === 'closed') return openedBy(news, record);
  return stillOpen(record, news);
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
  // What departs otherwise has another cause.
  if (status === 'closed' || textOfChanges(drift.changes) !== textOfChanges(news.drift.changes)) return news;
  return { ...news, drift: { ...news.drift, causes: mergedCauses(drift.causes, news.drift.causes) } };
}

/** It was accepted in the meantime, and is as accepted. */
function supersededBy(record: DriftRecord, news: DriftNews): NextDrift | undefined {
  const { drift, generation } = news;
  // A read that did not see what had changed does not tell whether that was accepted.
  if (record.status === 'closed' || record.drift.changes.some((change) => isUnknown(change, news))) return undefined;
  const { blind: _seen, ...rest } = record;
  return {
    record: { ...rest, generation, status: 'closed', closedAt: drift.takenAt, endedBy: 'acceptance' },
    due: true,
  };
}

function stillOpen(record: DriftRecord, news: DriftNews): NextDrift {
  const kept = record.drift.changes.filter((change) => isUnknown(change, news));
  const fresh = news.drift.changes;
  const changes = [...fresh, ...kept.filter(({ path }) => !fresh.some((change) => change.path === path))];
  const { blind: before, ...known } = record;
  const drift: Drift = {
    ...record.drift,
    ...news.drift,
    changes: changes.length === 0 ? record.drift.changes : changes,
    causes: mergedCauses(record.drift.causes, news.drift.causes),
  };
  const next = { ...known, generation: news.generation, drift };
  if (changes.length === 0)
    return { record: { ...next, status: 'closed', closedAt: news.drift.takenAt, endedBy: 'recovery' }, due: true };
  const isMoved = textOfChanges(changes) !== textOfChanges(record.drift.changes);
  if (kept.length === 0) return { record: next, due: isMoved || isMoreKnown(record, drift) };
  const blind = { since: before?.since ?? news.drift.takenAt, why: news.unknown };
  return { record: { ...next, blind }, due: isMoved || before === undefined };
}

function isUnknown({ path }: Change, { unknown }: DriftNews): boolean {
  return unknown[rootOf(path)] !== undefined || unknown[EXISTS] !== undefined;
}

/** A cause that is learnt late is added to what is known, and told with what is told next. */
function withCauses(record: DriftRecord, { drift }: DriftNews): NextDrift | undefined {
  const causes = mergedCauses(record.drift.causes, drift.causes);
  if (causes.length === record.drift.causes.length) return undefined;
  return { record: { ...record, drift: { ...record.drift, causes } }, due: false };
}

function isMoreKnown(record: DriftRecord, { causes }: Drift): boolean {
  return record.finding === undefined && causes.length > record.drift.causes.length;
}

/** Each event once; what is known better of it later counts. */
function mergedCauses(known: readonly Cause[], added: readonly Cause[]): readonly Cause[] {
  const byEvent = new Map<string, Cause>();
  for (const cause of [...known, ...added]) {
    const key = cause.eventId ?? canonicalJson(cause as unknown as Json);
    const old = byEvent.get(key);
    if (old === undefined || old.certainty !== 'certain') byEvent.set(key, cause);
  }
  return [...byEvent.values()];
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
