import { isJsonObject, objectOf, sortedSet, type Json, type JsonObject } from '../json.ts';

/** What AWS answers of a rule, as far as it decides anything: how it is measured does not. */
export interface AnsweredRule {
  readonly Name?: string | undefined;
  readonly Priority?: number | undefined;
  readonly Statement?: object | undefined;
  readonly Action?: object | undefined;
  readonly OverrideAction?: object | undefined;
  readonly RuleLabels?: readonly { readonly Name?: string | undefined }[] | undefined;
  readonly CaptchaConfig?: object | undefined;
  readonly ChallengeConfig?: object | undefined;
}

/**
 * One value for one meaning: what is undefined is no member, lists stand for sets (nothing in a statement has an order; text
 * transformations bear their own number), bytes are the text that they spell.
 */
export function canonicalDocument(value: unknown): Json {
  if (value instanceof Uint8Array) return textOfBytes(value);
  if (Array.isArray(value)) return sortedSet(value.map(canonicalDocument));
  if (typeof value === 'object' && value !== null)
    return objectOf(
      Object.entries(value).flatMap(([name, inner]) =>
        inner === undefined ? [] : [[name, canonicalDocument(inner)] as const],
      ),
    );
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

/** Bytes that are no text must not look like one. */
function textOfBytes(bytes: Uint8Array): Json {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { base64: btoa(String.fromCharCode(...bytes)) };
  }
}

/** How a rule acts whose statement is a group: by what the group's own rules say. */
export const OF_ITS_GROUP = 'of-its-group';

/** A rule as it is compared, without its name, and the version of its managed group, which is compared apart. */
export interface CanonicalRule {
  readonly rule: JsonObject;
  readonly version?: JsonObject;
}

/** Facts: aws-facts §6, and the shapes of the SDK. */
export function canonicalRule(answered: AnsweredRule): CanonicalRule {
  const { Priority, Statement, Action, OverrideAction, RuleLabels = [] } = answered;
  const { action, handling } = canonicalAction(Action ?? OverrideAction);
  const whole = canonicalDocument(Statement ?? {});
  const { statement, version } = withoutVersion(isJsonObject(whole) ? whole : {});
  const immunity = canonicalDocument({ captcha: answered.CaptchaConfig, challenge: answered.ChallengeConfig });
  const labels = sortedSet(RuleLabels.flatMap(({ Name }) => Name ?? []));
  return {
    rule: {
      priority: Priority ?? 0,
      action,
      ...(handling === undefined ? {} : { handling }),
      statement,
      ...(labels.length === 0 ? {} : { labels }),
      ...(isJsonObject(immunity) && Object.keys(immunity).length > 0 ? { immunity } : {}),
    },
    ...(version === undefined ? {} : { version }),
  };
}

/** `{ Block: { CustomResponse … } }` as its name and what goes with it; an override of None leaves it to the group. */
export function canonicalAction(answered: object | undefined): { readonly action: string; readonly handling?: Json } {
  const [entry] = Object.entries(answered ?? {}).filter(([, value]) => value !== undefined);
  if (entry === undefined) return { action: 'unknown' };
  const [name, value] = entry;
  const handling = canonicalDocument(value);
  const isPlain = !isJsonObject(handling) || Object.keys(handling).length === 0;
  return { action: name === 'None' ? OF_ITS_GROUP : name.toLowerCase(), ...(isPlain ? {} : { handling }) };
}

function withoutVersion(statement: JsonObject): { readonly statement: JsonObject; readonly version?: JsonObject } {
  const managed = statement['ManagedRuleGroupStatement'];
  if (!isJsonObject(managed)) return { statement };
  const { Version: version = null, ...rest } = managed;
  const group = `${textIn(managed, 'VendorName')}/${textIn(managed, 'Name')}`;
  return { statement: { ...statement, ManagedRuleGroupStatement: rest }, version: { group, version } };
}

function textIn(object: JsonObject, name: string): string {
  const value = object[name];
  return typeof value === 'string' ? value : '';
}
