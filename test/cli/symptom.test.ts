import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Scan } from '#core/scan.ts';
import type { SymptomDocument } from '#core/symptom/document.ts';
import { FolderDocuments } from '#local/folder-documents.ts';
import { saveScan } from '#lambda/snapshot-store.ts';
import { bucketState } from '../builders.ts';
import { accountState, blockOf } from '../core/s3/buckets.ts';
import { BEFORE, BLOCK_PARAMETERS, FINDING_ID, keepIncident, SEEN_AT, STATES, taken } from '../incident-notes.ts';
import { recordOf } from '../records.ts';
import { dataEvent, type LogLine } from '../scenarios/log-lines.ts';
import { plumbline, type Ended } from './command.ts';
import { useDouble } from './on-double.ts';

const on = useDouble();

const SYMPTOM = 'AccessDenied PutObject exports';
const incidentIn = (folder: string): Promise<void> => keepIncident(new FolderDocuments(join(on.shell.cwd, folder)));

const explain = (...args: readonly string[]): Promise<Ended> =>
  plumbline(on.shell, 'explain', '--symptom', SYMPTOM, '--at', SEEN_AT.slice(0, 19) + 'Z', ...args);

const documentOf = async (...args: readonly string[]): Promise<SymptomDocument> =>
  JSON.parse((await explain(...args, '--json')).out) as SymptomDocument;

describe('explain --symptom, from what a service has noted', () => {
  beforeEach(() => incidentIn('kept'));

  test('as text: the cause, what is ruled out, what was looked at, and the way back', async () => {
    const { code, out, err } = await explain('--store', 'kept');
    expect([code, err]).toEqual([0, '']);
    expect(out.replaceAll(on.shell.cwd, '…')).toMatchInlineSnapshot(`
      "One change may explain this.
        AccessDenied PutObject exports, seen at 2025-10-29 11:30:00 UTC

      1. 111122223333/global/s3-account-block/account#publicAccessBlock: account-level block set (may explain it)
           PutAccountPublicAccessBlock at 2025-10-28 19:00:00 UTC, by role platform, session ana@example.com
           16 h 30 min before the failure
           - Upload with a public ACL: refused since with 403 AccessDenied
           - Presigned upload with a public ACL: refused since with 403 AccessDenied

      Ruled out: 2 of 3 changes
        Attempts that failed (1)
          the attempt failed (AccessDenied) and changed nothing
            us-east-1/s3-bucket/exports#policy
        Not on the way of what failed (1)
          failing calls go to the S3 API, on which no web ACL stands
            us-east-1/waf-ip-set/alb-deny-list#addresses

      Looked at
        Account 111122223333 from 2025-10-28 11:30:00 UTC to 2025-10-29 11:30:00 UTC: 3 changes, from 3 records in …/kept, over the snapshot of 2025-10-28 10:00:00 UTC

      Not looked at, or not to the end
        - logs of use: none were looked at: when failures began is not known

      The way back of the first (Plumbline changes nothing itself)
        aws s3control delete-public-access-block --account-id 111122223333

      Do not be misled
        A test upload without --acl succeeds and proves nothing: only uploads that carry a public ACL are refused.
        The settings of a single bucket may look unchanged: the account level overrides them all.
      "
    `);
  });

  test('the store is taken where it has records, though nobody names it', async () => {
    await incidentIn('.plumbline');
    expect(await documentOf()).toMatchObject({ exitCode: 0, verdict: 'one', lookedAt: { in: 'store', changes: 3 } });
  });

  test('another error is explained by nothing, and each change says why', async () => {
    const { out } = await plumbline(
      on.shell,
      'explain',
      '--symptom',
      'NoSuchBucket PutObject exports',
      '--at',
      '2025-10-29T11:30Z',
      '--store',
      'kept',
      '--json',
    );
    const { verdict, says, ruledOut } = JSON.parse(out) as SymptomDocument;
    expect([verdict, says]).toEqual(['none', 'No watched change explains this']);
    expect(ruledOut.map(({ reason, changes }) => [reason, changes.map((one) => one.says)])).toEqual([
      ['failed', ['the attempt failed (AccessDenied) and changed nothing']],
      ['not-on-the-path', ['failing calls go to the S3 API, on which no web ACL stands']],
      ['cannot-refuse', ['it refuses such requests with 403 AccessDenied, which is another error']],
    ]);
  });

  test('a slip in the name of the bucket is no honest none', async () => {
    const { code, out } = await plumbline(
      on.shell,
      'explain',
      '--symptom',
      'AccessDenied PutObject export',
      '--at',
      '2025-10-29T11:30Z',
      '--store',
      'kept',
    );
    expect(code).toBe(2);
    expect(out).toContain('One change may explain this, as far as could be looked at.');
    expect(out).toContain('- it refuses some requests to buckets; which bucket failed is not known');
    expect(out).toContain(
      '! the symptom: it names no bucket that is watched (not understood: export); did you mean exports?',
    );
  });

  test('what a stranger wrote does not reach the terminal as it is', async () => {
    const { out } = await plumbline(
      on.shell,
      'explain',
      '--symptom',
      'AccessDenied \u001b[2Jexports exports',
      '--at',
      '2025-10-29T11:30Z',
      '--store',
      'kept',
    );
    expect(out).not.toContain('\u001b[2J');
    expect(out).toContain('\\u{1b}[2Jexports');
  });
});

