import { isJsonObject, type JsonObject } from '../json.ts';
import { unreadable, type JsonReading, type Reading } from '../reading.ts';
import { factOf, unknown, YES, type Fact } from './fact.ts';

/** The four flags of a public access block, at whatever level, as AWS spells them. */
export const BLOCK_FLAGS = [
  'BlockPublicAcls',
  'IgnorePublicAcls',
  'BlockPublicPolicy',
  'RestrictPublicBuckets',
] as const;

export type BlockFlag = (typeof BLOCK_FLAGS)[number];
export type BlockFlags = Readonly<Record<BlockFlag, boolean>>;

export const NO_FLAGS: BlockFlags = {
  BlockPublicAcls: false,
  IgnorePublicAcls: false,
  BlockPublicPolicy: false,
  RestrictPublicBuckets: false,
};

export const ALL_FLAGS: BlockFlags = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

/** Where a block can be set. What is read at the account is the organisation's value where that holds (aws-facts §1.3). */
export const BLOCK_LEVELS = ['account', 'bucket'] as const;
export type BlockLevel = (typeof BLOCK_LEVELS)[number];

/** A flag that the answer leaves out is off (aws-facts §1.3). */
export function blockFlags(
  configuration: Partial<Record<BlockFlag, boolean | undefined>> | undefined,
): Record<BlockFlag, boolean> {
  return {
    BlockPublicAcls: configuration?.BlockPublicAcls ?? false,
    IgnorePublicAcls: configuration?.IgnorePublicAcls ?? false,
    BlockPublicPolicy: configuration?.BlockPublicPolicy ?? false,
    RestrictPublicBuckets: configuration?.RestrictPublicBuckets ?? false,
  };
}

/** The flags that one level sets: unset means four times off (aws-facts §1.3); a level that nobody read is not known. */
export function flagsAt(reading: JsonReading | undefined): Reading<BlockFlags> {
  switch (reading?.status) {
    case 'present':
      return isJsonObject(reading.value)
        ? { status: 'present', value: flagsIn(reading.value) }
        : unreadable('MalformedBlock');
    case 'absent':
    case 'unreadable':
      return reading;
    case 'skipped':
    case undefined:
      return unreadable(NOT_READ);
  }
}

/** The flags that count at a level: unset is four times off; nothing where it was not read. */
export function countingFlags(level: Reading<BlockFlags>): BlockFlags | undefined {
  if (level.status === 'present') return level.value;
  return level.status === 'absent' ? NO_FLAGS : undefined;
}

function flagsIn(value: JsonObject): BlockFlags {
  return blockFlags(Object.fromEntries(BLOCK_FLAGS.map((flag) => [flag, value[flag] === true])));
}

/** One flag as it counts for a bucket. */
export interface EffectiveFlag {
  readonly value: boolean | 'unknown';
  /** Every level that sets it. */
  readonly setBy: readonly BlockLevel[];
  /** Levels at which turning it off would change nothing, since another one sets it too. */
  readonly redundantAt: readonly BlockLevel[];
  /** Levels that could not be read. */
  readonly unreadableAt: readonly BlockLevel[];
}

export type EffectiveBlock = Readonly<Record<BlockFlag, EffectiveFlag>>;
export type BlockReadings = Readonly<Record<BlockLevel, Reading<BlockFlags>>>;

/** What counts for a bucket: S3 applies the most restrictive combination, so each flag is an OR over its levels (aws-facts §1.2). */
export function effectiveBlock(levels: BlockReadings): EffectiveBlock {
  const one = (flag: BlockFlag): EffectiveFlag => {
    const setBy = BLOCK_LEVELS.filter((level) => isSet(levels[level], flag));
    const unreadableAt = BLOCK_LEVELS.filter((level) => levels[level].status === 'unreadable');
    return {
      value: setBy.length > 0 ? true : unreadableAt.length > 0 ? 'unknown' : false,
      setBy,
      redundantAt: setBy.length > 1 ? setBy : [],
      unreadableAt,
    };
  };
  return {
    BlockPublicAcls: one('BlockPublicAcls'),
    IgnorePublicAcls: one('IgnorePublicAcls'),
    BlockPublicPolicy: one('BlockPublicPolicy'),
    RestrictPublicBuckets: one('RestrictPublicBuckets'),
  };
}

export function isSet(level: Reading<BlockFlags>, flag: BlockFlag): boolean {
  return level.status === 'present' && level.value[flag];
}

/** Is a flag in force for a bucket? */
export function flagFact(levels: BlockReadings, flag: BlockFlag): Fact {
  const { value } = effectiveBlock(levels)[flag];
  if (value !== 'unknown') return factOf(value);
  const [level] = BLOCK_LEVELS.flatMap((name) => {
    const reading = levels[name];
    return reading.status === 'unreadable' ? [{ name, code: reading.code }] : [];
  });
  return level === undefined ? YES : unknown(`the ${level.name}'s block ${notReadText(level.code)}`);
}

/** `could not be read (AccessDenied)`, or that nobody tried. */
export function notReadText(code: string): string {
  return code === NOT_READ ? 'was not read' : `could not be read (${code})`;
}

/** The code of what was not asked for. */
export const NOT_READ = 'NotRead';

/** What a combination of the four flags does, in one sentence: the sixteen rows of aws-facts §3.3. */
export function sentenceOfBlock(flags: BlockFlags): string {
  const { BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets } = flags;
  const acls = BlockPublicAcls
    ? ['new public ACLs are refused', IgnorePublicAcls ? 'stored ones grant nothing' : 'stored ones grant']
    : IgnorePublicAcls
      ? ['public ACLs are accepted and grant nothing']
      : [];
  const parts = [
    ...acls,
    ...(BlockPublicPolicy ? ['new public policies are refused'] : []),
    ...(RestrictPublicBuckets ? ['a public policy lets in only AWS services and the own account'] : []),
  ];
  if (parts.length === 0) return 'Nothing is blocked: public ACLs and public policies are accepted, and work.';
  const text = `${parts.join('; ')}.`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}
