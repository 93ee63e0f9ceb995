import { isJsonObject, isSameJson, textOf, type Json, type JsonObject } from '../json.ts';
import { blockIn, cannedIn, doubtIn, ownershipIn, propertiesIn, valueOf, websiteIn } from './change-set-values.ts';
import {
  CREATED,
  NOT_SET,
  policyFrom,
  type PlannedChanges,
  type PlannedNote,
  type PlannedSetting,
  type PlannedValue,
} from './planned-changes.ts';
import {
  BEFORE_WHAT,
  DISTRIBUTION,
  FIREWALL_MANAGER,
  isOfWaf,
  isOther,
  notUnderstood,
  ORGANIZATION_S3,
  PARENT,
  PERHAPS_S3_POLICY,
  RULE_GROUP,
  S3_POLICY,
  SIGNING,
  WEB_ACL,
  type WATCHED_IN_CLOUDFORMATION,
} from './not-understood.ts';

/** What DescribeChangeSet tells of one resource, as far as it is looked at. */
export interface ResourceChange {
  readonly Action?: string | undefined;
  readonly PolicyAction?: string | undefined;
  readonly LogicalResourceId?: string | undefined;
  readonly PhysicalResourceId?: string | undefined;
  readonly ResourceType?: string | undefined;
  readonly Replacement?: string | undefined;
  /** JSON in a text; only with IncludePropertyValues. */
  readonly BeforeContext?: string | undefined;
  readonly AfterContext?: string | undefined;
}

/** Whose stack it is, and where. */
export interface StackPlace {
  readonly account: string;
  readonly region: string;
}

/** What a change set says would be set, of what is watched; its resources in their order. Pure. */
export function plannedInChangeSet(changes: readonly ResourceChange[], place: StackPlace): PlannedChanges {
  const parts = changes.map((change): Part => partOf(change, place));
  return {
    settings: parts.flatMap(({ settings = [] }) =>
      settings.map((one) => ({ ...one, account: place.account, isNew: false })),
    ),
    unknown: parts.flatMap(({ unknown = [] }) => unknown),
    aside: parts.flatMap(({ aside = [] }) => aside),
  };
}

interface Part {
  readonly settings?: readonly Omit<PlannedSetting, 'account' | 'isNew'>[];
  readonly unknown?: readonly PlannedNote[];
  readonly aside?: readonly PlannedNote[];
}

/** The two sides of one resource. Without properties on a side it is undefined. */
interface Sides {
  readonly change: ResourceChange;
  readonly address: string;
  readonly before: JsonObject | undefined;
  readonly after: JsonObject | undefined;
  readonly place: StackPlace;
}

const READERS = {
  'AWS::S3::Bucket': ofBucket,
  'AWS::S3::BucketPolicy': ofPolicy,
  'AWS::WAFv2::IPSet': ofIpSet,
  'AWS::CloudFormation::Stack': (sides: Sides) =>
    told(sides, 'it is a nested stack, which is not looked into: ask of its own change set'),
  'AWS::CloudFormation::StackSet': (sides: Sides) => told(sides, 'the stacks of a stack set are not looked into'),
  'AWS::WAFv2::WebACL': (sides: Sides) => ofThing(sides, WEB_ACL),
  'AWS::WAFv2::RuleGroup': (sides: Sides) => ofThing(sides, RULE_GROUP),
  'AWS::WAFv2::WebACLAssociation': (sides: Sides) => ofTie(sides, BEFORE_WHAT),
  'AWS::FMS::Policy': ofFirewallManager,
  'AWS::CloudFront::Distribution': (sides: Sides) => ofThing(sides, DISTRIBUTION),
  'AWS::CloudFront::OriginAccessControl': (sides: Sides) => ofThing(sides, SIGNING),
  'AWS::Organizations::Policy': ofOrganizationPolicy,
  'AWS::Organizations::Account': ofAccount,
} satisfies Record<(typeof WATCHED_IN_CLOUDFORMATION)[number], (sides: Sides) => Part>;

const readers: ReadonlyMap<string, (sides: Sides) => Part> = new Map(Object.entries(READERS));

