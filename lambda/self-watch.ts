import pMap from 'p-map';
import type { Cause } from '#core/change.ts';
import { compareStates, type Comparison } from '#core/comparison.ts';
import type { DriftNews, DriftRecord } from '#core/drift-record.ts';
import type { CloudTrailEvent } from '#core/event.ts';
import { canonicalJson, type Json } from '#core/json.ts';
import { adoptedState, asItHasToBe, isHarmless, isKnown, isSameWatched } from '#core/own-adoption.ts';
import { OWN_KIND, partId, TRAILS, type LookScope, type OwnParts } from '#core/own-parts.ts';
import { present } from '#core/reading.ts';
import { printRef, type ResourceRef } from '#core/reference.ts';
import type { State } from '#core/state.ts';
import { ownKind } from '#kinds/plumbline-self/index.ts';
import { ailmentsOf } from '#kinds/plumbline-self/condition.ts';
import { deploymentNear, lastCheckAt, noteCheck, type Deployment } from './own-deployment.ts';
import { causeBy } from './event-evidence.ts';
import type { Asking, Documents, Ledger } from './ports.ts';
import { referenceKey, referencesOf, type Reference } from './own-references.ts';
import { DRIFT, recordNews } from './record.ts';

const AT_ONCE = 8;

export interface SelfWatchPorts {
  readonly account: string;
  readonly region: string;
  readonly parts: OwnParts;
  /** Reads every part, or those that may change unheard; and the trails that each region is heard by. */
  readonly readParts: (scope: LookScope) => Promise<readonly State[]>;
  /** After so many minutes everything is read again, and sooner where an event names a part. @default at every look */
  readonly everythingEvery?: number;
  /** When one of its stacks was last deployed, as CloudFormation says; undefined where it does not. */
  readonly deployedAt: () => Promise<string | undefined>;
  readonly documents: Documents;
  readonly ledger: Ledger;
  readonly asking: Asking;
  readonly now: () => Date;
}

export interface SelfWatched {
  /** Records that have something to be told. */
  readonly due: number;
  readonly parts: number;
  readonly lookedAt: LookScope;
  /** What could not be read, and why: `rule:s3 condition (AccessDenied)`. */
  readonly unreadable: readonly string[];
  /** Events that name a part whose readings do not differ yet: they may show later. */
  readonly notShown: readonly CloudTrailEvent[];
}

/**
 * Compares what the service is made of with what was deployed, and writes what drifted. What was deployed is what was first seen, and from
 * then on what each deployment makes of it; what takes nothing from the watch (one more subscriber) is taken over as well. So there is
 * nothing to be accepted, and nothing that silences is ever taken for granted.
 */
export async function watchParts(events: readonly CloudTrailEvent[], ports: SelfWatchPorts): Promise<SelfWatched> {
  const lookedAt = await scopeOf(events, ports);
  const states = (await ports.readParts(lookedAt)).map((state) => withPurge(state, events, ports));
  const references = await referencesOf(
    states.map(({ ref }) => ref),
    ports.ledger,
  );
  const records = await openRecords(states, ports);
  const looks = states.map((state): Look => {
    const key = printRef(state.ref);
    return {
      state,
      reference: references.get(key),
      record: records.get(key),
      events: eventsOn(state.ref, events, ports),
    };
  });
  let deployedAt: string | undefined;
  const asking = { ...ports, deployedAt: async () => (deployedAt = await ports.deployedAt()) };
  const deployment = onceAsked(() => deploymentNear(asking));
  const news = await pMap(looks, (look) => newsOf(look, { deployment, ports }), { concurrency: AT_ONCE });
  const found = news.flatMap((one) => one.news ?? []);
  const { due } = await recordNews(found, { because: { again: 'self-watch' } }, ports);
  if (lookedAt === 'everything') await noteCheck(deployedAt, ports);
  if (looks.some(({ state }) => state.watched['purged']?.status === 'present'))
    await ports.asking.ask([{ plumbline: 'sweep' }]);
  return {
    due,
    parts: states.length,
    lookedAt,
    unreadable: states.flatMap(blindSpots),
    notShown: notShown(looks.filter((_, index) => news[index]?.isMoved !== true)),
  };
}

/** A schedule starts a little early or late: a look that is due within this is due. */
const EARLY_MS = 2 * 60_000;

/**
 * An event may have others beside it that were lost. Where a look at everything failed, it is not noted, and the next one is at everything
 * again: that nothing was looked at raises the alarm as before.
 */
