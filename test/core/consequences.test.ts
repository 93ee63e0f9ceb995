import { describe, expect, test } from 'vitest';
import { departureFrom } from '#core/drift.ts';
import { printRef } from '#core/reference.ts';
import { groupDrifts } from '#core/grouping.ts';
import type { Scan } from '#core/scan.ts';
import type { Observation, State } from '#core/state.ts';
import { kindsById } from '#kinds';
import { consequenceLines } from '#render/effect-lines.ts';
import { baselineOf, bucketRef, gone, scanOf, seen, unseen } from '../builders.ts';
import { accountState, bucketOf } from './s3/buckets.ts';
import type { BucketSide } from './s3/toggles.cases.ts';

const named = (id: string, side: BucketSide): State => ({ ...bucketOf(side), ref: bucketRef(id) });
const legacy: BucketSide = { ownership: '-', acl: 'private', policy: 'none' };
const enforced: BucketSide = { ownership: 'BucketOwnerEnforced', policy: 'none' };

interface More {
  readonly scan?: Partial<Scan>;
  /** What else is seen. */
  readonly others?: readonly Observation[];
  /** What else was accepted. */
  readonly accepted?: readonly State[];
}

/** The account's block moved from one value to another, over these buckets. */
function moved(
  [from, to]: readonly [string, string],
  buckets: Readonly<Record<string, BucketSide>>,
  { scan: more = {}, others = [], accepted = [] }: More = {},
) {
  const before = Object.entries(buckets).map(([id, side]) => named(id, { ...side, account: from }));
  const after = Object.entries(buckets).map(([id, side]) => {
    const state = named(id, { ...side, account: to });
    // What IgnorePublicAcls hides is not read any more.
    return to[1] === '1' && side.acl === 'public'
      ? {
          ...state,
          watched: {
            ...state.watched,
            acl: bucketOf({ acl: 'private' }).watched['acl'] ?? { status: 'absent' as const },
          },
        }
      : state;
  });
  const baseline = baselineOf([accountState(from), ...before, ...accepted], {
    covers: [
      { kind: 's3-bucket', region: 'us-east-1', shape: 1 },
      { kind: 's3-account-block', region: 'global', shape: 1 },
    ],
  });
  const scan = scanOf([seen(accountState(to)), ...after.map(seen), ...others], more);
  return departureFrom(baseline, scan, kindsById);
}

