import { gravestOf } from '../change.ts';
import type { Judgement } from '../judge.ts';
import { listIn } from '../comparison.ts';
import { setChange, textOf } from '../json.ts';
import type { JsonReading } from '../reading.ts';
import type { Relatives } from '../relatives.ts';
import type { Flip } from '../s3/access-change.ts';
import type { State } from '../state.ts';
import { nameInArn } from './names.ts';
import { divide, rangesOf, type Range } from './ranges.ts';
import { changeOf } from './verdict.ts';
import { listText, outcomeOf, type Outcome } from './verdict-sentences.ts';
import { webAclOf, type WebAcl } from './web-acl.ts';

/** Somebody's addresses: who is refused there is known to be there. */
export interface Network {
  readonly name: string;
  readonly ranges: readonly string[];
  readonly owner?: string | undefined;
}

/** What people say of addresses and of lists of them (plumbline.yaml). */
export interface AddressKnowledge {
  readonly networks: readonly Network[];
  /** IP sets that are to be equal: `region/waf-ip-set/name` each. */
  readonly mirroredIpSets: readonly (readonly string[])[];
}

export interface IpSetChange {
  /** The set as it is, or was. */
  readonly set: State;
  /** The list before and after: empty where the set was not there. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly relatives: Relatives;
  readonly knowledge: AddressKnowledge;
}

const WEB_ACL = 'waf-web-acl';
const IP_SET = 'waf-ip-set';

/** A list that lost more than half of so many ranges at once was perhaps overwritten with a few (aws-facts §6). */
const LONG_LIST = 10;

/** The texts of a list of addresses; undefined where it is not known. */
export function addressesIn(reading: JsonReading | undefined): readonly string[] | undefined {
  return reading?.status === 'present' ? listIn(reading.value).flatMap((one) => textOf(one) ?? []) : undefined;
}

/** What a change of an IP set does, by the web ACLs that refer to it (aws-facts §6). Pure. */
export function judgementOfSet(change: IpSetChange): Judgement {
  const { before, after } = change;
  const overwritten = overwrittenText(change);
  const mirrored = mirrorTexts(change);
  const [was, is] = [rangesOf(before), rangesOf(after)];
  const moved = { added: divide(is, was).without, removed: divide(was, is).without };
  const outcomes =
    moved.added.length + moved.removed.length === 0
      ? [{ ...NOTHING, says: 'The set covers the same addresses as before.' }]
      : outcomesIn(change, moved);
  return {
    ...gravestOf(outcomes),
    opensToWorld: false,
    effects: [...overwritten, ...outcomes.map(({ says }) => says), ...mirrored],
    flips: outcomes.flatMap(({ flips }) => flips),
  };
}

const NOTHING = { exposure: 'same', breakage: 'none', flips: [] } as const;

interface Coverage {
  readonly added: readonly Range[];
  readonly removed: readonly Range[];
}

function outcomesIn(change: IpSetChange, moved: Coverage): readonly Outcome[] {
  const { region } = change.set.ref;
  const here = change.relatives.states.filter(({ ref }) => ref.kind === WEB_ACL && ref.region === region);
  const acls = here.map((state) => webAclOf(state, change.relatives));
  const outcomes = [
    ...acls.filter((acl) => refersTo(acl, change.set)).flatMap((acl) => outcomesOf(acl, change, moved)),
    ...doubtsOf(change, acls),
  ];
  if (outcomes.length > 0) return outcomes;
  return [{ ...NOTHING, says: 'No web ACL that was read refers to it, so nobody meets anything else than before.' }];
}

/** By its ARN; by its name where that is not known. */
function refersTo({ sets }: WebAcl, set: State): boolean {
  return [...sets].some((arn) => isArnOf(set, arn));
}

function isArnOf({ ref, carried }: State, arn: string): boolean {
  const own = textOf(carried['arn']);
  return own === undefined || own === '' ? nameInArn(arn) === ref.id : own === arn;
}

function outcomesOf(acl: WebAcl, change: IpSetChange, moved: Coverage): readonly Outcome[] {
  const others = [...acl.sets].filter((arn) => !isArnOf(change.set, arn));
  const covers = new Map(others.map((arn) => [arn, coverageOf(arn, change.relatives)]));
  return (['added', 'removed'] as const).flatMap((way) =>
    alike(moved[way], covers).map(({ ranges, members }) => {
      const isIn = (isOwn: boolean) => (arn: string) =>
        isArnOf(change.set, arn) ? isOwn : covers.get(arn) === undefined ? undefined : members.has(arn);
      const verdicts = changeOf(acl.steps, acl.defaultAction, {
        before: isIn(way === 'removed'),
        after: isIn(way === 'added'),
      });
      return outcomeOf(verdicts, { ranges, way }, { place: acl.place, networks: networksIn(ranges, change.knowledge) });
    }),
  );
}

/** What another set covers; undefined: not known. */
function coverageOf(arn: string, { states }: Relatives): readonly Range[] | undefined {
  const set = states.find(({ ref, carried }) => ref.kind === IP_SET && textOf(carried['arn']) === arn);
  const addresses = addressesIn(set?.watched['addresses']);
  return addresses && rangesOf(addresses);
}

interface Alike {
  readonly ranges: readonly Range[];
  /** The other sets that all of it is in; it is in none of the rest. */
  readonly members: ReadonlySet<string>;
}

/** Addresses that are in the same other sets meet the same: so many ranges, so few ways. */
function alike(ranges: readonly Range[], covers: ReadonlyMap<string, readonly Range[] | undefined>): readonly Alike[] {
  let groups: readonly Alike[] = ranges.length === 0 ? [] : [{ ranges, members: new Set() }];
  for (const [arn, cover] of covers) {
    if (cover === undefined) continue;
    groups = groups.flatMap(({ ranges: own, members }) => {
      const { both, without } = divide(own, cover);
      return [
        ...(both.length === 0 ? [] : [{ ranges: both, members: new Set([...members, arn]) }]),
        ...(without.length === 0 ? [] : [{ ranges: without, members }]),
      ];
    });
  }
  return groups;
}

function networksIn(ranges: readonly Range[], { networks }: AddressKnowledge): readonly string[] {
  return networks
    .filter((network) => divide(rangesOf(network.ranges), ranges).both.length > 0)
    .map(({ name, owner }) => (owner === undefined ? name : `${name} (${owner})`));
}

/** Web ACLs that may refer to it, for all that is known. */
function doubtsOf({ set, relatives }: IpSetChange, acls: readonly WebAcl[]): readonly Outcome[] {
  const { region } = set.ref;
  const listing = relatives.listings.find((one) => one.kind === WEB_ACL && one.region === region);
  const unread = relatives.unread.filter(({ ref }) => ref.kind === WEB_ACL && ref.region === region);
  return [
    ...acls.flatMap(({ doubts, place }) => doubts.map((says) => doubt(says, `web ACL ${place.name}`))),
    ...unread.map(({ ref, code }) =>
      doubt(
        `Whether web ACL ${ref.id} refers to it is not known: nothing of it could be read (${code})`,
        `web ACL ${ref.id}`,
      ),
    ),
    ...(listing?.complete === true
      ? []
      : [
          doubt(
            `Which web ACLs refer to it is not known: their list in ${region} ${listing === undefined ? 'was not read' : 'is not complete'}`,
            'any other web ACL',
          ),
        ]),
  ];
}

function doubt(says: string, through: string): Outcome {
  const unknown = { outcome: 'unknown', why: says } as const;
  const flip: Flip = {
    row: `F2 ${through}`,
    title: `Request through ${through}`,
    before: unknown,
    after: unknown,
    isHere: 'unknown',
  };
  return { exposure: 'unknown', breakage: 'unknown', says: `${says}.`, flips: [flip] };
}

function overwrittenText({ before, after }: IpSetChange): readonly string[] {
  const gone = setChange(before, after).removed.length;
  if (before.length < LONG_LIST || gone * 2 <= before.length) return [];
  return [
    `The list went from ${before.length} to ${after.length} ranges in one change, and ${gone} of those that were there are gone: was it overwritten? An update replaces the whole list.`,
  ];
}

/** Is it still equal to those that it is to be equal to? */
function mirrorTexts({ set, after, relatives, knowledge }: IpSetChange): readonly string[] {
  const nameOf = ({ ref }: Pick<State, 'ref'>): string => `${ref.region}/${ref.kind}/${ref.id}`;
  const own = nameOf(set);
  const twins = knowledge.mirroredIpSets.filter((names) => names.includes(own)).flat();
  return [...new Set(twins)]
    .filter((name) => name !== own)
    .map((name) => {
      const twin = relatives.states.find((state) => nameOf(state) === name);
      const there = addressesIn(twin?.watched['addresses']);
      if (there === undefined)
        return `It is to be equal to ${name}, of which nothing was read: whether it is, is not known.`;
      const [mine, others] = [divide(rangesOf(after), rangesOf(there)), divide(rangesOf(there), rangesOf(after))];
      if (mine.without.length + others.without.length === 0) return `It is equal to ${name}, as it is to be.`;
      const { added, removed } = setChange(there, after);
      const only = (texts: readonly unknown[], where: string): readonly string[] =>
        texts.length === 0 ? [] : [`${texts.length} only ${where} (${listText(texts.map(String))})`];
      const count = added.length + removed.length;
      return `It is to be equal to ${name} and differs from it by ${count} ${count === 1 ? 'range' : 'ranges'}: ${[...only(added, 'here'), ...only(removed, 'there')].join(', ')}.`;
    });
}
