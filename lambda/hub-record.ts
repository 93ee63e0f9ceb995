import type { Cause, Change, Drift } from '#core/change.ts';
import { digestOf } from '#core/digest.ts';
import type { DriftRecord } from '#core/drift-record.ts';
import { causeFor, type Common, type Happening, type Placed } from '#core/one-cause.ts';
import { MEMBERS_OWN_FINDING } from '#core/own-parts.ts';
import type { ResourceRef } from '#core/reference.ts';
import type { HubNews, MemberNews } from './hub-news.ts';

/**
 * A finding of a member as the hub keeps it: in the shape of a drift, so that the teller's own decisions hold for it: what is told at once,
 * what together, what is said again and when, what has recovered, and what nobody can see any more (docs/decisions/0024).
 */
export interface HubRecord extends DriftRecord {
  readonly account: string;
  /** The newest that was heard, without the alert itself. */
  readonly news: Omit<HubNews, 'alert'>;
  /** By what it was put under its cause; undefined for the one that began it. */
  readonly common?: Common;
}

/** What stands in place of a watched kind. */
export const MEMBER_FINDING = 'member-finding';

/** Is it a member's finding, and none of the hub's own account? */
export function isMembersFinding(kind: string | undefined): boolean {
  return kind === MEMBER_FINDING || kind === MEMBERS_OWN_FINDING;
}

/** A finding of a member as the hub refers to it. `hub`: the hub's account. */
export function refOfMember({ account, news }: MemberNews, hub: string): ResourceRef {
  const kind = news.against === 'deployed' ? MEMBERS_OWN_FINDING : MEMBER_FINDING;
  return { account: hub, region: 'global', kind, id: `${account}/${news.finding}` };
}

/**
 * The record after news; undefined where they are no news: heard already, or older than what was heard. What was put under a cause stays
 * there, whatever is learnt later. Pure.
 */
export function nextHubRecord(
  before: HubRecord | undefined,
  member: MemberNews,
  { others, hub }: { readonly others: readonly HubRecord[]; readonly hub: string },
): HubRecord | undefined {
  const { alert: _kept, ...news } = member.news;
  return before === undefined ? begun(member, news, { others, hub }) : goneOn(before, news);
}

type Said = Omit<HubNews, 'alert'>;

function begun(
  member: MemberNews,
  news: Said,
  { others, hub }: { readonly others: readonly HubRecord[]; readonly hub: string },
): HubRecord {
  const { account } = member;
  const found = causeFor(happeningOf(news), others.map(placed));
  const cause = found?.cause ?? `${account}/${news.finding}`;
  return {
    drift: {
      ref: refOfMember(member, hub),
      baseline: 0,
      episode: 1,
      changes: [changeOf(news)],
      takenAt: news.at,
      // What it is told under comes first; the actors are for whoever looks at it.
      causes: [{ eventId: cause, certainty: 'certain', reasons: [] }, ...actorsOf(news)],
    },
    generation: 0,
    openedAt: news.since,
    foundBy: {},
    ...standingOf(news),
    account,
    news,
    ...(found === undefined ? {} : { common: found.common }),
  };
}

function goneOn({ blind: _before, ...before }: HubRecord, news: Said): HubRecord | undefined {
  if (before.status === 'closed' || before.news.at >= news.at) return undefined;
  const drift = { ...before.drift, takenAt: news.at };
  // An end says no more than that: what it was stays known.
  return isEnd(news)
    ? { ...before, ...standingOf(news), drift, news: { ...before.news, status: news.status, at: news.at } }
    : { ...before, ...standingOf(news), drift: learnt(drift, news), news };
}

function learnt(drift: Drift, news: Said): Drift {
  return { ...drift, changes: [changeOf(news)], causes: [...drift.causes.slice(0, 1), ...actorsOf(news)] };
}

function isEnd({ status }: Pick<HubNews, 'status'>): boolean {
  return status === 'accepted' || status === 'superseded';
}

function standingOf({
  status,
  at,
}: Pick<HubNews, 'status' | 'at'>): Pick<DriftRecord, 'status' | 'closedAt' | 'endedBy' | 'blind'> {
  switch (status) {
    case 'recovered':
      return { status: 'closed', closedAt: at, endedBy: 'recovery' };
    case 'accepted':
    case 'superseded':
      return { status: 'closed', closedAt: at, endedBy: 'acceptance' };
    case 'blind':
      return { status: 'open', blind: { since: at, why: {} } };
    case 'opened':
    case 'changed':
    case 'still-open':
      return { status: 'open' };
  }
}

/** One change that is as grave as the alert: only what it says of values, effects, severity and use makes it another. */
function changeOf(news: Said): Change {
  const { severity, exposure, breakage, headline, moves, status, use } = news;
  // A member that says nothing of use is no other than it was before members did.
  const said = [
    severity,
    exposure,
    breakage,
    [...moves].sort(),
    status === 'blind',
    ...(use === undefined ? [] : [use]),
  ];
  const told = digestOf(JSON.stringify(said));
  return {
    path: severity === 'info' ? 'exists' : 'finding',
    before: { status: 'absent' },
    after: { status: 'present', value: told },
    exposure,
    breakage,
    ...(severity === 'critical' ? { opensToWorld: true } : {}),
    says: headline,
    check: MEMBER_FINDING,
  };
}

function actorsOf({ actors }: Said): readonly Cause[] {
  return actors.map(({ who, call, at, certainty }) => ({
    ...(who === undefined ? {} : { who }),
    ...(call === undefined ? {} : { call }),
    ...(at === undefined ? {} : { at }),
    certainty,
    reasons: [],
  }));
}

/** When it happened: what CloudTrail says, as far as it says anything; else when it was first read. */
function happeningOf({ since, moves, actors, against }: Said): Happening {
  const times = actors.flatMap(({ at }) => at ?? []).sort();
  return { at: times[0] ?? since, moves, actors, against };
}

function placed(record: HubRecord): Placed {
  return { cause: causeOf(record), happening: happeningOf(record.news) };
}

function causeOf({ drift }: HubRecord): string {
  return drift.causes[0]?.eventId ?? '';
}
