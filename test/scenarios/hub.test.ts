import { describe, expect, test } from 'vitest';
import type { FindingRecord } from '#core/finding-record.ts';
import { reconcile } from '#core/reconciliation.ts';
import { actOn, findingsIn } from '#lambda/acts.ts';
import { withHubFindings } from '#lambda/hub-ledger.ts';
import type { HubNews } from '#lambda/hub-news.ts';
import { openInMembers } from '#lambda/hub-round.ts';
import { renderDigest } from '#render/digest.ts';
import { HubScene, HUB_ACCOUNT } from './hub-scene.ts';

const START = '2026-03-02T08:00:00.000Z';
const at = (minutes: number): string => new Date(Date.parse(START) + minutes * 60_000).toISOString();
const account = (index: number): string => String(100_000_000_000 + index);

const REFUSED =
  'New uploads that carry a public ACL, and changes to a public ACL, are now refused with 403 AccessDenied; uploads without an ACL still work, so a test without --acl proves nothing.';

/** The change of 28 October, as one account tells the hub of it. */
function news(index: number, more: Partial<HubNews> = {}): HubNews {
  return {
    version: 1,
    finding: `f-${String(index).padStart(10, '0')}`,
    status: 'opened',
    at: at(0),
    since: at(0),
    tell: 'hub',
    severity: 'high',
    exposure: 'narrowed',
    breakage: 'breaks',
    headline: 'account-level S3 Block Public Access changed',
    breaks: [REFUSED, ...(index === 3 ? ['The policy that was put is not in force any more.'] : [])],
    affected: [
      `${index} of 41 s3-bucket affected, each judged as it was and as it is (read at 2026-03-02 07:50:00 UTC):`,
      '  allowed → 403 AccessDenied',
      `    Upload with a public ACL; Change to a public ACL: on ${index} (exports-${index})`,
    ],
    moves: ['s3-account-block publicAccessBlock.BlockPublicAcls present:b5bea41b6c62'],
    actors: [
      {
        session: `ASIA${index}`,
        who: 'role SecurityTooling, session alice@example.com',
        call: 'PutAccountPublicAccessBlock',
        userAgent: 'Boto3/1.40',
        at: at(0),
        certainty: 'certain',
      },
    ],
    report: `s3://audit-${index}/reports/alerts/f-${index}/x.json`,
    owners: [],
    ...more,
  };
}

const later = (index: number, minutes: number, more: Partial<HubNews> = {}): HubNews =>
  news(index, {
    at: at(minutes),
    since: at(minutes),
    actors: news(index).actors.map((actor) => ({ ...actor, at: at(minutes) })),
    ...more,
  });

const all = Array.from({ length: 41 }, (_, index) => index + 1);

