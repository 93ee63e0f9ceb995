import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { AccountsReport } from '#core/accounts-report.ts';
import { emptyWorld, type World } from '../aws-double/world.ts';
import { acceptAllIn, allow, changesIn, scanIn } from './account.ts';
import { plumbline } from './command.ts';
import { useDouble } from './on-double.ts';

const on = useDouble();

const OWN = '111122223333';
const DRIFTED = '222222222222';
const CLEAN = '444455556666';
const REFUSED = '777788889999';
const CALLER = `arn:aws:iam::${OWN}:user/tester`;

const roleIn = (account: string): string => `arn:aws:iam::${account}:role/plumbline-reader`;
const rolesIn = (...accounts: readonly string[]): readonly string[] =>
  accounts.flatMap((account) => ['--account-role', roleIn(account)]);
const memberWith = (account: string, buckets: World['buckets']): Record<string, World> => ({
  [account]: { ...emptyWorld(account), buckets },
});
/** An own account with two members, and what the bucket of the first has; a third account takes nobody in. */
const worldWith = (more: object = {}): Partial<World> => ({
  buckets: { own: { region: 'us-east-1' } },
  members: {
    ...memberWith(DRIFTED, { films: { region: 'us-east-1', ...more } }),
    ...memberWith(CLEAN, { books: { region: 'us-east-1' } }),
  },
});

/** Scans a member for the first time and accepts everything. */
const acceptIn = async (account: string): Promise<void> => {
  await plumbline(on.shell, 'scan', ...rolesIn(account));
  expect(
    await plumbline(on.shell, 'baseline', 'accept', '--all', '--reason', 'first look', ...rolesIn(account)),
  ).toMatchObject({ code: 0 });
};
const withoutTimes = (text: string): string => text.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, 'TIME');
const scanAll = async (...args: readonly string[]): Promise<{ code: number; report: AccountsReport }> => {
  const { code, out } = await plumbline(on.shell, 'scan', '--json', ...args);
  return { code, report: JSON.parse(out) as AccountsReport };
};
const verdicts = ({ accounts }: AccountsReport) => accounts.map(({ account, exitCode }) => [account, exitCode]);

beforeEach(async () => {
  await on.double.forgetCalls();
  await on.double.show(worldWith());
});

describe('three accounts, one drifted, one clean, one that takes nobody in', () => {
  beforeEach(async () => {
    await acceptIn(DRIFTED);
    await acceptIn(CLEAN);
    await on.double.show(worldWith({ policy: allow('*') }));
  });

  test('the whole text: a section an account, and one summary over all of them', async () => {
    const { code, out, err } = await plumbline(on.shell, 'scan', ...rolesIn(DRIFTED, CLEAN, REFUSED));
    expect([code, err]).toEqual([1, '']);
    expect(withoutTimes(out))
      .toBe(`Account 222222222222, 1 region: read 0 cloudfront-distribution, 1 s3-account-block, 1 s3-bucket, 1 s3-organization-policy, 0 waf-ip-set, 0 waf-web-acl at TIME
Compared with what arn:aws:iam::111122223333:user/tester accepted at TIME (generation 1: first look)

  ~ 222222222222/us-east-1/s3-bucket/films  changed  critical  breakage: none, exposure: widened  f-9390d46d47
      ~ policy: not set → set, statements +1 −0
          + {"Sid":"S","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"}
      The bucket policy lets everyone in now.
      watched for TM-6, TM-7

Drift. 1 changed, 0 created, 0 deleted.

Next: see what lets whom in; undo what nobody wanted; accept what is right, by name or all of it:
  plumbline explain films --account-role arn:aws:iam::222222222222:role/plumbline-reader
  plumbline baseline accept us-east-1/s3-bucket/films --reason "…" --account-role arn:aws:iam::222222222222:role/plumbline-reader
  plumbline baseline accept --all --reason "…" --account-role arn:aws:iam::222222222222:role/plumbline-reader

────────────────────────────────────────────────────────────────────────

Account 444455556666, 1 region: read 0 cloudfront-distribution, 1 s3-account-block, 1 s3-bucket, 1 s3-organization-policy, 0 waf-ip-set, 0 waf-web-acl at TIME
Compared with what arn:aws:iam::111122223333:user/tester accepted at TIME (generation 1: first look)

Nothing drifted. 0 changed, 0 created, 0 deleted.

────────────────────────────────────────────────────────────────────────

Account 777788889999: could not be scanned
  ! could not assume the role arn:aws:iam::777788889999:role/plumbline-reader (AccessDenied): check that it is there, that it trusts arn:aws:iam::111122223333:user/tester, and that this caller is allowed sts:AssumeRole on it

────────────────────────────────────────────────────────────────────────

Action items:
  TM-6  Understand and document public vs private bucket use
  TM-7  Logging and tracking of access and config changes
        https://status.example.com/postmortems/testmaker-export-outage-october-2025

Drift. Over 3 accounts: 1 changed, 0 created, 0 deleted; 1 account could not be scanned.
  drift:           222222222222
  cannot tell:     777788889999
  nothing drifted: 444455556666
`);
  });

  test('as JSON: one document, in which each account has the report that it would have alone, or the error', async () => {
    const { code, report } = await scanAll(...rolesIn(DRIFTED, CLEAN, REFUSED));
    expect([code, report.version, report.exitCode, verdicts(report)]).toEqual([
      1,
      1,
      1,
      [
        [DRIFTED, 1],
        [CLEAN, 0],
        [REFUSED, 2],
      ],
    ]);
    const [drifted, , refused] = report.accounts;
    const alone = (await scanIn(on.shell, ...rolesIn(DRIFTED))).report;
    expect(Object.keys(drifted ?? {})).toEqual(Object.keys(alone));
    expect(changesIn(alone)).toEqual(['s3-bucket/films#policy']);
    expect(drifted).toMatchObject({ findings: [{ id: alone.findings[0]?.id }], counts: alone.counts });
    expect(refused).toEqual({
      account: REFUSED,
      exitCode: 2,
      error: {
        code: 'CREDENTIALS_UNUSABLE',
        message: `could not assume the role ${roleIn(REFUSED)} (AccessDenied): check that it is there, that it trusts ${CALLER}, and that this caller is allowed sts:AssumeRole on it`,
      },
    });
  });

  test.each([
    { case: 'clean and clean', accounts: [CLEAN, OWN], code: 0 },
    { case: 'clean and refused', accounts: [CLEAN, REFUSED], code: 2 },
    { case: 'refused and drifted', accounts: [REFUSED, DRIFTED], code: 1 },
  ])('$case: exit code $code, in the document as of the process', async ({ accounts, code }) => {
    await acceptAllIn(on.shell);
    const asked = ['--accounts', accounts.join(','), '--account-role', 'plumbline-reader'];
    const scanned = await scanAll(...asked);
    expect([scanned.code, scanned.report.exitCode]).toEqual([code, code]);
  });
});

