import { describe, expect, test } from 'vitest';
import { impactOf, type FailureGroup, type Impact, type ImpactRequest } from '#core/symptom/impact.ts';
import { reachOf } from '#core/symptom/reach.ts';
import { kindsById } from '#kinds';
import { ACCOUNT } from '../../builders.ts';
import {
  ACCOUNT_BLOCK,
  BY_NO_PERMISSION,
  BY_THE_BLOCK,
  evidenceOf,
  minutes,
  refused,
  role,
  STATES,
  upload,
} from './exports.ts';
import { IMPACT_CASES } from './impact.cases.ts';

const bucket = kindsById.get('s3-bucket');

function impact(of: Partial<ImpactRequest> & Pick<ImpactRequest, 'changes' | 'evidence'>): Impact {
  return impactOf({
    account: ACCOUNT,
    of: new Set(of.changes.map(({ id }) => id)),
    states: STATES,
    judge: bucket?.judge ?? { changes: (changes) => changes },
    context: bucket?.declaration.context ?? [],
    applications: [],
    ...of,
  });
}

function lineOf(group: FailureGroup): string {
  const { caller, operation, error, failures, failuresBefore, workedBefore, explainedBy, isProven, isOfUnknown } =
    group;
  const none = isOfUnknown === true ? 'nothing, of a bucket that is not known' : 'nothing';
  const by = explainedBy.length === 0 ? none : `${explainedBy.join(', ')}${isProven ? ' (proven)' : ''}`;
  return `${caller} ${operation} ${error} ${failures}, before ${failuresBefore}, worked ${workedBefore}: ${by}`;
}

describe('what failed since a change', () => {
  test.each(IMPACT_CASES)('$name ($cites)', ({ changes, of, requests, failures, others }) => {
    const told = impact({ changes, of: new Set(of), evidence: evidenceOf(requests, changes) });
    expect({ failures: told.failures.map(lineOf), others: told.others.map(lineOf) }).toEqual({ failures, others });
    expect(told.count).toBe(told.failures.reduce((sum, group) => sum + group.failures, 0));
  });

  test('more groups than anybody reads are counted, and not left out in silence', () => {
    const requests = Array.from({ length: 230 }, (_, index) =>
      upload(1 + index, { requester: role(`caller-${index}`), ...refused(BY_THE_BLOCK) }),
    );
    const told = impact({ changes: [ACCOUNT_BLOCK], evidence: evidenceOf(requests, [ACCOUNT_BLOCK]) });
    expect([told.failures.length, told.count, told.notLookedAt]).toEqual([200, 200, { groups: 30, failures: 30 }]);
  });

  test('what is new since the change, or whose error names a flag, is looked at before what failed all the time', () => {
    const old = Array.from({ length: 210 }, (_, index) => {
      const caller = { requester: role(`scanner-${index}`), ...refused(BY_NO_PERMISSION) };
      return [upload(-60, caller), upload(5, caller), upload(6, caller)];
    });
    const named = { requester: role('reports'), ...refused(BY_THE_BLOCK) };
    const requests = [...old.flat(), upload(3, refused('Access Denied')), upload(-50, named), upload(4, named)];
    const told = impact({ changes: [ACCOUNT_BLOCK], evidence: evidenceOf(requests, [ACCOUNT_BLOCK]) });
    expect([told.failures.map(lineOf), told.others.map(lineOf).at(-1), told.notLookedAt]).toEqual([
      ['role scheduler-api PutObject AccessDenied 1, before 0, worked 0: account-block'],
      'role reports PutObject AccessDenied 1, before 1, worked 0: nothing',
      { groups: 12, failures: 24 },
    ]);
  });

  test('requests that are no failures and requests to others’ buckets are none', () => {
    const requests = [upload(1), upload(2, { bucket: 'elsewhere', error: { code: 'NoSuchKey' } })];
    const told = impact({ changes: [ACCOUNT_BLOCK], evidence: evidenceOf(requests, [ACCOUNT_BLOCK]) });
    expect([told.count, told.failures, told.others]).toEqual([0, [], []]);
  });
});

describe('how far the logs reach of what the changes act on', () => {
  const at = (minute: number, bucket: string) => upload(minute, { bucket });
  const both = [at(-30, 'exports'), at(-20, 'imports')];

  test.each([
    {
      case: 'both past the change: until the earlier end',
      requests: [...both, at(4, 'exports'), at(9, 'imports')],
      logged: [-30, 4],
      but: 0,
      reach: 'all',
    },
    {
      case: 'one past it: until when that is, and one is missing',
      requests: [...both, at(9, 'imports')],
      logged: [-20, 9],
      but: 1,
      reach: 'some',
    },
    { case: 'none past it: until when they go at all', requests: both, logged: [-30, -20], but: 2, reach: 'none' },
    { case: 'buckets of others are no help', requests: [at(5, 'elsewhere')], logged: undefined, but: 2, reach: 'none' },
  ])('$case', ({ requests, logged, but, reach }) => {
    const told = impact({ changes: [ACCOUNT_BLOCK], evidence: evidenceOf(requests, [ACCOUNT_BLOCK]) });
    const period = logged?.map(minutes);
    expect({
      logged: told.logged && [told.logged.from, told.logged.to],
      of: told.affected,
      but: told.notLogged,
      reach: reachOf(told),
    }).toEqual({
      logged: period,
      of: 2,
      but,
      reach,
    });
  });

  test('of a change that no call is known of: past when it was first read, since it may have been made as late', () => {
    const change = { ...ACCOUNT_BLOCK, at: minutes(120), madeSince: minutes(-600) };
    const until = (minute: number): Impact =>
      impact({
        changes: [change],
        evidence: evidenceOf([at(-30, 'exports'), at(minute, 'exports')], [change]),
        buckets: new Set(['exports']),
      });
    expect([119, 121].map((minute) => [until(minute).since, until(minute).madeBy, reachOf(until(minute))])).toEqual([
      [minutes(-600), minutes(120), 'none'],
      [minutes(-600), minutes(120), 'all'],
    ]);
  });

  test('those that are asked about, and no others', () => {
    const requests = [...both, at(9, 'imports')];
    const told = impact({
      changes: [ACCOUNT_BLOCK],
      evidence: evidenceOf(requests, [ACCOUNT_BLOCK]),
      buckets: new Set(['imports']),
    });
    expect([told.affected, told.notLogged, told.logged?.to]).toEqual([1, 0, minutes(9)]);
  });
});
