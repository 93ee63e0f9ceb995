import type { KindDeclaration } from '#core/declaration.ts';

/** A pattern for one service's events, as EventBridge wants it. */
export interface ServicePattern {
  /** The service, for a name: `s3`. */
  readonly service: string;
  readonly source: string[];
  readonly detailType: string[];
  readonly detail: { readonly eventSource: string[]; readonly eventName: string[] };
}

/** The longest pattern that EventBridge takes (aws-facts §4.5). */
export const LONGEST_PATTERN = 2_048;

/** What CloudTrail's events are called on the bus; ECR's policy runs come as the second (aws-facts §4.1). */
const DETAIL_TYPES = ['AWS API Call via CloudTrail', 'AWS Service Event via CloudTrail'];

/** One pattern a service, with every event that a declaration names; two where one would be too long. */
export function eventPatternsOf(declarations: readonly KindDeclaration[]): readonly ServicePattern[] {
  const byService = new Map<string, Set<string>>();
  for (const { name, source } of declarations.flatMap(({ events }) => events))
    byService.set(source, (byService.get(source) ?? new Set()).add(name));
  return [...byService]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([eventSource, names]) => patternsFor(eventSource, [...names].sort()));
}

function patternsFor(eventSource: string, names: readonly string[]): readonly ServicePattern[] {
  const service = eventSource.split('.', 1)[0] ?? eventSource;
  const pattern: ServicePattern = {
    service,
    source: [`aws.${service}`],
    detailType: DETAIL_TYPES,
    detail: { eventSource: [eventSource], eventName: [...names] },
  };
  if (names.length < 2 || JSON.stringify(pattern).length <= LONGEST_PATTERN) return [pattern];
  const half = Math.ceil(names.length / 2);
  return [...patternsFor(eventSource, names.slice(0, half)), ...patternsFor(eventSource, names.slice(half))];
}
