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
export const PART_SORTS = ['function', 'role', 'queue', 'topic', 'table', 'key', 'rule', 'schedule'] as const;

export type PartSort = (typeof PART_SORTS)[number];

/** One thing that the stack made, under the name that the service has for it. */
export interface NamedPart {
  readonly sort: PartSort;
  /** What the service calls it: `changes`, `on-tick`. */
  readonly label: string;
  /** What AWS calls it. */
  readonly name: string;
}

/** Everything that the service is made of in its home region, as the stack told it. */
export interface OwnParts {
  readonly named: readonly NamedPart[];
  /** What the names of its alarms start with. */
  readonly alarmPrefix: string;
  /** Where events are recorded that reach it: a trail has to log in each. */
  readonly regions: readonly string[];
}

/** The parts that have no name of their own: all alarms of the service, and the trails that a region is heard by. */
export const ALARMS = 'alarms';
export const TRAILS = 'trails';

/** `rule:s3`. */
export function partId({ sort, label }: Pick<NamedPart, 'sort' | 'label'>): string {
  return `${sort}:${label}`;
}

/** The sort of a part's id. */
export function sortOf(id: string): string {
  return id.split(':', 1)[0] ?? id;
}

/** `{"rule":{"s3":"Plumbline-ChangeFeeds3…"},"alarms":"Plumbline","regions":["us-east-1"]}`, as the stack writes it. */
export function ownPartsFrom(value: Json): OwnParts {
  const parts: JsonObject = isJsonObject(value) ? value : {};
  const named = PART_SORTS.flatMap((sort) => {
    const ofSort = parts[sort];
    return isJsonObject(ofSort)
      ? Object.entries(ofSort).flatMap(([label, name]) => (typeof name === 'string' ? [{ sort, label, name }] : []))
      : [];
  });
  const regions = parts['regions'];
  return {
    named,
    alarmPrefix: textOf(parts['alarms']) ?? '',
    regions: Array.isArray(regions) ? (regions as readonly Json[]).flatMap((one) => textOf(one) ?? []) : [],
  };
}
