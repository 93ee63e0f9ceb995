import { beforeEach, describe, expect, test } from 'vitest';
import { PlumblineError } from '#core/errors.ts';
import type { Traffic } from '#local/demo/traffic.ts';
import { useDoubleHere } from '../double-here.ts';
import { LogFolder } from './log-folder.ts';
import { NO_MORE_TIME, Scene } from './scene.ts';

const on = useDoubleHere();

const BLOCKED = { BlockPublicAcls: true };
const PUT = 'PutAccountPublicAccessBlock';
const MINUTE = 60_000;

let scene: Scene;
let folder: LogFolder;
beforeEach(async () => {
  scene = new Scene(on.double);
  folder = new LogFolder(scene.now);
  scene.useLogs = folder.logs();
  scene.applications = [{ name: 'exports', owner: 'assessment', is: { roles: ['export-app'] } }];
  await scene.open();
  await scene.sets({ buckets: { exports: { region: 'us-east-1' }, quiet: { region: 'us-east-1' } } });
  await scene.accepted();
  return () => folder.remove();
});

const ago = (minutes: number): string => new Date(scene.now().getTime() - minutes * MINUTE).toISOString();

/** What the application that exports does each half minute, with an ACL for everyone. */
const exporting = (more: Pick<Traffic, 'from' | 'to'> & Partial<Traffic>): Traffic => ({
  by: { role: 'export-app' },
  bucket: 'exports',
  operation: 'PutObject',
  acl: 'public-read',
  userAgent: 'export-app/1.0',
  addresses: ['192.0.2.10'],
  everyMs: 30_000,
  ...more,
});
const refused = (since: string): Pick<Traffic, 'fails'> => ({
  fails: {
    since,
    code: 'AccessDenied',
    status: 403,
    because: 'because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.',
  },
});

async function blocks(): Promise<void> {
  await scene.sets({ accountBlock: BLOCKED });
  await scene.event(PUT, { block: BLOCKED });
}

/** What was told, a line each, with what logs say of it. */
const told = (): readonly string[] =>
  scene.alerts.map(({ status, severity, evidence }) => {
    if (evidence === undefined) return `${status} ${severity}`;
    const { verdicts, impact, watch } = evidence;
    const seen = verdicts
      .filter(({ word }) => word === 'will-break')
      .flatMap(({ uses }) => uses.map(({ application, caller }) => application ?? caller));
    return `${status} ${severity}: ${watch.word}, seen ${[...new Set(seen)].join() || 'nobody'}, ${impact.count > 0 ? 'failures' : 'no failure'}`;
  });

test('a change of one bucket: who is seen with an ACL that it refuses from now on, on that bucket alone', async () => {
  folder.delivers([exporting({ from: ago(600), to: ago(1) })]);
  folder.delivers([exporting({ bucket: 'quiet', by: { role: 'other' }, from: ago(600), to: ago(1) })]);
  await scene.setsBucket('exports', { ownership: 'BucketOwnerEnforced' });
  await scene.event('PutBucketOwnershipControls', { bucket: 'exports' });
  await scene.minutes(2);
  expect(told()).toEqual(['opened high', 'changed critical: watching, seen exports, no failure']);
  expect(scene.alerts.at(-1)?.evidence?.summary).toMatchObject({ buckets: 1 });
});

