import pMap from 'p-map';
import { PlumblineError } from '#core/errors.ts';
import type { LogsAsked } from '#core/trail-layout.ts';
import { readEvidence } from './evidence-reading.ts';
import type { LogFile } from './log-file.ts';
import type { UseAnswer, UseLogs, UseQuestion } from './ports.ts';
import type { FoundLogs } from './trail-reading.ts';

/** A place with logs of use, as the settings name it. */
export interface UsePlace {
  readonly name: string;
  /** The files that may hold what is asked. Throws PlumblineError where it cannot be listed, or holds no log. */
  readonly find: (asked: LogsAsked, buckets: ReadonlySet<string> | undefined) => Promise<FoundLogs>;
}

export interface UseLogsSettings {
  readonly account: string;
  readonly now: () => Date;
  /** Has the next files on their way while one is read; left out: each is fetched when its turn comes. */
  readonly ahead?: (files: Iterable<LogFile>) => AsyncIterable<LogFile> | Iterable<LogFile>;
  readonly mostBytes?: number;
  readonly mostMs?: number;
}

/** What one look reads at most, as the files are packed: whoever is told waits for it, and a week of a busy bucket's logs may be more. */
const MOST_BYTES = 256 * 1024 * 1024;
const MOST_MS = 90_000;
/** A file that shows in a list has been written for as long as it took to write it; and clocks differ. */
const SHOWN_AFTER_MS = 10 * 60_000;
/** What is written now may lie in the folder of the day on which it happened. */
const DAY_MS = 24 * 60 * 60_000;
const PLACES_AT_ONCE = 4;

/** Logs of use in their places, the newest files first, as many as one look may read. */
export class PlacedUseLogs implements UseLogs {
  readonly #places: readonly UsePlace[];
  readonly #settings: UseLogsSettings;

  constructor(places: readonly UsePlace[], settings: UseLogsSettings) {
    this.#places = places;
    this.#settings = settings;
  }

  async read(question: UseQuestion): Promise<UseAnswer> {
    const { from, to, since, buckets, marks } = question;
    const asked = { since: since === undefined ? from : before(since.writtenBy, DAY_MS), until: to };
    const found = await pMap(this.#places, (place) => this.#find(place, asked, buckets), {
      concurrency: PLACES_AT_ONCE,
    });
    const all = new Map(found.flatMap(({ files }) => files).map((file) => [file.name, file]));
    const fresh = [...all.values()].filter((file) => isFresh(file, question)).toSorted(newestFirst);
    const budget = new Budget(fresh, this.#settings);
    const { ahead = (files) => files } = this.#settings;
    const read = await readEvidence(ahead(budget.files()), {
      from: Date.parse(from),
      to: Date.parse(to),
      marks,
      ...(buckets === undefined ? {} : { buckets }),
    });
    return {
      evidence: read.evidence,
      files: read.counts.files,
      malformed: read.counts.malformed,
      problems: [...found.flatMap(({ problems }) => problems), ...read.problems, ...budget.problems()],
      readTo: readTo([...all.values()], question),
    };
  }

  /** A place that cannot be looked through hides no other. */
  async #find(place: UsePlace, asked: LogsAsked, buckets: ReadonlySet<string> | undefined): Promise<FoundLogs> {
    try {
      return await place.find({ ...asked, account: this.#settings.account }, buckets);
    } catch (error) {
      if (!(error instanceof PlumblineError)) throw error;
      return { files: [], problems: [{ where: place.name, says: error.message }], isAnyLeftOut: true };
    }
  }
}

function isFresh({ name, writtenAt }: LogFile, { to, since }: UseQuestion): boolean {
  if (since === undefined) return true;
  return (writtenAt ?? to) > before(since.writtenBy, SHOWN_AFTER_MS) && !since.files.includes(name);
}

/** Whatever was listed by now counts as read, also what was left out: that is said once, and stays said. */
function readTo(listed: readonly LogFile[], { to }: UseQuestion): UseAnswer['readTo'] {
  const shown = before(to, SHOWN_AFTER_MS);
  return {
    writtenBy: to,
    files: listed.filter(({ writtenAt }) => (writtenAt ?? to) > shown).map(({ name }) => name),
  };
}

function newestFirst(one: LogFile, other: LogFile): number {
  const [a, b] = [one.writtenAt ?? '', other.writtenAt ?? ''];
  return a === b ? (one.name < other.name ? 1 : -1) : a < b ? 1 : -1;
}

function before(time: string, ms: number): string {
  return new Date(Date.parse(time) - ms).toISOString();
}

/** As much as one look may read. */
class Budget {
  readonly #files: readonly LogFile[];
  readonly #settings: Required<Omit<UseLogsSettings, 'ahead'>>;
  #taken = 0;

  constructor(files: readonly LogFile[], settings: UseLogsSettings) {
    this.#files = files;
    this.#settings = { mostBytes: MOST_BYTES, mostMs: MOST_MS, ...settings };
  }

  *files(): Generator<LogFile> {
    const { now, mostBytes, mostMs } = this.#settings;
    const until = now().getTime() + mostMs;
    let bytes = 0;
    for (const file of this.#files) {
      bytes += file.size;
      if (bytes > mostBytes || now().getTime() > until) return;
      this.#taken += 1;
      yield file;
    }
  }

  problems(): UseAnswer['problems'] {
    const left = this.#files.slice(this.#taken);
    if (left.length === 0) return [];
    const { mostBytes, mostMs } = this.#settings;
    const until = left[0]?.writtenAt;
    const when = until === undefined ? '' : `, written until ${until.slice(0, 16).replace('T', ' ')} UTC`;
    return [
      {
        where: `${left.length} ${left.length === 1 ? 'file' : 'files'} of ${megabytes(left.reduce((sum, { size }) => sum + size, 0))} MB${when}`,
        says: `left out: one look reads at most ${megabytes(mostBytes)} MB, for ${mostMs / 1000} seconds`,
      },
    ];
  }
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / (1024 * 1024));
}
