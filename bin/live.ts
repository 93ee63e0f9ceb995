// Loads the SDK: commands import it when they run, so that help, diff and demo start without it.
import { PlumblineError } from '#core/errors.ts';
import { scanIdAt, type Scan } from '#core/scan.ts';
import type { State } from '#core/state.ts';
import { createReads } from '#aws/reads.ts';
import type { S3Place } from '#aws/s3-bucket.ts';
import { S3Documents } from '#aws/s3-documents.ts';
import { S3LogFiles } from '#aws/s3-log-files.ts';
import { checkRegions, openSession, type Session } from '#aws/session.ts';
import { kinds } from '#kinds';
import type { AwsReads } from '#kinds/kind.ts';
import { collect } from '#lambda/collect.ts';
import type { OnProgress } from '#lambda/ports.ts';
import type { Settings } from '#lambda/settings.ts';
import { roleAsked, type Account, type AccountRoleOption } from './accounts.ts';
import type { LiveOptions } from './live-options.ts';
import type { World } from './world.ts';

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

/** Signs in, where the profile or the environment says. Throws ARGUMENT_INVALID for a --region that no region can be called. */
export function signIn(world: World, options: Pick<LiveOptions, 'profile' | 'region'>): Promise<Session> {
  const [region] = options.region ?? [];
  if (region !== undefined && !/^[a-z]{2,}(-[a-z]+)+-\d+$/.test(region)) {
    throw new PlumblineError('ARGUMENT_INVALID', `--region ${region}: write a region such as us-east-1`);
  }
  return openSession({ profile: options.profile, environmentProfile: world.environmentProfile });
}

/** The session that looks at an account, which stands in that account's CloudTrail under a name of ours. */
export async function enter(world: World, caller: Session, { role }: Pick<Account, 'role'>): Promise<Session> {
  if (role === undefined) return caller;
  return caller.assume({ role, sessionName: `plumbline-${scanIdAt(world.now())}` });
}

export interface SignedIn {
  readonly session: Session;
  /** Who signed in, before any role was assumed: the person, and whose the store is. */
  readonly caller: Session;
}

/** Signs in, and assumes the role if one was named. Throws ARGUMENT_INVALID before anything is asked of AWS. */
export async function signInto(
  world: World,
  options: Pick<LiveOptions, 'profile' | 'region'> & AccountRoleOption,
): Promise<SignedIn> {
  const role = roleAsked(options);
  const caller = await signIn(world, options);
  return { session: role === undefined ? caller : await enter(world, caller, { role }), caller };
}

export interface LookRequest {
  readonly session: Session;
  readonly options: LiveOptions;
  readonly settings: Settings;
  readonly accepted: readonly State[];
  readonly onProgress: OnProgress;
}

/** The one way to AWS, as the options want it. */
export function readsOf(world: World, session: Session, { concurrency }: Pick<LiveOptions, 'concurrency'>): AwsReads {
  const { account, clients } = session;
  return createReads({ account, clients, concurrency, now: world.now, signal: world.signal });
}

/** Calls to the store under way at once: as many as its documents are read at. */
const STORE_CALLS = 8;

/** The documents in a bucket, read and written by who is signed in. */
export function openBucket(world: World, session: Session, place: S3Place): S3Documents {
  return new S3Documents(readsOf(world, session, { concurrency: STORE_CALLS }), place);
}

/** Small logs are many, and their calls are waited for: as many on their way as are read ahead and unpacked. */
const LOG_CALLS = 24;

/** The logs of a trail in a bucket, read by who is signed in, or as the role that was named. */
export function openLogs(world: World, session: Session, place: S3Place): S3LogFiles {
  return new S3LogFiles(readsOf(world, session, { concurrency: LOG_CALLS }), place);
}

/** Looks at the whole account. Throws CREDENTIALS_UNUSABLE when the credentials end before it is through. */
export async function look(world: World, request: LookRequest): Promise<Scan> {
  const { session, options, settings, accepted, onProgress } = request;
  const { regions, onlyThose } = await regionsToLookAt(session, options.region ?? settings.regions);
  const aws = readsOf(world, session, options);
  const scan = await collect({
    kinds,
    regions,
    partition: session.partition,
    ownerTags: settings.ownerTags,
    onlyThose,
    accepted,
    aws,
    onProgress,
    signal: world.signal,
  });
  const ended = aws.endedBy();
  if (ended !== undefined) {
    throw new PlumblineError(
      'CREDENTIALS_UNUSABLE',
      `the AWS credentials ended in the middle of the scan (${ended}), and nothing of it was kept: sign in again, then repeat the command`,
    );
  }
  return scan;
}
