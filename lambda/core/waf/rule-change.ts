import { gravestOf, type Breakage, type Exposure } from '../change.ts';
import { isSameJson } from '../json.ts';
import { OF_ITS_GROUP } from './canonical.ts';
import { ruleText } from './names.ts';
import { forceOf, groupOf, rateOf, type Force, type Rule } from './rule.ts';

/** What a change does on the two axes, in one sentence. */
export interface Meaning {
  readonly exposure: Exposure;
  readonly breakage: Breakage;
  readonly says: string;
}

type Axes = Omit<Meaning, 'says'>;

export interface RuleChange {
  readonly before: Rule | undefined;
  readonly after: Rule | undefined;
  /** Some rule of the same web ACL decides by labels that others set. */
  readonly labelsCount: boolean;
  /** It stands elsewhere among the rules that were there before and are now. */
  readonly isOrderMoved: boolean;
}

const NONE: Axes = { exposure: 'same', breakage: 'none' };
const UNKNOWN: Axes = { exposure: 'unknown', breakage: 'unknown' };

/** What one rule's coming, going or changing does to requests (aws-facts §6). Pure. */
export function meaningOfRule(change: RuleChange): Meaning {
  const { before, after } = change;
  if (before === undefined) return after === undefined ? { ...NONE, says: '' } : ofNew(after, change);
  return after === undefined ? ofGone(before, change) : ofBoth(before, after, change);
}

function ofNew(rule: Rule, change: RuleChange): Meaning {
  const name = `${ruleText(rule)} is new`;
  if (marks(rule, change))
    return { ...UNKNOWN, says: `${name}: it only counts, but other rules decide by labels, and it sets some.` };
  return { ...added(forceOf(rule)), says: `${name}${newWords(rule)}.` };
}

function ofGone(rule: Rule, change: RuleChange): Meaning {
  const name = `${ruleText(rule)} is gone`;
  if (marks(rule, change))
    return { ...UNKNOWN, says: `${name}: it only counted, but other rules decide by labels, and it set some.` };
  return { ...removed(forceOf(rule)), says: `${name}${goneWords(rule)}.` };
}

function ofBoth(before: Rule, after: Rule, change: RuleChange): Meaning {
  const name = ruleText(after);
  const areBoth = (force: Force): boolean => forceOf(before) === force && forceOf(after) === force;
  if (before.action !== after.action) return ofAction(before, after, change);
  if (!isSameJson(before.statement, after.statement)) {
    const says = `${name} matches something else than before`;
    if (areBoth('counts') && !marks(after, change)) return { ...NONE, says: `${says}; it only counts.` };
    return {
      exposure: 'unknown',
      breakage: areBoth('counts') || areBoth('unknown') ? 'unknown' : 'may-break',
      says: `${says}: what it ${nowWord(after)} moved, and how far cannot be told.`,
    };
  }
  if (before.priority !== after.priority) {
    const numbers = `priority ${before.priority} → ${after.priority}`;
    return change.isOrderMoved
      ? {
          exposure: 'unknown',
          breakage: 'may-break',
          says: `${name} stands elsewhere among the others (${numbers}): which rule decides first moved.`,
        }
      : { ...NONE, says: `${name} stands where it stood among the others (${numbers}).` };
  }
  if (!isSameJson([...before.labels], [...after.labels]) && change.labelsCount)
    return { ...UNKNOWN, says: `${name} sets other labels than before, and other rules decide by labels.` };
  return { ...NONE, says: `${name} does the same to the same requests; how it answers or marks them changed.` };
}

function ofAction(before: Rule, after: Rule, change: RuleChange): Meaning {
  const axes = gravestOf([removed(forceOf(before)), added(forceOf(after))]);
  const isSame = isSameJson(before.statement, after.statement);
  const says = `${ruleText(after)} does something else, ${actionWord(before)} → ${actionWord(after)}: ${becomesWords(before, after)}`;
  return {
    ...(isSame && !marks(after, change) ? axes : gravestOf([axes, { exposure: 'unknown', breakage: axes.breakage }])),
    says: `${says}${isSame ? '' : ', and it matches something else than before'}.`,
  };
}