async function scopeOf(
  events: readonly CloudTrailEvent[],
  { everythingEvery, ledger, now }: SelfWatchPorts,
): Promise<LookScope> {
  if (events.length > 0 || everythingEvery === undefined) return 'everything';
  const at = await lastCheckAt(ledger);
  const isDue = at === undefined || now().getTime() - Date.parse(at) >= everythingEvery * 60_000 - EARLY_MS;
  return isDue ? 'everything' : 'what may change unheard';
}

interface Look {
  readonly state: State;
  /** What it was when it was deployed; undefined: it is seen for the first time. */
  readonly reference: Reference | undefined;
  /** Its open departure, if there is one. */
  readonly record: DriftRecord | undefined;
  /** The events that name it. */
  readonly events: readonly CloudTrailEvent[];
}

interface Judging {
  /** What a deployment since everything was looked at before has to do with it. */
  readonly deployment: () => Promise<Deployment>;
  readonly ports: SelfWatchPorts;
}

interface Outcome {
  /** None: it is as it was deployed, and was so. */
  readonly news?: DriftNews;
  /** It is otherwise than it was, whether that is told or expected. */
  readonly isMoved: boolean;
}

/** What a look tells of one part. */
async function newsOf(look: Look, { deployment, ports }: Judging): Promise<Outcome> {
  const { state, reference, record } = look;
  if (reference === undefined) {
    if (isSeen(state)) await keepReference(undefined, asItHasToBe(state), ports);
    return { isMoved: false };
  }
  const comparison = compareStates(ownKind, reference.state, state);
  const changes = changesOf(look, comparison);
  const [known, fresh] = [true, false].map((wanted) => changes.filter((one) => isKnown(one, record) === wanted));
  const deployed = isHarmless(fresh ?? []) ? 'settled' : await deploymentOf(look, deployment, ports);
  const departs = deployed === 'none' ? changes : (known ?? []);
  // While somebody's event may still come, it is neither told nor what later readings are compared with.
  const adopted = adoptedState(reference.state, state, deployed === 'settled' ? departs : changes);
  if (!isSameWatched(adopted, reference.state)) await keepReference(reference, adopted, ports);
  const isTold = departs.length > 0 || record !== undefined;
  return {
    isMoved: changes.length > 0,
    ...(isTold ? { news: newsFor(look, { ...comparison, changes: departs }) } : {}),
  };
}

function changesOf({ state, reference }: Look, { changes }: Comparison): Comparison['changes'] {
  const contexts = { before: {}, after: {} };
  return ownKind.judge?.changes(changes, { before: reference?.state, after: state, contexts }) ?? changes;
}

/**
 * Did a deployment of the service itself do this? Its own execution role through CloudFormation, or, where no event tells, a stack that was
 * updated since the part was last as it should be. A deployment explains a change, and makes no silence sound: what ails is told anyway.
 */
async function deploymentOf(
  { state, events, record }: Look,
  deployment: Judging['deployment'],
  ports: SelfWatchPorts,
): Promise<Deployment> {
  if (ailmentsOf(state).length > 0) return 'none';
  if (events.length > 0) return events.every((event) => isByDeployer(event, ports)) ? 'settled' : 'none';
  // What is open has a cause, or waits for one: that the stack was updated near it explains nothing.
  return record === undefined ? deployment() : 'none';
}

const DEPLOYING_SERVICE = 'cloudformation.amazonaws.com';

function isByDeployer({ actor }: CloudTrailEvent, { parts }: SelfWatchPorts): boolean {
  const [, role] = actor.arn?.split('/') ?? [];
  const isDeployer = parts.stacks.some(({ deployer }) => deployer === undefined || role === deployer);
  return actor.sourceAddress === DEPLOYING_SERVICE && isDeployer;
}

/** There is one version of what was deployed: a deployment that settles a departure is its recovery. */
const DEPLOYED_VERSION = 1;

function newsFor(
  { state, events }: Look,
  { changes, unreadable }: Pick<Comparison, 'changes' | 'unreadable'>,
): DriftNews {
  return {
    drift: {
      ref: state.ref,
      baseline: DEPLOYED_VERSION,
      changes,
      takenAt: state.takenAt,
      causes: changes.length === 0 ? [] : events.map(causeFrom),
    },
    generation: 0,
    unknown: Object.fromEntries(unreadable.map(({ path, code }) => [path, code])),
    foundBy: {},
  };
}

