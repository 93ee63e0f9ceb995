import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import { KNOWN_AFTER_APPLY, SENSITIVE, setTo, type PlannedValue } from './planned-changes.ts';

/** The properties of one side of a change; undefined where AWS told none. */
export function propertiesIn(context: string | undefined): JsonObject | undefined {
  if (context === undefined) return undefined;
  try {
    const read = JSON.parse(context) as Json;
    return isJsonObject(read) ? (isJsonObject(read['Properties']) ? read['Properties'] : {}) : undefined;
  } catch {
    return undefined;
  }
}

/** A property as it would be, in the form in which it is proposed. */
export function valueOf(value: Json, read: (value: Json) => Json): PlannedValue {
  // What CloudFormation does with what a template no longer sets is not documented for each property.
  if (value === null) return { is: 'unknown', code: 'LeftOutOfTemplate' };
  return doubtIn(value) ?? setTo(read(value));
}

/** What stands where a value is told only when the change set is executed: the marker, a reference, an intrinsic function. */
const UNRESOLVED = /\{\{(changeSet:KNOWN_AFTER_APPLY|resolve:)/;
const INTRINSIC = /^(Ref|Fn::\w+)$/;
/** What CloudFormation shows of a parameter with NoEcho. */
const MASKED = '****';

/** What keeps a value from being known before the change set is executed; undefined where it is known. */
export function doubtIn(value: Json): PlannedValue | undefined {
  if (typeof value === 'string')
    return value === MASKED ? SENSITIVE : UNRESOLVED.test(value) ? KNOWN_AFTER_APPLY : undefined;
  if (Array.isArray(value)) return firstDoubt(value as readonly Json[]);
  if (!isJsonObject(value)) return undefined;
  return Object.keys(value).some((key) => INTRINSIC.test(key)) ? KNOWN_AFTER_APPLY : firstDoubt(Object.values(value));
}

function firstDoubt(values: readonly Json[]): PlannedValue | undefined {
  for (const one of values) {
    const doubt = doubtIn(one);
    if (doubt !== undefined) return doubt;
  }
  return undefined;
}

/** The flags of a block, all four. Contexts tell them as texts. */
export function blockIn(value: Json): Json {
  if (!isJsonObject(value)) return value;
  const flags = Object.entries(value).map(([flag, set]) => [
    flag,
    set === 'true' ? true : set === 'false' ? false : set,
  ]);
  const left = {
    BlockPublicAcls: false,
    IgnorePublicAcls: false,
    BlockPublicPolicy: false,
    RestrictPublicBuckets: false,
  };
  return { ...left, ...(Object.fromEntries(flags) as JsonObject) };
}

/** Who owns new objects; null where no rule says. */
export function ownershipIn(value: Json): Json {
  const rules = isJsonObject(value) && Array.isArray(value['Rules']) ? (value['Rules'] as readonly Json[]) : [];
  const [rule] = rules;
  return isJsonObject(rule) ? (rule['ObjectOwnership'] ?? null) : null;
}

/** The name of a canned ACL as S3 takes it: `PublicReadWrite` → `public-read-write`. */
export function cannedIn(value: Json): Json {
  return typeof value === 'string' ? value.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase() : value;
}

/** A website's configuration as PutBucketWebsite takes it: CloudFormation has other names. */
export function websiteIn(value: Json): Json {
  if (!isJsonObject(value)) return value;
  const { IndexDocument, ErrorDocument, RedirectAllRequestsTo, RoutingRules } = value;
  const rules = Array.isArray(RoutingRules) ? (RoutingRules as readonly Json[]).filter(isJsonObject) : [];
  return {
    ...(IndexDocument === undefined ? {} : { IndexDocument: { Suffix: IndexDocument } }),
    ...(ErrorDocument === undefined ? {} : { ErrorDocument: { Key: ErrorDocument } }),
    ...(RedirectAllRequestsTo === undefined ? {} : { RedirectAllRequestsTo }),
    ...(rules.length === 0
      ? {}
      : {
          RoutingRules: rules.map(({ RedirectRule, RoutingRuleCondition }) => ({
            Redirect: RedirectRule ?? {},
            ...(RoutingRuleCondition === undefined ? {} : { Condition: RoutingRuleCondition }),
          })),
        }),
  };
}