/** A rule that only counts may still decide: by the labels that it sets, as the rules of a managed group do. */
function marks(rule: Rule, { labelsCount }: RuleChange): boolean {
  return labelsCount && forceOf(rule) === 'counts' && (rule.labels.length > 0 || groupOf(rule) !== undefined);
}

function added(force: Force): Axes {
  switch (force) {
    case 'blocks':
    case 'hinders':
    case 'perhaps':
      return { exposure: 'narrowed', breakage: 'may-break' };
    case 'allows':
      return { exposure: 'widened', breakage: 'none' };
    case 'counts':
      return NONE;
    case 'unknown':
      return UNKNOWN;
  }
}

function removed(force: Force): Axes {
  switch (force) {
    case 'blocks':
    case 'hinders':
    case 'perhaps':
      return { exposure: 'widened', breakage: 'restores' };
    case 'allows':
      return { exposure: 'narrowed', breakage: 'may-break' };
    case 'counts':
      return NONE;
    case 'unknown':
      return UNKNOWN;
  }
}

function beyond(rule: Rule): string {
  const rate = rateOf(rule);
  return rate === undefined ? '' : ` beyond ${rate}`;
}

function newWords(rule: Rule): string {
  switch (forceOf(rule)) {
    case 'blocks':
      return ` and blocks what it matches${beyond(rule)}`;
    case 'hinders':
      return ` and holds up what it matches${beyond(rule)} with a ${rule.action}: programs do not get through`;
    case 'perhaps':
      return ': what the rules of its group block is refused';
    case 'allows':
      return ' and lets through what it matches: no rule after it looks at that';
    case 'counts':
      return ' and only counts what it matches';
    case 'unknown':
      return ` and does "${rule.action}", which Plumbline does not know`;
  }
}

const ONWARDS = 'goes on to the rules after it and the default action';

function goneWords(rule: Rule): string {
  switch (forceOf(rule)) {
    case 'blocks':
      return `: what it blocked${beyond(rule)} ${ONWARDS}`;
    case 'hinders':
      return `: what it held up${beyond(rule)} with a ${rule.action} ${ONWARDS}`;
    case 'perhaps':
      return `: what the rules of its group blocked ${ONWARDS}`;
    case 'allows':
      return ': what it let through now meets the rules after it and the default action';
    case 'counts':
      return ': it only counted';
    case 'unknown':
      return `: it did "${rule.action}", which Plumbline does not know`;
  }
}

function becomesWords(before: Rule, after: Rule): string {
  switch (forceOf(after)) {
    case 'blocks':
      return `it blocks what it matches${beyond(after)}`;
    case 'hinders':
      return `it holds up what it matches with a ${after.action}, and programs do not get through`;
    case 'perhaps':
      return 'what the rules of its group block is refused';
    case 'allows':
      return 'it lets through what it matches, and no rule after it looks at that';
    case 'counts':
      return `it only counts what it ${pastWord(before)}`;
    case 'unknown':
      return `what that does Plumbline does not know`;
  }
}

function nowWord(rule: Rule): string {
  switch (forceOf(rule)) {
    case 'blocks':
      return 'blocks';
    case 'hinders':
      return 'holds up';
    case 'allows':
      return 'lets through';
    case 'perhaps':
      return 'runs its group over';
    case 'counts':
      return 'counts and labels';
    case 'unknown':
      return 'acts on';
  }
}

function pastWord(rule: Rule): string {
  switch (forceOf(rule)) {
    case 'blocks':
      return 'blocked';
    case 'hinders':
      return 'held up';
    case 'allows':
      return 'let through';
    default:
      return 'acted on';
  }
}

function actionWord({ action }: Rule): string {
  return action === OF_ITS_GROUP ? 'of its group' : action;
}
