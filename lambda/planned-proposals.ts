import type { Unknown } from '#core/blast-unknown.ts';
import type { Proposal } from '#core/proposal.ts';
import type { NotJudged } from '#core/accounts-blast-radius.ts';
import { EXISTS } from '#core/declaration.ts';
import { canonicalJson } from '#core/json.ts';
import { SET_TWICE, type PlannedChanges, type PlannedSetting } from '#core/planned/planned-changes.ts';
import { ABSENT, present, unreadable } from '#core/reading.ts';
import { printSelection } from '#core/reference.ts';
import { isListed, type Scan } from '#core/scan.ts';
import { nothingRead, refOf, type Observation } from '#core/state.ts';
import { proposals as kindProposals } from '#kinds/proposals.ts';
import type { ProposalPorts } from './proposals.ts';

/** A whole proposal as it concerns one account. */
export interface Understood {
  readonly proposals: readonly Proposal[];
  /** What of it is not known. */
  readonly unknown: readonly Unknown[];
  /** What of it moves nothing in this account. */
  readonly notJudged: readonly NotJudged[];
}

/** What a tool's plan does to what is there. Pure: nothing of it is refused, what is not understood is said. */
export function proposalsPlanned({ settings, unknown, aside }: PlannedChanges, ports: ProposalPorts): Understood {
  const found = settings.map((setting) => ({ address: setting.address, ...proposalFor(setting, ports) }));
  const one = withoutOrder(
    found.flatMap(({ address, proposals = [] }) => proposals.map((proposal) => ({ address, proposal }))),
  );
  return {
    proposals: one.proposals,
    unknown: [
      ...one.unknown,
      ...unknown.map(({ address, why }) => ({ why: `${address}: ${why}` })),
      ...found.flatMap(({ unknown: doubts = [] }) => doubts),
    ],
    notJudged: [
      ...aside.map(({ address, why }) => ({ name: address, why })),
      ...found.flatMap(({ notJudged = [] }) => notJudged),
    ],
  };
}

interface Addressed {
  readonly address: string;
  readonly proposal: Proposal;
}

/** A plan is done in no order that it tells: of several resources that set the same to something else, none is the last. */
function withoutOrder(all: readonly Addressed[]): Pick<Understood, 'proposals' | 'unknown'> {
  const bySetting = new Map<string, Addressed[]>();
  for (const one of all) {
    const key = printSelection({ ref: one.proposal.ref, path: one.proposal.path });
    bySetting.set(key, [...(bySetting.get(key) ?? []), one]);
  }
  const groups = [...bySetting.values()].map((group) => ({
    group,
    isOne:
      new Set(group.map(({ proposal: { after, carried } }) => canonicalJson({ after: { ...after }, carried }))).size <
      2,
  }));
  return {
    proposals: groups.flatMap(({ group, isOne }) =>
      group
        .slice(0, 1)
        .map(({ proposal }) => (isOne ? proposal : { ...proposal, after: unreadable(SET_TWICE), carried: {} })),
    ),
    unknown: groups.flatMap(({ group, isOne }) =>
      isOne
        ? []
        : group.slice(0, 1).map(({ proposal: { ref, setting } }) => ({
            ref,
            why: `${group.map(({ address }) => address).join(' and ')} set ${setting}, each to something else, and which of them is done last is not told`,
          })),
    ),
  };
}

function proposalFor(setting: PlannedSetting, { scan, kinds }: ProposalPorts): Partial<Understood> {
  const name = `${setting.kind}/${setting.id}`;
  const isElsewhere = setting.account !== undefined && setting.account !== scan.account;
  const found = isElsewhere ? [] : scan.observations.filter((seen) => isMeant(setting, seen));
  const [seen, another] = found;
  if (seen === undefined) return isElsewhere ? missing(setting, name) : notFound(setting, name, scan);
  if (another !== undefined)
    return {
      unknown: [
        { why: `${setting.address}: ${name} is in several regions, and the plan does not tell which is meant` },
      ],
    };
  if (setting.path === EXISTS) return goesFrom(seen, scan);
  const ref = refOf(seen);
  const propose = kindProposals.get(setting.kind)?.propose;
  if (propose === undefined || !kinds.has(setting.kind))
    return { unknown: [{ ref, why: `${setting.address}: what it sets cannot be asked of` }] };
  const state = seen.seen === 'state' ? seen.state : nothingRead(ref, scan.finishedAt);
  const before =
    seen.seen === 'unreadable' ? unreadable(seen.code) : (state.watched[setting.path] ?? unreadable('NotRead'));
  const one = { ref, path: setting.path, setting: setting.path, before };
  if (setting.value.is === 'unknown')
    return { proposals: [{ ...one, after: unreadable(setting.value.code), carried: {} }] };
  const answer = propose({ path: setting.path, how: 'set', value: setting.value.value, state });
  return 'problem' in answer
    ? { unknown: [{ ref, why: `${setting.address}: ${answer.problem}` }] }
    : { proposals: [{ ...one, after: answer.reading, carried: answer.carried ?? {} }] };
}

function isMeant({ kind, id, region }: PlannedSetting, seen: Observation): boolean {
  const ref = refOf(seen);
  return seen.seen !== 'gone' && ref.kind === kind && ref.id === id && (region === undefined || ref.region === region);
}

/** The thing itself would be taken away. */
export function goesFrom(seen: Observation, scan: Scan): Partial<Understood> {
  const ref = refOf(seen);
  const proposal: Proposal = {
    ref,
    path: EXISTS,
    setting: EXISTS,
    before: present(true),
    after: ABSENT,
    carried: {},
  };
  const why =
    seen.seen !== 'state'
      ? 'nothing of it could be read, so what its going does is not known'
      : isListed(scan, ref.kind, ref.region)
        ? undefined
        : `the list of ${ref.kind} was not complete, so what its going does is not known`;
  return { proposals: [proposal], unknown: why === undefined ? [] : [{ ref, why }] };
}

function missing({ isNew }: PlannedSetting, name: string): Partial<Understood> {
  return {
    notJudged: [
      isNew ? { name, why: 'the plan makes it, so it is not there yet' } : { name, why: 'not there', isMissing: true },
    ],
  };
}

/** What no list names is not there; what a list that was cut short does not name may be. */
function notFound(setting: PlannedSetting, name: string, scan: Scan): Partial<Understood> {
  const cut = scan.listings.find(
    ({ kind, region, complete }) =>
      kind === setting.kind && !complete && (setting.region === undefined || setting.region === region),
  );
  if (cut === undefined || setting.isNew) return missing(setting, name);
  return {
    unknown: [
      { why: `whether ${name} is there is not known: the list of ${cut.kind} was not complete in ${cut.region}` },
    ],
  };
}

/** The same proposal once, whichever way it is named. */
export function withoutRepeats({ notJudged, ...rest }: Understood): Understood {
  const byText = new Map(notJudged.map((one) => [`${one.name} ${one.why}`, one]));
  return { ...rest, notJudged: [...byText.values()] };
}
