import { describe, expect, test } from 'vitest';
import { accept, type AcceptRequest, type Baseline } from '#core/baseline.ts';
import { departureFrom } from '#core/drift.ts';
import type { JsonReading } from '#core/reading.ts';
import { printRef } from '#core/reference.ts';
import { kindsById } from '#kinds';
import { baselineOf, bucketRef, bucketState, FIRST, gone, scanOf, seen, T0, unseen } from '../builders.ts';

const REFUSED: JsonReading = { status: 'unreadable', code: 'AccessDenied' };
const ENFORCED: JsonReading = { status: 'present', value: 'BucketOwnerEnforced' };
const acceptance = { at: T0, by: 'arn:aws:iam::111122223333:user/ben', reason: 'looked right' };

const acceptAll = (before: Baseline | undefined, request: Partial<AcceptRequest> & Pick<AcceptRequest, 'scan'>) =>
  accept(before, { comparedWith: before?.accepted.generation ?? 0, what: 'all', acceptance, ...request });
const stateIn = (baseline: Baseline, id: string) => baseline.states.get(printRef(bucketRef(id)));

describe('accepting everything that a scan showed', () => {
  test('makes a first baseline that covers what was listed completely', () => {
    const { baseline } = acceptAll(undefined, { scan: scanOf([seen(bucketState('a')), seen(bucketState('b'))]) });
    expect({ generation: baseline.accepted.generation, covers: baseline.covers, states: baseline.states.size }).toEqual(
      {
        generation: 1,
        covers: [{ kind: 's3-bucket', region: 'us-east-1', shape: 1 }],
        states: 2,
      },
    );
  });

  test('does not cover what was not listed completely', () => {
    const scan = scanOf([seen(bucketState('a'))], {
      listings: [{ kind: 's3-bucket', region: 'us-east-1', shape: 1, complete: false }],
    });
    expect(acceptAll(undefined, { scan }).baseline.covers).toEqual([]);
  });

  test('leaves a scan of the same with nothing to tell', () => {
    const scan = scanOf([seen(bucketState('a')), unseen(bucketRef('b')), gone(bucketRef('c'))]);
    const { baseline } = acceptAll(undefined, { scan });
    const { drifts, resourcesNotYetAccepted } = departureFrom(baseline, scan, kindsById);
    expect({ drifts, resourcesNotYetAccepted }).toEqual({ drifts: [], resourcesNotYetAccepted: [] });
  });

  test('gives a new version only to what changed', () => {
    const { baseline, accepted } = acceptAll(baselineOf([bucketState('a'), bucketState('b')]), {
      scan: scanOf([seen(bucketState('a')), seen(bucketState('b', { watched: { ownership: ENFORCED } }))]),
    });
    expect(accepted.map(({ id }) => id)).toEqual(['b']);
    expect([stateIn(baseline, 'a')?.version, stateIn(baseline, 'b')?.version]).toEqual([
      FIRST,
      { ...acceptance, generation: 2 },
    ]);
  });

  test('takes out what is gone, and only where that may be said', () => {
    const before = baselineOf([bucketState('a'), bucketState('b')]);
    expect([
      ...acceptAll(before, { scan: scanOf([gone(bucketRef('a')), seen(bucketState('b'))]) }).baseline.states.keys(),
    ]).toEqual([printRef(bucketRef('b'))]);
    const cut = scanOf([gone(bucketRef('a'))], {
      listings: [{ kind: 's3-bucket', region: 'us-east-1', shape: 1, complete: false }],
    });
    expect(acceptAll(before, { scan: cut }).baseline.states.size).toBe(2);
  });

  test('an unreadable reading never replaces an accepted one', () => {
    const { baseline, unread } = acceptAll(baselineOf([bucketState('a', { watched: { ownership: ENFORCED } })]), {
      scan: scanOf([seen(bucketState('a', { watched: { ownership: REFUSED } }))]),
    });
    expect(stateIn(baseline, 'a')?.state.watched['ownership']).toEqual(ENFORCED);
    expect(unread).toEqual([{ ref: bucketRef('a'), path: 'ownership' }]);
  });

  test('what could not be read at all is not "created" on the day that it can be', () => {
    const { baseline } = acceptAll(undefined, { scan: scanOf([unseen(bucketRef('a'))]) });
    const departure = departureFrom(baseline, scanOf([seen(bucketState('a'))]), kindsById);
    expect({ drifts: departure.drifts, paths: departure.pathsNotYetAccepted.length }).toEqual({ drifts: [], paths: 5 });
  });

  test('a scan of fewer regions takes nothing from the others', () => {
    const before = baselineOf([bucketState('far', { region: 'eu-west-1' })], {
      covers: [{ kind: 's3-bucket', region: 'eu-west-1', shape: 1 }],
    });
    const { baseline } = acceptAll(before, { scan: scanOf([seen(bucketState('near'))]) });
    expect([baseline.states.size, baseline.covers.map(({ region }) => region)]).toEqual([
      2,
      ['eu-west-1', 'us-east-1'],
    ]);
  });
});