describe('an account-level block, where logs tell who uses what it refuses', () => {
  test('who is seen using it is told within the minute, and makes it critical; failures are told when they begin; what works again with the recovery', async () => {
    folder.delivers([exporting({ from: ago(600), to: ago(1) })]);
    await blocks();
    await scene.minutes(2);
    expect(told()).toEqual(['opened high', 'changed critical: watching, seen exports, no failure']);

    folder.delivers([exporting({ from: ago(1.9), to: ago(0), ...refused(ago(1.9)) })]);
    await scene.minutes(4);
    expect(told().slice(2)).toEqual(['changed critical: failing, seen exports, failures']);
    const [group] = scene.alerts.at(-1)?.evidence?.impact.failures ?? [];
    expect(scene.lastMail).toContain('Customers affected now: yes: ');
    expect(group).toMatchObject({
      bucket: 'exports',
      application: 'exports',
      owner: 'assessment',
      operation: 'PutObject',
      error: 'AccessDenied',
      failuresBefore: 0,
      isProven: true,
    });

    await scene.clearsAccountBlock();
    folder.delivers([exporting({ from: ago(0.1), to: ago(-0.9), everyMs: 1_000 })]);
    await scene.event('DeleteAccountPublicAccessBlock');
    await scene.minutes(3);
    expect(told().slice(3)).toEqual(['recovered critical: over, seen exports, failures']);
    expect(scene.alerts.at(-1)?.evidence?.impact.failures[0]?.workedAgainAt).toBeDefined();
  });

  test('nobody is seen, and nothing fails: one quiet mail when the watch is over, in place of the first reminder', async () => {
    const read: Partial<Traffic> = { operation: 'GetObject' };
    const { acl: _acl, ...reading } = exporting({ from: ago(600), to: ago(1), ...read });
    folder.delivers([reading], 'access-log');
    await blocks();
    await scene.minutes(50);
    const { acl: _none, ...later } = exporting({ from: ago(45), to: ago(1), ...read });
    folder.delivers([later], 'access-log');
    await scene.minutes(30);
    expect(told()).toEqual(['opened high', 'changed high: closed, seen nobody, no failure']);
  });

  test('each look reads only what is newer', async () => {
    folder.delivers([exporting({ from: ago(600), to: ago(1) })]);
    await blocks();
    await scene.minutes(3);
    folder.delivers([exporting({ from: ago(2), to: ago(0), ...refused(ago(2)) })]);
    await scene.minutes(70);
    expect(folder.reads).toEqual([1, 0, 1, 0, 0, 0]);
  });

  test('another flag two hours later is watched for an hour of its own', async () => {
    folder.delivers([exporting({ from: ago(600), to: ago(1) })]);
    await blocks();
    await scene.minutes(120);
    const looks = folder.reads.length;
    const more = { BlockPublicAcls: true, IgnorePublicAcls: true };
    await scene.sets({ accountBlock: more });
    await scene.event(PUT, { block: more });
    await scene.minutes(70);
    expect([looks, folder.reads.length]).toEqual([6, 12]);
  });

  test('nothing fails after either of two flags: that is told of each', async () => {
    const { acl: _acl, ...reading } = exporting({ from: ago(600), to: ago(1), operation: 'GetObject' });
    folder.delivers([reading], 'access-log');
    await blocks();
    await scene.minutes(50);
    folder.delivers([{ ...reading, from: ago(45), to: ago(1) }], 'access-log');
    await scene.minutes(12);
    const more = { BlockPublicAcls: true, BlockPublicPolicy: true };
    await scene.sets({ accountBlock: more });
    await scene.event(PUT, { block: more });
    await scene.minutes(50);
    folder.delivers([{ ...reading, from: ago(45), to: ago(1) }], 'access-log');
    await scene.minutes(12);
    expect(told().map((line) => line.split(',')[0])).toEqual([
      'opened high',
      'changed high: closed',
      'changed high: closed',
      'changed high: closed',
    ]);
  });

  test('a place that nobody lets it list is said, and hides nothing of the other', async () => {
    const refusal = 'may not list s3://example-trail (AccessDenied): allow s3:ListBucket';
    scene.useLogs = folder.logs({
      unreadable: {
        name: 's3://example-trail',
        find: () => Promise.reject(new PlumblineError('AWS_REFUSED', refusal)),
      },
    });
    folder.delivers([exporting({ from: ago(600), to: ago(1) })]);
    await blocks();
    await scene.minutes(2);
    expect(told().at(-1)).toBe('changed critical: watching, seen exports, no failure');
    expect(scene.alerts.at(-1)?.evidence?.summary).toMatchObject({
      problems: [{ where: 's3://example-trail', says: refusal }],
    });
  });

  test('a place that can be listed after all is no problem any more', async () => {
    let isThrottled = true;
    scene.useLogs = folder.logs({
      unreadable: {
        name: 's3://example-trail',
        find: () =>
          isThrottled
            ? Promise.reject(new PlumblineError('AWS_UNREACHABLE', 'SlowDown'))
            : Promise.resolve({ files: [], problems: [], isAnyLeftOut: true }),
      },
    });
    await blocks();
    await scene.minutes(1);
    isThrottled = false;
    folder.delivers([exporting({ from: ago(0.5), to: ago(0), ...refused(ago(0.5)) })]);
    await scene.minutes(4);
    expect(told().at(-1)).toBe('changed critical: failing, seen nobody, failures');
    expect(scene.alerts.at(-1)?.evidence?.summary).toMatchObject({ problems: [] });
  });

  test('another change that is open beside it is no reason for its failures, and neither are they its own', async () => {
    await scene.setsBucket('quiet', { policy: scene.policyFor('quiet', '444455556666') });
    await scene.event('PutBucketPolicy', { bucket: 'quiet', session: 'bob@example.com' });
    await scene.minutes(1);
    await blocks();
    await scene.minutes(3);
    folder.delivers([exporting({ from: ago(2), to: ago(0), ...refused(ago(2)) })]);
    await scene.minutes(4);
    const [of] = scene.alerts.filter(({ evidence }) => (evidence?.impact.count ?? 0) > 0);
    expect(of?.members.map(({ record }) => record.drift.ref.kind)).toEqual(['s3-account-block']);
  });

  test('a look that never comes to its end is asked for no sooner than its lease is over, and given up after six, which is told', async () => {
    let tries = 0;
    scene.useLogs = {
      read: () => {
        tries += 1;
        return Promise.reject(NO_MORE_TIME);
      },
    };
    await blocks();
    await scene.minutes(120);
    expect(tries).toBe(6);
    const said = scene.alerts.map(({ status, evidence }) => `${status} ${evidence?.watch.word ?? 'none'}`);
    expect(said.filter((line) => line.includes('not-known'))).toEqual(['changed not-known']);
    expect(scene.alerts.at(-1)?.evidence?.summary).toMatchObject({ looked: false });
    expect(scene.lastMail).toContain('Customers affected now: not known: the logs could not be read.');
  });

  test('it is taken back while a look reads: the look keeps what it counted, and the one after it proves', async () => {
    folder.delivers([exporting({ from: ago(600), to: ago(1) })]);
    await blocks();
    await scene.minutes(3);
    const logs = folder.logs();
    let isFirst = true;
    scene.useLogs = {
      read: async (question) => {
        if (isFirst) {
          isFirst = false;
          const key = { family: 'watch', id: scene.alerts.at(-1)?.finding ?? '' };
          const item = await scene.ledger.read(key);
          const watch = item?.body as Record<string, string>;
          await scene.ledger.write({ ...key, revision: item?.revision ?? 0, body: watch, dueAt: ago(-16) });
        }
        return logs.read(question);
      },
    };
    await scene.minutes(20);
    const after = await scene.ledger.read({ family: 'watch', id: scene.alerts.at(-1)?.finding ?? '' });
    expect(after?.body).not.toHaveProperty('tries');
    expect(folder.reads).toHaveLength(4);
  });

  test('no logs are named: nothing waits, and nothing is said of use', async () => {
    scene.useLogs = undefined;
    await blocks();
    await scene.minutes(2);
    await scene.clearsAccountBlock();
    await scene.event('DeleteAccountPublicAccessBlock');
    expect(told()).toEqual(['opened high', 'recovered high']);
  });
});
