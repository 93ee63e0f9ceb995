import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { AccountsBlastRadius, ProposedBlastRadius } from '#core/accounts-blast-radius.ts';
import { emptyWorld, type World } from '../aws-double/world.ts';
import { OWNER, PUBLIC } from './account.ts';
import { plumbline, plumblineOf } from './command.ts';
import { useDouble } from './on-double.ts';

const on = useDouble();

const OWN = '111122223333';
const FILMS = '222222222222';
const BOOKS = '444455556666';
const REFUSED = '777788889999';
const PLAN = join(import.meta.dirname, '..', 'fixtures', 'proposals', 'terraform-plan.json');
const CHANGE_SET = `arn:aws:cloudformation:us-east-1:${OWN}:changeSet/tighten/0a1b2c3d`;

const roleIn = (account: string): string => `arn:aws:iam::${account}:role/plumbline-reader`;
const legacy = { region: 'us-east-1', grants: [OWNER, PUBLIC] };
const world: Partial<World> = {
  buckets: { own: legacy, second: legacy },
  members: {
    [FILMS]: { ...emptyWorld(FILMS), buckets: { films: legacy } },
    [BOOKS]: { ...emptyWorld(BOOKS), buckets: { books: { region: 'us-east-1', ownership: 'BucketOwnerEnforced' } } },
  },
};
const TURN_ON = ['--set', 's3-account-block.BlockPublicAcls=true'];
const ONE_BUCKET = ['--set', 's3-bucket/films#publicAccessBlock.BlockPublicAcls=true'];

beforeEach(() => on.double.show(world));

const scanned = async (...accounts: readonly string[]): Promise<void> => {
  for (const account of accounts) await plumbline(on.shell, 'scan', '--account-role', roleIn(account));
  await on.double.forgetCalls();
};
const ask = async (...args: readonly string[]) => plumbline(on.shell, 'blast-radius', ...args);
const calls = async () => (await on.double.calls()).calls;
const withoutTimes = (text: string): string => text.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, 'TIME');
const changeSetOf = (
  changes: NonNullable<World['changeSets']>[string]['changes'],
  more: object = {},
): Partial<World> => ({
  ...world,
  changeSets: { [CHANGE_SET]: { changes, ...more } },
});
const films = (id: string, after: object): Record<string, string | undefined> => ({
  Action: 'Modify',
  LogicalResourceId: id,
  PhysicalResourceId: id,
  ResourceType: 'AWS::S3::Bucket',
  Replacement: 'False',
  BeforeContext: JSON.stringify({ Properties: {} }),
  AfterContext: JSON.stringify({ Properties: after }),
});

