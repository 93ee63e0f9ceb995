import { isJsonObject, textOf, type Json } from '../json.ts';
import { valueOf } from '../reading.ts';
import type { Relatives } from '../relatives.ts';
import type { State } from '../state.ts';
import { contextOfAcl } from './labels.ts';
import { accountInArn, nameInArn, protectedText } from './names.ts';
import { groupOf, rulesIn, setReferencesIn, type Rule } from './rule.ts';
import { groupsIn, stepsOf, type Step } from './step.ts';
import type { DefaultAction } from './verdict.ts';
import type { Place } from './verdict-sentences.ts';

/** A web ACL as it was read, in the order in which it asks. */
export interface WebAcl {
  readonly place: Place;
  readonly steps: readonly Step[];
  readonly defaultAction: DefaultAction;
  /** ARNs of the IP sets that it refers to, at any nesting and in its groups. */
  readonly sets: ReadonlySet<string>;
  /** What of it is not known that may refer to an IP set: one sentence each, without its end. */
  readonly doubts: readonly string[];
}

/** Understands a state of the kind `waf-web-acl`. Pure. */
export function webAclOf({ ref, watched, carried }: State, { states }: Pick<Relatives, 'states'>): WebAcl {
  const [managers, own] = [watched['firewallManagerRules'], watched['rules']];
  const unread = [own, managers].find((reading) => reading?.status !== 'present');
  const all = rulesIn(valueOf(managers));
  const rules = [...at('first/', all), ...rulesIn(valueOf(own)), ...at('last/', all)];
  const groups = valueOf(watched['ruleGroups']);
  const steps = stepsOf(rules, groupsIn(groups), contextOfAcl(ref.account, ref.id));
  const behind = valueOf(watched['associations']);
  const regional = Array.isArray(behind)
    ? (behind as readonly Json[]).map((one) => protectedText(textOf(one) ?? ''))
    : [];
  const distributions = distributionsOf(textOf(carried['arn']), states);
  const texts = [...regional, ...distributions];
  return {
    place: { name: ref.id, behind: texts.length === 0 ? undefined : texts.join(', ') },
    steps,
    defaultAction: defaultActionIn(valueOf(watched['defaultAction'])),
    sets: new Set(steps.flatMap(({ statement }) => setReferencesIn(statement).map(({ arn }) => arn))),
    doubts:
      unread === undefined
        ? groupDoubts(rules, { name: ref.id, groups, reading: watched['ruleGroups'] })
        : [`Whether web ACL ${ref.id} refers to it is not known: its rules could not be read (${codeOf(unread)})`],
  };
}

/** WAF does not tell which distributions use a web ACL (aws-facts §6); each of them tells it of itself. */
function distributionsOf(arn: string | undefined, states: readonly State[]): readonly string[] {
  if (arn === undefined || arn === '') return [];
  return states.flatMap(({ ref, watched }) =>
    ref.kind === 'cloudfront-distribution' && textOf(valueOf(watched['webAcl'])) === arn
      ? [`distribution ${ref.id}`]
      : [],
  );
}

function at(place: string, rules: readonly Rule[]): readonly Rule[] {
  return rules.filter(({ name }) => name.startsWith(place));
}

function codeOf(reading: State['watched'][string] | undefined): string {
  return reading?.status === 'unreadable' ? reading.code : 'NotRead';
}

interface Referred {
  readonly name: string;
  readonly groups: Json | undefined;
  readonly reading: State['watched'][string] | undefined;
}

function groupDoubts(rules: readonly Rule[], { name, groups, reading }: Referred): readonly string[] {
  const arns = [...new Set(rules.flatMap((rule) => groupOf(rule) ?? []).filter((group) => group.startsWith('arn:')))];
  return arns.flatMap((arn) => {
    const group = isJsonObject(groups) ? groups[arn] : undefined;
    if (isJsonObject(group) && isJsonObject(group['rules'])) return [];
    const why = isJsonObject(group)
      ? `it is of account ${accountInArn(arn)}`
      : `it could not be read (${codeOf(reading)})`;
    return [`Whether rule group ${nameInArn(arn)} of web ACL ${name} refers to it is not known: ${why}`];
  });
}

function defaultActionIn(value: Json | undefined): DefaultAction {
  return isJsonObject(value)
    ? { action: textOf(value['action']) ?? 'unknown', handling: value['handling'] }
    : { action: textOf(value) ?? 'unknown', handling: undefined };
}
