import { beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '#core/json.ts';
import { emptyWorld, type World } from '../aws-double/world.ts';
import { recordOf } from '../records.ts';
import { plumbline } from './command.ts';
import { useDouble } from './on-double.ts';

const on = useDouble();

const OWN = '111122223333';
const MEMBER = '444455556666';
const REFUSED = '777788889999';
const REGIONS = ['eu-west-1', 'us-east-1'];

const hoursAgo = (hours: number): string => `${new Date(Date.now() - hours * 3_600_000).toISOString().slice(0, 19)}Z`;
const call = (name: string, more: JsonObject): JsonObject => recordOf(name, { userAgent: 'Boto3/1.40.1', ...more });
const set = { requestParameters: { name: 'office', scope: 'REGIONAL' } };

/** Two accounts; each test changes what it needs. */
const worldOf = (): Partial<World> => ({
  regions: REGIONS,
  events: {
    'eu-west-1': [
      call('UpdateIPSet', { eventID: 'set', eventTime: hoursAgo(3), ...set }),
      call('UpdateIPSet', { eventID: 'refused', eventTime: hoursAgo(2), ...set, errorCode: 'AccessDeniedException' }),
      call('UpdateIPSet', { eventID: 'yesterday', eventTime: hoursAgo(26), ...set }),
      call('GetIPSet', { eventID: 'read', eventTime: hoursAgo(1), ...set }),
    ],
    'us-east-1': [
      call('PutAccountPublicAccessBlock', { eventID: 'block', eventTime: hoursAgo(4), awsRegion: 'us-east-1' }),
    ],
  },
  members: {
    [MEMBER]: {
      ...emptyWorld(MEMBER),
      regions: REGIONS,
      events: {
        'eu-west-1': [
          call('CreateIPSet', { eventID: 'theirs', eventTime: hoursAgo(1), ...set, recipientAccountId: MEMBER }),
        ],
      },
    },
  },
});

beforeEach(async () => {
  await on.double.show(worldOf());
  await on.double.forgetCalls();
});

const withoutTimes = (text: string): string => text.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, 'TIME');

interface Document {
  readonly exitCode: number;
  readonly accounts: number;
  readonly regions: number;
  readonly entries: readonly { readonly event: string }[];
  readonly problems: readonly { readonly where: string; readonly says: string }[];
}

/** IP sets alone have three events: quick to ask for at two a second. */
async function changesIn(...args: readonly string[]): Promise<Document & { code: number; events: readonly string[] }> {
  const { code, out, err } = await plumbline(on.shell, 'changes', '--json', '--kind', 'waf-ip-set', ...args);
  if (out === '') throw new Error(err);
  const document = JSON.parse(out) as Document;
  return { ...document, code, events: document.entries.map(({ event }) => event) };
}

const lookups = async (): Promise<number | undefined> => (await on.double.calls()).calls['LookupEvents'];

describe('changes, from CloudTrail’s own history', () => {
  test('the last day, in every region that is enabled, of all that is watched; never three questions in a second', async () => {
    const { code, out, err } = await plumbline(on.shell, 'changes');
    expect([code, err]).toEqual([0, '']);
    expect(withoutTimes(out)).toMatchInlineSnapshot(`
      "TIME  PutAccountPublicAccessBlock  111122223333/global/s3-account-block/account
          role platform, session ana@example.com
          by Boto3 1.40.1 (as the client says, which can be forged)
      TIME  UpdateIPSet  111122223333/eu-west-1/waf-ip-set/office
          role platform, session ana@example.com
          by Boto3 1.40.1 (as the client says, which can be forged)

      Attempts that failed: nothing changed
      TIME  UpdateIPSet  111122223333/eu-west-1/waf-ip-set/office failed: AccessDeniedException
          role platform, session ana@example.com
          by Boto3 1.40.1 (as the client says, which can be forged)

      2 changes, 1 failed attempt, in 3 records of CloudTrail's own history of 2 regions, from TIME to TIME.

      What was called in the last quarter of an hour may not be there yet.
      "
    `);
    expect((await on.double.calls()).mostLookups).toEqual({ [`${OWN}/eu-west-1`]: 2, [`${OWN}/us-east-1`]: 2 });
  });

  test.each([
    { case: 'since, and until now', args: ['--since', '30h'], events: ['yesterday', 'set', 'refused'] },
    { case: 'until, and a day before that', args: ['--until', '150m'], events: ['yesterday', 'set'] },
    { case: 'both', args: ['--since', '30h', '--until', '20h'], events: ['yesterday'] },
    { case: 'a region', args: ['--region', 'us-east-1'], events: [] },
    { case: 'a resource', args: ['--resource', 'depot'], events: [] },
    { case: 'an actor', args: ['--actor', 'ANA@'], events: ['set', 'refused'] },
    { case: 'its own account', args: ['--account', OWN], events: ['set', 'refused'] },
  ])('narrowed: $case', async ({ args, events }) => {
    expect(await changesIn(...args)).toMatchObject({ code: 0, events, problems: [] });
  });

  test('a kind, and a region: nothing else is asked', async () => {
    await changesIn('--region', 'eu-west-1');
    expect(await lookups()).toBe(3);
  });

  test('CSV', async () => {
    const { code, out } = await plumbline(on.shell, 'changes', '--kind', 'waf-ip-set', '--csv');
    expect([code, out.split('\n').map((line) => line.split(',').at(-1))]).toEqual([0, ['event', 'set', 'refused', '']]);
  });
});

