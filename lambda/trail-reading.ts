import pMap from 'p-map';
import type { KindDeclaration } from '#core/declaration.ts';
import { messageOf } from '#core/errors.ts';
import { parseEvent, type CloudTrailEvent } from '#core/event.ts';
import { FoundEvents } from '#core/found-events.ts';
import { IssueIndex, marksIn, marksOf, type Range } from '#core/issue-index.ts';
import { isJsonObject, textOf, type Json } from '#core/json.ts';
import { STS_ISSUING_CALLS, type Issue } from '#core/session-issues.ts';
import type { TimelineEntry, TimelineProblem } from '#core/timeline.ts';
import { recordsIn, TrailLogScanner } from '#core/trail-log.ts';
import { scanFile, type LogFile } from './log-file.ts';
import { issueIn, issuesFor, type IndexedFile } from './trail-chains.ts';

export type { LogFile } from './log-file.ts';

/** The files of a place that may hold what is asked. */
export interface FoundLogs {
  /** By name. */
  readonly files: readonly LogFile[];
  /** Where could not be looked. */
  readonly problems: readonly TimelineProblem[];
  /** There is more, of other times, accounts or regions, or no logs of CloudTrail. */
  readonly isAnyLeftOut: boolean;
}

export interface TrailRead {
  /** Every call on what is watched, once, the oldest first; failed attempts too; each with who took its session, as far as the logs tell. */
  readonly entries: readonly TimelineEntry[];
  /** The events of the entries, where they were asked for. */
  readonly events: readonly CloudTrailEvent[];
  readonly files: number;
  readonly records: number;
  /** Records that were read already: in another file, or twice in one. */
  readonly duplicates: number;
  /** What could not be read, a file a line. */
  readonly problems: readonly TimelineProblem[];
}

export interface TrailReadingSettings {
  readonly kinds: readonly KindDeclaration[];
  /** Keeps the events too: what each asked for may be large. */
  readonly withEvents?: boolean;
  readonly onFile?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/** So many are unpacked beside each other. */
const FILES_AT_ONCE = 4;

const ISSUING: ReadonlySet<string> = new Set(STS_ISSUING_CALLS);

/**
 * Reads logs of CloudTrail: what is watched of them is parsed, the rest is passed over. One file that cannot be read hides no other. Of
 * the calls that give sessions out only the files are remembered that have them; those that explain a watched call are read again.
 */
export async function readTrailLogs(
  files: AsyncIterable<LogFile> | Iterable<LogFile>,
  { kinds, withEvents = false, onFile, signal }: TrailReadingSettings,
): Promise<TrailRead> {
  const names = new Set(kinds.flatMap(({ events }) => events.map(({ name }) => name)));
  const found = new FoundEvents();
  const indexed: IndexedFile[] = [];
  const problems: TimelineProblem[] = [];
  let records = 0;
  let done = 0;
  const take = (record: Json): void => found.take(parseEvent(record));
  await pMap(
    files,
    async (file) => {
      const index = new IssueIndex();
      const read = await readFile(file, { names, take, index });
      index.pack();
      if (!index.isEmpty) indexed.push({ file, index });
      records += read.records;
      problems.push(...read.problems.map((says) => ({ where: file.name, says })));
      done += 1;
      onFile?.(done);
    },
    { concurrency: FILES_AT_ONCE, ...(signal === undefined ? {} : { signal }) },
  );
  const chains = await issuesFor(found.watched(kinds), {
    files: indexed,
    filesAtOnce: FILES_AT_ONCE,
    ...(signal === undefined ? {} : { signal }),
  });
  return {
    entries: found.entries(kinds, chains.issues),
    events: withEvents ? found.watched(kinds) : [],
    files: done,
    records,
    duplicates: found.duplicates,
    problems: [...problems, ...chains.problems].sort((a, b) => (a.where < b.where ? -1 : 1)),
  };
}

interface Taking {
  readonly names: ReadonlySet<string>;
  readonly take: (record: Json) => void;
  readonly index: IssueIndex;
}

async function readFile(
  file: LogFile,
  { names, take, index }: Taking,
): Promise<{ readonly records: number; readonly problems: readonly string[] }> {
  const unread: string[] = [];
  let strangers = 0;
  const onRecord = (bytes: Uint8Array, offset: number): void => {
    try {
      for (const record of recordsIn(JSON.parse(Buffer.from(bytes).toString('utf8')) as Json)) {
        const name = nameOf(record);
        if (name === undefined) strangers += 1;
        else if (names.has(name)) take(record);
        else if (ISSUING.has(name)) addIssue(index, issueIn(record), { offset, length: bytes.length });
      }
    } catch (error) {
      unread.push(messageOf(error));
    }
  };
  const onIssue = (bytes: Uint8Array, offset: number): void => {
    const marks = marksIn(bytes);
    if (marks === 'unsure') onRecord(bytes, offset);
    else if (marks !== undefined) index.add(marks, { offset, length: bytes.length });
  };
  const scanner = new TrailLogScanner({ names, onRecord }, { names: ISSUING, onRecord: onIssue });
  const problem = await scanFile(file, scanner);
  const problems = problem === undefined ? [] : [problem];
  if (unread.length > 0) problems.push(`${unread.length} of its records could not be read: ${unread[0] ?? ''}`);
  if (strangers > 0)
    problems.push(`${strangers} of its entries ${strangers === 1 ? 'is no record' : 'are no records'} of CloudTrail`);
  return { records: scanner.count - strangers, problems };
}

function addIssue(index: IssueIndex, issue: Issue | undefined, range: Range): void {
  if (issue !== undefined) index.add(marksOf(issue), range);
}

/** What the record says was called. The scanner gives out what may be a watched call, and only what is one is parsed. */
function nameOf(record: Json): string | undefined {
  return isJsonObject(record) ? textOf(record['eventName']) : undefined;
}
