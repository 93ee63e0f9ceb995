import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { recordOf } from '../records.ts';
import { openShell, plumbline, type Shell } from './command.ts';

let shell: Shell;
beforeAll(async () => {
  shell = await openShell();
  await mkdir(join(shell.cwd, 'logs', 'CloudTrail'), { recursive: true });
  await mkdir(join(shell.cwd, 'logs', 'CloudTrail-Digest'), { recursive: true });
  const block = recordOf('PutAccountPublicAccessBlock', {
    eventID: 'e-1',
    eventTime: '2025-10-28T19:01:02Z',
    userIdentity: {
      type: 'AssumedRole',
      arn: 'arn:aws:sts::111122223333:assumed-role/SecurityTooling/check',
      accountId: '111122223333',
      accessKeyId: 'ASIATOOL',
    },
    userAgent: 'Boto3/1.40.1 ua/2.1 exec-env/AWS_Lambda_python3.13',
  });
  const policy = recordOf('PutBucketPolicy', {
    eventID: 'e-2',
    eventTime: '2025-10-28T19:20:00Z',
    requestParameters: { bucketName: 'exports' },
    userAgent: '=HYPERLINK("http://example.com")\u{1b}[31m',
  });
  const refused = recordOf('PutBucketAcl', {
    eventID: 'e-3',
    eventTime: '2025-10-28T19:30:00Z',
    requestParameters: { bucketName: 'exports' },
    errorCode: '=1+1',
  });
  const give = recordOf('AssumeRole', {
    eventID: 'give',
    eventSource: 'sts.amazonaws.com',
    eventTime: '2025-10-28T18:58:03Z',
    userIdentity: { type: 'IAMUser', userName: '=bob\u{1b}[31m', accessKeyId: 'AKIABOB' },
    responseElements: { credentials: { accessKeyId: 'ASIATOOL', sessionToken: 'SECRET' } },
  });
  const logs = join(shell.cwd, 'logs');
  await writeFile(
    join(logs, 'CloudTrail', 'a.json.gz'),
    gzipSync(JSON.stringify({ Records: [policy, refused, block, recordOf('GetBucketAcl', { eventID: 'r' })] })),
  );
  await writeFile(join(logs, 'CloudTrail', 'b.json'), JSON.stringify({ Records: [block, give] }));
  await writeFile(join(logs, 'CloudTrail-Digest', 'd.json.gz'), gzipSync('{"awsAccountId":"111122223333"}'));
  await writeFile(join(logs, 'notes.txt'), 'not a log');
  await writeFile(join(shell.cwd, 'broken.json'), JSON.stringify({ Records: [block] }).slice(0, -30));
});