describe('several accounts', () => {
  const both = ['--accounts', `${OWN},${MEMBER}`, '--account-role', 'plumbline-reader'];

  test('each is asked, as scan does', async () => {
    expect(await changesIn(...both)).toMatchObject({
      code: 0,
      accounts: 2,
      regions: 4,
      events: ['set', 'refused', 'theirs'],
    });
  });

  test('narrowed to one of them: the other is not asked', async () => {
    expect(await changesIn(...both, '--account', MEMBER)).toMatchObject({ accounts: 1, events: ['theirs'] });
    expect(await lookups()).toBe(6);
  });

  test('one that takes nobody in is named, and hides no other', async () => {
    const { code, exitCode, events, problems } = await changesIn(
      '--accounts',
      `${OWN},${REFUSED}`,
      '--account-role',
      'plumbline-reader',
    );
    expect([code, exitCode, events]).toEqual([2, 2, ['set', 'refused']]);
    expect(problems).toEqual([
      {
        where: REFUSED,
        says: `could not assume the role arn:aws:iam::${REFUSED}:role/plumbline-reader (AccessDenied): check that it is there, that it trusts arn:aws:iam::${OWN}:user/tester, and that this caller is allowed sts:AssumeRole on it`,
      },
    ]);
  });

  test('one alone that takes nobody in', async () => {
    const role = `arn:aws:iam::${REFUSED}:role/plumbline-reader`;
    const { code, out, err } = await plumbline(on.shell, 'changes', '--account-role', role);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(`could not assume the role ${role}`);
  });
});

describe('what could not be looked at', () => {
  test('a region that refuses is named, and ends with 2; the rest is told', async () => {
    await on.double.misbehave({
      refuse: [{ call: 'LookupEvents', of: 'us-east-1', code: 'AccessDeniedException', status: 400 }],
    });
    const { code, out } = await plumbline(on.shell, 'changes', '--kind', 'waf-ip-set');
    expect(code).toBe(2);
    expect(withoutTimes(out)).toMatchInlineSnapshot(`
      "TIME  UpdateIPSet  111122223333/eu-west-1/waf-ip-set/office
          role platform, session ana@example.com
          by Boto3 1.40.1 (as the client says, which can be forged)

      Attempts that failed: nothing changed
      TIME  UpdateIPSet  111122223333/eu-west-1/waf-ip-set/office failed: AccessDeniedException
          role platform, session ana@example.com
          by Boto3 1.40.1 (as the client says, which can be forged)

      Not read, or not all of it
        111122223333/us-east-1: not read to the end (AccessDeniedException): allow cloudtrail:LookupEvents

      1 change, 1 failed attempt, in 2 records of CloudTrail's own history of 2 regions, from TIME to TIME.

      What was called in the last quarter of an hour may not be there yet.
      "
    `);
  });

  test.each([
    {
      case: 'further back than CloudTrail remembers',
      args: ['--since', '91d'],
      says: /^plumbline: --since 91d: CloudTrail's own history goes back 90 days, to TIME: name a later time, or read the logs of a trail with --trail-logs$/m,
    },
    {
      case: 'an end further back than that',
      args: ['--until', '2025-10-28'],
      says: /^plumbline: --until 2025-10-28: CloudTrail's own history goes back 90 days, to TIME: /m,
    },
    {
      case: 'the account of somebody else',
      args: ['--account', MEMBER],
      says: /^plumbline: --account 444455556666: its history is not asked: name it with --accounts and --account-role, or sign in there$/m,
    },
    {
      case: 'a region that is not there',
      args: ['--region', 'eu-west-7'],
      says: /--region eu-west-7: no region of that name is enabled in this account; did you mean eu-west-1\?/,
    },
  ])('$case: 64', async ({ args, says }) => {
    const { code, out, err } = await plumbline(on.shell, 'changes', ...args);
    expect([code, out]).toEqual([64, '']);
    expect(withoutTimes(err)).toMatch(says);
    expect(await lookups()).toBeUndefined();
  });
});
