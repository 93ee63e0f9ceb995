import { textOf, type JsonObject } from '../json.ts';
import { accountInArn, nameInArn } from './names.ts';
import type { Match } from './match.ts';

/** Labels that a rule, or a group whose rules are not known, puts on what it matches. */
export interface LabelSource {
  /** Where it is defined: `awswaf:111122223333:webacl:front:`; AWS puts it before each label (WAF guide, label syntax). */
  readonly context: string;
  /** Undefined: not known, of a group whose rules are not read; its context alone is. */
  readonly labels: readonly string[] | undefined;
}

/** Labels so far: who sets some, and how it matches. Only who lets a request go on to the rules after it marks it for them. */
export interface LabelSet {
  readonly source: LabelSource;
  readonly match: Match;
}

/** The context of rules that stand in a web ACL itself. */
export function contextOfAcl(account: string, name: string): string {
  return `awswaf:${account}:webacl:${name}:`;
}

/** The context of a rule group by its ARN, or of any managed one: those are called otherwise than their labels. */
export function contextOfGroup(group: string): string {
  return group.startsWith('arn:') ? `awswaf:${accountInArn(group)}:rulegroup:${nameInArn(group)}:` : 'awswaf:managed:';
}

/** What a LabelMatchStatement asks for, and in which context it stands. */
export interface LabelQuestion {
  readonly statement: JsonObject;
  readonly context: string;
}

/**
 * Does a request bear the label that is asked for? Where nobody known could set it, that depends on others: AWS itself sets some (where a
 * client is, what token it shows).
 */
export function labelMatch({ statement, context }: LabelQuestion, sets: readonly LabelSet[]): Match {
  const key = textOf(statement['Key']) ?? '';
  const isNamespace = statement['Scope'] === 'NAMESPACE';
  const able = sets.filter(({ source }) => couldSet(source, { key, isNamespace, context }));
  if (able.length === 0) return 'sometimes';
  if (able.some(({ source, match }) => match === 'yes' && source.labels !== undefined)) return 'yes';
  return able.every(({ match }) => match === 'no') ? 'no' : 'sometimes';
}

interface Wanted {
  readonly key: string;
  readonly isNamespace: boolean;
  readonly context: string;
}

/** A key with a prefix is of the context that it names, any other of its own (WAF guide, rules that match labels). */
function couldSet({ context, labels }: LabelSource, { key, isNamespace, context: asking }: Wanted): boolean {
  const isQualified = key.startsWith('awswaf:');
  if (labels === undefined) return isQualified && (key.startsWith(context) || context.startsWith(key));
  return labels.some((label) => {
    const whole = `${context}${label}`;
    if (isQualified) return isNamespace ? whole.startsWith(ended(key)) : whole === key;
    if (asking !== context) return false;
    return isNamespace ? `:${namespaceOf(label)}`.includes(`:${ended(key)}`) : `:${label}`.endsWith(`:${key}`);
  });
}

function ended(key: string): string {
  return key.endsWith(':') ? key : `${key}:`;
}

/** `a:b:` of `a:b:name`. */
function namespaceOf(label: string): string {
  return label.slice(0, label.lastIndexOf(':') + 1);
}
