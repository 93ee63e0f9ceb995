import pMap from 'p-map';
import { messageOf } from '#core/errors.ts';
import { parseEvent, type CloudTrailEvent } from '#core/event.ts';
import { marksWanted, WantedMarks, type IssueIndex, type Range } from '#core/issue-index.ts';
import type { Json } from '#core/json.ts';
import { issueOf, issuesIn, type Issue, type Issues } from '#core/session-issues.ts';
import { wantedBy } from '#core/issue-questions.ts';
import type { TimelineProblem } from '#core/timeline.ts';
import { recordsIn } from '#core/trail-log.ts';
import { readRanges, type LogFile } from './log-file.ts';

/** One file, and which sessions its events gave out. */
export interface IndexedFile {
  readonly file: LogFile;
  readonly index: IssueIndex;
}

export interface ChainReading {
  readonly files: readonly IndexedFile[];
  readonly filesAtOnce: number;
  readonly signal?: AbortSignal;
}

export interface IssuesRead {
  readonly issues: Issues;
  /** What could not be read again, a file a line. */
  readonly problems: readonly TimelineProblem[];
}

/**
 * Finds who gave out the sessions of these events, and the sessions before those: unpacks again the files that say so, and parses of them
 * only what is asked for. So nothing is kept of the events that explain nobody, which are most of a log.
 */
export async function issuesFor(
  events: readonly CloudTrailEvent[],
  { files, filesAtOnce, signal }: ChainReading,
): Promise<IssuesRead> {
  const found: Issue[] = [];
  const problems: TimelineProblem[] = [];
  const wanted = new WantedMarks();
  for (;;) {
    const issues = issuesIn(found);
    for (const event of events) for (const mark of wantedMarks(event, issues)) wanted.add(mark);
    const again = placesOf(wanted, files);
    if (again.size === 0) return { issues, problems };
    await pMap(
      again,
      async ([file, ranges]) => {
        const says = await readAgain(file, ranges, found);
        if (says !== undefined) problems.push({ where: file.name, says });
      },
      { concurrency: filesAtOnce, ...(signal === undefined ? {} : { signal }) },
    );
  }
}

function wantedMarks(event: CloudTrailEvent, issues: Issues): readonly number[] {
  const wanted = wantedBy(event, issues);
  return wanted === undefined ? [] : marksWanted(wanted);
}

/** Where the wanted stand, and the sessions before them, as far as keys tell. What is found is added to what is wanted. */
function placesOf(wanted: WantedMarks, files: readonly IndexedFile[]): ReadonlyMap<LogFile, readonly Range[]> {
  const places = new Map<LogFile, readonly Range[]>();
  for (let known = -1; known < wanted.size;) {
    known = wanted.size;
    for (const { file, index } of files) {
      const ranges = index.find(wanted);
      if (ranges.length > 0) places.set(file, [...(places.get(file) ?? []), ...ranges]);
    }
  }
  return places;
}

/** Adds to `found` what stands at some places of a file. */
async function readAgain(file: LogFile, ranges: readonly Range[], found: Issue[]): Promise<string | undefined> {
  let unread: string | undefined;
  const problem = await readRanges(file, ranges, (bytes) => {
    try {
      for (const record of recordsIn(JSON.parse(Buffer.from(bytes).toString('utf8')) as Json)) {
        const issue = issueIn(record);
        if (issue !== undefined) found.push(issue);
      }
    } catch (error) {
      unread ??= messageOf(error);
    }
  });
  const failure = unread ?? problem;
  return failure === undefined ? undefined : `who took a session stands in it, and could not be read: ${failure}`;
}

/** What is no record, or one of something else, gives nothing out. */
export function issueIn(record: Json): Issue | undefined {
  try {
    return issueOf(parseEvent(record));
  } catch {
    return undefined;
  }
}