describe('which accounts', () => {
  test('by name or by an ARN with *: the own account is read as who signed in, every other as the role', async () => {
    for (const role of ['plumbline-reader', 'arn:aws:iam::*:role/plumbline-reader']) {
      await on.double.forgetCalls();
      const { report } = await scanAll('--accounts', `${CLEAN}, ${OWN}`, '--account-role', role);
      expect(verdicts(report)).toEqual([
        [CLEAN, 2],
        [OWN, 2],
      ]);
      const { calls, sessions } = await on.double.calls();
      expect(calls['AssumeRole']).toBe(1);
      expect(sessions).toEqual([
        expect.stringMatching(/^arn:aws:sts::444455556666:assumed-role\/plumbline-reader\/plumbline-\d{8}T\d{9}Z$/),
      ]);
    }
  });

  test('an ARN adds its account to those that are named, or says the role in one of them', async () => {
    const own = roleIn(DRIFTED).replace('plumbline-reader', 'audit/other');
    const { report } = await scanAll('--accounts', `${OWN},${DRIFTED}`, '--account-role', own, ...rolesIn(CLEAN));
    expect(report.accounts.map(({ account }) => account)).toEqual([OWN, DRIFTED, CLEAN]);
    expect((await on.double.calls()).sessions.map((arn) => arn.split('/')[1])).toEqual(['other', 'plumbline-reader']);
  });

  test('the own account alone, by its id: the report of one account', async () => {
    const { code, report } = await scanIn(on.shell, '--accounts', OWN);
    expect([code, report.account, (await on.double.calls()).calls['AssumeRole']]).toEqual([2, OWN, undefined]);
  });

  test('nothing named: the own account, though there are others', async () => {
    expect((await scanIn(on.shell)).report.account).toBe(OWN);
  });
});