describe('several accounts', () => {
  test('from the snapshots of a local store: no call is made, not even to ask who we are', async () => {
    await scanned(FILMS, BOOKS);
    const { code, out, err } = await ask(...ONE_BUCKET, '--accounts', `${FILMS},${BOOKS}`, '--json');
    const report = JSON.parse(out) as AccountsBlastRadius;
    expect([code, err, report.version, report.exitCode]).toEqual([1, '', 1, 1]);
    expect(report.accounts.map(({ account, exitCode }) => [account, exitCode])).toEqual([
      [FILMS, 1],
      [BOOKS, 0],
    ]);
    expect(await calls()).toEqual({});
  });

  test('all are those of which the store has a snapshot; of one account it is one document', async () => {
    await scanned(BOOKS);
    const { code, out } = await ask(...TURN_ON, '--accounts', 'all', '--json');
    expect([code, await calls()]).toEqual([0, {}]);
    expect(JSON.parse(out)).toMatchObject({ version: 1, account: BOOKS, exitCode: 0 });
  });

  test('from files: the same', async () => {
    for (const account of [FILMS, BOOKS])
      await plumbline(on.shell, 'snapshot', '--out', `${account}.json`, '--account-role', roleIn(account));
    await on.double.forgetCalls();
    const files = ['--from', `${FILMS}.json`, '--from', `${BOOKS}.json`];
    const { code, out } = await ask(...TURN_ON, ...files, '--json');
    expect([code, (JSON.parse(out) as AccountsBlastRadius).accounts.map(({ exitCode }) => exitCode)]).toEqual([
      1,
      [1, 0],
    ]);
    expect(await calls()).toEqual({});
    expect(await ask(...TURN_ON, '--from', `${FILMS}.json`, '--from', `${FILMS}.json`)).toMatchObject({
      code: 64,
      err: `plumbline: --from ${FILMS}.json: another file is of account ${FILMS} too: give one of each account\n`,
    });
  });

  test('the whole text; where there is no snapshot AWS is read, and what cannot be read hides nothing', async () => {
    await scanned(FILMS);
    const accounts = ['--accounts', [FILMS, BOOKS, REFUSED].join(','), '--account-role', 'plumbline-reader'];
    const { code, out, err } = await ask(...ONE_BUCKET, ...accounts);
    expect([code, err]).toEqual([1, '']);
    expect(await calls()).toMatchObject({ ListBuckets: 1, GetCallerIdentity: 1 });
    expect(`\n${withoutTimes(out)}`).toMatchInlineSnapshot(`
      "
      ┌──────────────┬────────┬─────────────┬──────────┬──────────┐
      │ account      │ breaks │ could break │ harmless │    blind │
      ├──────────────┼────────┼─────────────┼──────────┼──────────┤
      │ 222222222222 │      1 │           0 │        0 │        0 │
      │ 444455556666 │      0 │           0 │        0 │        0 │
      │ 777788889999 │        │             │          │ not read │
      └──────────────┴────────┴─────────────┴──────────┴──────────┘

      ────────────────────────────────────────────────────────────────────────

      Account 222222222222, 1 region, as read at TIME, if this were set:
        ~ 222222222222/us-east-1/s3-bucket/films#publicAccessBlock.BlockPublicAcls: not set → true

        New uploads that carry a public ACL, and changes to a public ACL, are now refused with 403 AccessDenied; uploads without an ACL still work, so a test without --acl proves nothing.

      ┌───────────────────────────┬───────┬──────────┬──────────┬──────────────────────────────────────┐
      │ resource                  │ owner │ breakage │ exposure │ what flips                           │
      ├───────────────────────────┼───────┼──────────┼──────────┼──────────────────────────────────────┤
      │ us-east-1/s3-bucket/films │       │ breaks   │ narrowed │ allowed → 403 AccessDenied           │
      │                           │       │          │          │   Upload with a public ACL           │
      │                           │       │          │          │   Change to a public ACL             │
      │                           │       │          │          │   Presigned upload with a public ACL │
      └───────────────────────────┴───────┴──────────┴──────────┴──────────────────────────────────────┘

      Gentler ways, of which Plumbline goes none:
        - Uploads need no public ACL where a bucket policy allows s3:GetObject on what is to be public: leave the ACL out of the upload, and BlockPublicAcls refuses nothing. BlockPublicPolicy and RestrictPublicBuckets must then stay off for that bucket.

      This would break something. 1 resource affected; 1 with something refused or useless.
      No evidence of use was looked at: no evidence is never no impact.

      ────────────────────────────────────────────────────────────────────────

      Account 777788889999: could not be read
        ! could not assume the role arn:aws:iam::777788889999:role/plumbline-reader (AccessDenied): check that it is there, that it trusts arn:aws:iam::111122223333:user/tester, and that this caller is allowed sts:AssumeRole on it

      ────────────────────────────────────────────────────────────────────────

      Left out, and why:
        - s3-bucket/films: not there (in 444455556666)

      This would break something. Over 3 accounts.
        breaks:      222222222222
        cannot tell: 777788889999
        harmless:    444455556666
      "
    `);
  });

  test('all, where the store has no snapshot: there is nobody who could tell', async () =>
    expect(await ask(...TURN_ON, '--accounts', 'all')).toEqual({
      code: 64,
      out: '',
      err: 'plumbline: --accounts all: Plumbline does not ask which accounts there are: name each by its id, such as --accounts 111122223333,444455556666\n',
    }));
});

