import { describe, expect, test } from 'vitest';
import type { History, MadeChange, Settings, ToldAlert, ToldResource } from './history.ts';
import { judge } from './invariants.ts';
import { bucket, ipSet } from './world.ts';

const MINUTE = 60_000;
const EXPORTS = bucket('exports');
const SCRATCH = bucket('scratch');
const PARTNERS = ipSet('partners');
const PRIVATE: Settings = { exists: 'yes', block: 'none', policy: 'none', acl: 'private' };

/** A change of this minute; of exports, unless it is of another. */
const sets = (minute: number, setting: string, value: string): MadeChange => ({
  at: minute * MINUTE,
  resource: EXPORTS,
  setting,
  value,
});
const ofScratch = (change: MadeChange): MadeChange => ({ ...change, resource: SCRATCH });

interface ToldSettings extends Partial<ToldResource> {
  readonly alert?: Partial<ToldAlert>;
}

/** An alert of this minute that exports departs so, read half a minute before. */
function tells(minute: number, departs: Settings, { alert = {}, ...more }: ToldSettings = {}): ToldAlert {
  const read = (minute - 0.5) * MINUTE;
  const told: ToldResource = {
    resource: EXPORTS,
    status: 'open',
    departs,
    before: {},
    isBlind: false,
    known: 0,
    since: read,
    takenAt: read,
    closedAt: undefined,
    ...more,
  };
  return { at: minute * MINUTE, status: 'opened', severity: 'high', finding: 'f-1', resources: [told], ...alert };
}

/** An alert of this minute that what departed is over, as it was read half a minute before. */
const ends = (minute: number, departs: Settings, since: number): ToldAlert =>
  tells(minute, departs, {
    status: 'closed',
    since: since * MINUTE,
    closedAt: (minute - 0.5) * MINUTE,
    alert: { status: 'recovered' },
  });

/** Four hours in which a bucket was accepted as private, and what differs. */
function historyOf(more: Partial<History>): History {
  const initial = new Map([
    [EXPORTS, PRIVATE],
    [SCRATCH, { ...PRIVATE, exists: 'none' }],
    [PARTNERS, { exists: 'yes', addresses: '' }],
  ]);
  const states = new Map([
    [EXPORTS, PRIVATE],
    [PARTNERS, { exists: 'yes', addresses: '' }],
  ]);
  return {
    initial,
    changes: [],
    accepted: [{ at: 0, generation: 1, states }],
    alerts: [],
    cuts: [],
    muted: [],
    reopened: [],
    down: [],
    from: MINUTE,
    until: 240 * MINUTE,
    ...more,
  };
}

const accepts = (minute: number, settings: Settings) => ({
  at: minute * MINUTE,
  generation: 2,
  states: new Map([
    [EXPORTS, settings],
    [PARTNERS, { exists: 'yes', addresses: '' }],
  ]),
});

/** Accepts an ACL whose public grants may have been hidden. */
const acceptsInPart = (minute: number, acl: string) => accepts(minute, { ...PRIVATE, acl, aclSeen: 'in part' });

const OPEN = { policy: 'public' };
const PUBLIC = { acl: 'public' };
const opened = sets(10, 'policy', 'public');
const closed = sets(100, 'policy', 'none');
const newSet = [sets(10, 'exists', 'yes'), sets(10, 'addresses', '198.51.100.0/24')].map((one) => ({
  ...one,
  resource: PARTNERS,
}));

