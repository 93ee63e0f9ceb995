import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cause, Change, Severity } from '#core/change.ts';
import { nextDrift, type DriftNews, type DriftRecord } from '#core/drift-record.ts';
import { afterTelling, decide, type Decision } from '#core/finding-decision.ts';
import { findingFrom, homeOf, joinedBy, joinsOf, ownRecords, refOfKey } from '#core/finding-members.ts';
import type { AlertStatus, FindingRecord } from '#core/finding-record.ts';
import { groupDrifts, keyOf } from '#core/grouping.ts';
import type { UseNote } from '#core/use-note.ts';
import { ACCOUNT, bucketRef } from '../builders.ts';

const START = Date.UTC(2026, 2, 2, 8);
const MINUTE = 60_000;
const at = (minute: number): string => new Date(START + minute * MINUTE).toISOString();

const GRAVITY: Readonly<Record<Severity, Pick<Change, 'exposure' | 'breakage'> & Partial<Change>>> = {
  critical: { exposure: 'widened', breakage: 'none', opensToWorld: true },
  high: { exposure: 'widened', breakage: 'none' },
  medium: { exposure: 'narrowed', breakage: 'none' },
  low: { exposure: 'same', breakage: 'none' },
  info: { path: 'exists', exposure: 'same', breakage: 'none' },
};
const change = (value: string, severity: Severity = 'high'): Change => ({
  path: 'policy',
  before: { status: 'absent' },
  after: { status: 'present', value },
  says: 'moved',
  check: 'check',
  ...GRAVITY[severity],
});

interface RecordSettings {
  readonly value?: string;
  readonly severity?: Severity;
  readonly closed?: 'recovery' | 'acceptance';
  readonly blind?: boolean;
  readonly causes?: readonly Cause[];
  readonly sweep?: string;
  readonly account?: string;
  readonly episode?: number;
  readonly path?: string;
}

function record(id: string, settings: RecordSettings = {}): DriftRecord {
  const { value = 'new', severity, closed, blind, causes = [], sweep, account = ACCOUNT, episode = 1, path } = settings;
  const moved = change(value, severity);
  return {
    drift: {
      ref: { ...bucketRef(id), account },
      baseline: 1,
      episode,
      changes: [path === undefined ? moved : { ...moved, path }],
      takenAt: at(0),
      causes,
    },
    generation: 1,
    status: closed === undefined ? 'open' : 'closed',
    openedAt: at(0),
    ...(closed === undefined ? {} : { closedAt: at(1), endedBy: closed }),
    foundBy: sweep === undefined ? {} : { sweep },
    ...(blind === true ? { blind: { since: at(1), why: { policy: 'AccessDenied' } } } : {}),
  };
}

function findingOf(records: readonly DriftRecord[], more: Partial<FindingRecord> = {}): FindingRecord {
  return {
    id: 'f-1',
    account: ACCOUNT,
    groupedBy: 'alone',
    status: 'open',
    openedAt: at(0),
    members: records.map(({ drift }) => keyOf(drift)),
    joins: joinsOf(records),
    severity: 'high',
    reminders: 0,
    against: 'accepted',
    ...more,
  };
}

/** The finding once this was told of these, at this minute. */
function told(
  records: readonly DriftRecord[],
  {
    minute = 0,
    status = 'opened',
    more = {},
  }: { minute?: number; status?: AlertStatus; more?: Partial<FindingRecord> } = {},
): FindingRecord {
  const open = records.filter((one) => one.status === 'open');
  return { ...afterTelling(findingOf(records), status, { open, now: at(minute) }), ...more };
}

const act = (minute: number) => ({ by: 'arn:aws:iam::111122223333:user/ana', at: at(minute), note: 'known' });
const muted = (from: number, until: number) => ({
  muted: { ...act(from), until: at(until), severity: 'high' as const },
});

/** What logs of use, read with the first alert, came to. */
const use = (more: Partial<UseNote>): UseNote => ({
  document: 'reports/evidence/f-1/a.json',
  readAt: at(0),
  isUsed: false,
  failures: 0,
  isQuiet: false,
  ...more,
});

