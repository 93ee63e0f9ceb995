import type { Json } from '../json.ts';
import { groupOf, setReferencesIn, type Rule } from './rule.ts';

/** The name in the ARN of a web ACL, an IP set or a rule group: `…:regional/ipset/NAME/ID` (aws-facts §6). */
export function nameInArn(arn: string): string {
  const parts = arn.split('/');
  return parts.at(-2) ?? arn;
}

/** The account in an ARN. */
export function accountInArn(arn: string): string {
  return arn.split(':')[4] ?? '';
}

/** What is behind a web ACL, in words: a load balancer, an API; of another type its ARN. */
export function protectedText(arn: string): string {
  const balancer = /:loadbalancer\/(?:app|net|gwy)\/([^/]+)\//.exec(arn)?.[1];
  if (balancer !== undefined) return `load balancer ${balancer}`;
  const api = /::\/restapis\/([^/]+)\/stages\/(.+)$/.exec(arn);
  return api === null ? arn : `API ${api[1] ?? ''} (stage ${api[2] ?? ''})`;
}

/** What a rule looks at, as far as a name tells: its group or its IP sets. */
function lookedAt({ statement }: Rule): string | undefined {
  const group = groupOf({ statement });
  if (group !== undefined) return `rule group ${group.startsWith('arn:') ? nameInArn(group) : group}`;
  const sets = setReferencesIn(statement).map(
    ({ arn, isNegated, header }) =>
      `${isNegated ? 'not in ' : ''}IP set ${nameInArn(arn)}${header === undefined ? '' : ` by ${header}`}`,
  );
  if (sets.length === 0) return undefined;
  return [...new Set(sets), ...(isOfSetsAlone(statement) ? [] : ['and more'])].join(', ');
}

/** Is there nothing in the statement but references to IP sets, and what joins or limits them? */
function isOfSetsAlone(statement: Json): boolean {
  if (Array.isArray(statement)) return (statement as readonly Json[]).every(isOfSetsAlone);
  if (typeof statement !== 'object' || statement === null) return true;
  return Object.entries(statement).every(
    ([name, inner]) =>
      name === 'IPSetReferenceStatement' ||
      ((!name.endsWith('Statement') || JOINING.has(name)) && isOfSetsAlone(inner)),
  );
}

const JOINING: ReadonlySet<string> = new Set([
  'AndStatement',
  'OrStatement',
  'NotStatement',
  'RateBasedStatement',
  'ScopeDownStatement',
  'Statement',
]);

/** `Rule deny (priority 3, IP set partners)`. */
export function ruleText(rule: Rule): string {
  const looks = lookedAt(rule);
  return `Rule ${rule.name} (priority ${rule.priority}${looks === undefined ? '' : `, ${looks}`})`;
}