describe('one account fails, the others do not', () => {
  test.each([
    {
      case: 'credentials that end before a role is assumed',
      refusal: { call: 'AssumeRole', of: roleIn(CLEAN), code: 'ExpiredToken', status: 400 },
      says: `could not assume the role ${roleIn(CLEAN)}, since AWS no longer takes the credentials of ${CALLER} (ExpiredToken): sign in again, then repeat the command`,
    },
    {
      case: 'an STS that does not answer',
      refusal: { call: 'AssumeRole', of: roleIn(CLEAN), code: 'ServiceUnavailable', status: 503 },
      says: `could not ask AWS STS in us-east-1 for the role ${roleIn(CLEAN)} (ServiceUnavailable): check the network, the proxy and AWS_ENDPOINT_URL, then repeat the command`,
    },
  ])('$case', async ({ refusal, says }) => {
    await on.double.misbehave({ refuse: [refusal] });
    const { code, report } = await scanAll('--accounts', OWN, ...rolesIn(CLEAN));
    expect([code, report.accounts.map(({ account }) => account)]).toEqual([2, [OWN, CLEAN]]);
    expect(report.accounts[1]).toMatchObject({ exitCode: 2, error: { message: says } });
  });

  test('a damaged baseline', async () => {
    await acceptIn(DRIFTED);
    await acceptIn(CLEAN);
    const head = join(on.shell.cwd, '.plumbline', 'baseline', DRIFTED, 'head.json');
    await writeFile(head, (await readFile(head, 'utf8')).slice(0, 40));
    const { code, report } = await scanAll(...rolesIn(DRIFTED, CLEAN));
    expect([code, verdicts(report)]).toEqual([
      2,
      [
        [DRIFTED, 2],
        [CLEAN, 0],
      ],
    ]);
    expect(report.accounts[0]).toMatchObject({ error: { code: 'STORE_DAMAGED' } });
  });

  test('one that cannot be kept is told all the same, by its name', async () => {
    await acceptIn(DRIFTED);
    await acceptIn(CLEAN);
    const folder = join(on.shell.cwd, '.plumbline', 'snapshots', CLEAN);
    await rm(folder, { recursive: true });
    await writeFile(folder, '');
    const { code, out, err } = await plumbline(on.shell, 'scan', ...rolesIn(DRIFTED, CLEAN));
    expect(code).toBe(2);
    expect(err).toMatch(
      /^plumbline: the scan of account 444455556666 could not be kept, so it cannot be accepted: .*\n$/,
    );
    expect(out).toContain('  nothing drifted: 222222222222, 444455556666\n');
  });

  test('a region that is misspelt is wrong in every account: exit 64', async () => {
    const { code, out, err } = await plumbline(on.shell, 'scan', '--region', 'us-esat-1', ...rolesIn(DRIFTED, CLEAN));
    expect([code, out, err]).toEqual([
      64,
      '',
      'plumbline: --region us-esat-1: no region of that name is enabled in this account; did you mean us-east-1?\n',
    ]);
  });

  test('alone, a role that cannot be assumed is an error as any other', async () => {
    const { code, out, err } = await plumbline(on.shell, 'scan', '--json', ...rolesIn(REFUSED));
    expect([code, JSON.parse(out)]).toMatchObject([
      2,
      { version: 1, exitCode: 2, error: { code: 'CREDENTIALS_UNUSABLE' } },
    ]);
    expect(err).toContain(`plumbline: could not assume the role ${roleIn(REFUSED)} (AccessDenied)`);
  });
});

describe('the other commands look at one member account', () => {
  test('what is accepted is of the account of the role, by the person who signed in', async () => {
    await acceptAllIn(on.shell);
    await acceptIn(DRIFTED);
    expect(await readdir(join(on.shell.cwd, '.plumbline', 'baseline'))).toEqual([OWN, DRIFTED]);
    const { code, out } = await plumbline(on.shell, 'baseline', 'show', '--json', ...rolesIn(DRIFTED));
    expect([code, JSON.parse(out)]).toMatchObject([
      0,
      {
        account: DRIFTED,
        accepted: { by: CALLER, generation: 1 },
        states: [
          { state: { ref: { kind: 's3-account-block' } } },
          { state: { ref: { kind: 's3-organization-policy' } } },
          { state: { ref: { id: 'films' } } },
        ],
      },
    ]);
    expect((await scanIn(on.shell, ...rolesIn(DRIFTED))).code).toBe(0);
  });

  test('what was never accepted there is told with the commands that accept it there', async () => {
    const { code, err } = await plumbline(on.shell, 'baseline', 'show', ...rolesIn(CLEAN));
    expect([code, err]).toMatchObject([
      2,
      expect.stringMatching(
        /^plumbline: nothing is accepted for account 444455556666 in .*: run "plumbline scan --account-role arn:aws:iam::444455556666:role\/plumbline-reader", then "plumbline baseline accept --all --reason … --account-role arn:aws:iam::444455556666:role\/plumbline-reader"\n$/,
      ),
    ]);
  });

  test('nothing is accepted through a role that may not be assumed', async () => {
    const { code, err } = await plumbline(
      on.shell,
      'baseline',
      'accept',
      '--all',
      '--reason',
      'x',
      ...rolesIn(REFUSED),
    );
    expect([code, err]).toMatchObject([2, expect.stringContaining('could not assume the role')]);
  });

  test('snapshot and explain', async () => {
    const { code, out } = await plumbline(on.shell, 'snapshot', '--out', '-', ...rolesIn(CLEAN));
    expect([code, JSON.parse(out)]).toMatchObject([0, { account: CLEAN }]);
    const explained = await plumbline(on.shell, 'explain', 'books', ...rolesIn(CLEAN));
    expect([explained.code, explained.out]).toMatchObject([
      0,
      expect.stringContaining(`${CLEAN}/us-east-1/s3-bucket/books, as read at `),
    ]);
  });

  test('doctor says who signed in, and the role, and to whom to allow what is refused', async () => {
    await on.double.misbehave({ refuse: [{ call: 'GetBucketPolicy', code: 'AccessDenied', status: 403 }] });
    const { code, out } = await plumbline(on.shell, 'doctor', ...rolesIn(CLEAN));
    expect(code).toBe(2);
    expect(out).toContain(`    ok  identity                 ${CALLER} in account ${OWN}\n`);
    expect(out).toContain(`    ok  role                     ${roleIn(CLEAN)} in account ${CLEAN}\n`);
    expect(out).toContain(`allow s3:GetBucketPolicy to ${roleIn(CLEAN)}, and see`);
    const refused = await plumbline(on.shell, 'doctor', ...rolesIn(REFUSED));
    expect([refused.code, refused.out]).toMatchObject([2, expect.stringMatching(/not ok {2}role {6}could not assume/)]);
  });
});