/** A decision in one line. */
function line(decision: Decision): string {
  switch (decision.does) {
    case 'tell':
      return `tell ${decision.status}`;
    case 'end':
      return `end as ${decision.as}`;
    case 'wait':
      return decision.until === undefined ? 'wait' : `wait until ${decision.until.slice(11, 16)}`;
    case 'look':
      return `look, until ${decision.until.slice(11, 16)}`;
  }
}

describe('what is told of a finding now', () => {
  const a = record('a');
  const b = record('b');
  const cases: readonly {
    case: string;
    fact: string;
    finding: () => FindingRecord;
    records: readonly DriftRecord[];
    minute: number;
    does: string;
  }[] = [
    {
      case: 'a new finding: at once',
      fact: 'issue: first alert at once',
      finding: () => findingOf([a]),
      records: [a],
      minute: 0,
      does: 'tell opened',
    },
    {
      case: 'a new finding of info: only the digest tells it',
      fact: 'design.md §3: info, digest only',
      finding: () => findingOf([a]),
      records: [record('a', { severity: 'info' })],
      minute: 0,
      does: 'wait',
    },
    {
      case: 'a new finding that is low is told all the same',
      fact: 'design.md §3: only info is for the digest alone',
      finding: () => findingOf([a]),
      records: [record('a', { severity: 'low' })],
      minute: 0,
      does: 'tell opened',
    },
    {
      case: 'info that became grave',
      fact: 'design.md §3',
      finding: () => findingOf([a]),
      records: [record('a', { severity: 'info' }), record('b', { severity: 'medium' })],
      minute: 30,
      does: 'tell opened',
    },
    {
      case: 'told: the first reminder after an hour',
      fact: 'issue: still-open, widening intervals',
      finding: () => told([a]),
      records: [a],
      minute: 59,
      does: 'wait until 09:00',
    },
    {
      case: 'an hour has passed',
      fact: 'issue: still-open, widening intervals',
      finding: () => told([a]),
      records: [a],
      minute: 60,
      does: 'tell still-open',
    },
    {
      case: 'acknowledged: no reminder',
      fact: 'issue: until acknowledged',
      finding: () => told([a], { more: { acknowledged: act(5) } }),
      records: [a],
      minute: 6000,
      does: 'wait',
    },
    {
      case: 'acknowledged, and moved again',
      fact: 'an acknowledgement is of what was told',
      finding: () => told([a], { more: { acknowledged: act(5) } }),
      records: [record('a', { value: 'other' })],
      minute: 5,
      does: 'tell changed',
    },
    {
      case: 'acknowledged, and graver',
      fact: 'design.md §4: graver at once',
      finding: () => told([a], { more: { acknowledged: act(1) } }),
      records: [record('a', { severity: 'critical' })],
      minute: 1,
      does: 'tell changed',
    },
    {
      case: 'acknowledged, and recovered',
      fact: 'issue: until acknowledged; its recovery is told',
      finding: () => told([a], { more: { acknowledged: act(5) } }),
      records: [record('a', { closed: 'recovery' })],
      minute: 30,
      does: 'tell recovered',
    },
    {
      case: 'moved again within two minutes: not more often than that',
      fact: 'design.md §4',
      finding: () => told([a]),
      records: [record('a', { value: 'other' })],
      minute: 1,
      does: 'wait until 08:02',
    },
    {
      case: 'moved again, two minutes after',
      fact: 'design.md §4',
      finding: () => told([a]),
      records: [record('a', { value: 'other' })],
      minute: 2,
      does: 'tell changed',
    },
    {
      case: 'moved there and back to what was told: nothing is new',
      fact: 'what was told is what is',
      finding: () => told([a]),
      records: [a],
      minute: 2,
      does: 'wait until 09:00',
    },
    {
      case: 'graver: at once',
      fact: 'design.md §4',
      finding: () => told([a]),
      records: [record('a', { severity: 'critical' })],
      minute: 0,
      does: 'tell changed',
    },
    {
      case: 'a follower that is graver: at once too',
      fact: 'design.md §4',
      finding: () => told([a]),
      records: [a, record('b', { severity: 'critical' })],
      minute: 1,
      does: 'tell changed',
    },
    {
      case: 'a follower: with all others, ten minutes after what was told',
      fact: 'design.md §4: followers in one follow-up',
      finding: () => told([a]),
      records: [a, b],
      minute: 3,
      does: 'wait until 08:10',
    },
    {
      case: 'followers, ten minutes after',
      fact: 'design.md §4: followers in one follow-up',
      finding: () => told([a]),
      records: [a, b, record('c')],
      minute: 10,
      does: 'tell changed',
    },
    {
      case: 'a follower that was taken back before it was told is none',
      fact: 'followers are those that are open',
      finding: () => told([a]),
      records: [a, record('b', { closed: 'recovery' })],
      minute: 10,
      does: 'wait until 09:00',
    },
    {
      case: 'one of two is back: no news by itself',
      fact: 'recovered is said of the whole',
      finding: () => told([a, b]),
      records: [a, record('b', { closed: 'recovery' })],
      minute: 10,
      does: 'wait until 09:00',
    },
    {
      case: 'less grave than told: no news by itself',
      fact: 'graver at once; less grave is none',
      finding: () => told([record('a', { severity: 'critical' }), b]),
      records: [record('a', { severity: 'critical', closed: 'recovery' }), b],
      minute: 30,
      does: 'wait until 09:00',
    },
    {
      case: 'all are back',
      fact: 'design.md §1.2',
      finding: () => told([a, b]),
      records: [record('a', { closed: 'recovery' }), record('b', { closed: 'recovery' })],
      minute: 5,
      does: 'tell recovered',
    },
    {
      case: 'all are back, and none was ever told, though it was grave: told once',
      fact: 'docs/decisions/0018: what is over before anybody was told of it',
      finding: () => findingOf([a]),
      records: [record('a', { closed: 'recovery' })],
      minute: 0,
      does: 'tell recovered',
    },
    {
      case: 'all are back, none was ever told, and none was grave',
      fact: 'docs/decisions/0018',
      finding: () => findingOf([a]),
      records: [record('a', { closed: 'recovery', severity: 'low' })],
      minute: 0,
      does: 'end as recovered',
    },
    {
      case: 'one is back, the other accepted: something recovered',
      fact: 'recovered is said where something was taken back',
      finding: () => told([a, b]),
      records: [record('a', { closed: 'recovery' }), record('b', { closed: 'acceptance' })],
      minute: 5,
      does: 'tell recovered',
    },
    {
      case: 'accepted',
      fact: 'accepted silently',
      finding: () => told([a]),
      records: [record('a', { closed: 'acceptance' })],
      minute: 5,
      does: 'end as accepted',
    },
    {
      case: 'no member is its own any more: another finding tells of them',
      fact: 'design.md §4: a newer version or episode belongs to another finding',
      finding: () => told([a]),
      records: [],
      minute: 5,
      does: 'end as superseded',
    },
    {
      case: 'nothing of it can be read any more',
      fact: 'design.md §1.2: not recovered, blind',
      finding: () => told([a]),
      records: [record('a', { blind: true })],
      minute: 1,
      does: 'tell blind',
    },
    {
      case: 'one of two can no longer be read',
      fact: 'the other still tells',
      finding: () => told([a, b]),
      records: [record('a', { blind: true }), b],
      minute: 1,
      does: 'wait until 09:00',
    },
    {
      case: 'one is back, the other cannot be read: not recovered',
      fact: 'design.md §1.2: recovery is never announced from a blind read',
      finding: () => told([a, b]),
      records: [record('a', { closed: 'recovery' }), record('b', { blind: true })],
      minute: 1,
      does: 'tell blind',
    },
    {
      case: 'blind, and told so: reminders go on',
      fact: 'issue: widening intervals until acknowledged',
      finding: () => told([record('a', { blind: true })], { status: 'blind' }),
      records: [record('a', { blind: true })],
      minute: 59,
      does: 'wait until 09:00',
    },
    {
      case: 'blind and acknowledged: losing sight of it is news',
      fact: 'design.md §1.2: not knowing is a value',
      finding: () => told([a], { more: { acknowledged: act(1) } }),
      records: [record('a', { blind: true })],
      minute: 9,
      does: 'tell blind',
    },
    {
      case: 'never told, and can no longer be read: it is opened first',
      fact: 'what was never told is told',
      finding: () => findingOf([a]),
      records: [record('a', { blind: true })],
      minute: 1,
      does: 'tell opened',
    },
    {
      case: 'people are seen using what breaks: graver, so at once',
      fact: 'design.md §3: critical breaks with people seen using it',
      finding: () => told([a], { more: { use: use({ isUsed: true }) } }),
      records: [a],
      minute: 0,
      does: 'tell changed',
    },
    {
      case: 'the same, muted: told all the same',
      fact: 'docs/decisions/0018: what becomes graver is told',
      finding: () => told([a], { more: { ...muted(1, 120), use: use({ failures: 3 }) } }),
      records: [a],
      minute: 2,
      does: 'tell changed',
    },
    {
      case: 'failures begin where it is critical already: not more often than every two minutes',
      fact: 'field §3.23: errors began, escalating',
      finding: () => told([record('a', { severity: 'critical' })], { more: { use: use({ failures: 3 }) } }),
      records: [record('a', { severity: 'critical' })],
      minute: 1,
      does: 'wait until 08:02',
    },
    {
      case: 'the watch ended without failures: one quiet mail',
      fact: 'field §3.23: no new 4xx, closing',
      finding: () => told([a], { more: { use: use({ isQuiet: true }) } }),
      records: [a],
      minute: 58,
      does: 'tell changed',
    },
    {
      case: 'what the logs say was told: only the reminders are left',
      fact: 'each is said once',
      finding: () =>
        afterTelling(told([a], { more: { use: use({ failures: 3 }) } }), 'changed', { open: [a], now: at(2) }),
      records: [a],
      minute: 3,
      does: 'wait until 09:02',
    },
    {
      case: 'all are back, and the logs were not read since: a minute for what works again',
      fact: 'field §3.26: recovery with proof',
      finding: () => told([a], { more: { use: use({ failures: 3 }) } }),
      records: [record('a', { closed: 'recovery' })],
      minute: 1,
      does: 'look, until 08:02',
    },
    {
      case: 'all are back, and nobody read the logs in that minute',
      fact: 'recovery waits no longer for the logs',
      finding: () => told([a], { more: { use: use({ failures: 3 }) } }),
      records: [record('a', { closed: 'recovery' })],
      minute: 2,
      does: 'tell recovered',
    },
    {
      case: 'all are back, and the logs were read since',
      fact: 'field §3.26: recovery with proof',
      finding: () => told([a], { more: { use: { ...use({ failures: 3 }), readAt: at(1) } } }),
      records: [record('a', { closed: 'recovery' })],
      minute: 1,
      does: 'tell recovered',
    },
    {
      case: 'muted: silent until then',
      fact: 'issue: muted until',
      finding: () => told([a], { more: muted(5, 120) }),
      records: [a],
      minute: 61,
      does: 'wait until 10:00',
    },
    {
      case: 'muted, and graver than it was then: told all the same',
      fact: 'docs/decisions/0018: a mute quiets what was known when it was made',
      finding: () => told([a], { more: muted(5, 120) }),
      records: [record('a', { value: 'x', severity: 'critical' }), b],
      minute: 61,
      does: 'tell changed',
    },
    {
      case: 'muted, and moved, and joined: silent',
      fact: 'issue: muted until',
      finding: () => told([a], { more: muted(5, 120) }),
      records: [record('a', { value: 'x' }), b],
      minute: 61,
      does: 'wait until 10:00',
    },
    {
      case: 'muted before it was told',
      fact: 'issue: muted until',
      finding: () => findingOf([a], muted(0, 120)),
      records: [a],
      minute: 1,
      does: 'wait until 10:00',
    },
    {
      case: 'muted, and blind: silent',
      fact: 'issue: muted until',
      finding: () => told([a], { more: muted(5, 120) }),
      records: [record('a', { blind: true })],
      minute: 61,
      does: 'wait until 10:00',
    },
    {
      case: 'muted, and recovered',
      fact: 'plumbline findings mute --help: its recovery is told all the same',
      finding: () => told([a], { more: muted(5, 120) }),
      records: [record('a', { closed: 'recovery' })],
      minute: 61,
      does: 'tell recovered',
    },
    {
      case: 'the mute ends: said that it is still open',
      fact: 'issue: muted until, and said when it ends',
      finding: () => told([a], { more: muted(5, 120) }),
      records: [a],
      minute: 120,
      does: 'tell still-open',
    },
    {
      case: 'the mute ends, and it is acknowledged: said all the same, once',
      fact: 'issue: said when it ends',
      finding: () => told([a], { more: { ...muted(5, 120), acknowledged: act(4) } }),
      records: [a],
      minute: 120,
      does: 'tell still-open',
    },
    {
      case: 'the mute ends, and it moved meanwhile: that is what is said',
      fact: 'issue: statuses; what moved is changed',
      finding: () => told([a], { more: muted(5, 120) }),
      records: [record('a', { value: 'other' })],
      minute: 120,
      does: 'tell changed',
    },
    {
      case: 'the mute ends, and it can no longer be read: that is what is said',
      fact: 'design.md §1.2',
      finding: () => told([a], { more: muted(5, 120) }),
      records: [record('a', { blind: true })],
      minute: 120,
      does: 'tell blind',
    },
    {
      case: 'the mute of what was never told ends',
      fact: 'what was never told is opened',
      finding: () => findingOf([a], muted(0, 120)),
      records: [a],
      minute: 121,
      does: 'tell opened',
    },
  ];

  test.each(cases)('$case', ({ finding, records, minute, does }) =>
    expect(line(decide(finding(), records, at(minute)))).toBe(does),
  );

  test('reminders after 1 h, 4 h, 12 h, 24 h, then every 24 h, each from the one before', () => {
    let finding = told([a]);
    const hours: number[] = [];
    for (let minute = 1; minute <= 120 * 60; minute += 1) {
      const decision = decide(finding, [a], at(minute));
      if (decision.does !== 'tell') continue;
      expect(decision.status).toBe('still-open');
      hours.push(minute / 60);
      finding = afterTelling(finding, 'still-open', { open: [a], now: at(minute) });
    }
    expect(hours).toEqual([1, 5, 17, 41, 65, 89, 113]);
  });

  test('what changed again begins with the shortest interval', () => {
    const reminded = afterTelling(told([a]), 'still-open', { open: [a], now: at(60) });
    const other = record('a', { value: 'other' });
    const changed = afterTelling(reminded, 'changed', { open: [other], now: at(70) });
    expect(line(decide(changed, [other], at(71)))).toBe('wait until 10:10');
  });

  test('whoever wakes at the time that was named has something to tell', () => {
    for (const { finding, records, minute } of cases) {
      const decision = decide(finding(), records, at(minute));
      if (decision.does !== 'wait' || decision.until === undefined) continue;
      expect(decision.until > at(minute)).toBe(true);
      expect(decide(finding(), records, decision.until).does).toBe('tell');
    }
  });
});

