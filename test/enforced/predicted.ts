import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { BlastRadius } from '#core/blast-radius.ts';
import type { Flip } from '#core/s3/access-change.ts';
import { createReads } from '#aws/reads.ts';
import { openSession, type Session } from '#aws/session.ts';
import { kinds } from '#kinds';
import { collect } from '#lambda/collect.ts';
import { encode, FORMAT } from '#lambda/document-encoding.ts';
import { run } from '../../bin/run.ts';
import { BUCKET, written, type Case } from './settings.ts';

/** The kinds that the question is about; others are read by tests of their own. */
const KINDS = kinds.filter(({ declaration }) => declaration.id.startsWith('s3-'));

/** A reader of the account that the environment names, signed in once. */
export interface Reader {
  readonly session: Session;
  readonly cwd: string;
}

export async function openReader(): Promise<Reader> {
  return { session: await openSession({}), cwd: await mkdtemp(join(tmpdir(), 'plumbline-enforced-')) };
}

/** What `plumbline blast-radius --set … --json` says of the account as it is read now: the command line itself, in this process. */
export async function predict(reader: Reader, asked: Case): Promise<BlastRadius> {
  const snapshot = await snapshotOf(reader);
  const [printed, told]: [string[], string[]] = [[], []];
  await run(['blast-radius', ...written(asked), '--from', '-', '--json'], {
    cwd: reader.cwd,
    now: () => new Date(),
    environmentProfile: undefined,
    timeZone: 'UTC',
    print: (text) => void printed.push(text),
    input: () => Readable.from([snapshot]) as AsyncIterable<Uint8Array>,
    tell: (text) => void told.push(text),
    colour: false,
    width: undefined,
    isWatched: false,
    signal: new AbortController().signal,
  });
  if (told.length > 0) throw new Error(`${written(asked).join(' ')}: ${told.join('')}`);
  return JSON.parse(printed.join('')) as BlastRadius;
}

/** The file that `plumbline snapshot` would write. */
async function snapshotOf({ session: { account, clients, partition } }: Reader): Promise<Uint8Array> {
  const aws = createReads({ account, clients, concurrency: 8 });
  const regions = ['us-east-1'];
  const scan = await collect({ kinds: KINDS, partition, ownerTags: [], regions, onlyThose: true, accepted: [], aws });
  return encode({ plumbline: 'snapshot', format: FORMAT, ...scan });
}

/** The flips on the bucket, by row, whether its own change or the account's makes them. */
export function flipsIn({ drifts, consequences }: BlastRadius): ReadonlyMap<string, Flip> {
  const own = drifts.flatMap(({ changes }) => changes.flatMap(({ flips = [] }) => flips));
  const below = consequences.flatMap(({ affected }) =>
    affected.flatMap(({ resources, flips }) => (resources.some(({ id }) => id === BUCKET) ? flips : [])),
  );
  return new Map([...own, ...below].map((flip) => [flip.row, flip]));
}

/** The rows that the grants of the bucket's own ACL decide. */
const OF_BUCKET_ACL: ReadonlySet<string> = new Set(['A3', 'R3', 'R6', 'S4']);

/**
 * Why a row without a flip could not be computed: all of a bucket, where nothing of it is sure; or the rows of its ACL, where one of the
 * two readings was masked. What stands beside flips excuses no other row.
 */
export function doubtsIn(report: BlastRadius): (row: string) => string | undefined {
  const whys = report.unknown.flatMap(({ ref, why }) => (ref?.id === BUCKET ? [why] : []));
  const [masked, whole] = [whys.find((why) => why.includes('masked')), whys[0]];
  const isBlind = flipsIn(report).size === 0;
  return (row) => (OF_BUCKET_ACL.has(row) ? masked : undefined) ?? (isBlind && whole !== masked ? whole : undefined);
}
