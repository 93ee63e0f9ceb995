import { isJsonObject, textOf, type Json, type JsonObject } from '../json.ts';
import { policyFrom, setTo, type PlannedSetting, type PlannedValue } from './planned-changes.ts';
import { idIn, type TerraformChange } from './terraform-change.ts';

/** How a resource of the AWS provider sets one path of a watched kind. */
export interface SettingResource {
  readonly kind: string;
  readonly path: string;
  /** What it is about, for a person. */
  readonly title: string;
  readonly idOf: (change: TerraformChange, side: JsonObject) => string | undefined;
  readonly placeOf?: (side: JsonObject, before: JsonObject) => Pick<PlannedSetting, 'account' | 'region'>;
  readonly read: (change: TerraformChange) => PlannedValue;
  /** Why the setting stays as it is though the resource is destroyed. */
  readonly staysBecause?: (change: TerraformChange) => string | undefined;
}

const FLAGS = {
  BlockPublicAcls: 'block_public_acls',
  IgnorePublicAcls: 'ignore_public_acls',
  BlockPublicPolicy: 'block_public_policy',
  RestrictPublicBuckets: 'restrict_public_buckets',
};

const ofBucket = {
  kind: 's3-bucket',
  title: 'bucket',
  idOf: (_change: TerraformChange, side: JsonObject) => idIn(side),
} as const;

/** Where a destroyed block is told to stand (AWS provider, skip_destroy). */
const skipsDestroy = ({ before }: TerraformChange): string | undefined =>
  before['skip_destroy'] === true ? 'Terraform lets go of it, and the block stays (skip_destroy)' : undefined;

/** By resource type: one resource is one setting. */
export const SETTINGS: ReadonlyMap<string, SettingResource> = new Map<string, SettingResource>([
  [
    'aws_s3_account_public_access_block',
    {
      kind: 's3-account-block',
      path: 'publicAccessBlock',
      title: 'account',
      idOf: () => 'account',
      placeOf: (side, before) => accountIn(side['account_id'] ?? before['account_id'] ?? null),
      read: blockOf,
      staysBecause: skipsDestroy,
    },
  ],
  [
    'aws_s3_bucket_public_access_block',
    { ...ofBucket, path: 'publicAccessBlock', read: blockOf, staysBecause: skipsDestroy },
  ],
  ['aws_s3_bucket_policy', { ...ofBucket, path: 'policy', read: policyOf }],
  [
    'aws_s3_bucket_acl',
    {
      ...ofBucket,
      path: 'acl',
      read: aclOf,
      staysBecause: () => 'Terraform lets go of it, and the ACL stays as it is',
    },
  ],
  ['aws_s3_bucket_ownership_controls', { ...ofBucket, path: 'ownership', read: ownershipOf }],
  ['aws_s3_bucket_website_configuration', { ...ofBucket, path: 'website', read: websiteOf }],
  [
    'aws_wafv2_ip_set',
    {
      kind: 'waf-ip-set',
      path: 'addresses',
      title: 'IP set',
      idOf: (_change, side) => textOf(side['name']),
      placeOf: ipSetPlace,
      read: (change) => mapped(change.valueOf('addresses'), (value) => value ?? []),
    },
  ],
]);

/** Settings that providers before 4 have in the bucket itself; without a reader they are not understood. */
export const INLINE: readonly {
  readonly attribute: string;
  readonly path: string;
  readonly read?: (change: TerraformChange) => PlannedValue;
}[] = [
  { attribute: 'policy', path: 'policy', read: policyOf },
  { attribute: 'acl', path: 'acl', read: (change) => change.valueOf('acl') },
  { attribute: 'grant', path: 'acl' },
  { attribute: 'website', path: 'website' },
];

/** A block as it would be; one flag that is not known leaves all of it unknown. */
function blockOf(change: TerraformChange): PlannedValue {
  const values = Object.entries(FLAGS).map(([flag, attribute]) => [flag, change.valueOf(attribute)] as const);
  const unknown = values.find(([, { is }]) => is === 'unknown')?.[1];
  if (unknown !== undefined) return unknown;
  // A flag that is left out is off (AWS provider: default false).
  return setTo(Object.fromEntries(values.map(([flag, value]) => [flag, value.is === 'set' && value.value === true])));
}

function policyOf(change: TerraformChange): PlannedValue {
  const written = change.valueOf('policy');
  return written.is === 'set' ? policyFrom(written.value ?? '') : written;
}

/** A canned name, or else the grants; those that come of a canned name are known after apply, which does not matter. */
function aclOf(change: TerraformChange): PlannedValue {
  const canned = change.valueOf('acl');
  if (canned.is === 'unknown' || (canned.value !== null && canned.value !== '')) return canned;
  return mapped(change.valueOf('access_control_policy'), (value) => ({
    Grants: blocksIn(first(value)['grant']).map((grant) => {
      const grantee = first(grant['grantee']);
      const [id, uri] = [textOf(grantee['id']) ?? '', textOf(grantee['uri']) ?? ''];
      return { Grantee: uri === '' ? { ID: id } : { URI: uri }, Permission: grant['permission'] ?? '' };
    }),
  }));
}

function ownershipOf(change: TerraformChange): PlannedValue {
  return mapped(change.valueOf('rule'), (value) => first(value)['object_ownership'] ?? null);
}

/** Whether there is one, and what it serves; of routing rules, which are known after apply where none are written, nothing depends. */
function websiteOf(change: TerraformChange): PlannedValue {
  const parts = ['index_document', 'error_document', 'redirect_all_requests_to'].map((name) => change.valueOf(name));
  const unknown = parts.find(({ is }) => is === 'unknown');
  if (unknown !== undefined) return unknown;
  const [index = {}, error = {}, redirect = {}] = parts.map((part) => (part.is === 'set' ? first(part.value) : {}));
  const host = redirect['host_name'];
  const protocol = textOf(redirect['protocol']) ?? '';
  return setTo({
    ...(index['suffix'] === undefined ? {} : { IndexDocument: { Suffix: index['suffix'] } }),
    ...(error['key'] === undefined ? {} : { ErrorDocument: { Key: error['key'] } }),
    ...(host === undefined
      ? {}
      : { RedirectAllRequestsTo: { HostName: host, ...(protocol === '' ? {} : { Protocol: protocol }) } }),
  });
}

function ipSetPlace(side: JsonObject, before: JsonObject): Pick<PlannedSetting, 'account' | 'region'> {
  const [, , , arnRegion, arnAccount] = (textOf(side['arn']) ?? textOf(before['arn']) ?? '').split(':');
  const isGlobal = (side['scope'] ?? before['scope']) === 'CLOUDFRONT';
  const region = isGlobal ? 'global' : (textOf(side['region']) ?? arnRegion);
  return { ...(region === undefined || region === '' ? {} : { region }), ...accountIn(arnAccount ?? null) };
}

function accountIn(value: Json): Pick<PlannedSetting, 'account'> {
  const account = textOf(value);
  return account === undefined || account === '' ? {} : { account };
}

function mapped(value: PlannedValue, change: (value: Json) => Json): PlannedValue {
  return value.is === 'set' ? setTo(change(value.value)) : value;
}

/** Terraform writes a nested block as a list of objects. */
function blocksIn(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter(isJsonObject) : [];
}

function first(value: Json | undefined): JsonObject {
  return blocksIn(value)[0] ?? {};
}
