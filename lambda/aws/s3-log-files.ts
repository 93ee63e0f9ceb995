import {
  GetObjectCommand,
  ListObjectsV2Command,
  type _Object as Listed,
  type ListObjectsV2CommandOutput,
} from '@aws-sdk/client-s3';
import PQueue from 'p-queue';
import { PlumblineError } from '#core/errors.ts';
import type { TimelineProblem } from '#core/timeline.ts';
import { TRAIL_LAYOUT, type LogLayout, type LogsAsked } from '#core/trail-layout.ts';
import type { AwsReads } from '#kinds/kind.ts';
import type { FoundLogs, LogFile } from '../trail-reading.ts';
import { AwsFailure } from './failure.ts';
import { S3Bucket, type S3Place } from './s3-bucket.ts';

/** Folders that are listed beside each other. */
const FOLDERS_AT_ONCE = 16;

/** What is asked for at once of a large object: a piece whose answer breaks off is asked for again by itself. */
const PIECE_BYTES = 8 * 1024 * 1024;

/** Where a listing goes on. */
type Where = Pick<ListObjectsV2Command['input'], 'StartAfter' | 'ContinuationToken'>;

/** What a search has found by now. */
interface Search {
  readonly asked: LogsAsked;
  readonly layout: LogLayout;
  readonly folders: PQueue;
  readonly files: LogFile[];
  readonly problems: TimelineProblem[];
  isAnyLeftOut: boolean;
  /** There is no more time to list what is left. */
  readonly isLate: () => boolean;
  wasLate: boolean;
  /** What ended the run, and is nobody's refusal. */
  stop?: { readonly by: unknown };
}

/** Logs under a prefix of a bucket. */
export class S3LogFiles {
  readonly #bucket: S3Bucket;
  readonly #root: string;
  readonly #pieceBytes: number;

  constructor(aws: Pick<AwsReads, 'call'>, place: S3Place, { pieceBytes = PIECE_BYTES } = {}) {
    this.#bucket = new S3Bucket(aws, place);
    this.#root = place.prefix;
    this.#pieceBytes = pieceBytes;
  }

  /**
   * What may hold what is asked: folder by folder, so that the accounts, regions and days that are not asked cost no listing. A
   * folder that cannot be listed is a problem and hides no other, and so is what is not listed when it is late. Throws PlumblineError where
   * the place itself cannot be listed, or no log is there.
   */
  async find(
    asked: LogsAsked,
    layout: LogLayout = TRAIL_LAYOUT,
    isLate: () => boolean = () => false,
  ): Promise<FoundLogs> {
    const folders = new PQueue({ concurrency: FOLDERS_AT_ONCE });
    const search: Search = {
      asked,
      layout,
      folders,
      files: [],
      problems: [],
      isAnyLeftOut: false,
      isLate,
      wasLate: false,
    };
    const only = layout.isLog(this.#root) ? await this.#objectNamed(this.#root) : undefined;
    if (only !== undefined) return { files: [only], problems: [], isAnyLeftOut: false };
    await this.#explaining(() => this.#look(this.#bucket.folder, search));
    await folders.onIdle();
    const { files, problems, isAnyLeftOut, stop } = search;
    if (stop !== undefined) throw stop.by;
    if (files.length === 0 && problems.length === 0 && !isAnyLeftOut)
      throw new PlumblineError(
        'INPUT_INVALID',
        `no log is in ${this.#bucket.place} or below it: name the place ${layout.named}`,
      );
    return { files: files.sort(byName), problems, isAnyLeftOut };
  }

  /** The object that bears the whole name, which may as well be a folder's. */
  async #objectNamed(key: string): Promise<LogFile | undefined> {
    const { Contents = [] } = await this.#explaining(() => this.#page({ Prefix: key, MaxKeys: 1 }));
    const found = Contents.find(({ Key }) => Key === key);
    return found === undefined ? undefined : this.#fileOf(found);
  }

