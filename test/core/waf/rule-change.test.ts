import { describe, expect, test } from 'vitest';
import { meaningOfRule } from '#core/waf/rule-change.ts';
import { ruleOf } from '#core/waf/rule.ts';
import { RULE_CHANGES } from './rule-change.cases.ts';

describe('what a change of a rule does', () => {
  test.each(RULE_CHANGES)('$case ($fact)', ({ before, after, labelsCount = false, isOrderMoved = false, is, says }) => {
    const meaning = meaningOfRule({
      before: before && ruleOf('r', before),
      after: after && ruleOf('r', after),
      labelsCount,
      isOrderMoved,
    });
    expect([meaning.exposure, meaning.breakage, meaning.says]).toEqual([...is, says]);
  });
});
