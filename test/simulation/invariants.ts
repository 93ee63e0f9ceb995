import type { History, Settings, ToldAlert, ToldResource } from './history.ts';
import { Truth } from './truth.ts';

/**
 * What must hold of every run, whatever goes wrong. Each is decided from the outside alone: from the changes that were really made, from
 * what was accepted, and from the mails that went out.
 *
 * "Departs": a setting has another value than was accepted of it. A resource of which nothing was accepted departs by being there, and an
 * accepted one that is gone departs by that alone. What was never read when it was accepted departs from nothing.
 * Nor does a public ACL depart where S3 may have hidden its public grants when it was accepted, unless a grant that was seen then is gone.
 */
export const INVARIANTS = {
  'every real drift is told':
    'A departure that stayed the same for three quarters of an hour, in which nothing was down, is what the last alert before its end says of the resource: no ' +
    'setting is missing, none is too many, each with its value. So is every departure at the end of the run, after the faults have stopped. ' +
    'Times in which the resource could not be read, our own services were down or the finding was muted do not count. Not asked for: what was ' +
    'undone within that time (whoever looks may come too late; what was seen of it is told all the same), and things that are new and do nothing to ' +
    'anybody, which the digest tells (design.md §3): private ones, and IP sets, since no web ACL here uses any.',
  'no alert without a drift':
    'Whatever an alert says departs had that value when it was read, but for the seconds that reads may be behind; and something else was ' +
    'accepted of it at some moment of the round that told it. Whatever an alert says is over was as accepted when that was read.',
  'told twice only after a cut':
    'An alert that says of each of its resources what the last alert on it said, no more of who did it, and that it is no graver, is a repetition; so is a reminder ' +
    'within the hour. Each repetition has a cut of its own: a function that died, or got no answer, between setting out to publish that alert and marking ' +
    'it as told: whether it went out by then nobody knows.',
  'what is closed stays closed':
    'After an alert that said that a departure is over, one that says that the resource departs needs a change of the resource, or an accept, ' +
    'since the read that found it over. And no finding that ended is open again.',
  'what is over ends':
    'At the end of the run a resource that is as accepted is in no open finding, unless others of that finding still depart.',
} as const;

export type Invariant = keyof typeof INVARIANTS;

export interface Violation {
  readonly invariant: Invariant;
  readonly at: number;
  readonly says: string;
}

