import type { Change } from '#core/change.ts';
import { EXISTS, rootOf } from '#core/declaration.ts';
import { judged, type Context, type JudgeRequest, type Judgement, type KindJudge } from '#core/judge.ts';
import { accessOf, type AccessInputs, type BucketAccess } from '#core/s3/access.ts';
import { effectOf, flipsBetween, joined } from '#core/s3/access-change.ts';
import { BLOCK_FLAGS, countingFlags, type BlockFlag, type BlockFlags } from '#core/s3/block.ts';
import { sentenceOfFlag, sentenceOfEmptyBlock } from '#core/s3/flag-sentences.ts';
import { partyText } from '#core/s3/party.ts';
import { saidOfAcl, saidOfOwnership, saidOfPolicy, saidOfWebsite, type Said } from '#core/s3/setting-sentences.ts';
import type { State } from '#core/state.ts';
import { accessInputsOf, accessOfState } from './access.ts';

/** Judges each change of a bucket on its own: everything else as it is now, that one thing as it was and as it is. */
export const judge: KindJudge = {
  changes(changes, request) {
    return changes.map((change) => judged(change, judgementOf(change, request)));
  },

  underContext(state, { before, after }) {
    return between(accessOfState(state, before), accessOfState(state, after), { effects: [] });
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

function judgementOf(change: Change, { before, after, context }: JudgeRequest): Judgement {
  if (change.path === EXISTS) return after === undefined ? ofDeletion(before, context) : ofCreation(after, context);
  if (before === undefined || after === undefined) return NOT_JUDGED;
  const now = accessInputsOf(after, context);
  const was = accessInputsOf(before, context);
  return ofPath(change, { was, now });
}

const NOT_JUDGED: Judgement = {
  exposure: 'unknown',
  breakage: 'unknown',
  opensToWorld: false,
  effects: [],
  flips: [],
};

interface Inputs {
  readonly was: AccessInputs;
  readonly now: AccessInputs;
}

function ofPath(change: Change, sides: Inputs): Judgement {
  if (rootOf(change.path) === 'website') {
    const [before, after] = [accessOf({ ...sides.now, website: sides.was.website }), accessOf(sides.now)];
    return between(before, after, saidOfWebsite({ before, after }));
  }
  const { was, now } = withReadWebsite(sides);
  const after = accessOf(now);
  switch (rootOf(change.path)) {
    case 'publicAccessBlock':
      return ofBlock(change, { was, now });
    case 'policy': {
      const before = accessOf({ ...now, policy: was.policy, policyStatus: was.policyStatus });
      return between(before, after, { ...saidOfPolicy({ before, after }), of: 'grants' });
    }
    case 'acl': {
      const sides = withStoredAcl({ was, now });
      // A skipped ACL is out of force or in force again with the ownership: what that does is said there.
      if (was.acl.status === 'skipped' || now.acl.status === 'skipped') return withOwnership(sides);
      const before = accessOf({ ...now, acl: was.acl, aclMask: was.aclMask, aclOwner: was.aclOwner });
      return between(before, after, { ...saidOfAcl({ before, after }), of: 'grants' });
    }
    case 'ownership':
      return withOwnership(withStoredAcl({ was, now }));
    default:
      return NOT_JUDGED;
  }
}

/** The website is not read while nothing is open to everyone; the side on which it was read knows whether there is one. */
function withReadWebsite({ was, now }: Inputs): Inputs {
  if (now.website.status === 'skipped') return { was, now: { ...now, website: was.website } };
  return { was, now };
}

/** While ACLs are off the stored one is not read; the side that was read knows it. */
function withStoredAcl({ was, now }: Inputs): Inputs {
  const [read] = [now, was].filter(({ acl }) => acl.status !== 'skipped');
  if (read === undefined) return { was, now };
  const { acl, aclMask, aclOwner } = read;
  return { was: { ...was, acl, aclMask, aclOwner }, now: { ...now, acl, aclMask, aclOwner } };
}

function withOwnership({ was, now }: Inputs): Judgement {
  const [before, after] = [accessOf({ ...now, ownership: was.ownership }), accessOf(now)];
  return between(before, after, saidOfOwnership({ before, after }));
}

/** One flag at a time, the others as they are now; a block that came or went whole has four. */
function ofBlock(change: Change, { was, now }: Inputs): Judgement {
  const [had, has] = [countingFlags(was.levels.bucket), countingFlags(now.levels.bucket)];
  if (had === undefined || has === undefined) return NOT_JUDGED;
  const flags = movedFlags(change, { had, has });
  if (flags.length === 0) {
    const effects = [sentenceOfEmptyBlock('bucket', now.levels.bucket.status === 'present')];
    return between(accessOf(now), accessOf(now), { effects });
  }
  const before = accessOf(withFlags(now, { ...has, ...Object.fromEntries(flags.map((flag) => [flag, had[flag]])) }));
  const after = accessOf(now);
  const effects = flags.map((flag) => sentenceOfFlag({ flag, level: 'bucket', isOn: has[flag], before, after }));
  return between(before, after, { effects });
}

function movedFlags(
  { path }: Change,
  { had, has }: { readonly had: BlockFlags; readonly has: BlockFlags },
): readonly BlockFlag[] {
  const member = path.slice(rootOf(path).length + 1);
  return BLOCK_FLAGS.filter((flag) => had[flag] !== has[flag] && (member === '' || member === flag));
}

function withFlags(inputs: AccessInputs, flags: BlockFlags): AccessInputs {
  return { ...inputs, levels: { ...inputs.levels, bucket: { status: 'present', value: flags } } };
}

function between(
  before: BucketAccess,
  after: BucketAccess,
  { effects, effect, of }: Pick<Said, 'effects'> & Partial<Said> & { readonly of?: 'grants' | 'guards' },
): Judgement {
  const flips = flipsBetween(before, after);
  return { ...joined([effectOf(flips, of), ...(effect === undefined ? [] : [effect])]), effects, flips };
}

/** Nothing was there before, so nothing breaks; whom it lets in is new. */
function ofCreation(after: State, context: Context): Judgement {
  const access = accessOfState(after, context);
  const { isPublic, othersNamed, policyNamesOthers, aclNamesOthers, aclsCount } = access;
  const others = othersNamed.map(partyText);
  const base = { breakage: 'none', opensToWorld: isPublic.is === true, flips: [] } as const;
  if (isPublic.is === true) return { ...base, exposure: 'widened', effects: ['It lets everyone in.'] };
  if (isPublic.is === 'unknown')
    return { ...base, exposure: 'unknown', effects: [`Whether it lets everyone in cannot be told: ${isPublic.why}.`] };
  if (policyNamesOthers.is === true) {
    return { ...base, exposure: 'widened', effects: [`It is not public; it lets in ${others.join(', ')}.`] };
  }
  if (aclNamesOthers.is === true && aclsCount.is === true)
    return { ...base, exposure: 'widened', effects: ['It is not public; its ACL lets in another account.'] };
  return { ...base, exposure: 'same', effects: ['It lets in nobody from outside.'] };
}

function ofDeletion(before: State | undefined, context: Context): Judgement {
  const wasPublic = before !== undefined && accessOfState(before, context).isPublic.is === true;
  return {
    exposure: 'unknown',
    breakage: 'breaks',
    opensToWorld: false,
    effects: [
      `Whatever used it gets 404 NoSuchBucket${wasPublic ? '; it was public' : ''}. Its name is free for anybody to take.`,
    ],
    flips: [],
  };
}
