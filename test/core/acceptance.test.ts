import { describe, expect, test } from 'vitest';
import { accept, type AcceptRequest } from '#core/acceptance.ts';
import type { Baseline } from '#core/baseline.ts';
import { departureFrom } from '#core/drift.ts';
import type { JsonReading } from '#core/reading.ts';
import { printRef } from '#core/reference.ts';
import { kindsById } from '#kinds';
import { baselineOf, bucketRef, bucketState, FIRST, gone, scanOf, seen, T0, unseen } from '../builders.ts';

const REFUSED: JsonReading = { status: 'unreadable', code: 'AccessDenied' };
const ENFORCED: JsonReading = { status: 'present', value: 'BucketOwnerEnforced' };
const acceptance = { at: T0, by: 'arn:aws:iam::111122223333:user/ben', reason: 'looked right' };

const acceptAll = (before: Baseline | undefined, request: Partial<AcceptRequest> & Pick<AcceptRequest, 'scan'>) =>
  accept(before, {
    comparedWith: before?.accepted.generation ?? 0,
    kinds: kindsById,
    what: 'all',
    acceptance,
    ...request,
  });
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
      { ...acceptance, scan: '20260101T000000000Z', generation: 2, overtakes: 1 },
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
      kinds: kindsById,
      acceptance,
    });
    expect(second.accepted.map(({ id }) => id)).toEqual(['b']);
  });

  test('not what somebody accepted otherwise since the scan', () => {
    const theirs = acceptAll(before, {
      scan: scanOf([seen(bucketState('a', { watched: { ownership: { status: 'present', value: 'ObjectWriter' } } }))], {
        id: 'theirs',
      }),
    }).baseline;
    expect(() => accept(theirs, { scan, comparedWith: 1, what: 'all', kinds: kindsById, acceptance })).toThrow(
      'was accepted by arn:aws:iam::111122223333:user/ben',
    );
  });

  test.each([
    {
      case: 'a path that there is not',
      what: { ref: bucketRef('a'), path: 'colour' },
      says: 'has no path "colour" that could be accepted by itself: it has publicAccessBlock, policy, acl, ownership, website',
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

describe('what is carried belongs to its reading', () => {
  const OWNER = { grantee: 'owner', permission: 'FULL_CONTROL' };
  const PUBLIC = { grantee: 'http://acs.amazonaws.com/groups/global/AllUsers', permission: 'READ' };
  const acl = (...value: object[]): JsonReading => ({ status: 'present', value: value as never });
  const policy = (name: string): JsonReading => ({ status: 'present', value: { Statement: [name] } });
  const unmasked = bucketState('b', { watched: { acl: acl(OWNER, PUBLIC) } });
  const masked = bucketState('b', { watched: { acl: acl(OWNER) }, carried: { aclMaskedBy: 'ignore-public-acls' } });
  const pathsAfter = (baseline: Baseline, state: ReturnType<typeof bucketState>): readonly string[] =>
    departureFrom(baseline, scanOf([seen(state)]), kindsById).drifts.flatMap((drift) =>
      drift.changes.map(({ path }) => path),
    );

  test('a baseline taken under a mask learns the ACL when it can be seen, so that a later public grant is told', () => {
    const lifted = bucketState('b', { watched: { acl: acl(OWNER) } });
    const { baseline, accepted } = acceptAll(baselineOf([masked]), { scan: scanOf([seen(lifted)]) });
    expect(accepted.map(({ id }) => id)).toEqual(['b']);
    expect(pathsAfter(baseline, unmasked)).toEqual(['acl']);
  });

  test('a masked reading does not replace an accepted one that knows more', () => {
    const { baseline } = acceptAll(baselineOf([unmasked]), {
      scan: scanOf([seen({ ...masked, watched: { ...masked.watched, policy: policy('new') } })]),
    });
    expect(stateIn(baseline, 'b')?.state.watched['acl']).toEqual(acl(OWNER, PUBLIC));
    expect(stateIn(baseline, 'b')?.state.carried['aclMaskedBy']).toBe('nothing');
    expect(stateIn(baseline, 'b')?.state.watched['policy']).toEqual(policy('new'));
    expect(pathsAfter(baseline, { ...unmasked, watched: { ...unmasked.watched, policy: policy('new') } })).toEqual([]);
  });

  test('a masked reading of one path is nothing to accept either', () => {
    expect(() =>
      acceptAll(baselineOf([unmasked]), { scan: scanOf([seen(masked)]), what: [{ ref: bucketRef('b'), path: 'acl' }] }),
    ).toThrow('saw less of');
  });

  test('one path is accepted with what belongs to it, and nothing else', () => {
    const now = {
      ...masked,
      watched: { ...masked.watched, policy: policy('new') },
      carried: { ...masked.carried, policyText: 'new' },
    };
    const before = baselineOf([
      {
        ...unmasked,
        watched: { ...unmasked.watched, policy: policy('old') },
        carried: { ...unmasked.carried, policyText: 'old' },
      },
    ]);
    const byPolicy = acceptAll(before, {
      scan: scanOf([seen(now)]),
      what: [{ ref: bucketRef('b'), path: 'policy' }],
    }).baseline;
    expect(stateIn(byPolicy, 'b')?.state.carried).toMatchObject({ policyText: 'new', aclMaskedBy: 'nothing' });
    const withPartner = {
      ...now,
      watched: { ...now.watched, acl: acl(OWNER, { grantee: 'partner', permission: 'READ' }) },
    };
    const byAcl = acceptAll(before, {
      scan: scanOf([seen(withPartner)]),
      what: [{ ref: bucketRef('b'), path: 'acl' }],
    }).baseline;
    expect(stateIn(byAcl, 'b')?.state.carried).toMatchObject({ policyText: 'old', aclMaskedBy: 'ignore-public-acls' });
  });

  test('an unreadable path keeps its own, and the others take theirs', () => {
    const now = bucketState('b', {
      watched: { ownership: REFUSED, policy: policy('new') },
      carried: { policyText: 'new' },
    });
    const before = baselineOf([
      bucketState('b', { watched: { ownership: ENFORCED, policy: policy('old') }, carried: { policyText: 'old' } }),
    ]);
    expect(stateIn(acceptAll(before, { scan: scanOf([seen(now)]) }).baseline, 'b')?.state).toMatchObject({
      carried: { policyText: 'new' },
      watched: { ownership: ENFORCED, policy: policy('new') },
    });
  });
});

describe('accepting in more than one go', () => {
  const both = seen(
    bucketState('b', { watched: { ownership: ENFORCED, policy: { status: 'present', value: { Statement: [] } } } }),
  );
  const before = baselineOf([bucketState('b')]);
  const path = (name: string) => ({ ref: bucketRef('b'), path: name });

  test('two paths of one resource at once', () => {
    const { baseline } = acceptAll(before, { scan: scanOf([both]), what: [path('policy'), path('ownership')] });
    expect(departureFrom(baseline, scanOf([both]), kindsById).drifts).toEqual([]);
  });

  test('two paths of one resource one after the other, then everything, from one scan', () => {
    const scan = scanOf([both, seen(bucketState('new'))]);
    const first = acceptAll(before, { scan, what: [path('policy')] }).baseline;
    const second = accept(first, {
      scan,
      comparedWith: 1,
      kinds: kindsById,
      what: [path('ownership')],
      acceptance,
    }).baseline;
    const third = accept(second, { scan, comparedWith: 1, kinds: kindsById, what: 'all', acceptance }).baseline;
    expect(departureFrom(third, scan, kindsById).drifts).toEqual([]);
  });

  test('an older scan does not bring back what was taken out since', () => {
    const old = scanOf([both], { id: 'old' });
    const without = acceptAll(before, { scan: scanOf([gone(bucketRef('b'))], { id: 'newer' }) }).baseline;
    for (const what of ['all', [{ ref: bucketRef('b'), path: undefined }]] as const) {
      expect(() => accept(without, { scan: old, comparedWith: 1, kinds: kindsById, what, acceptance })).toThrow(
        'nothing was accepted: scan again',
      );
    }
  });

  test('nor after one of its own resources was accepted in between', () => {
    const two = baselineOf([bucketState('a'), bucketState('b')]);
    const old = scanOf([seen(bucketState('a', { watched: { ownership: ENFORCED } })), both], { id: 'old' });
    const without = acceptAll(two, {
      scan: scanOf([gone(bucketRef('b')), seen(bucketState('a'))], { id: 'newer' }),
      what: [{ ref: bucketRef('b'), path: undefined }],
    }).baseline;
    const partly = accept(without, {
      scan: old,
      comparedWith: 1,
      kinds: kindsById,
      what: [{ ref: bucketRef('a'), path: undefined }],
      acceptance,
    }).baseline;
    expect(() => accept(partly, { scan: old, comparedWith: 1, kinds: kindsById, what: 'all', acceptance })).toThrow(
      'nothing was accepted: scan again',
    );
  });

  test('a path of a resource of which nothing was accepted counts once it is', () => {
    const known = acceptAll(undefined, { scan: scanOf([unseen(bucketRef('b'))]) }).baseline;
    const { baseline } = acceptAll(known, { scan: scanOf([both], { id: 'later' }), what: [path('policy')] });
    const departure = departureFrom(baseline, scanOf([seen(bucketState('b'))]), kindsById);
    expect([
      departure.drifts.flatMap((drift) => drift.changes.map(({ path: name }) => name)),
      departure.pathsNotYetAccepted.length,
    ]).toEqual([['policy'], 4]);
  });
});

describe('accepting that something is gone', () => {
  const before = baselineOf([bucketState('b')]);
  const whole = [{ ref: bucketRef('b'), path: undefined }];

  test('by name', () =>
    expect(acceptAll(before, { scan: scanOf([gone(bucketRef('b'))]), what: whole }).removed).toEqual([bucketRef('b')]));

  test('by name, twice: the second time there is nothing new', () => {
    const scan = scanOf([gone(bucketRef('b'))]);
    const first = acceptAll(before, { scan, what: whole }).baseline;
    expect(accept(first, { scan, comparedWith: 1, kinds: kindsById, what: whole, acceptance }).removed).toEqual([]);
  });

  test('one path of it is refused', () => {
    expect(() =>
      acceptAll(before, { scan: scanOf([gone(bucketRef('b'))]), what: [{ ref: bucketRef('b'), path: 'policy' }] }),
    ).toThrow('so it has no settings');
  });

  test('while the listing was cut short it is refused', () => {
    const scan = scanOf([gone(bucketRef('b'))], { listings: [] });
    expect(() => acceptAll(before, { scan, what: whole })).toThrow('so its deletion is not certain');
  });

  test('a name that no list has any more and that refuses us goes only by name', () => {
    const scan = scanOf([{ ...unseen(bucketRef('b')), unlisted: true } as ReturnType<typeof unseen>]);
    expect(acceptAll(before, { scan }).removed).toEqual([]);
    expect(acceptAll(before, { scan, what: whole }).removed).toEqual([bucketRef('b')]);
  });

  test('a resource whose every setting was refused has nothing to accept', () => {
    const dark = bucketState('b', {
      watched: { publicAccessBlock: REFUSED, policy: REFUSED, acl: REFUSED, ownership: REFUSED, website: REFUSED },
    });
    expect(() => acceptAll(before, { scan: scanOf([seen(dark)]), what: whole })).toThrow('could not read');
  });
});
