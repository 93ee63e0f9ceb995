import { isJsonObject, textOf, type Json, type JsonObject } from './json.ts';
import type { ResourceRef } from './reference.ts';

/** The kind of the service's own parts: told through the second topic, compared with what was deployed. */
export const OWN_KIND = 'plumbline-self';

/** What a member tells its hub of its own parts, as the hub refers to it. */
export const MEMBERS_OWN_FINDING = 'member-own-finding';

/** Is it about the service itself, here or in a member? */
export function isOwn({ kind }: Pick<ResourceRef, 'kind'>): boolean {
  return kind === OWN_KIND || kind === MEMBERS_OWN_FINDING;
}

/** The sorts of things that the service is made of. */
export const PART_SORTS = ['function', 'role', 'queue', 'topic', 'table', 'key', 'bus', 'rule', 'schedule'] as const;

export type PartSort = (typeof PART_SORTS)[number];

/** One thing that the stack made, under the name that the service has for it. */
export interface NamedPart {
  readonly sort: PartSort;
  /** What the service calls it: `changes`, `on-tick`. */
  readonly label: string;
  /** What AWS calls it; a rule on a bus of its own after the bus: `bus/rule`. */
  readonly name: string;
  /** @default the home region */
  readonly region?: string;
}

/** One of the stacks that the service is deployed as. */
export interface OwnStack {
  readonly region: string;
  /** Its name or id. */
  readonly name: string;
  /** The role by which CloudFormation deploys it; undefined: whoever deploys does it under a name of their own. */
  readonly deployer?: string;
}

/** Everything that the service is made of in its account, as the stack told it. */
export interface OwnParts {
  readonly named: readonly NamedPart[];
  /** What the names of its alarms start with. */
  readonly alarmPrefix: string;
  /** Where events are recorded that reach it: a trail has to log in each. */
  readonly regions: readonly string[];
  readonly stacks: readonly OwnStack[];
}

/** The parts that have no name of their own: all alarms of the service, and the trails that a region is heard by. */
export const ALARMS = 'alarms';
export const TRAILS = 'trails';

/** The queue of the events on the service itself, and the schedule by which it looks at itself, as the stack labels them. */
const OWN_QUEUE = 'own';
export const OWN_SCHEDULE = 'look';

/** `rule:s3`. */
export function partId({ sort, label }: Pick<NamedPart, 'sort' | 'label'>): string {
  return `${sort}:${label}`;
}

/** What a look reads of the service. */
export type LookScope = 'everything' | 'what may change unheard';

/** The rule of a region that brings what happens to rules, by what it is called: `own-events`, `eu-west-1-events`. */
const ON_RULES = /(^|-)events(-\d+)?$/;

/**
 * May a part change and no event tell of it? Whoever is on a mailing list leaves it by a link (aws-facts §8); and what the events on the
 * service itself come by (a bus, the rules that bring what happens to rules, the queue behind them) brings nothing of its own end. What
 * starts a look is among them: without it nothing is looked at that no event names.
 */
export function mayChangeUnheard({ sort, label }: Pick<NamedPart, 'sort' | 'label'>): boolean {
  switch (sort) {
    case 'topic':
    case 'bus':
      return true;
    case 'rule':
      return ON_RULES.test(label);
    case 'queue':
      return label === OWN_QUEUE;
    case 'schedule':
      return label === OWN_SCHEDULE;
    default:
      return false;
  }
}

/** The parts that lie in a region, and the trails that it is heard by, as the service refers to them. `region`: the home region. */
export function ownRefs(
  { named, regions }: Pick<OwnParts, 'named' | 'regions'>,
  { account, region }: { readonly account: string; readonly region: string },
): readonly ResourceRef[] {
  const refOf = (id: string, where = region): ResourceRef => ({ account, region: where, kind: OWN_KIND, id });
  return [
    ...named.map((part) => refOf(partId(part), part.region)),
    ...regions.filter((where) => where !== region).map((where) => refOf(TRAILS, where)),
  ];
}

/** The sort of a part's id. */
export function sortOf(id: string): string {
  return id.split(':', 1)[0] ?? id;
}

/**
 * `{"rule":{"s3":"Plumbline-ChangeFeeds3…"},"alarms":"Plumbline","regions":["us-east-1"],"stacks":[{"region":"us-east-1","name":"…"}],
 * "elsewhere":{"eu-west-1":{"rule":{…}}}}`, as the stack writes it.
 */
export function ownPartsFrom(value: Json): OwnParts {
  const parts: JsonObject = isJsonObject(value) ? value : {};
  const elsewhere: JsonObject = isJsonObject(parts['elsewhere']) ? parts['elsewhere'] : {};
  return {
    named: [
      ...namedIn(parts),
      ...Object.entries(elsewhere).flatMap(([region, there]) => namedIn(there).map((part) => ({ ...part, region }))),
    ],
    alarmPrefix: textOf(parts['alarms']) ?? '',
    regions: listIn(parts['regions']).flatMap((one) => textOf(one) ?? []),
    stacks: listIn(parts['stacks']).flatMap((one) => stackIn(one) ?? []),
  };
}

function namedIn(parts: Json): readonly NamedPart[] {
  return PART_SORTS.flatMap((sort) => {
    const ofSort = isJsonObject(parts) ? parts[sort] : undefined;
    return isJsonObject(ofSort)
      ? Object.entries(ofSort).flatMap(([label, name]) => (typeof name === 'string' ? [{ sort, label, name }] : []))
      : [];
  });
}

function stackIn(value: Json): OwnStack | undefined {
  if (!isJsonObject(value)) return undefined;
  const [region, name, deployer] = ['region', 'name', 'deployer'].map((member) => textOf(value[member]));
  return region === undefined || name === undefined
    ? undefined
    : { region, name, ...(deployer === undefined ? {} : { deployer }) };
}

function listIn(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