describe('one cause, 41 accounts', () => {
  test('in one minute: one mail, which names each account, what breaks there, who did it and where its own alert is', async () => {
    const hub = new HubScene(START);
    for (const index of all) await hub.hears(account(index), news(index));
    await hub.minutes(30);
    expect(hub.subjects).toEqual(['HIGH breaks: account-level S3 Block Public Access changed in 41 accounts']);
    const text = `Subject: ${hub.subjects[0] ?? ''}\n\n${hub.mails[0]?.text ?? ''}`;
    await expect(text).toMatchFileSnapshot('./alerts/hub-41-accounts.mail.txt');
    for (const index of all) {
      expect(text).toContain(account(index));
      expect(text).toContain(`s3://audit-${index}/reports/`);
    }
    expect(JSON.parse(hub.mails[0]?.json ?? '')).toMatchObject({ type: 'plumbline.hub-alert', hub: HUB_ACCOUNT });
    expect(hub.mails[0]?.attributes['account']).toHaveLength(41);
  });

  test('one after the other: the first at once, all others in one further mail', async () => {
    const hub = new HubScene(START);
    for (const index of all) {
      await hub.hears(account(index), news(index, { at: hub.now().toISOString() }));
      if (index % 10 === 1) await hub.minutes(1);
    }
    await hub.minutes(30);
    expect(hub.subjects).toEqual([
      'HIGH breaks: account-level S3 Block Public Access changed (100000000001)',
      'HIGH changed, breaks: account-level S3 Block Public Access changed in 41 accounts',
    ]);
  });

  test('each delivered three times, in any order, and the worker run again: the same mail', async () => {
    const hub = new HubScene(START);
    for (const round of [0, 1, 2])
      for (const index of round === 1 ? all.toReversed() : all) await hub.hears(account(index), news(index));
    await hub.minutes(1);
    expect(await hub.hears(account(7), news(7))).toBe(0);
    await hub.minutes(30);
    expect(hub.subjects).toHaveLength(1);
    expect(await hub.ledger.list('hub-news')).toHaveLength(41);
    expect(await hub.ledger.list('hub-drift')).toHaveLength(41);
  });

  test('500 accounts still are one mail that SNS takes, and each is named', async () => {
    const hub = new HubScene(START);
    const many = Array.from({ length: 500 }, (_, index) => index + 1);
    const lines = Array.from({ length: 60 }, (_, index) => `${index} ${'x'.repeat(900)}`);
    for (const index of many)
      await hub.hears(account(index), news(index, { breaks: [REFUSED], affected: lines.slice(0, 2) }));
    await hub.minutes(1);
    expect(hub.subjects).toEqual(['HIGH breaks: account-level S3 Block Public Access changed in 500 accounts']);
    expect(JSON.parse(hub.mails[0]?.json ?? '')).toMatchObject({ cut: true });
    for (const index of many) expect(hub.mails[0]?.text).toContain(account(index));
    expect(hub.mails[0]?.text).toContain('This mail was cut; the whole alert is at memory/reports/hub/');
  });

  test('SNS is down for an hour: nothing is lost, and it is told once', async () => {
    const hub = new HubScene(START);
    hub.isRefused = true;
    for (const index of all) await hub.hears(account(index), news(index));
    expect(await hub.round()).toEqual(['SNS is down']);
    await hub.minutes(59);
    expect(hub.subjects).toEqual([]);
    hub.isRefused = false;
    await hub.minutes(3);
    expect(hub.subjects).toHaveLength(1);
  });
});

interface Case {
  readonly case: string;
  readonly happens: (hub: HubScene) => Promise<void>;
  readonly told: readonly string[];
}

const HEAD = 'account-level S3 Block Public Access changed';