const WHO_MAY_NOT =
  'User: arn:aws:sts::111122223333:assumed-role/scheduler-api/scheduler-api-1 is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::exports/a/b.pdf" because';

/** Uploads of two applications, before and after the block; and of one that never may. */
async function logsIn(folder: string): Promise<void> {
  const upload = (at: string, role: string, message?: string): LogLine =>
    dataEvent({
      bucket: 'exports',
      operation: 'PutObject',
      acl: 'public-read',
      by: { role },
      at,
      ...(message === undefined ? {} : { error: { code: 'AccessDenied', message } }),
    });
  const byTheBlock = `${WHO_MAY_NOT} public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.`;
  const byNoPermission = `${WHO_MAY_NOT} no identity-based policy allows the s3:PutObject action`;
  const lines = [
    upload('2025-10-27T18:00:00Z', 'scheduler-api'),
    upload('2025-10-28T18:40:00Z', 'scheduler-api'),
    upload('2025-10-28T17:00:00Z', 'crawler', byNoPermission),
    upload('2025-10-28T19:03:12Z', 'scheduler-api', byTheBlock),
    upload('2025-10-28T21:25:00Z', 'scheduler-api', byTheBlock),
    upload('2025-10-29T02:00:00Z', 'document-api', byTheBlock),
    upload('2025-10-29T03:00:00Z', 'crawler', byNoPermission),
    upload('2025-10-29T11:29:00Z', 'scheduler-api', byTheBlock),
  ];
  await mkdir(join(on.shell.cwd, folder));
  const records = lines.map(({ text }) => text).join(',');
  await writeFile(join(on.shell.cwd, folder, 'data-events.json'), `{"Records":[${records}]}`);
}

