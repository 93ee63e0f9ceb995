import { isJsonObject, textOf, type Json, type JsonObject } from '../json.ts';
import { OF_ITS_GROUP } from './canonical.ts';

/** One rule, as it was read of a web ACL or of a rule group. */
export interface Rule {
  readonly name: string;
  readonly priority: number;
  /** AWS's action in small letters; `of-its-group`: what the rules of its group do. */
  readonly action: string;
  readonly statement: JsonObject;
  readonly handling?: Json | undefined;
  readonly labels: readonly string[];
}

/** A rule in its canonical form, with its name; undefined for what is none. */
export function ruleOf(name: string, value: Json | undefined): Rule | undefined {
  if (!isJsonObject(value) || !isJsonObject(value['statement'])) return undefined;
  const { priority, action, statement, handling, labels } = value;
  return {
    name,
    priority: typeof priority === 'number' ? priority : 0,
    action: textOf(action) ?? 'unknown',
    statement,
    ...(handling === undefined ? {} : { handling }),
    labels: Array.isArray(labels) ? (labels as readonly Json[]).flatMap((one) => textOf(one) ?? []) : [],
  };
}

/** The rules of a record by name, in the order in which they are asked. */
export function rulesIn(record: Json | undefined): readonly Rule[] {
  if (!isJsonObject(record)) return [];
  return Object.entries(record)
    .flatMap(([name, value]) => ruleOf(name, value) ?? [])
    .sort((a, b) => a.priority - b.priority);
}

/** What a rule does to what it matches. `hinders`: nobody gets through who shows no proof; `perhaps`: a group decides. */
export type Force = 'blocks' | 'hinders' | 'perhaps' | 'allows' | 'counts' | 'unknown';

export function forceOf({ action }: Pick<Rule, 'action'>): Force {
  switch (action) {
    case 'block':
      return 'blocks';
    case 'captcha':
    case 'challenge':
      return 'hinders';
    case 'allow':
      return 'allows';
    case 'count':
      return 'counts';
    case OF_ITS_GROUP:
      return 'perhaps';
    default:
      return 'unknown';
  }
}

/** What a rate-based rule lets through before it acts, in words; undefined for any other rule. */
export function rateOf({ statement }: Pick<Rule, 'statement'>): string | undefined {
  const rate = statement['RateBasedStatement'];
  if (!isJsonObject(rate)) return undefined;
  const { Limit: limit, EvaluationWindowSec: window } = rate;
  // Without a window AWS counts over five minutes (SDK client-wafv2, RateBasedStatement).
  return `${typeof limit === 'number' ? limit : 'so many'} requests in ${typeof window === 'number' ? window : 300} seconds`;
}

/** The group that a rule runs, by its ARN or by vendor and name; undefined for a rule of its own. */
export function groupOf({ statement }: Pick<Rule, 'statement'>): string | undefined {
  const [own, managed] = [statement['RuleGroupReferenceStatement'], statement['ManagedRuleGroupStatement']];
  if (isJsonObject(own)) return textOf(own['ARN']);
  if (isJsonObject(managed)) return `${textOf(managed['VendorName']) ?? ''}/${textOf(managed['Name']) ?? ''}`;
  return undefined;
}

/** A reference to an IP set at any depth of a statement. */
export interface SetReference {
  readonly arn: string;
  /** An odd number of Nots stands above it. */
  readonly isNegated: boolean;
  /** The header that the address is taken from, where it is not that of the connection. */
  readonly header?: string | undefined;
}

/** Every IP set that a statement refers to, at any nesting: And, Or, Not, and the scope-down of a rate or a managed group (aws-facts §6). */
export function setReferencesIn(statement: Json, isNegated = false): readonly SetReference[] {
  if (Array.isArray(statement)) return (statement as readonly Json[]).flatMap((one) => setReferencesIn(one, isNegated));
  if (!isJsonObject(statement)) return [];
  return Object.entries(statement).flatMap(([name, inner]): readonly SetReference[] => {
    if (name !== 'IPSetReferenceStatement') return setReferencesIn(inner, isNegated !== (name === 'NotStatement'));
    const arn = isJsonObject(inner) ? textOf(inner['ARN']) : undefined;
    const forwarded = isJsonObject(inner) ? inner['IPSetForwardedIPConfig'] : undefined;
    const header = isJsonObject(forwarded) ? textOf(forwarded['HeaderName']) : undefined;
    return arn === undefined ? [] : [{ arn, isNegated, ...(header === undefined ? {} : { header }) }];
  });
}

/** Does any of these rules decide by labels that others set? */
export function decideByLabels(rules: readonly Pick<Rule, 'statement'>[]): boolean {
  return rules.some(({ statement }) => JSON.stringify(statement).includes('"LabelMatchStatement"'));
}
