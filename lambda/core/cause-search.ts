import { unexplainedIn } from './attribution.ts';
import type { Cause, Drift } from './change.ts';
import { rootOf, type KindDeclaration } from './declaration.ts';
import type { DriftRecord } from './drift-record.ts';
import type { CloudTrailEvent } from './event.ts';
import { isJsonObject, isSameJson } from './json.ts';
import { isOwn } from './own-parts.ts';
import type { JsonReading } from './reading.ts';
import type { ResourceRef } from './reference.ts';

/** What CloudTrail is asked about a finding whose cause no event brought, and how far that has come. */
export interface CauseSearch {
  readonly finding: string;
  readonly begunAt: string;
  /** How often it was asked. */
  readonly tries: number;
  readonly isOver: boolean;
  /** From then on the history was looked through, and in these regions: to its end, or not. */
  readonly from?: string;
  readonly regions: readonly string[];
  readonly gaps: readonly SearchGap[];
  /** Calls on what changed that failed: they did not make it so. */
  readonly attempts: readonly FailedCall[];
  /** What the level above was found to be, a sentence each. */
  readonly above: readonly string[];
  /** Who took the session of a call, back to the first: a phrase by CloudTrail's id of the call. */
  readonly chains?: Readonly<Record<string, string>>;
}

/** A place that could not be looked through, or not to its end. */
export interface SearchGap {
  readonly region: string;
  /** AWS's error name, or what cut it. */
  readonly why: string;
}

export interface FailedCall {
  readonly who: string;
  readonly call: string;
  readonly at: string;
  readonly code: string;
}

const MINUTE = 60_000;

/** CloudTrail's history is minutes behind, and nobody promises how many: asked so long after the finding began (aws-facts §4.5). */
export const ASKED_AFTER_MIN = [0, 2, 5, 15, 30] as const;
/** What else somebody did is asked once their calls of the same minutes are there. */
export const ACTOR_AFTER_MIN = 15;
/** A sweep reads everything at least daily: what changed before that would have been found before. */
const LOOKED_BACK_MS = 24 * 60 * MINUTE;

/** A search that begins. */
export function searchFor(finding: string, begunAt: string): CauseSearch {
  return { finding, begunAt, tries: 0, isOver: false, regions: [], gaps: [], attempts: [], above: [] };
}

/** When it is asked next, after what was asked by now; undefined: it is over. Pure. */
export function nextTryAt(
  { begunAt, tries }: Pick<CauseSearch, 'begunAt' | 'tries'>,
  { isExplained, now }: { readonly isExplained: boolean; readonly now: string },
): string | undefined {
  const at = (minutes: number): string => new Date(Date.parse(begunAt) + minutes * MINUTE).toISOString();
  if (isExplained) return now < at(ACTOR_AFTER_MIN) ? at(ACTOR_AFTER_MIN) : undefined;
  const minutes = ASKED_AFTER_MIN[tries];
  return minutes === undefined ? undefined : at(minutes);
}

/** Does it depart in a way that no call is known to have made? What the service itself is made of is told of by its own events. */
export function isUnexplained({ drift, status }: Pick<DriftRecord, 'drift' | 'status'>): boolean {
  return status === 'open' && !isOwn(drift.ref) && unexplainedPaths(drift).length > 0;
}

/** Its departed paths that no call is known to have made so. */
export function unexplainedPaths({
  causes,
  changes,
  over,
}: Pick<Drift, 'causes' | 'changes' | 'over'>): readonly string[] {
  // What stands above the account has its events elsewhere: there is nothing here to wait for.
  if (over !== undefined) return [];
  return unexplainedIn(causes, [...new Set(changes.map(({ path }) => rootOf(path)))]);
}

/** One thing to ask the event history: calls of one name in one region. */
export interface CallQuestion {
  readonly region: string;
  readonly name: string;
  readonly from: string;
}

export interface QuestionSources {
  readonly kinds: ReadonlyMap<string, { readonly declaration: KindDeclaration; readonly eventValue?: EventPath }>;
  /** Those that are watched: what there is one of in an account may be called in any of them (aws-facts §4.1). */
  readonly regions: readonly string[];
  /** When each was last known to be as accepted: when it was accepted. */
  readonly acceptedAt: (ref: ResourceRef) => string | undefined;
}

type EventPath = (event: CloudTrailEvent) => { readonly path: string } | undefined;

/** What is to be asked about these departures, each once. Pure. */
export function questionsFor(
  records: readonly DriftRecord[],
  { kinds, regions, acceptedAt }: QuestionSources,
): readonly CallQuestion[] {
  const all = new Map<string, CallQuestion>();
  for (const { drift, openedAt } of records) {
    const kind = kinds.get(drift.ref.kind);
    if (kind === undefined) continue;
    const from = fromWhen(openedAt, acceptedAt(drift.ref));
    for (const name of callsThatMove(drift, kind))
      for (const region of regionsToAsk(drift, kind.declaration, regions)) {
        const before = all.get(`${region} ${name}`);
        all.set(`${region} ${name}`, {
          region,
          name,
          from: before !== undefined && before.from < from ? before.from : from,
        });
      }
  }
  return [...all.values()];
}

function regionsToAsk(
  { ref }: Drift,
  { regions: lives, eventsIn }: KindDeclaration,
  watched: readonly string[],
): readonly string[] {
  if (eventsIn !== undefined) return [eventsIn];
  return lives === 'global' ? watched : [ref.region];
}

function fromWhen(openedAt: string, acceptedAt = ''): string {
  const aDayBefore = new Date(Date.parse(openedAt) - LOOKED_BACK_MS).toISOString();
  return acceptedAt > aDayBefore ? acceptedAt : aDayBefore;
}

