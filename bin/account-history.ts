// Reaches the SDK through live.ts: loaded when a history is asked.
import { messageOf, PlumblineError } from '#core/errors.ts';
import { byTime, type TimelineFilter } from '#core/timeline.ts';
import type { Session } from '#aws/session.ts';
import { CloudTrailHistory } from '#aws/event-history.ts';
import { kinds } from '#kinds';
import { readHistory, type HistoryRead } from '#lambda/history-reading.ts';
import type { OnProgress } from '#lambda/ports.ts';
import type { TimelineRead } from './timeline-source.ts';
import { accountsAsked, accountsFor, type Account } from './accounts.ts';
import { inEachAccount } from './each-account.ts';
import { enter, readsOf, regionsToLookAt, signIn } from './live.ts';
import { periodOf, type ChangesOptions } from './timeline-options.ts';
import type { World } from './world.ts';

/** Of one name in one region: 10,000 events, which take 100 seconds. */
const MOST_PAGES = 200;

export interface HistoryRequest {
  readonly options: ChangesOptions;
  readonly filter: TimelineFilter;
  readonly onProgress: OnProgress;
  /** Keeps the events too. @default where there are snapshots to put them beside */
  readonly withEvents?: boolean;
}

interface AccountRead extends HistoryRead {
  readonly regions: number;
}

/** What CloudTrail itself remembers, of one account or of several. Throws PlumblineError where there is nobody to ask. */
export async function readHistories(world: World, request: HistoryRequest): Promise<TimelineRead> {
  const { options, filter } = request;
  const asked = accountsAsked(options);
  const period = periodOf(filter, options, world.now());
  const caller = await signIn(world, options);
  const accounts = narrowed(accountsFor(asked, caller), filter.account);
  const ask = asking(world, { ...request, caller, ...period });
  const [only, ...others] = accounts;
  const reads =
    only !== undefined && others.length === 0
      ? [await ask(only, request.onProgress)]
      : await askEach(world, accounts, { ask, onProgress: request.onProgress });
  return {
    entries: reads.flatMap(({ entries }) => entries).sort(byTime),
    events: reads.flatMap(({ events }) => events),
    source: { accounts: accounts.length, regions: sum(reads, ({ regions }) => regions), ...period },
    records: sum(reads, ({ records }) => records),
    duplicates: sum(reads, ({ duplicates }) => duplicates),
    problems: reads.flatMap(({ problems }) => problems),
  };
}

function narrowed(accounts: readonly Account[], account: string | undefined): readonly Account[] {
  if (account === undefined) return accounts;
  const those = accounts.filter(({ id }) => id === account);
  if (those.length > 0) return those;
  throw new PlumblineError(
    'ARGUMENT_INVALID',
    `--account ${account}: its history is not asked: name it with --accounts and --account-role, or sign in there`,
  );
}

type Ask = (account: Account, onProgress: OnProgress) => Promise<AccountRead>;

interface Asking extends HistoryRequest {
  readonly caller: Session;
  readonly from: string;
  readonly to: string;
}

function asking(world: World, { caller, options, filter, from, to, withEvents }: Asking): Ask {
  const declarations = kinds.map(({ declaration }) => declaration);
  return async (account, onProgress) => {
    const session = await enter(world, caller, account);
    // The account's block can be changed by way of any region, whatever regions the settings watch.
    const { regions } = await regionsToLookAt(session, options.region);
    const history = new CloudTrailHistory(readsOf(world, session, { concurrency: 1 }));
    const read = await readHistory(
      regions.map((region) => ({ account: session.account, region, history })),
      {
        kinds: declarations.filter(({ id }) => filter.kind === undefined || id === filter.kind),
        withEvents: withEvents ?? options.snapshots !== undefined,
        from,
        to,
        mostPages: MOST_PAGES,
        onProgress,
        signal: world.signal,
      },
    );
    return { ...read, regions: regions.length };
  };
}

/** In each account; one that cannot be asked hides no other. Throws what is wrong with the arguments when it is so in all of them. */
function askEach(
  world: World,
  accounts: readonly Account[],
  { ask, onProgress }: { readonly ask: Ask; readonly onProgress: OnProgress },
): Promise<readonly AccountRead[]> {
  return inEachAccount<Account, AccountRead>(world, accounts, {
    onProgress,
    work: ask,
    failed: (account, error) => ({
      entries: [],
      events: [],
      records: 0,
      duplicates: 0,
      regions: 0,
      problems: [{ where: account.id, says: messageOf(error) }],
    }),
  });
}

function sum<T>(all: readonly T[], count: (one: T) => number): number {
  return all.reduce((total, one) => total + count(one), 0);
}
