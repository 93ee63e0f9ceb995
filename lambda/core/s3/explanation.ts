import type { Breakage, Exposure } from '../change.ts';
import { grantText } from './acl-publicness.ts';
import { accessOf, type AccessInputs, type BucketAccess } from './access.ts';
import { effectOf, flipsBetween } from './access-change.ts';
import {
  ALL_FLAGS,
  BLOCK_FLAGS,
  BLOCK_LEVELS,
  countingFlags,
  sentenceOfBlock,
  type BlockFlag,
  type BlockLevel,
  type EffectiveFlag,
} from './block.ts';
import { wordOf } from './fact.ts';
import { sentenceOfFlag } from './flag-sentences.ts';
import { saidOfOwnership } from './setting-sentences.ts';
import type { Operation } from './operation.ts';
import { OPERATIONS } from './operations.ts';
import type { Outcome } from './outcome.ts';
import { partyText } from './party.ts';
import { isJsonObject, textOf, type Json, type JsonObject } from '../json.ts';
import { listOf } from '../policy.ts';
import type { Reading } from '../reading.ts';

/** Everything that a person asks of one bucket: who gets in, by which door, who holds it shut, and what turning a level would do. */
export interface Explanation {
  readonly public: 'yes' | 'no' | 'unknown';
  /** By which door everyone gets in; what shuts it; or why it cannot be told. */
  readonly because: string;
  readonly flags: readonly FlagExplanation[];
  /** What the effective flags do together; none where one of them is not known. */
  readonly block: string | undefined;
  readonly ownership: string;
  readonly policy: {
    readonly verdict: 'public' | 'not-public' | 'unknown' | 'none';
    readonly believed: 'own' | 'aws';
    readonly reasons: readonly string[];
    readonly letsIn: readonly string[];
    /** Deny statements, which no outcome here takes into account. */
    readonly denies: number;
  };
  readonly acl: { readonly verdict: 'public' | 'not-public' | 'unknown'; readonly because: string };
  readonly operations: readonly {
    readonly row: string;
    readonly title: string;
    readonly outcome: Outcome;
    /** Is there anything in this bucket that does it? */
    readonly isHere: 'yes' | 'no' | 'unknown';
    /** Whom its being allowed lets in. */
    readonly opens: Operation['opens'];
  }[];
  readonly whatIf: readonly WhatIf[];
}

export interface FlagExplanation extends EffectiveFlag {
  readonly flag: BlockFlag;
  /** What each level says of it. */
  readonly levels: Readonly<Record<BlockLevel, 'on' | 'off' | 'not set' | `unreadable (${string})`>>;
}

/** What one step would change. */
export interface WhatIf {
  /** What is turned: a flag, all four, or ACLs as a whole. */
  readonly what: BlockFlag | 'all four flags' | 'BucketOwnerEnforced';
  readonly level: BlockLevel;
  readonly turn: 'on' | 'off';
  readonly exposure: Exposure;
  readonly breakage: Breakage;
  readonly opensToWorld: boolean;
  readonly says: readonly string[];
  /** The rows that would flip. */
  readonly rows: readonly string[];
}

export function explanationOf(access: BucketAccess): Explanation {
  return {
    public: wordOf(access.isPublic),
    because: becauseOf(access),
    flags: BLOCK_FLAGS.map((flag) => ({ flag, ...access.block[flag], levels: levelsOf(access, flag) })),
    block: blockText(access),
    ownership: ownershipText(access),
    policy: policyPart(access),
    acl: aclPart(access),
    operations: OPERATIONS.map(({ row, title, opens, isHere, outcome }) => ({
      row,
      title,
      opens,
      outcome: outcome(access),
      isHere: wordOf(isHere(access)),
    })),
    whatIf: [
      ...BLOCK_LEVELS.flatMap((level) => BLOCK_FLAGS.flatMap((flag) => whatIfFlag(access, { level, flag }))),
      ...BLOCK_LEVELS.flatMap((level) => whatIfAll(access, level)),
      ...whatIfAclsOff(access),
    ],
  };
}

function becauseOf(access: BucketAccess): string {
  const { isPublic, policyIsPublic, aclIsPublic, aclsCount, flags } = access;
  if (isPublic.is === 'unknown') return isPublic.why;
  if (isPublic.is) return openBecause(access);
  const shut = [
    ...(policyIsPublic.is === 'unknown'
      ? ['RestrictPublicBuckets keeps everyone out, whatever the bucket policy says']
      : []),
    ...(policyIsPublic.is === true ? ['RestrictPublicBuckets shuts the door that the policy opens'] : []),
    ...(aclIsPublic.is === true
      ? [
          aclsCount.is === false
            ? 'ACLs are off (BucketOwnerEnforced)'
            : flags.IgnorePublicAcls.is === true
              ? 'IgnorePublicAcls shuts the door that the ACL opens'
              : 'RestrictPublicBuckets over a public policy shuts the door that the ACL opens',
        ]
      : []),
  ];
  return shut.length > 0 ? shut.join('; ') : 'neither the bucket policy nor its ACL opens a door to everyone';
}

/** By which doors; a policy may be public by S3's own rule and yet not be known to let anybody in. */
function openBecause({ policyIsPublic, aclIsPublic, aclsCount, flags, policyOpens }: BucketAccess): string {
  const isByPolicy = policyIsPublic.is === true && flags.RestrictPublicBuckets.is === false;
  const isByAcl = aclIsPublic.is === true && aclsCount.is === true && flags.IgnorePublicAcls.is === false;
  const opened = [policyOpens.toObjects, policyOpens.toOthers];
  const isOpen = opened.some(({ is }) => is === true);
  const doors = [...(isByPolicy && isOpen ? ['the bucket policy'] : []), ...(isByAcl ? ["the bucket's ACL"] : [])];
  const doubt = opened.find(({ is }) => is === 'unknown');
  const but = doubt?.is === 'unknown' ? `; ${doubt.why}` : ', though it lets in no unsigned request';
  return [
    ...(doors.length > 0 ? [`everyone gets in by ${doors.join(' and by ')}`] : []),
    ...(isByPolicy && !isOpen ? [`the bucket policy is public by S3's own rule${but}`] : []),
  ].join('; ');
}