const CASES: readonly Case[] = [
  {
    case: 'two causes in one minute are two mails',
    happens: async (hub) => {
      const other = { moves: ['waf-ip-set addresses present:1'], headline: 'WAF IP set deny-list changed' };
      for (const index of [1, 2]) await hub.hears(account(index), news(index));
      for (const index of [3, 4]) await hub.hears(account(index), news(index, other));
      await hub.minutes(30);
    },
    told: [`HIGH breaks: ${HEAD} in 2 accounts`, 'HIGH breaks: WAF IP set deny-list changed in 2 accounts'],
  },
  {
    case: 'who tells at home is collected, and not told',
    happens: async (hub) => {
      await hub.hears(account(1), news(1, { tell: 'here' }));
      await hub.minutes(30);
    },
    told: [],
  },
  {
    case: 'reminders of the accounts are none of the hub: it has its own',
    happens: async (hub) => {
      for (const index of [1, 2]) await hub.hears(account(index), news(index));
      await hub.minutes(1);
      for (const index of [1, 2]) await hub.hears(account(index), news(index, { status: 'still-open', at: at(60) }));
      await hub.minutes(70);
    },
    told: [`HIGH breaks: ${HEAD} in 2 accounts`, `HIGH still open, breaks: ${HEAD} in 2 accounts`],
  },
  {
    case: 'recovered is told when it is over in all of them, and not before',
    happens: async (hub) => {
      for (const index of [1, 2]) await hub.hears(account(index), news(index));
      await hub.minutes(1);
      await hub.hears(account(1), news(1, { status: 'recovered', at: at(10) }));
      await hub.minutes(15);
      await hub.hears(account(2), news(2, { status: 'recovered', at: at(20) }));
      await hub.minutes(5);
    },
    told: [`HIGH breaks: ${HEAD} in 2 accounts`, `HIGH recovered: ${HEAD} in 2 accounts`],
  },
  {
    case: 'accepted in the accounts: it ends without a word, and nobody is reminded',
    happens: async (hub) => {
      for (const index of [1, 2]) await hub.hears(account(index), news(index));
      await hub.minutes(1);
      for (const index of [1, 2]) await hub.hears(account(index), news(index, { status: 'accepted', at: at(10) }));
      await hub.minutes(48 * 60);
    },
    told: [`HIGH breaks: ${HEAD} in 2 accounts`],
  },
  {
    case: 'what no account can read any more is told as that, and is no recovery',
    happens: async (hub) => {
      await hub.hears(account(1), news(1));
      await hub.minutes(1);
      await hub.hears(account(1), news(1, { status: 'blind', at: at(10) }));
      await hub.minutes(15);
    },
    told: [`HIGH breaks: ${HEAD} (100000000001)`, `HIGH no longer visible: ${HEAD} (100000000001)`],
  },
  {
    case: 'graver in one of them: said at once',
    happens: async (hub) => {
      for (const index of [1, 2]) await hub.hears(account(index), news(index));
      await hub.minutes(1);
      await hub.hears(account(2), news(2, { status: 'changed', severity: 'critical', exposure: 'widened', at: at(2) }));
      await hub.minutes(5);
    },
    told: [`HIGH breaks: ${HEAD} in 2 accounts`, `CRITICAL changed, opens to everyone: ${HEAD} in 2 accounts`],
  },
  {
    case: 'old news after new ones change nothing: what recovered does not come back to life',
    happens: async (hub) => {
      await hub.hears(account(1), news(1));
      await hub.minutes(1);
      await hub.hears(account(1), news(1, { status: 'recovered', at: at(10) }));
      await hub.minutes(1);
      await hub.hears(account(1), news(1, { status: 'changed', at: at(5) }));
      await hub.minutes(60 * 24);
    },
    told: [`HIGH breaks: ${HEAD} (100000000001)`, `HIGH recovered: ${HEAD} (100000000001)`],
  },
  {
    case: 'acknowledged at the hub: no reminders',
    happens: async (hub) => {
      await hub.hears(account(1), news(1));
      await hub.minutes(1);
      const ports = { ledger: withHubFindings(hub.ledger), now: hub.now };
      const [finding] = await findingsIn(ports);
      const by = 'arn:aws:sts::999988887777:assumed-role/OnCall/bob';
      await actOn(finding?.id ?? '', { act: 'ack', by, at: at(1), note: 'known' }, ports);
      await hub.minutes(60 * 24);
    },
    told: [`HIGH breaks: ${HEAD} (100000000001)`],
  },
  {
    case: 'an hour later by the same hand it is another piece of work',
    happens: async (hub) => {
      await hub.hears(account(1), news(1));
      await hub.minutes(30);
      await hub.hears(account(2), later(2, 30));
      await hub.minutes(20);
    },
    told: [`HIGH breaks: ${HEAD} (100000000001)`, `HIGH breaks: ${HEAD} (100000000002)`],
  },
];

test.each(CASES)('$case', async ({ happens, told }) => {
  const hub = new HubScene(START);
  await happens(hub);
  expect(hub.subjects).toEqual(told);
});

test('a follower says that others recovered meanwhile', async () => {
  const hub = new HubScene(START);
  for (const index of [1, 2, 3]) await hub.hears(account(index), news(index));
  await hub.minutes(1);
  await hub.hears(account(1), news(1, { status: 'recovered', at: at(3) }));
  await hub.hears(account(4), news(4, { at: at(3) }));
  await hub.minutes(15);
  expect(hub.mails[1]?.text).toContain('Of 1 more it is as accepted again.');
});

