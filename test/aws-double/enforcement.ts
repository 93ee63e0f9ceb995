/**
 * A second opinion on what S3 does with a call, written from aws-facts §1–3 and from nothing of the product, so that the two can be
 * compared cell by cell.
 */
import { refusalOfCaller } from './access.ts';
import type { Attempt, Ruling } from './attempt.ts';
import { ALLOWED, sceneOf, type Scene } from './scene.ts';
import type { Unsettled, World } from './world.ts';
import { ruleOnAccountBlock, ruleOnAcl, ruleOnNewBucket, ruleOnOwnership, ruleOnPolicy } from './writes.ts';

export type { Attempt, Caller, Operation, Ruling } from './attempt.ts';

interface Question<Name extends keyof Unsettled = keyof Unsettled> {
  readonly name: Name;
  readonly answers: readonly Exclude<Unsettled[Name], undefined>[];
  readonly why: string;
}

const question = <Name extends keyof Unsettled>(one: Question<Name>): Question<Name> => one;

/** What the facts leave open, and what they could say. */
const QUESTIONS = [
  question({
    name: 'enforcedAndBlocked',
    answers: ['AccessControlListNotSupported', 'AccessDenied'],
    why: 'which error wins where both BucketOwnerEnforced and BlockPublicAcls refuse (§1.6)',
  }),
  question({
    name: 'ignoredAcl',
    answers: ['public-grants', 'whole'],
    why: 'whether IgnorePublicAcls ignores the whole ACL or its public grants (§3.2 X4)',
  }),
  question({
    name: 'originAccessIdentity',
    answers: ['locked-out', 'admitted'],
    why: 'whether RestrictPublicBuckets locks an origin access identity out (§3.2 C2)',
  }),
  question({
    name: 'doubtfulPolicy',
    answers: ['public', 'not-public'],
    why: 'whether such a policy is public (§2.3)',
  }),
  question({
    name: 'conditions',
    answers: ['met', 'unmet'],
    why: 'whether the request meets the conditions of the policy, which the attempt does not tell',
  }),
];

/** Decides as the world says, and again with every other answer to what is open: what then differs is not settled. */
export function rule(world: World, attempt: Attempt): Ruling {
  const ruling = decide(world, attempt);
  const open = QUESTIONS.filter(({ name, answers }) =>
    answers.some((answer) => !isSame(ruling, decide(answering(world, { [name]: answer }), attempt))),
  );
  return open.length === 0 ? ruling : { ...ruling, unsettled: open.map(({ why }) => why).join('; ') };
}

function answering(world: World, answer: Unsettled): World {
  return { ...world, unsettled: { ...world.unsettled, ...answer } };
}

function isSame(one: Ruling, other: Ruling): boolean {
  return one.status === other.status && one.code === other.code && one.useless === other.useless;
}

function decide(world: World, attempt: Attempt): Ruling {
  switch (attempt.operation) {
    case 'PutAccountPublicAccessBlock':
    case 'DeleteAccountPublicAccessBlock':
      return ruleOnAccountBlock(world, attempt);
    case 'CreateBucket':
      return ruleOnNewBucket(world, attempt);
    // A website endpoint reads no signature (§3.2 H1).
    case 'GetWebsitePage':
      return decideOnBucket(sceneOf(world, { ...attempt, caller: { type: 'anonymous' } }));
    default:
      return decideOnBucket(sceneOf(world, attempt));
  }
}

function decideOnBucket(scene: Scene | undefined): Ruling {
  if (scene === undefined) return { status: 404, code: 'NoSuchBucket', message: 'The specified bucket does not exist' };
  return refusalOfCaller(scene) ?? decideOnContent(scene);
}

function decideOnContent(scene: Scene): Ruling {
  switch (scene.attempt.operation) {
    case 'PutObject':
    case 'PutObjectAcl':
    case 'PutBucketAcl':
      return ruleOnAcl(scene);
    case 'PutBucketPolicy':
    case 'DeleteBucketPolicy':
      return ruleOnPolicy(scene);
    case 'PutBucketOwnershipControls':
      return ruleOnOwnership(scene);
    case 'DeleteBucketOwnershipControls':
    case 'DeletePublicAccessBlock':
      return { status: 204 };
    default:
      return ALLOWED;
  }
}
