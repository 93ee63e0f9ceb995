import type { Cause } from './change.ts';
import { printRef, type ResourceRef } from './reference.ts';
import type { ChangeSeen } from './reconciliation.ts';

/** What was asked of CloudTrail about one resource. */
export interface Searched {
  readonly ref: ResourceRef;
  /** When the asking began. */
  readonly at: string;
  readonly regions: readonly string[];
  readonly gaps: readonly { readonly region: string; readonly why: string }[];
  /** What the level above was found to be, a sentence each. */
  readonly above: readonly string[];
}

/** Where calls were looked for, and where they could not be. */
export interface Looked {
  readonly searches: readonly Searched[];
  /** Of everything that was looked for. Without a region: anywhere. */
  readonly gaps: readonly { readonly account?: string; readonly region?: string; readonly says: string }[];
  /** What was asked for every call, if anything was. */
  readonly asked?: 'logs' | 'history';
  /** Of logs: the regions that anything was heard of. */
  readonly heard?: readonly string[];
}

/** Why no call may be known of a change. */
export interface WhyUnexplained {
  readonly because:
    'young' | 'asking' | 'other-calls' | 'gap' | 'not-heard' | 'not-asked' | 'level-above' | 'none-found';
  readonly says: string;
}

export interface Unexplained {
  /** The calls that were weighed, and did not make it so. */
  readonly others: readonly Cause[];
  readonly looked: Looked;
  readonly now: string;
}

const MINUTE = 60_000;
/** CloudTrail usually delivers within 5 minutes and may take 15; younger than this, "nobody" means "not yet" (aws-facts §4.5). */
const DELIVERY_LAG_MS = 15 * MINUTE;
/** It is asked until 30 minutes after a finding began; the last answer takes a moment. */
const ASKED_FOR_MS = 35 * MINUTE;
/** The account's block is what an organisation's policy may set, with no event in the account (aws-facts §1.8). */
const SET_FROM_ABOVE = 's3-account-block';
const MOST_SAID = 3;

/** Why nobody may be known of a change: all that is known of it, the nearest reason first; never nothing. Pure. */
export function whyUnexplained(change: ChangeSeen, { others, looked, now }: Unexplained): readonly WhyUnexplained[] {
  const age = Date.parse(now) - Date.parse(change.readAt);
  if (age < DELIVERY_LAG_MS)
    return [
      {
        because: 'young',
        says: 'it was read less than 15 minutes ago, and events take up to that long: its event may still come',
      },
    ];
  const search = searchOf(change, looked);
  const isAsked = search !== undefined || looked.asked !== undefined;
  if (!isAsked && age < ASKED_FOR_MS)
    return [{ because: 'asking', says: 'CloudTrail is still being asked, until 30 minutes after it was found' }];
  const unheard = [...gapsFor(change, { looked, search }), ...notHeard(change, looked)];
  const notAsked: readonly WhyUnexplained[] = isAsked
    ? []
    : [{ because: 'not-asked', says: 'the event history of CloudTrail was not asked about it' }];
  return [
    ...otherCalls(others),
    ...unheard,
    ...notAsked,
    ...levelAbove(change, search),
    ...(isAsked && unheard.length === 0 ? noneFound({ looked, search }) : []),
  ];
}

/** The search that began after the change was read; else the last before it, which asked about the same resource. */
function searchOf({ ref, readAt }: ChangeSeen, { searches }: Looked): Searched | undefined {
  const own = searches
    .filter((search) => printRef(search.ref) === printRef(ref))
    .toSorted((a, b) => (a.at < b.at ? -1 : 1));
  return own.find(({ at }) => at >= readAt) ?? own.at(-1);
}

interface Asked {
  readonly looked: Looked;
  readonly search: Searched | undefined;
}

function gapsFor({ ref }: ChangeSeen, { looked, search }: Asked): readonly WhyUnexplained[] {
  const own = (search?.gaps ?? []).map(({ region, why }) => ({
    region,
    says: `the event history of ${region} could not be looked through (${why})`,
  }));
  const said = [...own, ...looked.gaps].filter((gap) => concerns(gap, ref)).map(({ says }) => says);
  return said.slice(0, MOST_SAID).map((says) => ({ because: 'gap', says }));
}

/** A call on what is global may be made in any region (aws-facts §4.1). */
function concerns(gap: { readonly account?: string; readonly region?: string }, ref: ResourceRef): boolean {
  return (
    (gap.account === undefined || gap.account === ref.account) &&
    (gap.region === undefined || ref.region === 'global' || gap.region === ref.region)
  );
}

function notHeard({ ref }: ChangeSeen, { heard }: Looked): readonly WhyUnexplained[] {
  if (heard === undefined || ref.region === 'global' || heard.includes(ref.region)) return [];
  const says = `no watched call of ${ref.region} is in what was read: perhaps no trail hears that region`;
  return [{ because: 'not-heard', says }];
}

function otherCalls(others: readonly Cause[]): readonly WhyUnexplained[] {
  return others.slice(0, MOST_SAID).map(({ call = 'a call', who = 'nobody knows who', at = '', reasons }) => ({
    because: 'other-calls',
    says: `${call} at ${at.slice(0, 19).replace('T', ' ')} UTC (${who}) did not make it so: ${reasons.join('; ')}`,
  }));
}

function levelAbove({ ref }: ChangeSeen, search: Searched | undefined): readonly WhyUnexplained[] {
  const found = search?.above ?? [];
  if (found.length > 0) return found.map((says) => ({ because: 'level-above', says }));
  if (ref.kind !== SET_FROM_ABOVE) return [];
  const says = "the level above may have moved: an organisation's S3 policy sets it with no event in this account";
  return [{ because: 'level-above', says }];
}

function noneFound({ looked, search }: Asked): readonly WhyUnexplained[] {
  const whole = looked.asked === 'logs' ? 'the logs' : 'the event history of CloudTrail';
  const where = search === undefined ? whole : `the event history of ${search.regions.join(', ')}`;
  const says = `no call in ${where} made it so; CloudTrail delivers as best it can, and may have lost one`;
  return [{ because: 'none-found', says }];
}