describe('what logs of use in a member say', () => {
  const failing = (minutes: number, failures: number): HubNews =>
    news(1, {
      status: 'changed',
      at: at(minutes),
      severity: 'critical',
      urgency: `Customers affected now: yes: ${failures} failures in ${minutes} min.`,
      hit: [`exports (assessment), export-app: PutObject on exports refused ${failures} times (AccessDenied)`],
      use: `used, failing ${Math.floor(Math.log10(failures))}`,
    });

  test('failures that have begun are told with whom they hit, again when there are ten times as many, and not with each', async () => {
    const scene = new HubScene(START);
    await scene.hears(account(1), news(1));
    await scene.round();
    for (const [minutes, failures] of [
      [3, 12],
      [6, 40],
      [13, 211],
    ] as const) {
      await scene.minutes(3);
      await scene.hears(account(1), failing(minutes, failures));
      await scene.minutes(4);
    }
    const mails = scene.published.filter(({ topic }) => topic === 'alerts');
    expect(mails.map(({ subject }) => subject.slice(0, 25))).toEqual([
      'HIGH breaks: account-leve',
      'CRITICAL changed, breaks:',
      'CRITICAL changed, breaks:',
    ]);
    expect(mails[2]?.text).toContain('Customers affected now: yes: 211 failures in 13 min.');
    expect(mails[2]?.text).toContain('PutObject on exports refused 211');
    expect(mails[2]?.text).not.toContain('open to everyone');
    const chat = scene.published.findLast(({ topic }) => topic === 'chat');
    expect(chat?.text).toContain(`${account(1)}: Customers affected now: yes: 211 failures in 13 min.`);
  });

  test('is a stranger\u2019s word, and is written out', async () => {
    const scene = new HubScene(START);
    await scene.hears(account(1), news(1, { urgency: 'a\u001b[2Jb\nFAKE', hit: ['c\u001b[2Jd'], use: 'used' }));
    await scene.round();
    for (const { text } of scene.published) expect(text).not.toMatch(/\p{Cc}\[|\nFAKE/u);
  });
});

test('what silences the service in members is one alert of the second topic, apart from what else one session did there', async () => {
  const hub = new HubScene(START);
  const silenced: Partial<HubNews> = {
    finding: 'f-own',
    severity: 'critical',
    exposure: 'same',
    against: 'deployed',
    headline: 'EventBridge rule of Plumbline "s3" changed',
    moves: ['plumbline-self state present:0000'],
  };
  for (const index of [1, 2]) {
    await hub.hears(account(index), news(index, silenced));
    await hub.hears(account(index), news(index));
  }
  await hub.minutes(1);
  const own = hub.published.filter(({ topic }) => topic === 'self-watch');
  expect(own.map(({ subject }) => subject)).toEqual([
    'CRITICAL silences the watch: EventBridge rule of Plumbline "s3" changed in 2 accounts',
  ]);
  expect(own[0]?.text.replaceAll(/\s+/g, ' ')).toContain('while this is open, its silence proves nothing.');
  expect(own[0]?.text).not.toContain('open to everyone');
  expect(hub.subjects).toEqual([`HIGH breaks: ${HEAD} in 2 accounts`]);
  expect(hub.published.filter(({ topic }) => topic === 'chat')).toHaveLength(1);
});

describe('a member speaks for itself alone', () => {
  test('the account is what EventBridge says, whatever the detail says', async () => {
    const hub = new HubScene(START);
    await hub.hears(account(1), { ...news(1), account: account(9), alert: { account: account(9) } } as HubNews);
    await hub.minutes(1);
    expect(hub.subjects).toEqual([`HIGH breaks: ${HEAD} (100000000001)`]);
    expect(hub.mails[0]?.text).not.toContain(account(9));
  });

  test('the finding of another is not ended by using its name', async () => {
    const hub = new HubScene(START);
    await hub.hears(account(1), news(1));
    await hub.minutes(1);
    await hub.hears(account(2), {
      ...news(1),
      status: 'recovered',
      at: at(5),
      severity: 'low',
      breakage: 'none',
      exposure: 'same',
    });
    await hub.minutes(5);
    const [finding] = (await hub.ledger.list('hub-finding')).map(({ body }) => body as unknown as FindingRecord);
    expect(finding?.status).toBe('open');
  });

  test('what it writes is written out: no line, no colour, no direction of its own', async () => {
    const hub = new HubScene(START);
    const hostile = 'x\u{1b}[31m\r\nFinding f-0, all is well\u{202e}';
    await hub.hears(
      account(1),
      news(1, {
        headline: hostile,
        breaks: [hostile],
        affected: [hostile],
        report: hostile,
        owners: [hostile],
        actors: [{ who: hostile, certainty: 'likely' }],
      }),
    );
    await hub.minutes(1);
    expect(hub.subjects).toHaveLength(1);
    expect(hub.mails[0]?.text).not.toMatch(/[\p{Cf}\r]|\p{Cc}\[/u);
    expect(hub.mails[0]?.text).not.toMatch(/^\s*Finding f-0, all is well/m);
  });

  test.each([
    { case: 'nothing', detail: null, where: 'detail' },
    { case: 'another format', detail: { ...news(1), version: 2 }, where: 'detail.version' },
    { case: 'a name that is a path', detail: { ...news(1), finding: '../../x' }, where: 'detail.finding' },
    { case: 'a status that there is not', detail: { ...news(1), status: 'fine' }, where: 'detail.status' },
    { case: 'a time that is none', detail: { ...news(1), at: 'now' }, where: 'detail.at' },
    { case: 'a text without end', detail: { ...news(1), headline: 'x'.repeat(5_000) }, where: 'detail.headline' },
    { case: 'lines without end', detail: { ...news(1), breaks: Array(100).fill('x') }, where: 'detail.breaks' },
  ])('$case is refused, and says where', async ({ detail, where }) => {
    const hub = new HubScene(START);
    await expect(hub.hears(account(1), detail as HubNews)).rejects.toThrow(
      `a message of the hub's queue is no alert of a member: "${where}" is missing or not as expected`,
    );
  });
});

const QUIET = reconcile({
  period: { from: at(-60), to: at(0) },
  now: at(60),
  changes: [],
  calls: [],
  looked: { searches: [], gaps: [] },
});

test('the digest of the hub has what is open in other accounts, also of those that mail themselves', async () => {
  const hub = new HubScene(START);
  await hub.hears(account(1), news(1, { tell: 'here', severity: 'medium' }));
  await hub.hears(account(2), news(2));
  await hub.hears(HUB_ACCOUNT, news(3));
  await hub.minutes(1);
  await hub.hears(account(4), news(4));
  await hub.hears(account(4), news(4, { status: 'recovered', at: at(2) }));
  await hub.minutes(1);
  const members = await openInMembers({ ledger: hub.ledger, account: HUB_ACCOUNT });
  const { subject, text } = renderDigest({
    account: HUB_ACCOUNT,
    at: at(60),
    timeZone: 'UTC',
    store: 's3://hub',
    open: [],
    muted: [],
    quiet: [],
    blind: [],
    against: 'accepted',
    lastSweep: undefined,
    yesterday: { reconciliation: QUIET, problems: [] },
    members,
  });
  expect(subject).toBe('Plumbline digest: 2 open in other accounts (999988887777)');
  expect(text).toContain(`OPEN IN OTHER ACCOUNTS
  100000000002  high  account-level S3 Block Public Access changed, since
    2026-03-02 08:00:00 UTC
  100000000001  medium  account-level S3 Block Public Access changed, since
    2026-03-02 08:00:00 UTC
`);
});

test('what answers at the hub sees the hub’s findings beside its own, and their members', async () => {
  const hub = new HubScene(START);
  for (const index of [1, 2]) await hub.hears(account(index), news(index));
  await hub.minutes(1);
  const ledger = withHubFindings(hub.ledger);
  const [finding] = await findingsIn({ ledger });
  expect(finding).toMatchObject({ status: 'open', account: HUB_ACCOUNT });
  const keys = (finding?.members ?? []).map((key) => ({ family: 'drift', id: key.slice(0, key.lastIndexOf('@')) }));
  expect(await ledger.readMany(keys)).toHaveLength(2);
});

test('what a member said is placed in the next round where somebody wrote its record meanwhile', async () => {
  const hub = new HubScene(START);
  await hub.hears(account(1), news(1));
  const write = hub.ledger.write.bind(hub.ledger);
  let refused = 0;
  hub.ledger.write = async (item) => (item.family === 'hub-drift' && (refused += 1) === 1 ? 'conflict' : write(item));
  await hub.minutes(1);
  expect(hub.subjects).toEqual([]);
  await hub.minutes(1);
  expect(hub.subjects).toEqual(['HIGH breaks: account-level S3 Block Public Access changed (100000000001)']);
});
