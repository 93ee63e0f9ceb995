import { PlumblineError } from '#core/errors.ts';
import type { TimelineFilter } from '#core/timeline.ts';
import { kinds } from '#kinds';
import { timelineFilter } from '#lambda/timeline-question.ts';
import type { AccountsOptions } from './accounts.ts';
import type { LiveOptions } from './live-options.ts';
import type { StorePlace } from './store-place.ts';

/** What `plumbline changes` takes. */
export interface ChangesOptions extends Pick<LiveOptions, 'profile' | 'region'>, AccountsOptions {
  readonly trailLogs?: string;
  readonly since?: string;
  readonly until?: string;
  readonly resource?: string;
  readonly actor?: string;
  readonly account?: string;
  readonly kind?: string;
  readonly store?: StorePlace;
  readonly snapshots?: readonly string[];
  readonly settings?: string;
  readonly json?: boolean;
  readonly csv?: boolean;
}

/** What is asked of CloudTrail's own history where nobody says since when. */
export const USUAL_HOURS = 24;

/** How far CloudTrail remembers (aws-facts §4.6). */
const REMEMBERED_DAYS = 90;

const AN_HOUR_MS = 3_600_000;

/** What the timeline is narrowed to. Throws ARGUMENT_INVALID. */
export function filterOf(options: ChangesOptions, now: Date): TimelineFilter {
  const known = kinds.map(({ declaration }) => declaration.id);
  const filter = timelineFilter(options, { now, kinds: known, nameOf: (member) => `--${member}` });
  return { ...filter, regions: options.region };
}

/** What CloudTrail's own history is asked for. Throws ARGUMENT_INVALID where it does not go back so far. */
export function periodOf(
  { since, until }: TimelineFilter,
  options: Pick<ChangesOptions, 'since' | 'until'>,
  now: Date,
): { readonly from: string; readonly to: string } {
  const to = until === undefined || until > now.toISOString() ? now.toISOString() : until;
  const from = since ?? new Date(Date.parse(to) - USUAL_HOURS * AN_HOUR_MS).toISOString();
  const first = new Date(now.getTime() - REMEMBERED_DAYS * 24 * AN_HOUR_MS).toISOString();
  if (from < first) {
    const until = options.until === undefined ? 'the first snapshot' : `--until ${options.until}`;
    const asked = options.since === undefined ? until : `--since ${options.since}`;
    throw refusal(
      `${asked}: CloudTrail's own history goes back ${REMEMBERED_DAYS} days, to ${first.slice(0, 10)} ${first.slice(11, 19)} UTC: name a later time, or read the logs of a trail with --trail-logs`,
    );
  }
  if (from >= to)
    throw refusal(
      `--since ${options.since ?? ''}: this is still to come, and CloudTrail knows what has been: name a time before now`,
    );
  return { from, to };
}

/** Refuses what means nothing where logs are read: it would look as if it had been heeded. Throws ARGUMENT_INVALID. */
export function refuseBesideLogs({ accounts, profile, accountRole }: ChangesOptions, logs: 'folder' | 'bucket'): void {
  if (accounts !== undefined)
    throw refusal('--accounts: logs hold whatever accounts the trail has; narrow them with --account');
  if (logs === 'bucket') return;
  if (profile !== undefined) throw refusal('--profile: logs in a folder are read without AWS, so leave it out');
  if (accountRole !== undefined)
    throw refusal('--account-role: logs in a folder are read without AWS, so leave it out');
}

/** Refuses what the service's own records do not heed: it would look as if it had been heeded. Throws ARGUMENT_INVALID. */
export function refuseBesideStore({ trailLogs, snapshots, accounts, accountRole, region }: ChangesOptions): void {
  if (trailLogs !== undefined)
    throw refusal('--store and --trail-logs: the timeline is read from one place; leave one out');
  if (snapshots !== undefined)
    throw refusal('--store and --snapshots: the records of the store tell what was read; leave one out');
  if (accounts !== undefined || accountRole !== undefined)
    throw refusal('--accounts and --account-role: a store has the records of its own account; leave them out');
  if (region !== undefined) throw refusal('--region: a store is read whole; narrow it with --resource or --kind');
}

/** Refuses what two snapshots say themselves. Throws ARGUMENT_INVALID. */
export function refuseBesideSnapshots({ snapshots = [], since, until, region }: ChangesOptions): void {
  if (snapshots.length !== 2)
    throw refusal(
      `--snapshots: it takes two files that "plumbline snapshot" wrote, the older one first, and there ${snapshots.length === 1 ? 'is 1' : `are ${snapshots.length}`}`,
    );
  if (since !== undefined || until !== undefined)
    throw refusal('--since and --until: the snapshots say from when to when; leave them out');
  if (region !== undefined)
    throw refusal('--region: the snapshots say where was looked; narrow it with --resource or --kind');
}

function refusal(says: string): PlumblineError {
  return new PlumblineError('ARGUMENT_INVALID', says);
}
