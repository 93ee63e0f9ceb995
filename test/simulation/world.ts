import { ALL_USERS, OWNER_ID } from '../aws-double/world.ts';
import type { JsonObject } from '#core/json.ts';
import { ACCOUNT } from '../builders.ts';
import type { MadeChange, Settings } from './history.ts';

export const REGION = 'us-east-1';
export const ACCOUNT_BLOCK = `${ACCOUNT}/global/s3-account-block/account`;
/** What an organisation sets above the account. That S3 answers with it for the account's block is left to the tables of the verdicts. */
export const ORGANIZATION_POLICY = `${ACCOUNT}/global/s3-organization-policy/account`;
export const bucket = (name: string): string => `${ACCOUNT}/${REGION}/s3-bucket/${name}`;
export const ipSet = (name: string): string => `${ACCOUNT}/${REGION}/waf-ip-set/${name}`;
export const nameOf = (resource: string): string => resource.slice(resource.lastIndexOf('/') + 1);
export const kindOf = (resource: string): string => resource.split('/')[2] ?? '';

/** Who else an ACL or a policy lets in. */
const PARTNER_ID = 'b'.repeat(64);

/** The values that a setting takes. What S3 only hides is left to the tables of the verdicts, so IgnorePublicAcls never moves here. */
export const VALUES: Readonly<Record<string, readonly string[]>> = {
  block: ['none', 'acls', 'policies', 'acls policies'],
  policy: ['none', '444455556666', '777788889999', 'public'],
  acl: ['private', 'shared', 'public'],
  addresses: ['198.51.100.0/24', '198.51.100.0/24 203.0.113.0/24', '203.0.113.0/24', ''],
  organization: ['none', 'all', 'off'],
  exists: ['yes', 'none'],
};

/** What a new one of a kind has. */
const FRESH: Readonly<Record<string, Settings>> = {
  's3-account-block': { exists: 'yes', block: 'none' },
  's3-bucket': { exists: 'yes', block: 'none', policy: 'none', acl: 'private' },
  's3-organization-policy': { exists: 'yes', organization: 'none' },
  'waf-ip-set': { exists: 'yes', addresses: '198.51.100.0/24' },
};

/** The account: two buckets and two IP sets, and one of each that is made later. */
export function initialWorld(): ReadonlyMap<string, Settings> {
  const there = [
    ACCOUNT_BLOCK,
    ORGANIZATION_POLICY,
    bucket('exports'),
    bucket('invoices'),
    ipSet('deny-list'),
    ipSet('partners'),
  ];
  const later = [bucket('scratch'), ipSet('blocked')];
  const fresh = (resource: string): Settings => FRESH[kindOf(resource)] ?? {};
  return new Map([
    ...there.map((resource): [string, Settings] => [resource, fresh(resource)]),
    ...later.map((resource): [string, Settings] => [resource, { ...fresh(resource), exists: 'none' }]),
  ]);
}

interface Written extends MadeChange {
  /** From when on reads show it. */
  readonly shows: number;
}

/** What is really set, and what reads show of it: a change may show some seconds late, but never after a younger one. */
export class World {
  readonly initial = initialWorld();
  readonly changes: Written[] = [];
  /** Every call, as CloudTrail's own history has it: also where no event of it came. */
  readonly calls: { readonly at: number; readonly record: JsonObject }[] = [];
  readonly #byResource = new Map<string, Written[]>();

  /** Sets one setting; making a thing anew sets all of them. */
  set({ resource, setting, value, at }: MadeChange, lateMs = 0): void {
    const isMade = setting === 'exists' && value === 'yes';
    const values = Object.entries(isMade ? (FRESH[kindOf(resource)] ?? {}) : { [setting]: value });
    const written = this.#byResource.get(resource) ?? [];
    const shows = Math.max(at + lateMs, ...written.map((one) => one.shows));
    for (const [name, text] of values) written.push({ at, resource, setting: name, value: text, shows });
    this.#byResource.set(resource, written);
    this.changes.push(...written.slice(-values.length));
  }

  /** How it is, whatever reads show. */
  now(resource: string): Settings {
    return this.#settings(resource, () => true);
  }

  /** How reads show it at that time. */
  shown(resource: string, at: number): Settings {
    return this.#settings(resource, ({ shows }) => shows <= at);
  }

  /** Which making of it this is: AWS gives a new one a new id. */
  makingOf(resource: string, at: number): number {
    const isMade = ({ setting, value, shows }: Written): boolean =>
      setting === 'exists' && value === 'yes' && shows <= at;
    return (this.#byResource.get(resource) ?? []).filter(isMade).length;
  }

  #settings(resource: string, isSeen: (one: Written) => boolean): Settings {
    const settings: Record<string, string> = { ...this.initial.get(resource) };
    for (const one of this.#byResource.get(resource) ?? []) if (isSeen(one)) settings[one.setting] = one.value;
    return settings;
  }
}

export interface BlockFlags {
  readonly BlockPublicAcls: boolean;
  readonly IgnorePublicAcls: boolean;
  readonly BlockPublicPolicy: boolean;
  readonly RestrictPublicBuckets: boolean;
}

/** A block as AWS has it; undefined where none is set. */
export function blockOf(value: string): BlockFlags | undefined {
  if (value === 'none') return undefined;
  const parts = value.split(' ');
  const arePolicies = parts.includes('policies');
  return {
    BlockPublicAcls: parts.includes('acls'),
    IgnorePublicAcls: false,
    BlockPublicPolicy: arePolicies,
    RestrictPublicBuckets: arePolicies,
  };
}

/** A policy's text; undefined where none is set. */
export function policyOf(value: string, name: string): string | undefined {
  if (value === 'none') return undefined;
  const Principal = value === 'public' ? '*' : { AWS: `arn:aws:iam::${value}:root` };
  const Statement = { Effect: 'Allow', Principal, Action: 's3:GetObject', Resource: `arn:aws:s3:::${name}/*` };
  return JSON.stringify({ Version: '2012-10-17', Statement: [Statement] });
}

/** An organisation's policy as the account reads it; undefined where none applies. */
export function organizationPolicyOf(value: string): string | undefined {
  if (value === 'none') return undefined;
  const block = value === 'off' ? 'none' : value;
  return JSON.stringify({ s3_attributes: { public_access_block_configuration: block } });
}

export function grantsOf(value: string): readonly { readonly Grantee: object; readonly Permission: string }[] {
  const owner = { Grantee: { Type: 'CanonicalUser', ID: OWNER_ID }, Permission: 'FULL_CONTROL' };
  if (value === 'shared') return [owner, { Grantee: { Type: 'CanonicalUser', ID: PARTNER_ID }, Permission: 'READ' }];
  return value === 'public' ? [owner, { Grantee: { Type: 'Group', URI: ALL_USERS }, Permission: 'READ' }] : [owner];
}

export function addressesOf(value: string): readonly string[] {
  return value === '' ? [] : value.split(' ');
}

export { OWNER_ID, PARTNER_ID };