describe('with logs of use', () => {
  beforeEach(async () => {
    await incidentIn('kept');
    await logsIn('uses');
    await writeFile(
      join(on.shell.cwd, 'plumbline.yaml'),
      'applications:\n  - name: Testmaker scheduler\n    owner: assessment\n    is: { roles: [scheduler-api] }\n',
    );
  });

  test('explain: since when, how often, and that the error itself says so', async () => {
    const { code, out, err } = await explain('--store', 'kept', '--evidence', 'uses');
    expect([code, err]).toEqual([0, '']);
    expect(out.slice(0, out.indexOf('Ruled out'))).toMatchInlineSnapshot(`
      "One change explains this.
        AccessDenied PutObject exports, seen at 2025-10-29 11:30:00 UTC

      1. 111122223333/global/s3-account-block/account#publicAccessBlock: account-level block set (explains it)
           PutAccountPublicAccessBlock at 2025-10-28 19:00:00 UTC, by role platform, session ana@example.com
           16 h 30 min before the failure
           - the error's own text names BlockPublicAcls, which this change turned on
           - Upload with a public ACL: refused since with 403 AccessDenied
           first such failure at 2025-10-28 19:03:12 UTC, 3 min 12 s after it; the last in the logs at 2025-10-29 11:29:00 UTC
           4 failures since; 0 in the 25 h 00 min of logs before it

      "
    `);
    expect(out.slice(out.indexOf('Looked at'), out.indexOf('The way back')).replaceAll(on.shell.cwd, '…'))
      .toMatchInlineSnapshot(`
      "Looked at
        Account 111122223333 from 2025-10-28 11:30:00 UTC to 2025-10-29 11:30:00 UTC: 3 changes, from 3 records in …/kept, over the snapshot of 2025-10-28 10:00:00 UTC
        Evidence: 8 requests to 1 bucket in 1 log file from 2025-10-27 18:00:00 UTC to 2025-10-29 11:29:00 UTC.
        What the logs do not show may be used all the same: no evidence is never no impact.

      "
    `);
  });

  test('blast-radius --finding: what broke, what fails for another reason, and the query', async () => {
    const { code, out, err } = await plumbline(
      on.shell,
      'blast-radius',
      '--finding',
      FINDING_ID,
      '--store',
      'kept',
      '--evidence',
      'uses',
    );
    expect([code, err]).toEqual([1, '']);
    expect(withoutNow(out).replaceAll(on.shell.cwd, '…')).toMatchInlineSnapshot(`
      "4 requests refused by it.
        The first at 2025-10-28 19:03:12 UTC, 3 min 12 s after the change; the last in the logs at 2025-10-29 11:29:00 UTC; 0 in the 25 h 00 min of logs before the change
        f-0123456789  high  open since 2025-10-28 19:00:00 UTC

      What changed
        111122223333/global/s3-account-block/account#publicAccessBlock: account-level block set (2025-10-28 19:00:00 UTC, PutAccountPublicAccessBlock by role platform, session ana@example.com)
          - Uploads that carry a public ACL are refused.

      What fails by it
        3  exports  role scheduler-api (Testmaker scheduler, owner assessment)  PutObject  AccessDenied
          User: … is not authorized to perform: s3:PutObject on resource: "…" because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.
          from 2025-10-28 19:03:12 UTC to 2025-10-29 11:29:00 UTC; 0 such failures and 2 that worked in the 25 h 00 min of logs before
          from 198.51.100.20
          the error's own text names what it turned on
        1  exports  role document-api  PutObject  AccessDenied
          User: … is not authorized to perform: s3:PutObject on resource: "…" because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.
          from 2025-10-29 02:00:00 UTC to 2025-10-29 02:00:00 UTC; 0 such failures and 0 that worked in the 25 h 00 min of logs before
          from 198.51.100.20
          the error's own text names what it turned on

      What fails since then too, and is not its doing
        1  exports  role crawler  PutObject  AccessDenied
          User: … is not authorized to perform: s3:PutObject on resource: "…" because no identity-based policy allows the s3:PutObject action
          from 2025-10-29 03:00:00 UTC to 2025-10-29 03:00:00 UTC; 1 such failure and 0 that worked in the 25 h 00 min of logs before
          from 198.51.100.20
          explained by no watched change

      The query
        Read: 1 file of logs in uses
        Counted: requests from 2025-10-28 19:00:00 UTC on whose error is AccessDenied, AllAccessDisabled, AccessControlListNotSupported, InvalidBucketAclWithObjectOwnership, InvalidBucketAclWithBlockPublicAccessError, MethodNotAllowed, Forbidden, 403, HTTP 403, or begins with AccessDenied
        Grouped by bucket, requester, operation, error, error text; failures and successes of the same before that time beside them
        Its own: groups that c-1e27ef10d7 explains best of the 3 changes from 2025-10-27 19:00:00 UTC to (now)
        Again: plumbline blast-radius --finding f-0123456789 --evidence uses --store …/kept
        Evidence: 8 requests to 1 bucket in 1 log file from 2025-10-27 18:00:00 UTC to 2025-10-29 11:29:00 UTC.
        What the logs do not show may be used all the same: no evidence is never no impact.

      Not looked at, or not to the end
        - …/kept: no snapshot of the 3 days before 2025-10-27T19:00:00.000Z is kept: everything is taken as the snapshot of 2025-10-28T10:00:00.000Z saw it, but for what the notes tell
      "
    `);
  });

  test('blast-radius --finding without logs: exit 2, and nothing that looks like no impact', async () => {
    const { code, out } = await plumbline(on.shell, 'blast-radius', '--finding', FINDING_ID, '--store', 'kept');
    expect(code).toBe(2);
    expect(out).toContain('What it broke is not known: no logs were looked at.');
  });

  test.each([
    {
      args: ['--finding', 'f-012345678'],
      code: 64,
      says: 'there is no finding "f-012345678"; did you mean f-0123456789?',
    },
    {
      args: ['--finding', FINDING_ID, '--set', 's3-account-block=null'],
      code: 64,
      says: '--finding and --set: a finding tells itself what changed, and where: leave --set out',
    },
    {
      args: ['--finding', FINDING_ID, '--evidence', 'nowhere'],
      code: 2,
      says: 'could not read nowhere (ENOENT): check --evidence',
    },
  ])('$args: one sentence', async ({ args, code, says }) =>
    expect(await plumbline(on.shell, 'blast-radius', ...args, '--store', 'kept')).toEqual({
      code,
      out: '',
      err: `plumbline: ${says}\n`,
    }),
  );

  test('of a folder that has no findings: where they are', async () =>
    expect(await plumbline(on.shell, 'blast-radius', '--finding', FINDING_ID)).toEqual({
      code: 64,
      out: '',
      err: `plumbline: --finding ${FINDING_ID}: .plumbline has no findings, which a deployed service keeps: name its store, such as --store s3://BUCKET\n`,
    }));
});

