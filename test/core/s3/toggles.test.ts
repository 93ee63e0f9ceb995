import { describe, expect, test } from 'vitest';
import { bestKnown } from '#core/accepted-state.ts';
import { compareStates } from '#core/comparison.ts';
import { joined } from '#core/s3/access-change.ts';
import { outcomesOf } from '#core/s3/operations.ts';
import { sentenceOfBlock, type BlockFlags } from '#core/s3/block.ts';
import { accessOfState } from '#kinds/s3-bucket/access.ts';
import { judge } from '#kinds/s3-bucket/judge.ts';
import { judge as accountJudge } from '#kinds/s3-account-block/judge.ts';
import { kindsById } from '#kinds';
import { accountState, blockOf, bucketOf } from './buckets.ts';
import { COLUMNS, SIXTEEN_ROWS, type Column } from './block.cases.ts';
import { ACCOUNT_TOGGLES, TOGGLES, type BucketSide } from './toggles.cases.ts';

const kindOf = (id: string) => {
  const kind = kindsById.get(id);
  if (kind === undefined) throw new Error(`no kind ${id}`);
  return kind;
};

describe('what one change of a setting does to a bucket', () => {
  test.each(TOGGLES)('$case ($fact)', ({ bucket, before, after, exposure, breakage, opensToWorld, effects, flips }) => {
    const [was, is] = [bucketOf({ ...bucket, ...before }), bucketOf({ ...bucket, ...after })];
    const context = { 's3-account-block': accountState({ ...bucket, ...after }.account ?? '-') };
    const { changes } = compareStates(kindOf('s3-bucket'), was, is);
    // As a comparison of scans does: an ACL that was seen unmasked is known better than a masked one.
    const known = bestKnown(is, was, kindOf('s3-bucket'));
    const judged = judge.changes(changes, { before: was, after: known, contexts: { before: context, after: context } });
    const effect = joined(judged.map((change) => ({ ...change, opensToWorld: change.opensToWorld === true })));
    expect([...new Set(judged.flatMap((change) => change.effects ?? []))]).toEqual(effects);
    expect(new Set(judged.flatMap((change) => (change.flips ?? []).map(({ row }) => row)))).toEqual(new Set(flips));
    expect(effect).toEqual({ exposure, breakage, opensToWorld: opensToWorld ?? false });
  });
});

describe("what a change of the account's block means", () => {
  test.each(ACCOUNT_TOGGLES)('$case ($fact)', ({ before, after, effects }) => {
    const [was, is] = [accountState(before), accountState(after)];
    const { changes } = compareStates(kindOf('s3-account-block'), was, is);
    const judged = accountJudge.changes(changes, { before: was, after: is, contexts: { before: {}, after: {} } });
    expect(judged.flatMap((change) => change.effects ?? [])).toEqual(effects);
  });
});

describe('the sixteen effective combinations (aws-facts §3.3)', () => {
  /** For each column of the table: the bucket that it presumes, and the row of §3.2 that answers it. */
  const columns: Record<Column, { bucket: BucketSide; row: string }> = {
    Wpub: { bucket: { ownership: 'ObjectWriter' }, row: 'W4' },
    Racl: { bucket: { ownership: 'ObjectWriter' }, row: 'R1' },
    // Either door: the policy may let in whom the ACL no longer does (aws-facts §3.3, notes).
    RaclP: { bucket: { ownership: 'ObjectWriter', policy: 'public', website: 'set' }, row: 'H1' },
    Rpol: { bucket: { ownership: 'BucketOwnerEnforced', policy: 'public' }, row: 'R4' },
    Xmix: { bucket: { ownership: 'BucketOwnerEnforced', policy: 'mixed' }, row: 'X2' },
    Ppub: { bucket: { ownership: 'BucketOwnerEnforced' }, row: 'P1' },
    'BOE-Wpub': { bucket: { ownership: 'BucketOwnerEnforced' }, row: 'W4' },
  };
  const levels = [
    { where: 'at the account', side: (flags: string) => ({ account: flags, block: '-' }) },
    { where: 'at the bucket', side: (flags: string) => ({ account: '-', block: flags }) },
    {
      where: 'half at each',
      side: (flags: string) => ({ account: `${flags.slice(0, 2)}00`, block: `00${flags.slice(2)}` }),
    },
    { where: 'at both', side: (flags: string) => ({ account: flags, block: flags }) },
  ];
  const cases = levels.flatMap((level) => SIXTEEN_ROWS.map((row) => ({ ...level, ...row })));

  test.each(cases)('$flags $where', ({ flags, cells, side }) => {
    const seen = COLUMNS.map((column) => {
      const { bucket, row } = columns[column];
      const sides = { policy: 'none', acl: 'private', website: '-', ...bucket, ...side(flags) } as const;
      return cellOf(
        outcomesOf(accessOfState(bucketOf(sides), { 's3-account-block': accountState(sides.account) }))[row],
      );
    });
    expect(seen).toEqual(cells);
  });

  test.each(SIXTEEN_ROWS)('$flags: $says', ({ flags, says }) => {
    const { value } = blockOf(flags) as unknown as { value: BlockFlags };
    expect(sentenceOfBlock(value)).toBe(says);
  });
});

function cellOf(outcome: ReturnType<typeof outcomesOf>[string] | undefined): string {
  switch (outcome?.outcome) {
    case 'allowed':
      return 'ok';
    case 'silently-useless':
      return 'ok*';
    case 'denied':
      return outcome.or === undefined ? String(outcome.http) : `${outcome.http}|${outcome.or.http}`;
    default:
      return 'unknown';
  }
}