describe('a whole proposal', () => {
  test('a Terraform plan over a snapshot, without AWS', async () => {
    await plumbline(on.shell, 'snapshot', '--out', 'films.json', '--account-role', roleIn(FILMS));
    await on.double.forgetCalls();
    const plan = await readFile(PLAN, 'utf8');
    const { code, out } = await plumblineOf(
      on.shell,
      plan,
      'blast-radius',
      '--terraform-plan',
      '-',
      '--from',
      'films.json',
    );
    expect([code, await calls()]).toEqual([1, {}]);
    expect(`\n${withoutTimes(out)}`).toMatchInlineSnapshot(`
      "
      Account 222222222222, 1 region, as read at TIME, if this were set:
        ~ 222222222222/us-east-1/s3-bucket/films#publicAccessBlock: not set → {"BlockPublicAcls":true,"IgnorePublicAcls":false,"BlockPublicPolicy":false,"RestrictPublicBuckets":false}

        New uploads that carry a public ACL, and changes to a public ACL, are now refused with 403 AccessDenied; uploads without an ACL still work, so a test without --acl proves nothing.

      ┌───────────────────────────┬───────┬──────────┬──────────┬──────────────────────────────────────┐
      │ resource                  │ owner │ breakage │ exposure │ what flips                           │
      ├───────────────────────────┼───────┼──────────┼──────────┼──────────────────────────────────────┤
      │ us-east-1/s3-bucket/films │       │ breaks   │ narrowed │ allowed → 403 AccessDenied           │
      │                           │       │          │          │   Upload with a public ACL           │
      │                           │       │          │          │   Change to a public ACL             │
      │                           │       │          │          │   Presigned upload with a public ACL │
      └───────────────────────────┴───────┴──────────┴──────────┴──────────────────────────────────────┘

      Gentler ways, of which Plumbline goes none:
        - Uploads need no public ACL where a bucket policy allows s3:GetObject on what is to be public: leave the ACL out of the upload, and BlockPublicAcls refuses nothing. BlockPublicPolicy and RestrictPublicBuckets must then stay off for that bucket.

      This would break something. 1 resource affected; 1 with something refused or useless.
      No evidence of use was looked at: no evidence is never no impact.

      Left out, and why:
        - aws_s3_bucket.trailers: it would be created: nothing uses it yet, and what it would let in is not computed
        - aws_s3_bucket_policy.trailers: it is of a bucket that the plan creates
      "
    `);
  });

  test('a snapshot, against the newest one in the store', async () => {
    await plumbline(on.shell, 'scan');
    await on.double.show({ ...world, accountBlock: { BlockPublicAcls: true } });
    await plumbline(on.shell, 'snapshot', '--out', 'after.json');
    await on.double.forgetCalls();
    const { code, out } = await ask('--snapshot', 'after.json', '--json');
    const report = JSON.parse(out) as ProposedBlastRadius;
    expect([code, report.counts.broken, await calls()]).toEqual([1, 2, {}]);
    expect(report.proposed.map(({ ref, setting }) => `${ref.kind}#${setting}`)).toEqual([
      's3-account-block#publicAccessBlock',
    ]);
  });

  test('a change set, page by page', async () => {
    await plumbline(on.shell, 'scan');
    const block = { PublicAccessBlockConfiguration: { BlockPublicAcls: 'true' } };
    const nested = { Action: 'Modify', LogicalResourceId: 'Nested', ResourceType: 'AWS::CloudFormation::Stack' };
    await on.double.show(changeSetOf([films('own', block), films('second', {}), nested], { changesPerPage: 1 }));
    await on.double.forgetCalls();
    const { code, out } = await ask('--change-set', CHANGE_SET, '--json');
    const report = JSON.parse(out) as ProposedBlastRadius;
    expect([code, report.counts]).toMatchObject([1, { broken: 1, unknown: 1 }]);
    expect(report.unknown).toEqual([
      { why: 'Nested: it is a nested stack, which is not looked into: ask of its own change set' },
    ]);
    expect(await calls()).toEqual({ GetCallerIdentity: 1, DescribeChangeSet: 3 });
  });

  test('a change set whose values are told only when it is executed: not known', async () => {
    const later = { AccessControl: '{{changeSet:KNOWN_AFTER_APPLY}}' };
    await on.double.show(changeSetOf([films('own', later)]));
    const { code, out } = await ask('--change-set', CHANGE_SET, '--json');
    const { unknown } = JSON.parse(out) as ProposedBlastRadius;
    expect([code, unknown.map(({ why }) => why)]).toEqual([2, ['what acl would be is known only when it is applied']]);
  });
});

describe('what cannot be asked', () => {
  test.each([
    {
      case: 'nothing at all',
      args: [],
      code: 64,
      says: 'say what would be changed: give --set, such as s3-account-block.BlockPublicAcls=true, or --snapshot, --terraform-plan or --change-set',
    },
    {
      case: 'two proposals',
      args: [...TURN_ON, '--terraform-plan', 'plan.json'],
      code: 64,
      says: 'one proposal at a time: give --set, such as s3-account-block.BlockPublicAcls=true, or --snapshot, --terraform-plan or --change-set',
    },
    {
      case: 'a plan file that terraform has not shown',
      args: ['--terraform-plan', 'plan.json'],
      code: 2,
      says: 'plan.json is no JSON: give the output of "terraform show -json PLAN", not the plan file itself',
    },
    {
      case: 'a change set by its name',
      args: ['--change-set', 'tighten'],
      code: 64,
      says: '--change-set tighten: this is no change set: give its ARN, which "aws cloudformation list-change-sets --stack-name STACK" names',
    },
    {
      case: 'a change set that there is not',
      args: ['--change-set', CHANGE_SET],
      code: 2,
      says: `could not read the change set ${CHANGE_SET} (ChangeSetNotFound): check that it is there, and that you are allowed cloudformation:DescribeChangeSet`,
    },
    {
      case: 'a change set of one account in several',
      args: ['--change-set', CHANGE_SET, '--accounts', FILMS],
      code: 64,
      says: '--accounts: this proposal is of one account: leave --accounts out',
      world: changeSetOf([]),
    },
    {
      case: 'a change set that failed',
      args: ['--change-set', CHANGE_SET],
      code: 2,
      says: `the change set ${CHANGE_SET} failed, so it sets nothing: Template error`,
      world: changeSetOf([], { status: 'FAILED', reason: 'Template error' }),
    },
    {
      case: 'two files from standard input',
      args: ['--terraform-plan', '-', '--from', '-'],
      code: 64,
      says: 'standard input is one file: name the others',
    },
    {
      case: 'all beside an id',
      args: [...TURN_ON, '--accounts', `all,${FILMS}`],
      code: 64,
      says: '--accounts all: it stands for every account: leave the ids out',
    },
  ])('$case', async ({ args, code, says, world: shown }) => {
    await writeFile(join(on.shell.cwd, 'plan.json'), 'PK\u0003\u0004');
    if (shown !== undefined) await on.double.show(shown);
    expect(await ask(...args)).toEqual({ code, out: '', err: `plumbline: ${says}\n` });
  });
});
