import { gravestOf, type Change } from '#core/change.ts';
import { listIn } from '#core/comparison.ts';
import { EXISTS, rootOf } from '#core/declaration.ts';
import { isJsonObject, setChange, textOf, type Json } from '#core/json.ts';
import { judged, type JudgeRequest, type Judgement, type KindJudge } from '#core/judge.ts';
import { valueOf, type JsonReading } from '#core/reading.ts';
import type { State } from '#core/state.ts';
import { nameInArn, protectedText } from '#core/waf/names.ts';
import { meaningOfRule, type Meaning } from '#core/waf/rule-change.ts';
import { isOrderMoved } from '#core/waf/rule-order.ts';
import { decideByLabels, ruleOf, rulesIn, type Rule } from '#core/waf/rule.ts';

/** Says what a change of a web ACL does to requests, whatever the addresses: which of them are anybody's is told with the IP sets. */
export const judge: KindJudge = {
  changes: (changes, request) => changes.map((change) => judged(change, judgementOf(meaningsOf(change, request)))),
};

function judgementOf(meanings: readonly Meaning[]): Judgement {
  return {
    ...gravestOf(meanings),
    opensToWorld: false,
    effects: meanings.flatMap(({ says }) => (says === '' ? [] : [says])),
    flips: [],
  };
}

function meaningsOf(change: Change, request: JudgeRequest): readonly Meaning[] {
  const root = rootOf(change.path);
  const member = change.path.slice(root.length + 1);
  switch (root) {
    case 'rules':
    case 'firewallManagerRules':
      return rulesMoved(change, { member, rulesOf: (state) => rulesIn(valueOf(state?.watched[root])), request });
    case 'ruleGroups':
      return [...groupsMoved(change, { member, request })];
    case 'managedVersions':
      return [versionMoved(change, { member, request })];
    case 'defaultAction':
      return [defaultMoved(change)];
    case 'associations':
      return associationsMoved(change);
    case EXISTS:
      return [existenceOf(request)];
    default:
      return [NOT_KNOWN];
  }
}

const NOT_KNOWN: Meaning = { exposure: 'unknown', breakage: 'unknown', says: '' };

interface RulesMoved {
  readonly member: string;
  readonly rulesOf: (state: State | undefined) => readonly Rule[];
  readonly request: JudgeRequest;
}

function rulesMoved(
  { before, after }: Pick<Change, 'before' | 'after'>,
  { member, rulesOf, request }: RulesMoved,
): readonly Meaning[] {
  const [had, has] = [rulesOf(request.before), rulesOf(request.after)];
  if (member === '') return [NOT_KNOWN];
  return [
    meaningOfRule({
      before: ruleOf(member, valueOf(before)),
      after: ruleOf(member, valueOf(after)),
      labelsCount: doLabelsCount(request),
      isOrderMoved: isOrderMoved(member, had, has),
    }),
  ];
}

function doLabelsCount({ before, after }: JudgeRequest): boolean {
  return [before, after].some((state) =>
    ['rules', 'firewallManagerRules'].some((path) => decideByLabels(rulesIn(valueOf(state?.watched[path])))),
  );
}

interface Member {
  readonly member: string;
  readonly request: JudgeRequest;
}

function groupsMoved({ before, after }: Change, { member, request }: Member): readonly Meaning[] {
  const name = `Rule group ${nameInArn(member)}`;
  const [was, is] = [valueOf(before), valueOf(after)];
  if (!isJsonObject(was) || !isJsonObject(is))
    return [{ exposure: 'same', breakage: 'none', says: `${name} goes with the rule that refers to it.` }];
  const [had, has] = [was['rules'], is['rules']];
  if (!isJsonObject(had) || !isJsonObject(has))
    return [{ ...NOT_KNOWN, says: `${name} is another account's: what its rules do is not known.` }];
  const [rules, now] = [rulesIn(had), rulesIn(has)];
  const names = [...new Set([...rules, ...now].map((rule) => rule.name))];
  const inGroup = (one: string): readonly Meaning[] => {
    const [first, second] = [had[one], has[one]];
    if (JSON.stringify(first) === JSON.stringify(second)) return [];
    const meaning = meaningOfRule({
      before: ruleOf(one, first),
      after: ruleOf(one, second),
      labelsCount: doLabelsCount(request),
      isOrderMoved: isOrderMoved(one, rules, now),
    });
    return [{ ...meaning, says: `${name}: ${meaning.says}` }];
  };
  return names.flatMap(inGroup);
}

