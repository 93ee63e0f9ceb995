import { isJsonObject } from '#core/json.ts';
import { judged, type JudgeRequest, type Judgement, type KindJudge } from '#core/judge.ts';
import { BLOCK_FLAGS, countingFlags, flagsAt } from '#core/s3/block.ts';
import { sentenceOfAccountFlag, sentenceOfEmptyBlock } from '#core/s3/flag-sentences.ts';
import type { State } from '#core/state.ts';

/**
 * Says what a change of the account's block means. What it does is computed for each bucket from the last snapshot; until that is
 * known, exposure and breakage are not.
 */
export const judge: KindJudge = {
  changes(changes, request) {
    return changes.map((change) =>
      judged(change, { ...UNJUDGED, effects: effectsOf(change.path.split('.')[1], request) }),
    );
  },

  refusal: ({ others }) => (others.some(holdsBlock) ? HELD : undefined),
};

/** While an S3 policy of the organisation sets the block, no account may set it (aws-facts §1.8, §3.2 M1). */
const HELD =
  "S3 would refuse to set it, with 403 AccessDenied: an S3 policy of the organisation holds the account's block";

function holdsBlock({ ref, watched }: State): boolean {
  const policy = watched['effectivePolicy'];
  return (
    ref.kind === 's3-organization-policy' &&
    policy?.status === 'present' &&
    isJsonObject(policy.value) &&
    policy.value['publicAccessBlock'] !== undefined
  );
}

const UNJUDGED: Omit<Judgement, 'effects'> = {
  exposure: 'unknown',
  breakage: 'unknown',
  opensToWorld: false,
  flips: [],
};

function effectsOf(member: string | undefined, { before, after }: JudgeRequest): readonly string[] {
  const [was, is] = [before, after].map((state) => flagsAt(state?.watched['publicAccessBlock']));
  const [had, has] = [was && countingFlags(was), is && countingFlags(is)];
  if (had === undefined || has === undefined) return [];
  const moved = BLOCK_FLAGS.filter((flag) => had[flag] !== has[flag] && (member === undefined || member === flag));
  if (moved.length === 0) return [sentenceOfEmptyBlock('account', is?.status === 'present')];
  return moved.map((flag) =>
    sentenceOfAccountFlag({
      flag,
      isOn: has[flag],
      isAclRefused: has.BlockPublicAcls,
      isAclIgnored: has.IgnorePublicAcls,
    }),
  );
}
