import { resolve } from 'node:path';
import type { Command } from 'commander';
import { evidenceLayout } from '#core/evidence/log-layout.ts';
import type { TimelineProblem } from '#core/timeline.ts';
import type { LogsAsked } from '#core/trail-layout.ts';
import { findLogFiles } from '#local/log-files.ts';
import type { EvidenceRead } from '#core/evidence/uses.ts';
import { readEvidence, type EvidenceRead as Logs } from '#lambda/evidence-reading.ts';
import type { OnProgress } from '#lambda/ports.ts';
import { timelineFilter } from '#lambda/timeline-question.ts';
import type { FoundLogs, LogFile } from '#lambda/trail-reading.ts';
import type { Session } from '#aws/session.ts';
import { parsePlace } from './store-place.ts';
import type { World } from './world.ts';

export interface EvidenceOptions {
  readonly evidence?: readonly string[];
  readonly evidenceSince?: string;
}

/** Logs in a bucket may be of years: so far back is read where nobody says since when. */
const USUAL_DAYS = 14;
/** With the four that are unpacked, what S3 is asked for at once. */
const READ_AHEAD = 16;

export function withEvidenceOptions(command: Command): Command {
  return command
    .option(
      '--evidence <place>',
      'logs that tell who uses what: a folder, a file or s3://bucket/prefix with S3 access logs, or logs of a trail with data events; may be repeated',
      (place: string, before?: readonly string[]) => [...(before ?? []), place],
    )
    .option(
      '--evidence-since <time>',
      `leave out older requests: a time with its zone, a day, or how long ago (default: all in a folder, ${USUAL_DAYS}d in a bucket)`,
    );
}

export interface EvidenceRequest {
  /** Times at which counts are cut (milliseconds since 1970). */
  readonly marks?: readonly number[];
  /** Whose requests are asked for; none: all. */
  readonly buckets?: ReadonlySet<string>;
  /** ISO 8601, UTC: nothing that came later. */
  readonly until?: string;
  readonly signedIn: () => Promise<Session>;
  readonly onProgress: OnProgress;
}

/** Reads the logs that the options name; undefined where they name none. Throws ARGUMENT_INVALID or INPUT_INVALID. */
export async function readEvidenceOf(
  world: World,
  { evidence = [], evidenceSince }: EvidenceOptions,
  { marks = [], buckets, until, signedIn, onProgress }: EvidenceRequest,
): Promise<EvidenceRead | undefined> {
  if (evidence.length === 0) return undefined;
  const since = sinceOf(evidenceSince, world.now());
  const found: Found[] = [];
  for (const named of evidence) found.push(await findLogs(world, named, { since, until, buckets, signedIn }));
  const of = found.reduce((sum, { files }) => sum + files.length, 0);
  const read = await readEvidence(inTurn(found.map(({ ahead }) => ahead)), {
    marks,
    ...(buckets === undefined ? {} : { buckets }),
    ...(since === undefined ? {} : { from: Date.parse(since) }),
    ...(until === undefined ? {} : { to: Date.parse(until) }),
    onFile: (done) => onProgress({ doing: 'logs read:', done, of }),
    signal: world.signal,
  });
  return {
    evidence: read.evidence,
    files: read.counts.files,
    malformed: read.counts.malformed,
    malformedAt: read.malformed.map(({ where, line, says }) => ({ where, line, says })),
    problems: [...found.flatMap(({ problems }) => problems), ...noneOf(read, evidence), ...read.problems],
  };
}

/** What was named may be no log of requests at all, and then it shows of nobody that nobody was there. */
function noneOf({ evidence, counts }: Logs, named: readonly string[]): readonly TimelineProblem[] {
  const seen = evidence.requests + counts.leftOut + counts.duplicates;
  return counts.files === 0 || seen > 0
    ? []
    : [
        {
          where: named.join(', '),
          says: 'no request to S3 is in it: name access logs of S3, or logs of a trail that has data events',
        },
      ];
}

function sinceOf(written: string | undefined, now: Date): string | undefined {
  return timelineFilter({ since: written }, { now, kinds: [], nameOf: () => '--evidence-since' }).since;
}

interface Found extends FoundLogs {
  readonly ahead: AsyncIterable<LogFile> | Iterable<LogFile>;
}

interface Finding extends Pick<EvidenceRequest, 'signedIn'> {
  readonly since: string | undefined;
  readonly until: string | undefined;
  readonly buckets: ReadonlySet<string> | undefined;
}

async function findLogs(world: World, named: string, { since, until, buckets, signedIn }: Finding): Promise<Found> {
  const place = parsePlace(named, {
    option: '--evidence',
    takes: 'a folder or a file, such as ./access-logs',
    example: 'access-logs',
  });
  const layout = evidenceLayout(buckets);
  const asked = (from: string | undefined): LogsAsked => ({
    ...(from === undefined ? {} : { since: from }),
    ...(until === undefined ? {} : { until }),
  });
  if (place.in === 'folder') {
    const found = await findLogFiles({ path: resolve(world.cwd, place.folder), named }, asked(since), layout);
    return { ...found, ahead: found.files };
  }
  const { openLogs } = await import('./live.ts');
  const { readAhead } = await import('#aws/s3-log-files.ts');
  const usual = new Date(world.now().getTime() - USUAL_DAYS * 86_400_000).toISOString();
  const found = await openLogs(world, await signedIn(), place).find(asked(since ?? usual), layout);
  return { ...found, ahead: readAhead(found.files, READ_AHEAD) };
}

async function* inTurn(places: readonly (AsyncIterable<LogFile> | Iterable<LogFile>)[]): AsyncGenerator<LogFile> {
  for (const files of places) yield* files;
}