describe('a finding after an alert', () => {
  const a = record('a');
  const b = record('b', { severity: 'critical' });

  test('knows what was told of whom', () => {
    const finding = told([a, b], { minute: 3 });
    expect(finding.told).toEqual({
      status: 'opened',
      at: at(3),
      severity: 'critical',
      members: {
        [keyOf(a.drift)]: expect.stringMatching(/^\?[0-9a-f]{12}$/) as string,
        [keyOf(b.drift)]: expect.stringMatching(/^\?[0-9a-f]{12}$/) as string,
      },
    });
    expect([finding.status, finding.reminders]).toEqual(['open', 0]);
  });

  test('gives the lease back', () => {
    const finding = findingOf([a], { lease: { by: 'run-1', until: at(1) } });
    expect(afterTelling(finding, 'opened', { open: [a], now: at(0) })).not.toHaveProperty('lease');
  });

  test('loses a mute that is over, and keeps one that is not', () => {
    const finding = findingOf([a], muted(0, 10));
    expect(
      [9, 10].map((minute) => 'muted' in afterTelling(finding, 'still-open', { open: [a], now: at(minute) })),
    ).toEqual([true, false]);
  });

  test('keeps who acknowledged it', () => {
    expect(told([a], { more: { acknowledged: act(1) } }).acknowledged).toEqual(act(1));
    const finding = findingOf([a], { acknowledged: act(1) });
    expect(afterTelling(finding, 'changed', { open: [a], now: at(5) }).acknowledged).toEqual(act(1));
  });

  test('ends with its recovery, and keeps how grave it was', () => {
    const closed = record('a', { closed: 'recovery' });
    expect(afterTelling(told([a]), 'recovered', { open: [], now: at(9) })).toMatchObject({
      status: 'recovered',
      endedAt: at(9),
      severity: 'high',
      told: { status: 'recovered', members: {} },
    });
    expect(closed.status).toBe('closed');
  });
});

