import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cause, Change, Drift } from '#core/change.ts';
import { groupDrifts, keyOf } from '#core/grouping.ts';
import { bucketRef, T0 } from '../builders.ts';

const change = (path: string, more: Partial<Change> = {}): Change => ({
  path,
  before: { status: 'absent' },
  after: { status: 'present', value: 1 },
  exposure: 'unknown',
  breakage: 'unknown',
  says: path,
  check: 'check',
  ...more,
});
const drift = (id: string, paths: readonly string[], causes: readonly Cause[] = []): Drift => ({
  ref: bucketRef(id),
  baseline: 1,
  episode: 1,
  changes: paths.map((path) => change(path)),
  takenAt: T0,
  causes,
});
const byEvent = (eventId: string): Cause => ({ eventId, certainty: 'certain', reasons: [] });
const bySession = (session: string, minute: number): Cause => ({
  session,
  at: `2026-01-01T00:${String(minute).padStart(2, '0')}:00Z`,
  certainty: 'likely',
  reasons: [],
});

const told = (drifts: readonly Drift[]) =>
  groupDrifts(drifts).map(
    ({ groupedBy, drifts: members }) => `${groupedBy}: ${members.map(({ ref }) => ref.id).join(' ')}`,
  );

describe('one cause is one finding', () => {
  test.each([
    { case: 'alone', drifts: [drift('a', ['policy'])], findings: ['alone: a'] },
    {
      case: 'one event',
      drifts: [drift('a', ['policy'], [byEvent('e1')]), drift('b', ['acl'], [byEvent('e1')])],
      findings: ['event: a b'],
    },
    {
      case: 'two events',
      drifts: [drift('a', ['policy'], [byEvent('e1')]), drift('b', ['acl'], [byEvent('e2')])],
      findings: ['alone: a', 'alone: b'],
    },
    {
      case: 'one session within ten minutes',
      drifts: [drift('a', ['policy'], [bySession('s', 0)]), drift('b', ['acl'], [bySession('s', 9)])],
      findings: ['session: a b'],
    },
    {
      case: 'one session, an hour apart',
      drifts: [drift('a', ['policy'], [bySession('s', 0)]), drift('b', ['acl'], [bySession('s', 59)])],
      findings: ['alone: a', 'alone: b'],
    },
    {
      case: 'a session that goes on: each within ten minutes of the last',
      drifts: [0, 9, 18, 27].map((minute) => drift(`b${minute}`, [`p${minute}`], [bySession('s', minute)])),
      findings: ['session: b0 b18 b27 b9'],
    },
    {
      case: 'the same paths of one kind',
      drifts: [drift('a', ['acl']), drift('b', ['acl'])],
      findings: ['sweep: a b'],
    },
    {
      case: 'other paths',
      drifts: [drift('a', ['acl']), drift('b', ['acl', 'policy'])],
      findings: ['alone: a', 'alone: b'],
    },
    {
      case: 'the event comes before the paths',
      drifts: [
        drift('a', ['acl'], [byEvent('e1')]),
        drift('b', ['policy'], [byEvent('e1')]),
        drift('c', ['acl']),
        drift('d', ['acl']),
      ],
      findings: ['event: a b', 'sweep: c d'],
    },
    {
      case: 'ten alone stay ten',
      drifts: Array.from({ length: 10 }, (_, index) => drift(`b${index}`, [`p${index}`])),
      findings: Array.from({ length: 10 }, (_, index) => `alone: b${index}`),
    },
    {
      case: 'more than ten alone are one',
      drifts: Array.from({ length: 11 }, (_, index) => drift(`b${index}`, [`p${index}`])),
      findings: ['many: b0 b10 b1 b2 b3 b4 b5 b6 b7 b8 b9'],
    },
  ])('$case', ({ drifts, findings }) => expect(told(drifts)).toEqual(findings));

  test('never over two accounts', () => {
    const other = { ...drift('b', ['acl']), ref: { ...bucketRef('b'), account: '444455556666' } };
    expect(told([drift('a', ['acl']), other])).toEqual(['alone: a', 'alone: b']);
  });

  test('created and deleted are two findings though their path is one', () => {
    const deleted = {
      ...drift('b', []),
      changes: [change('exists', { before: { status: 'present', value: true }, after: { status: 'absent' } })],
    };
    expect(told([drift('a', ['exists']), deleted])).toEqual(['alone: a', 'alone: b']);
  });
});

const someDrifts = fc.uniqueArray(
  fc.record({
    id: fc.stringMatching(/^[a-z]{1,4}$/),
    path: fc.constantFrom('acl', 'policy', 'exists'),
    event: fc.option(fc.constantFrom('e1', 'e2')),
    minute: fc.option(fc.nat(59)),
  }),
  { selector: ({ id }) => id, maxLength: 30 },
);

test('every drift is in exactly one finding, and neither ids nor members depend on the order', () => {
  fc.assert(
    fc.property(someDrifts, (some) => {
      const drifts = some.map(({ id, path, event, minute }) =>
        drift(
          id,
          [path],
          [...(event === null ? [] : [byEvent(event)]), ...(minute === null ? [] : [bySession('s', minute)])],
        ),
      );
      const findings = groupDrifts(drifts);
      expect(findings.flatMap((finding) => finding.drifts.map(keyOf)).sort()).toEqual(drifts.map(keyOf).sort());
      expect(groupDrifts(drifts.toReversed())).toEqual(findings);
      expect(new Set(findings.map(({ id }) => id)).size).toBe(findings.length);
    }),
  );
});

test('the gravest finding comes first', () => {
  const grave = { ...drift('z', []), changes: [change('acl', { breakage: 'breaks' })] };
  expect(
    groupDrifts([drift('a', ['policy']), grave]).map(
      ({ severity, drifts: [first] }) => `${severity} ${first?.ref.id ?? ''}`,
    ),
  ).toEqual(['high z', 'medium a']);
});
