import { isJsonObject, isSameJson, textOf, type Json, type JsonObject } from '../json.ts';
import { creates, destroys, type TerraformChange } from './terraform-change.ts';
import { CREATED } from './planned-changes.ts';

/** What is said of a change of something watched that nobody here can compute: that it is unknown, or why it moves nothing. */
export type Said = { readonly unknown: string } | { readonly aside: string };

/** Of one change among all of its plan; undefined: it is nothing that is watched. */
type Saying = (change: TerraformChange, all: readonly TerraformChange[]) => Said | undefined;

const NOT = 'and what that does is not understood';
/** The sentence on a thing that changes, comes between others or goes, whatever the tool. */
export const notUnderstood = (what: string): string => `${what} changes, ${NOT}`;

export const WEB_ACL = 'a WAF web ACL';
export const RULE_GROUP = 'a rule group of WAF';
export const BEFORE_WHAT = 'which web ACL stands before a load balancer or an API';
export const FIREWALL_MANAGER = 'a policy of Firewall Manager, which may set rules of web ACLs,';
export const DISTRIBUTION = 'a CloudFront distribution';
export const SIGNING = 'how CloudFront signs what it asks of a bucket';
const STANDS_ABOVE = "which stands above the account's block";
export const S3_POLICY = `an organisation's S3 policy, ${STANDS_ABOVE},`;
export const PERHAPS_S3_POLICY = `a policy of the organisation, of a type that is not told: perhaps an S3 policy, ${STANDS_ABOVE},`;
export const ATTACHED = `to what an organisation's S3 policy is attached, ${STANDS_ABOVE},`;
export const PARENT = `where an account stands in the organisation, and with it the S3 policy ${STANDS_ABOVE},`;

/** How Organizations calls the type (aws-facts §1.8). */
export const ORGANIZATION_S3 = 'S3_POLICY';

/** What decides nothing about a request: how a thing is called, described, tagged and measured. */
const DECIDES_NOTHING = /^(tags|tags_all|description|comment|visibility_config|Tags|Description|VisibilityConfig)$/;

/** Are two sides of a thing other than in what decides nothing? Of CloudFormation's property names or Terraform's. */
export function isOther(before: JsonObject, after: JsonObject): boolean {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].some(
    (name) => !DECIDES_NOTHING.test(name) && !isSameJson(before[name] ?? null, after[name] ?? null),
  );
}

/** A thing of its own: while it is only created, nothing uses it. */
function thing(what: string): Saying {
  return (change) => {
    if (creates(change) && !destroys(change)) return { aside: CREATED };
    const isMoved = change.attributes.some((name) => !DECIDES_NOTHING.test(name) && change.moves(name));
    return destroys(change) || isMoved ? { unknown: notUnderstood(what) } : undefined;
  };
}

/** What ties things together that are there: its coming moves them as much as its going. */
function tie(what: string): Saying {
  return () => ({ unknown: notUnderstood(what) });
}

const OF_ANOTHER: Said = {
  unknown: 'what it changes is not understood: Plumbline reads the resources of hashicorp/aws',
};
const ofAnother: Saying = () => OF_ANOTHER;
const within: Saying = () => ({ unknown: 'the stack that it changes is not looked into: ask of its change set' });

const organizationPolicy: Saying = ({ before, after }) => {
  const types = [before['type'], after['type']].flatMap((type) => textOf(type) ?? []);
  if (types.length === 0) return { unknown: notUnderstood(PERHAPS_S3_POLICY) };
  return types.includes(ORGANIZATION_S3) ? { unknown: notUnderstood(S3_POLICY) } : undefined;
};

/** The attachment does not tell the type of its policy; the policy does, where the plan has it. */
const attachment: Saying = (change, all) => {
  const ids = [change.before['policy_id'], change.after['policy_id']].flatMap((id) => textOf(id) ?? []);
  const from = change.referencesIn('policy_id', 'aws_organizations_policy');
  const policies = all.filter(
    (one) =>
      one.type === 'aws_organizations_policy' &&
      (ids.length === 0
        ? from.includes(one.place)
        : [one.before['id'], one.after['id']].some((id) => ids.includes(textOf(id) ?? ''))),
  );
  const types = policies.map(({ before, after }) => textOf(after['type']) ?? textOf(before['type']));
  if (types.includes(ORGANIZATION_S3)) return { unknown: notUnderstood(ATTACHED) };
  const isTold = policies.length >= Math.max(1, new Set(ids).size) && types.every((type) => type !== undefined);
  return isTold ? undefined : { unknown: notUnderstood(PERHAPS_S3_POLICY) };
};