const certain = (eventId: string, more: Partial<Cause> = {}): Cause => ({
  eventId,
  certainty: 'certain',
  reasons: [],
  ...more,
});
const session = (name: string, minute: number, more: Partial<Cause> = {}): Cause => ({
  session: name,
  at: at(minute),
  certainty: 'likely',
  reasons: [],
  ...more,
});

describe('the finding that a later drift belongs to', () => {
  const byEvent = (id: string, eventId: string) => record(id, { causes: [certain(eventId)] });
  const bySession = (id: string, name: string, minute: number) => record(id, { causes: [session(name, minute)] });
  const home = (
    later: DriftRecord,
    of: Readonly<Record<string, readonly DriftRecord[]>>,
    more?: Partial<FindingRecord>,
  ) =>
    homeOf(
      later,
      Object.entries(of).map(([id, records]) => findingOf(records, { id, ...more })),
    )?.id;

  const cases: readonly { case: string; is: () => string | undefined; home: string | undefined }[] = [
    { case: 'one event', is: () => home(byEvent('b', 'e1'), { f: [byEvent('a', 'e1')] }), home: 'f' },
    { case: 'another event', is: () => home(byEvent('b', 'e2'), { f: [byEvent('a', 'e1')] }), home: undefined },
    {
      case: 'one event, and not sure of it',
      is: () => home(record('b', { causes: [{ ...certain('e1'), certainty: 'likely' }] }), { f: [byEvent('a', 'e1')] }),
      home: undefined,
    },
    {
      case: 'one session, 10 minutes after',
      is: () => home(bySession('b', 's', 10), { f: [bySession('a', 's', 0)] }),
      home: 'f',
    },
    {
      case: 'one session, 11 minutes after',
      is: () => home(bySession('b', 's', 11), { f: [bySession('a', 's', 0)] }),
      home: undefined,
    },
    {
      case: 'one session, 10 minutes before: events come in any order',
      is: () => home(bySession('b', 's', 0), { f: [bySession('a', 's', 10)] }),
      home: 'f',
    },
    {
      case: 'one session, 10 minutes after its last',
      is: () => home(bySession('b', 's', 25), { f: [bySession('a', 's', 0), bySession('c', 's', 15)] }),
      home: 'f',
    },
    {
      case: 'another session',
      is: () => home(bySession('b', 't', 0), { f: [bySession('a', 's', 0)] }),
      home: undefined,
    },
    {
      case: 'a session without a time joins nothing',
      is: () =>
        home(record('b', { causes: [{ session: 's', certainty: 'likely', reasons: [] }] }), {
          f: [bySession('a', 's', 0)],
        }),
      home: undefined,
    },
    {
      case: 'one sweep, kind and set of paths',
      is: () => home(record('b', { sweep: 's1' }), { f: [record('a', { sweep: 's1' })] }),
      home: 'f',
    },
    {
      case: 'another sweep',
      is: () => home(record('b', { sweep: 's2' }), { f: [record('a', { sweep: 's1' })] }),
      home: undefined,
    },
    {
      case: 'one sweep, another set of paths',
      is: () => home(record('b', { sweep: 's1', path: 'acl' }), { f: [record('a', { sweep: 's1' })] }),
      home: undefined,
    },
    {
      case: 'two that no sweep found are no company',
      is: () => home(record('b'), { f: [record('a')] }),
      home: undefined,
    },
    {
      case: 'the event comes before the session',
      is: () =>
        home(record('b', { causes: [certain('e1', { session: 's', at: at(1) })] }), {
          'by-session': [bySession('a', 's', 0)],
          'by-event': [byEvent('c', 'e1')],
        }),
      home: 'by-event',
    },
    {
      case: 'the session comes before the sweep',
      is: () =>
        home(record('b', { sweep: 's1', causes: [session('s', 1)] }), {
          'by-sweep': [record('a', { sweep: 's1' })],
          'by-session': [bySession('c', 's', 0)],
        }),
      home: 'by-session',
    },
    {
      case: 'a finding that is over takes nobody in',
      is: () => home(byEvent('b', 'e1'), { f: [byEvent('a', 'e1')] }, { status: 'recovered' }),
      home: undefined,
    },
    {
      case: 'never over two accounts, though the session is one',
      is: () =>
        home(record('b', { account: '444455556666', causes: [session('s', 0)] }), { f: [bySession('a', 's', 0)] }),
      home: undefined,
    },
  ];
  test.each(cases)('$case: $home', ({ is, home: expected }) => expect(is()).toBe(expected));

  test('a drift that joined brings its own event and session along', () => {
    const first = byEvent('a', 'e1');
    const second = record('b', { causes: [certain('e1'), session('s', 3)] });
    const joined = joinedBy(findingOf([first]), [second], [first]);
    expect(joined.members).toEqual([keyOf(first.drift), keyOf(second.drift)]);
    expect(homeOf(bySession('c', 's', 12), [joined])?.id).toBe('f-1');
    expect(homeOf(byEvent('d', 'e1'), [joined])?.id).toBe('f-1');
  });

  test('to join twice is to join once', () => {
    const first = byEvent('a', 'e1');
    const once = joinedBy(findingOf([first]), [first], [first]);
    expect(once.members).toEqual([keyOf(first.drift)]);
    expect(joinedBy(once, [first], [first])).toEqual(once);
  });

  test('what explained drifts share is their cause, not the sweep that also saw them', () => {
    expect(joinsOf([record('a', { sweep: 's1', causes: [certain('e1', { session: 's', at: at(0) })] })])).toEqual({
      events: [`${ACCOUNT}|e1`],
      sessions: [{ session: 's', from: at(0), to: at(0) }],
      sweeps: [],
    });
  });

  test('the span of a session is from its first to its last', () => {
    expect(joinsOf([bySession('a', 's', 7), bySession('b', 's', 2), bySession('c', 's', 9)]).sessions).toEqual([
      { session: 's', from: at(2), to: at(9) },
    ]);
  });
});