function levelsOf({ inputs: { levels } }: BucketAccess, flag: BlockFlag): FlagExplanation['levels'] {
  const word = (level: BlockLevel): FlagExplanation['levels'][BlockLevel] => {
    const reading = levels[level];
    switch (reading.status) {
      case 'present':
        return reading.value[flag] ? 'on' : 'off';
      case 'unreadable':
        return `unreadable (${reading.code})`;
      case 'absent':
      case 'skipped':
        return 'not set';
    }
  };
  return { account: word('account'), bucket: word('bucket') };
}

function blockText({ block }: BucketAccess): string | undefined {
  const values = BLOCK_FLAGS.map((flag) => [flag, block[flag].value] as const);
  if (values.some(([, value]) => value === 'unknown')) return undefined;
  return sentenceOfBlock(Object.fromEntries(values) as Record<BlockFlag, boolean>);
}

function ownershipText({ inputs: { ownership } }: BucketAccess): string {
  switch (ownership.status) {
    case 'present':
      return textOf(ownership.value) ?? 'unreadable';
    case 'unreadable':
      return `unreadable (${ownership.code})`;
    case 'absent':
      return 'not set, which counts as ObjectWriter';
    case 'skipped':
      return 'not read';
  }
}

function policyPart({ inputs: { policy }, opinion, policyIsPublic }: BucketAccess): Explanation['policy'] {
  const words = { yes: 'public', no: 'not-public', unknown: 'unknown' } as const;
  return {
    verdict: policy.status === 'absent' ? 'none' : words[wordOf(policyIsPublic)],
    believed: opinion.aws === 'not-told' || policyIsPublic.is === 'unknown' ? 'own' : 'aws',
    denies: denialsIn(policy),
    reasons: opinion.own?.reasons ?? (opinion.why === undefined ? [] : [opinion.why]),
    letsIn: (opinion.own?.letsIn ?? []).map(partyText),
  };
}

function denialsIn(policy: Reading<JsonObject>): number {
  if (policy.status !== 'present') return 0;
  return listOf(policy.value['Statement'] ?? []).filter(
    (statement) => isJsonObject(statement) && textOf(statement['Effect'])?.toLowerCase() === 'deny',
  ).length;
}

function aclPart({ aclIsPublic, inputs: { acl } }: BucketAccess): Explanation['acl'] {
  if (aclIsPublic.is === 'unknown') return { verdict: 'unknown', because: aclIsPublic.why };
  const grants = acl.status === 'present' && Array.isArray(acl.value) ? (acl.value as readonly Json[]) : [];
  return {
    verdict: aclIsPublic.is ? 'public' : 'not-public',
    because: grants.length === 0 ? 'no grants' : grants.map(grantText).join(', '),
  };
}

function whatIfFlag(access: BucketAccess, { level, flag }: { level: BlockLevel; flag: BlockFlag }): readonly WhatIf[] {
  const flags = countingFlags(access.inputs.levels[level]);
  if (flags === undefined) return [];
  const isOn = !flags[flag];
  const after = accessOf(withFlags(access.inputs, { level, flags: { ...flags, [flag]: isOn } }));
  const says = [sentenceOfFlag({ flag, level, isOn, before: access, after })];
  return [stepTo(access, after, { what: flag, level, turn: isOn ? 'on' : 'off', says })];
}

/** All four at once, as a tool that hardens does it; not where one flag would be all there is to turn. */
function whatIfAll(access: BucketAccess, level: BlockLevel): readonly WhatIf[] {
  const flags = countingFlags(access.inputs.levels[level]);
  if (flags === undefined) return [];
  const off = BLOCK_FLAGS.filter((flag) => !flags[flag]);
  if (off.length < 2) return [];
  const after = accessOf(withFlags(access.inputs, { level, flags: ALL_FLAGS }));
  const moved = off.filter((flag) => whatIfFlag(access, { level, flag }).some(({ rows }) => rows.length > 0));
  const says = moved.map((flag) => sentenceOfFlag({ flag, level, isOn: true, before: access, after }));
  return [stepTo(access, after, { what: 'all four flags', level, turn: 'on', says })];
}

function whatIfAclsOff(access: BucketAccess): readonly WhatIf[] {
  if (access.aclsCount.is !== true) return [];
  const after = accessOf({ ...access.inputs, ownership: { status: 'present', value: 'BucketOwnerEnforced' } });
  const { effects } = saidOfOwnership({ before: access, after });
  return [stepTo(access, after, { what: 'BucketOwnerEnforced', level: 'bucket', turn: 'on', says: effects })];
}

function stepTo(
  before: BucketAccess,
  after: BucketAccess,
  step: Pick<WhatIf, 'what' | 'level' | 'turn' | 'says'>,
): WhatIf {
  const flips = flipsBetween(before, after);
  return { ...step, ...effectOf(flips), rows: flips.map(({ row }) => row) };
}

function withFlags(
  inputs: AccessInputs,
  { level, flags }: { level: BlockLevel; flags: Readonly<Record<BlockFlag, boolean>> },
): AccessInputs {
  return { ...inputs, levels: { ...inputs.levels, [level]: { status: 'present', value: flags } } };
}
