import type { Change } from '#core/change.ts';
import { EXISTS, rootOf } from '#core/declaration.ts';
import { judged, type JudgeRequest, type Judgement, type KindJudge } from '#core/judge.ts';
import { accessOf, type AccessInputs, type BucketAccess } from '#core/s3/access.ts';
import { effectOf, flipsBetween, joined, type Flip } from '#core/s3/access-change.ts';
import { BLOCK_FLAGS, countingFlags, type BlockFlag, type BlockFlags } from '#core/s3/block.ts';
import { sentenceOfEmptyBlock, sentenceOfFlag } from '#core/s3/flag-sentences.ts';
import { saidOfPolicy } from '#core/s3/policy-sentences.ts';
import type { Said } from '#core/s3/said.ts';
import { saidOfAcl, saidOfOwnership, saidOfWebsite } from '#core/s3/setting-sentences.ts';
import { accessInputsOf, accessOfState } from './access.ts';
import { ofCreation, ofDeletion } from './existence.ts';

/**
 * What really flips is what differs between the bucket as it was, under the account as it was, and as it is now. Each flip is told of
 * the change without which it would not be; where two changes do the same at once, of both; and where one undoes the other, of none.
 */
export const judge: KindJudge = {
  changes(changes, request) {
    const { before, after, contexts } = request;
    if (before === undefined || after === undefined)
      return changes.map((change) => judged(change, existenceOf(change, request)));
    const sides = knownSides({
      was: accessInputsOf(before, contexts.before),
      now: accessInputsOf(after, contexts.after),
    });
    const attribution = attributionOf(sides, changes);
    return changes.map((change) => judged(change, judgementOf(change, sides, attribution)));
  },

  underContext({ before, after }, contexts) {
    const now = accessInputsOf(after, contexts.after);
    const was =
      before === undefined
        ? withAccount(now, accessInputsOf(after, contexts.before))
        : accessInputsOf(before, contexts.before);
    const attribution = attributionOf(knownSides({ was, now }), []);
    const flips = before === undefined ? attribution.all : attribution.ofAccount;
    return { ...effectOf(flips), effects: [], flips };
  },

  disagreement(state, context) {
    const { opinion, inputs } = accessOfState(state, context);
    if (!opinion.isDisagreement || opinion.own === undefined || inputs.policy.status !== 'present') return undefined;
    const { ref } = state;
    const line = { id: ref.id, policy: inputs.policy.value, expected: opinion.aws };
    return {
      ref,
      path: 'policy',
      own: opinion.own.verdict,
      aws: opinion.aws,
      because: opinion.own.reasons[0] ?? '',
      case: JSON.stringify(line),
    };
  },
};

const NOT_JUDGED: Judgement = {
  exposure: 'unknown',
  breakage: 'unknown',
  opensToWorld: false,
  effects: [],
  flips: [],
};

function existenceOf(change: Change, { before, after, contexts }: JudgeRequest): Judgement {
  if (change.path !== EXISTS) return NOT_JUDGED;
  return after === undefined
    ? ofDeletion(before && accessOfState(before, contexts.before))
    : ofCreation(accessOfState(after, contexts.after));
}

interface Sides {
  readonly was: AccessInputs;
  readonly now: AccessInputs;
}

/** What is not read because it cannot matter just now, as the other side read it: a stored ACL, a website behind shut doors. */
function knownSides({ was, now }: Sides): Sides {
  const acl = ({ acl: reading, aclMask, aclOwner }: AccessInputs): Partial<AccessInputs> => ({
    acl: reading,
    aclMask,
    aclOwner,
  });
  const read = (reading: AccessInputs['acl']): boolean => reading.status !== 'skipped';
  return {
    was: {
      ...was,
      ...(!read(was.acl) && read(now.acl) ? acl(now) : {}),
      ...(!read(was.website) && read(now.website) ? { website: now.website } : {}),
    },
    now: {
      ...now,
      ...(!read(now.acl) && read(was.acl) ? acl(was) : {}),
      ...(!read(now.website) && read(was.website) ? { website: was.website } : {}),
    },
  };
}

/** One thing that moved: puts its value of one side into the other. */
type Mover = (into: AccessInputs, from: AccessInputs) => AccessInputs;

const withAccount: Mover = (into, { levels: { account } }) => ({ ...into, levels: { ...into.levels, account } });

function moverOf({ path }: Change): Mover {
  switch (rootOf(path)) {
    case 'publicAccessBlock':
      return (into, from) => withFlags(into, from, path.slice(rootOf(path).length + 1));
    case 'policy':
      return (into, { policy, policyStatus, restrictedWhenAsked }) => ({
        ...into,
        policy,
        policyStatus,
        restrictedWhenAsked,
      });
    // Grants that come into or go out of force do so with the ownership: the two are one thing.
    case 'acl':
    case 'ownership':
      return (into, { acl, aclMask, aclOwner, ownership }) => ({ ...into, acl, aclMask, aclOwner, ownership });
    case 'website':
      return (into, { website }) => ({ ...into, website });
    default:
      return (into) => into;
  }
}

