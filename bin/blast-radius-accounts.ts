import type { AccountBlastRadius, ProposedBlastRadius } from '#core/accounts-blast-radius.ts';
import type { EvidenceRead } from '#core/evidence/uses.ts';
import type { Scan } from '#core/scan.ts';
import type { Session } from '#aws/session.ts';
import { loadBaseline } from '#lambda/baseline-store.ts';
import type { OnProgress } from '#lambda/ports.ts';
import type { Settings } from '#lambda/settings.ts';
import { newestScan } from '#lambda/snapshot-store.ts';
import { answerTo, type Asked } from '#lambda/whole-proposals.ts';
import { accountsFor, type AskedAccounts } from './accounts.ts';
import { inEachAccount } from './each-account.ts';
import { errorBody } from './fault.ts';
import type { LiveOptions } from './live-options.ts';
import { kindsOf, knownShapes } from './registry.ts';
import type { Store } from './store.ts';
import type { World } from './world.ts';

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

/** The same in several accounts; one that fails hides no other. Throws what is wrong with the arguments in all of them. */
export function answerInEach(
  world: World,
  places: readonly Place[],
  request: BlastRequest & { readonly onProgress: OnProgress },
): Promise<readonly AccountBlastRadius[]> {
  return inEachAccount<Place, AccountBlastRadius>(world, places, {
    onProgress: request.onProgress,
    work: async (place, onProgress) => {
      onProgress({ doing: 'computing', done: 0, of: 1 });
      try {
        return await answerIn(world, place, { ...request, onProgress, isOneOfMany: true });
      } finally {
        onProgress({ doing: 'computing', done: 1, of: 1 });
      }
    },
    failed: ({ account }, error) => ({ account, exitCode: 2, error: errorBody(error) }),
  });
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
