import { resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { PlumblineError } from '#core/errors.ts';
import type { Scan } from '#core/scan.ts';
import type { State } from '#core/state.ts';
import { createReads } from '#aws/reads.ts';
import { checkRegions, openSession, type Session } from '#aws/session.ts';
import { kinds } from '#kinds';
import { collect } from '#lambda/collect.ts';
import type { Settings } from '#lambda/settings.ts';
import { FolderDocuments } from '#local/folder-documents.ts';
import { withProgress, type World } from './world.ts';

/** Options of every command that looks at AWS. */
export interface LiveOptions {
  readonly profile?: string;
  readonly region?: readonly string[];
  readonly concurrency: number;
  readonly settings?: string;
}

/** S3 calls under way at once; the lane narrows by itself when S3 asks for it. */
const DEFAULT_CONCURRENCY = 32;
const MOST_CONCURRENCY = 256;

export const DEFAULT_STORE = '.plumbline';

export function withLiveOptions(command: Command): Command {
  return command
    .option('--profile <name>', 'the AWS profile to use (else AWS_PROFILE, else the default chain)')
    .option(
      '--region <region>',
      'look only at this region; may be repeated (default: all that are enabled)',
      (region: string, before?: readonly string[]) => [...(before ?? []), region],
    )
    .option('--concurrency <calls>', 'S3 calls under way at once', parseConcurrency, DEFAULT_CONCURRENCY)
    .option('--settings <file>', 'the settings to use (default: plumbline.yaml here, else the shipped one)');
}

export function withStoreOption(command: Command): Command {
  return command.option('--store <folder>', 'where baseline and scans are kept', DEFAULT_STORE);
}

function parseConcurrency(text: string): number {
  const calls = Number(text);
  if (!Number.isInteger(calls) || calls < 1 || calls > MOST_CONCURRENCY)
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${MOST_CONCURRENCY}.`);
  return calls;
}

/** The folder home of the documents. Throws ARGUMENT_INVALID for what is no folder's name. */
export function openStore(world: World, store: string): FolderDocuments {
  if (store === '' || /^[a-z][a-z0-9+.-]*:\/\//i.test(store)) {
    throw new PlumblineError('ARGUMENT_INVALID', `--store ${store}: it takes a folder, such as ${DEFAULT_STORE}`);
  }
  return new FolderDocuments(resolve(world.cwd, store));
}

/** The regions to look at, and whether the person named them. */
export async function regionsToLookAt(
  session: Session,
  asked: readonly string[] | undefined,
): Promise<{ regions: readonly string[]; onlyThose: boolean }> {
  if (asked === undefined) return { regions: await session.enabledRegions(), onlyThose: false };
  const enabled = await session.enabledRegions().catch(() => undefined);
  // Without the right to list regions, what was named is taken at its word.
  return { regions: enabled === undefined ? [...new Set(asked)] : checkRegions(asked, enabled), onlyThose: true };
}

/** Signs in. The first region that was named is where STS is asked, so that no other region is needed. */
export function signIn(options: LiveOptions): Promise<Session> {
  const [region] = options.region ?? [];
  if (region !== undefined && !/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) {
    throw new PlumblineError('ARGUMENT_INVALID', `--region ${region}: write a region such as us-east-1`);
  }
  return openSession({ profile: options.profile, region: undefined });
}

export interface LookRequest {
  readonly session: Session;
  readonly options: LiveOptions;
  readonly settings: Settings;
  readonly accepted: readonly State[];
}

/** Looks at the whole account, with progress where somebody watches. */
export async function look(world: World, { session, options, settings, accepted }: LookRequest): Promise<Scan> {
  const { regions, onlyThose } = await regionsToLookAt(session, options.region ?? settings.regions);
  const aws = createReads({
    account: session.account,
    clients: session.clients,
    concurrency: options.concurrency,
    now: world.now,
    signal: world.signal,
  });
  return withProgress(world, (onProgress) =>
    collect({ kinds, regions, onlyThose, accepted, aws, onProgress, signal: world.signal }),
  );
}
