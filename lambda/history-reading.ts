import pMap from 'p-map';
import { hasEventsIn, type KindDeclaration } from '#core/declaration.ts';
import type { CloudTrailEvent } from '#core/event.ts';
import { FoundEvents } from '#core/found-events.ts';
import type { TimelineEntry, TimelineProblem } from '#core/timeline.ts';
import type { EventHistory, HistoryAnswer, OnProgress } from './ports.ts';

/** One region of one account, and who answers for it. */
export interface HistoryPlace {
  readonly account: string;
  readonly region: string;
  readonly history: EventHistory;
}

export interface HistoryRead {
  /** Every call on what is watched, once, the oldest first; failed attempts too. */
  readonly entries: readonly TimelineEntry[];
  /** The events of the entries, where they were asked for. */
  readonly events: readonly CloudTrailEvent[];
  readonly records: number;
  readonly duplicates: number;
  /** What could not be asked, or not to the end. */
  readonly problems: readonly TimelineProblem[];
}

export interface HistoryReadingSettings {
  readonly kinds: readonly KindDeclaration[];
  /** Keeps the events too: what each asked for may be large. */
  readonly withEvents?: boolean;
  /** ISO 8601: from then on. */
  readonly from: string;
  /** Before then. */
  readonly to: string;
  /** Of each name in each region. */
  readonly mostPages: number;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/** Each region has a limit of its own, so all that an account usually has are asked beside each other. */
const REGIONS_AT_ONCE = 20;

/** A region that answers none of so many questions running is not asked for the rest: each would cost half a second, and tell as little. */
const FUTILE = 2;

/**
 * Asks the event history of regions for every call on what is watched: by its names, since most of what a history holds is something else
 * (aws-facts §4.6). What could not be asked hides nothing else.
 */
export async function readHistory(
  places: readonly HistoryPlace[],
  { kinds, withEvents = false, from, to, mostPages, onProgress, signal }: HistoryReadingSettings,
): Promise<HistoryRead> {
  const asked = places.map((place) => ({ ...place, names: namesIn(place.region, kinds) }));
  const found = new FoundEvents();
  const problems: TimelineProblem[] = [];
  const of = asked.reduce((sum, { names }) => sum + names.length, 0);
  let done = 0;
  let records = 0;
  const tell = (): void => onProgress?.({ doing: "asking CloudTrail's history:", done, of });
  tell();
  await pMap(
    asked,
    async ({ account, region, history, names }) => {
      const unread = new Unread(names);
      for (const name of names) {
        if (unread.running < FUTILE) {
          const answer = await history.find({ region, by: { name }, from, to, mostPages });
          unread.note(name, answer);
          records += answer.events.length + answer.unreadable;
          for (const event of answer.events) found.take(event);
        } else unread.leave(name);
        done += 1;
        tell();
      }
      problems.push(...unread.says().map((says) => ({ where: `${account}/${region}`, says })));
    },
    { concurrency: REGIONS_AT_ONCE, ...(signal === undefined ? {} : { signal }) },
  );
  return {
    entries: found.entries(kinds),
    events: withEvents ? found.watched(kinds) : [],
    records,
    duplicates: found.duplicates,
    problems: problems.sort((a, b) => (a.where < b.where ? -1 : 1)),
  };
}

/** What CloudTrail calls the calls that a region can have of what is watched. */
function namesIn(region: string, kinds: readonly KindDeclaration[]): readonly string[] {
  const here = kinds.filter((kind) => hasEventsIn(kind, region));
  return [...new Set(here.flatMap(({ events }) => events.map(({ name }) => name)))];
}

/** What of one region was not read, or not to the end, and why. */
class Unread {
  /** How many questions running were not answered. */
  running = 0;
  readonly #all: readonly string[];
  readonly #namesByReason = new Map<string, string[]>();
  #unreadable = 0;
  #last = '';

  constructor(all: readonly string[]) {
    this.#all = all;
  }

  note(name: string, { why, unreadable, events }: HistoryAnswer): void {
    this.#unreadable += unreadable;
    this.running = why === undefined || events.length > 0 || isCut(why) ? 0 : this.running + 1;
    if (why !== undefined) this.leave(name, why);
  }

  /** Not asked, since those before it were not answered. */
  leave(name: string, why = this.#last): void {
    this.#last = why;
    this.#namesByReason.set(why, [...(this.#namesByReason.get(why) ?? []), name]);
  }

  says(): readonly string[] {
    const reasons = [...this.#namesByReason].map(([why, names]) => {
      const what = names.length === this.#all.length ? '' : `${names.join(', ')} `;
      return `${what}not read to the end (${why})${mendOf(why)}`;
    });
    if (this.#unreadable === 0) return reasons;
    return [...reasons, `${this.#unreadable} of its records could not be read`];
  }
}

/** As `HistoryAnswer.why` says it. */
function isCut(why: string): boolean {
  return why.startsWith('cut after');
}

function mendOf(why: string): string {
  if (isCut(why)) return ': what is older is missing, so ask for less time';
  return why.startsWith('AccessDenied') ? ': allow cloudtrail:LookupEvents' : '';
}