/** What the invariants found, and what they counted. */
export interface Verdict {
  readonly violations: readonly Violation[];
  /** Departures that lasted long enough to be asked for. */
  readonly departures: number;
  readonly repetitions: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** A change shows within ten seconds, and reading a resource takes up to three. */
const BEHIND_MS = 13 * SECOND;
const READING_MS = 3 * SECOND;
/** The round that tells may take this long after it has looked at what is accepted. */
const ROUND_MS = 2 * MINUTE + 10 * SECOND;
/** A worker keeps the head of a baseline for twenty seconds, and a look may take three minutes after it has read it. */
const HEAD_KEPT_MS = 4 * MINUTE;
/** Two sweeps, the first of which may lose its part; a follower waits ten minutes besides (design.md §4). */
const DETECTED_WITHIN_MS = 45 * MINUTE;
/** What was down is made up for after it: a message that failed comes again after three minutes, and there may be several. */
const MADE_UP_WITHIN_MS = 20 * MINUTE;
/** A reminder comes an hour after what was told last. */
const REMINDED_AFTER_MS = 55 * MINUTE;

/** Judges a whole run. Pure. */
export function judge(history: History): Verdict {
  const truth = new Truth(history);
  const departures = longDepartures(history, truth);
  const repetitions = repetitionsIn(history);
  return {
    departures: departures.length,
    repetitions: repetitions.length,
    violations: [
      ...departures.flatMap((one) => untold(one, history, truth)),
      ...history.alerts.flatMap((alert) => untrue(alert, truth)),
      ...uncut(repetitions, history),
      ...revived(history, truth),
      ...unended(history, truth),
    ].sort((a, b) => a.at - b.at),
  };
}

/** How a resource departs. */
export function departureOf(now: Settings, accepted: Settings): Settings {
  const isThere = now['exists'] === 'yes';
  if (accepted['exists'] === 'unknown') return {};
  if (isThere !== (accepted['exists'] === 'yes')) return { exists: isThere ? 'yes' : 'none' };
  if (!isThere) return {};
  const departs = Object.entries(now).filter(
    ([setting, value]) =>
      (accepted[setting] ?? 'unknown') !== 'unknown' &&
      accepted[setting] !== value &&
      !mayBeHidden(setting, value, accepted),
  );
  return Object.fromEntries(departs);
}

/**
 * An ACL that is public now may have been public when it was accepted, where public grants may have been hidden then (aws-facts §1.4).
 * Not where a grant to a partner was seen then: here no public ACL has one, so it is gone, whatever else was hidden.
 */
function mayBeHidden(setting: string, value: string, accepted: Settings): boolean {
  const isHidden = accepted['acl'] === 'private' && accepted['aclSeen'] === 'in part';
  return setting === 'acl' && value === 'public' && isHidden;
}

/**
 * New things that do nothing to anybody are told by the digest: IP sets that no web ACL uses, as none does here, and what lets in nobody.
 * Those that only a switch elsewhere keeps private may be told either way.
 */
function mayBeQuiet(departs: Settings, now: Settings): boolean {
  const isPrivate = now['policy'] === 'none' || now['policy'] === 'public';
  // RestrictPublicBuckets over a public policy shuts out other accounts, by whatever they come (aws-facts §1.2).
  const isShut = now['policy'] === 'public' && (now['block'] ?? '').includes('policies');
  const isShared = now['acl'] === 'shared' && !isShut;
  return departs['exists'] === 'yes' && (now['addresses'] !== undefined || (isPrivate && !isShared));
}

interface Departure {
  readonly resource: string;
  readonly from: number;
  readonly until: number;
  readonly departs: Settings;
}

function longDepartures(history: History, truth: Truth): readonly Departure[] {
  return truth.resources.flatMap((resource) => {
    const times = [
      history.from,
      ...truth.changesOf(resource).map(({ at }) => at),
      ...history.accepted.map(({ at }) => at),
      history.until,
    ];
    const stretches = stretchesOf(
      times.filter((at) => at >= history.from).sort((a, b) => a - b),
      (at) => {
        const departs = departureOf(truth.at(resource, at), truth.acceptedAt(resource, at));
        return mayBeQuiet(departs, truth.at(resource, at)) ? {} : departs;
      },
    );
    return stretches
      .filter(({ departs }) => isAnything(departs))
      .map((stretch) => ({ resource, ...stretch }))
      .filter((one) => one.until === history.until || upTimeOf(one, history) >= DETECTED_WITHIN_MS);
  });
}

function stretchesOf(
  times: readonly number[],
  departsAt: (at: number) => Settings,
): readonly Omit<Departure, 'resource'>[] {
  const stretches: { from: number; until: number; departs: Settings }[] = [];
  for (const [index, from] of times.entries()) {
    const until = times[index + 1];
    if (until === undefined || until === from) continue;
    const departs = departsAt(from);
    const last = stretches.at(-1);
    if (last !== undefined && isSame(last.departs, departs)) last.until = until;
    else stretches.push({ from, until, departs });
  }
  return stretches;
}

/** How much of a departure's time nothing stood in the way of finding and telling it. */
function upTimeOf({ resource, from, until }: Departure, { down, muted }: History): number {
  const hindered = [
    ...down.filter((one) => one.resource === undefined || one.resource === resource),
    ...muted.map(({ at, until: end }) => ({ from: at, until: end })),
  ]
    .map((one) => ({ from: Math.max(from, one.from), until: Math.min(until, one.until + MADE_UP_WITHIN_MS) }))
    .filter((one) => one.from < one.until)
    .sort((a, b) => a.from - b.from);
  let up = until - from;
  let reached = from;
  for (const one of hindered) {
    up -= Math.max(0, one.until - Math.max(reached, one.from));
    reached = Math.max(reached, one.until);
  }
  return up;
}

function untold(
  { resource, from, until, departs }: Departure,
  { alerts }: History,
  truth: Truth,
): readonly Violation[] {
  const last = lastOn(
    resource,
    alerts.filter(({ at }) => at <= until),
  )?.told;
  const { acl = '', ...others } = last?.departs ?? {};
  // Of an ACL whose public grants may have been hidden it stays told what was last known.
  const isHidden = mayBeHidden('acl', truth.at(resource, from)['acl'] ?? '', truth.acceptedAt(resource, from));
  const told = isHidden || acl === '' ? others : { ...others, acl };
  if (last?.status === 'open' && isSame(told, departs)) return [];
  const says = last === undefined ? 'nothing was told' : `told was ${last.status} ${textOf(last.departs)}`;
  return [
    {
      invariant: 'every real drift is told',
      at: until,
      says: `${resource} departs by ${textOf(departs)}, and ${says}`,
    },
  ];
}

function untrue(alert: ToldAlert, truth: Truth): readonly Violation[] {
  const tell = (says: string): Violation => ({ invariant: 'no alert without a drift', at: alert.at, says });
  const { finding, status } = alert;
  return alert.resources.flatMap((told): Violation[] => {
    const about = `${finding} (${status}) says of ${told.resource}`;
    if (told.status === 'closed')
      return wasAsAccepted(told, alert, truth) ? [] : [tell(`${about} that it is over, and it was not`)];
    const wrong = Object.entries(told.departs).filter(([setting, value]) => !wasSo(told, { setting, value }, truth));
    const accepted = truth.acceptedBetween(told.resource, alert.at - ROUND_MS, alert.at);
    const isAccepted = accepted.every((one) => !isSame(departureOf(withTold(one, told), one), told.departs));
    return [
      ...wrong.map(([setting, value]) => tell(`${about} ${setting}=${value}, which it was not`)),
      ...(isAccepted ? [tell(`${about} ${textOf(told.departs)}, which departs from nothing that was accepted`)] : []),
    ];
  });
}

/** The accepted settings with what was told of them: to see whether that would depart. */
function withTold(accepted: Settings, { departs }: ToldResource): Settings {
  return { ...accepted, ...departs };
}

/** Had the setting this value when it was read? What can no longer be read stays as it was last seen. */
function wasSo(
  { resource, since, takenAt, isBlind }: ToldResource,
  { setting, value }: { readonly setting: string; readonly value: string },
  truth: Truth,
): boolean {
  const from = isBlind ? since : takenAt;
  return truth
    .between(resource, from - BEHIND_MS, takenAt + READING_MS)
    .some((settings) => settings[setting] === value);
}

function wasAsAccepted({ resource, closedAt }: ToldResource, { at }: ToldAlert, truth: Truth): boolean {
  if (closedAt === undefined) return false;
  const accepted = truth.acceptedBetween(resource, closedAt - HEAD_KEPT_MS, at);
  return truth
    .between(resource, closedAt - BEHIND_MS, closedAt + READING_MS)
    .some((now) => accepted.some((one) => !isAnything(departureOf(now, one))));
}

interface Repetition {
  readonly alert: ToldAlert;
  readonly of: ToldAlert;
}

function repetitionsIn({ alerts, muted }: History): readonly Repetition[] {
  return alerts.flatMap((alert, index): Repetition[] => {
    const before = alerts.slice(0, index);
    const last = before.findLast(({ finding }) => finding === alert.finding);
    if (alert.status === 'still-open') {
      const isAfterMute = muted.some(
        (one) => one.finding === alert.finding && last !== undefined && one.until > last.at && one.until <= alert.at,
      );
      const isSoon = last !== undefined && alert.at - last.at < REMINDED_AFTER_MS;
      return isSoon && !isAfterMute ? [{ alert, of: last }] : [];
    }
    const told = alert.resources.map((one) => lastOn(one.resource, before));
    const isSaid = alert.resources.every((one, at) => isSameTold(one, told[at]?.told));
    const isGraver = last === undefined || last.severity !== alert.severity;
    const isFirstBlind = alert.status === 'blind' && last?.status !== 'blind';
    const [of] = told;
    return isSaid && !isGraver && !isFirstBlind && of !== undefined ? [{ alert, of: of.alert }] : [];
  });
}

function isSameTold(one: ToldResource, other: ToldResource | undefined): boolean {
  return (
    other !== undefined &&
    one.status === other.status &&
    one.since === other.since &&
    // Who did it is news where it was not known of all of it.
    one.known <= other.known &&
    isSame(one.departs, other.departs)
  );
}

/** Repetitions without a cut between the publishing of what they repeat and them. */
function uncut(repetitions: readonly Repetition[], { cuts }: History): readonly Violation[] {
  const left = [...cuts];
  return repetitions.flatMap(({ alert, of }): Violation[] => {
    const index = left.findIndex(({ at, finding }) => finding === alert.finding && at >= of.at && at <= alert.at);
    if (index >= 0) {
      left.splice(index, 1);
      return [];
    }
    const says = `${alert.finding} (${alert.status}) says again what was told at ${new Date(of.at).toISOString()}`;
    return [{ invariant: 'told twice only after a cut', at: alert.at, says }];
  });
}

function revived({ alerts, reopened }: History, truth: Truth): readonly Violation[] {
  const invariant = 'what is closed stays closed';
  const findings = reopened.map(({ at, finding }): Violation => ({
    invariant,
    at,
    says: `${finding} had ended and is open`,
  }));
  const resources = alerts.flatMap((alert, index) =>
    alert.resources.flatMap((told): Violation[] => {
      const last = lastOn(told.resource, alerts.slice(0, index))?.told;
      if (told.status !== 'open' || last?.status !== 'closed' || last.closedAt === undefined) return [];
      const from = last.closedAt - BEHIND_MS;
      const until = told.takenAt + READING_MS;
      if (truth.movedBetween(told.resource, from, until)) return [];
      const says = `${alert.finding} says that ${told.resource} departs, which was told as over, and nothing moved`;
      return [{ invariant, at: alert.at, says }];
    }),
  );
  return [...findings, ...resources];
}

function unended({ alerts, accepted, until }: History, truth: Truth): readonly Violation[] {
  const departs = (resource: string): boolean =>
    isAnything(departureOf(truth.at(resource, until), truth.acceptedAt(resource, until)));
  return truth.resources.flatMap((resource): Violation[] => {
    const last = lastOn(resource, alerts);
    if (departs(resource) || last?.told.status !== 'open') return [];
    // What a person accepted ends without a word.
    const isAccepted = accepted.some(({ at }) => at > last.alert.at - HEAD_KEPT_MS);
    const others = alerts.findLast(({ finding }) => finding === last.alert.finding)?.resources ?? [];
    if (isAccepted || others.some((other) => departs(other.resource))) return [];
    const says = `${resource} is as accepted, and the last that was told is ${textOf(last.told.departs)}`;
    return [{ invariant: 'what is over ends', at: until, says }];
  });
}

function lastOn(
  resource: string,
  alerts: readonly ToldAlert[],
): { readonly alert: ToldAlert; readonly told: ToldResource } | undefined {
  const alert = alerts.findLast(({ resources }) => resources.some((one) => one.resource === resource));
  const told = alert?.resources.find((one) => one.resource === resource);
  return alert === undefined || told === undefined ? undefined : { alert, told };
}

export function isSame(a: Settings, b: Settings): boolean {
  return textOf(a) === textOf(b);
}

export function textOf(settings: Settings): string {
  const parts = Object.entries(settings).map(([setting, value]) => `${setting}=${value}`);
  return parts.length === 0 ? 'nothing' : parts.sort().join(' ');
}

function isAnything(settings: Settings): boolean {
  return Object.keys(settings).length > 0;
}