describe("the account's block moves", () => {
  const buckets: Record<string, BucketSide> = {
    exports: { ...legacy, acl: 'public' },
    site: { ...legacy, acl: 'public', website: 'set' },
    documents: legacy,
    modern: { ...enforced, block: '1111' },
    shared: { ...enforced, policy: 'mixed', block: '0010' },
  };

  test('every bucket is judged with the value before and after, and those that flip alike stand together', () => {
    const { drifts, consequences } = moved(['-', '1111'], buckets);
    expect(drifts.map(({ ref }) => printRef(ref))).toEqual(['111122223333/global/s3-account-block/account']);
    expect(drifts[0]?.changes).toMatchObject([{ exposure: 'narrowed', breakage: 'breaks', opensToWorld: false }]);
    expect(consequences.map((one) => `\n${consequenceLines(one).join('\n')}\n`).join('')).toMatchInlineSnapshot(`
      "
      4 of 5 s3-bucket affected, each judged as it was and as it is (read at 2026-01-01 00:00:00 UTC):
        allowed → 403 AccessDenied
          Upload with a public ACL; Change to a public ACL; Put a public bucket policy; Presigned upload with a public ACL: on 3 (site, exports, documents)
          Anonymous listing by the bucket's ACL: on 2 (site, exports)
          Anonymous read by the bucket policy; Another account that the policy names; Log delivery and partners named by account id; Presigned read, signed by another account: on 1 (shared)
        allowed → 403 AccessDenied, where there is any
          Anonymous read by an object's ACL; Read by any AWS account, by an object's ACL: on 3 (site, exports, documents)
          CloudFront over the website endpoint; Website endpoint: on 1 (site)
        perhaps
          Put a public access point policy; Another account, by an ACL that is also public: on 3 (site, exports, documents)
        not affected: 1
        if it is taken back as it was, everyone gets in to: exports, site, shared
      "
    `);
  });

  test('and back: everything that was stored is open again', () => {
    const { drifts, consequences } = moved(['1111', '-'], buckets);
    expect(drifts[0]?.changes).toMatchObject([{ exposure: 'widened', breakage: 'restores', opensToWorld: true }]);
    expect(groupDrifts(drifts, consequences)).toMatchObject([
      { severity: 'critical', consequences: [{ notAffected: 1 }] },
    ]);
    expect(
      consequences[0]?.affected.map(({ opensToWorld, resources }) => [opensToWorld, resources.map(({ id }) => id)]),
    ).toEqual([
      [true, ['site']],
      [true, ['exports']],
      [true, ['shared']],
      [false, ['documents']],
    ]);
  });

  test('what opens is said first, in lines of a width', () => {
    const { consequences } = moved(['1111', '-'], buckets);
    const lines = consequences.flatMap((one) => consequenceLines(one, { indent: 2, width: 80 }));
    expect(`\n${lines.join('\n')}\n`).toMatchInlineSnapshot(`
      "
        4 of 5 s3-bucket affected, each judged as it was and as it is (read at
          2026-01-01 00:00:00 UTC):
          opens to the world: site, exports, shared
          403 AccessDenied → allowed
            Upload with a public ACL; Change to a public ACL; Put a public bucket
              policy; Presigned upload with a public ACL: on 3 (site, exports,
              documents)
            Anonymous listing by the bucket's ACL: on 2 (site, exports)
            Anonymous read by the bucket policy; Another account that the policy
              names; Log delivery and partners named by account id; Presigned read,
              signed by another account: on 1 (shared)
          403 AccessDenied → allowed, where there is any
            Anonymous read by an object's ACL; Read by any AWS account, by an object's
              ACL: on 3 (site, exports, documents)
            CloudFront over the website endpoint; Website endpoint: on 1 (site)
          perhaps
            Put a public access point policy; Another account, by an ACL that is also
              public: on 3 (site, exports, documents)
          not affected: 1
      "
    `);
    expect(
      Math.max(
        ...lines
          .join('\n')
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(80);
  });

  test('of two findings alike, the one that reaches further comes first', () => {
    const { drifts, consequences } = moved(['-', '1111'], buckets);
    const [was, is] = [named('aaa', { ...legacy, acl: 'public' }), named('aaa', legacy)];
    const covers = [{ kind: 's3-bucket', region: 'us-east-1', shape: 1 }];
    const other = departureFrom(
      baselineOf([accountState('-'), was], { covers }),
      scanOf([seen(accountState('-')), seen(is)]),
      kindsById,
    );
    const findings = groupDrifts([...other.drifts, ...drifts], consequences);
    expect(findings.map((finding) => [finding.severity, finding.drifts[0]?.ref.id])).toEqual([
      ['high', 'account'],
      ['high', 'aaa'],
    ]);
  });

  test('where every bucket sets it itself, nothing follows', () => {
    const { drifts, consequences } = moved(['-', '1111'], {
      a: { ...enforced, block: '1111' },
      b: { ...legacy, block: '1111' },
    });
    expect(drifts[0]?.changes).toMatchObject([{ exposure: 'same', breakage: 'none' }]);
    expect(consequences).toMatchObject([{ affected: [], notAffected: 2, unknown: [] }]);
  });

  test('four falses instead of none: a change of state, and of nothing else', () => {
    const { drifts } = moved(['0000', '-'], buckets);
    expect(drifts[0]?.changes).toMatchObject([{ exposure: 'same', breakage: 'none' }]);
    expect(groupDrifts(drifts)).toMatchObject([{ severity: 'low' }]);
  });
});

describe('what could not be read', () => {
  test('a bucket of which nothing was read, or not what matters, is neither affected nor not affected', () => {
    const { drifts, consequences } = moved(
      ['-', '0001'],
      { policyRefused: { ...enforced, policy: 'refused' }, fine: enforced },
      { others: [unseen(bucketRef('closed'))], accepted: [named('closed', enforced)] },
    );
    expect(drifts[0]?.changes).toMatchObject([{ exposure: 'unknown', breakage: 'unknown' }]);
    expect(consequences.map((one) => `\n${consequenceLines(one).join('\n')}\n`).join('')).toMatchInlineSnapshot(`
      "
      0 of 3 s3-bucket affected, each judged as it was and as it is (read at 2026-01-01 00:00:00 UTC):
        not affected: 1
        cannot be told of 1 (policyRefused): the bucket policy could not be read (AccessDenied)
        cannot be told of 1 (closed): nothing of it could be read (AccessDenied)
      "
    `);
  });

  test('nothing can be told of any of them: it does not say that none is affected', () => {
    const { consequences } = moved(['-', '0001'], { policyRefused: { ...enforced, policy: 'refused' } });
    expect(consequences.flatMap((one) => consequenceLines(one))).toEqual([
      'Whether any of 1 s3-bucket is affected cannot be told:',
      '  cannot be told of 1 (policyRefused): the bucket policy could not be read (AccessDenied)',
    ]);
  });

  test('a listing that was cut short says that there may be more, and nothing is "none"', () => {
    const listings = [{ kind: 's3-bucket', region: 'us-east-1', shape: 1, complete: false, code: 'AccessDenied' }];
    const { drifts, consequences } = moved(
      ['-', '1111'],
      { a: { ...enforced, block: '1111' } },
      { scan: { listings } },
    );
    expect(drifts[0]?.changes).toMatchObject([{ exposure: 'unknown', breakage: 'unknown' }]);
    expect(consequences[0]?.incomplete).toEqual(['us-east-1']);
  });

  test('a bucket that is gone has nothing left to lose', () => {
    const { consequences } = moved(['-', '1000'], { a: legacy }, { others: [gone(bucketRef('away'))] });
    expect(consequences).toMatchObject([{ affected: [{ resources: [{ id: 'a' }] }], notAffected: 0, unknown: [] }]);
  });

  test('a bucket that was made since had nothing to lose: what it is now is told of itself', () => {
    const { consequences } = moved(
      ['-', '1000'],
      { a: legacy },
      { others: [seen(named('fresh', legacy)), unseen(bucketRef('fresh-and-closed'))] },
    );
    expect(consequences).toMatchObject([{ affected: [{ resources: [{ id: 'a' }] }], notAffected: 0, unknown: [] }]);
  });

  test('how old the states are, is how old the oldest is', () => {
    const old = { ...named('old', legacy), takenAt: '2025-12-31T23:00:00.000Z' };
    const { consequences } = moved(['-', '1000'], { a: legacy }, { others: [seen(old)], accepted: [old] });
    expect(consequences[0]?.takenAt).toBe('2025-12-31T23:00:00.000Z');
  });
});
