import { canonicalAddressSet, isCidr } from '#core/addresses.ts';
import { listIn } from '#core/comparison.ts';
import { isSameJson, textOf, type Json } from '#core/json.ts';
import { present, unreadable } from '#core/reading.ts';
import type { KindProposal, Proposed, ProposalRequest } from '../kind.ts';

/** A list of addresses as somebody proposes it: another one, or more or fewer of them. */
export const proposal: KindProposal = {
  paths: ['addresses'],
  propose(request) {
    if (request.member !== undefined) return { problem: `it is one list: leave .${request.member} out` };
    const given = listed(request.value);
    const wrong = given.find((one) => typeof one !== 'string' || !isCidr(one));
    if (wrong !== undefined)
      return { problem: `${JSON.stringify(wrong)} is no CIDR range: write one such as 203.0.113.0/24` };
    const texts = given.map(String);
    const foreign = texts.find((text) => !isOfFamily(text, request));
    if (foreign !== undefined)
      return { problem: `${foreign} is no range of ${versionIn(request) ?? ''}, which is what the IP set holds` };
    return withRanges(request, canonicalAddressSet(texts));
  },
};

/** On a command line several stand with commas between. */
function listed(value: Json): readonly Json[] {
  return typeof value === 'string' ? value.split(',').map((one) => one.trim()) : listIn(value);
}

function versionIn({ state }: ProposalRequest): string | undefined {
  const version = state.watched['addressVersion'];
  return version?.status === 'present' ? textOf(version.value) : undefined;
}

function isOfFamily(text: string, request: ProposalRequest): boolean {
  const version = versionIn(request);
  return version === undefined || version === (text.includes(':') ? 'IPV6' : 'IPV4');
}

function withRanges({ how, state }: ProposalRequest, ranges: readonly Json[]): Proposed {
  if (how === 'set') return { reading: present<Json>(ranges) };
  const now = state.watched['addresses'];
  if (now?.status !== 'present') return { reading: now?.status === 'unreadable' ? now : unreadable('NotRead') };
  const there = listIn(now.value);
  const isGiven = (one: Json): boolean => ranges.some((range) => isSameJson(range, one));
  if (how === 'add') return { reading: present<Json>(canonicalAddressSet([...there, ...ranges].map(String))) };
  const missing = ranges.find((range) => !there.some((one) => isSameJson(range, one)));
  if (missing !== undefined)
    return { problem: `${textOf(missing) ?? ''} is not in the IP set, so it cannot be taken out` };
  return { reading: present<Json>(there.filter((one) => !isGiven(one))) };
}
