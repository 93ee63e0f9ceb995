/**
 * What a watched kind says of itself: data only. EventBridge patterns, IAM policies, documentation tables and
 * conformance tests derive from it, so it imports no SDK and holds no logic.
 */
export interface KindDeclaration<Id extends string = string> {
  /** Kebab-case, unique; part of every reference. */
  readonly id: Id;
  /** What a person calls one of them, in the singular. */
  readonly title: string;
  /** Why it is watched, in one sentence. */
  readonly why: string;
  /** The version of what is read. Raise it when `paths` grows, and give the new path the new number. */
  readonly shape: number;
  /** Where its resources live: only in `global`, in each region, or in each region and also in `global` (CLOUDFRONT scope). */
  readonly regions: 'global' | 'each' | 'each-and-global';
  /** The only partition of AWS in which it is looked for; none: every one. */
  readonly partition?: string;
  /** The one region in which CloudTrail records its events, where that is known; none: wherever they are called. */
  readonly eventsIn?: string;
  /** Kinds whose state this kind's meaning depends on; read once a look and passed to the reader. */
  readonly context: readonly string[];
  /**
   * Kinds of which all are needed to judge what a change of this one does. They are not read for it: a look at a few resources takes them
   * from the last snapshot.
   */
  readonly relatives?: readonly string[];
  /** Kinds that it sets from above, with no event of theirs, and by what that would be confirmed: it is looked at where nothing explains them. */
  readonly above?: { readonly kinds: readonly string[]; readonly confirmedBy: string };
  /** There is one an account, and one call reads it: it is read every minute. */
  readonly polled?: boolean;
  /** How its resources are found. `account`: one listing for all regions; `region`: one for each. */
  readonly list: {
    readonly by: 'account' | 'region';
    readonly actions: readonly string[];
    /** What is read in bulk beside the list, for all that it names. */
    readonly bulk?: readonly string[];
  };
  /** Whether an id names one thing in all regions (a bucket), or one in each (an IP set). */
  readonly idsAreUnique: 'everywhere' | 'in-a-region';
  /** What an id can be; what an event calls otherwise is a stranger's text, and nothing that is there. None: anything can be one. */
  readonly ids?: RegExp;
  /** The error names by which a thing itself answers that it is gone. */
  readonly goneWhen: readonly string[];
  /** Each read by name, with what IAM calls it and the error names that mean "not set". */
  readonly reads: Readonly<Record<string, ReadDeclaration>>;
  /** What is compared. */
  readonly paths: Readonly<Record<string, PathDeclaration>>;
  /** What is shown beside it, and never compared. */
  readonly carries: Readonly<Record<string, CarryDeclaration>>;
  /** CloudTrail events that may change it. */
  readonly events: readonly EventDeclaration[];
  readonly checks: readonly CheckDeclaration[];
}

export interface ReadDeclaration {
  /** The SDK operation, for the documentation; the IAM action often has another name (aws-facts §7). */
  readonly operation: string;
  readonly actions: readonly string[];
  readonly absentWhen: readonly string[];
}

export interface PathDeclaration {
  readonly title: string;
  /** How two values are compared and shown: whole; member by member; as a set; as a policy, by meaning. */
  readonly form: 'value' | 'record' | 'set' | 'policy';
  /** The shape that introduced it. */
  readonly since: number;
  /** The carried member that holds the value as AWS wrote it, where the compared one is a canonical form. */
  readonly writtenIn?: string;
}

export interface CarryDeclaration {
  readonly says: string;
  /** The path whose reading it belongs to, and with which it is accepted; none: it is of the whole resource. */
  readonly of?: string;
}

export interface EventDeclaration {
  /** CloudTrail's name, which is often not the API's (aws-facts §4.1). */
  readonly name: string;
  readonly source: string;
  /**
   * Where in the event the resource's id stands; `account` for what there is one of; `any` where it tells of none which, so that all of
   * the kind in the region are looked at.
   */
  readonly id: string;
  /** Of what stands there, its first group is the id: an ARN names more. */
  readonly idIn?: RegExp;
  /** The event is about the `global` region when this member of it has this value; else about the region it came in. */
  readonly globalWhen?: { readonly path: string; readonly is: string };
}

export interface CheckDeclaration {
  /** Starts with the kind's id. */
  readonly id: string;
  readonly title: string;
  /** The postmortem action items that it exists for: ids in `plumbline.yaml`. */
  readonly actionItems: readonly string[];
  /** The paths whose change it judges. */
  readonly paths: readonly string[];
  readonly remedy: string;
}

/** The pseudo-path of a resource's coming and going. */
export const EXISTS = 'exists';

/** `publicAccessBlock` of `publicAccessBlock.BlockPublicAcls`: the path that was read. */
export function rootOf(path: string): string {
  return path.split('.', 1)[0] ?? path;
}

/** The check that a change of this path belongs to: each path has exactly one, by a conformance test. */
export function checkOf(declaration: KindDeclaration, path: string): CheckDeclaration | undefined {
  return declaration.checks.find((check) => check.paths.includes(rootOf(path)));
}

/** Which regions are looked at, in which partition of AWS. */
export interface Territory {
  readonly regions: readonly string[];
  readonly partition: string;
}

/** The only partition whose CLOUDFRONT scope is documented (aws-facts §6: every call to us-east-1). */
const PARTITION_WITH_GLOBAL_SCOPE = 'aws';

/** Can CloudTrail have recorded an event of the kind in this region? */
export function hasEventsIn({ events, eventsIn }: KindDeclaration, region: string): boolean {
  return events.length > 0 && (eventsIn === undefined || eventsIn === region);
}

/** Is a kind looked for in this partition at all? */
export function isLookedFor({ partition: only }: KindDeclaration, partition: string): boolean {
  return only === undefined || only === partition;
}

/** The regions in which resources of a kind are looked for, when this territory is looked at. */
export function regionsOf(declaration: KindDeclaration, { regions, partition }: Territory): readonly string[] {
  if (!isLookedFor(declaration, partition)) return [];
  switch (declaration.regions) {
    case 'global':
      return ['global'];
    case 'each':
      return regions;
    case 'each-and-global':
      return partition === PARTITION_WITH_GLOBAL_SCOPE ? [...regions, 'global'] : regions;
  }
}