describe('a history in which', () => {
  const cases: readonly { case: string; history: Partial<History>; breaks: readonly string[] }[] = [
    { case: 'nothing happens', history: {}, breaks: [] },
    { case: 'a departure is told', history: { changes: [opened], alerts: [tells(12, OPEN)] }, breaks: [] },
    { case: 'a departure is never told', history: { changes: [opened] }, breaks: ['every real drift is told'] },
    {
      case: 'an hour-long departure was told with another value, and is over',
      history: { changes: [opened, closed], alerts: [tells(12, { policy: '444455556666' }), ends(101, OPEN, 11)] },
      breaks: ['no alert without a drift', 'every real drift is told'],
    },
    {
      case: 'a departure of ten minutes is not told',
      history: { changes: [opened, sets(20, 'policy', 'none')] },
      breaks: [],
    },
    {
      case: 'a departure of an hour and a half is not told while the topic was down for an hour',
      history: { changes: [opened, closed], down: [{ from: 20 * MINUTE, until: 80 * MINUTE }] },
      breaks: [],
    },
    {
      case: 'only one of two settings that depart is told',
      history: { changes: [opened, sets(11, 'acl', 'public')], alerts: [tells(12, OPEN)] },
      breaks: ['every real drift is told'],
    },
    {
      case: 'a new private bucket is not told',
      history: { changes: [ofScratch(sets(10, 'exists', 'yes'))] },
      breaks: [],
    },
    {
      case: 'a new IP set, which no web ACL uses, is not told',
      history: { initial: new Map([[PARTNERS, { exists: 'none' }]]), accepted: [], changes: newSet },
      breaks: [],
    },
    {
      case: 'other addresses in a set that was accepted are not told',
      history: { changes: newSet.slice(1) },
      breaks: ['every real drift is told'],
    },
    {
      case: 'a new bucket that another account may read is not told',
      history: { changes: [ofScratch(sets(10, 'exists', 'yes')), ofScratch(sets(11, 'policy', '444455556666'))] },
      breaks: ['every real drift is told'],
    },
    {
      case: 'what is told never was so',
      history: { alerts: [tells(12, OPEN)] },
      breaks: ['no alert without a drift', 'what is over ends'],
    },
    {
      case: 'what is told was so until a minute before it was read',
      history: { changes: [opened, sets(11, 'policy', 'none')], alerts: [tells(13, OPEN), ends(14, OPEN, 12.5)] },
      breaks: ['no alert without a drift'],
    },
    {
      case: 'what is told was so until five seconds before it was read',
      history: { changes: [opened, sets(12.42, 'policy', 'none')], alerts: [tells(13, OPEN), ends(14, OPEN, 12.5)] },
      breaks: [],
    },
    {
      case: 'what is told was accepted ten minutes before',
      history: {
        changes: [opened],
        accepted: [...historyOf({}).accepted, accepts(20, { ...PRIVATE, ...OPEN })],
        alerts: [tells(30, OPEN)],
      },
      breaks: ['no alert without a drift', 'what is over ends'],
    },
    {
      case: 'an ACL was accepted in part, and a public one is told',
      history: {
        changes: [sets(10, 'acl', 'public')],
        accepted: [acceptsInPart(6, 'private')],
        alerts: [tells(12, PUBLIC)],
      },
      breaks: ['no alert without a drift', 'what is over ends'],
    },
    {
      case: 'an ACL was accepted in part, and a public one is not told',
      history: { changes: [sets(10, 'acl', 'public')], accepted: [acceptsInPart(6, 'private')] },
      breaks: [],
    },
    {
      case: 'an ACL was accepted in part, and a public one without the grant that was seen then is told',
      history: {
        changes: [sets(5, 'acl', 'shared'), sets(10, 'acl', 'public')],
        accepted: [acceptsInPart(6, 'shared')],
        alerts: [tells(12, PUBLIC)],
      },
      breaks: [],
    },
    {
      case: 'an ACL was accepted in part, and a public one without the grant that was seen then is not told',
      history: {
        changes: [sets(5, 'acl', 'shared'), sets(10, 'acl', 'public')],
        accepted: [acceptsInPart(6, 'shared')],
      },
      breaks: ['every real drift is told'],
    },
    {
      case: 'what is told as over was not',
      history: { changes: [opened], alerts: [tells(12, OPEN), ends(20, OPEN, 11.5)] },
      breaks: ['no alert without a drift', 'every real drift is told'],
    },
    {
      case: 'an alert is repeated',
      history: { changes: [opened], alerts: [tells(12, OPEN), tells(13, OPEN, { since: 11.5 * MINUTE })] },
      breaks: ['told twice only after a cut'],
    },
    {
      case: 'an alert is repeated after a crash between publishing and marking',
      history: {
        changes: [opened],
        alerts: [tells(12, OPEN), tells(13, OPEN, { since: 11.5 * MINUTE })],
        cuts: [{ at: 12 * MINUTE, finding: 'f-1', by: 'crash' }],
      },
      breaks: [],
    },
    {
      case: 'an alert is repeated twice after one crash',
      history: {
        changes: [opened],
        alerts: [12, 13, 14].map((minute) => tells(minute, OPEN, { since: 11.5 * MINUTE })),
        cuts: [{ at: 12 * MINUTE, finding: 'f-1', by: 'crash' }],
      },
      breaks: ['told twice only after a cut'],
    },
    {
      case: 'a reminder comes after ten minutes',
      history: { changes: [opened], alerts: [tells(12, OPEN), tells(22, OPEN, { alert: { status: 'still-open' } })] },
      breaks: ['told twice only after a cut'],
    },
    {
      case: 'what was told as over is told again, and nothing moved',
      history: {
        changes: [opened, closed],
        alerts: [tells(12, OPEN), ends(101, OPEN, 11.5), tells(110, OPEN), ends(115, OPEN, 109.5)],
      },
      breaks: ['no alert without a drift', 'what is closed stays closed'],
    },
    {
      case: 'a finding that ended is written as open',
      history: { reopened: [{ at: MINUTE, finding: 'f-1' }] },
      breaks: ['what is closed stays closed'],
    },
    {
      case: 'what is over is never told as over',
      history: { changes: [opened, closed], alerts: [tells(12, OPEN)] },
      breaks: ['what is over ends'],
    },
  ];

  test.each(cases)('$case', ({ history, breaks }) => {
    const { violations } = judge(historyOf(history));
    expect(violations.map(({ invariant }) => invariant).sort()).toEqual([...breaks].sort());
  });
});