describe('a finding and its records', () => {
  test('a newer episode or version is not its own', () => {
    const finding = findingOf([record('a'), record('b')]);
    expect(ownRecords(finding, [record('a'), record('b', { episode: 2 })]).map(({ drift }) => drift.ref.id)).toEqual([
      'a',
    ]);
  });

  test.each([
    { id: 'exports', ref: `${ACCOUNT}/us-east-1/s3-bucket/exports` },
    { id: 'a@b.2', ref: `${ACCOUNT}/us-east-1/s3-bucket/a@b.2` },
    { id: 'a@1.1@', ref: `${ACCOUNT}/us-east-1/s3-bucket/a@1.1@` },
  ])('the resource of the key of $id', ({ id, ref }) => expect(refOfKey(keyOf(record(id).drift))).toBe(ref));

  test('a new one of a group', () => {
    const records = [record('a', { causes: [certain('e1')] }), record('b', { causes: [certain('e1')] })];
    const [group] = groupDrifts(records.map(({ drift }) => drift));
    if (group === undefined) throw new TypeError('no group');
    expect(findingFrom(group, [...records, record('c')], { now: at(3), against: 'first-seen' })).toEqual({
      id: group.id,
      account: ACCOUNT,
      groupedBy: 'event',
      status: 'open',
      openedAt: at(3),
      members: records.map(({ drift }) => keyOf(drift)),
      joins: joinsOf(records),
      severity: 'high',
      reminders: 0,
      against: 'first-seen',
    });
  });
});

