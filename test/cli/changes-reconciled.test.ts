import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Json } from '#core/json.ts';
import { present, unreadable } from '#core/reading.ts';
import type { Scan } from '#core/scan.ts';
import type { State } from '#core/state.ts';
import { FolderDocuments } from '#local/folder-documents.ts';
import { describeService } from '#lambda/service-document.ts';
import { bucketState, scanOf, seen } from '../builders.ts';
import { byEvent, changed, eventNamed, noted } from '../noted.ts';
import { recordOf } from '../records.ts';
import { openShell, plumbline, type Shell } from './command.ts';

const BEFORE = '2026-03-02T08:00:00.500Z';
const AFTER = '2026-03-02T09:00:00.500Z';
const POLICY: Json = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::444455556666:root' },
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::exports/*',
    },
  ],
};

let shell: Shell;
const put = (
  name: string,
  at: readonly [time: string, bucket: string],
  more: Readonly<Record<string, Json>> = {},
): Json =>
  recordOf(name, {
    eventID: `${name} ${at[0]}`,
    eventTime: `2026-03-02T${at[0]}Z`,
    awsRegion: 'us-east-1',
    requestParameters: { bucketName: at[1], ...(name === 'PutBucketPolicy' ? { bucketPolicy: POLICY } : {}) },
    ...more,
  });
const snapshot = (time: string, states: readonly State[]): Scan =>
  scanOf(
    states.map((state) => seen({ ...state, takenAt: time })),
    { startedAt: time, finishedAt: time },
  );
const write = (name: string, scan: Scan): Promise<void> =>
  writeFile(join(shell.cwd, name), JSON.stringify({ plumbline: 'snapshot', format: 1, ...scan }));

beforeAll(async () => {
  shell = await openShell();
  await mkdir(join(shell.cwd, 'logs'));
  const both = [bucketState('exports'), bucketState('imports')];
  await write('before.json', snapshot(BEFORE, both));
  await write(
    'after.json',
    snapshot(AFTER, [
      bucketState('exports', { watched: { policy: present(POLICY) } }),
      bucketState('imports', { watched: { ownership: present('BucketOwnerEnforced') } }),
    ]),
  );
  await write(
    'blind.json',
    snapshot(AFTER, [bucketState('exports', { watched: { policy: unreadable('AccessDenied') } })]),
  );
  await write('other.json', { ...snapshot(AFTER, []), account: '444455556666' });
  const records = [
    put('PutBucketPolicy', ['08:30:00', 'exports']),
    put('PutBucketPolicy', ['08:40:00', 'exports']),
    put('PutBucketAcl', ['08:50:00', 'elsewhere']),
    put('PutBucketPolicy', ['08:55:00', 'exports'], { errorCode: 'AccessDenied' }),
    put('PutBucketPolicy', ['10:00:00', 'exports']),
  ];
  await writeFile(join(shell.cwd, 'logs', 'a.json'), JSON.stringify({ Records: records }));
  const documents = new FolderDocuments(join(shell.cwd, 'kept'));
  const event = eventNamed('PutBucketPolicy', 'e-1');
  const evidence = { moves: 'policy', shows: 'yes' };
  await noted(documents, '2026-03-02T08:00:00.000Z', byEvent(event, evidence, { changes: [changed('policy')] }));
  const several = new FolderDocuments(join(shell.cwd, 'several'));
  for (const account of ['111122223333', '444455556666'])
    await several.create(`changes/account=${account}/dt=2026-03-02/20260302T080000000Z-0.json`, Buffer.from('{}'));
  const served = new FolderDocuments(join(shell.cwd, 'served'));
  await describeService(served, { account: '444455556666', region: 'us-east-1', table: 't', version: '0' });
  await noted(served, '2026-03-02T08:00:00.000Z', { status: 'changed', changes: [changed('acl')] });
  await noted(documents, '2026-03-02T08:10:00.000Z', { status: 'changed', changes: [changed('acl')] });
});

const between = (...args: readonly string[]) =>
  plumbline(shell, 'changes', '--snapshots', 'before.json', 'after.json', ...args);

describe('two snapshots, and the logs of between', () => {
  test('the timeline, then what is explained, what is not, and what changed nothing', async () => {
    const { code, out, err } = await between('--trail-logs', 'logs');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatchInlineSnapshot(`
      "2026-03-02 08:30:00 UTC  PutBucketPolicy  111122223333/us-east-1/s3-bucket/exports
          role platform, session ana@example.com
          whose session was given by an event that is in none of what was read
          by the AWS CLI 2.30.0 (as the client says, which can be forged)
      2026-03-02 08:40:00 UTC  PutBucketPolicy  111122223333/us-east-1/s3-bucket/exports
          role platform, session ana@example.com
          whose session was given by an event that is in none of what was read
          by the AWS CLI 2.30.0 (as the client says, which can be forged)
      2026-03-02 08:50:00 UTC  PutBucketAcl  111122223333/us-east-1/s3-bucket/elsewhere
          role platform, session ana@example.com
          whose session was given by an event that is in none of what was read
          by the AWS CLI 2.30.0 (as the client says, which can be forged)

      Attempts that failed: nothing changed
      2026-03-02 08:55:00 UTC  PutBucketPolicy  111122223333/us-east-1/s3-bucket/exports failed: AccessDenied
          role platform, session ana@example.com
          whose session was given by an event that is in none of what was read
          by the AWS CLI 2.30.0 (as the client says, which can be forged)

      3 successful calls, 1 failed attempt, in 5 records of 1 file.

      Changed, and explained by events
      2026-03-02 09:00:00 UTC  111122223333/us-east-1/s3-bucket/exports#policy: bucket policy set
          PutBucketPolicy at 2026-03-02 08:30:00 UTC, role platform, session ana@example.com (certain)

      Changed, and not explained
      2026-03-02 09:00:00 UTC  111122223333/us-east-1/s3-bucket/imports#ownership: object ownership set
          no call in the logs made it so; CloudTrail delivers as best it can, and may have lost one

      Called, without effect
      2026-03-02 08:40:00 UTC  PutBucketPolicy  111122223333/us-east-1/s3-bucket/exports
          role platform, session ana@example.com
          what it set was there already

      Called, and not compared
      2026-03-02 08:50:00 UTC  PutBucketAcl  111122223333/us-east-1/s3-bucket/elsewhere
          role platform, session ana@example.com
          the second snapshot has not looked at it

      2 changes, 1 explained by events, 1 not; 1 call without effect; 1 call that could not be compared; 1 failed attempt.
      "
    `);
  });

  test('as JSON, beside the timeline', async () => {
    const { out } = await between('--trail-logs', 'logs', '--json');
    const document = JSON.parse(out) as { reconciliation: { counts: object }; entries: readonly object[] };
    expect(Object.keys(document)).toEqual([
      'version',
      'exitCode',
      'entries',
      'reconciliation',
      'files',
      'records',
      'duplicates',
      'problems',
    ]);
    expect(document.entries).toHaveLength(4);
    expect(document.reconciliation.counts).toEqual({
      changes: 2,
      explained: 1,
      unexplained: 1,
      calls: 3,
      causes: 1,
      withoutEffect: 1,
      notCompared: 1,
      attempts: 1,
    });
  });

  test('as CSV it is the timeline', async () => {
    const { out } = await between('--trail-logs', 'logs', '--csv');
    expect(out.split('\n').map((line) => line.split(',').slice(0, 2).join(' '))).toEqual([
      'time call',
      '2026-03-02T08:30:00.000Z PutBucketPolicy',
      '2026-03-02T08:40:00.000Z PutBucketPolicy',
      '2026-03-02T08:50:00.000Z PutBucketAcl',
      '2026-03-02T08:55:00.000Z PutBucketPolicy',
      '',
    ]);
  });

  test('narrowed to one bucket', async () => {
    const { out } = await between('--trail-logs', 'logs', '--json', '--resource', 'imports');
    expect(JSON.parse(out)).toMatchObject({
      entries: [],
      reconciliation: { counts: { changes: 1, unexplained: 1, calls: 0 } },
    });
  });

  test('what cannot be compared is said, and ends with 2', async () => {
    const args = ['--snapshots', 'before.json', 'blind.json', '--trail-logs', 'logs'];
    const { code, out } = await plumbline(shell, 'changes', ...args);
    expect(code).toBe(2);
    expect(out).toContain(
      'blind.json: 1 of what is watched could not be compared with before.json: "plumbline diff before.json blind.json" names it',
    );
  });

  test.each([
    {
      case: 'one file',
      args: ['--snapshots', 'before.json', '--trail-logs', 'logs'],
      code: 64,
      says: '--snapshots: it takes two files that "plumbline snapshot" wrote, the older one first, and there is 1',
    },
    {
      case: 'a time beside them',
      args: ['--snapshots', 'before.json', 'after.json', '--since', '1h', '--trail-logs', 'logs'],
      code: 64,
      says: '--since and --until: the snapshots say from when to when; leave them out',
    },
    {
      case: 'a region beside them',
      args: ['--snapshots', 'before.json', 'after.json', '--region', 'us-east-1', '--trail-logs', 'logs'],
      code: 64,
      says: '--region: the snapshots say where was looked; narrow it with --resource or --kind',
    },
    {
      case: 'the newer one first',
      args: ['--snapshots', 'after.json', 'before.json', '--trail-logs', 'logs'],
      code: 2,
      says: 'the first snapshot is of 2026-03-02T09:00:00.500Z, the second of 2026-03-02T08:00:00.500Z: give the older one first',
    },
    {
      case: 'two accounts',
      args: ['--snapshots', 'before.json', 'other.json', '--trail-logs', 'logs'],
      code: 2,
      says: 'the first snapshot is of account 111122223333, the second of 444455556666: give two of one account',
    },
    {
      case: 'no such file',
      args: ['--snapshots', 'before.json', 'nowhere.json', '--trail-logs', 'logs'],
      code: 2,
      says: 'could not read nowhere.json (ENOENT): check the name',
    },
    {
      case: 'what is no snapshot',
      args: ['--snapshots', 'before.json', 'logs/a.json', '--trail-logs', 'logs'],
      code: 2,
      says: 'logs/a.json does not fit at plumbline',
    },
  ])('$case: one sentence', async ({ args, code, says }) => {
    const ended = await plumbline(shell, 'changes', ...args);
    expect([ended.code, ended.out]).toEqual([code, '']);
    expect(ended.err).toContain(`plumbline: ${says}`);
    expect(ended.err.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('what a service has noted', () => {
  const time = ['--since', '2026-03-02T07:00Z', '--until', '2026-03-02T09:00Z'];

  test('the timeline, and what explains it', async () => {
    const { code, out, err } = await plumbline(shell, 'changes', '--store', 'kept', ...time);
    expect([code, err]).toEqual([0, '']);
    expect(out.replaceAll(shell.cwd, '(folder)')).toMatchInlineSnapshot(`
      "2026-03-02 08:00:00 UTC  PutBucketPolicy  111122223333/us-east-1/s3-bucket/exports
          role platform, session ana@example.com
          by the AWS CLI 2.30.0 (as the client says, which can be forged)

      1 successful call, 0 failed attempts, in 2 records of (folder)/kept around 2026-03-02 07:00:00 UTC to 2026-03-02 09:00:00 UTC.

      What was called in the last quarter of an hour may not be there yet.

      Changed, and explained by events
      2026-03-02 08:00:00 UTC  111122223333/us-east-1/s3-bucket/exports#policy: policy set
          PutBucketPolicy at 2026-03-02 08:00:00 UTC, role platform, session ana@example.com (certain)

      Changed, and not explained
      2026-03-02 08:10:00 UTC  111122223333/us-east-1/s3-bucket/exports#acl: acl set
          the event history of CloudTrail was not asked about it

      2 changes, 1 explained by events, 1 not.
      "
    `);
  });

  test('those of the account of the service that keeps them, unless another is named', async () => {
    const accountIn = async (...more: readonly string[]): Promise<readonly unknown[]> => {
      const { out } = await plumbline(shell, 'changes', '--store', 'served', '--json', ...time, ...more);
      const { account, records } = JSON.parse(out) as { account: string; records: number };
      return [account, records];
    };
    expect(await accountIn()).toEqual(['444455556666', 0]);
    expect(await accountIn('--account', '111122223333')).toEqual(['111122223333', 1]);
  });

  test.each([
    {
      case: 'a folder without records',
      args: ['--store', 'logs'],
      code: 2,
      says: 'has no records of a service: name the bucket of a deployed one, the output "Store" of its stack; without --store, changes and explain ask CloudTrail\'s own history',
    },
    {
      case: 'records of several accounts',
      args: ['--store', 'several'],
      code: 64,
      says: 'has records of 2 accounts: name one of 111122223333, 444455556666 with --account',
    },
    {
      case: 'logs beside it',
      args: ['--store', 'kept', '--trail-logs', 'logs'],
      code: 64,
      says: '--store and --trail-logs: the timeline is read from one place; leave one out',
    },
    {
      case: 'snapshots beside it',
      args: ['--store', 'kept', '--snapshots', 'before.json', 'after.json'],
      code: 64,
      says: '--store and --snapshots: the records of the store tell what was read; leave one out',
    },
    {
      case: 'accounts beside it',
      args: ['--store', 'kept', '--accounts', '111122223333'],
      code: 64,
      says: '--accounts and --account-role: a store has the records of its own account; leave them out',
    },
    {
      case: 'a region beside it',
      args: ['--store', 'kept', '--region', 'us-east-1'],
      code: 64,
      says: '--region: a store is read whole; narrow it with --resource or --kind',
    },
    { case: 'no place', args: ['--store', 's3:/kept'], code: 64, says: '--store s3:/kept: it takes a folder' },
    {
      case: 'no time',
      args: ['--store', 'kept', '--since', 'yesterday'],
      code: 64,
      says: '--since yesterday: write a time with its zone',
    },
  ])('$case: one sentence', async ({ args, code, says }) => {
    const ended = await plumbline(shell, 'changes', ...args);
    expect([ended.code, ended.out]).toEqual([code, '']);
    expect(ended.err).toContain(says);
  });
});
