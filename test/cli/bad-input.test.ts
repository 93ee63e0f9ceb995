import { beforeEach, describe, expect, test } from 'vitest';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { acceptAllIn, scanIn } from './account.ts';
import { openShell, pipedTo, plumbline } from './command.ts';
import { useDouble } from './on-double.ts';

const on = useDouble();

const scan = (...args: readonly string[]) => scanIn(on.shell, ...args);
const acceptAll = () => acceptAllIn(on.shell);

describe('bad input gets one clear sentence', () => {
  beforeEach(() => on.double.show({ regions: ['us-east-1', 'eu-west-1'], buckets: { a: { region: 'us-east-1' } } }));

  const oneLine = (text: string): void => expect(text.trimEnd().split('\n')).toHaveLength(1);

  test.each([
    {
      case: 'no such profile',
      args: ['scan', '--profile', 'nobody'],
      code: 2,
      says: /^plumbline: could not use the AWS profile "nobody": .* Name one \(AWS_PROFILE or --profile\) that "aws configure list-profiles" shows$/,
    },
    {
      case: 'an unknown region',
      args: ['scan', '--region', 'us-esat-1'],
      code: 64,
      says: /^plumbline: --region us-esat-1: no region of that name is enabled in this account; did you mean us-east-1\?$/,
    },
    {
      case: 'no region at all',
      args: ['scan', '--region', 'virginia'],
      code: 64,
      says: /^plumbline: --region virginia: write a region such as us-east-1$/,
    },
    {
      case: 'accept before any scan',
      args: ['baseline', 'accept', '--all', '--reason', 'x'],
      code: 2,
      says: /^plumbline: no scan of account 111122223333 is kept in .*: run "plumbline scan" first and look at what it shows$/,
    },
    {
      case: 'accept of an unknown scan',
      args: ['baseline', 'accept', '--all', '--reason', 'x', '--from', 'yesterday'],
      code: 64,
      says: /^plumbline: no scan "yesterday" of account 111122223333 is kept/,
    },
    {
      case: 'accept of nothing',
      args: ['baseline', 'accept', '--reason', 'x'],
      code: 64,
      says: /^plumbline: name what to accept, or say --all$/,
    },
    {
      case: 'accept without a reason worth the name',
      args: ['baseline', 'accept', '--all', '--reason', ' '],
      code: 64,
      says: /^plumbline: --reason is empty: say in a few words why this is right$/,
    },
    {
      case: 'show before any accept',
      args: ['baseline', 'show'],
      code: 2,
      says: /^plumbline: nothing is accepted for account 111122223333 in /,
    },
    {
      case: 'a store that is neither folder nor bucket',
      args: ['scan', '--store', 'ftp://x'],
      code: 64,
      says: /^plumbline: --store ftp:\/\/x: it takes a folder, such as \.plumbline, or s3:\/\/bucket\/prefix$/,
    },
    {
      case: 'settings that are not there',
      args: ['scan', '--settings', 'mine.yaml'],
      code: 64,
      says: /^plumbline: could not read the settings .*mine\.yaml \(ENOENT\): check --settings$/,
    },
    {
      case: 'a snapshot that is none',
      args: ['diff', 'broken.json', 'broken.json'],
      code: 2,
      says: /^plumbline: broken\.json is no whole JSON document .*: give a file that "plumbline snapshot" wrote$/,
    },
    {
      case: 'a policy that is none',
      args: ['diff', '--policy', 'broken.json', 'broken.json'],
      code: 2,
      says: /^plumbline: broken\.json is no policy: it is no JSON; give a file that holds one policy document/,
    },
    {
      case: 'a file that is not there',
      args: ['diff', 'none.json', 'broken.json'],
      code: 2,
      says: /^plumbline: could not read none\.json \(ENOENT\): check the name$/,
    },
  ])('$case', async ({ args, code, says }) => {
    await writeFile(join(on.shell.cwd, 'broken.json'), '{"plumbline":"snap');
    const ended = await plumbline(on.shell, ...args);
    expect(ended.err.trimEnd()).toMatch(says);
    oneLine(ended.err);
    expect([ended.code, ended.out]).toEqual([code, '']);
  });

  test.each([
    { case: 'an unknown command', args: ['scna'], says: /unknown command 'scna'\n\(Did you mean scan\?\)/ },
    {
      case: 'an unknown option',
      args: ['scan', '--regoin', 'x'],
      says: /unknown option '--regoin'\n\(Did you mean --region\?\)/,
    },
    {
      case: 'a missing reason',
      args: ['baseline', 'accept', '--all'],
      says: /required option '--reason <text>' not specified/,
    },
    {
      case: 'a number that is none',
      args: ['scan', '--concurrency', 'many'],
      says: /It must be a whole number from 1 to 256/,
    },
  ])('$case: exit 64', async ({ args, says }) => {
    const ended = await plumbline(on.shell, ...args);
    expect(ended.err).toMatch(says);
    expect([ended.code, ended.out]).toEqual([64, '']);
  });

  test('credentials that end in the middle of a scan: one sentence, and nothing is kept', async () => {
    await on.double.misbehave({ refuse: [{ call: 'GetPublicAccessBlock', code: 'ExpiredToken', status: 400 }] });
    const { code, out, err } = await plumbline(on.shell, 'scan');
    expect([code, out, err]).toEqual([
      2,
      '',
      'plumbline: the AWS credentials ended in the middle of the scan (ExpiredToken), and nothing of it was kept: sign in again, then repeat the command\n',
    ]);
    expect(await readdir(on.shell.cwd)).toEqual([]);
  });

  test('no region anywhere but on the command line', async () => {
    const { AWS_REGION: _none, ...environment } = on.double.environment;
    const { code, out } = await plumbline({ ...on.shell, environment }, 'scan', '--region', 'us-east-1');
    expect([code, out.includes('1 s3-account-block, 1 s3-bucket')]).toEqual([2, true]);
  });

  test('an endpoint that is no address', async () => {
    const { code, err } = await plumbline(
      { ...on.shell, environment: { ...on.double.environment, AWS_ENDPOINT_URL: 'not an address' } },
      'scan',
    );
    expect(err).toMatch(
      /^plumbline: AWS_ENDPOINT_URL .* is no address: write one such as http:\/\/127\.0\.0\.1:5555\n$/,
    );
    expect(code).toBe(64);
  });

  test('a reason that nobody reads', async () => {
    const { code, err } = await plumbline(on.shell, 'baseline', 'accept', '--all', '--reason', 'x'.repeat(1001));
    expect([code, err]).toEqual([
      64,
      'plumbline: --reason and --ticket may have 1000 characters: say it shorter, or link to where it stands\n',
    ]);
  });

  test('a reader that stops reading does not turn findings into success', async () => {
    await acceptAll();
    await on.double.show({ buckets: { a: { region: 'us-east-1', ownership: 'ObjectWriter' } } });
    const { code } = await pipedTo(on.shell, 'head -c 10', 'scan', '--json', '--all');
    expect(code).toBe(1);
  });

  test('two snapshots of two accounts, and two that have no region in common', async () => {
    await plumbline(on.shell, 'snapshot', '--out', 'us.json', '--region', 'us-east-1');
    await plumbline(on.shell, 'snapshot', '--out', 'eu.json', '--region', 'eu-west-1');
    expect((await plumbline(on.shell, 'diff', 'us.json', 'eu.json')).code).toBe(2);
    const other = (await readFile(join(on.shell.cwd, 'us.json'), 'utf8')).replace(
      '"account":"111122223333"',
      '"account":"444455556666"',
    );
    await writeFile(join(on.shell.cwd, 'other.json'), other);
    const { code, err } = await plumbline(on.shell, 'diff', 'us.json', 'other.json');
    expect([code, err]).toEqual([
      2,
      'plumbline: the first snapshot is of account 111122223333, the second of 444455556666: give two of one account\n',
    ]);
  });

  test('expired credentials', async () => {
    await on.double.misbehave({ refuse: [{ call: 'GetCallerIdentity', code: 'ExpiredToken', status: 403 }] });
    const { code, err } = await plumbline(on.shell, 'scan');
    expect([code, err]).toEqual([
      2,
      'plumbline: the default AWS credentials have expired: sign in again (for SSO: aws sso login), then repeat the command\n',
    ]);
  });

  test('no credentials at all', async () => {
    const bare = await openShell({ ...on.double.environment, AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' });
    const { code, err } = await plumbline(bare, 'scan');
    expect(err).toMatch(
      /^plumbline: could not use the default AWS credentials: Could not load credentials from any providers\. Name one/,
    );
    expect(code).toBe(2);
  });

  test('a role that cannot be assumed', async () => {
    await writeFile(
      join(on.shell.cwd, 'config'),
      '[profile far]\nrole_arn = arn:aws:iam::444455556666:role/reader\nsource_profile = near\n[profile near]\naws_access_key_id = AKIADOUBLE\naws_secret_access_key = secret\n',
    );
    await on.double.misbehave({
      refuse: [
        {
          call: 'AssumeRole',
          code: 'AccessDenied',
          status: 403,
          message:
            'User: arn:aws:iam::111122223333:user/tester is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::444455556666:role/reader',
        },
      ],
    });
    const environment = { ...on.double.environment, AWS_CONFIG_FILE: join(on.shell.cwd, 'config') };
    const { code, err } = await plumbline(
      {
        ...on.shell,
        environment: Object.fromEntries(
          Object.entries(environment).filter(
            ([name]) => !name.startsWith('AWS_ACCESS') && !name.startsWith('AWS_SECRET'),
          ),
        ),
      },
      'scan',
      '--profile',
      'far',
    );
    expect(err).toBe(
      'plumbline: the AWS profile "far" may not take on the role that is named there: User: arn:aws:iam::111122223333:user/tester is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::444455556666:role/reader. Ask the role\'s owner to trust you, or use another profile\n',
    );
    expect(code).toBe(2);
    oneLine(err);
  });

  test('an endpoint where nobody listens', async () => {
    const { code, err } = await plumbline(
      { ...on.shell, environment: { ...on.double.environment, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' } },
      'scan',
    );
    expect(err).toBe(
      'plumbline: could not reach AWS STS in us-east-1 (ECONNREFUSED): check the network, the proxy and AWS_ENDPOINT_URL\n',
    );
    expect(code).toBe(2);
  });

  test('regions that may not be listed: the sentence says what to allow, and naming them works', async () => {
    await on.double.misbehave({ refuse: [{ call: 'DescribeRegions', code: 'UnauthorizedOperation', status: 403 }] });
    const { code, err } = await plumbline(on.shell, 'scan');
    expect(err).toBe(
      'plumbline: could not ask which regions are enabled in account 111122223333 (UnauthorizedOperation): allow ec2:DescribeRegions to arn:aws:iam::111122223333:user/tester, or name the regions with --region\n',
    );
    expect(code).toBe(2);
    expect((await scan('--region', 'us-east-1')).report.counts.resources['s3-bucket']).toBe(1);
  });

  test('with --json an error is one JSON document on standard output', async () => {
    const { code, out } = await plumbline(on.shell, 'scan', '--json', '--region', 'virginia');
    expect([code, JSON.parse(out)]).toEqual([
      64,
      {
        version: 1,
        exitCode: 64,
        error: { code: 'ARGUMENT_INVALID', message: '--region virginia: write a region such as us-east-1' },
      },
    ]);
  });

  test('a damaged baseline is told before anything is asked of AWS, and nothing is written', async () => {
    await acceptAll();
    const head = join(on.shell.cwd, '.plumbline', 'baseline', '111122223333', 'head.json');
    await writeFile(head, (await readFile(head, 'utf8')).slice(0, 40));
    await on.double.forgetCalls();
    const { code, err } = await plumbline(on.shell, 'scan');
    expect([code, (await on.double.calls()).calls]).toEqual([2, { GetCallerIdentity: 1 }]);
    expect(err).toMatch(/head\.json is no whole JSON document .*: restore it from a backup/);
  });

  test('an old scan is not accepted unless it is forced', async () => {
    await scan();
    const folder = join(on.shell.cwd, '.plumbline', 'snapshots', '111122223333');
    const [id = ''] = await readdir(folder);
    const manifest = join(folder, id, 'manifest.json');
    await writeFile(
      manifest,
      (await readFile(manifest, 'utf8')).replace(/"finishedAt":"[^"]*"/, '"finishedAt":"2020-01-01T00:00:00.000Z"'),
    );
    const refused = await plumbline(on.shell, 'baseline', 'accept', '--all', '--reason', 'x');
    expect([refused.code, refused.err]).toEqual([
      2,
      expect.stringMatching(
        /^plumbline: the scan \w+ is \d+ minutes old, and much may have changed since: scan again, or say --force\n$/,
      ) as string,
    ]);
    expect(await plumbline(on.shell, 'baseline', 'accept', '--all', '--reason', 'x', '--force')).toMatchObject({
      code: 0,
    });
  });

  test('a scan that cannot be kept is told all the same', async () => {
    await writeFile(join(on.shell.cwd, 'file'), '');
    const { code, out, err } = await plumbline(on.shell, 'scan', '--store', 'file/inside');
    expect([code, err]).toEqual([2, expect.stringMatching(/^plumbline: /) as string]);
    expect(out === '' || out.includes('Cannot tell.')).toBe(true);
  });
});
