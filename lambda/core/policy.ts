import { canonicalCidr } from './addresses.ts';
import {
  canonicalJson,
  isJsonObject,
  nestingOf,
  objectOf,
  setChange,
  sortedSet,
  textOf,
  type Json,
  type JsonObject,
} from './json.ts';
import { present, unreadable, type Reading } from './reading.ts';

/** No policy that AWS accepts nests deeper than about six; past this a text is built to hurt, not to be evaluated. */
const MOST_NESTING = 64;

/** IAM takes a policy without Version for this one (IAM, "Version" element). */
const DEFAULT_VERSION = '2008-10-17';

/** Reads a policy's text. What is no JSON object is `unreadable('MalformedPolicy')`, never a throw and never "no policy". */
export function parsePolicy(text: string): Reading<JsonObject> {
  let document: Json;
  try {
    document = JSON.parse(text) as Json;
  } catch {
    return unreadable('MalformedPolicy');
  }
  return policyIn(document);
}

/** The same of what was parsed already. */
export function policyIn(document: Json): Reading<JsonObject> {
  if (!isJsonObject(document) || nestingOf(document, MOST_NESTING) > MOST_NESTING) return unreadable('MalformedPolicy');
  return present(document);
}

/**
 * One value for one meaning: order, duplicates, brackets around single values, case of actions and condition keys,
 * account id versus root ARN, `Sid` and `Id` do not count (test/core/policy-meaning.cases.ts has each with its source).
 * Idempotent. Members that it does not know are kept as they are.
 */
export function canonicalPolicy(document: JsonObject): JsonObject {
  const { Version, Statement, Id: _label, ...rest } = document;
  return {
    ...rest,
    Version: Version ?? DEFAULT_VERSION,
    ...(Statement === undefined ? {} : { Statement: sortedSet(statementsIn(Statement).map(canonicalStatement)) }),
  };
}

/** Do two policies allow and deny the same? */
export function isSamePolicy(a: JsonObject, b: JsonObject): boolean {
  return canonicalJson(canonicalPolicy(a)) === canonicalJson(canonicalPolicy(b));
}

/** The statements that one policy has and the other, by meaning, has not; as they were written. */
export function statementChange(
  before: JsonObject,
  after: JsonObject,
): { added: readonly Json[]; removed: readonly Json[] } {
  const original = new Map<string, Json>();
  const keyed = (document: JsonObject): readonly Json[] =>
    statementsIn(document['Statement'] ?? []).map((statement) => {
      const key = canonicalJson(canonicalStatement(statement));
      original.set(key, original.get(key) ?? statement);
      return key;
    });
  const { added, removed } = setChange([...new Set(keyed(before))], [...new Set(keyed(after))]);
  const written = (keys: readonly Json[]): readonly Json[] => keys.map((key) => original.get(textOf(key) ?? '') ?? key);
  return { added: written(added), removed: written(removed) };
}

/**
 * Might this policy let in a principal that it does not name? True for an Allow with a wildcard anywhere in its principals,
 * with NotPrincipal, or with a shape that IAM would not take. Not a verdict on publicness: conditions are not looked at.
 */
export function hasWildcardPrincipal(document: JsonObject): boolean {
  return statementsIn(document['Statement'] ?? []).some((statement) => {
    if (!isJsonObject(statement)) return true;
    if (textOf(statement['Effect'])?.toLowerCase() === 'deny') return false;
    if (statement['NotPrincipal'] !== undefined) return true;
    return /[*?]/.test(canonicalJson(statement['Principal'] ?? null));
  });
}

/** The list that a lone value stands for. */
export function listOf(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : [value];
}

function statementsIn(statement: Json): readonly Json[] {
  return listOf(statement);
}

type Normalise = (value: Json) => Json | undefined;

const NORMALISE_MEMBER: ReadonlyMap<string, Normalise> = new Map<string, Normalise>([
  ['Sid', () => undefined],
  [
    'Effect',
    (effect) => (typeof effect === 'string' ? effect.charAt(0).toUpperCase() + effect.slice(1).toLowerCase() : effect),
  ],
  ['Principal', canonicalPrincipal],
  // Nobody excepted is everybody: an empty NotPrincipal is not none.
  ['NotPrincipal', (principal) => canonicalPrincipal(principal) ?? {}],
  ['Action', canonicalActions],
  ['NotAction', canonicalActions],
  ['Resource', (resources) => sortedSet(listOf(resources))],
  ['NotResource', (resources) => sortedSet(listOf(resources))],
  ['Condition', canonicalCondition],
]);

function canonicalStatement(statement: Json): Json {
  if (!isJsonObject(statement)) return statement;
  return objectOf(
    Object.entries(statement).flatMap(([member, value]) => {
      const normalise = NORMALISE_MEMBER.get(member);
      const canonical = normalise ? normalise(value) : value;
      return canonical === undefined ? [] : [[member, canonical] as const];
    }),
  );
}

function canonicalActions(actions: Json): Json {
  return sortedSet(listOf(actions).map((action) => (typeof action === 'string' ? action.toLowerCase() : action)));
}

const ROOT_ARN = /^arn:[^:]*:iam::(\d{12}):root$/;

function canonicalPrincipal(principal: Json): Json | undefined {
  if (principal === '*') return { AWS: ['*'] };
  if (!isJsonObject(principal)) return principal;
  const types = Object.entries(principal)
    .map(([type, names]) => {
      const written = listOf(names);
      const named =
        type === 'AWS'
          ? written.map((name) => (typeof name === 'string' ? name.replace(ROOT_ARN, '$1') : name))
          : written;
      return [type, sortedSet(named)] as const;
    })
    .filter(([, names]) => names.length > 0);
  return types.length === 0 ? undefined : objectOf(types);
}

function canonicalCondition(condition: Json): Json | undefined {
  if (!isJsonObject(condition)) return condition;
  const operators = Object.entries(condition);
  if (operators.length === 0) return undefined;
  return lowerCaseKeys(operators.map(([operator, keys]) => [operator, canonicalKeys(operator, keys)] as const));
}

function canonicalKeys(operator: string, keys: Json): Json {
  if (!isJsonObject(keys)) return keys;
  const valueOf = canonicalValue(operator.toLowerCase());
  return lowerCaseKeys(
    Object.entries(keys).map(([key, values]) => [key, sortedSet(listOf(values).map(valueOf))] as const),
  );
}

/** Keys in lower case, unless two of them would then be one. */
function lowerCaseKeys(entries: readonly (readonly [string, Json])[]): Json {
  const lower = entries.map(([key, value]) => [key.toLowerCase(), value] as const);
  return objectOf(new Set(lower.map(([key]) => key)).size === entries.length ? lower : entries);
}

function canonicalValue(operator: string): (value: Json) => Json {
  return (value) => {
    const text = typeof value === 'boolean' || typeof value === 'number' ? String(value) : value;
    if (typeof text !== 'string') return text;
    if (/(^|:)(bool|null)(ifexists)?$/.test(operator)) return text.toLowerCase();
    return /(^|:)(not)?ipaddress(ifexists)?$/.test(operator) ? canonicalCidr(text) : text;
  };
}