function causeFrom(event: CloudTrailEvent): Cause {
  return causeBy(event, {
    certainty: 'likely',
    reasons: ['the call names this part of the service; what it set, its reading tells'],
  });
}

/** The events that name a part: by what AWS calls it, wherever in the call it stands. */
function eventsOn(
  ref: ResourceRef,
  events: readonly CloudTrailEvent[],
  { parts }: Pick<SelfWatchPorts, 'parts'>,
): readonly CloudTrailEvent[] {
  return events.filter((event) => namesPart(event, ref, parts));
}

/** Does an event name anything that the service is made of, or is it about the trails or alarms? */
export function concernsParts(event: CloudTrailEvent, parts: OwnParts): boolean {
  const named = parts.named.map((part) => partId(part));
  const refs = [...named, TRAILS, 'alarms'].map((id) => ({
    account: event.account,
    region: event.region,
    kind: OWN_KIND,
    id,
  }));
  return refs.some((ref) => namesPart(event, ref, parts));
}

function namesPart(event: CloudTrailEvent, ref: ResourceRef, parts: OwnParts): boolean {
  if (ref.id === TRAILS) return event.source === 'cloudtrail.amazonaws.com' && event.region === ref.region;
  const text = canonicalJson(event.parameters ?? {});
  if (ref.id === 'alarms') return event.source.startsWith('monitoring.') && text.includes(`"${parts.alarmPrefix}`);
  const part = parts.named.find((one) => partId(one) === ref.id);
  return part !== undefined && SOURCES[part.sort]?.includes(event.source) === true && names(text, lastOf(part.name));
}

/** A rule on a bus of its own is named with the bus, and by an event alone. */
function lastOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** The service whose events can be about a sort of part: a role bears the name of nothing else. */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  function: ['lambda.amazonaws.com'],
  role: ['iam.amazonaws.com'],
  queue: ['sqs.amazonaws.com'],
  topic: ['sns.amazonaws.com'],
  table: ['dynamodb.amazonaws.com'],
  key: ['kms.amazonaws.com'],
  bus: ['events.amazonaws.com'],
  rule: ['events.amazonaws.com'],
  schedule: ['scheduler.amazonaws.com'],
};

/** Is the name there as a whole: alone, or at the end of an ARN or an address? */
function names(text: string, name: string): boolean {
  return new RegExp(`["/:]${escaped(name)}["/:]`).test(text);
}

function escaped(name: string): string {
  return name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** A purge leaves no setting behind: the event alone tells of it. */
function withPurge(state: State, events: readonly CloudTrailEvent[], ports: SelfWatchPorts): State {
  const purge = eventsOn(state.ref, events, ports).find(({ name }) => name === 'PurgeQueue');
  return purge === undefined ? state : { ...state, watched: { ...state.watched, purged: present(purge.at) } };
}

async function openRecords(
  states: readonly State[],
  { ledger }: SelfWatchPorts,
): Promise<ReadonlyMap<string, DriftRecord>> {
  const items = await ledger.readMany(states.map(({ ref }) => ({ family: DRIFT, id: printRef(ref) })));
  const records = items.map((item): [string, DriftRecord] => [item.id, item.body as unknown as DriftRecord]);
  return new Map(records.filter(([, { status }]) => status === 'open'));
}

/** Writes what a part is compared with from now on. A conflict: another run wrote what it read at the same time. */
async function keepReference(
  reference: Reference | undefined,
  state: State,
  { ledger }: SelfWatchPorts,
): Promise<void> {
  const revision = reference?.item.revision ?? 0;
  await ledger.write({ ...referenceKey(state.ref), revision, body: state as unknown as Json });
}

function blindSpots({ ref, watched }: State): readonly string[] {
  return Object.entries(watched).flatMap(([path, reading]) =>
    reading.status === 'unreadable' ? [`${ref.id} ${path} (${reading.code})`] : [],
  );
}

function isSeen({ watched }: State): boolean {
  return Object.values(watched).some(({ status }) => status !== 'unreadable');
}

/** Reads right after a write may still show the old value: an event on what has not moved is looked at again. */
function notShown(still: readonly Look[]): readonly CloudTrailEvent[] {
  return [...new Set(still.flatMap(({ events }) => events))];
}

function onceAsked<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => (asked ??= ask());
}