function partOf(change: ResourceChange, place: StackPlace): Part {
  const read = readers.get(change.ResourceType ?? '');
  // Neither moves a setting: what is imported stays as it is, what is synced is only noted by CloudFormation.
  if (read === undefined || change.Action === 'Import' || change.Action === 'SyncWithActual') return {};
  const address = change.LogicalResourceId ?? 'a resource without a name';
  const sides = {
    change,
    address,
    before: propertiesIn(change.BeforeContext),
    after: propertiesIn(change.AfterContext),
    place,
  };
  if (change.Action === 'Dynamic')
    return told(sides, 'what CloudFormation would do with it cannot be determined before it is done');
  return read(sides);
}

function told({ address }: Pick<Sides, 'address'>, why: string): Part {
  return { unknown: [{ address, why }] };
}

/** A thing of which nobody here can compute what it does: it is not understood, unless nothing of it moves, or it is new. */
function ofThing(sides: Sides, what: string): Part {
  const { change, before, after } = sides;
  if (change.Action === 'Add') return aside(sides, CREATED);
  if (change.Action === 'Remove') return isKept(change) ? aside(sides, STAYS) : told(sides, notUnderstood(what));
  return before !== undefined && after !== undefined && change.Replacement !== 'True' && !isOther(before, after)
    ? {}
    : told(sides, notUnderstood(what));
}

/** What ties things together that are there: its coming moves them as much as its going. */
function ofTie(sides: Sides, what: string): Part {
  return sides.change.Action === 'Remove' && isKept(sides.change)
    ? aside(sides, STAYS)
    : told(sides, notUnderstood(what));
}

function ofOrganizationPolicy(sides: Sides): Part {
  const types = sidesOf(sides).map((side) => side['Type'] ?? null);
  if (types.includes(ORGANIZATION_S3)) return ofTie(sides, S3_POLICY);
  const isTold = types.length > 0 && types.every((type) => type !== null && doubtIn(type) === undefined);
  return isTold ? {} : ofTie(sides, PERHAPS_S3_POLICY);
}

function ofFirewallManager(sides: Sides): Part {
  const types = sidesOf(sides).map((side) => {
    const data = side['SecurityServicePolicyData'];
    return isJsonObject(data) ? textOf(data['Type']) : undefined;
  });
  const isOfOthers = types.length > 0 && types.every((type) => type !== undefined && !isOfWaf(type));
  return isOfOthers ? {} : ofTie(sides, FIREWALL_MANAGER);
}

function ofAccount(sides: Sides): Part {
  const { change, before, after } = sides;
  const isSame = before !== undefined && after !== undefined && isSameJson(parents(before), parents(after));
  return change.Action === 'Modify' && isSame ? {} : ofThing(sides, PARENT);
}

function parents(properties: JsonObject): Json {
  return properties['ParentIds'] ?? null;
}

/** The sides of which AWS told properties. */
function sidesOf({ before, after }: Sides): readonly JsonObject[] {
  return [before, after].filter((side) => side !== undefined);
}

function aside({ address }: Pick<Sides, 'address'>, why: string): Part {
  return { aside: [{ address, why }] };
}

const NO_VALUES = 'AWS told no property values of it, so what it sets is not known';
const STAYS = 'the stack lets go of it, and it stays as it is';

/** Does the resource itself go, or the old one of a replacement? Only what CloudFormation says that it keeps stays. */
function isKept({ PolicyAction }: ResourceChange): boolean {
  return PolicyAction?.endsWith('Retain') === true;
}

/** Each watched property with the path that it sets, and how it is read. */
const BUCKET_PROPERTIES: readonly {
  readonly property: string;
  readonly path: string;
  readonly read: (value: Json) => Json;
}[] = [
  { property: 'PublicAccessBlockConfiguration', path: 'publicAccessBlock', read: blockIn },
  { property: 'OwnershipControls', path: 'ownership', read: ownershipIn },
  { property: 'AccessControl', path: 'acl', read: cannedIn },
  { property: 'WebsiteConfiguration', path: 'website', read: websiteIn },
];

