import { isJsonObject, textOf, type Json, type JsonObject } from '../json.ts';

/** Does a request match? `sometimes`: that depends on what is not its address, or is not known. */
export type Match = 'yes' | 'no' | 'sometimes';

/** Is an address in the set of this ARN? Undefined: not known. */
export type Membership = (arn: string) => boolean | undefined;

/** What is known of a request: its address, and the labels that it has come to bear. */
export interface Known {
  readonly isIn: Membership;
  readonly bears: (labelStatement: JsonObject) => Match;
}

/** Does a request match by its address and its labels, all else left open? */
export function matchOf(statement: Json | undefined, known: Known): Match {
  if (!isJsonObject(statement)) return 'sometimes';
  const [name, inner] = Object.entries(statement)[0] ?? [];
  if (!isJsonObject(inner)) return 'sometimes';
  switch (name) {
    case 'IPSetReferenceStatement': {
      const isMember = known.isIn(textOf(inner['ARN']) ?? '');
      return isMember === undefined ? 'sometimes' : isMember ? 'yes' : 'no';
    }
    case 'LabelMatchStatement':
      return known.bears(inner);
    case 'NotStatement':
      return opposite(matchOf(inner['Statement'], known));
    case 'AndStatement':
      return allOf(listIn(inner['Statements']).map((one) => matchOf(one, known)));
    case 'OrStatement':
      return opposite(allOf(listIn(inner['Statements']).map((one) => opposite(matchOf(one, known)))));
    // Which of those in its scope it acts on, its limit or its group decides.
    case 'RateBasedStatement':
      return inScope(inner, known) === 'no' ? 'no' : 'sometimes';
    case 'ManagedRuleGroupStatement':
      return inScope(inner, known);
    case 'RuleGroupReferenceStatement':
      return 'yes';
    default:
      return 'sometimes';
  }
}

function inScope(statement: JsonObject, known: Known): Match {
  const scope = statement['ScopeDownStatement'];
  return scope === undefined ? 'yes' : matchOf(scope, known);
}

function opposite(match: Match): Match {
  return match === 'yes' ? 'no' : match === 'no' ? 'yes' : 'sometimes';
}

function allOf(matches: readonly Match[]): Match {
  if (matches.includes('no')) return 'no';
  return matches.includes('sometimes') ? 'sometimes' : 'yes';
}

function listIn(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