describe('over time', () => {
  const IDS = ['a', 'b', 'c'] as const;
  const happening = fc.record({
    id: fc.constantFrom(...IDS),
    does: fc.constantFrom('opens', 'moves', 'is back', 'is refused', 'is accepted'),
    minutes: fc.constantFrom(0, 1, 3, 11, 61, 300),
    person: fc.option(fc.constantFrom('ack', 'mute'), { freq: 6 }),
  });
  type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

  interface Alert {
    readonly status: AlertStatus;
    /** How many members were open, seen or blind, when it was told. */
    readonly open: number;
  }

  /** One finding that takes everything in, as one session's work would be, and what is told of it. */
  class Course {
    readonly alerts: Alert[] = [];
    readonly #records = new Map<string, DriftRecord>();
    #finding: FindingRecord | undefined;
    #minute = 0;
    #version = 1;

    goesOn({ id, does, minutes, person }: Happening): void {
      this.#minute += minutes + 0.001;
      if (does === 'is accepted') this.#version += 1;
      const next = nextDrift(this.#records.get(id), this.#newsOf(id, does));
      if (next !== undefined) this.#records.set(id, next.record);
      this.#joins();
      if (person !== null) this.#acts(person);
      this.#decides();
    }

    #newsOf(id: string, does: Happening['does']): DriftNews {
      const changes = does === 'opens' ? [change('new')] : does === 'moves' ? [change(`v${this.#minute}`)] : [];
      return {
        drift: { ref: bucketRef(id), baseline: this.#version, changes, takenAt: at(this.#minute), causes: [] },
        generation: this.#version,
        unknown: does === 'is refused' ? { exists: 'AccessDenied' } : {},
        foundBy: {},
      };
    }

    #joins(): void {
      const all = [...this.#records.values()];
      const open = all.filter(({ status }) => status === 'open');
      if (this.#finding === undefined && open.length > 0) this.#finding = findingOf(open);
      if (this.#finding?.status === 'open')
        this.#finding = joinedBy(this.#finding, open, ownRecords(this.#finding, all));
    }

    #acts(person: 'ack' | 'mute'): void {
      if (this.#finding === undefined) return;
      const done = person === 'ack' ? { acknowledged: act(this.#minute) } : muted(this.#minute, this.#minute + 90);
      this.#finding = { ...this.#finding, ...done };
    }

    #decides(): void {
      const finding = this.#finding;
      if (finding === undefined || finding.status !== 'open') return;
      const own = ownRecords(finding, [...this.#records.values()]);
      const open = own.filter(({ status }) => status === 'open');
      const now = at(this.#minute);
      const decision = decide(finding, own, now);
      if (decision.does === 'end') this.#finding = { ...finding, status: decision.as, endedAt: now };
      if (decision.does !== 'tell') return;
      this.alerts.push({ status: decision.status, open: open.length });
      this.#finding = afterTelling(finding, decision.status, { open, now });
    }
  }

  test('recovered is told once at most, last, after opened or alone, and never while a member is open or blind', () => {
    fc.assert(
      fc.property(fc.array(happening, { minLength: 3, maxLength: 25 }), (happenings) => {
        const course = new Course();
        for (const one of happenings) course.goesOn(one);
        const statuses = course.alerts.map(({ status }) => status);
        expect(statuses.join(' ')).toMatch(/^(recovered|opened( (changed|still-open|blind))*( recovered)?)?$/);
        expect(course.alerts.filter(({ status, open }) => (status === 'recovered') !== (open === 0))).toEqual([]);
      }),
      { numRuns: 1500 },
    );
  });
});
