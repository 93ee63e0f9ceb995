import { describe, expect, test } from 'vitest';
import { departureFrom } from '#core/drift.ts';
import type { JsonReading } from '#core/reading.ts';
import { printRef } from '#core/reference.ts';
import { kindsById } from '#kinds';
import { baselineOf, bucketRef, bucketState, gone, scanOf, seen, unseen } from '../builders.ts';

const of = (
  accepted: Parameters<typeof baselineOf>[0],
  observations: Parameters<typeof scanOf>[0],
  more: Parameters<typeof scanOf>[1] = {},
) => {
  const departure = departureFrom(baselineOf(accepted), scanOf(observations, more), kindsById);
  return {
    drifted: departure.drifts.flatMap((drift) => drift.changes.map((change) => `${drift.ref.id}#${change.path}`)),
    unreadable: departure.unreadable.map(
      ({ ref, path, code }) => `${ref?.id ?? 'listing'}${path === undefined ? '' : `#${path}`} ${code}`,
    ),
    newResources: departure.resourcesNotYetAccepted.map(({ id }) => id),
    newPaths: departure.pathsNotYetAccepted.map(({ ref, path }) => `${ref.id}#${path}`),
    notLookedAt: departure.notLookedAt.map(({ id }) => id),
  };
};
const nothing = { drifted: [], unreadable: [], newResources: [], newPaths: [], notLookedAt: [] };

const CUT_SHORT = {
  listings: [{ kind: 's3-bucket', region: 'us-east-1', shape: 1, complete: false, code: 'AccessDenied' }],
};
const REFUSED: JsonReading = { status: 'unreadable', code: 'AccessDenied' };
const POLICY: JsonReading = {
  status: 'present',
  value: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: ['*'] } }] },
};

describe('what is drift, and what is only not known', () => {
  test('the same state is nothing', () => expect(of([bucketState('a')], [seen(bucketState('a'))])).toEqual(nothing));

  test('a value that came', () =>
    expect(of([bucketState('a')], [seen(bucketState('a', { watched: { policy: POLICY } }))])).toEqual({
      ...nothing,
      drifted: ['a#policy'],
    }));

  test('a value that went', () =>
    expect(of([bucketState('a', { watched: { policy: POLICY } })], [seen(bucketState('a'))])).toEqual({
      ...nothing,
      drifted: ['a#policy'],
    }));

  test('a flag of a record is named by itself', () => {
    const block = (BlockPublicAcls: boolean): JsonReading => ({
      status: 'present',
      value: { BlockPublicAcls, IgnorePublicAcls: false },
    });
    expect(
      of(
        [bucketState('a', { watched: { publicAccessBlock: block(false) } })],
        [seen(bucketState('a', { watched: { publicAccessBlock: block(true) } }))],
      ),
    ).toEqual({
      ...nothing,
      drifted: ['a#publicAccessBlock.BlockPublicAcls'],
    });
  });

  test('not set and four times off are different states', () => {
    const off: JsonReading = {
      status: 'present',
      value: {
        BlockPublicAcls: false,
        IgnorePublicAcls: false,
        BlockPublicPolicy: false,
        RestrictPublicBuckets: false,
      },
    };
    expect(of([bucketState('a')], [seen(bucketState('a', { watched: { publicAccessBlock: off } }))])).toEqual({
      ...nothing,
      drifted: ['a#publicAccessBlock'],
    });
  });

  test('an accepted policy that can no longer be read is not reported as removed', () => {
    expect(
      of(
        [bucketState('a', { watched: { policy: POLICY } })],
        [seen(bucketState('a', { watched: { policy: REFUSED } }))],
      ),
    ).toEqual({ ...nothing, unreadable: ['a#policy AccessDenied'] });
  });

  test('what was unreadable when it was accepted is not yet accepted', () => {
    expect(
      of(
        [bucketState('a', { watched: { policy: REFUSED } })],
        [seen(bucketState('a', { watched: { policy: POLICY } }))],
      ),
    ).toEqual({ ...nothing, newPaths: ['a#policy'] });
  });

  test('skipped and then there is a change', () => {
    const enforced: JsonReading = { status: 'skipped', because: 'ownership-enforced' };
    const owned: JsonReading = { status: 'present', value: 'BucketOwnerEnforced' };
    const old: JsonReading = {
      status: 'present',
      value: [{ grantee: 'http://acs.amazonaws.com/groups/global/AllUsers', permission: 'READ' }],
    };
    expect(
      of(
        [bucketState('a', { watched: { acl: enforced, ownership: owned } })],
        [seen(bucketState('a', { watched: { acl: old } }))],
      ),
    ).toEqual({ ...nothing, drifted: ['a#acl', 'a#ownership'] });
  });

  test('skipped and then looked at and not there is nothing', () => {
    expect(of([bucketState('a')], [seen(bucketState('a', { watched: { website: { status: 'absent' } } }))])).toEqual(
      nothing,
    );
  });

  test('skipped for another reason is nothing', () => {
    expect(
      of(
        [bucketState('a')],
        [seen(bucketState('a', { watched: { website: { status: 'skipped', because: 'another reason' } } }))],
      ),
    ).toEqual(nothing);
  });
});