function ofBucket(sides: Sides): Part {
  const { change, address, before, after } = sides;
  const { PhysicalResourceId: id } = change;
  const fate = fateOf(sides, { title: 'bucket', kind: 's3-bucket', id });
  if (fate !== undefined || id === undefined) return fate ?? {};
  if (before === undefined || after === undefined) return told(sides, NO_VALUES);
  return {
    settings: BUCKET_PROPERTIES.flatMap(({ property, path, read }) => {
      const [was, is] = [before[property] ?? null, after[property] ?? null];
      if (isSameJson(was, is)) return [];
      return [{ address, kind: 's3-bucket', id, path, value: valueOf(is, read) }];
    }),
  };
}

interface Thing {
  readonly title: string;
  readonly kind: string;
  readonly id: string | undefined;
  readonly region?: string;
}

/** Does the thing come, go, or perhaps become another? Undefined where it stays and only its settings move. */
function fateOf(sides: Sides, { title, id, ...of }: Thing): Part | undefined {
  const { change, address } = sides;
  if (change.Action === 'Add') return aside(sides, CREATED);
  if (id === undefined) return which(sides, title);
  const goes = { address, ...of, id, path: 'exists', value: NOT_SET };
  if (change.Action === 'Remove') return isKept(change) ? aside(sides, STAYS) : { settings: [goes] };
  if (change.Replacement === 'True')
    return { settings: isKept(change) ? [] : [goes], ...aside(sides, `in its place ${CREATED}`) };
  return change.Replacement === 'Conditional'
    ? told(sides, `it may be replaced by another ${title}, which CloudFormation tells only when it is done`)
    : undefined;
}

function ofPolicy(sides: Sides): Part {
  const { change, address, before, after } = sides;
  if (change.Action === 'Remove' && isKept(change)) return aside(sides, STAYS);
  const [was, is] = [bucketIn(before), bucketIn(after)];
  const of = (id: string, value: PlannedValue) => ({ address, kind: 's3-bucket', id, path: 'policy', value });
  if (change.Action === 'Remove') return was === undefined ? lost(sides, before) : { settings: [of(was, NOT_SET)] };
  if (after === undefined) return told(sides, NO_VALUES);
  const left = was !== undefined && was !== is && !isKept(change) ? [of(was, NOT_SET)] : [];
  if (is === undefined) return { settings: left, ...which(sides, 'bucket') };
  const value = valueOf(after['PolicyDocument'] ?? null, (written) => written);
  return { settings: [...left, of(is, value.is === 'set' ? policyFrom(value.value ?? '') : value)] };
}

function ofIpSet(sides: Sides): Part {
  const { change, address, before, after, place } = sides;
  // What the physical id is made of: the name, AWS's id, the scope.
  const [named = '', , scoped] = (change.PhysicalResourceId ?? '').split('|');
  const id = named === '' ? textOf(before?.['Name']) : named;
  const region = (scoped ?? before?.['Scope']) === 'CLOUDFRONT' ? 'global' : place.region;
  const fate = fateOf(sides, { title: 'IP set', kind: 'waf-ip-set', id, region });
  if (fate !== undefined || id === undefined) return fate ?? {};
  if (before === undefined || after === undefined) return told(sides, NO_VALUES);
  const [was, is] = [before['Addresses'] ?? [], after['Addresses'] ?? []];
  if (isSameJson(was, is)) return {};
  return {
    settings: [{ address, kind: 'waf-ip-set', id, region, path: 'addresses', value: valueOf(is, (list) => list) }],
  };
}

function which(sides: Pick<Sides, 'address'>, title: string): Part {
  return told(sides, `the change set does not tell which ${title} it is about`);
}

function lost(sides: Sides, before: JsonObject | undefined): Part {
  return before === undefined ? told(sides, NO_VALUES) : which(sides, 'bucket');
}

function bucketIn(properties: JsonObject | undefined): string | undefined {
  const value = properties?.['Bucket'] ?? null;
  return value === null || doubtIn(value) !== undefined ? undefined : textOf(value);
}
