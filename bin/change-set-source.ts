// Reaches the SDK: loaded when a change set is asked of.
import { describeChangeSet, parseChangeSet } from '#aws/change-set.ts';
import type { Session } from '#aws/session.ts';
import { plannedInChangeSet } from '#core/planned/change-set.ts';
import { readsOf } from './live.ts';
import type { ProposalRead } from './proposal-source.ts';
import type { World } from './world.ts';

/** Pages of a change set come one after the other. */
const ONE_CALL = 1;

/** What a change set would set, in its account and region. Throws PlumblineError. */
export async function readChangeSet(
  world: World,
  arn: string,
  sessionIn: (account: string) => Promise<Session>,
): Promise<ProposalRead> {
  const name = parseChangeSet(arn);
  const session = await sessionIn(name.account);
  const changes = await describeChangeSet(readsOf(world, session, { concurrency: ONE_CALL }), name);
  return { asked: { by: 'plan', planned: plannedInChangeSet(changes, name) }, account: name.account };
}
