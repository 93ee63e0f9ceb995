import pMap from 'p-map';
import type { AccountBlastRadius, ProposedBlastRadius } from '#core/accounts-blast-radius.ts';
import { exitCodeOf, PlumblineError } from '#core/errors.ts';
import type { EvidenceRead } from '#core/evidence/uses.ts';
import type { Scan } from '#core/scan.ts';
import type { Session } from '#aws/session.ts';
import { loadBaseline } from '#lambda/baseline-store.ts';
import type { OnProgress } from '#lambda/ports.ts';
import type { Settings } from '#lambda/settings.ts';
import { newestScan } from '#lambda/snapshot-store.ts';
import { addingUp } from '#lambda/tally.ts';
import { answerTo, type Asked } from '#lambda/whole-proposals.ts';
import { accountsFor, type AskedAccounts } from './accounts.ts';
import { errorBody, tellFault } from './fault.ts';
import type { LiveOptions } from './live-options.ts';
import { kindsOf, knownShapes } from './registry.ts';
import type { Store } from './store.ts';
import type { World } from './world.ts';

/** A large snapshot is some hundred megabytes while it is compared. */
export const ACCOUNTS_AT_ONCE = 4;

/** An account to compute in, and what is there, where a file told it. */
export interface Place {
  readonly account: string;
  readonly scan?: Scan;
}

export interface BlastRequest {
  readonly asked: Asked;
  readonly settings: Settings;
  readonly options: LiveOptions;
  readonly roles: AskedAccounts;
  readonly store: Store;
  /** Who signed in; nobody is asked to before AWS must be read. */
  readonly signedIn: () => Promise<Session>;
  /** Logs of use, where any were named: buckets of all accounts, whose names are one in the world. */
  readonly evidence?: EvidenceRead | undefined;
}

interface OneOf extends BlastRequest {
  readonly onProgress: OnProgress;
  readonly isOneOfMany: boolean;
}

/** What is proposed would do in one account: from the file, else the newest snapshot of the store, else AWS as it is now. Throws PlumblineError. */
export async function answerIn(world: World, place: Place, request: OneOf): Promise<ProposedBlastRadius> {
  const { asked, settings, store, isOneOfMany, evidence } = request;
  const scan =
    place.scan ?? (await newestScan(store, place.account))?.scan ?? (await lookIn(world, place.account, request));
  const loaded = await loadBaseline(store, scan.account, knownShapes);
  return answerTo(asked, {
    scan,
    kinds: kindsOf(settings),
    baseline: loaded?.baseline,
    ownerTags: settings.ownerTags,
    applications: settings.applications,
    evidence,
    isOneOfMany,
  });
}

/** The same in several accounts, a few at once; one that fails hides no other. Throws what is wrong with the arguments in all of them. */
export async function answerInEach(
  world: World,
  places: readonly Place[],
  request: BlastRequest & { readonly onProgress: OnProgress },
): Promise<readonly AccountBlastRadius[]> {
  const partOf = addingUp(request.onProgress);
  const refused: PlumblineError[] = [];
  const answers = await pMap(
    places,
    async (place): Promise<AccountBlastRadius> => {
      const onProgress = partOf();
      onProgress({ doing: 'computing', done: 0, of: 1 });
      try {
        return await answerIn(world, place, { ...request, onProgress, isOneOfMany: true });
      } catch (error) {
        if (world.signal.aborted) throw error;
        if (error instanceof PlumblineError && exitCodeOf(error.code) === 64) refused.push(error);
        tellFault(world, error);
        return { account: place.account, exitCode: 2, error: errorBody(error) };
      } finally {
        onProgress({ doing: 'computing', done: 1, of: 1 });
      }
    },
    { concurrency: ACCOUNTS_AT_ONCE },
  );
  const [first] = refused;
  if (first !== undefined && refused.length === places.length) throw first;
  return answers;
}

/** The session that reads an account: who signed in, or the role there. */
export async function sessionIn(
  world: World,
  account: string,
  { roles, signedIn }: Pick<BlastRequest, 'roles' | 'signedIn'>,
): Promise<Session> {
  const { enter } = await import('./live.ts');
  const caller = await signedIn();
  const [own] = accountsFor({ ...roles, ids: [account] }, caller);
  return enter(world, caller, own ?? {});
}

async function lookIn(world: World, account: string, request: OneOf): Promise<Scan> {
  const { look } = await import('./live.ts');
  const { options, settings, onProgress } = request;
  const session = await sessionIn(world, account, request);
  return look(world, { session, options, settings, accepted: [], onProgress });
}