describe('accepting what a person named', () => {
  const before = baselineOf([bucketState('a'), bucketState('b')]);
  const changed = (id: string) =>
    seen(
      bucketState(id, { watched: { ownership: ENFORCED, policy: { status: 'present', value: { Statement: [] } } } }),
    );
  const scan = scanOf([changed('a'), changed('b')]);

  test('a resource, and no other', () => {
    const { accepted, baseline } = acceptAll(before, { scan, what: [{ ref: bucketRef('a'), path: undefined }] });
    expect([accepted.map(({ id }) => id), stateIn(baseline, 'b')?.version]).toEqual([['a'], FIRST]);
  });

  test('one path of a resource, and no other', () => {
    const { baseline } = acceptAll(before, { scan, what: [{ ref: bucketRef('a'), path: 'ownership' }] });
    const { watched } = stateIn(baseline, 'a')?.state ?? bucketState('none');
    expect([watched['ownership'], watched['policy']]).toEqual([ENFORCED, { status: 'absent' }]);
  });

  test('one after the other from the same scan', () => {
    const first = acceptAll(before, { scan, what: [{ ref: bucketRef('a'), path: undefined }] }).baseline;
    const second = accept(first, {
      scan,
      comparedWith: 1,
      what: [{ ref: bucketRef('b'), path: undefined }],
      acceptance,
    });
    expect(second.accepted.map(({ id }) => id)).toEqual(['b']);
  });

  test('not what somebody accepted otherwise since the scan', () => {
    const theirs = acceptAll(before, {
      scan: scanOf([seen(bucketState('a', { watched: { ownership: { status: 'present', value: 'ObjectWriter' } } }))]),
    }).baseline;
    expect(() => accept(theirs, { scan, comparedWith: 1, what: 'all', acceptance })).toThrow(
      'was accepted by arn:aws:iam::111122223333:user/ben',
    );
  });

  test.each([
    {
      case: 'a path that there is not',
      what: { ref: bucketRef('a'), path: 'colour' },
      says: 'has no path "colour": it has publicAccessBlock, policy, acl, ownership, website',
    },
    {
      case: 'a path of what nobody accepted',
      what: { ref: bucketRef('new'), path: 'policy' },
      says: 'accept the whole resource first',
    },
    { case: 'what the scan could not read', what: { ref: bucketRef('dark'), path: undefined }, says: 'could not read' },
    {
      case: 'a path that the scan could not read',
      what: { ref: bucketRef('b'), path: 'acl' },
      says: '(AccessDenied), so there is nothing to accept',
    },
  ])('$case is refused', ({ what, says }) => {
    const scanned = scanOf([
      changed('a'),
      seen(bucketState('b', { watched: { acl: REFUSED } })),
      seen(bucketState('new')),
      unseen(bucketRef('dark')),
    ]);
    expect(() => acceptAll(before, { scan: scanned, what: [what] })).toThrow(says);
  });
});