/** The calls that can move what has no cause yet. */
function callsThatMove(
  drift: Drift,
  { declaration, eventValue }: { readonly declaration: KindDeclaration; readonly eventValue?: EventPath },
): readonly string[] {
  const paths = unexplainedPaths(drift);
  const pathOf = (name: string): string | undefined => eventValue?.({ ...NO_EVENT, name })?.path;
  const names = declaration.events.map(({ name }) => name);
  return [...new Set(names)].filter((name) => {
    const path = pathOf(name);
    return path === undefined || paths.includes(path);
  });
}

const NO_EVENT: CloudTrailEvent = {
  id: '',
  name: '',
  source: '',
  region: '',
  account: '',
  at: '',
  actor: { type: '', name: '', who: { type: 'unknown' } },
  resources: [],
};

const MOST_ATTEMPTS_SAID = 5;

/** What is said where no call is known: that it may still come to be, or all that was tried in vain. Pure. */
export function causeNotKnown(
  search: CauseSearch | undefined,
  { drifts, isEnded }: { readonly drifts: readonly Drift[]; readonly isEnded: boolean },
): Cause {
  const isPending = !isEnded && search?.isOver !== true;
  const { regions = [], gaps = [], attempts = [], above = [], from } = search ?? {};
  const looked = regions.filter((region) => !gaps.some((gap) => gap.region === region));
  return {
    certainty: isPending ? 'pending' : 'unknown',
    reasons: [
      `no event of CloudTrail explains ${whatOf(drifts)}`,
      ...above,
      ...(isPending ? ['events may come late, and CloudTrail is asked again until 30 minutes after it was found'] : []),
      ...(looked.length === 0 || from === undefined
        ? []
        : [
            `looked through: the event history of ${listed(looked)}, from ${from.slice(0, 16).replace('T', ' ')} UTC on`,
          ]),
      ...(gaps.length === 0
        ? []
        : [
            `could not be looked through: the event history of ${listed(gaps.map(({ region, why }) => `${region} (${why})`))}`,
          ]),
      ...attempts
        .slice(0, MOST_ATTEMPTS_SAID)
        .map(
          ({ who, call, at, code }) =>
            `tried, and failed with ${code}: ${who}, by ${call} at ${at.slice(0, 19).replace('T', ' ')} UTC`,
        ),
      ...(attempts.length > MOST_ATTEMPTS_SAID ? [`and ${attempts.length - MOST_ATTEMPTS_SAID} more that failed`] : []),
    ],
  };
}

/** All of it; or, where a call is known of a part, what is left. */
function whatOf(drifts: readonly Drift[]): string {
  const left = drifts.flatMap((drift) => unexplainedPaths(drift).map((path) => `${drift.ref.id}#${path}`));
  const all = drifts.flatMap(({ changes }) => [...new Set(changes.map(({ path }) => rootOf(path)))]);
  if (left.length === all.length) return 'it';
  const shown = left.slice(0, MOST_NAMED);
  return `${shown.join(', ')}${left.length > shown.length ? ` and ${left.length - shown.length} more` : ''}`;
}

const MOST_NAMED = 5;
const MOST_LISTED = 20;

function listed(names: readonly string[]): string {
  const shown = [...names].sort().slice(0, MOST_LISTED);
  const more = names.length - shown.length;
  if (more > 0) return `${shown.join(', ')} and ${more} more`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}`;
}

/** What stands above, as it was accepted and as it is now. */
export interface LevelAbove {
  readonly title: string;
  /** Undefined where nobody accepted anything of it. */
  readonly accepted: JsonReading | undefined;
  readonly now: JsonReading;
  readonly confirmedBy: string;
}

/** Whether the level above is suspected, and what would confirm it, a sentence each. Pure. */
export function aboveSaid({ title, accepted, now, confirmedBy }: LevelAbove): readonly string[] {
  if (now.status === 'unreadable') return [`whether the ${title} moved could not be read (${now.code})`];
  if (accepted?.status === 'unreadable' || accepted === undefined) {
    if (now.status === 'absent')
      return [`the ${title} is not it, unless it went: there is none now, and what was before nobody accepted`];
    return [
      `suspected: the ${title}: it ${isNow(now)}, and what it was before nobody accepted`,
      ...confirm(confirmedBy),
    ];
  }
  if (!isSameJson({ ...accepted }, { ...now }))
    return [
      `suspected: the ${title}: it ${wasThen(accepted)} when it was accepted, and ${isNow(now)}`,
      ...confirm(confirmedBy),
    ];
  return now.status === 'absent'
    ? [`the ${title} is not it: there is none, as when it was accepted`]
    : [`the ${title} is not it: it ${isNow(now)}, as when it was accepted`];
}

function confirm(by: string): readonly string[] {
  return [`what would confirm it: ${by}`];
}

function wasThen(reading: JsonReading): string {
  return reading.status === 'absent' ? 'was not there' : `was ${shortOf(reading)}`;
}

function isNow(reading: JsonReading): string {
  return reading.status === 'absent' ? 'is not there now' : `is there now (${shortOf(reading)})`;
}

const LONGEST_SHOWN = 80;

function shortOf(reading: JsonReading): string {
  if (reading.status !== 'present') return reading.status;
  const { value } = reading;
  const text = isJsonObject(value)
    ? Object.entries(value)
        .map(([name, one]) => `${name}: ${typeof one === 'string' ? one : JSON.stringify(one)}`)
        .join(', ')
    : JSON.stringify(value);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}
