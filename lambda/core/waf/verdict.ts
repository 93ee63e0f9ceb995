import type { Json } from '../json.ts';
import type { Match, Membership } from './match.ts';
import { matchesOf, type Step } from './step.ts';

/** What decides about a request where no rule does. */
export interface DefaultAction {
  readonly action: string;
  readonly handling: Json | undefined;
}

/** Something that refuses a request, or may: a step, or the default action. */
export interface Blocker {
  readonly step: Step | 'default';
  readonly match: Match;
}

/** What a web ACL does with requests from an address, all else left open. */
export interface Verdict {
  /** The first that is sure to decide. */
  readonly decided: Step | 'default';
  /** By key, in their order. */
  readonly blockers: ReadonlyMap<string, Blocker>;
  /** `depends`: on what is not the address, or is not known. */
  readonly fate: 'refused' | 'passes' | 'depends';
}

const DEFAULT = '';

/** Goes through the steps in their order, until one is sure to decide. Pure. */
export function verdictOf(steps: readonly Step[], defaultAction: DefaultAction, isIn: Membership): Verdict {
  const blockers = new Map<string, Blocker>();
  let mayPassEarlier = false;
  const matches = matchesOf(steps, isIn);
  for (const [place, step] of steps.entries()) {
    const match = matches[place] ?? 'sometimes';
    if (match === 'no' || step.force === 'counts') continue;
    const isSure = match === 'yes' && (step.force === 'blocks' || step.force === 'allows');
    if (step.force !== 'allows') blockers.set(step.key, { step, match });
    if (isSure) return ended(step, { blockers, mayPassEarlier, isBlock: step.force === 'blocks' });
    if (step.force === 'allows' || step.force === 'unknown') mayPassEarlier = true;
  }
  const isBlock = defaultAction.action === 'block';
  if (isBlock) blockers.set(DEFAULT, { step: 'default', match: 'yes' });
  return ended('default', { blockers, mayPassEarlier, isBlock });
}

interface End {
  readonly blockers: ReadonlyMap<string, Blocker>;
  readonly mayPassEarlier: boolean;
  readonly isBlock: boolean;
}

function ended(decided: Verdict['decided'], { blockers, mayPassEarlier, isBlock }: End): Verdict {
  const fate = blockers.size === 0 ? 'passes' : isBlock && !mayPassEarlier ? 'refused' : 'depends';
  return { decided, blockers, fate };
}

/** What moved between two verdicts on the same address. */
export interface VerdictChange {
  readonly before: Verdict;
  readonly after: Verdict;
  /** What refuses now and did not, or may; and the reverse. */
  readonly added: readonly Blocker[];
  readonly removed: readonly Blocker[];
  /** Steps that match otherwise than before, whether that decides anything or not. */
  readonly moved: readonly { readonly step: Step; readonly after: Match }[];
  /** The default action of the web ACL. */
  readonly defaultAction: DefaultAction;
}

export interface Sides {
  readonly before: Membership;
  readonly after: Membership;
}

export function changeOf(steps: readonly Step[], defaultAction: DefaultAction, isIn: Sides): VerdictChange {
  const [before, after] = [verdictOf(steps, defaultAction, isIn.before), verdictOf(steps, defaultAction, isIn.after)];
  const [matched, matches] = [matchesOf(steps, isIn.before), matchesOf(steps, isIn.after)];
  const moved = steps.flatMap((step, place) => {
    const is = matches[place] ?? 'sometimes';
    return matched[place] === is ? [] : [{ step, after: is }];
  });
  const isOther = (one: Blocker, there: Verdict): boolean => {
    const other = there.blockers.get(one.step === 'default' ? DEFAULT : one.step.key);
    return other === undefined || (one.match === 'yes' && other.match === 'sometimes');
  };
  return {
    before,
    after,
    added: [...after.blockers.values()].filter((one) => isOther(one, before)),
    removed: [...before.blockers.values()].filter((one) => isOther(one, after)),
    moved,
    defaultAction,
  };
}
