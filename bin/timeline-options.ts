import { PlumblineError } from '#core/errors.ts';
import type { TimelineFilter } from '#core/timeline.ts';
import { kinds } from '#kinds';
import type { AccountsOptions } from './accounts.ts';
import type { LiveOptions } from './live-options.ts';

/** What `plumbline changes` takes. */
export interface ChangesOptions extends Pick<LiveOptions, 'profile' | 'region'>, AccountsOptions {
  readonly trailLogs?: string;
  readonly since?: string;
  readonly until?: string;
  readonly resource?: string;
  readonly actor?: string;
  readonly account?: string;
  readonly kind?: string;
  readonly json?: boolean;
  readonly csv?: boolean;
}

/** What is asked of CloudTrail's own history where nobody says since when. */
export const USUAL_HOURS = 24;

/** How far CloudTrail remembers (aws-facts §4.6). */
const REMEMBERED_DAYS = 90;

const AN_HOUR_MS = 3_600_000;
const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: AN_HOUR_MS, d: 24 * AN_HOUR_MS };
/** With a zone: without one it would be another time for everybody. */
const TIME = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/** What the timeline is narrowed to. Throws ARGUMENT_INVALID. */
export function filterOf(options: ChangesOptions, now: Date): TimelineFilter {
  const { resource, actor, account, kind, region } = options;
  if (account !== undefined && !/^\d{12}$/.test(account))
    throw refusal(`--account ${account}: an account's id has 12 digits: write such as 111122223333`);
  const known = kinds.map(({ declaration }) => declaration.id);
  if (kind !== undefined && !known.includes(kind)) throw refusal(`--kind ${kind}: it is one of ${known.join(', ')}`);
  const since = timeOf('--since', options.since, now);
  const until = timeOf('--until', options.until, now);
  if (since !== undefined && until !== undefined && until <= since)
    throw refusal(
      `--until ${options.until ?? ''}: this is no later than --since ${options.since ?? ''}, so nothing lies between: name a later time, or leave one out`,
    );
  return { since, until, resource, actor, account, kind, regions: region };
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
    const asked = options.since === undefined ? `--until ${options.until ?? ''}` : `--since ${options.since}`;
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

/** A time, or so long ago. A day alone begins in UTC, as CloudTrail's times are. */
function timeOf(option: string, text: string | undefined, now: Date): string | undefined {
  if (text === undefined) return undefined;
  const [, count, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const ago = count === undefined ? undefined : new Date(now.getTime() - Number(count) * (UNITS[unit] ?? 0));
  const at = ago ?? (TIME.test(text) ? new Date(text) : undefined);
  if (at === undefined || Number.isNaN(at.getTime()))
    throw refusal(
      `${option} ${text}: write a time with its zone, such as 2025-10-28T14:00Z, a day, or how long ago, such as 24h`,
    );
  return at.toISOString();
}

function refusal(says: string): PlumblineError {
  return new PlumblineError('ARGUMENT_INVALID', says);
}
