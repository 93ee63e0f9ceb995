import pMap from 'p-map';
import {
  isUnexplained,
  nextTryAt,
  questionsFor,
  unexplainedPaths,
  ACTOR_AFTER_MIN,
  type CallQuestion,
  type CauseSearch,
  type FailedCall,
} from '#core/cause-search.ts';
import type { DriftRecord } from '#core/drift-record.ts';
import type { CloudTrailEvent } from '#core/event.ts';
import type { FindingRecord } from '#core/finding-record.ts';
import type { Json } from '#core/json.ts';
import { askedBy, type Look } from '#core/look.ts';
import { isOwn } from '#core/own-parts.ts';
import { printRef } from '#core/reference.ts';
import { askActors, NOBODY_ASKED } from './actor-search.ts';
import { detect, kindsOf, type Detected, type DetectPorts } from './detect.ts';
import { lookAbove } from './level-above.ts';
import type { EventHistory, HistoryAnswer, LedgerItem } from './ports.ts';
import { recordAttempt, recordSearch } from './record.ts';
import { SEARCH } from './search-family.ts';
import { underLease } from './lease.ts';
import { keyOfFinding, recordsOf } from './finding-family.ts';

/** What asking CloudTrail about a finding needs from outside. */
export interface SearchPorts extends DetectPorts {
  readonly history: EventHistory;
  /** The regions that are watched. */
  readonly regions: () => Promise<readonly string[]>;
}

/**
 * One search at a time, so that together they stay below CloudTrail's two requests a second and region: the next one begins in another second
 * than the last one ended in.
 */
const LEASE = { id: 'search-lease', ms: 5 * 60_000, apartMs: 1_000 } as const;
const BUSY_AGAIN_MS = 20_000;
const ASKED_AT_ONCE = 8;
const WORKED_AT_ONCE = 8;
/** An event found late is looked at once: what it set has had the time to show. */
const NO_MORE_TRIES = 99;
const KEPT_MS = 90 * 24 * 60 * 60_000;

/**
 * Asks CloudTrail's own history about a finding that no event explains, and works on what it finds as on an event that came: so it is
 * read, weighed and kept like any other. Then, once, what else those who did it have done.
 */
export async function searchCauses(finding: string, ports: SearchPorts): Promise<Detected> {
  const item = await ports.ledger.read({ family: SEARCH, id: finding });
  if (item?.dueAt === undefined) return { due: 0 };
  const outcome = await underLease(LEASE, ports, () => searchOnce(item, ports));
  if (outcome !== 'busy') return outcome;
  await ports.ledger.write({ ...item, dueAt: later(ports, BUSY_AGAIN_MS) });
  return { due: 0 };
}

async function searchOnce(item: LedgerItem, ports: SearchPorts): Promise<Detected> {
  const { ledger, now } = ports;
  const search = item.body as unknown as CauseSearch;
  const found = await ledger.read(keyOfFinding(search.finding));
  const finding = found?.body as unknown as FindingRecord | undefined;
  if (finding?.status !== 'open') {
    if (finding !== undefined) await noteInVain(search, await recordsOf(finding, ports), ports);
    await keep(item, { search: { ...search, isOver: true } }, ports);
    return { due: 0 };
  }
  const before = await recordsOf(finding, ports);
  const asked = await askForCauses(before.filter(isUnexplained), search, ports);
  const records = asked.worked === 0 ? before : await recordsOf(finding, ports);
  const left = records.filter(isUnexplained);
  const isExplained = left.length === 0;
  const level = await lookAbove(left, ports);
  const time = now().toISOString();
  const isTimeForActors = time >= later(ports, ACTOR_AFTER_MIN * 60_000, search.begunAt);
  const actors = isTimeForActors ? await askActors(records, ports) : NOBODY_ASKED;
  const next = {
    ...asked.search,
    above: level.says,
    tries: search.tries + 1,
    gaps: [...asked.search.gaps, ...actors.gaps],
    chains: { ...search.chains, ...actors.chains },
  };
  const nextAt = nextTryAt(next, { isExplained, now: time });
  if (nextAt === undefined) await noteInVain(next, records, ports);
  await keep(item, { search: { ...next, isOver: nextAt === undefined }, dueAt: nextAt }, ports);
  return { due: asked.due + actors.due + level.due };
}

/** What was asked in vain is kept beside the changes: years later nobody asks CloudTrail any more. */
async function noteInVain(search: CauseSearch, records: readonly DriftRecord[], ports: SearchPorts): Promise<void> {
  if (search.regions.length === 0) return;
  const left = records.filter(({ drift }) => !isOwn(drift.ref) && unexplainedPaths(drift).length > 0);
  await recordSearch(
    search,
    left.map(({ drift }) => drift.ref),
    ports.documents,
  );
}

