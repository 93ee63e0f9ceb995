import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import { canonicalAction } from './canonical.ts';
import { contextOfGroup, labelMatch, type LabelSet, type LabelSource } from './labels.ts';
import { matchOf, type Match, type Membership } from './match.ts';
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
  /** The labels that it puts on what it matches. */
  readonly source: LabelSource;
}

/** The rules of the groups that a web ACL refers to, by ARN; undefined for one whose rules are not known. */
export type Groups = (arn: string) => readonly Rule[] | undefined;

/**
 * The steps of rules in their order, with the context of their labels where they stand in no group. A rule group of known rules is as many
 * steps.
 */
export function stepsOf(rules: readonly Rule[], groups: Groups, context: string): readonly Step[] {
  return rules.flatMap((rule) => {
    const own = groupOf(rule);
    const inner = own?.startsWith('arn:') === true ? groups(own) : undefined;
    if (inner === undefined || own === undefined) return [stepOf(rule, context)];
    return inner.map((one): Step => {
      const step = stepOf(overridden(one, rule), contextOfGroup(own));
      return {
        ...step,
        key: `${rule.name}\n${one.name}`,
        text: `${step.text} in ${lowered(ruleText(rule))}`,
        force: forceOf(rule) === 'counts' ? 'counts' : step.force,
      };
    });
  });
}

function stepOf(rule: Rule, context: string): Step {
  const { name, action, handling, statement, labels } = rule;
  const group = groupOf(rule);
  return {
    key: name,
    name,
    text: lowered(ruleText(rule)),
    force: forceOf(rule),
    action,
    handling,
    statement,
    rate: rateOf(rule),
    source: group === undefined ? { context, labels } : { context: contextOfGroup(group), labels: undefined },
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

/** How each step matches a request from an address, in their order: a step may ask for a label that one before it sets. */
export function matchesOf(steps: readonly Step[], isIn: Membership): readonly Match[] {
  const sets: LabelSet[] = [];
  return steps.map(({ statement, source, force }) => {
    const bears = (asked: JsonObject): Match => labelMatch({ statement: asked, context: source.context }, sets);
    const match = matchOf(statement, { isIn, bears });
    // What it blocks or lets through comes to no other; what it holds up comes there only with a proof.
    if (force !== 'blocks' && force !== 'allows')
      sets.push({ source, match: match === 'yes' && force !== 'counts' ? 'sometimes' : match });
    return match;
  });
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
