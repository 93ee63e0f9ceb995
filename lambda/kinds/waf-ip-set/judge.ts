import type { Change } from '#core/change.ts';
import { EXISTS } from '#core/declaration.ts';
import { judged, type JudgeRequest, type Judgement, type KindJudge } from '#core/judge.ts';
import { NO_RELATIVES } from '#core/relatives.ts';
import type { State } from '#core/state.ts';
import { addressesIn, judgementOfSet, type AddressKnowledge } from '#core/waf/ip-set-change.ts';

/** What a change of an IP set does depends on the web ACLs that refer to it, and on whose addresses they are. */
export function judgeKnowing(knowledge: AddressKnowledge): KindJudge {
  return {
    changes: (changes, request) => changes.map((change) => judged(change, judgementOf(change, { request, knowledge }))),
  };
}

const NOT_JUDGED: Judgement = { exposure: 'unknown', breakage: 'unknown', opensToWorld: false, effects: [], flips: [] };

interface Judging {
  readonly request: JudgeRequest;
  readonly knowledge: AddressKnowledge;
}

function judgementOf({ path }: Change, { request, knowledge }: Judging): Judgement {
  const { before, after, relatives = NO_RELATIVES } = request;
  const set = after ?? before;
  const [was, is] = [addressesOf(before), addressesOf(after)];
  if (set === undefined || was === undefined || is === undefined) return NOT_JUDGED;
  if (path !== 'addresses' && path !== EXISTS) return NOT_JUDGED;
  return judgementOfSet({ set, before: was, after: is, relatives, knowledge });
}

/** What is not there holds nothing; undefined: not known. */
function addressesOf(state: State | undefined): readonly string[] | undefined {
  return state === undefined ? [] : addressesIn(state.watched['addresses']);
}
