/** Laws over the whole cube: 4 + 4 flags × ownership × ACL × policy. */
import { describe, expect, test } from 'vitest';
import { unreadable, type JsonReading } from '#core/reading.ts';
import { accessOf, type AccessInputs } from '#core/s3/access.ts';
import { effectOf, flipsBetween } from '#core/s3/access-change.ts';
import { BLOCK_FLAGS, BLOCK_LEVELS, countingFlags, type BlockFlags } from '#core/s3/block.ts';
import { outcomesOf } from '#core/s3/operations.ts';
import type { Outcome } from '#core/s3/outcome.ts';
import { accessInputsOf } from '#kinds/s3-bucket/access.ts';
import { accountState, bucketOf } from './buckets.ts';
import { CUBE, type Levels } from './cube.ts';
import type { BucketSide } from './toggles.cases.ts';

const OWNERSHIPS = ['BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter', '-', 'refused'] as const;
const ACLS = ['private', 'public', 'partner', 'logs', 'refused'] as const;
const POLICIES = ['none', 'named', 'mixed', 'public', 'service', 'denied', 'refused'] as const;

type Side = Pick<BucketSide, 'ownership' | 'acl' | 'policy'>;

function inputsOf(levels: Levels, side: Side): AccessInputs {
  const state = bucketOf({ ...side, account: levels.account, block: levels.bucket, website: 'set' });
  const stored = bucketOf({ acl: side.acl ?? 'private' }).watched['acl'] as JsonReading;
  const context = { 's3-account-block': accountState(levels.account) };
  return { ...accessInputsOf(state, context), acl: stored, aclMask: 'nothing' };
}

const SIDES: readonly Side[] = OWNERSHIPS.flatMap((ownership) =>
  ACLS.flatMap((acl) => POLICIES.map((policy) => ({ ownership, acl, policy }))),
);

const outcomesIn = (inputs: AccessInputs): Readonly<Record<string, Outcome>> => outcomesOf(accessOf(inputs));

function withFlag(inputs: AccessInputs, level: 'account' | 'bucket', flags: BlockFlags): AccessInputs {
  return { ...inputs, levels: { ...inputs.levels, [level]: { status: 'present', value: flags } } };
}

describe.each(OWNERSHIPS)('ownership %s', (ownership) => {
  const sides = SIDES.filter((side) => side.ownership === ownership);

  test('turning a flag on never widens exposure, and never opens to the world', () => {
    const breaches: unknown[] = [];
    for (const side of sides) {
      for (const levels of CUBE) {
        const inputs = inputsOf(levels, side);
        const before = accessOf(inputs);
        for (const level of BLOCK_LEVELS) {
          const flags = countingFlags(inputs.levels[level]);
          for (const flag of BLOCK_FLAGS) {
            if (flags === undefined || flags[flag]) continue;
            const after = accessOf(withFlag(inputs, level, { ...flags, [flag]: true }));
            const effect = effectOf(flipsBetween(before, after));
            if (effect.exposure === 'widened' || effect.opensToWorld)
              breaches.push({ ...levels, ...side, level, flag });
          }
        }
      }
    }
    expect(breaches).toEqual([]);
  });

  test('outcomes depend on the levels through their OR alone, so a redundant level changes none', () => {
    const breaches: unknown[] = [];
    for (const side of sides) {
      const byEffective = new Map<string, string>();
      for (const levels of CUBE) {
        const effective = [0, 1, 2, 3].map((place) =>
          levels.account[place] === '1' || levels.bucket[place] === '1' ? 1 : 0,
        );
        // A masked ACL and the level that is named in a text are no outcome: only what happens counts.
        const told = JSON.stringify(outcomesIn(inputsOf(levels, side)));
        const known = byEffective.get(effective.join(''));
        if (known === undefined) byEffective.set(effective.join(''), told);
        else if (known !== told) breaches.push({ ...levels, ...side });
      }
    }
    expect(breaches).toEqual([]);
  });
});

describe('what is not known never makes a definite answer that depends on it', () => {
  /** For each input that may be unknown, everything that it might be. */
  const hidden: readonly {
    what: string;
    hide: (inputs: AccessInputs) => AccessInputs;
    possible: (levels: Levels, side: Side) => readonly AccessInputs[];
  }[] = [
    {
      what: "the account's block",
      hide: (inputs) => ({ ...inputs, levels: { ...inputs.levels, account: unreadable('AccessDenied') } }),
      possible: (levels, side) => ALL_DIGITS.map((account) => inputsOf({ ...levels, account }, side)),
    },
    {
      what: "the bucket's block",
      hide: (inputs) => ({ ...inputs, levels: { ...inputs.levels, bucket: unreadable('AccessDenied') } }),
      possible: (levels, side) => ALL_DIGITS.map((bucket) => inputsOf({ ...levels, bucket }, side)),
    },
    {
      what: 'the policy',
      hide: (inputs) => ({ ...inputs, policy: unreadable('AccessDenied') }),
      possible: (levels, side) =>
        (['none', 'named', 'mixed', 'public', 'service'] as const).map((policy) =>
          inputsOf(levels, { ...side, policy }),
        ),
    },
    {
      what: 'ownership',
      hide: (inputs) => ({ ...inputs, ownership: unreadable('AccessDenied') }),
      possible: (levels, side) =>
        (['BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter', '-'] as const).map((ownership) =>
          inputsOf(levels, { ...side, ownership }),
        ),
    },
    {
      what: 'the ACL',
      hide: (inputs) => ({ ...inputs, acl: unreadable('AccessDenied') }),
      possible: (levels, side) =>
        (['private', 'public', 'partner', 'logs'] as const).map((acl) => inputsOf(levels, { ...side, acl })),
    },
  ];
  const ALL_DIGITS = [...new Set(CUBE.map(({ account }) => account))];
  const known = SIDES.filter((side) => !Object.values(side).includes('refused') && side.policy !== 'denied');
  /** A part of the cube: the effective combinations, each split in another way. */
  const levels = CUBE.filter((_, place) => place % 7 === 0);

  test.each(hidden)('$what', ({ hide, possible }) => {
    const breaches: unknown[] = [];
    for (const side of known) {
      for (const level of levels) {
        const blind = outcomesIn(hide(inputsOf(level, side)));
        const worlds = possible(level, side).map(outcomesIn);
        for (const [row, outcome] of Object.entries(blind)) {
          if (outcome.outcome === 'unknown') continue;
          const others = worlds.filter(
            (world) => world[row]?.outcome !== outcome.outcome && world[row]?.outcome !== 'unknown',
          );
          if (others.length > 0) breaches.push({ ...level, ...side, row, blind: outcome.outcome });
        }
      }
    }
    expect(breaches.slice(0, 10)).toEqual([]);
  });
});