const account: Saying = (change) => {
  if (creates(change) && !destroys(change)) return { aside: CREATED };
  return destroys(change) || change.moves('parent_id') ? { unknown: notUnderstood(PARENT) } : undefined;
};

/** Where the policy type is turned on or off, all S3 policies are. */
const organization: Saying = (change) => {
  if (creates(change) && !destroys(change)) return undefined;
  const after = change.valueOf('enabled_policy_types');
  const isOn = (types: Json | undefined): boolean => Array.isArray(types) && types.includes(ORGANIZATION_S3);
  const isSame = after.is === 'set' && isOn(after.value) === isOn(change.before['enabled_policy_types']);
  return isSame ? undefined : { unknown: notUnderstood('whether S3 policies of the organisation are in effect') };
};

const firewallManager: Saying = ({ before, after }) => {
  const types = [before, after].flatMap((side) =>
    listIn(side['security_service_policy_data']).flatMap((one) =>
      isJsonObject(one) ? (textOf(one['type']) ?? []) : [],
    ),
  );
  return types.length === 0 || types.some(isOfWaf) ? { unknown: notUnderstood(FIREWALL_MANAGER) } : undefined;
};

/** Does a type of Firewall Manager's policies concern web ACLs? */
export function isOfWaf(type: string): boolean {
  return type.startsWith('WAF');
}

/** Resource types of CloudFormation that change what is watched; those of AWSCC and of Cloud Control are the same. */
export const WATCHED_IN_CLOUDFORMATION = [
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::WAFv2::IPSet',
  'AWS::WAFv2::WebACL',
  'AWS::WAFv2::RuleGroup',
  'AWS::WAFv2::WebACLAssociation',
  'AWS::FMS::Policy',
  'AWS::CloudFront::Distribution',
  'AWS::CloudFront::OriginAccessControl',
  'AWS::Organizations::Policy',
  'AWS::Organizations::Account',
  'AWS::CloudFormation::Stack',
  'AWS::CloudFormation::StackSet',
] as const;

const byCloudControl: Saying = ({ before, after }) => {
  const types = [before['type_name'], after['type_name']].flatMap((type) => textOf(type) ?? []);
  const isWatched = types.length === 0 || WATCHED_IN_CLOUDFORMATION.some((type) => types.includes(type));
  return isWatched ? OF_ANOTHER : undefined;
};

/** `AWS::WAFv2::WebACLAssociation` → `awscc_wafv2_web_acl_association`. */
function ofAwscc(type: string): string {
  const [, service = '', name = ''] = type.split('::');
  const words = name.replace(/(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, '_');
  return `awscc_${service}_${words}`.toLowerCase();
}

/** Other ways of Terraform to change what is watched, by resource type, each with what is said of it. */
export const NOT_UNDERSTOOD: ReadonlyMap<string, Saying> = new Map<string, Saying>([
  ...WATCHED_IN_CLOUDFORMATION.map((type) => [ofAwscc(type), ofAnother] as const),
  ['aws_cloudcontrolapi_resource', byCloudControl],
  ['aws_wafv2_web_acl', thing(WEB_ACL)],
  ['aws_wafv2_rule_group', thing(RULE_GROUP)],
  ['aws_wafv2_web_acl_rule', tie('a rule of a WAF web ACL')],
  ['aws_wafv2_web_acl_rule_group_association', tie('which rule groups a WAF web ACL has')],
  ['aws_wafv2_web_acl_association', tie(BEFORE_WHAT)],
  ['aws_fms_policy', firewallManager],
  ['aws_cloudfront_distribution', thing(DISTRIBUTION)],
  ['aws_cloudfront_multitenant_distribution', thing(DISTRIBUTION)],
  ['aws_cloudfront_origin_access_control', thing(SIGNING)],
  ['aws_organizations_policy', organizationPolicy],
  ['awscc_organizations_policy', organizationPolicy],
  ['aws_organizations_policy_attachment', attachment],
  ['aws_organizations_account', account],
  ['aws_organizations_account_parent', tie(PARENT)],
  ['aws_organizations_organization', organization],
  ['aws_cloudformation_stack', within],
  ['aws_cloudformation_stack_set', within],
  ['aws_cloudformation_stack_instances', within],
  ['aws_cloudformation_stack_set_instance', within],
  ['aws_serverlessapplicationrepository_cloudformation_stack', within],
]);

function listIn(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