function withFlags(into: AccessInputs, from: AccessInputs, member: string): AccessInputs {
  const [flags, others] = [countingFlags(into.levels.bucket), countingFlags(from.levels.bucket)];
  if (member === '' || flags === undefined || others === undefined) {
    return { ...into, levels: { ...into.levels, bucket: from.levels.bucket } };
  }
  const value: BlockFlags = { ...flags, ...(isFlag(member) ? { [member]: others[member] } : {}) };
  return { ...into, levels: { ...into.levels, bucket: { status: 'present', value } } };
}

function isFlag(name: string): name is BlockFlag {
  return (BLOCK_FLAGS as readonly string[]).includes(name);
}

interface Attribution {
  /** Everything that really flips. */
  readonly all: readonly Flip[];
  readonly ofAccount: readonly Flip[];
  readonly of: ReadonlyMap<Change, readonly Flip[]>;
}

function attributionOf(sides: Sides, changes: readonly Change[]): Attribution {
  const { was, now } = sides;
  const [before, after] = [accessOf(was), accessOf(now)];
  const all = flipsBetween(before, after);
  const movers = [
    { change: undefined, move: withAccount },
    ...changes.map((change) => ({ change, move: moverOf(change) })),
  ].map(({ change, move }) => ({
    change,
    // Without it now; and with it alone then.
    without: rowsOf(flipsBetween(accessOf(move(now, was)), after)),
    alone: rowsOf(flipsBetween(before, accessOf(move(was, now)))),
  }));
  const owners = (row: string): readonly (Change | undefined)[] => {
    const needed = movers.filter(({ without }) => without.has(row));
    if (needed.length > 0) return needed.map(({ change }) => change);
    const enough = movers.filter(({ alone }) => alone.has(row));
    return (enough.length > 0 ? enough : movers).map(({ change }) => change);
  };
  const owned = all.map((flip) => ({ flip, by: owners(flip.row) }));
  const ofOne = (change: Change | undefined): readonly Flip[] =>
    owned.filter(({ by }) => by.includes(change)).map(({ flip }) => flip);
  return { all, ofAccount: ofOne(undefined), of: new Map(changes.map((change) => [change, ofOne(change)])) };
}

function rowsOf(flips: readonly Flip[]): ReadonlySet<string> {
  return new Set(flips.map(({ row }) => row));
}

function judgementOf(change: Change, sides: Sides, { of }: Attribution): Judgement {
  const flips = of.get(change) ?? [];
  const said = saidOf(change, sides);
  if (said === undefined) return NOT_JUDGED;
  const { effects, effect, grants, isWhole } = said;
  const own = isWhole === true ? [] : [effectOf(flips, grants === true ? 'grants' : 'guards')];
  const whole = joined([...own, ...(effect === undefined ? [] : [effect])]);
  return { ...whole, effects, flips };
}

type Saying = Pick<Said, 'effects'> & Partial<Said> & { readonly grants?: boolean };

function saidOf(change: Change, { was, now }: Sides): Saying | undefined {
  const [before, after] = [accessOf(was), accessOf(now)];
  switch (rootOf(change.path)) {
    case 'publicAccessBlock':
      return saidOfBlock(change, { before, after });
    case 'policy':
      return { ...saidOfPolicy({ before, after }), grants: true };
    case 'acl':
      if (change.before.status === 'skipped' || change.after.status === 'skipped')
        return saidOfOwnership({ before, after });
      return { ...saidOfAcl({ before, after }), grants: true };
    case 'ownership':
      return saidOfOwnership({ before, after });
    case 'website':
      return { ...saidOfWebsite(change), grants: true };
    default:
      return undefined;
  }
}

function saidOfBlock(
  { path }: Change,
  { before, after }: { readonly before: BucketAccess; readonly after: BucketAccess },
): Saying | undefined {
  const [had, has] = [before, after].map(({ inputs }) => countingFlags(inputs.levels.bucket));
  if (had === undefined || has === undefined) return undefined;
  const member = path.slice(rootOf(path).length + 1);
  const moved = BLOCK_FLAGS.filter((flag) => had[flag] !== has[flag] && (member === '' || member === flag));
  if (moved.length === 0)
    return { effects: [sentenceOfEmptyBlock('bucket', after.inputs.levels.bucket.status === 'present')] };
  return { effects: moved.map((flag) => sentenceOfFlag({ flag, level: 'bucket', isOn: has[flag], before, after })) };
}
