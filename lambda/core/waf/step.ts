import { isJsonObject, textOf, type Json, type JsonObject } from '../json.ts';
import { canonicalAction } from './canonical.ts';
import { ruleText } from './names.ts';
import { forceOf, groupOf, rateOf, rulesIn, type Force, type Rule } from './rule.ts';

/** One thing that a web ACL asks of a request, in its order: a rule of its own, a rule of a rule group, or a group that is not read. */
export interface Step {
  /** One in the web ACL. */
  readonly key: string;
  readonly name: string;
  /** `rule deny (priority 0, IP set list)`. */
  readonly text: string;
  readonly force: Force;
  readonly action: string;
  readonly handling: Json | undefined;
  readonly statement: JsonObject;
  /** What it lets through before it acts. */
  readonly rate: string | undefined;
}

/** Does a request match? `sometimes`: that depends on what is not its address, or is not known. */
export type Match = 'yes' | 'no' | 'sometimes';

/** Is an address in the set of this ARN? Undefined: not known. */
export type Membership = (arn: string) => boolean | undefined;

/** The rules of the groups that a web ACL refers to, by ARN; undefined for one whose rules are not known. */
export type Groups = (arn: string) => readonly Rule[] | undefined;

/** The steps of rules in their order. A rule group of known rules is as many steps. */
export function stepsOf(rules: readonly Rule[], groups: Groups): readonly Step[] {
  return rules.flatMap((rule) => {
    const own = groupOf(rule);
    const inner = own?.startsWith('arn:') === true ? groups(own) : undefined;
    if (inner === undefined) return [stepOf(rule)];
    return inner.map((one): Step => {
      const step = stepOf(overridden(one, rule));
      return {
        ...step,
        key: `${rule.name}\n${one.name}`,
        text: `${step.text} in ${lowered(ruleText(rule))}`,
        force: forceOf(rule) === 'counts' ? 'counts' : step.force,
      };
    });
  });
}

function stepOf(rule: Rule): Step {
  const { name, action, handling, statement } = rule;
  return {
    key: name,
    name,
    text: lowered(ruleText(rule)),
    force: forceOf(rule),
    action,
    handling,
    statement,
    rate: rateOf(rule),
  };
}

function lowered(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

/** A rule of a group as the rule that runs the group lets it act. */
function overridden(one: Rule, { statement }: Rule): Rule {
  const reference = statement['RuleGroupReferenceStatement'];
  if (!isJsonObject(reference)) return one;
  const isNamed = (entry: Json): entry is JsonObject => isJsonObject(entry) && entry['Name'] === one.name;
  if (listIn(reference['ExcludedRules']).some(isNamed)) return { ...one, action: 'count', handling: undefined };
  const entry = listIn(reference['RuleActionOverrides']).find(isNamed);
  const to = entry?.['ActionToUse'];
  if (!isJsonObject(to)) return one;
  const { action, handling } = canonicalAction(to);
  return { ...one, action, handling };
}

function listIn(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

/** Does a request match by its address, all else left open? */
export function matchOf(statement: Json | undefined, isIn: Membership): Match {
  if (!isJsonObject(statement)) return 'sometimes';
  const [name, inner] = Object.entries(statement)[0] ?? [];
  if (!isJsonObject(inner)) return 'sometimes';
  switch (name) {
    case 'IPSetReferenceStatement': {
      const isMember = isIn(textOf(inner['ARN']) ?? '');
      return isMember === undefined ? 'sometimes' : isMember ? 'yes' : 'no';
    }
    case 'NotStatement':
      return opposite(matchOf(inner['Statement'], isIn));
    case 'AndStatement':
      return allOf(listIn(inner['Statements']).map((one) => matchOf(one, isIn)));
    case 'OrStatement':
      return opposite(allOf(listIn(inner['Statements']).map((one) => opposite(matchOf(one, isIn)))));
    // Which of those in its scope it acts on, its limit or its group decides.
    case 'RateBasedStatement':
      return inScope(inner, isIn) === 'no' ? 'no' : 'sometimes';
    case 'ManagedRuleGroupStatement':
      return inScope(inner, isIn);
    case 'RuleGroupReferenceStatement':
      return 'yes';
    default:
      return 'sometimes';
  }
}

function inScope(statement: JsonObject, isIn: Membership): Match {
  const scope = statement['ScopeDownStatement'];
  return scope === undefined ? 'yes' : matchOf(scope, isIn);
}

function opposite(match: Match): Match {
  return match === 'yes' ? 'no' : match === 'no' ? 'yes' : 'sometimes';
}

function allOf(matches: readonly Match[]): Match {
  if (matches.includes('no')) return 'no';
  return matches.includes('sometimes') ? 'sometimes' : 'yes';
}

/** The groups as they stand in a state: `{ ARN: { rules: { … } | null } }`. */
export function groupsIn(record: Json | undefined): Groups {
  const known = isJsonObject(record) ? record : {};
  return (arn) => {
    const group = known[arn];
    const rules = isJsonObject(group) ? group['rules'] : undefined;
    return isJsonObject(rules) ? rulesIn(rules) : undefined;
  };
}