function versionMoved({ before, after }: Change, { member, request }: Member): Meaning {
  const [was, is] = [versionIn(before), versionIn(after)];
  const isNewRule = (state: State | undefined): boolean =>
    [...rulesIn(valueOf(state?.watched['rules'])), ...rulesIn(valueOf(state?.watched['firewallManagerRules']))].every(
      ({ name }) => name !== member,
    );
  if (was === undefined || is === undefined || isNewRule(request.before) || isNewRule(request.after))
    return { exposure: 'same', breakage: 'none', says: `The version goes with rule ${member}.` };
  const says = `The rules of ${is.group} in rule ${member} are those of another version: ${was.version} → ${is.version}`;
  const byProvider =
    is.version === DEFAULT
      ? '; its provider may move the default version, and no call in this account tells of it'
      : '';
  return { exposure: 'unknown', breakage: 'may-break', says: `${says}${byProvider}.` };
}

const DEFAULT = 'default';

function versionIn(reading: JsonReading): { readonly group: string; readonly version: string } | undefined {
  const value = valueOf(reading);
  if (!isJsonObject(value)) return undefined;
  return { group: textOf(value['group']) ?? '', version: textOf(value['version']) ?? DEFAULT };
}

function defaultMoved({ before, after }: Change): Meaning {
  const [was, is] = [actionIn(before), actionIn(after)];
  if (was === is && was !== undefined)
    return {
      exposure: 'same',
      breakage: 'none',
      says: `The default action is ${was} as before; how it answers changed.`,
    };
  if (is === 'block')
    return {
      exposure: 'narrowed',
      breakage: 'breaks',
      says: 'Whoever no rule lets through is refused from now on: the default action is block.',
    };
  if (is === 'allow')
    return {
      exposure: 'widened',
      breakage: 'restores',
      says: 'Whoever no rule blocks is let through from now on: the default action is allow.',
    };
  return NOT_KNOWN;
}

function actionIn(reading: JsonReading): string | undefined {
  const value = valueOf(reading);
  return textOf(isJsonObject(value) ? value['action'] : value);
}

/** `skipped` on one side only: which web ACL it is does not change between the two. */
function associationsMoved({ before, after }: Change): readonly Meaning[] {
  const [had, has] = [valueOf(before), valueOf(after)];
  if (had === undefined || has === undefined) return [NOT_KNOWN];
  const { added, removed } = setChange(listIn(had), listIn(has));
  return [
    ...removed.map((one): Meaning => ({
      exposure: 'widened',
      breakage: 'none',
      says: `The ${protectedText(textIn(one))} is not behind this web ACL any more: none of its rules looks at what goes there.`,
    })),
    ...added.map((one): Meaning => ({
      exposure: 'narrowed',
      breakage: 'may-break',
      says: `The ${protectedText(textIn(one))} is behind this web ACL from now on: its rules decide who gets through, and no other web ACL does.`,
    })),
  ];
}

function textIn(value: Json): string {
  return textOf(value) ?? '';
}

function existenceOf({ before, after }: JudgeRequest): Meaning {
  const behind = (after ?? before)?.watched['associations'];
  if (behind?.status !== 'present') return { ...NOT_KNOWN, says: 'What is behind it is not known.' };
  const names = listIn(behind.value).map((one) => protectedText(textIn(one)));
  if (names.length === 0)
    return { exposure: 'same', breakage: 'none', says: 'No load balancer and no API is behind it.' };
  return after === undefined
    ? {
        exposure: 'widened',
        breakage: 'none',
        says: `None of its rules looks any more at what goes to: ${names.join(', ')}.`,
      }
    : {
        exposure: 'narrowed',
        breakage: 'may-break',
        says: `Its rules decide who gets through to: ${names.join(', ')}.`,
      };
}