  async #look(folder: string, search: Search): Promise<void> {
    const { asked, layout } = search;
    const days = layout.daysAsked(folder, asked);
    const how = days === undefined ? { Delimiter: '/' } : {};
    let next: Where | undefined = { StartAfter: days?.first };
    while (next !== undefined && !this.#leaves(search)) {
      const page: ListObjectsV2CommandOutput = await this.#page({ Prefix: folder, ...how, ...next });
      const { Contents = [], CommonPrefixes = [] } = page;
      for (const object of Contents) this.#take(object, search);
      for (const { Prefix = '' } of CommonPrefixes) this.#enter(Prefix, search);
      next = goesOn(page, days?.last, search);
    }
  }

  /** Is there no time for more? Said once, of the whole place. */
  #leaves(search: Search): boolean {
    if (!search.isLate()) return false;
    search.isAnyLeftOut = true;
    if (!search.wasLate)
      search.problems.push({ where: `part of ${this.#bucket.place}`, says: 'not listed: there was no time for more' });
    search.wasLate = true;
    return true;
  }

  #take(object: Listed, search: Search): void {
    const { Key = '' } = object;
    // What ends in a slash is a folder that somebody made in the console.
    if (Key.endsWith('/') || !search.layout.isLog(Key)) return;
    if (this.#mayHold(Key, search)) search.files.push(this.#fileOf(object));
    else search.isAnyLeftOut = true;
  }

  #enter(folder: string, search: Search): void {
    if (!this.#mayHold(folder, search)) {
      search.isAnyLeftOut = true;
      return;
    }
    void search.folders.add(async () => {
      try {
        await this.#look(folder, search);
      } catch (error) {
        if (error instanceof AwsFailure)
          search.problems.push({
            where: `s3://${this.#bucket.name}/${folder}`,
            says: `it could not be listed (${error.code})`,
          });
        else search.stop = { by: error };
      }
    });
  }

  #mayHold(key: string, { asked, layout }: Search): boolean {
    return layout.mayHold({ root: this.#root, path: key.slice(this.#bucket.folder.length) }, asked);
  }

  #page(how: Omit<ListObjectsV2Command['input'], 'Bucket'>): Promise<ListObjectsV2CommandOutput> {
    const input = { Bucket: this.#bucket.name, ...how };
    return this.#bucket.send((s3) => s3.send(new ListObjectsV2Command(input)));
  }

  async #explaining<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.#bucket.explained(error, 'list', '');
    }
  }

  #fileOf({ Key = '', Size = 0, ETag, LastModified }: Listed): LogFile {
    // What is read is what was listed, and all of it of one version.
    const get = (Range?: string): Promise<Uint8Array> =>
      // The body is read inside the call, so that an answer that is cut short is asked for again.
      this.#bucket.send(async (s3) => {
        const command = new GetObjectCommand({ Bucket: this.#bucket.name, Key, Range, IfMatch: ETag });
        return (await (await s3.send(command)).Body?.transformToByteArray()) ?? new Uint8Array();
      });
    const piece = this.#pieceBytes;
    return {
      name: `s3://${this.#bucket.name}/${Key}`,
      size: Size,
      ...(LastModified === undefined ? {} : { writtenAt: LastModified.toISOString() }),
      readAll: () => get(),
      open: async function* () {
        for (let at = 0; at < Size; at += piece) yield await get(`bytes=${at}-${Math.min(at + piece, Size) - 1}`);
      },
    };
  }
}

/** Where the listing goes on after a page; undefined: it is at its end. */
function goesOn(
  { Contents = [], NextContinuationToken: token = '' }: ListObjectsV2CommandOutput,
  lastDay: string | undefined,
  { asked, layout }: Pick<Search, 'asked' | 'layout'>,
): Where | undefined {
  if (token === '' || isPast(Contents.at(-1), lastDay)) return undefined;
  // A new listing from there on, instead of page after page of what is too early.
  const later = layout.goesOnAt(Contents.at(-1)?.Key ?? '', asked);
  return later === undefined ? { ContinuationToken: token } : { StartAfter: later };
}

/** Keys come sorted: after a later day no earlier one comes. */
function isPast(object: Listed | undefined, last: string | undefined): boolean {
  return last !== undefined && (object?.Key?.slice(0, last.length) ?? '') > last;
}

function byName(one: LogFile, other: LogFile): number {
  return one.name < other.name ? -1 : 1;
}

/** Up to this a log is fetched before it is asked for: a trail's usual one is a hundredth of it. */
const SMALL_BYTES = 1024 * 1024;

/** The same logs, with so many small ones on their way beside each other: each is a call that is waited for. */
export async function* readAhead(files: Iterable<LogFile>, many: number): AsyncGenerator<LogFile> {
  const ahead: LogFile[] = [];
  for (const file of files) {
    ahead.push(file.size > SMALL_BYTES ? file : started(file));
    const next = ahead.length < many ? undefined : ahead.shift();
    if (next !== undefined) yield next;
  }
  yield* ahead;
}

function started(file: LogFile): LogFile {
  let ahead: Promise<Uint8Array> | undefined = file.readAll();
  // Whoever asks for it is told; until then it is nobody's.
  ahead.catch(() => undefined);
  const readAll = (): Promise<Uint8Array> => {
    const bytes = ahead ?? file.readAll();
    // Whoever keeps the file, to read it once more, does not keep what is in it.
    ahead = undefined;
    return bytes;
  };
  return { ...file, readAll };
}