describe('coming and going', () => {
  test('created: in a kind and region that the baseline covers', () =>
    expect(of([], [seen(bucketState('new'))])).toEqual({ ...nothing, drifted: ['new#exists'] }));

  test('not yet accepted: in a region that the baseline does not cover', () => {
    expect(of([], [seen(bucketState('new', { region: 'eu-west-1' }))])).toEqual({ ...nothing, newResources: ['new'] });
  });

  test('deleted: the listing was complete and the thing itself answers that it is gone', () => {
    expect(of([bucketState('a')], [gone(bucketRef('a'))])).toEqual({ ...nothing, drifted: ['a#exists'] });
  });

  test('not deleted: it answers that it is gone, but the listing was cut short', () => {
    expect(of([bucketState('a')], [gone(bucketRef('a'))], CUT_SHORT)).toEqual({
      ...nothing,
      unreadable: ['listing AccessDenied', 'a NoSuchBucket'],
    });
  });

  test('not deleted: nobody asked it', () =>
    expect(of([bucketState('a')], [])).toEqual({ ...nothing, notLookedAt: ['a'] }));

  test('not deleted: it could not be read at all', () =>
    expect(of([bucketState('a')], [unseen(bucketRef('a'))])).toEqual({ ...nothing, unreadable: ['a AccessDenied'] }));

  test('gone, and nothing of it was ever accepted: nothing', () =>
    expect(of([], [gone(bucketRef('a'))])).toEqual(nothing));
});

test('a drift names the accepted version that it departs from', () => {
  const { drifts } = departureFrom(
    baselineOf([bucketState('a')]),
    scanOf([seen(bucketState('a', { watched: { policy: POLICY } }))]),
    kindsById,
  );
  expect(drifts.map(({ ref, baseline, episode }) => `${printRef(ref)} ${baseline} ${episode}`)).toEqual([
    '111122223333/us-east-1/s3-bucket/a 1 1',
  ]);
});

describe('a kind that learnt to read more', () => {
  const kind = kindsById.get('s3-bucket');
  if (!kind) throw new Error('no such kind');
  const grown = new Map([
    [
      's3-bucket',
      {
        ...kind,
        declaration: {
          ...kind.declaration,
          shape: 2,
          paths: { ...kind.declaration.paths, cors: { title: 'CORS', form: 'value' as const, since: 2 } },
        },
      },
    ],
  ]);
  const now = { ...bucketState('a', { watched: { cors: { status: 'present', value: 'anything' } } }), shape: 2 };

  test('gives no drift on what was accepted before; the path is not yet accepted', () => {
    const { drifts, pathsNotYetAccepted } = departureFrom(baselineOf([bucketState('a')]), scanOf([seen(now)]), grown);
    expect({ drifts, pathsNotYetAccepted }).toEqual({
      drifts: [],
      pathsNotYetAccepted: [{ ref: bucketRef('a'), path: 'cors' }],
    });
  });

  test('still sees what it saw before', () => {
    const changed = { ...now, watched: { ...now.watched, policy: POLICY } };
    expect(
      departureFrom(baselineOf([bucketState('a')]), scanOf([seen(changed)]), grown).drifts.flatMap((drift) =>
        drift.changes.map(({ path }) => path),
      ),
    ).toEqual(['policy']);
  });

  test('compares it once it is accepted', () => {
    const other = { ...now, watched: { ...now.watched, cors: { status: 'absent' as const } } };
    expect(
      departureFrom(baselineOf([now]), scanOf([seen(other)]), grown).drifts.flatMap((drift) =>
        drift.changes.map(({ path }) => path),
      ),
    ).toEqual(['cors']);
  });
});