/** An open finding is looked at up to now. */
const withoutNow = (text: string): string =>
  text.replace(/ to 20(?!25)\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, ' to (now)');

describe('explain --symptom, between two snapshots', () => {
  beforeEach(async () => {
    const write = (name: string, scan: Scan): Promise<void> =>
      writeFile(join(on.shell.cwd, name), JSON.stringify({ plumbline: 'snapshot', format: 1, ...scan }));
    await write('before.json', taken(STATES, BEFORE));
    const since = { ...accountState('-'), watched: { publicAccessBlock: blockOf('1100') } };
    await write('after.json', taken([since, bucketState('exports')], '2025-10-29T12:00:00.000Z'));
    await mkdir(join(on.shell.cwd, 'logs'));
    const record = recordOf('PutAccountPublicAccessBlock', {
      eventTime: '2025-10-28T19:00:00Z',
      awsRegion: 'us-east-1',
      requestParameters: BLOCK_PARAMETERS,
    });
    await writeFile(join(on.shell.cwd, 'logs', 'a.json'), JSON.stringify({ Records: [record] }));
  });

  test('with the logs of a trail: at the call that explains it', async () => {
    const document = await documentOf('--snapshots', 'before.json', 'after.json', '--trail-logs', 'logs');
    expect(document).toMatchObject({
      exitCode: 0,
      says: 'One change may explain this',
      causes: [{ change: { at: '2025-10-28T19:00:00.000Z', call: 'PutAccountPublicAccessBlock' } }],
      lookedAt: { in: 'snapshots', logFiles: 1 },
      wayBack: { commands: ['aws s3control delete-public-access-block --account-id 111122223333'] },
    });
  });

  test('without logs: at some time between the two, and that is said', async () => {
    const { code, out } = await explain('--snapshots', 'before.json', 'after.json');
    expect(code).toBe(0);
    expect(out).toContain(
      'first read at 2025-10-29 12:00:00 UTC, last read otherwise at 2025-10-28 10:00:00 UTC; nobody is known who made it',
    );
    expect(out).toContain('at most 25 h 30 min before the failure');
    expect(out).toContain('- calls: none were looked at: each change was made at some time between the two snapshots');
  });

  test('a failure after the second snapshot: a change in between may be missing', async () => {
    const { code, out } = await plumbline(
      on.shell,
      'explain',
      '--symptom',
      'AccessDenied DeleteObject exports',
      '--at',
      '2025-10-30T11:30Z',
      '--snapshots',
      'before.json',
      'after.json',
    );
    expect(code).toBe(2);
    expect(out).toContain('! after the second snapshot: what changed from 2025-10-29T12:00:00.000Z to the failure');
  });
});

