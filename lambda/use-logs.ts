import pMap from 'p-map';
import { PlumblineError } from '#core/errors.ts';
import type { LogsAsked } from '#core/trail-layout.ts';
import { readEvidence } from './evidence-reading.ts';
import type { LogFile } from './log-file.ts';
import type { ReadTo, UseAnswer, UseLogs, UseQuestion } from './ports.ts';
import type { FoundLogs } from './trail-reading.ts';

/** A place with logs of use, as the settings name it. */
export interface UsePlace {
  readonly name: string;
  /**
   * The files that may hold what is asked. When it is late, what was not listed by then is a problem. Throws PlumblineError where it cannot
   * be listed, or holds no log.
   */
  readonly find: (
    asked: LogsAsked,
    buckets: ReadonlySet<string> | undefined,
    isLate: () => boolean,
  ) => Promise<FoundLogs>;
}

export interface UseLogsSettings {
  readonly account: string;
  readonly now: () => Date;
  /** Has the next files on their way while one is read; left out: each is fetched when its turn comes. */
  readonly ahead?: (files: Iterable<LogFile>) => AsyncIterable<LogFile> | Iterable<LogFile>;
  readonly mostBytes?: number;
  readonly mostMs?: number;
  readonly mostListMs?: number;
}

/** What one look reads at most, as the files are packed: whoever is told waits for it, and a week of a busy bucket's logs may be more. */
const MOST_BYTES = 256 * 1024 * 1024;
const MOST_MS = 90_000;
/** So long files are listed, of the fifteen minutes that the function has. */
const MOST_LIST_MS = 4 * 60_000;
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
    const { from, buckets, marks } = question;
    const { ahead = (files) => files, now, mostListMs = MOST_LIST_MS } = this.#settings;
    const until = now().getTime() + mostListMs;
    const listed = await pMap(this.#places, (place) => this.#list(place, question, () => now().getTime() > until), {
      concurrency: PLACES_AT_ONCE,
    });
    const all = new Map(listed.flatMap(({ found }) => found.files).map((file) => [file.name, file]));
    const fresh = freshOf([...all.values()], { question, listed }).toSorted(newestFirst);
    const budget = new Budget(fresh, this.#settings);
    const noted = { tried: new Set<string>(), begun: new Set<string>() };
    const { tried, begun } = noted;
    const read = await readEvidence(ahead(noting(budget.files(), noted)), {
      from: Date.parse(from),
      // No end: a file counts as read, also for what it has of the minutes since the look began.
      marks,
      ...(buckets === undefined ? {} : { buckets }),
    });
    const failed = read.problems.flatMap(({ where }) => {
      const file = begun.has(where) ? undefined : all.get(where);
      return file === undefined ? [] : [{ name: file.name, writtenAt: file.writtenAt }];
    });
    const asked = question.since?.again ?? [];
    const again = [...asked.filter(({ name }) => !tried.has(name)), ...failed];
    return {
      evidence: read.evidence,
      files: read.counts.files,
      malformed: read.counts.malformed,
      problems: [...listed.flatMap(({ found }) => found.problems), ...read.problems, ...budget.problems()],
      readTo: readTo(listed, { question, again }),
      mended: [
        ...listed.filter(({ isWhole }) => isWhole).map(({ place }) => place.name),
        ...asked.map(({ name }) => name).filter((name) => begun.has(name)),
      ],
    };
  }

  /** A place that cannot be looked through hides no other. */
  async #list(place: UsePlace, question: UseQuestion, isLate: () => boolean): Promise<Listed> {
    const { since, buckets } = question;
    const was = since?.places?.[place.name];
    const asked = { since: sinceOf(question, was), until: question.to, account: this.#settings.account };
    try {
      const found = await place.find(asked, buckets, isLate);
      // What a look has no time to list, the next has none for either: it goes on with what is newer.
      const isLeft = isLate();
      return { place, found, was, isWhole: found.problems.length === 0, isDone: isLeft || found.problems.length === 0 };
    } catch (error) {
      if (!(error instanceof PlumblineError)) throw error;
      const problems = [{ where: place.name, says: error.message }];
      return { place, found: { files: [], problems, isAnyLeftOut: true }, was, isWhole: false, isDone: false };
    }
  }
}

/** What one place lists. */
interface Listed {
  readonly place: UsePlace;
  readonly found: FoundLogs;
  /** What was written until then was read before; undefined: nothing was. */
  readonly was: string | undefined;
  readonly isWhole: boolean;
  /** What it has counts as read from now on. */
  readonly isDone: boolean;
}

/** From when on a place is listed: what is new, and what is tried again. */
function sinceOf({ from, since }: UseQuestion, was: string | undefined): string {
  if (was === undefined) return from;
  const times = [was, ...(since?.again ?? []).map(({ writtenAt }) => writtenAt ?? from)].sort();
  return before(times[0] ?? was, DAY_MS);
}

/** What was not read before. Where several places list a file, who read one of them has read it. */
function freshOf(
  files: readonly LogFile[],
  { question, listed }: { readonly question: UseQuestion; readonly listed: readonly Listed[] },
): readonly LogFile[] {
  const { to, since } = question;
  const again = new Set(since?.again?.map(({ name }) => name));
  const known = new Set(since?.files);
  const old = new Set(
    listed.flatMap(({ found, was }) =>
      found.files
        .filter(({ writtenAt }) => was !== undefined && (writtenAt ?? to) <= before(was, SHOWN_AFTER_MS))
        .map(({ name }) => name),
    ),
  );
  return files.filter(({ name }) => again.has(name) || !(known.has(name) || old.has(name)));
}

/** Which files were asked for, and of which there was anything to read. */
interface Noted {
  readonly tried: Set<string>;
  readonly begun: Set<string>;
}

function* noting(files: Iterable<LogFile>, { tried, begun }: Noted): Generator<LogFile> {
  for (const file of files) {
    tried.add(file.name);
    yield {
      ...file,
      readAll: async () => {
        const bytes = await file.readAll();
        begun.add(file.name);
        return bytes;
      },
      open: async function* open() {
        for await (const piece of file.open()) {
          begun.add(file.name);
          yield piece;
        }
      },
    };
  }
}

/**
 * Of a place that was listed, whatever was listed by now counts as read, also what was left out: that is said once, and stays said. Of one
 * that was listed in part only what was listed does, by name.
 */
function readTo(
  listed: readonly Listed[],
  { question, again }: { readonly question: UseQuestion; readonly again: NonNullable<ReadTo['again']> },
): ReadTo {
  const { to, since } = question;
  const shown = before(to, SHOWN_AFTER_MS);
  const places = listed.flatMap(({ place, was, isDone }): (readonly [string, string])[] => {
    const until = isDone ? to : was;
    return until === undefined ? [] : [[place.name, until]];
  });
  const isAnyInPart = listed.some(({ isDone }) => !isDone);
  const files = listed.flatMap(({ found, isDone }) =>
    found.files.filter(({ writtenAt }) => !isDone || (writtenAt ?? to) > shown).map(({ name }) => name),
  );
  return {
    places: Object.fromEntries(places),
    files: [...new Set([...(isAnyInPart ? (since?.files ?? []) : []), ...files])],
    ...(again.length === 0 ? {} : { again }),
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
  readonly #settings: Required<Omit<UseLogsSettings, 'ahead' | 'mostListMs'>>;
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