describe('changes --trail-logs, with no AWS at all', () => {
  test('who changed what, when and how; what failed apart; and what was read', async () => {
    const { code, out, err } = await plumbline(shell, 'changes', '--trail-logs', 'logs');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatchInlineSnapshot(`
      "2025-10-28 19:01:02 UTC  PutAccountPublicAccessBlock  111122223333/global/s3-account-block/account
          role SecurityTooling, session check
          whose session was given by AssumeRole at 2025-10-28 18:58:03 UTC to user =bob\\u{1b}[31m, with a long-lived access key
          by Boto3 1.40.1, in AWS Lambda (as the client says, which can be forged)
      2025-10-28 19:20:00 UTC  PutBucketPolicy  111122223333/eu-west-1/s3-bucket/exports
          role platform, session ana@example.com
          whose session was given by an event that is in none of what was read
          by a client that calls itself "=HYPERLINK("http://example.com")\\u{1b}[31m" (as the client says, which can be forged)

      Attempts that failed: nothing changed
      2025-10-28 19:30:00 UTC  PutBucketAcl  111122223333/eu-west-1/s3-bucket/exports failed: =1+1
          role platform, session ana@example.com
          whose session was given by an event that is in none of what was read
          by the AWS CLI 2.30.0 (as the client says, which can be forged)

      2 changes, 1 failed attempt, in 6 records of 2 files (1 record read already).
      "
    `);
  });

  test.each([
    { case: 'since', args: ['--since', '2025-10-28T19:10Z'], events: ['e-2', 'e-3'] },
    { case: 'until', args: ['--until', '2025-10-28T21:10:00+02:00'], events: ['e-1'] },
    { case: 'a day', args: ['--since', '2025-10-29'], events: [] },
    { case: 'so long ago', args: ['--since', '1m'], events: [] },
    { case: 'a resource by its name', args: ['--resource', 'exports'], events: ['e-2', 'e-3'] },
    { case: 'no part of a name', args: ['--resource', 'ports'], events: [] },
    { case: 'a kind', args: ['--kind', 's3-account-block'], events: ['e-1'] },
    { case: 'an actor', args: ['--actor', 'ANA@'], events: ['e-2', 'e-3'] },
    { case: 'whoever took the session', args: ['--actor', 'bob'], events: ['e-1'] },
    { case: 'nobody of that name', args: ['--actor', 'carl'], events: [] },
    { case: 'a region', args: ['--region', 'eu-west-1', '--region', 'eu-west-2'], events: ['e-1', 'e-2', 'e-3'] },
    { case: 'another region', args: ['--region', 'us-east-1'], events: [] },
    { case: 'another account', args: ['--account', '444455556666'], events: [] },
  ])('narrowed: $case', async ({ args, events }) => {
    const { out } = await plumbline(shell, 'changes', '--trail-logs', 'logs', '--json', ...args);
    const document = JSON.parse(out) as { version: number; entries: readonly { event: string }[] };
    expect([document.version, document.entries.map(({ event }) => event)]).toEqual([1, events]);
  });

  test('of a region that no log is of nothing is known: it is said, and the exit code is 2', async () => {
    const day = join(shell.cwd, 'of-a-trail', 'AWSLogs', '111122223333', 'CloudTrail', 'eu-west-1', '2025', '10', '28');
    await mkdir(day, { recursive: true });
    await writeFile(
      join(day, '111122223333_CloudTrail_eu-west-1_20251028T1905Z_a.json.gz'),
      gzipSync('{"Records":[]}'),
    );
    const { code, out } = await plumbline(shell, 'changes', '--trail-logs', 'of-a-trail', '--region', 'mars-1');
    expect([code, out]).toMatchInlineSnapshot(`
      [
        2,
        "Not read, or not all of it
        --trail-logs: there are logs, but none of the times, accounts and regions that were asked: check --since, --until, --accounts and --region

      0 changes, 0 failed attempts, in 0 records of 0 files.
      ",
      ]
    `);
  });

  test('CSV: no stranger’s text is a formula', async () => {
    const { out } = await plumbline(shell, 'changes', '--trail-logs', 'logs', '--csv');
    expect(out).toMatchInlineSnapshot(`
      "time,call,resource,region,who,person,chain,taken by,how,certainty,address,error,event
      2025-10-28T19:01:02.000Z,PutAccountPublicAccessBlock,111122223333/global/s3-account-block/account,eu-west-1,"role SecurityTooling, session check",,"whose session was given by AssumeRole at 2025-10-28 18:58:03 UTC to user =bob\\u{1b}[31m, with a long-lived access key",'=bob\\u{1b}[31m,"Boto3 1.40.1, in AWS Lambda",claimed,203.0.113.9,,e-1
      2025-10-28T19:20:00.000Z,PutBucketPolicy,111122223333/eu-west-1/s3-bucket/exports,eu-west-1,"role platform, session ana@example.com",ana@example.com,whose session was given by an event that is in none of what was read,not-found,"a client that calls itself ""=HYPERLINK(""http://example.com"")\\u{1b}[31m""",claimed,203.0.113.9,,e-2
      2025-10-28T19:30:00.000Z,PutBucketAcl,111122223333/eu-west-1/s3-bucket/exports,eu-west-1,"role platform, session ana@example.com",ana@example.com,whose session was given by an event that is in none of what was read,not-found,the AWS CLI 2.30.0,claimed,203.0.113.9,'=1+1,e-3
      "
    `);
  });

  test('JSON: each session of the chain, and nothing secret', async () => {
    const { out } = await plumbline(shell, 'changes', '--trail-logs', 'logs', '--json', '--kind', 's3-account-block');
    const { entries } = JSON.parse(out) as { entries: readonly { chain: unknown }[] };
    expect(entries.map(({ chain }) => JSON.stringify(chain))).toMatchInlineSnapshot(`
      [
        "{"links":[{"call":"AssumeRole","at":"2025-10-28T18:58:03.000Z","event":"give","account":"111122223333","region":"eu-west-1","who":{"type":"user","person":"=bob\\u001b[31m"},"whoText":"user =bob\\u001b[31m"}],"end":"long-lived-key","person":"=bob\\u001b[31m","doubts":[]}",
      ]
    `);
    expect(out).not.toContain('SECRET');
  });

  test('what could not be read is said, and ends with 2', async () => {
    const { code, out } = await plumbline(shell, 'changes', '--trail-logs', 'broken.json');
    expect(code).toBe(2);
    expect(out).toContain('Not read, or not all of it\n  broken.json: it ends in the middle of a record');
  });

  test('as CSV it is said beside the table', async () => {
    const { code, err } = await plumbline(shell, 'changes', '--trail-logs', 'broken.json', '--csv');
    expect([code, err]).toEqual([2, 'plumbline: broken.json: it ends in the middle of a record\n']);
  });

  test('a file that is no log', async () => {
    const { code, out } = await plumbline(shell, 'changes', '--trail-logs', 'logs/CloudTrail-Digest');
    expect(code).toBe(2);
    expect(out).toContain('d.json.gz: 1 of its entries is no record of CloudTrail');
  });

  test.each([
    {
      args: ['--trail-logs', 'logs', '--profile', 'production'],
      code: 64,
      says: '--profile: logs in a folder are read without AWS, so leave it out',
    },
    {
      args: ['--trail-logs', 'logs', '--account-role', 'arn:aws:iam::111122223333:role/reader'],
      code: 64,
      says: '--account-role: logs in a folder are read without AWS, so leave it out',
    },
    {
      args: ['--trail-logs', 'logs', '--accounts', '111122223333'],
      code: 64,
      says: '--accounts: logs hold whatever accounts the trail has; narrow them with --account',
    },
    { args: ['--trail-logs', 'nowhere'], code: 2, says: 'could not read nowhere (ENOENT): check --trail-logs' },
    {
      args: ['--trail-logs', 'logs', '--json', '--csv'],
      code: 64,
      says: '--json and --csv: the timeline is printed as one of them; leave one out',
    },
    {
      args: ['--trail-logs', 'logs', '--kind', 's3'],
      code: 64,
      says: '--kind s3: it is one of cloudfront-distribution, s3-account-block',
    },
    {
      args: ['--trail-logs', 'logs', '--account', '12'],
      code: 64,
      says: "--account 12: an account's id has 12 digits: write such as 111122223333",
    },
    {
      args: ['--trail-logs', 'logs', '--since', '2025-10-28T14:00Z', '--until', '2025-10-27'],
      code: 64,
      says: '--until 2025-10-27: this is no later than --since 2025-10-28T14:00Z, so nothing lies between: name a later time, or leave one out',
    },
    {
      args: ['--trail-logs', 'logs', '--since', '1h', '--until', '1h'],
      code: 64,
      says: '--until 1h: this is no later',
    },
    { args: ['--trail-logs', 'logs', '--since', 'yesterday'], code: 64, says: 'write a time with its zone' },
    { args: ['--trail-logs', 'logs', '--since', '2025-10-28T19:00'], code: 64, says: 'write a time with its zone' },
  ])('$args: $says', async ({ args, code, says }) => {
    const ended = await plumbline(shell, 'changes', ...args);
    expect(ended.code).toBe(code);
    expect(ended.err).toContain(says);
  });
});
