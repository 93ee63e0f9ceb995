import type { KindDeclaration } from './declaration.ts';
import type { CloudTrailEvent } from './event.ts';
import { howOf, type How } from './how.ts';
import { askedBy } from './look.ts';
import type { ResourceRef } from './reference.ts';
import { chainOf, type Chain } from './session-chain.ts';
import { chainText } from './session-chain-text.ts';
import type { Issues } from './session-issues.ts';
import type { Who } from './who.ts';

/** What a call was about: a resource, or, where the event does not say which, everything of a kind in a region. */
export type About =
  | { readonly ref: ResourceRef }
  | { readonly anyOf: { readonly account: string; readonly kind: string; readonly region: string } };

/** One call that changed something watched, or was meant to. */
export interface TimelineEntry {
  readonly at: string;
  /** CloudTrail's own id of the event. */
  readonly event: string;
  /** As CloudTrail calls it: `PutAccountPublicAccessBlock`. */
  readonly call: string;
  /** Where it was called. */
  readonly region: string;
  readonly about: readonly About[];
  readonly who: Who;
  /** The same in a sentence. */
  readonly whoText: string;
  /** Back to whoever took the session, by what was read; undefined where that was not looked for. */
  readonly chain?: Chain;
  /** The same in a phrase, to stand after who; undefined where there is nothing more to say. */
  readonly chainText?: string;
  readonly how: How;
  readonly sourceAddress?: string;
  /** The attempt failed: nothing changed. */
  readonly error?: CloudTrailEvent['error'];
}

/** What could not be read, or not to the end: a file, an account, or a region of one. */
export interface TimelineProblem {
  readonly where: string;
  readonly says: string;
}

/** Is it a call on something watched, or an attempt at one? Pure. */
export function isWatched(event: CloudTrailEvent, kinds: readonly KindDeclaration[]): boolean {
  return ['look', 'attempt'].includes(askedBy(event, kinds).asks);
}

/** What one event did to what is watched; undefined where that is nothing. `issues`: what was read of who gave out sessions. Pure. */
export function entryFrom(
  event: CloudTrailEvent,
  kinds: readonly KindDeclaration[],
  issues?: Issues,
): TimelineEntry | undefined {
  const asked = askedBy(event, kinds);
  if (asked.asks !== 'look' && asked.asks !== 'attempt') return undefined;
  const about = asked.asks === 'attempt' ? asked.refs.map((ref) => ({ ref })) : aboutOf(asked.look.at);
  const { actor, error } = event;
  return {
    at: event.at,
    // A late or corrected copy speaks of the event that it corrects (aws-facts §4.3).
    event: event.corrects ?? event.id,
    call: event.name,
    region: event.region,
    about,
    who: actor.who,
    whoText: actor.name,
    ...(issues === undefined ? {} : chainParts(chainOf(event, issues))),
    how: howOf(actor),
    ...(actor.sourceAddress === undefined ? {} : { sourceAddress: actor.sourceAddress }),
    ...(error === undefined ? {} : { error }),
  };
}

function chainParts(chain: Chain): Pick<TimelineEntry, 'chain' | 'chainText'> {
  const text = chainText(chain);
  return { chain, ...(text === undefined ? {} : { chainText: text }) };
}

type LookAt = Extract<ReturnType<typeof askedBy>, { readonly asks: 'look' }>['look']['at'];

function aboutOf(at: LookAt): readonly About[] {
  if ('refs' in at) return at.refs.map((ref) => ({ ref }));
  return 'everything' in at ? [{ anyOf: at.everything }] : [];
}

/** What a timeline is narrowed to; each that is given has to hold. */
export interface TimelineFilter {
  /** ISO 8601: from here on. */
  readonly since?: string | undefined;
  /** Before this. */
  readonly until?: string | undefined;
  /** The resource's own name, or a tail of its reference. */
  readonly resource?: string | undefined;
  /** A part of who called or took the session, in whatever case. */
  readonly actor?: string | undefined;
  readonly account?: string | undefined;
  readonly kind?: string | undefined;
  /** Where it was called. */
  readonly regions?: readonly string[] | undefined;
}

/** Does it belong to what was asked for? Pure. */
export function isWithin(
  entry: Pick<TimelineEntry, 'at' | 'about' | 'whoText' | 'region' | 'chain'>,
  filter: TimelineFilter,
): boolean {
  const { since, until, resource, actor, account, kind, regions } = filter;
  const abouts = entry.about.map((one) => ('ref' in one ? one.ref : { ...one.anyOf, id: '' }));
  return (
    (since === undefined || entry.at >= since) &&
    (until === undefined || entry.at < until) &&
    (regions === undefined || regions.includes(entry.region)) &&
    (actor === undefined || isBy(entry, actor)) &&
    (account === undefined || abouts.some((one) => one.account === account)) &&
    (kind === undefined || abouts.some((one) => one.kind === kind)) &&
    (resource === undefined || abouts.some((one) => isNamed(one, resource)))
  );
}

/** By name, or by that of somebody who took its session. */
function isBy({ whoText, chain }: Pick<TimelineEntry, 'whoText' | 'chain'>, actor: string): boolean {
  const texts = [whoText, chain?.person ?? '', ...(chain?.links ?? []).map((link) => link.whoText)];
  return texts.some((text) => text.toLowerCase().includes(actor.toLowerCase()));
}

function isNamed({ account, region, kind, id }: ResourceRef, resource: string): boolean {
  return `/${account}/${region}/${kind}/${id}`.endsWith(`/${resource}`);
}

/** The oldest first; what happened in one second stands by the event's id, so that the same logs give the same list. */
export function byTime(one: TimelineEntry, other: TimelineEntry): number {
  if (one.at !== other.at) return one.at < other.at ? -1 : 1;
  return one.event < other.event ? -1 : one.event > other.event ? 1 : 0;
}