describe('explain --symptom, from what CloudTrail itself remembers', () => {
  const hoursAgo = (hours: number): string => `${new Date(Date.now() - hours * 3_600_000).toISOString().slice(0, 19)}Z`;
  const events = () => ({
    'us-east-1': [
      recordOf('PutAccountPublicAccessBlock', {
        eventTime: hoursAgo(3),
        awsRegion: 'us-east-1',
        eventID: 'block',
        requestParameters: BLOCK_PARAMETERS,
      }),
      recordOf('PutBucketPolicy', {
        eventTime: hoursAgo(2),
        awsRegion: 'us-east-1',
        eventID: 'other',
        requestParameters: { bucketName: 'imports' },
      }),
    ],
  });
  const show = (accountBlock: object): Promise<void> =>
    on.double.show({
      regions: ['us-east-1'],
      buckets: { exports: { region: 'us-east-1' }, imports: { region: 'us-east-1' } },
      accountBlock,
      events: events(),
    });
  const ask = (...args: readonly string[]): Promise<Ended> =>
    plumbline(on.shell, 'explain', '--symptom', SYMPTOM, '--at', '1h', ...args);

  test('who and when is told; what was before the first call nobody knows, so the change only may', async () => {
    await show({ BlockPublicAcls: true, IgnorePublicAcls: true });
    const { code, out } = await ask('--json');
    const document = JSON.parse(out) as SymptomDocument;
    expect(code).toBe(0);
    expect(document).toMatchObject({
      says: 'One change may explain this',
      causes: [{ fit: 'may', change: { call: 'PutAccountPublicAccessBlock', before: { code: 'NotKnown' } } }],
      ruledOut: [{ reason: 'other-bucket', changes: [{ ref: { id: 'imports' } }] }],
      lookedAt: { in: 'history', regions: 1, records: 2 },
      wayBack: { commands: [], note: 'what it was before is not known' },
    });
    expect(document.blind.map(({ where, matters }) => [where, matters])).toEqual([
      ['111122223333/global/s3-account-block/account#publicAccessBlock', false],
      ["CloudTrail's history", false],
      ['other resources', false],
      ['logs of use', false],
    ]);
  });

  test('a scan that was kept before tells what it was', async () => {
    const documents = new FolderDocuments(join(on.shell.cwd, '.plumbline'));
    const time = new Date(Date.now() - 26 * 3_600_000).toISOString();
    await saveScan(documents, { scan: taken(STATES, time), comparedWith: 0 });
    await show({ BlockPublicAcls: true, IgnorePublicAcls: true });
    expect(JSON.parse((await ask('--json')).out)).toMatchObject({
      says: 'One change may explain this',
      causes: [{ fit: 'may', change: { before: { status: 'absent' } } }],
    });
  });

  test('what is read now is not what the last call set: that is said, and it matters', async () => {
    await show({});
    const { blind } = JSON.parse((await ask('--json')).out) as SymptomDocument;
    expect(blind[0]).toMatchObject({
      says: 'what is read now is not what the last call set: it was moved by what is no call here, or not yet in force',
      matters: true,
    });
  });

  test('a history that is refused: exit 2', async () => {
    await show({});
    await on.double.misbehave({ refuse: [{ call: 'LookupEvents', code: 'AccessDeniedException', status: 400 }] });
    const { code, out } = await ask();
    expect(code).toBe(2);
    expect(out).toContain('No watched change explains this, as far as could be looked at.');
    expect(out).toContain('! 111122223333/us-east-1: not read to the end (AccessDeniedException)');
  });
});

describe('wrong arguments: one sentence', () => {
  test.each([
    { args: [], says: 'name a bucket, or what failed with --symptom "AccessDenied PutObject my-bucket"' },
    {
      args: ['exports', '--symptom', 'x'],
      says: 'exports and --symptom: write the bucket into the symptom, and leave the other out',
    },
    { args: ['exports', '--at', '2h'], says: '--at: it is about a failure: say what failed with --symptom' },
    {
      args: ['--symptom', 'x', '--snapshot', 'a.json'],
      says: '--snapshot: what changed is told by two: name them with --snapshots',
    },
    {
      args: ['--symptom', 'x', '--since', '1h', '--snapshots', 'a.json', 'b.json'],
      says: '--since: the snapshots say from when to when; leave it out',
    },
    {
      args: ['--symptom', 'x', '--snapshots', 'a.json'],
      says: '--snapshots: it takes two files that "plumbline snapshot" wrote, the older one first',
    },
    {
      args: ['--symptom', 'x', '--trail-logs', 'logs'],
      says: '--trail-logs: they tell who called, and not what was set: name two snapshots beside them with --snapshots',
    },
    {
      args: ['--symptom', ' ', '--store', 'kept'],
      says: '--symptom: write what failed, such as "AccessDenied PutObject my-bucket"',
    },
    {
      args: ['--symptom', 'x', '--at', 'noon'],
      says: '--at noon: write a time with its zone, such as 2025-10-28T14:00Z, how long ago, such as 2h, or 15:03 of today where the team is',
    },
  ])('$args', async ({ args, says }) => {
    await incidentIn('kept');
    expect(await plumbline(on.shell, 'explain', ...args)).toEqual({ code: 64, out: '', err: `plumbline: ${says}\n` });
  });
});