interface Asked extends Detected {
  readonly search: CauseSearch;
  /** How many events were worked on. */
  readonly worked: number;
}

/** Asks for the calls that can have moved these, and works on those that name them. */
async function askForCauses(records: readonly DriftRecord[], search: CauseSearch, ports: SearchPorts): Promise<Asked> {
  if (records.length === 0) return { search, worked: 0, due: 0 };
  const { known } = ports;
  const accepted = await known.of(
    records.map(({ drift }) => drift.ref),
    [],
  );
  const acceptedAt = (ref: DriftRecord['drift']['ref']): string | undefined =>
    accepted.baseline?.states.get(printRef(ref))?.state.takenAt;
  const questions = questionsFor(records, { kinds: kindsOf(ports), regions: await ports.regions(), acceptedAt });
  const answers = await pMap(questions, (question) => askOne(question, ports), { concurrency: ASKED_AT_ONCE });
  const wanted = new Set(records.map(({ drift }) => printRef(drift.ref)));
  const looks = looksFor(
    answers.flatMap(({ answer }) => answer.events),
    wanted,
    ports,
  );
  const outcomes = await pMap(looks.looks, (look) => detect(look, ports), { concurrency: WORKED_AT_ONCE });
  for (const { event, refs } of looks.failed) await recordAttempt(event, refs, ports.documents);
  return {
    search: {
      ...search,
      from: questions.map(({ from }) => from).sort()[0] ?? search.begunAt,
      regions: [...new Set(questions.map(({ region }) => region))].sort(),
      gaps: gapsIn(answers),
      attempts: looks.failed.map(({ event }) => attemptOf(event)),
    },
    worked: looks.looks.length,
    due: outcomes.reduce((sum, { due }) => sum + due, 0),
  };
}

interface Answered {
  readonly region: string;
  readonly answer: HistoryAnswer;
}

async function askOne({ region, name, from }: CallQuestion, { history, now }: SearchPorts): Promise<Answered> {
  return { region, answer: await history.find({ region, by: { name }, from, to: now().toISOString() }) };
}

interface Looks {
  readonly looks: readonly Look[];
  readonly failed: readonly { readonly event: CloudTrailEvent; readonly refs: Parameters<typeof recordAttempt>[1] }[];
}

/** What to do about events of the history: those on what is asked about, as if they had come. */
export function looksFor(events: readonly CloudTrailEvent[], wanted: ReadonlySet<string>, ports: DetectPorts): Looks {
  const declarations = ports.kinds.map(({ declaration }) => declaration);
  const looks: Look[] = [];
  const failed: Looks['failed'][number][] = [];
  for (const event of events) {
    const asked = askedBy(event, declarations);
    if (asked.asks === 'attempt') {
      if (asked.refs.some((ref) => wanted.has(printRef(ref)))) failed.push({ event, refs: asked.refs });
    } else if (asked.asks === 'look' && 'refs' in asked.look.at) {
      const refs = asked.look.at.refs.filter((ref) => wanted.has(printRef(ref)));
      if (refs.length > 0) looks.push({ at: { ...asked.look.at, refs }, because: { event, tries: NO_MORE_TRIES } });
    }
  }
  return { looks, failed };
}

function gapsIn(answers: readonly Answered[]): CauseSearch['gaps'] {
  const gaps = answers.flatMap(({ region, answer }) =>
    answer.isWhole ? [] : [{ region, why: answer.why ?? 'it was cut short' }],
  );
  return [...new Map(gaps.map((gap) => [`${gap.region} ${gap.why}`, gap])).values()].sort((a, b) =>
    a.region < b.region ? -1 : 1,
  );
}

function attemptOf({ actor, name, at, error }: CloudTrailEvent): FailedCall {
  return { who: actor.name, call: name, at, code: error?.code ?? 'Unknown' };
}

interface Kept {
  readonly search: CauseSearch;
  /** When it is asked next. */
  readonly dueAt?: string | undefined;
}

async function keep(item: LedgerItem, { search, dueAt }: Kept, ports: SearchPorts): Promise<void> {
  const { dueAt: _asked, expiresAt: _until, ...rest } = item;
  // A conflict: it was asked for anew meanwhile, and is asked again.
  await ports.ledger.write({
    ...rest,
    body: search as unknown as Json,
    ...(dueAt === undefined ? {} : { dueAt }),
    expiresAt: later(ports, KEPT_MS),
  });
}

function later({ now }: Pick<SearchPorts, 'now'>, ms: number, from?: string): string {
  return new Date((from === undefined ? now().getTime() : Date.parse(from)) + ms).toISOString();
}
