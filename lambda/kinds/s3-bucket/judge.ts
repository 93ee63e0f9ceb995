import type { Change } from '#core/change.ts';
import { EXISTS, rootOf } from '#core/declaration.ts';
import { judged, type JudgeRequest, type Judgement, type KindJudge } from '#core/judge.ts';
import { accessOf, type AccessInputs, type BucketAccess } from '#core/s3/access.ts';
import { effectOf, flipsBetween, joined, type Flip } from '#core/s3/access-change.ts';
import { BLOCK_FLAGS, countingFlags, type BlockFlag, type BlockFlags } from '#core/s3/block.ts';
import type { Fact } from '#core/s3/fact.ts';
import { sentenceOfEmptyBlock, sentenceOfFlag } from '#core/s3/flag-sentences.ts';
import { opinionOn } from '#core/s3/opinion.ts';
import { saidOfPolicy } from '#core/s3/policy-sentences.ts';
import { refusalOfSetting } from '#core/s3/refused-setting.ts';
import type { Said } from '#core/s3/said.ts';
import { LATER_ROWS, rowsOfUse } from '#core/s3/use-rows.ts';
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
    const [, ...flips] = attributionOf(sides, [withAccount, ...changes.map(moverOf)]);
    return changes.map((change, place) => judged(change, judgementOf(change, sides, flips[place] ?? [])));
  },

  underContext({ before, after }, contexts) {
    const now = accessInputsOf(after, contexts.after);
    const was =
      before === undefined
        ? withAccount(now, accessInputsOf(after, contexts.before))
        : accessInputsOf(before, contexts.before);
    const sides = knownSides({ was, now });
    // A change that is only thought of is asked of every bucket as it is, on both sides: there is nothing to tell apart.
    const isAccountAlone = (before ?? after) === after && isSameFact(was.restrictedWhenAsked, now.restrictedWhenAsked);
    const flips = isAccountAlone
      ? flipsBetween(accessOf(sides.was), accessOf(sides.now))
      : (attributionOf(sides, [withAccount, withBucket])[0] ?? []);
    return { ...effectOf(flips), effects: [], flips };
  },

  rowsOfUse: (use, state, context) => rowsOfUse(use, accessOfState(state, context)),
  laterRows: LATER_ROWS,

  flipsBetween(before, after) {
    const { was, now } = knownSides({
      was: accessInputsOf(before.state, before.context),
      now: accessInputsOf(after.state, after.context),
    });
    return flipsBetween(accessOf(was), accessOf(now));
  },

  refusal: ({ path, before, after }) =>
    refusalOfSetting(path, {
      before: accessOfState(before.state, before.context),
      after: accessOfState(after.state, after.context),
    }),

  disagreement(state, context) {
    // Asked of every bucket of every scan: no more is worked out than whether the two verdicts differ.
    const inputs = accessInputsOf(state, context);
    const { policyStatus: aws, restrictedWhenAsked: isRestricted } = inputs;
    // The one answer that settles nothing is no disagreement (docs/decisions/0009).
    if (aws === 'not-told' || (aws === 'not-public' && isRestricted.is !== false)) return undefined;
    const opinion = opinionOn(inputs.policy, { aws, isRestricted });
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

function isSameFact(one: Fact, other: Fact): boolean {
  return one === other || (one.is === other.is && one.is !== 'unknown');
}

/** One thing that moved: puts its value of one side into the other. */
type Mover = (into: AccessInputs, from: AccessInputs) => AccessInputs;

const withAccount: Mover = (into, { levels: { account } }) => ({ ...into, levels: { ...into.levels, account } });

/** Everything but the account's block. */
const withBucket: Mover = (into, from) => withAccount(from, into);

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

/** For each of what moved, the flips that it makes. */
function attributionOf({ was, now }: Sides, movers: readonly Mover[]): readonly (readonly Flip[])[] {
  const [before, after] = [accessOf(was), accessOf(now)];
  const all = flipsBetween(before, after);
  // Most buckets of a large account are not touched at all.
  if (all.length === 0) return movers.map(() => []);
  const tried = movers.map((move) => ({
    // With it undone now; and with it alone done then.
    without: rowsOf(flipsBetween(accessOf(move(now, was)), after)),
    alone: rowsOf(flipsBetween(before, accessOf(move(was, now)))),
  }));
  const makes = (row: string): readonly (typeof tried)[number][] => {
    const needed = tried.filter(({ without }) => without.has(row));
    if (needed.length > 0) return needed;
    const enough = tried.filter(({ alone }) => alone.has(row));
    return enough.length > 0 ? enough : tried;
  };
  const made = all.map((flip) => ({ flip, by: makes(flip.row) }));
  return tried.map((one) => made.filter(({ by }) => by.includes(one)).map(({ flip }) => flip));
}

function rowsOf(flips: readonly Flip[]): ReadonlySet<string> {
  return new Set(flips.map(({ row }) => row));
}

function judgementOf(change: Change, sides: Sides, flips: readonly Flip[]): Judgement {
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
      return { ...saidOfWebsite(change, { before, after }), grants: true };
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