describe('bad arguments: one sentence, exit 64, and nothing is asked of AWS', () => {
  const EXAMPLE = '--accounts 111122223333,444455556666';
  const ARN = roleIn(CLEAN);
  test.each([
    {
      case: 'all',
      args: ['scan', '--accounts', 'all', '--account-role', 'reader'],
      says: `--accounts all: Plumbline does not ask which accounts there are: name each by its id, such as ${EXAMPLE}`,
    },
    {
      case: 'an id with 11 digits',
      args: ['scan', '--accounts', `${OWN},44445555666`, '--account-role', 'reader'],
      says: `--accounts 44445555666: an account's id has 12 digits: write such as ${EXAMPLE}`,
    },
    {
      case: 'an account twice',
      args: ['scan', '--accounts', `${OWN},${CLEAN}`, '--accounts', OWN, '--account-role', 'reader'],
      says: `--accounts: ${OWN} stands twice: name each account once`,
    },
    {
      case: 'two roles of one account',
      args: ['scan', ...rolesIn(CLEAN), '--account-role', `arn:aws:iam::${CLEAN}:role/other`],
      says: `--account-role: two roles are of account ${CLEAN}: name one role for each account`,
    },
    {
      case: 'two roles for every account',
      args: ['scan', '--accounts', CLEAN, '--account-role', 'reader', '--account-role', 'arn:aws:iam::*:role/other'],
      says: '--account-role arn:aws:iam::*:role/other: reader already stands for every account: write the ARNs of roles that are called otherwise',
    },
    {
      case: 'a name without accounts',
      args: ['scan', '--account-role', 'reader'],
      says: `--account-role reader: say in which accounts, such as ${EXAMPLE}, or write the ARN of one role, such as ${ARN}`,
    },
    {
      case: 'the ARN of something else',
      args: ['scan', '--account-role', CALLER],
      says: `--account-role ${CALLER}: this is no role: write its ARN, such as ${ARN}, or its name together with --accounts`,
    },
    {
      case: 'an ARN whose account has 11 digits',
      args: ['scan', '--account-role', 'arn:aws:iam::44445555666:role/reader'],
      says: `--account-role arn:aws:iam::44445555666:role/reader: this is no role: write its ARN, such as ${ARN}, or its name together with --accounts`,
    },
    {
      case: 'no ARN, where one account is looked at',
      args: ['baseline', 'show', '--account-role', 'reader'],
      says: `--account-role reader: write the ARN of one role, such as ${ARN}`,
    },
    {
      case: 'two roles, where one account is looked at',
      args: ['doctor', ...rolesIn(CLEAN, DRIFTED)],
      says: '--account-role: this command looks at one account, so name one role',
    },
  ])('$case', async ({ args, says }) => {
    await on.double.forgetCalls();
    const { code, out, err } = await plumbline(on.shell, ...args);
    expect([code, out, err]).toEqual([64, '', `plumbline: ${says}\n`]);
    expect((await on.double.calls()).calls).toEqual({});
  });

  test('an account without a role: exit 64 as soon as it is known not to be the own one', async () => {
    const { code, out, err } = await plumbline(on.shell, 'scan', '--accounts', `${OWN},${CLEAN}`);
    expect([code, out, err]).toEqual([
      64,
      '',
      `plumbline: --accounts ${CLEAN}: say which role to assume there, such as --account-role plumbline-reader\n`,
    ]);
  });
});
