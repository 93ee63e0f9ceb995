import type { Rule } from './rule.ts';

/** Does a rule stand elsewhere among the rules that were there before and are there now, whatever its number? */
export function isOrderMoved(name: string, before: readonly Rule[], after: readonly Rule[]): boolean {
  const had = new Set(before.map((rule) => rule.name));
  const common = new Set(after.flatMap((rule) => (had.has(rule.name) ? [rule.name] : [])));
  const above = (rules: readonly Rule[]): string =>
    rules
      .slice(
        0,
        rules.findIndex((rule) => rule.name === name),
      )
      .flatMap((rule) => (common.has(rule.name) ? [rule.name] : []))
      .sort()
      .join('\n');
  return common.has(name) && above(before) !== above(after);
}
